//! Steps the dialog, does what it asks for and comes back with what became of it, until it waits for the person again.

use super::{Assistant, Conversation, Paid, PaidBack, Stages, Standing, Turn, paid, refunding, since};
use crate::consent::{Consent, Likeness, Proposal, ProposalKind};
use crate::dialog::{self, Effect, HandOff, Input, PaymentOutcome};
use crate::payments::{PayError, WouldSend};
use crate::understanding::Meaning;
use crate::wording::Words;
use jiff::Timestamp;
use serde_json::json;
use std::time::Instant;

/// What a turn has come to so far.
#[derive(Default)]
struct Came {
    said: Vec<Words>,
    payment: Option<Paid>,
    refund: Option<PaidBack>,
    hand_off: Option<HandOff>,
    cancelled: Option<String>,
    would_send: Option<WouldSend>,
    /// Answers in another voice than the person's.
    strange: Vec<StrangeVoice>,
    ended: bool,
}

/// An answer in another voice than the person's.
struct StrangeVoice {
    proposal: Proposal,
    likeness: Likeness,
    refused: bool,
}

/// What has to be done before the dialog can go on.
enum Errand {
    /// Money moves.
    Move(Box<Consent>),
    /// What was put down for later ends.
    End(String),
    /// The phone shows something.
    Show(String),
}

impl Came {
    /// Takes in the effects of a step; the errand is the last one.
    fn take(&mut self, effects: Vec<Effect>) -> Option<Errand> {
        let mut errand = None;
        for effect in effects {
            match effect {
                Effect::Say(words) => self.said.push(words),
                Effect::Pay(agreed) | Effect::Refund(agreed) => errand = Some(Errand::Move(Box::new(agreed))),
                Effect::Unschedule(order) => errand = Some(Errand::End(order)),
                Effect::TellPhone(text) => errand = Some(Errand::Show(text)),
                Effect::Refused(proposal, objection) => {
                    self.payment = Some(Paid::refused(*proposal, &PayError::Limited(objection)));
                }
                Effect::StrangeVoice { proposal, likeness, refused } => {
                    self.strange.push(StrangeVoice { proposal: *proposal, likeness, refused });
                }
                Effect::HandOff(to) => self.hand_off = Some(to),
                Effect::End => self.ended = true,
            }
        }
        errand
    }
}

impl Assistant {
    /// Steps the dialog until it waits for the person again, paying what was consented to.
    pub(super) async fn go(
        &self,
        conversation: &mut Conversation,
        heard: String,
        meaning: Option<Meaning>,
        mut input: Input,
        mut ms: Stages,
    ) -> Turn {
        let mut came = Came::default();
        loop {
            let started = Instant::now();
            let effects = self.step(conversation, input);
            ms.dialog += since(started);
            let Some(errand) = came.take(effects) else { break };
            input = self.run(errand, conversation, &mut came, &mut ms).await;
        }
        self.write_down(std::mem::take(&mut came.strange)).await;
        Turn {
            turn: conversation.turns,
            heard,
            lang: conversation.lang(),
            meaning,
            spoken: came.said.iter().map(|words| words.spoken.clone()).collect(),
            said: came.said.into_iter().map(|words| words.written).collect(),
            state: Standing {
                flow: conversation.state.flow().map(str::to_owned),
                awaiting: conversation.state.awaiting().map(str::to_owned),
            },
            payment: came.payment,
            would_send: came.would_send,
            refund: came.refund,
            cancelled: came.cancelled,
            hand_off: came.hand_off,
            ms,
            ended: came.ended,
        }
    }

    /// Writes down that somebody answered in another voice than the person's. How the voice was is not written down, only how like.
    async fn write_down(&self, strange: Vec<StrangeVoice>) {
        let Some(log) = &self.log else { return };
        for StrangeVoice { proposal, likeness, refused } in strange {
            let what = json!({
                "kind": "strange_voice",
                "person": proposal.person,
                "payee": proposal.payee,
                "provider": proposal.provider,
                "amount": proposal.amount.minor,
                "currency": proposal.amount.currency.code(),
                "likeness": likeness,
                "refused": refused,
            });
            if let Err(why) = log.record(what, Timestamp::now().as_millisecond()).await {
                tracing::error!("that a voice was another one could not be written down: {why}");
            }
        }
    }

    /// Runs one errand; with what became of it the dialog goes on.
    async fn run(&self, errand: Errand, of: &Conversation, came: &mut Came, ms: &mut Stages) -> Input {
        let consent = match errand {
            Errand::Show(text) => return Input::PhoneTold(self.tell_phone(&text, of.lang(), &mut came.said).await),
            Errand::End(order) => {
                let ended = self.end(&order).await;
                came.cancelled = came.cancelled.take().or(Some(order).filter(|_| ended));
                return Input::Unscheduled(ended);
            }
            Errand::Move(consent) => *consent,
        };
        let started = Instant::now();
        let outcome = if consent.proposal().kind == ProposalKind::Pay {
            let (paid, outcome) = self.pay(consent, &mut came.would_send).await;
            came.payment = Some(paid);
            outcome
        } else {
            let (returned, outcome) = refunding::refund(&self.payments, consent, &mut came.would_send).await;
            came.refund = Some(returned);
            outcome
        };
        if let PaymentOutcome::ActionRequired { next } = &outcome {
            came.hand_off = Some(paid::screen(next));
        }
        ms.pay = Some(ms.pay.unwrap_or(0.0) + since(started));
        Input::Outcome(outcome)
    }

    pub(super) fn step(&self, conversation: &mut Conversation, input: Input) -> Vec<Effect> {
        let placeholder = dialog::State::new(conversation.lang(), "");
        let state = std::mem::replace(&mut conversation.state, placeholder);
        let (state, effects) =
            self.with_world(Timestamp::now(), |world| dialog::step(&self.dialogs, state, input, world));
        conversation.state = state;
        effects
    }
}
