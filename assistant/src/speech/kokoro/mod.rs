//! The natural voice: Kokoro, run inside the program. It speaks clause by clause, so that the first is heard while the others
//! are being made, and remembers what it says often.

mod network;
mod onnx_file;
mod stages;
mod style;

use super::cache::Cache;
use super::clauses::Clause;
use super::synthesizer::Synthesizer;
use super::{SpeechError, loudness};
use crate::audio::Pcm;
use crate::lang::Lang;
use crate::pronunciation::{Lexicon, Pronouncer};
use network::Network;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use style::Style;

/// Samples a second that it gives.
pub const KOKORO_RATE: u32 = 24_000;
/// How fast it may be made to speak, as a fraction of the usual.
pub const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// The files that it needs, each checked by whoever names it.
#[derive(Clone, Debug)]
pub struct KokoroFiles {
    /// The network, in the ONNX format.
    pub network: PathBuf,
    /// How English words are pronounced.
    pub english: PathBuf,
    /// How Mandarin words are pronounced.
    pub mandarin: PathBuf,
    /// Who speaks each language.
    pub voices: BTreeMap<Lang, PathBuf>,
}

/// The natural voice, ready.
pub struct Kokoro {
    network: Network,
    pronouncer: Pronouncer,
    styles: BTreeMap<Lang, Style>,
    speed: f32,
    cache: Cache,
    /// The network has run: its first run takes longer than others.
    warm: bool,
}

impl Kokoro {
    /// Loads it, with names said by `lexicon`, at a fraction of its usual `speed`, and with a memory.
    ///
    /// # Errors
    /// A sentence that names the file that can't be used.
    pub fn load(files: &KokoroFiles, lexicon: &Lexicon, speed: f32, cache: Cache) -> Result<Self, SpeechError> {
        let read = |path: &Path| {
            let broken = |why: std::io::Error| SpeechError::VoiceBroken { path: path.to_owned(), why: why.to_string() };
            std::fs::read_to_string(path).map_err(broken)
        };
        let (english, mandarin) = (read(&files.english)?, read(&files.mandarin)?);
        let pronouncer = Pronouncer::new(&english, &mandarin, lexicon).map_err(|why| SpeechError::VoiceBroken {
            path: match &why {
                crate::pronunciation::PronunciationError::Dictionary(_) => files.english.clone(),
                crate::pronunciation::PronunciationError::Phrases(_) => files.mandarin.clone(),
            },
            why: why.to_string(),
        })?;
        let mut styles = BTreeMap::new();
        for (lang, path) in &files.voices {
            styles.insert(*lang, Style::load(path)?);
        }
        let network = Network::load(&files.network)?;
        let speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
        Ok(Kokoro { network, pronouncer, styles, speed, cache, warm: false })
    }

    /// The phonemes of a text, as this voice says it.
    #[must_use]
    pub fn phonemes(&self, text: &str, lang: Lang) -> String {
        self.pronouncer.phonemes(text, lang)
    }

    /// The sound of one clause, with the silence behind it.
    fn clause(
        &mut self,
        clause: &Clause,
        lang: Lang,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Option<Pcm>, SpeechError> {
        let mut sound = self.words(clause, lang, is_wanted)?;
        let silence = Pcm::silence(u64::from(clause.pause_ms), KOKORO_RATE);
        sound.iter_mut().for_each(|sound| sound.samples.extend(&silence.samples));
        Ok(sound)
    }

    /// `None` where it was wanted no more before it was made.
    fn words(&mut self, clause: &Clause, lang: Lang, is_wanted: &dyn Fn() -> bool) -> Result<Option<Pcm>, SpeechError> {
        let silence = || Ok(Some(Pcm::silence(0, KOKORO_RATE)));
        let Some(ask) = self.ask(clause, lang) else { return silence() };
        if let Some(sound) = self.cache.get(&ask.key) {
            return Ok(Some(sound));
        }
        let Some(style) = self.styles.get(&lang) else { return silence() };
        let said = self.network.speak(&ask.said, (style, ask.speed), is_wanted)?;
        Ok(said.map(|mut sound| {
            loudness::trim(&mut sound);
            loudness::normalise(&mut sound);
            self.cache.put(ask.key, &clause.text, &sound);
            sound
        }))
    }

    /// What the network is asked for a clause; `None` where there is nothing to be said.
    fn ask(&self, clause: &Clause, lang: Lang) -> Option<Ask> {
        let said = self.pronouncer.phonemes(&clause.text, lang);
        let style = self.styles.get(&lang).filter(|_| !said.is_empty())?;
        let speed = (self.speed * clause.rate).clamp(*SPEEDS.start(), *SPEEDS.end());
        Some(Ask { key: key(&style.digest, speed, &said), said, speed })
    }
}

/// One clause for the network.
struct Ask {
    key: String,
    said: String,
    speed: f32,
}

/// What makes the sound of a clause the same: who speaks, how fast, and which phonemes.
fn key(style: &[u8; 32], speed: f32, said: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"sayso kokoro-82m-v1.0-fp16 1");
    hash.update(style);
    hash.update(speed.to_le_bytes());
    hash.update(said.as_bytes());
    base16ct::lower::encode_string(&hash.finalize())
}

impl Synthesizer for Kokoro {
    fn name(&self) -> &str {
        "kokoro"
    }

    fn synthesize(&mut self, text: &str, lang: Lang) -> Result<Pcm, SpeechError> {
        let mut whole = Pcm::silence(0, KOKORO_RATE);
        self.stream(text, lang, &|| true, &mut |sound| {
            whole.samples.extend(sound.samples);
            true
        })?;
        Ok(whole)
    }

    fn stream(
        &mut self,
        text: &str,
        lang: Lang,
        is_wanted: &dyn Fn() -> bool,
        each: &mut dyn FnMut(Pcm) -> bool,
    ) -> Result<(), SpeechError> {
        for clause in self.cache.pieces(text, lang) {
            let Some(sound) = self.clause(&clause, lang, is_wanted)? else { break };
            if !each(sound) {
                break;
            }
        }
        Ok(())
    }

    fn warm_up(&mut self) -> bool {
        if std::mem::replace(&mut self.warm, true) {
            return false;
        }
        let spoken = self.styles.values().next().map(|style| self.network.speak("a", (style, 1.0), &|| true));
        if let Some(Err(why)) = spoken {
            tracing::debug!("can't be warmed up: {why}");
        }
        true
    }

    fn practise(&mut self, is_wanted: &dyn Fn() -> bool) -> bool {
        if self.warm_up() {
            return true;
        }
        // One that is on the disk already costs a look; then the next one.
        while let Some((lang, clause)) = self.cache.untried() {
            let Some(ask) = self.ask(&clause, lang) else { continue };
            if self.cache.has(&ask.key) {
                continue;
            }
            match self.words(&clause, lang, is_wanted) {
                Ok(Some(_)) => {}
                Ok(None) => self.cache.try_again(lang, clause.text),
                Err(why) => tracing::debug!("can't be practised: {why}"),
            }
            return true;
        }
        false
    }

    fn forget(&mut self) {
        self.cache.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_broken_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("english"), "{\"pay\":\"pˈA\"}").unwrap();
        std::fs::write(path("mandarin"), "{\"音乐\":[[\"yīn\"],[\"yuè\"]]}").unwrap();
        std::fs::write(path("voice"), "too short").unwrap();
        std::fs::write(path("network"), "no network").unwrap();
        let mut files = KokoroFiles {
            network: path("network"),
            english: path("absent"),
            mandarin: path("mandarin"),
            voices: BTreeMap::from([(Lang::En, path("voice"))]),
        };
        let load = |files: &KokoroFiles| {
            Kokoro::load(files, &Lexicon::default(), 1.0, Cache::none()).map(|_| ()).unwrap_err().to_string()
        };
        assert!(load(&files).contains("absent"));
        files.english = path("voice");
        assert!(load(&files).contains("dictionary of English"));
        files.english = path("english");
        assert!(load(&files).contains("a voice has 522240 bytes, and this has 9"));
        files.voices.clear();
        let error = load(&files);
        assert!(error.contains("network") && error.contains("sayso models fetch kokoro-82m-fp16"), "{error}");
    }

    #[test]
    fn a_key_is_one_for_each_way_of_saying() {
        let keys = [key(&[0; 32], 1.0, "a"), key(&[1; 32], 1.0, "a"), key(&[0; 32], 0.8, "a"), key(&[0; 32], 1.0, "b")];
        for (at, one) in keys.iter().enumerate() {
            assert!(one.len() == 64 && keys.iter().skip(at + 1).all(|other| other != one));
        }
    }
}
