//! The laws that a plugin is held to, as a table, and what came of each.

use sayso_plugin_interface::HttpRequest;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The table below says what each is.
pub enum Law {
    Describes,
    Configures,
    UnknownTolerated,
    Interleaves,
    Survives,
    Deadline,
    Hosts,
    Secrets,
    NoSuccessUnasked,
    Recorded,
    Requests,
    Key,
    Repeats,
    NotSent,
    MaybeSent,
    NoRetry,
    ServerErrors,
    ClientErrors,
    Cut,
    Unreadable,
    Huge,
    StatusWord,
    Reference,
    Amount,
    Mangled,
    Additions,
    Names,
    Unverified,
    Unsigned,
    Tampered,
    Late,
    Redelivered,
    Acknowledged,
}

/// Every law with what it says, in the order in which they are shown.
pub const LAWS: &[(Law, &str)] = &[
    (Law::Describes, "it describes itself: name, version, hosts, and the same after it is configured"),
    (Law::Configures, "it takes its settings, and refuses nonsense with a sentence"),
    (
        Law::UnknownTolerated,
        "unknown messages, fields and verbs, late and repeated answers, and bytes that are no message do no harm",
    ),
    (Law::Interleaves, "calls that are open at once are kept apart"),
    (Law::Survives, "no call makes it panic, crash, or break a rule of the interface"),
    (Law::Deadline, "every call is answered in time"),
    (Law::Hosts, "requests go to declared hosts only, by HTTPS (or to this machine)"),
    (Law::Secrets, "secrets are never seen in requests or the log, and only declared ones are referred to"),
    (Law::NoSuccessUnasked, "nothing succeeds that the provider has not said, and nothing without asking it"),
    (Law::Recorded, "each recorded scenario has its outcome"),
    (Law::Requests, "each request is as recorded"),
    (Law::Key, "the request that pays or gives back bears the idempotency key, or our reference"),
    (Law::Repeats, "the same call again sends the same key and has the same outcome"),
    (Law::NotSent, "what was not sent is `not_sent` for a payment that begins, and unknown for everything else"),
    (Law::MaybeSent, "what was lost on the way is unknown"),
    (Law::NoRetry, "it does not repeat by itself a request that may have had an effect"),
    (Law::ServerErrors, "5xx, 3xx, 409 and 429 without the provider's words are neither success nor failure"),
    (
        Law::ClientErrors,
        "400, 401, 403, 404 and 422 without the provider's words are no success and not \"no such payment\"",
    ),
    (Law::Cut, "an answer that is cut off is unknown"),
    (Law::Unreadable, "an empty or unreadable answer is unknown"),
    (Law::Huge, "an answer of 10 MB, or one that is no text, is unknown; a long one does no harm"),
    (Law::StatusWord, "an unheard-of status is neither success nor failure"),
    (Law::Reference, "an answer about another payment is never ours"),
    (Law::Amount, "another amount or currency is reported as given, never corrected"),
    (Law::Mangled, "missing, null and mistyped fields do no harm"),
    (Law::Additions, "new fields and headers change nothing"),
    (Law::Names, "names with quotes, line breaks, and any script stay inside their field"),
    (Law::Unverified, "where the provider signs its answers, one that is not signed is unknown, whatever it says"),
    (Law::Unsigned, "a notification that is not signed is refused"),
    (Law::Tampered, "a notification that was changed is refused"),
    (Law::Late, "a notification that is too old or from the future is refused"),
    (Law::Redelivered, "the same notification again is the same event"),
    (Law::Acknowledged, "a genuine notification gets an answer of 2xx"),
];

/// How a case broke a law.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The scenario, or the verb.
    pub scenario: String,
    /// What was done to it.
    pub change: String,
    /// What should have come.
    pub wanted: String,
    /// What came.
    pub came: String,
    /// The exchanges of that call, in order.
    pub exchanges: Vec<Seen>,
}

/// One HTTP exchange as the scripted provider saw it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// What the plugin sent.
    pub request: HttpRequest,
    /// What it got: a response or a failure.
    pub reply: Value,
}

/// What came of one law.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The law.
    pub law: Law,
    /// What it says.
    pub says: &'static str,
    /// How many cases were tried.
    pub cases: usize,
    /// How many of them broke it.
    pub broken: usize,
    /// The first of those.
    pub findings: Vec<Finding>,
    /// Why there was nothing to try; null if there was.
    pub not_checked: Option<String>,
}

/// How many findings of one law are kept.
const FINDINGS_MAX: usize = 3;

/// What was tried so far.
#[derive(Default)]
pub(super) struct Tally {
    cases: BTreeMap<Law, (usize, usize, Vec<Finding>)>,
}

impl Tally {
    /// Counts a case; an error is how it broke the law.
    pub(super) fn count(&mut self, law: Law, held: Result<(), Finding>) {
        let (cases, broken, findings) = self.cases.entry(law).or_default();
        *cases += 1;
        if let Err(finding) = held {
            *broken += 1;
            if findings.len() < FINDINGS_MAX {
                findings.push(finding);
            }
        }
    }

    /// A verdict for each law; what holds only for providers that sign their answers is left out where none does.
    pub(super) fn verdicts(mut self) -> Vec<Verdict> {
        let signs = self.cases.contains_key(&Law::Unverified);
        let verdict = |(law, says): &(Law, &'static str)| {
            let tried = self.cases.remove(law);
            let not_checked = tried.is_none().then(|| why_not(*law).to_owned());
            let (cases, broken, findings) = tried.unwrap_or_default();
            Verdict { law: *law, says, cases, broken, findings, not_checked }
        };
        LAWS.iter().filter(|(law, _)| signs || *law != Law::Unverified).map(verdict).collect()
    }
}

/// What a fixture needs so that a law can be tried.
fn why_not(law: Law) -> &'static str {
    match law {
        Law::StatusWord => "no status was found in a recorded answer: name it with `status_at` or `status_word`",
        Law::Reference => "no recorded answer has our reference: write it as \"{{reference}}\"",
        Law::Amount => "no recorded success has the amount: write it as \"{{amount_minor}}\" or \"{{amount_decimal}}\"",
        Law::Tampered | Law::Late | Law::Redelivered | Law::Acknowledged => {
            "there is no scenario of `verify_webhook` that expects `genuine`"
        }
        _ => "there is no scenario for it: record some under `fixtures`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_law_once_and_in_order() {
        assert!(LAWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(LAWS.len(), Law::Acknowledged as usize + 1);
    }

    #[test]
    fn what_was_not_tried_is_not_held() {
        let mut tally = Tally::default();
        tally.count(Law::Cut, Ok(()));
        let verdicts = tally.verdicts();
        let of = |law| verdicts.iter().find(|verdict| verdict.law == law).unwrap();
        assert_eq!((of(Law::Cut).cases, of(Law::Cut).not_checked.as_ref()), (1, None));
        assert!(of(Law::Late).not_checked.is_some());
    }
}
