//! `sayso bench consent`: hours of noise, music and talk about something else while a read-back waits for its yes. Any yes
//! that is heard in it would have paid.

use super::bench_args::ConsentBench;
use super::bench_speech::{self, Recording};
use super::failure::Failure;
use super::listening::speech_failure;
use super::out::{Out, remark};
use super::places::Places;
use super::recogniser;
use crate::audio::{FrameSource as _, Pcm, PcmFrames};
use crate::config::Config;
use crate::evaluation::{Judge, Scene};
use crate::lang::Lang;
use crate::speech::{Endpointer, Endpointing, Hint, Recogniser, Utterance};
use serde::Serialize;
use std::collections::BTreeMap;

/// How long one scene lasts.
const SCENE_S: usize = 20;

/// What was heard, and the only line of `--json` but for false consents.
#[derive(Serialize, Default)]
struct Heard {
    /// How much was listened to.
    minutes: f64,
    /// Stretches that the first gate took for speech.
    utterances: usize,
    /// Of them, those that were taken for words.
    words: usize,
    /// Of those, those that one listener alone would have taken for a yes.
    yes_once: usize,
    /// Of those, those that would have paid.
    false_consents: usize,
    /// The last by scene.
    scenes: BTreeMap<&'static str, usize>,
}

/// A yes that nobody gave.
#[derive(Serialize)]
struct FalseConsent<'a> {
    scene: &'a str,
    seed: u64,
    lang: Lang,
    heard: &'a str,
    yes: Option<f64>,
}

/// Listens for so many minutes; a consent that was heard is exit code 1.
pub fn run(wish: &ConsentBench, places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let recordings = bench_speech::read(&wish.audio, 1)?;
    let judge = bench_speech::judge(places, config)?;
    let mut ear = recogniser::open_with(places, &config.speech, wish.threads)?;
    let hint = bench_speech::hint(config, &judge)?;
    let mut heard = Heard::default();
    let scenes = (u64::from(wish.minutes) * 60).div_ceil(SCENE_S as u64);
    for number in 0..scenes {
        let seed = wish.seed.wrapping_mul(1_000_003).wrapping_add(number);
        let at = usize::try_from(number).unwrap_or(0);
        // Both languages wait for an answer in turn, in every scene.
        let lang = Lang::ALL[at / Scene::ALL.len() % Lang::ALL.len()];
        let (scene, name) = Scene::ALL[at % Scene::ALL.len()];
        let voices = others(&recordings, &judge, lang);
        let sound = Pcm::new(scene.sound(SCENE_S, seed, &voices), crate::audio::SAMPLE_RATE);
        let hint = Hint { lang: Some(lang), ..hint.clone() };
        for utterance in utterances(sound)? {
            heard.utterances += 1;
            let (agreed, said) = listen(ear.as_mut(), &utterance, (&judge, lang), &hint, &mut heard)?;
            if agreed {
                heard.false_consents += 1;
                *heard.scenes.entry(name).or_default() += 1;
                let (text, yes) = said;
                let wrong = FalseConsent { scene: name, seed, lang, heard: &text, yes };
                out.result(&wrong, || format!("a yes in {name} (seed {seed}, {lang}): “{text}”"))?;
            }
        }
        heard.minutes += SCENE_S as f64 / 60.0;
        if number % 30 == 29 {
            remark(&format!("{:.0} minutes, {} consents", heard.minutes, heard.false_consents));
        }
    }
    heard.minutes = (heard.minutes * 10.0).round() / 10.0;
    out.result(&heard, || {
        let Heard { minutes, utterances, words, yes_once, false_consents, .. } = &heard;
        format!(
            "{minutes} minutes: {utterances} stretches that seemed to be speech, {words} with words, {yes_once} that one listener took for a yes, {false_consents} that would have paid"
        )
    })?;
    match heard.false_consents {
        0 => Ok(()),
        count => Err(Failure::failed(format!("{count} consents were heard that nobody gave"))),
    }
}

/// Recordings of people who do not agree to anything in this language.
fn others<'r>(recordings: &'r [Recording], judge: &Judge, lang: Lang) -> Vec<&'r [f32]> {
    let agrees = |recording: &&Recording| judge.agrees(recording.entry.lang, &recording.entry.text);
    let others = recordings.iter().filter(|recording| recording.entry.lang == lang && !agrees(recording));
    others.map(|recording| recording.sound.samples.as_slice()).collect()
}

/// The stretches that `talk` would take for utterances.
fn utterances(sound: Pcm) -> Result<Vec<Utterance>, Failure> {
    let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
    let mut endpointer = Endpointer::new(Endpointing::default());
    let mut found = Vec::new();
    while let Some(frame) = source.next_frame().map_err(Failure::failed)? {
        found.extend(endpointer.push(&frame));
    }
    found.extend(endpointer.finish());
    Ok(found)
}

/// True if an utterance would have paid; with it what was heard, and how surely the second listener heard a yes.
fn listen(
    ear: &mut dyn Recogniser,
    utterance: &Utterance,
    (judge, lang): (&Judge, Lang),
    hint: &Hint,
    sums: &mut Heard,
) -> Result<(bool, (String, Option<f64>)), Failure> {
    let heard = ear.transcribe(utterance, hint).map_err(speech_failure)?;
    let Some(words) = heard.transcript() else { return Ok((false, (String::new(), None))) };
    sums.words += 1;
    sums.yes_once += usize::from(judge.agrees(lang, &words.free));
    let yes = words.yes_milli.map(|milli| f64::from(milli) / 1000.0);
    Ok((judge.consents(lang, &bench_speech::taken(&heard)), (words.text.clone(), yes)))
}
