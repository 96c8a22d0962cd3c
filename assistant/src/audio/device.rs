//! Which microphones and loudspeakers there are.

use super::AudioError;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, StreamConfig, SupportedBufferSize, SupportedStreamConfig};
use std::time::Duration;

/// A microphone need not bring sound more often.
const PIECES_PER_SECOND: u32 = 50;
/// No device keeps sound for longer.
const DELAY_MAX: Duration = Duration::from_secs(2);

/// A microphone or loudspeaker of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The name by which it can be asked for.
    pub name: String,
    /// It can record.
    pub records: bool,
    /// It can play.
    pub plays: bool,
    /// It is the one that is taken when none is named, for recording or for playing.
    pub is_default: bool,
}

/// Which way the sound goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

impl Direction {
    /// The word for such a device in an error.
    pub(super) fn what(self) -> &'static str {
        match self {
            Direction::In => "microphone",
            Direction::Out => "loudspeaker",
        }
    }

    /// What a person can do when there is none.
    pub(super) fn hint(self) -> String {
        match self {
            Direction::In => {
                "Plug one in, or go on without: `sayso chat` takes typed words, `sayso hear FILE.wav` recorded ones."
            }
            Direction::Out => {
                "Plug one in, or go on without: replies are printed, and `sayso speak TEXT --out FILE.wav` writes them."
            }
        }
        .to_owned()
    }
}

/// All devices that can record or play, in the system's order. Empty where the machine has no sound at all.
///
/// # Errors
/// When the sound system itself does not answer.
pub fn devices() -> Result<Vec<DeviceInfo>, AudioError> {
    let host = cpal::default_host();
    let fail = |why: cpal::Error| AudioError::Device {
        what: "sound system",
        name: format!("({})", host.id()),
        why: why.to_string(),
        hint: Direction::In.hint(),
    };
    let defaults: Vec<String> =
        host.default_input_device().into_iter().chain(host.default_output_device()).map(|d| d.to_string()).collect();
    let all = host.devices().map_err(fail)?;
    let found = all.map(|device| {
        let name = device.to_string();
        DeviceInfo {
            records: device.supports_input(),
            plays: device.supports_output(),
            is_default: defaults.contains(&name),
            name,
        }
    });
    Ok(found.filter(|device| device.records || device.plays).collect())
}

/// The device of that name, or the system's default.
pub(super) fn find(direction: Direction, name: Option<&str>) -> Result<cpal::Device, AudioError> {
    let host = cpal::default_host();
    let found = match name {
        Some(name) => host.devices().ok().and_then(|mut all| all.find(|device| device.to_string() == name)),
        None if direction == Direction::In => host.default_input_device(),
        None => host.default_output_device(),
    };
    found.ok_or_else(|| AudioError::NoDevice {
        what: direction.what(),
        name: name.map(str::to_owned),
        hint: direction.hint(),
    })
}

/// A stream that is let go of on a thread of its own: a sound server that died may never answer whoever waits for it.
pub(super) struct Stream(Option<cpal::Stream>);

impl Stream {
    /// Holds on to a stream.
    pub(super) fn new(stream: cpal::Stream) -> Self {
        Stream(Some(stream))
    }

    /// Nothing at all, for tests.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Stream(None)
    }

    /// Starts it.
    pub(super) fn play(&self) -> Result<(), cpal::Error> {
        self.0.as_ref().map_or(Ok(()), StreamTrait::play)
    }

    /// How many samples of each channel it brings or takes at a time, if that is known.
    pub(super) fn piece(&self) -> Option<u32> {
        self.0.as_ref().and_then(|stream| stream.buffer_size().ok())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let stream = self.0.take();
        // Without a thread it is let go of here.
        let _ = std::thread::Builder::new().name("lets go".to_owned()).spawn(move || drop(stream));
    }
}

/// The configuration with which a device that can brings sound every 20 ms, if it would by itself bring a `piece` of so many samples
/// more often: each time wakes up this program and a sound server, all day long. `None`: it may be left as it is.
pub(super) fn seldom(supported: &SupportedStreamConfig, piece: Option<u32>) -> Option<StreamConfig> {
    let frames = supported.sample_rate() / PIECES_PER_SECOND;
    let SupportedBufferSize::Range { min, max } = *supported.buffer_size() else { return None };
    let often = piece.is_some_and(|piece| piece < frames);
    (often && (min..=max).contains(&frames))
        .then(|| StreamConfig { buffer_size: BufferSize::Fixed(frames), ..supported.config() })
}

/// How long sound is on its way between a program and a device, as the sound system says it; nothing, if that can't be.
pub(super) fn likely(delay: Duration) -> Duration {
    if delay <= DELAY_MAX { delay } else { Duration::ZERO }
}

/// An error of `device` as a sentence. Systems without sound often still have a default device, which then is not there.
pub(super) fn failure(direction: Direction, device: &cpal::Device, why: &cpal::Error) -> AudioError {
    match why.kind() {
        cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::HostUnavailable => {
            AudioError::NoDevice { what: direction.what(), name: None, hint: direction.hint() }
        }
        _ => AudioError::Device {
            what: direction.what(),
            name: format!("`{device}`"),
            why: why.to_string(),
            hint: direction.hint(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::SampleFormat;

    #[test]
    fn a_device_is_asked_to_bring_sound_less_often_but_never_more_often() {
        let supports = |range: SupportedBufferSize| SupportedStreamConfig::new(1, 48_000, range, SampleFormat::I16);
        let any = supports(SupportedBufferSize::Range { min: 64, max: 4_096 });
        let piece = |supported: &SupportedStreamConfig, piece| {
            seldom(supported, piece).map(|config| (config.sample_rate, config.buffer_size))
        };
        assert_eq!(piece(&any, Some(512)), Some((48_000, BufferSize::Fixed(960))));
        assert_eq!(piece(&any, Some(2_048)), None);
        assert_eq!(piece(&any, None), None);
        assert_eq!(piece(&supports(SupportedBufferSize::Range { min: 64, max: 512 }), Some(512)), None, "it can't");
        assert_eq!(piece(&supports(SupportedBufferSize::Unknown), Some(512)), None);
    }

    #[test]
    fn a_device_that_is_not_there_is_a_sentence() {
        let error = find(Direction::In, Some("no such microphone")).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("no microphone was found with the name `no such microphone`"), "{error}");
        assert!(error.contains("sayso chat"), "{error}");
    }
}
