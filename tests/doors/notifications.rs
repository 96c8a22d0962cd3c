//! `sayso serve`: notifications over real HTTP, signed by an implementation of HMAC that is not the plugin's own.

use crate::home::{Home, Running, wait_until};
use aws_lc_rs::hmac;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

const SECRET: &str = "whsec_only_for_this_test";

/// A home whose Stripe notifies, with a payment that stays pending at the bank; and the payment.
fn pending() -> (Home, Value) {
    let home = Home::new();
    let without_limits = sayso::config::EXAMPLE.replace("\"2000.00 USD\", ", "").replace("\"5000.00 USD\", ", "");
    let stripe = "  - name: stripe\n    plugin: practice_bank\n";
    let config = without_limits.replace(stripe, &format!("{stripe}    settings: {{ webhook_secret: {SECRET} }}\n"));
    assert_ne!(config, without_limits);
    home.write("config/sayso/sayso.yaml", config);
    let paid = home.hear(&["chat", "--json"], "Send 9999.11 dollars to Alice with Stripe.\nyes\n");
    assert_eq!(paid.json().last().unwrap()["payment"]["status"], "pending", "{}", paid.out);
    let payment = home.payments().remove(0);
    (home, payment)
}

/// What the bank says of a payment once it is through.
fn event(id: &str, payment: &Value, amount_minor: i64) -> String {
    json!({ "id": id, "charge": {
        "id": "ch_1", "provider": "stripe", "reference": payment["id"], "amount_minor": amount_minor, "refunded_minor": 0,
        "currency": "USD", "payee": "alice", "purpose": "", "status": "succeeded", "decline_code": null, "action": null,
        "created_ms": 0,
    }})
    .to_string()
}

fn signed(body: &str, secret: &str) -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mac = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let hex: String = mac.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("practice-bank-signature: t={seconds},v1={hex}")
}

/// Posts, and gives the status of the answer.
fn post(url: &str, path: &str, header: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: sayso\r\nconnection: close\r\n{header}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Whoever is refused for the size may be cut off while it still sends.
    let _ = stream.write_all(body.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer}"))
}

#[test]
fn a_signed_one_ends_a_payment_and_nothing_else_does() {
    let (home, payment) = pending();
    let mut serving = Running::start(&mut home.sayso(&["serve", "--listen", "127.0.0.1:0", "--json"]));
    let said = serving.answers();
    let url = said["url"].as_str().unwrap();
    assert_eq!(said["webhooks"][0], "/webhooks/stripe");

    let body = event("evt_1", &payment, 999_911);
    let status = || home.payments()[0]["status"].clone();
    assert_eq!(post(url, "/webhooks/stripe", "x: y", &body), 401, "not signed");
    assert_eq!(post(url, "/webhooks/stripe", &signed(&body, "another_secret_of_16"), &body), 401);
    assert_eq!(post(url, "/webhooks/stripe", &signed(&body, SECRET), &body.replace("evt_1", "evt_2")), 401);
    assert_eq!(post(url, "/webhooks/paypal", &signed(&body, SECRET), &body), 401, "PayPal has no secret here");
    assert_eq!(post(url, "/webhooks/nobody", &signed(&body, SECRET), &body), 404);
    assert_eq!(post(url, "/webhooks/stripe", &signed(&body, SECRET), &"x".repeat(300 * 1024)), 413);
    assert_eq!(status(), "pending");

    assert_eq!(post(url, "/webhooks/stripe", &signed(&body, SECRET), &body) / 100, 2);
    wait_until("it is paid", || status() == "succeeded");
    assert_eq!(post(url, "/webhooks/stripe", &signed(&body, SECRET), &body) / 100, 2, "a repeated one is welcome");
    assert_eq!(home.payments().len(), 1);

    serving.asks_to_end();
    let ended = serving.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!ended.err.contains(SECRET), "{}", ended.err);
}

#[test]
fn a_flood_is_turned_away_and_a_wrong_amount_is_no_success() {
    let (home, payment) = pending();
    let mut serving = Running::start(&mut home.sayso(&["serve", "--listen", "127.0.0.1:0", "--json"]));
    let url = serving.answers()["url"].as_str().unwrap().to_owned();
    let wrong = event("evt_1", &payment, 1);
    assert_eq!(post(&url, "/webhooks/stripe", &signed(&wrong, SECRET), &wrong) / 100, 2);
    // Where recovery has the payment in hand at this moment, it takes the notification up in its next round.
    wait_until("an alarm for a person to look at", || home.payments()[0]["status"] == "integrity_alarm");
    let turned_away = (0..2000).any(|_| post(&url, "/webhooks/alipay", "x: y", "{}") == 429);
    assert!(turned_away, "2000 at once are all let in");
}

#[test]
fn connections_that_say_nothing_keep_no_notification_out() {
    let (home, payment) = pending();
    let mut serving = Running::start(&mut home.sayso(&["serve", "--listen", "127.0.0.1:0", "--json"]));
    let url = serving.answers()["url"].as_str().unwrap().to_owned();
    let silent = || TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let held: Vec<TcpStream> = (0..100).map(|_| silent()).collect();
    let body = event("evt_1", &payment, 999_911);
    assert_eq!(post(&url, "/webhooks/stripe", &signed(&body, SECRET), &body) / 100, 2);
    drop(held);
    wait_until("it is paid", || home.payments()[0]["status"] == "succeeded");
}

#[test]
fn it_does_not_open_to_other_machines_by_accident() {
    let home = Home::new();
    home.run(&["serve", "--listen", "0.0.0.0:0"]).refused(2, &["other machines", "--expose"]);
}
