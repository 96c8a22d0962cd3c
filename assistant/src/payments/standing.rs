//! Payments that were agreed to for later, or for again and again: what is kept of them, and what is asked of the store.

use super::storage::StoreError;
use crate::consent::Mandate;
use async_trait::async_trait;
use jiff::civil::Date;
use sayso_plugin_interface::Money;
use serde::Serialize;

/// Where a standing order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingState {
    /// It is paid when it is due.
    Active,
    /// It waits for the person; nothing is paid.
    Paused,
    /// It is over: paid for the last time, missed for the last time, or ended by the person.
    Ended,
}

impl StandingState {
    /// The word in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            StandingState::Active => "active",
            StandingState::Paused => "paused",
            StandingState::Ended => "ended",
        }
    }

    /// Reads the word of the store.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Ended].into_iter().find(|state| state.name() == name)
    }
}

/// A mandate with where it stands. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingOrder {
    /// Its name for ever; made from the consent, so that one consent makes one order, however often it is kept.
    pub id: String,
    /// What was agreed to.
    pub mandate: Mandate,
    /// Where it stands.
    pub state: StandingState,
    /// The day on which it is due next; `None` where there is none any more.
    pub next_due: Option<Date>,
    /// When it was agreed to.
    pub created_at_ms: i64,
    /// When anything last changed.
    pub updated_at_ms: i64,
}

impl StandingOrder {
    /// The view of it that leaves this room.
    #[must_use]
    pub fn view(&self) -> StandingView {
        let proposal = self.mandate.proposal();
        StandingView {
            id: self.id.clone(),
            state: self.state,
            amount: proposal.amount,
            payee: proposal.payee.clone(),
            payee_name: proposal.payee_name.clone(),
            provider: proposal.provider.clone(),
            schedule: proposal.schedule.map(|schedule| schedule.to_string()).unwrap_or_default(),
            next_due: self.next_due,
            created_at_ms: self.created_at_ms,
        }
    }
}

/// What others see of a standing order, and its JSON form in `sayso payments scheduled --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandingView {
    /// Its name for ever.
    pub id: String,
    /// Where it stands.
    pub state: StandingState,
    /// How much each time.
    pub amount: Money,
    /// The payee's id in the household.
    pub payee: String,
    /// The payee's name as it was read back.
    pub payee_name: String,
    /// The provider's name in the configuration.
    pub provider: String,
    /// When, as `once 2026-11-27` or `every month on 1 from 2026-12-01`.
    pub schedule: String,
    /// The day on which it is due next.
    pub next_due: Option<Date>,
    /// When it was agreed to, as Unix milliseconds.
    pub created_at_ms: i64,
}

/// One due day that a payment is begun for; the store takes it together with the payment, or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueStep {
    /// The standing order.
    pub order: String,
    /// The day; it must be the next one of an active order.
    pub due: Date,
    /// The next due day afterwards.
    pub next: Option<Date>,
}

/// Why a due day was not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Sayso was not running on the day, and it is too long ago, or a later one is due already.
    Missed,
    /// A limit of the household or the provider forbids it.
    Refused,
}

impl SkipReason {
    /// The word in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SkipReason::Missed => "missed",
            SkipReason::Refused => "refused",
        }
    }
}

/// A due day that is not paid; the person is told, and can pay it by saying so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedDue {
    /// The day and what follows.
    pub step: DueStep,
    /// Why.
    pub reason: SkipReason,
    /// Why, as a sentence for the log and for a person who looks.
    pub detail: String,
    /// When, as Unix milliseconds.
    pub at_ms: i64,
}

/// Something that the person has not been told yet about a due day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UntoldDue {
    /// The standing order.
    pub order: String,
    /// The day.
    pub due: Date,
    /// Why it was not paid.
    pub reason: SkipReason,
    /// The payee's name as it was read back.
    pub payee_name: String,
    /// How much.
    pub amount: Money,
}

/// A place that keeps standing orders. Each method is committed as a whole or refused as a whole.
#[async_trait]
pub trait StandingStore: Send + Sync {
    /// Keeps a new order. False where an order of this id is there already; then nothing is written.
    async fn keep_standing(&self, order: StandingOrder) -> Result<bool, StoreError>;
    /// All orders, those that are due first at the front; those that ended at the end, the newest first.
    async fn standing(&self) -> Result<Vec<StandingOrder>, StoreError>;
    /// Active orders that are due on or before `today`.
    async fn due_standing(&self, today: Date) -> Result<Vec<StandingOrder>, StoreError>;
    /// Changes where an order stands, unless it ended. False where there is no such order, or it ended.
    async fn change_standing(
        &self,
        id: &str,
        state: StandingState,
        next_due: Option<Date>,
        now_ms: i64,
    ) -> Result<bool, StoreError>;
    /// Writes down that a due day is not paid. False where the day is not the next one of an active order any more.
    async fn skip_due(&self, skipped: SkippedDue) -> Result<bool, StoreError>;
    /// Due days that were not paid, of which the person has not been told, the oldest first.
    async fn untold_dues(&self) -> Result<Vec<UntoldDue>, StoreError>;
    /// The person was told of a due day.
    async fn told_due(&self, order: &str, due: Date, now_ms: i64) -> Result<(), StoreError>;
}
