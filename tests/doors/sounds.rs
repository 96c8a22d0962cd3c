//! Sound files and models that are missing, broken or unusual: a sentence and an exit code, never a conversation half-way.

use crate::home::Home;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::path::Path;

/// Half a second of a tone of 440 Hz as WAV.
fn tone(path: &Path, spec: WavSpec) {
    let mut writer = WavWriter::create(path, spec).unwrap();
    let loudest = f64::from(2_u32.pow(u32::from(spec.bits_per_sample) - 1) - 1);
    for step in 0..spec.sample_rate / 2 {
        let phase = f64::from(step) * 440.0 * std::f64::consts::TAU / f64::from(spec.sample_rate);
        for _ in 0..spec.channels {
            writer.write_sample((phase.sin() * 0.5 * loudest) as i32).unwrap();
        }
    }
    writer.finalize().unwrap();
}

fn spec(sample_rate: u32, channels: u16, bits_per_sample: u16) -> WavSpec {
    WavSpec { channels, sample_rate, bits_per_sample, sample_format: SampleFormat::Int }
}

#[test]
fn a_sound_file_that_is_missing_or_broken_is_named() {
    let home = Home::new();
    let good = home.path("good.wav");
    tone(&good, spec(16_000, 1, 16));
    let whole = std::fs::read(&good).unwrap();
    home.write("cut.wav", &whole[..whole.len() / 2]);
    home.write("noise.wav", b"RIFF\x10\0\0\0this is no sound at all");
    home.write("nothing.wav", b"");
    tone(&home.path("empty.wav"), spec(1, 1, 16));
    home.write("folder.wav/file", b"");
    for file in ["missing.wav", "cut.wav", "noise.wav", "nothing.wav", "empty.wav", "folder.wav"] {
        // No model is in this home: the file is looked at first, also where a good one stands before it.
        home.run(&["hear", "good.wav", file]).refused(2, &[file]);
        home.run(&["transcribe", file, "--json"]).refused(2, &[file]);
    }
    home.run(&["hear", "empty.wav"]).refused(2, &["no sound at all"]);
    assert!(!home.path("data").exists(), "nothing was opened for a conversation that can't be held");
}

#[test]
fn every_usual_kind_of_wav_is_read() {
    let home = Home::new();
    for (rate, channels, bits) in [(8_000, 2, 24), (44_100, 1, 16), (48_000, 6, 32), (11_025, 1, 8), (16_000, 1, 16)] {
        let file = home.path("kind.wav");
        tone(&file, spec(rate, channels, bits));
        let sound = sayso::audio::read_wav(&file).unwrap();
        let kind = format!("{rate} Hz, {channels} channels, {bits} bits");
        assert_eq!(sound.rate, sayso::audio::SAMPLE_RATE, "{kind}");
        assert!((495..=505).contains(&sound.duration_ms()), "{kind}: {} ms", sound.duration_ms());
        let middle = &sound.samples[2_000..6_000];
        let power = middle.iter().map(|sample| sample * sample).sum::<f32>() / middle.len() as f32;
        // A sine of half the full scale has an effective value of 0.354.
        assert!((0.33..0.38).contains(&power.sqrt()), "{kind}: {}", power.sqrt());
        let crossings = middle.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
        assert!((218..=222).contains(&crossings), "{kind}: {crossings} crossings in a quarter of a second of 440 Hz");
    }
}

#[cfg(feature = "voice")]
#[test]
fn a_good_file_without_a_model_says_how_to_get_it() {
    let home = Home::new();
    tone(&home.path("call.wav"), spec(8_000, 2, 24));
    home.write("demo.yaml", "conversations: []");
    for command in [&["hear", "call.wav"][..], &["transcribe", "call.wav"], &["demo", "--audio", "."]] {
        home.run(command).refused(2, &["whisper-base-q8_0", "sayso models fetch whisper-base-q8_0"]);
    }
    let config = home.write("other.yaml", sayso::config::EXAMPLE.replace("whisper-base-q8_0", "whisper-huge"));
    home.run(&["hear", "call.wav", "--config", &config]).refused(2, &["whisper-huge", "whisper-base-q8_0"]);
}

#[cfg(feature = "voice")]
#[test]
fn a_model_that_is_cut_short_or_changed_is_not_used() {
    let home = Home::new();
    tone(&home.path("call.wav"), spec(16_000, 1, 16));
    let list = || home.run(&["models", "list", "--json"]).json();
    let model = list().into_iter().find(|model| model["name"] == "whisper-base-q8_0").unwrap();
    let path = std::path::PathBuf::from(model["path"].as_str().unwrap());
    std::fs::write(&path, b"ggml, but not to the end").unwrap();
    home.run(&["hear", "call.wav"]).refused(2, &["damaged", "sayso models fetch"]);
    assert!(list().iter().any(|model| model["presence"] == "damaged"));
    std::fs::File::create(&path).unwrap().set_len(model["bytes"].as_u64().unwrap()).unwrap();
    home.run(&["transcribe", "call.wav"]).refused(2, &["SHA-256", "sayso models fetch"]);
}

#[test]
fn a_model_that_nobody_knows_is_not_fetched() {
    Home::new().run(&["models", "fetch", "whisper-huge"]).refused(1, &["whisper-huge", "whisper-base-q8_0"]);
}
