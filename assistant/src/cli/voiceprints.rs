//! `sayso voiceprints`: who can be known by their voice. Five sentences make a voiceprint; nothing that is printed shows what it is like.

use super::failure::Failure;
use super::opening;
use super::out::Out;
#[cfg(feature = "voice")]
use super::out::remark;
use super::places::Places;
use super::speaker::{self, HOME};
use crate::audio::{PcmFrames, read_wav};
use crate::config::Config;
use crate::consent::Likeness;
use crate::lang::Lang;
use crate::payments::{Clock as _, SystemClock};
use crate::speech::speaker::{ENROLMENT_SENTENCES, Ge2e, SpeakerEncoder as _, Voiceprint, enrol};
use crate::speech::{Endpointer, Endpointing, Utterance, hear_turn};
use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// `sayso voiceprints`
#[derive(Subcommand, Debug)]
pub enum VoiceprintsCommand {
    /// Make the voiceprint of a person from five sentences: of the microphone, or recorded
    Enrol {
        /// Whose it is: a name of `people` in the configuration, or `home` where it names nobody
        #[arg(value_name = "PERSON")]
        whose: String,
        /// A recorded sentence; five of them, instead of the microphone
        #[arg(long, value_name = "FILE", num_args = 1..)]
        audio: Vec<PathBuf>,
    },
    /// Whose voiceprints there are
    List,
    /// Remove the voiceprint of a person for good
    Remove {
        /// Whose it is
        #[arg(value_name = "PERSON")]
        whose: String,
    },
    /// How like the voice of a recording is to each voiceprint
    Compare {
        /// A WAV file
        file: PathBuf,
    },
}

/// The result of `enrol`, as JSON.
#[derive(Serialize)]
struct Enrolled<'a> {
    enrolled: &'a str,
    /// True if it took the place of an earlier one.
    replaced: bool,
}

/// The result of `remove`, as JSON.
#[derive(Serialize)]
struct Removed<'a> {
    removed: &'a str,
}

/// One voiceprint of `list`, as JSON.
#[derive(Serialize)]
struct Listed<'a> {
    person: &'a str,
    model: &'a str,
    enrolled_at_ms: i64,
    /// False if other weights made it, so that it is of no use any more.
    usable: bool,
}

/// One line of `compare`, as JSON.
#[derive(Serialize)]
struct Compared<'a> {
    person: &'a str,
    /// From 0 to 1.
    likeness: f64,
    /// Whether that is enough to be known by.
    theirs: bool,
}

/// Runs one of them.
pub async fn run(
    places: &Places,
    config: &Config,
    command: VoiceprintsCommand,
    lang: Option<Lang>,
    out: Out,
) -> Result<(), Failure> {
    match command {
        VoiceprintsCommand::Enrol { whose, audio } => make(places, config, (&whose, &audio), lang, out).await,
        VoiceprintsCommand::List => list(places, config, out).await,
        VoiceprintsCommand::Remove { whose } => {
            let store = opening::store(places, config)?;
            match store.remove_voiceprint(&whose, SystemClock.now_ms()).await.map_err(opening::failed)? {
                true => {
                    Ok(out.result(&Removed { removed: &whose }, || format!("the voiceprint of {whose} is removed"))?)
                }
                false => Err(Failure::failed(format!(
                    "there is no voiceprint of {whose}; `sayso voiceprints list` shows whose there are"
                ))),
            }
        }
        VoiceprintsCommand::Compare { file } => compare(places, config, &file, out).await,
    }
}

async fn make(
    places: &Places,
    config: &Config,
    (whose, audio): (&str, &[PathBuf]),
    lang: Option<Lang>,
    out: Out,
) -> Result<(), Failure> {
    check_name(config, whose)?;
    if !audio.is_empty() && audio.len() != ENROLMENT_SENTENCES {
        let wrong = format!(
            "a voiceprint is made of {ENROLMENT_SENTENCES} sentences, and {} were given with --audio",
            audio.len()
        );
        return Err(Failure::usage(wrong));
    }
    let recorded = audio.iter().map(|file| sentence(file)).collect::<Result<Vec<_>, _>>()?;
    let store = opening::store(places, config)?;
    let mut encoder = speaker::load(places, &config.speech)?;
    let sentences = if recorded.is_empty() { listen(config, lang)? } else { recorded };
    let print = enrol(&mut encoder, &sentences).map_err(Failure::failed)?;
    let kept = speaker::to_keep(&print, &encoder, whose, SystemClock.now_ms());
    let replaced = store.keep_voiceprint(kept).await.map_err(opening::failed)?;
    out.result(&Enrolled { enrolled: whose, replaced }, || format!("{whose} can be known by their voice now"))?;
    Ok(())
}

/// Refuses whom the configuration does not name: no conversation would be theirs.
fn check_name(config: &Config, whose: &str) -> Result<(), Failure> {
    match config.people.as_slice() {
        [] if whose == HOME => Ok(()),
        [] => Err(Failure::usage(format!(
            "the configuration names nobody, so that a conversation is nobody's in particular: enrol `{HOME}`, or write `household: {{ people: [...] }}`"
        ))),
        people if people.iter().any(|person| person == whose) => Ok(()),
        people => Err(Failure::usage(format!(
            "there is no `{whose}` in the configuration: it is one of {}",
            people.join(", ")
        ))),
    }
}

/// The one stretch of speech in a recording.
fn sentence(file: &Path) -> Result<Utterance, Failure> {
    let sound = read_wav(file).map_err(Failure::usage)?;
    let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
    let heard = hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording())).map_err(Failure::usage)?;
    heard.ok_or_else(|| Failure::failed(format!("{}: nobody speaks in it", file.display())))
}

async fn list(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let prints = opening::store(places, config)?.voiceprints().await.map_err(opening::failed)?;
    if prints.is_empty() {
        out.text("nobody can be known by their voice; `sayso voiceprints enrol PERSON` makes a voiceprint")?;
    }
    for print in &prints {
        let usable = speaker::is_usable(print)?;
        let (person, model, enrolled_at_ms) = (&print.person, &print.model, print.enrolled_at_ms);
        out.result(&Listed { person, model, enrolled_at_ms, usable }, || {
            let since = Timestamp::from_millisecond(enrolled_at_ms).map(|at| at.strftime("%Y-%m-%d").to_string());
            let note = if usable { "" } else { "  of no use: made with other weights, enrol again" };
            format!("{person:<12}  {}  {model}{note}", since.unwrap_or_default())
        })?;
    }
    Ok(())
}

async fn compare(places: &Places, config: &Config, file: &Path, out: Out) -> Result<(), Failure> {
    let heard = sentence(file)?;
    let mut prints = opening::store(places, config)?.voiceprints().await.map_err(opening::failed)?;
    let mut encoder = speaker::load(places, &config.speech)?;
    prints.retain(|print| speaker::is_usable(print).unwrap_or(false));
    if prints.is_empty() {
        return Err(Failure::failed(
            "there is no voiceprint to compare with; `sayso voiceprints enrol PERSON` makes one",
        ));
    }
    let voice = encoder.voiceprint(&heard.samples).map_err(Failure::failed)?;
    let voice = voice.ok_or_else(|| Failure::failed(format!("{}: nobody speaks in it", file.display())))?;
    let mut compared: Vec<(String, u16)> =
        prints.into_iter().map(|print| (print.person, likeness(&encoder, print.numbers, &voice))).collect();
    compared.sort_by_key(|(_, milli)| std::cmp::Reverse(*milli));
    for (person, milli) in &compared {
        let theirs = Likeness { together_milli: *milli, alone_milli: *milli }.is_theirs();
        let likeness = f64::from(*milli) / 1000.0;
        out.result(&Compared { person, likeness, theirs }, || {
            format!("{person:<12}  {likeness:.3}  {}", if theirs { "enough to be known by" } else { "another voice" })
        })?;
    }
    Ok(())
}

fn likeness(encoder: &Ge2e, numbers: Vec<f32>, voice: &Voiceprint) -> u16 {
    Voiceprint::of(numbers).map_or(0, |print| encoder.likeness_milli(&print, voice))
}

/// What is to be said into the microphone: whole sentences with many sounds.
const SENTENCES: [(Lang, [&str; ENROLMENT_SENTENCES]); 2] = [
    (
        Lang::En,
        [
            "My voice is my own, and nobody else should pay with it.",
            "The quick brown fox jumps over the lazy dog this morning.",
            "Please pay my electricity bill before the end of the month.",
            "Yesterday we bought fresh bread, oranges and a jar of honey.",
            "Four, seven, one, nine: those were the digits on the blue door.",
        ],
    ),
    (
        Lang::Zh,
        [
            "我的声音只属于我自己，别人不能用它来付款。",
            "今天早上天气很好，我们一起去公园散步吧。",
            "请在月底之前帮我把电费和水费都交了。",
            "昨天我们买了新鲜的面包、橙子和一罐蜂蜜。",
            "四七一九，就是写在蓝色大门上的那几个数字。",
        ],
    ),
];

/// Asks for the sentences one after another and listens to each.
#[cfg(feature = "voice")]
fn listen(config: &Config, lang: Option<Lang>) -> Result<Vec<Utterance>, Failure> {
    use crate::audio::{FrameSource as _, Microphone};
    use crate::speech::speaker::SENTENCE_VOICED_LEAST_MS;
    let mut microphone = Microphone::open(None).map_err(Failure::usage)?;
    remark(&format!(
        "listening to {}; read each sentence aloud as you usually speak, in a quiet room",
        microphone.name()
    ));
    let mut sentences = Vec::new();
    for (number, text) in (1..).zip(texts(config, lang)) {
        remark(&format!("{number} of {ENROLMENT_SENTENCES}: {text}"));
        loop {
            microphone.forget();
            let mut endpointer = Endpointer::new(Endpointing::default());
            let heard = hear_turn(&mut microphone, &mut endpointer).map_err(Failure::failed)?;
            let Some(heard) = heard else { return Err(Failure::failed("the microphone gives no sound any more")) };
            if heard.voiced_ms >= SENTENCE_VOICED_LEAST_MS {
                sentences.push(heard);
                break;
            }
            remark("that was too short; please read the whole sentence");
        }
    }
    Ok(sentences)
}

/// There is no microphone in this build.
#[cfg(not(feature = "voice"))]
fn listen(_: &Config, _: Option<Lang>) -> Result<Vec<Utterance>, Failure> {
    Err(Failure::usage("this build leaves out the feature `voice`: give five recordings with --audio"))
}

#[cfg_attr(not(feature = "voice"), allow(dead_code, reason = "without a microphone nobody is asked"))]
fn texts(config: &Config, lang: Option<Lang>) -> [&'static str; ENROLMENT_SENTENCES] {
    let lang = lang.or(config.language.fixed()).unwrap_or(Lang::En);
    let [(_, english), (_, mandarin)] = SENTENCES;
    if lang == Lang::Zh { mandarin } else { english }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_can_converse_is_enrolled() {
        let mut config = Config::example(jiff::civil::date(2026, 11, 22)).unwrap();
        assert!(check_name(&config, HOME).is_ok());
        let wrong = check_name(&config, "Ann").unwrap_err();
        assert!(wrong.exit_code == 2 && wrong.message.contains("people"), "{}", wrong.message);
        config.people = vec!["Ann".to_owned(), "Ben".to_owned()];
        assert!(check_name(&config, "Ann").is_ok());
        assert!(check_name(&config, HOME).unwrap_err().message.contains("Ann, Ben"));
    }

    #[test]
    fn sentences_are_asked_for_in_the_language_of_the_conversations() {
        let config = Config::example(jiff::civil::date(2026, 11, 22)).unwrap();
        assert!(texts(&config, None)[0].contains("voice"));
        assert!(texts(&config, Some(Lang::Zh)).iter().all(|text| Lang::of_text(text) == Some(Lang::Zh)));
    }
}
