//! `sayso payments scheduled` and `sayso payments run-due`: what will be paid later, and paying it on its day.

use super::assemble;
use super::failure::Failure;
use super::opening;
use super::out::Out;
use super::places::Places;
use super::show;
use crate::config::Config;
use crate::payments::{Payments, Providers, Settings, StandingState, StandingView};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::sync::Arc;

/// The last line of `sayso payments run-due --json`.
#[derive(Serialize)]
struct RunDue {
    begun: usize,
    skipped: usize,
    problems: Vec<String>,
}

/// The result of `sayso payments scheduled cancel --json`.
#[derive(Serialize)]
struct Cancelled<'a> {
    cancelled: &'a str,
}

fn open(places: &Places, config: &Config) -> Result<Payments, Failure> {
    let store = Arc::new(opening::store(places, config)?);
    Ok(Payments::new(store, Providers::new(), Settings::default()))
}

/// Prints what will be paid later, what is due first at the front. Needs no provider.
pub async fn list(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let orders = open(places, config)?.scheduled().await.map_err(Failure::failed)?;
    let orders: Vec<StandingView> = orders.into_iter().filter(|order| order.state != StandingState::Ended).collect();
    if orders.is_empty() {
        out.text("nothing is scheduled")?;
    }
    for order in &orders {
        out.result(order, || line(order))?;
    }
    Ok(())
}

fn line(order: &StandingView) -> String {
    let next = order.next_due.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let paused = if order.state == StandingState::Paused { "  (paused)" } else { "" };
    let (amount, payee, provider) = (order.amount.to_string(), &order.payee_name, &order.provider);
    format!("{next}  {amount:>14}  {payee} with {provider}  {}  {}{paused}", order.schedule, order.id)
}

/// Ends a standing order.
pub async fn cancel(places: &Places, config: &Config, id: &str, out: Out) -> Result<(), Failure> {
    if !open(places, config)?.end_standing(id).await.map_err(Failure::failed)? {
        let hint = "`sayso payments scheduled` shows what is scheduled";
        return Err(Failure::failed(format!("nothing is scheduled under `{id}`; {hint}")));
    }
    out.result(&Cancelled { cancelled: id }, || format!("cancelled {id}: nothing more of it is paid"))?;
    Ok(())
}

/// Pays what is due. Fails with 3 where something could not be done yet, with 1 where a due day was not paid.
pub async fn run_due(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let household = Arc::new(config.household.clone());
    let counter = assemble::open_payments(places, config, &household).await?;
    let report = counter.payments.run_due(Zoned::now().date()).await.map_err(Failure::failed)?;
    let zone = TimeZone::system();
    for view in &report.begun {
        out.result(view, || show::payment(view, &zone))?;
    }
    let details = report.skipped.iter().map(|skipped| format!("{}: {}", skipped.step.order, skipped.detail));
    let summary = RunDue {
        begun: report.begun.len(),
        skipped: report.skipped.len(),
        problems: report.problems.iter().cloned().chain(details).collect(),
    };
    out.result(&summary, || {
        let mut lines = vec![format!("{} paid or tried, {} not paid", summary.begun, summary.skipped)];
        lines.extend(summary.problems.iter().cloned());
        lines.join("\n")
    })?;
    let unsure = |view: &crate::payments::PaymentView| view.status.is_open();
    if !report.problems.is_empty() || report.begun.iter().any(unsure) {
        return Err(Failure::unknown("not everything that is due has a certain end yet; run this again later"));
    }
    if !report.skipped.is_empty() {
        return Err(Failure::failed("some due days were not paid; pay them by saying so"));
    }
    Ok(())
}
