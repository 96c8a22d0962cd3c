//! What a person agreed to: a proposal, its read-back from the typed values, and the consent. Pure: no I/O, no clock.
//!
//! A [`Consent`] can be made in one way only: a [`ReadBack`] is generated from a [`Proposal`] by this room, its text is
//! said, and the person agrees to it in time. Nothing else in Sayso can build one, and payments start with nothing else.

use crate::lang::Lang;
use crate::wording::{self, Words};
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// How long a read-back may wait for its answer, and a consent for its dispatch. Milliseconds.
pub const CONSENT_LIFE_MS: i64 = 2 * 60 * 1000;

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
        let fields = [
            "sayso proposal 2",
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
        ];
        let mut hash = Sha256::new();
        for field in fields {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        ProposalDigest(hash.finalize().into())
    }
}

/// The fingerprint of a proposal; any change to the proposal changes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ProposalDigest([u8; 32]);

impl fmt::Display for ProposalDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ProposalDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<ProposalDigest> for String {
    fn from(digest: ProposalDigest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for ProposalDigest {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || format!("`{text}` is not 64 hexadecimal digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0_u8; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
        }
        Ok(ProposalDigest(bytes))
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
}

impl ReadBack {
    /// Starts the read-back of `proposal` on `occasion`, at `now_ms` (Unix milliseconds).
    #[must_use]
    pub fn new(proposal: Proposal, lang: Lang, occasion: Occasion, now_ms: i64) -> Self {
        let digest = proposal.digest();
        ReadBack { proposal, digest, occasion, lang, begun_at_ms: now_ms, read_at_ms: now_ms }
    }

    /// What is read to the person: made from the typed values alone.
    #[must_use]
    pub fn words(&self) -> Words {
        let amount = wording::money(self.proposal.amount, self.lang);
        Words { written: self.sentence(&amount.written), spoken: self.sentence(&amount.spoken) }
    }

    fn sentence(&self, amount: &str) -> String {
        let (payee, provider) = (&self.proposal.payee_name, &self.proposal.provider_name);
        match (&self.proposal.kind, self.lang) {
            (ProposalKind::Pay, Lang::En) => {
                format!("You are paying {amount} to {payee} with {provider}. Is that right?")
            }
            (ProposalKind::Pay, Lang::Zh) => format!("您将用{provider}向{payee}支付{amount}，对吗？"),
            (ProposalKind::Refund { .. }, Lang::En) => {
                format!("You are getting {amount} back from {payee}, with {provider}. Is that right?")
            }
            (ProposalKind::Refund { .. }, Lang::Zh) => {
                format!("您将通过{provider}让{payee}退回{amount}，对吗？")
            }
        }
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
        ReadBack { read_at_ms: now_ms, ..self }
    }

    /// The person agreed, in these words, at `now_ms`. `words` are what was heard, kept as evidence.
    pub fn agree(self, words: &str, now_ms: i64) -> Result<Consent, ConsentError> {
        if self.digest != self.proposal.digest() {
            return Err(ConsentError::Changed);
        }
        if now_ms < self.read_at_ms || now_ms - self.read_at_ms > CONSENT_LIFE_MS {
            return Err(ConsentError::Expired);
        }
        Ok(Consent {
            proposal: self.proposal,
            digest: self.digest,
            occasion: self.occasion,
            lang: self.lang,
            words: words.to_owned(),
            begun_at_ms: self.begun_at_ms,
            agreed_at_ms: now_ms,
            expires_at_ms: now_ms + CONSENT_LIFE_MS,
        })
    }
}

/// A person's agreement to one proposal. Only [`ReadBack::agree`] makes one; it is spent by being paid.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Consent {
    proposal: Proposal,
    digest: ProposalDigest,
    occasion: Occasion,
    lang: Lang,
    words: String,
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::Currency;

    fn proposal() -> Proposal {
        Proposal {
            kind: ProposalKind::Pay,
            payee: "electricity".into(),
            payee_name: "City Power".into(),
            amount: Money::new(4250, Currency::USD),
            provider: "stripe".into(),
            provider_name: "Stripe".into(),
            purpose: "electricity bill".into(),
        }
    }

    fn occasion() -> Occasion {
        Occasion { conversation: "kitchen".into(), step: 3 }
    }

    #[test]
    fn any_change_changes_the_digest() {
        let digest = proposal().digest();
        let changes: [fn(&mut Proposal); 8] = [
            |p| p.kind = ProposalKind::Refund { payment: "pay_1".into(), version: 1 },
            |p| p.payee.push('x'),
            |p| p.payee_name.push('x'),
            |p| p.amount.minor += 1,
            |p| p.amount.currency = Currency::CNY,
            |p| p.provider.push('x'),
            |p| p.provider_name.push('x'),
            |p| p.purpose.push('x'),
        ];
        for change in changes {
            let mut changed = proposal();
            change(&mut changed);
            assert_ne!(changed.digest(), digest, "{changed:?}");
        }
    }

    #[test]
    fn a_refund_names_its_payment_and_says_that_money_comes_back() {
        let refund = |payment: &str, version| {
            let kind = ProposalKind::Refund { payment: payment.into(), version };
            Proposal { kind, ..proposal() }
        };
        assert_ne!(refund("pay_1", 1).digest(), refund("pay_2", 1).digest());
        assert_ne!(refund("pay_1", 1).digest(), refund("pay_1", 2).digest());
        let words = |lang| ReadBack::new(refund("pay_1", 1), lang, occasion(), 0).words().written;
        assert_eq!(words(Lang::En), "You are getting $42.50 back from City Power, with Stripe. Is that right?");
        assert!(words(Lang::Zh).contains("退回"), "{}", words(Lang::Zh));
    }

    #[test]
    fn agreement_expires_both_ways() {
        let read = ReadBack::new(proposal(), Lang::En, occasion(), 1_000);
        assert!(read.clone().agree("yes", 1_000 + CONSENT_LIFE_MS).is_ok());
        assert_eq!(read.clone().agree("yes", 1_001 + CONSENT_LIFE_MS), Err(ConsentError::Expired));
        assert_eq!(read.agree("yes", 999), Err(ConsentError::Expired));
    }

    #[test]
    fn a_read_back_has_one_consent_and_another_one_another() {
        let read = ReadBack::new(proposal(), Lang::En, occasion(), 1_000);
        let id = read.clone().agree("yes", 1_500).unwrap().id();
        assert_eq!(read.clone().agree("yes please", 2_000).unwrap().id(), id);
        assert_eq!(read.again(5_000).agree("yes", 6_000).unwrap().id(), id);
        assert_ne!(ReadBack::new(proposal(), Lang::En, occasion(), 1_001).agree("yes", 1_500).unwrap().id(), id);
    }

    #[test]
    fn equal_read_backs_at_the_same_moment_have_their_own_consents() {
        let id = |occasion| ReadBack::new(proposal(), Lang::En, occasion, 1_000).agree("yes", 1_500).unwrap().id();
        let here = id(occasion());
        assert_ne!(id(Occasion { conversation: "bedroom".into(), ..occasion() }), here);
        assert_ne!(id(Occasion { step: 4, ..occasion() }), here);
        assert_eq!(id(occasion()), here);
    }

    #[test]
    fn a_stored_read_back_that_was_changed_is_void() {
        let text = serde_json::to_string(&ReadBack::new(proposal(), Lang::En, occasion(), 0)).unwrap();
        let changed: ReadBack = serde_json::from_str(&text.replace("4250", "9950")).unwrap();
        assert_eq!(changed.agree("yes", 1), Err(ConsentError::Changed));
    }
}
