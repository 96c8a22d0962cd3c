//! What is asked for after the yes where a yes is not enough: the amount once more, or digits drawn for this one time, which
//! are said here, to be said back by anybody or in the person's own voice, or sent to their phone.

use super::authentication::{challenge, digits_said, phone_code};
use super::{Consent, ConsentError, Likeness, ProposalKind, ReadBack, Tier};
use crate::lang::Lang;
use crate::wording::{self, Words};
use jiff::civil::Date;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};

/// How many wrong answers end it.
pub const PROOF_TRIES_MAX: u8 = 3;
/// How many right answers in another voice end it.
pub const VOICE_TRIES_MAX: u8 = 2;

/// A proof that is being asked for, after the yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Demand {
    /// The words of the yes.
    yes: String,
    /// The digits that have to be said; empty where the amount is asked for.
    digits: String,
    /// Wrong answers so far.
    wrong: u8,
    /// Right answers in another voice so far.
    #[serde(default)]
    strange: u8,
}

/// What a person said as a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An amount; the only one that was said, with nothing doubtful about it.
    Amount(Money),
    /// Words with digits in them.
    Words(String),
    /// The same said aloud, and how like the voice is to the person's; `None` if that could not be told.
    Spoken(String, Option<Likeness>),
}

/// What an answer to a demand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// What was asked for.
    Right,
    /// Not the amount, or not the digits, that were asked for.
    Wrong,
    /// The digits, in a voice that could not be compared: typed, or too little of it.
    Unheard,
    /// The digits, in another voice.
    Strange(Likeness),
}

/// What comes of a yes.
#[derive(Debug, PartialEq, Eq)]
pub enum Agreed {
    /// It is enough.
    Consent(Box<Consent>),
    /// More is asked for: see [`ReadBack::demand`].
    More(Box<ReadBack>),
}

impl ReadBack {
    /// The same, needing at least this tier. It can be raised only.
    #[must_use]
    pub fn demanding(self, tier: Tier) -> Self {
        ReadBack { tier: self.tier.max(tier), ..self }
    }

    /// The same, read on this day: the year of dates in it is said only where it is another one.
    #[must_use]
    pub fn on(self, today: Date) -> Self {
        ReadBack { year: Some(today.year()), ..self }
    }

    /// How surely it has to be agreed to.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// The person said a clear yes, in these words, at `now_ms`. Where digits are needed, `chance` draws them: it must
    /// be new and unforeseeable each time. Those for a phone have to be sent there: see [`ReadBack::phone_text`].
    pub fn yes(self, words: &str, chance: u64, now_ms: i64) -> Result<Agreed, ConsentError> {
        let digits = match self.tier {
            Tier::Yes => return self.agree(words, now_ms).map(|consent| Agreed::Consent(Box::new(consent))),
            Tier::RepeatAmount => String::new(),
            Tier::Challenge | Tier::Voice => challenge(chance),
            Tier::Phone => phone_code(chance),
        };
        self.check(now_ms)?;
        let demand = Some(Demand { yes: words.to_owned(), digits, wrong: 0, strange: 0 });
        Ok(Agreed::More(Box::new(ReadBack { demand, read_at_ms: now_ms, ..self })))
    }

    /// What is asked for after the yes, made here alone; `None` before the yes.
    #[must_use]
    pub fn demand(&self) -> Option<Words> {
        let demand = self.demand.as_ref()?;
        if demand.digits.is_empty() {
            return Some(Words::same(match self.lang {
                Lang::En => "To agree, please say the amount yourself.",
                Lang::Zh => "请您自己说一遍金额来确认。",
            }));
        }
        if self.awaits_phone() {
            return Some(Words::same(match self.lang {
                Lang::En => "I've sent six digits to your phone. To agree, please say them.",
                Lang::Zh => "我已把六位数字发到您的手机上，请念出来确认。",
            }));
        }
        let (before, after) = match self.lang {
            Lang::En => ("To agree, please say these digits: ", "."),
            Lang::Zh => ("请念出这几个数字来确认：", "。"),
        };
        let digits = wording::digits(&demand.digits, self.lang);
        Some(Words {
            written: format!("{before}{}{after}", digits.written),
            spoken: format!("{before}{}{after}", wording::slowly(&digits.spoken)),
        })
    }

    /// True if it waits for the digits that were sent to the phone.
    pub(super) fn awaits_phone(&self) -> bool {
        self.tier == Tier::Phone && self.demand.is_some()
    }

    /// What the phone is to show: made from the typed values and the digits, which are told nowhere else. `None` unless it
    /// waits for the phone.
    #[must_use]
    pub fn phone_text(&self) -> Option<String> {
        let demand = self.demand.as_ref().filter(|_| self.awaits_phone())?;
        let (payee, provider) = (&self.proposal.payee_name, &self.proposal.provider_name);
        let amount = wording::money(self.proposal.amount, self.lang).written;
        let when = self.proposal.schedule.map(|schedule| wording::schedule(&schedule, self.year, self.lang).written);
        let when = when.unwrap_or_default();
        let digits = &demand.digits;
        Some(match (&self.proposal.kind, self.lang) {
            (ProposalKind::Pay, Lang::En) => {
                let gap = if when.is_empty() { "" } else { " " };
                format!(
                    "To pay {amount} to {payee} with {provider}{gap}{when}, say {digits} to Sayso. If it wasn't you who asked, do nothing."
                )
            }
            (ProposalKind::Pay, Lang::Zh) => {
                format!(
                    "要{when}用{provider}向{payee}支付{amount}，请对Sayso念出{digits}。如果不是您要付的，请不要理会。"
                )
            }
            (ProposalKind::Refund { .. }, Lang::En) => {
                format!(
                    "To get {amount} back from {payee} with {provider}, say {digits} to Sayso. If it wasn't you who asked, do nothing."
                )
            }
            (ProposalKind::Refund { .. }, Lang::Zh) => {
                format!("要通过{provider}让{payee}退回{amount}，请对Sayso念出{digits}。如果不是您要退的，请不要理会。")
            }
        })
    }

    /// True if this is what was asked for.
    #[must_use]
    pub fn proves(&self, proof: &Proof) -> bool {
        self.answered(proof) == Answered::Right
    }

    /// What this answer to the demand is.
    #[must_use]
    pub fn answered(&self, proof: &Proof) -> Answered {
        let Some(demand) = &self.demand else { return Answered::Wrong };
        let digits = |words: &str| !demand.digits.is_empty() && digits_said(words) == demand.digits;
        let right = match (self.tier, proof) {
            (Tier::RepeatAmount, Proof::Amount(amount)) => *amount == self.proposal.amount,
            (Tier::Challenge | Tier::Voice | Tier::Phone, Proof::Words(words) | Proof::Spoken(words, _)) => {
                digits(words)
            }
            _ => false,
        };
        match (self.tier, proof) {
            _ if !right => Answered::Wrong,
            (Tier::Voice, Proof::Spoken(_, Some(likeness))) if likeness.is_theirs() => Answered::Right,
            (Tier::Voice, Proof::Spoken(_, Some(likeness))) => Answered::Strange(*likeness),
            (Tier::Voice, _) => Answered::Unheard,
            _ => Answered::Right,
        }
    }

    /// The person proved it, in these words, at `now_ms`.
    pub fn prove(self, proof: &Proof, words: &str, now_ms: i64) -> Result<Consent, ConsentError> {
        if !self.proves(proof) {
            return Err(ConsentError::NotProven);
        }
        let yes = self.demand.as_ref().map(|demand| demand.yes.clone()).unwrap_or_default();
        let likeness = match proof {
            Proof::Spoken(_, likeness) if self.tier == Tier::Voice => *likeness,
            _ => None,
        };
        self.consent(&yes, Some(words.to_owned()), likeness, now_ms)
    }

    /// A wrong answer: the same once more, or `None` where it was one too many. Digits that were said here are other ones
    /// each time; those on the phone stay, and so does their time.
    #[must_use]
    pub fn not_proven(self, chance: u64, now_ms: i64) -> Option<Self> {
        let demand = self.demand.clone()?;
        let wrong = demand.wrong + 1;
        (wrong < PROOF_TRIES_MAX).then(|| self.demanding_again(Demand { wrong, ..demand }, chance, now_ms))
    }

    /// The digits in another voice: other digits once more, or `None` where it was one too many.
    #[must_use]
    pub fn not_theirs(self, chance: u64, now_ms: i64) -> Option<Self> {
        let demand = self.demand.clone()?;
        let strange = demand.strange + 1;
        (strange < VOICE_TRIES_MAX).then(|| self.demanding_again(Demand { strange, ..demand }, chance, now_ms))
    }

    fn demanding_again(self, mut demand: Demand, chance: u64, now_ms: i64) -> Self {
        let mut read_at_ms = now_ms;
        match self.tier {
            Tier::Challenge | Tier::Voice => demand.digits = challenge(chance),
            Tier::Phone => read_at_ms = self.read_at_ms,
            Tier::Yes | Tier::RepeatAmount => {}
        }
        ReadBack { demand: Some(demand), read_at_ms, ..self }
    }
}

#[cfg(test)]
mod tests;
