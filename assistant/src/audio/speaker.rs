//! The loudspeaker.

use super::device::{self, Direction, Stream};
use super::echo_path::{Reference, Teller};
use super::{AudioError, Pcm, Sink, resample};
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Silence before the first sound of a stream: devices swallow the beginning while they wake up.
const LEAD_IN_MS: u64 = 120;
/// A stream that has run for so long is awake: it plays silence all the while.
const AWAKE_AFTER: Duration = Duration::from_secs(1);
/// Silence after the last sound: what is in the device's own buffer must still come out.
const DRAIN: Duration = Duration::from_millis(250);
/// A device that takes nothing for so long is lost. Single errors are not the end: sound servers report some and play on.
const STALLED: Duration = Duration::from_secs(2);
/// So much of what was played is kept, to go on from after a pause.
const KEPT_MS: usize = 400;

/// What waits to be played, and how the device fares.
#[derive(Default)]
struct Queue {
    samples: VecDeque<f32>,
    /// What was played last, the oldest first.
    played: VecDeque<f32>,
    /// How many samples were played in all, silence between sounds not counted.
    taken: u64,
    kept: usize,
    paused: bool,
    failure: Option<String>,
    /// Who wants to know what is played.
    teller: Option<Teller>,
}

impl Queue {
    /// The next sample for the device.
    fn next(&mut self) -> f32 {
        let next = (!self.paused).then(|| self.samples.pop_front()).flatten();
        let Some(sample) = next else { return 0.0 };
        self.taken += 1;
        if self.played.len() >= self.kept {
            self.played.pop_front();
        }
        self.played.push_back(sample);
        sample
    }

    /// Puts what was played last back in front.
    fn rewind(&mut self) {
        while let Some(sample) = self.played.pop_back() {
            self.samples.push_front(sample);
        }
    }

    /// A stream of so many samples per second begins. What is left of another one does not fit.
    fn begins_at(&mut self, rate: u32) {
        self.clear();
        self.kept = rate as usize * KEPT_MS / 1000;
        self.failure = None;
        if self.teller.as_ref().is_some_and(|teller| !teller.begins(rate)) {
            self.teller = None;
        }
    }

    fn clear(&mut self) {
        self.samples.clear();
        self.played.clear();
        self.paused = false;
    }
}

/// A loudspeaker that is ready to play. Stops when it is dropped.
pub struct Speaker {
    /// Plays silence too, all the while; `None` while it rests.
    stream: Option<Stream>,
    queue: Arc<Mutex<Queue>>,
    /// The device that was asked for; `None`: the system's default.
    wanted: Option<String>,
    rate: u32,
    name: String,
    opened: Instant,
    /// How much had been played when it was looked at last, and since when no more has been.
    progress: (u64, Instant),
    /// Since when nothing is left to be played.
    empty_since: Option<Instant>,
}

impl Speaker {
    /// Opens the device of that name, or the system's default.
    ///
    /// # Errors
    /// A sentence when there is no such device or it refuses to play.
    pub fn open(name: Option<&str>) -> Result<Self, AudioError> {
        let now = Instant::now();
        let mut speaker = Self {
            stream: None,
            queue: Arc::default(),
            wanted: name.map(str::to_owned),
            rate: 0,
            name: String::new(),
            opened: now,
            progress: (0, now),
            empty_since: None,
        };
        speaker.awaken()?;
        Ok(speaker)
    }

    /// Starts the stream, unless it runs: on the device that is the default one by now, if none was asked for by name.
    fn awaken(&mut self) -> Result<(), AudioError> {
        if self.stream.is_some() {
            return Ok(());
        }
        let device = device::find(Direction::Out, self.wanted.as_deref())?;
        let fail = |error: cpal::Error| device::failure(Direction::Out, &device, &error);
        let supported = device.default_output_config().map_err(fail)?;
        let format = supported.sample_format();
        let config: StreamConfig = supported.into();
        lock(&self.queue).begins_at(config.sample_rate);
        let stream = match format {
            SampleFormat::I8 => playback::<i8>(&device, config, &self.queue),
            SampleFormat::I16 => playback::<i16>(&device, config, &self.queue),
            SampleFormat::I32 => playback::<i32>(&device, config, &self.queue),
            SampleFormat::U8 => playback::<u8>(&device, config, &self.queue),
            SampleFormat::U16 => playback::<u16>(&device, config, &self.queue),
            SampleFormat::F64 => playback::<f64>(&device, config, &self.queue),
            _ => playback::<f32>(&device, config, &self.queue),
        }
        .map_err(fail)?;
        stream.play().map_err(fail)?;
        (self.rate, self.name, self.opened) = (config.sample_rate, device.to_string(), Instant::now());
        self.stream = Some(Stream::new(stream));
        Ok(())
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Plays a sound to its end.
    ///
    /// # Errors
    /// When the device is lost on the way, or the rate can't be converted.
    pub fn play(&mut self, pcm: &Pcm) -> Result<(), AudioError> {
        self.start(pcm)?;
        self.wait()
    }

    /// Waits until everything has been played.
    ///
    /// # Errors
    /// When the device is lost on the way.
    pub fn wait(&mut self) -> Result<(), AudioError> {
        while self.is_playing()? {
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn lost(&self, why: String) -> AudioError {
        AudioError::Device {
            what: Direction::Out.what(),
            name: format!("`{}`", self.name),
            why,
            hint: Direction::Out.hint(),
        }
    }
}

impl Sink for Speaker {
    fn start(&mut self, pcm: &Pcm) -> Result<(), AudioError> {
        self.awaken()?;
        let samples = resample(&pcm.samples, pcm.rate, self.rate)?;
        let mut queue = lock(&self.queue);
        if queue.samples.is_empty() {
            self.progress = (queue.taken, Instant::now());
            if self.opened.elapsed() < AWAKE_AFTER {
                queue.samples.extend(Pcm::silence(LEAD_IN_MS, self.rate).samples);
            }
        }
        queue.samples.extend(samples);
        self.empty_since = None;
        Ok(())
    }

    fn is_playing(&mut self) -> Result<bool, AudioError> {
        let mut queue = lock(&self.queue);
        if queue.samples.is_empty() {
            let since = *self.empty_since.get_or_insert_with(Instant::now);
            return Ok(since.elapsed() < DRAIN);
        }
        let (taken_before, moved) = self.progress;
        if queue.taken != taken_before || queue.paused {
            self.progress = (queue.taken, Instant::now());
        } else if moved.elapsed() > STALLED {
            let why = queue.failure.take();
            queue.clear();
            drop(queue);
            return Err(self.lost(why.unwrap_or_else(|| "it takes no more sound".to_owned())));
        }
        Ok(true)
    }

    fn pause(&mut self) {
        lock(&self.queue).paused = true;
    }

    fn resume(&mut self) {
        let mut queue = lock(&self.queue);
        queue.rewind();
        queue.paused = false;
        self.progress = (queue.taken, Instant::now());
        self.empty_since = None;
    }

    fn stop(&mut self) {
        lock(&self.queue).clear();
    }

    fn rest(&mut self) {
        if lock(&self.queue).samples.is_empty() && self.stream.take().is_some() {
            tracing::debug!("the loudspeaker rests");
        }
    }

    fn wake(&mut self) {
        let rested = self.stream.is_none();
        match self.awaken() {
            Ok(()) if rested => tracing::debug!("the loudspeaker is awake"),
            Ok(()) => {}
            // Whoever has something to say learns of it.
            Err(why) => tracing::debug!("the loudspeaker stays at rest: {why}"),
        }
    }

    fn reference(&mut self) -> Option<Reference> {
        let (teller, reference) = Reference::new(self.rate);
        lock(&self.queue).teller = Some(teller);
        Some(reference)
    }
}

/// The queue, even if a thread died while it held it: samples can't be half-written.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn playback<S>(
    device: &cpal::Device,
    config: StreamConfig,
    queue: &Arc<Mutex<Queue>>,
) -> Result<cpal::Stream, cpal::Error>
where
    S: SizedSample + FromSample<f32>,
{
    let channels = usize::from(config.channels).max(1);
    let (samples, failures) = (Arc::clone(queue), Arc::clone(queue));
    device.build_output_stream(
        config,
        move |data: &mut [S], info: &cpal::OutputCallbackInfo| {
            let mut queue = lock(&samples);
            let mut told = queue.teller.is_some().then(|| Vec::with_capacity(data.len() / channels));
            for frame in data.chunks_mut(channels) {
                let sample = queue.next();
                frame.fill(S::from_sample(sample));
                told.iter_mut().for_each(|told| told.push(sample));
            }
            if let (Some(teller), Some(told)) = (&queue.teller, told) {
                let timestamp = info.timestamp();
                let delay = device::likely(timestamp.playback.duration_since(timestamp.callback));
                if !teller.tell(delay, told) {
                    queue.teller = None;
                }
            }
        },
        move |error: cpal::Error| match error.kind() {
            cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {
                tracing::debug!("loudspeaker: {error}");
            }
            _ => lock(&failures).failure = Some(error.to_string()),
        },
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_played_last_comes_once_more_after_a_pause_and_nothing_while_it_lasts() {
        let mut queue = Queue { kept: 3, samples: (1..=8).map(|n| n as f32).collect(), ..Queue::default() };
        let take = |queue: &mut Queue, count: usize| (0..count).map(|_| queue.next() as i32).collect::<Vec<_>>();
        assert_eq!(take(&mut queue, 5), [1, 2, 3, 4, 5]);
        queue.paused = true;
        assert_eq!(take(&mut queue, 2), [0, 0]);
        queue.rewind();
        queue.paused = false;
        assert_eq!(take(&mut queue, 7), [3, 4, 5, 6, 7, 8, 0]);
        queue.clear();
        queue.rewind();
        assert_eq!(take(&mut queue, 1), [0], "what was stopped does not come back");
    }

    #[test]
    fn a_stream_that_begins_has_nothing_left_of_the_one_before_and_says_so() {
        let (teller, reference) = Reference::new(16_000);
        let mut queue = Queue { teller: Some(teller), failure: Some("lost".to_owned()), ..Queue::default() };
        queue.samples.push_back(0.5);
        queue.begins_at(48_000);
        assert_eq!((queue.next() as i32, queue.kept, &queue.failure), (0, 19_200, &None));
        assert!(queue.teller.is_some());
        drop(reference);
        queue.begins_at(48_000);
        assert!(queue.teller.is_none(), "nobody wants to know");
    }
}
