//! Whole conversations: the compiled program, typed to, with a provider's plugin in its worker, through the gate to a pretend
//! provider; in both languages.

use crate::alipay::Till;
use crate::household::{BEGIN_MS, HandClock, library};
use crate::paypal::{CLIENT, PretendPayPal};
use serde_json::Value;
use std::process::Stdio;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A conversation that goes on; it is killed at the end of the test.
struct Chat {
    _child: Child,
    input: ChildStdin,
    turns: Lines<BufReader<ChildStdout>>,
    _home: TempDir,
}

/// A clock that stands where the world's does: the program goes by that.
fn clock() -> Arc<HandClock> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let clock = HandClock::new();
    clock.forward(i64::try_from(now.as_millis()).unwrap() - BEGIN_MS);
    clock
}

impl Chat {
    /// Begins with the example's configuration, in which this provider is the real plugin with these settings.
    fn begin(provider: &str, settings: &str) -> Chat {
        // Cargo builds the library because the tests depend on it; the program looks for it beside itself.
        assert!(library(provider).is_file());
        let home = tempfile::tempdir().unwrap();
        let pretended = format!("  - name: {provider}\n    plugin: practice_bank\n");
        let config = sayso::config::EXAMPLE
            .replace(&pretended, &format!("  - name: {provider}\n    plugin: {provider}\n{settings}"));
        assert_ne!(config, sayso::config::EXAMPLE);
        let file = home.path().join("sayso.yaml");
        std::fs::write(&file, config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(["chat", "--json", "--config"])
            .arg(&file)
            .arg("--data")
            .arg(home.path().join("data"))
            .env("HOME", home.path())
            .env("PRETENDED_ID", CLIENT.0)
            .env("PRETENDED_SECRET", CLIENT.1)
            .env("PRETENDED_KEY", crate::alipay::bare("app.pem"))
            .env_remove("SAYSO_LIVE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let turns = BufReader::new(child.stdout.take().unwrap()).lines();
        Chat { _child: child, input, turns, _home: home }
    }

    async fn says(&mut self, line: &str) -> Value {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let answer = self.turns.next_line().await.unwrap().unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

fn said(turn: &Value) -> String {
    turn["said"].as_array().unwrap().iter().map(|said| said.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn paypal_hands_over_by_a_link_and_the_payment_is_told_when_it_is_approved() {
    for (lines, words) in [
        (
            [
                "Pay $42.50 to Electricity with PayPal.",
                "Yes, pay it.",
                "Has it gone through?",
                "Refund my last payment.",
                "Yes.",
            ],
            ["PayPal", "$42.50", "paid"],
        ),
        (
            ["用贝宝付四十二点五美元的电费。", "确认付款。", "付好了吗？", "把刚才那笔退了。", "确认。"],
            ["贝宝", "US$42.50", "付成了"],
        ),
    ] {
        let paypal = PretendPayPal::open(clock()).await;
        let host = paypal.url.trim_start_matches("http://");
        let settings = format!(
            "    hosts: [\"{host}\"]\n    settings: {{ base_url: \"{}\" }}\n    secrets: {{ client_id: {{ env: PRETENDED_ID }}, client_secret: {{ env: PRETENDED_SECRET }} }}\n",
            paypal.url
        );
        let mut chat = Chat::begin("paypal", &settings);
        let read_back = chat.says(lines[0]).await;
        assert_eq!(read_back["state"]["awaiting"], "consent", "{read_back}");
        let handed = chat.says(lines[1]).await;
        assert_eq!(
            (&handed["hand_off"]["to"], &handed["payment"]["status"]),
            (&"link".into(), &"action_required".into()),
            "{handed}"
        );
        assert!(handed["hand_off"]["address"].as_str().unwrap().starts_with("http"), "{handed}");
        let order = paypal.books().orders.keys().next().unwrap().clone();
        paypal.books().approve(&order);
        let told = chat.says(lines[2]).await;
        assert!(words.iter().all(|word| said(&told).contains(word)), "{told}");
        let reference = paypal.books().orders[&order]["purchase_units"][0]["custom_id"].as_str().unwrap().to_owned();
        assert_eq!(paypal.books().captured(&reference), (1, 4250), "once, and all of it");
        let asked = chat.says(lines[3]).await;
        assert_eq!(asked["state"]["awaiting"], "consent", "{asked}");
        let back = chat.says(lines[4]).await;
        assert_eq!(back["refund"]["status"], "succeeded", "{back}");
        assert_eq!(paypal.books().given_back(), 4250, "once, and all of it");
    }
}

#[tokio::test]
async fn alipay_shows_a_code_and_the_payment_is_told_when_it_is_paid() {
    for (lines, words) in [
        (["Send 50 yuan to Zhang Wei with Alipay.", "Yes, pay it.", "Has it gone through?"], ["Alipay", "50", "paid"]),
        (["用支付宝给张伟转五十块钱。", "确认付款。", "付好了吗？"], ["支付宝", "50", "付"]),
    ] {
        let till = Till::open(clock()).await;
        let host = till.url.trim_start_matches("http://");
        let pem = |name: &str| crate::alipay::bare(name);
        let settings = format!(
            "    hosts: [\"{host}\"]\n    settings: {{ base_url: \"{}\", app_id: \"{}\", notify_url: \"https://home.example/n\", alipay_public_key: \"{}\" }}\n    secrets: {{ app_private_key: {{ env: PRETENDED_KEY }} }}\n    secrets_inside: [app_private_key]\n",
            till.url,
            crate::alipay::APP,
            pem("alipay.pub.pem"),
        );
        let mut chat = Chat::begin("alipay", &settings);
        let read_back = chat.says(lines[0]).await;
        assert_eq!(read_back["state"]["awaiting"], "consent", "{read_back}");
        let handed = chat.says(lines[1]).await;
        assert_eq!(handed["hand_off"]["to"], "qr", "{handed}");
        assert!(handed["hand_off"]["content"].as_str().unwrap().starts_with("https://qr.alipay.com/"), "{handed}");
        // Asked too early: nobody has scanned it, and that is said as it is.
        let early = chat.says(lines[2]).await;
        assert_eq!(till.books().moved.len(), 0);
        assert!(!early["said"].as_array().unwrap().is_empty(), "{early}");
        let number = till.only();
        assert!(till.scan(&number) && till.pay(&number));
        let told = chat.says(lines[2]).await;
        assert!(words.iter().all(|word| said(&told).contains(word)), "{told}");
        assert_eq!(till.books().moved, [(number, 5000)], "once, and all of it");
    }
}
