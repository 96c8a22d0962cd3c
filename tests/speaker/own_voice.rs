//! Conversations in sound in which only the person's own voice pays.

use super::household::Household;
use super::{five, recorded, utterance};
use sayso::consent::{AuthenticationRule, Tier};
use sayso::dialog::VoiceCheck;
use sayso::models;
use sayso::payments::{Filter, PaymentStore as _};
use sayso::speech::speaker::{Ge2e, Witness, enrol};
use sayso::speech::{Whisper, WhisperSettings};
use sayso::turn::Heard;
use std::path::Path;

/// A household in which every payment needs the person's own voice, and 4 2 5 0 is drawn: a recorded sentence says it, forty-two
/// dollars and fifty cents.
fn household(folder: &Path, voice: VoiceCheck) -> Household {
    let rule = AuthenticationRule { tier: Tier::Voice, ..AuthenticationRule::default() };
    Household::new(folder, rule, voice, 524)
}

/// A recogniser with a witness beside it, who listens for one voice.
fn ears(test: &str, of: &str) -> Option<Witness> {
    let names = [models::SPEAKER, models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY];
    let [speaker, model, silero] = recorded::located(test, names)?;
    let mut encoder = Ge2e::load(&speaker, "ge2e").unwrap();
    let print = enrol(&mut encoder, &five(of)).unwrap();
    let settings = WhisperSettings { threads: Some(1), ..WhisperSettings::default() };
    let whisper = Whisper::load(&model, Some(&silero), settings).unwrap();
    Some(Witness::new(Box::new(whisper), Box::new(encoder), print))
}

/// Asks for the bill, up to the read-back and the yes, in this voice; gives what is asked for then.
async fn up_to_the_digits(household: &mut Household, ears: &mut Witness, voice: &str) -> String {
    for file in ["bill_1", "bill_2", "bill_3"] {
        household.hear(ears, &utterance(&format!("{file}.{voice}.wav"))).await;
    }
    assert_eq!(household.conversation.awaiting(), Some("consent"));
    household.hear(ears, &utterance(&format!("yes_1.{voice}.wav"))).await
}

#[tokio::test]
async fn the_persons_own_voice_pays_and_the_likeness_is_evidence() {
    let Some(mut ears) = ears("the_persons_own_voice_pays_and_the_likeness_is_evidence", "af_heart") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), VoiceCheck::Ready);
    let asked = up_to_the_digits(&mut household, &mut ears, "af_heart").await;
    assert!(asked.contains("please say these digits: 4250"), "{asked}");
    assert_eq!(household.bank.paid(), 0);
    let said = household.hear(&mut ears, &utterance("bill_2.af_heart.wav")).await;
    assert!(said.contains("Done"), "{said}");
    assert_eq!(household.bank.paid(), 4250);
    let payments = household.store.payments(&Filter { limit: 5, ..Filter::default() }).await.unwrap();
    assert_eq!(payments.len(), 1);
    assert!(!household.audit().await.contains("strange_voice"));
}

#[tokio::test]
async fn another_voice_is_asked_once_more_and_then_refused() {
    let Some(mut ears) = ears("another_voice_is_asked_once_more_and_then_refused", "af_heart") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), VoiceCheck::Ready);
    let asked = up_to_the_digits(&mut household, &mut ears, "am_michael").await;
    assert!(asked.contains("4250"), "{asked}");
    let again = household.hear(&mut ears, &utterance("bill_2.am_michael.wav")).await;
    assert!(again.contains("didn't sound like you") && again.contains("please say these digits"), "{again}");
    let refused = household.hear(&mut ears, &utterance("bill_2.am_michael.wav")).await;
    assert!(refused.contains("still didn't sound like you") && refused.contains("Nothing was paid"), "{refused}");
    assert_eq!(household.bank.paid(), 0);
    assert!(household.turns.iter().all(|turn| turn.payment.is_none()));
    let audit = household.audit().await;
    assert_eq!(audit.matches("strange_voice").count(), 2, "{audit}");
    assert!(audit.contains("together_milli"), "{audit}");
}

/// Somebody says the yes, and another one the digits: who says the digits has to be the person, whoever said the yes.
#[tokio::test]
async fn a_yes_in_the_right_voice_does_not_help_a_wrong_one() {
    let Some(mut ears) = ears("a_yes_in_the_right_voice_does_not_help_a_wrong_one", "af_heart") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), VoiceCheck::Ready);
    up_to_the_digits(&mut household, &mut ears, "af_heart").await;
    let said = household.hear(&mut ears, &utterance("bill_2.am_michael.wav")).await;
    assert!(said.contains("didn't sound like you"), "{said}");
    assert_eq!(household.bank.paid(), 0);
    // The person takes over, and it is paid.
    let said = household.hear(&mut ears, &utterance("bill_2.af_heart.wav")).await;
    assert!(said.contains("Done"), "{said}");
    assert_eq!(household.bank.paid(), 4250);
}

fn typed(text: &str) -> Heard {
    Heard { text: text.to_owned(), ..Heard::default() }
}

#[tokio::test]
async fn what_is_typed_and_who_is_not_known_pay_nothing() {
    for (check, words) in [
        (VoiceCheck::Typed, "this conversation is typed"),
        (VoiceCheck::Nobody, "wasn't told who you are"),
        (VoiceCheck::NotEnrolled, "don't know your voice yet"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut household = household(folder.path(), check);
        let said = household.take(typed("Pay the internet bill, sixty dollars, with Stripe.")).await;
        assert!(said.contains(words) && said.contains("Nothing was paid"), "{check:?}: {said}");
        assert_ne!(household.conversation.awaiting(), Some("consent"), "it is not even read back");
    }
    // Where voices are heard, a typed yes has none.
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), VoiceCheck::Ready);
    household.take(typed("Pay the internet bill, sixty dollars, with Stripe.")).await;
    let said = household.take(typed("Yes.")).await;
    assert!(said.contains("agreed to aloud"), "{said}");
    assert_eq!((household.bank.paid(), household.conversation.awaiting()), (0, None));
}
