//! The first gate, on recorded speech and on sounds that nobody spoke.

use super::*;
use crate::audio::{Pcm, PcmFrames, read_wav};
use crate::evaluation::sounds as signals;
use std::path::Path;

fn speech() -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audio/bill_1.af_heart.wav");
    read_wav(&path).unwrap().samples
}

fn utterances(samples: Vec<f32>, settings: Endpointing) -> Vec<Utterance> {
    let mut source = PcmFrames::new(Pcm::new(samples, SAMPLE_RATE)).unwrap();
    let mut endpointer = Endpointer::new(settings);
    let mut found = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        found.extend(endpointer.push(&frame));
    }
    found.extend(endpointer.finish());
    found
}

fn quiet(ms: usize) -> Vec<f32> {
    signals::white(ms * 16, 9).into_iter().map(|s| s * 0.001).collect()
}

#[test]
fn finds_speech_between_silences() {
    let speech = speech();
    let found = utterances([quiet(1_000), speech.clone(), quiet(2_000)].concat(), Endpointing::default());
    assert_eq!(found.len(), 1);
    let utterance = &found[0];
    assert!(utterance.voiced_ms > 800, "{}", utterance.voiced_ms);
    assert!((600..1_300).contains(&utterance.start_ms), "{}", utterance.start_ms);
    assert!(utterance.duration_ms() <= speech.len() as u64 / 16 + 700, "{}", utterance.duration_ms());
}

#[test]
fn a_pause_ends_an_utterance_and_a_short_one_does_not() {
    let twice = |pause| [quiet(500), speech(), quiet(pause), speech(), quiet(1_000)].concat();
    assert_eq!(utterances(twice(2_000), Endpointing::default()).len(), 2);
    let short = Endpointing { end_silence_ms: 2_500, ..Endpointing::default() };
    assert_eq!(utterances(twice(1_000), short).len(), 1);
    assert_eq!(utterances(twice(5_000), Endpointing::whole_recording()).len(), 1, "a file is one turn");
}

#[test]
fn an_utterance_that_is_still_going_on_is_given_at_the_end() {
    let mut samples = speech();
    samples.truncate(16_000);
    assert_eq!(utterances(samples, Endpointing::default()).len(), 1);
}

#[test]
fn each_condition_closes_the_gate_by_itself() {
    let sounds = signals::all(10, 0.2);
    let heard = |name: &str, settings: Endpointing| {
        let (_, samples) = sounds.iter().find(|(n, _)| *n == name).unwrap();
        !utterances(samples.clone(), settings).is_empty()
    };
    let open = Endpointing { min_voiced_ms: 1, min_peak: 0.0, min_range_db: 0.0, ..Endpointing::default() };
    for (name, closed) in [
        ("a drum beat", Endpointing { min_voiced_ms: 160, ..open.clone() }),
        ("mains hum", Endpointing { min_peak: 0.85, ..open.clone() }),
        ("pink noise", Endpointing { min_range_db: 6.0, ..open.clone() }),
    ] {
        assert!(heard(name, open.clone()), "{name} with open gates");
        assert!(!heard(name, closed), "{name}");
    }
}

#[test]
fn samples_out_of_bounds_are_borne() {
    let broken: Vec<f32> =
        speech().into_iter().enumerate().map(|(n, s)| if n % 500 == 0 { f32::NAN } else { s * 9.0 }).collect();
    assert_eq!(utterances(broken, Endpointing::default()).len(), 1);
}

#[test]
fn very_long_speech_is_cut() {
    let settings = Endpointing { max_ms: 1_000, ..Endpointing::default() };
    let found = utterances(speech(), settings);
    assert!(found.len() >= 2);
    assert!(
        found.iter().all(|u| u.duration_ms() <= 1_016),
        "{:?}",
        found.iter().map(Utterance::duration_ms).collect::<Vec<_>>()
    );
}

#[test]
fn sounds_that_nobody_spoke_are_no_utterances() {
    for loudness in [0.003, 0.03, 0.2] {
        // Chords have harmonics and die away, as vowels do: this gate alone lets them through. The second gate and the
        // recogniser's figures are tried on them with real models (tests/speech.rs).
        for (name, samples) in signals::all(10, loudness).into_iter().filter(|(name, _)| *name != signals::HARDEST) {
            let found = utterances(samples, Endpointing::default());
            let voiced: Vec<(u32, f32)> = found.iter().map(|u| (u.voiced_ms, u.peak)).collect();
            assert!(found.is_empty(), "{name} at {loudness} became utterances: {voiced:?}");
        }
    }
}

#[test]
fn a_lone_peak_does_not_count_towards_the_next() {
    // One short burst of voice each second: none of them is speech, and they must not add up.
    let burst: Vec<f32> = speech().into_iter().skip(12_000).take(16 * 64).collect();
    let bursts: Vec<f32> = (0..12).flat_map(|_| [quiet(936), burst.clone()].concat()).collect();
    assert!(utterances(bursts, Endpointing { min_voiced_ms: 320, ..Endpointing::default() }).is_empty());
}

#[test]
fn speaking_is_seen_while_it_goes_on() {
    let mut endpointer = Endpointer::new(Endpointing::default());
    let mut source = PcmFrames::new(Pcm::new([quiet(500), speech()].concat(), SAMPLE_RATE)).unwrap();
    let mut began = None;
    let mut ms = 0;
    while let Some(frame) = source.next_frame().unwrap() {
        endpointer.push(&frame);
        ms += FRAME_MS;
        if endpointer.is_speech() && began.is_none() {
            began = Some(ms);
        }
    }
    assert!((500..1_400).contains(&began.unwrap()), "{began:?}");
    assert!((0.0..=1.0).contains(&endpointer.score()));
}
