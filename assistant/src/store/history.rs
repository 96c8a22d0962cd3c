//! The store as conversations know it: what was paid before.

use super::failure::unreadable;
use super::opening::Store;
use super::reader::{ReadError, Reader};
use super::rows::{PAYMENT_COLUMNS, parsed, payment};
use super::spending::Seen;
use crate::consent::{Limits, Proposal, Weighed};
use crate::dialog::{
    History, HistoryFilter, PastPayment, PastRefund, PaymentStatus as Past, Refundable, ScheduledPayment,
};
use crate::ledger::PaymentStatus;
use crate::payments::standing::StandingOrder;
use crate::payments::{Payment, RefundStatus, StandingState};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Row, params};
use sayso_plugin_interface::Money;
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

    /// The refunds of payments to a payee, or of all, the newest first.
    fn read_refunds(
        &self,
        payee: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Option<PastRefund>>, crate::payments::StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT r.amount, r.currency, r.status, r.created_at_ms, p.payee, p.payee_name, p.provider, \
                   p.created_at_ms AS paid_ms FROM refunds r JOIN payments p ON p.id = r.payment \
                   WHERE ?1 IS NULL OR p.payee = ?1 ORDER BY r.created_at_ms DESC, r.number DESC LIMIT ?2";
        self.reader.now(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_and_then(params![payee, limit], |row| self.told_refund(row))?;
            rows.collect()
        })
    }

    /// A refund as it is told; `None` where a moment is none.
    fn told_refund(&self, row: &Row<'_>) -> Result<Option<PastRefund>, ReadError> {
        let moment = |ms: i64| Timestamp::from_millisecond(ms).ok().map(|at| at.to_zoned(self.zone.clone()).datetime());
        let (when, paid) = (moment(row.get("created_at_ms")?), moment(row.get("paid_ms")?));
        let (Some(when), Some(paid)) = (when, paid) else { return Ok(None) };
        let status: String = row.get("status")?;
        Ok(Some(PastRefund {
            payee: row.get("payee")?,
            payee_name: row.get("payee_name")?,
            amount: Money::new(row.get("amount")?, parsed(&row.get::<_, String>("currency")?)?),
            provider: row.get("provider")?,
            status: match RefundStatus::named(&status) {
                Some(RefundStatus::Succeeded) => crate::dialog::RefundStatus::Succeeded,
                Some(RefundStatus::Failed) => crate::dialog::RefundStatus::Failed,
                // What no machine can settle is as little certain as what is on its way.
                Some(RefundStatus::Open | RefundStatus::Review) => crate::dialog::RefundStatus::Open,
                None => return Err(unreadable(format!("the refund status `{status}`")).into()),
            },
            when,
            paid,
        }))
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

    fn refunds(&self, payee: Option<&str>, limit: usize) -> Vec<PastRefund> {
        match self.read_refunds(payee, limit) {
            Ok(refunds) => refunds.into_iter().flatten().collect(),
            Err(error) => {
                tracing::error!("the refunds can't be read: {error}");
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
