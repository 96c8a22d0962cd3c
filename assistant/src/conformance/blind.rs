//! What can be tried without knowing the provider: every verb against answers that mean nothing.

use super::bench::{Bench, said};
use super::faults;
use super::fill::{self, NOW_MS};
use super::judge::{Claim, claim};
use super::laws::{Law, Tally};
use super::stage::{Script, lost};
use sayso_plugin_interface::abi_v1::VERBS;
use serde_json::json;

/// Tries every verb that asks the provider.
pub(super) async fn try_all(bench: &mut Bench, tally: &mut Tally) {
    for verb in VERBS.iter().filter(|verb| !verb.ends_with("webhook")) {
        if !bench.has(verb).await {
            continue;
        }
        for (law, change, reply) in faults::blind() {
            let by_404 = change.ends_with("404") || change.ends_with("[]");
            let request = fill::request(verb, bench.next_run(), bench.currency());
            let Ok(call) = fill::as_call(verb, &request) else { continue };
            let name = format!("{verb}, without a recording");
            let played = bench.play(tally, &name, change, call, NOW_MS, Script::always(reply)).await;
            let Ok(answer) = &played.answer else { continue };
            let asked = !played.records.seen.is_empty();
            let wanted = match (claim(answer), asked) {
                (Claim::Done, false) => Some("no success without asking the provider"),
                (Claim::Done, true) => Some("no success that the provider did not say"),
                (Claim::NotFound, false) => Some("no \"not found\" without asking the provider"),
                (Claim::NotFound, true) if !by_404 => Some("unknown, since the provider said nothing"),
                (Claim::Failed, true) if !by_404 && !change.ends_with("418") => {
                    Some("unknown, since the provider did not refuse")
                }
                (Claim::NotSent, _) if *verb != "pay" => Some("unknown: only `pay` may say that nothing was sent"),
                _ => None,
            };
            tally.count(law, wanted.map_or(Ok(()), |wanted| Err(played.finding(&name, change, wanted))));
        }
    }
    unsigned(bench, tally).await;
}

/// Notifications that anybody could have sent.
async fn unsigned(bench: &Bench, tally: &mut Tally) {
    let name = "verify_webhook, without a recording";
    let genuine = r#"{"id":"evt_1","type":"payment.succeeded","status":"succeeded"}"#;
    for (change, headers, body) in [
        ("an empty body", json!([]), ""),
        ("{}", json!([]), "{}"),
        ("an event without a signature", json!([["content-type", "application/json"]]), genuine),
        (
            "an event with an empty signature",
            json!([["signature", ""], ["x-signature", ""], ["stripe-signature", "t=0,v1="]]),
            genuine,
        ),
    ] {
        let request = json!({ "headers": headers, "body": body });
        let Ok(call) = fill::as_call("verify_webhook", &request) else { continue };
        let played = bench.play(tally, name, change, call, NOW_MS, Script::always(lost("nothing was recorded"))).await;
        let held = said(&played) != "genuine";
        tally.count(Law::Unsigned, if held { Ok(()) } else { Err(played.finding(name, change, "refused")) });
    }
}
