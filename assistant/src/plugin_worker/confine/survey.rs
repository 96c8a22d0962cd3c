//! What this system has of all that a worker gives up, found by giving it up.

use super::{calls, files, limits};
use sayso_plugin_interface::abi_v1::pipe::Survey;
use std::path::Path;

/// Gives up everything, as before a plugin, and says what worked. The process is of no further use.
pub(in super::super) fn survey() -> Survey {
    let landlock = files::version();
    let files = files::apply(Path::new("/"));
    let no_new_privileges = limits::no_new_privileges();
    let limits = limits::apply().and_then(|()| limits::start_no_more());
    let calls = calls::before_loading().and_then(|()| calls::after_loading());
    let missing: Vec<String> = [("limits", &limits), ("Landlock", &files), ("seccomp", &calls)]
        .into_iter()
        .filter_map(|(what, done)| done.as_ref().err().map(|why| format!("{what}: {why}")))
        .collect();
    Survey { limits: limits.is_ok(), no_new_privileges, landlock, files: files.is_ok(), calls: calls.is_ok(), missing }
}
