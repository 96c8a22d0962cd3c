//! One plugin in its worker on the kit's bench: every call is played against a script, and held to the laws that hold for
//! every call.

use super::fixture::Fixture;
use super::judge::{Allowed, Falsified, word};
use super::laws::{Finding, Law, Tally};
use super::stage::{Records, Script, Stage};
use crate::payments::{GateSettings, HttpGate, SecretError, Secrets};
use crate::plugin_host::{CallFault, PluginError, Plugins, WorkerProvider};
use sayso_plugin_interface::abi_v1::{Answer, Call};
use sayso_plugin_interface::{Capabilities, Currency, PaymentProvider as _};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Settings whose names have one of these in them hold what must not be seen.
const SECRET_NAMES: &[&str] = &["secret", "password", "private_key", "api_v3_key"];
/// What is shorter stands in a request by chance.
const SECRET_LENGTH_MIN: usize = 8;

/// A plugin that is ready to be tried.
pub(super) struct Bench {
    provider: Arc<WorkerProvider>,
    /// What it says of itself.
    pub(super) capabilities: Capabilities,
    gate: HttpGate,
    /// Name and value of what must not be seen.
    secrets: Vec<(String, String)>,
    deadline: Duration,
    runs: u32,
}

/// Any secret that is asked for: what counts is whether it may be asked for.
struct AnySecret;

impl Secrets for AnySecret {
    fn secret(&self, name: &str) -> Result<String, SecretError> {
        Ok(format!("value-of-{name}"))
    }
}

/// A call that was played.
pub(super) struct Played {
    /// What the plugin answered, or that it did not.
    pub(super) answer: Result<Answer, CallFault>,
    /// All that it did.
    pub(super) records: Records,
}

impl Played {
    /// A finding about this call.
    pub(super) fn finding(&self, scenario: &str, change: &str, wanted: impl Into<String>) -> Finding {
        let came = match &self.answer {
            Ok(answer) => serde_json::to_string(&super::judge::fields(answer)).unwrap_or_default(),
            Err(fault) => fault.to_string(),
        };
        let (scenario, change) = (scenario.to_owned(), change.to_owned());
        Finding { scenario, change, wanted: wanted.into(), came, exchanges: self.records.seen.clone() }
    }
}

impl Bench {
    /// Starts the plugin with these settings.
    pub(super) async fn open(
        plugins: &Plugins,
        library: &Path,
        settings: &Map<String, Value>,
        fixture: Option<&Fixture>,
        deadline: Duration,
    ) -> Result<Bench, PluginError> {
        let configuration = Value::Object(settings.clone()).to_string();
        let provider = plugins.load(library, "kit", &configuration, deadline).await?;
        let capabilities = provider.capabilities();
        let gate =
            HttpGate::new("kit", &capabilities, &capabilities.hosts, Arc::new(AnySecret), GateSettings::default());
        let mut secrets = Vec::new();
        gather_secrets(
            settings,
            false,
            &|name| fixture.is_some_and(|fixture| fixture.secrets.iter().any(|s| s == name)),
            &mut secrets,
        );
        Ok(Bench { provider, capabilities, gate, secrets, deadline, runs: 0 })
    }

    /// A number that no other run has.
    pub(super) fn next_run(&mut self) -> u32 {
        self.runs += 1;
        self.runs
    }

    /// A currency that the plugin takes.
    pub(super) fn currency(&self) -> Currency {
        self.capabilities.currencies.first().copied().unwrap_or(Currency::USD)
    }

    /// Whether the plugin has this verb. Those for stored ways to pay and for credentials may be left out: a plugin without
    /// them closes such a call with `failed`. A panic is no leaving out.
    pub(super) async fn has(&mut self, verb: &str) -> bool {
        match verb {
            "enrol" | "query_enrolment" => self.capabilities.enrolment,
            "check_credentials" => {
                let request = super::fill::request(verb, self.next_run(), self.currency());
                let Ok(call) = super::fill::as_call(verb, &request) else { return false };
                let stage = Stage::new(super::fill::NOW_MS, Script::always(super::stage::lost("nothing was recorded")));
                match self.provider.ask(&stage, call).await {
                    Err(CallFault::Lost(reason)) => reason.starts_with("panicked"),
                    _ => true,
                }
            }
            _ => true,
        }
    }

    /// Ends the worker.
    pub(super) async fn close(self) {
        self.provider.stop().await;
    }

    /// Plays one call, and counts what holds for every call.
    pub(super) async fn play(
        &self,
        tally: &mut Tally,
        name: &str,
        change: &str,
        call: Call,
        now_ms: i64,
        script: Script,
    ) -> Played {
        let stage = Stage::new(now_ms, script);
        let answer = self.provider.ask(&stage, call).await;
        let played = Played { answer, records: stage.into_records() };
        let overdue = matches!(&played.answer, Err(fault) if fault.overdue());
        let died = matches!(&played.answer, Err(fault) if !fault.overdue());
        let held = |broken: bool, wanted: &str| if broken { Err(played.finding(name, change, wanted)) } else { Ok(()) };
        let seconds = self.deadline.as_secs_f32();
        tally.count(Law::Deadline, held(overdue, &format!("an answer within {seconds} s")));
        tally.count(Law::Survives, held(died, "an answer, whatever it is"));
        for seen in &played.records.seen {
            let refused = self.gate.refusal(&seen.request);
            tally.count(Law::Hosts, held(refused.is_some(), &refused.unwrap_or_default()));
        }
        let leak = self.leak(&played.records);
        tally.count(Law::Secrets, held(leak.is_some(), &leak.unwrap_or_default()));
        played
    }

    /// Plays a falsified exchange and judges what came of it.
    pub(super) async fn try_falsified(
        &self,
        tally: &mut Tally,
        name: &str,
        falsified: Falsified,
        (call, now_ms, script): (Call, i64, Script),
        recorded: &Answer,
    ) -> Played {
        let Falsified { law, change, allowed, .. } = falsified;
        let played = self.play(tally, name, &change, call, now_ms, script).await;
        if let Ok(answer) = &played.answer {
            let broken = allowed.broken_by(answer, recorded);
            tally.count(law, broken.map_or(Ok(()), |wanted| Err(played.finding(name, &change, wanted))));
        } else if let Allowed::Claims(_) = allowed {
            // Counted as a crash or a delay already; the host takes it as unknown.
            tally.count(law, Ok(()));
        }
        played
    }

    /// What was seen of a secret where it must not be.
    fn leak(&self, records: &Records) -> Option<String> {
        let requests = records.seen.iter().map(|seen| serde_json::to_string(&seen.request).unwrap_or_default());
        let texts: Vec<String> = requests.chain(records.log.iter().cloned()).collect();
        let leaked = self.secrets.iter().find(|(_, value)| texts.iter().any(|text| text.contains(value)));
        leaked.map(|(name, _)| {
            format!("`{name}` nowhere in clear: write {{{{secret:{name}}}}} into a header or the body")
        })
    }
}

/// Collects what must not be seen: named so by the file, by its own name, or below `secrets`.
fn gather_secrets(
    settings: &Map<String, Value>,
    all: bool,
    named: &dyn Fn(&str) -> bool,
    found: &mut Vec<(String, String)>,
) {
    for (name, value) in settings {
        let lower = name.to_ascii_lowercase();
        let secret = all || named(name) || SECRET_NAMES.iter().any(|part| lower.contains(part));
        match value {
            Value::String(text) if secret && text.len() >= SECRET_LENGTH_MIN => {
                found.push((name.clone(), text.clone()))
            }
            Value::Object(inner) => gather_secrets(inner, all || name == "secrets", named, found),
            _ => {}
        }
    }
}

/// What an answer is, in a word, or that there was none.
pub(super) fn said(played: &Played) -> String {
    played.answer.as_ref().map_or_else(ToString::to_string, word)
}
