//! The rules of the border itself, tried with frames made by hand: what is unknown, late, repeated, or no message at all.

use super::fill::{self, NOW_MS};
use super::laws::{Finding, Law, Tally};
use crate::plugin_host::{Bare, PluginError, Plugins, Turn};
use sayso_plugin_interface::Currency;
use sayso_plugin_interface::abi_v1::FromPlugin;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// Tries the rules, each in a worker of its own.
pub(super) async fn try_all(
    plugins: &Plugins,
    library: &Path,
    settings: &Map<String, Value>,
    patience: Duration,
    tally: &mut Tally,
) -> Result<(), PluginError> {
    let start = || plugins.bare(library, Value::Object(settings.clone()), patience);
    let currency =
        start().await?.capabilities().and_then(|can| can.currencies.first().copied()).unwrap_or(Currency::USD);
    let pay = |id: u64, more: Value| {
        let run = u32::try_from(id).unwrap_or_default();
        let mut call = json!({ "type": "call", "id": id, "now_ms": NOW_MS, "verb": "pay", "request": fill::request("pay", run, currency) });
        fill::lay_over(&mut call, &more);
        call
    };
    for (change, frame, check) in single_frames(&pay) {
        let mut bare = start().await?;
        let turn = bare.turn(&frame).await;
        let wanted = turn.as_ref().err().cloned().or_else(|| turn.as_ref().ok().and_then(check));
        count(tally, Law::UnknownTolerated, change, wanted, &turn);
    }
    for (change, wanted) in [
        ("two calls at once, the second answered first", interleaved(&mut start().await?, &pay).await),
        ("a call at once with one that was abandoned", abandoned(&mut start().await?, &pay).await),
    ] {
        count(tally, Law::Interleaves, change, wanted.err(), &Ok(Turn { said: Vec::new(), code: 0 }));
    }
    Ok(())
}

type Check = fn(&Turn) -> Option<String>;

/// A frame, what it is, and what is wrong with what the plugin made of it.
fn single_frames(pay: &dyn Fn(u64, Value) -> Value) -> Vec<(&'static str, Vec<u8>, Check)> {
    let bytes = |value: Value| value.to_string().into_bytes();
    let silent: Check =
        |turn| (turn.code != 0 || !turn.said.is_empty()).then(|| "the code 0, and not a word".to_owned());
    let begins: Check =
        |turn| (turn.code != 0 || turn.said.is_empty()).then(|| "the call begun as without it".to_owned());
    let refuses: Check = |turn| {
        (turn.code == 0 && turn.said.iter().any(|said| !matches!(said, FromPlugin::Log { .. })))
            .then(|| "a code other than 0, and no request or answer".to_owned())
    };
    let fails: Check = |turn| {
        let failed = |said: &FromPlugin| matches!(said, FromPlugin::Failed { id: 9, .. });
        (turn.code != 0 || !turn.said.iter().any(failed)).then(|| "`failed` for that call alone".to_owned())
    };
    let response = json!({ "status": 200, "headers": [], "body": "{}" });
    vec![
        ("a message of an unknown type", bytes(json!({ "type": "dance", "steps": [1, 2] })), silent),
        (
            "a response to nothing that was asked",
            bytes(json!({ "type": "response", "exchange": 77, "now_ms": NOW_MS, "response": response })),
            silent,
        ),
        (
            "no response to nothing that was asked",
            bytes(
                json!({ "type": "no_response", "exchange": 77, "now_ms": NOW_MS, "failure": "maybe_sent", "reason": "late" }),
            ),
            silent,
        ),
        (
            "randomness that was not asked for",
            bytes(json!({ "type": "random", "exchange": 77, "now_ms": NOW_MS, "hex": "00" })),
            silent,
        ),
        ("a call abandoned that is not open", bytes(json!({ "type": "abandon", "id": 4711 })), silent),
        (
            "a call with unknown fields",
            bytes(pay(
                1,
                json!({ "since": "later", "request": { "mood": { "good": true }, "payee": { "colour": 7 } } }),
            )),
            begins,
        ),
        (
            "a verb that it does not know",
            bytes(json!({ "type": "call", "id": 9, "now_ms": NOW_MS, "verb": "donate", "request": {} })),
            fails,
        ),
        (
            "a call whose request lacks everything",
            bytes(json!({ "type": "call", "id": 9, "now_ms": NOW_MS, "verb": "pay", "request": {} })),
            fails,
        ),
        ("bytes that are no JSON", b"{\"type\":".to_vec(), refuses),
        ("bytes that are no UTF-8", b"\xff\xfe\x00".to_vec(), refuses),
        ("no bytes at all", Vec::new(), refuses),
        ("a list a thousand deep", "[".repeat(1_000).into_bytes(), refuses),
    ]
}

/// Two calls that are open on one instance: what each asks for and waits for, and which have ended.
struct Two<'a> {
    bare: &'a mut Bare,
    asked: BTreeMap<u64, (u64, bool)>,
    ended: BTreeSet<u64>,
}

impl Two<'_> {
    /// Hands over one frame; what comes of it is written down.
    async fn turn(&mut self, frame: &Value) -> Result<(), String> {
        for said in self.bare.turn(frame.to_string().as_bytes()).await?.said {
            match said {
                FromPlugin::Http { call, exchange, .. } => self.ask(call, exchange, true)?,
                FromPlugin::Random { call, exchange, .. } => self.ask(call, exchange, false)?,
                FromPlugin::Return { id, .. } | FromPlugin::Failed { id, .. } => {
                    self.ended.insert(id);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn ask(&mut self, call: u64, exchange: u64, http: bool) -> Result<(), String> {
        if self.asked.values().any(|(open, _)| *open == exchange) {
            return Err(format!("exchange {exchange} was opened twice: a number is never used again"));
        }
        self.asked.insert(call, (exchange, http));
        Ok(())
    }

    /// True if a call asks for nothing and has not ended: it waits for what the other one asks for, as for a token that
    /// both need.
    fn waits(&self, call: u64) -> bool {
        !self.asked.contains_key(&call) && !self.ended.contains(&call)
    }

    /// Answers whatever a call asks for with "not sent", until it has ended. The other one may ask for more meanwhile, but
    /// does not end by it.
    async fn carry_on(&mut self, call: u64, other: u64) -> Result<(), String> {
        for _ in 0..64 {
            if self.ended.contains(&call) {
                return Ok(());
            }
            let asked = self.asked.remove(&call);
            let (exchange, http) = asked.ok_or_else(|| format!("call {call} asks for nothing and does not end"))?;
            let other_ended = self.ended.contains(&other);
            self.turn(&match http {
                true => not_sent(exchange),
                false => json!({ "type": "random", "exchange": exchange, "now_ms": NOW_MS, "hex": "5a".repeat(64) }),
            })
            .await?;
            if self.ended.contains(&other) && !other_ended {
                return Err(format!("call {other} was answered by what was meant for call {call}"));
            }
        }
        Err(format!("call {call} asks for more than 64 exchanges"))
    }
}

fn not_sent(exchange: u64) -> Value {
    json!({ "type": "no_response", "exchange": exchange, "now_ms": NOW_MS, "failure": "not_sent", "reason": "refused" })
}

/// The calls 1 and 2, both open.
async fn two<'a>(bare: &'a mut Bare, pay: &dyn Fn(u64, Value) -> Value) -> Result<Two<'a>, String> {
    let mut two = Two { bare, asked: BTreeMap::new(), ended: BTreeSet::new() };
    two.turn(&pay(1, json!({}))).await?;
    two.turn(&pay(2, json!({}))).await?;
    Ok(two)
}

async fn interleaved(bare: &mut Bare, pay: &dyn Fn(u64, Value) -> Value) -> Result<(), String> {
    let mut two = two(bare, pay).await?;
    let (sooner, later) = if two.waits(2) { (1, 2) } else { (2, 1) };
    two.carry_on(sooner, later).await?;
    two.carry_on(later, sooner).await
}

async fn abandoned(bare: &mut Bare, pay: &dyn Fn(u64, Value) -> Value) -> Result<(), String> {
    let mut two = two(bare, pay).await?;
    let (waited, before, over) = (two.waits(2), two.asked.get(&2).copied(), two.ended.contains(&2));
    two.turn(&json!({ "type": "abandon", "id": 1 })).await?;
    if two.ended.contains(&2) != over || (!waited && two.asked.get(&2).copied() != before) {
        return Err("abandoning one call moved another".to_owned());
    }
    let before = two.asked.get(&2).copied();
    if let Some((exchange, true)) = two.asked.remove(&1) {
        two.turn(&not_sent(exchange)).await?;
        if two.ended.contains(&2) != over || two.asked.get(&2).copied() != before {
            return Err("an answer to the call that was abandoned moved another".to_owned());
        }
    }
    two.carry_on(2, 1).await
}

fn count(tally: &mut Tally, law: Law, change: &str, wanted: Option<String>, turn: &Result<Turn, String>) {
    let held = wanted.map_or(Ok(()), |wanted| {
        let came = match turn {
            Ok(turn) => {
                format!("the code {}, and {}", turn.code, serde_json::to_string(&turn.said).unwrap_or_default())
            }
            Err(reason) => reason.clone(),
        };
        let (scenario, change) = ("frames made by hand".to_owned(), change.to_owned());
        Err(Finding { scenario, change, wanted, came, exchanges: Vec::new() })
    });
    tally.count(law, held);
}
