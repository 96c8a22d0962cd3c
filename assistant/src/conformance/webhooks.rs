//! Notifications: a genuine one that was recorded, and everything that must not pass for it.

use super::bench::{Bench, Played, said};
use super::judge::{Claim, claim, fields};
use super::laws::{Law, Tally};
use super::scenarios::Run;
use super::signing::Signer;
use sayso_plugin_interface::abi_v1::{Answer, Call};
use sayso_plugin_interface::request::WebhookRequest;

/// A day, in milliseconds: older than the provider goes on to repeat it, and one day more, a notification must not be.
const DAY_MS: i64 = 86_400_000;
/// How many places of a body are changed, one at a time.
const PLACES: usize = 12;

/// Tries what must not pass for a notification that was recorded as genuine. `played` is the recorded one.
pub(super) async fn try_notification(bench: &Bench, tally: &mut Tally, run: &Run<'_>, played: &Played) {
    let (Call::VerifyWebhook(request), Ok(answer)) = (&run.call, &played.answer) else { return };
    if claim(answer) != Claim::Genuine {
        return;
    }
    tamper(bench, tally, run, request).await;
    if !run.scenario.timeless {
        let days = 1 + i64::from(run.scenario.repeated_for_days.unwrap_or_default());
        let late = if days == 1 { "it comes a day later".to_owned() } else { format!("it comes {days} days later") };
        for (later, change) in [(days * DAY_MS, late.as_str()), (-DAY_MS, "it comes a day before it was signed")] {
            refuses(bench, tally, run, Law::Late, change, request.clone(), run.now_ms + later).await;
        }
    }
    let change = "the same notification again";
    let again = bench.play(tally, run.name(), change, run.call.clone(), run.now_ms, run.script()).await;
    let same = again.answer.as_ref().is_ok_and(|second| fields(second) == fields(answer));
    let wanted = format!("{} once more, with the same event", said(played));
    tally.count(Law::Redelivered, if same { Ok(()) } else { Err(again.finding(run.name(), change, wanted)) });
    let call = Call::AcknowledgeWebhook(request.clone());
    let acknowledged = bench.play(tally, run.name(), "the answer to it", call, run.now_ms, run.script()).await;
    let fine = acknowledged.answer.as_ref().is_ok_and(|answer| claim(answer) == Claim::Genuine);
    let held = if fine { Ok(()) } else { Err(acknowledged.finding(run.name(), "the answer to it", "a status of 2xx")) };
    tally.count(Law::Acknowledged, held);
}

async fn tamper(bench: &Bench, tally: &mut Tally, run: &Run<'_>, request: &WebhookRequest) {
    let chars: Vec<char> = request.body.chars().collect();
    for place in 0..PLACES.min(chars.len()) {
        let at = place * chars.len() / PLACES.min(chars.len());
        let mut changed = chars.clone();
        if let Some(c) = changed.get_mut(at) {
            *c = if *c == '7' { '8' } else { '7' };
        }
        let body = changed.into_iter().collect();
        let tampered = WebhookRequest { body, ..request.clone() };
        refuses(
            bench,
            tally,
            run,
            Law::Tampered,
            &format!("character {at} of the body is another"),
            tampered,
            run.now_ms,
        )
        .await;
    }
    let longer = WebhookRequest { body: format!("{} ", request.body), ..request.clone() };
    refuses(bench, tally, run, Law::Tampered, "the body has a blank more", longer, run.now_ms).await;
    if let Some(name) = run.signer.and_then(Signer::field) {
        unsigned_inside(bench, tally, run, request, name).await;
        return;
    }
    let bare = WebhookRequest { headers: Vec::new(), ..request.clone() };
    refuses(bench, tally, run, Law::Unsigned, "it has no headers", bare, run.now_ms).await;
    // Which header is the signature, the kit cannot know: one of them has to be, and falsifying all of them must not pass.
    let mut falsified = request.clone();
    for (_, value) in &mut falsified.headers {
        *value = value.chars().map(|c| if c.is_ascii_alphanumeric() { another(c) } else { c }).collect();
    }
    refuses(
        bench,
        tally,
        run,
        Law::Tampered,
        "every letter and digit of its headers is another",
        falsified,
        run.now_ms,
    )
    .await;
    let mut last = request.clone();
    if let Some((_, value)) = last.headers.iter_mut().max_by_key(|(_, value)| value.len()) {
        let ending = value.pop().map_or('0', another);
        value.push(ending);
    }
    refuses(bench, tally, run, Law::Tampered, "the last character of its longest header is another", last, run.now_ms)
        .await;
}

/// The same for a notification whose signature is a field of its form.
async fn unsigned_inside(bench: &Bench, tally: &mut Tally, run: &Run<'_>, request: &WebhookRequest, name: &str) {
    let field = |pair: &&str| pair.split_once('=').is_some_and(|(key, _)| key == name);
    let Some(signed) = request.body.split('&').find(field) else { return };
    for (law, change, instead) in [
        (Law::Unsigned, "its signature is gone", String::new()),
        (Law::Unsigned, "its signature is empty", format!("{name}=")),
        (Law::Tampered, "every letter and digit of its signature is another", {
            let value = signed.split_once('=').map_or("", |(_, value)| value);
            format!(
                "{name}={}",
                value.chars().map(|c| if c.is_ascii_alphanumeric() { another(c) } else { c }).collect::<String>()
            )
        }),
    ] {
        let rest = request.body.split('&').filter(|pair| !field(pair));
        let body = rest.chain(Some(instead.as_str()).filter(|text| !text.is_empty())).collect::<Vec<_>>().join("&");
        let request = WebhookRequest { body, ..request.clone() };
        refuses(bench, tally, run, law, change, request, run.now_ms).await;
    }
}

/// Another character of the same kind.
fn another(c: char) -> char {
    match c {
        '0'..='8' | 'a'..='e' | 'g'..='y' | 'A'..='E' | 'G'..='Y' => char::from_u32(u32::from(c) + 1).unwrap_or('0'),
        '9' => '0',
        'f' | 'z' => 'a',
        'F' | 'Z' => 'A',
        _ => '0',
    }
}

async fn refuses(
    bench: &Bench,
    tally: &mut Tally,
    run: &Run<'_>,
    law: Law,
    change: &str,
    request: WebhookRequest,
    now_ms: i64,
) {
    let call = Call::VerifyWebhook(request);
    let played = bench.play(tally, run.name(), change, call, now_ms, run.script()).await;
    let refused = match &played.answer {
        Ok(answer @ Answer::VerifyWebhook(_)) => claim(answer) == Claim::Refused,
        Ok(_) => false,
        // The host refuses what a plugin could not judge.
        Err(_) => true,
    };
    tally.count(law, if refused { Ok(()) } else { Err(played.finding(run.name(), change, "refused")) });
}
