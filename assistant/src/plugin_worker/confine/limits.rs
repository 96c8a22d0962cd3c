//! How much a worker may have of what the system has.
#![allow(unsafe_code)]

use rustix::process::{Resource, Rlimit, setrlimit};

/// The most memory that a worker may map, in bytes: 1 GiB. The kit needs a hundredth of it; threads reserve the rest.
const MEMORY_BYTES_MAX: u64 = 1 << 30;
/// The most files that may be open at once; loading a library needs one, besides the pipes.
const FILES_MAX: u64 = 16;

/// There is no limit of processor time: a worker may live for months, and one that hangs is killed at the deadline.
const LIMITS: [(Resource, u64); 3] = [
    // A core file would hold what the plugin was told.
    (Resource::Core, 0),
    (Resource::As, MEMORY_BYTES_MAX),
    (Resource::Nofile, FILES_MAX),
];

/// Sets every limit but that of threads.
pub(super) fn apply() -> Result<(), String> {
    LIMITS.into_iter().try_for_each(|(resource, most)| limit(resource, most))
}

/// Lets no thread or process be started from here on. The system counts those of the whole user, so this must wait until
/// the worker's own thread is there; it does not bind root, whom seccomp binds.
pub(super) fn start_no_more() -> Result<(), String> {
    limit(Resource::Nproc, 0)
}

/// Whether this process can gain no privileges any more; confining the files brings that about.
pub(super) fn no_new_privileges() -> bool {
    // SAFETY: asks, and changes nothing.
    unsafe { libc::prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 }
}

fn limit(resource: Resource, most: u64) -> Result<(), String> {
    let limit = Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(resource, limit).map_err(|error| format!("{resource:?}: {error}"))
}

/// Closes every file but the standard streams.
pub(super) fn close_inherited() {
    // SAFETY: called first of all, when nothing in this process owns a file but the standard streams. A kernel without
    // this call leaves open what was inherited; Sayso itself lets nothing be inherited.
    unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) };
}
