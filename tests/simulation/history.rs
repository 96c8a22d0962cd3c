//! What happens in one history, and how it has to end once nothing fails any more.

use crate::bank::{Charge, Stands};
use crate::bugs::Bug;
use crate::disk::at_once;
use crate::house::{House, recovered, usd};
use crate::weather::Weather;
use sayso::consent::{Proposal, ProposalKind};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Payment, PaymentStore, Refund, RefundStatus};
use sayso::schedule::{Rhythm, Schedule};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::sleep;

/// How often the program looks after what is open in the end: for some hours, then for some weeks.
const ROUNDS: u32 = 24;

/// What one history came to.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub payments: u64,
    pub deaths: BTreeMap<String, u64>,
    pub ends: BTreeMap<String, u64>,
    /// What was wrong; empty where nothing was.
    pub faults: Vec<String>,
    pub log: Vec<String>,
}

/// Runs the history of a seed, in time that passes only when nothing else can happen.
pub fn run(seed: u64, bug: Bug) -> Told {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut house = House::new(seed, bug);
        house.note(format!(
            "{:?}, clock jumps: {}, {:?}",
            house.offer,
            house.clock_jumps,
            house.net.weather.lock().unwrap()
        ));
        let done = house.live().await;
        let mut told = Told::default();
        if let Err(faults) = done {
            told.faults = faults;
        }
        let (payments, _) = house.look();
        told.payments = payments.len() as u64;
        for payment in payments {
            *told.ends.entry(payment.status.to_string()).or_default() += 1;
        }
        told.deaths = house.deaths.lock().unwrap().clone();
        told.log = house.log.lock().unwrap().clone();
        told
    })
}

impl House {
    async fn live(&mut self) -> Result<(), Vec<String>> {
        let acts = self.dice.between(10, 50);
        for _ in 0..acts {
            let away = self.act();
            let pause = *self.dice.pick(&[0, 1, 20, 200, 1_000, 5_000, 30_000, 120_000]);
            sleep(Duration::from_millis(self.dice.below(pause + 1)) + away).await;
            self.send_news();
            self.check()?;
        }
        self.end().await
    }

    /// Does one thing; for how long nobody is there after it.
    fn act(&mut self) -> Duration {
        match self.dice.below(40) {
            0..=9 => self.says_pay(),
            10 => self.says_later(),
            11 => self.runs_due(),
            12..=17 => self.recovers(),
            18..=25 => self.follows_up(),
            26..=29 => self.net.bank.lock().unwrap().moves(&self.dice),
            30..=32 => {
                self.net.weather.lock().unwrap().changes(&self.dice);
                self.note(format!("{:?}", self.net.weather.lock().unwrap()));
            }
            33..=35 => self.kills(),
            36 => self.jumps(),
            37 => self.forge(),
            _ => return self.leaves(),
        }
        Duration::ZERO
    }

    fn says_pay(&mut self) {
        let proposal = self.proposal();
        let (first, second) = self.agreed(proposal);
        let process = self.running();
        let alone = !self.dice.chance(150);
        self.pay(&process, first, alone);
        if !alone {
            let slot = self.dice.below(2) as usize;
            let other = self.in_slot(slot);
            self.pay(&other, second, false);
        }
    }

    fn says_later(&mut self) {
        let today = self.today();
        let rhythm =
            if self.dice.chance(500) { Rhythm::Day { count: 1 } } else { Rhythm::Month { count: 1, day: None } };
        let schedule = Schedule::every(rhythm, today, None);
        let proposal = Proposal { schedule, ..self.proposal() };
        self.laws.lock().unwrap().agrees_for_later(proposal.clone());
        let (consent, _) = self.agreed(proposal);
        let process = self.running();
        let (laws, order) = (self.laws.clone(), format!("so_{}", &consent.id()[..12]));
        self.spawn(&process, "schedules", |payments| async move {
            let done = payments.schedule(consent, today).await;
            if done.as_ref().is_err_and(|error| !error.to_string().contains("payments scheduled")) {
                laws.lock().unwrap().told_no_order(order);
            }
            done.map(|view| view.id).map_err(|error| error.to_string())
        });
    }

    fn runs_due(&mut self) {
        let today = self.today();
        for slot in 0..2 {
            let process = self.in_slot(slot);
            self.spawn(&process, "runs what is due", |payments| async move {
                payments.run_due(today).await.map(|report| report.begun.len()).map_err(|error| error.to_string())
            });
        }
    }

    fn recovers(&mut self) {
        let process = self.running();
        if self.dice.chance(300) {
            self.spawn(&process, "recovers", |payments| async move { recovered(payments.recover().await) });
        } else {
            self.spawn(&process, "looks after", |payments| async move { recovered(payments.recover_due().await) });
        }
    }

    /// Something is asked of a payment that is there, whether it can be done or not.
    fn follows_up(&mut self) {
        let Some(payment) = self.some_payment() else { return };
        let process = self.running();
        let (id, whole) = (payment.id.clone(), self.dice.chance(400));
        let part = i64::try_from(self.dice.between(1, 200)).unwrap();
        let amount = if whole { payment.books.amount } else { usd(part) };
        let short = |done: Result<sayso::payments::PaymentView, sayso::payments::PayError>| {
            done.map(|view| (view.id, view.status)).map_err(|error| error.to_string())
        };
        match self.dice.below(4) {
            0 => self.spawn(&process, "advances", |payments| async move { short(payments.advance(&id).await) }),
            1 => self.spawn(&process, "cancels", |payments| async move { short(payments.cancel(&id).await) }),
            2 => self.spawn(&process, "refunds", |payments| async move { short(payments.refund(&id, amount).await) }),
            _ => {
                let kind = ProposalKind::Refund { payment: payment.id.to_string(), version: payment.version };
                let (consent, again) = self.agreed(Proposal { kind, amount, ..self.proposal() });
                for consent in [consent, again] {
                    self.spawn(&process, "gives back", |payments| async move {
                        payments.refund_agreed(consent).await.map(|done| done.refund.status).map_err(|e| e.to_string())
                    });
                }
            }
        }
    }

    fn kills(&mut self) {
        let slot = self.dice.below(2) as usize;
        if let Some(process) = self.slots[slot].take() {
            self.note(format!("process {} is killed", process.life.number));
            process.life.die("by a kill");
        }
    }

    fn jumps(&mut self) {
        if self.clock_jumps {
            let ms = *self.dice.pick(&[-86_400_000, -3_600_000, -1_000, 1_000, 3_600_000, 86_400_000, 30 * 86_400_000]);
            self.note(format!("the clock jumps by {ms} ms"));
            self.clock.jump(ms);
        }
    }

    /// The house is left alone for hours: what is under way goes on.
    fn leaves(&mut self) -> Duration {
        self.kills();
        let hours = self.dice.between(1, 30);
        self.note(format!("nobody is there for {hours} hours"));
        Duration::from_secs(hours * 3600)
    }

    /// Nothing fails any more: everything comes to its end, as the running program brings it there, and the books say what
    /// the bank's say.
    pub async fn end(&mut self) -> Result<(), Vec<String>> {
        self.note("nothing fails from here on");
        *self.net.weather.lock().unwrap() = Weather::default();
        self.clock.set_right();
        for slot in 0..2 {
            if let Some(process) = self.slots[slot].take() {
                process.life.die("at the end");
            }
            self.start(slot);
        }
        for round in 0..ROUNDS {
            let pause = if round < ROUNDS / 2 { 20 * 60 } else { 3 * 24 * 3600 };
            sleep(Duration::from_secs(pause)).await;
            self.net.bank.lock().unwrap().finish();
            for slot in 0..2 {
                let process = self.in_slot(slot);
                self.spawn(&process, "looks after", |payments| async move { recovered(payments.recover_due().await) });
                sleep(Duration::from_secs(90)).await;
            }
            if round % 4 == 3 {
                self.check()?;
                if self.wrong_ends().is_empty() {
                    return Ok(());
                }
            }
        }
        Err(self.wrong_ends())
    }

    /// What did not come to its right end.
    fn wrong_ends(&mut self) -> Vec<String> {
        let (payments, _) = self.look();
        let store = self.in_slot(0).life.store().unwrap();
        let charges = self.net.bank.lock().unwrap().charges.clone();
        let mut wrong = Vec::new();
        for payment in &payments {
            let charge = charges.iter().find(|charge| charge.request.reference == payment.request.reference);
            let refunds = at_once(PaymentStore::refunds(&store, &payment.id)).unwrap();
            // Of a refund that never came, and may not be sent again, nothing certain can be said: it stays open.
            let named = |name: &str| charge.is_some_and(|charge| charge.refunds.iter().any(|r| r.reference == name));
            let lost = |refund: &Refund| self.offer.key_life_ms.is_some() && !named(&refund.reference);
            let mut open = refunds.iter().filter(|refund| refund.status == RefundStatus::Open);
            let back = charge.map_or(0, Charge::given_back);
            if payment.status == S::Reversing && open.clone().any(lost) {
                continue;
            }
            let open = open.any(|refund| !lost(refund));
            // With a clock that jumps or a key that ends it may be too old for a machine: a person was told to look.
            let review = (self.clock_jumps || self.offer.key_life_ms.is_some())
                && refunds.iter().any(|refund| refund.status == RefundStatus::Review);
            // What was to be given back and is with a person goes no further by itself, and is never sent a second time.
            if payment.status == S::Reversing && review && !open && back == 0 {
                continue;
            }
            if let Err(why) = self.is_right_end(payment, charge) {
                wrong.push(format!("{why}: {payment:?} but {charge:?}"));
            } else if open || (back != payment.books.refunded.minor && payment.status != S::IntegrityAlarm && !review) {
                wrong.push(format!("its refunds are not at their end: {payment:?} but {charge:?}"));
            }
        }
        wrong
    }

    fn is_right_end(&self, payment: &Payment, charge: Option<&Charge>) -> Result<(), String> {
        let stands = charge.map(|charge| charge.stands);
        let paid = stands == Some(Stands::Paid);
        let right = match payment.status {
            S::Succeeded | S::PartiallyRefunded | S::Refunded => paid,
            S::Failed | S::NotSent | S::Canceled => !paid,
            S::IntegrityAlarm => charge.is_some_and(|charge| charge.amount != payment.books.amount),
            S::ManualReview => self.may_give_up(payment, charge),
            other => return Err(format!("{other} is no end")),
        };
        if right { Ok(()) } else { Err(format!("{} is not right", payment.status)) }
    }

    /// A person has to look only where no machine can find out: too late to send it again, or the clock went wrong.
    fn may_give_up(&self, payment: &Payment, charge: Option<&Charge>) -> bool {
        let age_ms = payment.updated_at_ms - payment.created_at_ms;
        let life_ms = self.offer.key_life_ms.map_or(i64::MAX, |ms| i64::try_from(ms).unwrap());
        let too_late = age_ms >= self.settings.resend_within_ms.min(life_ms) - 10 * 60 * 1000;
        let found = charge.is_some() && self.offer.query_by_reference;
        // Not to be found is no explicit failure, and what is to be canceled is not sent again to find out.
        let never_came = charge.is_none() && self.laws.lock().unwrap().canceling.contains(&payment.id);
        never_came || self.clock_jumps || payment.resends >= self.settings.resends_max || (too_late && !found)
    }
}
