//! The shape of `sayso.yaml`, key by key, as it is read.

use super::limits::LimitsPart;
use crate::consent::Tier;
use crate::household::PayeeKind;
use crate::lang::Lang;
use jiff::civil::Date;
use sayso_plugin_interface::{Currency, Money};
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub environment: super::Environment,
    #[serde(default)]
    pub dry_run: bool,
    #[serde(default)]
    pub language: LanguageChoice,
    pub household: Option<HouseholdPart>,
    pub limits: Option<LimitsPart>,
    pub authentication: Option<Vec<Spanned<RulePart>>>,
    pub phone: Option<Spanned<String>>,
    pub providers: Option<Vec<Spanned<ProviderPart>>>,
    #[serde(default)]
    pub plugins: PluginsPart,
    #[serde(default)]
    pub speech: SpeechPart,
    #[serde(default)]
    pub understanding: UnderstandingPart,
    pub dialogs: Option<PathBuf>,
    #[serde(default)]
    pub notifications: Vec<Spanned<NotificationPart>>,
    #[serde(default)]
    pub store: StorePart,
}

/// What lies on the disk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StorePart {
    pub key: KeyChoice,
    pub keep_conversations_days: u16,
    pub keep_exchanges_days: u16,
}

impl Default for StorePart {
    fn default() -> Self {
        StorePart { key: KeyChoice::default(), keep_conversations_days: 30, keep_exchanges_days: 180 }
    }
}

/// Where the key of the store is. The key itself is never written in a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyChoice {
    /// In a file for each store, in the folder `keys` beside the usual configuration.
    #[default]
    Usual,
    /// In this file.
    File(PathBuf),
    /// In this environment variable.
    Env(String),
    /// With the desktop's secret service.
    Desktop,
    /// Nowhere: the store is not encrypted.
    None,
}

/// One who is told of payments: exactly one of the four ways.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotificationPart {
    pub name: String,
    pub webhook: Option<WebhookPart>,
    pub ntfy: Option<NtfyPart>,
    pub email: Option<EmailPart>,
    pub mqtt: Option<MqttPart>,
    pub on: Option<Vec<String>>,
    #[serde(default = "english")]
    pub language: Lang,
    pub every: Option<String>,
    pub quiet: Option<String>,
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
}

fn english() -> Lang {
    Lang::En
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookPart {
    pub url: String,
    pub signing_key: Option<SecretRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NtfyPart {
    pub url: String,
    pub token: Option<SecretRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailPart {
    pub server: String,
    pub port: Option<u16>,
    pub from: String,
    pub to: Vec<String>,
    pub user: Option<String>,
    pub password: Option<SecretRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MqttPart {
    pub url: String,
    pub topic: String,
    pub user: Option<String>,
    pub password: Option<SecretRef>,
}

/// `language`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LanguageChoice {
    /// Detected from what is said.
    #[default]
    Auto,
    /// English only.
    En,
    /// Mandarin only.
    Zh,
}

impl LanguageChoice {
    /// The only one, if it is fixed.
    #[must_use]
    pub fn fixed(self) -> Option<Lang> {
        match self {
            LanguageChoice::Auto => None,
            LanguageChoice::En => Some(Lang::En),
            LanguageChoice::Zh => Some(Lang::Zh),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HouseholdPart {
    #[serde(default)]
    pub currencies: BTreeMap<Lang, Currency>,
    pub payees: Vec<Spanned<PayeePart>>,
    pub people: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub bills: Vec<Spanned<BillPart>>,
    #[serde(default)]
    pub contact: BTreeMap<Lang, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayeePart {
    pub id: String,
    pub kind: PayeeKind,
    pub names: BTreeMap<Lang, String>,
    #[serde(default)]
    pub aliases: BTreeMap<Lang, Vec<String>>,
    #[serde(default)]
    pub about: BTreeMap<Lang, String>,
    #[serde(default)]
    pub accounts: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BillPart {
    pub payee: String,
    pub amount: Amount,
    pub due: Option<Date>,
    pub due_day: Option<i8>,
}

/// One rule of `authentication`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulePart {
    pub need: Tier,
    pub from: Option<Vec<Amount>>,
    pub payees: Option<Vec<String>>,
    #[serde(default)]
    pub new_payee: bool,
    #[serde(default)]
    pub scheduled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderPart {
    pub name: String,
    pub plugin: String,
    #[serde(default)]
    pub names: BTreeMap<Lang, Vec<String>>,
    #[serde(default)]
    pub hosts: Vec<String>,
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretRef>,
    #[serde(default)]
    pub secrets_inside: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PluginsPart {
    #[serde(default)]
    pub sandbox: Sandbox,
}

/// What to do on a system that cannot take everything away from plugins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sandbox {
    /// Plugins are not run there.
    #[default]
    Required,
    /// They run with as much taken away as can be.
    WhereAvailable,
}

/// Where a secret is to be found. The secret itself is never written in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretRef {
    /// In this environment variable.
    Env(String),
    /// In this file, of which the last line break is cut off.
    File(PathBuf),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpeechPart {
    #[serde(default = "default_model")]
    pub model: String,
    pub second_listener: Option<String>,
    #[serde(default = "default_expectation")]
    pub expectation: bool,
    #[serde(default)]
    pub voice: VoiceChoice,
    #[serde(default)]
    pub voices: BTreeMap<Lang, String>,
    pub speed: Option<Spanned<f32>>,
    #[serde(default)]
    pub pauses_ms: PausesPart,
    #[serde(default = "on")]
    pub barge_in: bool,
    #[serde(default = "on")]
    pub echo_removal: bool,
    #[serde(default = "on")]
    pub speculation: bool,
    #[serde(default)]
    pub wake: BTreeMap<Lang, Spanned<String>>,
    pub models_dir: Option<PathBuf>,
}

impl Default for SpeechPart {
    fn default() -> Self {
        SpeechPart {
            model: default_model(),
            second_listener: None,
            expectation: default_expectation(),
            voice: VoiceChoice::default(),
            voices: BTreeMap::new(),
            speed: None,
            pauses_ms: PausesPart::default(),
            barge_in: on(),
            echo_removal: on(),
            speculation: on(),
            wake: BTreeMap::new(),
            models_dir: None,
        }
    }
}

/// How much silence ends a turn, in milliseconds; what is left out is as usual.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PausesPart {
    pub usual: Option<Spanned<u32>>,
    pub yes_no: Option<Spanned<u32>>,
    pub dictation: Option<Spanned<u32>>,
    pub unfinished: Option<Spanned<u32>>,
    pub closed: Option<Spanned<u32>>,
}

fn on() -> bool {
    true
}

fn default_expectation() -> bool {
    true
}

fn default_model() -> String {
    "whisper-base-q8_0".to_owned()
}

/// `understanding`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnderstandingPart {
    pub encoder: Option<EncoderChoice>,
}

/// What helps to tell free sentences apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum EncoderChoice {
    /// all-MiniLM-L6-v2, for English.
    #[serde(rename = "minilm-l6-v2-int8")]
    MiniLm,
}

/// Which voice answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoiceChoice {
    /// The natural voice inside the program; `espeak-ng` where its files are not here.
    #[default]
    Kokoro,
    /// The `espeak-ng` program.
    EspeakNg,
    /// The desktop's own voices; they play aloud only.
    System,
    /// None: replies are only printed.
    None,
}

/// Money written as text, `"42.50 USD"`.
pub(super) struct Amount(pub Money);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Amount).map_err(serde::de::Error::custom)
    }
}
