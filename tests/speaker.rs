//! Voices: the real encoder against figures that other code made, and a conversation in sound in which only the person's own voice pays.
//!
//! `make test` fetches the models first. Without them these tests say loudly that they were skipped, and fail where `CI` is set.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

#[cfg(feature = "voice")]
#[path = "money/bank.rs"]
#[allow(dead_code, reason = "shared with tests of payments, which need all of it")]
mod bank;
mod recorded;

use sayso::audio::PcmFrames;
use sayso::models;
use sayso::speech::speaker::{EnrolmentError, Ge2e, SpeakerEncoder as _, Voiceprint, enrol};
use sayso::speech::{Endpointer, Endpointing, Utterance, hear_turn};
use serde::Deserialize;

/// What the encoder is to give for one recording: see `tests/speaker/ORIGIN.md`.
#[derive(Deserialize)]
struct Expected {
    file: String,
    voiceprint: Vec<f32>,
}

fn encoder(test: &str) -> Option<Ge2e> {
    let [path] = recorded::located(test, [models::SPEAKER])?;
    Some(Ge2e::load(&path, "ge2e").unwrap())
}

/// The one utterance of a recording.
fn utterance(file: &str) -> Utterance {
    let sentence = recorded::all().into_iter().find(|sentence| sentence.file == file).unwrap();
    let mut source = PcmFrames::new(sentence.pcm()).unwrap();
    hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording())).unwrap().unwrap()
}

/// Five sentences of a voice, none of which is an answer in these tests.
fn five(voice: &str) -> Vec<Utterance> {
    let stems = if voice.starts_with('z') {
        ["cancel_1", "history_1", "send_1", "send_2", "digress_1"]
    } else {
        ["send_1", "send_2", "history_1", "digress_1", "amount_1"]
    };
    stems.iter().map(|stem| utterance(&format!("{stem}.{voice}.wav"))).collect()
}

#[test]
fn it_gives_what_other_code_makes_of_the_same_weights() {
    let Some(mut encoder) = encoder("it_gives_what_other_code_makes_of_the_same_weights") else { return };
    let expected: Vec<Expected> =
        include_str!("speaker/expected.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(expected.len(), 4);
    for Expected { file, voiceprint } in expected {
        let sound = recorded::all().into_iter().find(|sentence| sentence.file == file).unwrap().pcm();
        let made = encoder.encode(&sound.samples).unwrap().unwrap();
        assert_eq!(made.numbers().len(), voiceprint.len());
        let apart = made.numbers().iter().zip(&voiceprint).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 2e-4, "{file}: a number is {apart} off");
    }
}

#[test]
fn voices_are_told_apart() {
    let Some(mut encoder) = encoder("voices_are_told_apart") else { return };
    let voices = ["af_heart", "am_michael", "zf_xiaoxiao", "zm_yunyang"];
    let prints: Vec<Voiceprint> = voices.iter().map(|voice| enrol(&mut encoder, &five(voice)).unwrap()).collect();
    for voice in voices {
        let both = [utterance(&format!("yes_1.{voice}.wav")), utterance(&format!("bill_2.{voice}.wav"))];
        let sound: Vec<f32> = both.iter().flat_map(|one| one.samples.iter().copied()).collect();
        let print = encoder.voiceprint(&sound).unwrap().unwrap();
        let likeness: Vec<u16> = prints.iter().map(|of| encoder.likeness_milli(of, &print)).collect();
        let own = likeness[voices.iter().position(|other| *other == voice).unwrap()];
        assert_eq!(likeness.iter().max(), Some(&own), "{voice}: {likeness:?}");
    }
}

#[test]
fn one_sentence_of_somebody_else_is_noticed() {
    let Some(mut encoder) = encoder("one_sentence_of_somebody_else_is_noticed") else { return };
    let mut sentences = five("af_heart");
    sentences[3] = utterance("history_1.am_michael.wav");
    let refused = enrol(&mut encoder, &sentences).map(|_| ()).unwrap_err();
    assert!(matches!(refused, EnrolmentError::Unlike { number: 4, .. }), "{refused}");
    assert!(encoder.voiceprint(&[0.0; 32_000]).unwrap().is_none(), "silence is nobody's voice");
}

#[cfg(feature = "voice")]
mod conversation {
    use super::bank::Bank;
    use super::{five, recorded, utterance};
    use async_trait::async_trait;
    use jiff::tz::TimeZone;
    use sayso::config::Config;
    use sayso::consent::{AuthenticationRule, Ear, Likeness, Tier};
    use sayso::dialog::{Dialogs, ProviderInfo, VoiceCheck, shipped};
    use sayso::lang::Lang;
    use sayso::models;
    use sayso::payments::{Filter, PaymentStore as _, Payments, Providers, Randomness, Settings, SystemRandom};
    use sayso::speech::speaker::{Ge2e, VoiceOf, Witness, enrol};
    use sayso::speech::{Heard as Recognised, Hint, Recogniser as _, Whisper, WhisperSettings};
    use sayso::store::{KeySource, Store};
    use sayso::turn::{Assistant, Conversation, Heard, Turn};
    use sayso_plugin_interface::{Host, HttpFailure, HttpRequest, HttpResponse};
    use std::path::Path;
    use std::sync::Arc;

    /// Draws the digits 4 2 5 0, which a recorded sentence says: forty-two dollars and fifty cents.
    struct Loaded;

    impl Randomness for Loaded {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
            // Eight bytes are drawn for digits; everything else needs other numbers each time.
            if bytes.len() != 8 {
                return SystemRandom.fill(bytes);
            }
            bytes.copy_from_slice(&524_u64.to_be_bytes());
            Ok(())
        }
    }

    /// Hands that do nothing: the bank of these tests is in memory.
    struct NoHands;

    #[async_trait]
    impl Host for NoHands {
        async fn http(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
            Err(HttpFailure::NotSent { reason: "no hands".into() })
        }
        fn now_ms(&self) -> i64 {
            0
        }
        async fn random_hex(&self, _: u8) -> String {
            String::new()
        }
        fn log(&self, _: &str) {}
    }

    /// A household in which every payment needs the person's own voice.
    struct Household {
        assistant: Assistant,
        conversation: Conversation,
        bank: Arc<Bank>,
        store: Store,
        turns: Vec<Turn>,
    }

    impl Household {
        fn new(folder: &Path, voice: VoiceCheck) -> Self {
            let config = Config::example(jiff::Zoned::now().date()).unwrap();
            let infos = config.providers.iter().map(|provider| ProviderInfo {
                name: provider.name.clone(),
                names: provider.names.iter().map(|(lang, names)| (*lang, names[0].clone())).collect(),
                aliases: provider.names.iter().map(|(lang, names)| (*lang, names[1..].to_vec())).collect(),
                currencies: Vec::new(),
            });
            let key = KeySource::Folder(folder.join("keys"));
            let store = Store::open_with(folder.join("sayso.sqlite"), &key).unwrap();
            let bank = Arc::new(Bank::default());
            let mut providers = Providers::new();
            providers.add("stripe", bank.clone(), Arc::new(NoHands));
            let mut settings = Settings::default();
            settings.authentication.rules =
                vec![AuthenticationRule { tier: Tier::Voice, ..AuthenticationRule::default() }];
            let payments =
                Payments::new(Arc::new(store.clone()), providers, settings).with_randomness(Arc::new(Loaded));
            let assistant = Assistant::new(
                Dialogs::load(&shipped()).unwrap().dialogs,
                Arc::new(config.household),
                infos.collect(),
                Arc::new(store.history(TimeZone::UTC)),
                Arc::new(payments),
                TimeZone::UTC,
            );
            let conversation = Conversation::begin(Some(Lang::En), &SystemRandom).unwrap();
            let assistant = assistant.with_voice(voice, store.clone());
            Household { assistant, conversation, bank, store, turns: Vec::new() }
        }

        async fn take(&mut self, heard: Heard) -> String {
            let turn = self.assistant.turn(&mut self.conversation, heard).await;
            let said = turn.said.join(" ");
            eprintln!("{:?} -> {said}", turn.heard);
            self.turns.push(turn);
            said
        }

        /// One recording through recogniser and witness, as `sayso hear` takes it.
        async fn hear(&mut self, ears: &mut Witness, file: &str) -> String {
            let hint = Hint {
                expect: Some(self.assistant.expecting(&self.conversation, true)),
                witnessing: self.conversation.witnessing(),
                ..Hint::new(Some(Lang::En), recorded::vocabulary(Lang::En))
            };
            let heard = ears.transcribe(&utterance(file), &hint).unwrap();
            let Recognised::Words(words) = heard else { panic!("{file}: {heard:?}") };
            let likeness = words.voice.and_then(|voice| match voice {
                VoiceOf::TooLittle => None,
                VoiceOf::Like { together_milli, alone_milli } => Some(Likeness { together_milli, alone_milli }),
            });
            eprintln!("{file}: {likeness:?}");
            let ear = Some(Ear { yes_milli: words.yes_milli, voiced_ms: words.voiced_ms, likeness });
            self.take(Heard { text: words.text, lang: Some(words.lang), ear, ..Heard::default() }).await
        }

        async fn audit(&self) -> String {
            let (send, lines) = std::sync::mpsc::channel();
            let sink = Box::new(move |line: &serde_json::Value| {
                // Nobody waits for more once the test has failed.
                let _ = send.send(line["what"].to_string());
                Ok(())
            });
            self.store.export(sink).await.unwrap().unwrap();
            lines.iter().collect()
        }
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
            household.hear(ears, &format!("{file}.{voice}.wav")).await;
        }
        assert_eq!(household.conversation.awaiting(), Some("consent"));
        household.hear(ears, &format!("yes_1.{voice}.wav")).await
    }

    #[tokio::test]
    async fn the_persons_own_voice_pays_and_the_likeness_is_evidence() {
        let Some(mut ears) = ears("the_persons_own_voice_pays_and_the_likeness_is_evidence", "af_heart") else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut household = Household::new(folder.path(), VoiceCheck::Ready);
        let asked = up_to_the_digits(&mut household, &mut ears, "af_heart").await;
        assert!(asked.contains("please say these digits: 4250"), "{asked}");
        assert_eq!(household.bank.paid(), 0);
        let said = household.hear(&mut ears, "bill_2.af_heart.wav").await;
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
        let mut household = Household::new(folder.path(), VoiceCheck::Ready);
        let asked = up_to_the_digits(&mut household, &mut ears, "am_michael").await;
        assert!(asked.contains("4250"), "{asked}");
        let again = household.hear(&mut ears, "bill_2.am_michael.wav").await;
        assert!(again.contains("didn't sound like you") && again.contains("please say these digits"), "{again}");
        let refused = household.hear(&mut ears, "bill_2.am_michael.wav").await;
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
        let mut household = Household::new(folder.path(), VoiceCheck::Ready);
        up_to_the_digits(&mut household, &mut ears, "af_heart").await;
        let said = household.hear(&mut ears, "bill_2.am_michael.wav").await;
        assert!(said.contains("didn't sound like you"), "{said}");
        assert_eq!(household.bank.paid(), 0);
        // The person takes over, and it is paid.
        let said = household.hear(&mut ears, "bill_2.af_heart.wav").await;
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
            let mut household = Household::new(folder.path(), check);
            let said = household.take(typed("Pay the internet bill, sixty dollars, with Stripe.")).await;
            assert!(said.contains(words) && said.contains("Nothing was paid"), "{check:?}: {said}");
            assert_ne!(household.conversation.awaiting(), Some("consent"), "it is not even read back");
        }
        // Where voices are heard, a typed yes has none.
        let folder = tempfile::tempdir().unwrap();
        let mut household = Household::new(folder.path(), VoiceCheck::Ready);
        household.take(typed("Pay the internet bill, sixty dollars, with Stripe.")).await;
        let said = household.take(typed("Yes.")).await;
        assert!(said.contains("agreed to aloud"), "{said}");
        assert_eq!((household.bank.paid(), household.conversation.awaiting()), (0, None));
    }
}
