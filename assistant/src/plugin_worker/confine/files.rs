//! Which files a worker may still read: the plugin's own and the system's libraries, which the loader needs. Nothing else
//! on disk, no file to write, no address to listen at or connect to, no process outside to signal.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use std::path::Path;

/// Where the loader looks for the libraries that a plugin was linked with.
const LIBRARIES: &[&str] =
    &["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/etc/ld.so.cache"];

/// The newest version of Landlock that is asked for; an older kernel gives what it has, at least the files.
const NEWEST: ABI = ABI::V6;

/// The version of Landlock that this kernel has; 0 for none.
#[allow(unsafe_code)]
pub(super) fn version() -> u32 {
    /// Asks for the version instead of making a set of rules.
    const VERSION: u32 = 1;
    // SAFETY: with this flag the kernel wants neither attributes nor a size, and returns a number.
    let found = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, VERSION) };
    u32::try_from(found).unwrap_or(0)
}

/// Confines this thread and those that it will start.
pub(super) fn apply(library: &Path) -> Result<(), String> {
    let readable = AccessFs::ReadFile | AccessFs::ReadDir;
    let ruleset = || {
        let created = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()?;
        let created = created.add_rules(path_beneath_rules(LIBRARIES, readable))?;
        created.add_rules(path_beneath_rules([library], AccessFs::ReadFile))?.restrict_self()
    };
    let status = ruleset().map_err(|error| error.to_string())?;
    match status.ruleset {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
        RulesetStatus::NotEnforced => Err("this kernel has none".to_owned()),
    }
}
