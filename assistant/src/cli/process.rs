//! What this process holds in memory and takes of the processor.

use std::fs;
use std::time::Duration;

/// What it holds in memory now, in MB.
pub fn memory_mb() -> Option<f64> {
    status_mb("VmRSS:")
}

/// The most that it held in memory so far, in MB.
pub fn peak_memory_mb() -> Option<f64> {
    status_mb("VmHWM:")
}

/// A line of what the system knows of it, which is in kilobytes.
fn status_mb(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some((kilobytes / 102.4).round() / 10.0)
}

/// How much of the processor all its threads have taken so far.
#[cfg(target_os = "linux")]
pub fn cpu() -> Option<Duration> {
    // The first figure of each thread, in nanoseconds, is the time that it ran.
    let threads = fs::read_dir("/proc/self/task").ok()?.filter_map(Result::ok);
    let ran = threads.filter_map(|thread| {
        let line = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(ran.sum()))
}

/// It is not known here.
#[cfg(not(target_os = "linux"))]
pub fn cpu() -> Option<Duration> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted_and_memory_is_known() {
        assert!(memory_mb().is_some_and(|mb| mb > 1.0));
        assert!(peak_memory_mb().is_some_and(|mb| mb > 1.0));
        let before = cpu().unwrap();
        let mut sum = 0_u64;
        while cpu().unwrap() < before + Duration::from_millis(20) {
            sum = (0..10_000).fold(sum, u64::wrapping_add);
        }
        assert!(cpu().unwrap() > before, "{sum}");
    }
}
