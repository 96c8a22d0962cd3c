//! `sayso bench speech`: recorded sentences through the ears that conversations have, and how far what was heard is from what
//! was said.

use super::assemble::{self, provider_infos};
use super::bench_args::{Harder, NoiseArg, SpeechBench};
use super::encoder;
use super::failure::Failure;
use super::listening::{reading, speech_failure};
use super::out::{Out, remark};
use super::places::Places;
use super::process;
use super::recogniser;
use crate::audio::{Pcm, PcmFrames, read_wav};
use crate::config::{Config, SpeechSettings};
use crate::consent::Ear;
use crate::evaluation::{Disturbance, Figures, Judge, NoiseKind, Score, Taken, Tally};
use crate::lang::Lang;
use crate::speech::{Endpointer, Endpointing, Heard, Hint, Recogniser, listen};
use crate::turn::Expecting;
use crate::understanding::{EntityKind, Expectation, Understander};
use jiff::Zoned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The fewest other recordings of which babble is made.
const BABBLE_LEAST: usize = 3;

/// One line of `index.jsonl`; other keys may stand there.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// The file, beside the index.
    pub file: String,
    /// Its language.
    pub lang: Lang,
    /// What is said in it.
    pub text: String,
    /// Whose voice it is, where that is told.
    pub voice: Option<String>,
}

/// A recording and what is said in it.
pub struct Recording {
    /// Its line of the index.
    pub entry: Entry,
    /// Its sound, at 16 kHz.
    pub sound: Pcm,
}

/// What became of one recording: a line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    lang: Lang,
    said: &'a str,
    /// Empty if nothing was taken for words.
    heard: &'a str,
    /// How likely a second listener holds a yes, among all answers; null if nothing was heard.
    yes: Option<f64>,
    #[serde(flatten)]
    score: &'a Score,
    /// How long the sound is.
    duration_ms: u64,
    /// How long hearing it took.
    took_ms: f64,
}

/// The last line of `--json`.
#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    figures: Figures,
    /// The same for what was written down before it was held against what may be said; null where nothing was.
    free: Option<Figures>,
    /// Time to hear, divided by the length of the sound.
    real_time_factor: f64,
    /// The most that this process held in memory, in MB; null where the system does not tell.
    memory_mb: Option<f64>,
}

/// Hears everything in the folder and prints what was wrong. The language is that of the index, as in the midst of a
/// conversation; with `detect` it is found out for each recording, as at a beginning.
pub fn run(wish: &SpeechBench, places: &Places, config: &Config, detect: bool, out: Out) -> Result<(), Failure> {
    let recordings = read(&wish.audio, wish.every as usize)?;
    let disturbance = disturbance_of(&wish.harder, &recordings)?;
    let speech = SpeechSettings {
        model: wish.model.clone().unwrap_or_else(|| config.speech.model.clone()),
        ..config.speech.clone()
    };
    let mut ear = recogniser::open_with(places, &speech, wish.threads)?;
    let judge = judge(places, config)?;
    let hint = hint(config, &judge)?;
    let (mut tally, mut free) = (Tally::default(), Tally::default());
    let (mut sound_ms, mut took_ms) = (0, 0.0);
    for (index, recording) in recordings.iter().enumerate() {
        let sound = disturbed(&disturbance, &recordings, index);
        let Entry { file, lang, text, voice: _ } = &recording.entry;
        let hint = Hint { lang: (!detect).then_some(*lang), ..hint.clone() };
        let duration_ms = sound.duration_ms();
        let started = Instant::now();
        let heard = hear(ear.as_mut(), sound, &hint)?;
        let took = (started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0;
        let words = heard.transcript().map(|words| words.text.as_str()).unwrap_or_default();
        let score = judge.score(*lang, text, &taken(&heard));
        tally.add(*lang, &score);
        if config.speech.expectation {
            let alone = heard.transcript().map(|words| words.free.as_str()).unwrap_or_default();
            free.add(*lang, &judge.score(*lang, text, &Taken::freely(alone)));
        }
        sound_ms += duration_ms;
        took_ms += took;
        let line = Line {
            file,
            lang: *lang,
            said: text,
            heard: words,
            yes: yes(&heard),
            score: &score,
            duration_ms,
            took_ms: took,
        };
        out.object(&line)?;
        if score.wrong > 0 {
            let shown = if words.is_empty() { "(nothing)" } else { words };
            out.text(&format!("{file}: said “{text}”, heard “{shown}”"))?;
        }
    }
    let factor = took_ms / sound_ms.max(1) as f64;
    let summary = Summary {
        figures: tally.figures(),
        free: config.speech.expectation.then(|| free.figures()),
        real_time_factor: (factor * 1000.0).round() / 1000.0,
        memory_mb: process::peak_memory_mb(),
    };
    out.result(&summary, || {
        let memory = summary.memory_mb.map_or("not known".to_owned(), |mb| format!("{mb:.0} MB"));
        let alone = match config.speech.expectation {
            true => format!("written down freely\n{}\n\nheld against what may be said\n", free.table()),
            false => String::new(),
        };
        format!("{alone}{}\n\n{}: real-time factor {factor:.2}, memory {memory}", tally.table(), ear.name())
    })?;
    Ok(())
}

fn yes(heard: &Heard) -> Option<f64> {
    heard.transcript()?.yes_milli.map(|milli| f64::from(milli) / 1000.0)
}

/// What was taken in, as conversations take it.
pub fn taken(heard: &Heard) -> Taken {
    let Some(words) = heard.transcript() else { return Taken::default() };
    Taken {
        readings: words.readings.iter().cloned().map(reading).collect(),
        ear: Some(Ear { yes_milli: words.yes_milli, voiced_ms: words.voiced_ms, likeness: None }),
    }
}

/// The chain of `hear`: endpointer, voice gates, recogniser.
fn hear(ear: &mut dyn Recogniser, sound: Pcm, hint: &Hint) -> Result<Heard, Failure> {
    let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
    let mut endpointer = Endpointer::new(Endpointing::whole_recording());
    listen(&mut source, &mut endpointer, ear, hint).map_err(speech_failure)
}

/// The words of the dialogs, and the expectation of everything that could be said anywhere: harder than a conversation,
/// which waits for one thing at a time.
pub fn hint(config: &Config, judge: &Judge) -> Result<Hint, Failure> {
    let kinds = vec![EntityKind::Money, EntityKind::Payee, EntityKind::Provider, EntityKind::YesNo];
    let expect = Expectation { kinds, consent: true, ..Expectation::default() };
    let expecting = Expecting::new(judge.understander(), expect, Zoned::now().date(), config.speech.expectation);
    Ok(Hint { expect: Some(Arc::new(expecting)), ..recogniser::hint(config, None)? })
}

/// What the household's flows teach, to tell what is meant.
pub fn judge(places: &Places, config: &Config) -> Result<Judge, Failure> {
    let teaching = assemble::dialogs(config)?.teaching(&config.household, &provider_infos(&config.providers));
    let understander = Understander::with_encoder(&teaching, encoder::configured(places, config)?);
    Ok(Judge::new(understander, config.household.currencies.clone(), Zoned::now().date()))
}

/// Every `every`th recording of the folder. All are read before anything is heard: a bad one must not end a long run.
pub fn read(folder: &Path, every: usize) -> Result<Vec<Recording>, Failure> {
    let index = folder.join("index.jsonl");
    let wanted = "each line is an object such as {\"file\":\"a.wav\",\"lang\":\"en\",\"text\":\"Pay my water bill.\"}";
    let text = fs::read_to_string(&index).map_err(|wrong| match wrong.kind() {
        ErrorKind::NotFound => Failure::usage(format!(
            "there is no {}: write one with a line for each recording; {wanted}",
            index.display()
        )),
        _ => Failure::usage(format!("{} can't be read: {wrong}", index.display())),
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).step_by(every);
    let recordings = lines
        .map(|(number, line)| {
            let at = |wrong: String| Failure::usage(format!("{}:{}: {wrong}", index.display(), number + 1));
            let entry: Entry = serde_json::from_str(line).map_err(|wrong| at(format!("{wrong}; {wanted}")))?;
            if entry.text.trim().is_empty() {
                return Err(at("`text` is empty: write what is said in the recording".to_owned()));
            }
            let sound = read_wav(&folder.join(&entry.file)).map_err(|wrong| at(wrong.to_string()))?;
            Ok(Recording { entry, sound })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    match recordings.is_empty() {
        true => Err(Failure::usage(format!("{} names no recording; {wanted}", index.display()))),
        false => Ok(recordings),
    }
}

/// How the recordings are made harder, as the options say.
pub fn disturbance_of(harder: &Harder, recordings: &[Recording]) -> Result<Disturbance, Failure> {
    let Harder { noise, snr, room, seed } = *harder;
    let kind = noise.map(|noise| match noise {
        NoiseArg::White => NoiseKind::White,
        NoiseArg::Babble => NoiseKind::Babble,
        NoiseArg::Music => NoiseKind::Music,
    });
    if kind == Some(NoiseKind::Babble) && recordings.len() <= BABBLE_LEAST {
        let wrong = format!("babble is made of the other recordings, and there are too few: it needs {BABBLE_LEAST}");
        return Err(Failure::usage(wrong));
    }
    if noise.is_some() || room {
        let noise = noise.zip(snr).map(|(noise, snr)| format!("{noise:?} at {snr} dB").to_lowercase());
        let room = room.then(|| "in a room".to_owned());
        remark(&format!("made harder: {}", noise.into_iter().chain(room).collect::<Vec<_>>().join(", ")));
    }
    Ok(Disturbance { noise: kind.zip(snr.map(|snr| snr as f32)), room, seed })
}

/// One recording as it is to be heard; each has noise of its own.
pub fn disturbed(disturbance: &Disturbance, recordings: &[Recording], index: usize) -> Pcm {
    let Some(recording) = recordings.get(index) else { return Pcm::default() };
    let others = recordings.iter().enumerate().filter(|(other, _)| *other != index);
    let others: Vec<&[f32]> = others.map(|(_, other)| other.sound.samples.as_slice()).collect();
    let seed = disturbance.seed.wrapping_mul(1_000_003).wrapping_add(index as u64);
    let samples = Disturbance { seed, ..*disturbance }.apply(&recording.sound.samples, &others);
    Pcm::new(samples, recording.sound.rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::write_wav;

    /// A folder with one recording of another rate, and this index.
    fn folder(index: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        write_wav(&folder.path().join("a.wav"), &Pcm::new(vec![0.1; 4_410], 44_100)).unwrap();
        fs::write(folder.path().join("broken.wav"), b"RIFF").unwrap();
        fs::write(folder.path().join("index.jsonl"), index).unwrap();
        folder
    }

    #[test]
    fn a_folder_is_read_at_any_rate_and_with_other_keys() {
        let index = "\u{feff}{\"file\":\"a.wav\",\"lang\":\"en\",\"voice\":\"x\",\"text\":\"Yes.\"}\n\n";
        let recordings = read(folder(index).path(), 1).unwrap();
        assert_eq!(recordings.len(), 1);
        assert_eq!((recordings[0].sound.rate, recordings[0].sound.duration_ms()), (16_000, 100));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let good = "{\"file\":\"a.wav\",\"lang\":\"en\",\"text\":\"Yes.\"}\n";
        for (line, sign) in [
            ("nonsense", "index.jsonl:2"),
            ("{\"file\":\"a.wav\",\"lang\":\"fr\",\"text\":\"Oui.\"}", "index.jsonl:2"),
            ("{\"file\":\"a.wav\",\"lang\":\"en\"}", "`text`"),
            ("{\"file\":\"a.wav\",\"lang\":\"en\",\"text\":\" \"}", "what is said"),
            ("{\"file\":\"none.wav\",\"lang\":\"en\",\"text\":\"Yes.\"}", "none.wav"),
            ("{\"file\":\"broken.wav\",\"lang\":\"en\",\"text\":\"Yes.\"}", "not a WAV file"),
        ] {
            let wrong = read(folder(&format!("{good}{line}")).path(), 1).map(|_| ()).unwrap_err();
            assert_eq!(wrong.exit_code, 2);
            assert!(wrong.message.contains(sign) && wrong.message.contains(":2: "), "{line}: {}", wrong.message);
        }
        let empty = read(folder("\n").path(), 1).map(|_| ()).unwrap_err();
        assert!(empty.message.contains("names no recording"), "{}", empty.message);
        let none = read(Path::new("/nowhere"), 1).map(|_| ()).unwrap_err();
        assert!(none.message.contains("/nowhere/index.jsonl") && none.exit_code == 2, "{}", none.message);
    }
}
