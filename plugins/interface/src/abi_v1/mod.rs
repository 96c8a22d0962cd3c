//! The C ABI, version 1: how a provider library and the process that loads it speak. Data and tables only, no unsafe code.
//!
//! # What crosses
//! Functions of C and bytes, nothing else: no Rust types, no shared allocator, no exceptions, no threads. A library is
//! loaded once and never unloaded. Whoever passes bytes owns them; the other side copies what it keeps before it returns.
//!
//! # The handshake, the same for ever
//! A library exports one symbol, [`ENTRY_SYMBOL`]: a function without arguments that returns a pointer to a table that
//! lives as long as the process. The table begins with a [`Header`]: magic, major, minor, size. The header is read first
//! and alone. Its layout never changes, in no version. Then:
//! - another magic: not a plugin of Sayso;
//! - another major: refused, with both versions named;
//! - a minor that is newer or older: taken. A minor adds messages, fields or functions at the end of a table, no more;
//! - a size smaller than the table of this major's first version: refused.
//!
//! # The calls
//! [`PluginTable`] has four functions, called one at a time by one thread:
//! 1. `describe(host)`: emits one [`FromPlugin::Description`]. Needs no configuration and no instance.
//! 2. `create(host, configuration, length, &instance)`: makes an instance from a JSON object; emits
//!    [`FromPlugin::Ready`] and sets `instance`, or emits [`FromPlugin::Refused`] and returns [`FAILED`].
//! 3. `deliver(instance, message, length)`: one [`ToPlugin`] message. The plugin works until it has to wait, and emits any
//!    number of [`FromPlugin`] messages while `deliver` runs.
//! 4. `destroy(instance)`: the last call. The worker may also be killed without it; a plugin keeps nothing.
//!
//! [`HostTable`] has one function, `emit(context, message, length)`. It lives as long as the process.
//! All of them return [`OK`] or one of the codes below; a code other than [`OK`] means that nothing is known of what
//! was asked, so the host reports every call that was open as *unknown*.
//!
//! # The messages
//! UTF-8 JSON objects, each at most [`MESSAGE_BYTES_MAX`] bytes, told apart by `type`: see [`ToPlugin`] and [`FromPlugin`],
//! which show an example of each. Rules for both sides:
//! - an unknown field is ignored, and so is a message of an unknown `type`; only money is read strictly;
//! - a call is opened by the host with an `id` that it never uses twice, and closed by exactly one `return` or `failed`;
//! - an exchange is opened by the plugin with a number that it never uses twice, and closed by the host with one answer;
//! - a message for a call that is not open, a second answer, an answer of another verb, or bytes that are not such a
//!   message end the worker: the calls that were open are *unknown*;
//! - a call that asks for more than [`EXCHANGES_MAX`] exchanges ends the worker too.
//!
//! # An example, whole
//! ```text
//! host   -> {"type":"call","id":1,"now_ms":1764000000000,"verb":"query","request":{"reference":"r1","provider_reference":null,"idempotency_key":"k1"}}
//! plugin -> {"type":"http","call":1,"exchange":1,"request":{"method":"GET","url":"https://bank.example/charges?reference=r1"}}
//! host   -> {"type":"response","exchange":1,"now_ms":1764000000100,"response":{"status":200,"headers":[],"body":"{\"charges\":[]}"}}
//! plugin -> {"type":"return","id":1,"verb":"query","answer":{"answer":"not_found"}}
//! ```
//! [`pipe`] is not part of the ABI: it is how the host and its own worker process carry these messages between them.

pub mod message;
pub mod pipe;
pub mod table;

pub use message::{Answer, Call, FromPlugin, ToPlugin, VERBS};
pub use table::{ENTRY_SYMBOL, Entry, Header, HeaderProblem, HostTable, PluginTable};

/// The first eight bytes of every table.
pub const MAGIC: [u8; 8] = *b"SAYSOABI";
/// The major version that this module describes.
pub const MAJOR: u32 = 1;
/// The newest minor version of it.
pub const MINOR: u32 = 0;

/// The longest message either way, in bytes: 1 MiB.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// The most exchanges (HTTP and randomness) that one call may ask for.
pub const EXCHANGES_MAX: usize = 64;

/// Done.
pub const OK: i32 = 0;
/// Refused; a message that was emitted says why.
pub const FAILED: i32 = 1;
/// The plugin panicked outside of any one call; its instance is not to be used again.
pub const PANICKED: i32 = 2;
/// What was passed is not a message of this ABI, or a pointer is null.
pub const MALFORMED: i32 = 3;
/// The message is longer than [`MESSAGE_BYTES_MAX`]; nothing was sent.
pub const TOO_LARGE: i32 = 4;
/// The pipe to the host is gone.
pub const CLOSED: i32 = 5;
