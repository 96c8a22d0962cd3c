//! The way of a sound from a loudspeaker to a microphone: what the one plays and the other records are brought into step, sample by
//! sample, whatever their devices' clocks say from one piece to the next.

use super::echo::{BLOCK, Cleaned, EchoRemover};
use super::track::Track;
use super::{AudioError, SAMPLE_RATE, StreamResampler};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::{Duration, Instant};

/// Chunks (about 10 ms each) that may wait. When nobody takes them for so long, the newest are dropped.
const WAITING_CHUNKS: usize = 512;
/// So much of the way from a program to a loudspeaker's air is left to the canceller: sound systems report it inexactly, and what is
/// heard before it was played can't be taken out.
const LEFT_OVER: Duration = Duration::from_millis(250);
/// What was recorded waits for what was played meanwhile, which a busy machine may tell late, but not longer: samples, 100 ms.
const PATIENCE: usize = 1_600;

/// Devices whose clocks are further apart than this are brought together, when nothing is to be heard: samples, 10 ms.
const APART: f32 = 160.0;
/// And when both are so far from this machine's clock: samples, 100 ms.
const ASTRAY: f32 = 1_600.0;

/// What a loudspeaker tells.
enum Chunk {
    /// A stream begins, with so many samples per second. Its clock has nothing to do with that of the one before.
    Begins(u32),
    /// A piece of what is played, and a moment shortly before its beginning comes out of the loudspeaker.
    Piece(Instant, Vec<f32>),
}

/// Tells what a loudspeaker plays.
pub(super) struct Teller(SyncSender<Chunk>);

impl Teller {
    /// Tells that a stream of so many samples per second begins. False when nobody wants to know any more. Never waits.
    pub(super) fn begins(&self, rate: u32) -> bool {
        !matches!(self.0.try_send(Chunk::Begins(rate)), Err(TrySendError::Disconnected(_)))
    }

    /// Tells of a piece that comes out of the loudspeaker after this delay, as the sound system says. False when nobody wants to know
    /// any more. Never waits.
    pub(super) fn tell(&self, delay: Duration, samples: Vec<f32>) -> bool {
        let at = Instant::now() + delay.saturating_sub(LEFT_OVER);
        !matches!(self.0.try_send(Chunk::Piece(at, samples)), Err(TrySendError::Disconnected(_)))
    }
}

/// What a loudspeaker plays, as it plays it: mono, at its own rate.
pub struct Reference {
    chunks: Receiver<Chunk>,
    rate: u32,
}

impl Reference {
    /// For a loudspeaker of so many samples per second.
    pub(super) fn new(rate: u32) -> (Teller, Self) {
        let (tell, chunks) = sync_channel(WAITING_CHUNKS);
        (Teller(tell), Reference { chunks, rate })
    }
}

/// A microphone's part in it.
pub(super) struct EchoPath {
    reference: Reference,
    resampler: StreamResampler,
    remover: EchoRemover,
    /// When the sample with the number 0 was.
    epoch: Instant,
    played: Track,
    recorded: Track,
    /// The loudspeaker is gone.
    mute: bool,
}

impl EchoPath {
    /// The way from this loudspeaker.
    pub(super) fn from(reference: Reference) -> Result<Self, AudioError> {
        let resampler = StreamResampler::new(reference.rate, SAMPLE_RATE)?;
        let (remover, epoch) = (EchoRemover::default(), Instant::now());
        let (played, recorded) = (Track::default(), Track::default());
        Ok(EchoPath { reference, resampler, remover, epoch, played, recorded, mute: false })
    }

    /// Takes a piece of what was recorded, at 16 kHz, that came at `at`, and adds what was recorded by then to `out`, without what was
    /// played meanwhile.
    pub(super) fn clean(&mut self, at: Instant, recorded: &[f32], out: &mut Cleaned) -> Result<(), AudioError> {
        self.take_in(at, recorded)?;
        while let Some((played, recorded)) = self.block() {
            self.remover.played(&played);
            self.remover.clean(&recorded, out);
            if self.remover.is_idle() {
                self.bring_together();
            }
        }
        Ok(())
    }

    /// Sets both counts right by their clocks. In the middle of a sound that would change the way that the remover has learnt.
    fn bring_together(&mut self) {
        let (played, recorded) = (self.played.ahead(), self.recorded.ahead());
        if (played - recorded).abs() > APART {
            self.played.shift(played);
            self.recorded.shift(recorded);
        } else if recorded.abs() > ASTRAY {
            self.played.shift(recorded);
            self.recorded.shift(recorded);
        }
    }

    fn take_in(&mut self, at: Instant, recorded: &[f32]) -> Result<(), AudioError> {
        loop {
            match self.reference.chunks.try_recv() {
                Ok(Chunk::Begins(rate)) => {
                    self.resampler = StreamResampler::new(rate, SAMPLE_RATE)?;
                    self.played = Track::default();
                }
                Ok(Chunk::Piece(at, samples)) => {
                    let mut resampled = Vec::new();
                    self.resampler.push(&samples, &mut resampled)?;
                    self.played.push(self.number(at), &resampled);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.mute = true;
                    break;
                }
            }
        }
        self.recorded.push(self.number(at), recorded);
        Ok(())
    }

    /// The next block of both, if it is known what was played in it, or that will not be told any more.
    fn block(&mut self) -> Option<([f32; BLOCK], [f32; BLOCK])> {
        let needed = self.recorded.begin()? + BLOCK as i64;
        // Where nothing is to be taken out, nobody waits for what it would be taken out of.
        let idle = self.mute || self.remover.is_idle();
        let told = idle || self.played.end().is_some_and(|end| end >= needed);
        if !told && self.recorded.len() < BLOCK + PATIENCE {
            return None;
        }
        let (number, recorded) = self.recorded.oldest()?;
        Some((self.played.from(number), recorded))
    }

    /// The number of the sample at this moment.
    fn number(&self, at: Instant) -> i64 {
        let samples = |time: Duration| (time.as_secs_f64() * f64::from(SAMPLE_RATE)) as i64;
        match at.checked_duration_since(self.epoch) {
            Some(after) => samples(after),
            None => -samples(self.epoch.duration_since(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::echo::tests::{hiss, power};

    const CHUNK: usize = 512;

    #[test]
    fn a_loudspeaker_whose_sound_nobody_wants_falls_silent_towards_them() {
        let (teller, reference) = Reference::new(48_000);
        (0..2 * WAITING_CHUNKS).for_each(|_| assert!(teller.tell(Duration::ZERO, vec![0.0; 480])));
        drop(reference);
        assert!(!teller.tell(Duration::ZERO, vec![0.0; 480]));
    }

    /// Both devices for so many chunks, the loudspeaker's at this rate, in a room with 90 ms on the way: what is told of each comes early
    /// or late by up to 20 ms, one in fifty pieces by 60 ms. Gives what is left and what was recorded.
    fn conversation(chunks: usize, rate: u32) -> (Vec<f32>, Vec<f32>) {
        let (count, times) = (chunks * CHUNK, rate as usize / SAMPLE_RATE as usize);
        let played = crate::audio::resample(&hiss(count, 0.3, 7), SAMPLE_RATE, rate).unwrap();
        let at_our_rate = crate::audio::resample(&played, rate, SAMPLE_RATE).unwrap();
        let (send, chunks_told) = sync_channel(2 * chunks);
        let mut path = EchoPath::from(Reference { chunks: chunks_told, rate }).unwrap();
        let time = |samples: usize| Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE));
        let begins = path.epoch + Duration::from_secs(1);
        let jitter = |n: usize, seed: usize| match (n * 7 + seed) % 50 {
            0 => Duration::from_millis(60),
            other => Duration::from_millis((other as u64 * 13) % 20),
        };
        let (mut out, mut heard) = (Cleaned::default(), Vec::new());
        for (n, piece) in played.chunks(CHUNK * times).enumerate() {
            send.send(Chunk::Piece(begins + time(n * CHUNK) + jitter(n, 3), piece.to_vec())).unwrap();
            let echo =
                |at: usize| at.checked_sub(1_440).and_then(|at| at_our_rate.get(at)).map_or(0.0, |sample| sample * 0.5);
            let recorded: Vec<f32> = (n * CHUNK..(n + 1) * CHUNK).map(echo).collect();
            path.clean(begins + time(n * CHUNK) + jitter(n, 0), &recorded, &mut out).unwrap();
            heard.extend(recorded);
        }
        (out.gently, heard)
    }

    #[test]
    fn clocks_that_waver_leave_little_echo_in_what_is_only_gently_cleaned() {
        for rate in [SAMPLE_RATE, 48_000] {
            let (out, heard) = conversation(200, rate);
            let last = 16_000;
            assert!(heard.len() - out.len() <= 2 * BLOCK + PATIENCE, "{rate}");
            let (left, was) = (power(&out[out.len() - last..]), power(&heard[heard.len() - last..]));
            assert!(left < was / 300.0, "{rate}: {left} of {was}");
        }
    }

    #[test]
    fn clocks_that_run_apart_are_brought_together_when_nothing_is_heard() {
        let (send, chunks) = sync_channel(WAITING_CHUNKS);
        let mut path = EchoPath::from(Reference { chunks, rate: SAMPLE_RATE }).unwrap();
        let (begins, mut out) = (path.epoch, Cleaned::default());
        let mut speak = |path: &mut EchoPath, seconds: u64, loud: f32| {
            for n in 0..seconds * 250 {
                // The loudspeaker's clock is quicker by one in a thousand.
                let at = begins + Duration::from_millis(path.recorded.end().map_or(0, |end| end as u64 / 16 + n % 2));
                let quick = (at - begins).mul_f64(1.001);
                send.send(Chunk::Piece(begins + quick, hiss(BLOCK, loud, n as u32))).unwrap();
                path.clean(at, &[0.0; BLOCK], &mut out).unwrap();
            }
            path.played.ahead() - path.recorded.ahead()
        };
        assert!(speak(&mut path, 30, 0.1) > 2.0 * APART, "not while something is heard");
        assert!(speak(&mut path, 10, 0.0).abs() < APART + 10.0);
    }

    #[test]
    fn a_loudspeaker_that_rested_is_taken_out_with_another_rate_and_another_clock() {
        let (send, chunks) = sync_channel(WAITING_CHUNKS);
        let mut path = EchoPath::from(Reference { chunks, rate: 48_000 }).unwrap();
        let (begins, time) = (path.epoch + Duration::from_secs(1), |block: u64| Duration::from_millis(4 * block));
        let mut left = |from: u64, rate: u32, late: Duration| {
            let played = crate::audio::resample(&hiss(1_500 * BLOCK, 0.3, rate), SAMPLE_RATE, rate).unwrap();
            let (sound, mut out) = (crate::audio::resample(&played, rate, SAMPLE_RATE).unwrap(), Cleaned::default());
            send.send(Chunk::Begins(rate)).unwrap();
            for (n, piece) in played.chunks(BLOCK * rate as usize / SAMPLE_RATE as usize).enumerate() {
                let block = from + n as u64;
                send.send(Chunk::Piece(begins + time(block) + late, piece.to_vec())).unwrap();
                let heard = sound.get((n * BLOCK).saturating_sub(1_440)..).unwrap_or_default();
                let recorded: Vec<f32> = heard.iter().take(BLOCK).map(|sample| sample * 0.5).collect();
                path.clean(begins + time(block), &recorded, &mut out).unwrap();
            }
            let last = 16_000;
            (power(&out.gently[out.gently.len() - last..]), path.played.len())
        };
        for (from, rate, late) in [(0, 48_000, 0), (250_000, 32_000, 40)] {
            let (left, waiting) = left(from, rate, Duration::from_millis(late));
            assert!(left < 0.3 * 0.3 / 3.0 * 0.25 / 300.0 && waiting < 8_000, "{rate}: {left}, {waiting}");
        }
    }

    #[test]
    fn what_was_recorded_waits_for_a_while_for_what_was_played() {
        let (teller, reference) = Reference::new(SAMPLE_RATE);
        let mut path = EchoPath::from(reference).unwrap();
        let (mut out, mut at) = (Cleaned::default(), Instant::now());
        path.clean(at, &[0.1; BLOCK], &mut out).unwrap();
        assert_eq!(out.strictly.len(), BLOCK, "where nothing is played there is nothing to wait for");
        (at, out) = (at + Duration::from_millis(4), Cleaned::default());
        path.remover.played(&hiss(BLOCK, 0.1, 1));
        for _ in 0..PATIENCE / BLOCK {
            path.clean(at, &[0.1; BLOCK], &mut out).unwrap();
            at += Duration::from_millis(4);
        }
        assert!(out.strictly.is_empty(), "it may yet be told");
        path.clean(at, &[0.1; BLOCK], &mut out).unwrap();
        assert_eq!(out.strictly.len(), BLOCK, "not for ever");
        drop(teller);
        path.clean(at + Duration::from_millis(4), &[0.1; BLOCK], &mut out).unwrap();
        assert_eq!(out.gently.len(), PATIENCE + 2 * BLOCK, "nothing will be told any more");
    }
}
