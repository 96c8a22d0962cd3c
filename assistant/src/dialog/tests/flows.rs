//! The shipped flows, led with meanings made by hand.

use super::talk::{Say, Talk, say, talk, usd};
use crate::consent::{Objection, Proposal, Weighed};
use crate::dialog::{History, HistoryFilter, PastPayment, PaymentOutcome};
use crate::lang::Lang;
use crate::understanding::{Act, EntityKind, Value};
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{Currency, Money, NextStep};
use std::sync::Arc;

const USD: Option<Currency> = Some(Currency::USD);
const CNY: Option<Currency> = Some(Currency::CNY);

pub fn yes() -> Say {
    say("yes, pay it").act(Act::Yes)
}

/// At the read-back of 42.50 to electricity with Stripe.
pub fn at_read_back() -> Talk {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"))
        .says("42.50")
        .says("28")
        .awaits(Some("amount"))
        .hear(say("forty two dollars and fifty cents").money(4250, USD, "forty two dollars and fifty cents"))
        .awaits(Some("provider"))
        .hear(say("with stripe, please").provider("stripe"))
        .awaits(Some("consent"));
    talk
}

#[test]
fn a_bill_is_paid_in_four_turns() {
    let mut talk = at_read_back();
    talk.hear(yes()).payments(1).awaits(Some("outcome"));
    assert_eq!(
        (talk.paid[0].0, talk.paid[0].1.as_str(), talk.paid[0].2.as_str()),
        (usd(4250), "electricity", "stripe")
    );
    talk.outcome(PaymentOutcome::Succeeded).says("Done").says("42.50").says("electricity").says("Stripe").awaits(None);
    assert!(talk.ended);
}

#[test]
fn a_correction_voids_the_read_back() {
    let mut talk = talk(Lang::En);
    talk.hear(say("send thirty dollars to alice").intent("send_money").payee("alice").money(
        3000,
        USD,
        "thirty dollars",
    ))
    .awaits(Some("provider"))
    .hear(say("stripe").provider("stripe"))
    .awaits(Some("consent"))
    .hear(say("no, make it fifty").act(Act::No).act(Act::Correct).money(5000, None, "fifty"))
    .says("50.00")
    .awaits(Some("consent"))
    .payments(0)
    .hear(say("yes, that's right").act(Act::Yes))
    .payments(1);
    assert_eq!(talk.paid[0].0, usd(5000));
}

#[test]
fn a_correction_before_the_provider_was_asked_is_taken() {
    let mut talk = talk(Lang::En);
    talk.hear(say("send thirty dollars to alice").intent("send_money").payee("alice").money(
        3000,
        USD,
        "thirty dollars",
    ))
    .hear(say("no, make it fifty").act(Act::No).act(Act::Correct).money(5000, None, "fifty"))
    .says("50.00")
    .awaits(Some("provider"))
    .hear(say("stripe").provider("stripe"))
    .hear(yes())
    .payments(1);
    assert_eq!(talk.paid[0].0, usd(5000));
}

#[test]
fn mandarin_with_wechat() {
    let mut talk = talk(Lang::Zh);
    talk.hear(say("我要交电费").intent("pay_bill").payee("electricity"))
        .says("320.50")
        .never_says("42.50")
        .awaits(Some("amount"))
        .hear(say("三百二十块五").money(32050, CNY, "三百二十块五"))
        .awaits(Some("provider"))
        .hear(say("用微信支付").provider("wechat_pay"))
        .says("微信支付")
        .awaits(Some("consent"))
        .hear(say("确认支付").act(Act::Yes))
        .payments(1)
        .outcome(PaymentOutcome::Succeeded)
        .says("已经用微信支付向电费支付了");
    assert_eq!(talk.paid[0].0, Money::new(32050, Currency::CNY));
}

fn all_at_once() -> Say {
    say("pay the water bill, sixty dollars, with paypal")
        .intent_at("pay_bill", 800)
        .payee("water")
        .money(6000, USD, "sixty dollars")
        .provider("paypal")
}

#[test]
fn all_at_once_and_cancelled() {
    let mut talk = talk(Lang::En);
    talk.hear(all_at_once())
        .awaits(Some("consent"))
        .hear(say("cancel that").act(Act::Cancel))
        .says("Nothing was paid")
        .awaits(None)
        .payments(0);
    assert!(talk.ended);
}

#[test]
fn a_plain_yes_accepts_what_is_due() {
    for accept in [say("yes").act(Act::Yes), say("all of it, please")] {
        let mut talk = talk(Lang::En);
        talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"))
            .hear(accept)
            .awaits(Some("provider"))
            .hear(say("stripe").provider("stripe"))
            .says("42.50")
            .awaits(Some("consent"));
    }
}

#[test]
fn another_bill_brings_another_suggestion() {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"))
        .hear(yes())
        .hear(say("stripe").provider("stripe"))
        .awaits(Some("consent"))
        .hear(say("no, the water bill").act(Act::No).act(Act::Correct).payee("water"))
        .says("18.20")
        .awaits(Some("amount"))
        .hear(yes())
        .says("18.20")
        .says("water")
        .awaits(Some("consent"))
        .payments(0);
}

#[test]
fn only_a_clear_yes_pays() {
    let not_clear: Vec<Say> = vec![
        say("yes, no").act(Act::Yes).act(Act::No),
        say("yes, fifty dollars").act(Act::Yes).money(5000, USD, "fifty dollars"),
        say("yes, but with paypal").act(Act::Yes).provider("paypal"),
        say("yes, to water").act(Act::Yes).payee("water"),
        say("yes, fifty").act(Act::Yes).either(&[5000, 50], "fifty"),
        say("yes, tomorrow").act(Act::Yes).entity(
            EntityKind::Date,
            vec![Value::Date(jiff::civil::date(2026, 11, 23))],
            "tomorrow",
        ),
        say("yes wait").act(Act::Yes).act(Act::Wait),
        say("yes, what is my water bill").act(Act::Yes).intent("bill_due").payee("water"),
        say("um"),
        say("pay my electricity bill").intent("pay_bill").payee("electricity"),
        say("no").act(Act::No),
    ];
    for unclear in not_clear {
        let text = unclear.0.text.clone();
        let mut talk = at_read_back();
        talk.hear(unclear);
        assert!(talk.paid.is_empty(), "{text}");
        assert!(!talk.said.is_empty(), "{text}");
    }
}

#[test]
fn a_yes_with_the_same_values_pays() {
    let mut talk = at_read_back();
    talk.hear(say("yes, pay 42.50 with stripe").act(Act::Yes).money(4250, None, "42.50").provider("stripe"))
        .payments(1);
}

#[test]
fn a_late_yes_is_read_back_again() {
    let mut talk = at_read_back();
    talk.now_ms += 10 * 60 * 1000;
    talk.hear(yes()).payments(0).says("read it to you again").says("42.50").awaits(Some("consent"));
    talk.hear(yes()).payments(1);
}

#[test]
fn a_no_asks_what_to_change() {
    let mut talk = at_read_back();
    talk.hear(say("no").act(Act::No))
        .says("What should I change")
        .awaits(Some("change"))
        .hear(say("the amount"))
        .awaits(Some("amount"))
        .hear(say("fifty").money(5000, None, "fifty"))
        .says("50.00")
        .awaits(Some("consent"))
        .hear(say("with paypal instead").provider("paypal"))
        .says("PayPal")
        .awaits(Some("consent"))
        .payments(0);
}

#[test]
fn a_bad_new_value_leaves_the_old_one() {
    let mut talk = at_read_back();
    talk.hear(say("make it zero").act(Act::Correct).money(0, None, "zero"))
        .says("more than zero")
        .awaits(Some("consent"))
        .says("42.50");
}

#[test]
fn nothing_that_is_said_while_money_moves_pays() {
    let mut talk = at_read_back();
    talk.hear(yes()).payments(1).hear(yes()).payments(1).says("on its way").hear(say("cancel").act(Act::Cancel));
    talk.awaits(Some("outcome")).outcome(PaymentOutcome::Succeeded).outcome(PaymentOutcome::Succeeded).payments(1);
}

#[test]
fn every_outcome_is_told_honestly() {
    let told = [
        (PaymentOutcome::Pending, "isn't final yet", "won't pay again"),
        (PaymentOutcome::Unknown, "don't know yet", "won't pay again"),
        (PaymentOutcome::ActionRequired { next: NextStep::App { name: "Stripe".into() } }, "approve", "Stripe app"),
        (PaymentOutcome::ActionRequired { next: NextStep::Link { url: "https://x.test/1".into() } }, "link", "x.test"),
    ];
    for (outcome, first, second) in told {
        let mut talk = at_read_back();
        talk.hear(yes()).outcome(outcome).says(first).says(second).never_says("Done").awaits(None);
    }
    // After a refusal another provider is offered, which is a question and not a payment.
    let declined = PaymentOutcome::Declined { code: DeclineCode::InsufficientFunds };
    let mut talk = at_read_back();
    talk.hear(yes()).outcome(declined).says("not enough money").says("Nothing was paid").never_says("Done");
    talk.awaits(Some("way")).payments(1);
    // Whoever agrees to another one is asked for nothing that they said already, and hears it all once more.
    talk.hear(yes()).says("PayPal").awaits(Some("consent")).payments(1).hear(yes()).payments(2);
    assert_eq!(talk.paid[0].0, talk.paid[1].0);
}

/// A household that has come to its limit.
struct Exhausted;

impl History for Exhausted {
    fn payments(&self, _filter: &HistoryFilter) -> Vec<PastPayment> {
        Vec::new()
    }

    fn weigh(&self, _proposal: &Proposal, _now_ms: i64) -> Weighed {
        Objection::TooFast { begun: 3, within_ms: 600_000 }.into()
    }
}

#[test]
fn what_the_household_forbids_is_offered_with_no_other_provider() {
    let mut talk = at_read_back();
    talk.hear(yes()).payments(1);
    // Another process came to the limit between the read-back and the payment.
    talk.history = Arc::new(Exhausted);
    talk.outcome(PaymentOutcome::Anew).never_says("Shall I try").says("Nothing").payments(1).awaits(None);
    // So does a limit that is met before the read-back.
    let mut talk = at_read_back();
    talk.history = Arc::new(Exhausted);
    talk.hear(say("with PayPal").provider("paypal"))
        .never_says("Shall I try")
        .never_says("You are paying")
        .awaits(None);
}

#[test]
fn an_ambiguous_amount_is_asked_about() {
    for (answer, minor) in [(say("the first"), 15_000), (say("one fifty dollars").money(150, USD, "one fifty"), 150)] {
        let mut talk = talk(Lang::En);
        talk.hear(
            say("send one fifty to alice").intent("send_money").payee("alice").either(&[15_000, 150], "one fifty"),
        )
        .says("Did you mean")
        .says("150.00")
        .says("1.50")
        .awaits(Some("amount"))
        .hear(answer)
        .awaits(Some("provider"))
        .hear(say("stripe").provider("stripe"))
        .hear(yes())
        .payments(1);
        assert_eq!(talk.paid[0].0, usd(minor));
    }
}

#[test]
fn an_ambiguous_correction_leaves_the_old_value_until_it_is_clear() {
    let mut talk = at_read_back();
    talk.hear(say("no, make it one fifty").act(Act::No).act(Act::Correct).either(&[15_000, 150], "one fifty"))
        .says("Did you mean")
        .payments(0)
        .hear(yes())
        .payments(0)
        .hear(say("the second one"))
        .says("1.50")
        .awaits(Some("consent"));
}
