//! What a household lives through with every provider that shows a code to scan: one table of stories, told with each of them.
//! Every story ends with one movement of money for each payment, and books that are sound.

use crate::household::Household;
use sayso::ledger::PaymentStatus as S;
use sayso::payments::PaymentView;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{Currency, Money, NextStep};

/// What is paid.
pub const BILL: Money = Money::new(4250, Currency::CNY);
/// In milliseconds.
pub const MINUTE_MS: i64 = 60_000;

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection breaks before anything is done.
    LostBefore,
    /// It is done, and then the connection breaks.
    LostAfter,
    /// The provider is in trouble, and does nothing.
    Trouble,
    /// It is asked too often, and does nothing.
    Busy,
    /// Everything is right but the signature, which is missing.
    Unsigned,
    /// A payment is shown with a fen more.
    WrongAmount,
    /// A payment is shown in a state that nobody documented.
    StrangeState,
    /// It says no, with this code.
    Refused(&'static str),
}

/// A pretend provider that shows codes.
pub trait Shop: Sized {
    /// The provider's name.
    const NAME: &'static str;
    /// What the requests that place an order, ask for one and give money back have in them, each.
    const PLACES: &'static str;
    const ASKS: &'static str;
    const GIVES_BACK: &'static str;
    /// What every code begins with.
    const CODE: &'static str;
    /// Codes with which an order is refused for good, and one that nobody documented.
    const REFUSALS: [&'static str; 2];
    const UNHEARD_OF: &'static str;
    /// The answer to a notification: status and body.
    const TAKEN: (u16, &'static str);
    /// What stands in a notification of a payment, and what a forger writes instead.
    const FORGERIES: &'static [(&'static str, &'static str)];

    /// Opens, with a household that is configured for it.
    async fn open() -> (Self, Household);
    /// Something goes wrong with the next such request.
    fn next(&self, request: &'static str, fault: Fault);
    /// How many such requests there were.
    fn asked(&self, request: &str) -> usize;
    /// The number of the one order that there is.
    fn only(&self) -> String;
    /// The person scans the code of this order and pays; false if they can't.
    fn is_paid(&self, number: &str) -> bool;
    /// A notification of how an order stands.
    fn tells(&self, id: &str, number: &str) -> WebhookRequest;
    /// Every movement of money, in order.
    fn moved(&self) -> Vec<(String, i64)>;
}

/// Whether a payment waits for its code to be scanned.
pub fn shows_code<P: Shop>(view: &PaymentView) -> bool {
    view.status == S::ActionRequired
        && matches!(&view.next, Some(NextStep::Qr { content }) if content.starts_with(P::CODE))
}

/// The end of every story.
pub async fn finish<P: Shop>(shop: &P, home: &Household, movements: usize) {
    assert_eq!(shop.moved().len(), movements, "{:?}", shop.moved());
    home.check().await;
}

pub async fn a_code_is_scanned_and_the_money_comes_back_in_two_parts<P: Shop>() {
    let (shop, mut home) = P::open().await;
    let view = home.pay(BILL).await;
    assert!(shows_code::<P>(&view), "{view:?}");
    let view = home.later(2 * MINUTE_MS, &view).await;
    assert!(shows_code::<P>(&view), "nobody has paid, and the code still stands: {view:?}");
    home.restart().await;
    assert!(shop.is_paid(&shop.only()));
    let view = home.later(5 * MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Succeeded);
    home.payments.refund(&view.id, Money::new(1250, Currency::CNY)).await.unwrap();
    assert!(home.payments.refund(&view.id, Money::new(9999, Currency::CNY)).await.is_err());
    home.later(10 * MINUTE_MS, &view).await;
    shop.next(P::GIVES_BACK, Fault::LostAfter);
    home.payments.refund(&view.id, Money::new(3000, Currency::CNY)).await.unwrap();
    let view = home.later(10 * MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Refunded, "{view:?}");
    let moved: Vec<i64> = shop.moved().iter().map(|(_, fen)| *fen).collect();
    assert_eq!(moved, [4250, -1250, -3000], "a lost answer is no third refund");
    finish(&shop, &home, 3).await;
}

pub async fn what_was_lost_is_found_or_sent_again_with_the_same_reference<P: Shop>() {
    for (fault, sendings) in [(Fault::LostAfter, 1), (Fault::LostBefore, 2), (Fault::Trouble, 2), (Fault::Unsigned, 1)]
    {
        let (shop, home) = P::open().await;
        shop.next(P::PLACES, fault);
        let mut view = home.pay(BILL).await;
        assert_eq!(view.status, S::Unknown, "{fault:?}");
        for _ in 0..30 {
            if shows_code::<P>(&view) {
                break;
            }
            view = home.later(MINUTE_MS, &view).await;
        }
        assert!(shows_code::<P>(&view), "{fault:?}: {view:?}");
        assert!(shop.asked(P::PLACES) >= sendings, "{fault:?}: {}", shop.asked(P::PLACES));
        assert!(shop.is_paid(&shop.only()));
        assert_eq!(home.later(5 * MINUTE_MS, &view).await.status, S::Succeeded, "{fault:?}");
        finish(&shop, &home, 1).await;
    }
}

pub async fn a_refusal_is_final_and_a_busy_provider_has_taken_nothing<P: Shop>() {
    let refused = P::REFUSALS.map(|code| (Fault::Refused(code), S::Failed));
    let others = [(Fault::Busy, S::NotSent), (Fault::Refused(P::UNHEARD_OF), S::Unknown)];
    for (fault, status) in refused.into_iter().chain(others) {
        let (shop, home) = P::open().await;
        shop.next(P::PLACES, fault);
        assert_eq!(home.pay(BILL).await.status, status, "{fault:?}");
        finish(&shop, &home, 0).await;
    }
}

pub async fn a_notification_settles_it_once_and_a_forged_one_never<P: Shop>() {
    let (shop, home) = P::open().await;
    let view = home.pay(BILL).await;
    assert!(shop.is_paid(&shop.only()));
    let genuine = shop.tells("EV-1", &shop.only());
    for (word, instead) in P::FORGERIES {
        let mut forged = genuine.clone();
        forged.body = forged.body.replace(word, instead);
        forged.headers.iter_mut().for_each(|(_, value)| *value = value.replace(word, instead));
        assert_ne!(forged, genuine, "{word}");
        assert!(home.payments.notified(P::NAME, forged).await.is_err(), "{word}");
    }
    let taken = home.payments.notified(P::NAME, genuine.clone()).await.unwrap();
    assert_eq!((taken.answer.status, taken.answer.body.as_str()), P::TAKEN);
    assert_eq!(taken.payment.unwrap().status, S::Succeeded);
    let again = home.payments.notified(P::NAME, genuine).await.unwrap();
    assert!(again.repeated && again.answer.status == P::TAKEN.0);
    assert_eq!(home.payments.get(&view.id).await.unwrap().unwrap().status, S::Succeeded);
    finish(&shop, &home, 1).await;
}

pub async fn what_is_not_signed_strange_or_of_another_amount_is_no_success<P: Shop>() {
    let (shop, home) = P::open().await;
    let view = home.pay(BILL).await;
    assert!(shop.is_paid(&shop.only()));
    for fault in [Fault::Unsigned, Fault::StrangeState, Fault::Trouble, Fault::Busy] {
        shop.next(P::ASKS, fault);
        let view = home.later(2 * MINUTE_MS, &view).await;
        assert!(view.status.is_open() && view.status != S::Succeeded, "{fault:?}: {view:?}");
    }
    assert_eq!(home.later(5 * MINUTE_MS, &view).await.status, S::Succeeded);
    finish(&shop, &home, 1).await;
    let (shop, home) = P::open().await;
    let view = home.pay(BILL).await;
    assert!(shop.is_paid(&shop.only()));
    shop.next(P::ASKS, Fault::WrongAmount);
    assert_eq!(home.later(2 * MINUTE_MS, &view).await.status, S::IntegrityAlarm);
}

/// Every story of the table, as tests of this provider.
macro_rules! stories {
    ($shop:ty) => {
        crate::scanned::stories!($shop:
            a_code_is_scanned_and_the_money_comes_back_in_two_parts
            what_was_lost_is_found_or_sent_again_with_the_same_reference
            a_refusal_is_final_and_a_busy_provider_has_taken_nothing
            a_notification_settles_it_once_and_a_forged_one_never
            what_is_not_signed_strange_or_of_another_amount_is_no_success
        );
    };
    ($shop:ty: $($story:ident)*) => {
        $(
            #[tokio::test]
            async fn $story() {
                crate::scanned::$story::<$shop>().await;
            }
        )*
    };
}
pub(crate) use stories;
