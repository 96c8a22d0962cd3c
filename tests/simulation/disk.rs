//! The real store on a real file, with a disk between it and the program that is slow, full, broken, or the last thing
//! that the program ever touched: before a commit, after it, and after it with a report that it failed.

use crate::bugs::Bug;
use crate::process::Life;
use jiff::civil::Date;
use sayso::ledger::PaymentId;
use sayso::payments::standing::{SkippedDue, StandingOrder, StandingState, StandingStore, UntoldDue};
use sayso::payments::{
    BeginError, BooksReport, EventFate, EventStore, Filter, InstrumentStore, LimitCheck, NewPayment, Payment,
    PaymentStore, Refund, StoreError, StoreErrorKind, ToldStore, WayState, WayToPay, WebhookEvent, Write,
};
use sayso::store::Store;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;
use tokio::time::sleep;

#[derive(Clone)]
pub struct Disk(pub Arc<Life>);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for the store's own thread in real time while virtual time stands still.
pub fn at_once<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// What becomes of one operation.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Good,
    FailsUndone,
    Locked,
    FailsDone,
    DiesUndone,
    DiesDone,
}

fn failed() -> StoreError {
    StoreError::new(StoreErrorKind::Other, "input/output error")
}

impl Disk {
    fn fate(&self, writes: bool) -> Result<Fate, StoreErrorKind> {
        let dice = &self.0.net.dice;
        let mut weather = self.0.net.weather.lock().unwrap();
        if writes && weather.lies > 0 {
            weather.lies -= 1;
            return Ok(Fate::FailsDone);
        }
        if weather.disk_full && writes {
            return Err(StoreErrorKind::Full);
        }
        if dice.chance(weather.dies_at_disk) {
            return Ok(*dice.pick(&[Fate::DiesUndone, Fate::DiesDone]));
        }
        if dice.chance(weather.disk) {
            let fates = [Fate::FailsUndone, Fate::Locked, Fate::FailsDone];
            return Ok(if writes { *dice.pick(&fates) } else { Fate::FailsUndone });
        }
        Ok(Fate::Good)
    }

    async fn waits(&self) {
        let slow = self.0.net.weather.lock().unwrap().disk_slow;
        let ms = if slow { self.0.net.dice.below(3_000) } else { self.0.net.dice.below(4) };
        if ms > 0 {
            sleep(Duration::from_millis(ms)).await;
        }
        self.0.goes_on().await;
    }

    async fn does<T, E: From<StoreError>>(
        &self,
        what: &str,
        writes: bool,
        work: impl FnOnce(&Store) -> Result<T, E> + Send,
    ) -> Result<T, E> {
        self.waits().await;
        let fate = self.fate(writes).map_err(|kind| StoreError::new(kind, "no room"))?;
        match fate {
            Fate::FailsUndone => return Err(failed().into()),
            Fate::Locked => return Err(StoreError::new(StoreErrorKind::Locked, "locked").into()),
            Fate::DiesUndone => self.0.die(format!("before {what}")),
            _ => {}
        }
        self.0.goes_on().await;
        let done = self.0.store().map(|store| work(&store));
        if fate == Fate::DiesDone {
            self.0.die(format!("after {what}"));
        }
        self.0.goes_on().await;
        match done {
            Some(Ok(_)) if fate == Fate::FailsDone => Err(failed().into()),
            Some(done) => done,
            None => std::future::pending().await,
        }
    }

    fn laws(&self, note: impl FnOnce(&mut crate::laws::Laws)) {
        note(&mut self.0.laws.lock().unwrap());
    }
}

#[async_trait::async_trait]
impl EventStore for Disk {
    async fn keep_event(&self, event: &WebhookEvent) -> Result<bool, StoreError> {
        let keep = |store: &Store| {
            let kept = at_once(store.keep_event(event))?;
            self.laws(|laws| laws.kept(&event.event_id));
            Ok(kept)
        };
        if self.0.bug == Bug::AcknowledgesBeforeStoring {
            let (disk, event) = (self.clone(), event.clone());
            tokio::spawn(async move {
                sleep(Duration::from_millis(500)).await;
                let keep = |store: &Store| at_once(store.keep_event(&event));
                if disk.does("keep_event", true, keep).await.is_ok() {
                    disk.laws(|laws| laws.kept(&event.event_id));
                }
            });
            return Ok(true);
        }
        self.does("keep_event", true, keep).await
    }
    async fn waiting_events(&self, limit: usize) -> Result<Vec<WebhookEvent>, StoreError> {
        self.does("waiting_events", false, |store| at_once(store.waiting_events(limit))).await
    }
    async fn settle_event(&self, event: &WebhookEvent, fate: EventFate, at_ms: i64) -> Result<(), StoreError> {
        self.does("settle_event", true, |store| at_once(store.settle_event(event, fate, at_ms))).await
    }
    async fn by_provider_reference(&self, provider: &str, theirs: &str) -> Result<Option<PaymentId>, StoreError> {
        self.does("by_provider_reference", false, |store| at_once(store.by_provider_reference(provider, theirs))).await
    }
    async fn by_reference(&self, reference: &str) -> Result<Option<(PaymentId, String)>, StoreError> {
        self.does("by_reference", false, |store| at_once(store.by_reference(reference))).await
    }
}

#[async_trait::async_trait]
impl StandingStore for Disk {
    async fn keep_standing(&self, order: StandingOrder) -> Result<bool, StoreError> {
        self.does("keep_standing", true, |store| at_once(store.keep_standing(order))).await
    }
    async fn standing(&self) -> Result<Vec<StandingOrder>, StoreError> {
        self.does("standing", false, |store| at_once(store.standing())).await
    }
    async fn due_standing(&self, today: Date) -> Result<Vec<StandingOrder>, StoreError> {
        self.does("due_standing", false, |store| at_once(store.due_standing(today))).await
    }
    async fn change_standing(
        &self,
        id: &str,
        state: StandingState,
        next_due: Option<Date>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let change = |store: &Store| at_once(store.change_standing(id, state, next_due, now_ms));
        self.does("change_standing", true, change).await
    }
    async fn skip_due(&self, skipped: SkippedDue) -> Result<bool, StoreError> {
        self.does("skip_due", true, |store| at_once(store.skip_due(skipped))).await
    }
    async fn untold_dues(&self) -> Result<Vec<UntoldDue>, StoreError> {
        self.does("untold_dues", false, |store| at_once(store.untold_dues())).await
    }
    async fn told_due(&self, order: &str, due: Date, now_ms: i64) -> Result<(), StoreError> {
        self.does("told_due", true, |store| at_once(store.told_due(order, due, now_ms))).await
    }
}

#[async_trait::async_trait]
impl ToldStore for Disk {
    async fn untold(&self, limit: usize) -> Result<Vec<(Payment, Option<String>)>, StoreError> {
        self.does("untold", false, |store| at_once(store.untold(limit))).await
    }
    async fn tell(&self, id: &PaymentId, version: u64, what: &str) -> Result<bool, StoreError> {
        self.does("tell", true, |store| at_once(store.tell(id, version, what))).await
    }
}

#[async_trait::async_trait]
impl InstrumentStore for Disk {
    async fn begin_way(&self, way: WayToPay) -> Result<bool, StoreError> {
        self.does("begin_way", true, |store| at_once(store.begin_way(way))).await
    }
    async fn change_way(&self, way: WayToPay, from: WayState, now_ms: i64) -> Result<bool, StoreError> {
        self.does("change_way", true, |store| at_once(store.change_way(way, from, now_ms))).await
    }
    async fn ways(&self) -> Result<Vec<WayToPay>, StoreError> {
        self.does("ways", false, |store| at_once(store.ways())).await
    }
}

#[async_trait::async_trait]
impl PaymentStore for Disk {
    async fn installation(&self) -> Result<String, StoreError> {
        self.does("installation", false, |store| at_once(PaymentStore::installation(store))).await
    }
    async fn begin(&self, mut new: NewPayment) -> Result<(), BeginError> {
        if self.0.net.weather.lock().unwrap().leases_end {
            new.lease_until_ms = new.payment.created_at_ms;
        }
        let begin = |disk: &Disk, store: &Store, new: NewPayment| {
            at_once(store.begin(new.clone()))?;
            disk.laws(|laws| laws.begun(&new, disk.0.number));
            Ok(())
        };
        if self.0.bug == Bug::SendsBeforeCommit {
            let disk = self.clone();
            tokio::spawn(async move {
                sleep(Duration::from_millis(50)).await;
                let _: Result<(), BeginError> = disk.does("begin", true, |store| begin(&disk, store, new)).await;
            });
            return Ok(());
        }
        self.does("begin", true, |store| begin(self, store, new)).await
    }
    async fn check(&self, check: LimitCheck) -> Result<(), BeginError> {
        self.does("check", false, |store| at_once(store.check(check.clone()))).await
    }
    async fn write(&self, mut write: Write) -> Result<(), StoreError> {
        if let (Bug::LosesPosting, Some(entry)) = (self.0.bug, &mut write.entry) {
            entry.postings.pop();
        }
        let step = |store: &Store| {
            let mut committed = write.clone();
            if let (Bug::WritesOver, Some(now)) = (self.0.bug, at_once(store.payment(&write.payment.id))?) {
                committed.payment.version = now.version + 1;
            }
            at_once(store.write(committed))?;
            let bank = self.0.net.bank.lock().unwrap();
            self.laws(|laws| laws.written(&write, self.0.number, &bank));
            Ok(())
        };
        self.does("write", true, step).await
    }
    async fn claim(&self, id: &PaymentId, now_ms: i64, until_ms: i64) -> Result<Option<Payment>, StoreError> {
        let until_ms = if self.0.net.weather.lock().unwrap().leases_end { now_ms } else { until_ms };
        let claim = |store: &Store| {
            let asked_ms = if self.0.bug == Bug::ForgetsLeases { i64::MAX } else { now_ms };
            let claimed = at_once(store.claim(id, asked_ms, until_ms))?;
            if claimed.is_some() {
                self.laws(|laws| laws.claimed(id, self.0.number, now_ms, until_ms));
            }
            Ok(claimed)
        };
        self.does("claim", true, claim).await
    }
    async fn release(&self, id: &PaymentId) -> Result<(), StoreError> {
        let release = |store: &Store| {
            at_once(store.release(id))?;
            self.laws(|laws| laws.released(id, self.0.number));
            Ok(())
        };
        self.does("release", true, release).await
    }
    async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, StoreError> {
        self.does("payment", false, |store| at_once(store.payment(id))).await
    }
    async fn payments(&self, filter: &Filter) -> Result<Vec<Payment>, StoreError> {
        self.does("payments", false, |store| at_once(store.payments(filter))).await
    }
    async fn open(&self, due_ms: Option<i64>) -> Result<Vec<PaymentId>, StoreError> {
        let bug = self.0.bug;
        let open = |store: &Store| {
            let mut open = at_once(PaymentStore::open(store, due_ms))?;
            if bug == Bug::NeverCaptures {
                let stands = |id: &PaymentId| at_once(store.payment(id)).unwrap().unwrap().status;
                open.retain(|id| stands(id) != sayso::ledger::PaymentStatus::Authorized);
            }
            if matches!(bug, Bug::ForgetsInterrupted | Bug::NeverAsksAgain) {
                open.retain(|id| {
                    let stands = at_once(store.payment(id)).unwrap().unwrap().status;
                    (stands == sayso::ledger::PaymentStatus::Dispatching) != (bug == Bug::ForgetsInterrupted)
                });
            }
            Ok(open)
        };
        self.does("open", false, open).await
    }
    async fn refunds(&self, id: &PaymentId) -> Result<Vec<Refund>, StoreError> {
        self.does("refunds", false, |store| at_once(store.refunds(id))).await
    }
    async fn verify(&self) -> Result<BooksReport, StoreError> {
        self.does("verify", false, |store| at_once(store.verify())).await
    }
}

/// What is on the disk, read without any fault; `None` where the process is dead.
pub fn look(life: &Life) -> Option<(Vec<Payment>, BooksReport)> {
    life.store().map(|store| look_at(&store))
}

/// What is in a store: its payments, the newest first, and what its books say.
pub fn look_at(store: &Store) -> (Vec<Payment>, BooksReport) {
    let all = Filter { limit: usize::MAX, ..Filter::default() };
    (at_once(store.payments(&all)).unwrap(), at_once(store.verify()).unwrap())
}
