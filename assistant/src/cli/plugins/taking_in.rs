//! `sayso plugins add`, `update` and `remove`: which libraries the operator took in, after seeing what each needs.

use super::super::failure::Failure;
use super::super::opening;
use super::super::out::{Out, remark};
use super::super::places::Places;
use super::super::providers;
use super::declared;
use crate::config::{Config, Sandbox};
use crate::payments::{Clock as _, PaymentStore, SystemClock};
use crate::plugin_host::{About, BackOff, Incoming, Pin, Pins};
use crate::store::Store;
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
    remark(&declared::shown(&about, &incoming.sha256().map_err(Failure::failed)?, None));
    agree(yes, "Take it in?", "not taken in")?;
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
    remark(&declared::shown(&about, &incoming.sha256().map_err(Failure::failed)?, Some(before)));
    agree(yes, &format!("Take it in, in place of version {}?", before.version), "not taken in")?;
    record(places, config, "plugin_updated", &about, &incoming).await?;
    keep(&pins, &incoming, &about, Some(before), out)?;
    remark(
        "a Sayso that runs uses it from its next payment on, or goes on with the version before until it is started anew where this one can do other things",
    );
    Ok(())
}

/// Removes a plugin. While payments are open that only it can ask about, somebody has to agree.
pub(super) async fn remove(places: &Places, config: &Config, name: &str, yes: bool, out: Out) -> Result<(), Failure> {
    let pins = Pins::new(places.plugins());
    if pins.read().map_err(Failure::usage)?.contains_key(name) {
        let store = opening::store(places, config)?;
        let using: Vec<&str> = config.providers.iter().filter(|p| p.plugin == name).map(|p| p.name.as_str()).collect();
        if !using.is_empty() {
            remark(&format!("the configuration has providers that use it: {}", using.join(", ")));
        }
        let open = open_with(&store, &using).await?;
        if open > 0 {
            remark(&format!(
                "payments with them that are not at their end: {open}; nobody can ask about those without it"
            ));
            agree(yes, "Remove it?", "not removed")?;
        }
        let what = json!({ "kind": "plugin_removed", "plugin": name });
        store.record(what, SystemClock.now_ms()).await.map_err(opening::failed)?;
    }
    if !pins.remove(name).map_err(Failure::usage)? {
        let known = pins.read().map_err(Failure::usage)?;
        return Err(Failure::usage(format!("there is no plugin `{name}` to remove: {}", known_names(&known))));
    }
    out.result(&Removed { removed: name }, || format!("removed {name}"))?;
    Ok(())
}

/// How many payments with these providers are not at their end.
async fn open_with(store: &Store, providers: &[&str]) -> Result<usize, Failure> {
    let mut open = 0;
    for id in PaymentStore::open(store, None).await.map_err(opening::failed)? {
        let payment = PaymentStore::payment(store, &id).await.map_err(opening::failed)?;
        open += usize::from(payment.is_some_and(|payment| providers.contains(&payment.provider.as_str())));
    }
    Ok(open)
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

/// Asks on a terminal; a program has to say `--yes`.
fn agree(yes: bool, question: &str, otherwise: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody is there to agree: read what is said above, and say --yes"));
    }
    let _ = write!(std::io::stderr().lock(), "{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::failed(otherwise)),
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
