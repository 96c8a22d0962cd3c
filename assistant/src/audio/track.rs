//! A stream of samples in time. Pure: time is counted in samples.

use std::collections::VecDeque;

/// A clock that is further than this from where it usually is tells of samples that are lost: 100 ms.
const LOST: f32 = 1_600.0;
/// If it stays there while it goes on for so long: 150 ms. A machine that was busy brings its pieces late and all together.
const PERSISTENT: i64 = 2_400;
/// So much that is lost is silence; after more of it the stream begins anew: a second.
const SILENCE_MAX: i64 = 16_000;
/// After so many pieces a clock is known, and one more counts for little.
const KNOWN: u32 = 64;
/// And for no more than this, however early or late it comes: 20 ms.
const LATE_MAX: f32 = 320.0;
/// So much is kept: 4 seconds.
const KEPT: usize = 64_000;

/// What a device plays or records, sample after sample. Its pieces come with the time at which they begin, which is right on the whole
/// but early or late by some milliseconds from one piece to the next, and says little at first, while the device wakes up; the samples
/// themselves follow one another without a gap, and are counted.
#[derive(Default)]
pub(super) struct Track {
    samples: VecDeque<f32>,
    /// The number of the sample that comes next; `None` before the first.
    end: Option<i64>,
    /// By how many samples the clock is ahead of the count, on average.
    ahead: f32,
    /// Of so many pieces, up to [`KNOWN`].
    pieces: u32,
    /// Since this number it has been as if samples were lost.
    lost_since: Option<i64>,
}

impl Track {
    /// Takes the next piece, which begins with the sample of this number, as its clock says.
    pub(super) fn push(&mut self, says: i64, piece: &[f32]) {
        let end = self.end.unwrap_or(says);
        let moved = self.moved(says, says - end);
        let (later, earlier) = (usize::try_from(moved).unwrap_or(0), usize::try_from(-moved).unwrap_or(0));
        if moved > SILENCE_MAX {
            self.samples.clear();
        } else {
            self.samples.extend(std::iter::repeat_n(0.0, later));
        }
        self.samples.truncate(self.samples.len().saturating_sub(earlier));
        self.samples.extend(piece);
        self.end = Some(end + moved + piece.len() as i64);
        self.samples.drain(..self.samples.len().saturating_sub(KEPT));
    }

    /// How many samples are missing before the next piece, for a clock that says this and is ahead of the count by so much.
    fn moved(&mut self, says: i64, ahead: i64) -> i64 {
        let late = ahead as f32 - self.ahead;
        let known = self.pieces >= KNOWN;
        if late.abs() > LOST {
            let since = *self.lost_since.get_or_insert(says);
            // A device that wakes up asks for some pieces at once, and for the next one when these are played.
            if (known || ahead < 0) && (says - since).abs() < PERSISTENT {
                return 0;
            }
            (self.ahead, self.pieces, self.lost_since) = (0.0, 1, None);
            return ahead;
        }
        self.lost_since = None;
        self.pieces = KNOWN.min(self.pieces + 1);
        let counts = if known { late.clamp(-LATE_MAX, LATE_MAX) } else { late };
        self.ahead += counts / self.pieces as f32;
        0
    }

    /// By how many samples the clock is ahead of the count, on average.
    pub(super) fn ahead(&self) -> f32 {
        self.ahead
    }

    /// Counts on from a number that is higher by this, as the clock would have it.
    pub(super) fn shift(&mut self, by: f32) {
        self.end = self.end.map(|end| end + by as i64);
        self.ahead -= by.trunc();
    }

    /// The number of the sample that comes next; `None` before the first.
    pub(super) fn end(&self) -> Option<i64> {
        self.end
    }

    /// Takes the oldest samples, if there are so many; with the number of the first.
    pub(super) fn oldest<const N: usize>(&mut self) -> Option<(i64, [f32; N])> {
        let begin = self.begin().filter(|_| self.samples.len() >= N)?;
        let mut taken = [0.0; N];
        taken.iter_mut().zip(self.samples.drain(..N)).for_each(|(to, sample)| *to = sample);
        Some((begin, taken))
    }

    /// How many samples wait.
    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }

    /// Takes the samples from this number on, silence where there are none, and forgets what is older.
    pub(super) fn from<const N: usize>(&mut self, number: i64) -> [f32; N] {
        let mut taken = [0.0; N];
        let Some(begin) = self.begin() else { return taken };
        let late = usize::try_from(number - begin).unwrap_or(0).min(self.samples.len());
        self.samples.drain(..late);
        let early = usize::try_from(begin - number).unwrap_or(0).min(N);
        let there = self.samples.len().min(N - early);
        taken.iter_mut().skip(early).zip(self.samples.drain(..there)).for_each(|(to, sample)| *to = sample);
        taken
    }

    /// The number of the oldest sample.
    pub(super) fn begin(&self) -> Option<i64> {
        Some(self.end? - self.samples.len() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples that are their own numbers, from `from` on.
    fn numbers(from: i64, count: i64) -> Vec<f32> {
        (from..from + count).map(|n| n as f32).collect()
    }

    /// A stream of pieces of 170 samples whose clock is now early and now late.
    fn jittery(pieces: i64) -> Track {
        let mut track = Track::default();
        for n in 0..pieces {
            let jitter = [0, 70, -55, 10, -90, 120][n as usize % 6];
            track.push(n * 170 + if n == 0 { 0 } else { jitter }, &numbers(n * 170, 170));
        }
        track
    }

    #[test]
    fn a_clock_that_wavers_loses_and_doubles_nothing() {
        let mut track = jittery(300);
        let mut taken = Vec::new();
        while let Some((begin, block)) = track.oldest::<160>() {
            assert_eq!(block[0] as i64, begin);
            taken.extend(block);
        }
        assert!(taken.windows(2).all(|pair| pair[1] == pair[0] + 1.0));
        assert_eq!(track.len() as i64, 300 * 170 - taken.len() as i64);
    }

    #[test]
    fn what_is_asked_for_at_another_time_is_silence() {
        let mut track = Track::default();
        assert_eq!(track.from::<2>(7), [0.0, 0.0]);
        track.push(10, &numbers(10, 4));
        assert_eq!(track.from::<4>(8), [0.0, 0.0, 10.0, 11.0]);
        assert_eq!(track.from::<1>(13), [13.0], "12 is too old");
        assert_eq!((track.begin(), track.from::<2>(14)), (Some(14), [0.0, 0.0]), "not there yet");
        track.push(14, &numbers(14, 1));
        assert_eq!(track.from::<1>(14), [14.0], "asking too early takes nothing away");
        assert_eq!(track.from::<3>(-100), [0.0; 3]);
    }

    #[test]
    fn samples_that_were_lost_are_silence_and_what_comes_after_is_in_its_place() {
        let goes_on = |track: &mut Track, lost: i64| {
            let from = track.end().unwrap() + lost;
            (0..40).map(|n| from + n * 170).for_each(|n| track.push(n, &numbers(n, 170)));
            let last = from + 39 * 170;
            assert_eq!((track.end(), track.from::<1>(last)), (Some(last + 170), [last as f32]), "{lost}");
        };
        let mut track = jittery(100);
        goes_on(&mut track, 3_200);
        goes_on(&mut track, 300_000);
        assert!(track.len() < 40 * 170, "after so much it begins anew");
    }

    #[test]
    fn pieces_that_come_late_and_all_together_are_where_they_would_have_been() {
        for together in [10, 30, 60, 140] {
            let mut track = jittery(100);
            let end = track.end().unwrap();
            (0..together).for_each(|n| track.push(end + together * 170, &numbers(end + n * 170, 170)));
            (together..together + 60).for_each(|n| track.push(end + n * 170, &numbers(end + n * 170, 170)));
            let last = end + (together + 59) * 170;
            assert_eq!((track.end(), track.from::<1>(last)), (Some(last + 170), [last as f32]), "{together}");
        }
    }

    #[test]
    fn a_clock_that_jumps_back_is_believed_when_it_goes_on_there() {
        for (back, far) in [(4_000, false), (1_000_000, true)] {
            let mut track = jittery(100);
            let from = track.end().unwrap() - back;
            (0..40).map(|n| from + n * 170).for_each(|n| track.push(n, &numbers(n, 170)));
            assert_eq!(track.end(), Some(from + 40 * 170));
            assert_eq!(track.from::<1>(from + 39 * 170), [(from + 39 * 170) as f32]);
            assert!(!far || track.begin().unwrap() > from, "nothing is left of what was said of another time");
        }
    }

    #[test]
    fn a_device_that_wakes_up_is_known_after_a_moment() {
        let mut track = Track::default();
        // Three pieces that it wanted at once, and the next after a third of a second.
        [25, 26, 42].into_iter().for_each(|says| track.push(says, &numbers(0, 172)));
        (0..20).for_each(|n| track.push(5_626 + n * 172, &numbers(0, 172)));
        assert_eq!(track.end(), Some(5_626 + 20 * 172));
        let mut track = Track::default();
        [0, 1, 60].into_iter().for_each(|says| track.push(says, &numbers(0, 172)));
        (0..30).for_each(|n| track.push(1_060 + n * 172, &numbers(0, 172)));
        let says = 1_060 + 30 * 172;
        assert!((track.end().unwrap() + track.ahead() as i64 - says).abs() < 160, "{} {says}", track.ahead());
        let (end, ahead) = (track.end().unwrap(), track.ahead());
        track.shift(ahead);
        assert_eq!((track.end(), track.ahead()), (Some(end + ahead as i64), ahead.fract()));
    }

    #[test]
    fn a_clock_that_runs_slowly_loses_nothing_for_an_hour() {
        let mut track = Track::default();
        let says = |n: i64| n * 160 + n * 160 * 3 / 10_000;
        (0..360_000).for_each(|n| track.push(says(n), &[0.0; 160]));
        assert_eq!(track.end(), Some(360_000 * 160), "it is only counted");
        assert!((track.ahead() as i64 - (says(360_000) - 360_000 * 160)).abs() < 16, "{}", track.ahead());
    }

    #[test]
    fn what_nobody_takes_is_forgotten() {
        let mut track = jittery(2_000);
        assert!(track.len() == KEPT && track.oldest::<1>().unwrap().0 == 2_000 * 170 - KEPT as i64);
    }
}
