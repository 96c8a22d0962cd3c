//! No consent without what its tier demands, and nothing that is worth less for it.

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
    for tier in [Tier::RepeatAmount, Tier::Challenge, Tier::Voice, Tier::Phone] {
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

const THEIRS: Likeness = Likeness { together_milli: 900, alone_milli: 850 };
const STRANGE: Likeness = Likeness { together_milli: 600, alone_milli: 610 };

fn spoken(words: &str, likeness: Option<Likeness>) -> Proof {
    Proof::Spoken(words.to_owned(), likeness)
}

#[test]
fn digits_in_the_persons_own_voice_prove_it_and_the_likeness_is_kept() {
    let read = asked(Tier::Voice);
    assert_eq!(read.demand().unwrap().written, "To agree, please say these digits: 4719.");
    assert_eq!(read.phone_text(), None);
    for (proof, answered) in [
        (spoken("4718", Some(THEIRS)), Answered::Wrong),
        (spoken("yes", Some(THEIRS)), Answered::Wrong),
        (Proof::Amount(proposal().amount), Answered::Wrong),
        (Proof::Words("4719".into()), Answered::Unheard),
        (spoken("4719", None), Answered::Unheard),
        (spoken("4719", Some(STRANGE)), Answered::Strange(STRANGE)),
        (
            spoken("4719", Some(Likeness { alone_milli: 300, ..THEIRS })),
            Answered::Strange(Likeness { alone_milli: 300, ..THEIRS }),
        ),
    ] {
        assert_eq!(read.answered(&proof), answered, "{proof:?}");
        assert_eq!(read.clone().prove(&proof, "4719", 1_600), Err(ConsentError::NotProven), "{proof:?}");
    }
    let consent = read.prove(&spoken("4719", Some(THEIRS)), "4719", 1_600).unwrap();
    assert_eq!(consent.tier(), Tier::Voice);
    let evidence = serde_json::to_value(&consent).unwrap();
    assert_eq!((&evidence["tier"], &evidence["likeness"]["together_milli"]), (&"voice".into(), &900.into()));
}

#[test]
fn another_voice_is_asked_once_more_with_other_digits_and_then_no_more() {
    let read = asked(Tier::Voice);
    let second = read.clone().not_theirs(1_234, 1_600).unwrap();
    assert!(!second.proves(&spoken("4719", Some(THEIRS))), "the old digits are void");
    assert!(second.proves(&spoken("4321", Some(THEIRS))));
    assert_eq!(second.clone().not_theirs(5, 1_700), None);
    // Wrong digits are counted by themselves, and make nobody's voice better.
    let wrong = second.not_proven(9_174, 1_700).unwrap();
    assert_eq!(wrong.clone().not_theirs(5, 1_800), None);
    assert_eq!(wrong.not_proven(5, 1_800).unwrap().not_proven(5, 1_900), None);
}

#[test]
fn what_was_said_for_another_tier_has_no_likeness() {
    let consent = asked(Tier::Challenge).prove(&spoken("4719", Some(THEIRS)), "4719", 1_600).unwrap();
    assert!(serde_json::to_value(&consent).unwrap().get("likeness").is_none());
}

fn tiers() -> impl Strategy<Value = Tier> {
    proptest::sample::select(Tier::ALL.to_vec())
}

proptest! {
    /// Whatever is said and in whichever order tiers are asked for: a consent has the highest, and its proof.
    #[test]
    fn no_consent_is_below_what_was_demanded(first in tiers(), then in tiers(), said in "[0-9 a-z]{0,9}", minor: i64, chance: u64, together_milli in 0_u16..=1000, alone_milli in 0_u16..=1000) {
        let likeness = Likeness { together_milli, alone_milli };
        let read = read_back(proposal()).demanding(first).demanding(then);
        let highest = first.max(then);
        match read.yes("yes", chance, 1_500) {
            Ok(Agreed::Consent(consent)) => prop_assert_eq!((consent.tier(), highest), (Tier::Yes, Tier::Yes)),
            Err(error) => prop_assert!(false, "{}", error),
            Ok(Agreed::More(read)) => {
                let mut proofs = vec![Proof::Words(said.clone()), Proof::Amount(Money::new(minor, proposal().amount.currency))];
                // What is right but for the voice, too.
                for words in [said.clone(), challenge(chance), phone_code(chance)] {
                    proofs.extend([spoken(&words, None), spoken(&words, Some(likeness)), Proof::Words(words)]);
                }
                for proof in proofs {
                    if let Ok(consent) = read.clone().prove(&proof, &said, 1_600) {
                        prop_assert_eq!(consent.tier(), highest);
                        let right = match proof {
                            Proof::Amount(amount) => highest == Tier::RepeatAmount && amount == proposal().amount,
                            Proof::Words(words) | Proof::Spoken(words, _) if highest == Tier::Phone => digits_said(&words) == phone_code(chance),
                            Proof::Spoken(words, heard) if highest == Tier::Voice => {
                                heard.is_some_and(Likeness::is_theirs) && digits_said(&words) == challenge(chance)
                            }
                            Proof::Words(words) | Proof::Spoken(words, _) => {
                                highest == Tier::Challenge && digits_said(&words) == challenge(chance)
                            }
                        };
                        prop_assert!(right);
                    }
                }
            }
        }
    }
}
