//! One history: a household, its program in one or two processes on one store, its disk, its network and its bank.

use crate::bank::Bank;
use crate::bugs::Bug;
use crate::clock::SimClock;
use crate::dice::Dice;
use crate::disk::{Disk, look};
use crate::hands::NoHands;
use crate::laws::Laws;
use crate::net::Net;
use crate::plugin::{Offer, Plugin, notification};
use crate::process::{Deaths, Life};
use crate::weather::Weather;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sayso::consent::{Consent, Occasion, Proposal, ProposalKind, ReadBack};
use sayso::lang::Lang;
use sayso::payments::{
    Clock as _, PayError, Payment, PaymentView, Payments, Providers, RecoveryReport, Settings, Step, StoreError,
};
use sayso_plugin_interface::{Currency, Money};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

/// One run of the program.
#[derive(Clone)]
pub struct Process {
    pub life: Arc<Life>,
    pub payments: Payments,
}

pub struct House {
    pub folder: TempDir,
    pub dice: Dice,
    pub clock: Arc<SimClock>,
    pub net: Net,
    pub laws: Arc<Mutex<Laws>>,
    pub bug: Bug,
    pub offer: Offer,
    pub settings: Settings,
    /// Where the program runs, or does not.
    pub slots: [Option<Process>; 2],
    pub deaths: Deaths,
    pub log: Arc<Mutex<Vec<String>>>,
    /// True where the household's clock may jump.
    pub clock_jumps: bool,
    begun: u64,
    said: u64,
}

/// In memory where there is such a place: how a disk fails is played, and what it keeps is the file system's.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl House {
    pub fn new(seed: u64, bug: Bug) -> Self {
        let dice = Dice::new(seed);
        let clock = Arc::new(SimClock::new());
        let hour_ms = 3_600_000;
        let offer = Offer {
            query_by_reference: !dice.chance(250),
            key_life_ms: *dice.pick(&[None, None, Some(2 * hour_ms), Some(24 * hour_ms)]),
            reference_length_max: *dice.pick(&[64, 32, 20]),
        };
        let mut bank = Bank::default();
        bank.key_life_ms = offer.key_life_ms.map(|ms| i64::try_from(ms).unwrap());
        bank.lag_ms_max = *dice.pick(&[0, 0, 10_000]);
        bank.errs = dice.chance(100);
        // Where only a key that does not live for ever keeps a payment from being made twice, nothing tells its age but
        // the clock.
        let clock_jumps = dice.chance(400) && (offer.query_by_reference || offer.key_life_ms.is_none());
        let weather = Arc::new(Mutex::new(Weather::drawn(&dice)));
        let net = Net {
            bank: Arc::new(Mutex::new(bank)),
            clock: clock.clone(),
            dice: dice.clone(),
            weather,
            asked: Arc::default(),
        };
        House {
            folder: folder(),
            dice,
            clock,
            net,
            laws: Arc::default(),
            bug,
            offer,
            settings: Settings { deadline_ms: 20_000, recover_at_once: 2, ..Settings::default() },
            slots: [None, None],
            deaths: Arc::default(),
            log: Arc::default(),
            clock_jumps,
            begun: 0,
            said: 0,
        }
    }

    pub fn note(&self, line: impl std::fmt::Display) {
        self.log.lock().unwrap().push(format!("{:>11} {line}", self.clock.true_ms() % 100_000_000_000));
    }

    /// The day where the person lives, by the household's clock.
    pub fn today(&self) -> Date {
        let now = Timestamp::from_millisecond(self.clock.now_ms()).unwrap();
        now.to_zoned(TimeZone::UTC).date()
    }

    /// Starts the program; what it does first is to look after what was interrupted.
    pub fn start(&mut self, slot: usize) {
        self.begun += 1;
        let (path, number) = (self.folder.path().join("sayso.db"), self.begun);
        let (net, laws, deaths) = (self.net.clone(), self.laws.clone(), self.deaths.clone());
        let life = Life::begin(number, &path, net, laws, self.bug, deaths);
        self.note(format!("process {number} starts"));
        let mut providers = Providers::new();
        let plugin = Plugin::new(life.clone(), self.offer.clone());
        providers.add("stripe", Arc::new(plugin), Arc::new(NoHands));
        let payments = Payments::new(Arc::new(Disk(life.clone())), providers, self.settings.clone())
            .with_clock(self.clock.clone())
            .with_randomness(Arc::new(self.dice.clone()))
            .with_observer(observer(life.clone(), self.log.clone()));
        let process = Process { life, payments };
        self.spawn(&process, "recovers", |payments| async move { recovered(payments.recover().await) });
        self.slots[slot] = Some(process);
    }

    /// A process that runs; started where none does.
    pub fn running(&mut self) -> Process {
        let slot = self.dice.below(10).saturating_sub(8) as usize;
        self.in_slot(slot)
    }

    pub fn in_slot(&mut self, slot: usize) -> Process {
        if !self.slots[slot].as_ref().is_some_and(|process| process.life.is_alive()) {
            self.start(slot);
        }
        self.slots[slot].clone().unwrap()
    }

    /// Lets a process do something, while the history goes on.
    pub fn spawn<T, F>(&self, process: &Process, what: &str, work: impl FnOnce(Payments) -> F)
    where
        T: std::fmt::Debug + Send,
        F: Future<Output = T> + Send + 'static,
    {
        let (life, log, clock) = (process.life.clone(), self.log.clone(), self.clock.clone());
        let (work, what) = (work(process.payments.clone()), what.to_owned());
        tokio::spawn(async move {
            let done = work.await;
            life.goes_on().await;
            let now = clock.true_ms() % 100_000_000_000;
            log.lock().unwrap().push(format!("{now:>11} process {} {what}: {done:?}", life.number));
        });
    }

    /// The person says what is to be paid, hears it, and says yes.
    pub fn agreed(&mut self, proposal: Proposal) -> (Consent, Consent) {
        self.said += 1;
        let now_ms = self.clock.now_ms();
        let read = |step| {
            let occasion = Occasion { conversation: "kitchen".into(), step };
            ReadBack::new(proposal.clone(), Lang::En, occasion, now_ms).agree("yes", now_ms).unwrap()
        };
        // The same yes twice: it is answered in two places.
        let (first, second) = (read(self.said as usize), read(self.said as usize));
        (first, second)
    }

    pub fn proposal(&self) -> Proposal {
        Proposal {
            kind: ProposalKind::Pay,
            payee: "electricity".into(),
            payee_name: "City Power".into(),
            amount: usd(i64::try_from(self.dice.between(1, 500)).unwrap()),
            provider: "stripe".into(),
            provider_name: "Stripe".into(),
            purpose: String::new(),
            schedule: None,
            person: None,
        }
    }

    /// Pays by a consent; what is said of it has to be true for ever.
    /// A yes that is answered in two places is told of in both, and neither knows of the other.
    pub fn pay(&mut self, process: &Process, consent: Consent, alone: bool) {
        let (laws, id) = (self.laws.clone(), consent.id());
        laws.lock().unwrap().agrees(id.clone(), consent.proposal().clone());
        self.spawn(process, "pays", |payments| async move {
            let done = payments.pay(consent).await;
            if alone && says_unpaid(&done) {
                laws.lock().unwrap().told_unpaid(id);
            }
            done.map(|view| (view.id, view.status)).map_err(|error| error.to_string())
        });
    }

    /// All that is on the disk, read without a fault; by a process of its own where none runs.
    pub fn look(&mut self) -> (Vec<Payment>, sayso::payments::BooksReport) {
        let alive = self.slots.iter().flatten().find_map(|process| look(&process.life));
        alive.unwrap_or_else(|| {
            let store = sayso::store::Store::open(self.folder.path().join("sayso.db")).unwrap();
            crate::disk::look_at(&store)
        })
    }

    /// What must be true after every act.
    pub fn check(&mut self) -> Result<(), Vec<String>> {
        let (payments, report) = self.look();
        let views: Vec<PaymentView> = payments.iter().map(Payment::view).collect();
        let mut laws = self.laws.lock().unwrap();
        laws.check(&views, &mut self.net.bank.lock().unwrap());
        laws.faults.extend(report.faults);
        if laws.faults.is_empty() { Ok(()) } else { Err(std::mem::take(&mut laws.faults)) }
    }

    /// Notifications that the bank has to tell go on their way: late, twice, out of order, and again until they are taken.
    pub fn send_news(&mut self) {
        for news in self.net.news() {
            let copies = if self.dice.chance(200) { 2 } else { 1 };
            for _ in 0..copies {
                let request = notification(&news.id, Some(&news.reference), news.outcome.as_ref(), true);
                self.deliver(news.id.clone(), request);
            }
        }
    }

    fn deliver(&self, id: String, request: sayso_plugin_interface::request::WebhookRequest) {
        let late = Duration::from_millis(*self.dice.pick(&[0, 100, 5_000, 90_000, 4_000_000]));
        let Some(process) = self.slots.iter().flatten().find(|process| process.life.is_alive()).cloned() else {
            return;
        };
        let laws = self.laws.clone();
        self.spawn(&process, &format!("hears {id}"), |payments| async move {
            sleep(late).await;
            let done = payments.notified("stripe", request).await;
            if done.is_ok() {
                laws.lock().unwrap().acknowledged(&id);
            }
            done.map(|notified| notified.payment.map(|view| view.status)).map_err(|error| error.to_string())
        });
    }

    /// Somebody else writes to the door for notifications: forged, or about what is not ours.
    pub fn forge(&mut self) {
        let references: Vec<String> =
            self.net.bank.lock().unwrap().charges.iter().map(|charge| charge.request.reference.clone()).collect();
        let outcome = sayso_plugin_interface::Outcome::Failed {
            code: sayso_plugin_interface::outcome::DeclineCode::Declined,
            provider_code: None,
            retry: sayso_plugin_interface::RetryAdvice::Never,
        };
        self.said += 1;
        let id = format!("other_{}", self.said);
        let genuine = self.dice.chance(500);
        let reference = if genuine || references.is_empty() { "elsewhere" } else { self.dice.pick(&references) };
        let request = notification(&id, Some(reference), Some(&outcome), genuine);
        self.deliver(id, request);
    }

    /// One of the payments that there are, the newest preferred.
    pub fn some_payment(&mut self) -> Option<Payment> {
        let (payments, _) = self.look();
        let newest = &payments[..payments.len().min(4)];
        if newest.is_empty() { None } else { Some(self.dice.pick(newest).clone()) }
    }
}

/// True where whoever asked was told that nothing is paid and nothing will be.
fn says_unpaid(done: &Result<PaymentView, PayError>) -> bool {
    use sayso::ledger::PaymentStatus as S;
    match done {
        Ok(view) => matches!(view.status, S::Failed | S::NotSent),
        Err(PayError::ConsentUsed { .. } | PayError::Unrecorded { .. }) => false,
        Err(_) => true,
    }
}

/// Is told of every step, and sometimes the program goes no further.
fn observer(life: Arc<Life>, log: Arc<Mutex<Vec<String>>>) -> Arc<dyn Fn(Step) + Send + Sync> {
    Arc::new(move |step| {
        let often = life.net.weather.lock().unwrap().dies_at_step;
        if life.is_alive() && life.net.dice.chance(often) {
            log.lock().unwrap().push(format!("            process {} dies at {step:?}", life.number));
            life.die(format!("at {step:?}"));
        }
        if !life.is_alive() {
            // Without the noise of a panic.
            std::panic::resume_unwind(Box::new("dead"));
        }
    })
}

/// What a round of recovery says, in short.
pub fn recovered(done: Result<RecoveryReport, StoreError>) -> Result<String, String> {
    let changed = |view: &PaymentView| format!("{} is {}", view.id, view.status);
    let report = done.map_err(|error| error.to_string())?;
    Ok(format!(
        "{} looked at, {} busy, {:?}, {:?}",
        report.looked_at,
        report.busy,
        report.changed.iter().map(changed).collect::<Vec<_>>(),
        report.problems
    ))
}

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}
