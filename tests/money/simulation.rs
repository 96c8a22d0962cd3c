//! One seed is one history: a household, its program, its disk and its bank, with a clock that is set by hand. The program
//! dies between any two steps, the disk fails, the clock jumps, answers are lost, and old news is heard late, twice and
//! out of order. After every act the rules are checked, and at the end every payment must have come to one.
//!
//! `SEED=42` replays one history; `SAYSO_TEST_SEEDS=10000` runs so many.

use crate::bank::{Mood, Stands, notification};
use crate::world::{Failing, World, usd};
use sayso::ledger::{PaymentId, PaymentStatus as S};
use sayso::payments::{Clock as _, Filter, Payments, Randomness, Step};
use sayso_plugin_interface::outcome::DeclineCode;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The dice of a history (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    fn amount(&mut self) -> i64 {
        1 + i64::try_from(self.below(500)).unwrap()
    }
}

struct SeededRandom(Mutex<Dice>);

impl Randomness for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
        let mut dice = self.0.lock().unwrap();
        bytes.iter_mut().for_each(|byte| *byte = dice.roll().to_le_bytes()[0]);
        Ok(())
    }
}

struct Simulation {
    world: World,
    dice: Dice,
    payments: Payments,
    disk_gone: Arc<AtomicBool>,
    /// After how many more steps the program dies; 0 for not at all.
    dies_in: Arc<AtomicU64>,
    reached: BTreeMap<PaymentId, S>,
    log: Vec<String>,
    deaths: u64,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        world.settings.recover_at_once = 1;
        let (disk_gone, dies_in) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let payments = program(&world, &disk_gone, &dies_in, seed);
        let (reached, log) = (BTreeMap::new(), Vec::new());
        Simulation { world, dice: Dice(seed), payments, disk_gone, dies_in, reached, log, deaths: 0 }
    }

    fn restart(&mut self) {
        self.dies_in.store(0, Ordering::SeqCst);
        self.disk_gone.store(false, Ordering::SeqCst);
        // The old one first: it is dead, and holds nothing any more.
        let seed = self.dice.roll();
        self.payments = Payments::new(Arc::new(self.world.store()), Default::default(), Default::default());
        self.payments = program(&self.world, &self.disk_gone, &self.dies_in, seed);
    }

    async fn act(&mut self) {
        let (what, pick) = (self.dice.below(26), self.dice.below(6));
        self.log.push(format!("{what} {pick}"));
        match what {
            0..=4 => {
                let (consent, payments) = (self.world.consent(usd(self.dice.amount())), self.payments.clone());
                self.run(async move { drop(payments.pay(consent).await) }).await;
            }
            5..=8 => self.mood(),
            9 => self.world.bank.next_questions([[Mood::Unreachable, Mood::Forgets][pick as usize % 2].clone()]),
            10..=12 => {
                let payments = self.payments.clone();
                self.run(async move { drop(payments.recover().await) }).await;
            }
            13 => self.restart(),
            14 | 15 => self.dies_in.store(1 + self.dice.below(4), Ordering::SeqCst),
            16 => self.disk_gone.store(true, Ordering::SeqCst),
            17 => self.disk_gone.store(false, Ordering::SeqCst),
            18 => self.world.clock.forward(i64::try_from(self.dice.below(120_000)).unwrap()),
            19 => self.world.clock.forward([-3_600_000, 3_600_000, 86_400_000][pick as usize % 3]),
            20 => self.world.bank.finish_open(),
            21 => self.hear().await,
            _ => self.follow_up(what, pick).await,
        }
    }

    /// Runs what the program does, which may be its death.
    async fn run(&mut self, program: impl Future<Output = ()> + Send + 'static) {
        let armed = self.dies_in.load(Ordering::SeqCst) > 0;
        let survived = tokio::spawn(program).await.is_ok();
        if armed && self.dies_in.load(Ordering::SeqCst) == 0 || !survived {
            self.deaths += 1;
            self.restart();
        }
    }

    fn mood(&mut self) {
        let moods = [
            Mood::LosesAnswer,
            Mood::LosesRequest,
            Mood::NotSent,
            Mood::Declines(DeclineCode::Declined),
            Mood::Declines(DeclineCode::Configuration),
            Mood::Authorizes,
            Mood::WantsAction,
            Mood::Waits,
            Mood::Good,
        ];
        let pick = self.dice.below(moods.len() as u64) as usize;
        self.world.bank.next([moods[pick].clone()]);
    }

    /// Something that the bank once said is heard now: late, again, or before it was needed.
    async fn hear(&mut self) {
        let said = self.world.bank.books.lock().unwrap().said.clone();
        if said.is_empty() {
            return;
        }
        let number = self.dice.below(said.len() as u64) as usize;
        let (reference, outcome) = said[number].clone();
        let payments = self.payments.clone();
        let request = notification(&number.to_string(), Some(&reference), Some(outcome));
        self.run(async move { drop(payments.notified("stripe", request).await) }).await;
    }

    async fn follow_up(&mut self, what: u64, pick: u64) {
        let all = self.payments.list(&Filter::default()).await.unwrap();
        let Some(id) = all.get(pick as usize).map(|view| view.id.clone()) else { return };
        let (payments, amount) = (self.payments.clone(), usd(self.dice.amount()));
        self.run(async move {
            match what {
                22 => drop(payments.advance(&id).await),
                23 => drop(payments.cancel(&id).await),
                _ => drop(payments.refund(&id, amount).await),
            }
        })
        .await;
    }

    /// What must be true after every act.
    async fn check(&mut self) {
        self.world.check(&self.payments).await;
        let views = self.payments.list(&Filter { limit: usize::MAX, ..Filter::default() }).await.unwrap();
        for view in &views {
            let before = self.reached.insert(view.id.clone(), view.status).unwrap_or(S::Consented);
            assert!(view.status.rank() >= before.rank(), "{before} became {}", view.status);
        }
        assert_eq!(views.len(), self.reached.len(), "a payment is gone");
        let books = self.world.bank.books.lock().unwrap();
        for charge in books.charges.values() {
            let view = views.iter().find(|view| view.id.as_str() == charge.request.reference);
            let view = view.expect("the bank was asked for what is not written down");
            assert_eq!((charge.request.amount, charge.request.payee.id.as_str()), (view.amount, view.payee.as_str()));
        }
    }

    /// With all faults gone, everything comes to its end, and the books say what the bank's say.
    async fn end(&mut self) {
        self.restart();
        {
            let mut books = self.world.bank.books.lock().unwrap();
            books.moods.clear();
            books.question_moods.clear();
        }
        // A clock that was set back is right again.
        let views = self.payments.list(&Filter { limit: usize::MAX, ..Filter::default() }).await.unwrap();
        let latest = views.iter().map(|view| view.created_at_ms).max().unwrap_or(0);
        self.world.clock.forward((latest - self.world.clock.now_ms()).max(0));
        for _ in 0..12 {
            self.world.bank.finish_open();
            self.world.clock.forward(self.world.settings.grace_ms + 1);
            self.payments.recover().await.unwrap();
        }
        // What the bank never says anything certain of is for a person to look at, in the end.
        self.world.clock.forward(self.world.settings.review_after_ms + 1);
        self.payments.recover().await.unwrap();
        self.check().await;
        let books = self.world.bank.books.lock().unwrap().charges.clone();
        for view in self.payments.list(&Filter { limit: usize::MAX, ..Filter::default() }).await.unwrap() {
            let charge = books.values().find(|charge| charge.request.reference == view.id.as_str());
            let paid = charge.is_some_and(|charge| charge.stands == Stands::Paid);
            let back: i64 = charge.map_or(0, |charge| charge.refunds.values().map(|amount| amount.minor).sum());
            match view.status {
                S::Succeeded | S::PartiallyRefunded | S::Refunded => assert!(paid, "{view:?} but {charge:?}"),
                S::Failed | S::NotSent | S::Canceled => assert!(!paid, "{view:?} but {charge:?}"),
                S::Authorized | S::ManualReview => continue,
                other => panic!("{other} is no end: {view:?}"),
            }
            assert_eq!(back, view.refunded.minor, "{view:?} but {charge:?}");
        }
    }
}

/// The program, started on what is on the disk, with a death and a failing disk that can be switched on.
fn program(world: &World, disk_gone: &Arc<AtomicBool>, dies_in: &Arc<AtomicU64>, seed: u64) -> Payments {
    let dies_in = dies_in.clone();
    let observer = move |_: Step| {
        let left = dies_in.load(Ordering::SeqCst);
        if left > 0 {
            dies_in.store(left - 1, Ordering::SeqCst);
            if left == 1 {
                // Without the noise of a panic.
                std::panic::resume_unwind(Box::new("dies here"));
            }
        }
    };
    world
        .start_on(Failing { store: world.store(), fails: disk_gone.clone() })
        .with_randomness(Arc::new(SeededRandom(Mutex::new(Dice(seed)))))
        .with_observer(Arc::new(observer))
}

async fn history(seed: u64) -> (usize, u64) {
    let mut simulation = Simulation::new(seed);
    let acts = 10 + simulation.dice.below(40);
    for _ in 0..acts {
        simulation.act().await;
        simulation.check().await;
    }
    simulation.end().await;
    (simulation.reached.len(), simulation.deaths)
}

#[test]
fn every_seed_keeps_the_rules() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SAYSO_TEST_SEEDS").unwrap_or(150),
    };
    let (mut payments, mut deaths) = (0, 0);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let run = std::panic::AssertUnwindSafe(|| runtime.block_on(history(seed)));
        let (made, died) = std::panic::catch_unwind(run).unwrap_or_else(|fault| {
            println!("replay it with SEED={seed}");
            std::panic::resume_unwind(fault)
        });
        payments += made;
        deaths += died;
    }
    println!("{count} seeds, {payments} payments, {deaths} deaths");
    assert!(count < 100 || (payments > 200 && deaths > 50), "{payments} payments and {deaths} deaths show too little");
}
