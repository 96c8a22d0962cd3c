//! Listening with expectation, the part with sound: what was encoded once is decoded a second time after another prompt, and
//! everything that may have been said is held against it.

use super::{Whisper, tidy};
use crate::lang::Lang;
use crate::speech::expect::{self, Blank, Expect, Offer, Reading};
use crate::speech::gate;
use crate::speech::scorer::{Dictation, Scorer};
use crate::speech::vocabulary::Vocabulary;
use whisper_rs::{WhisperContext, WhisperError, get_lang_id};

/// Tokens of prompt and text together, at most: whisper's decoder has room for 448.
pub(super) const TOKENS_MAX: usize = 440;
/// A second text may be so much longer than the first, in tokens.
pub(super) const LONGER: usize = 12;
/// A reading that is this much less likely (natural logarithm) than another is not followed to its end.
const HOPELESS: f32 = 9.0;
/// The same, where no other reading is known yet.
const UNBEATEN: (f32, f32) = (f32::NEG_INFINITY, HOPELESS);
/// The most offers that are held against the sound.
const OFFERS_MAX: usize = 20;

/// The most amounts of one dictation that are offered.
const DICTATED_MAX: usize = 3;
/// An amount that is this much less likely (natural logarithm) than the likeliest of a dictation is not offered.
const ASIDE: f32 = 5.0;
/// A dictation that is at least this likely (natural logarithm) leaves no other place to try.
const CLEAR: f32 = -3.5;
/// What may stand behind an amount.
const BEHIND_AMOUNTS: [&str; 6] = ["。", "，", "钱", "整", "吧", "的"];

/// What another listener is told where names lead astray: Mandarin amounts are short, and names that sound a little like them
/// were taken for them.
fn other_prompt(lang: Lang) -> Option<&'static str> {
    match lang {
        Lang::En => None,
        Lang::Zh => Some("一百零六元。三百八。七十三块四。两千五百元。"),
    }
}

impl Whisper {
    /// What may have been said where `heard` was written down freely after `prompt`, held against the sound that was encoded
    /// last; the likeliest first. Empty if there is nothing else to think of. With `just_now`, nothing else was decoded since.
    pub(super) fn reread(
        &mut self,
        heard: &str,
        (lang, prompt, just_now): (Lang, &[i32], bool),
        expect: &dyn Expect,
        threads: usize,
    ) -> Result<Vec<Reading>, WhisperError> {
        let mut offers = expect.offers(heard, lang);
        if offers.is_empty() {
            return Ok(Vec::new());
        }
        let told = start(&self.context, lang, prompt);
        let room = TOKENS_MAX.saturating_sub(told.len());
        let other = expect.blanks(heard, lang).zip(other_prompt(lang)).map(|(blanks, other)| {
            // Somebody who was told of amounts alone, and of no name.
            let other = self.context.tokenize(other, other.len()).unwrap_or_default();
            (blanks, start(&self.context, lang, &other))
        });
        let room = other.iter().fold(room, |room, (_, other)| room.min(TOKENS_MAX.saturating_sub(other.len())));
        let texts = self.vocabulary.spelled(&mut offers, lang, room);
        if offers.len() < 2 && other.is_none() {
            return Ok(Vec::new());
        }
        let follow = if just_now { Scorer::again } else { Scorer::after };
        // One alone is held against the sound only once there is another one.
        let mut scores = match texts.len() {
            0 | 1 => Vec::new(),
            _ => follow(&self.context, &mut self.state, &told, threads)?.score(&texts, UNBEATEN)?,
        };
        let mut of_all = Vec::new();
        if let Some((blanks, other)) = other {
            let most = self.vocabulary.tokens(&written_down(lang, heard)).len() + LONGER;
            let mut listener = Listener {
                scorer: Scorer::after(&self.context, &mut self.state, &other, threads)?,
                context: &self.context,
                vocabulary: &self.vocabulary,
                lang,
                expect,
                dictations: Vec::new(),
            };
            listener.think_of_more((heard, blanks), most, &mut offers)?;
            let all = listener.vocabulary.spelled(&mut offers, lang, room);
            if offers.len() < 2 {
                return Ok(Vec::new());
            }
            of_all.push(listener.scorer.score(&all, UNBEATEN)?);
            let more = all.get(scores.len()..).unwrap_or_default();
            if !more.is_empty() {
                let mut scorer = Scorer::after(&self.context, &mut self.state, &told, threads)?;
                let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                scores.extend(scorer.score(more, (best, HOPELESS))?);
            }
        }
        of_all.push(scores);
        let scored: Vec<(Offer, f32)> = offers.into_iter().zip(on_average(&of_all)).collect();
        tracing::debug!(?scored, "held against the sound");
        Ok(expect::combine(&scored))
    }
}

/// The tokens before a text: what stands before it, the language, and that it is to be written down without times.
pub(super) fn start(context: &WhisperContext, lang: Lang, before: &[i32]) -> Vec<i32> {
    let mut tokens = Vec::new();
    if !before.is_empty() {
        tokens.push(context.token_prev());
        tokens.extend(before);
    }
    tokens.push(context.token_sot());
    tokens.extend(get_lang_id(lang.code()).map(|id| context.token_lang(id)));
    tokens.extend([context.token_transcribe(), context.token_not()]);
    tokens
}

/// Somebody who hears the same sound and was told something else.
struct Listener<'a> {
    scorer: Scorer<'a>,
    context: &'a WhisperContext,
    vocabulary: &'a Vocabulary,
    lang: Lang,
    expect: &'a dyn Expect,
    /// What was dictated behind which words.
    dictations: Vec<(String, Dictated)>,
}

/// Texts as bytes with the natural logarithm of the probability of each, the likeliest first.
type Dictated = Vec<(Vec<u8>, f32)>;

impl Listener<'_> {
    /// Adds to `offers` what this listener writes down itself, freely and where amounts are to be written, and what either may
    /// be taken for. Nothing but the sound may speak for a yes.
    fn think_of_more(
        &mut self,
        (heard, blanks): (&str, Vec<Blank>),
        most: usize,
        offers: &mut Vec<Offer>,
    ) -> Result<(), WhisperError> {
        let amount = self.written_amount(heard, &blanks);
        let (mut more, clear) = self.dictated(heard, blanks)?;
        // Where that is clear, to hear it once more would bring nothing.
        if !clear {
            let own = self.scorer.likeliest(most)?;
            let bytes = own.iter().flat_map(|token| self.context.token_to_bytes(*token).unwrap_or_default());
            let own = tidy(&bytes.copied().collect::<Vec<u8>>());
            tracing::debug!(own, "told of amounts alone");
            // Who is told of amounts says them again and again where there are none.
            if own != heard && !gate::repeats(&own) {
                let blanks = self.expect.blanks(&own, self.lang).unwrap_or_default();
                // Where both wrote the same amount, how it may be written otherwise was asked already.
                let same = amount.is_some() && self.written_amount(&own, &blanks) == amount;
                if !same {
                    more.extend(self.dictated(&own, blanks)?.0);
                }
                let most = if same { 1 } else { OFFERS_MAX };
                more.extend(self.expect.offers(&own, self.lang).into_iter().take(most));
            }
        }
        let yes = self.expect.agrees(heard, self.lang);
        for offer in more {
            let known = offers.iter().any(|known| known.text == offer.text);
            if !known && offers.len() < OFFERS_MAX && (yes || !self.expect.agrees(&offer.text, self.lang)) {
                offers.push(offer);
            }
        }
        Ok(())
    }

    /// The amount that stands in the likeliest place of a text, if it is a whole one.
    fn written_amount(&self, text: &str, blanks: &[Blank]) -> Option<String> {
        let Blank { before, after } = blanks.first()?;
        let amount = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
        (self.expect.amount(amount) == Some(true)).then(|| amount.to_owned())
    }

    /// What was heard with the amount in it as somebody writes it who writes amounts and nothing else, and whether that was
    /// clear.
    fn dictated(&mut self, heard: &str, blanks: Vec<Blank>) -> Result<(Vec<Offer>, bool), WhisperError> {
        let mut offers: Vec<Offer> = Vec::new();
        for blank in blanks {
            let found = self.dictated_behind(&blank.before)?;
            tracing::debug!(?blank, best = ?found.first().map(|(bytes, score)| (tidy(bytes), score)), "dictated");
            let best = found.first().map_or(0.0, |(_, score)| *score);
            let likely = found.iter().take_while(|(_, score)| *score > (best - ASIDE).max(-HOPELESS));
            for (amount, _) in likely.take(DICTATED_MAX) {
                let text = format!("{}{}{}", blank.before, tidy(amount), blank.after);
                if text != heard && offers.iter().all(|known| known.text != text) {
                    offers.extend(self.expect.offers(&text, self.lang).into_iter().next());
                }
            }
            if found.first().is_some_and(|(_, score)| *score > CLEAR) {
                return Ok((offers, true));
            }
        }
        Ok((offers, false))
    }

    /// The amounts that are written behind these words.
    fn dictated_behind(&mut self, before: &str) -> Result<Dictated, WhisperError> {
        if let Some((_, known)) = self.dictations.iter().find(|(behind, _)| behind == before) {
            return Ok(known.clone());
        }
        let characters = self.expect.amount_characters();
        let tokens = self.vocabulary.within(characters);
        let behind = BEHIND_AMOUNTS.iter().filter_map(|text| self.vocabulary.tokens(text).first().copied());
        let ends: Vec<i32> = behind.chain([self.context.token_eot()]).collect();
        let fits = |bytes: &[u8]| fits(bytes, characters, self.expect);
        let dictation = Dictation { tokens: &tokens, fits: &fits, ends: &ends, least: -HOPELESS };
        let found = self.scorer.dictated(&self.vocabulary.tokens(before), &dictation)?;
        self.dictations.push((before.to_owned(), found.clone()));
        Ok(found)
    }
}

impl Vocabulary {
    /// Each offer in tokens; those for which there is no room are taken out.
    fn spelled(&self, offers: &mut Vec<Offer>, lang: Lang, room: usize) -> Vec<Vec<i32>> {
        let mut texts = Vec::new();
        offers.retain(|offer| {
            let tokens = self.tokens(&written_down(lang, &offer.text));
            let fits = !tokens.is_empty() && tokens.len() <= room;
            texts.extend(fits.then_some(tokens));
            fits
        });
        texts
    }
}

/// How likely each offer is by the sound, for listeners that were told different things. None alone can rule anything out: it is not
/// known how unlikely what was not followed is.
fn on_average(scores: &[Vec<f32>]) -> Vec<f32> {
    let mut sums = vec![0.0; scores.first().map_or(0, Vec::len)];
    for scores_of_one in scores {
        let least = scores_of_one.iter().copied().fold(f32::NEG_INFINITY, f32::max) - HOPELESS;
        let parts = scores_of_one.iter().map(|score| score.max(least) / scores.len() as f32);
        sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }
    sums
}

/// Whether bytes, of which the last character may not be all there, are no beginning of an amount, begin one, or are one.
fn fits(bytes: &[u8], characters: &str, expect: &dyn Expect) -> Option<bool> {
    let whole = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let (text, rest) = bytes.split_at_checked(whole)?;
    let text = std::str::from_utf8(text).ok()?;
    if rest.is_empty() {
        return expect.amount(text);
    }
    let next = |c: &char| c.to_string().as_bytes().starts_with(rest);
    characters.chars().filter(next).find_map(|c| expect.amount(&format!("{text}{c}"))).map(|_| false)
}

/// An English text begins with a space.
pub(super) fn written_down(lang: Lang, text: &str) -> String {
    if lang == Lang::En { format!(" {text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::{Answers, Awaited, Lean};

    #[derive(Debug)]
    struct Fifty;

    impl Expect for Fifty {
        fn offers(&self, _: &str, _: Lang) -> Vec<Offer> {
            Vec::new()
        }
        fn blanks(&self, _: &str, _: Lang) -> Option<Vec<Blank>> {
            None
        }
        fn amount_characters(&self) -> &'static str {
            "五十"
        }
        fn amount(&self, text: &str) -> Option<bool> {
            "五十".starts_with(text).then_some(text == "五十")
        }
        fn agrees(&self, _: &str, _: Lang) -> bool {
            false
        }
        fn answers(&self, _: Lang) -> Option<Answers> {
            None
        }
        fn awaited(&self) -> Awaited {
            Awaited::Anything
        }
        fn lean(&self, _: &str, _: Lang) -> Lean {
            Lean::Neutral
        }
    }

    #[test]
    fn a_character_that_is_not_all_there_may_become_what_fits() {
        let all = "五十".as_bytes();
        for (length, wanted) in
            [(0, Some(false)), (1, Some(false)), (3, Some(false)), (4, Some(false)), (6, Some(true))]
        {
            assert_eq!(fits(&all[..length], Fifty.amount_characters(), &Fifty), wanted, "{length} bytes");
        }
        assert_eq!(fits(&[&all[..3], &all[..2]].concat(), "五十", &Fifty), None, "五五");
        assert_eq!(fits(b"5", "五十", &Fifty), None);
    }
}
