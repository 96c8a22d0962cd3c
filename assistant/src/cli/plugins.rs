//! `sayso plugins`: which provider libraries there are, and what they say of themselves.

use super::failure::Failure;
use super::out::Out;
use crate::plugin_host::{PluginHost, PluginSettings};

/// Prints every plugin library found; one that can't be used is said to be so.
pub async fn list(out: Out) -> Result<(), Failure> {
    let host = PluginHost::open(PluginSettings::default()).map_err(Failure::usage)?;
    let found = host.list().await;
    if found.is_empty() {
        out.text(&format!("no plugin library in {}", host.folders()))?;
    }
    for plugin in &found {
        out.result(plugin, || plugin.to_string())?;
    }
    Ok(())
}
