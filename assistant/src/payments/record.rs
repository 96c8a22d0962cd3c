//! What is known of a payment: the record that the store keeps, and the view of it that leaves this room.

use crate::ledger::{Books, PaymentId, PaymentStatus};
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{Money, NextStep, PayRequest};
use serde::{Deserialize, Serialize};

/// All that is known of one payment. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its name for ever.
    pub id: PaymentId,
    /// Counts the writes; a write that was prepared on an older one is refused.
    pub version: u64,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What stands in the books for it.
    pub books: Books,
    /// The consent's own id; no two payments share one.
    pub consent: String,
    /// The payee's id in the household.
    pub payee: String,
    /// The payee's name as it was read back.
    pub payee_name: String,
    /// The provider's name in the configuration.
    pub provider: String,
    /// The provider's name as it was read back.
    pub provider_name: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// Who paid, where the household tells its people apart and it was known.
    pub person: Option<String>,
    /// True if no real money can move.
    pub practice: bool,
    /// What the provider was asked, to the letter: a repetition must be the same.
    pub request: PayRequest,
    /// The provider's own id of it.
    pub provider_reference: Option<String>,
    /// What the person has to do, where they have to.
    pub next: Option<NextStep>,
    /// Why it failed.
    pub decline: Option<DeclineCode>,
    /// Why it stands as it does, for the log and for a person who looks.
    pub note: Option<String>,
    /// When the person agreed and it was written down.
    pub created_at_ms: i64,
    /// When anything last changed.
    pub updated_at_ms: i64,
    /// When to ask the provider again.
    pub poll_at_ms: Option<i64>,
    /// When the provider stops expecting an answer of the person, or gives up itself. It stays on a payment that was
    /// cancelled since nobody acted in time, and on no other that was cancelled.
    pub deadline_ms: Option<i64>,
    /// Until when somebody can act on the last of the links and codes that were shown, where the provider said so.
    pub act_until_ms: Option<i64>,
    /// How often the provider was asked in vain since the last news.
    pub polls: u32,
    /// How often it was sent again with the same key.
    pub resends: u32,
    /// How many of the asks to go on had a certain answer; the next one has this figure plus one in its key.
    pub advances: u32,
}

impl Payment {
    /// The view of it that leaves this room.
    #[must_use]
    pub fn view(&self) -> PaymentView {
        PaymentView {
            id: self.id.clone(),
            status: self.status,
            amount: self.books.amount,
            refunded: self.books.refunded,
            payee: self.payee.clone(),
            payee_name: self.payee_name.clone(),
            provider: self.provider.clone(),
            provider_name: self.provider_name.clone(),
            purpose: self.purpose.clone(),
            person: self.person.clone(),
            practice: self.practice,
            provider_reference: self.provider_reference.clone(),
            next: self.next.clone(),
            decline: self.decline,
            note: self.note.clone(),
            expired: self.status == PaymentStatus::Canceled && self.deadline_ms.is_some(),
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
        }
    }
}

/// What others see of a payment. In JSON: `{"id":…,"status":…,"amount":{"minor":…,"currency":…},"payee":…,"provider":…,…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// Its name for ever.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What was agreed.
    pub amount: Money,
    /// What of it came back.
    pub refunded: Money,
    /// The payee's id in the household.
    pub payee: String,
    /// The payee's name as it was read back.
    pub payee_name: String,
    /// The provider's name in the configuration.
    pub provider: String,
    /// The provider's name as it was read back.
    pub provider_name: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// Who paid, where the household tells its people apart and it was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// True if no real money can move.
    pub practice: bool,
    /// The provider's own id of it, for support.
    pub provider_reference: Option<String>,
    /// What the person has to do; there only while the status is `action_required`.
    pub next: Option<NextStep>,
    /// Why it failed; there only with the status `failed`.
    pub decline: Option<DeclineCode>,
    /// Why it stands as it does, for the log and for a person who looks. Not to be spoken.
    pub note: Option<String>,
    /// True if it was cancelled since the person did not approve it in time; left out where it was not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// When the person agreed, as Unix milliseconds.
    pub created_at_ms: i64,
    /// When anything last changed, as Unix milliseconds.
    pub updated_at_ms: i64,
}

/// One refund of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Our reference of it, unique for ever; made from the payment and its number, so that a repetition has the same.
    pub reference: String,
    /// The payment that it belongs to.
    pub payment: PaymentId,
    /// 1 for the first refund of a payment, and so on.
    pub number: u32,
    /// How much comes back.
    pub amount: Money,
    /// Where it stands.
    pub status: RefundStatus,
    /// Its key, the same at each repetition.
    pub idempotency_key: String,
    /// The provider's own id of it.
    pub provider_reference: Option<String>,
    /// When it was asked for, as Unix milliseconds.
    pub created_at_ms: i64,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The key is committed; there is no certain answer yet.
    Open,
    /// The money is on its way back.
    Succeeded,
    /// The provider said no, definitively.
    Failed,
    /// No machine can settle it: another amount than was asked for, or no certain answer for too long.
    Review,
}

impl RefundStatus {
    /// The word in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            RefundStatus::Open => "open",
            RefundStatus::Succeeded => "succeeded",
            RefundStatus::Failed => "failed",
            RefundStatus::Review => "review",
        }
    }

    /// Reads the word of the store.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Succeeded, Self::Failed, Self::Review].into_iter().find(|status| status.name() == name)
    }
}

/// Which payments are asked for; newest first. The default asks for the newest hundred of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Only those to this payee (its id in the household).
    pub payee: Option<String>,
    /// Only those by this provider (its name in the configuration).
    pub provider: Option<String>,
    /// Only those that stand at one of these; empty for all.
    pub statuses: Vec<PaymentStatus>,
    /// Only those made at or after this moment, in Unix milliseconds.
    pub since_ms: Option<i64>,
    /// Only those made before this moment, in Unix milliseconds.
    pub before_ms: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

impl Default for Filter {
    fn default() -> Self {
        Filter { payee: None, provider: None, statuses: Vec::new(), since_ms: None, before_ms: None, limit: 100 }
    }
}
