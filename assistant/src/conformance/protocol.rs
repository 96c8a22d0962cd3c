//! The rules of the border itself, tried with frames made by hand: what is unknown, late, repeated, or no message at all.

use super::fill::{self, NOW_MS};
use super::laws::{Finding, Law, Tally};
use crate::plugin_host::{Bare, PluginError, Plugins, Turn};
use sayso_plugin_interface::Currency;
use sayso_plugin_interface::abi_v1::FromPlugin;
use serde_json::{Map, Value, json};
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

/// The exchange that a call opened.
fn opened(turn: &Turn, call: u64) -> Option<(u64, bool)> {
    turn.said.iter().find_map(|said| match said {
        FromPlugin::Http { call: of, exchange, .. } if *of == call => Some((*exchange, true)),
        FromPlugin::Random { call: of, exchange, .. } if *of == call => Some((*exchange, false)),
        _ => None,
    })
}

fn ended(turn: &Turn, call: u64) -> bool {
    turn.said
        .iter()
        .any(|said| matches!(said, FromPlugin::Return { id, .. } | FromPlugin::Failed { id, .. } if *id == call))
}

/// Answers whatever a call asks for with "not sent", until it has ended.
async fn carry_on(bare: &mut Bare, mut turn: Turn, call: u64, other: u64) -> Result<(), String> {
    for _ in 0..64 {
        if ended(&turn, other) {
            return Err(format!("call {other} was answered by what was meant for call {call}"));
        }
        if ended(&turn, call) {
            return Ok(());
        }
        let (exchange, http) =
            opened(&turn, call).ok_or_else(|| format!("call {call} asks for nothing and does not end"))?;
        let answer = match http {
            true => {
                json!({ "type": "no_response", "exchange": exchange, "now_ms": NOW_MS, "failure": "not_sent", "reason": "refused" })
            }
            false => json!({ "type": "random", "exchange": exchange, "now_ms": NOW_MS, "hex": "5a".repeat(64) }),
        };
        turn = bare.turn(answer.to_string().as_bytes()).await?;
    }
    Err(format!("call {call} asks for more than 64 exchanges"))
}

async fn interleaved(bare: &mut Bare, pay: &dyn Fn(u64, Value) -> Value) -> Result<(), String> {
    let first = bare.turn(pay(1, json!({})).to_string().as_bytes()).await?;
    let second = bare.turn(pay(2, json!({})).to_string().as_bytes()).await?;
    if let (Some((one, _)), Some((other, _))) = (opened(&first, 1), opened(&second, 2))
        && one == other
    {
        return Err(format!("exchange {one} was opened twice: a number is never used again"));
    }
    carry_on(bare, second, 2, 1).await?;
    carry_on(bare, first, 1, 2).await
}

async fn abandoned(bare: &mut Bare, pay: &dyn Fn(u64, Value) -> Value) -> Result<(), String> {
    let first = bare.turn(pay(1, json!({})).to_string().as_bytes()).await?;
    let second = bare.turn(pay(2, json!({})).to_string().as_bytes()).await?;
    let silent = bare.turn(json!({ "type": "abandon", "id": 1 }).to_string().as_bytes()).await?;
    if opened(&silent, 2).is_some() || ended(&silent, 2) {
        return Err("abandoning one call moved another".to_owned());
    }
    if let Some((exchange, true)) = opened(&first, 1) {
        let late = json!({ "type": "no_response", "exchange": exchange, "now_ms": NOW_MS, "failure": "not_sent", "reason": "late" });
        let turn = bare.turn(late.to_string().as_bytes()).await?;
        if ended(&turn, 2) || opened(&turn, 2).is_some() {
            return Err("an answer to the call that was abandoned moved another".to_owned());
        }
    }
    carry_on(bare, second, 2, 1).await
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
