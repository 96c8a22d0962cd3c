//! Holds one conversation: words through understanding and dialog, payments through the outcomes that the test names.

use super::compare::{Came, Difference, differences, unpaid};
use super::file::{Conversation, HeardVoice, TestFile, Turn};
use super::stage::Stage;
use crate::consent::{Ear, Likeness, Tier};
use crate::dialog::{Effect, Input, PaymentOutcome, Probe, State, VoiceCheck, World, expectation, step_probed};
use crate::understanding::Meaning;
use jiff::civil::DateTime;
use jiff::{SignedDuration, tz::TimeZone};
use serde::Serialize;

/// The randomness of every step: a challenge is always 4719.
const CHANCE: u64 = 9174;

/// A conversation that was held.
#[derive(Debug)]
pub struct Rehearsal {
    /// What was said, turn by turn.
    pub transcript: Vec<Said>,
    /// What came otherwise than expected, in the order of turns; empty if all went well.
    pub differences: Vec<Difference>,
}

/// One turn of a transcript.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// Counts from 1.
    pub turn: usize,
    /// Where the turn begins in the test file.
    pub line: usize,
    /// The person's words; empty for silence.
    pub said: String,
    /// What they were understood to mean; null for silence.
    pub meaning: Option<Meaning>,
    /// The answer, in writing.
    pub heard: Vec<String>,
    /// The payments that began, in words.
    pub paid: Vec<String>,
    /// The flow that goes on afterwards; `none` if there is none.
    pub flow: String,
    /// What is awaited afterwards; `none` if nothing is.
    pub awaiting: String,
}

struct Talk<'s> {
    stage: &'s Stage<'s>,
    probe: &'s mut Probe,
    state: State,
    now: DateTime,
    /// Whether the phone can be reached, where there is one.
    phone: Option<bool>,
    /// Whose voice is heard, where anything is said aloud.
    voice: Option<HeardVoice>,
}

impl Stage<'_> {
    /// Holds a conversation of the file for which this stage was set; the probe notes which steps ran.
    pub fn hold(&self, file: &TestFile, conversation: &Conversation, probe: &mut Probe) -> Rehearsal {
        probe.clear_stubs();
        self.stub(probe, &file.scripts);
        self.stub(probe, &conversation.scripts);
        let now = conversation.now.unwrap_or(file.now);
        let state = State::new(conversation.lang, &conversation.name.value);
        let mut talk = Talk { stage: self, probe, state, now, phone: conversation.phone, voice: conversation.voice };
        let (mut transcript, mut found, mut paid) = (Vec::new(), Vec::new(), Vec::new());
        for (index, turn) in conversation.turns.iter().enumerate() {
            let said = talk.turn(index + 1, turn);
            paid.extend(said.paid.iter().cloned());
            found.extend(differences(turn, &talk.came(&said)));
            transcript.push(said);
        }
        found.extend(unpaid(conversation, &paid));
        Rehearsal { transcript, differences: found }
    }
}

impl<'s> Talk<'s> {
    fn turn(&mut self, number: usize, turn: &Turn) -> Said {
        let waited = SignedDuration::from_secs(turn.later_s);
        self.now = self.now.checked_add(waited).unwrap_or(self.now);
        let meaning = (!turn.said.is_empty()).then(|| self.understand(&turn.said));
        let mut said = Said {
            turn: number,
            line: turn.place.line,
            said: turn.said.clone(),
            meaning: meaning.clone(),
            heard: Vec::new(),
            paid: Vec::new(),
            flow: String::new(),
            awaiting: String::new(),
        };
        let input = |meaning| match self.voice.map(ear) {
            Some(ear) => Input::Spoken(meaning, ear),
            None => Input::Heard(meaning),
        };
        let mut next = Some(meaning.map_or(Input::Silence, input));
        while let Some(input) = next.take() {
            for effect in self.step(input) {
                match effect {
                    Effect::Say(words) => said.heard.push(words.written),
                    Effect::Pay(consent) => {
                        let p = consent.proposal();
                        let mut paid = format!("{} to {} with {}", p.amount, p.payee, p.provider);
                        p.schedule.iter().for_each(|schedule| paid.push_str(&format!(" {schedule}")));
                        if consent.tier() > Tier::Yes {
                            paid.push_str(&format!(" by {}", consent.tier()));
                        }
                        said.paid.push(paid);
                        next = Some(Input::Outcome(match (p.schedule, &turn.outcome) {
                            (Some(schedule), PaymentOutcome::Succeeded) => PaymentOutcome::Scheduled { schedule },
                            (_, outcome) => outcome.clone(),
                        }));
                    }
                    Effect::Refund(consent) => {
                        let p = consent.proposal();
                        said.paid.push(format!("{} back from {} with {}", p.amount, p.payee, p.provider));
                        next = Some(Input::Outcome(turn.outcome.clone()));
                    }
                    Effect::Unschedule(id) => {
                        let order = self.stage.history.scheduled().into_iter().find(|order| order.id == id);
                        said.paid.extend(order.map(|order| {
                            let (amount, payee, provider) = (order.amount, order.payee, order.provider);
                            format!("{amount} to {payee} with {provider} {} ended", order.schedule)
                        }));
                        next = Some(Input::Unscheduled(turn.outcome == PaymentOutcome::Succeeded));
                    }
                    Effect::TellPhone(_) => next = Some(Input::PhoneTold(self.phone == Some(true))),
                    Effect::Refused(..) | Effect::StrangeVoice { .. } | Effect::HandOff(_) | Effect::End => {}
                }
            }
        }
        said.flow = self.state.flow().unwrap_or("none").to_owned();
        said.awaiting = self.state.awaiting().unwrap_or("none").to_owned();
        said
    }

    fn understand(&self, words: &str) -> Meaning {
        let stage = self.stage;
        let expect = expectation(stage.dialogs, &self.state, &self.world());
        stage.understander.understand(words, self.state.lang(), self.now.date(), &expect)
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        let state = std::mem::replace(&mut self.state, State::new(crate::lang::Lang::En, ""));
        let world = self.world();
        let (state, effects) = step_probed(self.stage.dialogs, state, input, &world, self.probe);
        self.state = state;
        effects
    }

    /// The world at this moment of the mocked clock, which is read as UTC.
    fn world(&self) -> World<'s> {
        let moment = self.now.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp().as_millisecond());
        let stage = self.stage;
        World {
            now_ms: moment.unwrap_or_default(),
            now: self.now,
            household: &stage.household,
            providers: &stage.providers,
            history: &stage.history,
            authentication: &stage.authentication,
            chance: Some(CHANCE),
            phone: self.phone.is_some(),
            voice: match self.voice {
                None => VoiceCheck::Typed,
                Some(HeardVoice::NotEnrolled) => VoiceCheck::NotEnrolled,
                Some(_) => VoiceCheck::Ready,
            },
        }
    }

    fn came<'t>(&self, said: &'t Said) -> Came<'t> {
        Came { said, flow: said.flow.clone(), awaiting: said.awaiting.clone(), slots: self.state.slots() }
    }
}

/// What the ears say of something that was said aloud: everything is heard well, and the voice is somebody's.
fn ear(voice: HeardVoice) -> Ear {
    let likeness = |milli| Likeness { together_milli: milli, alone_milli: milli };
    let likeness = match voice {
        HeardVoice::Theirs => Some(likeness(950)),
        HeardVoice::Another => Some(likeness(500)),
        HeardVoice::TooLittle | HeardVoice::NotEnrolled => None,
    };
    Ear { yes_milli: Some(1000), voiced_ms: 1_000, likeness }
}
