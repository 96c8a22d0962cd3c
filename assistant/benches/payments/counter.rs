//! A bank that says yes from memory, and the bare exchange with it that everything else is compared with.

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Counter {
    address: SocketAddr,
    client: reqwest::Client,
}

/// Charges as the practice bank does, and writes nothing down.
async fn charge(body: String) -> (axum::http::StatusCode, String) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let asked: Value = serde_json::from_str(&body).unwrap();
    let charge = json!({
        "id": format!("ch_{:08x}", NUMBER.fetch_add(1, Ordering::Relaxed)),
        "provider": "stripe",
        "reference": asked["reference"],
        "amount_minor": asked["amount_minor"],
        "refunded_minor": 0,
        "currency": asked["currency"],
        "payee": asked["payee"],
        "purpose": asked["purpose"],
        "status": "succeeded",
        "decline_code": null,
        "action": null,
        "created_ms": 0,
    });
    (axum::http::StatusCode::CREATED, charge.to_string())
}

impl Counter {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/v1/stripe/charges", post(charge));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Counter { address, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the plugin sends and gets for one payment, without anything around it.
    pub async fn exchange(&self) {
        let body = json!({
            "reference": "01M81J18G0S43KB4WJ7TFPHG6G",
            "amount_minor": 4250,
            "currency": "USD",
            "payee": "electricity",
            "purpose": "electricity bill",
            "capture": true,
        });
        let request = self.client.post(format!("{}/v1/stripe/charges", self.url())).header("idempotency-key", "k");
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        let text = response.text().await.unwrap();
        let charge: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(charge["status"], "succeeded");
    }
}
