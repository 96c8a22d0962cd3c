//! Where a Mandarin amount stands of which little or nothing was written as numerals: 武士 is 五十, 两开物 is 两块五, 三千吧 may be 三千八.

use crate::understanding::money::numeral_by_sound;
use crate::understanding::sound::Syllable;
use crate::understanding::tokens::{Kind, Utterance};

/// Fewer characters sound like too many things.
const LEAST: usize = 2;

/// The characters from and to which an amount stands, or what sounds like one, the likeliest first: the longest row of them, with
/// and without what only sounds like a numeral before the first that is written as one, and with the character before it. Where
/// an amount is `asked` for and nothing sounds like one, the whole text. None beside digits.
pub(super) fn places(utterance: &Utterance, asked: bool) -> Vec<(usize, usize)> {
    let count = utterance.len();
    if (0..count).any(|at| !matches!(utterance.kind(at), Some(Kind::Han | Kind::Sign | Kind::Word))) {
        return Vec::new();
    }
    let mut longest: (usize, Vec<bool>) = (0, Vec::new());
    let mut at = 0;
    while at < count {
        let row: Vec<bool> = (at..count).map_while(|at| heard(utterance, at)).collect();
        let length = row.len();
        if length > longest.1.len() {
            longest = (at, row);
        }
        at += length.max(1);
    }
    let (first, row) = longest;
    let literal = row.iter().position(|literal| *literal);
    let han = |at: usize| utterance.kind(at) == Some(Kind::Han);
    if row.is_empty() || !asked && (literal.is_none() || row.len() < LEAST) {
        let alone = asked && (0..count).all(|at| utterance.kind(at) != Some(Kind::Word));
        // A full stop is no part of it.
        let after = (0..count).rev().find(|at| utterance.kind(*at) != Some(Kind::Sign)).map_or(0, |last| last + 1);
        return if alone && after > 0 { vec![utterance.place(0, after)] } else { Vec::new() };
    }
    let before = first.checked_sub(1).filter(|before| han(*before));
    let mut starts = vec![first];
    starts.extend(literal.filter(|skip| *skip > 0).map(|skip| first + skip));
    starts.extend(before);
    starts.into_iter().map(|start| utterance.place(start, first + row.len())).collect()
}

/// Whether the character at `at` is written as part of an amount (true) or only sounds like one; `None` if neither.
fn heard(utterance: &Utterance, at: usize) -> Option<bool> {
    if utterance.kind(at) != Some(Kind::Han) {
        return None;
    }
    if "块元毛角分".contains(utterance.sign(at)) {
        return Some(true);
    }
    let numeral = numeral_by_sound(utterance, at).map(|(_, literal)| literal);
    numeral.or_else(|| is_alike(utterance.get(at)?.sound?).then_some(false))
}

/// True for what sounds like a numeral although it is part of everyday words (就, 吧), or about like a unit of money.
fn is_alike(sound: Syllable) -> bool {
    let same = |c: char| Syllable::of(c).is_some_and(|known| known.like(sound));
    let (initial, last) = sound.key();
    "十百千万零一二两三四五六七八九元".chars().any(same)
        || matches!((initial, last), (_, "uai") | ("k" | "g" | "p" | "t", "ai") | ("m", _))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_dictated_where_they_stand() {
        let blanks = |heard: &str, asked: bool| -> Vec<String> {
            let utterance = Utterance::new(heard);
            let shown = |(start, end): (usize, usize)| {
                let chars = |from: usize, to: usize| utterance.chars[from..to].iter().collect::<String>();
                format!("{}[{}]{}", chars(0, start), chars(start, end), chars(end, utterance.chars.len()))
            };
            places(&utterance, asked).into_iter().map(shown).collect()
        };
        assert_eq!(blanks("房租交三千吧。", false)[0], "房租交[三千吧]。");
        assert_eq!(blanks("小十九块八毛。", true), ["小[十九块八毛]。", "[小十九块八毛]。"]);
        assert_eq!(blanks("给阿强打包秘吧。", true).last().map(String::as_str), Some("给阿强打[包秘吧]。"));
        assert_eq!(blanks("铁盖", true).last().map(String::as_str), Some("[铁盖]"));
        assert_eq!(blanks("贝宝。", true), ["[贝宝]。"], "the full stop stays where it is");
        for none in ["交电费", "好的", "转350块", "你好"] {
            assert_eq!(blanks(none, false), Vec::<String>::new(), "{none}");
        }
    }
}
