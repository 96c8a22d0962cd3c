//! `sayso payments`: what was paid, and bringing interrupted payments to their right end.

use super::assemble;
use super::failure::Failure;
use super::opening;
use super::out::Out;
use super::places::Places;
use super::show;
use crate::announce::Desk;
use crate::config::Config;
use crate::ledger::PaymentId;
use crate::payments::{Filter, PayError, Payments};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// The last line of `sayso payments recover --json`.
#[derive(Serialize)]
struct Recovered {
    looked_at: usize,
    changed: usize,
    waiting: usize,
    busy: usize,
    problems: Vec<String>,
}

/// Prints every payment, the newest first. Needs no provider.
pub async fn list(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let store = Arc::new(opening::store(places, config)?);
    let payments = Payments::new(store, crate::payments::Providers::new(), crate::payments::Settings::default());
    let zone = TimeZone::system();
    let views = payments.list(&Filter::default()).await.map_err(Failure::failed)?;
    if views.is_empty() {
        out.text("nothing was paid yet")?;
    }
    for view in &views {
        out.result(view, || show::payment(view, &zone))?;
    }
    Ok(())
}

/// Asks what became of every payment without a certain end. Fails with 3 if some still have none.
pub async fn recover(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let household = Arc::new(config.household.clone());
    let counter = assemble::open_payments(places, config, &household).await?;
    let report = counter.payments.recover().await.map_err(Failure::failed)?;
    let zone = TimeZone::system();
    for view in report.changed.iter().chain(&report.waiting) {
        out.result(view, || show::payment(view, &zone))?;
    }
    let summary = Recovered {
        looked_at: report.looked_at,
        changed: report.changed.len(),
        waiting: report.waiting.len(),
        busy: report.busy,
        problems: report.problems,
    };
    out.result(&summary, || {
        let Recovered { looked_at, changed, waiting, busy, problems } = &summary;
        let mut lines =
            vec![format!("{looked_at} looked at, {changed} changed, {waiting} still waiting, {busy} busy elsewhere")];
        lines.extend(problems.iter().cloned());
        lines.join("\n")
    })?;
    if summary.waiting > 0 || summary.busy > 0 || !summary.problems.is_empty() {
        return Err(Failure::unknown("not every payment has a certain end yet; run this again later"));
    }
    Ok(())
}

/// What a person does to one payment.
pub enum Act {
    /// Stops it.
    Cancel,
    /// Goes on with it, or captures it.
    Advance,
    /// Says what became of it, and how they know.
    Resolve {
        /// True if the money moved as agreed.
        paid: bool,
        /// How they know.
        why: String,
    },
}

/// Does this to one payment, and prints how it stands then. 3 where that is not certain yet.
pub async fn act(places: &Places, config: &Config, id: &str, act: Act, out: Out) -> Result<(), Failure> {
    let id: PaymentId = id.parse().map_err(Failure::usage)?;
    let household = Arc::new(config.household.clone());
    let payments = assemble::open_payments(places, config, &household).await?.payments;
    let done = match act {
        Act::Cancel => payments.cancel(&id).await,
        Act::Advance => payments.advance(&id).await,
        Act::Resolve { paid, why } => payments.resolve(&id, paid, &why).await,
    };
    let view = done.map_err(|wrong| match wrong {
        PayError::Unrecorded { .. } | PayError::Busy(_) => Failure::unknown(wrong),
        _ => Failure::failed(wrong),
    })?;
    out.result(&view, || show::payment(&view, &TimeZone::system()))?;
    match view.status.is_open() {
        true => Err(Failure::unknown("it has no certain end yet; `sayso payments recover` asks again")),
        false => Ok(()),
    }
}

/// Recovers at start and from time to time, beside the conversation, and tells whoever is to be told.
pub fn recover_in_background(payments: &Payments, desk: &Desk) {
    let payments = payments.clone();
    if payments.is_dry_run() {
        return;
    }
    if !desk.is_idle() {
        tell_in_background(desk.clone(), payments.recovery_pause());
    }
    tokio::spawn(async move {
        let mut round = payments.recover().await;
        loop {
            match &round {
                Ok(report) => report.problems.iter().for_each(|problem| tracing::warn!("recovery: {problem}")),
                Err(wrong) => tracing::warn!("recovery: {wrong}"),
            }
            // The day is looked at anew each time: midnight may have passed.
            match payments.run_due(Zoned::now().date()).await {
                Ok(report) => report.problems.iter().for_each(|problem| tracing::warn!("due: {problem}")),
                Err(wrong) => tracing::warn!("due: {wrong}"),
            }
            tokio::time::sleep(payments.recovery_pause()).await;
            round = payments.recover_due().await;
        }
    });
}

fn tell_in_background(desk: Desk, pause: Duration) {
    tokio::spawn(async move {
        loop {
            match desk.deliver().await {
                Ok(report) => report.problems.iter().for_each(|problem| tracing::warn!("notification: {problem}")),
                Err(wrong) => tracing::warn!("notifications: {wrong}"),
            }
            tokio::time::sleep(pause).await;
        }
    });
}
