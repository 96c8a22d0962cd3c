//! How badly things go: how often what fails, drawn for each history and changed while it runs.

use crate::dice::Dice;
use crate::net::Fate;
use std::collections::VecDeque;

/// Figures are times in a thousand.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    /// Exchanges with the provider that go wrong.
    pub net: u64,
    /// Nothing reaches the provider.
    pub outage: bool,
    /// The provider takes no requests: too many.
    pub busy: bool,
    /// Asks in which the plugin's worker dies, or the client of it breaks down.
    pub worker: u64,
    /// Operations of the store that fail, done or not.
    pub disk: u64,
    pub disk_full: bool,
    pub disk_slow: bool,
    /// Operations of the store before or after which the program dies.
    pub dies_at_disk: u64,
    /// Steps at which the program dies.
    pub dies_at_step: u64,
    /// Leases end at once, as they do when everything takes too long: only the versions of the records are left.
    pub leases_end: bool,
    /// How many of the next writes are done, and reported as failed.
    pub lies: u32,
    /// What becomes of the next exchanges, one after the other.
    pub next: VecDeque<Fate>,
}

impl Weather {
    /// From a fine day to a very bad one.
    pub fn drawn(dice: &Dice) -> Self {
        let often = |most: u64| if dice.chance(400) { 0 } else { dice.below(most + 1) };
        Weather {
            net: often(400),
            worker: often(100),
            disk: often(80),
            dies_at_disk: often(40),
            dies_at_step: often(60),
            leases_end: dice.chance(100),
            ..Weather::default()
        }
    }

    /// Something begins or ends.
    pub fn changes(&mut self, dice: &Dice) {
        match dice.below(4) {
            0 => self.outage = !self.outage,
            1 => self.busy = !self.busy,
            2 => self.disk_full = !self.disk_full,
            _ => self.disk_slow = !self.disk_slow,
        }
    }
}
