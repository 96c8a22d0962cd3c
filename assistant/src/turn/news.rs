//! What became of payments since the person last heard of them, in their language.

use super::Assistant;
use crate::lang::Lang;
use crate::ledger::PaymentStatus as S;
use crate::payments::news::News;
use crate::payments::{PayError, PaymentView, SkipReason, StoreError};
use crate::wording::{self, Became, Words};
use jiff::Timestamp;

impl Assistant {
    /// What there is to tell; it counts as told. What can't be read is told another time.
    pub(super) async fn news(&self, lang: Lang) -> Vec<Words> {
        match self.payments.news().await {
            Ok(news) => news.iter().filter_map(|one| self.in_words(one, lang)).collect(),
            Err(error) => {
                tracing::error!("what there is to tell of payments can't be read: {error}");
                Vec::new()
            }
        }
    }

    /// The person heard how this payment stands, so it is no news.
    pub(super) async fn heard_of(&self, outcome: &Result<PaymentView, PayError>) {
        let told = match outcome {
            Ok(view) => self.payments.told(view).await,
            Err(PayError::Unrecorded { payment, .. } | PayError::Busy(payment)) => {
                self.payments.told_unknown(payment).await
            }
            Err(_) => Ok(()),
        };
        note(told);
    }

    fn in_words(&self, news: &News, lang: Lang) -> Option<Words> {
        let name = |id: &str, name: &str| {
            let payee = self.household.payee(id);
            Words::same(payee.map_or_else(|| name.to_owned(), |payee| self.household.title(payee, lang)))
        };
        match news {
            News::Payment(view) => {
                let provider = self.providers.iter().find(|provider| provider.name == view.provider);
                let provider = provider.map_or(view.provider_name.as_str(), |provider| provider.title(lang));
                let became = became(view)?;
                let amount = if became == Became::PartlyRefunded { view.refunded } else { view.amount };
                let values = [
                    ("amount", wording::money(amount, lang)),
                    ("payee", name(&view.payee, &view.payee_name)),
                    ("provider", Words::same(provider)),
                ];
                Some(wording::news(became, &values, lang))
            }
            News::Due(due) => {
                let became = match due.reason {
                    SkipReason::Missed => Became::Missed,
                    SkipReason::Refused => Became::Refused,
                };
                let today = Timestamp::now().to_zoned(self.time_zone.clone()).date();
                let values = [
                    ("amount", wording::money(due.amount, lang)),
                    ("payee", Words::same(due.payee_name.as_str())),
                    ("day", wording::date(due.due, today, lang)),
                ];
                Some(wording::news(became, &values, lang))
            }
        }
    }
}

/// What could not be noted is told once more another time, which does no harm.
pub(super) fn note(told: Result<(), StoreError>) {
    if let Err(error) = told {
        tracing::warn!("that a payment was told of can't be noted: {error}");
    }
}

fn became(view: &PaymentView) -> Option<Became> {
    Some(match view.status {
        S::Consented | S::Dispatching => return None,
        S::Unknown | S::Pending | S::Authorized | S::Capturing | S::Canceling => Became::Open,
        S::ActionRequired => Became::ActionRequired,
        S::Succeeded | S::DisputeRejected => Became::Paid,
        S::Canceled if view.expired => Became::Expired,
        S::Failed | S::NotSent | S::Canceled => Became::NotPaid,
        S::PartiallyRefunded => Became::PartlyRefunded,
        S::Refunded => Became::Refunded,
        S::Reversing => Became::Reversing,
        S::ManualReview => Became::ManualReview,
        S::IntegrityAlarm => Became::Alarm,
        S::Disputed => Became::Disputed,
        S::ChargedBack => Became::ChargedBack,
    })
}
