//! Small word lists that the stepper itself needs: ordinals, and what the parts of a payment are called.

use crate::dialog::format::flow::SlotType;

/// Letters and digits in lower case, everything else as one space.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim().to_owned()
}

/// True if `words` (as [`plain`] makes them) contain `part`: as whole words where it has letters of the alphabet. Hundreds of
/// parts are looked for in a turn, so that nothing is copied for it.
pub(super) fn contains(words: &str, part: &str) -> bool {
    if part.is_ascii() {
        let ends = |before: &str, after: &str| {
            (before.is_empty() || before.ends_with(' ')) && (after.is_empty() || after.starts_with(' '))
        };
        return words.match_indices(part).any(|(at, _)| {
            ends(words.get(..at).unwrap_or_default(), words.get(at + part.len()..).unwrap_or_default())
        });
    }
    // Chinese is written with and without spaces between its characters.
    let part = || part.chars().filter(|c| *c != ' ');
    words.char_indices().any(|(at, _)| {
        let mut here = words.get(at..).unwrap_or_default().chars().filter(|c| *c != ' ');
        part().all(|c| here.next() == Some(c))
    })
}

/// Places in a list of options: from the front, or the last.
const ORDINALS: &[(&[&str], Option<usize>)] = &[
    (&["first", "1st", "former", "number one", "option one", "第一", "前者", "前面", "头一个"], Some(0)),
    (&["second", "2nd", "number two", "option two", "第二"], Some(1)),
    (&["third", "3rd", "number three", "option three", "第三"], Some(2)),
    (&["fourth", "4th", "number four", "option four", "第四"], Some(3)),
    (&["last", "latter", "最后", "后者", "后面"], None),
];

/// The option that "the first", "the latter", 第二个 mean among `count`; `None` if none or several are named.
pub(super) fn ordinal(text: &str, count: usize) -> Option<usize> {
    let text = plain(text);
    if !mostly_ordinal(&text) {
        return None;
    }
    let mut found = ORDINALS.iter().filter(|(words, _)| words.iter().any(|word| contains(&text, word)));
    let (_, place) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    place.or(count.checked_sub(1)).filter(|place| *place < count)
}

/// Words that may stand around an ordinal; with many others it is no answer: "what did I pay last time?".
const AROUND_ORDINALS: &[&str] = &[
    "the", "one", "ones", "option", "number", "please", "i", "i'd", "want", "would", "like", "will", "take", "pick",
    "choose", "with", "use", "using", "and", "it", "is", "that", "of", "those", "them", "um", "uh", "yes", "ok",
    "okay", "let's", "go", "for", "thanks", "to", "pay", "my", "by", "on", "meant", "mean", "s", "ll", "d",
];

/// True if there is little beside an ordinal.
fn mostly_ordinal(text: &str) -> bool {
    let ordinals = || ORDINALS.iter().flat_map(|(words, _)| words.iter());
    if ["last time", "last month", "last week", "last year", "上次", "最后一次"].iter().any(|time| contains(text, time))
    {
        return false;
    }
    if !text.is_ascii() {
        return text.chars().filter(|c| *c != ' ').count() <= 10;
    }
    let around = |word: &&str| {
        AROUND_ORDINALS.contains(word) || ordinals().any(|ordinal| ordinal.split(' ').any(|part| part == *word))
    };
    text.split(' ').filter(|word| !around(word)).count() <= 2
}

/// What people call the parts of a payment when they want to change one without saying into what.
const PARTS: &[(&str, &[&str])] = &[
    ("money", &["amount", "sum", "price", "how much", "金额", "数额", "钱数", "数目", "多少钱"]),
    (
        "payee",
        &["payee", "recipient", "person", "biller", "bill", "who", "whom", "收款人", "收款方", "对象", "账单", "给谁"],
    ),
    ("provider", &["provider", "method", "way of paying", "account", "支付方式", "付款方式", "支付渠道", "用什么"]),
    ("date", &["date", "day", "日期", "哪天"]),
];

/// The type of slot that is named as such: "the amount is wrong", 金额不对.
pub(super) fn part_named(text: &str) -> Option<&'static str> {
    let text = plain(text);
    let mut found = PARTS.iter().filter(|(_, words)| words.iter().any(|word| contains(&text, word)));
    let (kind, _) = found.next()?;
    found.next().is_none().then_some(*kind)
}

/// True if a slot is of the type that [`part_named`] found.
pub(super) fn is_part(kind: &SlotType, named: &str) -> bool {
    kind.word() == named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_in_both_languages() {
        for (text, count, place) in [
            ("The first one.", 2, Some(0)),
            ("the second, please", 2, Some(1)),
            ("the latter", 3, Some(2)),
            ("第二个", 2, Some(1)),
            ("后者", 2, Some(1)),
            ("the third", 2, None),
            ("the first or the second", 2, None),
            ("fifty", 2, None),
            ("same as last time", 4, None),
            ("what did I pay the first of the two the other day", 2, None),
            ("I'd like to use the second one please", 2, Some(1)),
        ] {
            assert_eq!(ordinal(text, count), place, "{text}");
        }
    }

    #[test]
    fn parts_of_a_payment_are_named() {
        for (text, part) in [
            ("The amount is wrong.", Some("money")),
            ("the provider", Some("provider")),
            ("金额不对", Some("money")),
            ("支付方式", Some("provider")),
            ("the amount and the provider", None),
            ("no", None),
        ] {
            assert_eq!(part_named(text), part, "{text}");
        }
    }
}
