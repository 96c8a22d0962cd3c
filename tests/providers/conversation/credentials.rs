//! `sayso doctor` and `sayso plugins call` say whether every provider takes its credentials, and nothing is paid or placed.

use super::{Home, alipay, clock, paypal, stripe, wechat_pay};
use crate::alipay::{Till, bare};
use crate::paypal::PretendPayPal;
use crate::stripe::{Bank, WEBHOOK_SECRET};
use crate::wechat_pay::{API_V3_KEY, Town, pem};
use serde_json::{Value, json};

const NAMES: [&str; 4] = ["stripe", "paypal", "wechat_pay", "alipay"];

/// What the doctor says of each provider's credentials: its name, and how they are.
async fn examined(home: &Home) -> Vec<(String, String)> {
    let (_, looked) = home.run(&["doctor"]).await;
    let of_credentials = looked.iter().filter(|one| one["part"] == "credentials");
    let word = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    of_credentials.map(|one| (word(one, "name"), word(one, "state"))).collect()
}

async fn asked(home: &Home, name: &str) -> Value {
    let (code, answers) = home.run(&["plugins", "call", name, "check_credentials", "{}"]).await;
    assert_eq!((code, answers.len()), (Some(0), 1), "{name}: {answers:?}");
    answers[0]["answer"].clone()
}

#[tokio::test]
async fn credentials_are_checked_by_the_program_and_move_nothing() {
    let (bank, other, town, till) = (
        Bank::open(clock()).await,
        PretendPayPal::open(clock()).await,
        Town::open(clock()).await,
        Till::open(clock()).await,
    );
    let (merchant_key, app_key) = (pem("merchant.pem"), bare("app.pem"));
    let wechat_secrets = [("merchant_private_key", merchant_key.as_str()), ("api_v3_key", API_V3_KEY)];
    let alipay_secrets = [("app_private_key", app_key.as_str())];
    let right = || {
        [
            stripe::real(&bank),
            paypal::real(&other),
            wechat_pay::real(&town, &wechat_secrets),
            alipay::real(&till, &alipay_secrets),
        ]
    };
    let home = Home::new(&right());
    let good = NAMES.map(|name| (name.to_owned(), "good".to_owned()));
    assert_eq!(examined(&home).await, good);
    for name in NAMES {
        let answer = asked(&home, name).await;
        assert_eq!((&answer["answer"], &answer["live"]), (&json!("accepted"), &json!(false)), "{name}: {answer}");
    }
    let [mut stripe, mut paypal, mut wechat, mut alipay] = right();
    stripe.secrets = &[("api_key", "sk_test_another"), ("webhook_secret", WEBHOOK_SECRET)];
    paypal.secrets = &[("client_id", "test-client"), ("client_secret", "another")];
    wechat.settings["merchant_serial"] = json!("ABCDEF");
    alipay.settings["app_id"] = json!("2021000000000009");
    let home = Home::new(&[stripe, paypal, wechat, alipay]);
    let bad = NAMES.map(|name| (name.to_owned(), "bad".to_owned()));
    assert_eq!(examined(&home).await, bad);
    for (name, setting) in NAMES.into_iter().zip(["api_key", "client_secret", "merchant_serial", "app_id"]) {
        let answer = asked(&home, name).await;
        let reason = answer["reason"].as_str().unwrap_or_default();
        assert!(answer["answer"] == "refused" && reason.contains(setting), "{name}: {answer}");
    }
    let at_stripe = {
        let books = bank.books();
        (books.intents.len(), books.pages.len())
    };
    assert_eq!((at_stripe, other.books().orders.len(), town.books().orders.len()), ((0, 0), 0, 0));
    assert!(till.books().orders.is_empty());
}
