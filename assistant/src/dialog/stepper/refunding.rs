//! The step `refund`: which payment is meant, how much of it comes back, its read-back, and what came of it. Like every
//! payment, it needs a clear yes to the read-back ([`super::consenting`]).

use super::Turn;
use super::readings::Reading;
use super::relative::{Relative, relative};
use super::stack::gives_back;
use super::words::{contains, plain};
use crate::consent::{Occasion, Proposal, ProposalKind, ReadBack};
use crate::dialog::exchange::PaymentOutcome;
use crate::dialog::program::{Op, Program, RefundOp};
use crate::dialog::state::{Awaiting, Share};
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::dialog::world::{HistoryFilter, PastPayment, Refundable};
use crate::understanding::Meaning;
use crate::wording::{self, Words};
use sayso_plugin_interface::Money;

/// How far back a payment is looked for.
const LOOKED_AT_MAX: usize = 500;

/// The outcome that says that no payment was found, in the order of the step's outcomes.
const NOT_FOUND: usize = 4;

impl Turn<'_> {
    /// Reads back what is to come back. `Some` says where to go on where there is nothing to give back.
    pub(super) fn read_back_refund(&mut self, refund: &RefundOp) -> Option<usize> {
        let not_found = refund.outcomes.get(NOT_FOUND).copied();
        let wanted = match self.refund_value(refund.amount.as_ref()) {
            Some(SlotValue::Money(wanted)) => Some(wanted),
            _ => None,
        };
        let Some((past, of)) = self.find_payment(refund, wanted) else { return not_found };
        let amount = match (wanted, self.task().and_then(|task| task.share), &refund.amount) {
            (Some(wanted), ..) => wanted,
            (None, Some(Share::Half), _) if past.amount.minor % 2 == 0 => {
                Money::new(past.amount.minor / 2, past.amount.currency)
            }
            // "A third of it": all of it is more than was asked for.
            (None, Some(_), Some(slot)) => {
                self.task_mut().into_iter().for_each(|task| task.share = None);
                self.say_phrase("exactly", &[]);
                self.ask_anew(slot);
                return None;
            }
            (None, ..) => past.amount,
        };
        if let Some(slot) = refund.amount.as_ref().filter(|_| !fits(amount, past.amount)) {
            let most = wording::money(past.amount, self.state.lang);
            self.say_phrase("refund_too_much", &[("amount", most)]);
            self.ask_anew(slot);
            return None;
        }
        if amount.minor <= 0 {
            return not_found;
        }
        let household = self.world.household.payee(&past.payee);
        let payee_name = household.map_or(past.payee_name, |payee| self.world.household.title(payee, self.state.lang));
        let provider_name = self.provider_title(&past.provider);
        let day = wording::date(past.when.date(), self.world.now.date(), self.state.lang);
        let told = [
            ("refund_amount", wording::money(amount, self.state.lang)),
            ("refund_payee", Words::same(payee_name.as_str())),
            ("refund_provider", Words::same(provider_name.as_str())),
            ("refund_day", day),
        ];
        if let Some(task) = self.task_mut() {
            task.told.extend(told.map(|(name, words)| (name.to_owned(), words)));
        }
        let kind = ProposalKind::Refund { payment: of.payment, version: of.version };
        let (payee, provider) = (past.payee, past.provider);
        let (purpose, person) = (String::new(), self.state.person.clone());
        let proposal =
            Proposal { kind, payee, payee_name, amount, provider, provider_name, purpose, schedule: None, person };
        let occasion = Occasion { conversation: self.state.name.clone(), step: self.state.turn };
        let read_back = ReadBack::new(proposal, self.state.lang, occasion, self.world.now_ms);
        self.say(read_back.words());
        self.state.awaiting = Awaiting::Consent(Box::new(read_back));
        None
    }

    /// The newest payment that is meant. An unfinished one that is newer than all others is what "my last payment"
    /// means, and nothing else is given back in its place.
    fn find_payment(&self, refund: &RefundOp, wanted: Option<Money>) -> Option<(PastPayment, Refundable)> {
        let payee = match self.refund_value(refund.payee.as_ref()) {
            Some(SlotValue::Payee(id)) => Some(id),
            _ => None,
        };
        let day = match self.refund_value(refund.day.as_ref()) {
            Some(SlotValue::Date(day)) => Some(day),
            _ => None,
        };
        let paid = match self.refund_value(refund.paid.as_ref()) {
            Some(SlotValue::Money(paid)) => Some(paid),
            _ => None,
        };
        let filter = HistoryFilter { payee, from: day, until: day, limit: Some(LOOKED_AT_MAX) };
        let mut found = self.world.history.payments(&filter);
        if let Some(paid) = paid {
            found.retain(|past| past.refundable.as_ref().is_some_and(|of| of.paid == paid));
        }
        // "Refund the thirty dollars to Bob" means the payment of thirty dollars, where there is one.
        let exact = found.iter().position(|past| Some(past.amount) == wanted && past.refundable.is_some());
        let meant = exact.unwrap_or(0);
        let past = (meant < found.len()).then(|| found.swap_remove(meant))?;
        let of = past.refundable.clone()?;
        Some((past, of))
    }

    /// Keeps what share of a payment is to come back: "get half of it back".
    pub(super) fn keep_share(&mut self, meaning: &Meaning, program: &Program) {
        let share = match relative(meaning).filter(|_| gives_back(program)) {
            Some(Relative::Half) => Share::Half,
            Some(Relative::Share) => Share::Other,
            _ => return,
        };
        self.task_mut().into_iter().for_each(|task| task.share = Some(share));
    }

    fn refund_value(&self, slot: Option<&String>) -> Option<SlotValue> {
        self.task()?.value(slot?).cloned()
    }

    /// True while the conversation stands at a refund.
    pub(super) fn refunding(&self) -> bool {
        matches!(self.op(), Some(Op::Refund(_)))
    }

    /// More about which payment is meant, said in the middle of the read-back: "no, the one to Alice". True if it was.
    pub(super) fn refund_narrowed(&mut self, meaning: &Meaning) -> bool {
        let narrowed = |turn: &mut Self| turn.fill_others(meaning, "") || turn.narrowed_by_number(meaning);
        if !self.refunding() || !(self.changes_share(meaning) || narrowed(self)) {
            return false;
        }
        self.state.awaiting = Awaiting::Nothing;
        self.run();
        true
    }

    /// "Only half of it", or "no, all of it", where no amount was said.
    fn changes_share(&mut self, meaning: &Meaning) -> bool {
        const ALL: &[&str] = &["all of it", "the whole", "everything", "full amount", "全部", "全额", "都退", "全退"];
        let Some(program) = self.program() else { return false };
        let before = self.task().and_then(|task| task.share);
        let text = plain(&meaning.text);
        if ALL.iter().any(|words| contains(&text, words)) {
            self.task_mut().into_iter().for_each(|task| task.share = None);
        }
        self.keep_share(meaning, program);
        self.task().and_then(|task| task.share) != before
    }

    /// "Only five of it": a number where no amount was said so far.
    fn narrowed_by_number(&mut self, meaning: &Meaning) -> bool {
        let Some(Op::Refund(refund)) = self.op() else { return false };
        let Awaiting::Consent(read_back) = &self.state.awaiting else { return false };
        let currency = read_back.proposal().amount.currency;
        let Some((program, slot)) = refund.amount.as_ref().and_then(|name| self.slot(name)) else { return false };
        let name = slot.name.value.clone();
        let Reading::One(value) = self.read_number(meaning, program, slot, currency) else { return false };
        let Some(task) = self.task_mut().filter(|task| !task.values.contains_key(&name)) else { return false };
        task.values.insert(name, Held::new(value, Origin::Said));
        true
    }

    /// The read-back of a refund was answered with no: nothing comes back, and the flow ends.
    pub(super) fn refund_refused(&mut self) {
        self.say_phrase("refund_refused", &[]);
        self.state.tasks.pop();
        if self.state.tasks.is_empty() {
            return self.rest();
        }
        self.state.awaiting = Awaiting::Resume;
        self.state.misses = 0;
        self.ask_again();
    }
}

/// The outcome of a refund, in the order of the step's outcomes.
pub(super) fn branch(outcome: &PaymentOutcome) -> usize {
    match outcome {
        PaymentOutcome::Succeeded => 0,
        PaymentOutcome::Declined { .. } => 1,
        PaymentOutcome::Pending | PaymentOutcome::ActionRequired { .. } => 2,
        // A refund is never put off; nothing else can be said of it.
        PaymentOutcome::Unknown | PaymentOutcome::Anew | PaymentOutcome::DryRun | PaymentOutcome::Scheduled { .. } => 3,
    }
}

/// True if so much can come back of what is left.
fn fits(amount: Money, left: Money) -> bool {
    amount.currency == left.currency && amount.minor <= left.minor
}
