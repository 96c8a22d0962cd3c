//! `sayso talk` as a process, with a microphone and a loudspeaker that are a sound server's: recorded sentences are played into
//! the one, and what comes out of the other is recorded and recognised again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

#[path = "../recorded/mod.rs"]
mod recorded;
mod sound_server;
mod talker;

use sayso::audio::{Pcm, write_wav};
use sayso::evaluation::sounds;
use sayso::lang::Lang;
use sayso::models;
use sayso::speech::{Endpointer, Endpointing, Heard, Hint, Whisper, WhisperSettings, listen};
use sound_server::{RATE, Recording, SoundServer};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use talker::Talker;

/// One conversation at a time: two on one machine would be too slow for either.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A sound server in a folder, or `None` after saying loudly that a test is skipped.
fn server(test: &str, folder: &tempfile::TempDir) -> Option<SoundServer> {
    let needs = [models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY, models::SYNTHESIZER];
    let found = needs.iter().try_for_each(|name| models::locate(name, &recorded::models()).map(drop));
    match found.map_err(|why| why.to_string()).and_then(|()| SoundServer::start(&folder.path().join("sound"))) {
        Ok(server) => Some(server),
        Err(why) => {
            // What may be installed has to be where everything is; a machine may still not let a sound server run.
            assert!(std::env::var_os("CI").is_none() || why.contains("does not run here"), "{test}: {why}");
            eprintln!("\n*** SKIPPED: {test}\n*** {why}\n");
            None
        }
    }
}

/// A recorded sentence with a little silence around it, which sound servers swallow at both ends.
fn sentence(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    let file = folder.path().join(name);
    let found = recorded::all().into_iter().find(|sentence| sentence.file == name);
    let mut whole = Pcm::silence(300, RATE);
    whole.append(found.unwrap().pcm(), 0).unwrap();
    whole.append(Pcm::silence(300, RATE), 0).unwrap();
    write_wav(&file, &whole).unwrap();
    file
}

/// A sound as a file.
fn sound(folder: &tempfile::TempDir, name: &str, samples: Vec<f32>) -> PathBuf {
    let file = folder.path().join(name);
    write_wav(&file, &Pcm::new(samples, RATE)).unwrap();
    file
}

/// The words in a stretch of what was recorded.
fn words(samples: Vec<f32>) -> String {
    let locate = |name| models::locate(name, &recorded::models()).unwrap();
    let settings = WhisperSettings { threads: Some(1), ..WhisperSettings::default() };
    let mut whisper = Whisper::load(&locate(models::DEFAULT_RECOGNISER), None, settings).unwrap();
    let mut source = sayso::audio::PcmFrames::new(Pcm::new(samples, RATE)).unwrap();
    let mut ends = Endpointer::new(Endpointing::whole_recording());
    match listen(&mut source, &mut ends, &mut whisper, &Hint::new(Some(Lang::En), Vec::new())).unwrap() {
        Heard::Words(words) => words.text.to_lowercase(),
        Heard::Nothing { reason, .. } => panic!("nothing was heard: {reason}"),
    }
}

/// Noise and silence are no turns; a bill is paid in four; and everything that was said aloud is what was meant.
#[test]
fn a_bill_is_paid_aloud_and_noise_is_no_turn() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server("a_bill_is_paid_aloud_and_noise_is_no_turn", &folder) else { return };
    let out = server.record();
    let mut talker = Talker::start(&server, &folder.path().join("home"), "");
    let greeting = talker.turn();
    assert_eq!(greeting["turn"], 0);
    talker.until_it_listens();
    // Hiss and a tune at the loudness of a voice.
    for (name, samples) in sounds::all(3, 0.05).into_iter().filter(|(name, _)| *name != sounds::HARDEST).take(3) {
        server.play(&sound(&folder, &format!("{name}.wav"), samples));
    }
    assert!(talker.has_said_nothing(), "noise is nothing to answer");
    let mut turns = Vec::new();
    let mut begins = 0;
    for name in ["bill_1.af_heart.wav", "bill_2.af_heart.wav", "bill_3.af_heart.wav", "bill_4.af_heart.wav"] {
        begins = out.samples().len();
        server.play(&sentence(&folder, name));
        turns.push(talker.turn());
        talker.until_it_listens();
    }
    let awaiting: Vec<_> = turns.iter().map(|turn| turn["state"]["awaiting"].clone()).collect();
    assert_eq!(awaiting, ["amount".into(), "provider".into(), "consent".into(), serde_json::Value::Null], "{turns:?}");
    let payment = &turns[3]["payment"];
    assert_eq!((&payment["status"], &payment["payee"]), (&"succeeded".into(), &"electricity".into()), "{turns:?}");
    assert_eq!(payment["amount"], serde_json::json!({"minor": 4250, "currency": "USD"}));
    let heard = words(out.samples().split_off(begins));
    // The recogniser writes amounts in figures or in words.
    let amount = heard.contains("42.50") || heard.contains("forty-two dollars and fifty cents");
    assert!(heard.contains("paid") && amount, "{heard}");
}

/// A long answer, and somebody who wants something else meanwhile.
fn can_be_interrupted(server: &SoundServer, talker: &mut Talker, out: &Recording, folder: &tempfile::TempDir) {
    server.play(&sentence(folder, "help_1.af_heart.wav"));
    talker.turn();
    talker.until_it_speaks(out);
    server.play(&sentence(folder, "cancel_1.af_heart.wav"));
    assert!(talker.was_interrupted(), "{}", talker.log());
    let turn = talker.turn();
    assert_eq!(turn["state"]["awaiting"], "consent", "{turn}");
}

/// With a headset: whoever speaks makes Sayso fall silent, whoever only listens does not, and a read-back is heard to its end.
#[test]
fn whoever_speaks_interrupts_but_no_read_back() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server("whoever_speaks_interrupts_but_no_read_back", &folder) else { return };
    let out = server.record();
    let settings = "speech: { voice: espeak-ng, echo_removal: false }";
    let mut talker = Talker::start(&server, &folder.path().join("home"), settings);
    talker.turn();
    talker.until_it_listens();
    can_be_interrupted(&server, &mut talker, &out, &folder);
    // The read-back goes on, whatever is said into it, and what was said into it is no yes.
    talker.until_it_speaks(&out);
    server.play(&sentence(&folder, "yes_1.af_heart.wav"));
    talker.until_it_listens();
    assert!(!talker.was_interrupted(), "{}", talker.log());
    assert!(talker.has_said_nothing(), "a yes before the question was asked is none");
    server.play(&sentence(&folder, "cancel_2.af_heart.wav"));
    assert!(talker.turn()["payment"].is_null());
}

/// Over a loudspeaker that the microphone hears: Sayso's own voice is taken out, so it does not interrupt itself, and whoever speaks
/// into it is heard all the same. Where nobody says anything for a while the loudspeaker rests, and wakes up when somebody speaks.
#[test]
fn in_one_room_it_does_not_interrupt_itself() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server("in_one_room_it_does_not_interrupt_itself", &folder) else { return };
    server.put_into_one_room();
    let out = server.record();
    let settings = "speech: { voice: espeak-ng }";
    let mut talker = Talker::start(&server, &folder.path().join("home"), settings);
    talker.turn();
    talker.until_it_says("the loudspeaker rests");
    server.play(&sentence(&folder, "help_1.af_heart.wav"));
    talker.until_it_says("the loudspeaker is awake");
    talker.turn();
    // A long answer, heard by the microphone from its first word to its last.
    talker.until_it_listens();
    assert!(!talker.was_interrupted(), "{}", talker.log());
    assert!(talker.has_said_nothing(), "its own words are no turn: {}", talker.log());
    can_be_interrupted(&server, &mut talker, &out, &folder);
}

/// Where its own voice can't be taken out, it does not listen while it speaks, and hears whoever speaks afterwards.
#[test]
fn where_it_hears_itself_it_listens_when_it_is_done() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server("where_it_hears_itself_it_listens_when_it_is_done", &folder) else { return };
    server.put_into_one_room();
    let out = server.record();
    let settings = "speech: { voice: espeak-ng, echo_removal: false }";
    let mut talker = Talker::start(&server, &folder.path().join("home"), settings);
    talker.turn();
    talker.until_it_listens();
    server.play(&sentence(&folder, "help_1.af_heart.wav"));
    talker.turn();
    talker.until_it_speaks(&out);
    server.play(&sentence(&folder, "cancel_1.af_heart.wav"));
    talker.until_it_listens();
    assert!(!talker.was_interrupted(), "{}", talker.log());
    assert!(
        talker.has_said_nothing(),
        "neither its own words nor what was said into them are a turn: {}",
        talker.log()
    );
    server.play(&sentence(&folder, "cancel_1.af_heart.wav"));
    assert_eq!(talker.turn()["state"]["awaiting"], "consent", "{}", talker.log());
}

/// How loud the microphone is, that somebody spoke, and that it hears the loudspeaker; with devices that are no pretence.
#[test]
fn the_doctor_listens_to_both_devices() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server("the_doctor_listens_to_both_devices", &folder) else { return };
    let examined = |server: &SoundServer| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        server.lend(&mut command);
        let doctor = command.args(["doctor", "audio", "--seconds", "3", "--json"]).stdin(Stdio::null());
        let doctor = doctor.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        server.play(&sentence(&folder, "bill_1.af_heart.wav"));
        let output = doctor.wait_with_output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
        let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().any(|line| line["records"] == true && line["plays"] == true), "{printed}");
        lines.into_iter().last().unwrap()
    };
    let apart = examined(&server);
    assert!(apart["voiced_ms"].as_u64().unwrap() > 500 && apart["peak_db"].as_f64().unwrap() > -40.0, "{apart}");
    assert_eq!(apart["echo_ms"], serde_json::Value::Null, "{apart}");
    server.put_into_one_room();
    let together = examined(&server);
    assert!(together["echo_ms"].as_u64().unwrap() > 0, "{together}");
    assert!(together["echo_loss_db"].as_f64().unwrap().abs() < 12.0, "{together}");
}

/// Devices that are gone are waited for, and the conversation goes on with them where it was.
#[test]
fn lost_devices_are_waited_for() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let Some(mut server) = server("lost_devices_are_waited_for", &folder) else { return };
    let mut talker = Talker::start(&server, &folder.path().join("home"), "speech: { voice: espeak-ng }");
    talker.turn();
    talker.until_it_listens();
    server.play(&sentence(&folder, "bill_1.af_heart.wav"));
    assert_eq!(talker.turn()["state"]["awaiting"], "amount");
    talker.until_it_listens();
    server.fail();
    talker.until_it_says("Sayso waits for it");
    server.recover();
    talker.until_it_says("listening to");
    talker.until_it_listens();
    server.play(&sentence(&folder, "bill_2.af_heart.wav"));
    assert_eq!(talker.turn()["state"]["awaiting"], "provider", "{}", talker.log());
}
