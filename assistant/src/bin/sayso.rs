//! The `sayso` command.

#![allow(unsafe_code)]

fn main() -> std::process::ExitCode {
    give_memory_back();
    sayso::cli::run()
}

/// Lets glibc give large pieces of memory back to the system as soon as they are no longer needed. By itself it takes them for
/// signs that as much will be needed again, and keeps them: after a few spoken sentences that came to 150 MB.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_memory_back() {
    // SAFETY: it sets a number of the allocator, while there is no other thread.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20) };
}

/// Other systems' allocators do so.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_memory_back() {}
