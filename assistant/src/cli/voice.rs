//! The voice that the configuration names, with its files checked; without those of the natural voice espeak-ng speaks, and
//! that is said.

use super::check;
use super::failure::Failure;
use super::listening::speech_failure;
use super::out::remark;
use super::places::Places;
use super::replies::Replies;
use crate::config::{Config, SpeechSettings, VoiceChoice};
use crate::consent::{READ_BACK_ENDS, read_back_frames};
use crate::lang::Lang;
use crate::models::Kind;
use crate::models::{ENGLISH_PRONUNCIATIONS, MANDARIN_PRONUNCIATIONS, Manifest, ModelError, SYNTHESIZER, locate};
use crate::pronunciation::Lexicon;
use crate::speech::{Backend, Cache, HOLE, Kokoro, KokoroFiles, Voice};
use crate::turn::Assistant;
use crate::wording;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where sounds of sentences that are said often are kept, in the data folder.
const KEPT: &str = "spoken";

/// Opens the configured voice. What of the dialogs' texts is said again and again is kept on the disk; what names the payees of the
/// household is made ready in memory.
pub fn open(places: &Places, config: &Config, assistant: Option<&Assistant>) -> Result<Voice, Failure> {
    let mut texts = always_said();
    texts.extend(assistant.into_iter().flat_map(|assistant| assistant.texts(HOLE)));
    let about_bills = assistant.map_or_else(Vec::new, |assistant| assistant.texts_about_bills(HOLE));
    let languages = config.language.fixed().map_or_else(|| Lang::ALL.to_vec(), |lang| vec![lang]);
    let cache = Cache::in_folder(&places.data.join(KEPT), texts).expecting(about_bills).practising(&languages);
    with_cache(places, config, cache)
}

/// The same with a voice that keeps nothing on the disk and knows no text beforehand.
#[cfg(feature = "voice")]
pub fn forgetful(places: &Places, config: &Config) -> Result<Voice, Failure> {
    with_cache(places, config, Cache::none())
}

fn with_cache(places: &Places, config: &Config, cache: Cache) -> Result<Voice, Failure> {
    let backend = match config.speech.voice {
        VoiceChoice::Kokoro => return natural(places, config, cache),
        VoiceChoice::EspeakNg => Backend::EspeakNg,
        VoiceChoice::System => Backend::System,
        VoiceChoice::None => Backend::None,
    };
    Voice::open(backend).map_err(speech_failure)
}

/// The configured voice writing what an assistant answers into a folder, if one was named.
pub fn replies(
    places: &Places,
    config: &Config,
    assistant: &Assistant,
    folder: Option<PathBuf>,
) -> Result<Option<Replies>, Failure> {
    let voice = || open(places, config, Some(assistant));
    folder.map(|folder| Replies::open(voice()?, &folder)).transpose()
}

/// The natural voice, or espeak-ng where its files are not on this machine.
fn natural(places: &Places, config: &Config, cache: Cache) -> Result<Voice, Failure> {
    let lexicon = lexicon(config.dialogs.as_deref())?;
    let folder = places.models(config.speech.models_dir.as_deref());
    match files(&config.speech, &folder) {
        Ok(files) => {
            let kokoro = Kokoro::load(&files, &lexicon, config.speech.speed, cache).map_err(Failure::usage)?;
            Ok(Voice::Samples(Box::new(kokoro)))
        }
        Err(missing @ ModelError::Missing { .. }) => {
            let why = missing.to_string();
            let spoken = Voice::open(Backend::EspeakNg).map_err(|also| Failure::usage(format!("{why}\n{also}")))?;
            remark(&format!("{why}. Until then espeak-ng speaks."));
            Ok(spoken)
        }
        Err(wrong) => Err(Failure::usage(wrong)),
    }
}

/// The files of the natural voice, each with the right checksum but for voices of one's own.
pub fn files(speech: &SpeechSettings, folder: &Path) -> Result<KokoroFiles, ModelError> {
    // The network first: who fetches it gets the usual voices with it, so that this is what to name where all is missing.
    let network = locate(SYNTHESIZER, folder)?;
    let mut voices = BTreeMap::new();
    for lang in Lang::ALL {
        voices.insert(lang, voice_file(voice_of(speech, lang), lang, folder)?);
    }
    Ok(KokoroFiles {
        network,
        english: locate(ENGLISH_PRONUNCIATIONS, folder)?,
        mandarin: locate(MANDARIN_PRONUNCIATIONS, folder)?,
        voices,
    })
}

/// Who speaks a language: a name of the manifest without its `kokoro-`, or a file.
pub fn voice_of(speech: &SpeechSettings, lang: Lang) -> &str {
    speech.voices.get(&lang).map_or(default_voice(lang), String::as_str)
}

fn default_voice(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "af_heart",
        Lang::Zh => "zf_xiaobei",
    }
}

/// True for a voice that is a file of one's own.
pub fn is_file(voice: &str) -> bool {
    voice.contains(['/', '\\']) || voice.ends_with(".bin")
}

fn voice_file(voice: &str, lang: Lang, folder: &Path) -> Result<PathBuf, ModelError> {
    if is_file(voice) {
        return Ok(PathBuf::from(voice));
    }
    let manifest = Manifest::builtin()?;
    let name = format!("kokoro-{voice}");
    let speaks = |model: &&crate::models::Model| model.kind == Kind::Voice && model.languages.contains(&lang);
    if !manifest.models.iter().filter(speaks).any(|model| model.name == name) {
        let known = manifest.models.iter().filter(speaks).filter_map(|model| model.name.strip_prefix("kokoro-"));
        return Err(ModelError::Unknown { name: voice.to_owned(), known: known.map(str::to_owned).collect() });
    }
    locate(&name, folder)
}

/// How names are said: the shipped lexicon, and that of the person's own dialogs.
pub fn lexicon(dialogs: Option<&Path>) -> Result<Lexicon, Failure> {
    let mut lexicon = Lexicon::shipped().map_err(Failure::usage)?;
    if let Some(own) = dialogs.and_then(check::lexicon_in) {
        let text = std::fs::read_to_string(&own).map_err(|wrong| check::unreadable(&own, &wrong))?;
        let read = Lexicon::parse(&own.display().to_string(), &text);
        lexicon = lexicon.with(read.map_err(|all| Failure::usage(lines(&all)))?);
    }
    Ok(lexicon)
}

fn lines(errors: &[crate::pronunciation::LexiconError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is said in every conversation and stands in no dialog file.
fn always_said() -> Vec<(Lang, String)> {
    let notices = [wording::practice_notice, wording::dry_run_notice, wording::live_notice, wording::called];
    let said = Lang::ALL.into_iter().flat_map(|lang| notices.map(|notice| (lang, notice(lang).spoken)));
    let ends = READ_BACK_ENDS.map(|(lang, words)| (lang, words.to_owned()));
    said.chain(read_back_frames(&HOLE.to_string())).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_all_is_missing_the_network_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::example(jiff::civil::date(2026, 11, 22)).unwrap();
        let error = files(&config.speech, folder.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("sayso models fetch {SYNTHESIZER}")), "{error}");
    }

    #[test]
    fn voices_are_names_of_their_language_or_files() {
        let folder = tempfile::tempdir().unwrap();
        let error = |voice: &str, lang| voice_file(voice, lang, folder.path()).unwrap_err().to_string();
        assert!(error("af_heart", Lang::En).contains("sayso models fetch kokoro-af_heart"));
        let unknown = error("zf_xiaobei", Lang::En);
        assert!(unknown.contains("af_heart") && !unknown.contains("zm_yunxi"), "{unknown}");
        assert_eq!(voice_file("./my.bin", Lang::En, folder.path()).unwrap(), PathBuf::from("./my.bin"));
        assert!(is_file("my.bin") && !is_file("af_heart"));
    }

    #[test]
    fn the_default_voices_come_with_the_network() {
        let manifest = Manifest::builtin().unwrap();
        let needs = &manifest.model(SYNTHESIZER).unwrap().needs;
        for lang in Lang::ALL {
            assert!(needs.contains(&format!("kokoro-{}", default_voice(lang))));
        }
        assert!(
            needs.contains(&ENGLISH_PRONUNCIATIONS.to_owned()) && needs.contains(&MANDARIN_PRONUNCIATIONS.to_owned())
        );
    }
}
