//! Voices: the real encoder against figures that other code made, and conversations in sound in which
//! only the person's own voice pays, or only who says the digits that were drawn.
//!
//! `make test` fetches the models first. Without them these tests say loudly that they were skipped, and fail where `CI` is set.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

#[cfg(feature = "voice")]
#[path = "money/bank.rs"]
#[allow(dead_code, reason = "shared with tests of payments, which need all of it")]
mod bank;
#[cfg(feature = "voice")]
#[path = "speaker/challenge.rs"]
mod challenge;
#[cfg(feature = "voice")]
mod hands;
#[cfg(feature = "voice")]
#[path = "speaker/household.rs"]
mod household;
#[cfg(feature = "voice")]
#[path = "speaker/own_voice.rs"]
mod own_voice;
mod recorded;

use sayso::audio::PcmFrames;
use sayso::models;
use sayso::speech::speaker::{EnrolmentError, Ge2e, SpeakerEncoder as _, Voiceprint, enrol};
use sayso::speech::{Endpointer, Endpointing, Utterance, hear_turn};
use serde::Deserialize;

/// What the encoder is to give for one recording: see `tests/speaker/ORIGIN.md`.
#[derive(Deserialize)]
struct Expected {
    file: String,
    voiceprint: Vec<f32>,
}

fn encoder(test: &str) -> Option<Ge2e> {
    let [path] = recorded::located(test, [models::SPEAKER])?;
    Some(Ge2e::load(&path, "ge2e").unwrap())
}

/// The one utterance of a recording.
fn utterance(file: &str) -> Utterance {
    let sentence = recorded::all().into_iter().find(|sentence| sentence.file == file).unwrap();
    let mut source = PcmFrames::new(sentence.pcm()).unwrap();
    hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording())).unwrap().unwrap()
}

/// Five sentences of a voice, none of which is an answer in these tests.
fn five(voice: &str) -> Vec<Utterance> {
    let stems = if voice.starts_with('z') {
        ["cancel_1", "history_1", "send_1", "send_2", "digress_1"]
    } else {
        ["send_1", "send_2", "history_1", "digress_1", "amount_1"]
    };
    stems.iter().map(|stem| utterance(&format!("{stem}.{voice}.wav"))).collect()
}

#[test]
fn it_gives_what_other_code_makes_of_the_same_weights() {
    let Some(mut encoder) = encoder("it_gives_what_other_code_makes_of_the_same_weights") else { return };
    let expected: Vec<Expected> =
        include_str!("speaker/expected.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(expected.len(), 4);
    for Expected { file, voiceprint } in expected {
        let sound = recorded::all().into_iter().find(|sentence| sentence.file == file).unwrap().pcm();
        let made = encoder.encode(&sound.samples).unwrap().unwrap();
        assert_eq!(made.numbers().len(), voiceprint.len());
        let apart = made.numbers().iter().zip(&voiceprint).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 2e-4, "{file}: a number is {apart} off");
    }
}

#[test]
fn voices_are_told_apart() {
    let Some(mut encoder) = encoder("voices_are_told_apart") else { return };
    let voices = ["af_heart", "am_michael", "zf_xiaoxiao", "zm_yunyang"];
    let prints: Vec<Voiceprint> = voices.iter().map(|voice| enrol(&mut encoder, &five(voice)).unwrap()).collect();
    for voice in voices {
        let both = [utterance(&format!("yes_1.{voice}.wav")), utterance(&format!("bill_2.{voice}.wav"))];
        let sound: Vec<f32> = both.iter().flat_map(|one| one.samples.iter().copied()).collect();
        let print = encoder.voiceprint(&sound).unwrap().unwrap();
        let likeness: Vec<u16> = prints.iter().map(|of| encoder.likeness_milli(of, &print)).collect();
        let own = likeness[voices.iter().position(|other| *other == voice).unwrap()];
        assert_eq!(likeness.iter().max(), Some(&own), "{voice}: {likeness:?}");
    }
}

#[test]
fn one_sentence_of_somebody_else_is_noticed() {
    let Some(mut encoder) = encoder("one_sentence_of_somebody_else_is_noticed") else { return };
    let mut sentences = five("af_heart");
    sentences[3] = utterance("history_1.am_michael.wav");
    let refused = enrol(&mut encoder, &sentences).map(|_| ()).unwrap_err();
    assert!(matches!(refused, EnrolmentError::Unlike { number: 4, .. }), "{refused}");
    assert!(encoder.voiceprint(&[0.0; 32_000]).unwrap().is_none(), "silence is nobody's voice");
}
