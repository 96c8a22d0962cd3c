//! The read-back of a payment, the agreement to it, and its outcome. Money moves here and nowhere else: only a clear yes
//! to the last read-back, with nothing else in it, makes a consent.

use super::Turn;
use super::answers::of_payment;
use super::asides::{asks_about, asks_whether};
use super::corrections::Corrected;
use super::readings::hundredths;
use super::refunding;
use super::words::plain;
use crate::consent::{Objection, Occasion, Proposal, ProposalKind, ReadBack, Tier};
use crate::dialog::exchange::{Effect, PaymentOutcome};
use crate::dialog::format::flow::OUTCOMES;
use crate::dialog::moments::Moment;
use crate::dialog::program::{Op, PayOp, Program};
use crate::dialog::state::Awaiting;
use crate::dialog::value::SlotValue;
use crate::dialog::world::VoiceCheck;
use crate::schedule::Schedule;
use crate::understanding::{Act, Amount, EntityKind, Meaning, Value};
use crate::wording::{self, Words};
use sayso_plugin_interface::NextStep;
use sayso_plugin_interface::outcome::DeclineCode;

/// The branch for what was put off to a later day, behind those of the outcomes.
const SCHEDULED: usize = OUTCOMES.len();

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
        let payee_name = self.world.household.title(known, self.state.lang);
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
        let Some(schedule) = self.schedule(pay) else { return };
        let kind = ProposalKind::Pay;
        let person = self.state.person.clone();
        let proposal = Proposal { kind, payee, payee_name, amount, provider, provider_name, purpose, schedule, person };
        let weighed = self.world.history.weigh(&proposal, self.world.now_ms);
        if let Some(objection) = weighed.objection {
            return self.object(pay, proposal, objection);
        }
        let tier = self.tier(pay, &proposal);
        if tier == Tier::Phone && !self.world.phone {
            return self.phone_needed();
        }
        if tier == Tier::Voice && self.world.voice != VoiceCheck::Ready {
            return self.voice_needed();
        }
        let occasion = Occasion { conversation: self.state.name.clone(), step: self.state.turn };
        let read_back = ReadBack::new(proposal, self.state.lang, occasion, self.world.now_ms);
        let read_back = read_back.on(self.world.now.date()).demanding(tier).after(weighed.earlier);
        self.say(read_back.words());
        self.state.awaiting = Awaiting::Consent(Box::new(read_back));
    }

    /// The household's own limits forbid it: says so, and asks for another amount where one can be paid.
    fn object(&mut self, pay: &PayOp, proposal: Proposal, objection: Objection) {
        let reason = [("reason", objection.words(self.state.lang))];
        let about_amount = objection.is_about_amount();
        self.effects.push(Effect::Refused(Box::new(proposal), objection));
        if about_amount {
            self.say_phrase("over_limit", &reason);
            return self.ask_anew(&pay.amount);
        }
        self.say_phrase("not_now", &reason);
        self.leave_unpaid();
    }

    pub(super) fn ask_anew(&mut self, slot: &str) {
        self.task_mut().into_iter().for_each(|task| {
            task.values.remove(slot);
        });
        self.ask(slot, None);
    }

    /// Reads the same payment back once more; the time for an answer starts anew. To somebody who speaks another language by
    /// now it is read in that one, as a read-back of its own.
    pub(super) fn read_again(&mut self) {
        if let Awaiting::Consent(read_back) = self.state.awaiting.clone() {
            if read_back.lang() != self.state.lang && read_back.demand().is_none() {
                self.state.awaiting = Awaiting::Nothing;
                return self.run();
            }
            let again = read_back.again(self.world.now_ms);
            self.say(again.demand().unwrap_or_else(|| again.words()));
            self.state.awaiting = Awaiting::Consent(Box::new(again));
        }
    }

    /// The answer to a read-back.
    pub(super) fn consent_heard(&mut self, meaning: &Meaning, read_back: ReadBack) {
        if read_back.demand().is_some() {
            return self.proof_heard(meaning, read_back);
        }
        if clear_yes(meaning) && self.agrees(meaning, &read_back) {
            // Heard once is not enough: what is not sure is asked for again in words that nothing else sounds like.
            if self.ear.is_some_and(|ear| !ear.agrees_to(read_back.proposal().amount)) {
                return self.yes_unsure();
            }
            return self.agreed(meaning, read_back);
        }
        self.not_agreed(meaning);
    }

    /// The answer came too late. The values are read anew as well: what has changed in the meantime is read back as it is
    /// now.
    pub(super) fn read_back_expired(&mut self) {
        self.say_phrase("consent_expired", &[]);
        self.run();
    }

    /// A spoken yes that only one of two listeners is sure of. The read-back stands, and its time runs on.
    fn yes_unsure(&mut self) {
        self.state.misses += 1;
        if self.enough(Moment::NoMatch) {
            return self.moment(Moment::NoMatch);
        }
        self.say_phrase("yes_unsure", &[]);
    }

    /// An answer to a read-back that is no agreement: a change, a no, or nothing that counts.
    pub(super) fn not_agreed(&mut self, meaning: &Meaning) {
        if asks_whether(meaning) {
            return self.read_again();
        }
        match self.correct(meaning, None) {
            Corrected::Done => {}
            // "No, to Ellis", whom nobody knows.
            Corrected::Nothing if self.tell_stranger(meaning) => self.read_again(),
            // "Who is that to?": a question about the payment, which the read-back answers.
            Corrected::Nothing if asks_about(meaning) => self.read_again(),
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
            (EntityKind::Number, Some(Value::Number(number))) => {
                let amount = hundredths(*number).map(|minor| Amount { minor, currency: None });
                amount.and_then(|amount| amount.in_currency(proposal.amount.currency)) == Some(proposal.amount)
            }
            (EntityKind::Payee, Some(Value::Id(id))) => id.id == proposal.payee,
            (EntityKind::Provider, Some(Value::Id(id))) => id.id == proposal.provider,
            (EntityKind::Date, Some(Value::Date(day))) => match proposal.schedule {
                None => *day == self.world.now.date(),
                Some(schedule) => schedule.first() == Some(*day),
            },
            (EntityKind::Rhythm, Some(Value::Rhythm(said))) => match proposal.schedule {
                Some(Schedule::Every { from, until, .. }) => Schedule::every(*said, from, until) == proposal.schedule,
                _ => false,
            },
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
        if outcome == PaymentOutcome::DryRun {
            self.say_phrase("dry_run", &[]);
            return self.leave_unpaid();
        }
        if outcome == PaymentOutcome::Anew {
            self.state.awaiting = Awaiting::Nothing;
            return self.run();
        }
        let returned = refunding::branch(&outcome);
        let (branch, told) = match outcome {
            PaymentOutcome::Succeeded => (0, None),
            PaymentOutcome::Declined { code } => (1, Some(("reason", self.phrase(reason(code), &[])))),
            PaymentOutcome::Pending => (2, None),
            PaymentOutcome::ActionRequired { next } => (3, Some(("next_step", self.next_step(&next)))),
            PaymentOutcome::Unknown | PaymentOutcome::Anew | PaymentOutcome::DryRun => (4, None),
            PaymentOutcome::Scheduled { schedule } => {
                let this_year = Some(self.world.now.date().year());
                let words = wording::schedule(&schedule, this_year, self.state.lang);
                (SCHEDULED, Some(("schedule", Some(words))))
            }
        };
        let later = match self.op() {
            Some(Op::Pay(pay)) if branch == SCHEDULED => pay.scheduled,
            _ => None,
        };
        let target = later.or_else(|| outcomes.get(if refund { returned } else { branch }).copied());
        let Some(target) = target else { return self.failed("the step has nothing to say to this outcome") };
        self.state.paid |= !refund && branch != 1 && branch != SCHEDULED;
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
pub(super) fn clear_yes(meaning: &Meaning) -> bool {
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
        DeclineCode::AmountTooSmall => "declined_amount_too_small",
        DeclineCode::AuthenticationRequired => "declined_authentication_required",
        DeclineCode::PayeeRefused => "declined_payee_refused",
        DeclineCode::CurrencyRefused => "declined_currency_refused",
        DeclineCode::Configuration => "declined_configuration",
        DeclineCode::Canceled => "declined_canceled",
    }
}
