//! The loudspeaker.

use super::device::{self, Direction};
use super::{AudioError, Pcm, resample};
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Silence before the first sound: devices swallow the beginning while they wake up.
const LEAD_IN_MS: u64 = 120;
/// Silence after the last sound: what is in the device's own buffer must still come out.
const DRAIN_MS: u64 = 250;
/// A device that takes nothing for so long is lost. Single errors are not the end: sound servers report some and play on.
const STALLED: Duration = Duration::from_secs(2);

/// What waits to be played, and how the device fares.
#[derive(Default)]
struct Queue {
    samples: VecDeque<f32>,
    failure: Option<String>,
}

/// A loudspeaker that is ready to play. Stops when it is dropped.
pub struct Speaker {
    _stream: cpal::Stream,
    queue: Arc<Mutex<Queue>>,
    rate: u32,
    name: String,
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
        let queue = Arc::new(Mutex::new(Queue::default()));
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
        Ok(Self { _stream: stream, queue, rate: config.sample_rate, name: device.to_string() })
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts a sound behind what is being played, and returns at once.
    ///
    /// # Errors
    /// When the sound's rate can't be converted to the device's.
    pub fn start(&self, pcm: &Pcm) -> Result<(), AudioError> {
        let samples = resample(&pcm.samples, pcm.rate, self.rate)?;
        let mut queue = lock(&self.queue);
        if queue.samples.is_empty() {
            queue.samples.extend(Pcm::silence(LEAD_IN_MS, self.rate).samples);
        }
        queue.samples.extend(samples);
        Ok(())
    }

    /// Plays a sound to its end.
    ///
    /// # Errors
    /// When the device is lost on the way, or the rate can't be converted.
    pub fn play(&self, pcm: &Pcm) -> Result<(), AudioError> {
        self.start(pcm)?;
        self.wait()
    }

    /// Waits until everything has been played.
    ///
    /// # Errors
    /// When the device is lost on the way.
    pub fn wait(&self) -> Result<(), AudioError> {
        let (mut waiting_before, mut moved) = (usize::MAX, Instant::now());
        loop {
            let waiting = lock(&self.queue).samples.len();
            if waiting == 0 {
                std::thread::sleep(Duration::from_millis(DRAIN_MS));
                return Ok(());
            }
            if waiting != waiting_before {
                (waiting_before, moved) = (waiting, Instant::now());
            } else if moved.elapsed() > STALLED {
                let why = lock(&self.queue).failure.take();
                self.stop();
                return Err(self.lost(why.unwrap_or_else(|| "it takes no more sound".to_owned())));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Falls silent at once.
    pub fn stop(&self) {
        lock(&self.queue).samples.clear();
    }

    /// Whether something is being played.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        !lock(&self.queue).samples.is_empty()
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
        move |data: &mut [S], _: &cpal::OutputCallbackInfo| {
            let mut queue = lock(&samples);
            for frame in data.chunks_mut(channels) {
                let value = S::from_sample(queue.samples.pop_front().unwrap_or(0.0));
                frame.fill(value);
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
