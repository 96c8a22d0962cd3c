//! Systems without Landlock and seccomp: nothing is given up, and that is said.

const MISSING: &str = "this system has nothing of the kind";

pub(super) mod limits {
    //! See the module for Linux.
    pub(in super::super) fn close_inherited() {}
    pub(in super::super) fn apply() -> Result<(), String> {
        Err(super::MISSING.to_owned())
    }
    pub(in super::super) fn no_new_privileges() -> bool {
        false
    }
    pub(in super::super) fn start_no_more() -> Result<(), String> {
        Err(super::MISSING.to_owned())
    }
}

pub(super) mod files {
    //! See the module for Linux.
    pub(in super::super) fn version() -> u32 {
        0
    }
    pub(in super::super) fn apply(_: &std::path::Path) -> Result<(), String> {
        Err(super::MISSING.to_owned())
    }
}

pub(super) mod calls {
    //! See the module for Linux.
    pub(in super::super) fn before_loading() -> Result<(), String> {
        Err(super::MISSING.to_owned())
    }
    pub(in super::super) fn after_loading() -> Result<(), String> {
        Err(super::MISSING.to_owned())
    }
}
