//! The door for providers' notifications: `POST /webhooks/{provider}`, and `GET /health` for whoever watches over it.
//!
//! | answer | when |
//! |---|---|
//! | what the plugin wants to answer, as a rule 2xx | it is genuine and kept, or was already |
//! | 400 | the body is not UTF-8 |
//! | 401 | it is not genuine, or too old; nothing changed |
//! | 404 | the configuration has no such provider |
//! | 408 | the body took longer than [`BODY_TIME_MAX`] |
//! | 413 | more than [`BODY_MAX`] bytes |
//! | 429 with `retry-after` | more than [`RATE_PER_S`] a second for that provider, or more than [`AT_ONCE`] at a time |
//! | 503 | it could not be verified or kept; send it again |
//!
//! How many may be connected, and for how long, is the [`super::door`]'s. Errors are `{"error": "a sentence"}`. The details of a refusal go to the log, not to whoever sent it.

use crate::payments::{Payments, WebhookError};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use sayso_plugin_interface::host::HttpResponse;
use sayso_plugin_interface::request::WebhookRequest;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// The largest body, in bytes. Notifications of all known providers are far smaller.
pub const BODY_MAX: usize = 256 * 1024;
/// How long a body may take.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// How many notifications a second each provider may send in the long run.
pub const RATE_PER_S: f64 = 20.0;
/// How many may come at once after a quiet time.
pub const BURST: f64 = 100.0;
/// How many are worked on at the same time, of all providers together.
pub const AT_ONCE: usize = 16;

/// What all requests share.
struct Shared {
    payments: Payments,
    at_once: Semaphore,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

/// The paths of this door, with payments behind them.
pub fn router(payments: Payments) -> Router {
    let buckets = Mutex::new(BTreeMap::new());
    let shared = Arc::new(Shared { payments, at_once: Semaphore::new(AT_ONCE), buckets });
    Router::new()
        .route("/health", get(|| async { axum::Json(json!({ "status": "ok" })) }))
        .route("/webhooks/{provider}", post(notified))
        .with_state(shared)
}

async fn notified(
    State(shared): State<Arc<Shared>>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !shared.payments.has_provider(&provider) {
        return refused(StatusCode::NOT_FOUND, "there is no such provider here");
    }
    let body = match tokio::time::timeout(BODY_TIME_MAX, to_bytes(body, BODY_MAX)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or broke off"),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    let (Ok(_turn), true) = (shared.at_once.try_acquire(), shared.admits(&provider)) else {
        let mut response = refused(StatusCode::TOO_MANY_REQUESTS, "too many at once; send it again later");
        response.headers_mut().insert("retry-after", HeaderValue::from_static("5"));
        return response;
    };
    let Ok(body) = String::from_utf8(body.into()) else {
        return refused(StatusCode::BAD_REQUEST, "the body is not UTF-8");
    };
    let request = WebhookRequest { headers: named(&headers), body };
    let (payments, to) = (shared.payments.clone(), provider.clone());
    // In a task of its own, so that whoever goes away without waiting for the answer does not break it off in the middle.
    let taking = tokio::spawn(async move { payments.notified(&to, request).await });
    let Ok(taken) = taking.await else {
        tracing::error!(provider, "taking in a notification broke down");
        return refused(StatusCode::SERVICE_UNAVAILABLE, "it could not be taken in; send it again later");
    };
    match taken {
        Ok(taken) => answered(taken.answer),
        Err(wrong) => {
            tracing::warn!(provider, "a notification was not taken in: {wrong}");
            match wrong {
                WebhookError::UnknownProvider(_) => refused(StatusCode::NOT_FOUND, "there is no such provider here"),
                WebhookError::Refused(_) => refused(StatusCode::UNAUTHORIZED, "it is not genuine, or too old"),
                WebhookError::Unverified(_) | WebhookError::Store(_) => {
                    refused(StatusCode::SERVICE_UNAVAILABLE, "it could not be taken in; send it again later")
                }
            }
        }
    }
}

/// Headers in the order received; a value that is no text is left out, and with it whatever would rely on it.
fn named(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts =
        headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    texts.collect()
}

fn answered(answer: HttpResponse) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn refused(status: StatusCode, sentence: &str) -> Response {
    (status, axum::Json(json!({ "error": sentence }))).into_response()
}

impl Shared {
    fn admits(&self, provider: &str) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let bucket = buckets.entry(provider.to_owned()).or_insert(Bucket { left: BURST, filled_at: now });
        bucket.take(now)
    }
}

/// How many requests are left; it fills up with time.
struct Bucket {
    left: f64,
    filled_at: Instant,
}

impl Bucket {
    fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.left = (self.left + passed * RATE_PER_S).min(BURST);
        self.filled_at = now;
        let admits = self.left >= 1.0;
        if admits {
            self.left -= 1.0;
        }
        admits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let start = Instant::now();
        let mut bucket = Bucket { left: 2.0, filled_at: start };
        assert!(bucket.take(start) && bucket.take(start) && !bucket.take(start));
        assert!(bucket.take(start + Duration::from_millis(60)));
        let much_later = start + Duration::from_secs(3600);
        assert_eq!((0..1000).filter(|_| bucket.take(much_later)).count(), 100, "never more than the burst");
    }
}
