//! New values in the place of old ones, as an act of the utterance.

use super::{Done, Role};
use crate::understanding::meaning::Act;
use crate::understanding::tokens::Utterance;

/// New values in place of old ones: "make it fifty", 改成八十, "no, Bob".
pub(super) fn correction(
    utterance: &Utterance,
    matches: &[Vec<(usize, Role)>],
    values: &[bool],
    done: &[Done],
) -> Option<Done> {
    let value_after = |at: usize| values.iter().skip(at).any(|value| *value);
    let value_before = |at: usize| values.iter().take(at).any(|value| *value);
    for (at, found) in matches.iter().enumerate() {
        let longest = found.iter().filter(|(_, role)| *role == Role::Correction).map(|(length, _)| *length).max();
        let Some(length) = longest else { continue };
        let trailing = matches!(utterance.word(at), "instead" | "actually" | "rather") && value_before(at);
        if value_after(at + length) || trailing {
            return Some(Done { act: Act::Correct, first: at, after: at + length, whole: false });
        }
    }
    if let Some(place) = garbled_change(utterance, values) {
        return Some(Done { act: Act::Correct, first: place, after: place + 2, whole: false });
    }
    let no = done.iter().find(|done| done.act == Act::No)?;
    value_after(no.first).then_some(Done { act: Act::Correct, first: no.after, after: no.after, whole: false })
}

/// 戴成80: 改成 as speech recognition garbles it, right before a value.
fn garbled_change(utterance: &Utterance, values: &[bool]) -> Option<usize> {
    (0..utterance.len()).find(|at| {
        let sound = utterance.get(*at).and_then(|token| token.sound);
        let like_change =
            sound.is_some_and(|sound| matches!(sound.plain, "gai" | "dai" | "kai" | "cai" | "huan" | "hai" | "tai"));
        let to = utterance.get(at + 1).and_then(|token| token.sound).is_some_and(|sound| sound.plain == "cheng");
        like_change && to && values.get(at + 2).copied().unwrap_or(false)
    })
}
