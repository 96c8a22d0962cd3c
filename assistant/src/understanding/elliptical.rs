//! Wishes that name whom and how much and leave the rest unsaid: "thirty dollars for the gas, with Alipay", "water bill please, the
//! full amount", 电费我先交一半. The clauses in which the values stand have nothing else in them that says anything: no other verb, no
//! question, no not. What is told besides is told along.

use super::acts::clauses;
use super::meaning::{EntityKind, IntentGuess};
use super::money::{self, Spotted};
use super::mood::lets_wish;
use super::teaching::{Expectation, TaughtIntent};
use super::tokens::{Kind, Utterance};
use super::wordlist::{WordList, split};

/// How sure it is that such words ask for a payment, in thousandths: enough where nothing else is going on.
pub(super) const SURE_MILLI: u16 = 600;

/// What may stand beside the values in English. Some of them only in their place, see [`in_place`].
static BESIDE: WordList = WordList::new(|| {
    split(
        "um uh er erm oh so well ok okay hey hi hello sayso and but also then now right yeah yes sorry listen look actually just \
please kindly anyway alright thanks thank you \
i i'd i'll i'm i've got we've we we'd we'll let's let can could would will gonna going gotta have need want like only first this that these time \
to for on with via using through by of into towards toward off over in from \
pay send transfer give put do make get settle clear wire use take cover repay \
bill bills payment payments account money invoice dues \
the a an my our it it's its her his him their me \
full whole total amount half part some plus again today once",
    )
});
/// The same in Chinese, by character.
const BESIDE_CHINESE: &str = "嗯呃啊哦额哎唉喂好行那这个我们家咱你您帮请麻烦想要得该先就只次回月交付缴转打汇还给往向跟用把去出掉上到下一吧呀呢嘛的钱块元笔半全部来再和替是走支费";

/// True if a sentence asks for a payment by naming what it is made of. `told_along` marks what says nothing about it.
pub(super) fn asks_to_pay(utterance: &Utterance, values: &[Spotted], told_along: &[bool]) -> bool {
    let has = |kind: EntityKind| values.iter().any(|value| value.entity.kind == kind);
    let several = values.iter().filter(|value| value.entity.kind == EntityKind::Payee).count();
    let numbers = values.iter().filter(|value| value.entity.kind == EntityKind::Number);
    let bare = numbers.clone().all(|number| is_bare(utterance, number));
    let numbers = if bare { numbers.count() } else { 0 };
    let share = (0..utterance.len()).any(|at| is_half(utterance, at));
    let how = has(EntityKind::Money)
        || (1..=several).contains(&numbers)
        || share
        || has(EntityKind::Choice)
        || has(EntityKind::Provider);
    if several == 0 || !how || !lets_wish(utterance, values) {
        return false;
    }
    let told = |at: usize| told_along.get(at).copied().unwrap_or(false);
    let said = clauses(utterance).into_iter().filter(|(first, after)| !(*first..*after).all(told));
    said.into_iter().all(|clause| {
        let core = values.iter().any(|value| (clause.0..clause.1).contains(&value.first) && of_a_payment(value));
        !core || is_elliptical(utterance, values, clause, &told)
    })
}

/// The flows that pay, as what may be meant by such a sentence, and its numbers as amounts.
pub(super) fn guesses(utterance: &Utterance, intents: &[TaughtIntent], values: &mut [Spotted]) -> Vec<IntentGuess> {
    let bare = |value: &Spotted| value.entity.kind != EntityKind::Number || is_bare(utterance, value);
    if values.iter().all(|value| value.entity.kind != EntityKind::Money && bare(value)) {
        values.iter_mut().for_each(|value| money::number_as_amount(&mut value.entity));
    }
    let asked_for =
        intents.iter().filter(|intent| intent.pays && !(intent.templates.is_empty() && intent.examples.is_empty()));
    let guess = |intent: &TaughtIntent| IntentGuess {
        name: intent.name.clone(),
        confidence_milli: SURE_MILLI,
        slots: Vec::new(),
    };
    asked_for.map(guess).collect()
}

/// True if nothing is going on that the sentence could answer.
pub(super) fn at_rest(expect: &Expectation) -> bool {
    expect.kinds.is_empty() && expect.slot.is_none() && !expect.consent
}

fn of_a_payment(value: &Spotted) -> bool {
    matches!(value.entity.kind, EntityKind::Payee | EntityKind::Money | EntityKind::Number | EntityKind::Choice)
}

/// True for a number that counts nothing: "Alice, fifty, with PayPal", but not 50%, not 两个月.
fn is_bare(utterance: &Utterance, number: &Spotted) -> bool {
    let next = number.after;
    match utterance.kind(next) {
        None => true,
        Some(Kind::Sign) => matches!(utterance.sign(next), ',' | '.' | '!' | '、' | ';'),
        Some(Kind::Word) => matches!(utterance.word(next), "to" | "for" | "on" | "with" | "via" | "please" | "towards"),
        Some(Kind::Han) => matches!(utterance.sign(next), '给' | '用'),
        Some(Kind::Digits) => false,
    }
}

fn is_half(utterance: &Utterance, at: usize) -> bool {
    utterance.word(at) == "half" || utterance.sign(at) == '一' && utterance.sign(at + 1) == '半'
}

fn is_elliptical(
    utterance: &Utterance,
    values: &[Spotted],
    (first, after): (usize, usize),
    told: &dyn Fn(usize) -> bool,
) -> bool {
    let value = |at: usize| values.iter().find(|value| (value.first..value.after).contains(&at));
    let kind = |at: usize| value(at).map(|value| &value.entity.kind);
    let asks = utterance.sign(after) == '?';
    !asks
        && (first..after).filter(|at| !told(*at) && value(*at).is_none()).all(|at| match utterance.kind(at) {
            Some(Kind::Word) => BESIDE.has(utterance.word(at)) && in_place(utterance, at, kind(at + 1)),
            Some(Kind::Han) => {
                BESIDE_CHINESE.contains(utterance.sign(at)) && in_place_chinese(utterance, (first, after), at, &kind)
                    || ends_in_a_wish(utterance, (first, after), at)
            }
            Some(Kind::Digits) => false,
            _ => true,
        })
}

/// "I want to", but not "I want twenty from Bob"; "from PayPal", but not "from Alice"; "let me", but not "give me".
fn in_place(utterance: &Utterance, at: usize, next: Option<&EntityKind>) -> bool {
    let before = at.checked_sub(1).map_or("", |at| utterance.word(at));
    let after = utterance.word(at + 1);
    match utterance.word(at) {
        "want" | "need" | "like" => after == "to" || next == Some(&EntityKind::Payee) && utterance.word(at) == "want",
        "have" | "got" => after == "to",
        "i've" | "we've" => after == "got",
        "from" => next == Some(&EntityKind::Provider) || matches!(after, "my" | "our"),
        "me" => matches!(before, "let" | "for" | "help"),
        // "Can I pay" asks for it, "can Bob" does not.
        "can" | "could" | "would" | "will" => matches!(after, "you" | "i" | "we"),
        _ => true,
    }
}

/// 给我交, but not 给我五十; 是煤气费, but not 煤气费是五十; not 张伟给五十.
fn in_place_chinese<'v>(
    utterance: &Utterance,
    (first, _): (usize, usize),
    at: usize,
    kind: &dyn Fn(usize) -> Option<&'v EntityKind>,
) -> bool {
    let next = utterance.sign(at + 1);
    match utterance.sign(at) {
        '给' if next == '我' => "交缴付转打汇还".contains(utterance.sign(at + 2)),
        '给' | '还' => !(at > 0 && kind(at - 1) == Some(&EntityKind::Payee) && kind(at + 1).is_some()),
        '是' => at == first || (first..at).all(|at| "嗯呃啊哦那就这".contains(utterance.sign(at))),
        _ => true,
    }
}

/// The 了 of 交了吧, 该交了.
fn ends_in_a_wish(utterance: &Utterance, (first, after): (usize, usize), at: usize) -> bool {
    let wished = (first..at).any(|at| "该要想把得".contains(utterance.sign(at)));
    utterance.sign(at) == '了' && (wished && at + 1 == after || utterance.sign(at + 1) == '吧')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::understanding::names::tests::household;
    use crate::understanding::{Teaching, Understander};
    use jiff::civil::date;

    fn asks(text: &str) -> bool {
        let intent = |name: &str, pays| TaughtIntent {
            name: name.to_owned(),
            templates: vec![(Lang::En, "xyzzy".to_owned())],
            examples: Vec::new(),
            slots: Vec::new(),
            pays,
        };
        let intents = vec![intent("pay", true), intent("ask", false)];
        let understander = Understander::new(&Teaching { intents, names: household() });
        let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
        let meaning = understander.understand(text, lang, date(2026, 11, 22), &Expectation::default());
        meaning.intent.is_some_and(|guess| guess.name == "pay" && guess.confidence_milli == SURE_MILLI)
    }

    #[test]
    fn whom_and_how_much_ask_for_a_payment() {
        for text in [
            "Thirty-one dollars and seventy-five cents for Alice, with PayPal",
            "Twenty dollars to Alice with PayPal and thirty dollars to Bob",
            "Alice, twenty dollars please",
            "Bob twenty dollars",
            "so it's Alice, I want to pay thirty dollars, and use PayPal because it was slow last time",
            "half to Alice",
            "张伟五十块",
            "五十块给张伟，用微信",
            "张伟的我这次只想交五十块，剩下的下个月再说",
            "是张伟，我先交一半",
        ] {
            assert!(asks(text), "{text}");
        }
    }

    #[test]
    fn what_says_anything_else_asks_for_none() {
        for text in [
            "Alice gave me twenty dollars",
            "Alice has twenty dollars",
            "twenty dollars from Alice",
            "I need twenty dollars from Bob",
            "Bob spent twenty dollars",
            "was it twenty dollars to Alice",
            "twenty dollars to Alice?",
            "I already sent Alice twenty dollars",
            "not twenty dollars to Alice",
            "don't give Alice twenty dollars",
            "Alice owes me twenty dollars",
            "Alice said twenty dollars",
            "pay 50% of Alice",
            "给张伟的两个月",
            "give me twenty dollars, Alice",
            "twenty dollars",
            "Alice",
            "张伟给我五十块",
            "张伟给五十块",
            "张伟欠我五十块",
            "我给了张伟五十块",
            "张伟五十块已经转过了",
            "张伟是五十块吗",
            "别给张伟五十块",
            "给我五十块，张伟",
        ] {
            assert!(!asks(text), "{text}");
        }
    }
}
