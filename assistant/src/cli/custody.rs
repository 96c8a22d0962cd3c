//! `sayso store`: another key, a backup, the proof that all is there and right, and everything as JSON lines.

use super::failure::Failure;
use super::opening::{self, failed};
use super::out::Out;
use super::places::Places;
use crate::config::Config;
use crate::payments::{Clock as _, PaymentStore as _, SystemClock};
use crate::store::{AuditHead, KeySource, Store};
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

/// `sayso store`
#[derive(Subcommand, Debug)]
pub enum StoreCommand {
    /// Encrypt the store with another key (or with a first one); nothing else may run on it
    Rekey {
        /// Where the new key is, or is made: `file:PATH`, `env:NAME` or `desktop` [default: a new one beside the others]
        #[arg(long, value_name = "PLACE", value_parser = place)]
        to: Option<KeySource>,
    },
    /// Write a copy of the store as it is at this moment, encrypted with the same key; others may go on meanwhile
    Backup {
        /// A file that is not there yet
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
    /// Prove that the file is whole, that the books balance, and that nobody changed the audit log
    Verify {
        /// A head of the audit log that was printed before: finds entries that were cut off since
        #[arg(long, value_name = "NUMBER:DIGEST")]
        head: Option<AuditHead>,
    },
    /// Print payments, events, postings, refunds, standing orders and the audit log as JSON lines
    Export,
}

fn place(text: &str) -> Result<KeySource, String> {
    match text.split_once(':') {
        // As it will have to stand in a configuration, wherever that is.
        Some(("file", path)) if !path.is_empty() => {
            std::path::absolute(path).map(KeySource::File).map_err(|wrong| wrong.to_string())
        }
        Some(("env", name)) if !name.is_empty() => Ok(KeySource::Env(name.to_owned())),
        None if text == "desktop" => Ok(KeySource::Desktop),
        _ => Err("write file:PATH, env:NAME or desktop".to_owned()),
    }
}

#[derive(Serialize)]
struct Rekeyed {
    rekeyed: String,
    key: String,
}

#[derive(Serialize)]
struct BackedUp {
    backup: String,
    bytes: u64,
}

/// What `sayso store verify` found.
#[derive(Serialize)]
struct Verified {
    store: String,
    encrypted: bool,
    payments: u64,
    postings: u64,
    audit_entries: u64,
    /// The last entry of the audit log: keep it elsewhere, and give it back with `--head`.
    audit_head: Option<String>,
    /// What is wrong, each as a sentence; empty where all is well.
    faults: Vec<String>,
}

/// Runs one of the commands.
pub async fn run(places: &Places, config: &Config, command: StoreCommand, out: Out) -> Result<(), Failure> {
    match command {
        StoreCommand::Rekey { to } => rekey(places, config, to, out),
        StoreCommand::Backup { to } => backup(places, config, &to, out).await,
        StoreCommand::Verify { head } => verify(places, config, head, out).await,
        StoreCommand::Export => export(places, config, out).await,
    }
}

fn rekey(places: &Places, config: &Config, to: Option<KeySource>, out: Out) -> Result<(), Failure> {
    let path = places.ledger();
    if !path.exists() {
        return Err(Failure::usage(format!("there is no store at {} yet; the first payment makes it", path.display())));
    }
    let from = opening::key_source(places, &config.store.key);
    let usual = KeySource::Folder(places.keys.clone());
    let moves = to.as_ref().is_some_and(|to| *to != from);
    if to.is_none() && from != usual && from != KeySource::None {
        return Err(Failure::usage(format!(
            "the key is {from}: say where the new one is, with --to file:PATH, --to env:NAME or --to desktop"
        )));
    }
    let to = to.unwrap_or(usual);
    Store::rekey(&path, &from, &to).map_err(failed)?;
    let rekeyed = Rekeyed { rekeyed: path.display().to_string(), key: to.to_string() };
    out.result(&rekeyed, || {
        let next = match &to {
            KeySource::File(path) if moves => {
                format!("; write `store: {{ key: {{ file: {} }} }}` into sayso.yaml", path.display())
            }
            KeySource::Env(name) if moves => format!("; write `store: {{ key: {{ env: {name} }} }}` into sayso.yaml"),
            KeySource::Desktop if moves => "; write `store: { key: desktop }` into sayso.yaml".to_owned(),
            _ => String::new(),
        };
        format!(
            "{} is encrypted with another key, in {to}{next}\nbackups that were made before need the old key",
            path.display()
        )
    })?;
    Ok(())
}

async fn backup(places: &Places, config: &Config, to: &std::path::Path, out: Out) -> Result<(), Failure> {
    let store = opening::store(places, config)?;
    let what = json!({ "kind": "backed_up", "to": to.display().to_string() });
    store.record(what, SystemClock.now_ms()).await.map_err(failed)?;
    store.backup(to).await.map_err(failed)?;
    let bytes = std::fs::metadata(to)?.len();
    let done = BackedUp { backup: to.display().to_string(), bytes };
    out.result(&done, || match store.is_encrypted() {
        true => format!("wrote {}; it needs the key that the store has now", to.display()),
        false => format!("wrote {}; it is not encrypted", to.display()),
    })?;
    Ok(())
}

async fn verify(places: &Places, config: &Config, head: Option<AuditHead>, out: Out) -> Result<(), Failure> {
    let store = opening::store(places, config)?;
    let mut faults = store.damages().await.map_err(failed)?;
    let mut verified = Verified {
        store: places.ledger().display().to_string(),
        encrypted: store.is_encrypted(),
        payments: 0,
        postings: 0,
        audit_entries: 0,
        audit_head: None,
        faults: Vec::new(),
    };
    // Books on damaged pages can't be added up.
    if faults.is_empty() {
        let books = store.verify().await.map_err(failed)?;
        (verified.payments, verified.postings) = (books.payments, books.postings);
        faults.extend(books.faults);
        let audit = store.prove_audit(head).await.map_err(failed)?;
        (verified.audit_entries, verified.audit_head) = (audit.entries, Some(audit.head.to_string()));
        faults.extend(audit.faults);
    }
    verified.faults = faults;
    out.result(&verified, || {
        let Verified { store, payments, postings, audit_entries, faults, .. } = &verified;
        let head = verified.audit_head.as_deref().unwrap_or("not looked at");
        match faults.is_empty() {
            true => format!(
                "{store} is whole: {payments} payments, {postings} postings that balance, {audit_entries} entries of the \
                 audit log\nhead of the audit log: {head}"
            ),
            false => format!("{store}:\n{}", faults.join("\n")),
        }
    })?;
    match verified.faults.len() {
        0 => Ok(()),
        found => Err(Failure::failed(format!("{found} faults; put back a backup, and keep this file to find out why"))),
    }
}

async fn export(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let store = opening::store(places, config)?;
    store.record(json!({ "kind": "exported" }), SystemClock.now_ms()).await.map_err(failed)?;
    let sink = Box::new(move |line: &serde_json::Value| out.result(line, || line.to_string()));
    store.export(sink).await.map_err(failed)??;
    Ok(())
}
