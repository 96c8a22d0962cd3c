//! The provider of the simulation: a model of its own, which trusts nobody and helps nobody.
//!
//! It does again what comes with a new key, however alike it is; it forgets a key when its life is over; it notes every
//! ask that no honest customer would send. What it was made to do twice, it did twice.

use crate::dice::Dice;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Money, NextStep, Outcome, PayRequest, QueryAnswer, QueryRefundRequest, QueryRequest,
    Receipt, RefundOutcome, RefundRequest, RetryAdvice,
};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub enum Message {
    Pay(PayRequest),
    Advance(AdvanceRequest),
    Query(QueryRequest),
    Cancel(CancelRequest),
    Refund(RefundRequest),
    QueryRefund(QueryRefundRequest),
}

#[derive(Clone, Debug)]
pub enum Reply {
    Outcome(Outcome),
    Answer(QueryAnswer),
    Refund(RefundOutcome),
    /// This customer has no such payment.
    NoSuch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    Paid,
    Held,
    AtIt,
    WaitsForPerson { approved: bool },
    Declined,
    Canceled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStands {
    Done,
    AtIt,
    Refused,
}

#[derive(Clone, Debug)]
pub struct BankRefund {
    pub reference: String,
    pub amount: Money,
    pub stands: RefundStands,
}

#[derive(Clone, Debug)]
pub struct Charge {
    pub request: PayRequest,
    /// What it takes, which is not what was asked where the bank errs.
    pub amount: Money,
    pub stands: Stands,
    pub refunds: Vec<BankRefund>,
    /// Until when it says that the person can act; it takes what they do later all the same.
    pub expires_ms: Option<i64>,
    /// From when on it is found by its reference.
    visible_ms: i64,
}

impl Charge {
    /// What came back, or is on its way back.
    pub fn given_back(&self) -> i64 {
        let done = self.refunds.iter().filter(|refund| refund.stands != RefundStands::Refused);
        done.map(|refund| refund.amount.minor).sum()
    }
}

/// News that the bank wants to tell.
#[derive(Clone, Debug)]
pub struct News {
    pub id: String,
    pub reference: String,
    pub outcome: Option<Outcome>,
}

struct KeyUse {
    first_ms: i64,
    /// All that came with it.
    request: String,
    place: usize,
}

#[derive(Default)]
pub struct Bank {
    pub charges: Vec<Charge>,
    keys: BTreeMap<String, KeyUse>,
    /// How long it knows a key; `None` for ever.
    pub key_life_ms: Option<i64>,
    /// How long a charge may not be found at most.
    pub lag_ms_max: u64,
    /// True if it sometimes takes another amount than it was asked for.
    pub errs: bool,
    /// Where the next charge stands at first; left to chance without it.
    pub next: Option<Stands>,
    pub news: Vec<News>,
    told: u64,
    /// Asks that no honest customer sends.
    pub wrongs: Vec<String>,
}

impl Bank {
    pub fn handle(&mut self, now_ms: i64, message: Message, dice: &Dice) -> Reply {
        match message {
            Message::Pay(request) => Reply::Outcome(self.pay(now_ms, request, dice)),
            Message::Advance(request) => self.advance(now_ms, &request),
            Message::Query(request) => Reply::Answer(self.query(now_ms, &request)),
            Message::Cancel(request) => self.cancel(&request),
            Message::Refund(request) => Reply::Refund(self.refund(now_ms, &request, dice)),
            Message::QueryRefund(request) => Reply::Refund(self.query_refund(&request)),
        }
    }

    /// The place that a living key has; notes it where it comes with something else than before.
    fn known(&mut self, now_ms: i64, key: &str, request: &str) -> Option<usize> {
        let known = self.keys.get(key)?;
        if self.key_life_ms.is_some_and(|life| now_ms - known.first_ms >= life) {
            self.keys.remove(key);
            return None;
        }
        if known.request != request {
            let wrong = format!("one key came with {} and with {request}", known.request);
            self.wrongs.push(wrong);
        }
        Some(known.place)
    }

    fn learn(&mut self, now_ms: i64, key: &str, request: String, place: usize) {
        self.keys.insert(key.to_owned(), KeyUse { first_ms: now_ms, request, place });
    }

    fn pay(&mut self, now_ms: i64, request: PayRequest, dice: &Dice) -> Outcome {
        let text = format!("{request:?}");
        if let Some(place) = self.known(now_ms, &request.idempotency_key, &text) {
            return report(&self.charges[place]);
        }
        let chance = match dice.below(100) {
            0..=54 => Stands::Paid,
            55..=64 => Stands::Declined,
            65..=74 => Stands::Held,
            75..=86 => Stands::AtIt,
            _ => Stands::WaitsForPerson { approved: false },
        };
        let stands = self.next.take().unwrap_or(chance);
        let mut amount = request.amount;
        if self.errs && dice.chance(60) {
            amount.minor += 1;
        }
        let visible_ms = now_ms + i64::try_from(dice.below(self.lag_ms_max + 1)).unwrap();
        self.learn(now_ms, &request.idempotency_key.clone(), text, self.charges.len());
        let minutes = dice.pick(&[None, Some(10), Some(180)]);
        let expires_ms = minutes.map(|minutes| now_ms + minutes * 60_000);
        self.charges.push(Charge { request, amount, stands, refunds: Vec::new(), expires_ms, visible_ms });
        self.tell(self.charges.len() - 1, dice);
        report(&self.charges[self.charges.len() - 1])
    }

    fn find(&self, reference: &str) -> Option<usize> {
        self.charges.iter().rposition(|charge| charge.request.reference == reference)
    }

    fn query(&self, now_ms: i64, request: &QueryRequest) -> QueryAnswer {
        let found = self.find(&request.reference).map(|place| &self.charges[place]);
        let found = found.filter(|charge| charge.visible_ms <= now_ms);
        found.map_or(QueryAnswer::NotFound, |charge| QueryAnswer::Found { outcome: report(charge) })
    }

    fn advance(&mut self, now_ms: i64, request: &AdvanceRequest) -> Reply {
        let Some(place) = self.find(&request.reference) else { return Reply::NoSuch };
        self.known(now_ms, &request.idempotency_key, &format!("{request:?}"));
        self.learn(now_ms, &request.idempotency_key, format!("{request:?}"), place);
        let charge = &mut self.charges[place];
        if request.amount != charge.request.amount {
            self.wrongs.push(format!("{} was to be captured of {}", request.amount, charge.request.amount));
        } else if matches!(charge.stands, Stands::Held | Stands::WaitsForPerson { approved: true }) {
            charge.stands = Stands::Paid;
        }
        Reply::Outcome(report(&self.charges[place]))
    }

    fn cancel(&mut self, request: &CancelRequest) -> Reply {
        let Some(place) = self.find(&request.reference) else { return Reply::NoSuch };
        let charge = &mut self.charges[place];
        if matches!(charge.stands, Stands::Held | Stands::AtIt | Stands::WaitsForPerson { .. }) {
            charge.stands = Stands::Canceled;
        }
        Reply::Outcome(report(&self.charges[place]))
    }

    fn refund(&mut self, now_ms: i64, request: &RefundRequest, dice: &Dice) -> RefundOutcome {
        let Some(place) = self.find(&request.reference) else { return RefundOutcome::NotFound };
        let text = format!("{request:?}");
        if let Some(number) = self.known(now_ms, &request.idempotency_key, &text) {
            return report_refund(&self.charges[place].refunds[number]);
        }
        let charge = &mut self.charges[place];
        let too_much = charge.given_back() + request.amount.minor > charge.amount.minor;
        if charge.stands != Stands::Paid || too_much || request.amount.minor <= 0 {
            let wrong = format!("a refund of {} is not possible of {charge:?}", request.amount);
            self.wrongs.push(wrong);
            return RefundOutcome::Failed { provider_code: Some("not possible".into()) };
        }
        let stands = match dice.below(10) {
            0 => RefundStands::Refused,
            1 | 2 => RefundStands::AtIt,
            _ => RefundStands::Done,
        };
        let number = charge.refunds.len();
        charge.refunds.push(BankRefund { reference: request.refund_reference.clone(), amount: request.amount, stands });
        let reply = report_refund(&charge.refunds[number]);
        self.learn(now_ms, &request.idempotency_key, text, number);
        reply
    }

    fn query_refund(&self, request: &QueryRefundRequest) -> RefundOutcome {
        let charge = self.find(&request.reference).map(|place| &self.charges[place]);
        let found = charge.and_then(|c| c.refunds.iter().find(|refund| refund.reference == request.refund_reference));
        found.map_or(RefundOutcome::NotFound, report_refund)
    }

    /// Something happens at the bank by itself, or because the person acted there.
    pub fn moves(&mut self, dice: &Dice) {
        let open = |charge: &Charge| {
            let refunds = charge.refunds.iter().any(|refund| refund.stands == RefundStands::AtIt);
            refunds || matches!(charge.stands, Stands::AtIt | Stands::Held | Stands::WaitsForPerson { approved: false })
        };
        let places: Vec<usize> = (0..self.charges.len()).filter(|place| open(&self.charges[*place])).collect();
        if places.is_empty() {
            return;
        }
        let place = *dice.pick(&places);
        let charge = &mut self.charges[place];
        for refund in charge.refunds.iter_mut().filter(|refund| refund.stands == RefundStands::AtIt) {
            refund.stands = if dice.chance(800) { RefundStands::Done } else { RefundStands::Refused };
        }
        charge.stands = match (charge.stands, dice.below(10)) {
            (Stands::AtIt, 0..=6) => Stands::Paid,
            (Stands::AtIt, _) => Stands::Declined,
            (Stands::WaitsForPerson { .. }, 0..=3) => Stands::Paid,
            (Stands::WaitsForPerson { .. }, 4..=7) => Stands::WaitsForPerson { approved: true },
            (Stands::WaitsForPerson { .. }, _) => Stands::Declined,
            // A reservation that nobody captured runs out.
            (Stands::Held, 0..=1) => Stands::Canceled,
            (stands, _) => stands,
        };
        self.tell(place, dice);
    }

    /// Everything that it was at comes to its end.
    pub fn finish(&mut self) {
        for charge in &mut self.charges {
            charge.visible_ms = i64::MIN;
            for refund in charge.refunds.iter_mut().filter(|refund| refund.stands == RefundStands::AtIt) {
                refund.stands = RefundStands::Done;
            }
            match charge.stands {
                Stands::AtIt => charge.stands = Stands::Paid,
                // Where it named an end, it is left to its customer to call it off.
                Stands::WaitsForPerson { .. } if charge.expires_ms.is_none() => charge.stands = Stands::Declined,
                _ => {}
            }
        }
    }

    fn tell(&mut self, place: usize, dice: &Dice) {
        self.told += 1;
        let charge = &self.charges[place];
        // Some events only say that something is new.
        let outcome = (!dice.chance(200)).then(|| report(charge));
        self.news.push(News { id: format!("evt_{}", self.told), reference: charge.request.reference.clone(), outcome });
    }
}

fn report(charge: &Charge) -> Outcome {
    let receipt = Receipt {
        reference: charge.request.reference.clone(),
        provider_reference: format!("bank-{}", charge.request.reference),
        amount: charge.amount,
        payee: Some(charge.request.payee.id.clone()),
    };
    let provider_reference = Some(receipt.provider_reference.clone());
    let failed = |code| Outcome::Failed { code, provider_code: Some("05".into()), retry: RetryAdvice::Never };
    match charge.stands {
        Stands::Paid => Outcome::Succeeded { receipt },
        Stands::Held => Outcome::Authorized { receipt },
        Stands::AtIt => Outcome::Pending { poll_after_ms: 5_000, deadline_ms: None, provider_reference },
        Stands::WaitsForPerson { .. } => Outcome::ActionRequired {
            next: NextStep::Link { url: "https://bank.example/approve".into() },
            expires_ms: charge.expires_ms,
            provider_reference,
        },
        Stands::Declined => failed(DeclineCode::InsufficientFunds),
        Stands::Canceled => failed(DeclineCode::Canceled),
    }
}

fn report_refund(refund: &BankRefund) -> RefundOutcome {
    let reference = refund.reference.clone();
    match refund.stands {
        RefundStands::Done => RefundOutcome::Succeeded { provider_reference: reference, amount: refund.amount },
        RefundStands::AtIt => RefundOutcome::Pending { poll_after_ms: 5_000, provider_reference: Some(reference) },
        RefundStands::Refused => RefundOutcome::Failed { provider_code: Some("too old".into()) },
    }
}
