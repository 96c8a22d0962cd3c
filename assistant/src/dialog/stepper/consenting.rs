//! The read-back of a payment, the agreement to it, and its outcome. Money moves here and nowhere else: only a clear yes
//! to the last read-back, with nothing else in it, makes a consent.

use super::Turn;
use super::answers::of_payment;
use super::corrections::Corrected;
use super::refunding;
use super::words::plain;
use crate::consent::{Occasion, Proposal, ProposalKind, ReadBack};
use crate::dialog::exchange::{Effect, PaymentOutcome};
use crate::dialog::program::{Op, PayOp, Program};
use crate::dialog::state::Awaiting;
use crate::dialog::value::SlotValue;
use crate::understanding::{Act, EntityKind, Meaning, Value};
use crate::wording::Words;
use sayso_plugin_interface::NextStep;
use sayso_plugin_interface::outcome::DeclineCode;

impl Turn<'_> {
    /// Reads back what is to be paid, or asks for what is missing.
    pub(super) fn read_back(&mut self, program: &Program, pay: &PayOp) {
        let task = self.task();
        let value = |slot: &str| task.and_then(|task| task.value(slot)).cloned();
        let (payee, amount, provider) = (value(&pay.payee), value(&pay.amount), value(&pay.provider));
        let missing = [(&pay.payee, &payee), (&pay.amount, &amount), (&pay.provider, &provider)];
        if let Some((slot, _)) = missing.into_iter().find(|(_, value)| value.is_none()) {
            return self.ask(slot, None);
        }
        let (Some(SlotValue::Payee(payee)), Some(SlotValue::Money(amount)), Some(SlotValue::Provider(provider))) =
            (payee, amount, provider)
        else {
            return self.failed("a payment's slots have values of other types");
        };
        if amount.minor <= 0 {
            self.say_phrase("not_positive", &[]);
            return self.ask_anew(&pay.amount);
        }
        let Some(known) = self.world.household.payee(&payee) else {
            self.say_phrase("wrong_payee", &[("value", Words::same(payee))]);
            return self.ask_anew(&pay.payee);
        };
        let payee_name = known.name(self.state.lang).to_owned();
        let provider_name = self.provider_title(&provider);
        let takes = self.world.providers.iter().find(|p| p.name == provider).is_some_and(|p| p.takes(amount.currency));
        if !takes {
            let (provider, currency) = (Words::same(provider_name), Words::same(amount.currency.code()));
            self.say_phrase("provider_currency", &[("provider", provider), ("currency", currency)]);
            return self.ask_anew(&pay.provider);
        }
        let purpose = pay.purpose.as_ref().and_then(|texts| self.text(texts, &[]));
        let purpose = purpose.map(|words| words.written).unwrap_or_default();
        tracing::debug!(flow = program.flow.name.value, payee, "reading back");
        let proposal =
            Proposal { kind: ProposalKind::Pay, payee, payee_name, amount, provider, provider_name, purpose };
        let occasion = Occasion { conversation: self.state.name.clone(), step: self.state.turn };
        let read_back = ReadBack::new(proposal, self.state.lang, occasion, self.world.now_ms);
        self.say(read_back.words());
        self.state.awaiting = Awaiting::Consent(Box::new(read_back));
    }

    pub(super) fn ask_anew(&mut self, slot: &str) {
        self.task_mut().into_iter().for_each(|task| {
            task.values.remove(slot);
        });
        self.ask(slot, None);
    }

    /// Reads the same payment back once more; the time for an answer starts anew.
    pub(super) fn read_again(&mut self) {
        if let Awaiting::Consent(read_back) = self.state.awaiting.clone() {
            let again = read_back.again(self.world.now_ms);
            self.say(again.words());
            self.state.awaiting = Awaiting::Consent(Box::new(again));
        }
    }

    /// The answer to a read-back.
    pub(super) fn consent_heard(&mut self, meaning: &Meaning, read_back: ReadBack) {
        if clear_yes(meaning) && self.agrees(meaning, &read_back) {
            return match read_back.agree(&meaning.text, self.world.now_ms) {
                Ok(consent) => {
                    self.state.awaiting = Awaiting::Outcome;
                    self.state.misses = 0;
                    let refund = matches!(consent.proposal().kind, ProposalKind::Refund { .. });
                    self.effects.push(if refund { Effect::Refund(consent) } else { Effect::Pay(consent) });
                }
                Err(_) => {
                    self.say_phrase("consent_expired", &[]);
                    // The values are read anew as well: what has changed in the meantime is read back as it is now.
                    self.run();
                }
            };
        }
        match self.correct(meaning, None) {
            Corrected::Done => {}
            // The same values again, and no clear yes: said once more, as nothing has been agreed to.
            Corrected::Same if meaning.acts.contains(&Act::Correct) => self.read_again(),
            _ if self.refund_narrowed(meaning) => {}
            _ if meaning.acts.contains(&Act::No) && self.refunding() => self.refund_refused(),
            _ if meaning.acts.contains(&Act::No) => {
                if !self.change_named(meaning) {
                    self.state.awaiting = Awaiting::Change;
                    self.state.misses = 0;
                    self.ask_again();
                }
            }
            // "The amount is wrong", with or without a no.
            Corrected::Nothing if !meaning.acts.contains(&Act::Yes) && self.change_named(meaning) => {}
            Corrected::Same | Corrected::Nothing => self.miss(),
        }
    }

    /// True if every value that was said together with the yes is the one that was read back.
    fn agrees(&self, meaning: &Meaning, read_back: &ReadBack) -> bool {
        let proposal = read_back.proposal();
        meaning.entities.iter().all(|entity| match (&entity.kind, &entity.value) {
            _ if entity.ambiguous => false,
            (EntityKind::YesNo, Some(Value::YesNo(yes))) => *yes,
            (EntityKind::Money, Some(Value::Money(amount))) => {
                amount.in_currency(proposal.amount.currency) == Some(proposal.amount)
            }
            (EntityKind::Payee, Some(Value::Id(id))) => id.id == proposal.payee,
            (EntityKind::Provider, Some(Value::Id(id))) => id.id == proposal.provider,
            (EntityKind::Date, Some(Value::Date(day))) => *day == self.world.now.date(),
            // Words such as "all of it" name what other questions offered; they change nothing here.
            (EntityKind::Choice, _) => true,
            _ => false,
        })
    }

    /// What became of the payment.
    pub(super) fn outcome(&mut self, outcome: PaymentOutcome) {
        if self.state.awaiting != Awaiting::Outcome {
            return;
        }
        let (outcomes, refund) = match self.op() {
            Some(Op::Pay(pay)) => (pay.outcomes, false),
            Some(Op::Refund(refund)) => (refund.outcomes, true),
            _ => return self.failed("the payment's step is gone"),
        };
        let returned = refunding::branch(&outcome);
        let (branch, told) = match outcome {
            PaymentOutcome::Succeeded => (0, None),
            PaymentOutcome::Declined { code } => (1, Some(("reason", self.phrase(reason(code), &[])))),
            PaymentOutcome::Pending => (2, None),
            PaymentOutcome::ActionRequired { next } => (3, Some(("next_step", self.next_step(&next)))),
            PaymentOutcome::Unknown => (4, None),
        };
        let target = outcomes.get(if refund { returned } else { branch }).copied().unwrap_or(0);
        if let Some(task) = self.task_mut() {
            // Only a refusal is certain to have moved nothing.
            task.paid |= branch != 1;
            if let Some((name, Some(words))) = told {
                task.told.insert(name.to_owned(), words);
            }
            task.frames.last_mut().into_iter().for_each(|frame| frame.at = target);
        }
        self.state.awaiting = Awaiting::Nothing;
        self.new_base();
        self.run();
    }

    fn next_step(&self, next: &NextStep) -> Option<Words> {
        match next {
            NextStep::Link { url } => {
                // An address is shown, never read aloud.
                let shown = Words { written: url.clone(), spoken: String::new() };
                self.phrase("next_link", &[("address", shown)])
            }
            NextStep::Qr { .. } => self.phrase("next_qr", &[]),
            NextStep::App { name } => self.phrase("next_app", &[("name", Words::same(name.as_str()))]),
        }
    }
}

/// Sounds of listening; they may mean a yes, and recognisers hear them in noise.
const MURMURS: &[&str] = &["嗯", "嗯嗯", "哦", "噢", "啊", "mm", "mmm", "mhm", "mm hmm", "uh huh", "hmm", "uh", "um"];

/// True for a yes and nothing but a yes.
fn clear_yes(meaning: &Meaning) -> bool {
    let murmured = MURMURS.contains(&plain(&meaning.text).as_str());
    !murmured && !meaning.acts.is_empty() && meaning.acts.iter().all(|act| *act == Act::Yes)
}

/// True if what was said has something in it that a payment is made of.
pub(super) fn names_values(meaning: &Meaning) -> bool {
    meaning.entities.iter().any(|entity| of_payment(&entity.kind))
}

/// The phrase that says why.
fn reason(code: DeclineCode) -> &'static str {
    match code {
        // A suspicion of fraud is not told.
        DeclineCode::Declined | DeclineCode::SuspectedFraud => "declined",
        DeclineCode::InsufficientFunds => "declined_insufficient_funds",
        DeclineCode::Expired => "declined_expired",
        DeclineCode::Blocked => "declined_blocked",
        DeclineCode::LimitExceeded => "declined_limit_exceeded",
        DeclineCode::AuthenticationRequired => "declined_authentication_required",
        DeclineCode::PayeeRefused => "declined_payee_refused",
        DeclineCode::CurrencyRefused => "declined_currency_refused",
        DeclineCode::Configuration => "declined_configuration",
        DeclineCode::Canceled => "declined_canceled",
    }
}
