//! Whether a microphone hears Sayso itself, and whether what was heard is what it was saying: the last resort where no echo could be
//! taken out. Pure: time is counted in frames.

use crate::audio::FRAME_MS;
use crate::lang::Lang;

/// Who hears nobody for so long while they speak does not hear themselves. Milliseconds.
const ALONE_MS: u32 = 2_000;

/// What is known of whether a microphone hears Sayso itself. As long as it may, nobody can interrupt it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone {
    /// For so long nobody was heard while it spoke.
    quiet_ms: u32,
}

impl Alone {
    /// Takes a frame in which Sayso can be heard, or not yet or no longer, and in which there was a voice or none.
    pub fn frame(&mut self, speaks: bool, voice: bool) {
        match (self.is_known(), voice, speaks) {
            (false, true, _) => self.quiet_ms = 0,
            (false, false, true) => self.quiet_ms += FRAME_MS,
            _ => {}
        }
    }

    /// The microphone does not hear Sayso: a voice in it is somebody's.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.quiet_ms >= ALONE_MS
    }
}

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

    #[test]
    fn who_was_not_heard_over_their_own_voice_for_a_while_is_known_not_to_hear_themselves() {
        let mut alone = Alone::default();
        (0..1_000).for_each(|_| alone.frame(false, false));
        assert!(!alone.is_known(), "silence says nothing");
        (0..124).for_each(|_| alone.frame(true, false));
        alone.frame(true, true);
        (0..124).for_each(|_| alone.frame(true, false));
        assert!(!alone.is_known(), "a voice, perhaps its own");
        alone.frame(true, false);
        assert!(alone.is_known());
        alone.frame(true, true);
        assert!(alone.is_known(), "now a voice is somebody's");
    }

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
