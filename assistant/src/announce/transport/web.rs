//! Over HTTP: a webhook that is signed, and push services that speak like ntfy.
//!
//! A webhook is `POST` of the message as JSON with the headers `sayso-id` (the same at every delivery) and, where there is a
//! secret, `sayso-signature: t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`, with the time of this delivery.

use super::{Message, Refusal, Transport};
use crate::announce::Topic;
use crate::payments::{Clock, Secrets};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A webhook of the household's own.
pub struct Webhook {
    to: Address,
    /// Gives `signing_key`, where messages are signed.
    secrets: Option<Arc<dyn Secrets>>,
    clock: Arc<dyn Clock>,
}

/// A topic of ntfy, or of a service that speaks like it.
pub struct Ntfy {
    to: Address,
    /// Gives `token`, where the topic is protected.
    secrets: Option<Arc<dyn Secrets>>,
}

/// An address that may be told of payments: HTTPS, or this machine.
struct Address {
    url: Url,
    client: OnceLock<Result<Client, String>>,
}

impl Webhook {
    /// To `url`; `secrets` gives `signing_key`. The error says what is wrong with the address.
    pub fn new(url: &str, secrets: Option<Arc<dyn Secrets>>, clock: Arc<dyn Clock>) -> Result<Self, String> {
        Ok(Webhook { to: Address::new(url)?, secrets, clock })
    }
}

impl Ntfy {
    /// To the topic at `url`; `secrets` gives `token`.
    pub fn new(url: &str, secrets: Option<Arc<dyn Secrets>>) -> Result<Self, String> {
        Ok(Ntfy { to: Address::new(url)?, secrets })
    }
}

#[async_trait]
impl Transport for Webhook {
    async fn send(&self, message: &Message) -> Result<(), Refusal> {
        let body = serde_json::to_string(message).map_err(|wrong| Refusal::for_ever(wrong.to_string()))?;
        let mut request = self.to.post()?.header("content-type", "application/json").header("sayso-id", &message.id);
        if let Some(secrets) = &self.secrets {
            let key = secrets.secret("signing_key").map_err(|wrong| Refusal::again(wrong.to_string()))?;
            request = request.header("sayso-signature", signature(&key, self.clock.now_ms(), &body));
        }
        sent(request.body(body)).await
    }
}

/// `t=SECONDS,v1=HEX` over the body, at `now_ms`.
#[must_use]
pub fn signature(key: &str, now_ms: i64, body: &str) -> String {
    let seconds = now_ms.div_euclid(1000);
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let mac = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let hex = base16ct::lower::encode_string(mac.as_ref());
    format!("t={seconds},v1={hex}")
}

#[async_trait]
impl Transport for Ntfy {
    async fn send(&self, message: &Message) -> Result<(), Refusal> {
        // A header holds ASCII only; RFC 2047 is what ntfy reads otherwise.
        let title = format!("=?UTF-8?B?{}?=", STANDARD.encode(&message.title));
        let urgent = if message.topic == Topic::Alarm { "urgent" } else { "default" };
        let mut request = self.to.post()?.header("title", title).header("priority", urgent);
        request = request.header("x-id", &message.id);
        if let Some(secrets) = &self.secrets {
            let token = secrets.secret("token").map_err(|wrong| Refusal::again(wrong.to_string()))?;
            request = request.bearer_auth(token);
        }
        sent(request.body(message.text.clone())).await
    }
}

async fn sent(request: RequestBuilder) -> Result<(), Refusal> {
    let response = request.send().await.map_err(|wrong| Refusal::again(wrong.without_url().to_string()))?;
    let status = response.status();
    let again = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::UNAUTHORIZED);
    match (status.is_success(), again) {
        (true, _) => Ok(()),
        (false, true) => Err(Refusal::again(format!("the answer was {status}"))),
        (false, false) => Err(Refusal::for_ever(format!("the answer was {status}"))),
    }
}

impl Address {
    fn new(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|wrong| format!("`{text}` is not an address: {wrong}"))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            other => return Err(format!("`{text}`: only https may be told of payments, not {other}")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address must not have a user name or password: use a secret".to_owned());
        }
        Ok(Address { url, client: OnceLock::new() })
    }

    fn post(&self) -> Result<RequestBuilder, Refusal> {
        let client = self.client.get_or_init(|| {
            let builder = Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(Duration::from_secs(20))
                .user_agent(concat!("sayso/", env!("CARGO_PKG_VERSION")));
            let builder = if self.url.scheme() == "http" { builder.no_proxy() } else { builder };
            builder.build().map_err(|wrong| format!("no HTTP client: {wrong}"))
        });
        let client = client.as_ref().map_err(|wrong| Refusal::again(wrong.clone()))?;
        Ok(client.post(self.url.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_told() {
        for good in ["https://example.org/hook", "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]/x"] {
            assert!(Address::new(good).is_ok(), "{good}");
        }
        for bad in ["http://example.org/hook", "ftp://example.org", "nonsense", "https://me:secret@example.org/"] {
            assert!(Address::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_signature_is_hmac_sha256_over_time_and_body() {
        // Made with `openssl dgst -sha256 -hmac Jefe`.
        let known = "t=1700000000,v1=d3793e2b4103edfbd98cc19591832f5fad701d413db9fcae0ae7dab8184ed207";
        assert_eq!(signature("Jefe", 1_700_000_000_999, "{}"), known);
    }
}
