//! The configured providers, each a plugin in its worker with a gate of its own.

use super::failure::Failure;
use super::places::Places;
use crate::config::{Config, ProviderSettings, Sandbox, SecretRef as ConfiguredSecret};
use crate::payments::{GateSettings, HttpGate, Providers, SecretRef, SecretRefs, Secrets as _};
use crate::plugin_host::{self, BackOff, Plugins, Policy, WorkerProvider};
use crate::server::practice_bank::PracticeBank;
use crate::store::Store;
use futures_util::future::try_join_all;
use sayso_plugin_interface::PaymentProvider as _;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The plugin whose bank Sayso brings along.
pub const PRACTICE_BANK: &str = "practice_bank";

/// How long one ask of a plugin may take, all its HTTP exchanges together.
const PLUGIN_DEADLINE: Duration = Duration::from_secs(30);

/// Where plugins are, and what they may do where they can't be confined.
pub fn plugins(places: &Places, sandbox: Sandbox, back_off: BackOff) -> Result<Plugins, Failure> {
    let confinement = match sandbox {
        Sandbox::Required => Policy::Required,
        Sandbox::WhereAvailable => Policy::WhereAvailable,
    };
    let pinned = Some(places.plugins());
    let settings = plugin_host::Settings { confinement, pinned, back_off, ..plugin_host::Settings::default() };
    Plugins::open(settings).map_err(Failure::usage)
}

/// A worker for each provider, started side by side; what is said to them is kept in `journal`.
pub async fn open_all(
    places: &Places,
    config: &Config,
    bank: Option<&PracticeBank>,
    journal: Option<Arc<Store>>,
) -> Result<Providers, Failure> {
    let plugins = plugins(places, config.sandbox, BackOff::default())?;
    let starting = config.providers.iter().map(|provider| open(&plugins, provider, bank));
    let mut providers = journal.map_or_else(Providers::new, |journal| Providers::with_journal(journal));
    for (name, worker, gate) in try_join_all(starting).await? {
        providers.add(&name, worker, gate);
    }
    Ok(providers)
}

/// One provider: its name, its worker and its gate.
pub async fn open(
    plugins: &Plugins,
    provider: &ProviderSettings,
    bank: Option<&PracticeBank>,
) -> Result<(String, Arc<WorkerProvider>, Arc<HttpGate>), Failure> {
    let (mut settings, hosts) = settings_of(provider, bank);
    let path = plugins.find(&provider.plugin).map_err(Failure::usage)?;
    let secrets = SecretRefs(provider.secrets.iter().map(|(name, from)| (name.clone(), secret_ref(from))).collect());
    let inside = inside(plugins, &path, provider, &secrets).await?;
    if !inside.is_empty() {
        settings.insert("secrets".to_owned(), Value::Object(inside));
    }
    let settings = Value::Object(settings).to_string();
    let worker = plugins.load(&path, &provider.name, &settings, PLUGIN_DEADLINE).await.map_err(Failure::usage)?;
    let gate =
        HttpGate::new(&provider.name, &worker.capabilities(), &hosts, Arc::new(secrets), GateSettings::default());
    Ok((provider.name.clone(), worker, Arc::new(gate)))
}

/// The secrets that go into the worker: what the plugin says it must know itself, each granted by name. One that is not
/// granted is an error before the plugin is started with anything.
async fn inside(
    plugins: &Plugins,
    library: &Path,
    provider: &ProviderSettings,
    secrets: &SecretRefs,
) -> Result<Map<String, Value>, Failure> {
    // A plugin that is given nothing needs no look before it starts.
    if provider.secrets.is_empty() && provider.plugin == PRACTICE_BANK {
        return Ok(Map::new());
    }
    let declared = plugins.describe(library).await.map_err(Failure::usage)?.capabilities.secrets_inside;
    let mut values = Map::new();
    for name in declared {
        if !provider.secrets_inside.contains(&name) {
            return Err(Failure::usage(format!(
                "the plugin of the provider `{0}` must know the secret `{name}` itself, and that is not granted: if you \
                 agree, write `secrets_inside: [{name}]` beside `secrets` of `{0}` in sayso.yaml",
                provider.name
            )));
        }
        let value = secrets.secret(&name).map_err(Failure::usage)?;
        values.insert(name, Value::String(value));
    }
    Ok(values)
}

/// A plugin's settings, and the hosts that it may talk to. The practice bank's are Sayso's own, unless they are set.
fn settings_of(provider: &ProviderSettings, bank: Option<&PracticeBank>) -> (Map<String, Value>, Vec<String>) {
    let mut settings: Map<String, Value> =
        provider.settings.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let mut hosts = provider.hosts.clone();
    if provider.plugin == PRACTICE_BANK {
        settings.entry("provider").or_insert_with(|| json!(provider.name));
        if let (Some(bank), false) = (bank, settings.contains_key("base_url")) {
            settings.insert("base_url".to_owned(), json!(bank.url()));
            hosts.push(bank.address().to_string());
        }
    }
    (settings, hosts)
}

/// Where a secret is, as payments look for it.
#[must_use]
pub fn secret_ref(secret: &ConfiguredSecret) -> SecretRef {
    match secret {
        ConfiguredSecret::Env(name) => SecretRef::Env(name.clone()),
        ConfiguredSecret::File(path) => SecretRef::File(path.clone()),
    }
}
