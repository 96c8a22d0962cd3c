//! The hands that the host lends to a provider. A plugin does no I/O of its own: it asks here, by message.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a provider may ask of the host while it works on a request.
#[async_trait]
pub trait Host: Send + Sync {
    /// Sends one HTTP exchange through the host's gate (TLS, allow-list, time and size limits, redaction).
    async fn http(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure>;
    /// The wall clock, as Unix milliseconds.
    fn now_ms(&self) -> i64;
    /// Random bytes as lower-case hexadecimal digits, two for each byte; at most 64 bytes.
    async fn random_hex(&self, bytes: u8) -> String;
    /// One line for the log; the host redacts it.
    fn log(&self, line: &str);
}

/// One HTTP request. `{{secret:NAME}}` in a header or the body is filled in by the host, never by the plugin; so is
/// `{{basic:ID:SECRET}}`, the value of HTTP's Basic scheme made of two secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The whole address; its host must be one that the provider declared.
    pub url: String,
    /// Headers in order.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body as text; empty for none.
    #[serde(default)]
    pub body: String,
    /// True if repeating it has no second effect, so that the host may.
    #[serde(default)]
    pub idempotent: bool,
}

/// One HTTP response, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// The status code, e.g. 200.
    pub status: u16,
    /// Headers in order, names in lower case.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body as text.
    #[serde(default)]
    pub body: String,
}

impl HttpResponse {
    /// A text as a response; without one, it has no headers either.
    #[must_use]
    pub fn plain(status: u16, body: &str) -> Self {
        let kind = || ("content-type".to_owned(), "text/plain; charset=utf-8".to_owned());
        let headers = if body.is_empty() { Vec::new() } else { vec![kind()] };
        HttpResponse { status, headers, body: body.to_owned() }
    }

    /// The first value of a header, its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Why there is no response. What matters is whether the provider can have acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum HttpFailure {
    /// Certainly not a byte of it was sent: refused by the gate, no such host, connection refused.
    #[error("not sent: {reason}")]
    NotSent {
        /// Why, for the log.
        reason: String,
    },
    /// It may have arrived: time-out, connection lost, response too large or not text.
    #[error("no usable answer: {reason}")]
    MaybeSent {
        /// Why, for the log.
        reason: String,
    },
}
