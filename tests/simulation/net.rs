//! The network between the house and the provider: messages in virtual time, which go on even when their sender is dead.

use crate::bank::{Bank, Message, News, Reply};
use crate::clock::SimClock;
use crate::dice::Dice;
use crate::weather::Weather;
use sayso_plugin_interface::HttpFailure;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// How long the gate waits for an answer.
const GATE_MS: u64 = 15_000;
/// How late a request can still arrive. Less than the grace: what is not there after that never comes.
const LATE_MS: u64 = 45_000;

#[derive(Clone)]
pub struct Net {
    pub bank: Arc<Mutex<Bank>>,
    pub clock: Arc<SimClock>,
    pub dice: Dice,
    pub weather: Arc<Mutex<Weather>>,
    /// How often each payment or refund was asked for, for the mistakes that are made on purpose.
    pub asked: Arc<Mutex<BTreeMap<String, u32>>>,
}

/// What becomes of one exchange.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Good,
    Refused,
    RequestLost,
    ReplyLost,
    RequestLate,
    ReplyLate,
    Twice,
    ErrorBefore,
    /// The provider does it, and answers with an error or with garbage.
    ErrorAfter,
    /// Nothing ever comes back, and not even the gate notices.
    Hangs,
}

impl Net {
    fn fate(&self) -> Fate {
        let mut weather = self.weather.lock().unwrap();
        if let Some(fate) = weather.next.pop_front() {
            return fate;
        }
        if weather.outage {
            return *self.dice.pick(&[Fate::Refused, Fate::RequestLost]);
        }
        if weather.busy {
            return Fate::Refused;
        }
        if !self.dice.chance(weather.net) {
            return Fate::Good;
        }
        *self.dice.pick(&[
            Fate::Refused,
            Fate::RequestLost,
            Fate::ReplyLost,
            Fate::RequestLate,
            Fate::ReplyLate,
            Fate::Twice,
            Fate::ErrorBefore,
            Fate::ErrorAfter,
            Fate::Hangs,
        ])
    }

    /// Sends one message and waits for what comes back.
    pub async fn exchange(&self, message: Message) -> Result<Reply, HttpFailure> {
        let maybe = |reason: &str| Err(HttpFailure::MaybeSent { reason: reason.into() });
        let fate = self.fate();
        let quick = |most| Duration::from_millis(self.dice.below(most));
        let (there, back) = match fate {
            Fate::RequestLate => (Duration::from_millis(self.dice.between(GATE_MS, LATE_MS)), quick(200)),
            Fate::ReplyLate => (quick(200), Duration::from_millis(self.dice.between(GATE_MS, LATE_MS))),
            _ => (quick(200), quick(200)),
        };
        match fate {
            Fate::Refused => return Err(HttpFailure::NotSent { reason: "connection refused, or status 429".into() }),
            Fate::RequestLost => {
                sleep(Duration::from_millis(GATE_MS)).await;
                return maybe("no answer");
            }
            Fate::ErrorBefore => {
                sleep(there + back).await;
                return maybe("status 500");
            }
            Fate::Twice => drop(self.carry(message.clone(), Duration::from_millis(self.dice.below(LATE_MS)), back)),
            _ => {}
        }
        let answer = self.carry(message, there, back);
        match (timeout(Duration::from_millis(GATE_MS), answer).await, fate) {
            (_, Fate::Hangs) => std::future::pending().await,
            (Ok(_), Fate::ErrorAfter) => maybe("status 500"),
            (Ok(_), Fate::ReplyLost) | (Err(_) | Ok(Err(_)), _) => maybe("no answer"),
            (Ok(Ok(reply)), _) => Ok(reply),
        }
    }

    /// Carries a message to the provider and the reply back, whoever still waits for it.
    fn carry(&self, message: Message, there: Duration, back: Duration) -> oneshot::Receiver<Reply> {
        let (reply, answer) = oneshot::channel();
        let net = self.clone();
        tokio::spawn(async move {
            sleep(there).await;
            let said = net.bank.lock().unwrap().handle(net.clock.true_ms(), message, &net.dice);
            sleep(back).await;
            // Whoever asked may be dead, or have stopped waiting.
            let _ = reply.send(said);
        });
        answer
    }

    /// News that the bank wants to tell since the last call.
    pub fn news(&self) -> Vec<News> {
        std::mem::take(&mut self.bank.lock().unwrap().news)
    }
}
