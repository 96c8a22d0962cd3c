//! The last gate: a recogniser's own figures, judged as a pure function.

use super::recogniser::Reason;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

/// How sure a recogniser is of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Probability that there is no speech at all, 0 to 1.
    pub no_speech_prob: f32,
    /// Mean natural logarithm of the probability of its tokens; 0 is certain, -1 is a guess.
    pub avg_logprob: f32,
}

/// From where on figures mean that nothing was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// No speech when the probability is above this, however good the words look.
    pub no_speech_sure: f32,
    /// No speech when the probability is above this and the words are doubtful too.
    pub no_speech_doubt: f32,
    /// Below this mean log-probability words are doubtful.
    pub logprob_doubt: f32,
    /// Below this mean log-probability words are a guess, whatever else.
    pub logprob_guess: f32,
    /// A text that can be compressed more often than this repeats itself.
    pub repeats_max: f32,
}

/// Over the recorded sentences the probability of no speech is at most 0.37, over noise, hum and music at least 0.70.
impl Default for Thresholds {
    fn default() -> Self {
        Self { no_speech_sure: 0.6, no_speech_doubt: 0.45, logprob_doubt: -0.7, logprob_guess: -1.1, repeats_max: 2.4 }
    }
}

/// Why a text with these figures is not to be taken for words, or `None` when it is.
#[must_use]
pub fn reject(text: &str, figures: Figures, thresholds: &Thresholds) -> Option<Reason> {
    let Figures { no_speech_prob, avg_logprob } = figures;
    if !has_words(text) {
        return Some(Reason::NoWords);
    }
    let doubtful = avg_logprob < thresholds.logprob_doubt;
    // Written so that a figure which is not a number closes the gate.
    let speech = no_speech_prob <= thresholds.no_speech_sure;
    if !speech || (doubtful && no_speech_prob > thresholds.no_speech_doubt) {
        return Some(Reason::NoSpeech(no_speech_prob));
    }
    let sure_enough = avg_logprob >= thresholds.logprob_guess;
    if !sure_enough {
        return Some(Reason::Unsure(avg_logprob));
    }
    let repeats = compressed_times(text);
    (repeats > thresholds.repeats_max).then_some(Reason::Repeats(repeats))
}

/// Whether a text has a letter, a digit or an ideograph outside of brackets and between no notes.
#[must_use]
pub fn has_words(text: &str) -> bool {
    let mut depth = 0_u32;
    let mut outside = String::new();
    for c in text.chars() {
        match c {
            '[' | '(' | '（' | '【' | '*' if c != '*' || depth == 0 => depth += 1,
            ']' | ')' | '）' | '】' | '*' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    outside.chars().any(char::is_alphanumeric)
}

/// Whether a text says the same again and again: more than twice, since people repeat an amount once.
#[must_use]
pub fn repeats(text: &str) -> bool {
    let clauses: Vec<&str> = text.split(['。', '，', '.', ',', ' ']).filter(|clause| !clause.is_empty()).collect();
    clauses.iter().any(|clause| clauses.iter().filter(|other| *other == clause).count() > 2)
}

/// How many times smaller a text gets by compression: the measure that OpenAI's decoder uses against loops.
#[must_use]
pub fn compressed_times(text: &str) -> f32 {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    match compressed {
        Ok(bytes) if !bytes.is_empty() => text.len() as f32 / bytes.len() as f32,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(no_speech_prob: f32, avg_logprob: f32) -> Option<Reason> {
        reject("Pay the water bill.", Figures { no_speech_prob, avg_logprob }, &Thresholds::default())
    }

    #[test]
    fn clear_words_pass() {
        assert_eq!(judge(0.02, -0.2), None);
        assert_eq!(judge(0.5, -0.3), None, "a soft voice: doubtful silence, clear words");
        assert_eq!(judge(0.1, -0.9), None, "clear voice, difficult words");
    }

    #[test]
    fn what_is_said_again_and_again_repeats() {
        assert!(repeats("三十五千。三十五千。三十五千。"));
        assert!(!repeats("三十块，三十块。") && !repeats("三百二十块五。") && !repeats(""));
    }

    #[test]
    fn each_figure_closes_the_gate_by_itself() {
        assert_eq!(judge(0.95, -0.1), Some(Reason::NoSpeech(0.95)));
        assert_eq!(judge(0.01, -1.5), Some(Reason::Unsure(-1.5)));
    }

    #[test]
    fn both_figures_together_close_it_earlier() {
        assert_eq!(judge(0.5, -0.8), Some(Reason::NoSpeech(0.5)));
    }

    #[test]
    fn what_is_not_a_number_closes_it() {
        assert!(judge(f32::NAN, -0.1).is_some());
        assert!(judge(0.1, f32::NAN).is_some());
    }

    #[test]
    fn loops_are_rejected_and_short_repetitions_are_not() {
        let figures = Figures { no_speech_prob: 0.0, avg_logprob: -0.1 };
        let text = "pay the bill ".repeat(20);
        assert!(matches!(reject(&text, figures, &Thresholds::default()), Some(Reason::Repeats(_))));
        assert_eq!(reject("No, no, no, no.", figures, &Thresholds::default()), None);
        assert_eq!(reject("8 8 8 8 8 8", figures, &Thresholds::default()), None);
    }

    #[test]
    fn marks_are_no_words() {
        for text in
            ["", " ", "...", "♪♪♪", "[Music]", "(wind blowing)", "*coughs*", "【音乐】", "（笑声）。", "[BLANK_AUDIO]"]
        {
            assert!(!has_words(text), "{text}");
        }
        for text in ["yes", "8", "好", "[music] yes", "(a) yes", "$42"] {
            assert!(has_words(text), "{text}");
        }
    }
}
