//! What was said to providers and what they answered, for support: redacted, kept with the payment for a while.

use super::storage::StoreError;
use crate::redaction::hide_exchanged;
use async_trait::async_trait;
use sayso_plugin_interface::{Host, HttpFailure, HttpRequest, HttpResponse};
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

/// The longest part of a body that is kept, in characters.
const BODY_LENGTH_MAX: usize = 4_000;

/// One HTTP exchange with a provider, with nothing in it that must not be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// The provider's name in the configuration.
    pub provider: String,
    /// Our reference of the payment that it was about.
    pub reference: String,
    /// When it began, as Unix milliseconds.
    pub at_ms: i64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Such as `POST`.
    pub method: String,
    /// The address.
    pub url: String,
    /// The headers of the request, one a line.
    pub request_headers: String,
    /// The body of the request.
    pub request_body: String,
    /// The status of the answer; `None` where there was none.
    pub status: Option<u16>,
    /// The headers of the answer, one a line.
    pub response_headers: String,
    /// The body of the answer, or why there is none.
    pub response_body: String,
}

/// A place that keeps exchanges until they are forgotten.
#[async_trait]
pub trait ExchangeStore: Send + Sync {
    /// Takes an exchange; it is written with what is committed next, so that it costs no commit of its own.
    fn note_exchange(&self, exchange: Exchange);
    /// The exchanges about a payment, by its reference, the oldest first.
    async fn exchanges(&self, reference: &str) -> Result<Vec<Exchange>, StoreError>;
}

/// A provider's hands that are watched while they work for one payment.
pub(super) struct Watched {
    pub(super) provider: String,
    pub(super) reference: String,
    pub(super) hands: Arc<dyn Host>,
    pub(super) journal: Arc<dyn ExchangeStore>,
}

/// An exchange that goes on; it is noted when it is over, also when nobody waits for its answer any longer.
struct Going<'a> {
    exchange: Exchange,
    began: Instant,
    journal: &'a dyn ExchangeStore,
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.exchange.took_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.journal.note_exchange(self.exchange.clone());
    }
}

impl Watched {
    /// The request still has references where the gate fills in secrets.
    fn begin(&self, request: &HttpRequest) -> Going<'_> {
        let exchange = Exchange {
            provider: self.provider.clone(),
            reference: self.reference.clone(),
            at_ms: self.hands.now_ms(),
            took_ms: 0,
            method: request.method.clone(),
            url: hide_exchanged(&request.url),
            request_headers: headers(&request.headers),
            request_body: body(&request.body),
            status: None,
            response_headers: String::new(),
            response_body: "(no answer while anybody waited for it)".to_owned(),
        };
        Going { exchange, began: Instant::now(), journal: &*self.journal }
    }
}

#[async_trait]
impl Host for Watched {
    async fn http(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let mut going = self.begin(&request);
        let answer = self.hands.http(request).await;
        match &answer {
            // The gate has put the references in the place of secrets again.
            Ok(response) => {
                going.exchange.status = Some(response.status);
                going.exchange.response_headers = headers(&response.headers);
                going.exchange.response_body = body(&response.body);
            }
            Err(failure) => going.exchange.response_body = body(&failure.to_string()),
        }
        answer
    }

    fn now_ms(&self) -> i64 {
        self.hands.now_ms()
    }

    async fn random_hex(&self, bytes: u8) -> String {
        self.hands.random_hex(bytes).await
    }

    fn log(&self, line: &str) {
        self.hands.log(line);
    }
}

/// Headers whose values let somebody act, or follow a person.
const PRIVATE_HEADERS: [&str; 6] = ["authorization", "cookie", "sign", "token", "key", "secret"];

fn headers(headers: &[(String, String)]) -> String {
    let line = |(name, value): &(String, String)| format!("{name}: {}", header(name, value));
    headers.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The value of a header as it may be kept and shown.
pub(super) fn header(name: &str, value: &str) -> String {
    let lower = name.to_ascii_lowercase();
    // The key of a repetition is what support asks for first.
    let private = PRIVATE_HEADERS.iter().any(|word| lower.contains(word)) && !lower.contains("idempotency");
    if private { "[hidden]".to_owned() } else { hide_exchanged(value) }
}

fn body(text: &str) -> String {
    let hidden = hide_exchanged(text);
    match hidden.char_indices().nth(BODY_LENGTH_MAX) {
        Some((end, _)) => format!("{}… ({} characters)", hidden.get(..end).unwrap_or_default(), hidden.chars().count()),
        None => hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Notes(Mutex<Vec<Exchange>>);

    #[async_trait]
    impl ExchangeStore for Notes {
        fn note_exchange(&self, exchange: Exchange) {
            self.0.lock().unwrap().push(exchange);
        }
        async fn exchanges(&self, _: &str) -> Result<Vec<Exchange>, StoreError> {
            Ok(self.0.lock().unwrap().clone())
        }
    }

    /// A provider that never answers.
    struct Silent;

    #[async_trait]
    impl Host for Silent {
        async fn http(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
            std::future::pending().await
        }
        fn now_ms(&self) -> i64 {
            7
        }
        async fn random_hex(&self, _: u8) -> String {
            String::new()
        }
        fn log(&self, _: &str) {}
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_longer_is_noted_too() {
        let notes = Arc::new(Notes::default());
        let (provider, reference) = ("bank".to_owned(), "r1".to_owned());
        let watched = Watched { provider, reference, hands: Arc::new(Silent), journal: notes.clone() };
        let body = r#"{"card":"4242 4242 4242 4242","client_secret":"x"}"#.to_owned();
        let url = "https://bank.example/pay".to_owned();
        let request = HttpRequest { method: "POST".into(), url, headers: Vec::new(), body, idempotent: false };
        let waited = tokio::time::timeout(std::time::Duration::from_millis(1), watched.http(request)).await;
        assert!(waited.is_err());
        let noted = notes.exchanges("r1").await.unwrap();
        assert_eq!((noted.len(), noted[0].status, noted[0].at_ms), (1, None, 7));
        assert_eq!(noted[0].request_body, r#"{"card":"[16 digits]","client_secret":"[hidden]"}"#);
        assert!(noted[0].response_body.contains("no answer"));
    }

    #[test]
    fn headers_that_let_somebody_act_are_hidden() {
        let given =
            [("Authorization", "Bearer x"), ("Idempotency-Key", "k1"), ("wechatpay-signature", "s"), ("etag", "e")];
        let given: Vec<_> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let kept = headers(&given);
        assert_eq!(kept, "Authorization: [hidden]\nIdempotency-Key: k1\nwechatpay-signature: [hidden]\netag: e");
    }

    #[test]
    fn a_long_body_is_cut_at_a_character() {
        let kept = body(&"钱".repeat(BODY_LENGTH_MAX + 10));
        assert!(kept.ends_with(&format!("钱… ({} characters)", BODY_LENGTH_MAX + 10)), "{}", kept.len());
    }
}
