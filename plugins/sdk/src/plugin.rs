//! How a provider is named, configured and exported.

use sayso_plugin_interface::{Capabilities, PaymentProvider};

/// A provider that a library exports.
pub trait Plugin: PaymentProvider + Sized + 'static {
    /// What it can do in general, before it is configured; shown by `sayso plugins list`.
    fn describe() -> Capabilities;

    /// Makes an instance from its part of the configuration, a JSON object.
    ///
    /// The error is read by whoever wrote the configuration: say which key is wrong and how to mend it.
    fn create(configuration: &str) -> Result<Self, String>;
}

/// Exports a type that implements [`Plugin`] as the one provider of this library.
///
/// ```ignore
/// sayso_plugin_sdk::export_provider!(MyBank);
/// ```
/// The crate needs `crate-type = ["cdylib", "rlib"]`: the first is what Sayso loads, the second is for tests.
#[macro_export]
macro_rules! export_provider {
    ($provider:ty) => {
        /// The one symbol of a Sayso plugin: returns its table.
        // SAFETY: the name belongs to this ABI, and a library exports one provider.
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub extern "C" fn sayso_plugin_entry() -> *const $crate::abi_v1::PluginTable {
            static TABLE: $crate::abi_v1::PluginTable = $crate::entry::table::<$provider>();
            &TABLE
        }
    };
}
