//! The conformance kit: drives a compiled plugin through its real worker against a provider that the kit plays, and says
//! which laws hold. It must never reach a network, take a plugin's word for anything, or know one provider from another.
//!
//! Nobody but a plugin's author knows what the provider answers, so the author records it in files of scenarios; what the
//! network, the gate and a lying provider can make of each recorded exchange is derived here. In reading order:
//! - [`fixture`]: the files, and [`laws`]: the table of laws with what came of each;
//! - `fill` and `pattern`: placeholders, and what is like a pattern;
//! - `stage` and `bench`: the scripted provider, and one plugin on the bench;
//! - [`signing`]: what the provider signs;
//! - `judge`: what an answer claims; `faults` and `fields`: the ways to spoil an exchange;
//! - `scenarios`, `webhooks`, `blind` and `protocol`: what is tried.

mod bench;
mod blind;
mod faults;
mod fields;
mod fill;
pub mod fixture;
mod judge;
pub mod laws;
mod pattern;
mod protocol;
mod scenarios;
pub mod signing;
mod stage;
mod webhooks;

pub use fixture::{Fixture, FixtureError};
pub use laws::{Finding, Law, Seen, Verdict};

use crate::plugin_host::{About, PluginError, Plugins};
use bench::Bench;
use laws::Tally;
use sayso_plugin_interface::Capabilities;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Duration;

/// What came of a whole check.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What the library says of itself.
    pub about: About,
    /// Every law.
    pub verdicts: Vec<Verdict>,
}

impl Report {
    /// How many laws are broken.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.broken > 0).count()
    }
}

/// Checks the plugin in `library`: its scenarios, what can be derived from them, and what holds for every plugin.
///
/// `settings` are laid over those of each file. A call may take `deadline`. An error means that nothing could be tried.
pub async fn check(
    plugins: &Plugins,
    library: &Path,
    fixtures: &[Fixture],
    settings: &Map<String, Value>,
    deadline: Duration,
) -> Result<Report, PluginError> {
    let about = plugins.describe(library).await?;
    let mut tally = Tally::default();
    let first = laid_over(fixtures.first(), settings);
    nonsense(plugins, library, &mut tally).await;
    match Bench::open(plugins, library, &first, fixtures.first(), deadline).await {
        Ok(mut bench) => {
            tally.count(Law::Configures, Ok(()));
            describes(&about, &bench.capabilities, &mut tally);
            blind::try_all(&mut bench, &mut tally).await;
            bench.close().await;
            protocol::try_all(plugins, library, &first, deadline, &mut tally).await?;
        }
        Err(error) => tally.count(Law::Configures, Err(unconfigured(&first, &error))),
    }
    for fixture in fixtures {
        let settings = laid_over(Some(fixture), settings);
        match Bench::open(plugins, library, &settings, Some(fixture), deadline).await {
            Ok(mut bench) => {
                scenarios::try_all(&mut bench, &mut tally, fixture).await;
                bench.close().await;
            }
            Err(error) => tally.count(Law::Configures, Err(unconfigured(&settings, &error))),
        }
    }
    Ok(Report { about, verdicts: tally.verdicts() })
}

fn laid_over(fixture: Option<&Fixture>, settings: &Map<String, Value>) -> Map<String, Value> {
    let mut all = fixture.map(|fixture| fixture.settings.clone()).unwrap_or_default();
    all.extend(settings.clone());
    all
}

fn unconfigured(settings: &Map<String, Value>, error: &PluginError) -> Finding {
    let names: Vec<&str> = settings.keys().map(String::as_str).collect();
    Finding {
        scenario: "create".into(),
        change: format!("with the settings {names:?}"),
        wanted: "that it is ready; name its settings in the fixtures or with --settings".into(),
        came: error.to_string(),
        exchanges: Vec::new(),
    }
}

/// Settings that make no sense: the plugin takes them or says what is wrong, and does not die of them.
async fn nonsense(plugins: &Plugins, library: &Path, tally: &mut Tally) {
    for settings in [
        json!({}),
        json!({ "sayso_no_such_setting": 1 }),
        json!({ "base_url": 7, "api_key": [], "secrets": "none", "environment": { "a": null } }),
        json!({ "base_url": "not an address", "api_base": "http://", "host": "\u{0}\r\n" }),
    ] {
        let held = match plugins.bare(library, settings.clone(), Duration::from_secs(10)).await {
            Ok(_) => Ok(()),
            Err(PluginError::Refused { reason, .. }) if reason.trim().len() > 3 => Ok(()),
            Err(error) => Err(Finding {
                scenario: "create".into(),
                change: format!("with the settings {settings}"),
                wanted: "`ready`, or `refused` with a sentence that says which key is wrong".into(),
                came: error.to_string(),
                exchanges: Vec::new(),
            }),
        };
        tally.count(Law::Configures, held);
    }
}

/// What a plugin says of itself, before and after it is configured.
fn describes(about: &About, ready: &Capabilities, tally: &mut Tally) {
    let said = &about.capabilities;
    let name = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let host = |host: &String| !host.is_empty() && !host.contains(['/', '*', ' ', '@']);
    let rules = [
        (name(&said.name), "a name of small letters, digits and `_`"),
        (!said.version.is_empty(), "a version"),
        (
            (&said.name, &said.version) == (&ready.name, &ready.version),
            "the same name and version once it is configured",
        ),
        (
            // The other way round is fine: whether real money moves may be for the configuration to say.
            ready.practice || !said.practice,
            "`practice` in its description only if no configuration lets real money move",
        ),
        (
            !ready.hosts.is_empty() && ready.hosts.iter().all(host),
            "at least one host, as `api.example.com` or `127.0.0.1:8080`, without a scheme, path or `*`",
        ),
        (ready.reference_length_max >= 16, "references of at least 16 characters"),
        (ready.idempotency_key_life_ms != Some(0), "keys that live for a while, or null if they live for ever"),
    ];
    for (holds, wanted) in rules {
        let finding = || Finding {
            scenario: "describe".into(),
            change: "as it is".into(),
            wanted: wanted.into(),
            came: json!({ "described": said, "ready": ready }).to_string(),
            exchanges: Vec::new(),
        };
        tally.count(Law::Describes, if holds { Ok(()) } else { Err(finding()) });
    }
}
