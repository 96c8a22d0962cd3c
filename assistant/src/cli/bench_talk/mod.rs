//! `sayso bench talk`: recorded sentences through the very ears, dialogs and mouth of `sayso talk`, in real time, and how long
//! the answer to each is in coming. Nothing is paid: it is a dry run with books of its own.

mod figures;
mod lead_in;
mod pauses;
mod replay;

use super::bench_args::TalkBench;
use super::bench_speech::{self, Recording};
use super::failure::Failure;
use super::listening::{Ears, Knowing};
use super::out::{Out, remark};
use super::places::Places;
use super::process;
use super::talk::{Listener, Mouth, Scene, Taken, Telling};
use super::{assemble, recogniser, voice};
use crate::audio::{Pcm, SAMPLE_RATE};
use crate::config::{Config, Environment, KeyChoice, SpeechSettings, StoreSettings};
use crate::lang::Lang;
use crate::payments::SystemRandom;
use crate::speech::{Narrator, Voice};
use crate::turn::{Assistant, Conversation};
use figures::{Figures, Line, Stages};
use pauses::{Paused, PausedLine};
use replay::{Replay, Stopwatch};
use serde::Serialize;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// For how long it is listened to silence, to see what that costs.
const IDLE: Duration = Duration::from_secs(10);

/// The last line of `--json`.
#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    figures: Figures,
    /// The same chain without speculation and cache; null if it was not asked for.
    plain: Option<Figures>,
    /// The same sentences with longer pauses in them; empty if they were not asked for.
    pauses: Vec<Paused>,
    /// What this process holds in memory with everything loaded and used, in MB; null where the system does not tell.
    memory_mb: Option<f64>,
    /// The most that it held until then, in MB; null where the system does not tell.
    memory_peak_mb: Option<f64>,
    /// How much of one core listening to silence takes, as a fraction; null where the system does not tell.
    idle_cpu: Option<f64>,
}

/// Everything that talks.
struct Chain<'a> {
    assistant: &'a Assistant,
    config: &'a Config,
    listener: Listener,
    knowing: Knowing,
    mouth: Mouth,
    watch: Stopwatch,
    speculation: bool,
}

/// What one recording brought.
enum Measured {
    Answered(Stages),
    CutShort,
    Unanswered,
}

/// Measures, and prints what it came to.
pub async fn run(wish: &TalkBench, places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let recordings = bench_speech::read(&wish.audio, wish.every as usize)?;
    let books = Books::open(places)?;
    let config = &harmless(config)?;
    let house = assemble::open(&books.places, config).await?;
    let mut chain = Chain::open(places, config, &house.assistant, true)?;
    chain.practise();
    let figures = chain.all(&recordings, out).await?;
    let (memory_mb, memory_peak_mb) = (process::memory_mb(), process::peak_memory_mb());
    let idle_cpu = chain.idle()?;
    let pauses = if wish.pauses { chain.paused(&recordings, out).await? } else { Vec::new() };
    drop(chain);
    let plain = match wish.plain {
        true => Some(Chain::open(places, config, &house.assistant, false)?.all(&recordings, out).await?),
        false => None,
    };
    let summary = Summary { figures, plain, pauses, memory_mb, memory_peak_mb, idle_cpu };
    out.result(&summary, || {
        let megabytes = |mb: Option<f64>| mb.map_or("not known".to_owned(), |mb| format!("{mb:.0} MB"));
        let (memory, peak) = (megabytes(memory_mb), megabytes(memory_peak_mb));
        let idle = idle_cpu.map_or("not known".to_owned(), |share| format!("{:.1} % of a core", share * 100.0));
        let Figures { turns, cut_short, unanswered, .. } = summary.figures;
        format!(
            "milliseconds from the end of speech to the first sound of the answer\n\n{}\n\n{turns} turns; {cut_short} ended before the sentence did, {unanswered} without an answer{}\nmemory {memory}, {peak} at most; listening to silence takes {idle}",
            summary.figures.table(summary.plain.as_ref()),
            pauses::text(&summary.pauses)
        )
    })?;
    Ok(())
}

/// The same household with practice money, of which none is moved either.
fn harmless(config: &Config) -> Result<Config, Failure> {
    let example = Config::example(jiff::Zoned::now().date()).map_err(Failure::usage)?;
    // Books that are cleared away need no key that would stay for ever.
    let store = StoreSettings { key: KeyChoice::None, ..config.store.clone() };
    let (providers, environment) = (example.providers, Environment::Practice);
    Ok(Config { providers, environment, dry_run: true, store, notifications: Vec::new(), ..config.clone() })
}

/// Books of its own, cleared away when it is over.
struct Books {
    places: Places,
    folder: PathBuf,
}

impl Books {
    fn open(places: &Places) -> Result<Self, Failure> {
        let folder = places.data.join(format!("bench-{}", std::process::id()));
        Ok(Books { places: Places { data: folder.clone(), live: false, ..places.clone() }, folder })
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl<'a> Chain<'a> {
    /// Ears and mouth as `sayso talk` has them; or without looks at pauses, and with a voice that remembers nothing.
    fn open(places: &Places, config: &'a Config, assistant: &'a Assistant, speculation: bool) -> Result<Self, Failure> {
        let speech = SpeechSettings { speculation, ..config.speech.clone() };
        let ears = Ears::new(recogniser::open(places, &speech)?, assistant, speech.expectation);
        let (ears, knowing) = ears.in_background()?;
        let watch = Stopwatch::default();
        let voice = match speculation {
            true => voice::open(places, config, Some(assistant))?,
            false => voice::forgetful(places, config)?,
        };
        if !matches!(voice, Voice::Samples(_)) {
            return Err(Failure::usage("this voice can't be measured: set `voice: kokoro` or `voice: espeak-ng`"));
        }
        let mouth = Mouth::open(voice, || Ok(Box::new(watch.clone())))?;
        let silence = Replay::start(&Pcm::default()).map_err(Failure::failed)?;
        let listener = Listener::open(Box::new(silence), ears, &speech, false);
        Ok(Chain { assistant, config, listener, knowing, mouth, watch, speculation })
    }

    /// Lets the voice make what it says often, as it does in the first minutes of its life.
    fn practise(&self) {
        let Some(voice) = self.mouth.narrator() else { return };
        remark("the voice practises what it says often; that takes ten minutes the first time");
        while voice.practise() || voice.is_busy() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    async fn all(&mut self, recordings: &[Recording], out: Out) -> Result<Figures, Failure> {
        let (mut turns, mut cut_short, mut unanswered) = (Vec::new(), 0, 0);
        for recording in recordings {
            match self.one(recording, out).await? {
                Measured::Answered(stages) => turns.push(stages),
                Measured::CutShort => cut_short += 1,
                Measured::Unanswered => unanswered += 1,
            }
        }
        Ok(Figures::of(&turns, cut_short, unanswered))
    }

    /// Sentences with longer pauses in them: whether they are heard to their end.
    async fn paused(&mut self, recordings: &[Recording], out: Out) -> Result<Vec<Paused>, Failure> {
        let mut all = Vec::new();
        for pause_ms in pauses::ADDED_MS {
            let mut paused = Paused { pause_ms, turns: 0, cut_short: 0 };
            for Recording { entry, sound, .. } in recordings {
                let Some(sound) = pauses::lengthened(sound, pause_ms) else { continue };
                let (conversation, speech_ends) = self.stage(entry.lang, &entry.text, &sound).await?;
                let taken = self.listen(&conversation)?;
                let known = Instant::now();
                let (heard, hear_ms) = match taken {
                    Taken::Speech(heard) => (heard.text, heard.hear_ms.unwrap_or(0.0)),
                    _ => (String::new(), 0.0),
                };
                // The turn was over before its last words were recognised.
                let cut_short = known < speech_ends + Duration::from_secs_f64(hear_ms / 1000.0);
                paused.turns += 1;
                paused.cut_short += usize::from(cut_short);
                let (file, said) = (&entry.file, &entry.text);
                out.object(&PausedLine { file, lang: entry.lang, pause_ms, said, heard: &heard, cut_short })?;
            }
            all.push(paused);
        }
        Ok(all)
    }

    /// A conversation in which `said` is likely, and begins to play `sound` into it; with when its speech ends.
    async fn stage(&mut self, lang: Lang, said: &str, sound: &Pcm) -> Result<(Conversation, Instant), Failure> {
        let mut conversation = Conversation::begin(Some(lang), &SystemRandom).map_err(Failure::failed)?;
        lead_in::lead(self.assistant, &mut conversation, self.config, said).await;
        self.mouth.narrator().into_iter().for_each(Narrator::forget);
        let replay = Replay::start(sound).map_err(Failure::failed)?;
        let speech_ends = replay.speech_ends;
        self.listener.listen_to(Box::new(replay));
        self.listener.forget();
        Ok((conversation, speech_ends))
    }

    fn listen(&mut self, conversation: &Conversation) -> Result<Taken, Failure> {
        let scene = Scene { assistant: self.assistant, conversation, knowing: &self.knowing };
        let mouth = Some(&mut self.mouth).filter(|_| self.speculation);
        block_in_place(|| self.listener.take(scene, mouth)).map_err(super::talk::failure)
    }

    /// One sentence, where it would be said in a conversation.
    async fn one(&mut self, recording: &Recording, out: Out) -> Result<Measured, Failure> {
        let (file, lang, said) = (&recording.entry.file, recording.entry.lang, &recording.entry.text);
        let (mut conversation, speech_ends) = self.stage(lang, said, &recording.sound).await?;
        let awaiting = conversation.awaiting().map(str::to_owned);
        let taken = self.listen(&conversation)?;
        let recognised = Instant::now();
        let Taken::Speech(heard) = taken else { return Ok(Measured::Unanswered) };
        let words = heard.text.clone();
        let recognition = heard.hear_ms.unwrap_or(0.0);
        let mut measured = Measured::Unanswered;
        let since = |later: Instant, earlier: Instant| {
            later.saturating_duration_since(earlier).as_secs_f64() * 1000.0
                - earlier.saturating_duration_since(later).as_secs_f64() * 1000.0
        };
        let endpoint = since(recognised, speech_ends) - recognition;
        if !words.is_empty() {
            let turn = self.assistant.turn(&mut conversation, heard).await;
            let answered = Instant::now();
            self.watch.take();
            block_in_place(|| self.mouth.tell(&mut Telling::of(&turn), None)).map_err(super::talk::failure)?;
            if let Some(first) = self.watch.take() {
                let (first_clause, total) = (since(first, answered), since(first, speech_ends));
                let (understanding, dialog) = (turn.ms.understand, turn.ms.dialog);
                let rest = total - endpoint - recognition - first_clause;
                let stages = Stages { endpoint, recognition, understanding, dialog, first_clause, rest, total };
                measured = Measured::Answered(stages.rounded());
            }
        }
        if endpoint < 0.0 {
            measured = Measured::CutShort;
        }
        let ms = if let Measured::Answered(stages) = &measured { Some(*stages) } else { None };
        let awaiting = awaiting.as_deref();
        out.object(&Line { file, lang, speculation: self.speculation, said, heard: &words, awaiting, ms })?;
        Ok(measured)
    }

    /// The share of one core that listening to silence takes.
    fn idle(&mut self) -> Result<Option<f64>, Failure> {
        let conversation = Conversation::begin(None, &SystemRandom).map_err(Failure::failed)?;
        let silence = Pcm::silence(IDLE.as_millis() as u64, SAMPLE_RATE);
        let replay = Replay::start(&silence).map_err(Failure::failed)?;
        self.listener.listen_to(Box::new(replay));
        let scene = Scene { assistant: self.assistant, conversation: &conversation, knowing: &self.knowing };
        let (began, used) = (Instant::now(), process::cpu());
        // It ends with the sound, and that is no failure here.
        let _ = block_in_place(|| self.listener.take(scene, Some(&mut self.mouth)));
        let spent = process::cpu().zip(used).map(|(after, before)| after.saturating_sub(before).as_secs_f64());
        let share = spent.map(|spent| spent / began.elapsed().as_secs_f64());
        Ok(share.map(|share| (share * 1000.0).round() / 1000.0))
    }
}
