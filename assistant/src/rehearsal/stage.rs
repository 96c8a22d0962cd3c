//! What all conversations of a test file share: the dialogs, what they teach, the household, the providers, the past.

use super::file::{ScriptAnswer, ScriptStub, TestFile};
use crate::config::{Config, ConfigError, ProviderSettings};
use crate::consent::Authentication;
use crate::dialog::{
    Dialogs, Finding, History, HistoryFilter, PastPayment, PastRefund, PaymentStatus, Probe, ProviderInfo,
    RefundStatus, Refundable, Report, ScheduledPayment, SourceFile, Stub,
};
use crate::household::Household;
use crate::lang::Lang;
use crate::understanding::Understander;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The configuration under which conversations are held, as text, since bills fall due by the day.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The text of `sayso.yaml`.
    pub text: String,
    /// Its path, for messages.
    pub path: PathBuf,
}

impl Setting {
    /// The example household that holds without a configuration.
    #[must_use]
    pub fn example() -> Self {
        Setting { text: crate::config::EXAMPLE.to_owned(), path: PathBuf::from("the built-in example") }
    }

    fn config(&self, day: Date) -> Result<Config, ConfigError> {
        Config::parse(&self.text, &self.path, day)
    }
}

/// Everything that the conversations of one file share.
pub struct Stage<'d> {
    pub(super) dialogs: &'d Dialogs,
    pub(super) understander: Arc<Understander>,
    pub(super) household: Arc<Household>,
    pub(super) providers: Vec<ProviderInfo>,
    pub(super) history: Arc<dyn History>,
    pub(super) authentication: Authentication,
}

/// What was learnt for a household; files with the same one share it.
#[derive(Default)]
pub struct Learnt(Vec<(Household, Vec<ProviderInfo>, Arc<Understander>)>);

impl<'d> Stage<'d> {
    /// Sets the stage for a file. What it names and nobody has is a finding.
    pub fn set(
        dialogs: &'d Dialogs,
        setting: &Setting,
        file: &TestFile,
        source: &SourceFile,
        learnt: &mut Learnt,
    ) -> Result<Self, Wrong> {
        let day = file.now.date();
        let mut config = setting.config(day)?;
        if let Some(text) = &file.surroundings {
            let own = Config::parse(text, Path::new(&file.name), day)?;
            let names = |key: &str| text.lines().any(|line| line.starts_with(key));
            if names("household") {
                config.household = own.household;
            }
            if names("providers") {
                config.providers = own.providers;
            }
            if names("authentication") {
                config.authentication = own.authentication;
            }
        }
        check_stubs(dialogs, file, source)?;
        let providers = provider_infos(&config.providers);
        let understander = learnt.of(dialogs, &config.household, &providers);
        let history: Arc<dyn History> = Arc::new(past(file, &config.household, &providers));
        let authentication = config.authentication;
        Ok(Stage { dialogs, understander, household: Arc::new(config.household), providers, history, authentication })
    }

    /// Puts the stand-ins of the file and of a conversation into the probe.
    pub(super) fn stub(&self, probe: &mut Probe, scripts: &[ScriptStub]) {
        for script in scripts {
            let stub = match &script.answer {
                ScriptAnswer::Fails => Stub::failing("it fails in this test"),
                ScriptAnswer::Fills(values) => match self.dialogs.stub(&script.flow.value, &plain(values)) {
                    Ok(stub) => stub,
                    // It was tried when the stage was set.
                    Err((message, _)) => Stub::failing(&message),
                },
            };
            probe.stub(&script.flow.value, &script.function.value, stub);
        }
    }
}

/// Why a stage can't be set.
#[derive(Debug)]
pub enum Wrong {
    /// In the test file.
    File(Vec<Finding>),
    /// In the household or providers.
    Config(ConfigError),
}

impl From<ConfigError> for Wrong {
    fn from(error: ConfigError) -> Self {
        Wrong::Config(error)
    }
}

fn plain(values: &[(crate::dialog::Placed<String>, Vec<String>)]) -> Vec<(String, Vec<String>)> {
    values.iter().map(|(slot, texts)| (slot.value.clone(), texts.clone())).collect()
}

fn check_stubs(dialogs: &Dialogs, file: &TestFile, source: &SourceFile) -> Result<(), Wrong> {
    let mut report = Report::new(source);
    let all = file.scripts.iter().chain(file.conversations.iter().flat_map(|conversation| &conversation.scripts));
    for script in all {
        if let Err((message, hint)) = dialogs.knows_function(&script.flow.value, &script.function.value) {
            let place = if message.contains("no flow") { script.flow.place } else { script.function.place };
            report.error(place, message, hint);
            continue;
        }
        let ScriptAnswer::Fills(values) = &script.answer else { continue };
        for value in values {
            if let Err((message, hint)) = dialogs.stub(&script.flow.value, &plain(std::slice::from_ref(value))) {
                report.error(value.0.place, message, hint);
            }
        }
    }
    let findings = report.into_findings();
    if findings.is_empty() { Ok(()) } else { Err(Wrong::File(findings)) }
}

impl Learnt {
    fn of(&mut self, dialogs: &Dialogs, household: &Household, providers: &[ProviderInfo]) -> Arc<Understander> {
        let known = self.0.iter().find(|(h, p, _)| same_names(h, household) && p == providers);
        if let Some((.., understander)) = known {
            return Arc::clone(understander);
        }
        let understander = Arc::new(Understander::new(&dialogs.teaching(household, providers)));
        self.0.push((household.clone(), providers.to_vec(), Arc::clone(&understander)));
        understander
    }
}

/// True if both teach the same: bills are not taught.
fn same_names(a: &Household, b: &Household) -> bool {
    a.currencies == b.currencies && a.payees == b.payees
}

fn provider_infos(settings: &[ProviderSettings]) -> Vec<ProviderInfo> {
    let each = |names: &BTreeMap<Lang, Vec<String>>, from: usize, to: usize| -> BTreeMap<Lang, Vec<String>> {
        names.iter().map(|(lang, names)| (*lang, names.iter().take(to).skip(from).cloned().collect())).collect()
    };
    let info = |provider: &ProviderSettings| ProviderInfo {
        name: provider.name.clone(),
        names: each(&provider.names, 0, 1).into_iter().map(|(lang, names)| (lang, names.concat())).collect(),
        aliases: each(&provider.names, 1, usize::MAX),
        currencies: Vec::new(),
    };
    settings.iter().map(info).collect()
}

/// The past, as a file tells it: the newest payment first.
struct Past(Vec<PastPayment>, Vec<ScheduledPayment>, Vec<PastRefund>);

impl History for Past {
    fn scheduled(&self) -> Vec<ScheduledPayment> {
        self.1.clone()
    }

    fn refunds(&self, payee: Option<&str>, limit: usize) -> Vec<PastRefund> {
        let fitting = self.2.iter().filter(|refund| payee.is_none_or(|payee| payee == refund.payee));
        fitting.take(limit).cloned().collect()
    }

    fn payments(&self, filter: &HistoryFilter) -> Vec<PastPayment> {
        let fits = |p: &&PastPayment| {
            filter.payee.as_ref().is_none_or(|payee| *payee == p.payee)
                && filter.from.is_none_or(|from| p.when.date() >= from)
                && filter.until.is_none_or(|until| p.when.date() <= until)
        };
        self.0.iter().filter(fits).take(filter.limit.unwrap_or(usize::MAX)).cloned().collect()
    }
}

fn past(file: &TestFile, household: &Household, providers: &[ProviderInfo]) -> Past {
    let first = providers.first().map(|provider| provider.name.clone()).unwrap_or_default();
    let name = |id: &str| household.payee(id).map_or(id, |payee| payee.name(Lang::En)).to_owned();
    let payment = |paid: &super::file::Paid| PastPayment {
        payee: paid.payee.clone(),
        payee_name: name(&paid.payee),
        amount: paid.amount,
        provider: paid.provider.clone().unwrap_or_else(|| first.clone()),
        status: if paid.open { PaymentStatus::Open } else { PaymentStatus::Succeeded },
        when: paid.day.at(9, 0, 0, 0),
        refundable: (!paid.open).then(|| Refundable {
            payment: format!("{} {}", paid.payee, paid.day),
            version: 1,
            paid: paid.amount,
        }),
    };
    let refund = |(paid, status): (&super::file::Paid, RefundStatus)| {
        let PastPayment { payee, payee_name, amount, provider, when, .. } = payment(paid);
        PastRefund { payee, payee_name, amount, provider, status, when, paid: when }
    };
    let refunds = file.history.iter().filter_map(|paid| paid.refund.map(|status| refund((paid, status))));
    let mut refunds: Vec<PastRefund> = refunds.collect();
    refunds.sort_by_key(|refund| std::cmp::Reverse(refund.when));
    let kept = file.history.iter().filter(|paid| paid.refund != Some(RefundStatus::Succeeded));
    let mut payments: Vec<PastPayment> = kept.map(payment).collect();
    payments.sort_by_key(|payment| std::cmp::Reverse(payment.when));
    let scheduled = file.scheduled.iter().enumerate().map(|(index, later)| ScheduledPayment {
        id: format!("so_{}", index + 1),
        payee: later.payee.clone(),
        payee_name: name(&later.payee),
        amount: later.amount,
        provider: later.provider.clone().unwrap_or_else(|| first.clone()),
        schedule: later.schedule,
        next: later.next,
    });
    Past(payments, scheduled.collect(), refunds)
}
