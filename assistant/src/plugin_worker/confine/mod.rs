//! What the worker gives up before the first line of a plugin runs, for good and in this order: what it inherited, limits,
//! files (Landlock), calls to the system (seccomp), and once the library is loaded, the calls that only loading needs.
//!
//! A plugin that only computes and talks through its pipes never notices. It must never be possible to load a library first.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(not(target_os = "linux"))]
mod nothing;
mod survey;

pub(super) use survey::survey;

use sayso_plugin_interface::abi_v1::pipe::{Confinement, LoadProblem};
use std::path::Path;

#[cfg(not(target_os = "linux"))]
use nothing::{calls, files, limits};

/// Closes whatever was inherited besides the standard streams. To be called before anything is opened.
pub(super) fn close_inherited() {
    limits::close_inherited();
}

/// Confines this thread, and the threads that it starts after this, to `library` and to little memory. Whether all of it
/// worked is in the answer; unless `allow_unconfined`, what did not work is an error.
pub(super) fn before_threads(library: &Path, allow_unconfined: bool) -> Result<Confinement, LoadProblem> {
    let limits = accept(limits::apply(), "limits", allow_unconfined)?;
    let files = accept(files::apply(library), "Landlock", allow_unconfined)?;
    Ok(Confinement { limits, files, calls: false })
}

/// Confines every thread to the calls that loading a library needs, and lets no more of them be started.
pub(super) fn before_loading(confinement: Confinement, allow_unconfined: bool) -> Result<Confinement, LoadProblem> {
    let limits = confinement.limits && accept(limits::start_no_more(), "limits", allow_unconfined)?;
    let calls = accept(calls::before_loading(), "seccomp", allow_unconfined)?;
    Ok(Confinement { limits, calls, ..confinement })
}

/// Confines every thread to the calls that computing and the pipes need.
pub(super) fn after_loading(confinement: Confinement) -> Result<(), LoadProblem> {
    if !confinement.calls {
        return Ok(());
    }
    // It worked once, so it has to work twice.
    accept(calls::after_loading(), "seccomp", false).map(|_| ())
}

fn accept(applied: Result<(), String>, what: &str, allow_unconfined: bool) -> Result<bool, LoadProblem> {
    match applied {
        Ok(()) => Ok(true),
        Err(_) if allow_unconfined => Ok(false),
        Err(detail) => Err(LoadProblem::NotConfined { detail: format!("{what}: {detail}") }),
    }
}
