//! Turns on recorded speech, with a recogniser that is played: what it says, and after how many frames, is written down.

#[cfg(feature = "voice")]
mod echoes;

use super::*;
use crate::audio::FrameSource as _;
use crate::audio::{Pcm, PcmFrames, SAMPLE_RATE, read_wav};
use crate::evaluation::sounds;
use std::path::Path;

const PATIENCE: Patience =
    Patience { usual_ms: 700, yes_no_ms: 450, dictation_ms: 1_200, unfinished_ms: 1_800, closed_ms: 400 };

/// One short recorded word or sentence, without the silence around it.
fn speech() -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audio/bill_1.af_heart.wav");
    let mut endpointer = Endpointer::new(Endpointing { lead_in_ms: 0, tail_ms: 0, ..Endpointing::whole_recording() });
    let mut source = PcmFrames::new(read_wav(&path).unwrap()).unwrap();
    while let Some(frame) = source.next_frame().unwrap() {
        endpointer.push(&frame);
    }
    endpointer.finish().unwrap().samples
}

fn quiet(ms: usize) -> Vec<f32> {
    sounds::white(ms * 16, 9).into_iter().map(|s| s * 0.001).collect()
}

/// What happened in a stream, each with the number of its frame.
struct Played {
    pauses: Vec<(usize, Glance, Utterance)>,
    turns: Vec<(usize, Option<Glance>, Utterance)>,
}

/// Plays a sound to a taker; `leans` is said of the glances in their order, each `after` so many frames.
fn play(taker: &mut TurnTaker, samples: Vec<f32>, leans: &[Lean], after: usize) -> Played {
    let mut source = PcmFrames::new(Pcm::new(samples, SAMPLE_RATE)).unwrap();
    let mut played = Played { pauses: Vec::new(), turns: Vec::new() };
    let mut known: Vec<(usize, Glance, Lean)> = Vec::new();
    let mut at = 0;
    while let Some(frame) = source.next_frame().unwrap() {
        at += 1;
        known.iter().filter(|(when, ..)| *when == at).for_each(|(_, glance, lean)| {
            taker.learned(*glance, *lean);
        });
        match taker.push(&frame) {
            Moment::Listening => {}
            Moment::Pause(glance, utterance) => {
                let lean = leans.get(played.pauses.len()).copied().unwrap_or_default();
                known.push((at + after, glance, lean));
                played.pauses.push((at, glance, utterance));
            }
            Moment::Over(seen, utterance) => played.turns.push((at, seen, utterance)),
        }
    }
    played
}

/// Frames from a glance to the end of a turn that so much silence ends.
fn frames_left(silence_ms: u32) -> usize {
    (silence_ms.div_ceil(FRAME_MS) - GLANCE_MS.div_ceil(FRAME_MS)) as usize
}

#[test]
fn a_turn_ends_by_what_is_waited_for_and_its_words_are_there_by_then() {
    for awaited in [Awaited::YesNo, Awaited::Anything, Awaited::Dictation] {
        let mut taker = TurnTaker::by_pauses(PATIENCE, true);
        taker.begin(awaited);
        let played = play(&mut taker, [quiet(500), speech(), quiet(2_000)].concat(), &[], 1);
        let [(over, seen, utterance)] = played.turns.as_slice() else { panic!("{awaited:?}: {}", played.turns.len()) };
        let (glanced, glance, so_far) = played.pauses.last().unwrap();
        assert_eq!(*seen, Some(*glance), "{awaited:?}");
        assert_eq!(over - glanced, frames_left(PATIENCE.silence_ms(awaited)), "{awaited:?}");
        assert!(utterance.samples.starts_with(&so_far.samples), "{awaited:?}");
    }
}

#[test]
fn words_that_are_all_end_it_at_once_and_words_that_are_not_leave_time() {
    let last = |lean, awaited| {
        let mut taker = TurnTaker::by_pauses(PATIENCE, true);
        taker.begin(awaited);
        let played = play(&mut taker, [quiet(500), speech(), quiet(3_000)].concat(), &[lean; 9], 3);
        let (glanced, ..) = played.pauses.last().unwrap();
        played.turns.first().unwrap().0 - glanced
    };
    assert_eq!(last(Lean::Complete, Awaited::YesNo), 3, "in the frame in which it is known");
    assert_eq!(last(Lean::Unfinished, Awaited::YesNo), frames_left(1_800));
    assert_eq!(last(Lean::Unfinished, Awaited::Dictation), frames_left(1_800));
    assert_eq!(last(Lean::Neutral, Awaited::YesNo), frames_left(450));
}

#[test]
fn what_was_glanced_at_is_void_when_speech_goes_on() {
    let stream = || [quiet(500), speech(), quiet(352), speech(), quiet(2_000)].concat();
    let mut taker = TurnTaker::by_pauses(PATIENCE, true);
    let played = play(&mut taker, stream(), &[], 1);
    assert!(played.pauses.len() >= 2, "{}", played.pauses.len());
    let [(_, seen, utterance)] = played.turns.as_slice() else { panic!("{} turns", played.turns.len()) };
    assert_eq!(*seen, played.pauses.last().map(|(_, glance, _)| *glance));
    assert!(utterance.samples.len() >= 2 * speech().len());
    // It comes to be known only after speech has gone on that the first half was a whole answer.
    let mut taker = TurnTaker::by_pauses(PATIENCE, true);
    let late = play(&mut taker, stream(), &[Lean::Complete], 20);
    assert_eq!(late.turns, played.turns);
}

#[test]
fn the_next_pause_is_as_long_as_ever_after_an_unfinished_word() {
    let stream = [quiet(500), speech(), quiet(1_400), speech(), quiet(2_000)].concat();
    let mut taker = TurnTaker::by_pauses(PATIENCE, true);
    let count = play(&mut TurnTaker::by_pauses(PATIENCE, true), [quiet(500), speech(), quiet(300)].concat(), &[], 1);
    let mut leans = vec![Lean::Neutral; count.pauses.len() - 1];
    leans.push(Lean::Unfinished);
    let played = play(&mut taker, stream, &leans, 5);
    let [(over, ..)] = played.turns.as_slice() else { panic!("{} turns", played.turns.len()) };
    assert_eq!(over - played.pauses.last().unwrap().0, frames_left(700));
}

#[test]
fn a_glance_counts_only_if_it_saw_everything() {
    for gap in [0, 64, 208, 224, 240, 400, 464, 700, 900] {
        for lean in [Lean::Neutral, Lean::Complete, Lean::Unfinished] {
            for after in [1, 4, 15] {
                let stream = [quiet(300), speech(), quiet(gap), speech(), quiet(2_100)].concat();
                let played = play(&mut TurnTaker::by_pauses(PATIENCE, true), stream, &[lean; 9], after);
                assert!(!played.turns.is_empty());
                for (_, seen, utterance) in &played.turns {
                    let seen = seen.and_then(|seen| played.pauses.iter().find(|(_, glance, _)| *glance == seen));
                    let (_, _, so_far) = seen.unwrap();
                    assert_eq!(so_far.voiced_ms, utterance.voiced_ms, "gap {gap}, {lean:?} after {after}");
                    assert!(utterance.samples.starts_with(&so_far.samples), "gap {gap}, {lean:?} after {after}");
                }
            }
        }
    }
}

#[test]
fn whoever_speaks_longer_than_a_backchannel_interrupts_and_is_heard_from_the_beginning() {
    // So much of the sentence as has so much voice.
    let part = |voiced_ms: u32| {
        let mut endpointer = Endpointer::new(Endpointing::whole_recording());
        let mut source = PcmFrames::new(Pcm::new(speech(), SAMPLE_RATE)).unwrap();
        let mut samples = Vec::new();
        while let Some(frame) = source.next_frame().unwrap().filter(|_| endpointer.voiced_ms() < voiced_ms) {
            endpointer.push(&frame);
            samples.extend(frame);
        }
        samples
    };
    let overheard = |taker: &mut TurnTaker, samples: Vec<f32>| {
        let mut source = PcmFrames::new(Pcm::new(samples, SAMPLE_RATE)).unwrap();
        let mut at = 0;
        while let Some(frame) = source.next_frame().unwrap() {
            at += 1;
            if taker.overhear(&frame) {
                return Some((at, source));
            }
        }
        None
    };
    let mut taker = TurnTaker::by_pauses(PATIENCE, true);
    taker.begin(Awaited::Anything);
    // Three times "mhm", well apart: nobody interrupts.
    let mhm = part(176);
    assert!(!mhm.is_empty());
    let mhms = (0..3).flat_map(|_| [quiet(300), mhm.clone(), quiet(1_000)].concat()).collect();
    assert!(overheard(&mut taker, mhms).is_none());
    let (at, mut rest) = overheard(&mut taker, [quiet(300), speech(), quiet(2_000)].concat()).unwrap();
    assert!(at > 300 / 16 + 400 / 16);
    // The turn that follows has all of it, and is recognised like any other.
    taker.begin(Awaited::Anything);
    let mut over = None;
    while let Some(frame) = rest.next_frame().unwrap() {
        if let Moment::Over(seen, utterance) = taker.push(&frame) {
            over = Some((seen, utterance));
        }
    }
    let (seen, utterance) = over.unwrap();
    assert!(seen.is_some());
    assert!(utterance.samples.len() >= speech().len());
}

#[test]
fn noise_interrupts_nobody() {
    for (name, samples) in sounds::all(10, 0.03).into_iter().filter(|(name, _)| *name != sounds::HARDEST) {
        let mut taker = TurnTaker::by_pauses(PATIENCE, true);
        let mut source = PcmFrames::new(Pcm::new(samples, SAMPLE_RATE)).unwrap();
        while let Some(frame) = source.next_frame().unwrap() {
            assert!(!taker.overhear(&frame), "{name}");
        }
    }
}

#[test]
fn without_glances_and_by_hand_nothing_is_handed_out_before_the_end() {
    let stream = || [quiet(500), speech(), quiet(1_500), speech(), quiet(1_500)].concat();
    let played = play(&mut TurnTaker::by_pauses(PATIENCE, false), stream(), &[], 1);
    assert!(played.pauses.is_empty());
    assert_eq!(played.turns.iter().map(|(_, seen, _)| *seen).collect::<Vec<_>>(), [None, None]);
    let mut by_hand = TurnTaker::by_hand();
    by_hand.begin(Awaited::YesNo);
    let played = play(&mut by_hand, stream(), &[], 1);
    assert!(played.pauses.is_empty() && played.turns.is_empty(), "pauses end nothing");
    assert!(by_hand.finish().unwrap().samples.len() > 2 * speech().len());
    assert_eq!(by_hand.finish(), None);
}
