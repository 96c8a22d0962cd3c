//! From one recorded exchange to all the ways in which the provider, the network and the gate can spoil it.

use super::fixture::Exchange;
use super::judge::{Allowed, Claim, Falsified};
use super::laws::Law;
use super::stage::{Reply, answer, lost};
use sayso_plugin_interface::HttpFailure;

/// How long a huge answer is, in bytes; the border takes a tenth of it.
const HUGE: usize = 10_000_000;
/// How long a long answer is that still gets through.
const LONG: usize = 700_000;

/// Which exchange of which call is spoilt.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    /// The verb on the wire.
    pub verb: &'a str,
    /// The exchange, from 0.
    pub index: usize,
    /// The exchange itself, filled in.
    pub exchange: &'a Exchange,
    /// What was recorded for it.
    pub reply: &'a Reply,
    /// A scenario of this verb expects `not_found` where the provider answers 404.
    pub missing_by_404: bool,
}

impl At<'_> {
    /// True if losing this exchange cannot have had an effect.
    pub(super) fn harmless(&self) -> bool {
        self.exchange.harmless || self.exchange.request.method.as_deref() == Some("GET")
    }

    /// Unknown, and for a payment of which nothing had an effect yet, not sent.
    pub(super) fn unclear(&self, not_sent_too: bool) -> Allowed {
        let mut claims = vec![Claim::Unknown];
        if self.verb == "pay" && not_sent_too {
            claims.push(Claim::NotSent);
        }
        Allowed::Claims(claims)
    }
}

fn case(law: Law, change: impl Into<String>, reply: Reply, allowed: Allowed) -> Falsified {
    Falsified { law, change: change.into(), reply, allowed }
}

/// What can go wrong whatever the provider would have answered.
pub(super) fn transport(at: At<'_>) -> Vec<Falsified> {
    let mut cases = Vec::new();
    let unsent = match (at.verb, at.index) {
        ("pay", 0) => Allowed::Claims(vec![Claim::NotSent]),
        ("pay", _) => Allowed::Claims(vec![Claim::NotSent, Claim::Unknown]),
        _ => Allowed::Claims(vec![Claim::Unknown]),
    };
    let refused = Err(HttpFailure::NotSent { reason: "connection refused".into() });
    cases.push(case(Law::NotSent, "connection refused", refused, unsent));
    let maybe = || at.unclear(at.harmless());
    cases.push(case(Law::MaybeSent, "timed out; it may have had its effect or not", lost("timed out"), maybe()));
    cases.push(case(Law::MaybeSent, "the connection broke", lost("connection reset"), maybe()));
    cases.push(case(
        Law::Huge,
        "an answer that is no UTF-8, refused by the gate",
        lost("the answer is not UTF-8 text"),
        maybe(),
    ));
    let huge = answer(200, &"x".repeat(HUGE));
    cases.push(case(Law::Huge, "an answer of 10 MB", huge, maybe()));
    let body = at.reply.as_ref().map(|response| response.body.clone()).unwrap_or_default();
    for status in [500, 502, 503, 504] {
        cases.push(case(Law::ServerErrors, format!("status {status}, empty"), answer(status, ""), maybe()));
    }
    cases.push(case(Law::ServerErrors, "status 500 with the recorded body", answer(500, &body), maybe()));
    cases.push(case(Law::ServerErrors, "status 409 with {}", answer(409, "{}"), maybe()));
    cases.push(case(Law::ServerErrors, "status 302 to elsewhere", answer(302, ""), maybe()));
    cases.push(case(Law::ServerErrors, "status 429, empty", answer(429, ""), at.unclear(true)));
    for status in [400, 401, 403, 404, 422] {
        let mut claims = vec![Claim::Failed, Claim::Unknown];
        if at.verb == "pay" {
            claims.push(Claim::NotSent);
        }
        if status == 404 && at.missing_by_404 {
            claims.push(Claim::NotFound);
        }
        let allowed = Allowed::Claims(claims);
        cases.push(case(Law::ClientErrors, format!("status {status}, empty"), answer(status, ""), allowed));
    }
    cases
}

/// What can go wrong with the answer's own text. Only for answers of 2xx with a body.
pub(super) fn text(at: At<'_>) -> Vec<Falsified> {
    let Ok(response) = at.reply else { return Vec::new() };
    if !(200..300).contains(&response.status) || response.body.is_empty() {
        return Vec::new();
    }
    let with = |body: String| Ok(sayso_plugin_interface::HttpResponse { body, ..response.clone() });
    let unclear = || at.unclear(at.harmless());
    let mut cases = Vec::new();
    let length = response.body.chars().count();
    for (cut, what) in [(length / 4, "a quarter"), (length / 2, "half"), (length * 3 / 4, "three quarters")] {
        let half: String = response.body.chars().take(cut).collect();
        cases.push(case(Law::Cut, format!("cut off after {what}"), with(half), unclear()));
    }
    if serde_json::from_str::<serde_json::Value>(&response.body).is_ok() {
        let short: String = response.body.chars().take(length - 1).collect();
        cases.push(case(Law::Cut, "cut off before the last character", with(short), unclear()));
        let padded = format!("{}{}", response.body, " ".repeat(LONG));
        let same = Allowed::Recorded { or_unknown: true };
        cases.push(case(Law::Huge, "the recorded answer with 700 kB of blanks after it", with(padded), same));
    }
    for (body, what) in
        [("", "an empty body"), ("<html>bad gateway</html>", "a page of HTML"), ("null", "null"), ("[]", "[]")]
    {
        cases.push(case(
            Law::Unreadable,
            format!("status {} with {what}", response.status),
            with(body.into()),
            unclear(),
        ));
    }
    cases
}

/// What a provider can answer to a call of which nothing was recorded: its law, what it is, and the reply.
pub(super) fn blind() -> Vec<(Law, &'static str, Reply)> {
    vec![
        (Law::NoSuccessUnasked, "connection refused", Err(HttpFailure::NotSent { reason: "refused".into() })),
        (Law::NoSuccessUnasked, "timed out", lost("timed out")),
        (Law::NoSuccessUnasked, "status 500", answer(500, "")),
        (Law::NoSuccessUnasked, "status 200, empty", answer(200, "")),
        (Law::NoSuccessUnasked, "status 200 with HTML", answer(200, "<html></html>")),
        (Law::NoSuccessUnasked, "status 200 with {}", answer(200, "{}")),
        (Law::NoSuccessUnasked, "status 200 with []", answer(200, "[]")),
        (Law::NoSuccessUnasked, "status 200 with null", answer(200, "null")),
        (Law::NoSuccessUnasked, "status 204", answer(204, "")),
        (Law::NoSuccessUnasked, "status 404", answer(404, "")),
        (Law::NoSuccessUnasked, "status 418", answer(418, "short and stout")),
        (Law::Huge, "an answer of 10 MB", answer(200, &"x".repeat(HUGE))),
    ]
}
