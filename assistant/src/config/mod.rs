//! `sayso.yaml` into typed settings, and the example that holds without one. Never holds a secret, only where it is.

mod authentication;
mod check;
mod environment;
mod error;
mod file;
mod limits;
mod notifications;

pub use environment::Environment;
pub use error::ConfigError;
pub use file::{EncoderChoice, KeyChoice, LanguageChoice, Sandbox, SecretRef, VoiceChoice};
pub use notifications::{NotificationSettings, Way};

use crate::consent::{Authentication, Limits};
use crate::household::Household;
use crate::lang::Lang;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The commented configuration that `sayso init` writes, and that holds when there is none.
pub const EXAMPLE: &str = include_str!("example.yaml");

/// Everything that a person can set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it came from; `None` for the example.
    pub source: Option<PathBuf>,
    /// Which money moves.
    pub environment: Environment,
    /// True if nothing is ever sent: everything else is as usual.
    pub dry_run: bool,
    /// The language of conversations.
    pub language: LanguageChoice,
    /// Whom the household pays.
    pub household: Household,
    /// The most that may be paid.
    pub limits: Limits,
    /// The people who pay, by the names that `--person` takes; empty where they are not told apart.
    pub people: Vec<String>,
    /// How surely a person has to agree to which payment.
    pub authentication: Authentication,
    /// Which of the notifications reaches the phone on which payments are confirmed; `None` for no phone.
    pub phone: Option<String>,
    /// Who moves the money, in the order in which they are offered.
    pub providers: Vec<ProviderSettings>,
    /// What to do on a system that cannot confine plugins wholly.
    pub sandbox: Sandbox,
    /// Ears and voice.
    pub speech: SpeechSettings,
    /// What helps the n-grams; `None` for nothing.
    pub encoder: Option<EncoderChoice>,
    /// The person's own dialogs; `None` for the shipped ones.
    pub dialogs: Option<PathBuf>,
    /// Who else is told of payments.
    pub notifications: Vec<NotificationSettings>,
    /// What lies on the disk.
    pub store: StoreSettings,
}

/// What lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// Where its key is.
    pub key: KeyChoice,
    /// After how many days conversations are forgotten.
    pub keep_conversations_days: u16,
    /// After how many days it is forgotten what was said to providers in which words.
    pub keep_exchanges_days: u16,
}

/// One provider as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSettings {
    /// The name in dialogs and in the ledger, e.g. `stripe`.
    pub name: String,
    /// The plugin library's name, e.g. `practice_bank`, or a path to it.
    pub plugin: String,
    /// How people call it; the first of each language is spoken.
    pub names: BTreeMap<Lang, Vec<String>>,
    /// Hosts that its plugin may talk to.
    pub hosts: Vec<String>,
    /// Settings in the plugin's own terms.
    pub settings: BTreeMap<String, String>,
    /// Where its secrets are.
    pub secrets: BTreeMap<String, SecretRef>,
    /// Those of them that the plugin itself may know; all others are filled in on the way out.
    pub secrets_inside: Vec<String>,
}

/// Ears and voice.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechSettings {
    /// A model of the manifest, or the path of a whisper.cpp file (see [`SpeechSettings::names_file`]).
    pub model: String,
    /// Which other network a spoken yes that moves money has to convince too.
    pub second_listener: SecondListener,
    /// Whether what may be said next is held against the sound, besides writing it down freely.
    pub expectation: bool,
    /// Which voice answers.
    pub voice: VoiceChoice,
    /// Who speaks each language with the natural voice: a name of the manifest without its `kokoro-`, or a file.
    pub voices: BTreeMap<Lang, String>,
    /// How fast it speaks, as a fraction of the usual.
    pub speed: f32,
    /// How much silence ends a turn.
    pub pauses: Pauses,
    /// Whether whoever speaks while Sayso does makes it fall silent.
    pub barge_in: bool,
    /// Whether its own voice is taken out of what the microphone hears then, as well as the devices let it.
    pub echo_removal: bool,
    /// Whether recognition begins at each short pause, before it is known that the turn is over.
    pub speculation: bool,
    /// What one says first when nothing is being talked about, in each language; none where nobody has to call.
    pub wake: BTreeMap<Lang, String>,
    /// Where models are kept; `None` for the usual place.
    pub models_dir: Option<PathBuf>,
}

/// Which other network hears a yes too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SecondListener {
    /// The one of the manifest, where its weights are.
    #[default]
    WhereThere,
    /// None: the recogniser's own network hears it twice.
    Off,
    /// This one, a model of the manifest or a file; without it nothing is heard.
    Named(String),
}

/// How much silence ends a turn with microphone, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// After anything.
    pub usual_ms: u32,
    /// Where a yes or a no is waited for.
    pub yes_no_ms: u32,
    /// Where a number, an amount, digits or free text is waited for.
    pub dictation_ms: u32,
    /// After words that can't be all: "um", "three hundred and".
    pub unfinished_ms: u32,
    /// After words that answer all that was asked, or ask for all that is needed.
    pub closed_ms: u32,
}

impl Default for Pauses {
    fn default() -> Self {
        Pauses { usual_ms: 700, yes_no_ms: 450, dictation_ms: 1_200, unfinished_ms: 1_800, closed_ms: 480 }
    }
}

impl SpeechSettings {
    /// True if the recogniser is a file of one's own: it has a folder before it or ends in `.bin`.
    #[must_use]
    pub fn names_file(&self) -> bool {
        names_file(&self.model)
    }
}

/// True for what is a path of a file of weights, and no name of the manifest.
#[must_use]
pub fn names_file(model: &str) -> bool {
    model.contains(['/', '\\']) || model.ends_with(".bin")
}

impl Config {
    /// The example household with the practice bank. `today` places bills that are due on a day of each month.
    pub fn example(today: Date) -> Result<Config, ConfigError> {
        Config::parse(EXAMPLE, Path::new("the built-in example"), today).map(|config| Config { source: None, ..config })
    }

    /// Reads the text of a configuration. `path` is only for messages and for [`Config::source`].
    /// Whole parts that are left out (household, limits, providers) are those of the example.
    pub fn parse(text: &str, path: &Path, today: Date) -> Result<Config, ConfigError> {
        let file = error::read(text, path)?;
        let example = error::read(EXAMPLE, Path::new("the built-in example"))?;
        check::build(file, example, text, path, today)
    }
}

#[cfg(test)]
mod tests;
