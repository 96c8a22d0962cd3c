//! What the worker gives up before the first line of a plugin runs. The one place for it: limits, then Landlock, then
//! seccomp belong here, in this order, and nothing of the plugin is loaded if one of them fails.

use sayso_plugin_interface::abi_v1::pipe::LoadProblem;
use std::path::Path;

/// Confines this process for good. `library` is the one file that may still be read.
///
/// For now it leaves no core files behind, which would hold what a plugin was told.
#[cfg(unix)]
pub(super) fn confine(_library: &Path) -> Result<(), LoadProblem> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(|error| LoadProblem::NotConfined { detail: error.to_string() })
}

/// There is nothing to give up on this system.
#[cfg(not(unix))]
pub(super) fn confine(_library: &Path) -> Result<(), LoadProblem> {
    Ok(())
}
