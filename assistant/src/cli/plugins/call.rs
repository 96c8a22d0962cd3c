//! `sayso plugins call`: one verb by hand, for whoever writes a plugin. Real money never moves this way: what pays or
//! gives back is asked of practice plugins alone, since nobody has agreed to it and no ledger would know of it.

use super::super::assemble;
use super::super::failure::Failure;
use super::super::out::Out;
use super::super::places::Places;
use super::super::providers;
use crate::config::Config;
use crate::plugin_host::{BackOff, CallFault};
use sayso_plugin_interface::PaymentProvider as _;
use sayso_plugin_interface::abi_v1::{Answer, Call, VERBS};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Verbs that only ask; all others act.
const ASKING: &[&str] =
    &["query", "query_refund", "verify_webhook", "acknowledge_webhook", "query_enrolment", "check_credentials"];

/// What was asked for on the command line.
pub(super) struct Asked {
    pub provider: String,
    pub verb: String,
    pub request: Map<String, Value>,
}

/// The result as JSON.
#[derive(Serialize)]
struct Answered<'a> {
    provider: &'a str,
    #[serde(flatten)]
    answer: &'a Answer,
}

/// Asks, and prints the answer; no answer is exit code 3, since then nobody knows.
pub(super) async fn run(places: &Places, config: &Config, asked: &Asked, out: Out) -> Result<(), Failure> {
    let Some(provider) = config.providers.iter().find(|provider| provider.name == asked.provider) else {
        let known: Vec<&str> = config.providers.iter().map(|provider| provider.name.as_str()).collect();
        let (name, known) = (&asked.provider, known.join(", "));
        return Err(Failure::usage(format!("no provider is called `{name}` in the configuration; known are {known}")));
    };
    let call = call(asked)?;
    places.data_folder()?;
    let bank = assemble::bank_for(places, std::slice::from_ref(provider)).await?;
    let plugins = providers::plugins(places, config.sandbox, BackOff::NONE)?;
    let (_, worker, gate) = providers::open(&plugins, provider, bank.as_ref()).await?;
    if !ASKING.contains(&asked.verb.as_str()) && !worker.capabilities().practice {
        return Err(Failure::usage(format!(
            "`{}` would move real money to which nobody has agreed: by hand, only practice plugins may; others answer {}",
            asked.verb,
            ASKING.join(", ")
        )));
    }
    let answered = worker.ask(gate.as_ref(), call).await;
    worker.stop().await;
    let answer = answered.map_err(|fault| match fault {
        CallFault::NotSent(_) => Failure::failed(fault),
        lost => Failure::unknown(format!("no answer: {lost}")),
    })?;
    let shown = Answered { provider: &asked.provider, answer: &answer };
    out.result(&shown, || {
        let fields = serde_json::to_value(&answer).map(|mut value| value["answer"].take()).unwrap_or_default();
        serde_json::to_string_pretty(&fields).unwrap_or_default()
    })?;
    Ok(())
}

fn call(asked: &Asked) -> Result<Call, Failure> {
    let verb = asked.verb.as_str();
    if !VERBS.contains(&verb) {
        let known = VERBS.join(", ");
        return Err(Failure::usage(format!("`{verb}` is not a verb; known are {known}")));
    }
    serde_json::from_value(json!({ "verb": verb, "request": asked.request })).map_err(|wrong| {
        Failure::usage(format!("this is no request of `{verb}`: {wrong}; plugins/interface/PROTOCOL.md shows each"))
    })
}
