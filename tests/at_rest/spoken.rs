//! A card number that is really spoken: sound into the program, and every byte that it wrote looked through. The recordings
//! are espeak-ng's voice with American Express's published test number, of which no account has ever been; the recogniser
//! gets one of them right, and loses a digit of the other.

use crate::home::{Ended, Home, end};
#[cfg(feature = "voice")]
use crate::scan::collect;
#[cfg(feature = "voice")]
use sayso::models;
use std::path::{Path, PathBuf};

/// By which the number would be known again, however it is written.
const TRACES: [&str; 11] = [
    "37828",
    "3782 8",
    "3782, 8",
    "3782-8",
    "378 2 8",
    "3 7 8 2",
    "3-7-8-2",
    "822463",
    "46310",
    "three seven eight",
    "eight two two four",
];

/// A conversation with recordings, with the log at its loudest and the replies written as sound too.
fn converse(home: &Home, models: &Path, files: &[PathBuf]) -> Ended {
    let mut command = home.sayso(&["hear", "--json", "--lang", "en", "--replies", "replies"]);
    command.args(files).env("SAYSO_MODELS", models).env("SAYSO_LOG", "trace");
    end(&mut command, "")
}

#[cfg(feature = "voice")]
#[test]
fn a_spoken_card_number_stops_the_conversation_and_is_in_no_byte_that_was_written() {
    let needed = [models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY];
    let Some(models) = crate::recorded::folder_with("a spoken card number", needed) else { return };
    let home = Home::new();
    // Not encrypted, so that every byte can be looked through.
    home.write("config/sayso/sayso.yaml", format!("{}\nstore: {{ key: none }}\n", sayso::config::EXAMPLE));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("tests");
    let card = |name: &str| tests.join("at_rest").join(name);
    // Unasked, and in the place of the yes; what is said after it is no yes to anything.
    let files = [
        card("card_digits.wav"),
        tests.join("audio/send_1.af_heart.wav"),
        card("card_number.wav"),
        tests.join("audio/yes_1.af_heart.wav"),
    ];
    let ended = converse(&home, &models, &files);
    let turns = ended.json();
    let heard: Vec<&str> = turns.iter().map(|turn| turn["heard"].as_str().unwrap()).collect();
    let said: Vec<String> = turns.iter().map(|turn| turn["said"].to_string()).collect();
    assert_eq!(turns.len(), 4, "{}", ended.err);
    for turn in [0, 2] {
        assert!(heard[turn].contains("digits]"), "{heard:?}");
        assert!(said[turn].contains("card number"), "{said:?}");
    }
    assert!(turns.iter().all(|turn| turn["payment"].is_null()) && home.charges() == 0, "{}", ended.out);
    let mut places = vec![
        ("standard output".to_owned(), ended.out.clone().into_bytes()),
        ("standard error".to_owned(), ended.err.clone().into_bytes()),
    ];
    collect(&home.path(""), &mut places);
    assert!(places.iter().any(|(name, _)| name.ends_with("sayso.sqlite")));
    assert!(places.iter().any(|(name, _)| name.ends_with(".wav")), "the replies are among what was written");
    for (place, bytes) in &places {
        for trace in TRACES {
            let at = bytes.windows(trace.len()).position(|window| window == trace.as_bytes());
            let near = at.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(80)..bytes.len().min(at + 40)]));
            assert!(near.is_none(), "`{trace}` stands in {place}: {}", near.unwrap_or_default());
        }
    }
}
