//! Puts the rooms together for one run: ledger, practice bank, provider plugins, payments, dialogs.

use super::check;
use super::encoder;
use super::environment;
use super::failure::Failure;
use super::notifications;
use super::opening;
use super::out::remark;
use super::places::Places;
use super::providers;
use super::retention;
use super::speaker;
use crate::announce::{Desk, Phone};
use crate::config::{Config, ProviderSettings};
use crate::consent::Tier;
use crate::dialog::{Dialogs, History, ProviderInfo, VoiceCheck};
use crate::household::Household;
use crate::lang::Lang;
use crate::payments::{Clock as _, Payments, Settings, SystemClock};
use crate::server::practice_bank::{self, PracticeBank};
use crate::store::Store;
use crate::turn::Assistant;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything for one run.
pub struct House {
    /// Who converses.
    pub assistant: Assistant,
    /// Where the person lives.
    pub zone: TimeZone,
    /// Tells whom the configuration names.
    pub desk: Desk,
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// Open while it may be needed; its books stay.
    _bank: Option<PracticeBank>,
}

impl House {
    /// The same with ears that know, or don't know, the person by their voice.
    #[must_use]
    pub fn with_voice(self, check: VoiceCheck) -> Self {
        let assistant = self.assistant.with_voice(check, Store::clone(&self.store));
        House { assistant, ..self }
    }
}

/// Opens everything that conversations need.
pub async fn open(places: &Places, config: &Config) -> Result<House, Failure> {
    // Before anything is opened.
    speaker::check(places, config, config.authentication.names(Tier::Voice))?;
    let dialogs = dialogs(config)?;
    let zone = TimeZone::system();
    let household = Arc::new(config.household.clone());
    let Counter { payments, history, desk, store, bank } = open_payments(places, config, &household).await?;
    let mut infos = provider_infos(&config.providers);
    infos.iter_mut().for_each(|info| info.currencies = payments.currencies_of(&info.name));
    let encoder = encoder::configured(places, config)?;
    let payments = Arc::new(payments);
    let phone = config.phone.as_deref().map(|channel| Phone::new(desk.clone(), channel));
    let assistant = Assistant::with_encoder(dialogs, household, infos, history, payments, zone.clone(), encoder);
    let assistant = assistant.with_phone(phone);
    speaker::check_for(places, config, &assistant)?;
    Ok(House { assistant, zone, desk, store, _bank: bank })
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
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// Open while it may be needed; its books stay.
    pub bank: Option<PracticeBank>,
}

/// Opens the ledger and the providers alone.
pub async fn open_payments(places: &Places, config: &Config, household: &Arc<Household>) -> Result<Counter, Failure> {
    let store = Arc::new(opening::store(places, config)?);
    let bank = bank_for(places, &config.providers).await?;
    let providers = providers::open_all(places, config, bank.as_ref(), Some(store.clone())).await?;
    environment::check(places, config, &providers, &store)?;
    rules_that_hold(&store, config).await?;
    retention::forget_in_background(&store, &config.store);
    let limits = config.limits.clone();
    let settings =
        Settings { limits: limits.clone(), authentication: config.authentication.clone(), ..Settings::default() };
    let payees = household.payees.iter().map(|payee| (payee.id.clone(), payee.found_at())).collect();
    store.see_payees(payees, SystemClock.now_ms()).await.map_err(Failure::failed)?;
    let accounts = Arc::clone(household);
    let payments = Payments::new(store.clone(), providers, settings).with_dry_run(config.dry_run);
    let payments = payments.with_accounts(Arc::new(move |payee, provider| {
        let known = accounts.payee(payee).and_then(|payee| payee.accounts.get(provider));
        known.cloned().unwrap_or_default()
    }));
    let history = Arc::new(store.history(TimeZone::system()).with_limits(limits));
    let desk = notifications::desk(config, Arc::clone(&store))?;
    Ok(Counter { payments, history, desk, store, bank })
}

/// Writes down which limits and rules of agreement hold, where they are others than before.
async fn rules_that_hold(store: &Store, config: &Config) -> Result<(), Failure> {
    let now = json!({
        "limits": format!("{:?}", config.limits),
        "authentication": format!("{:?}", config.authentication),
    });
    let now_ms = SystemClock.now_ms();
    store.record_change("rules", now, now_ms).await.map_err(opening::failed)?;
    Ok(())
}

/// The practice bank, if one of these providers needs it.
pub async fn bank_for(places: &Places, providers: &[ProviderSettings]) -> Result<Option<PracticeBank>, Failure> {
    match providers.iter().any(|provider| provider.plugin == providers::PRACTICE_BANK) {
        true => open_bank(places).await.map(Some),
        false => Ok(None),
    }
}

/// The practice bank on a free port of this machine's loopback, with its books in the data folder.
async fn open_bank(places: &Places) -> Result<PracticeBank, Failure> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    practice_bank::serve(&places.practice_bank(), free, practice_bank::Options::default())
        .await
        .map_err(Failure::failed)
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
