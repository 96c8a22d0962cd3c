//! What people do besides answering: digressions, repairs, silence, other requests; led with meanings made by hand.

use super::flows::{at_read_back, yes};
use super::talk::{say, talk};
use crate::dialog::Input;
use crate::lang::Lang;
use crate::understanding::{Act, EntityKind, Value};
use rust_decimal::Decimal;
use sayso_plugin_interface::Currency;

const USD: Option<Currency> = Some(Currency::USD);

#[test]
fn a_digression_asks_before_it_goes_on() {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"))
        .hear(say("wait, what is my water bill first").act(Act::Wait).intent("bill_due").payee("water"))
        .says("18.20")
        .says("go on with paying a bill")
        .awaits(Some("resume"))
        .hear(yes())
        .awaits(Some("amount"))
        .hear(say("forty").money(4000, None, "forty"))
        .awaits(Some("provider"));
}

#[test]
fn a_read_back_that_was_suspended_is_read_again() {
    let mut talk = at_read_back();
    talk.hear(say("what is my water bill").intent("bill_due").payee("water"))
        .awaits(Some("resume"))
        .hear(yes())
        .payments(0)
        .says("42.50")
        .awaits(Some("consent"))
        .hear(yes())
        .payments(1);
}

#[test]
fn a_read_back_goes_on_in_the_language_of_whoever_is_asked() {
    let mut talk = at_read_back();
    talk.says("42.50").says("Is that right");
    talk.state.set_lang(Lang::Zh);
    talk.hear(say("用中文吧")).payments(0).says("对吗").never_says("Is that right").never_says("我需要您");
    talk.awaits(Some("consent")).hear(say("again please").act(Act::Repeat)).says("对吗");
    talk.state.set_lang(Lang::En);
    talk.hear(say("say that again").act(Act::Repeat)).says("Is that right").hear(yes()).payments(1);
}

#[test]
fn who_is_named_tells_which_of_two_flows_is_meant() {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay 20 dollars").intent_at("pay_bill", 510).intent_at("send_money", 500).money(2000, USD, "20"))
        .awaits(Some("which_flow"))
        .hear(say("to bob").payee("bob"))
        .awaits(Some("provider"));
    assert_eq!(talk.state.flow(), Some("send_money"));
}

#[test]
fn not_going_on_drops_what_was_suspended() {
    let mut talk = at_read_back();
    talk.hear(say("what is my water bill").intent("bill_due").payee("water"))
        .hear(say("no").act(Act::No))
        .says("Nothing was paid")
        .awaits(None)
        .hear(yes())
        .payments(0);
}

#[test]
fn repeat_help_back_wait_and_start_over() {
    let mut talk = at_read_back();
    talk.hear(say("say that again").act(Act::Repeat)).says("42.50").awaits(Some("consent"));
    talk.hear(say("what can I say").act(Act::Help)).says("before you say yes").says("42.50").awaits(Some("consent"));
    talk.hear(say("wait").act(Act::Wait)).says("Take your time").awaits(Some("consent"));
    talk.hear(say("go back").act(Act::Back)).says("With which provider").awaits(Some("provider"));
    talk.hear(say("go back").act(Act::Back)).says("How much").awaits(Some("amount"));
    talk.hear(say("go back").act(Act::Back)).says("no earlier step").awaits(Some("amount"));
    talk.hear(say("start over").act(Act::StartOver)).says("start over").awaits(Some("payee")).payments(0);
}

#[test]
fn answers_never_overwrite_other_slots() {
    let mut talk = talk(Lang::En);
    talk.hear(say("send thirty dollars to alice").intent("send_money").payee("alice").money(
        3000,
        USD,
        "thirty dollars",
    ))
    .hear(say("stripe, fifty dollars").provider("stripe").money(5000, USD, "fifty dollars"))
    .says("30.00")
    .awaits(Some("consent"));
}

#[test]
fn silence_and_nonsense_end_politely() {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"));
    talk.step(Input::Silence).says("didn't hear").step(Input::Silence).step(Input::Silence).says("Nothing was paid");
    talk.awaits(None);
    talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"));
    for _ in 0..3 {
        talk.hear(say("blah")).awaits(Some("amount"));
    }
    talk.hear(say("blah")).says("Nothing was paid").awaits(None).payments(0);
}

#[test]
fn a_person_is_paid_by_the_flow_that_can() {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay alice thirty dollars").intent("pay_bill").payee("alice").money(3000, USD, "thirty dollars"))
        .awaits(Some("provider"));
    assert_eq!(talk.state.flow(), Some("send_money"));
}

#[test]
fn two_likely_flows_are_asked_about() {
    let mut talk = talk(Lang::En);
    talk.hear(say("bills").intent_at("pay_bill", 600).intent_at("bill_due", 580))
        .says("Which would you like")
        .awaits(Some("which_flow"))
        .hear(say("looking it up"))
        .awaits(None)
        .says("60.70");
}

#[test]
fn a_card_number_stops_everything() {
    let mut talk = at_read_back();
    talk.hear(say("yes use 4111 1111 1111 1111").act(Act::Yes))
        .payments(0)
        .says("never tell me a card number")
        .awaits(None);
    let stored = serde_json::to_string(&talk.state).unwrap();
    assert!(!stored.contains("4111"));
}

#[test]
fn a_provider_that_does_not_take_the_currency_is_not_read_back() {
    let mut talk = talk(Lang::En);
    talk.hear(say("send thirty dollars to alice").intent("send_money").payee("alice").money(
        3000,
        USD,
        "thirty dollars",
    ))
    .hear(say("wechat").provider("wechat_pay"))
    .says("doesn't pay in USD")
    .awaits(Some("provider"));
}

#[test]
fn history_is_added_up() {
    let mut talk = talk(Lang::En);
    talk.hear(say("How much did I pay for water this year?").intent("payment_history").payee("water"))
        .says("50.50")
        .says("this year")
        .says("isn't known yet: 1")
        .awaits(None);
    talk.hear(say("How much did I pay for water last month?").intent("payment_history").payee("water")).says("20.00");
    talk.hear(say("what did I pay last year").intent("payment_history")).says("I know of no payment last year");
}

#[test]
fn a_plain_number_answers_for_an_amount() {
    let mut talk = talk(Lang::En);
    talk.hear(say("pay my electricity bill").intent("pay_bill").payee("electricity"))
        .hear(say("42.5").entity(EntityKind::Number, vec![Value::Number(Decimal::new(425, 1))], "42.5"))
        .awaits(Some("provider"))
        .hear(say("the first one"))
        .says("42.50")
        .says("Stripe")
        .awaits(Some("consent"));
}

#[test]
fn dialogs_that_change_end_the_conversation() {
    let mut talk = at_read_back();
    let mut files = crate::dialog::shipped();
    files.iter_mut().find(|file| file.name.ends_with("pay_bill.yaml")).unwrap().text.push_str("\n# changed\n");
    talk.dialogs = crate::dialog::Dialogs::load(&files).unwrap().dialogs;
    talk.hear(yes()).payments(0).says("were changed").awaits(None);
}

#[test]
fn small_talk_does_not_interrupt() {
    let mut talk = at_read_back();
    talk.hear(say("thank you").intent("thanks")).says("welcome").says("42.50").awaits(Some("consent")).payments(0);
    talk.hear(yes()).payments(1);
}

#[test]
fn an_unsure_guess_of_another_payment_is_taken_for_a_correction() {
    let mut talk = at_read_back();
    talk.hear(say("with paypal instead").intent_at("send_money", 800).provider("paypal"))
        .says("PayPal")
        .awaits(Some("consent"));
    talk.hear(say("what about my water bill").intent_at("bill_due", 700).payee("water"))
        .says("18.20")
        .awaits(Some("resume"));
}
