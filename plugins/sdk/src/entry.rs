//! The functions of C around an engine: pointers in, status codes out, and no panic ever across the border.
#![allow(unsafe_code)]

use crate::engine::{Engine, panic_text};
use crate::plugin::Plugin;
use sayso_plugin_interface::abi_v1::{
    CLOSED, FAILED, FromPlugin, Header, HostTable, MALFORMED, MESSAGE_BYTES_MAX, OK, PANICKED, PluginTable, TOO_LARGE,
    ToPlugin,
};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The table of a provider; what [`export_provider!`](crate::export_provider) exports.
#[must_use]
pub const fn table<P: Plugin>() -> PluginTable {
    PluginTable {
        header: Header::current(size_of::<PluginTable>()),
        describe: describe::<P>,
        create: create::<P>,
        deliver,
        destroy,
    }
}

/// What an instance's pointer points to.
struct Instance {
    engine: Engine,
    emitter: Emitter,
}

/// The host's emit function with its context.
struct Emitter(HostTable);

impl Emitter {
    /// Copies the host's table.
    ///
    /// # Safety
    /// `host` is null, or points to a table of the host of this major version.
    unsafe fn new(host: *const HostTable) -> Option<Self> {
        // SAFETY: the caller passes null or a table that lives as long as the process; it is read whole only when its
        // header says that it has all the fields of this version.
        unsafe {
            let header = host.cast::<Header>().as_ref()?;
            header.check(size_of::<HostTable>()).ok()?;
            Some(Emitter(*host))
        }
    }

    fn emit(&self, message: &FromPlugin) -> i32 {
        let Ok(bytes) = serde_json::to_vec(message) else { return MALFORMED };
        if bytes.len() > MESSAGE_BYTES_MAX {
            return TOO_LARGE;
        }
        // SAFETY: the table's `emit` takes its own `context` and a pointer to bytes that live through the call.
        unsafe { (self.0.emit)(self.0.context, bytes.as_ptr(), bytes.len()) }
    }
}

/// Emits all that an engine said; a message that is too large for the pipe fails its call.
fn emit_all(instance: &mut Instance, messages: Vec<FromPlugin>) -> i32 {
    for message in messages {
        let code = instance.emitter.emit(&message);
        if let (TOO_LARGE, Some(id)) = (code, call_of(&message)) {
            instance.engine.deliver(ToPlugin::Abandon { id });
            instance.emitter.emit(&FromPlugin::Failed { id, reason: "a message was too large".into() });
        }
        if code == CLOSED {
            return CLOSED;
        }
    }
    OK
}

fn call_of(message: &FromPlugin) -> Option<u64> {
    match message {
        FromPlugin::Http { call, .. } => Some(*call),
        FromPlugin::Return { id, .. } => Some(*id),
        _ => None,
    }
}

/// Runs `work`; a panic becomes a code.
fn guarded(work: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(PANICKED)
}

/// Bytes that the host lends for the length of a call.
///
/// # Safety
/// `bytes` is null, or points to `length` bytes that nobody changes while the returned slice lives.
unsafe fn lent<'a>(bytes: *const u8, length: usize) -> Option<&'a [u8]> {
    if bytes.is_null() || length > MESSAGE_BYTES_MAX {
        return None;
    }
    // SAFETY: not null, and the caller vouches for `length` bytes; the length is far below `isize::MAX`.
    Some(unsafe { std::slice::from_raw_parts(bytes, length) })
}

unsafe extern "C" fn describe<P: Plugin>(host: *const HostTable) -> i32 {
    // SAFETY: the ABI says that `host` is the host's table.
    let Some(emitter) = (unsafe { Emitter::new(host) }) else { return MALFORMED };
    guarded(|| emitter.emit(&FromPlugin::Description { capabilities: P::describe() }))
}

unsafe extern "C" fn create<P: Plugin>(
    host: *const HostTable,
    configuration: *const u8,
    length: usize,
    instance: *mut *mut c_void,
) -> i32 {
    // SAFETY: the ABI says that `host` is the host's table, and lends `length` bytes of configuration.
    let (emitter, bytes) = unsafe { (Emitter::new(host), lent(configuration, length)) };
    let (Some(emitter), Some(bytes), false) = (emitter, bytes, instance.is_null()) else { return MALFORMED };
    guarded(move || match std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()).and_then(started::<P>) {
        Ok((engine, ready)) => {
            let code = emitter.emit(&ready);
            let made = Box::into_raw(Box::new(Instance { engine, emitter }));
            // SAFETY: `instance` is not null and points to a place for a pointer, by the ABI.
            unsafe { instance.write(made.cast()) };
            code
        }
        Err(reason) => {
            emitter.emit(&FromPlugin::Refused { reason });
            FAILED
        }
    })
}

/// Makes the provider; a panic in it is a reason to refuse.
fn started<P: Plugin>(configuration: &str) -> Result<(Engine, FromPlugin), String> {
    let made =
        catch_unwind(|| P::create(configuration).map(|provider| (provider.capabilities(), Engine::new(provider))));
    let made = made.unwrap_or_else(|panic| Err(format!("the plugin panicked: {}", panic_text(panic.as_ref()))));
    made.map(|(capabilities, engine)| (engine, FromPlugin::Ready { capabilities }))
}

unsafe extern "C" fn deliver(instance: *mut c_void, message: *const u8, length: usize) -> i32 {
    // SAFETY: the ABI says that `instance` came from `create`, that no two functions run at once, and lends the bytes.
    let (instance, bytes) = unsafe { (instance.cast::<Instance>().as_mut(), lent(message, length)) };
    let (Some(instance), Some(bytes)) = (instance, bytes) else { return MALFORMED };
    guarded(|| match instance.engine.deliver_bytes(bytes) {
        Ok(messages) => emit_all(instance, messages),
        Err(_) => MALFORMED,
    })
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    if instance.is_null() {
        return;
    }
    // SAFETY: the ABI says that `instance` came from `create` and is not used after this.
    let instance = unsafe { Box::from_raw(instance.cast::<Instance>()) };
    guarded(|| {
        drop(instance);
        OK
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fussy, pay_request};
    use sayso_plugin_interface::abi_v1::Call;
    use serde_json::Value;

    unsafe extern "C" fn collect(context: *mut c_void, message: *const u8, length: usize) -> i32 {
        // SAFETY: the tests below pass a `Vec<Value>` that outlives the plugin.
        let (collected, bytes) = unsafe { (&mut *context.cast::<Vec<Value>>(), lent(message, length).unwrap()) };
        collected.push(serde_json::from_slice(bytes).unwrap());
        OK
    }

    fn host(collected: &mut Vec<Value>) -> HostTable {
        let context = std::ptr::from_mut(collected).cast();
        HostTable { header: Header::current(size_of::<HostTable>()), context, emit: collect }
    }

    #[test]
    fn lives_a_whole_life_through_the_table() {
        let (table, mut said) = (table::<Fussy>(), Vec::new());
        let host = host(&mut said);
        let mut instance = std::ptr::null_mut();
        let call = ToPlugin::Call { id: 1, now_ms: 0, call: Call::Pay(pay_request("panic")) };
        let call = serde_json::to_vec(&call).unwrap();
        // SAFETY: the order and the arguments that the ABI wants.
        unsafe {
            assert_eq!((table.describe)(&host), OK);
            assert_eq!((table.create)(&host, b"{}".as_ptr(), 2, &mut instance), OK);
            assert_eq!((table.deliver)(instance, call.as_ptr(), call.len()), OK);
            assert_eq!((table.deliver)(instance, b"?".as_ptr(), 1), MALFORMED);
            (table.destroy)(instance);
        }
        let types: Vec<_> = said.iter().map(|message| message["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["description", "ready", "failed"]);
    }

    #[test]
    fn refuses_null_and_a_bad_configuration() {
        let (table, mut said) = (table::<Fussy>(), Vec::new());
        let host = host(&mut said);
        let mut instance = std::ptr::null_mut();
        // SAFETY: null is what is tried; the rest is as the ABI wants it.
        unsafe {
            assert_eq!((table.describe)(std::ptr::null()), MALFORMED);
            assert_eq!((table.create)(&host, std::ptr::null(), 0, &mut instance), MALFORMED);
            assert_eq!((table.create)(&host, b"[]".as_ptr(), 2, &mut instance), FAILED);
            assert_eq!((table.create)(&host, b"17".as_ptr(), 2, &mut instance), FAILED);
            assert_eq!((table.deliver)(std::ptr::null_mut(), b"{}".as_ptr(), 2), MALFORMED);
            (table.destroy)(std::ptr::null_mut());
        }
        assert!(instance.is_null());
        let reasons: Vec<_> = said.iter().map(|message| message["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["an object is needed", "the plugin panicked: seventeen"]);
    }
}
