//! What happens when Sayso itself breaks: people get a sentence, and whoever mends it a report without secrets. It must never
//! show a panic to a person, or keep what was said.

use super::failure::Failure;
use super::out::remark;
use crate::redaction::hide;
use jiff::Timestamp;
use std::backtrace::Backtrace;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

/// From here on a panic is told as a sentence, and its report goes into the data folder, where there is one.
pub fn prepare(data: Option<PathBuf>) {
    std::panic::set_hook(Box::new(move |panic| {
        let written = data.as_deref().filter(|data| data.is_dir()).and_then(|data| write(data, &report(panic)));
        let place =
            written.map(|path| format!(" What is needed to mend it is in {}.", path.display())).unwrap_or_default();
        remark(&format!("sayso: something in Sayso broke; that is a mistake in Sayso, not yours.{place}"));
    }));
}

/// How a run ends in which the program itself broke: what it was doing may be done or not.
#[must_use]
pub fn failure() -> Failure {
    Failure::unknown("what was going on may be done or not: `sayso payments recover` asks, and nothing is paid twice")
}

fn report(panic: &PanicHookInfo<'_>) -> String {
    let message = panic.payload_as_str().unwrap_or("(no message)");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let (version, thread) = (env!("CARGO_PKG_VERSION"), thread.name().unwrap_or("unnamed").to_owned());
    let trace = Backtrace::force_capture();
    hide(&format!("sayso {version}\nthread {thread}\nat {place}\n{message}\n\n{trace}\n"))
}

/// Writes a report that only its owner can read.
fn write(data: &Path, report: &str) -> Option<PathBuf> {
    let now = Timestamp::now().strftime("%Y%m%d-%H%M%S-%3f");
    let path = data.join(format!("crash-{now}.txt"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).ok()?;
    file.write_all(report.as_bytes()).ok()?;
    Some(path)
}
