//! `sayso plugins add`, `update` and `remove`: which libraries the operator took in, after seeing what each needs.

use super::super::failure::Failure;
use super::super::opening;
use super::super::out::{Out, remark};
use super::super::places::Places;
use super::super::providers;
use crate::config::{Config, Sandbox};
use crate::payments::{Clock as _, SystemClock};
use crate::plugin_host::{About, BackOff, Incoming, Pin, Pins};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

/// The result of `add` and `update`, as JSON.
#[derive(Serialize)]
struct TakenIn<'a> {
    taken_in: &'a str,
    version: &'a str,
    sha256: &'a str,
    path: String,
    hosts: &'a [String],
    secrets: &'a [String],
    secrets_inside: &'a [String],
    /// The digest of the file of before; null if there was none.
    before: Option<&'a str>,
}

/// The result of `remove`, as JSON.
#[derive(Serialize)]
struct Removed<'a> {
    removed: &'a str,
}

/// Takes in a plugin that is not there yet.
pub(super) async fn add(places: &Places, config: &Config, file: &Path, yes: bool, out: Out) -> Result<(), Failure> {
    let (pins, incoming, about) = look_at(places, config.sandbox, file).await?;
    let name = &about.capabilities.name;
    if let Some(pin) = pins.read().map_err(Failure::usage)?.get(name) {
        let version = &pin.version;
        return Err(Failure::usage(format!(
            "the plugin `{name}` {version} is there already: `sayso plugins update {}` takes in another file for it",
            file.display()
        )));
    }
    remark(&shown(&about, None));
    agree(yes, "Take it in?")?;
    record(places, config, "plugin_added", &about, &incoming).await?;
    keep(&pins, &incoming, &about, None, out)
}

/// Takes in another file for a plugin that is there.
pub(super) async fn update(places: &Places, config: &Config, file: &Path, yes: bool, out: Out) -> Result<(), Failure> {
    let (pins, incoming, about) = look_at(places, config.sandbox, file).await?;
    let name = &about.capabilities.name;
    let known = pins.read().map_err(Failure::usage)?;
    let Some(before) = known.get(name) else {
        return Err(Failure::usage(format!("there is no plugin `{name}` to update: {}", known_names(&known))));
    };
    remark(&shown(&about, Some(before)));
    agree(yes, &format!("Take it in, in place of version {}?", before.version))?;
    record(places, config, "plugin_updated", &about, &incoming).await?;
    keep(&pins, &incoming, &about, Some(before), out)
}

/// Removes a plugin.
pub(super) async fn remove(places: &Places, config: &Config, name: &str, out: Out) -> Result<(), Failure> {
    let pins = Pins::new(places.plugins());
    if pins.read().map_err(Failure::usage)?.contains_key(name) {
        let what = json!({ "kind": "plugin_removed", "plugin": name });
        opening::store(places, config)?.record(what, SystemClock.now_ms()).await.map_err(opening::failed)?;
    }
    if !pins.remove(name).map_err(Failure::usage)? {
        let known = pins.read().map_err(Failure::usage)?;
        return Err(Failure::usage(format!("there is no plugin `{name}` to remove: {}", known_names(&known))));
    }
    out.result(&Removed { removed: name }, || format!("removed {name}"))?;
    Ok(())
}

fn known_names(known: &BTreeMap<String, Pin>) -> String {
    match known.is_empty() {
        true => "none was taken in; `sayso plugins add FILE` does that".to_owned(),
        false => format!("taken in are {}", known.keys().cloned().collect::<Vec<_>>().join(", ")),
    }
}

/// Writes into the audit log what was agreed to, before it holds: better an entry too many than one too few.
async fn record(
    places: &Places,
    config: &Config,
    kind: &str,
    about: &About,
    incoming: &Incoming,
) -> Result<(), Failure> {
    let can = &about.capabilities;
    let what = json!({ "kind": kind, "plugin": can.name, "version": can.version, "sha256": incoming.sha256().map_err(Failure::failed)?,
        "hosts": can.hosts, "secrets": can.secrets, "secrets_inside": can.secrets_inside });
    opening::store(places, config)?.record(what, SystemClock.now_ms()).await.map_err(opening::failed)
}

/// Copies the file in and asks the copy what it is, so that what is agreed to is what is kept.
async fn look_at(places: &Places, sandbox: Sandbox, file: &Path) -> Result<(Pins, Incoming, About), Failure> {
    places.data_folder()?;
    let pins = Pins::new(places.plugins());
    let incoming = pins.bring_in(file).map_err(Failure::usage)?;
    // Not among the pins yet, so it is looked at as a file like any other.
    let elsewhere = Places { data: places.data.join("nowhere"), ..places.clone() };
    let plugins = providers::plugins(&elsewhere, sandbox, BackOff::NONE)?;
    let about = plugins.describe(incoming.path()).await.map_err(Failure::failed)?;
    let name = &about.capabilities.name;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        return Err(Failure::failed(format!(
            "the plugin calls itself {name:?}: small letters, digits and `_` are needed"
        )));
    }
    Ok((pins, incoming, about))
}

/// What a plugin declares, for the person who has to agree; what is new since `before` is said to be.
fn shown(about: &About, before: Option<&Pin>) -> String {
    let can = &about.capabilities;
    let list = |now: &[String], then: Option<&Vec<String>>| {
        let fresh = |item: &String| then.is_some_and(|then| !then.contains(item));
        let each: Vec<_> =
            now.iter().map(|item| if fresh(item) { format!("{item} (NEW)") } else { item.clone() }).collect();
        if each.is_empty() { "none".to_owned() } else { each.join(", ") }
    };
    let yes = |able: bool, what: &str| able.then(|| what.to_owned());
    let abilities: Vec<String> = [
        yes(can.authorize_and_capture, "reserves and captures"),
        yes(can.partial_refund, "gives back a part"),
        yes(can.query_by_reference, "finds payments by our reference"),
        yes(can.off_session, "pays while nobody is at a screen"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (major, minor) = about.abi;
    let money = if can.practice { "practice money only" } else { "REAL MONEY" };
    let confined = if about.confinement.complete() { "wholly" } else { "NOT WHOLLY on this system" };
    format!(
        "{} {} (plugin interface {major}.{minor}, {money})\n  talks to        {}\n  secrets         {}, filled in on the way out\n  secrets inside  {}\n  abilities       {}\n  confined        {confined}",
        can.name,
        can.version,
        list(&can.hosts, before.map(|pin| &pin.hosts)),
        list(&can.secrets, before.map(|pin| &pin.secrets)),
        list(&can.secrets_inside, before.map(|pin| &pin.secrets_inside)),
        if abilities.is_empty() { "pays".to_owned() } else { abilities.join(", ") },
    )
}

/// Asks on a terminal; a program has to say `--yes`.
fn agree(yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody is there to agree: look at what it needs, and say --yes"));
    }
    let _ = write!(std::io::stderr().lock(), "{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::failed("not taken in")),
    }
}

fn keep(pins: &Pins, incoming: &Incoming, about: &About, before: Option<&Pin>, out: Out) -> Result<(), Failure> {
    let name = &about.capabilities.name;
    let pin = pins.keep(incoming, name, about).map_err(Failure::failed)?;
    let taken_in = TakenIn {
        taken_in: name,
        version: &pin.version,
        sha256: &pin.sha256,
        path: pins.path(&pin).display().to_string(),
        hosts: &pin.hosts,
        secrets: &pin.secrets,
        secrets_inside: &pin.secrets_inside,
        before: before.map(|pin| pin.sha256.as_str()),
    };
    out.result(&taken_in, || {
        format!("took in {name} {}\n    file    {}\n    sha256  {}", pin.version, taken_in.path, pin.sha256)
    })?;
    Ok(())
}
