//! The microphone as a source of 16 kHz mono frames.

use super::device::{self, Direction, Stream};
use super::echo::Cleaned;
use super::echo_path::{EchoPath, Reference};
use super::{AudioError, FRAME_SAMPLES, Frame, FrameSource, SAMPLE_RATE, StreamResampler};
use cpal::traits::DeviceTrait;
use cpal::{FromSample, Sample, SampleFormat, SizedSample, StreamConfig};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Chunks (mostly 10 to 20 ms each) that may wait. When nobody reads for so long, the newest are dropped, not the memory filled.
const WAITING_CHUNKS: usize = 512;
/// A device that has given nothing for so long is lost.
const LOST_AFTER: Duration = Duration::from_secs(3);

/// A piece of what was recorded, and when it came, which is later than it was heard; or what went wrong.
type Chunk = Result<(Instant, Vec<f32>), String>;

/// A microphone that is recording. Stops when it is dropped.
pub struct Microphone {
    _stream: Stream,
    heard: Receiver<Chunk>,
    resampler: StreamResampler,
    echo: Option<EchoPath>,
    /// Without an echo to be taken out, it is what is strictly clean.
    ready: Cleaned,
    /// What is to be recognised of the last frame.
    words: Option<Frame>,
    /// The last error. It counts when no more sound comes: sound servers report some and record on.
    trouble: Option<String>,
    name: String,
}

impl Microphone {
    /// Starts to record from the device of that name, or from the system's default.
    ///
    /// # Errors
    /// A sentence when there is no such device or it refuses to record.
    pub fn open(name: Option<&str>) -> Result<Self, AudioError> {
        let device = device::find(Direction::In, name)?;
        let fail = |error: cpal::Error| device::failure(Direction::In, &device, &error);
        let supported = device.default_input_config().map_err(fail)?;
        let format = supported.sample_format();
        let (send, heard) = sync_channel(WAITING_CHUNKS);
        let record = |config: StreamConfig| match format {
            SampleFormat::I8 => record::<i8>(&device, config, send.clone()),
            SampleFormat::I16 => record::<i16>(&device, config, send.clone()),
            SampleFormat::I32 => record::<i32>(&device, config, send.clone()),
            SampleFormat::U8 => record::<u8>(&device, config, send.clone()),
            SampleFormat::U16 => record::<u16>(&device, config, send.clone()),
            SampleFormat::F64 => record::<f64>(&device, config, send.clone()),
            _ => record::<f32>(&device, config, send.clone()),
        };
        let mut stream = Stream::new(record(supported.config()).map_err(fail)?);
        if let Some(config) = device::seldom(&supported, stream.piece()) {
            match record(config) {
                Ok(other) => stream = Stream::new(other),
                Err(why) => tracing::debug!("the microphone brings sound as often as it likes: {why}"),
            }
        }
        stream.play().map_err(fail)?;
        let resampler = StreamResampler::new(supported.sample_rate(), SAMPLE_RATE)?;
        Ok(Self {
            _stream: stream,
            heard,
            resampler,
            echo: None,
            ready: Cleaned::default(),
            words: None,
            trouble: None,
            name: device.to_string(),
        })
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From now on takes out of what it records what this loudspeaker plays.
    ///
    /// # Errors
    /// When the loudspeaker's rate can't be converted.
    pub fn without(&mut self, reference: Reference) -> Result<(), AudioError> {
        self.echo = Some(EchoPath::from(reference)?);
        Ok(())
    }

    fn take(&mut self, at: Instant, chunk: &[f32]) -> Result<(), AudioError> {
        let Some(echo) = &mut self.echo else { return self.resampler.push(chunk, &mut self.ready.strictly) };
        let mut recorded = Vec::new();
        self.resampler.push(chunk, &mut recorded)?;
        echo.clean(at, &recorded, &mut self.ready)
    }

    fn lost(&self, why: &str) -> AudioError {
        AudioError::Device {
            what: Direction::In.what(),
            name: format!("`{}`", self.name),
            why: why.to_owned(),
            hint: Direction::In.hint(),
        }
    }
}

impl FrameSource for Microphone {
    fn next_frame(&mut self) -> Result<Option<Frame>, AudioError> {
        loop {
            if let Some(frame) = first_frame(&mut self.ready.strictly) {
                self.words = first_frame(&mut self.ready.gently);
                return Ok(Some(frame));
            }
            match self.heard.recv_timeout(LOST_AFTER) {
                Ok(Ok((at, chunk))) => self.take(at, &chunk)?,
                Ok(Err(why)) => self.trouble = Some(why),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(self.lost(self.trouble.as_deref().unwrap_or("it gives no sound any more")));
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }

    fn words(&self) -> Option<&Frame> {
        self.words.as_ref()
    }

    fn forget(&mut self) {
        while let Ok(chunk) = self.heard.try_recv() {
            // Its own voice is followed all the same, where it is taken out: it may be in the middle of a word.
            if let (Some(_), Ok((at, chunk))) = (&self.echo, chunk)
                && let Err(why) = self.take(at, &chunk)
            {
                tracing::debug!("microphone: {why}");
            }
        }
        self.ready = Cleaned::default();
        self.words = None;
    }
}

/// Takes a frame, if there is a whole one.
fn first_frame(samples: &mut Vec<f32>) -> Option<Frame> {
    let frame = samples.first_chunk::<FRAME_SAMPLES>().copied()?;
    samples.drain(..FRAME_SAMPLES);
    Some(frame)
}

/// Starts a stream that sends mono chunks at the device's own rate.
fn record<S>(device: &cpal::Device, config: StreamConfig, send: SyncSender<Chunk>) -> Result<cpal::Stream, cpal::Error>
where
    S: SizedSample,
    f32: FromSample<S>,
{
    let channels = usize::from(config.channels).max(1);
    let failures = send.clone();
    device.build_input_stream(
        config,
        move |data: &[S], _: &cpal::InputCallbackInfo| {
            // The sound system's own thread: no waiting here. A full queue means that nobody listens.
            let mono = data
                .chunks_exact(channels)
                .map(|frame| frame.iter().map(|s| f32::from_sample(*s)).sum::<f32>() / channels as f32);
            // How long it was on its way is not to be known: what sound servers say about it is wrong while a stream wakes up.
            let _ = send.try_send(Ok((Instant::now(), mono.collect())));
        },
        move |error: cpal::Error| match error.kind() {
            cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {
                tracing::debug!("microphone: {error}");
            }
            _ => {
                let _ = failures.try_send(Err(error.to_string()));
            }
        },
        None,
    )
}
