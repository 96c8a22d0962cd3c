//! A plugin that does what it is told, however bad, to prove that it costs its own worker only. Never shipped.
//!
//! What to do is told by each payment, in the payee's account under `do` (see [`Deed`] and `Polite::pay`), or for the time
//! before there are payments, in the configuration under `on_create`.
#![allow(unsafe_code)]
#![allow(clippy::panic, clippy::expect_used, clippy::print_stdout, clippy::empty_loop)]

mod deeds;
mod escapes;
mod polite;

pub use deeds::Deed;
pub use polite::Polite;

use sayso_plugin_sdk::abi_v1::{HostTable, PluginTable};
use sayso_plugin_sdk::entry;
use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The host's table, for deeds that bypass the kit.
static HOST: AtomicPtr<HostTable> = AtomicPtr::new(std::ptr::null_mut());

const POLITE: PluginTable = entry::table::<Polite>();

/// The kit's table, with our own functions in front of two of its functions.
static TABLE: PluginTable = PluginTable { create, deliver, ..POLITE };

/// The entry.
// SAFETY: the name belongs to the ABI, and this library exports it once.
#[unsafe(no_mangle)]
pub extern "C" fn sayso_plugin_entry() -> *const PluginTable {
    &TABLE
}

unsafe extern "C" fn create(
    host: *const HostTable,
    configuration: *const u8,
    length: usize,
    instance: *mut *mut c_void,
) -> i32 {
    HOST.store(host.cast_mut(), Ordering::SeqCst);
    // SAFETY: the arguments go on as they came.
    unsafe {
        if let Some(code) = deeds::before_create(std::slice::from_raw_parts(configuration, length)) {
            return code;
        }
        (POLITE.create)(host, configuration, length, instance)
    }
}

unsafe extern "C" fn deliver(instance: *mut c_void, message: *const u8, length: usize) -> i32 {
    // SAFETY: the arguments go on as they came.
    unsafe {
        let bytes = std::slice::from_raw_parts(message, length);
        if let Some(code) = deeds::of(bytes).as_ref().and_then(deeds::instead) {
            return code;
        }
        (POLITE.deliver)(instance, message, length)
    }
}

/// Emits these bytes, whatever they are.
fn emit(bytes: &[u8]) -> i32 {
    let host = HOST.load(Ordering::SeqCst);
    // SAFETY: `create` came before and left a table that lives as long as the process.
    unsafe { ((*host).emit)((*host).context, bytes.as_ptr(), bytes.len()) }
}
