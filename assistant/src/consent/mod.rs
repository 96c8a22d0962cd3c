//! What a person agreed to: a proposal, its read-back from the typed values, and the consent. Pure: no I/O, no clock.
//!
//! A [`Consent`] can be made in one way only: a [`ReadBack`] is generated from a [`Proposal`] by this room, its text is
//! said, and the person agrees to it in time. Nothing else in Sayso can build one, and payments start with nothing else.

mod authentication;
mod digest;
mod ear;
pub mod limits;
mod mandate;
pub mod objection;
mod proof;
mod repeats;
mod voice;

pub use authentication::{Authentication, AuthenticationRule, Tier, digits_said};
pub use digest::ProposalDigest;
pub use ear::{Ear, needed_milli};
pub use limits::{Limits, NarrowLimit, NewPayees, Pace, Spending, Spent, Weighed};
pub use mandate::{Execution, Mandate};
pub use objection::{Objection, Scope};
pub use proof::{Agreed, Answered, PROOF_TRIES_MAX, Proof, VOICE_TRIES_MAX};
pub use repeats::Earlier;
pub use voice::Likeness;

use crate::lang::Lang;
use crate::schedule::Schedule;
use crate::wording::{self, Words};
use proof::Demand;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How long a read-back may wait for its answer, and a consent for its dispatch. Milliseconds.
pub const CONSENT_LIFE_MS: i64 = 2 * 60 * 1000;
/// How long what was sent to a phone may wait for its answer: a phone has to be found first. Milliseconds.
pub const PHONE_LIFE_MS: i64 = 5 * 60 * 1000;

/// Which way money is to move. A consent to one is never a consent to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// The payee gets it, now.
    #[default]
    Pay,
    /// The payee gives it back.
    Refund {
        /// The payment's id in the ledger.
        payment: String,
        /// The payment's version when it was read back: what has changed since can't be given back by this consent,
        /// so that one consent gives back once.
        version: u64,
    },
}

/// Everything of a payment that the person has to agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which way the money goes.
    #[serde(default)]
    pub kind: ProposalKind,
    /// The payee's id in the household.
    pub payee: String,
    /// The payee's name as it is read back.
    pub payee_name: String,
    /// How much.
    pub amount: Money,
    /// Which provider pays: its name in the configuration.
    pub provider: String,
    /// The provider's name as it is read back.
    pub provider_name: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// When it is paid; `None` for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Who pays, where the household tells its people apart and it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

impl Proposal {
    /// SHA-256 over all fields, each with its length before it, so that no two proposals share one.
    #[must_use]
    pub fn digest(&self) -> ProposalDigest {
        let minor = self.amount.minor.to_string();
        let (kind, payment, version) = match &self.kind {
            ProposalKind::Pay => ("pay", "", String::new()),
            ProposalKind::Refund { payment, version } => ("refund", payment.as_str(), version.to_string()),
        };
        let schedule = self.schedule.map(|schedule| schedule.to_string()).unwrap_or_default();
        let fields = [
            "sayso proposal 3",
            kind,
            payment,
            &version,
            &self.payee,
            &self.payee_name,
            &minor,
            self.amount.currency.code(),
            &self.provider,
            &self.provider_name,
            &self.purpose,
            &schedule,
        ];
        let mut hash = Sha256::new();
        let person = self.person.iter().flat_map(|person| ["by", person.as_str()]);
        for field in fields.into_iter().chain(person) {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        ProposalDigest(hash.finalize().into())
    }
}

/// The question with which a read-back ends, in each language.
pub const READ_BACK_ENDS: [(Lang, &str); 2] = [(Lang::En, "Is that right?"), (Lang::Zh, "对吗？")];

/// Every sentence that reads back, with `hole` in the place of each value: for voices, which make ready what stays the same.
#[must_use]
pub fn read_back_frames(hole: &str) -> Vec<(Lang, String)> {
    let kinds = [ProposalKind::Pay, ProposalKind::Refund { payment: String::new(), version: 1 }];
    let frame = |lang| kinds.each_ref().map(|kind| (lang, sentence(kind, lang, (hole, hole, hole), ("", false))));
    Lang::ALL.into_iter().flat_map(frame).collect()
}

/// What is read back: amount, payee and provider, and when it is paid and whether that is once more.
fn sentence(
    kind: &ProposalKind,
    lang: Lang,
    (amount, payee, provider): (&str, &str, &str),
    (when, repeated): (&str, bool),
) -> String {
    match (kind, lang) {
        (ProposalKind::Pay, Lang::En) => {
            let gap = if when.is_empty() { "" } else { " " };
            let again = if repeated { " once more" } else { "" };
            format!("You are paying {amount} to {payee} with {provider}{gap}{when}{again}. Is that right?")
        }
        (ProposalKind::Pay, Lang::Zh) => {
            let again = if repeated { "再次" } else { "" };
            format!("您将{when}{again}用{provider}向{payee}支付{amount}，对吗？")
        }
        (ProposalKind::Refund { .. }, Lang::En) => {
            format!("You are getting {amount} back from {payee}, with {provider}. Is that right?")
        }
        (ProposalKind::Refund { .. }, Lang::Zh) => {
            format!("您将通过{provider}让{payee}退回{amount}，对吗？")
        }
    }
}

/// When in whose conversation something is read back: what tells a read-back from an equal one that another
/// conversation makes in the same millisecond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// The conversation's own name, drawn at random when it begins and kept with it.
    pub conversation: String,
    /// Its step, counted from its beginning.
    pub step: usize,
}

/// A proposal that is being read to the person, and waits for a yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBack {
    proposal: Proposal,
    digest: ProposalDigest,
    occasion: Occasion,
    lang: Lang,
    begun_at_ms: i64,
    read_at_ms: i64,
    #[serde(default)]
    tier: Tier,
    /// What is asked for after the yes.
    #[serde(default)]
    demand: Option<Demand>,
    /// The year in which it is read.
    #[serde(default)]
    year: Option<i16>,
    /// Equal payments of a short time ago, which are said first.
    #[serde(default)]
    earlier: Vec<Earlier>,
}

impl ReadBack {
    /// Starts the read-back of `proposal` on `occasion`, at `now_ms` (Unix milliseconds).
    #[must_use]
    pub fn new(proposal: Proposal, lang: Lang, occasion: Occasion, now_ms: i64) -> Self {
        let digest = proposal.digest();
        let (tier, demand, year, earlier) = (Tier::Yes, None, None, Vec::new());
        let (begun_at_ms, read_at_ms) = (now_ms, now_ms);
        ReadBack { proposal, digest, occasion, lang, begun_at_ms, read_at_ms, tier, demand, year, earlier }
    }

    /// What is read to the person: made from the typed values alone.
    #[must_use]
    pub fn words(&self) -> Words {
        let amount = wording::money(self.proposal.amount, self.lang);
        let when = self.proposal.schedule.map(|schedule| wording::schedule(&schedule, self.year, self.lang));
        let when = when.unwrap_or_default();
        Words {
            written: self.warning(&amount.written, false) + self.sentence(&amount.written, &when.written).as_str(),
            spoken: self.warning(&amount.spoken, true) + self.sentence(&amount.spoken, &when.spoken).as_str(),
        }
    }

    fn sentence(&self, amount: &str, when: &str) -> String {
        let (payee, provider) = (self.proposal.payee_name.as_str(), self.proposal.provider_name.as_str());
        sentence(&self.proposal.kind, self.lang, (amount, payee, provider), (when, self.is_repeated()))
    }

    /// The language in which it is read.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// What would be paid.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// Says the same once more, with the time for an answer starting anew. It stays the same read-back: whatever is
    /// agreed to after it, by a conversation that was resumed too, can be paid once only (see [`Consent::id`]).
    #[must_use]
    pub fn again(self, now_ms: i64) -> Self {
        // What was sent to a phone stays good for as long as it was said to be, however often it is asked for.
        let read_at_ms = if self.awaits_phone() { self.read_at_ms } else { now_ms };
        ReadBack { read_at_ms, ..self }
    }

    /// The person agreed, in these words, at `now_ms`. `words` are what was heard, kept as evidence. Refused where more
    /// than a yes is needed: see [`ReadBack::yes`].
    pub fn agree(self, words: &str, now_ms: i64) -> Result<Consent, ConsentError> {
        if self.tier > Tier::Yes {
            return Err(ConsentError::NotProven);
        }
        self.consent(words, None, None, now_ms)
    }

    /// Refuses what was changed, and an answer that comes too late.
    fn check(&self, now_ms: i64) -> Result<(), ConsentError> {
        if self.digest != self.proposal.digest() {
            return Err(ConsentError::Changed);
        }
        let life_ms = if self.awaits_phone() { PHONE_LIFE_MS } else { CONSENT_LIFE_MS };
        if now_ms < self.read_at_ms || now_ms - self.read_at_ms > life_ms {
            return Err(ConsentError::Expired);
        }
        Ok(())
    }

    /// The consent; whoever calls this has seen that the tier is reached.
    fn consent(
        self,
        words: &str,
        proof: Option<String>,
        likeness: Option<Likeness>,
        now_ms: i64,
    ) -> Result<Consent, ConsentError> {
        self.check(now_ms)?;
        Ok(Consent {
            tier: self.tier,
            proof,
            likeness,
            proposal: self.proposal,
            digest: self.digest,
            occasion: self.occasion,
            lang: self.lang,
            words: words.to_owned(),
            earlier: self.earlier,
            begun_at_ms: self.begun_at_ms,
            agreed_at_ms: now_ms,
            expires_at_ms: now_ms + CONSENT_LIFE_MS,
        })
    }
}

/// A person's agreement to one proposal. Only [`ReadBack::agree`] and, where more than a yes is needed,
/// [`ReadBack::prove`] make one; it is spent by being paid.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Consent {
    proposal: Proposal,
    digest: ProposalDigest,
    occasion: Occasion,
    lang: Lang,
    words: String,
    tier: Tier,
    /// The words that proved it, where more than a yes was needed.
    proof: Option<String>,
    /// How like the voice was to the person's, where it had to be theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    likeness: Option<Likeness>,
    /// Equal payments of a short time ago that the person was told of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Earlier>,
    begun_at_ms: i64,
    agreed_at_ms: i64,
    expires_at_ms: i64,
}

impl Consent {
    /// What was agreed to.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The fingerprint of what was agreed to.
    #[must_use]
    pub fn digest(&self) -> ProposalDigest {
        self.digest
    }

    /// What makes this consent one of its kind: SHA-256, in hexadecimal digits, over the digest, the occasion of the
    /// read-back and the moment at which it began. The next month's equal bill has another id, and so has an equal one
    /// that another conversation reads at the same moment; a read-back that was answered twice, because the program
    /// died between the payment and its answer, has the same, and is paid once.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"sayso consent 2");
        hash.update(self.digest.0);
        hash.update((self.occasion.conversation.len() as u64).to_be_bytes());
        hash.update(self.occasion.conversation.as_bytes());
        hash.update((self.occasion.step as u64).to_be_bytes());
        hash.update(self.begun_at_ms.to_be_bytes());
        ProposalDigest(hash.finalize().into()).to_string()
    }

    /// The words with which the person agreed.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// How surely the person agreed.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// When the person agreed, as Unix milliseconds.
    #[must_use]
    pub fn agreed_at_ms(&self) -> i64 {
        self.agreed_at_ms
    }

    /// Refuses a consent that is too old at `now_ms`.
    pub fn check_fresh(&self, now_ms: i64) -> Result<(), ConsentError> {
        if now_ms < self.agreed_at_ms || now_ms > self.expires_at_ms {
            return Err(ConsentError::Expired);
        }
        Ok(())
    }
}

/// Why an agreement does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// The answer came too late, or the clock went back.
    #[error("the answer came too late; it has to be read back again")]
    Expired,
    /// What was read back is not what would be paid.
    #[error("what was read back is not what would be paid; it has to be read back again")]
    Changed,
    /// More than a yes is needed, and was not given.
    #[error("a yes is not enough for this payment")]
    NotProven,
    /// It has no schedule, so that it can't be kept for later.
    #[error("what was agreed to is to be paid at once, not by a schedule")]
    NoSchedule,
    /// Nothing is due on that day.
    #[error("nothing was agreed to for that day")]
    NotDue,
}

#[cfg(test)]
mod tests;
