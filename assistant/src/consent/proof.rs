//! What is asked for after the yes where a yes is not enough: the amount once more, or digits drawn for this one time, which
//! are said here or sent to the person's phone.

use super::authentication::{challenge, digits_said, phone_code};
use super::{Consent, ConsentError, ProposalKind, ReadBack, Tier};
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

    /// The person said a clear yes, in these words, at `now_ms`. Where digits are needed, `chance` draws them: it must
    /// be new and unforeseeable each time. Those for a phone have to be sent there: see [`ReadBack::phone_text`].
    pub fn yes(self, words: &str, chance: u64, now_ms: i64) -> Result<Agreed, ConsentError> {
        let digits = match self.tier {
            Tier::Yes => return self.agree(words, now_ms).map(|consent| Agreed::Consent(Box::new(consent))),
            Tier::RepeatAmount => String::new(),
            Tier::Challenge => challenge(chance),
            Tier::Phone => phone_code(chance),
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
        let Some(demand) = &self.demand else { return false };
        match (self.tier, proof) {
            (Tier::RepeatAmount, Proof::Amount(amount)) => *amount == self.proposal.amount,
            (Tier::Challenge | Tier::Phone, Proof::Words(words)) => {
                !demand.digits.is_empty() && digits_said(words) == demand.digits
            }
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

    /// A wrong answer: the same once more, or `None` where it was one too many. Digits that were said here are other ones
    /// each time; those on the phone stay, and so does their time.
    #[must_use]
    pub fn not_proven(self, chance: u64, now_ms: i64) -> Option<Self> {
        let mut demand = self.demand?;
        demand.wrong += 1;
        if demand.wrong >= PROOF_TRIES_MAX {
            return None;
        }
        let mut read_at_ms = now_ms;
        match self.tier {
            Tier::Challenge => demand.digits = challenge(chance),
            Tier::Phone => read_at_ms = self.read_at_ms,
            Tier::Yes | Tier::RepeatAmount => {}
        }
        Some(ReadBack { demand: Some(demand), read_at_ms, ..self })
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
    fn what_needs_the_phone_is_proved_by_what_only_the_phone_shows() {
        let read = asked(Tier::Phone);
        let said = read.demand().unwrap();
        assert!(!said.written.contains("4719") && !said.spoken.contains("four"), "the digits are never said: {said:?}");
        let text = read.phone_text().unwrap();
        assert_eq!(
            text,
            "To pay $42.50 to City Power with Stripe, say 471900 to Sayso. If it wasn't you who asked, do nothing."
        );
        for wrong in ["4719", "471901", "yes", ""] {
            assert!(!read.proves(&Proof::Words(wrong.into())), "{wrong}");
        }
        assert!(!read.proves(&Proof::Amount(proposal().amount)));
        let second = read.not_proven(1_234, 1_600).unwrap();
        assert_eq!(second.phone_text().as_ref(), Some(&text), "the phone still shows the same");
        let late = 1_501 + super::super::PHONE_LIFE_MS;
        let proof = Proof::Words("four seven one nine oh oh".into());
        assert_eq!(
            second.clone().again(late).prove(&proof, "x", late),
            Err(ConsentError::Expired),
            "asking again is no renewal"
        );
        let consent = second.clone().prove(&proof, "four seven one nine oh oh", late - 2).unwrap();
        assert_eq!(consent.tier(), Tier::Phone);
        assert_eq!(second.not_proven(1, 1_700).unwrap().not_proven(2, 1_800), None);
    }

    #[test]
    fn only_what_waits_for_the_phone_has_a_text_for_it() {
        assert_eq!(asked(Tier::Challenge).phone_text(), None);
        assert_eq!(read_back(proposal()).demanding(Tier::Phone).phone_text(), None, "before the yes");
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
                Err(error) => prop_assert!(false, "{}", error),
                Ok(Agreed::More(read)) => {
                    let proofs = [Proof::Words(said.clone()), Proof::Amount(Money::new(minor, proposal().amount.currency))];
                    for proof in proofs {
                        if let Ok(consent) = read.clone().prove(&proof, &said, 1_600) {
                            prop_assert_eq!(consent.tier(), highest);
                            let right = match proof {
                                Proof::Amount(amount) => highest == Tier::RepeatAmount && amount == proposal().amount,
                                Proof::Words(words) if highest == Tier::Phone => digits_said(&words) == phone_code(chance),
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
