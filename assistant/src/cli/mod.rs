//! The `sayso` command: arguments in, results on standard output, remarks on standard error, an exit code at the end.
//! It decides nothing about money, dialogs or sound; it opens the rooms and prints what they give.

mod args;
mod assemble;
mod bench;
mod bench_args;
mod bench_consent;
mod bench_speech;
#[cfg(feature = "voice")]
mod bench_talk;
mod bench_voices;
mod chat;
mod check;
pub mod crash;
mod custody;
mod demo;
mod doctor;
#[cfg(feature = "voice")]
mod doctor_audio;
mod encoder;
mod ending;
mod environment;
mod exchanges;
mod explain;
mod failure;
mod fmt;
mod graph;
mod hear;
mod init;
mod instruments;
mod ledger;
mod listening;
mod log;
mod models;
mod notifications;
mod opening;
mod out;
mod places;
mod plugins;
mod practice;
#[cfg_attr(not(feature = "voice"), allow(dead_code, reason = "a part of it measures what talks"))]
mod process;
mod providers;
mod qr;
mod recogniser;
mod rehearse;
mod replies;
mod retention;
mod sample;
mod scheduled;
mod serve;
mod show;
mod speak;
mod speaker;
mod states;
mod stopping;
#[cfg(feature = "voice")]
mod talk;
mod transcribe;
mod understand;
mod voice;
mod voiceprints;
mod watch;
mod watching;
mod writers;

use crate::audio::read_wav;
use crate::config::Config;
use crate::lang::Lang;
use crate::payments::SystemRandom;
use crate::turn::Conversation;
use args::{Arguments, Command, LangChoice, PaymentsCommand, ScheduledCommand};
use clap::Parser as _;
use failure::Failure;
use jiff::Zoned;
use out::{Out, remark};
use places::Places;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the command line; gives the exit code.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(wrong) => {
            // Help and version come this way too, and go to standard output with 0.
            let _ = wrong.print();
            return ExitCode::from(if wrong.use_stderr() { 2 } else { 0 });
        }
    };
    start_log();
    crash::prepare(Places::of(&arguments.everywhere).ok().map(|places| places.data));
    let run = || runtime().and_then(|runtime| runtime.block_on(dispatch(arguments)));
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(crash::failure()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                remark(&format!("sayso: {}", failure.message.trim_end()));
            }
            ExitCode::from(failure.exit_code)
        }
    }
}

/// What is logged unless somebody wants more. What fails inside the recogniser is told by whoever asked it.
const QUIET: &str = "error,whisper_rs=off";

/// The log goes to standard error, and is quiet unless `SAYSO_LOG` says otherwise (such as `SAYSO_LOG=sayso=debug`).
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SAYSO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(QUIET));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(log::Redacted::default).try_init();
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let made = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    made.map_err(|wrong| Failure::failed(format!("the system refuses to start threads: {wrong}")))
}

/// The same with nothing sent, where the command line says so.
fn rehearsed(config: Config, dry_run: bool) -> Config {
    Config { dry_run: dry_run || config.dry_run, ..config }
}

/// Who converses, as the command line says.
#[derive(Clone)]
struct Speaker {
    lang: Option<LangChoice>,
    person: Option<String>,
}

/// Converses by typing; with `watch` new conversations follow the dialogs as they are saved.
async fn chat(
    places: &Places,
    config: Config,
    speaker: &Speaker,
    (watch, dialogs): (bool, Option<PathBuf>),
    (codes, dry_run): (qr::Codes, bool),
    out: Out,
) -> Result<(), Failure> {
    let config = rehearsed(Config { dialogs: dialogs.or(config.dialogs), ..config }, dry_run);
    let house = assemble::open(places, &config).await?;
    ledger::recover_in_background(house.assistant.payments(), &house.desk);
    let newest = watch::Newest::new(house.assistant);
    if watch {
        newest.follow(&writers::watched(config.dialogs.as_deref())?)?;
    }
    chat::run(&newest, converse(speaker, &config)?, &places.data, &codes, out).await
}

async fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let out = Out::new(arguments.everywhere.json);
    let places = Places::of(&arguments.everywhere)?;
    let read = || read_config(&places);
    let lang = arguments.everywhere.lang;
    let speaker = Speaker { lang, person: arguments.everywhere.person.clone() };
    match arguments.command {
        Command::Chat { watch, dialogs, qr, dry_run } => {
            let codes = qr::Codes::new(qr)?;
            chat(&places, read()?, &speaker, (watch, dialogs), (codes, dry_run), out).await
        }
        Command::Hear { files, replies, qr, dry_run } => {
            let config = rehearsed(read()?, dry_run);
            let sounds = (hear::read(&files)?, qr::Codes::spoken(qr, &places.data)?);
            let house = assemble::open(&places, &config).await?;
            ledger::recover_in_background(house.assistant.payments(), &house.desk);
            let recogniser = recogniser::open(&places, &config.speech)?;
            let person = speaker.person.as_deref();
            let (recogniser, house) = speaker::beside(recogniser, house, (&places, &config), person).await?;
            let mut ears = listening::Ears::new(recogniser, &house.assistant, config.speech.expectation);
            let replies = voice::replies(&places, &config, &house.assistant, replies)?;
            hear::run(&house.assistant, &mut ears, converse(&speaker, &config)?, sounds, replies, out).await
        }
        Command::Talk { push_to_talk, qr, dry_run } => {
            let config = rehearsed(read()?, dry_run);
            let codes = qr::Codes::spoken(qr, &places.data)?;
            talk(&places, &config, &speaker, (push_to_talk, codes), out).await
        }
        Command::Transcribe { file } => {
            let config = read()?;
            let sound = read_wav(&file).map_err(Failure::usage)?;
            let hint = recogniser::hint(&config, fixed_lang(lang, &config))?;
            let mut recogniser = recogniser::open(&places, &config.speech)?;
            transcribe::run(recogniser.as_mut(), sound, &hint, out)
        }
        Command::Speak { text, voice, speed, out: file } => {
            let config = read()?;
            let lang = fixed_lang(lang, &config).or_else(|| Lang::of_text(&text)).unwrap_or(Lang::En);
            let config = speak::chosen(config, voice, speed, lang);
            speak::run(&text, lang, file.as_deref(), voice::open(&places, &config, None)?, out)
        }
        Command::Understand { bare } => {
            let config = read()?;
            understand::run(&places, &config, bare, fixed_lang(lang, &config), out)
        }
        Command::Explain { text } => explain(&places, &read()?, &text, lang, out),
        Command::Sample { flow, count, seed } => sample(&read()?, flow, count.into(), seed, lang, out),
        Command::Demo { audio } => demo::open_and_run(&places, &read()?, &audio, out).await,
        Command::Check { paths } => check::checked(paths, read(), &places, out),
        Command::Writers(command) => writers::run(command, &places, lang, out).await,
        Command::Init { force } => init::run(&places, force, out),
        Command::Models(command) => models::run(&places, &read()?.speech, command, out).await,
        Command::Plugins(command) => plugins::run(&places, &read, command, out).await,
        Command::Doctor { command } => doctor(&places, &read, command, out).await,
        Command::Payments(command) => payments(&places, &read, command, out).await,
        Command::Store(command) => custody::run(&places, &read()?, command, out).await,
        Command::Voiceprints(command) => {
            let config = read()?;
            voiceprints::run(&places, &config, command, fixed_lang(lang, &config), out).await
        }
        Command::Instruments(command) => instruments::run(&places, &read()?, command, out).await,
        Command::Notifications(command) => notifications::run(&places, &read()?, command, out).await,
        Command::Serve { listen, expose } => serve::run(&places, &read()?, listen, expose, out).await,
        Command::PracticeBank(args::PracticeBankCommand::Serve { port }) => practice::serve(&places, port, out).await,
        Command::Bench(command) => {
            let detect = matches!(lang, Some(LangChoice::Auto));
            bench::run(command, &places, &read, detect, out).await
        }
    }
}

/// `sayso doctor`, or one part of it more closely.
async fn doctor(
    places: &Places,
    read: &impl Fn() -> Result<Config, Failure>,
    command: Option<args::DoctorCommand>,
    out: Out,
) -> Result<(), Failure> {
    match command {
        None => doctor::run(places, &read()?, out).await,
        #[cfg(feature = "voice")]
        Some(args::DoctorCommand::Audio { seconds }) => doctor_audio::run(seconds, out),
        #[cfg(not(feature = "voice"))]
        Some(args::DoctorCommand::Audio { .. }) => {
            Err(Failure::usage("this build leaves out the feature `voice`: it has no sound"))
        }
    }
}

/// `sayso payments …`.
async fn payments(
    places: &Places,
    read: &impl Fn() -> Result<Config, Failure>,
    command: PaymentsCommand,
    out: Out,
) -> Result<(), Failure> {
    match command {
        PaymentsCommand::List => ledger::list(places, &read()?, out).await,
        PaymentsCommand::Exchanges { payment } => exchanges::run(places, &read()?, &payment, out).await,
        PaymentsCommand::Scheduled { command: None } => scheduled::list(places, &read()?, out).await,
        PaymentsCommand::Scheduled { command: Some(ScheduledCommand::Cancel { id }) } => {
            scheduled::cancel(places, &read()?, &id, out).await
        }
        PaymentsCommand::Cancel { id } => ledger::act(places, &read()?, &id, ledger::Act::Cancel, out).await,
        PaymentsCommand::Advance { id } => ledger::act(places, &read()?, &id, ledger::Act::Advance, out).await,
        PaymentsCommand::Resolve { id, paid, unpaid: _, why } => {
            ledger::act(places, &read()?, &id, ledger::Act::Resolve { paid, why }, out).await
        }
        PaymentsCommand::States { svg, out: file } => states::run(svg, file.as_deref(), out),
        PaymentsCommand::RunDue => scheduled::run_due(places, &read()?, out).await,
        PaymentsCommand::Recover => ledger::recover(places, &read()?, out).await,
    }
}

#[cfg(feature = "voice")]
async fn talk(
    places: &Places,
    config: &Config,
    speaker: &Speaker,
    (push_to_talk, codes): (bool, qr::Codes),
    out: Out,
) -> Result<(), Failure> {
    talk::check_devices()?;
    let house = assemble::open(places, config).await?;
    ledger::recover_in_background(house.assistant.payments(), &house.desk);
    let recogniser = recogniser::open(places, &config.speech)?;
    let (recogniser, house) = speaker::beside(recogniser, house, (places, config), speaker.person.as_deref()).await?;
    let ears = listening::Ears::new(recogniser, &house.assistant, config.speech.expectation);
    let conversation = converse(speaker, config)?;
    let voice = voice::open(places, config, Some(&house.assistant))?;
    let (speech, how) = (&config.speech, (push_to_talk, codes));
    talk::run(&house.assistant, ears, conversation, (voice, speech), how, out).await
}

#[cfg(not(feature = "voice"))]
async fn talk(_: &Places, _: &Config, _: &Speaker, _: (bool, qr::Codes), _: Out) -> Result<(), Failure> {
    Err(Failure::usage("this build leaves out the feature `voice`: use `sayso chat` to type"))
}

fn explain(places: &Places, config: &Config, text: &str, lang: Option<LangChoice>, out: Out) -> Result<(), Failure> {
    explain::run(places, config, text, fixed_lang(lang, config), out)
}

fn sample(
    config: &Config,
    flow: String,
    count: usize,
    seed: u64,
    lang: Option<LangChoice>,
    out: Out,
) -> Result<(), Failure> {
    sample::run(config, &sample::Wish { flow, count, seed, lang: fixed_lang(lang, config) }, out)
}

/// The configuration, or the example where there is none.
fn read_config(places: &Places) -> Result<Config, Failure> {
    let today = Zoned::now().date();
    match fs::read_to_string(&places.config) {
        Ok(text) => Config::parse(&text, &places.config, today).map_err(Failure::usage),
        Err(wrong) if wrong.kind() == std::io::ErrorKind::NotFound && !places.config_named => {
            Config::example(today).map_err(Failure::usage)
        }
        Err(wrong) => Err(Failure::usage(format!(
            "the configuration {} can't be read: {wrong}; `sayso init` writes one",
            places.config.display()
        ))),
    }
}

/// A conversation that has not begun, in the language that was chosen, with who speaks.
fn converse(speaker: &Speaker, config: &Config) -> Result<Conversation, Failure> {
    if let Some(name) = speaker.person.as_ref().filter(|name| !config.people.contains(name)) {
        let known = match config.people.as_slice() {
            [] => "the configuration names nobody; write `household: { people: [...] }`".to_owned(),
            people => format!("it is one of {}", people.join(", ")),
        };
        return Err(Failure::usage(format!("there is no `{name}` for --person: {known}")));
    }
    let conversation = Conversation::begin(fixed_lang(speaker.lang, config), &SystemRandom).map_err(Failure::failed)?;
    Ok(conversation.by(speaker.person.clone()))
}

/// The language that conversations are held in, if it is fixed.
fn fixed_lang(chosen: Option<LangChoice>, config: &Config) -> Option<Lang> {
    match chosen {
        Some(LangChoice::En) => Some(Lang::En),
        Some(LangChoice::Zh) => Some(Lang::Zh),
        Some(LangChoice::Auto) => None,
        None => config.language.fixed(),
    }
}
