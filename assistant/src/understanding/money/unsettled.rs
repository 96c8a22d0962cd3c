//! Exact amounts that the speaker leaves open nevertheless: "fifty, or was it sixty?", "three hundred and", 两千，多少来着. Asked about,
//! never used as they are.

use super::Spotted;
use super::amount::{Said, Sight};
use super::context::is_hesitation;
use super::units::{Part, Unit};
use crate::understanding::meaning::{EntityKind, Value};
use crate::understanding::numeral::{chinese_digit, english_small};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Where a phrase of doubt has to stand, seen from the amounts that it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before or behind: all amounts of the sentence.
    Anywhere,
    /// Behind: those before it.
    Behind,
    /// Behind, and nothing but signs and courtesies after it.
    End,
    /// Between two: both.
    Between,
}

/// A phrase of `doubts.txt`.
struct Doubt {
    words: Vec<&'static str>,
    place: Place,
}

/// By their first words.
static DOUBTS: LazyLock<HashMap<&'static str, Vec<Doubt>>> = LazyLock::new(|| {
    let mut doubts: HashMap<&'static str, Vec<Doubt>> = HashMap::new();
    for (title, phrase) in wordlist::phrases(include_str!("doubts.txt")) {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        if let (Some(place), Some(first)) = (place_of(title), words.first().copied()) {
            doubts.entry(first).or_default().push(Doubt { words, place });
        }
    }
    doubts
});

fn place_of(title: &str) -> Option<Place> {
    Some(match title {
        "anywhere" => Place::Anywhere,
        "behind" => Place::Behind,
        "end" => Place::End,
        "between" => Place::Between,
        _ => return None,
    })
}

/// Makes a question of each amount that its speaker leaves open.
pub(crate) fn leave_open(utterance: &Utterance, values: &mut [Spotted]) {
    let amounts: Vec<(usize, usize)> = values.iter().filter(|v| is_number(v)).map(|v| (v.first, v.after)).collect();
    let (Some(first), Some(last)) = (amounts.first().copied(), amounts.last().copied()) else { return };
    let mut open = vec![false; utterance.len()];
    mark_doubted(utterance, &amounts, &mut open);
    mark_rows(utterance, values, &mut open);
    let which = asks_which(utterance);
    for amount in amounts.iter().filter(|amount| which || breaks_off(utterance, amount.1)) {
        mark(&mut open, amount.0);
    }
    if trails_off(utterance, first, last) {
        mark(&mut open, last.0);
    }
    for value in values.iter_mut().filter(|value| is_amount(value) && open.get(value.first) == Some(&true)) {
        ask(value);
    }
}

/// Marks the amounts, given by their first tokens and those after them, that a phrase of doubt opens.
fn mark_doubted(utterance: &Utterance, amounts: &[(usize, usize)], open: &mut [bool]) {
    for at in 0..utterance.len() {
        let begun = DOUBTS.get(utterance.word(at)).into_iter().flatten();
        for doubt in begun.filter(|doubt| stands_at(utterance, at, &doubt.words)) {
            let after = at + doubt.words.len();
            let opens = |amount: &(usize, usize)| match doubt.place {
                Place::Anywhere => true,
                Place::Behind => amount.1 <= at,
                Place::End => amount.1 <= at && nothing_from(utterance, after),
                Place::Between => {
                    // What hedges the next one may be counted among its words.
                    let next = amounts.iter().find(|other| other.0 >= at);
                    let before = amounts.iter().rev().find(|other| other.1 <= at);
                    next.is_some() && before.is_some() && (Some(amount) == next || Some(amount) == before)
                }
            };
            amounts.iter().filter(|amount| opens(amount)).for_each(|amount| mark(open, amount.0));
        }
    }
}

/// Marks two amounts in a row with nothing but a pause between them, of which one is to be chosen.
fn mark_rows(utterance: &Utterance, values: &[Spotted], open: &mut [bool]) {
    for pair in values.windows(2).filter(|pair| pair.iter().all(is_amount)) {
        let [old, new] = pair else { continue };
        let gap = old.after..new.first;
        let only_paused = !gap.is_empty()
            && gap.into_iter().all(|at| utterance.kind(at) == Some(Kind::Sign) || is_hesitation(utterance, at));
        // 十块二十块的
        let row = old.after == new.first && utterance.kind(new.first) == Some(Kind::Han);
        // "fifteen hundred, sixteen hundred": two guesses; and "sixty, um, sixty or sixty-five".
        let purpose = utterance.word(new.after) == "for";
        if row || only_paused && (new.entity.ambiguous || is_bare(old) && is_bare(new) && !purpose) {
            mark(open, old.first);
            mark(open, new.first);
        }
    }
}

/// True for an amount, and for a number that may be one beside it.
fn is_number(value: &Spotted) -> bool {
    matches!(value.entity.kind, EntityKind::Money | EntityKind::Number)
}

fn is_amount(value: &Spotted) -> bool {
    value.entity.kind == EntityKind::Money
}

/// True for an exact amount without a currency.
fn is_bare(value: &Spotted) -> bool {
    matches!(&value.entity.value, Some(Value::Money(amount)) if amount.currency.is_none())
}

fn mark(open: &mut [bool], at: usize) {
    if let Some(mark) = open.get_mut(at) {
        *mark = true;
    }
}

/// The value becomes what has to be asked about.
fn ask(value: &mut Spotted) {
    if let Some(amount @ Value::Money(_)) = value.entity.value.take() {
        value.entity.alternatives = vec![amount];
    }
    value.entity.ambiguous = true;
}

fn stands_at(utterance: &Utterance, at: usize, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(i, word)| utterance.word(at + i) == *word)
}

/// True if nothing is said any more but courtesies.
fn nothing_from(utterance: &Utterance, at: usize) -> bool {
    (at..utterance.len()).all(|at| {
        utterance.kind(at) == Some(Kind::Sign)
            || is_hesitation(utterance, at)
            || matches!(utterance.word(at), "please" | "thanks" | "so" | "吧" | "了" | "啊" | "呢" | "哦" | "呀")
    })
}

/// 还是先转三千呢, 是港币还是人民币呢: one of two, and the listener is to say which.
fn asks_which(utterance: &Utterance) -> bool {
    let last = (0..utterance.len()).rev().find(|at| !matches!(utterance.sign(*at), '.' | '!' | ','));
    let asks = last.is_some_and(|at| matches!(utterance.sign(at), '呢' | '?'));
    asks && (0..utterance.len()).any(|at| (utterance.sign(at), utterance.sign(at + 1)) == ('还', '是'))
}

/// "three hundred and", "fifty point": another part was to come, and did not.
fn breaks_off(utterance: &Utterance, after: usize) -> bool {
    let joins = |at: usize| {
        matches!(utterance.word(at), "and" | "or" | "point" | "plus" | "minus" | "点" | "又" | "或" | "加" | "和")
    };
    let comma = usize::from(utterance.sign(after) == ',');
    joins(after + comma) && {
        let rest = after + comma + 1;
        let article = usize::from(matches!(utterance.word(rest), "a" | "an"));
        let ends = nothing_from(utterance, rest + article);
        // "a hundred and, what was it again?"
        let cut = comma == 0 && utterance.word(after) == "and" && matches!(utterance.sign(rest), ',' | '…' | '-');
        ends || cut
    }
}

/// "Pay fifty…": the voice did not fall, and no unit was said.
fn trails_off(utterance: &Utterance, first: (usize, usize), last: (usize, usize)) -> bool {
    let end = last.1.saturating_sub(1);
    let (word, sign) = (utterance.word(end), utterance.sign(end));
    let bare = english_small(word).is_some()
        || matches!(word, "hundred" | "thousand")
        || chinese_digit(sign).is_some()
        || "十百千万".contains(sign);
    let dots = utterance.sign(last.1) == '…' || utterance.sign(last.1) == '.' && utterance.sign(last.1 + 1) == '.';
    first == last && dots && bare && nothing_from(utterance, last.1)
}

/// "fifty pounds or euros", 五十美元还是人民币: another currency that it may be in.
pub(super) fn either_currency<'a>(sight: &Sight<'a>, said: &Said) -> Option<(&'a Unit, usize)> {
    let utterance = sight.utterance;
    let pause = usize::from(matches!(utterance.sign(said.after), '.' | ','));
    let at = said.after + pause;
    let or = match (utterance.word(at), utterance.word(at + 1)) {
        ("or", "was" | "is") if utterance.word(at + 2) == "it" => 3,
        ("or", "maybe" | "perhaps") | ("还", "是") | ("或", "者") => 2,
        ("or" | "或", _) => 1,
        _ => return None,
    };
    let other = sight.units.behind(utterance, at + or)?;
    let same = said.currencies.iter().flatten().any(|currency| other.unit.currencies.contains(currency));
    (other.unit.part == Part::Whole && !same).then_some((other.unit, other.after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_written_as_it_is_read() {
        for doubt in DOUBTS.values().flatten() {
            let text = doubt.words.join(" ");
            let utterance = Utterance::new(&text);
            assert!(stands_at(&utterance, 0, &doubt.words), "{text} is never found");
        }
        let mut titles = wordlist::phrases(include_str!("doubts.txt")).map(|(title, _)| title);
        assert!(titles.all(|title| place_of(title).is_some()));
        let count = DOUBTS.values().flatten().count();
        assert!(count > 150, "the list is there: {count}");
    }
}
