//! `sayso plugins`: which provider libraries there are, and what they say of themselves.

use super::super::failure::Failure;
use super::super::out::Out;
use super::super::places::Places;
use super::super::providers;
use crate::config::Sandbox;
use crate::plugin_host::{BackOff, Listed, PluginError};
use sayso_plugin_interface::Capabilities;
use serde::Serialize;

/// One library as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    path: String,
    sha256: Option<&'a str>,
    /// The digest that was agreed to when it was taken in; null for those that were not.
    pinned: Option<&'a str>,
    /// `pinned`, `changed` since then, `not pinned` though it lies there, or `beside` the program.
    state: &'static str,
    /// Major and minor; null if it can't be used.
    abi: Option<(u32, u32)>,
    capabilities: Option<&'a Capabilities>,
    /// Why it can't be used; null if it can.
    problem: Option<String>,
}

/// Prints every plugin library found; one that can't be used is said to be so.
pub(super) async fn list(places: &Places, sandbox: Sandbox, out: Out) -> Result<(), Failure> {
    let plugins = providers::plugins(places, sandbox, BackOff::NONE)?;
    let found = plugins.list().await.map_err(Failure::usage)?;
    if found.is_empty() {
        out.text("no plugin library was found beside this program")?;
    }
    for listed in &found {
        let shown = shown(listed);
        out.result(&shown, || text(&shown))?;
    }
    Ok(())
}

fn shown(listed: &Listed) -> Shown<'_> {
    let about = listed.about.as_ref();
    Shown {
        path: listed.path.display().to_string(),
        sha256: listed.sha256.as_deref().ok(),
        pinned: listed.pinned.as_deref(),
        state: match (&listed.pinned, &listed.sha256) {
            (Some(pinned), Ok(found)) if pinned == found => "pinned",
            (Some(_), _) => "changed",
            (None, _) if matches!(listed.about, Err(PluginError::NotPinned { .. })) => "not pinned",
            (None, _) => "beside",
        },
        abi: about.map(|about| about.abi).ok(),
        capabilities: about.map(|about| &about.capabilities).ok(),
        problem: about.err().or(listed.sha256.as_ref().err()).map(ToString::to_string),
    }
}

fn text(shown: &Shown<'_>) -> String {
    let Shown { path, sha256, pinned, state, abi, capabilities, problem } = shown;
    let mut lines = match (capabilities, abi) {
        (Some(can), Some((major, minor))) => {
            let practice = if can.practice { ", practice only" } else { "" };
            vec![format!("{} {} (plugin interface {major}.{minor}{practice})", can.name, can.version)]
        }
        _ => vec!["can't be used".to_owned()],
    };
    lines.push(format!("    file    {path}"));
    lines.push(format!("    state   {state}"));
    lines.extend(pinned.iter().filter(|_| *state == "changed").map(|sum| format!("    pinned  {sum}")));
    lines.extend(sha256.iter().map(|sum| format!("    sha256  {sum}")));
    if let Some(can) = capabilities {
        let currencies: Vec<_> = can.currencies.iter().map(ToString::to_string).collect();
        let any = |list: Vec<String>, none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
        lines.push(format!("    pays in {}", any(currencies, "every currency")));
        lines.push(format!("    hosts   {}", any(can.hosts.clone(), "as configured")));
        lines.push(format!("    secrets {}", any(can.secrets.clone(), "none")));
        if !can.secrets_inside.is_empty() {
            lines.push(format!("    inside  {}: these the plugin must know itself", can.secrets_inside.join(", ")));
        }
    }
    lines.extend(problem.iter().map(|problem| format!("    problem {problem}")));
    lines.join("\n")
}
