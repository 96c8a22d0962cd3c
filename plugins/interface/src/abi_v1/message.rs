//! The messages that cross the ABI, as JSON objects told apart by `type`. A test holds every example in this file true.

use crate::capabilities::Capabilities;
use crate::credentials::{CheckRequest, CredentialsAnswer};
use crate::enrolment::{EnrolOutcome, EnrolRequest, QueryEnrolmentRequest};
use crate::host::{HttpFailure, HttpRequest, HttpResponse};
use crate::outcome::{Outcome, QueryAnswer, RefundOutcome, WebhookVerdict};
use crate::request::{
    AdvanceRequest, CancelRequest, PayRequest, QueryRefundRequest, QueryRequest, RefundRequest, WebhookRequest,
};
use serde::{Deserialize, Serialize};

/// A message from the host to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToPlugin {
    /// Opens a call. Closed by one [`FromPlugin::Return`] or [`FromPlugin::Failed`] with the same `id`.
    ///
    /// ```json
    /// {"type":"call","id":1,"now_ms":1764000000000,"verb":"pay","request":{"reference":"r1","idempotency_key":"k1","amount":{"minor":4250,"currency":"USD"},"payee":{"id":"electricity","name":"City Power"},"purpose":"electricity bill"}}
    /// ```
    Call {
        /// Never used twice in the life of an instance.
        id: u64,
        /// The host's clock, as Unix milliseconds.
        now_ms: i64,
        /// What to do.
        #[serde(flatten)]
        call: Call,
    },
    /// The response to an HTTP request, whatever its status.
    ///
    /// ```json
    /// {"type":"response","exchange":1,"now_ms":1764000000100,"response":{"status":200,"headers":[["content-type","application/json"]],"body":"{}"}}
    /// ```
    Response {
        /// The number with which the plugin asked.
        exchange: u64,
        /// The host's clock, as Unix milliseconds.
        now_ms: i64,
        /// What came back.
        response: HttpResponse,
    },
    /// There is no response to an HTTP request. `failure` is `not_sent` (certainly no effect) or `maybe_sent`.
    ///
    /// ```json
    /// {"type":"no_response","exchange":1,"now_ms":1764000000100,"failure":"maybe_sent","reason":"timed out after 20 s"}
    /// ```
    NoResponse {
        /// The number with which the plugin asked.
        exchange: u64,
        /// The host's clock, as Unix milliseconds.
        now_ms: i64,
        /// Why, and whether the provider can have acted.
        #[serde(flatten)]
        failure: HttpFailure,
    },
    /// Random bytes, as lower-case hexadecimal digits.
    ///
    /// ```json
    /// {"type":"random","exchange":2,"now_ms":1764000000100,"hex":"9f0c"}
    /// ```
    Random {
        /// The number with which the plugin asked.
        exchange: u64,
        /// The host's clock, as Unix milliseconds.
        now_ms: i64,
        /// Two digits for each byte.
        hex: String,
    },
    /// Nobody waits for this call any longer. The plugin drops it and need not answer.
    ///
    /// ```json
    /// {"type":"abandon","id":1}
    /// ```
    Abandon {
        /// The call.
        id: u64,
    },
    /// A message of a later minor version; ignored.
    #[serde(other)]
    Unknown,
}

/// The verbs, each with its request: `"verb"` and `"request"` of a [`ToPlugin::Call`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", content = "request", rename_all = "snake_case")]
pub enum Call {
    /// Pay once.
    Pay(PayRequest),
    /// Go on after the person acted, or capture.
    Advance(AdvanceRequest),
    /// What became of a payment?
    Query(QueryRequest),
    /// Stop a payment.
    Cancel(CancelRequest),
    /// Give back.
    Refund(RefundRequest),
    /// What became of a refund?
    QueryRefund(QueryRefundRequest),
    /// Is this notification genuine?
    VerifyWebhook(WebhookRequest),
    /// What does the provider expect as the answer to this notification?
    AcknowledgeWebhook(WebhookRequest),
    /// Begin to store a way to pay.
    Enrol(EnrolRequest),
    /// What became of an enrolment?
    QueryEnrolment(QueryEnrolmentRequest),
    /// Does the provider take the credentials?
    CheckCredentials(CheckRequest),
}

/// The answers, each by its verb: `"verb"` and `"answer"` of a [`FromPlugin::Return`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", content = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// To [`Call::Pay`].
    Pay(Outcome),
    /// To [`Call::Advance`].
    Advance(Outcome),
    /// To [`Call::Query`].
    Query(QueryAnswer),
    /// To [`Call::Cancel`].
    Cancel(Outcome),
    /// To [`Call::Refund`].
    Refund(RefundOutcome),
    /// To [`Call::QueryRefund`].
    QueryRefund(RefundOutcome),
    /// To [`Call::VerifyWebhook`].
    VerifyWebhook(WebhookVerdict),
    /// To [`Call::AcknowledgeWebhook`].
    AcknowledgeWebhook(HttpResponse),
    /// To [`Call::Enrol`].
    Enrol(EnrolOutcome),
    /// To [`Call::QueryEnrolment`].
    QueryEnrolment(EnrolOutcome),
    /// To [`Call::CheckCredentials`].
    CheckCredentials(CredentialsAnswer),
}

/// Every verb by its name on the wire.
pub const VERBS: [&str; 11] = [
    "pay",
    "advance",
    "query",
    "cancel",
    "refund",
    "query_refund",
    "verify_webhook",
    "acknowledge_webhook",
    "enrol",
    "query_enrolment",
    "check_credentials",
];

impl Call {
    /// The verb's name on the wire.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Call::Pay(_) => "pay",
            Call::Advance(_) => "advance",
            Call::Query(_) => "query",
            Call::Cancel(_) => "cancel",
            Call::Refund(_) => "refund",
            Call::QueryRefund(_) => "query_refund",
            Call::VerifyWebhook(_) => "verify_webhook",
            Call::AcknowledgeWebhook(_) => "acknowledge_webhook",
            Call::Enrol(_) => "enrol",
            Call::QueryEnrolment(_) => "query_enrolment",
            Call::CheckCredentials(_) => "check_credentials",
        }
    }
}

impl Answer {
    /// The verb's name on the wire; an answer counts only for a call of the same verb.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Answer::Pay(_) => "pay",
            Answer::Advance(_) => "advance",
            Answer::Query(_) => "query",
            Answer::Cancel(_) => "cancel",
            Answer::Refund(_) => "refund",
            Answer::QueryRefund(_) => "query_refund",
            Answer::VerifyWebhook(_) => "verify_webhook",
            Answer::AcknowledgeWebhook(_) => "acknowledge_webhook",
            Answer::Enrol(_) => "enrol",
            Answer::QueryEnrolment(_) => "query_enrolment",
            Answer::CheckCredentials(_) => "check_credentials",
        }
    }
}

/// A message from a plugin to the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromPlugin {
    /// The answer to `describe`: what the plugin can do before it is configured.
    ///
    /// ```json
    /// {"type":"description","capabilities":{"name":"practice_bank","version":"0.1.0","practice":true,"currencies":[],"off_session":true,"authorize_and_capture":true,"partial_refund":true,"query_by_reference":true,"idempotency_key_life_ms":null,"reference_length_max":64,"hosts":["127.0.0.1"]}}
    /// ```
    Description {
        /// What it can do.
        capabilities: Capabilities,
    },
    /// `create` succeeded: what this instance can do, as it is configured.
    ///
    /// ```json
    /// {"type":"ready","capabilities":{"name":"practice_bank","version":"0.1.0","practice":true,"currencies":["USD"],"off_session":true,"authorize_and_capture":true,"partial_refund":true,"query_by_reference":true,"idempotency_key_life_ms":86400000,"reference_length_max":64,"hosts":["bank.example"],"handoff":["link"]}}
    /// ```
    Ready {
        /// What it can do.
        capabilities: Capabilities,
    },
    /// `create` refused the configuration.
    ///
    /// ```json
    /// {"type":"refused","reason":"`base_url` is missing: write the address of the bank, such as \"http://127.0.0.1:8080\""}
    /// ```
    Refused {
        /// What is wrong with it and how to mend it, for the operator.
        reason: String,
    },
    /// Please send this HTTP request. Answered by [`ToPlugin::Response`] or [`ToPlugin::NoResponse`].
    ///
    /// ```json
    /// {"type":"http","call":1,"exchange":1,"request":{"method":"POST","url":"https://bank.example/charges","headers":[["idempotency-key","k1"]],"body":"{}","idempotent":true}}
    /// ```
    Http {
        /// The call it is for.
        call: u64,
        /// Never used twice in the life of an instance.
        exchange: u64,
        /// What to send.
        request: HttpRequest,
    },
    /// Please give me random bytes. Answered by [`ToPlugin::Random`].
    ///
    /// ```json
    /// {"type":"random","call":1,"exchange":2,"bytes":16}
    /// ```
    Random {
        /// The call it is for.
        call: u64,
        /// Never used twice in the life of an instance.
        exchange: u64,
        /// How many, at most 64.
        bytes: u8,
    },
    /// One line for the log.
    ///
    /// ```json
    /// {"type":"log","call":1,"line":"the bank answered with an unknown status `wobbling`"}
    /// ```
    Log {
        /// The call it is about.
        call: u64,
        /// No secrets, no card numbers.
        line: String,
    },
    /// Closes a call.
    ///
    /// ```json
    /// {"type":"return","id":1,"verb":"pay","answer":{"status":"succeeded","receipt":{"reference":"r1","provider_reference":"ch_1","amount":{"minor":4250,"currency":"USD"},"payee":"electricity"}}}
    /// ```
    Return {
        /// The call.
        id: u64,
        /// What came of it.
        #[serde(flatten)]
        answer: Answer,
    },
    /// Closes a call of which the plugin itself does not know what came: it panicked, or did not understand the call.
    /// The host takes it as *unknown*.
    ///
    /// ```json
    /// {"type":"failed","id":1,"reason":"panicked: index out of bounds"}
    /// ```
    Failed {
        /// The call.
        id: u64,
        /// Why, for the log.
        reason: String,
    },
    /// A message of a later minor version; ignored.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Every `json` block of this file's documentation.
    fn examples() -> Vec<&'static str> {
        let lines: Vec<_> = include_str!("message.rs").lines().map(str::trim).collect();
        let follows = |at: usize| lines.get(at + 1).and_then(|line| line.strip_prefix("/// "));
        let opens = lines.iter().enumerate().filter(|(_, line)| **line == "/// ```json");
        opens.filter_map(|(at, _)| follows(at)).collect()
    }

    #[test]
    fn every_example_is_read_and_written_as_it_stands() {
        assert_eq!(examples().len(), 5 + 8);
        for text in examples() {
            let wanted: Value = serde_json::from_str(text).unwrap();
            let (to, from) = (serde_json::from_str::<ToPlugin>(text), serde_json::from_str::<FromPlugin>(text));
            let written = match (to, from) {
                (Ok(message), _) if message != ToPlugin::Unknown => serde_json::to_value(message).unwrap(),
                (_, Ok(message)) if message != FromPlugin::Unknown => serde_json::to_value(message).unwrap(),
                unread => panic!("{text}: {unread:?}"),
            };
            let missing = difference(&wanted, &written);
            assert_eq!(missing, None, "{text}");
        }
    }

    /// The first thing of `wanted` that `written` does not say alike; defaults may be added.
    fn difference(wanted: &Value, written: &Value) -> Option<String> {
        match (wanted, written) {
            (Value::Object(wanted), Value::Object(written)) => wanted.iter().find_map(|(key, value)| {
                let found = written.get(key).unwrap_or(&Value::Null);
                difference(value, found).map(|path| format!("{key}.{path}"))
            }),
            (wanted, written) if wanted == written => None,
            (wanted, written) => Some(format!("{wanted} != {written}")),
        }
    }

    #[test]
    fn what_is_unknown_is_tolerated() {
        let later = r#"{"type":"abandon","id":3,"because":"tired"}"#;
        assert_eq!(serde_json::from_str::<ToPlugin>(later).unwrap(), ToPlugin::Abandon { id: 3 });
        let later = r#"{"type":"dance","steps":[1,2]}"#;
        assert_eq!(serde_json::from_str::<ToPlugin>(later).unwrap(), ToPlugin::Unknown);
        assert_eq!(serde_json::from_str::<FromPlugin>(later).unwrap(), FromPlugin::Unknown);
    }

    #[test]
    fn amounts_survive_to_the_last_minor_unit() {
        for minor in [i64::MAX, i64::MIN, 9_007_199_254_740_993] {
            let text = format!(
                r#"{{"type":"return","id":18446744073709551615,"verb":"refund","answer":{{"status":"succeeded","provider_reference":"p","amount":{{"minor":{minor},"currency":"USD"}}}}}}"#
            );
            let message: FromPlugin = serde_json::from_str(&text).unwrap();
            assert!(serde_json::to_string(&message).unwrap().contains(&format!("\"minor\":{minor},")), "{message:?}");
        }
    }

    #[test]
    fn money_is_read_strictly() {
        for amount in [
            r#"{"minor":42.5,"currency":"USD"}"#,
            r#"{"minor":1,"currency":"usd"}"#,
            r#"{"minor":"1","currency":"USD"}"#,
        ] {
            let text = format!(
                r#"{{"type":"return","id":1,"verb":"refund","answer":{{"status":"succeeded","provider_reference":"p","amount":{amount}}}}}"#
            );
            assert!(serde_json::from_str::<FromPlugin>(&text).is_err(), "{text}");
        }
    }
}
