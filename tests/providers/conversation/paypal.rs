//! PayPal in conversation: with nothing stored it leads to the phone, the payment is told when it is approved, and comes back
//! by word of mouth; a bank transfer takes its days.

use super::{CHINESE, ENGLISH, Home, Real, clock, said, status};
use crate::paypal::{CLIENT, PretendPayPal};
use serde_json::json;

const LINES: [[&str; 2]; 2] =
    [["Pay $42.50 to Electricity with PayPal.", "Yes, pay it."], ["用贝宝付四十二点五美元的电费。", "确认付款。"]];
const ASKED: [&str; 2] = ["Has it gone through?", "付好了吗？"];

pub fn real(paypal: &PretendPayPal) -> Real<'_> {
    Real {
        name: "paypal",
        url: &paypal.url,
        settings: json!({ "mode": "sandbox" }),
        secrets: &[("client_id", CLIENT.0), ("client_secret", CLIENT.1)],
        inside: &[],
    }
}

#[tokio::test]
async fn it_hands_over_by_a_link_and_the_payment_is_told_when_it_is_approved() {
    for ((lines, asked), (back, words)) in LINES.into_iter().zip(ASKED).zip([
        (["Refund my last payment.", "Yes."], ["PayPal", "$42.50", "paid"]),
        (["把刚才那笔退了。", "确认。"], ["贝宝", "US$42.50", "付成了"]),
    ]) {
        let paypal = PretendPayPal::open(clock()).await;
        let home = Home::new(&[real(&paypal)]);
        let mut chat = home.chat();
        let handed = chat.pays(lines).await;
        assert_eq!((status(&handed), &handed["hand_off"]["to"]), ("action_required", &json!("link")), "{handed}");
        assert!(handed["hand_off"]["address"].as_str().unwrap().starts_with("http"), "{handed}");
        let order = paypal.only();
        paypal.books().approve(&order);
        chat.is_told(asked, &words).await;
        assert_eq!(paypal.books().taken(), (1, 4250), "once, and all of it");
        let returned = chat.pays(back).await;
        assert_eq!(returned["refund"]["status"], "succeeded", "{returned}");
        assert_eq!(paypal.books().given_back(), 4250, "once, and all of it");
    }
}

#[tokio::test]
async fn a_bank_transfer_is_said_to_be_under_way_and_its_end_is_announced() {
    for ((lines, asked), words) in LINES.into_iter().zip(ASKED).zip([ENGLISH, CHINESE]) {
        let paypal = PretendPayPal::open(clock()).await;
        let home = Home::new(&[real(&paypal)]);
        let mut chat = home.chat();
        chat.pays(lines).await;
        let order = paypal.only();
        paypal.books().approve(&order);
        paypal.books().capture_status = Some(("PENDING", "ECHECK"));
        let under_way = chat.says(asked).await;
        assert!(said(&under_way).contains(words.open) && !said(&under_way).contains(words.paid), "{under_way}");
        paypal.books().settle(&order);
        home.asks_the_providers().await;
        chat.is_told(words.thanks, &[words.paid, "42.50"]).await;
        assert_eq!(paypal.books().taken(), (1, 4250), "once, and all of it");
    }
}
