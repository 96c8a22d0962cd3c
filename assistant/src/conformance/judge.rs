//! What an answer claims, in the few words that the laws speak of.

use super::laws::Law;
use sayso_plugin_interface::abi_v1::Answer;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::{CredentialsAnswer, EnrolOutcome, Money, Outcome, QueryAnswer, RefundOutcome};
use serde_json::Value;

/// What an answer claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Money moved or is reserved.
    Done,
    /// It will not move.
    Failed,
    /// The request never went out.
    NotSent,
    /// It is still open: pending, or the person has to act.
    Open,
    /// Nobody can tell.
    Unknown,
    /// The provider knows of no such thing.
    NotFound,
    /// A notification is genuine, or answered with 2xx.
    Genuine,
    /// A notification is refused, or answered otherwise.
    Refused,
}

/// What an answer claims.
pub(super) fn claim(answer: &Answer) -> Claim {
    match answer {
        Answer::Pay(outcome) | Answer::Advance(outcome) | Answer::Cancel(outcome) => of_outcome(outcome),
        Answer::Query(QueryAnswer::Found { outcome }) => of_outcome(outcome),
        Answer::Query(QueryAnswer::NotFound) => Claim::NotFound,
        Answer::Query(QueryAnswer::Unreachable { .. }) => Claim::Unknown,
        Answer::Refund(outcome) | Answer::QueryRefund(outcome) => match outcome {
            RefundOutcome::Succeeded { .. } => Claim::Done,
            RefundOutcome::Pending { .. } => Claim::Open,
            RefundOutcome::Failed { .. } => Claim::Failed,
            RefundOutcome::NotFound => Claim::NotFound,
            RefundOutcome::Unknown { .. } => Claim::Unknown,
        },
        Answer::VerifyWebhook(WebhookVerdict::Genuine { .. }) => Claim::Genuine,
        Answer::VerifyWebhook(WebhookVerdict::Refused { .. }) => Claim::Refused,
        Answer::AcknowledgeWebhook(response) if (200..300).contains(&response.status) => Claim::Genuine,
        Answer::AcknowledgeWebhook(_) => Claim::Refused,
        Answer::Enrol(outcome) | Answer::QueryEnrolment(outcome) => of_enrolment(outcome),
        Answer::CheckCredentials(CredentialsAnswer::Accepted { .. }) => Claim::Genuine,
        Answer::CheckCredentials(CredentialsAnswer::Refused { .. }) => Claim::Refused,
        Answer::CheckCredentials(CredentialsAnswer::Unreachable { .. } | CredentialsAnswer::NotOffered) => {
            Claim::Unknown
        }
    }
}

fn of_enrolment(outcome: &EnrolOutcome) -> Claim {
    match outcome {
        EnrolOutcome::Enrolled { .. } => Claim::Done,
        EnrolOutcome::Failed { .. } => Claim::Failed,
        EnrolOutcome::ActionRequired { .. } | EnrolOutcome::Pending { .. } => Claim::Open,
        EnrolOutcome::NotFound => Claim::NotFound,
        EnrolOutcome::NotOffered | EnrolOutcome::Unknown { .. } => Claim::Unknown,
    }
}

fn of_outcome(outcome: &Outcome) -> Claim {
    match outcome {
        Outcome::Succeeded { .. } | Outcome::Authorized { .. } => Claim::Done,
        Outcome::Failed { .. } => Claim::Failed,
        Outcome::NotSent { .. } => Claim::NotSent,
        Outcome::Unknown { .. } => Claim::Unknown,
        Outcome::ActionRequired { .. } | Outcome::Approved { .. } | Outcome::Pending { .. } => Claim::Open,
    }
}

/// What a success says was done: our reference (refunds have none) and the amount.
pub(super) fn receipt(answer: &Answer) -> Option<(Option<&str>, Money)> {
    match answer {
        Answer::Pay(outcome)
        | Answer::Advance(outcome)
        | Answer::Cancel(outcome)
        | Answer::Query(QueryAnswer::Found { outcome }) => match outcome {
            Outcome::Succeeded { receipt } | Outcome::Authorized { receipt } => {
                Some((Some(&receipt.reference), receipt.amount))
            }
            _ => None,
        },
        Answer::Refund(RefundOutcome::Succeeded { amount, .. })
        | Answer::QueryRefund(RefundOutcome::Succeeded { amount, .. }) => Some((None, *amount)),
        _ => None,
    }
}

/// An answer's fields, without its verb.
pub(super) fn fields(answer: &Answer) -> Value {
    serde_json::to_value(answer).map(|mut value| value["answer"].take()).unwrap_or_default()
}

/// The word for an answer that `expect` may use: its status, a query's own answer, a verdict.
pub(super) fn word(answer: &Answer) -> String {
    let fields = fields(answer);
    let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_string());
    match (&fields["outcome"]["status"], &fields["status"], &fields["answer"], &fields["verdict"]) {
        (Value::String(status), _, Value::String(_), _) => status.clone(),
        (_, Value::Null, Value::String(answer), _) => answer.clone(),
        (_, Value::Null, _, verdict) => text(verdict),
        (_, status, ..) => text(status),
    }
}

/// What may come of a falsified exchange.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Allowed {
    /// One of these claims.
    Claims(Vec<Claim>),
    /// The very claim of the recorded answer, or unknown where `or_unknown`.
    Recorded {
        /// Unknown is fine too.
        or_unknown: bool,
    },
    /// Anything but a success other than with these: our reference and the amount as they were given.
    AsGiven {
        /// The reference in the answer, if it was falsified.
        reference: Option<String>,
        /// The amount in the answer; `None` if what stands there is no amount, so that nothing can have succeeded.
        amount: Option<Money>,
        /// The recorded claim must not be a failure either: a failure of something else says nothing of ours.
        no_failure: bool,
    },
}

/// One way to falsify an exchange.
#[derive(Clone, Debug)]
pub(super) struct Falsified {
    /// Which law it is for.
    pub law: Law,
    /// What was done.
    pub change: String,
    /// What comes back instead.
    pub reply: super::stage::Reply,
    /// What may come of it.
    pub allowed: Allowed,
}

impl Allowed {
    /// What was wanted, if it was not this.
    pub(super) fn broken_by(&self, answer: &Answer, recorded: &Answer) -> Option<String> {
        let came = claim(answer);
        match self {
            Allowed::Claims(claims) => (!claims.contains(&came)).then(|| words(claims)),
            Allowed::Recorded { or_unknown } => {
                let fine = came == claim(recorded) || (*or_unknown && came == Claim::Unknown);
                let wanted = if *or_unknown { ", or unknown" } else { "" };
                (!fine).then(|| format!("{} as without the change{wanted}", word(recorded)))
            }
            Allowed::AsGiven { reference, amount, no_failure } => {
                if *no_failure && matches!(came, Claim::Failed | Claim::NotSent) {
                    return Some("unknown, since the answer is about something else".into());
                }
                let (said_reference, said) = receipt(answer)?;
                let given = amount.as_ref() == Some(&said);
                let named = match (reference, said_reference) {
                    (None, _) => true,
                    (Some(wanted), Some(said)) => wanted == said,
                    (Some(_), None) => false,
                };
                (!given || !named).then(|| "unknown, or a success with what the answer said and not with ours".into())
            }
        }
    }
}

fn words(claims: &[Claim]) -> String {
    let word = |claim: &Claim| match claim {
        Claim::Done => "succeeded",
        Claim::Failed => "failed",
        Claim::NotSent => "not_sent",
        Claim::Open => "pending",
        Claim::Unknown => "unknown",
        Claim::NotFound => "not_found",
        Claim::Genuine => "genuine",
        Claim::Refused => "refused",
    };
    claims.iter().map(word).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::{Currency, Receipt};

    fn paid(reference: &str, minor: i64) -> Answer {
        let amount = Money::new(minor, Currency::USD);
        let receipt = Receipt { reference: reference.into(), provider_reference: "p".into(), amount, payee: None };
        Answer::Pay(Outcome::Succeeded { receipt })
    }

    #[test]
    fn what_was_given_may_be_said_and_nothing_else() {
        let usd = |minor| Some(Money::new(minor, Currency::USD));
        let given = Allowed::AsGiven { reference: None, amount: usd(9), no_failure: false };
        assert_eq!(given.broken_by(&paid("r", 9), &paid("r", 1)), None);
        assert!(given.broken_by(&paid("r", 1), &paid("r", 1)).is_some());
        let other = Allowed::AsGiven { reference: Some("s".into()), amount: usd(1), no_failure: true };
        assert_eq!(other.broken_by(&paid("s", 1), &paid("r", 1)), None);
        assert!(other.broken_by(&paid("r", 1), &paid("r", 1)).is_some());
        let no_amount = Allowed::AsGiven { reference: None, amount: None, no_failure: false };
        assert!(no_amount.broken_by(&paid("r", 1), &paid("r", 1)).is_some());
    }

    #[test]
    fn words_are_those_of_the_wire() {
        assert_eq!(word(&paid("r", 1)), "succeeded");
        assert_eq!(word(&Answer::Query(QueryAnswer::NotFound)), "not_found");
        let Answer::Pay(outcome) = paid("r", 1) else { panic!() };
        assert_eq!(word(&Answer::Query(QueryAnswer::Found { outcome })), "succeeded");
        assert_eq!(word(&Answer::VerifyWebhook(WebhookVerdict::Refused { reason: String::new() })), "refused");
    }
}
