//! The loudspeaker.

use super::device::{self, Direction, Stream};
use super::echo_path::{Reference, Teller};
use super::{AudioError, Pcm, Sink, resample};
use cpal::traits::DeviceTrait;
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
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
/// A device that could not be woken is left alone for so long, unless there is something to say.
const AGAIN: Duration = Duration::from_secs(1);
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
    state: State,
    /// The device that was asked for; `None`: the system's default.
    wanted: Option<String>,
    /// What the device before it was called, and its rate.
    rested: Option<(String, u32)>,
    /// It woke up as another one, and nobody has asked yet.
    is_another: bool,
    /// Who wants to know what is played, while there is nothing to be told.
    teller: Option<Teller>,
    /// When it could not be woken last.
    refused: Option<Instant>,
    /// How much had been played when it was looked at last, and since when no more has been.
    progress: (u64, Instant),
    /// Since when nothing is left to be played.
    empty_since: Option<Instant>,
}

/// Whether there is a stream.
enum State {
    /// It plays silence too, all the while.
    Awake(Playing),
    /// It is being opened, on a thread of its own: a sound server that died may never answer whoever waits for it.
    Waking(Receiver<Result<Playing, AudioError>>),
    Resting,
}

/// A stream to a device.
struct Playing {
    _stream: Stream,
    queue: Arc<Mutex<Queue>>,
    rate: u32,
    name: String,
    opened: Instant,
}

impl Playing {
    /// Opens the device of that name, or what is the system's default by now.
    fn open(name: Option<&str>) -> Result<Self, AudioError> {
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
        };
        let stream = Stream::new(stream.map_err(fail)?);
        stream.play().map_err(fail)?;
        let (rate, name, opened) = (config.sample_rate, device.to_string(), Instant::now());
        Ok(Playing { _stream: stream, queue, rate, name, opened })
    }
}

impl Speaker {
    /// Opens the device of that name, or the system's default.
    ///
    /// # Errors
    /// A sentence when there is no such device or it refuses to play.
    pub fn open(name: Option<&str>) -> Result<Self, AudioError> {
        let now = Instant::now();
        Ok(Self {
            state: State::Awake(Playing::open(name)?),
            wanted: name.map(str::to_owned),
            rested: None,
            is_another: false,
            teller: None,
            refused: None,
            progress: (0, now),
            empty_since: None,
        })
    }

    /// Begins to open the device, unless that has begun.
    fn stir(&mut self) {
        if !matches!(self.state, State::Resting) {
            return;
        }
        let (send, opened) = channel();
        let wanted = self.wanted.clone();
        let open = move || drop(send.send(Playing::open(wanted.as_deref())));
        // Without a thread nothing is ever sent, and whoever waits for it learns of it.
        let _ = std::thread::Builder::new().name("loudspeaker".to_owned()).spawn(open);
        self.state = State::Waking(opened);
    }

    /// Looks whether the device is open, for so long.
    fn settle(&mut self, patience: Duration) -> Result<(), AudioError> {
        let State::Waking(opened) = &self.state else { return Ok(()) };
        let opened = match opened.recv_timeout(patience) {
            Err(RecvTimeoutError::Timeout) if patience.is_zero() => return Ok(()),
            Err(_) => Err(lost(self.wanted.as_deref().unwrap_or("(default)"), "it does not open".to_owned())),
            Ok(opened) => opened,
        };
        let playing = opened.inspect_err(|_| {
            self.state = State::Resting;
            self.refused = Some(Instant::now());
        })?;
        self.is_another |=
            self.rested.as_ref().is_some_and(|(name, rate)| (name, *rate) != (&playing.name, playing.rate));
        lock(&playing.queue).teller = self.teller.take().filter(|teller| teller.begins(playing.rate));
        tracing::debug!("the loudspeaker is awake");
        (self.state, self.refused) = (State::Awake(playing), None);
        Ok(())
    }

    /// Looks whether the device is open. Whoever has something to say learns of what goes wrong.
    fn look(&mut self) {
        if let Err(why) = self.settle(Duration::ZERO) {
            tracing::debug!("the loudspeaker stays at rest: {why}");
        }
    }

    fn queue(&self) -> Option<MutexGuard<'_, Queue>> {
        match &self.state {
            State::Awake(playing) => Some(lock(&playing.queue)),
            State::Waking(_) | State::Resting => None,
        }
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match (&self.state, &self.rested) {
            (State::Awake(playing), _) => &playing.name,
            (_, Some((name, _))) => name,
            (_, None) => "",
        }
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
}

impl Sink for Speaker {
    fn start(&mut self, pcm: &Pcm) -> Result<(), AudioError> {
        self.stir();
        self.settle(STALLED)?;
        let State::Awake(playing) = &self.state else { return Ok(()) };
        let samples = resample(&pcm.samples, pcm.rate, playing.rate)?;
        let mut queue = lock(&playing.queue);
        if queue.samples.is_empty() {
            self.progress = (queue.taken, Instant::now());
            if playing.opened.elapsed() < AWAKE_AFTER {
                queue.samples.extend(Pcm::silence(LEAD_IN_MS, playing.rate).samples);
            }
        }
        queue.samples.extend(samples);
        self.empty_since = None;
        Ok(())
    }

    fn is_playing(&mut self) -> Result<bool, AudioError> {
        let State::Awake(playing) = &self.state else { return Ok(false) };
        let mut queue = lock(&playing.queue);
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
            return Err(lost(&playing.name, why.unwrap_or_else(|| "it takes no more sound".to_owned())));
        }
        Ok(true)
    }

    fn pause(&mut self) {
        self.queue().into_iter().for_each(|mut queue| queue.paused = true);
    }

    fn resume(&mut self) {
        let Some(mut queue) = self.queue() else { return };
        queue.rewind();
        queue.paused = false;
        let taken = queue.taken;
        drop(queue);
        self.progress = (taken, Instant::now());
        self.empty_since = None;
    }

    fn stop(&mut self) {
        self.queue().into_iter().for_each(|mut queue| queue.clear());
    }

    fn rest(&mut self) {
        // It may have been woken by a noise, and nobody has looked since.
        self.look();
        let State::Awake(playing) = &self.state else { return };
        let mut queue = lock(&playing.queue);
        if queue.paused || !queue.samples.is_empty() {
            return;
        }
        self.teller = queue.teller.take();
        drop(queue);
        self.rested = Some((playing.name.clone(), playing.rate));
        self.state = State::Resting;
        tracing::debug!("the loudspeaker rests");
    }

    fn wake(&mut self) -> bool {
        if self.refused.is_none_or(|when| when.elapsed() > AGAIN) {
            self.stir();
        }
        self.look();
        std::mem::take(&mut self.is_another)
    }

    fn reference(&mut self) -> Option<Reference> {
        let State::Awake(playing) = &self.state else { return None };
        let (teller, reference) = Reference::new(playing.rate);
        lock(&playing.queue).teller = Some(teller);
        Some(reference)
    }
}

/// A device that plays no more.
fn lost(name: &str, why: String) -> AudioError {
    AudioError::Device { what: Direction::Out.what(), name: format!("`{name}`"), why, hint: Direction::Out.hint() }
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
mod tests;
