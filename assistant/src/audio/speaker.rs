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

    fn clear(&mut self) {
        self.samples.clear();
        self.played.clear();
        self.paused = false;
    }
}

/// A loudspeaker that is ready to play. Stops when it is dropped.
pub struct Speaker {
    _stream: Stream,
    queue: Arc<Mutex<Queue>>,
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
        let device = device::find(Direction::Out, name)?;
        let fail = |error: cpal::Error| device::failure(Direction::Out, &device, &error);
        let supported = device.default_output_config().map_err(fail)?;
        let format = supported.sample_format();
        let config: StreamConfig = supported.into();
        let kept = config.sample_rate as usize * KEPT_MS / 1000;
        let queue = Arc::new(Mutex::new(Queue { kept, ..Queue::default() }));
        let stream = match format {
            SampleFormat::I8 => playback::<i8>(&device, config, &queue),
            SampleFormat::I16 => playback::<i16>(&device, config, &queue),
            SampleFormat::I32 => playback::<i32>(&device, config, &queue),
            SampleFormat::U8 => playback::<u8>(&device, config, &queue),
            SampleFormat::U16 => playback::<u16>(&device, config, &queue),
            SampleFormat::F64 => playback::<f64>(&device, config, &queue),
            _ => playback::<f32>(&device, config, &queue),
        }
        .map_err(fail)?;
        stream.play().map_err(fail)?;
        let (rate, name, opened) = (config.sample_rate, device.to_string(), Instant::now());
        Ok(Self { _stream: Stream::new(stream), queue, rate, name, opened, progress: (0, opened), empty_since: None })
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
}
