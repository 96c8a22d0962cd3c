//! Speech with real models: fetched weights, recorded sentences, and sounds that nobody spoke.
//!
//! `make test` fetches the models first. Without them these tests say loudly that they were skipped, and fail where
//! `CI` is set. The folder is `SAYSO_MODELS` or the usual place.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

mod recorded;

#[cfg(feature = "voice")]
use sayso::evaluation::sounds as signals;
use sayso::models;

#[test]
#[ignore = "downloads 143 MB where the models are not there yet"]
fn fetches_converts_and_quantises_to_the_official_bytes() {
    for name in [models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY] {
        let path = models::fetch(name, &recorded::models(), &mut |step| eprintln!("{step:?}")).unwrap();
        assert_eq!(models::locate(name, &recorded::models()).unwrap(), path);
    }
}

/// The real program in both languages, and the sound that it makes is a voice.
#[test]
fn espeak_speaks_both_languages() {
    use sayso::audio::{PcmFrames, SAMPLE_RATE};
    use sayso::lang::Lang;
    use sayso::speech::{Endpointer, Endpointing, Espeak, SpeechError, Synthesizer, hear_turn};
    let mut espeak = match Espeak::find() {
        Ok(espeak) => espeak,
        Err(why @ SpeechError::ProgramMissing { .. }) => {
            assert!(std::env::var_os("CI").is_none(), "{why}");
            eprintln!("\n*** SKIPPED: espeak_speaks_both_languages\n*** {why}\n");
            return;
        }
        Err(why) => panic!("{why}"),
    };
    for (lang, text) in [(Lang::En, "That is forty-two dollars and fifty cents."), (Lang::Zh, "一共四十二元五角。")]
    {
        let pcm = espeak.synthesize(text, lang).unwrap();
        assert!((1_000..8_000).contains(&pcm.duration_ms()), "{lang}: {} ms", pcm.duration_ms());
        let mut source = PcmFrames::new(pcm.at_rate(SAMPLE_RATE).unwrap()).unwrap();
        let heard = hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording())).unwrap();
        assert!(heard.is_some_and(|utterance| utterance.voiced_ms > 500), "{lang}: no voice in it");
    }
}

/// What is played is recorded again. Run it where the default microphone hears the default loudspeaker, for example
/// with PulseAudio: `pactl load-module module-null-sink` and its monitor as the source.
#[cfg(feature = "voice")]
#[test]
#[ignore = "needs a microphone that hears the loudspeaker"]
fn the_microphone_hears_the_loudspeaker() {
    use sayso::audio::{Microphone, Sink as _, Speaker, devices};
    use sayso::speech::{Endpointer, Endpointing, hear_turn};
    eprintln!("{:#?}", devices().unwrap());
    let sentence = recorded::all().swap_remove(0);
    let (mut microphone, mut speaker) = (Microphone::open(None).unwrap(), Speaker::open(None).unwrap());
    let pcm = sentence.pcm();
    speaker.start(&pcm).unwrap();
    let heard = hear_turn(&mut microphone, &mut Endpointer::new(Endpointing::default())).unwrap().unwrap();
    speaker.wait().unwrap();
    assert!(heard.duration_ms().abs_diff(pcm.duration_ms()) < 700, "{} of {}", heard.duration_ms(), pcm.duration_ms());
}

#[cfg(feature = "voice")]
mod with_models {
    use super::{models, recorded, signals};
    use recorded::Recorded;
    use sayso::audio::{Pcm, PcmFrames, SAMPLE_RATE};
    use sayso::consent::Ear;
    use sayso::evaluation::{Judge, Outcome, Scene, Taken};
    use sayso::lang::Lang;
    use sayso::speech::gate::Thresholds;
    use sayso::speech::{
        Endpointer, Endpointing, Heard, Hint, Reason, Recogniser, SecondNetwork, Silero, Utterance, Whisper,
        WhisperSettings, hear_turn, listen,
    };
    use sayso::turn::Expecting;
    use sayso::understanding::{EntityKind, Expectation, Reading, Teaching, Understander};
    use sayso_plugin_interface::Currency;
    use std::path::PathBuf;
    use std::sync::Arc;

    /// The recogniser's own figures close no gate.
    const OPEN: Thresholds = Thresholds {
        no_speech_sure: 1.0,
        no_speech_doubt: 1.0,
        logprob_doubt: -99.0,
        logprob_guess: -99.0,
        repeats_max: 99.0,
    };

    /// The paths of recogniser and second gate, or `None` after saying loudly that a test is skipped.
    fn paths(test: &str) -> Option<[PathBuf; 2]> {
        recorded::located(test, [models::DEFAULT_RECOGNISER, models::VOICE_ACTIVITY])
    }

    /// One thread each: the test runner has a test for each core already.
    fn settings() -> WhisperSettings {
        WhisperSettings { threads: Some(1), ..WhisperSettings::default() }
    }

    fn whisper(test: &str) -> Option<Whisper> {
        let [model, silero] = paths(test)?;
        Some(Whisper::load(&model, Some(&silero), settings()).unwrap())
    }

    /// A recogniser without the second gate.
    fn ungated(test: &str, thresholds: Thresholds) -> Option<Whisper> {
        let [model, _] = paths(test)?;
        Some(Whisper::load(&model, None, WhisperSettings { thresholds, ..settings() }).unwrap())
    }

    /// As if the first gate had let a sound through.
    fn let_through(samples: Vec<f32>) -> Utterance {
        Utterance { samples, voiced_ms: 3_000, peak: 1.0, start_ms: 0 }
    }

    fn hear(whisper: &mut Whisper, sentence: &Recorded, lang: Option<Lang>) -> Heard {
        hear_with(whisper, sentence.pcm(), &Hint::new(lang, recorded::vocabulary(sentence.lang)))
    }

    /// One recording through the first gate and the recogniser.
    fn hear_with(whisper: &mut Whisper, sound: Pcm, hint: &Hint) -> Heard {
        let mut source = PcmFrames::new(sound).unwrap();
        listen(&mut source, &mut Endpointer::new(Endpointing::whole_recording()), whisper, hint).unwrap()
    }

    /// Words (English) or characters (Mandarin) wrong among those said, over all sentences of a language.
    fn error_rate(whisper: &mut Whisper, lang: Lang) -> f64 {
        let (mut units, mut wrong) = (0, 0);
        for sentence in recorded::all().into_iter().filter(|s| s.lang == lang) {
            let heard = hear(whisper, &sentence, Some(lang));
            let text = heard.transcript().map(|t| t.text.clone()).unwrap_or_default();
            let (said, missed) = sayso::evaluation::errors(lang, &sentence.text, &text);
            if missed > 0 {
                eprintln!("{}: said {:?}, heard {heard:?}", sentence.file, sentence.text);
            }
            units += said;
            wrong += missed;
        }
        wrong as f64 / units as f64
    }

    #[test]
    fn recorded_sentences_are_heard() {
        let Some(mut whisper) = whisper("recorded_sentences_are_heard") else { return };
        let english = error_rate(&mut whisper, Lang::En);
        assert!(english < 0.03, "{english} of the English words are wrong");
        let mandarin = error_rate(&mut whisper, Lang::Zh);
        assert!(mandarin < 0.12, "{mandarin} of the Mandarin characters are wrong");
    }

    #[test]
    fn the_language_is_found_out() {
        let Some(mut whisper) = whisper("the_language_is_found_out") else { return };
        for sentence in recorded::all().iter().step_by(11) {
            let heard = hear(&mut whisper, sentence, None);
            assert_eq!(heard.transcript().map(|t| t.lang), Some(sentence.lang), "{}", sentence.file);
        }
    }

    #[test]
    fn the_second_gate_tells_voices_from_sounds() {
        let Some([_, path]) = paths("the_second_gate_tells_voices_from_sounds") else { return };
        let mut silero = Silero::load(&path).unwrap();
        for sentence in recorded::all() {
            let voiced = silero.voiced_ms(&sentence.pcm().samples).unwrap();
            assert!(voiced >= 200, "{}: {voiced} ms of voice", sentence.file);
        }
        for loudness in [0.003, 0.03, 0.2] {
            for (name, samples) in signals::all(6, loudness) {
                let voiced = silero.voiced_ms(&samples).unwrap();
                assert!(voiced < 96, "{name} at {loudness}: {voiced} ms of voice");
            }
        }
    }

    /// Whisper with both voice gates left out: its own figures must do.
    #[test]
    fn the_figures_alone_keep_noise_and_music_from_becoming_words() {
        let test = "the_figures_alone_keep_noise_and_music_from_becoming_words";
        let Some(mut whisper) = ungated(test, Thresholds::default()) else { return };
        for lang in Lang::ALL {
            let hint = Hint::new(Some(lang), recorded::vocabulary(lang));
            for (name, samples) in signals::all(3, 0.05) {
                let heard = whisper.transcribe(&let_through(samples), &hint).unwrap();
                assert!(matches!(heard, Heard::Nothing { .. }), "{lang}: {name} became {heard:?}");
            }
        }
    }

    /// The whole ear: nothing of it may become words, at any loudness.
    #[test]
    fn sounds_that_nobody_spoke_are_nothing() {
        let Some(mut whisper) = whisper("sounds_that_nobody_spoke_are_nothing") else { return };
        let hint = Hint::new(None, recorded::vocabulary(Lang::Zh));
        for loudness in [0.003, 0.03, 0.2] {
            for (name, samples) in signals::all(5, loudness) {
                let mut source = PcmFrames::new(Pcm::new(samples, SAMPLE_RATE)).unwrap();
                let mut endpointer = Endpointer::new(Endpointing::whole_recording());
                let Some(utterance) = hear_turn(&mut source, &mut endpointer).unwrap() else { continue };
                let heard = whisper.transcribe(&utterance, &hint).unwrap();
                assert!(matches!(heard, Heard::Nothing { .. }), "{name} at {loudness} became {heard:?}");
            }
        }
    }

    /// A recogniser that has been told of consent hears it in noise: whatever the vocabulary says, it is not told.
    #[test]
    fn a_vocabulary_of_consent_does_not_make_noise_agree() {
        let Some(mut whisper) = ungated("a_vocabulary_of_consent_does_not_make_noise_agree", OPEN) else { return };
        let consent = ["确认支付", "好的", "yes", "Yes, pay it."].map(str::to_owned).to_vec();
        for lang in Lang::ALL {
            for seed in 0..4 {
                let samples = signals::white(40_000, seed).into_iter().map(|s| s * 0.05).collect();
                let heard = whisper.transcribe(&let_through(samples), &Hint::new(Some(lang), consent.clone())).unwrap();
                let text = heard.transcript().map(|t| t.text.to_lowercase()).unwrap_or_default();
                assert!(!text.contains("确认") && !text.contains("yes"), "{lang} {seed}: {text}");
            }
        }
    }

    /// Ears that wait for the yes to a read-back.
    fn at_a_read_back(lang: Lang) -> Hint {
        let understander = Arc::new(Understander::new(&Teaching::default()));
        let kinds = vec![EntityKind::YesNo, EntityKind::Money];
        let expect = Expectation { consent: true, kinds, ..Expectation::default() };
        let expecting = Expecting::new(understander, expect, jiff::civil::date(2026, 11, 28), true);
        Hint { expect: Some(Arc::new(expecting)), ..Hint::new(Some(lang), recorded::vocabulary(lang)) }
    }

    fn judge() -> Judge {
        let currencies = [(Lang::En, Currency::USD), (Lang::Zh, Currency::CNY)].into();
        Judge::new(Understander::new(&Teaching::default()), currencies, jiff::civil::date(2026, 11, 28))
    }

    fn taken(heard: &Heard) -> Taken {
        let Some(words) = heard.transcript() else { return Taken::default() };
        let ear = Ear { yes_milli: words.yes_milli, voiced_ms: words.voiced_ms, likeness: None };
        Taken { ear: Some(ear), ..Taken::freely(&words.text) }
    }

    /// Whoever says yes is heard by both listeners, and whoever says something else by none.
    #[test]
    fn a_yes_is_heard_twice_and_nothing_else_is() {
        let Some(mut whisper) = whisper("a_yes_is_heard_twice_and_nothing_else_is") else { return };
        let judge = judge();
        let mut consents = 0;
        for sentence in recorded::all() {
            let said = judge.agrees(sentence.lang, &sentence.text);
            let short_answer =
                ["no_1", "cancel_2", "amount_3", "back_1"].iter().any(|name| sentence.file.starts_with(name));
            if !said && !short_answer {
                continue;
            }
            let heard = hear_with(&mut whisper, sentence.pcm(), &at_a_read_back(sentence.lang));
            let consented = judge.consents(sentence.lang, &taken(&heard));
            assert!(said || !consented, "{} became {heard:?}", sentence.file);
            consents += usize::from(consented);
            // Whatever is once heard as a yes is so by the other listener too, in recordings as clear as these.
            let once = heard.transcript().is_some_and(|words| judge.agrees(sentence.lang, &words.free));
            assert_eq!(once, consented, "{}: {heard:?}", sentence.file);
        }
        assert!(consents >= 9, "only {consents} of the 12 recorded consents were heard");
    }

    /// The less sure of both networks counts, and clear recordings convince both.
    #[test]
    fn another_network_hears_a_yes_too() {
        let test = "another_network_hears_a_yes_too";
        let Some([model, silero]) = paths(test) else { return };
        let Some([weights]) = recorded::located(test, [models::SECOND_LISTENER]) else { return };
        let whisper = || Whisper::load(&model, Some(&silero), settings()).unwrap();
        let mut both = whisper().with_second_network(SecondNetwork::new(&weights).unwrap());
        let (mut alone, mut less_sure) = (whisper(), 0);
        for name in ["yes_1.af_heart.wav", "yes_1.am_michael.wav", "yes_1.zf_xiaoxiao.wav", "no_1.af_heart.wav"] {
            let sentence = recorded::all().into_iter().find(|sentence| sentence.file == name).unwrap();
            let hint = at_a_read_back(sentence.lang);
            let yes = |ears: &mut Whisper| {
                let heard = hear_with(ears, sentence.pcm(), &hint);
                heard.transcript().unwrap_or_else(|| panic!("{name}: {heard:?}")).yes_milli
            };
            let (one, two) = (yes(&mut alone), yes(&mut both));
            assert_eq!(one.is_some(), two.is_some(), "{name}: neither is asked where no yes was heard");
            assert_eq!(one.is_some(), name.starts_with("yes"), "{name}");
            assert!(two <= one && two.is_none_or(|milli| milli >= 800), "{name}: {one:?} alone, {two:?} with both");
            less_sure += usize::from(two < one);
        }
        assert!(less_sure > 0, "the smaller network is never quite as sure");
    }

    /// With all gates open but the two listeners: noise, music and talk about something else never pay.
    #[test]
    fn nothing_that_nobody_said_is_a_consent() {
        let Some(mut whisper) = ungated("nothing_that_nobody_said_is_a_consent", OPEN) else { return };
        let judge = judge();
        let all = recorded::all();
        for (number, (scene, name)) in Scene::ALL.into_iter().cycle().take(20).enumerate() {
            let lang = Lang::ALL[number / Scene::ALL.len() % 2];
            let others = all.iter().filter(|sentence| sentence.lang == lang && !judge.agrees(lang, &sentence.text));
            let voices: Vec<Vec<f32>> = others.map(|sentence| sentence.pcm().samples).collect();
            let voices: Vec<&[f32]> = voices.iter().map(Vec::as_slice).collect();
            let samples = scene.sound(3, 11 + number as u64, &voices);
            let heard = whisper.transcribe(&let_through(samples), &at_a_read_back(lang)).unwrap();
            assert!(!judge.consents(lang, &taken(&heard)), "{name} in {lang} became {heard:?}");
        }
    }

    /// What sounds alike is weighed by the sound, and what is near becomes a question instead of a guess.
    #[test]
    fn amounts_are_held_against_the_sound() {
        let Some(mut whisper) = whisper("amounts_are_held_against_the_sound") else { return };
        let judge = judge();
        for sentence in recorded::all().into_iter().filter(|sentence| sentence.file.starts_with("amount_")) {
            let heard = hear_with(&mut whisper, sentence.pcm(), &at_a_read_back(sentence.lang));
            let words = heard.transcript().unwrap();
            let readings = words.readings.iter();
            let readings = readings.map(|r| Reading { text: r.text.clone(), probability_milli: r.probability_milli });
            let score = judge.score(sentence.lang, &sentence.text, &Taken { readings: readings.collect(), ear: None });
            assert_ne!(score.amounts, Some(Outcome::Wrong), "{}: {heard:?}", sentence.file);
            assert!(words.readings.len() > 1 || words.readings[0].probability_milli > 900, "{heard:?}");
        }
    }

    #[test]
    fn an_empty_utterance_and_a_very_short_one_are_borne() {
        let Some(mut whisper) = whisper("an_empty_utterance_and_a_very_short_one_are_borne") else { return };
        let hint = Hint::new(Some(Lang::En), Vec::new());
        let nothing = whisper.transcribe(&Utterance::default(), &hint).unwrap();
        assert!(matches!(nothing, Heard::Nothing { reason: Reason::NoVoice, .. }));
        let nothing = whisper.transcribe(&let_through(vec![0.1; 400]), &hint).unwrap();
        assert!(matches!(nothing, Heard::Nothing { .. }), "{nothing:?}");
    }

    /// Longer than the short context: all four sentences of a conversation in one breath.
    #[test]
    fn a_long_utterance_is_heard_to_its_end() {
        let Some(mut whisper) = whisper("a_long_utterance_is_heard_to_its_end") else { return };
        let mut samples = Vec::new();
        for sentence in recorded::all().iter().filter(|s| s.file.contains("af_heart")).take(9) {
            samples.extend(sentence.pcm().samples);
        }
        assert!(samples.len() > 16_000 * 10);
        let heard = whisper.transcribe(&let_through(samples), &Hint::new(Some(Lang::En), Vec::new())).unwrap();
        let text = heard.transcript().map(|t| t.text.clone()).unwrap_or_default();
        for part in ["electricity bill", "Stripe", "Alice", "PayPal"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }

    #[test]
    fn damaged_models_are_refused_with_a_sentence() {
        let Some([model, silero]) = paths("damaged_models_are_refused_with_a_sentence") else { return };
        let folder = tempfile::tempdir().unwrap();
        let cut = folder.path().join("ggml-base-q8_0.bin");
        let bytes = std::fs::read(&model).unwrap();
        std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
        for (path, sign) in
            [(&cut, "cut off"), (&silero, "can't be used"), (&folder.path().join("ggml-none.bin"), "missing")]
        {
            let error = Whisper::load(path, None, settings()).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(sign) && error.contains("sayso models fetch"), "{error}");
            let error = SecondNetwork::new(path).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(sign), "{error}");
        }
        let error = models::locate(models::DEFAULT_RECOGNISER, folder.path()).unwrap_err().to_string();
        assert!(error.contains("damaged or has been changed"), "{error}");
    }
}
