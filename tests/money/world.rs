//! One household in a temporary folder: a store, a clock that is set by hand, a bank, and consents.

use crate::bank::Bank;
use crate::hands::NoHands;
use jiff::civil::Date;
use sayso::consent::{Consent, Occasion, Proposal, ProposalKind, ReadBack};
use sayso::lang::Lang;
use sayso::ledger::PaymentId;
use sayso::payments::standing::{SkippedDue, StandingOrder, StandingState, StandingStore, UntoldDue};
use sayso::payments::{
    BeginError, BooksReport, Clock, EventFate, EventStore, Filter, InstrumentStore, LimitCheck, NewPayment, Payment,
    PaymentStore, PaymentView, Payments, Providers, Refund, Settings, StoreError, StoreErrorKind, ToldStore, WayState,
    WayToPay, WebhookEvent, Write,
};
use sayso::store::Store;
use sayso_plugin_interface::{Currency, Money};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tempfile::TempDir;

/// A clock that stands still until it is moved.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub struct World {
    pub folder: TempDir,
    pub clock: Arc<HandClock>,
    pub bank: Arc<Bank>,
    pub settings: Settings,
}

/// In memory where there is such a place: what these tests show does not hang on the disk.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl World {
    pub fn new() -> Self {
        World {
            folder: folder(),
            clock: Arc::new(HandClock(AtomicI64::new(1_700_000_000_000))),
            bank: Arc::new(Bank::default()),
            settings: Settings { deadline_ms: 20_000, ..Settings::default() },
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("sayso.db")
    }

    pub fn store(&self) -> Store {
        Store::open(self.path()).unwrap()
    }

    pub fn providers(&self) -> Providers {
        let mut providers = Providers::new();
        providers.add("stripe", self.bank.clone(), Arc::new(NoHands));
        providers
    }

    /// The program, started anew on what is on the disk.
    pub fn start(&self) -> Payments {
        self.start_on(self.store())
    }

    pub fn start_on(&self, store: impl PaymentStore + 'static) -> Payments {
        Payments::new(Arc::new(store), self.providers(), self.settings.clone()).with_clock(self.clock.clone())
    }

    /// A read-back of its own that was agreed to.
    pub fn consent(&self, amount: Money) -> Consent {
        self.clock.forward(1);
        self.consent_at(proposal(amount), self.clock.now_ms())
    }

    pub fn consent_at(&self, proposal: Proposal, read_at_ms: i64) -> Consent {
        let occasion = Occasion { conversation: "kitchen".into(), step: 1 };
        ReadBack::new(proposal, Lang::En, occasion, read_at_ms).agree("yes, pay it", self.clock.now_ms()).unwrap()
    }

    /// What must be true at the end of every test.
    pub async fn check(&self, payments: &Payments) {
        let report = payments.verify().await.unwrap();
        assert!(report.is_sound(), "{:?}", report.faults);
        self.bank.check();
    }
}

pub fn proposal(amount: Money) -> Proposal {
    Proposal {
        kind: ProposalKind::Pay,
        payee: "electricity".into(),
        payee_name: "City Power".into(),
        amount,
        provider: "stripe".into(),
        provider_name: "Stripe".into(),
        purpose: "electricity bill".into(),
        schedule: None,
        person: None,
    }
}

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

pub async fn reload(payments: &Payments, view: &PaymentView) -> PaymentView {
    payments.get(&view.id).await.unwrap().unwrap()
}

/// A store whose disk can be taken away: it reads, and refuses to write.
pub struct Failing {
    pub store: Store,
    pub fails: Arc<AtomicBool>,
}

impl Failing {
    fn check(&self) -> Result<(), StoreError> {
        if self.fails.load(Ordering::SeqCst) { Err(StoreError::new(StoreErrorKind::Full, "no room")) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl EventStore for Failing {
    async fn keep_event(&self, event: &WebhookEvent) -> Result<bool, StoreError> {
        self.check()?;
        self.store.keep_event(event).await
    }
    async fn waiting_events(&self, limit: usize) -> Result<Vec<WebhookEvent>, StoreError> {
        self.store.waiting_events(limit).await
    }
    async fn settle_event(&self, event: &WebhookEvent, fate: EventFate, at_ms: i64) -> Result<(), StoreError> {
        self.check()?;
        self.store.settle_event(event, fate, at_ms).await
    }
    async fn by_provider_reference(&self, provider: &str, theirs: &str) -> Result<Option<PaymentId>, StoreError> {
        self.store.by_provider_reference(provider, theirs).await
    }
    async fn by_reference(&self, reference: &str) -> Result<Option<(PaymentId, String)>, StoreError> {
        self.store.by_reference(reference).await
    }
}

#[async_trait::async_trait]
impl StandingStore for Failing {
    async fn keep_standing(&self, order: StandingOrder) -> Result<bool, StoreError> {
        self.check()?;
        self.store.keep_standing(order).await
    }
    async fn standing(&self) -> Result<Vec<StandingOrder>, StoreError> {
        self.store.standing().await
    }
    async fn due_standing(&self, today: Date) -> Result<Vec<StandingOrder>, StoreError> {
        self.store.due_standing(today).await
    }
    async fn change_standing(
        &self,
        id: &str,
        state: StandingState,
        next_due: Option<Date>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.check()?;
        self.store.change_standing(id, state, next_due, now_ms).await
    }
    async fn skip_due(&self, skipped: SkippedDue) -> Result<bool, StoreError> {
        self.check()?;
        self.store.skip_due(skipped).await
    }
    async fn untold_dues(&self) -> Result<Vec<UntoldDue>, StoreError> {
        self.store.untold_dues().await
    }
    async fn told_due(&self, order: &str, due: Date, now_ms: i64) -> Result<(), StoreError> {
        self.check()?;
        self.store.told_due(order, due, now_ms).await
    }
}

#[async_trait::async_trait]
impl ToldStore for Failing {
    async fn untold(&self, limit: usize) -> Result<Vec<(Payment, Option<String>)>, StoreError> {
        self.store.untold(limit).await
    }
    async fn tell(&self, id: &PaymentId, version: u64, what: &str) -> Result<bool, StoreError> {
        self.check()?;
        self.store.tell(id, version, what).await
    }
}

#[async_trait::async_trait]
impl InstrumentStore for Failing {
    async fn begin_way(&self, way: WayToPay) -> Result<bool, StoreError> {
        self.check()?;
        self.store.begin_way(way).await
    }
    async fn change_way(&self, way: WayToPay, from: WayState, now_ms: i64) -> Result<bool, StoreError> {
        self.check()?;
        self.store.change_way(way, from, now_ms).await
    }
    async fn ways(&self) -> Result<Vec<WayToPay>, StoreError> {
        self.store.ways().await
    }
}

#[async_trait::async_trait]
impl PaymentStore for Failing {
    async fn installation(&self) -> Result<String, StoreError> {
        PaymentStore::installation(&self.store).await
    }
    async fn begin(&self, new: NewPayment) -> Result<(), BeginError> {
        self.check()?;
        self.store.begin(new).await
    }
    async fn check(&self, check: LimitCheck) -> Result<(), BeginError> {
        self.store.check(check).await
    }
    async fn write(&self, write: Write) -> Result<(), StoreError> {
        self.check()?;
        self.store.write(write).await
    }
    async fn claim(&self, id: &PaymentId, now_ms: i64, until_ms: i64) -> Result<Option<Payment>, StoreError> {
        self.check()?;
        self.store.claim(id, now_ms, until_ms).await
    }
    async fn release(&self, id: &PaymentId) -> Result<(), StoreError> {
        self.check()?;
        self.store.release(id).await
    }
    async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, StoreError> {
        self.store.payment(id).await
    }
    async fn payments(&self, filter: &Filter) -> Result<Vec<Payment>, StoreError> {
        self.store.payments(filter).await
    }
    async fn open(&self, due_ms: Option<i64>) -> Result<Vec<PaymentId>, StoreError> {
        PaymentStore::open(&self.store, due_ms).await
    }
    async fn refunds(&self, id: &PaymentId) -> Result<Vec<Refund>, StoreError> {
        self.store.refunds(id).await
    }
    async fn verify(&self) -> Result<BooksReport, StoreError> {
        self.store.verify().await
    }
}
