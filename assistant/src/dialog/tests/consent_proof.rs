//! No payment and no refund without consent: over random flows, random conversations and random outcomes, money moves only
//! with a clear yes directly after a read-back of exactly that was said.

use super::random_flows;
use super::talk::{Say, household, past, providers, say};
use crate::consent::{Authentication, CONSENT_LIFE_MS, ProposalDigest, ProposalKind};
use crate::dialog::state::Awaiting;
use crate::dialog::{
    Dialogs, Effect, History, Input, PaymentOutcome, ProviderInfo, State, VoiceCheck, World, shipped, step,
};
use crate::household::Household;
use crate::lang::Lang;
use crate::understanding::{Act, EntityKind, Value};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{Currency, NextStep};
use std::sync::{Arc, LazyLock};

static DIALOGS: LazyLock<Dialogs> = LazyLock::new(|| Dialogs::load(&shipped()).unwrap().dialogs);

const ACTS: [Act; 11] = [
    Act::Yes,
    Act::No,
    Act::Cancel,
    Act::Repeat,
    Act::Help,
    Act::Back,
    Act::StartOver,
    Act::Correct,
    Act::Wait,
    Act::Human,
    Act::Skip,
];
const TEXTS: [&str; 8] =
    ["yes", "the first", "all of it", "the amount is wrong", "4111 1111 1111 1111", "", "第二个", "this year"];
const FLOWS: [&str; 6] = ["refund", "pay_bill", "send_money", "bill_due", "payment_history", "no_such_flow"];

fn meaning() -> impl Strategy<Value = Say> {
    let acts = prop::collection::vec(prop::sample::select(&ACTS[..]), 0..3);
    let money = prop::option::of((-100..20_000_i64, 0..3_usize, prop::option::of(1..20_000_i64)));
    let payee = prop::option::of(prop::sample::select(&["electricity", "water", "alice", "bob", "nobody"][..]));
    let provider = prop::option::of(prop::sample::select(&["stripe", "paypal", "wechat_pay", "nothing"][..]));
    let intent = prop::option::weighted(0.3, (prop::sample::select(&FLOWS[..]), 300..=1000_u16));
    let text = prop::sample::select(&TEXTS[..]);
    (text, acts, money, payee, provider, intent, any::<bool>()).prop_map(
        |(text, acts, money, payee, provider, intent, plain_yes)| {
            if plain_yes && acts.len() > 1 {
                return say("yes").act(Act::Yes);
            }
            let mut made = say(text);
            made.0.acts = acts;
            if let Some((minor, currency, other)) = money {
                let currency = [None, Some(Currency::USD), Some(Currency::CNY)][currency];
                made = match other {
                    Some(other) => made.either(&[minor, other], "x"),
                    None => made.money(minor, currency, "x"),
                };
            }
            made = payee.into_iter().fold(made, Say::payee);
            made = provider.into_iter().fold(made, Say::provider);
            if let Some((flow, confidence)) = intent {
                made = made.intent_at(flow, confidence);
            }
            if text == "this year" {
                made = made.entity(EntityKind::Date, vec![Value::Date(date(2026, 1, 1))], "this year");
            }
            made
        },
    )
}

#[derive(Clone, Debug)]
pub enum Turn {
    Heard(Box<crate::understanding::Meaning>),
    Silence,
    Start,
    Outcome(usize),
    Later(i64),
    Unscheduled(bool),
    Speaks(Lang),
}

pub fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        12 => meaning().prop_map(|made| Turn::Heard(Box::new(made.0))),
        // What leads to payments is made likely, so that the proof is about something.
        6 => (1..9_000_i64).prop_map(|minor| {
            let all = say("pay").intent("pay_bill").payee("water").provider("stripe");
            Turn::Heard(Box::new(all.money(minor, Some(Currency::USD), "x").0))
        }),
        3 => prop::option::of(1..9_000_i64).prop_map(|minor| {
            // Two payments of one sentence.
            let both = say("pay water and electricity").intent("pay_bill").payee("water").payee("electricity");
            let both = both.provider("stripe");
            Turn::Heard(Box::new(minor.into_iter().fold(both, |all, minor| all.money(minor, None, "pay")).0))
        }),
        3 => prop::option::of(1..5_000_i64).prop_map(|part| {
            let all = say("refund").intent("refund").payee("electricity");
            let all = part.into_iter().fold(all, |all, minor| all.money(minor, Some(Currency::USD), "x"));
            Turn::Heard(Box::new(all.0))
        }),
        6 => Just(Turn::Heard(Box::new(say("yes").act(Act::Yes).0))),
        1 => Just(Turn::Silence),
        1 => Just(Turn::Start),
        3 => (0..6_usize).prop_map(Turn::Outcome),
        // Clocks are set back, too.
        1 => (-30_000..300_000_i64).prop_map(Turn::Later),
        1 => any::<bool>().prop_map(Turn::Unscheduled),
        1 => prop::sample::select(&Lang::ALL[..]).prop_map(Turn::Speaks),
    ]
}

fn outcome(which: usize) -> PaymentOutcome {
    match which {
        0 => PaymentOutcome::Succeeded,
        1 => PaymentOutcome::Declined { code: DeclineCode::Declined },
        2 => PaymentOutcome::Pending,
        3 => PaymentOutcome::ActionRequired { next: NextStep::Qr { content: "x".into() } },
        // What was paid before is not what it was: everything is read back anew.
        4 => PaymentOutcome::Anew,
        _ => PaymentOutcome::Unknown,
    }
}

/// What was read back last, and when; `None` once something else was asked or said instead.
fn read_back(state: &State) -> Option<ProposalDigest> {
    match &state.awaiting {
        Awaiting::Consent(read_back) => Some(read_back.proposal().digest()),
        _ => None,
    }
}

/// Nothing is ended but what was asked about, by name, right before.
fn ends_only_what_was_asked(before: &Awaiting, effects: &[Effect]) -> Result<(), TestCaseError> {
    for effect in effects {
        if let Effect::Unschedule(order) = effect {
            prop_assert_eq!(before, &Awaiting::Ending { order: order.clone() });
            prop_assert_eq!(effects.last(), Some(effect));
        }
    }
    Ok(())
}

/// Whom there is to pay, with what, and what was paid before.
fn surroundings() -> (Arc<Household>, Vec<ProviderInfo>, Arc<dyn History>) {
    (Arc::new(household()), providers(), Arc::new(past()))
}

/// Leads a conversation, and holds the rule at every step; how often money was to move.
pub fn lead(dialogs: &Dialogs, turns: Vec<Turn>, lang: Lang) -> Result<usize, TestCaseError> {
    let (household, providers, history) = surroundings();
    let mut state = State::new(lang, "kitchen");
    let (mut now_ms, mut last_read_ms, mut in_flight, mut moved) = (0, None, false, 0);
    for turn in turns {
        let input = match turn {
            Turn::Heard(meaning) => Input::Heard(*meaning),
            Turn::Silence => Input::Silence,
            Turn::Start => Input::Start,
            Turn::Outcome(which) => Input::Outcome(outcome(which)),
            Turn::Unscheduled(ended) => Input::Unscheduled(ended),
            // Somebody goes on in another language, in the middle of anything.
            Turn::Speaks(lang) => {
                state.set_lang(lang);
                continue;
            }
            Turn::Later(ms) => {
                now_ms += ms;
                continue;
            }
        };
        let world = World {
            now_ms,
            now: date(2026, 11, 22).at(18, 0, 0, 0),
            household: &household,
            providers: &providers,
            history: &history,
            authentication: &Authentication::default(),
            chance: Some(9174),
            phone: true,
            voice: VoiceCheck::Ready,
        };
        let (before, state_before) = (read_back(&state), state.awaiting.clone());
        let yes = matches!(&input, Input::Heard(meaning) if !meaning.acts.is_empty()
            && meaning.acts.iter().all(|act| *act == Act::Yes)
            && meaning.entities.iter().all(|entity| !entity.ambiguous));
        in_flight &= !matches!(input, Input::Outcome(_));
        let stored = serde_json::to_string(&state).unwrap();
        let (next, effects) = step(dialogs, serde_json::from_str(&stored).unwrap(), input, &world);
        let moves = effects.iter().filter(|effect| matches!(effect, Effect::Pay(_) | Effect::Refund(_))).count();
        if let Some(Effect::Pay(consent) | Effect::Refund(consent)) = effects.last() {
            prop_assert_eq!(moves, 1);
            prop_assert!(yes, "money moved without a clear yes");
            prop_assert_eq!(before, Some(consent.digest()), "something else moved than what was read back");
            prop_assert!(last_read_ms.is_some_and(|read| now_ms - read <= CONSENT_LIFE_MS), "moved too late");
            prop_assert!(!in_flight, "moved while something was on its way");
            prop_assert!(consent.check_fresh(now_ms).is_ok());
            prop_assert!(consent.proposal().amount.minor > 0);
            let pays = consent.proposal().kind == ProposalKind::Pay;
            prop_assert_eq!(pays, matches!(effects.last(), Some(Effect::Pay(_))), "a refund is no payment");
            prop_assert_eq!(next.awaiting(), Some("outcome"));
            (in_flight, last_read_ms) = (true, None);
            moved += 1;
        } else {
            prop_assert_eq!(moves, 0, "what moves money has to be the last effect");
        }
        ends_only_what_was_asked(&state_before, &effects)?;
        // Whenever a read-back is awaited that was not awaited before, it was said in this very step.
        if let Awaiting::Consent(awaited) = &next.awaiting {
            let words = awaited.words();
            let said = effects.iter().any(|effect| matches!(effect, Effect::Say(said) if *said == words));
            prop_assert!(said || before == Some(awaited.proposal().digest()), "awaits a yes to what was not said");
            if said {
                last_read_ms = Some(now_ms);
            }
        }
        state = next;
    }
    Ok(moved)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_payment_without_a_fresh_consent(turns in prop::collection::vec(turn(), 1..40), zh in any::<bool>()) {
        lead(&DIALOGS, turns, if zh { Lang::Zh } else { Lang::En })?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn no_payment_without_a_fresh_consent_in_any_flow(
        files in random_flows::project(),
        turns in prop::collection::vec(turn(), 1..30),
        zh in any::<bool>(),
    ) {
        let loaded = Dialogs::load(&files);
        prop_assert!(loaded.is_ok(), "{}\n{:?}", files[0].text, loaded.err());
        lead(&loaded.unwrap().dialogs, turns, if zh { Lang::Zh } else { Lang::En })?;
    }
}

#[test]
fn money_moves_in_random_flows() {
    // Else the proof would be about nothing.
    let mut runner = TestRunner::deterministic();
    let mut moved = 0;
    for _ in 0..40 {
        let files = random_flows::project().new_tree(&mut runner).unwrap().current();
        let turns = prop::collection::vec(turn(), 30).new_tree(&mut runner).unwrap().current();
        moved += lead(&Dialogs::load(&files).unwrap().dialogs, turns, Lang::En).unwrap();
    }
    assert!(moved > 10, "{moved}");
}
