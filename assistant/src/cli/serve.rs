//! `sayso serve`: takes in providers' notifications, and brings payments to their right end meanwhile.

use super::assemble;
use super::failure::Failure;
use super::ledger;
use super::out::{Out, remark};
use super::places::Places;
use super::stopping::stopped;
use crate::config::Config;
use crate::server::door::{Bounds, Door};
use crate::server::webhooks;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;

/// The first line of `sayso serve --json`.
#[derive(Serialize)]
struct Serving {
    /// Where it listens, e.g. `http://127.0.0.1:8378`.
    url: String,
    /// The path for each provider.
    webhooks: Vec<String>,
}

/// Serves until interrupted.
pub async fn run(places: &Places, config: &Config, listen: SocketAddr, expose: bool, out: Out) -> Result<(), Failure> {
    if !listen.ip().is_loopback() && !expose {
        return Err(Failure::usage(format!(
            "{listen} can be reached from other machines: put a proxy that speaks HTTPS before 127.0.0.1, or say --expose"
        )));
    }
    let household = Arc::new(config.household.clone());
    let counter = assemble::open_payments(places, config, &household).await?;
    let door = Door::open(listen).await.map_err(Failure::usage)?;
    ledger::recover_in_background(&counter.payments, &counter.desk);
    if !listen.ip().is_loopback() {
        remark("other machines can reach this door, and it speaks HTTP without encryption");
    }
    let paths = config.providers.iter().map(|provider| format!("/webhooks/{}", provider.name)).collect();
    let serving = Serving { url: format!("http://{}", door.address()), webhooks: paths };
    out.result(&serving, || format!("open at {} for {}; Ctrl-C ends it", serving.url, serving.webhooks.join(", ")))?;
    let router = webhooks::router(counter.payments.clone());
    door.answer(router, Bounds::default(), stopped()).await;
    Ok(())
}
