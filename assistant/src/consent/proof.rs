//! What is asked for after the yes where a yes is not enough: the amount once more, or digits drawn for this one time.

use super::authentication::{challenge, digits_said};
use super::{Consent, ConsentError, ReadBack, Tier};
use crate::lang::Lang;
use crate::wording::{self, Words};
use jiff::civil::Date;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};

/// How many wrong answers end it.
pub const PROOF_TRIES_MAX: u8 = 3;

/// A proof that is being asked for, after the yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Demand {
    /// The words of the yes.
    yes: String,
    /// The digits that have to be said; empty where the amount is asked for.
    digits: String,
    /// Wrong answers so far.
    wrong: u8,
}

/// What a person said as a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An amount; the only one that was said, with nothing doubtful about it.
    Amount(Money),
    /// Words with digits in them.
    Words(String),
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

    /// The person said a clear yes, in these words, at `now_ms`. Where a challenge is needed, `chance` draws it: it must
    /// be new and unforeseeable each time.
    pub fn yes(self, words: &str, chance: u64, now_ms: i64) -> Result<Agreed, ConsentError> {
        let digits = match self.tier {
            Tier::Yes => return self.agree(words, now_ms).map(|consent| Agreed::Consent(Box::new(consent))),
            Tier::Phone => return Err(ConsentError::PhoneNeeded),
            Tier::RepeatAmount => String::new(),
            Tier::Challenge => challenge(chance),
        };
        self.check(now_ms)?;
        let demand = Some(Demand { yes: words.to_owned(), digits, wrong: 0 });
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

    /// True if this is what was asked for.
    #[must_use]
    pub fn proves(&self, proof: &Proof) -> bool {
        let Some(demand) = &self.demand else { return false };
        match (self.tier, proof) {
            (Tier::RepeatAmount, Proof::Amount(amount)) => *amount == self.proposal.amount,
            (Tier::Challenge, Proof::Words(words)) => !demand.digits.is_empty() && digits_said(words) == demand.digits,
            _ => false,
        }
    }

    /// The person proved it, in these words, at `now_ms`.
    pub fn prove(self, proof: &Proof, words: &str, now_ms: i64) -> Result<Consent, ConsentError> {
        if !self.proves(proof) {
            return Err(ConsentError::NotProven);
        }
        let yes = self.demand.as_ref().map(|demand| demand.yes.clone()).unwrap_or_default();
        self.consent(&yes, Some(words.to_owned()), now_ms)
    }

    /// A wrong answer: the same once more, with other digits, or `None` where it was one too many.
    #[must_use]
    pub fn not_proven(self, chance: u64, now_ms: i64) -> Option<Self> {
        let mut demand = self.demand?;
        demand.wrong += 1;
        if demand.wrong >= PROOF_TRIES_MAX {
            return None;
        }
        if !demand.digits.is_empty() {
            demand.digits = challenge(chance);
        }
        Some(ReadBack { demand: Some(demand), read_at_ms: now_ms, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{proposal, read_back};
    use super::*;
    use proptest::prelude::*;

    fn asked(tier: Tier) -> ReadBack {
        match read_back(proposal()).demanding(tier).yes("yes", 9174, 1_500).unwrap() {
            Agreed::More(read) => *read,
            Agreed::Consent(consent) => panic!("a yes was enough: {consent:?}"),
        }
    }

    #[test]
    fn a_yes_alone_is_not_enough_above_yes() {
        for tier in [Tier::RepeatAmount, Tier::Challenge, Tier::Phone] {
            let read = read_back(proposal()).demanding(tier);
            assert_eq!(read.agree("yes", 1_500), Err(ConsentError::NotProven), "{tier}");
        }
        assert_eq!(asked(Tier::Challenge).agree("yes", 1_600), Err(ConsentError::NotProven));
    }

    #[test]
    fn the_amount_and_nothing_else_proves_it() {
        let read = asked(Tier::RepeatAmount);
        let amount = proposal().amount;
        for wrong in [
            Proof::Amount(Money::new(amount.minor + 1, amount.currency)),
            Proof::Amount(Money::new(amount.minor, sayso_plugin_interface::Currency::CNY)),
            Proof::Words("42.50".into()),
        ] {
            assert_eq!(read.clone().prove(&wrong, "wrong", 1_600), Err(ConsentError::NotProven), "{wrong:?}");
        }
        let consent = read.prove(&Proof::Amount(amount), "forty two fifty", 1_600).unwrap();
        assert_eq!((consent.tier(), consent.words()), (Tier::RepeatAmount, "yes"));
        assert!(serde_json::to_string(&consent).unwrap().contains("forty two fifty"), "the proof is kept as evidence");
    }

    #[test]
    fn the_digits_are_asked_for_and_prove_it() {
        let read = asked(Tier::Challenge);
        let slow = "<prosody rate=\"slow\">four seven one nine</prosody>";
        assert_eq!(read.demand().unwrap().spoken, format!("To agree, please say these digits: {slow}."));
        assert!(!read.proves(&Proof::Words("4718".into())) && !read.proves(&Proof::Words("yes".into())));
        assert!(!read.proves(&Proof::Amount(proposal().amount)));
        assert_eq!(read.prove(&Proof::Words("4 7 1 9".into()), "4 7 1 9", 1_600).unwrap().tier(), Tier::Challenge);
    }

    #[test]
    fn other_digits_each_time_and_three_times_at_most() {
        let read = asked(Tier::Challenge);
        let second = read.not_proven(1_234, 1_600).unwrap();
        assert!(!second.proves(&Proof::Words("4719".into())), "the old digits are void");
        assert!(second.proves(&Proof::Words("4321".into())));
        assert_eq!(second.not_proven(1, 1_700).unwrap().not_proven(2, 1_800), None);
    }

    #[test]
    fn a_proof_that_comes_too_late_is_none() {
        let late = 1_501 + super::super::CONSENT_LIFE_MS;
        let proof = Proof::Amount(proposal().amount);
        assert_eq!(asked(Tier::RepeatAmount).prove(&proof, "forty two fifty", late), Err(ConsentError::Expired));
    }

    #[test]
    fn what_needs_the_phone_is_never_agreed_to_here() {
        let read = read_back(proposal()).demanding(Tier::Phone);
        assert_eq!(read.clone().yes("yes", 1, 1_500), Err(ConsentError::PhoneNeeded));
        assert!(!read.proves(&Proof::Amount(proposal().amount)));
    }

    fn tiers() -> impl Strategy<Value = Tier> {
        proptest::sample::select(Tier::ALL.to_vec())
    }

    proptest! {
        /// Whatever is said and in whichever order tiers are asked for: a consent has the highest, and its proof.
        #[test]
        fn no_consent_is_below_what_was_demanded(first in tiers(), then in tiers(), said in "[0-9 a-z]{0,9}", minor: i64, chance: u64) {
            let read = read_back(proposal()).demanding(first).demanding(then);
            let highest = first.max(then);
            match read.yes("yes", chance, 1_500) {
                Ok(Agreed::Consent(consent)) => prop_assert_eq!((consent.tier(), highest), (Tier::Yes, Tier::Yes)),
                Err(error) => prop_assert_eq!((error, highest), (ConsentError::PhoneNeeded, Tier::Phone)),
                Ok(Agreed::More(read)) => {
                    let proofs = [Proof::Words(said.clone()), Proof::Amount(Money::new(minor, proposal().amount.currency))];
                    for proof in proofs {
                        if let Ok(consent) = read.clone().prove(&proof, &said, 1_600) {
                            prop_assert_eq!(consent.tier(), highest);
                            let right = match proof {
                                Proof::Amount(amount) => highest == Tier::RepeatAmount && amount == proposal().amount,
                                Proof::Words(words) => highest == Tier::Challenge && digits_said(&words) == challenge(chance),
                            };
                            prop_assert!(right);
                        }
                    }
                }
            }
        }
    }
}
