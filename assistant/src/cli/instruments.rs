//! `sayso instruments`: ways to pay that are stored with a provider once, so that paying by voice needs no screen.

use super::assemble;
use super::failure::Failure;
use super::opening;
use super::out::{Out, remark};
use super::places::Places;
use super::qr::Codes;
use super::show::would_send as would;
use crate::config::Config;
use crate::payments::{Payments, Providers, Settings, WayError, WayState, WayToPay, WouldSend};
use clap::Subcommand;
use jiff::Timestamp;
use sayso_plugin_interface::NextStep;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// `sayso instruments`
#[derive(Subcommand, Debug)]
pub enum InstrumentsCommand {
    /// Store a way to pay with a provider, or go on with storing one; moves no money
    Add {
        /// The provider's name in the configuration
        provider: String,
        /// Whose it is
        #[arg(long, default_value = "home", value_name = "NAME")]
        person: String,
        /// Send nothing and store nothing; show what the provider would be asked
        #[arg(long)]
        dry_run: bool,
        /// Write the code or link to scan into this file too (.svg or .png)
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
        /// How many seconds to wait for it; what takes longer is gone on with by the same command
        #[arg(long, default_value_t = 600, value_name = "SECONDS")]
        wait: u64,
    },
    /// What is stored, the newest first; payments with a provider use the one that was stored last
    List,
    /// Use one no more
    Remove {
        /// Its id from `sayso instruments list`
        id: String,
    },
}

/// The result of `add --dry-run`, as JSON.
#[derive(Serialize)]
struct Rehearsed<'a> {
    would_send: &'a WouldSend,
}

/// Runs one of them.
pub async fn run(places: &Places, config: &Config, command: InstrumentsCommand, out: Out) -> Result<(), Failure> {
    match command {
        InstrumentsCommand::Add { provider, person, dry_run, qr, wait } => {
            let household = Arc::new(config.household.clone());
            let payments = assemble::open_payments(places, config, &household).await?.payments;
            if dry_run || payments.is_dry_run() {
                let would_send = payments.rehearse_enrolment(&provider, &person).await.map_err(failure)?;
                out.result(&Rehearsed { would_send: &would_send }, || format!("would send  {}", would(&would_send)))?;
                return Ok(());
            }
            let codes = Codes::new(qr)?;
            add(&payments, (&provider, &person), Duration::from_secs(wait), &codes, out).await
        }
        InstrumentsCommand::List => list(places, config, out).await,
        InstrumentsCommand::Remove { id } => {
            let way = open(places, config)?.remove_way(&id).await.map_err(failure)?;
            out.result(&way, || format!("removed {id}: payments with {} use it no more", way.provider))?;
            Ok(())
        }
    }
}

fn open(places: &Places, config: &Config) -> Result<Payments, Failure> {
    let store = Arc::new(opening::store(places, config)?);
    Ok(Payments::new(store, Providers::new(), Settings::default()))
}

async fn list(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let ways = open(places, config)?.ways_to_pay().await.map_err(Failure::failed)?;
    if ways.is_empty() {
        out.text("no way to pay is stored; `sayso instruments add PROVIDER` stores one")?;
    }
    for way in &ways {
        out.result(way, || line(way))?;
    }
    Ok(())
}

fn line(way: &WayToPay) -> String {
    let label = if way.label.is_empty() { "(not stored yet)" } else { &way.label };
    let since = Timestamp::from_millisecond(way.enrolled_at_ms.unwrap_or(way.created_at_ms));
    let since = since.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
    let money = if way.practice { "practice or test money" } else { "real money" };
    format!("{:<12}  {label}  {}  {}  {money}  {since}  {}", way.provider, way.person, way.state.name(), way.id)
}

async fn add(
    payments: &Payments,
    (provider, person): (&str, &str),
    wait: Duration,
    codes: &Codes,
    out: Out,
) -> Result<(), Failure> {
    let started = Instant::now();
    let (mut way, mut pause) = payments.enrol(provider, person).await.map_err(failure)?;
    let mut shown = None;
    while way.state == WayState::Pending {
        if way.next.is_some() && way.next != shown {
            shown.clone_from(&way.next);
            out.object(&way)?;
            shown.iter().try_for_each(|next| show(next, codes, out))?;
        }
        if started.elapsed() + pause > wait {
            out.object(&way)?;
            let again = "run the same command again to go on with it";
            return Err(Failure::unknown(format!("{provider} has not stored it yet; {again}")));
        }
        tokio::time::sleep(pause).await;
        (way, pause) = payments.ask_about_way(way).await.map_err(failure)?;
    }
    out.result(&way, || line(&way))?;
    match way.state {
        WayState::Stored => Ok(()),
        WayState::GivenUp => Err(Failure::failed("nobody acted in time; nothing was stored")),
        _ => Err(Failure::failed(format!("{provider} did not store it; nothing was stored"))),
    }
}

fn show(next: &NextStep, codes: &Codes, out: Out) -> Result<(), Failure> {
    match next {
        NextStep::Link { url } => {
            out.text(&format!("open this link, or scan the code with your phone: {url}"))?;
            codes.show(url, out)
        }
        NextStep::Qr { content } => {
            out.text("scan this code with the provider's app:")?;
            codes.show(content, out)
        }
        NextStep::App { name } => {
            remark(&format!("approve it in the {name} app"));
            Ok(())
        }
    }
}

fn failure(wrong: WayError) -> Failure {
    match wrong {
        WayError::UnknownProvider(_) | WayError::NotOffered(_) => Failure::usage(wrong),
        _ => Failure::failed(wrong),
    }
}
