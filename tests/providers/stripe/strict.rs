//! The pretend Stripe is as strict as the real one: what it does not know it refuses, and nothing comes of it.

use super::bank::{Bank, KEY};
use crate::household::HandClock;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use stripe::client::VERSION;

const CHARGE: &str = "amount=4250&currency=usd&confirm=true&off_session=true&customer=cus_1&payment_method=pm_1";

/// The status and the code of the answer to a request with these headers.
fn asked(
    bank: &Bank,
    method: Method,
    path: &'static str,
    headers: &[(&'static str, &str)],
    body: &str,
) -> (u16, String) {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    let ((status, said), _) = bank.answer(&method, &Uri::from_static(path), &headers, body);
    (status, said["error"]["code"].as_str().or(said["error"]["type"].as_str()).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_it_does_not_know_it_refuses() {
    let bank = Bank::open(HandClock::new()).await;
    let bearer = format!("Bearer {KEY}");
    let form = "application/x-www-form-urlencoded";
    let right = [
        ("authorization", bearer.as_str()),
        ("stripe-version", VERSION),
        ("content-type", form),
        ("idempotency-key", "k1"),
    ];
    let post = |body: &str| asked(&bank, Method::POST, "/v1/payment_intents", &right, body);
    for (wrong, why) in [
        (format!("{CHARGE}&colour=red"), "a field of no document"),
        (CHARGE.replace("amount=4250", "amount=42.50"), "an amount in parts"),
        (CHARGE.replace("&currency=usd", ""), "no currency"),
        (CHARGE.replace("cus_1", "cus_2"), "another customer"),
        (format!("{CHARGE}&metadata=text"), "metadata that are no names and values"),
    ] {
        assert_eq!(post(&wrong).0, 400, "{why}");
    }
    for (at, value) in [(0, "Bearer sk_test_another"), (1, "2019-01-01"), (2, "application/json"), (3, "")] {
        let mut headers = right;
        headers[at].1 = value;
        let (status, _) = asked(&bank, Method::POST, "/v1/payment_intents", &headers, CHARGE);
        assert_eq!(status, if at == 0 { 401 } else { 400 }, "{value}");
    }
    for (method, path) in [
        (Method::GET, "/v1/payment_intents?search=1"),
        (Method::GET, "/v1/charges"),
        (Method::DELETE, "/v1/payment_intents"),
        (Method::POST, "/v1/payment_intents/pi_1/refund"),
    ] {
        assert_eq!(asked(&bank, method, path, &right, ""), (400, "parameter_unknown".into()), "{path}");
    }
    assert!(bank.books().intents.is_empty());
    assert_eq!(post(CHARGE).0, 200);
    assert_eq!(post(&CHARGE.replace("4250", "4251")), (400, "idempotency_error".into()));
    assert_eq!((post(CHARGE).0, bank.taken()), (200, (4250, 1)));
}
