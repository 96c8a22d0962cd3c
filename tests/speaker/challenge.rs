//! Conversations in sound in which digits that were drawn have to be said back: recordings of anything else pay nothing.

use super::household::Household;
use super::{recorded, utterance};
use sayso::audio::{Pcm, PcmFrames};
use sayso::consent::{AuthenticationRule, Tier};
use sayso::dialog::VoiceCheck;
use sayso::lang::Lang;
use sayso::models;
use sayso::speech::{
    Endpointer, Endpointing, KOKORO_RATE, Kokoro, SecondNetwork, Synthesizer as _, Utterance, Whisper, WhisperSettings,
    hear_turn,
};
use sayso::turn::Heard;
use sayso_plugin_interface::{Currency, Money};
use std::path::Path;

/// The recogniser, with the network that hears a yes too where its weights are.
fn ears(test: &str) -> Option<Whisper> {
    let [model, silero] = recorded::located(test, [models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY])?;
    let settings = WhisperSettings { threads: Some(1), ..WhisperSettings::default() };
    let whisper = Whisper::load(&model, Some(&silero), settings).unwrap();
    let second = models::locate(models::SECOND_LISTENER, &recorded::models()).ok();
    Some(match second {
        Some(weights) => whisper.with_second_network(SecondNetwork::new(&weights).unwrap()),
        None => whisper,
    })
}

/// Somebody who says anything: the natural voice.
struct Somebody(Kokoro);

impl Somebody {
    fn new(test: &str) -> Option<Self> {
        recorded::kokoro(test).map(Somebody)
    }

    fn says(&mut self, text: &str) -> Utterance {
        let mut sound = Pcm::silence(200, KOKORO_RATE);
        sound.samples.extend(self.0.synthesize(text, Lang::En).unwrap().samples);
        sound.samples.extend(Pcm::silence(200, KOKORO_RATE).samples);
        let mut source = PcmFrames::new(sound).unwrap();
        hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording())).unwrap().unwrap()
    }
}

/// A household in which fifty dollars and more need digits. `drawn` are those, the last one first.
fn household(folder: &Path, drawn: u64) -> Household {
    let from = vec![Money::new(5_000, Currency::USD)];
    let rule = AuthenticationRule { tier: Tier::Challenge, from, ..AuthenticationRule::default() };
    Household::new(folder, rule, VoiceCheck::Typed, drawn)
}

/// Asks for sixty dollars, and agrees by a recording of a yes; gives what is asked for then.
async fn up_to_the_digits(household: &mut Household, ears: &mut Whisper) -> String {
    let request = "Pay the internet bill, sixty dollars, with Stripe.".to_owned();
    household.take(Heard { text: request, ..Heard::default() }).await;
    assert_eq!(household.conversation.awaiting(), Some("consent"));
    let asked = household.hear(ears, &utterance("yes_1.af_heart.wav")).await;
    assert_eq!((household.conversation.awaiting(), household.bank.paid()), (Some("proof"), 0));
    asked
}

#[tokio::test]
async fn the_digits_that_were_drawn_pay() {
    let test = "the_digits_that_were_drawn_pay";
    let (Some(mut ears), Some(mut somebody)) = (ears(test), Somebody::new(test)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), 7_263);
    let asked = up_to_the_digits(&mut household, &mut ears).await;
    assert!(asked.contains("please say these digits: 3627"), "{asked}");
    let said = household.hear(&mut ears, &somebody.says("Three, six, two, seven.")).await;
    assert!(said.contains("Done"), "{said}");
    assert_eq!(household.bank.paid(), 6_000);
}

/// Whoever recorded an earlier conversation has a yes and the digits of then; none of it fits what was drawn now.
#[tokio::test]
async fn a_replayed_yes_and_the_digits_of_another_time_pay_nothing() {
    let test = "a_replayed_yes_and_the_digits_of_another_time_pay_nothing";
    let (Some(mut ears), Some(mut somebody)) = (ears(test), Somebody::new(test)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), 9_184);
    let asked = up_to_the_digits(&mut household, &mut ears).await;
    assert!(asked.contains("4819"), "{asked}");
    let again = household.hear(&mut ears, &utterance("yes_1.af_heart.wav")).await;
    assert_eq!(household.bank.paid(), 0, "{again}");
    let earlier = somebody.says("Three, six, two, seven.");
    for _ in 0..3 {
        let said = household.hear(&mut ears, &earlier).await;
        assert_eq!(household.bank.paid(), 0, "{said}");
    }
    assert_ne!(household.conversation.awaiting(), Some("proof"), "nobody may guess for ever");
    assert!(household.turns.iter().all(|turn| turn.payment.is_none()));
}

/// Below the amount of the rule a yes is enough, so that it is the tier that asked for digits.
#[tokio::test]
async fn a_small_amount_needs_no_digits() {
    let Some(mut ears) = ears("a_small_amount_needs_no_digits") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut household = household(folder.path(), 1);
    let request = "Pay the internet bill, forty dollars, with Stripe.".to_owned();
    household.take(Heard { text: request, ..Heard::default() }).await;
    let said = household.hear(&mut ears, &utterance("yes_1.af_heart.wav")).await;
    assert!(said.contains("Done"), "{said}");
    assert_eq!(household.bank.paid(), 4_000);
}
