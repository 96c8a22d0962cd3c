//! What a provider is given where it needs nothing: banks of tests are in memory.

use async_trait::async_trait;
use sayso_plugin_interface::{Host, HttpFailure, HttpRequest, HttpResponse};

/// Hands that do nothing.
pub struct NoHands;

#[async_trait]
impl Host for NoHands {
    async fn http(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Err(HttpFailure::NotSent { reason: "no hands".into() })
    }
    fn now_ms(&self) -> i64 {
        0
    }
    async fn random_hex(&self, _: u8) -> String {
        String::new()
    }
    fn log(&self, _: &str) {}
}
