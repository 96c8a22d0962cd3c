//! `sayso plugins`: which provider libraries there are, and what they say of themselves.

use super::super::failure::Failure;
use super::super::out::Out;
use crate::plugin_host::{Listed, Plugins, Settings};
use sayso_plugin_interface::Capabilities;
use serde::Serialize;

/// One library as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    path: String,
    sha256: Option<&'a str>,
    /// Major and minor; null if it can't be used.
    abi: Option<(u32, u32)>,
    capabilities: Option<&'a Capabilities>,
    /// Why it can't be used; null if it can.
    problem: Option<String>,
}

/// Prints every plugin library found; one that can't be used is said to be so.
pub(super) async fn list(out: Out) -> Result<(), Failure> {
    let plugins = Plugins::open(Settings::default()).map_err(Failure::usage)?;
    let found = plugins.list().await;
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
        abi: about.map(|about| about.abi).ok(),
        capabilities: about.map(|about| &about.capabilities).ok(),
        problem: about.err().or(listed.sha256.as_ref().err()).map(ToString::to_string),
    }
}

fn text(shown: &Shown<'_>) -> String {
    let Shown { path, sha256, abi, capabilities, problem } = shown;
    let mut lines = match (capabilities, abi) {
        (Some(can), Some((major, minor))) => {
            let practice = if can.practice { ", practice only" } else { "" };
            vec![format!("{} {} (plugin interface {major}.{minor}{practice})", can.name, can.version)]
        }
        _ => vec!["can't be used".to_owned()],
    };
    lines.push(format!("    file    {path}"));
    lines.extend(sha256.iter().map(|sum| format!("    sha256  {sum}")));
    if let Some(can) = capabilities {
        let currencies: Vec<_> = can.currencies.iter().map(ToString::to_string).collect();
        let any = |list: Vec<String>, none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
        lines.push(format!("    pays in {}", any(currencies, "every currency")));
        lines.push(format!("    hosts   {}", any(can.hosts.clone(), "as configured")));
        lines.push(format!("    secrets {}", any(can.secrets.clone(), "none")));
    }
    lines.extend(problem.iter().map(|problem| format!("    problem {problem}")));
    lines.join("\n")
}
