//! Limits against a history in memory: what each refuses, what is said, and that no window is ever passed.

use super::super::tests::proposal;
use super::*;
use crate::lang::Lang;
use proptest::prelude::*;
use std::convert::Infallible;

#[derive(Clone, Debug)]
struct Paid {
    payee: String,
    person: Option<String>,
    amount: Money,
    at_ms: i64,
}

#[derive(Default)]
struct Past {
    paid: Vec<Paid>,
    known_since: Option<i64>,
}

impl Spending for Past {
    type Error = Infallible;

    fn spent(&self, which: &Spent<'_>) -> Result<Money, Infallible> {
        let fits = |paid: &&Paid| {
            let person = paid.person.as_deref();
            paid.at_ms >= which.since_ms
                && paid.amount.currency == which.currency
                && which.payee.is_none_or(|payee| payee == paid.payee)
                && which.person.is_none_or(|one| person.is_none() || person == Some(one))
        };
        Ok(Money::new(self.paid.iter().filter(fits).map(|paid| paid.amount.minor).sum(), which.currency))
    }

    fn begun(&self, since_ms: i64) -> Result<u32, Infallible> {
        Ok(self.paid.iter().filter(|paid| paid.at_ms >= since_ms).count() as u32)
    }

    fn equal(&self, payee: &str, amount: Money, since_ms: i64) -> Result<Vec<Earlier>, Infallible> {
        let equal = |paid: &&Paid| paid.payee == payee && paid.amount == amount && paid.at_ms >= since_ms;
        let earlier = |paid: &Paid| Earlier { payment: paid.at_ms.to_string(), at_ms: paid.at_ms, certain: true };
        Ok(self.paid.iter().rev().filter(equal).map(earlier).collect())
    }

    fn known_since(&self, _: &str) -> Result<Option<i64>, Infallible> {
        Ok(self.known_since)
    }
}

const NOW: i64 = 1_700_000_000_000;
const HOUR: i64 = 3_600_000;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn pay(minor: i64) -> Proposal {
    Proposal { amount: usd(minor), ..proposal() }
}

fn paid(minor: i64, ago_ms: i64) -> Paid {
    Paid { payee: "electricity".into(), person: None, amount: usd(minor), at_ms: NOW - ago_ms }
}

fn weigh(limits: &Limits, proposal: &Proposal, paid: Vec<Paid>) -> Weighed {
    match limits.weigh(proposal, NOW, &Past { paid, known_since: Some(0) }) {
        Ok(weighed) => weighed,
    }
}

fn said(limits: &Limits, proposal: &Proposal, paid: Vec<Paid>) -> [String; 2] {
    let objection = weigh(limits, proposal, paid).objection.unwrap();
    [objection.words(Lang::En).written, objection.words(Lang::Zh).written]
}

#[test]
fn without_limits_nothing_is_objected() {
    assert_eq!(weigh(&Limits::default(), &pay(1_000_000), vec![paid(1_000_000, 1)]), Weighed::default());
}

#[test]
fn a_limit_is_the_most_that_passes_and_holds_for_its_currency_alone() {
    let limits = Limits { per_payment: vec![usd(100)], ..Limits::default() };
    assert_eq!(limits.alone(&pay(100)), None);
    assert_eq!(said(&limits, &pay(101), vec![])[0], "that would be over your limit of $1.00 for one payment");
    let yuan = Proposal { amount: Money::new(101, Currency::CNY), ..proposal() };
    assert_eq!(limits.alone(&yuan), None);
}

#[test]
fn a_day_and_a_month_slide_and_say_what_was_paid() {
    let limits = Limits { per_day: vec![usd(50_000)], per_month: vec![usd(90_000)], ..Limits::default() };
    let day = said(&limits, &pay(2_001), vec![paid(48_000, HOUR)]);
    assert_eq!(day[0], "that would be over your limit of $500.00 a day; $480.00 was paid in the last 24 hours");
    assert_eq!(day[1], "这样会超过您每天US$500.00的限额，最近24个小时内已经支付了US$480.00");
    assert!(weigh(&limits, &pay(2_000), vec![paid(48_000, HOUR)]).objection.is_none());
    assert!(weigh(&limits, &pay(50_000), vec![paid(40_000, DAY_MS + 1)]).objection.is_none());
    let month = said(&limits, &pay(1), vec![paid(90_000, 29 * DAY_MS)]);
    assert!(month[0].contains("$900.00 a month; $900.00 was paid in the last 30 days"), "{month:?}");
    assert!(weigh(&limits, &pay(1), vec![paid(90_000, 31 * DAY_MS)]).objection.is_none());
}

#[test]
fn a_payee_and_a_person_have_their_own() {
    let narrow = |of: &[&str]| NarrowLimit {
        of: of.iter().map(|one| (*one).to_owned()).collect(),
        per_day: vec![usd(100)],
        ..NarrowLimit::default()
    };
    let limits = Limits { per_payee: vec![narrow(&["electricity"])], ..Limits::default() };
    let elsewhere = Paid { payee: "rent".into(), ..paid(1_000, 1) };
    assert!(weigh(&limits, &pay(100), vec![elsewhere.clone()]).objection.is_none());
    assert!(said(&limits, &pay(100), vec![paid(1, 1)])[0].contains("your limit for City Power of $1.00 a day"));

    let limits = Limits { per_person: vec![narrow(&["Ben"])], ..Limits::default() };
    let by = |name: &str| Proposal { person: Some(name.into()), ..pay(100) };
    let ben = Paid { person: Some("Ben".into()), ..elsewhere.clone() };
    let anna = Paid { person: Some("Anna".into()), ..elsewhere };
    assert!(weigh(&limits, &by("Ben"), vec![anna.clone()]).objection.is_none(), "what Anna paid is not Ben's");
    assert!(said(&limits, &by("Ben"), vec![ben.clone()])[0].contains("the limit for what Ben pays"));
    assert!(weigh(&limits, &by("Anna"), vec![ben.clone(), anna]).objection.is_none(), "nothing limits Anna");
    assert!(weigh(&limits, &pay(100), vec![ben]).objection.is_some(), "who is not named is held to all");
}

#[test]
fn a_new_payee_gets_little_until_it_is_known() {
    let rule = |at_most| Limits { new_payees: Some(NewPayees { for_ms: DAY_MS, at_most }), ..Limits::default() };
    let at = |limits: &Limits, minor, known_since, paid| {
        let Ok(weighed) = limits.weigh(&pay(minor), NOW, &Past { paid, known_since });
        weighed.objection.map(|objection| (objection.is_about_amount(), objection.words(Lang::En).written))
    };
    let capped = rule(vec![usd(5_000)]);
    assert_eq!(at(&capped, 5_000, Some(NOW - HOUR), vec![]), None);
    let (about, words) = at(&capped, 4_001, Some(NOW - 3 * HOUR), vec![paid(1_000, HOUR)]).unwrap();
    assert!(about && words.contains("for another 21 hours at most $50.00 can be paid"), "{words}");
    let (about, words) = at(&rule(vec![]), 1, None, vec![]).unwrap();
    assert!(!about && words.contains("nothing can be paid to them for another 24 hours"), "{words}");
    assert_eq!(at(&capped, 90_000, Some(NOW - DAY_MS), vec![]), None, "known by now");
    assert!(at(&capped, 90_000, Some(NOW + 90 * DAY_MS), vec![]).is_some(), "a clock that went back opens nothing");
}

#[test]
fn too_many_in_a_short_time_have_to_wait() {
    let limits = Limits { pace: Some(Pace { payments: 2, within_ms: 600_000 }), ..Limits::default() };
    assert!(weigh(&limits, &pay(1), vec![paid(1, 5)]).objection.is_none());
    let objection = said(&limits, &pay(1), vec![paid(1, 5), paid(2, 599_999)]);
    assert!(objection[0].starts_with("2 payments were begun in the last 10 minutes"), "{objection:?}");
    assert!(weigh(&limits, &pay(1), vec![paid(1, 5), paid(2, 600_001)]).objection.is_none());
}

#[test]
fn an_equal_payment_is_asked_about_and_another_is_not() {
    let limits = Limits { repeats_ms: 2 * HOUR, ..Limits::default() };
    assert_eq!(weigh(&limits, &pay(100), vec![paid(100, HOUR)]).earlier.len(), 1);
    for other in [paid(101, HOUR), paid(100, 3 * HOUR), Paid { payee: "rent".into(), ..paid(100, 1) }] {
        assert!(weigh(&limits, &pay(100), vec![other]).earlier.is_empty());
    }
}

proptest! {
    /// Whatever is asked for in whichever order: what passes never adds up to more than a limit, in any window.
    #[test]
    fn no_window_is_ever_passed(
        asked in proptest::collection::vec((1_i64..400, 0_i64..40, 0_usize..2, 0_usize..3), 1..60),
        day in 0_i64..600, month in 0_i64..2_000, payee_day in 0_i64..400, ben in 0_i64..300,
    ) {
        let narrow = |of: &str, most| NarrowLimit { of: vec![of.into()], per_day: vec![usd(most)], ..NarrowLimit::default() };
        let limits = Limits {
            per_day: vec![usd(day)], per_month: vec![usd(month)],
            per_payee: vec![narrow("rent", payee_day)], per_person: vec![narrow("Ben", ben)],
            ..Limits::default()
        };
        let mut past = Past { paid: Vec::new(), known_since: Some(0) };
        let mut now_ms = NOW;
        for (minor, hours, payee, person) in asked {
            now_ms += hours * HOUR;
            let wish = Proposal {
                payee: ["rent", "electricity"][payee].into(),
                person: [Some("Ben".to_owned()), Some("Anna".to_owned()), None][person].clone(),
                ..pay(minor)
            };
            let Ok(weighed) = limits.weigh(&wish, now_ms, &past);
            if weighed.objection.is_none() {
                past.paid.push(Paid { payee: wish.payee, person: wish.person, amount: wish.amount, at_ms: now_ms });
            }
            let sum = |window_ms: i64, fits: &dyn Fn(&Paid) -> bool| -> i64 {
                let inside = past.paid.iter().filter(|paid| paid.at_ms >= now_ms - window_ms && fits(paid));
                inside.map(|paid| paid.amount.minor).sum()
            };
            prop_assert!(sum(DAY_MS, &|_| true) <= day);
            prop_assert!(sum(MONTH_MS, &|_| true) <= month);
            prop_assert!(sum(DAY_MS, &|paid| paid.payee == "rent") <= payee_day);
            prop_assert!(sum(DAY_MS, &|paid| paid.person.as_deref() == Some("Ben")) <= ben);
        }
    }
}
