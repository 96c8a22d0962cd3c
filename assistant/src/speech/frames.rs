//! Texts that are said again and again with other values in them: where one may be cut, so that its beginning, which is always
//! the same, is heard while the rest is being made. Pure.

use super::cache::HOLE;
use super::clauses::{Clause, clauses, weight};
use crate::lang::Lang;
use std::collections::BTreeMap;

/// The first piece has at least this weight, so that it has a tune and lasts while the next is made.
const FIRST: usize = 9;
/// So has the second.
const SECOND: usize = 20;
/// And the last.
const LAST: usize = 6;

/// What stays the same of one text's first clause: the words between the values, the first of them at its very beginning.
type Frame = Vec<String>;

/// The texts that are known.
#[derive(Debug, Default)]
pub struct Frames {
    by_lang: BTreeMap<Lang, Vec<Frame>>,
}

impl Frames {
    /// Learns a text with [`HOLE`]s for values; gives its beginning as it is said alone, if it is long enough.
    pub fn learn(&mut self, text: &str, lang: Lang) -> Option<String> {
        let first = clauses(text, lang).into_iter().next()?.text;
        let frame: Frame = first.split(HOLE).map(str::to_owned).collect();
        let lead = frame.first().filter(|lead| frame.len() > 1 && !lead.trim().is_empty())?.trim().to_owned();
        let known = self.by_lang.entry(lang).or_default();
        if !known.contains(&frame) {
            known.push(frame);
        }
        (weight(&lead) >= FIRST).then_some(lead)
    }

    /// The same clauses, with the first one cut where one of these texts has a value, if it is one of them.
    #[must_use]
    pub fn cut(&self, mut clauses: Vec<Clause>, lang: Lang) -> Vec<Clause> {
        let Some(first) = clauses.first() else { return clauses };
        let known = self.by_lang.get(&lang).map(Vec::as_slice).unwrap_or_default();
        let fitting = known.iter().filter_map(|frame| places(frame, &first.text));
        let Some(places) = fitting.max_by_key(Vec::len) else { return clauses };
        let pieces = pieces(first, &places);
        clauses.splice(0..1, pieces);
        clauses
    }
}

/// Where in the text the words of a frame stand, from and to, in bytes; `None` if it is another text.
fn places(frame: &Frame, text: &str) -> Option<Vec<(usize, usize)>> {
    let (lead, others) = frame.split_first()?;
    text.starts_with(lead.as_str()).then_some(())?;
    let mut found = vec![(0, lead.len())];
    for words in others.iter().filter(|words| words.chars().any(char::is_alphanumeric)) {
        let after = found.last().map_or(0, |(_, end)| *end);
        // A value is not empty: its words are not to be found at once.
        let Some(at) = text.get(after..).and_then(|rest| rest.find(words.as_str())).filter(|at| *at > 0) else { break };
        found.push((after + at, after + at + words.len()));
    }
    Some(found)
}

/// A clause cut behind words that stay the same, and once more before such.
fn pieces(clause: &Clause, places: &[(usize, usize)]) -> Vec<Clause> {
    let text = clause.text.as_str();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let heavy = |from: usize, to: usize, least: usize| weight(part(from, to).trim()) >= least;
    let mut cuts = Vec::new();
    if let Some((_, end)) = places.iter().find(|(_, end)| heavy(0, *end, FIRST)) {
        cuts.push(*end);
        let second = places.iter().map(|(start, _)| *start).find(|start| start > end && heavy(*end, *start, SECOND));
        cuts.extend(second);
    }
    cuts.retain(|at| heavy(*at, text.len(), LAST));
    let bounds: Vec<usize> = std::iter::once(0).chain(cuts).chain(std::iter::once(text.len())).collect();
    let last = bounds.len().saturating_sub(2);
    let cut = bounds.windows(2).enumerate().filter_map(|(at, bounds)| {
        let [from, to] = bounds else { return None };
        let pause_ms = if at == last { clause.pause_ms } else { 0 };
        Some(Clause { text: part(*from, *to).trim().to_owned(), rate: clause.rate, pause_ms })
    });
    cut.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames() -> Frames {
        let mut frames = Frames::default();
        for (lang, text) in [
            (Lang::En, "You are paying {} to {} with {}. Is that right?"),
            (Lang::En, "Your {} bill is {}, due {}."),
            (Lang::En, "Your {} is with {}."),
            (Lang::En, "{} is still working on it."),
            (Lang::Zh, "您将用{}向{}支付{}，对吗？"),
        ] {
            frames.learn(&text.replace("{}", &HOLE.to_string()), lang);
        }
        frames
    }

    fn cut(text: &str, lang: Lang) -> Vec<String> {
        frames().cut(clauses(text, lang), lang).into_iter().map(|clause| clause.text).collect()
    }

    #[test]
    fn a_known_text_begins_with_what_is_always_the_same() {
        assert_eq!(
            cut("You are paying forty-two dollars to Electricity with PayPal. Is that right?", Lang::En),
            ["You are paying", "forty-two dollars to Electricity", "with PayPal.", "Is that right?"]
        );
        assert_eq!(
            cut("Your Electricity bill is forty dollars, due on Friday.", Lang::En),
            ["Your Electricity bill is", "forty dollars,", "due on Friday."]
        );
        assert_eq!(
            cut("您将用微信支付向电费支付三百二十元五角，对吗？", Lang::Zh),
            ["您将用", "微信支付向电费", "支付三百二十元五角，", "对吗？"]
        );
        for text in ["You are welcome.", "PayPal is still working on it.", "You are paying"] {
            assert_eq!(cut(text, Lang::En), [text]);
        }
    }

    #[test]
    fn only_a_beginning_of_some_length_is_said_alone() {
        let learn = |text: &str| Frames::default().learn(&text.replace("{}", &HOLE.to_string()), Lang::En);
        assert_eq!(learn("Here you are paying {} now.").as_deref(), Some("Here you are paying"));
        for text in ["Your {} bill", "{} it is", "Nothing to be cut"] {
            assert_eq!(learn(text), None, "{text}");
        }
    }

    proptest! {
        /// Whatever is said, no word of it is lost, added or moved, and pauses stay at their ends.
        #[test]
        fn cutting_loses_nothing(values in prop::collection::vec("[a-z支付向]{0,9}( to | with |, )?[a-z]{0,5}", 3)) {
            let [amount, payee, provider] = values.as_slice() else { return Ok(()) };
            let text = format!("You are paying {amount} to {payee} with {provider}. Is that right?");
            let whole = clauses(&text, Lang::En);
            let pieces = frames().cut(whole.clone(), Lang::En);
            let letters = |clauses: &[Clause]| clauses.iter().flat_map(|c| c.text.chars()).filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&pieces), letters(&whole));
            let silence = |clauses: &[Clause]| clauses.iter().map(|c| c.pause_ms).sum::<u32>();
            prop_assert_eq!(silence(&pieces), silence(&whole));
            prop_assert!(pieces.iter().all(|clause| !clause.text.is_empty()));
        }
    }
}
