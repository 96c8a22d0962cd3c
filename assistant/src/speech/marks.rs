//! Marks inside a text that say how it is to be spoken, in the words of SSML:
//!
//! * `<break time="300ms"/>` or `<break time="1s"/>`: a pause, of two seconds at most;
//! * `<prosody rate="slow">…</prosody>`: `x-slow`, `slow`, `medium` or `fast`;
//! * `<say-as interpret-as="digits">4210</say-as>`: figure by figure, slowly.
//!
//! There is none that changes which words are said, so that a name with a mark in it can't hide an amount. What looks like a
//! mark and is none of these is text. A voice that does not know marks says [`plain`].

use crate::lang::Lang;

/// The longest pause that a mark makes.
const PAUSE_MAX_MS: u32 = 2_000;

/// A piece of a text that is spoken in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The words.
    pub text: String,
    /// How fast, as a fraction of the usual: 1.0 is as always.
    pub rate: f32,
    /// True if figures in it are said one by one.
    pub by_digits: bool,
    /// The pause behind it that a mark asks for, besides that of its punctuation. Milliseconds.
    pub pause_ms: u32,
}

/// One mark.
enum Mark {
    Break(u32),
    Rate(f32),
    RateEnd,
    Digits,
    DigitsEnd,
}

/// The passages of a text; those without words and pause are left out.
#[must_use]
pub fn passages(text: &str) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let (mut rates, mut by_digits) = (Vec::new(), false);
    let mut rest = text;
    loop {
        let (words, found) = next(rest);
        let rate = rates.last().copied().unwrap_or(1.0) * if by_digits { SLOW } else { 1.0 };
        if !words.trim().is_empty() {
            passages.push(Passage { text: words.to_owned(), rate, by_digits, pause_ms: 0 });
        }
        let Some((mark, after)) = found else { return passages };
        rest = after;
        match mark {
            Mark::Break(ms) => match passages.last_mut() {
                Some(last) => last.pause_ms = last.pause_ms.saturating_add(ms).min(PAUSE_MAX_MS),
                None => passages.push(Passage { text: String::new(), rate, by_digits, pause_ms: ms }),
            },
            Mark::Rate(rate) => rates.push(rate),
            Mark::RateEnd => drop(rates.pop()),
            Mark::Digits => by_digits = true,
            Mark::DigitsEnd => by_digits = false,
        }
    }
}

/// The text without its marks, figures that are to be said one by one parted by spaces.
#[must_use]
pub fn plain(text: &str, lang: Lang) -> String {
    passages(text).iter().map(|passage| passage.words(lang)).collect()
}

/// True if there is a mark in the text.
#[must_use]
pub fn has_marks(text: &str) -> bool {
    next(text).1.is_some()
}

impl Passage {
    /// What is said: figures as words of their own where they are said one by one.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        if !self.by_digits {
            return self.text.clone();
        }
        let mut out = String::new();
        for c in self.text.chars() {
            if c.is_ascii_digit() {
                if lang == Lang::En && !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push_str(&crate::wording::digits(&c.to_string(), lang).spoken);
                out.push_str(if lang == Lang::En { " " } else { "" });
            } else {
                out.push(c);
            }
        }
        out.trim_end().to_owned()
    }
}

/// The rate of `slow`.
const SLOW: f32 = 0.8;

/// The words before the next mark, and the mark with what follows it.
fn next(text: &str) -> (&str, Option<(Mark, &str)>) {
    let starts = text.match_indices('<').map(|(at, _)| at);
    for at in starts {
        let (words, rest) = text.split_at(at);
        if let Some((inside, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'))
            && let Some(mark) = mark(inside)
        {
            return (words, Some((mark, after)));
        }
    }
    (text, None)
}

/// The mark between `<` and `>`, if it is one.
fn mark(inside: &str) -> Option<Mark> {
    let inside = inside.trim();
    match inside {
        "/prosody" => return Some(Mark::RateEnd),
        "/say-as" => return Some(Mark::DigitsEnd),
        _ => {}
    }
    let (name, attribute) = inside.trim_end_matches('/').trim_end().split_once(' ')?;
    let (key, value) = attribute.trim().split_once('=')?;
    let value = value.trim().trim_matches(['"', '\'']);
    match (name, key.trim(), value) {
        ("break", "time", time) => {
            let ms = match (time.strip_suffix("ms"), time.strip_suffix('s')) {
                (Some(ms), _) => ms.parse::<u32>().ok()?,
                (None, Some(seconds)) => seconds.parse::<u32>().ok()?.saturating_mul(1_000),
                (None, None) => return None,
            };
            Some(Mark::Break(ms.min(PAUSE_MAX_MS)))
        }
        ("prosody", "rate", rate) => Some(Mark::Rate(match rate {
            "x-slow" => 0.65,
            "slow" => SLOW,
            "medium" => 1.0,
            "fast" => 1.2,
            _ => return None,
        })),
        ("say-as", "interpret-as", "digits") => Some(Mark::Digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_part_a_text() {
        let text = "Code <say-as interpret-as=\"digits\">42</say-as><break time='300ms'/>, <prosody rate=\"slow\">forty-two dollars</prosody> ok";
        let found = passages(text);
        let brief: Vec<_> = found.iter().map(|p| (p.text.as_str(), p.rate, p.by_digits, p.pause_ms)).collect();
        assert_eq!(
            brief,
            [
                ("Code ", 1.0, false, 0),
                ("42", 0.8, true, 300),
                (", ", 1.0, false, 0),
                ("forty-two dollars", 0.8, false, 0),
                (" ok", 1.0, false, 0)
            ]
        );
        assert_eq!(plain(text, Lang::En), "Code four two, forty-two dollars ok");
        assert_eq!(plain("<say-as interpret-as=\"digits\">42</say-as>元", Lang::Zh), "四二元");
        assert!(has_marks(text) && !has_marks("a < b > c"));
    }

    #[test]
    fn what_is_no_mark_is_text() {
        for text in [
            "a < b",
            "<b>x</b>",
            "<sub alias=\"one\">two</sub>",
            "<break>",
            "<break time=\"long\"/>",
            "<",
            ">",
            "<<>>",
            "",
        ] {
            assert_eq!(plain(text, Lang::En), text);
        }
        assert_eq!(plain("1 < <break time=\"1s\"/>2", Lang::En), "1 < 2");
    }

    #[test]
    fn pauses_are_bounded_and_ends_without_beginning_do_no_harm() {
        let found = passages("a<break time=\"99999s\"/><break time=\"99s\"/></prosody></say-as>b");
        assert_eq!(found[0].pause_ms, PAUSE_MAX_MS);
        assert_eq!(found[1].rate, 1.0);
        assert_eq!(passages("<break time=\"4294967295s\"/>")[0].pause_ms, PAUSE_MAX_MS);
    }
}
