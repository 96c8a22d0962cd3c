//! Whatever the bank does, in whatever order: the books balance, no state goes back, and no consent is charged twice.

use crate::bank::{Misreport, Mood};
use crate::world::{World, usd};
use proptest::prelude::*;
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Filter, Payments};
use sayso_plugin_interface::outcome::DeclineCode;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Act {
    Pay(i64),
    Mood(Mood),
    Question(Mood),
    Recover,
    Restart,
    Wait(i64),
    Advance(usize),
    Cancel(usize),
    Refund(usize, i64),
    BankFinishes,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let moods = vec![
        Mood::Good,
        Mood::LosesAnswer,
        Mood::LosesRequest,
        Mood::NotSent,
        Mood::Declines(DeclineCode::Declined),
        Mood::Declines(DeclineCode::Configuration),
        Mood::Authorizes,
        Mood::WantsAction,
        Mood::Waits,
        Mood::Misreports(Misreport(|receipt| receipt.amount.minor += 1)),
    ];
    let questions = vec![Mood::Good, Mood::Unreachable, Mood::Forgets];
    let act = prop_oneof![
        4 => (1_i64..500).prop_map(Act::Pay),
        4 => proptest::sample::select(moods).prop_map(Act::Mood),
        1 => proptest::sample::select(questions).prop_map(Act::Question),
        4 => Just(Act::Recover),
        1 => Just(Act::Restart),
        2 => (1_i64..200_000).prop_map(Act::Wait),
        2 => (0_usize..6).prop_map(Act::Advance),
        2 => (0_usize..6).prop_map(Act::Cancel),
        2 => (0_usize..6, 1_i64..500).prop_map(|(index, minor)| Act::Refund(index, minor)),
        1 => Just(Act::BankFinishes),
    ];
    proptest::collection::vec(act, 1..25)
}

async fn perform(world: &World, payments: &mut Payments, act: &Act) {
    let all = payments.list(&Filter::default()).await.unwrap();
    let pick = |index: &usize| all.get(*index).map(|view| view.id.clone());
    match act {
        Act::Pay(minor) => drop(payments.pay(world.consent(usd(*minor))).await.unwrap()),
        Act::Mood(mood) => world.bank.next([mood.clone()]),
        Act::Question(mood) => world.bank.next_questions([mood.clone()]),
        Act::Recover => drop(payments.recover().await.unwrap()),
        Act::Restart => *payments = world.start(),
        Act::Wait(ms) => world.clock.forward(*ms),
        Act::BankFinishes => world.bank.finish(),
        // Many of these cannot happen where the payment stands; then nothing may change, which the books show.
        Act::Advance(index) => {
            if let Some(id) = pick(index) {
                let _ = payments.advance(&id).await;
            }
        }
        Act::Cancel(index) => {
            if let Some(id) = pick(index) {
                let _ = payments.cancel(&id).await;
            }
        }
        Act::Refund(index, minor) => {
            if let Some(id) = pick(index) {
                let _ = payments.refund(&id, usd(*minor)).await;
            }
        }
    }
}

async fn run(history: Vec<Act>) {
    let world = World::new();
    let mut payments = world.start();
    let mut reached: BTreeMap<_, S> = BTreeMap::new();
    for act in &history {
        perform(&world, &mut payments, act).await;
        for view in payments.list(&Filter::default()).await.unwrap() {
            let before = reached.insert(view.id.clone(), view.status).unwrap_or(S::Consented);
            assert!(view.status.rank() >= before.rank(), "{before} became {} by {act:?}", view.status);
        }
        world.check(&payments).await;
    }
    // What the books call paid, the bank charged.
    let charges = world.bank.books.lock().unwrap().charges.clone();
    for view in payments.list(&Filter::default()).await.unwrap() {
        if matches!(view.status, S::Succeeded | S::PartiallyRefunded | S::Refunded) {
            let charge = charges.values().find(|charge| charge.request.reference == view.id.as_str()).unwrap();
            assert_eq!((charge.request.amount, charge.moved), (view.amount, 1));
            let back: i64 = charge.refunds.values().map(|amount| amount.minor).sum();
            assert!(back >= view.refunded.minor && back <= view.amount.minor, "{view:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_history_keeps_the_rules(history in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(history));
    }
}
