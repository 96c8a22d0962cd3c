//! What a turn may look at besides its state: time, household, providers, and what was paid before.

use crate::consent::{Authentication, Proposal, Weighed};
use crate::household::Household;
use crate::lang::Lang;
use crate::schedule::Schedule;
use jiff::civil::{Date, DateTime};
use sayso_plugin_interface::{Currency, Money};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The surroundings of one turn; the same for all that happens in it. Scripts get a share of it, hence the `Arc`s.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Unix milliseconds, for the life of a consent.
    pub now_ms: i64,
    /// The same moment where the person lives, for days and greetings.
    pub now: DateTime,
    /// Whom the household pays and what is due.
    pub household: &'a Arc<Household>,
    /// Who can pay, in the order in which they are offered.
    pub providers: &'a [ProviderInfo],
    /// What was paid before.
    pub history: &'a Arc<dyn History>,
    /// How surely a person has to agree to which payment.
    pub authentication: &'a Authentication,
    /// Randomness of the host, new for each step and unforeseeable: digits to be said back are drawn from it. `None` where
    /// the host has none; then nothing that needs such digits is agreed to.
    pub chance: Option<u64>,
    /// True if there is a phone that can be told something. Without one, nothing that needs it is agreed to.
    pub phone: bool,
    /// Whether the person can be known by their voice. Where not, nothing that needs it is agreed to.
    pub voice: VoiceCheck,
}

/// Whether the person whose conversation it is can be known by their voice, or why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VoiceCheck {
    /// Yes: their voiceprint is there, and what is said aloud is compared with it.
    Ready,
    /// Nothing is said aloud here.
    #[default]
    Typed,
    /// Nobody said whose conversation it is, and there are several people.
    Nobody,
    /// They have no voiceprint.
    NotEnrolled,
}

/// A provider as far as a conversation needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Its name in the configuration, e.g. `wechat_pay`.
    pub name: String,
    /// The name to say and show in each language; the configuration's name where none is given.
    pub names: BTreeMap<Lang, String>,
    /// Other names by which a person may call it (微信, "wechat").
    pub aliases: BTreeMap<Lang, Vec<String>>,
    /// The currencies that it pays in; empty if it takes every one.
    pub currencies: Vec<Currency>,
}

impl ProviderInfo {
    /// The name to say in `lang`, or in another language where that one has none, or the configuration's.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        let any = self.names.get(&lang).or_else(|| self.names.values().next());
        any.unwrap_or(&self.name)
    }

    /// True if it pays in `currency`.
    #[must_use]
    pub fn takes(&self, currency: Currency) -> bool {
        self.currencies.is_empty() || self.currencies.contains(&currency)
    }
}

/// Answers what was paid before. The store implements it.
pub trait History: Send + Sync {
    /// The payments that fit, the newest first. Those that failed are left out; those of unknown end are in.
    fn payments(&self, filter: &HistoryFilter) -> Vec<PastPayment>;

    /// True if a payment to this payee ever succeeded.
    fn paid_before(&self, payee: &str) -> bool {
        let filter = HistoryFilter { payee: Some(payee.to_owned()), ..HistoryFilter::default() };
        self.payments(&filter).iter().any(|payment| payment.status == PaymentStatus::Succeeded)
    }

    /// What the household's limits say of a payment, in the light of what was paid before, at `now_ms` (Unix milliseconds).
    fn weigh(&self, _proposal: &Proposal, _now_ms: i64) -> Weighed {
        Weighed::default()
    }

    /// The refunds that were asked for of payments to `payee` (of all without one), the newest first, at most `limit`.
    fn refunds(&self, _payee: Option<&str>, _limit: usize) -> Vec<PastRefund> {
        Vec::new()
    }

    /// What will be paid later or again and again, what is due first at the front.
    fn scheduled(&self) -> Vec<ScheduledPayment> {
        Vec::new()
    }
}

/// Which payments are asked for; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// The payee's id.
    pub payee: Option<String>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// At most so many, the newest.
    pub limit: Option<usize>,
}

/// A payment that was made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastPayment {
    /// The payee's id.
    pub payee: String,
    /// The payee's name when it was paid; for payees that are no longer in the household.
    pub payee_name: String,
    /// How much.
    pub amount: Money,
    /// Which provider paid: its name in the configuration.
    pub provider: String,
    /// How it stands.
    pub status: PaymentStatus,
    /// When the person agreed to it, where they live.
    pub when: DateTime,
    /// What a refund of it needs; `None` if nothing of it can be given back.
    pub refundable: Option<Refundable>,
}

/// What a refund of a past payment needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refundable {
    /// The payment's id in the ledger.
    pub payment: String,
    /// The payment's version in the store; a refund that is agreed to is of this one.
    pub version: u64,
    /// What was paid; what is left of it is the payment's `amount`.
    pub paid: Money,
}

/// A refund that was asked for before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRefund {
    /// The id of the payee who gives back.
    pub payee: String,
    /// The payee's name when it was paid.
    pub payee_name: String,
    /// How much comes back.
    pub amount: Money,
    /// With which provider: its name in the configuration.
    pub provider: String,
    /// How it stands.
    pub status: RefundStatus,
    /// When it was asked for, where the person lives.
    pub when: DateTime,
    /// When the payment was agreed to of which it gives back.
    pub paid: DateTime,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundStatus {
    /// The provider has confirmed it.
    Succeeded,
    /// It is not known yet whether the money comes back.
    Open,
    /// The provider said no.
    Failed,
}

/// A payment that was agreed to for later, or for again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledPayment {
    /// Its id, by which it can be ended.
    pub id: String,
    /// The payee's id.
    pub payee: String,
    /// The payee's name as it was read back.
    pub payee_name: String,
    /// How much.
    pub amount: Money,
    /// Which provider pays: its name in the configuration.
    pub provider: String,
    /// When.
    pub schedule: Schedule,
    /// The day on which it is due next.
    pub next: Date,
}

/// How a past payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentStatus {
    /// The money moved.
    Succeeded,
    /// It is not known yet whether the money will move: pending, unknown, waiting for the person.
    Open,
}
