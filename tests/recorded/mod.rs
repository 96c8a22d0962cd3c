//! The recorded sentences of `tests/audio`.

#![allow(dead_code, reason = "shared by tests and a benchmark, each of which needs a part")]

use sayso::audio::{Pcm, read_wav};
use sayso::lang::Lang;
use sayso::pronunciation::Lexicon;
use sayso::speech::{Cache, Kokoro, KokoroFiles};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A recorded sentence.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    /// The file's name.
    pub file: String,
    /// Its language.
    pub lang: Lang,
    /// Whose voice.
    pub voice: String,
    /// What was said.
    pub text: String,
}

impl Recorded {
    /// Its sound at 16 kHz.
    pub fn pcm(&self) -> Pcm {
        read_wav(&folder().join(&self.file)).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The folder of recordings.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audio")
}

/// The folder for models: `SAYSO_MODELS`, or the usual place.
pub fn models() -> PathBuf {
    let usual = || directories::ProjectDirs::from("", "", "sayso").map(|dirs| dirs.data_dir().join("models"));
    std::env::var_os("SAYSO_MODELS").map(PathBuf::from).or_else(usual).unwrap_or_else(|| PathBuf::from("models"))
}

/// Where these models are, or `None` after saying loudly that a test is skipped, which is not borne where `CI` is set.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so loudly")]
pub fn located<const N: usize>(test: &str, names: [&str; N]) -> Option<[PathBuf; N]> {
    let found: Result<Vec<PathBuf>, _> = names.iter().map(|name| sayso::models::locate(name, &models())).collect();
    match found {
        Ok(paths) => paths.try_into().ok(),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "{test} needs models: {why}");
            eprintln!("\n*** SKIPPED: {test}\n*** {why}\n");
            None
        }
    }
}

/// The folder for models, where these are in it; `None` like `located`.
pub fn folder_with<const N: usize>(test: &str, names: [&str; N]) -> Option<PathBuf> {
    located(test, names).map(|_| models())
}

/// The natural voice in both languages, which keeps nothing of what it said; `None` like `located`.
pub fn kokoro(test: &str) -> Option<Kokoro> {
    let names = [
        sayso::models::SYNTHESIZER,
        sayso::models::ENGLISH_PRONUNCIATIONS,
        sayso::models::MANDARIN_PRONUNCIATIONS,
        "kokoro-af_heart",
        "kokoro-zf_xiaobei",
    ];
    let [network, english, mandarin, en, zh] = located(test, names)?;
    let files = KokoroFiles { network, english, mandarin, voices: BTreeMap::from([(Lang::En, en), (Lang::Zh, zh)]) };
    let lexicon = Lexicon::shipped().unwrap_or_else(|error| panic!("{error}"));
    let voice = Kokoro::load(&files, &lexicon, 1.0, Cache::none());
    Some(voice.unwrap_or_else(|error| panic!("{error}")))
}

/// All recorded sentences.
pub fn all() -> Vec<Recorded> {
    let index = std::fs::read_to_string(folder().join("index.jsonl")).unwrap_or_else(|error| panic!("{error}"));
    index.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

/// What a household's configuration and the shipped flows offer as vocabulary.
pub fn vocabulary(lang: Lang) -> Vec<String> {
    let words: &[&str] = match lang {
        Lang::En => &[
            "Electricity",
            "Water",
            "Gas",
            "Internet",
            "Rent",
            "Alice",
            "Bob",
            "Stripe",
            "PayPal",
            "WeChat Pay",
            "Alipay",
        ],
        Lang::Zh => &["电费", "水费", "煤气费", "网费", "房租", "张伟", "李娜", "微信支付", "支付宝", "贝宝"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}
