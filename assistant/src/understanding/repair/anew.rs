//! A whole wish said anew in the same breath: "send Bob fifty, no wait, send Alice sixty", 给张伟一百，错了，给李娜一百.

use super::{AROUND, TAKES_BACK, chinese_between, give_currency};
use crate::understanding::meaning::EntityKind::{self, Money, Number};
use crate::understanding::money::{self, Spotted};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};

/// Verbs with which a wish begins anew.
static VERBS: WordList = WordList::new(|| split("send pay transfer give wire settle clear"));
/// Words that put one value beside another: behind them nothing is put right.
static AND: WordList = WordList::new(|| split("and plus also then"));
const AND_CHINESE: &[&str] = &["和", "跟", "还有", "以及", "然后", "再"];

/// Takes out the values of a wish that is said anew: those of the kinds that the new one names. What only the old one
/// names stands. The tokens between are marked in `taken_back`.
pub(super) fn said_anew(utterance: &Utterance, values: &mut Vec<Spotted>, taken_back: &mut [bool]) {
    let Some(first) = (1..values.len()).rev().find(|at| begins_anew(utterance, values, *at)) else { return };
    let mut new = values.split_off(first);
    let Some(until) = new.first().map(|value| value.first) else { return };
    let named = |old: &Spotted| new.iter().any(|value| of_a_kind(&value.entity.kind, &old.entity.kind));
    let (gone, stands): (Vec<Spotted>, Vec<Spotted>) = values.drain(..).partition(named);
    let from = gone.iter().map(|old| old.first).min().unwrap_or(until);
    let kept = |at: usize| stands.iter().any(|value| (value.first..value.after).contains(&at));
    for (at, mark) in taken_back.iter_mut().enumerate().take(until).skip(from) {
        *mark |= !kept(at);
    }
    if let Some(old) = gone.iter().find(|old| old.entity.kind == Money)
        && let Some(amount) = new.iter_mut().find(|value| of_a_kind(&value.entity.kind, &Money))
    {
        money::number_as_amount(&mut amount.entity);
        give_currency(old, Some(amount));
    }
    *values = stands;
    values.append(&mut new);
}

/// True if the value at this place is the first of a wish that takes the place of the one before it: two kinds of value
/// at least, each named once on both sides.
fn begins_anew(utterance: &Utterance, values: &[Spotted], at: usize) -> bool {
    let (old, new) = values.split_at(at);
    let (Some(last), Some(next)) = (old.last(), new.first()) else { return false };
    let count = |values: &[Spotted], kind| values.iter().filter(|one| of_a_kind(&one.entity.kind, kind)).count();
    let once = new.iter().all(|one| count(new, &one.entity.kind) == 1 && count(old, &one.entity.kind) <= 1);
    let both = new.iter().filter(|one| count(old, &one.entity.kind) == 1).count();
    let (start, end) = utterance.place(next.first, utterance.len());
    let rest = utterance.slice(start, end);
    let joined = (next.first..utterance.len()).any(|at| AND.has(utterance.word(at)))
        || AND_CHINESE.iter().any(|and| rest.contains(and));
    once && both >= 2
        && !joined
        && (takes_back(utterance, last, next) || chinese_between(utterance, last, next, values))
}

fn of_a_kind(one: &EntityKind, other: &EntityKind) -> bool {
    one == other || matches!((one, other), (Money, Number) | (Number, Money))
}

/// True if the words just before `new` take back what stands before them, a verb between them or not.
fn takes_back(utterance: &Utterance, old: &Spotted, new: &Spotted) -> bool {
    for at in (old.after..new.first).rev() {
        let word = utterance.word(at);
        if TAKES_BACK.has(word) {
            return true;
        }
        if utterance.kind(at) != Some(Kind::Sign) && !AROUND.has(word) && !VERBS.has(word) {
            return false;
        }
    }
    false
}
