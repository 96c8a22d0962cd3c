//! Puts the rooms together for one run: ledger, practice bank, provider plugins, payments, dialogs.

use super::check;
use super::failure::Failure;
use super::notifications;
use super::out::remark;
use super::places::Places;
use crate::announce::Desk;
use crate::config::{Config, ProviderSettings, SecretRef as ConfiguredSecret};
use crate::dialog::{Dialogs, History, ProviderInfo};
use crate::household::Household;
use crate::lang::Lang;
use crate::payments::{GateSettings, HttpGate, Limits, Payments, Providers, SecretRef, SecretRefs, Settings};
use crate::plugin_host::{self, Plugins, WorkerProvider};
use crate::server::practice_bank::{self, PracticeBank};
use crate::store::Store;
use crate::turn::Assistant;
use futures_util::future::try_join_all;
use jiff::tz::TimeZone;
use sayso_plugin_interface::PaymentProvider as _;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The plugin whose bank Sayso brings along.
const PRACTICE_BANK: &str = "practice_bank";

/// How long one ask of a plugin may take, all its HTTP exchanges together.
const PLUGIN_DEADLINE: Duration = Duration::from_secs(30);

/// Everything for one run.
pub struct House {
    /// Who converses.
    pub assistant: Assistant,
    /// Where the person lives.
    pub zone: TimeZone,
    /// Tells whom the configuration names.
    pub desk: Desk,
    /// Open while it may be needed; its books stay.
    _bank: Option<PracticeBank>,
}

/// Opens everything that conversations need.
pub async fn open(places: &Places, config: &Config) -> Result<House, Failure> {
    let dialogs = dialogs(config)?;
    let zone = TimeZone::system();
    let household = Arc::new(config.household.clone());
    let Counter { payments, history, desk, bank } = open_payments(places, config, &household).await?;
    let infos = provider_infos(&config.providers);
    let assistant = Assistant::new(dialogs, household, infos, history, Arc::new(payments), zone.clone());
    Ok(House { assistant, zone, desk, _bank: bank })
}

/// The configured dialogs, or the shipped ones; what is doubtful about them is remarked.
pub fn dialogs(config: &Config) -> Result<Dialogs, Failure> {
    dialogs_of(config.dialogs.as_deref())
}

/// The dialogs of a folder, or the shipped ones; what is doubtful about them is remarked.
pub fn dialogs_of(folder: Option<&Path>) -> Result<Dialogs, Failure> {
    let files = check::read(&folder.map(Path::to_owned).into_iter().collect::<Vec<PathBuf>>())?;
    let loaded = check::load(&files)?;
    for warning in &loaded.warnings {
        remark(&warning.render(false));
    }
    Ok(loaded.dialogs)
}

/// The ledger, the providers, and who is told of payments.
pub struct Counter {
    /// Makes the payments.
    pub payments: Payments,
    /// What was paid before.
    pub history: Arc<dyn History>,
    /// Tells whom the configuration names.
    pub desk: Desk,
    /// Open while it may be needed; its books stay.
    pub bank: Option<PracticeBank>,
}

/// Opens the ledger and the providers alone.
pub async fn open_payments(places: &Places, config: &Config, household: &Arc<Household>) -> Result<Counter, Failure> {
    places.data_folder()?;
    let store = Arc::new(Store::open(places.ledger()).map_err(Failure::failed)?);
    let bank = match config.providers.iter().any(|provider| provider.plugin == PRACTICE_BANK) {
        true => Some(open_bank(places).await?),
        false => None,
    };
    let providers = open_providers(config, bank.as_ref()).await?;
    let limits = Limits { per_payment: config.limits.per_payment.clone(), per_day: config.limits.per_day.clone() };
    let settings = Settings { limits, authentication: config.authentication.clone(), ..Settings::default() };
    let accounts = Arc::clone(household);
    let payments = Payments::new(store.clone(), providers, settings).with_accounts(Arc::new(move |payee, provider| {
        let known = accounts.payee(payee).and_then(|payee| payee.accounts.get(provider));
        known.cloned().unwrap_or_default()
    }));
    let history = Arc::new(store.history(TimeZone::system()));
    let desk = notifications::desk(config, store)?;
    Ok(Counter { payments, history, desk, bank })
}

/// The practice bank on a free port of this machine's loopback, with its books in the data folder.
async fn open_bank(places: &Places) -> Result<PracticeBank, Failure> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    practice_bank::serve(&places.practice_bank(), free, practice_bank::Options::default())
        .await
        .map_err(Failure::failed)
}

/// A worker for each provider, started side by side.
async fn open_providers(config: &Config, bank: Option<&PracticeBank>) -> Result<Providers, Failure> {
    let plugins = Plugins::open(plugin_host::Settings::default()).map_err(Failure::usage)?;
    let starting = config.providers.iter().map(|provider| open_provider(&plugins, provider, bank));
    let mut providers = Providers::new();
    for (name, worker, gate) in try_join_all(starting).await? {
        providers.add(&name, worker, gate);
    }
    Ok(providers)
}

async fn open_provider(
    plugins: &Plugins,
    provider: &ProviderSettings,
    bank: Option<&PracticeBank>,
) -> Result<(String, Arc<WorkerProvider>, Arc<HttpGate>), Failure> {
    let (settings, hosts) = settings_of(provider, bank);
    let path = plugins.find(&provider.plugin).map_err(Failure::usage)?;
    let worker = plugins.load(&path, &provider.name, &settings, PLUGIN_DEADLINE).await.map_err(Failure::usage)?;
    let secrets = provider.secrets.iter().map(|(name, secret)| (name.clone(), secret_ref(secret))).collect();
    let secrets = Arc::new(SecretRefs(secrets));
    let gate = HttpGate::new(&provider.name, &worker.capabilities(), &hosts, secrets, GateSettings::default());
    Ok((provider.name.clone(), worker, Arc::new(gate)))
}

/// A plugin's settings as JSON, and the hosts that it may talk to. The practice bank's are Sayso's own, unless they are set.
fn settings_of(provider: &ProviderSettings, bank: Option<&PracticeBank>) -> (String, Vec<String>) {
    let mut settings: BTreeMap<String, String> = provider.settings.clone();
    let mut hosts = provider.hosts.clone();
    if provider.plugin == PRACTICE_BANK {
        settings.entry("provider".to_owned()).or_insert_with(|| provider.name.clone());
        if let (Some(bank), false) = (bank, settings.contains_key("base_url")) {
            settings.insert("base_url".to_owned(), bank.url());
            hosts.push(bank.address().to_string());
        }
    }
    (serde_json::json!(settings).to_string(), hosts)
}

/// Where a secret is, as payments look for it.
#[must_use]
pub fn secret_ref(secret: &ConfiguredSecret) -> SecretRef {
    match secret {
        ConfiguredSecret::Env(name) => SecretRef::Env(name.clone()),
        ConfiguredSecret::File(path) => SecretRef::File(path.clone()),
    }
}

/// The providers as a conversation knows them.
#[must_use]
pub fn provider_infos(settings: &[ProviderSettings]) -> Vec<ProviderInfo> {
    let info = |provider: &ProviderSettings| ProviderInfo {
        name: provider.name.clone(),
        names: each_lang(provider, |names| names.first().cloned()),
        aliases: each_lang(provider, |names| Some(names.iter().skip(1).cloned().collect())),
        currencies: Vec::new(),
    };
    settings.iter().map(info).collect()
}

fn each_lang<T>(provider: &ProviderSettings, pick: impl Fn(&Vec<String>) -> Option<T>) -> BTreeMap<Lang, T> {
    provider.names.iter().filter_map(|(lang, names)| Some((*lang, pick(names)?))).collect()
}
