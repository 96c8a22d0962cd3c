//! The `sayso-plugin-worker` command: one plugin in one process. Sayso starts it; there is no reason to start it by hand.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let ended = match (arguments.next(), arguments.next()) {
        (Some(library), None) => sayso::plugin_worker::run(&PathBuf::from(library)).map_err(|error| error.to_string()),
        _ => Err("usage: sayso-plugin-worker LIBRARY (Sayso starts it; `sayso plugins list` shows the plugins)".into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "{problem}");
            ExitCode::FAILURE
        }
    }
}
