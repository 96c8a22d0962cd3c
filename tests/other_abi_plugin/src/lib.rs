//! A library for tests that says it was built for a later major version of the plugin interface.
#![allow(unsafe_code)]

use sayso_plugin_interface::abi_v1::{Header, MAGIC, MAJOR};

/// All of a table of that version that this one may read.
static HEADER: Header = Header { magic: MAGIC, major: MAJOR + 1, minor: 3, struct_size: 24 };

/// The entry, which stays the same in every version.
// SAFETY: the name belongs to the ABI, and this library exports it once.
#[unsafe(no_mangle)]
pub extern "C" fn sayso_plugin_entry() -> *const Header {
    &HEADER
}
