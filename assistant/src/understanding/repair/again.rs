//! The same amount said once more: for emphasis ("eighty dollars, yes, eighty dollars", 九十二块，对，九十二块), or digit by digit
//! ("thirteen, one three").

use crate::understanding::meaning::{Amount, Entity, EntityKind, Value};
use crate::understanding::money::{self, Spotted};
use crate::understanding::numeral::{chinese_digit, english_small};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};

/// What may stand between the two. A name, "and" or "for" there begins another payment.
static BETWEEN: WordList = WordList::new(|| {
    split(
        "so send pay transfer give just yes yeah yep wait it it's was is i believe think said mean right again exactly that's \
him her them in so uh um er the correct ok okay let's do make that as in 对 是 就 嗯 呃 那 没 错 好 的 转 付 请 吧 哦 啊 嘛 呢",
    )
});

/// Makes one of an amount that is said again with nothing between that tells two payments apart. Where digits said one by
/// one contradict the amount beside them, both are readings of it.
pub(super) fn said_again(utterance: &Utterance, values: &mut Vec<Spotted>) {
    let mut at = 0;
    while at + 1 < values.len() {
        let (Some(old), Some(new)) = (values.get(at), values.get(at + 1)) else { return };
        let between = old.after..new.first;
        let parted = !between.is_empty();
        let words = || between.clone().filter(|at| utterance.kind(*at) != Some(Kind::Sign));
        let plain = words().all(|at| BETWEEN.has(utterance.word(at)));
        let money = [old, new].iter().any(|one| one.entity.kind == EntityKind::Money);
        let said = if !(plain && parted && money) {
            None
        } else if is_spelled(utterance, new) {
            spelled(&old.entity, &new.entity, &new.entity)
        } else if is_spelled(utterance, old) {
            spelled(&new.entity, &old.entity, &new.entity)
        } else if words().next().is_some() && old.entity.kind == EntityKind::Money {
            same(&old.entity, &new.entity)
        } else if around(values, at) {
            // "Ann ten, ten dollars to Bob" are two payments.
            None
        } else {
            restated(utterance, old, new)
        };
        let Some(entity) = said else {
            at += 1;
            continue;
        };
        let (first, start) = (old.first, old.entity.start);
        if let Some(new) = values.get_mut(at + 1) {
            let text = utterance.slice(start, entity.end);
            (new.first, new.entity) = (first, Entity { start, text, ..entity });
        }
        values.remove(at);
    }
}

/// True if a payee is named before the value at this place and another one behind the next.
fn around(values: &[Spotted], at: usize) -> bool {
    let payee = |at: usize| values.get(at).is_some_and(|value| value.entity.kind == EntityKind::Payee);
    at.checked_sub(1).is_some_and(payee) && payee(at + 2)
}

/// The later of two equal amounts, with the currency that only one of them has.
fn same(old: &Entity, new: &Entity) -> Option<Entity> {
    let amount = |entity: &Entity| (!entity.ambiguous).then(|| readings(entity).first().copied())?;
    Some(settled(new, vec![alike(amount(old)?, amount(new)?)?]))
}

/// "six. Six dollars", "€15, fifteen euros": the same once more, now with its currency or in the other way to write it.
fn restated(utterance: &Utterance, old: &Spotted, new: &Spotted) -> Option<Entity> {
    let currency = |spotted: &Spotted| match &spotted.entity.value {
        Some(Value::Money(amount)) => amount.currency,
        _ => None,
    };
    let written = |spotted: &Spotted| (spotted.first..spotted.after).any(|at| utterance.kind(at) == Some(Kind::Digits));
    let said_now = currency(old).is_none() && currency(new).is_some();
    (said_now || written(old) != written(new)).then(|| same(&old.entity, &new.entity))?
}

/// The amount `counted` in the light of the same in digits one by one, in the place of `place`: the one reading that both share,
/// or else all of them.
fn spelled(counted: &Entity, digits: &Entity, place: &Entity) -> Option<Entity> {
    let row = readings(digits).first().copied()?;
    let counted = readings(counted);
    let shared = counted.iter().find_map(|one| alike(*one, row));
    let all = || counted.iter().copied().chain([row]).collect();
    (!counted.is_empty()).then(|| settled(place, shared.map_or_else(all, |shared| vec![shared])))
}

/// The entity with these readings.
fn settled(entity: &Entity, readings: Vec<Amount>) -> Entity {
    let mut values: Vec<Value> = readings.into_iter().map(Value::Money).collect();
    let ambiguous = values.len() != 1;
    let value = if ambiguous { None } else { values.pop() };
    Entity { kind: EntityKind::Money, value, alternatives: values, ambiguous, ..entity.clone() }
}

/// All readings of an amount or a number, as amounts.
fn readings(entity: &Entity) -> Vec<Amount> {
    let mut entity = entity.clone();
    money::number_as_amount(&mut entity);
    let amount = |value: &Value| match value {
        Value::Money(amount) => Some(*amount),
        _ => None,
    };
    entity.value.iter().chain(&entity.alternatives).filter_map(amount).collect()
}

/// The amount that both are, a currency said with one of them counting for both.
fn alike(one: Amount, other: Amount) -> Option<Amount> {
    let in_currency = |bare: Amount, said: Amount| {
        let money = bare.in_currency(said.currency?)?;
        (money.minor == said.minor).then_some(said)
    };
    match (one.currency, other.currency) {
        (None, Some(_)) => in_currency(one, other),
        (Some(_), None) => in_currency(other, one),
        _ => (one == other).then_some(one),
    }
}

/// True for digits one by one, two at least: "one five", "3 0", 一五, a unit behind them or not.
fn is_spelled(utterance: &Utterance, value: &Spotted) -> bool {
    let number = matches!(value.entity.kind, EntityKind::Money | EntityKind::Number);
    let digit = |at: &usize| {
        let word = utterance.word(*at);
        let written = utterance.written(*at).is_some_and(|written| written.length == 1 && written.decimals == 0);
        let said = matches!(word, "oh" | "o") || english_small(word).is_some_and(|value| value < 10);
        said || written || chinese_digit(utterance.sign(*at)).is_some()
    };
    let counts = |at: &usize| {
        let scale = matches!(utterance.word(*at), "hundred" | "thousand" | "million" | "and" | "point");
        let word = english_small(utterance.word(*at)).is_some() || "十百千万亿拾佰仟点".contains(utterance.sign(*at));
        scale || word || utterance.kind(*at) == Some(Kind::Digits)
    };
    let digits = (value.first..value.after).take_while(digit).count();
    number && digits >= 2 && !(value.first + digits..value.after).any(|at| counts(&at))
}
