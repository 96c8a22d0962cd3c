//! Notifications that are proved by PayPal's own certificate, which is fetched through the gate from PayPal's host and from
//! no other.

use super::PretendPayPal;
use super::books::CLIENT;
use crate::household::{HandClock, Household, Setup};
use sayso::ledger::PaymentStatus;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{Currency, Money, PaymentProvider as _};
use sayso_plugin_sdk::crypto::PrivateKey;
use serde_json::{Value, json};

const WEBHOOK: &str = "5GP028458E2496506";

/// One of the published test keys and certificates.
pub fn key_file(name: &str) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/paypal/tests/keys");
    std::fs::read_to_string(format!("{folder}/{name}")).ok()
}

/// What a notification is made of, so that each part can be falsified.
struct Made<'a> {
    certificate: String,
    webhook: &'a str,
    algorithm: &'a str,
    time: &'a str,
    event: &'a Value,
}

impl Made<'_> {
    fn signed(&self) -> WebhookRequest {
        let (id, time, body) = ("t-1", self.time, self.event.to_string());
        let message = format!("{id}|{time}|{}|{}", self.webhook, crc32fast::hash(body.as_bytes()));
        let key = PrivateKey::read(&key_file("notifications.pem").unwrap()).unwrap();
        let signature = key.sign(message.as_bytes()).unwrap();
        let headers = [
            ("paypal-auth-algo", self.algorithm),
            ("paypal-cert-url", &self.certificate),
            ("paypal-transmission-id", id),
            ("paypal-transmission-sig", &signature),
            ("paypal-transmission-time", time),
        ];
        WebhookRequest { headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(), body }
    }
}

#[tokio::test]
async fn a_notification_is_proved_by_a_certificate_from_paypals_own_host() {
    let clock = HandClock::new();
    let paypal = PretendPayPal::open(clock.clone()).await;
    let setup = Setup {
        library: "paypal",
        settings: json!({ "base_url": paypal.url, "webhook_id": WEBHOOK, "verify_webhooks": "certificate" }),
        secrets: &[("client_id", CLIENT.0), ("client_secret", CLIENT.1)],
        account: &[],
        exchange_ms: 20_000,
    };
    let household = Household::new(setup, clock).await;
    let waits = household.pay(Money::new(4250, Currency::USD)).await;
    let order = waits.provider_reference.clone().unwrap();
    paypal.books().approve(&order);
    let event = json!({ "id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {
        "id": order, "purchase_units": [{ "custom_id": waits.id.to_string() }] } });
    let at = |name: &str| format!("{}/v1/notifications/certs/{name}", paypal.url);
    let made = |certificate: String| Made {
        certificate,
        webhook: WEBHOOK,
        algorithm: "SHA256withRSA",
        time: "2025-11-24T16:00:00Z",
        event: &event,
    };
    let genuine = made(at("notifications-crt")).signed();
    let mut tampered = genuine.clone();
    tampered.body = tampered.body.replace("WH-1", "WH-2");
    let mut doubled = genuine.clone();
    doubled.headers.push(doubled.headers[3].clone());
    let other_host = paypal.url.replace("127.0.0.1", "localhost");
    for (why, forged) in [
        ("the body is another", tampered),
        ("a header is there twice", doubled),
        ("it is another webhook's", Made { webhook: "ANOTHER", ..made(at("notifications-crt")) }.signed()),
        ("it names another algorithm", Made { algorithm: "SHA1withRSA", ..made(at("notifications-crt")) }.signed()),
        ("it is of four days ago", Made { time: "2025-11-20T11:59:59Z", ..made(at("notifications-crt")) }.signed()),
        ("it is from the future", Made { time: "2025-11-24T16:06:00Z", ..made(at("notifications-crt")) }.signed()),
        ("it says no time", Made { time: "yesterday", ..made(at("notifications-crt")) }.signed()),
        ("its certificate has expired", made(at("expired-crt")).signed()),
        ("its certificate is not there", made(at("nowhere-crt")).signed()),
        (
            "its certificate is on another host",
            made(format!("{other_host}/v1/notifications/certs/notifications-crt")).signed(),
        ),
        (
            "its certificate is elsewhere on the host",
            made(format!("{}/v1/elsewhere/notifications-crt", paypal.url)).signed(),
        ),
    ] {
        let verdict = household.worker.verify_webhook(household.gate.as_ref(), forged.clone()).await;
        assert!(matches!(verdict, WebhookVerdict::Refused { .. }), "{why}: {verdict:?}");
        assert!(household.payments.notified("paypal", forged).await.is_err(), "{why}");
    }
    assert_eq!(paypal.books().captured(&waits.id.to_string()), (0, 0), "nothing forged moves anything");
    let fetched = |books: &super::books::Books| books.certificates.clone();
    assert!(fetched(&paypal.books()).iter().all(|path| path.starts_with("/v1/notifications/certs/")));
    let taken = household.payments.notified("paypal", genuine.clone()).await.unwrap();
    assert_eq!((taken.answer.status, taken.payment.map(|view| view.status)), (200, Some(PaymentStatus::Succeeded)));
    assert!(household.payments.notified("paypal", genuine).await.unwrap().repeated);
    assert_eq!(paypal.books().captured(&waits.id.to_string()), (1, 4250));
    household.check().await;
}
