//! Whether what was heard is what Sayso itself was saying: the last resort where no echo could be taken out. Pure.

use crate::lang::Lang;

/// Fewer words than this are said by a person in answer to what they hear: "send money". Of Han characters each counts.
const WORDS_MIN: usize = 4;
/// So many of a hundred words stand in what was said, in their order. Recognisers get some wrong.
const ALIKE_PERCENT: usize = 75;

/// True if `heard` is a stretch of these texts, which were being said when it was heard.
#[must_use]
pub fn is_own_words(heard: &str, told: &[String], lang: Lang) -> bool {
    let heard = words(heard, lang);
    if heard.len() < WORDS_MIN {
        return false;
    }
    let told: Vec<String> = told.iter().flat_map(|text| words(text, lang)).collect();
    let needed = (heard.len() * ALIKE_PERCENT).div_ceil(100);
    let windows = told.windows(heard.len().min(told.len()).max(1));
    windows.into_iter().any(|window| in_order(&heard, window) >= needed)
}

/// The words of a text, or its characters where these are words.
fn words(text: &str, lang: Lang) -> Vec<String> {
    let plain: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    match lang {
        Lang::En => plain.split_whitespace().map(str::to_owned).collect(),
        Lang::Zh => plain.chars().filter(|c| !c.is_whitespace()).map(String::from).collect(),
    }
}

/// How many words two rows have in common, in their order.
fn in_order(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0_usize; other.len() + 1];
    for word in one {
        let mut before = 0;
        for (at, candidate) in other.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or(0);
            let left = row.get(at).copied().unwrap_or(0);
            let here = if word == candidate { before + 1 } else { above.max(left) };
            before = above;
            if let Some(cell) = row.get_mut(at + 1) {
                *cell = here;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(heard: &str, told: &str, lang: Lang) -> bool {
        is_own_words(heard, &[told.to_owned()], lang)
    }

    #[test]
    fn a_stretch_of_what_was_said_is_our_own_with_a_mistake_in_it_too() {
        let told = "You can pay a bill, send money to somebody, or ask what you paid lately.";
        assert!(own("You can pay a bill", told, Lang::En));
        assert!(own("send money do somebody, or ask", told, Lang::En));
        assert!(own("你可以交费转账", "你可以交费、转账，也可以查询付过的钱。", Lang::Zh));
    }

    #[test]
    fn a_person_who_takes_up_a_word_of_it_is_not() {
        let told = "You can pay a bill, send money to somebody, or ask what you paid lately.";
        for heard in ["send money", "pay my water bill", "pay the bill lately", "stop it", ""] {
            assert!(!own(heard, told, Lang::En), "{heard}");
        }
        assert!(!own("转账", "你可以交费、转账，也可以查询付过的钱。", Lang::Zh));
        assert!(!own("给张伟转五十块钱", "你可以交费、转账，也可以查询付过的钱。", Lang::Zh));
        assert!(!own("one two three four", "", Lang::En));
    }
}
