//! Pays what was agreed to for later on its day: each due day once at most, whoever looks and whenever the program dies;
//! what was missed is told and never paid in a heap.

use super::dry_run::WouldSend;
use super::engine::{Engine, Payments};
use super::error::PayError;
use super::pay::Agreement;
use super::record::PaymentView;
use super::standing::{DueStep, SkipReason, SkippedDue, StandingOrder, StandingState, StandingView, UntoldDue};
use super::storage::StoreError;
use crate::consent::{Consent, Objection, ProposalKind};
use jiff::civil::Date;
use std::sync::Arc;

/// What came of looking for what is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueReport {
    /// Payments that were begun, as they stand.
    pub begun: Vec<PaymentView>,
    /// Days that were not paid and won't be, unless the person says so.
    pub skipped: Vec<SkippedDue>,
    /// What could not be done now and is tried again, each as a sentence.
    pub problems: Vec<String>,
}

impl Payments {
    /// Keeps a consent for the days of its schedule. `today` is the day where the person lives.
    pub async fn schedule(&self, consent: Consent, today: Date) -> Result<StandingView, PayError> {
        let engine = &self.engine;
        let now_ms = engine.now_ms();
        if consent.proposal().kind != ProposalKind::Pay {
            return Err(PayError::OtherKind);
        }
        engine.check_tier(consent.proposal(), consent.tier()).await?;
        // What could never be paid is refused now, not on its day.
        let amount = consent.proposal().amount;
        engine.providers.offering(&consent.proposal().provider, amount)?;
        if let Some(objection) = engine.settings.limits.alone(consent.proposal()) {
            return Err(PayError::Limited(objection));
        }
        if engine.dry_run {
            let (provider, request) = (consent.proposal().provider.clone(), serde_json::to_value(consent.proposal()));
            let request = request.unwrap_or_default();
            return Err(WouldSend { verb: "schedule", provider, request, http: Vec::new() }.into());
        }
        let mandate = consent.into_mandate(now_ms)?;
        let next_due = mandate.schedule().and_then(|schedule| schedule.next(today));
        if next_due.is_none() {
            return Err(PayError::Consent(crate::consent::ConsentError::NotDue));
        }
        let id = format!("so_{}", mandate.consent().get(..12).unwrap_or_default());
        let state = StandingState::Active;
        let order = StandingOrder { id, mandate, state, next_due, created_at_ms: now_ms, updated_at_ms: now_ms };
        let view = order.view();
        engine.keep_order(order).await?;
        Ok(view)
    }

    /// All standing orders, those that are due first at the front.
    pub async fn scheduled(&self) -> Result<Vec<StandingView>, StoreError> {
        Ok(self.engine.store.standing().await?.iter().map(StandingOrder::view).collect())
    }

    /// Ends a standing order. False where there is none of this id, or it ended before.
    pub async fn end_standing(&self, id: &str) -> Result<bool, StoreError> {
        self.engine.store.change_standing(id, StandingState::Ended, None, self.engine.now_ms()).await
    }

    /// Ends all standing orders to a payee; how many that were.
    pub async fn end_standing_to(&self, payee: &str) -> Result<usize, StoreError> {
        let mut ended = 0;
        for order in self.engine.store.standing().await? {
            if order.state != StandingState::Ended && order.mandate.proposal().payee == payee {
                ended += usize::from(self.end_standing(&order.id).await?);
            }
        }
        Ok(ended)
    }

    /// Pays what is due on or before `today`, the day where the person lives. Several processes may do so at once.
    pub async fn run_due(&self, today: Date) -> Result<DueReport, StoreError> {
        let mut report = DueReport::default();
        if self.engine.dry_run {
            return Ok(report);
        }
        for order in self.engine.store.due_standing(today).await? {
            self.run_order(&order, today, &mut report).await?;
        }
        Ok(report)
    }

    /// Due days that were not paid, of which the person has not been told.
    pub async fn untold_dues(&self) -> Result<Vec<UntoldDue>, StoreError> {
        self.engine.store.untold_dues().await
    }

    /// The person was told of a due day that was not paid.
    pub async fn told_due(&self, untold: &UntoldDue) -> Result<(), StoreError> {
        self.engine.store.told_due(&untold.order, untold.due, self.engine.now_ms()).await
    }

    async fn run_order(&self, order: &StandingOrder, today: Date, report: &mut DueReport) -> Result<(), StoreError> {
        let Some(schedule) = order.mandate.schedule() else { return Ok(()) };
        let mut due = order.next_due;
        while let Some(day) = due.filter(|day| *day <= today) {
            let next = schedule.after(day);
            let step = DueStep { order: order.id.clone(), due: day, next };
            let late = day.until(today).map_or(i32::MAX, |span| span.get_days());
            // Of several that are due only the last is paid: nobody expects a heap of payments after a holiday.
            let overtaken = next.is_some_and(|next| next <= today);
            if overtaken || late > self.engine.settings.late_days_max {
                let detail = format!("due on {day}, looked at on {today}");
                self.engine.skip(step, SkipReason::Missed, detail, report).await?;
            } else if !self.pay_due(order, step, report).await? {
                return Ok(());
            }
            due = next;
        }
        Ok(())
    }

    /// Pays for one due day. False if the day stays as it is: tried again later, or taken by somebody else.
    async fn pay_due(&self, order: &StandingOrder, step: DueStep, report: &mut DueReport) -> Result<bool, StoreError> {
        let engine = Arc::clone(&self.engine);
        let agreement = match order.mandate.execution(step.due) {
            Ok(execution) => Agreement::for_due_day(&execution, step.clone()),
            Err(error) => {
                // What is written down is not what was agreed to: nothing of it is ever paid.
                report.problems.push(format!("{}: {error}", order.id));
                engine.store.change_standing(&order.id, StandingState::Paused, Some(step.due), engine.now_ms()).await?;
                engine.skip(step, SkipReason::Refused, error.to_string(), report).await?;
                return Ok(false);
            }
        };
        match self.pay_agreed(agreement).await {
            Ok(view) => {
                report.begun.push(view);
                Ok(true)
            }
            // It is made when there is room for it again.
            Err(PayError::Limited(objection @ Objection::TooFast { .. })) => {
                report.problems.push(format!("{}: {objection}", order.id));
                Ok(false)
            }
            // It is made when the provider takes it.
            Err(error @ PayError::Closed { .. }) => {
                report.problems.push(format!("{}: {error}", order.id));
                Ok(false)
            }
            // Somebody else took the day, or ended the order, in between.
            Err(PayError::DueGone | PayError::ConsentUsed { .. }) => Ok(false),
            Err(
                error @ (PayError::Limited(_)
                | PayError::Repeated { .. }
                | PayError::NotOffered { .. }
                | PayError::NotSureEnough { .. }
                | PayError::NotAnAmount(_)),
            ) => engine.skip(step, SkipReason::Refused, error.to_string(), report).await.map(|()| true),
            // It was sent; the payment tells the rest itself.
            Err(PayError::Unrecorded { payment, source }) => {
                report.problems.push(format!("{}: payment {payment}: {source}", order.id));
                Ok(true)
            }
            Err(error) => {
                report.problems.push(format!("{}: {error}", order.id));
                Ok(false)
            }
        }
    }
}

impl Engine {
    /// Keeps an order. A commit may be reported as failed and be on the disk all the same: then it is kept, or ended, or it
    /// is said that nobody knows. Nobody is told that nothing is paid later, and finds it paid.
    async fn keep_order(&self, order: StandingOrder) -> Result<(), StoreError> {
        let id = order.id.clone();
        let Err(error) = self.store.keep_standing(order.clone()).await else { return Ok(()) };
        if self.store.keep_standing(order).await.is_ok() {
            return Ok(());
        }
        match self.store.change_standing(&id, StandingState::Ended, None, self.now_ms()).await {
            Ok(_) => Err(error),
            Err(_) => {
                let open = format!("{}; `sayso payments scheduled` shows whether `{id}` was kept", error.message);
                Err(StoreError::new(error.kind, open))
            }
        }
    }

    async fn skip(
        &self,
        step: DueStep,
        reason: SkipReason,
        detail: String,
        report: &mut DueReport,
    ) -> Result<(), StoreError> {
        tracing::warn!(order = step.order, due = %step.due, detail, "a due day is not paid");
        let skipped = SkippedDue { step, reason, detail, at_ms: self.now_ms() };
        if self.store.skip_due(skipped.clone()).await? {
            report.skipped.push(skipped);
        }
        Ok(())
    }
}
