//! Who is named that nobody here knows: "send Ellis twenty dollars", 给王小明转五十块. Only to be told so; it fills nothing.

use super::everyday::is_common;
use crate::understanding::meaning::Meaning;
use crate::understanding::money::words::is_surname;
use crate::understanding::numeral::{chinese_digit, english_small};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};

/// Words right before a name.
static VERBS: WordList = WordList::new(|| split("send give pay wire transfer lend repay tip owe slip hand refund"));
/// Titles before a name.
static TITLES: WordList = WordList::new(|| split("mr mrs ms miss dr uncle aunt"));
/// What may follow a name.
static BEHIND: WordList = WordList::new(|| {
    split(
        "please now today tomorrow with using via by on for through from next this back instead then again thanks bill",
    )
});
/// What may stand around a name that answers a question.
static AROUND: WordList = WordList::new(|| {
    split(
        "it's its it to for please um uh er the my that's is should be name called mr mrs ms no not i mean meant said bill",
    )
});
/// Words for money, which nobody is called.
static THINGS: WordList = WordList::new(|| {
    split(
        "somebody someone anybody anyone nobody everyone funds cash dosh change gift tip deposit invoice loan fee fees charity savings",
    )
});

/// The name of a payee whom the sentence names and nobody knows. `asked`: it was asked whom, so that a name may stand alone.
#[must_use]
pub fn stranger(meaning: &Meaning, asked: bool) -> Option<String> {
    let utterance = Utterance::new(&meaning.text);
    let is_value = |at: usize| {
        let token = utterance.get(at);
        token.is_some_and(|token| meaning.entities.iter().any(|e| e.start < token.end && token.start < e.end))
    };
    let sight = Sight { utterance: &utterance, is_value: &is_value };
    let answers = asked && meaning.acts.is_empty() && meaning.entities.is_empty();
    let found = sight.place().or_else(|| if answers { sight.alone() } else { None });
    found.map(|(first, after)| {
        let (start, end) = utterance.place(first, after);
        utterance.slice(start, end)
    })
}

/// Where somebody whom nobody knows is named: the first token, and the one behind the name. `is_value` tells of what each token
/// belongs to a value.
pub(in crate::understanding) fn place(
    utterance: &Utterance,
    is_value: &dyn Fn(usize) -> bool,
) -> Option<(usize, usize)> {
    Sight { utterance, is_value }.place()
}

struct Sight<'a> {
    utterance: &'a Utterance,
    is_value: &'a dyn Fn(usize) -> bool,
}

impl Sight<'_> {
    fn place(&self) -> Option<(usize, usize)> {
        (0..self.utterance.len()).find_map(|at| self.introduced(at)).or_else(|| self.chinese())
    }

    fn is_value(&self, at: usize) -> bool {
        (self.is_value)(at)
    }

    fn may_be_name(&self, at: usize) -> bool {
        let word = self.utterance.word(at);
        let common = is_common(word) || english_small(word).is_some() || VERBS.has(word) || THINGS.has(word);
        self.utterance.kind(at) == Some(Kind::Word) && word.len() > 1 && !common && !self.is_value(at)
    }

    fn is_capital(&self, at: usize) -> bool {
        let start = self.utterance.get(at).and_then(|token| self.utterance.chars.get(token.start));
        start.is_some_and(char::is_ascii_uppercase)
    }

    /// A name at `at` behind a verb of paying, "to" or a title.
    fn introduced(&self, at: usize) -> Option<(usize, usize)> {
        let utterance = self.utterance;
        let word = |at: Option<usize>| at.map_or("", |at| utterance.word(at));
        if !self.may_be_name(at) {
            return None;
        }
        let mut after = at + 1;
        while after < at + 3 && self.may_be_name(after) && (self.is_capital(after) || !self.is_capital(at)) {
            after += 1;
        }
        let article = matches!(word(at.checked_sub(1)), "the" | "my" | "our");
        let before = word(at.checked_sub(1 + usize::from(article)));
        let ends = utterance.kind(after).is_none_or(|kind| kind == Kind::Sign)
            || self.is_value(after)
            || BEHIND.has(utterance.word(after));
        // "No, to Ellis."
        let begins = || (0..at).all(|at| utterance.kind(at) == Some(Kind::Sign) || AROUND.has(utterance.word(at)));
        let spoken = || (0..at).any(|at| VERBS.has(utterance.word(at)) || utterance.word(at) == "money");
        let named = match before {
            "to" => ends && (spoken() || begins()),
            // "Pay the frobnicator", "send Ellis twenty": what is sent itself is no name.
            "pay" | "repay" | "tip" => ends,
            verb if VERBS.has(verb) => !article && (self.is_value(after) || self.is_capital(at) && ends),
            title => TITLES.has(title),
        };
        named.then_some((at, after))
    }

    /// 给王小明转五十块, 转给刘先生: a family name with what follows it, up to a verb, an amount or the end.
    fn chinese(&self) -> Option<(usize, usize)> {
        let utterance = self.utterance;
        let ends = |at: usize| {
            let sign = utterance.sign(at);
            utterance.kind(at) != Some(Kind::Han)
                || self.is_value(at)
                || "转打汇付发还交缴送塞借的用吧了啊和".contains(sign)
                || chinese_digit(sign).is_some()
        };
        (1..utterance.len()).find_map(|first| {
            let led = matches!(utterance.sign(first - 1), '给' | '向');
            let called = is_surname(utterance.sign(first)) || matches!(utterance.sign(first), '小' | '老' | '阿');
            let after = (first..).find(|at| ends(*at))?;
            (led && called && (2..=4).contains(&(after - first))).then_some((first, after))
        })
    }

    /// "Ellis", "it's Ellis please", 王小明: little else than a name.
    fn alone(&self) -> Option<(usize, usize)> {
        let utterance = self.utterance;
        let word = |at: &usize| utterance.kind(*at) != Some(Kind::Sign) && !AROUND.has(utterance.word(*at));
        let left: Vec<usize> = (0..utterance.len()).filter(word).collect();
        let (first, last) = (*left.first()?, *left.last()?);
        let together = last + 1 - first == left.len();
        let english = left.len() <= 3 && left.iter().all(|at| self.may_be_name(*at));
        let han = left.iter().all(|at| utterance.kind(*at) == Some(Kind::Han));
        let chinese = han && (2..=4).contains(&left.len()) && is_surname(utterance.sign(first));
        (together && (english || chinese)).then_some((first, last + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::stranger;
    use crate::lang::Lang;
    use crate::understanding::names::tests::household;
    use crate::understanding::{Expectation, Teaching, Understander};

    #[test]
    fn who_is_not_known_is_named() {
        let understander = Understander::new(&Teaching { names: household(), ..Teaching::default() });
        for (text, asked, name) in [
            ("send Ellis twenty dollars", false, Some("Ellis")),
            ("send twenty dollars to Ellis", false, Some("Ellis")),
            ("send twenty dollars to ellis please", false, Some("ellis")),
            ("transfer fifty bucks to Ellis Parker with PayPal", false, Some("Ellis Parker")),
            ("pay the frobnicator", false, Some("frobnicator")),
            ("pay the Netflix bill", false, Some("Netflix")),
            ("no, to Ellis", false, Some("Ellis")),
            ("send money to Alice", false, None),
            ("send money to my brother", false, None),
            ("I want to split the money", false, None),
            ("transfer funds", false, None),
            ("wire some cash to somebody", false, None),
            ("pay my bills", false, None),
            ("Ellis", true, Some("Ellis")),
            ("it's Ellis Parker, please", true, Some("Ellis Parker")),
            ("Ellis", false, None),
            ("what do you mean", true, None),
            ("给王小明转五十块", false, Some("王小明")),
            ("转五十块给刘先生", false, Some("刘先生")),
            ("给我妈打点钱", false, None),
            ("给张伟转五十块", false, None),
            ("王小明", true, Some("王小明")),
            ("不知道啊", true, None),
        ] {
            let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
            let day = jiff::civil::date(2026, 11, 22);
            let meaning = understander.understand(text, lang, day, &Expectation::default());
            assert_eq!(stranger(&meaning, asked).as_deref(), name, "{text}");
        }
    }
}
