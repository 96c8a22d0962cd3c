//! What can be said of an exchange before the provider's own words are read, the same for every provider: what was not
//! sent, what was not taken (429), what says nothing (5xx, redirects, no JSON), and what is an answer.
//!
//! ```ignore
//! match heard::json(host.http(request).await) {
//!     Ok(answered) => ...,                             // 2xx or 4xx with JSON: the provider's words
//!     Err(silence) => return silence.of_payment(),     // the first request of `pay`; `of_known()` for all others
//! }
//! ```

use crate::denied::Denied;
use crate::fields::Fields as _;
use crate::translator::Told;
use sayso_plugin_interface::{
    CredentialsAnswer, EnrolOutcome, Host, HttpFailure, HttpResponse, Outcome, QueryAnswer, RefundOutcome,
};
use serde_json::Value;

/// A provider's own words: an answer of 2xx or 4xx (but 429) in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// What it says; null for 204, which has nothing to say.
    pub body: Value,
}

impl Answered {
    /// True for 2xx.
    #[must_use]
    pub fn fine(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first value of a header, its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Answered {
    /// Puts a refusal into the log, with what stands at these paths of its body and in these headers: codes and ids by which the
    /// provider's support finds it, nothing of a person.
    #[must_use]
    pub fn noted(self, host: &dyn Host, provider: &str, paths: &[&str], headers: &[&str]) -> Self {
        if !self.fine() {
            let in_body = paths.iter().filter_map(|path| Some((path, self.body.text(path)?)));
            let in_headers = headers.iter().filter_map(|name| Some((name, self.header(name)?)));
            let said: Vec<String> = in_body.chain(in_headers).map(|(name, value)| format!("{name}={value}")).collect();
            host.log(&format!("{provider} answered {}: {}", self.status, said.join(" ")));
        }
        self
    }

    /// What a good answer says; what a refusal means is for `denied` to tell.
    pub fn told(self, denied: impl FnOnce(&Answered) -> Denied) -> Told<Value> {
        if self.fine() { Ok(self.body) } else { Err(denied(&self)) }
    }
}

/// No answer that says anything of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// This request certainly had no effect: it was not sent, or the provider is too busy and took none (429).
    NotTaken(String),
    /// It may have had its effect or not.
    Unclear(String),
}

/// Tells an answer from none.
pub fn json(result: Result<HttpResponse, HttpFailure>) -> Result<Answered, Silence> {
    let response = answer(result)?;
    let HttpResponse { status, headers, body } = response;
    if status == 204 && body.is_empty() {
        return Ok(Answered { status, headers, body: Value::Null });
    }
    match serde_json::from_str(&body) {
        Ok(body) => Ok(Answered { status, headers, body }),
        Err(wrong) => Err(Silence::Unclear(format!("the answer with status {status} is not JSON: {wrong}"))),
    }
}

/// The same for answers that are not to be read as JSON: 2xx and 4xx (but 429) as they came.
pub fn answer(result: Result<HttpResponse, HttpFailure>) -> Result<HttpResponse, Silence> {
    let response = result?;
    match response.status {
        429 => Err(Silence::NotTaken("the provider is too busy and took no request (429)".into())),
        200..300 | 400..500 => Ok(response),
        status => Err(Silence::Unclear(format!("the provider answered with status {status}"))),
    }
}

impl From<HttpFailure> for Silence {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::NotSent { reason } => Silence::NotTaken(reason),
            HttpFailure::MaybeSent { reason } => Silence::Unclear(reason),
        }
    }
}

impl Silence {
    /// An answer that says nothing of what was asked.
    #[must_use]
    pub fn unclear(reason: impl Into<String>) -> Silence {
        Silence::Unclear(reason.into())
    }

    /// Why, for the log.
    #[must_use]
    pub fn reason(self) -> String {
        match self {
            Silence::NotTaken(reason) | Silence::Unclear(reason) => reason,
        }
    }

    /// What it means where this request is the first of `pay` that could have an effect.
    #[must_use]
    pub fn of_payment(self) -> Outcome {
        match self {
            Silence::NotTaken(reason) => Outcome::NotSent { reason },
            Silence::Unclear(reason) => Outcome::Unknown { reason },
        }
    }

    /// What it means for a payment of which something may have been sent before: `advance`, `cancel`, a second step.
    #[must_use]
    pub fn of_known(self) -> Outcome {
        Outcome::Unknown { reason: self.reason() }
    }

    /// What it means for `query`.
    #[must_use]
    pub fn of_query(self) -> QueryAnswer {
        QueryAnswer::Unreachable { reason: self.reason() }
    }

    /// What it means for `refund` and `query_refund`.
    #[must_use]
    pub fn of_refund(self) -> RefundOutcome {
        RefundOutcome::Unknown { reason: self.reason() }
    }

    /// What it means for `enrol` and `query_enrolment`.
    #[must_use]
    pub fn of_enrolment(self) -> EnrolOutcome {
        EnrolOutcome::Unknown { reason: self.reason() }
    }

    /// What it means for `check_credentials`.
    #[must_use]
    pub fn of_credentials(self) -> CredentialsAnswer {
        CredentialsAnswer::Unreachable { reason: self.reason() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{lost, not_sent, reply};

    #[test]
    fn only_the_providers_own_words_are_an_answer() {
        for status in [200, 201, 202, 400, 401, 402, 403, 404, 409, 422] {
            let answered = json(reply(status, r#"{"a":1}"#)).unwrap();
            assert_eq!((answered.status, answered.fine(), &answered.body["a"]), (status, status < 300, &1.into()));
        }
        assert_eq!(json(reply(204, "")).unwrap().body, Value::Null);
        for (status, body) in
            [(200, ""), (200, "{"), (201, "<html>"), (404, ""), (100, "{}"), (302, "{}"), (500, "{}"), (503, "")]
        {
            assert!(matches!(json(reply(status, body)), Err(Silence::Unclear(_))), "{status} {body}");
        }
    }

    #[test]
    fn what_was_not_taken_is_not_sent_for_the_first_request_only() {
        for silence in [json(not_sent("refused")), json(reply(429, r#"{"error":{}}"#))] {
            let silence = silence.unwrap_err();
            assert!(matches!(silence.clone().of_payment(), Outcome::NotSent { .. }), "{silence:?}");
            assert!(matches!(silence.of_known(), Outcome::Unknown { .. }));
        }
        let unclear = json(lost("timed out")).unwrap_err();
        assert_eq!(unclear.clone().of_payment(), Outcome::Unknown { reason: "timed out".into() });
        assert!(matches!(unclear.clone().of_query(), QueryAnswer::Unreachable { .. }));
        assert!(matches!(unclear.clone().of_refund(), RefundOutcome::Unknown { .. }));
        assert!(matches!(unclear.clone().of_enrolment(), EnrolOutcome::Unknown { .. }));
        assert!(matches!(unclear.of_credentials(), CredentialsAnswer::Unreachable { .. }));
    }

    #[test]
    fn a_refusal_is_told_in_the_providers_words() {
        let told = |status| json(reply(status, r#"{"a":1}"#)).unwrap().told(|no| Denied::setup(no.status.to_string()));
        assert_eq!(told(201).unwrap()["a"], 1);
        assert_eq!(told(404).unwrap_err(), Denied::setup("404"));
    }
}
