//! What the natural voice says is heard again: the real network, the real dictionaries, the real recogniser.
//!
//! `make test` fetches the models first. Without them these tests say loudly that they were skipped, and fail where `CI` is set.
#![cfg(feature = "voice")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

mod recorded;

use jiff::civil::date;
use sayso::audio::{Pcm, PcmFrames};
use sayso::lang::Lang;
use sayso::models;
use sayso::pronunciation::{Lexicon, Pronouncer};
use sayso::speech::{
    Endpointer, Endpointing, Heard, Hint, KOKORO_RATE, Synthesizer as _, Whisper, WhisperSettings, listen,
};
use sayso::understanding::{EntityKind, Expectation, Teaching, Understander, Value};
use std::cell::Cell;
use std::path::PathBuf;

/// Sentences, and the amount of each in minor units.
const SENTENCES: &[(Lang, &str, Option<i64>)] = &[
    (
        Lang::En,
        "You are paying forty-two dollars and fifty cents to Electricity with PayPal. Is that right?",
        Some(4250),
    ),
    (Lang::En, "All right, three hundred and fifteen dollars.", Some(31500)),
    (Lang::En, "Your water bill is one thousand two hundred and thirty-four dollars.", Some(123_400)),
    (Lang::En, "How much would you like to pay?", None),
    (Lang::Zh, "您将向电费支付三百二十元，对吗？", Some(32000)),
    (Lang::Zh, "您的水费是四十二元五角。", Some(4250)),
    (Lang::Zh, "您想付多少钱？", None),
];

fn hear(whisper: &mut Whisper, sound: Pcm, lang: Lang) -> String {
    let hint = Hint::new(Some(lang), recorded::vocabulary(lang));
    let mut source = PcmFrames::new(sound).unwrap();
    match listen(&mut source, &mut Endpointer::new(Endpointing::whole_recording()), whisper, &hint).unwrap() {
        Heard::Words(words) => words.text,
        Heard::Nothing { reason, .. } => panic!("nothing was heard: {reason}"),
    }
}

/// The amounts in a text, as minor units.
fn amounts(understander: &Understander, text: &str, lang: Lang) -> Vec<i64> {
    let meaning = understander.understand(text, lang, date(2026, 11, 28), &Expectation::default());
    let money = meaning.entities.into_iter().filter(|entity| entity.kind == EntityKind::Money);
    money
        .filter_map(|entity| if let Some(Value::Money(amount)) = entity.value { Some(amount.minor) } else { None })
        .collect()
}

#[test]
fn what_it_says_is_heard_again_and_amounts_are_the_same() {
    let test = "what_it_says_is_heard_again_and_amounts_are_the_same";
    let (Some(mut kokoro), Some([ear])) =
        (recorded::kokoro(test), recorded::located(test, [models::DEFAULT_RECOGNISER]))
    else {
        return;
    };
    let mut whisper =
        Whisper::load(&ear, None, WhisperSettings { threads: Some(1), ..WhisperSettings::default() }).unwrap();
    let understander = Understander::new(&Teaching::default());
    let (mut units, mut wrong) = (0, 0);
    for (lang, text, amount) in SENTENCES {
        let mut pieces = 0;
        let mut sound = Pcm::silence(100, KOKORO_RATE);
        kokoro
            .stream(text, *lang, &|| true, &mut |piece| {
                pieces += 1;
                assert_eq!(piece.rate, KOKORO_RATE);
                sound.samples.extend(piece.samples);
                true
            })
            .unwrap();
        assert!(pieces > 0 && sound.samples.iter().all(|one| one.abs() <= 1.0), "{text}");
        let heard = hear(&mut whisper, sound, *lang);
        let (all, missed) = sayso::evaluation::errors(*lang, text, &heard);
        eprintln!("{text}\n    {heard} ({missed} of {all} wrong)");
        (units, wrong) = (units + all, wrong + missed);
        if let Some(amount) = amount {
            assert_eq!(amounts(&understander, &heard, *lang), [*amount], "{text}: {heard}");
        }
    }
    assert!(wrong * 5 <= units, "{wrong} of {units} wrong");
}

#[test]
fn it_stops_when_nobody_wants_more() {
    let Some(mut kokoro) = recorded::kokoro("it_stops_when_nobody_wants_more") else { return };
    let mut pieces = Vec::new();
    kokoro
        .stream("Yes. And this is not said any more.", Lang::En, &|| true, &mut |piece| {
            pieces.push(piece);
            false
        })
        .unwrap();
    assert_eq!(pieces.len(), 1);
    // Nor in the middle of a piece, of which nothing is left.
    let looks = Cell::new(0);
    let for_a_while = || {
        looks.set(looks.get() + 1);
        looks.get() < 5
    };
    let nothing = |_| panic!("it was not wanted");
    kokoro.stream("A sentence that takes longer.", Lang::En, &for_a_while, &mut { nothing }).unwrap();
    assert_eq!(looks.get(), 5);
    assert!(kokoro.synthesize("…", Lang::Zh).unwrap().samples.is_empty());
}

/// Words as the real dictionary and the rules make them.
#[test]
fn words_are_pronounced() {
    let Some([english, mandarin]) =
        recorded::located("words_are_pronounced", [models::ENGLISH_PRONUNCIATIONS, models::MANDARIN_PRONUNCIATIONS])
    else {
        return;
    };
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let pronouncer = Pronouncer::new(&read(english), &read(mandarin), &Lexicon::shipped().unwrap()).unwrap();
    let table = include_str!("voice/pronounced.tsv").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut problems = Vec::new();
    for (text, expected) in table.filter_map(|line| line.split_once('\t')) {
        let said = pronouncer.phonemes(text, Lang::of_text(text).unwrap_or(Lang::En));
        if said != expected {
            problems.push(format!("{text}\t{said}   instead of {expected}"));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
