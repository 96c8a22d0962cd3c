//! Whether words can be all that somebody meant to say: "um" and "three hundred and" can't; "forty" need not be.

use super::meaning::{EntityKind, Meaning, Value};
use super::tokens::{Kind, Utterance};
use super::wordlist::{WordList, split};
use crate::lang::Lang;

/// English words after which more comes: sounds of thinking, and words that lead to another one. None that ends a request
/// ("what can I pay with" does, and so `with` is not here).
static LEAD_ON: WordList = WordList::new(|| {
    split(
        "um umm uh uhm er erm hmm hm and or the a an my your his their our plus minus point is of from to for than because",
    )
});

/// The same in Chinese, by their last characters.
const LEAD_ON_ZH: &[&str] =
    &["嗯", "呃", "额", "那个", "就是", "然后", "还有", "和", "跟", "给", "一共", "因为", "或者"];

/// Characters of a Chinese number behind which a point or a nought opens another place.
const DIGITS_ZH: &str = "零一二两三四五六七八九十百千万0123456789";

/// True if more is likely to follow these words, heard before a pause. Never decides what they mean.
#[must_use]
pub fn unfinished(text: &str, lang: Lang) -> bool {
    let text = text.trim_end();
    // Recognisers write so where a voice does not fall.
    if ["...", "…", "-", "—", ",", "，", "、"].iter().any(|mark| text.ends_with(mark)) {
        return true;
    }
    if text.ends_with(['?', '？']) {
        return false;
    }
    match lang {
        Lang::En => {
            let words = Utterance::new(text);
            let last = words.tokens.iter().rfind(|token| token.kind != Kind::Sign);
            last.is_some_and(|token| token.kind == Kind::Word && LEAD_ON.has(&token.text))
        }
        Lang::Zh => {
            let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
            LEAD_ON_ZH.iter().any(|end| text.ends_with(end)) || opens_a_place(text)
        }
    }
}

/// Characters that end a Chinese amount: 五十块钱, 一百元整, 五角.
const ENDS_AMOUNT_ZH: [char; 5] = ['钱', '整', '角', '毛', '分'];

/// True if what was understood ends in a number or an amount that another part may follow: "forty" (two), "forty dollars" (and
/// fifty cents), 一百 (二). Nothing follows hundredths, or words behind the amount.
#[must_use]
pub fn may_go_on(meaning: &Meaning) -> bool {
    let last = meaning.text.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()).last();
    let Some((end, last)) = last.map(|(at, c)| (at + 1, c)) else { return false };
    let at_end = meaning.entities.iter().filter(|entity| entity.end >= end);
    let numbers = at_end.filter(|entity| matches!(entity.kind, EntityKind::Money | EntityKind::Number));
    let whole = |value: &Value| match value {
        Value::Money(amount) => amount.minor % 100 == 0,
        Value::Number(number) => number.is_integer(),
        _ => true,
    };
    let mut open = numbers.map(|entity| entity.value.as_ref().is_none_or(whole));
    !ENDS_AMOUNT_ZH.contains(&last) && open.any(|open| open)
}

/// 四十二点, 三百零: the next digit is still to come.
fn opens_a_place(text: &str) -> bool {
    let mut back = text.chars().rev();
    match (back.next(), back.next()) {
        (Some('点'), Some(before)) => DIGITS_ZH.contains(before),
        (Some('零'), Some(before)) => "百千万".contains(before),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinking_and_open_numbers_want_more() {
        for text in [
            "um",
            "Uh.",
            "Three hundred and",
            "forty two dollars and.",
            "Send it to",
            "pay my",
            "Forty-two point",
            "I'd like to...",
            "Pay electricity,",
        ] {
            assert!(unfinished(text, Lang::En), "{text}");
        }
        for text in ["嗯", "呃。", "那个", "三百零", "四十二点", "付电费和", "转给", "我想……", "交水费，"]
        {
            assert!(unfinished(text, Lang::Zh), "{text}");
        }
    }

    #[test]
    fn an_amount_without_hundredths_may_go_on() {
        use crate::understanding::{Expectation, Teaching, Understander};
        let understander = Understander::new(&Teaching::default());
        let expect = Expectation { kinds: vec![EntityKind::Money], ..Expectation::default() };
        let today = jiff::civil::Date::constant(2026, 11, 28);
        let goes_on = |text, lang| may_go_on(&understander.understand(text, lang, today, &expect));
        for text in
            ["forty", "Forty dollars.", "$42", "one fifty", "make it three hundred", "a thousand two hundred euros"]
        {
            assert!(goes_on(text, Lang::En), "{text}");
        }
        for text in ["一百", "三百块。", "改成八十"] {
            assert!(goes_on(text, Lang::Zh), "{text}");
        }
        for text in
            ["forty two dollars and fifty cents", "$42.50.", "forty dollars please", "forty to Alice", "yes", ""]
        {
            assert!(!goes_on(text, Lang::En), "{text}");
        }
        for text in ["给张伟转五十块钱。", "三块五毛", "四十二点五元", "对", "两百元整"] {
            assert!(!goes_on(text, Lang::Zh), "{text}");
        }
    }

    #[test]
    fn whole_sentences_do_not() {
        for text in [
            "",
            "Yes.",
            "three hundred",
            "forty two dollars and five cents",
            "Who is it for?",
            "What can I pay with",
            "42.",
        ] {
            assert!(!unfinished(text, Lang::En), "{text}");
        }
        for text in ["", "对。", "不用", "三百块", "四十二点五", "用微信交水费。", "付这个", "一百零五", "快点"]
        {
            assert!(!unfinished(text, Lang::Zh), "{text}");
        }
    }
}
