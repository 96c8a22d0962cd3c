//! How many threads the recogniser takes: as many as there are idle cores.
//!
//! Its threads wait for each other by spinning. Two of them on two busy cores are up to ten times slower than one.

use std::time::Duration;

/// More threads than this gain nothing for models of this size.
const THREADS_MAX: usize = 4;
/// How often the number of running threads is looked at, because a single look may catch a passing spike.
const LOOKS: usize = 3;

/// The number of threads for work that starts now.
pub(super) fn for_now() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut looks: Vec<usize> = Vec::with_capacity(LOOKS);
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        looks.extend(std::fs::read_to_string("/proc/loadavg").ok().as_deref().and_then(running));
    }
    looks.sort_unstable();
    for_load(cores, looks.get(looks.len() / 2).copied())
}

/// The number of threads for `cores` cores on which `others` threads of others are running (`None`: not known).
fn for_load(cores: usize, others: Option<usize>) -> usize {
    let idle = match others {
        Some(others) => cores.saturating_sub(others),
        // Where the system does not tell, one core is left to whoever else there is.
        None if cores > 2 => cores - 1,
        None => cores,
    };
    idle.clamp(1, THREADS_MAX)
}

/// The threads that are running now, without the one that asks: the fourth field of `/proc/loadavg`.
fn running(loadavg: &str) -> Option<usize> {
    let (running, _) = loadavg.split_whitespace().nth(3)?.split_once('/')?;
    running.parse::<usize>().ok().map(|count| count.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_idle_cores() {
        assert_eq!(for_load(2, Some(0)), 2);
        assert_eq!(for_load(2, Some(1)), 1);
        assert_eq!(for_load(2, Some(9)), 1);
        assert_eq!(for_load(16, Some(3)), THREADS_MAX);
        assert_eq!(for_load(1, None), 1);
        assert_eq!(for_load(4, None), 3);
    }

    #[test]
    fn reads_the_kernel() {
        assert_eq!(running("0.42 0.36 0.30 3/512 12345\n"), Some(2));
        assert_eq!(running("0.42"), None);
        assert!((1..=THREADS_MAX).contains(&for_now()));
    }
}
