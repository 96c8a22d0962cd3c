//! Reads the steps by which money moves: `pay` and `refund`.

use super::super::code;
use super::super::place::{Place, Report};
use super::super::yaml::{Node, NodeValue};
use super::flow::{OUTCOMES, Pay, REFUND_OUTCOMES, Refund, Step, UNSCHEDULE_OUTCOMES, Unschedule};
use super::keys::{CONSENT_SKIPPERS, PAY, REFUND, UNSCHEDULE};
use super::read::{self, Fields};
use super::{read_step, read_text};
use crate::consent::Tier;

/// Reads a `pay` step.
pub fn pay(report: &mut Report, node: &Node, place: Place) -> Option<Pay> {
    no_skipping(report, node)?;
    let fields = read::fields(report, node, PAY, "the step `pay`", place)?;
    let outcomes = OUTCOMES.map(|outcome| outcome_steps(report, &fields, outcome, "payment"));
    let slot = |report: &mut Report, key: &str| read::slot(report, fields.get(key)?);
    let purpose = fields.entry("purpose").map(|(key, node)| read_text::texts(report, node, key.place));
    let (payee, amount, provider) = (slot(report, "payee"), slot(report, "amount"), slot(report, "provider"));
    let (when, every) = (slot(report, "when"), slot(report, "every"));
    let authentication = fields.get("authentication").and_then(|node| {
        let tiers = [Tier::RepeatAmount, Tier::Challenge, Tier::Voice, Tier::Phone].map(Tier::name);
        Tier::named(read::word(report, node, &tiers, "way of agreeing")?)
    });
    let scheduled = scheduled(report, &fields, place);
    let [Some(a), Some(b), Some(c), Some(d), Some(e)] = outcomes else { return None };
    Some(Pay {
        payee: payee?,
        amount: amount?,
        provider: provider?,
        purpose,
        when,
        every,
        authentication: authentication.unwrap_or_default(),
        scheduled,
        outcomes: [a, b, c, d, e],
    })
}

/// The steps below `scheduled`, which are needed where a payment can be put off, and only there.
fn scheduled(report: &mut Report, fields: &Fields, place: Place) -> Option<Vec<Step>> {
    let can = fields.get("when").is_some() || fields.get("every").is_some();
    let unhandled = "nothing is said when the payment is put down for later";
    let Some((key, node)) = fields.entry("scheduled") else {
        if can {
            let hint = "write `scheduled:` with what to say; {schedule} says when it will be paid";
            report.find(&code::UNHANDLED_OUTCOME, place, unhandled, hint);
        }
        return None;
    };
    if !can {
        let hint = "write `when:` or `every:` with the slot that says so, or leave `scheduled:` out";
        report.error(key.place, "this payment can't be put down for later", hint);
    }
    let found = read_step::steps(report, node);
    if found.is_empty() {
        let hint = "say that it will be paid, and when: {schedule}";
        report.find(&code::UNHANDLED_OUTCOME, key.place, unhandled, hint);
    }
    Some(found)
}

/// Reads a `refund` step.
pub fn refund(report: &mut Report, node: &Node, place: Place) -> Option<Refund> {
    no_skipping(report, node)?;
    let fields = read::fields(report, node, REFUND, "the step `refund`", place)?;
    let outcomes = REFUND_OUTCOMES.map(|outcome| outcome_steps(report, &fields, outcome, "refund"));
    let slot = |report: &mut Report, key: &str| read::slot(report, fields.get(key)?);
    let (payee, paid, day) = (slot(report, "payee"), slot(report, "paid"), slot(report, "day"));
    let amount = slot(report, "amount");
    let [Some(a), Some(b), Some(c), Some(d), Some(e)] = outcomes else { return None };
    Some(Refund { payee, paid, day, amount, outcomes: [a, b, c, d, e] })
}

/// Reads an `unschedule` step.
pub fn unschedule(report: &mut Report, node: &Node, place: Place) -> Option<Unschedule> {
    no_skipping(report, node)?;
    let fields = read::fields(report, node, UNSCHEDULE, "the step `unschedule`", place)?;
    let outcomes = UNSCHEDULE_OUTCOMES.map(|outcome| outcome_steps(report, &fields, outcome, "question"));
    let order = read::slot(report, fields.get("order")?)?;
    let [Some(ended), Some(kept), Some(failed)] = outcomes else { return None };
    Some(Unschedule { order, outcomes: [ended, kept, failed] })
}

/// Refuses words by which somebody might try to move money without asking.
fn no_skipping(report: &mut Report, node: &Node) -> Option<()> {
    let NodeValue::Map(entries) = &node.value else { return Some(()) };
    let skipper = entries.iter().find(|(key, _)| CONSENT_SKIPPERS.contains(&key.value.as_str()));
    let Some((key, _)) = skipper else { return Some(()) };
    let hint = "leave it out: payee, amount and provider are always read back, and a clear yes is waited for";
    report.find(&code::SKIPS_CONSENT, key.place, "nobody can be made to pay without saying yes to the read-back", hint);
    None
}

/// The steps after one outcome; there have to be some.
fn outcome_steps(report: &mut Report, fields: &Fields, outcome: &str, what: &str) -> Option<Vec<Step>> {
    let (key, node) = fields.entry(outcome)?;
    let steps = read_step::steps(report, node);
    if steps.is_empty() {
        let hint = format!("say what came of the {what}: the person must never be left without an answer");
        report.find(
            &code::UNHANDLED_OUTCOME,
            key.place,
            format!("nothing is said when the {what} is `{outcome}`"),
            hint,
        );
    }
    Some(steps)
}
