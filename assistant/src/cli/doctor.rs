//! `sayso doctor`: what this system has of all that Sayso needs. Changes nothing, and says how to mend what is missing.

use super::environment::clash;
use super::failure::Failure;
use super::opening;
use super::out::Out;
use super::places::Places;
use super::providers;
use super::voice;
use crate::config::{Config, Environment, KeyChoice, Sandbox, SecondListener, SpeechSettings, VoiceChoice, names_file};
use crate::consent::Tier;
use crate::lang::Lang;
use crate::models::{self, ModelError, Presence, SECOND_LISTENER, SPEAKER, SYNTHESIZER};
use crate::plugin_host::{BackOff, Listed, Plugins};
use crate::store::{KeySource, Looks, Store};
use sayso_plugin_interface::abi_v1::pipe::Survey;
use sayso_plugin_interface::{CheckRequest, CredentialsAnswer, PaymentProvider as _};
use serde::Serialize;
use std::path::Path;
use std::process::{Command, Stdio};

/// Less free room than this is said to be little, in bytes.
const DISK_LITTLE: u64 = 200_000_000;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// It is there and works.
    Good,
    /// It is not there; Sayso works without it, with less.
    Missing,
    /// Something that was asked for does not work.
    Bad,
}

/// One thing that was looked at, and the line of `--json`.
#[derive(Debug, Serialize)]
struct Looked {
    /// `money`, `sandbox`, `plugin`, `credentials`, `store`, `disk`, `model`, `voice` or `sound`.
    part: &'static str,
    name: String,
    state: State,
    detail: String,
    /// How to mend it; null if nothing is to be mended.
    mend: Option<String>,
}

impl Looked {
    fn new(part: &'static str, name: impl Into<String>, state: State, detail: impl Into<String>) -> Self {
        Looked { part, name: name.into(), state, detail: detail.into(), mend: None }
    }

    fn mend(self, how: impl Into<String>) -> Self {
        Looked { mend: Some(how.into()), ..self }
    }
}

/// Looks at everything; something bad is exit code 1.
pub async fn run(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let mut looked = Vec::new();
    match providers::plugins(places, config.sandbox, BackOff::NONE) {
        Ok(plugins) => {
            sandbox(&plugins, config.sandbox, &mut looked).await;
            match plugins.list().await {
                Ok(found) => looked.extend(found.iter().map(plugin)),
                Err(wrong) => looked.push(Looked::new("plugin", "registry", State::Bad, wrong.to_string())),
            }
        }
        Err(wrong) => looked.push(Looked::new("sandbox", "sayso-plugin-worker", State::Bad, wrong.message)),
    }
    credentials(places, config, &mut looked).await;
    looked.push(environment(config));
    looked.push(store(places, config));
    looked.extend(disk(&places.data));
    looked.extend(speech(places, config));
    looked.push(sound());
    for one in &looked {
        out.result(one, || text(one))?;
    }
    match looked.iter().filter(|one| one.state == State::Bad).count() {
        0 => Ok(()),
        1 => Err(Failure::failed("one thing is wrong; see above")),
        several => Err(Failure::failed(format!("{several} things are wrong; see above"))),
    }
}

fn text(one: &Looked) -> String {
    let state = match one.state {
        State::Good => "good   ",
        State::Missing => "missing",
        State::Bad => "BAD    ",
    };
    let mend = one.mend.as_ref().map(|how| format!("\n                 -> {how}")).unwrap_or_default();
    format!("{state}  {:<7} {}: {}{mend}", one.part, one.name, one.detail)
}

async fn sandbox(plugins: &Plugins, wanted: Sandbox, looked: &mut Vec<Looked>) {
    let survey = match plugins.survey().await {
        Ok(survey) => survey,
        Err(wrong) => return looked.push(Looked::new("sandbox", "sayso-plugin-worker", State::Bad, wrong.to_string())),
    };
    let Survey { limits, no_new_privileges, landlock, files, calls, missing } = &survey;
    let parts = [
        ("limits", *limits, "memory, open files, processes, core files".to_owned()),
        ("no_new_privs", *no_new_privileges, "no program can give it more rights".to_owned()),
        ("landlock", *files, format!("version {landlock}; no file can be opened")),
        ("seccomp", *calls, "no socket, no program, no other process".to_owned()),
    ];
    for (name, works, detail) in parts {
        if works {
            looked.push(Looked::new("sandbox", name, State::Good, detail));
            continue;
        }
        let state = if wanted == Sandbox::Required { State::Bad } else { State::Missing };
        let why = missing.iter().find(|why| why.to_lowercase().starts_with(name));
        let detail = why.cloned().unwrap_or_else(|| "this system does not have it".to_owned());
        looked.push(Looked::new("sandbox", name, state, detail).mend(
            "use Linux 5.13 or later with Landlock and seccomp, or write `plugins: { sandbox: where_available }` into sayso.yaml",
        ));
    }
}

/// Whether each real provider takes what is configured for it; no money moves.
async fn credentials(places: &Places, config: &Config, looked: &mut Vec<Looked>) {
    let Ok(plugins) = providers::plugins(places, config.sandbox, BackOff::NONE) else { return };
    for provider in config.providers.iter().filter(|provider| provider.plugin != providers::PRACTICE_BANK) {
        let see = |state, detail: String| Looked::new("credentials", &provider.name, state, detail);
        let (_, worker, gate) = match providers::open(&plugins, provider, None).await {
            Ok(opened) => opened,
            Err(wrong) => {
                looked.push(see(State::Bad, wrong.message));
                continue;
            }
        };
        let answer = worker.check_credentials(gate.as_ref(), CheckRequest {}).await;
        worker.stop().await;
        looked.push(match answer {
            CredentialsAnswer::Accepted { account, live } => {
                let money = match live {
                    Some(true) => "real money moves",
                    Some(false) => "no real money moves",
                    None => "taken",
                };
                let account = account.map(|account| format!(" (account {account})")).unwrap_or_default();
                see(State::Good, format!("{money}{account}"))
            }
            CredentialsAnswer::Refused { reason } => see(State::Bad, reason),
            CredentialsAnswer::Unreachable { reason } => see(State::Missing, format!("could not be asked: {reason}")),
            CredentialsAnswer::NotOffered => see(State::Good, "this plugin has no way to ask".to_owned()),
        });
    }
}

fn plugin(listed: &Listed) -> Looked {
    let path = listed.path.display().to_string();
    let pin = match (&listed.pinned, &listed.sha256) {
        (Some(pinned), Ok(found)) if pinned == found => "pinned",
        (Some(_), _) => "changed since it was taken in",
        (None, _) => "beside the program",
    };
    match &listed.about {
        Ok(about) => {
            let can = &about.capabilities;
            Looked::new("plugin", format!("{} {}", can.name, can.version), State::Good, format!("{pin}, {path}"))
        }
        Err(wrong) => Looked::new("plugin", path, State::Bad, format!("{pin}; {wrong}")),
    }
}

/// Which money moves.
fn environment(config: &Config) -> Looked {
    let detail = match config.environment {
        Environment::Practice => "no real money: a bank on this machine stands in",
        Environment::Test => "no real money: the providers' own test systems",
        Environment::Live => "REAL MONEY: commands that pay need --live",
    };
    let dry = if config.dry_run { "; dry run: nothing is ever sent" } else { "" };
    Looked::new("money", config.environment.name(), State::Good, format!("{detail}{dry}"))
}

/// Looks only: a store that is not encrypted yet stays so.
fn store(places: &Places, config: &Config) -> Looked {
    let path = places.ledger();
    let name = path.display().to_string();
    if !path.exists() {
        return Looked::new("store", name, State::Missing, "not there yet; the first payment makes it");
    }
    let sqlite = rusqlite::version();
    let looks = Store::look_at(&path, &opening::key_source(places, &config.store.key));
    if let Some(why) = looks.as_ref().ok().and_then(|looks| clash(config.environment, looks.seen)) {
        return Looked::new("store", name, State::Bad, why);
    }
    match looks {
        Ok(Looks { installation, encrypted: true, .. }) => {
            let from = opening::key_source(places, &config.store.key);
            let detail = format!("encrypted with {from} (SQLite {sqlite}, installation {installation})");
            match from {
                KeySource::Folder(folder) if folder.starts_with(&places.data) => {
                    Looked::new("store", name, State::Missing, format!("{detail}; the key lies where the store is"))
                        .mend("name another place for it in sayso.yaml: `store: { key: { file: PATH } }`, then `sayso store rekey`")
                }
                _ => Looked::new("store", name, State::Good, detail),
            }
        }
        Ok(Looks { installation, encrypted: false, .. }) => {
            let detail = format!("NOT encrypted (SQLite {sqlite}, installation {installation})");
            let how = match config.store.key {
                KeyChoice::None => "take `key: none` out of sayso.yaml; the next start encrypts it",
                _ => "the next start that has it alone encrypts it; `sayso store rekey` does so now",
            };
            Looked::new("store", name, State::Missing, detail).mend(how)
        }
        Err(wrong) => Looked::new("store", name, State::Bad, wrong.to_string()),
    }
}

/// Free room where the data folder is or would be.
#[cfg(unix)]
fn disk(data: &Path) -> Option<Looked> {
    let there = data.ancestors().find(|folder| folder.is_dir())?;
    let room = rustix::fs::statvfs(there).ok()?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let detail = format!("{} MB free", free / 1_000_000);
    let looked = Looked::new("disk", there.display().to_string(), State::Good, detail);
    Some(match free {
        0..DISK_LITTLE => {
            Looked { state: State::Bad, ..looked }.mend("payments need room to be written down: free some")
        }
        _ => looked,
    })
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<Looked> {
    None
}

fn speech(places: &Places, config: &Config) -> Vec<Looked> {
    let folder = places.models(config.speech.models_dir.as_deref());
    let wanted = &config.speech.model;
    let mut looked = Vec::new();
    match models::list(&folder) {
        Ok(installed) => looked.extend(installed.iter().filter_map(|one| {
            let (name, path) = (&one.model.name, one.path.display());
            let get = format!("sayso models fetch {name}");
            match one.presence {
                Presence::Here => Some(Looked::new("model", name, State::Good, format!("{path}"))),
                Presence::WrongLength(_) => {
                    Some(Looked::new("model", name, State::Bad, format!("{path} is damaged")).mend(get))
                }
                Presence::Absent if name == wanted => {
                    let detail = "not here: `hear` and `talk` need it, typing does not";
                    Some(Looked::new("model", name, State::Missing, detail).mend(get))
                }
                Presence::Absent if name == SPEAKER && config.authentication.names(Tier::Voice) => {
                    let detail = "not here, and payments are to be agreed to in the person's own voice";
                    Some(Looked::new("model", name, State::Bad, detail).mend(get))
                }
                Presence::Absent => None,
            }
        })),
        Err(wrong) => looked.push(Looked::new("model", "manifest", State::Bad, wrong.to_string())),
    }
    looked.push(second_listener(&config.speech, &folder));
    let natural = config.speech.voice == VoiceChoice::Kokoro;
    let natural = natural.then(|| voice::files(&config.speech, &folder));
    match &natural {
        Some(Ok(_)) => {
            let [en, zh] = Lang::ALL.map(|lang| voice::voice_of(&config.speech, lang));
            let detail = format!("the natural voice, inside the program: {en} speaks English, {zh} Mandarin");
            looked.push(Looked::new("voice", "kokoro", State::Good, detail));
        }
        Some(Err(wrong @ ModelError::Missing { name, .. })) => {
            let detail =
                format!("{}; until then espeak-ng speaks", wrong.to_string().split(". ").next().unwrap_or_default());
            let get = if name.starts_with("kokoro-") && name != SYNTHESIZER { name } else { SYNTHESIZER };
            looked
                .push(Looked::new("voice", "kokoro", State::Missing, detail).mend(format!("sayso models fetch {get}")));
        }
        Some(Err(wrong)) => looked.push(Looked::new("voice", "kokoro", State::Bad, wrong.to_string())),
        None => {}
    }
    if config.speech.voice == VoiceChoice::EspeakNg || natural.is_some_and(|files| files.is_err()) {
        let mut program = Command::new("espeak-ng");
        let ran = program.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
        looked.push(match ran {
            Ok(output) if output.status.success() => {
                let line = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned();
                Looked::new("voice", "espeak-ng", State::Good, line)
            }
            _ => Looked::new("voice", "espeak-ng", State::Missing, "not here: replies are only printed")
                .mend("install it (Debian: apt install espeak-ng), or set `speech: { voice: none }`"),
        });
    }
    looked
}

/// Who hears a yes that moves money, besides the recogniser itself.
fn second_listener(speech: &SpeechSettings, folder: &Path) -> Looked {
    let looked = |state, detail: String| Looked::new("model", "second listener", state, detail);
    let alone = "the recogniser's own network hears each yes twice, and no other one does";
    let name = match &speech.second_listener {
        SecondListener::Off => return looked(State::Good, format!("{alone}, as sayso.yaml says")),
        SecondListener::Named(file) if names_file(file) => {
            return match Path::new(file).exists() {
                true => looked(State::Good, format!("{file} hears each yes too")),
                false => looked(State::Bad, format!("{file} is not there, so nothing is heard"))
                    .mend("put it there, or take `second_listener` out of sayso.yaml"),
            };
        }
        SecondListener::Named(name) => name,
        SecondListener::WhereThere => SECOND_LISTENER,
    };
    match (models::locate(name, folder), &speech.second_listener) {
        (Ok(_), _) => looked(State::Good, format!("{name}, another network, hears each yes too")),
        (Err(ModelError::Missing { .. }), SecondListener::WhereThere) => {
            looked(State::Missing, alone.to_owned()).mend(format!("sayso models fetch {name}"))
        }
        (Err(wrong), _) => looked(State::Bad, format!("{wrong}; until then nothing is heard")),
    }
}

#[cfg(feature = "voice")]
fn sound() -> Looked {
    match crate::audio::devices() {
        Ok(devices) => {
            let count =
                |which: fn(&crate::audio::DeviceInfo) -> bool| devices.iter().filter(|device| which(device)).count();
            let (records, plays) = (count(|device| device.records), count(|device| device.plays));
            let detail = format!("{records} microphones, {plays} loudspeakers");
            let state = if records == 0 || plays == 0 { State::Missing } else { State::Good };
            Looked::new("sound", "devices", state, detail)
        }
        Err(wrong) => Looked::new("sound", "devices", State::Missing, wrong.to_string()),
    }
}

#[cfg(not(feature = "voice"))]
fn sound() -> Looked {
    Looked::new("sound", "devices", State::Missing, "this build leaves out the feature `voice`")
}
