//! How surely a person has to agree: a yes, more than a yes, or not by voice at all. The household's rules decide, and
//! everything else can only ask for more.

use super::Proposal;
use crate::wording::{ENGLISH_SMALL, ENGLISH_TENS};
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How surely a person agrees; the later, the surer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A clear yes to the read-back.
    #[default]
    Yes,
    /// A yes, and the amount said once more by the person.
    RepeatAmount,
    /// A yes, and digits said back that were drawn for this one time: no recording can know them.
    Challenge,
    /// The same digits, said back in the voice of the person whose conversation it is.
    Voice,
    /// A yes, and digits said back that were sent to the person's phone and are known nowhere else.
    Phone,
}

impl Tier {
    /// Every tier, the weakest first.
    pub const ALL: [Tier; 5] = [Tier::Yes, Tier::RepeatAmount, Tier::Challenge, Tier::Voice, Tier::Phone];

    /// The word for it in configuration and flow files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Tier::Yes => "yes",
            Tier::RepeatAmount => "repeat_amount",
            Tier::Challenge => "challenge",
            Tier::Voice => "voice",
            Tier::Phone => "phone",
        }
    }

    /// Reads the word for it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Tier::ALL.into_iter().find(|tier| tier.name() == name)
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One rule of the household: a payment that all its conditions fit needs at least this tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthenticationRule {
    /// What is needed.
    pub tier: Tier,
    /// From these amounts on, one for each currency; a currency that is not among them does not fit. Empty: any amount.
    pub from: Vec<Money>,
    /// Only for these payees (ids); empty for all.
    pub payees: Vec<String>,
    /// Only where nothing was ever paid to the payee.
    pub new_payee: bool,
    /// Only for what is paid later or again and again.
    pub scheduled: bool,
}

/// The household's rules. Without any, a clear yes is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The rules; of those that fit, the highest tier counts.
    pub rules: Vec<AuthenticationRule>,
}

impl Authentication {
    /// The tier that a proposal needs. `is_new` answers whether nothing was ever paid to the payee, and is asked only
    /// where a rule depends on it.
    #[must_use]
    pub fn demanded(&self, proposal: &Proposal, is_new: impl FnOnce() -> bool) -> Tier {
        let fits = |rule: &&AuthenticationRule| {
            let amount = proposal.amount;
            let reached = |from: &Money| from.currency == amount.currency && amount.minor >= from.minor;
            (rule.from.is_empty() || rule.from.iter().any(reached))
                && (rule.payees.is_empty() || rule.payees.contains(&proposal.payee))
                && (!rule.scheduled || proposal.schedule.is_some())
        };
        let highest = |new: bool| {
            let counted = self.rules.iter().filter(fits).filter(|rule| new || !rule.new_payee);
            counted.map(|rule| rule.tier).max().unwrap_or_default()
        };
        let (known, unknown) = (highest(false), highest(true));
        if unknown > known && is_new() { unknown } else { known }
    }

    /// True if a rule asks for this tier.
    #[must_use]
    pub fn names(&self, tier: Tier) -> bool {
        self.rules.iter().any(|rule| rule.tier == tier)
    }

    /// True if it can matter whether a payee is new.
    #[must_use]
    pub fn depends_on_new(&self, proposal: &Proposal) -> bool {
        self.demanded(proposal, || true) > self.demanded(proposal, || false)
    }
}

/// How many digits a challenge has.
const CHALLENGE_DIGITS: usize = 4;
/// How many digits are sent to a phone. Whoever hears nothing of them has three guesses at a million.
const PHONE_DIGITS: usize = 6;

/// The digits of a challenge, drawn by `chance`.
#[must_use]
pub(super) fn challenge(chance: u64) -> String {
    drawn(chance, CHALLENGE_DIGITS)
}

/// The digits for a phone, drawn by `chance`.
#[must_use]
pub(super) fn phone_code(chance: u64) -> String {
    drawn(chance, PHONE_DIGITS)
}

fn drawn(chance: u64, count: usize) -> String {
    let mut left = chance;
    let digits = (0..count).map(|_| {
        let digit = left % 10;
        left /= 10;
        char::from_digit(u32::try_from(digit).unwrap_or(0), 10).unwrap_or('0')
    });
    digits.collect()
}

/// The digits that somebody says, in whatever form they are written: `4719`, `4 7 1 9`, `four seven one nine`,
/// `forty-seven nineteen`, 四七一九. Other words do not matter.
#[must_use]
pub fn digits_said(text: &str) -> String {
    let mut digits = String::new();
    // Set after "forty", in whose place "seven" makes 47.
    let mut tens_open = false;
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase).chain([' ']) {
        if c.is_ascii_alphabetic() {
            word.push(c);
            continue;
        }
        tens_open = add_word(&mut digits, &word, tens_open);
        word.clear();
        if let Some(digit) = chinese_digit(c).or_else(|| full_width(c)) {
            digits.push(digit);
            tens_open = false;
        }
    }
    digits
}

/// Adds the digits of an English word; true if the next one may take the place of its zero.
fn add_word(digits: &mut String, word: &str, tens_open: bool) -> bool {
    if word.is_empty() {
        return tens_open;
    }
    let unit = if matches!(word, "oh" | "o" | "nought") {
        Some(0)
    } else {
        ENGLISH_SMALL.iter().position(|unit| *unit == word)
    };
    if let Some(number) = unit {
        if tens_open && (1..10).contains(&number) {
            digits.pop();
        }
        digits.push_str(&number.to_string());
        return false;
    }
    let Some(tens) = ENGLISH_TENS.iter().position(|tens| *tens == word) else { return false };
    digits.push_str(&(tens * 10).to_string());
    true
}

fn chinese_digit(c: char) -> Option<char> {
    let digit = match c {
        '零' | '〇' | '洞' => 0,
        // Recognisers write a last 一 as 亿, and nobody is asked for a hundred million.
        '一' | '幺' | '壹' | '亿' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' | '拐' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    };
    char::from_digit(digit, 10)
}

fn full_width(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::proposal;
    use super::*;
    use crate::schedule::Schedule;
    use proptest::prelude::*;
    use sayso_plugin_interface::Currency;

    fn rule(tier: Tier) -> AuthenticationRule {
        AuthenticationRule { tier, ..AuthenticationRule::default() }
    }

    #[test]
    fn the_highest_rule_that_fits_counts() {
        let from = |minor| vec![Money::new(minor, Currency::USD)];
        let rules = Authentication {
            rules: vec![
                AuthenticationRule { from: from(4250), ..rule(Tier::RepeatAmount) },
                AuthenticationRule { from: from(4251), ..rule(Tier::Phone) },
                AuthenticationRule { new_payee: true, ..rule(Tier::Challenge) },
            ],
        };
        assert_eq!(rules.demanded(&proposal(), || false), Tier::RepeatAmount);
        assert_eq!(rules.demanded(&proposal(), || true), Tier::Challenge);
        assert!(rules.depends_on_new(&proposal()));
        assert_eq!(Authentication::default().demanded(&proposal(), || true), Tier::Yes);
    }

    #[test]
    fn payees_and_schedules_are_conditions_too() {
        let rules = Authentication {
            rules: vec![AuthenticationRule { payees: vec!["rent".into()], scheduled: true, ..rule(Tier::Challenge) }],
        };
        let mut rent = Proposal { payee: "rent".into(), ..proposal() };
        assert_eq!(rules.demanded(&rent, || true), Tier::Yes);
        rent.schedule = Some(Schedule::Once { on: jiff::civil::date(2026, 12, 1) });
        assert_eq!(rules.demanded(&rent, || true), Tier::Challenge);
        rent.payee = "water".into();
        assert_eq!(rules.demanded(&rent, || true), Tier::Yes);
    }

    #[test]
    fn digits_are_heard_in_every_form() {
        for text in
            ["4719", "4 7 1 9", "it's four seven one nine", "Forty-seven, nineteen.", "四七幺九", "４７１９", "47-19"]
        {
            assert_eq!(digits_said(text), "4719", "{text}");
        }
        assert_eq!(digits_said("oh two zero five"), "0205");
        assert_eq!(digits_said("四七九亿。"), "4791", "as it was heard in a test");
        assert_eq!(digits_said("forty"), "40");
        assert_eq!(digits_said("yes"), "");
    }

    proptest! {
        #[test]
        fn a_challenge_that_is_said_back_is_heard(chance: u64) {
            let digits = challenge(chance);
            prop_assert_eq!(digits.len(), CHALLENGE_DIGITS);
            for lang in crate::lang::Lang::ALL {
                let words = crate::wording::digits(&digits, lang);
                prop_assert_eq!(&digits_said(&words.spoken), &digits);
                prop_assert_eq!(&digits_said(&words.written), &digits);
            }
        }
    }
}
