//! The scenarios of a file: first as they were recorded, then with every exchange spoilt in every way.

use super::bench::{Bench, Played, said};
use super::faults::{self, At};
use super::fields::{self, Told};
use super::fill::{self, Words};
use super::fixture::{Exchange, Fixture, Scenario};
use super::judge::Falsified;
use super::judge::{claim, receipt, word};
use super::laws::{Finding, Law, Tally};
use super::pattern::{difference, like};
use super::signing::Signer;
use super::stage::{Reply, Script, reply};
use super::webhooks;
use sayso_plugin_interface::abi_v1::{Answer, Call};
use serde_json::{Value, json};

/// Names and purposes that have broken somebody's request.
const STRANGE_NAMES: &[&str] =
    &["O'Brien & Sons <\"quoted\">", "a\r\nx-injected: 1\n", "电费 \u{202e}💡 \\u0000 %00 {{x}}", ""];

/// One scenario, filled in for one run.
pub(super) struct Run<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) call: Call,
    pub(super) words: Words,
    pub(super) now_ms: i64,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) signer: Option<&'a Signer>,
}

impl Run<'_> {
    pub(super) fn name(&self) -> &str {
        &self.scenario.name
    }

    pub(super) fn script(&self) -> Script {
        self.script_of(&self.exchanges)
    }

    /// What was recorded, signed as this provider signs.
    fn script_of(&self, exchanges: &[Exchange]) -> Script {
        let mut script = Script::recorded(exchanges);
        for (_, reply) in &mut script.exchanges {
            *reply = self.signed(reply.clone());
        }
        script
    }

    fn signed(&self, reply: Reply) -> Reply {
        match self.signer {
            Some(signer) => signer.sign(reply, self.now_ms),
            None => reply,
        }
    }
}

/// Tries every scenario of a file.
pub(super) async fn try_all(bench: &mut Bench, tally: &mut Tally, fixture: &Fixture) {
    let signer = fixture.signs.as_ref().map(Signer::new).transpose();
    for scenario in &fixture.scenarios {
        let signer = signer.as_ref().map(Option::as_ref).map_err(Clone::clone);
        match signer.and_then(|signer| filled(bench, fixture, scenario, signer)) {
            Ok(run) => try_one(bench, tally, fixture, &run).await,
            Err(problem) => {
                let (name, change) = (scenario.name.clone(), "as it was recorded".to_owned());
                let wanted = "a request as the interface has it".to_owned();
                let finding = Finding { scenario: name, change, wanted, came: problem, exchanges: Vec::new() };
                tally.count(Law::Recorded, Err(finding));
            }
        }
    }
}

fn filled<'a>(
    bench: &mut Bench,
    fixture: &Fixture,
    scenario: &'a Scenario,
    signer: Option<&'a Signer>,
) -> Result<Run<'a>, String> {
    let (call, words) = fill::call(scenario, bench.next_run(), bench.currency())?;
    let now_ms = scenario.now_ms.or(fixture.now_ms).unwrap_or(fill::NOW_MS);
    let exchanges = scenario.exchanges.iter().map(|exchange| words.fill_exchange(exchange, now_ms)).collect();
    Ok(Run { scenario, call, words, now_ms, exchanges, signer })
}

async fn try_one(bench: &mut Bench, tally: &mut Tally, fixture: &Fixture, run: &Run<'_>) {
    let played = bench.play(tally, run.name(), "as it was recorded", run.call.clone(), run.now_ms, run.script()).await;
    let problem = unexpected(run, &played);
    let broken = problem.is_some();
    tally.count(Law::Recorded, problem.map_or(Ok(()), Err));
    if !run.exchanges.is_empty() {
        let unasked = run.exchanges.get(played.records.seen.len());
        let unasked = unasked.map(|exchange| format!("the request that was recorded: {}", shown(exchange)));
        let unlike = played.records.unexpected.first().cloned().or(unasked);
        tally.count(
            Law::Requests,
            unlike.map_or(Ok(()), |why| Err(played.finding(run.name(), "as it was recorded", why))),
        );
    }
    if run.scenario.verb.ends_with("webhook") {
        if !broken {
            webhooks::try_notification(bench, tally, run, &played).await;
        }
        return;
    }
    key(tally, run, &played);
    let again = bench.play(tally, run.name(), "the same call again", run.call.clone(), run.now_ms, run.script()).await;
    let same = said(&again) == said(&played) && sends_the_same_key(run, &played, &again);
    let wanted = format!("the same key, and {} again", said(&played));
    tally
        .count(Law::Repeats, if same { Ok(()) } else { Err(again.finding(run.name(), "the same call again", wanted)) });
    // Where the recorded scenario itself does not hold, what follows would only say so a hundred times.
    let Some(recorded) = played.answer.as_ref().ok().filter(|_| !broken) else { return };
    let missing_by_404 = fixture.scenarios.iter().any(|other| {
        let by_404 = |exchange: &Exchange| exchange.response.as_ref().is_some_and(|recorded| recorded.status == 404);
        other.verb == run.scenario.verb && other.expect == "not_found" && other.exchanges.iter().any(by_404)
    });
    for index in 0..run.exchanges.len() {
        spoil(bench, tally, run, index, recorded, missing_by_404).await;
    }
    if run.scenario.verb == "pay" {
        strange_names(bench, tally, run, &played, recorded).await;
    }
}

fn shown(exchange: &Exchange) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "*".to_owned());
    format!("{} {}", part(&exchange.request.method), part(&exchange.request.url))
}

/// How the recorded scenario did not come out as its author expects.
fn unexpected(run: &Run<'_>, played: &Played) -> Option<Finding> {
    let change = "as it was recorded";
    let wrong = match (&played.answer, &run.scenario.expect) {
        (Err(_), expect) => Some(format!("{expect}")),
        (Ok(answer), Value::String(expected)) => {
            (word(answer) != *expected && fields_word(answer) != *expected).then(|| expected.clone())
        }
        (Ok(answer), expected) => {
            difference(expected, &super::judge::fields(answer)).map(|place| format!("{expected}; but {place}"))
        }
    };
    wrong.map(|wanted| played.finding(run.name(), change, wanted))
}

/// The other word for an answer to a query: `found`.
fn fields_word(answer: &Answer) -> String {
    super::judge::fields(answer)["answer"].as_str().unwrap_or_default().to_owned()
}

/// A request that may have an effect.
fn acts(run: &Run<'_>, method: &str, url: &str) -> bool {
    let harmless = |exchange: &&Exchange| {
        exchange.harmless && exchange.request.url.as_deref().is_some_and(|wanted| like(wanted, url))
    };
    method != "GET" && !run.exchanges.iter().any(|exchange| harmless(&exchange))
}

fn key(tally: &mut Tally, run: &Run<'_>, played: &Played) {
    if !matches!(run.call, Call::Pay(_) | Call::Refund(_)) {
        return;
    }
    let mut acting =
        played.records.seen.iter().filter(|seen| acts(run, &seen.request.method, &seen.request.url)).peekable();
    if acting.peek().is_none() {
        return;
    }
    let ours: Vec<&str> = run.words.ours().into_iter().chain([run.words.key()]).collect();
    let bears = acting.any(|seen| {
        let text = serde_json::to_string(&seen.request).unwrap_or_default();
        ours.iter().any(|word| text.contains(word))
    });
    let wanted = format!("`{}` or a reference of ours in a header, the address or the body", run.words.key());
    tally.count(Law::Key, if bears { Ok(()) } else { Err(played.finding(run.name(), "as it was recorded", wanted)) });
}

fn sends_the_same_key(run: &Run<'_>, one: &Played, other: &Played) -> bool {
    let bearing = |played: &Played| {
        let texts = played.records.seen.iter().map(|seen| serde_json::to_string(&seen.request).unwrap_or_default());
        texts.map(|text| (text.contains(run.words.key()), text.contains(run.words.reference()))).collect::<Vec<_>>()
    };
    bearing(one) == bearing(other)
}

/// Spoils one exchange in every way.
async fn spoil(bench: &Bench, tally: &mut Tally, run: &Run<'_>, index: usize, recorded: &Answer, missing_by_404: bool) {
    let Some(exchange) = run.exchanges.get(index) else { return };
    let recorded_reply = reply(exchange);
    let at = At { verb: &run.scenario.verb, index, exchange, reply: &recorded_reply, missing_by_404 };
    let told = Told { words: &run.words, last: index + 1 == run.exchanges.len(), receipt: receipt(recorded) };
    let mut cases = faults::transport(at);
    if recorded_reply.is_ok() {
        cases.extend(faults::text(at));
        cases.extend(fields::lies(at, told));
    }
    let forged = run.signer.map(|signer| signer.forged(&recorded_reply, run.now_ms)).unwrap_or_default();
    for case in &mut cases {
        case.reply = run.signed(case.reply.clone());
    }
    for (change, reply) in forged {
        let allowed = at.unclear(at.harmless());
        cases.push(Falsified { law: Law::Unverified, change: change.to_owned(), reply, allowed });
    }
    for mut case in cases {
        if run.exchanges.len() > 1 {
            case.change = format!("exchange {}: {}", index + 1, case.change);
        }
        let script = run.script().with(index, case.reply.clone());
        let (law, change) = (case.law, case.change.clone());
        let played =
            bench.try_falsified(tally, run.name(), case, (run.call.clone(), run.now_ms, script), recorded).await;
        if matches!(law, Law::MaybeSent | Law::ServerErrors) {
            no_retry(tally, run, &played, &change);
        }
    }
}

/// After a loss, no request that acts may go out a second time.
fn no_retry(tally: &mut Tally, run: &Run<'_>, played: &Played, change: &str) {
    let mut sent: Vec<String> = Vec::new();
    for seen in played.records.seen.iter().filter(|seen| acts(run, &seen.request.method, &seen.request.url)) {
        sent.push(format!("{} {} {}", seen.request.method, seen.request.url, seen.request.body));
    }
    let all = sent.len();
    sent.sort();
    sent.dedup();
    let wanted = "one try: whether to repeat is for Sayso to decide";
    tally.count(Law::NoRetry, if sent.len() == all { Ok(()) } else { Err(played.finding(run.name(), change, wanted)) });
}

/// Pays somebody whose name would like to be part of the request.
async fn strange_names(bench: &Bench, tally: &mut Tally, run: &Run<'_>, plain: &Played, recorded: &Answer) {
    let was_json = |played: &Played| -> Vec<bool> {
        let bodies = played.records.seen.iter().map(|seen| &seen.request.body);
        bodies.map(|body| serde_json::from_str::<Value>(body).is_ok()).collect()
    };
    for name in STRANGE_NAMES {
        let mut request = serde_json::to_value(&run.call).map(|mut call| call["request"].take()).unwrap_or_default();
        fill::lay_over(&mut request, &json!({ "payee": { "name": name }, "purpose": name }));
        let Ok(call) = fill::as_call("pay", &request) else { continue };
        let change = format!("the payee is called {name:?}");
        // What the recorded request says of names no longer fits, and that is not what is tried here.
        let mut exchanges = run.exchanges.clone();
        exchanges.iter_mut().for_each(|exchange| exchange.request.body = None);
        exchanges.iter_mut().for_each(|exchange| exchange.request.form.clear());
        let played = bench.play(tally, run.name(), &change, call, run.now_ms, run.script_of(&exchanges)).await;
        let same = played.answer.as_ref().is_ok_and(|answer| claim(answer) == claim(recorded));
        let held = same && was_json(&played) == was_json(plain) && injected(&played).is_none();
        let wanted = format!("{}, with a request as well-formed as without", word(recorded));
        tally.count(Law::Names, if held { Ok(()) } else { Err(played.finding(run.name(), &change, wanted)) });
    }
}

/// A header with a line break in it.
fn injected(played: &Played) -> Option<&str> {
    let mut headers = played.records.seen.iter().flat_map(|seen| &seen.request.headers);
    headers.find(|(_, value)| value.contains(['\r', '\n'])).map(|(name, _)| name.as_str())
}
