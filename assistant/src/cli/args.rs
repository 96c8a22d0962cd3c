//! The command line: every command and option with its help, nothing else.

use super::bench_args::{ConsentBench, SpeechBench, TalkBench, VoicesBench};
use super::plugins::PluginsCommand;
use crate::ledger::PaymentId;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A voice assistant that pays, and never pays anything you did not say so.
#[derive(Parser, Debug)]
#[command(name = "sayso", version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub everywhere: Everywhere,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 the thing asked for failed (payment declined, dialog invalid); \
2 wrong usage or configuration; 3 an outcome is not known yet.";

/// Options of every command.
#[derive(Args, Debug, Clone)]
pub struct Everywhere {
    /// The configuration file [default: sayso/sayso.yaml in the user's configuration folder, where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the ledger, models and plugins are kept [default: sayso in the user's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The language of the conversation [default: as configured]
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangChoice>,
    /// Let real money move, where the configuration says `environment: live`
    #[arg(long, global = true)]
    pub live: bool,
    /// Keep payments with and without real money in one data folder
    #[arg(long, global = true)]
    pub mix_environments: bool,
    /// Who speaks: one of `household: people` of the configuration, held to their limits [default: nobody known]
    #[arg(long, global = true, value_name = "NAME")]
    pub person: Option<String>,
    /// Print one JSON object a line instead of text
    #[arg(long, global = true)]
    pub json: bool,
}

/// `--lang`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LangChoice {
    /// English
    En,
    /// Mandarin
    Zh,
    /// Detected from what is said
    Auto,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Converse by typing
    Chat {
        /// Reload the dialogs when they are saved; what goes on keeps those with which it began
        #[arg(long)]
        watch: bool,
        /// Send nothing; show what would be sent
        #[arg(long)]
        dry_run: bool,
        /// The dialogs [default: the configured ones]
        #[arg(long, value_name = "DIR")]
        dialogs: Option<PathBuf>,
        /// Write each code to scan into this file too (.svg or .png)
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
    },
    /// Converse with recorded sentences: each WAV file is one turn
    Hear {
        /// WAV files of any rate, depth and channel count
        #[arg(required = true, value_name = "WAV")]
        files: Vec<PathBuf>,
        /// Write the spoken replies as WAV files into this folder
        #[arg(long, value_name = "DIR")]
        replies: Option<PathBuf>,
        /// The file that each code to scan is written into (.svg or .png) [default: code.png in the data folder]
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
        /// Send nothing; show what would be sent
        #[arg(long)]
        dry_run: bool,
    },
    /// Converse with microphone and loudspeaker
    Talk {
        /// End each turn with Enter instead of by a pause
        #[arg(long)]
        push_to_talk: bool,
        /// The file that each code to scan is written into (.svg or .png) [default: code.png in the data folder]
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
        /// Send nothing; show what would be sent
        #[arg(long)]
        dry_run: bool,
    },
    /// Turn a recording into text
    Transcribe {
        /// A WAV file
        file: PathBuf,
    },
    /// Say a text, aloud or into a WAV file
    Speak {
        /// What to say; marks such as <break time="300ms"/> say how
        text: String,
        /// Who says it: kokoro, espeak-ng, system, a natural voice such as am_michael, or a voice file
        #[arg(long, value_name = "NAME")]
        voice: Option<String>,
        /// How fast the natural voice says it, from 0.5 to 2
        #[arg(long, value_parser = speed)]
        speed: Option<f32>,
        /// Write a WAV file instead of playing aloud
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Show what utterances mean: one a line on standard input
    Understand {
        /// Only money, numbers, dates and yes or no: no dialogs, payees or providers
        #[arg(long)]
        bare: bool,
    },
    /// Show why a sentence is understood as it is: templates with their lines, values, and the words that counted
    Explain {
        /// The sentence
        text: String,
    },
    /// Print sentences that a flow's templates understand
    Sample {
        /// The flow's name
        flow: String,
        /// How many of each language
        #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
        count: u16,
        /// Another number gives other sentences
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
    },
    /// Pay four recorded conversations with practice money, and show everything
    Demo {
        /// The folder with the recordings and `demo.yaml`
        #[arg(long, default_value = "tests/audio", value_name = "DIR")]
        audio: PathBuf,
    },
    /// Check dialogs; each finding has its line and a hint
    Check {
        /// A folder of dialogs, or single files [default: the configured dialogs]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// The commands for those who write dialogs.
    #[command(flatten)]
    Writers(super::writers::WritersCommand),
    /// Write a commented configuration file
    Init {
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Speech models
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Provider plugins
    #[command(subcommand)]
    Plugins(PluginsCommand),
    /// The ledger
    #[command(subcommand)]
    Payments(PaymentsCommand),
    /// The store: its key, backups, proofs, and what is in it
    #[command(subcommand)]
    Store(super::custody::StoreCommand),
    /// Take in providers' notifications at /webhooks/PROVIDER, and look after payments meanwhile
    Serve {
        /// Where to listen; port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:8378", value_name = "ADDRESS:PORT")]
        listen: SocketAddr,
        /// Allow an address that other machines can reach
        #[arg(long)]
        expose: bool,
    },
    /// Ways to pay that are stored with a provider: cards and wallets, so that paying needs no screen
    #[command(subcommand)]
    Instruments(super::instruments::InstrumentsCommand),
    /// Who can be known by their voice, where payments are to be agreed to in one's own
    #[command(subcommand)]
    Voiceprints(super::voiceprints::VoiceprintsCommand),
    /// Who else is told of payments: webhook, push, e-mail, MQTT
    #[command(subcommand)]
    Notifications(NotificationsCommand),
    /// The bank to practise with
    #[command(subcommand)]
    PracticeBank(PracticeBankCommand),
    /// Show what this system has of all that Sayso needs, and how to mend what is missing
    Doctor {
        /// What to look at more closely
        #[command(subcommand)]
        command: Option<DoctorCommand>,
    },
    /// Measure parts of Sayso
    #[command(subcommand)]
    Bench(BenchCommand),
}

/// `sayso doctor`
#[derive(Subcommand, Debug)]
pub enum DoctorCommand {
    /// How loud the microphone is, and whether it hears the loudspeaker: records for a few seconds and plays one short sound
    Audio {
        /// How long to listen
        #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
    },
}

/// `sayso models`
#[derive(Subcommand, Debug)]
pub enum ModelsCommand {
    /// Every model that Sayso knows, and whether it is here
    List,
    /// Fetch a model, check it, and convert it where its source has another format
    Fetch {
        /// A name from `sayso models list`
        name: String,
    },
}

/// `sayso payments`
#[derive(Subcommand, Debug)]
pub enum PaymentsCommand {
    /// Payments, the newest first
    List,
    /// What was said to the provider about a payment and what it answered, redacted, for support
    Exchanges {
        /// The payment's id from `sayso payments list`
        payment: PaymentId,
    },
    /// Bring interrupted payments to their right end
    Recover,
    /// Cancel a payment of which no money has moved yet; what goes through all the same is given back
    Cancel {
        /// Its id from `sayso payments list`
        id: String,
    },
    /// Go on with a payment after you did what the provider waits for, or capture one that is authorised
    Advance {
        /// Its id from `sayso payments list`
        id: String,
    },
    /// Say what became of a payment that only a person can settle, after a look at the provider's own pages
    Resolve {
        /// Its id from `sayso payments list`
        id: String,
        /// The money moved as agreed
        #[arg(long, conflicts_with = "unpaid", required_unless_present = "unpaid")]
        paid: bool,
        /// No money moved
        #[arg(long)]
        unpaid: bool,
        /// How you know; it is kept with the payment
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// The one table of what can become of a payment
    States {
        /// Draw it as an SVG picture
        #[arg(long)]
        svg: bool,
        /// Write the picture into this file instead of onto standard output
        #[arg(long, value_name = "FILE.svg")]
        out: Option<PathBuf>,
    },
    /// What will be paid later, or again and again
    Scheduled {
        /// What to do with one of them
        #[command(subcommand)]
        command: Option<ScheduledCommand>,
    },
    /// Pay what was agreed to for today, or for the last days
    RunDue,
}

/// `sayso payments scheduled`
#[derive(Subcommand, Debug)]
pub enum ScheduledCommand {
    /// End one: nothing more of it is paid
    Cancel {
        /// Its id from `sayso payments scheduled`
        id: String,
    },
}

/// `sayso notifications`
#[derive(Subcommand, Debug)]
pub enum NotificationsCommand {
    /// Every channel, and what could not be delivered
    List,
    /// Send a message that tells of nothing, to see whether it arrives
    Test {
        /// A name from the configuration
        name: String,
    },
    /// Tell now what waits; `chat`, `talk`, `hear` and `serve` do it by themselves
    Send,
}

/// `sayso practice-bank`
#[derive(Subcommand, Debug)]
pub enum PracticeBankCommand {
    /// Serve the practice bank on this machine's loopback until stopped
    Serve {
        /// The port; 0 takes a free one
        #[arg(long, default_value_t = 8377)]
        port: u16,
    },
}

/// `sayso bench`
#[derive(Subcommand, Debug)]
pub enum BenchCommand {
    /// Train the intent classifier on one file of {"text","label"} lines and test it on another
    Understanding {
        /// Training sentences, JSON lines of {"text","label"}
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// Test sentences
        #[arg(long, value_name = "FILE")]
        test: PathBuf,
        /// Sentences that belong to no label
        #[arg(long, value_name = "FILE")]
        oos: Option<PathBuf>,
        /// Use only the first N sentences of each label for training
        #[arg(long, value_name = "N")]
        shots: Option<usize>,
        /// A sentence encoder beside the n-grams, such as minilm-l6-v2-int8 (see `sayso models list`)
        #[arg(long, value_name = "NAME")]
        encoder: Option<String>,
    },
    /// Hear recorded sentences with the configured recogniser and count words, amounts and consents that are wrong
    Speech(Box<SpeechBench>),
    /// Hear recorded sentences as `sayso talk` does, in real time, and measure how soon each is answered, stage by stage
    Talk(TalkBench),
    /// Listen to noise, music and talk about something else while a yes is waited for, and count those that are heard
    Consent(ConsentBench),
    /// Measure how well voices are told apart, on recordings whose index.jsonl names the voice of each
    Voices(VoicesBench),
}

fn speed(text: &str) -> Result<f32, String> {
    let speed = text.parse().ok().filter(|speed| crate::speech::SPEEDS.contains(speed));
    speed.ok_or_else(|| "a speed is a number from 0.5 to 2, such as 0.9".to_owned())
}
