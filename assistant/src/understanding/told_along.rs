//! What a person tells along with a wish and does not wish for: the reason ("because Stripe was slow last time", 微信上没钱), and
//! what is to become of the rest ("the rest next month", 剩下的下个月再说). No value in it is taken for one of the payment's.

use super::acts::{behind_excuses, clauses};
use super::meaning::EntityKind;
use super::money::Spotted;
use super::tokens::{Kind, Utterance};
use super::wordlist::{WordList, split};

/// Who or what a reason is about: "since my card", "as it was".
static SUBJECTS: WordList =
    WordList::new(|| split("i i'm i've we we're my our the it it's he she they there there's that's that"));
/// What is told of a way to pay that is not to be used.
const COMPLAINTS: &[&str] = &[
    "no money",
    "nothing",
    "empty",
    "broken",
    "is down",
    "declined",
    "slow",
    "playing up",
    "acting up",
    "not working",
    "isn't working",
    "doesn't work",
    "won't work",
    "never works",
    "out of money",
    "maxed out",
    "locked",
    "blocked",
    "ran out",
];
const COMPLAINTS_CHINESE: &[&str] = &[
    "没钱",
    "没有钱",
    "钱不够",
    "余额不",
    "不足",
    "用不了",
    "不能用",
    "不好用",
    "坏了",
    "太慢",
    "很慢",
    "慢得",
    "有问题",
    "出问题",
    "限额",
    "登不上",
    "打不开",
    "没余额",
    "卡住",
    "老失败",
];
/// What begins a stretch about what is left over.
const REST: &[&str] = &["the rest", "the remainder", "the remaining", "the other half", "what's left"];
const REST_CHINESE: &[&str] = &["剩下", "剩余", "余下", "其余", "另一半", "另外一半", "剩的"];

/// Takes out the values that are only told along. Which tokens tell it is given back with what is left.
pub(super) fn take_out(utterance: &Utterance, values: Vec<Spotted>) -> (Vec<Spotted>, Vec<bool>) {
    let mut told = vec![false; utterance.len()];
    let mut rest = vec![false; utterance.len()];
    let excused = excuses(utterance, &values);
    for clause in clauses(utterance) {
        mark(&mut told, reason(utterance, clause));
        mark(&mut told, complaint(utterance, clause, &values));
        mark(&mut told, what_for(utterance, clause, &values));
        mark(
            &mut rest,
            left_over(utterance, clause).filter(|(first, after)| !names_a_payee(utterance, &values, *first, *after)),
        );
    }
    let at = |marks: &[bool], value: &Spotted| marks.get(value.first).copied().unwrap_or(false);
    let outside = |kind: &EntityKind| {
        values.iter().any(|other| other.entity.kind == *kind && !at(&told, other) && !at(&rest, other))
    };
    let timed = |kind: &EntityKind| matches!(kind, EntityKind::Date | EntityKind::Period | EntityKind::Rhythm);
    let goes = |value: &Spotted| {
        let kind = &value.entity.kind;
        let nobody = *kind == EntityKind::Payee && is_the_rest(utterance, value);
        let aside = at(&told, value) || at(&rest, value);
        value.first < excused
            || aside && (timed(kind) || outside(kind))
            || at(&rest, value) && (nobody || *kind == EntityKind::Choice)
    };
    let gone: Vec<bool> = values.iter().map(goes).collect();
    let kept = values.into_iter().zip(gone).filter(|(_, gone)| !gone).map(|(value, _)| value).collect();
    mark(&mut told, Some((0, excused)));
    told.iter_mut().zip(rest).for_each(|(told, rest)| *told |= rest);
    (kept, told)
}

fn mark(marks: &mut [bool], stretch: Option<(usize, usize)>) {
    let (first, after) = stretch.unwrap_or_default();
    marks.iter_mut().take(after).skip(first).for_each(|mark| *mark = true);
}

fn names_a_payee(utterance: &Utterance, values: &[Spotted], first: usize, after: usize) -> bool {
    // The "rest" is not the rent.
    let named = |value: &Spotted| value.entity.kind == EntityKind::Payee && !is_the_rest(utterance, value);
    values.iter().any(|value| named(value) && (first..after).contains(&value.first))
}

fn is_the_rest(utterance: &Utterance, value: &Spotted) -> bool {
    (value.first..value.after).any(|at| matches!(utterance.word(at), "rest" | "remainder"))
}

/// Where the excuses end with which somebody turns back to the conversation: the wife in "Sorry, I was talking to my wife" is not
/// to be paid.
fn excuses(utterance: &Utterance, values: &[Spotted]) -> usize {
    let amounts = (0..utterance.len()).map(|at| {
        let mut money = values.iter().filter(|v| matches!(v.entity.kind, EntityKind::Money | EntityKind::Number));
        money.any(|value| (value.first..value.after).contains(&at))
    });
    behind_excuses(utterance, &amounts.collect::<Vec<bool>>())
}

/// "because ...", "since my card ...", 因为…, to the end of the clause.
fn reason(utterance: &Utterance, (first, after): (usize, usize)) -> Option<(usize, usize)> {
    let begins = |at: &usize| match utterance.word(*at) {
        "because" | "cause" | "cuz" | "coz" => true,
        "since" => SUBJECTS.has(utterance.word(at + 1)),
        // At the beginning of a clause: 'as my card is full'.
        "as" => *at == first && SUBJECTS.has(utterance.word(at + 1)),
        "因" => utterance.sign(at + 1) == '为',
        _ => false,
    };
    (first..after).find(begins).map(|at| (at, after))
}

/// The day of what is paid for, and not of the payment: "for the taxi yesterday", 昨天的奶茶钱.
fn what_for(utterance: &Utterance, (first, after): (usize, usize), values: &[Spotted]) -> Option<(usize, usize)> {
    let mut days =
        values.iter().filter(|value| value.entity.kind == EntityKind::Date && (first..after).contains(&value.first));
    let day = days.find(|day| {
        let over = ["yesterday", "last night", "the other day", "昨天", "前天", "昨晚"];
        let past = over.contains(&text(utterance, day.first, day.after).replace(' ', "").as_str())
            || over.contains(&text(utterance, day.first, day.after).as_str());
        let thing = (first..day.first).rev().take(4).any(|at| utterance.word(at) == "for") && day.first > first + 1;
        past && (thing || utterance.sign(day.after) == '的')
    })?;
    Some((day.first, day.after))
}

/// A clause that complains of a way to pay, another than one that is to be used.
fn complaint(utterance: &Utterance, (first, after): (usize, usize), values: &[Spotted]) -> Option<(usize, usize)> {
    let provider = |value: &&Spotted| value.entity.kind == EntityKind::Provider;
    let mut named = values.iter().filter(provider).filter(|value| (first..after).contains(&value.first));
    let (one, None) = (named.next()?, named.next()) else { return None };
    let wished = one.first.checked_sub(1).is_some_and(|at| {
        at >= first && matches!(utterance.word(at), "with" | "use" | "using" | "via" | "through" | "by" | "用" | "换")
    });
    let said = text(utterance, first, after);
    let complains = COMPLAINTS.iter().any(|words| words_in(&said, words))
        || COMPLAINTS_CHINESE.iter().any(|words| said.replace(' ', "").contains(words));
    (complains && !wished).then_some((first, after))
}

/// "and the rest next month", 剩下的下个月再说, to the end of the clause.
fn left_over(utterance: &Utterance, (first, after): (usize, usize)) -> Option<(usize, usize)> {
    let begins = |at: &usize| {
        let said = text(utterance, *at, after);
        REST.iter().any(|words| said.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
            || REST_CHINESE.iter().any(|words| said.replace(' ', "").starts_with(words))
    };
    (first..after).find(begins).map(|at| (at, after))
}

fn text(utterance: &Utterance, first: usize, after: usize) -> String {
    let words = (first..after).filter(|at| utterance.kind(*at) != Some(Kind::Sign)).map(|at| utterance.word(at));
    words.collect::<Vec<_>>().join(" ")
}

fn words_in(said: &str, words: &str) -> bool {
    format!(" {said} ").contains(&format!(" {words} "))
}

#[cfg(test)]
mod tests {
    use crate::lang::Lang;
    use crate::understanding::names::tests::household;
    use crate::understanding::{Expectation, Teaching, Understander};
    use jiff::civil::date;

    /// What is left as values, by their words.
    fn left(text: &str) -> Vec<String> {
        let understander = Understander::new(&Teaching { names: household(), ..Teaching::default() });
        let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
        let meaning = understander.understand(text, lang, date(2026, 11, 22), &Expectation::default());
        meaning.entities.into_iter().map(|entity| entity.text).collect()
    }

    #[test]
    fn reasons_leftovers_and_excuses_fill_nothing() {
        for (text, values) in [
            ("send Alice ten dollars because it's her birthday tomorrow", &["Alice", "ten dollars"][..]),
            ("send Alice ten dollars tomorrow", &["Alice", "ten dollars", "tomorrow"]),
            ("ten dollars for Alice, the rest next month", &["ten dollars", "Alice"]),
            ("half of the water bill with Stripe, the rest next month", &["water bill", "Stripe"]),
            ("twelve dollars to Bob for the taxi yesterday", &["twelve dollars", "Bob"]),
            ("because Bob paid, ten dollars to Alice", &["ten dollars", "Alice"]),
            // What is said nowhere else is not lost.
            ("send it because I owe Bob ten dollars", &["Bob", "ten dollars"]),
            ("给张伟五十块，剩下的下个月再说", &["张伟", "五十块"]),
            ("给张伟五十块，因为明天是他生日", &["张伟", "五十块"]),
            ("给张伟十块，昨天的奶茶钱", &["张伟", "十块"]),
        ] {
            assert_eq!(left(text), values, "{text}");
        }
    }
}
