//! `sayso doctor audio`: how loud the microphone is, and whether it hears the loudspeaker. Records for a few seconds, plays one
//! short sound, and keeps nothing of either.

use super::failure::Failure;
use super::out::{Out, remark};
use crate::audio::{
    AudioError, FRAME_MS, FrameSource as _, Microphone, SAMPLE_RATE, Sink as _, Speaker, chirp, devices, find_chirp,
};
use crate::speech::{Endpointer, Endpointing};
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};

/// Quieter than this and there is no signal at all. Decibels below the loudest possible.
const DEAD_DB: f32 = -75.0;
/// Quieter than this at its loudest and nobody spoke, or too far away.
const FAINT_DB: f32 = -40.0;
/// Samples from here on are at the end of what the device can say.
const CLIPPED: f32 = 0.99;
/// How long the loudspeaker is listened to. Milliseconds.
const LOOPBACK_MS: u32 = 2_000;
/// A microphone that hears the loudspeaker louder than this has an echo worth removing. Decibels of loss.
const ECHO_DB: f32 = 40.0;
/// An echo that comes later than this can't be removed. Milliseconds.
const LATE_MS: u32 = 450;

/// A device of the system, as `--json` prints it.
#[derive(Serialize)]
struct Device {
    device: String,
    records: bool,
    plays: bool,
    default: bool,
}

/// What was found, and the last line of `--json`.
#[derive(Serialize)]
struct Found {
    microphone: String,
    loudspeaker: Option<String>,
    /// The loudest 100 ms and the usual loudness, in decibels below the loudest possible.
    peak_db: f32,
    mean_db: f32,
    /// How much of it was cut off at the end of the device's range, as a fraction.
    clipped: f32,
    /// How long somebody spoke.
    voiced_ms: u32,
    /// How long after it was played the loudspeaker was heard; null if it was not.
    echo_ms: Option<u32>,
    /// How much quieter.
    echo_loss_db: Option<f32>,
    /// What is wrong, or to be known, with how to mend it.
    advice: Vec<String>,
}

/// How loud a stretch of sound was.
#[derive(Default)]
struct Levels {
    /// Loudness of each 96 ms.
    stretches: Vec<f32>,
    clipped: usize,
    samples: usize,
    current: Vec<f32>,
}

impl Levels {
    /// Takes a frame; gives the loudness of a stretch that ended with it.
    fn push(&mut self, frame: &[f32]) -> Option<f32> {
        self.samples += frame.len();
        self.clipped += frame.iter().filter(|sample| sample.abs() >= CLIPPED).count();
        self.current.extend(frame);
        if self.current.len() < frame.len() * 6 {
            return None;
        }
        let power = self.current.iter().map(|s| s * s).sum::<f32>() / self.current.len() as f32;
        self.current.clear();
        let level = 10.0 * power.max(1e-10).log10();
        self.stretches.push(level);
        Some(level)
    }

    fn peak_db(&self) -> f32 {
        self.stretches.iter().copied().fold(-100.0, f32::max)
    }

    fn median_db(&self) -> f32 {
        let mut sorted = self.stretches.clone();
        sorted.sort_by(f32::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(-100.0)
    }

    fn clipped(&self) -> f32 {
        self.clipped as f32 / self.samples.max(1) as f32
    }
}

/// Looks at the default devices for so many seconds. A microphone that hears nothing at all is exit code 1.
pub fn run(seconds: u32, out: Out) -> Result<(), Failure> {
    for device in devices().map_err(Failure::usage)? {
        let (records, plays) = (device.records, device.plays);
        let shown = Device { device: device.name.clone(), records, plays, default: device.is_default };
        let ways = [(records, "records"), (plays, "plays")].map(|(can, word)| if can { word } else { "-" });
        let chosen = if device.is_default { "  (taken)" } else { "" };
        out.result(&shown, || format!("{:<8} {:<6} {}{chosen}", ways[0], ways[1], device.name))?;
    }
    let mut microphone = Microphone::open(None).map_err(Failure::usage)?;
    remark(&format!("say something for {seconds} seconds"));
    let (levels, voiced_ms) = listen(&mut microphone, seconds).map_err(Failure::failed)?;
    let mut speaker = Speaker::open(None);
    let echo = match &mut speaker {
        Ok(speaker) => {
            remark("a short sound, to see whether the microphone hears the loudspeaker");
            loopback(&mut microphone, speaker).map_err(Failure::failed)?
        }
        Err(_) => None,
    };
    let mut found = Found {
        microphone: microphone.name().to_owned(),
        loudspeaker: speaker.as_ref().ok().map(|speaker| speaker.name().to_owned()),
        peak_db: tenth(levels.peak_db()),
        mean_db: tenth(levels.median_db()),
        clipped: levels.clipped(),
        voiced_ms,
        echo_ms: echo.map(|(delay_ms, _)| delay_ms),
        echo_loss_db: echo.map(|(_, loss_db)| tenth(loss_db)),
        advice: Vec::new(),
    };
    found.advice = advice(&found, speaker.err().as_ref());
    out.result(&found, || text(&found))?;
    match levels.peak_db() < DEAD_DB {
        true => Err(Failure::failed("the microphone gives only silence")),
        false => Ok(()),
    }
}

fn tenth(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

/// Listens with a level meter on standard error, where that is a terminal; with the levels how much of it was voice.
fn listen(microphone: &mut Microphone, seconds: u32) -> Result<(Levels, u32), AudioError> {
    let (mut levels, mut endpointer) = (Levels::default(), Endpointer::new(Endpointing::whole_recording()));
    let mut meter = std::io::stderr();
    let shown = meter.is_terminal();
    for _ in 0..seconds * 1000 / FRAME_MS {
        let Some(frame) = microphone.next_frame()? else { break };
        endpointer.push(&frame);
        if let Some(level) = levels.push(&frame).filter(|_| shown) {
            // One mark for three decibels, from the faintest that counts.
            let marks = ((level + 60.0) / 3.0).clamp(0.0, 20.0) as usize;
            let voice = if endpointer.is_voiced() { "voice" } else { "     " };
            let _ = write!(meter, "\r{:<20} {level:>6.1} dB  {voice}", "#".repeat(marks));
        }
    }
    if shown {
        let _ = writeln!(meter);
    }
    Ok((levels, endpointer.finish().map_or(0, |utterance| utterance.voiced_ms)))
}

/// After how many milliseconds the microphone hears the loudspeaker, and how many decibels quieter.
fn loopback(microphone: &mut Microphone, speaker: &mut Speaker) -> Result<Option<(u32, f32)>, AudioError> {
    microphone.forget();
    speaker.start(&chirp())?;
    let mut recorded = Vec::new();
    while recorded.len() < (LOOPBACK_MS * SAMPLE_RATE / 1000) as usize {
        match microphone.next_frame()? {
            Some(frame) => recorded.extend(frame),
            None => break,
        }
    }
    speaker.wait()?;
    Ok(find_chirp(&recorded).map(|echo| (echo.delay_ms, echo.loss_db)))
}

fn advice(found: &Found, no_speaker: Option<&AudioError>) -> Vec<String> {
    let mut advice = Vec::new();
    if found.peak_db < DEAD_DB {
        advice.push("the microphone gives only silence: it is muted, not plugged in, or not the one that you speak into; choose it in the system's sound settings".to_owned());
    } else if found.peak_db < FAINT_DB {
        advice.push("nobody was heard, or only faintly: speak nearer to the microphone, or turn it up".to_owned());
    } else if found.voiced_ms == 0 {
        advice.push("there was sound, but none that a voice makes".to_owned());
    }
    if found.clipped > 0.001 {
        advice.push("the loudest sounds were cut off: turn the microphone down".to_owned());
    }
    if let Some(why) = no_speaker {
        advice.push(why.to_string());
    }
    match (found.echo_loss_db, found.echo_ms) {
        (Some(loss), Some(ms)) if loss < ECHO_DB && ms > LATE_MS => advice.push(
            "the microphone hears the loudspeaker so late that its sound can't be taken out: Sayso won't listen while it speaks, unless you use a headset".to_owned(),
        ),
        (Some(loss), _) if loss < ECHO_DB => advice.push(
            "the microphone hears the loudspeaker: Sayso takes that out (`speech: { echo_removal: … }`), and listens while it speaks where that works".to_owned(),
        ),
        _ if no_speaker.is_none() => advice.push(
            "the microphone does not hear the loudspeaker: with a headset that is as it should be; else the loudspeaker is silent".to_owned(),
        ),
        _ => {}
    }
    advice
}

fn text(found: &Found) -> String {
    let echo = match (found.echo_ms, found.echo_loss_db) {
        (Some(ms), Some(loss)) => format!("heard after {ms} ms, {loss:.0} dB quieter"),
        _ => "not heard by the microphone".to_owned(),
    };
    let loudspeaker = found.loudspeaker.as_deref().unwrap_or("none");
    let head = format!(
        "microphone   {}: at its loudest {:.0} dB, usually {:.0} dB, voice for {} ms\nloudspeaker  {loudspeaker}: {echo}",
        found.microphone, found.peak_db, found.mean_db, found.voiced_ms
    );
    let advice = found.advice.iter().map(|one| format!("\n  -> {one}"));
    std::iter::once(head).chain(advice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peak_db: f32) -> Found {
        Found {
            microphone: "mic".to_owned(),
            loudspeaker: Some("spk".to_owned()),
            peak_db,
            mean_db: peak_db - 20.0,
            clipped: 0.0,
            voiced_ms: 800,
            echo_ms: None,
            echo_loss_db: None,
            advice: Vec::new(),
        }
    }

    #[test]
    fn levels_are_those_of_the_sound() {
        let mut levels = Levels::default();
        let tone: Vec<f32> = (0..256 * 12).map(|n| (n as f32 * 0.37).sin() * 0.1).collect();
        let ended = tone.chunks(256).filter_map(|frame| levels.push(frame)).count();
        assert_eq!(ended, 2);
        assert!((levels.peak_db() + 23.0).abs() < 0.3, "{}", levels.peak_db());
        assert_eq!(levels.clipped(), 0.0);
        levels.push(&[1.0; 256]);
        assert!(levels.clipped() > 0.05);
    }

    #[test]
    fn what_is_wrong_is_said_with_how_to_mend_it() {
        let says = |found: &Found, words: &str| advice(found, None).iter().any(|one| one.contains(words));
        assert!(says(&found(-90.0), "muted"));
        assert!(says(&found(-50.0), "nearer"));
        assert!(says(&Found { voiced_ms: 0, ..found(-20.0) }, "none that a voice makes"));
        assert!(says(&Found { clipped: 0.1, ..found(-3.0) }, "turn the microphone down"));
        assert!(says(&Found { echo_ms: Some(90), echo_loss_db: Some(12.0), ..found(-20.0) }, "takes that out"));
        assert!(says(&Found { echo_ms: Some(900), echo_loss_db: Some(12.0), ..found(-20.0) }, "so late"));
        assert!(says(&found(-20.0), "headset"));
    }
}
