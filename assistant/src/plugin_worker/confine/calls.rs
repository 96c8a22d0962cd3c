//! Which calls to the system are left, as tables. What reaches out ends the process; what is merely not listed fails.

use libc::{
    EPERM, SYS_brk, SYS_clock_getres, SYS_clock_gettime, SYS_clock_nanosleep, SYS_close, SYS_connect, SYS_execve,
    SYS_execveat, SYS_exit, SYS_exit_group, SYS_fcntl, SYS_fstat, SYS_futex, SYS_get_robust_list, SYS_getpid,
    SYS_getrandom, SYS_gettid, SYS_gettimeofday, SYS_kill, SYS_lseek, SYS_madvise, SYS_membarrier, SYS_mmap,
    SYS_mprotect, SYS_mremap, SYS_munmap, SYS_nanosleep, SYS_newfstatat, SYS_openat, SYS_pidfd_open,
    SYS_pidfd_send_signal, SYS_ppoll, SYS_prctl, SYS_pread64, SYS_process_vm_readv, SYS_process_vm_writev, SYS_ptrace,
    SYS_read, SYS_readlinkat, SYS_readv, SYS_restart_syscall, SYS_rseq, SYS_rt_sigaction, SYS_rt_sigprocmask,
    SYS_rt_sigreturn, SYS_sched_getaffinity, SYS_sched_yield, SYS_seccomp, SYS_set_robust_list, SYS_sigaltstack,
    SYS_socket, SYS_socketpair, SYS_statx, SYS_tgkill, SYS_tkill, SYS_write, SYS_writev,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter_all_threads,
};
use std::collections::BTreeMap;

/// Computing, the pipes, and dying in an orderly way.
const RUNNING: &[i64] = &[
    SYS_read,
    SYS_readv,
    SYS_write,
    SYS_writev,
    SYS_close,
    SYS_lseek,
    SYS_fstat,
    SYS_brk,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_membarrier,
    SYS_futex,
    // How the thread that waits for the end of the host waits.
    SYS_ppoll,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_rseq,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_getpid,
    SYS_gettid,
    SYS_exit,
    SYS_exit_group,
];

/// What loading a library needs besides; Landlock says which files.
const LOADING: &[i64] = &[
    SYS_openat,
    SYS_newfstatat,
    SYS_statx,
    SYS_readlinkat,
    SYS_pread64,
    SYS_fcntl,
    // For the second filter, which can only take away.
    SYS_seccomp,
    SYS_prctl,
];

/// What no plugin has any business with: whoever tries is not to go on.
const FORBIDDEN: &[i64] = &[
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kill,
    SYS_tkill,
    SYS_pidfd_open,
    SYS_pidfd_send_signal,
];

/// Calls of older kinds, which one of the processors that we know still has.
#[cfg(target_arch = "x86_64")]
const FORBIDDEN_HERE: &[i64] = &[libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const FORBIDDEN_HERE: &[i64] = &[];

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Two filters at once, of which the stricter answer counts: one forbids, one lists what is left.
pub(super) fn before_loading() -> Result<(), String> {
    let forbidden = FORBIDDEN.iter().chain(FORBIDDEN_HERE).map(|call| (*call, Vec::new())).collect();
    install(forbidden, SeccompAction::Allow, SeccompAction::KillProcess)?;
    leave(RUNNING.iter().chain(LOADING))
}

/// Takes away what only loading needed.
pub(super) fn after_loading() -> Result<(), String> {
    leave(RUNNING.iter())
}

fn leave<'a>(calls: impl Iterator<Item = &'a i64>) -> Result<(), String> {
    let mut rules: Rules = calls.map(|call| (*call, Vec::new())).collect();
    rules.insert(SYS_tgkill, vec![to_itself()?]);
    install(rules, SeccompAction::Errno(EPERM.unsigned_abs()), SeccompAction::Allow)
}

/// `abort` signals its own process.
fn to_itself() -> Result<SeccompRule, String> {
    let own = u64::from(std::process::id());
    let first = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own);
    first.and_then(|own| SeccompRule::new(vec![own])).map_err(|error| error.to_string())
}

fn install(rules: Rules, otherwise: SeccompAction, listed: SeccompAction) -> Result<(), String> {
    let processor = std::env::consts::ARCH.try_into().map_err(|_| "no filter for this processor".to_owned())?;
    let filter = SeccompFilter::new(rules, otherwise, listed, processor).map_err(|error| error.to_string())?;
    let program: BpfProgram = filter.try_into().map_err(|error: seccompiler::BackendError| error.to_string())?;
    apply_filter_all_threads(&program).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use libc::{SYS_clone, SYS_clone3};

    #[test]
    fn the_tables_do_not_contradict_each_other() {
        let left: Vec<_> = RUNNING.iter().chain(LOADING).collect();
        assert!(FORBIDDEN.iter().chain(FORBIDDEN_HERE).all(|call| !left.contains(&call)));
        for start in [SYS_clone, SYS_clone3, SYS_openat, SYS_prctl] {
            assert!(!RUNNING.contains(&start), "{start}");
        }
    }
}
