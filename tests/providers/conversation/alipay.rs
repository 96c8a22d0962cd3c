//! Alipay in conversation: a code to scan, of which Alipay knows nothing before; paid, told, and given back.

use super::{Home, Real, clock, status};
use crate::alipay::{APP, Till, bare};
use serde_json::json;

pub fn real<'a>(till: &'a Till, secrets: &'a [(&'a str, &'a str)]) -> Real<'a> {
    let settings = json!({
        "app_id": APP, "notify_url": "https://home.example/n", "alipay_public_key": bare("alipay.pub.pem"),
    });
    Real { name: "alipay", url: &till.url, settings, secrets, inside: &["app_private_key"] }
}

#[tokio::test]
async fn it_shows_a_code_and_the_payment_is_told_when_it_is_paid_and_comes_back() {
    for (lines, asked, back, words) in [
        (
            ["Send 50 yuan to Zhang Wei with Alipay.", "Yes, pay it."],
            "Has it gone through?",
            ["Refund my last payment.", "Yes."],
            ["Alipay", "50", "did go through"],
        ),
        (
            ["用支付宝给张伟转五十块钱。", "确认付款。"],
            "付好了吗？",
            ["把刚才那笔退了。", "确认。"],
            ["支付宝", "50", "已经付成了"],
        ),
    ] {
        let till = Till::open(clock()).await;
        let key = bare("app.pem");
        let home = Home::new(&[real(&till, &[("app_private_key", &key)])]);
        let mut chat = home.chat();
        let handed = chat.pays(lines).await;
        assert_eq!((status(&handed), &handed["hand_off"]["to"]), ("action_required", &json!("qr")), "{handed}");
        assert!(handed["hand_off"]["content"].as_str().unwrap().starts_with("https://qr.alipay.com/"), "{handed}");
        // Asked too early: nobody has scanned it, and that is said as it is.
        let early = chat.says(asked).await;
        assert_eq!(till.books().moved.len(), 0);
        assert!(!early["said"].as_array().unwrap().is_empty(), "{early}");
        let number = till.only();
        assert!(till.scan(&number) && till.pay(&number));
        chat.is_told(asked, &words).await;
        assert_eq!(till.books().moved, [(number, 5000)], "once, and all of it");
        let returned = chat.pays(back).await;
        assert_eq!(returned["refund"]["status"], "succeeded", "{returned}");
        assert_eq!(till.books().moved[1..].iter().map(|(_, fen)| fen).collect::<Vec<_>>(), [&-5000]);
    }
}
