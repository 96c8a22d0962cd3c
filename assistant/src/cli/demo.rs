//! `sayso demo`: the main job on recorded conversations, through the path that a microphone feeds, with everything shown.

use super::assemble;
use super::failure::Failure;
use super::listening::Ears;
use super::out::Out;
use super::places::Places;
use super::recogniser;
use super::replies::Replies;
use super::show;
use super::voice;
use crate::audio::{Pcm, PcmFrames, SAMPLE_RATE, read_wav};
use crate::config::{Config, KeyChoice, StoreSettings};
use crate::lang::Lang;
use crate::payments::SystemRandom;
use crate::speech::{Endpointer, Endpointing};
use crate::turn::{Assistant, Conversation, Turn};
use jiff::tz::TimeZone;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The pause that follows each sentence, as a person leaves one. Milliseconds.
const PAUSE_MS: u64 = 1_000;

/// `demo.yaml`: the conversations to play.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    conversations: Vec<Planned>,
}

/// One conversation and how it should end.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    name: String,
    lang: Lang,
    /// WAV files beside the script, one for each turn.
    turns: Vec<PathBuf>,
    /// What is paid; nothing if it is left out.
    paid: Option<Expected>,
    /// How often the payment is read back.
    read_backs: usize,
}

/// The one payment that a conversation should make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    amount: String,
    payee: String,
    provider: String,
}

/// How one conversation ended, as JSON.
#[derive(Serialize)]
struct Ended<'a> {
    conversation: &'a str,
    as_it_should: bool,
    problems: Vec<String>,
}

/// What the demo needs from outside.
struct Stage<'a> {
    /// Who converses.
    assistant: &'a Assistant,
    /// Who listens.
    ears: &'a mut Ears,
    /// Who speaks, and into which files.
    voice: Replies,
    /// Where recordings and `demo.yaml` are.
    audio: &'a Path,
    /// Where replies are written.
    replies: &'a Path,
    /// For the ledger's times.
    zone: &'a TimeZone,
}

/// Opens everything with books and replies of its own, so that the demo mixes with no real payment, and plays.
pub async fn open_and_run(places: &Places, config: &Config, audio: &Path, out: Out) -> Result<(), Failure> {
    let practice = Places { data: places.data.join("demo"), ..places.clone() };
    if practice.data.exists() {
        fs::remove_dir_all(&practice.data).map_err(|wrong| {
            Failure::failed(format!("the last demo in {} can't be cleared away: {wrong}", practice.data.display()))
        })?;
    }
    if config.providers.iter().any(|provider| provider.plugin != "practice_bank") {
        return Err(Failure::usage(
            "the demo pays by itself, so it runs with the practice bank only: name another configuration with --config FILE, or none",
        ));
    }
    let script = read(audio)?;
    let recogniser = recogniser::open(places, &config.speech)?;
    // Books of practice money that are cleared away with the next demo need no key that would stay for ever.
    let config = &Config { store: StoreSettings { key: KeyChoice::None, ..config.store.clone() }, ..config.clone() };
    let house = assemble::open(&practice, config).await?;
    let mut ears = Ears::new(recogniser, &house.assistant, config.speech.expectation);
    let replies = practice.data.join("replies");
    let mut stage = Stage {
        assistant: &house.assistant,
        ears: &mut ears,
        voice: Replies::open(voice::open(places, config, Some(&house.assistant))?, &replies)?,
        audio,
        replies: &replies,
        zone: &house.zone,
    };
    run(&mut stage, &script, out).await
}

fn read(audio: &Path) -> Result<Script, Failure> {
    let path = audio.join("demo.yaml");
    let text = fs::read_to_string(&path).map_err(|wrong| {
        Failure::usage(format!("{} can't be read: {wrong}; name its folder with --audio DIR", path.display()))
    })?;
    serde_yaml::from_str(&text).map_err(|wrong| Failure::usage(format!("{}: {wrong}", path.display())))
}

/// Plays every conversation, then prints the ledger. Fails if one did not end as it should.
async fn run(stage: &mut Stage<'_>, script: &Script, out: Out) -> Result<(), Failure> {
    let mut wrong = 0;
    for planned in &script.conversations {
        let problems = converse(stage, planned, out).await?;
        wrong += usize::from(!problems.is_empty());
        let ended = Ended { conversation: &planned.name, as_it_should: problems.is_empty(), problems };
        out.result(&ended, || match ended.problems.as_slice() {
            [] => "    ended as it should\n".to_owned(),
            problems => format!("    did NOT end as it should: {}\n", problems.join("; ")),
        })?;
    }
    ledger(stage, out).await?;
    out.text(&format!("\nThe spoken replies are WAV files in {}", stage.replies.display()))?;
    if wrong > 0 {
        return Err(Failure::failed(format!(
            "{wrong} of {} conversations did not end as they should",
            script.conversations.len()
        )));
    }
    Ok(())
}

/// Plays one conversation; gives what was not as it should be.
async fn converse(stage: &mut Stage<'_>, planned: &Planned, out: Out) -> Result<Vec<String>, Failure> {
    out.text(&format!("--- {} [{}]", planned.name, planned.lang))?;
    stage.voice.go_to(&stage.replies.join(folder_name(&planned.name)))?;
    let mut conversation = Conversation::begin(Some(planned.lang), &SystemRandom).map_err(Failure::failed)?;
    for said in stage.assistant.greet(&mut conversation).await.said {
        out.text(&format!("    said        {said}"))?;
    }
    let mut turns = Vec::new();
    for file in &planned.turns {
        let mut source = sentence(&stage.audio.join(file))?;
        let mut endpointer = Endpointer::new(Endpointing::default());
        let heard = stage.ears.turn(&mut source, &mut endpointer, (stage.assistant, &conversation))?;
        let mut turn = stage.assistant.turn(&mut conversation, heard).await;
        stage.voice.write(&mut turn)?;
        out.result(&turn, || show::turn(&turn))?;
        turns.push(turn);
    }
    Ok(problems(planned, &turns))
}

/// A recorded sentence with a pause behind it, frame by frame, as a microphone would give it.
fn sentence(file: &Path) -> Result<PcmFrames, Failure> {
    let mut sound = read_wav(file).map_err(Failure::usage)?;
    sound.append(Pcm::silence(PAUSE_MS, SAMPLE_RATE), 0).map_err(Failure::usage)?;
    PcmFrames::new(sound).map_err(Failure::usage)
}

fn folder_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Compares what happened with what should have.
fn problems(planned: &Planned, turns: &[Turn]) -> Vec<String> {
    let mut problems = Vec::new();
    let read_backs = turns.iter().filter(|turn| turn.state.awaiting.as_deref() == Some("consent")).count();
    if read_backs != planned.read_backs {
        problems.push(format!("read back {read_backs} times instead of {}", planned.read_backs));
    }
    let payments: Vec<_> = turns.iter().filter_map(|turn| turn.payment.as_ref()).collect();
    match (&planned.paid, payments.as_slice()) {
        (None, []) => {}
        (None, some) => problems.push(format!("{} payments instead of none", some.len())),
        (Some(expected), [paid]) => {
            let amount = expected.amount.parse::<Money>();
            if amount.as_ref() != Ok(&paid.amount) || paid.payee != expected.payee || paid.provider != expected.provider
            {
                let Expected { amount, payee, provider } = expected;
                problems.push(format!(
                    "paid {} to {} with {} instead of {amount} to {payee} with {provider}",
                    paid.amount, paid.payee, paid.provider
                ));
            }
            if paid.status != "succeeded" {
                problems.push(format!("the payment is {}", paid.status));
            }
        }
        (Some(_), some) => problems.push(format!("{} payments instead of one", some.len())),
    }
    problems
}

async fn ledger(stage: &Stage<'_>, out: Out) -> Result<(), Failure> {
    out.text("--- the ledger")?;
    for view in stage.assistant.payments().list(&crate::payments::Filter::default()).await.map_err(Failure::failed)? {
        out.result(&view, || show::payment(&view, stage.zone))?;
    }
    Ok(())
}
