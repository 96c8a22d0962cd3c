//! What a person has not been told yet: payments that came to an end, or need them, since they last heard of them. Each is
//! told once; what was told is kept in the store before it is said, so that nobody hears it twice.

use super::engine::Payments;
use super::record::{Payment, PaymentView};
use super::standing::UntoldDue;
use super::storage::StoreError;
use crate::ledger::{PaymentId, PaymentStatus};
use async_trait::async_trait;

/// How many payments are told of at a time; the rest follows the next time.
const NEWS_MAX: usize = 5;
/// How many changed payments are looked through at a time.
const LOOKED_AT_MAX: usize = 200;

/// A place that keeps what the person was told of each payment.
#[async_trait]
pub trait ToldStore: Send + Sync {
    /// Payments that were written since the person was told of them last, or of which they never were, the oldest change
    /// first; each with what was told last.
    async fn untold(&self, limit: usize) -> Result<Vec<(Payment, Option<String>)>, StoreError>;
    /// Keeps what is told of a payment as it is at `version`. False where that of this version or a later one was told.
    async fn tell(&self, id: &PaymentId, version: u64, what: &str) -> Result<bool, StoreError>;
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A payment, as it stands now.
    Payment(Box<PaymentView>),
    /// A day on which something was due and was not paid.
    Due(UntoldDue),
}

/// What a person can hear of a payment; what has the same word is not told again. `None` while it is only just on its way.
fn heard(status: PaymentStatus, refunded: i64) -> Option<String> {
    use PaymentStatus as S;
    let word = match status {
        S::Consented | S::Dispatching => return None,
        S::Unknown | S::Pending | S::Authorized | S::Capturing | S::Canceling => "open",
        S::ActionRequired => "action_required",
        S::Succeeded | S::DisputeRejected => "paid",
        S::Failed | S::NotSent | S::Canceled => "not_paid",
        S::PartiallyRefunded | S::Refunded => return Some(format!("refunded {refunded}")),
        S::Reversing => "reversing",
        S::ManualReview => "manual_review",
        S::IntegrityAlarm => "alarm",
        S::Disputed => "disputed",
        S::ChargedBack => "charged_back",
    };
    Some(word.to_owned())
}

impl Payments {
    /// What the person has not been told yet, the oldest first; it counts as told from here on.
    pub async fn news(&self) -> Result<Vec<News>, StoreError> {
        let store = &self.engine.store;
        let mut news = Vec::new();
        for (payment, before) in store.untold(LOOKED_AT_MAX).await? {
            let Some(now) = heard(payment.status, payment.books.refunded.minor) else { continue };
            if news.len() >= NEWS_MAX {
                break;
            }
            let told = store.tell(&payment.id, payment.version, &now).await?;
            if told && before.as_ref() != Some(&now) {
                news.push(News::Payment(Box::new(payment.view())));
            }
        }
        for due in store.untold_dues().await? {
            self.told_due(&due).await?;
            news.push(News::Due(due));
        }
        Ok(news)
    }

    /// The person was told how a payment stands: as in `view`.
    pub async fn told(&self, view: &PaymentView) -> Result<(), StoreError> {
        let what = heard(view.status, view.refunded.minor);
        self.note_told(&view.id, what.unwrap_or_else(|| "open".to_owned())).await
    }

    /// The person was told that nobody can tell yet how a payment stands.
    pub async fn told_unknown(&self, id: &PaymentId) -> Result<(), StoreError> {
        self.note_told(id, "open".to_owned()).await
    }

    async fn note_told(&self, id: &PaymentId, what: String) -> Result<(), StoreError> {
        let store = &self.engine.store;
        let Some(payment) = store.payment(id).await? else { return Ok(()) };
        // What changed after it was told is news still.
        let same = heard(payment.status, payment.books.refunded.minor).as_ref() == Some(&what);
        let version = if same { payment.version } else { payment.version.saturating_sub(1) };
        store.tell(id, version, &what).await.map(|_| ())
    }
}
