//! The loaded library: found by its one symbol, checked by its header, called through its table, never unloaded.
#![allow(unsafe_code)]

use super::pipes::Writer;
use libloading::Library;
use sayso_plugin_interface::abi_v1::pipe::{LoadProblem, Report};
use sayso_plugin_interface::abi_v1::{
    CLOSED, ENTRY_SYMBOL, Entry, Header, HeaderProblem, HostTable, MALFORMED, MESSAGE_BYTES_MAX, OK, PluginTable,
    TOO_LARGE,
};
use std::ffi::c_void;
use std::path::Path;

/// A plugin, with an instance once there is one.
pub(super) struct Plugin {
    table: PluginTable,
    host: &'static HostTable,
    instance: *mut c_void,
}

impl Plugin {
    /// Loads a library and checks that it is a plugin of this ABI. What it emits goes to `writer`.
    pub(super) fn load(path: &Path, writer: &'static Writer) -> Result<(Self, Header), LoadProblem> {
        // An absolute path, or else the loader would search the system for it.
        let path = std::path::absolute(path).map_err(|error| not_a_library(&error))?;
        // SAFETY: constructors of the library run here. That is why this is a process of its own, already confined.
        let library = unsafe { open(&path) }.map_err(|error| not_a_library(&error))?;
        // SAFETY: the symbol is of this type in every version of the ABI, or the library lies and costs this process.
        let entry = unsafe { library.get::<Entry>(ENTRY_SYMBOL) }.map_err(|_| LoadProblem::NoEntry)?;
        // SAFETY: as above.
        let table = unsafe { entry() };
        // SAFETY: the entry returned it.
        let (table, header) = unsafe { read_table(table) }?;
        // Never unloaded: the table, threads and thread-locals of a plugin point into it.
        std::mem::forget(library);
        let context = std::ptr::from_ref(writer).cast_mut().cast();
        let host = HostTable { header: Header::current(size_of::<HostTable>()), context, emit };
        let plugin = Plugin { table, host: Box::leak(Box::new(host)), instance: std::ptr::null_mut() };
        Ok((plugin, header))
    }

    pub(super) fn has_instance(&self) -> bool {
        !self.instance.is_null()
    }

    pub(super) fn describe(&self) -> i32 {
        // SAFETY: the table is checked, and the host's table lives as long as the process.
        unsafe { (self.table.describe)(self.host) }
    }

    pub(super) fn create(&mut self, configuration: &[u8]) -> i32 {
        let (bytes, length) = (configuration.as_ptr(), configuration.len());
        // SAFETY: as above; the bytes and the place for the instance live through the call.
        unsafe { (self.table.create)(self.host, bytes, length, &mut self.instance) }
    }

    pub(super) fn deliver(&mut self, message: &[u8]) -> i32 {
        // SAFETY: the instance came from `create`, and functions of the plugin are called by this thread alone.
        unsafe { (self.table.deliver)(self.instance, message.as_ptr(), message.len()) }
    }

    pub(super) fn destroy(self) {
        if self.has_instance() {
            // SAFETY: the instance came from `create` and is not used after this.
            unsafe { (self.table.destroy)(self.instance) }
        }
    }
}

fn not_a_library(error: &dyn std::error::Error) -> LoadProblem {
    LoadProblem::NotALibrary { detail: error.to_string() }
}

/// Loads a library with every symbol resolved at once, so that a missing one shows now and not in a payment.
///
/// # Safety
/// Runs the constructors of the library.
#[cfg(unix)]
unsafe fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // SAFETY: the caller takes the consequences.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Into::into)
}

/// Loads a library.
///
/// # Safety
/// Runs the constructors of the library.
#[cfg(windows)]
unsafe fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: the caller takes the consequences.
    unsafe { Library::new(path) }
}

/// Reads a table, its header first and alone.
///
/// # Safety
/// `table` is null, or points to as much memory as its header says.
unsafe fn read_table(table: *const PluginTable) -> Result<(PluginTable, Header), LoadProblem> {
    if table.is_null() {
        return Err(LoadProblem::NoEntry);
    }
    // SAFETY: not null; every version begins with a header.
    let header = unsafe { table.cast::<Header>().read_unaligned() };
    header.check(size_of::<PluginTable>()).map_err(LoadProblem::Header)?;
    // SAFETY: the header says that there are this many bytes. Pointers without a type may be null; those of functions
    // may not, so they are looked at before the table is read as what it is.
    unsafe {
        let functions = table.cast::<u8>().add(std::mem::offset_of!(PluginTable, describe));
        let functions = functions.cast::<[*const c_void; 4]>().read_unaligned();
        if functions.iter().any(|function| function.is_null()) {
            return Err(LoadProblem::Header(HeaderProblem::NotAPlugin));
        }
        Ok((table.read_unaligned(), header))
    }
}

/// Takes a message from the plugin.
unsafe extern "C" fn emit(context: *mut c_void, message: *const u8, length: usize) -> i32 {
    if context.is_null() || message.is_null() {
        return MALFORMED;
    }
    // SAFETY: the context is the writer that `load` was given; a plugin that makes up another costs this process.
    let writer = unsafe { &*context.cast::<Writer>() };
    if length > MESSAGE_BYTES_MAX {
        let reason = format!("it emitted a message of {length} bytes, and {MESSAGE_BYTES_MAX} are allowed");
        let _ = writer.report(&Report::Broken { reason });
        return TOO_LARGE;
    }
    // SAFETY: the plugin lends this many bytes for the length of the call.
    let bytes = unsafe { std::slice::from_raw_parts(message, length) };
    if writer.emit(bytes).is_ok() { OK } else { CLOSED }
}
