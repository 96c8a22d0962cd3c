//! `sayso payments exchanges`: what was said to a provider about a payment, for a talk with its support.

use super::failure::Failure;
use super::opening::{self, failed};
use super::out::Out;
use super::places::Places;
use crate::config::Config;
use crate::ledger::PaymentId;
use crate::payments::{Exchange, ExchangeStore as _, PaymentStore as _};
use jiff::Timestamp;

/// Prints the exchanges about one payment, the oldest first.
pub async fn run(places: &Places, config: &Config, id: &PaymentId, out: Out) -> Result<(), Failure> {
    let store = opening::store(places, config)?;
    let Some(payment) = store.payment(id).await.map_err(failed)? else {
        return Err(Failure::failed(format!("there is no payment {id}; `sayso payments list` shows them")));
    };
    let exchanges = store.exchanges(&payment.request.reference).await.map_err(failed)?;
    if exchanges.is_empty() {
        let days = config.store.keep_exchanges_days;
        out.text(&format!("nothing was said to {} about it, or not in the last {days} days", payment.provider))?;
    }
    for exchange in &exchanges {
        out.result(exchange, || text(exchange))?;
    }
    Ok(())
}

fn text(exchange: &Exchange) -> String {
    let Exchange { provider, at_ms, took_ms, method, url, .. } = exchange;
    let at = Timestamp::from_millisecond(*at_ms).map(|at| at.to_string()).unwrap_or_default();
    let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let parts = [
        format!("{at}  {provider}  {method} {url}"),
        indented("> ", &exchange.request_headers),
        indented("> ", &exchange.request_body),
        format!("{status} after {took_ms} ms"),
        indented("< ", &exchange.response_headers),
        indented("< ", &exchange.response_body),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn indented(mark: &str, text: &str) -> String {
    text.lines().map(|line| format!("{mark}{line}")).collect::<Vec<_>>().join("\n")
}
