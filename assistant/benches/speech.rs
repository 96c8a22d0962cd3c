//! How long whisper takes over the recorded sentences and how much it gets wrong, with and without each shortcut.
//!
//! `cargo bench --bench speech [-- --every N] [--model FILE] [--table FILE]`. Every line is also a ratio to the first, the shipped
//! settings, because both are measured in the same run on the same machine. `--table` writes what was heard for
//! each file with the shipped settings.
#![allow(clippy::print_stdout, clippy::panic, reason = "a benchmark prints, and has nobody to spare from a panic")]

#[path = "../../tests/recorded/mod.rs"]
mod recorded;

#[cfg(feature = "voice")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    voice::run()
}

#[cfg(not(feature = "voice"))]
fn main() {
    println!("Built without the feature `voice`: there is no recogniser to measure.");
}

#[cfg(feature = "voice")]
mod voice {
    use super::recorded::{self, Recorded};
    use sayso::audio::PcmFrames;
    use sayso::lang::Lang;
    use sayso::models;
    use sayso::speech::{
        Decoding, Endpointer, Endpointing, Heard, Hint, Recogniser, Utterance, Whisper, WhisperSettings, hear_turn,
    };
    use std::collections::BTreeMap;
    use std::error::Error;
    use std::fmt::Write as _;
    use std::path::PathBuf;
    use std::time::Instant;

    /// Sums over the sentences of one language.
    #[derive(Default)]
    struct Sum {
        units: usize,
        wrong: usize,
        sound_ms: u64,
        took_ms: u64,
        exact: usize,
        sentences: usize,
    }

    struct Outcome {
        sums: BTreeMap<Lang, Sum>,
        table: String,
    }

    impl Outcome {
        fn took_ms(&self) -> u64 {
            self.sums.values().map(|sum| sum.took_ms).sum()
        }
        fn sound_ms(&self) -> u64 {
            self.sums.values().map(|sum| sum.sound_ms).sum()
        }
        fn sentences(&self) -> usize {
            self.sums.values().map(|sum| sum.sentences).sum()
        }
    }

    pub fn run() -> Result<(), Box<dyn Error>> {
        let arguments: Vec<String> = std::env::args().collect();
        let after = |name: &str| arguments.iter().position(|a| a == name).and_then(|n| arguments.get(n + 1));
        let every: usize = after("--every").and_then(|n| n.parse().ok()).unwrap_or(1).max(1);
        let folder = recorded::models();
        let model = match after("--model") {
            Some(file) => PathBuf::from(file),
            None => models::locate(models::DEFAULT_RECOGNISER, &folder)?,
        };
        let silero = models::locate(models::VOICE_ACTIVITY, &folder).ok();
        let started = Instant::now();
        let mut whisper = Whisper::load(&model, silero.as_deref(), WhisperSettings::default())?;
        println!(
            "model {} loaded in {} ms, resident {} MB",
            whisper.name(),
            started.elapsed().as_millis(),
            resident_mb()
        );
        let sentences: Vec<Recorded> = recorded::all().into_iter().step_by(every).collect();
        let utterances =
            sentences.into_iter().map(|s| Ok((utterance(&s)?, s))).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        println!(
            "{:34} {:>9} {:>6} {:>6} {:>7} {:>7} {:>9} {:>9}",
            "", "ms each", "ratio", "RTF", "WER en", "CER zh", "exact en", "exact zh"
        );
        if let Some(file) = after("--table") {
            let outcome = measure(&mut whisper, &utterances, &WhisperSettings::default(), false)?;
            std::fs::write(file, &outcome.table)?;
            println!("{}", line("shipped", &outcome, outcome.took_ms()));
            return Ok(());
        }
        let mut baseline = None;
        for (name, settings, detect) in variants() {
            let outcome = measure(&mut whisper, &utterances, &settings, detect)?;
            let base = *baseline.get_or_insert(outcome.took_ms());
            println!("{}", line(name, &outcome, base));
        }
        println!("resident at the end: {} MB, at most {} MB", resident_mb(), status("VmHWM:") / 1024);
        Ok(())
    }

    /// The shipped settings first, then each shortcut undone or overdone by itself.
    fn variants() -> Vec<(&'static str, WhisperSettings, bool)> {
        let shipped = WhisperSettings { threads: Some(2), ..WhisperSettings::default() };
        vec![
            ("shipped, two threads", shipped.clone(), false),
            ("threads by load", WhisperSettings { threads: None, ..shipped.clone() }, false),
            ("one thread", WhisperSettings { threads: Some(1), ..shipped.clone() }, false),
            ("without a prompt", WhisperSettings { prompted: false, ..shipped.clone() }, false),
            ("beam of 5", WhisperSettings { decoding: Decoding::Beam(5), ..shipped.clone() }, false),
            ("audio context 768", WhisperSettings { short_context: 768, ..shipped.clone() }, false),
            ("audio context 1500 (whisper's own)", WhisperSettings { short_context: 1500, ..shipped.clone() }, false),
            ("language detected", shipped, true),
        ]
    }

    /// The sentence as the endpointer cuts it.
    fn utterance(sentence: &Recorded) -> Result<Utterance, Box<dyn Error>> {
        let mut source = PcmFrames::new(sentence.pcm())?;
        let heard = hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording()))?;
        heard.ok_or_else(|| format!("no voice in {}", sentence.file).into())
    }

    fn measure(
        whisper: &mut Whisper,
        utterances: &[(Utterance, Recorded)],
        settings: &WhisperSettings,
        detect: bool,
    ) -> Result<Outcome, Box<dyn Error>> {
        whisper.set_settings(settings.clone());
        let mut outcome =
            Outcome { sums: BTreeMap::new(), table: "file\tlang\tsaid\theard\tno_speech\tlogprob\tms\n".into() };
        for (utterance, sentence) in utterances {
            let lang = sentence.lang;
            let hint = Hint::new((!detect).then_some(lang), recorded::vocabulary(lang));
            let started = Instant::now();
            let heard = whisper.transcribe(utterance, &hint)?;
            let took_ms = started.elapsed().as_millis() as u64;
            let (text, figures) = match &heard {
                Heard::Words(words) => (words.text.clone(), Some(words.figures)),
                Heard::Nothing { reason, .. } => (format!("<{reason}>"), None),
            };
            let (units, wrong) = sayso::evaluation::errors(lang, &sentence.text, &text);
            let sum = outcome.sums.entry(lang).or_default();
            sum.units += units;
            sum.wrong += wrong;
            sum.sound_ms += utterance.duration_ms();
            sum.took_ms += took_ms;
            sum.exact += usize::from(wrong == 0);
            sum.sentences += 1;
            let (no_speech, logprob) = figures.map_or((f32::NAN, f32::NAN), |f| (f.no_speech_prob, f.avg_logprob));
            writeln!(
                outcome.table,
                "{}\t{lang}\t{}\t{text}\t{no_speech:.3}\t{logprob:.3}\t{took_ms}",
                sentence.file, sentence.text
            )?;
        }
        Ok(outcome)
    }

    fn line(name: &str, outcome: &Outcome, base_ms: u64) -> String {
        let rate = |lang| outcome.sums.get(&lang).map_or(0.0, |sum| 100.0 * sum.wrong as f64 / sum.units.max(1) as f64);
        let exact =
            |lang| outcome.sums.get(&lang).map_or(String::new(), |sum| format!("{}/{}", sum.exact, sum.sentences));
        format!(
            "{name:34} {:>9.0} {:>6.2} {:>6.3} {:>6.1}% {:>6.1}% {:>9} {:>9}",
            outcome.took_ms() as f64 / outcome.sentences().max(1) as f64,
            outcome.took_ms() as f64 / base_ms.max(1) as f64,
            outcome.took_ms() as f64 / outcome.sound_ms().max(1) as f64,
            rate(Lang::En),
            rate(Lang::Zh),
            exact(Lang::En),
            exact(Lang::Zh),
        )
    }

    fn resident_mb() -> u64 {
        status("VmRSS:") / 1024
    }

    /// A figure of this process in kB, where the system tells.
    fn status(field: &str) -> u64 {
        let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(field));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }
}
