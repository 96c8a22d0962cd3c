//! Two clocks on the runtime's paused time: the true one, which the provider goes by, and the household's, which jumps.

use sayso::payments::Clock;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::Instant;

/// Where every history begins: 22 November 2026, a Sunday, at noon.
const BEGIN_MS: i64 = 1_795_348_800_000;

/// 20 days.
const OFF_BY_MS_MAX: i64 = 20 * 86_400_000;

pub struct SimClock {
    begin: Instant,
    off_by_ms: AtomicI64,
}

impl SimClock {
    pub fn new() -> Self {
        SimClock { begin: Instant::now(), off_by_ms: AtomicI64::new(0) }
    }

    /// What the time really is.
    pub fn true_ms(&self) -> i64 {
        BEGIN_MS + i64::try_from(self.begin.elapsed().as_millis()).unwrap()
    }

    /// Goes wrong by so much more; never by more than some weeks, which is how long a history waits for its end.
    pub fn jump(&self, ms: i64) {
        let off_by_ms = self.off_by_ms.load(Ordering::SeqCst) + ms;
        self.off_by_ms.store(off_by_ms.clamp(-OFF_BY_MS_MAX, OFF_BY_MS_MAX), Ordering::SeqCst);
    }

    pub fn set_right(&self) {
        self.off_by_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now_ms(&self) -> i64 {
        self.true_ms() + self.off_by_ms.load(Ordering::SeqCst)
    }
}
