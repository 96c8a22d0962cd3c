//! More than a yes: the amount once more, or digits, in the person's own voice too, where the household or the flow demands it.
//! What is demanded comes from the `consent` room alone; here it is only asked for, and ended after too many wrong answers.

use super::Turn;
use super::readings::Reading;
use crate::consent::{Agreed, Answered, Consent, Likeness, Proof, Proposal, ProposalKind, ReadBack, Tier};
use crate::dialog::exchange::Effect;
use crate::dialog::program::{Op, PayOp};
use crate::dialog::state::Awaiting;
use crate::dialog::value::SlotValue;
use crate::dialog::world::VoiceCheck;
use crate::understanding::{Act, Amount, EntityKind, Meaning, Value};

impl Turn<'_> {
    /// How surely a payment has to be agreed to: what the household demands, or what the flow asks for where that is more.
    pub(super) fn tier(&self, pay: &PayOp, proposal: &Proposal) -> Tier {
        let is_new = || !self.world.history.paid_before(&proposal.payee);
        self.world.authentication.demanded(proposal, is_new).max(pay.authentication)
    }

    /// It has to be confirmed on a phone, and none is connected: nothing that is said here is enough. Ends the flow.
    pub(super) fn phone_needed(&mut self) {
        self.say_phrase("phone_needed", &[]);
        self.leave_unpaid();
    }

    /// It has to be agreed to in the person's own voice, which can't be known here: says why. Ends the flow.
    pub(super) fn voice_needed(&mut self) {
        self.say_phrase(
            match self.world.voice {
                VoiceCheck::Typed | VoiceCheck::Ready => "voice_typed",
                VoiceCheck::Nobody => "voice_nobody",
                VoiceCheck::NotEnrolled => "voice_not_enrolled",
            },
            &[],
        );
        self.leave_unpaid();
    }

    /// Ends the flow that is led without a payment; on with the one that was suspended.
    pub(super) fn leave_unpaid(&mut self) {
        self.state.tasks.pop();
        self.state.misses = 0;
        if self.state.tasks.is_empty() {
            return self.rest();
        }
        self.state.awaiting = Awaiting::Resume;
        self.ask_again();
    }

    /// A clear yes to the read-back.
    pub(super) fn agreed(&mut self, meaning: &Meaning, read_back: ReadBack) {
        let now_ms = self.world.now_ms;
        let chance = match (read_back.tier(), self.world.chance) {
            (Tier::Challenge | Tier::Voice | Tier::Phone, None) => {
                return self.failed("there is no randomness for a challenge");
            }
            // It was connected when this was read back.
            (Tier::Phone, _) if !self.world.phone => return self.phone_needed(),
            // What was typed has no voice, wherever else one is heard.
            (Tier::Voice, _) if self.world.voice != VoiceCheck::Ready || self.ear.is_none() => {
                return self.voice_needed();
            }
            (_, chance) => chance.unwrap_or_default(),
        };
        match read_back.yes(&meaning.text, chance, now_ms) {
            Ok(Agreed::Consent(consent)) => self.spend(*consent),
            Ok(Agreed::More(asked)) => {
                // "Yes, forty-two dollars and fifty cents" is both.
                let proof = self.amount_said(meaning).map(Proof::Amount);
                match proof.filter(|proof| asked.proves(proof)) {
                    Some(proof) => self.prove(*asked, &proof, meaning),
                    None => self.ask_for_proof(*asked),
                }
            }
            Err(_) => self.read_back_expired(),
        }
    }

    fn spend(&mut self, consent: Consent) {
        self.state.awaiting = Awaiting::Outcome;
        self.state.misses = 0;
        let refund = matches!(consent.proposal().kind, ProposalKind::Refund { .. });
        self.effects.push(if refund { Effect::Refund(consent) } else { Effect::Pay(consent) });
    }

    fn prove(&mut self, asked: ReadBack, proof: &Proof, meaning: &Meaning) {
        match asked.prove(proof, &meaning.text, self.world.now_ms) {
            Ok(consent) => self.spend(consent),
            Err(_) => self.read_back_expired(),
        }
    }

    /// What is demanded is said by the read-back itself.
    fn ask_for_proof(&mut self, asked: ReadBack) {
        match asked.phone_text() {
            // What is demanded is said once the phone has it.
            Some(text) => self.effects.push(Effect::TellPhone(text)),
            None => asked.demand().into_iter().for_each(|words| self.say(words)),
        }
        self.state.misses = 0;
        self.state.awaiting = Awaiting::Consent(Box::new(asked));
    }

    /// Whether the digits reached the phone; without them nobody can agree.
    pub(in crate::dialog) fn phone_told(&mut self, told: bool) {
        let Awaiting::Consent(asked) = self.state.awaiting.clone() else { return };
        let Some(demand) = asked.phone_text().and_then(|_| asked.demand()) else { return };
        if told {
            return self.say(demand);
        }
        self.say_phrase("phone_unreachable", &[]);
        self.leave_unpaid();
    }

    /// The answer to what is demanded after the yes.
    pub(super) fn proof_heard(&mut self, meaning: &Meaning, asked: ReadBack) {
        let proof = match asked.tier() {
            Tier::Challenge | Tier::Phone => Some(Proof::Words(meaning.text.clone())),
            Tier::Voice => Some(match self.ear {
                Some(ear) => Proof::Spoken(meaning.text.clone(), ear.likeness),
                None => Proof::Words(meaning.text.clone()),
            }),
            _ => self.amount_said(meaning).map(Proof::Amount),
        };
        let answered = proof.as_ref().map_or(Answered::Wrong, |proof| asked.answered(proof));
        match (answered, proof) {
            (Answered::Right, Some(proof)) => return self.prove(asked, &proof, meaning),
            (Answered::Strange(likeness), _) => return self.strange_voice(asked, likeness),
            (Answered::Unheard, _) if self.ear.is_none() => return self.voice_needed(),
            _ => {}
        }
        // "No, make it fifty" is a change, which voids everything; a no alone asks what to change.
        if meaning.acts.contains(&Act::Correct) || meaning.acts.contains(&Act::No) {
            return self.not_agreed(meaning);
        }
        let left = match (asked.tier(), self.world.chance) {
            // No new digits can be drawn.
            (Tier::Challenge | Tier::Voice, None) => None,
            (_, chance) => asked.not_proven(chance.unwrap_or_default(), self.world.now_ms),
        };
        match answered {
            Answered::Unheard => self.ask_once_more(left, ("voice_unheard", "voice_not_checked")),
            _ => self.ask_once_more(left, ("proof_wrong", "proof_failed")),
        }
    }

    /// The digits were right, and the voice was another one.
    fn strange_voice(&mut self, asked: ReadBack, likeness: Likeness) {
        let proposal = Box::new(asked.proposal().clone());
        let left = self.world.chance.and_then(|chance| asked.not_theirs(chance, self.world.now_ms));
        self.effects.push(Effect::StrangeVoice { proposal, likeness, refused: left.is_none() });
        self.ask_once_more(left, ("voice_strange", "voice_refused"));
    }

    /// Asks for the proof once more, or ends the flow if that was once too often.
    fn ask_once_more(&mut self, left: Option<ReadBack>, (again, enough): (&str, &str)) {
        let Some(asked) = left else {
            self.say_phrase(enough, &[]);
            return self.leave_unpaid();
        };
        self.say_phrase(again, &[]);
        // The phone has it already.
        asked.demand().into_iter().for_each(|words| self.say(words));
        self.state.misses = 0;
        self.state.awaiting = Awaiting::Consent(Box::new(asked));
    }

    /// The only amount that was said, if there is nothing doubtful about it.
    fn amount_said(&self, meaning: &Meaning) -> Option<sayso_plugin_interface::Money> {
        let Awaiting::Consent(read_back) = &self.state.awaiting else { return None };
        let currency = read_back.proposal().amount.currency;
        let amounts: Vec<_> = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Money).collect();
        match amounts.as_slice() {
            [one] if !one.ambiguous => match &one.value {
                Some(Value::Money(amount)) => Amount::in_currency(*amount, currency),
                _ => None,
            },
            [] => {
                let Some(Op::Pay(pay)) = self.op() else { return None };
                let (program, slot) = self.slot(&pay.amount)?;
                match self.read_number(meaning, program, slot, currency) {
                    Reading::One(SlotValue::Money(money)) => Some(money),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
