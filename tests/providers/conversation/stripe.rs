//! Stripe in conversation: a stored card, a bank that wants to see the person, a declined card and what is offered then, a
//! payment that takes its time.

use super::{CHINESE, Chat, ENGLISH, Home, Real, Words, clock, paypal, said, status};
use crate::paypal::PretendPayPal;
use crate::stripe::{Bank, KEY, WEBHOOK_SECRET};
use serde_json::json;

/// Asking for thirty dollars for Alice, agreeing, and what is said then of it.
const LINES: [([&str; 2], Words); 2] = [
    (["Send thirty dollars to Alice with Stripe.", "Yes."], ENGLISH),
    (["用Stripe给爱丽丝转三十美元。", "确认。"], CHINESE),
];

pub fn real(bank: &Bank) -> Real<'_> {
    Real {
        name: "stripe",
        url: &bank.url,
        settings: json!({ "mode": "test", "return_url": "https://example.org/thanks" }),
        secrets: &[("api_key", KEY), ("webhook_secret", WEBHOOK_SECRET)],
        inside: &["webhook_secret"],
    }
}

/// A home in which this card is stored, and a conversation there.
async fn with_card(bank: &Bank, card: &str, others: Option<Real<'_>>) -> (Home, Chat) {
    let home = Home::new(&[real(bank)].into_iter().chain(others).collect::<Vec<_>>());
    home.stores_a_way_to_pay("stripe", || bank.store_card(&bank.only_page(), card)).await;
    let chat = home.chat();
    (home, chat)
}

#[tokio::test]
async fn a_stored_card_pays_at_once_and_the_money_comes_back_by_word_of_mouth() {
    for ((lines, _), (back, done)) in LINES
        .into_iter()
        .zip([(["Refund my last payment.", "Yes."], "Done"), (["把刚才那笔退了。", "确认。"], "爱丽丝")])
    {
        let bank = Bank::open(clock()).await;
        let (_home, mut chat) = with_card(&bank, "pm_1", None).await;
        let paid = chat.pays(lines).await;
        assert_eq!((status(&paid), &paid["hand_off"]), ("succeeded", &json!(null)), "{paid}");
        assert!(said(&paid).contains("Stripe") && said(&paid).contains("30"), "{paid}");
        assert_eq!(bank.taken(), (3000, 1));
        let returned = chat.pays(back).await;
        assert_eq!(returned["refund"]["status"], "succeeded", "{returned}");
        assert!(said(&returned).contains(done), "{returned}");
        assert_eq!(bank.given_back(), 3000, "once, and all of it");
    }
}

#[tokio::test]
async fn a_bank_that_wants_to_see_the_person_leads_to_the_phone_and_the_end_is_announced() {
    for (lines, words) in LINES {
        let bank = Bank::open(clock()).await;
        let (home, mut chat) = with_card(&bank, "pm_careful", None).await;
        let handed = chat.pays(lines).await;
        assert_eq!((status(&handed), &handed["hand_off"]["to"]), ("action_required", &json!("link")), "{handed}");
        let page = handed["hand_off"]["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        assert_eq!(bank.taken(), (0, 0));
        bank.pay_page(&page);
        home.asks_the_providers().await;
        chat.is_told(words.thanks, &[words.paid, "Stripe", "30"]).await;
        assert_eq!(bank.taken(), (3000, 1), "once, and all of it");
    }
}

#[tokio::test]
async fn a_declined_card_offers_the_next_provider_and_that_one_pays() {
    for ((lines, words), (offered, refused)) in
        LINES.into_iter().zip([("Shall I try PayPal instead?", "not enough money"), ("要改用贝宝吗", "余额不足")])
    {
        let bank = Bank::open(clock()).await;
        let other = PretendPayPal::open(clock()).await;
        let (home, mut chat) = with_card(&bank, "pm_poor", Some(paypal::real(&other))).await;
        let declined = chat.pays(lines).await;
        assert_eq!(status(&declined), "failed", "{declined}");
        assert!(said(&declined).contains(offered) && said(&declined).contains(refused), "{declined}");
        assert_eq!(other.books().orders.len(), 0, "nothing is asked of it before the person agrees anew");
        // A yes to the offer is none to the payment: that is read back anew.
        let handed = chat.pays([lines[1], lines[1]]).await;
        assert_eq!((status(&handed), &handed["hand_off"]["to"]), ("action_required", &json!("link")), "{handed}");
        let order = other.only();
        other.books().approve(&order);
        home.asks_the_providers().await;
        chat.is_told(words.thanks, &[words.paid, "30"]).await;
        assert_eq!((bank.taken(), other.books().taken()), ((0, 0), (1, 3000)), "one of the two, once, and all of it");
    }
}

#[tokio::test]
async fn a_payment_that_takes_its_time_is_said_to_and_its_end_is_announced() {
    for ((lines, words), asked) in LINES.into_iter().zip(["Has it gone through?", "付好了吗？"]) {
        let bank = Bank::open(clock()).await;
        let (home, mut chat) = with_card(&bank, "pm_slow", None).await;
        let slow = chat.pays(lines).await;
        assert_eq!(status(&slow), "pending", "{slow}");
        assert!(said(&slow).contains(words.open), "{slow}");
        chat.is_told(asked, &[words.open]).await;
        bank.settle_all();
        home.asks_the_providers().await;
        chat.is_told(words.thanks, &[words.paid, "Stripe", "30"]).await;
        assert_eq!(bank.taken(), (3000, 1), "once, and all of it");
    }
}
