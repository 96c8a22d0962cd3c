//! The main job on real sound, through the compiled program: recorded people pay bills, correct themselves and cancel.
//! Needs the default model, which `make test` fetches; says loudly when it is not there, and where CI is set it fails.
#![cfg(feature = "voice")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "recorded/mod.rs"]
mod recorded;

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A home of its own with the machine's models; none, said loudly, where the default one is missing.
fn home() -> Option<TempDir> {
    recorded::located("the main job on real sound", [sayso::models::DEFAULT_RECOGNISER])
        .map(|_| tempfile::tempdir().unwrap())
}

/// Runs `sayso` in this home; gives its exit code, its JSON lines and its standard error.
fn sayso(home: &Path, arguments: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).args(["--json", "--data"]).arg(home.join("data")).env("SAYSO_MODELS", recorded::models());
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(name, home);
    }
    let output = command.output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!err.contains("panicked at"), "{err}");
    let lines = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), err)
}

fn sounds(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| recorded::folder().join(name).display().to_string()).collect()
}

#[test]
fn the_demo_ends_as_it_should() {
    let Some(home) = home() else { return };
    let folder = recorded::folder().display().to_string();
    // The quick voice: `tests/voice.rs` has the natural one, and the other test here speaks with it where it is.
    let config = home.path().join("sayso.yaml");
    std::fs::write(&config, "speech: { voice: espeak-ng }\n").unwrap();
    let config = config.display().to_string();
    let (code, lines, err) = sayso(home.path(), &["demo", "--audio", &folder, "--config", &config]);
    assert_eq!(code, Some(0), "{err}\n{lines:#?}");
    let ended: Vec<_> = lines.iter().filter(|line| line["as_it_should"].is_boolean()).collect();
    assert_eq!(ended.len(), 4);
    assert!(ended.iter().all(|line| line["as_it_should"] == true), "{ended:#?}");
    let turns: Vec<_> = lines.iter().filter(|line| line["turn"].is_number()).collect();
    assert!(turns.iter().all(|turn| turn["ms"]["hear"].is_number() && turn["ms"]["speak"].is_number()), "{turns:#?}");
    // Each reply is there to be listened to.
    let mut replies = 0;
    for conversation in std::fs::read_dir(home.path().join("data/demo/replies")).unwrap().flatten() {
        for reply in std::fs::read_dir(conversation.path()).unwrap().flatten() {
            let sound = sayso::audio::read_wav(&reply.path()).unwrap();
            assert!(sound.duration_ms() > 300, "{}", reply.path().display());
            replies += 1;
        }
    }
    assert_eq!(replies, turns.len());
    let mut paid: Vec<_> = lines.iter().filter(|line| line["created_at_ms"].is_number()).collect();
    paid.reverse();
    let row =
        |line: &Value| (line["amount"]["minor"].as_i64().unwrap(), line["provider"].clone(), line["status"].clone());
    assert_eq!(
        paid.iter().map(|line| row(line)).collect::<Vec<_>>(),
        [
            (4250, json!("stripe"), json!("succeeded")),
            (5000, json!("stripe"), json!("succeeded")),
            (32050, json!("wechat_pay"), json!("succeeded")),
        ],
        "the ledger of the demo, the oldest first"
    );
}

#[test]
fn recordings_are_heard_as_one_conversation_and_pay_once() {
    let Some(home) = home() else { return };
    let files =
        sounds(&["bill_1.am_michael.wav", "bill_2.am_michael.wav", "bill_3.am_michael.wav", "bill_4.am_michael.wav"]);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let replies = home.path().join("replies").display().to_string();
    let arguments = [&["hear", "--lang", "en", "--replies", &replies][..], &files].concat();
    let (code, turns, err) = sayso(home.path(), &arguments);
    assert_eq!(code, Some(0), "{err}\n{turns:#?}");
    assert_eq!(turns.len(), 4);
    assert!(turns.iter().all(|turn| turn["ms"]["hear"].as_f64().unwrap() > 0.0));
    assert_eq!(turns[3]["payment"]["amount"], json!({"minor": 4250, "currency": "USD"}), "{turns:#?}");
    assert_eq!(
        (&turns[3]["payment"]["provider"], &turns[3]["payment"]["payee"]),
        (&json!("stripe"), &json!("electricity"))
    );
    assert!(home.path().join("replies/reply-04.wav").is_file());
    let (_, listed, _) = sayso(home.path(), &["payments", "list"]);
    assert_eq!(listed.len(), 1);
}

#[test]
fn silence_and_a_telephone_line_are_heard_for_what_they_are() {
    let Some(home) = home() else { return };
    let silence = home.path().join("silence.wav");
    sayso::audio::write_wav(&silence, &sayso::audio::Pcm::silence(2_000, sayso::audio::SAMPLE_RATE)).unwrap();
    let (code, heard, err) = sayso(home.path(), &["transcribe", &silence.display().to_string()]);
    assert_eq!((code, heard[0]["text"].as_str()), (Some(0), Some("")), "{err}");
    assert!(heard[0]["nothing"].is_string());
    // The same sentence at 8 kHz, in stereo, with 24 bits.
    let line = home.path().join("line.wav");
    let sound =
        sayso::audio::read_wav(&recorded::folder().join("bill_1.af_heart.wav")).unwrap().at_rate(8_000).unwrap();
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 8_000,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&line, spec).unwrap();
    for sample in &sound.samples {
        for _ in 0..2 {
            writer.write_sample((sample.clamp(-1.0, 1.0) * 8_388_607.0) as i32).unwrap();
        }
    }
    writer.finalize().unwrap();
    let (code, heard, err) = sayso(home.path(), &["transcribe", "--lang", "en", &line.display().to_string()]);
    assert_eq!(code, Some(0), "{err}");
    let text = heard[0]["text"].as_str().unwrap().to_lowercase();
    assert!(text.contains("electricity bill"), "{text}");
}
