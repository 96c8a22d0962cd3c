//! The tables that the two sides hand each other, laid out as C lays them out. Types only; nothing here is called.

use super::{MAGIC, MAJOR, MINOR};
use serde::{Deserialize, Serialize};
use std::ffi::c_void;

/// The one symbol that a plugin exports, of type [`Entry`]; it ends with a NUL byte for the loader.
pub const ENTRY_SYMBOL: &[u8] = b"sayso_plugin_entry\0";

/// `const sayso_plugin_table *sayso_plugin_entry(void)`: returns a table that lives as long as the process.
pub type Entry = unsafe extern "C" fn() -> *const PluginTable;

/// What every table begins with, in every version for ever: 24 bytes, in the machine's byte order.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// [`MAGIC`].
    pub magic: [u8; 8],
    /// Versions with another major do not understand each other.
    pub major: u32,
    /// Versions with another minor do.
    pub minor: u32,
    /// The size of the whole table in bytes, header included.
    pub struct_size: u64,
}

impl Header {
    /// The header of a table of this version that is `struct_size` bytes long.
    #[must_use]
    pub const fn current(struct_size: usize) -> Self {
        Header { magic: MAGIC, major: MAJOR, minor: MINOR, struct_size: struct_size as u64 }
    }

    /// Refuses a table that this version cannot use; `needed` is the size of the table in bytes as this version knows it.
    pub fn check(&self, needed: usize) -> Result<(), HeaderProblem> {
        if self.magic != MAGIC {
            return Err(HeaderProblem::NotAPlugin);
        }
        if self.major != MAJOR {
            return Err(HeaderProblem::OtherVersion { major: self.major, minor: self.minor });
        }
        if self.struct_size < needed as u64 {
            return Err(HeaderProblem::TooSmall { size: self.struct_size, needed: needed as u64 });
        }
        Ok(())
    }
}

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "header", rename_all = "snake_case")]
pub enum HeaderProblem {
    /// It does not begin with the magic.
    #[error("it does not begin as a plugin of Sayso does")]
    NotAPlugin,
    /// Another major version.
    #[error(
        "it was built for version {major}.{minor} of the plugin interface, and this Sayso speaks version {MAJOR}.{MINOR}"
    )]
    OtherVersion {
        /// Its major version.
        major: u32,
        /// Its minor version.
        minor: u32,
    },
    /// The table is shorter than this major's first version.
    #[error("its table has {size} bytes where {needed} are needed")]
    TooSmall {
        /// Its size in bytes.
        size: u64,
        /// The least size in bytes.
        needed: u64,
    },
}

/// What a plugin offers. Every function is called by one thread, one call at a time, and never unwinds.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PluginTable {
    /// Version and size.
    pub header: Header,
    /// Emits a description.
    pub describe: unsafe extern "C" fn(host: *const HostTable) -> i32,
    /// Makes an instance from a configuration (a JSON object, not NUL-terminated).
    pub create: unsafe extern "C" fn(
        host: *const HostTable,
        configuration: *const u8,
        length: usize,
        instance: *mut *mut c_void,
    ) -> i32,
    /// Hands a message to an instance.
    pub deliver: unsafe extern "C" fn(instance: *mut c_void, message: *const u8, length: usize) -> i32,
    /// Ends an instance.
    pub destroy: unsafe extern "C" fn(instance: *mut c_void),
}

/// What the host offers. It lives as long as the process.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HostTable {
    /// Version and size.
    pub header: Header,
    /// To be handed back to `emit`.
    pub context: *mut c_void,
    /// Takes a message from the plugin; may be called only while one of the plugin's functions runs.
    pub emit: unsafe extern "C" fn(context: *mut c_void, message: *const u8, length: usize) -> i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_frozen() {
        assert_eq!(size_of::<Header>(), 24);
        let offsets = [
            std::mem::offset_of!(Header, magic),
            std::mem::offset_of!(Header, major),
            std::mem::offset_of!(Header, minor),
            std::mem::offset_of!(Header, struct_size),
        ];
        assert_eq!(offsets, [0, 8, 12, 16]);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn the_tables_of_version_1_are_laid_out_as_documented() {
        assert_eq!(std::mem::offset_of!(PluginTable, describe), 24);
        assert_eq!(std::mem::offset_of!(PluginTable, destroy), 48);
        assert_eq!(size_of::<PluginTable>(), 56);
        assert_eq!(std::mem::offset_of!(HostTable, emit), 32);
        assert_eq!(size_of::<HostTable>(), 40);
    }

    #[test]
    fn takes_another_minor_and_a_longer_table_only() {
        let good = Header::current(56);
        assert_eq!(good.check(56), Ok(()));
        assert_eq!(Header { minor: 9, struct_size: 80, ..good }.check(56), Ok(()));
        assert_eq!(Header { magic: *b"SOMEELSE", ..good }.check(56), Err(HeaderProblem::NotAPlugin));
        let other = HeaderProblem::OtherVersion { major: 2, minor: 0 };
        assert_eq!(Header { major: 2, ..good }.check(56), Err(other));
        assert_eq!(good.check(64), Err(HeaderProblem::TooSmall { size: 56, needed: 64 }));
    }
}
