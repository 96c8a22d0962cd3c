//! The store as conversations know it: what was paid before.

use super::opening::Store;
use super::reader::Reader;
use super::rows::{PAYMENT_COLUMNS, payment};
use super::spending::Seen;
use crate::consent::{Limits, Proposal, Weighed};
use crate::dialog::{History, HistoryFilter, PastPayment, PaymentStatus as Past, Refundable, ScheduledPayment};
use crate::ledger::PaymentStatus;
use crate::payments::standing::StandingOrder;
use crate::payments::{Payment, StandingState};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::params;
use std::sync::Arc;

/// What was paid before, with days as they are where the person lives.
#[derive(Clone)]
pub struct PastPayments {
    reader: Reader,
    zone: TimeZone,
    limits: Arc<Limits>,
}

impl Store {
    /// What was paid before, for conversations, with days as they are in `zone`.
    #[must_use]
    pub fn history(&self, zone: TimeZone) -> PastPayments {
        PastPayments { reader: self.inner.reader.clone(), zone, limits: Arc::new(Limits::default()) }
    }
}

impl PastPayments {
    /// The same with the household's limits, so that a conversation knows of them before it reads back.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        PastPayments { limits: Arc::new(limits), ..self }
    }

    /// The moment at which a day begins, as Unix milliseconds.
    fn begin_ms(&self, day: Date) -> Option<i64> {
        Some(day.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }

    fn read(&self, filter: &HistoryFilter) -> Result<Vec<Payment>, crate::payments::StoreError> {
        let since = filter.from.and_then(|day| self.begin_ms(day)).unwrap_or(i64::MIN);
        let after = filter.until.and_then(|day| day.tomorrow().ok());
        let before = after.and_then(|day| self.begin_ms(day)).unwrap_or(i64::MAX);
        let told = PaymentStatus::ALL.into_iter().filter(|status| past(*status).is_some());
        let told: Vec<String> = told.map(|status| format!("'{status}'")).collect();
        let limit = filter.limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        // A bound limit would have SQLite plan the query anew each time.
        let sql = format!(
            "SELECT {PAYMENT_COLUMNS} FROM payments WHERE created_at_ms >= ?1 AND created_at_ms < ?2 \
             AND (?3 IS NULL OR payee = ?3) AND status IN ({}) ORDER BY created_at_ms DESC, id DESC LIMIT {limit}",
            told.join(", ")
        );
        self.reader.now(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_and_then(params![since, before, filter.payee], payment)?;
            rows.collect()
        })
    }

    /// A payment as it is told: what came back of it does not count as paid.
    fn told(&self, payment: Payment) -> Option<PastPayment> {
        Some(PastPayment {
            refundable: refundable(&payment),
            status: past(payment.status)?,
            amount: payment.books.amount.checked_sub(payment.books.refunded).ok()?,
            when: Timestamp::from_millisecond(payment.created_at_ms).ok()?.to_zoned(self.zone.clone()).datetime(),
            payee: payment.payee,
            payee_name: payment.payee_name,
            provider: payment.provider,
        })
    }
}

/// An order as it is told; `None` for one that ended.
fn later(order: StandingOrder) -> Option<ScheduledPayment> {
    let proposal = order.mandate.proposal();
    let active = order.state == StandingState::Active;
    Some(ScheduledPayment {
        payee: proposal.payee.clone(),
        payee_name: proposal.payee_name.clone(),
        amount: proposal.amount,
        provider: proposal.provider.clone(),
        schedule: proposal.schedule?,
        next: order.next_due.filter(|_| active)?,
        id: order.id,
    })
}

impl History for PastPayments {
    fn weigh(&self, proposal: &Proposal, now_ms: i64) -> Weighed {
        match self.reader.now(|connection| self.limits.weigh(proposal, now_ms, &Seen(connection))) {
            Ok(weighed) => weighed,
            Err(error) => {
                // Payments look once more before anything is sent, and send nothing where it can't be read.
                tracing::error!("what was paid before can't be read: {error}");
                Weighed::default()
            }
        }
    }

    fn scheduled(&self) -> Vec<ScheduledPayment> {
        match self.reader.now(super::standing::all) {
            Ok(orders) => orders.into_iter().filter_map(later).collect(),
            Err(error) => {
                tracing::error!("the standing orders can't be read: {error}");
                Vec::new()
            }
        }
    }

    fn payments(&self, filter: &HistoryFilter) -> Vec<PastPayment> {
        match self.read(filter) {
            Ok(payments) => payments.into_iter().filter_map(|payment| self.told(payment)).collect(),
            Err(error) => {
                // The conversation has no way to hear of it; it says that it knows of no payment.
                tracing::error!("the history can't be read: {error}");
                Vec::new()
            }
        }
    }
}

/// What a refund needs to know of a payment, where the ledger lets one begin.
fn refundable(payment: &Payment) -> Option<Refundable> {
    matches!(payment.status, PaymentStatus::Succeeded | PaymentStatus::PartiallyRefunded).then(|| Refundable {
        payment: payment.id.to_string(),
        version: payment.version,
        paid: payment.books.amount,
    })
}

/// How a payment is told; `None` where no money moved, or all came back.
fn past(status: PaymentStatus) -> Option<Past> {
    use PaymentStatus as S;
    match status {
        S::Succeeded | S::PartiallyRefunded | S::Disputed | S::DisputeRejected => Some(Past::Succeeded),
        S::Dispatching
        | S::Unknown
        | S::Pending
        | S::ActionRequired
        | S::Authorized
        | S::Capturing
        | S::Canceling
        | S::ManualReview
        | S::IntegrityAlarm => Some(Past::Open),
        S::Consented | S::Failed | S::NotSent | S::Canceled | S::Reversing | S::Refunded | S::ChargedBack => None,
    }
}
