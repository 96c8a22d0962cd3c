//! The `sayso-plugin-worker` command: one plugin in one process. Sayso starts it; there is no reason to start it by hand.

use sayso::plugin_worker::{run, survey};
use sayso_plugin_interface::abi_v1::pipe::{ALLOW_UNCONFINED, SURVEY};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str =
    "usage: sayso-plugin-worker [--allow-unconfined] LIBRARY (Sayso starts it; `sayso plugins list` shows the plugins)";

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == SURVEY) {
        let found = serde_json::to_string(&survey()).unwrap_or_default();
        return if writeln!(std::io::stdout(), "{found}").is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let mut arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let allow_unconfined = arguments.first().is_some_and(|first| first.as_os_str() == ALLOW_UNCONFINED);
    let ended = match arguments.split_off(usize::from(allow_unconfined)).as_slice() {
        [library] => run(library, allow_unconfined).map_err(|error| error.to_string()),
        _ => Err(USAGE.to_owned()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "{problem}");
            ExitCode::FAILURE
        }
    }
}
