//! The simulation: host, store, plugin, network and provider in virtual time. One seed is one history; `SEED=42` replays one
//! and shows it, `SAYSO_TEST_SEEDS=10000` runs so many, `make soak` runs until it is told to stop.
//!
//! In reading order: [`dice`] and [`clock`] are chance and time, [`weather`] is how badly things go, [`bank`] is a provider
//! that shares no code with what is tested, [`net`] lies between, [`plugin`], [`disk`] and [`process`] are around the real
//! payments, ledger and store, [`laws`] is what must always be true, [`house`] and [`history`] are what happens, and [`bugs`]
//! are the mistakes that prove that mistakes are found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod bank;
mod bugs;
mod clock;
mod dice;
mod directed;
mod disk;
#[path = "../hands/mod.rs"]
mod hands;
mod history;
mod house;
mod laws;
mod net;
mod plugin;
mod process;
mod weather;

use bugs::Bug;
use history::{Told, run};
use sayso::payments::Step;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Runs seeds from `first` on, on every processor, until `enough` says so or one is at fault.
fn run_seeds(first: u64, bug: Bug, enough: impl Fn(u64) -> bool + Sync) -> (u64, Told, Option<(u64, Told)>) {
    let (next, sum, fault) = (AtomicU64::new(first), Mutex::new(Told::default()), Mutex::new(None));
    let (ran, processors) = (AtomicU64::new(0), std::thread::available_parallelism().map_or(2, usize::from));
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                while fault.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if enough(seed - first) {
                        return;
                    }
                    let told = run(seed, bug);
                    ran.fetch_add(1, Ordering::SeqCst);
                    let mut sum = sum.lock().unwrap();
                    sum.payments += told.payments;
                    for (from, to) in [(&told.deaths, 0), (&told.ends, 1)] {
                        let into = if to == 0 { &mut sum.deaths } else { &mut sum.ends };
                        from.iter().for_each(|(name, count)| *into.entry(name.clone()).or_default() += count);
                    }
                    if !told.faults.is_empty() {
                        fault.lock().unwrap().get_or_insert((seed, told));
                    }
                }
            });
        }
    });
    (ran.into_inner(), sum.into_inner().unwrap(), fault.into_inner().unwrap())
}

fn show(seed: u64, told: &Told) -> ! {
    for line in &told.log {
        println!("{line}");
    }
    println!("{}", told.faults.join("\n"));
    println!("replay it with SEED={seed} cargo test -p sayso --test simulation every_seed -- --nocapture");
    panic!("seed {seed}: {}", told.faults[0]);
}

fn summary(ran: u64, told: &Told) -> String {
    let deaths: u64 = told.deaths.iter().filter(|(place, _)| *place != "at the end").map(|(_, count)| count).sum();
    format!("{ran} seeds, {} payments, {deaths} deaths of the program; ends: {:?}", told.payments, told.ends)
}

#[test]
fn every_seed_keeps_the_laws() {
    if let Some(seed) = number("SEED") {
        let told = run(seed, Bug::None);
        if !told.faults.is_empty() {
            show(seed, &told);
        }
        return told.log.iter().for_each(|line| println!("{line}"));
    }
    let count = number("SAYSO_TEST_SEEDS").unwrap_or(2_000);
    let (ran, told, fault) = run_seeds(0, Bug::None, |ran| ran >= count);
    if let Some((seed, told)) = fault {
        show(seed, &told);
    }
    println!("{}", summary(ran, &told));
    if count >= 2_000 {
        for step in Step::ALL {
            assert!(told.deaths.contains_key(&format!("at {step:?}")), "nothing died at {step:?}: {:?}", told.deaths);
        }
        for commit in ["begin", "write", "claim", "release", "keep_event", "settle_event"] {
            for place in ["before", "after"] {
                let place = format!("{place} {commit}");
                assert!(told.deaths.contains_key(&place), "nothing died {place}: {:?}", told.deaths);
            }
        }
    }
}

/// How many seeds a mistake may need at most until it is found.
const SEEDS_UNTIL_FOUND: u64 = 400;

#[test]
fn every_planted_mistake_is_found() {
    for bug in Bug::ALL {
        let (ran, _, fault) = run_seeds(0, bug, |ran| ran >= SEEDS_UNTIL_FOUND);
        let (seed, told) = fault.unwrap_or_else(|| panic!("{bug:?} was not found in {ran} seeds"));
        println!("{bug:?} is found by seed {seed}: {}", told.faults[0].chars().take(160).collect::<String>());
    }
}

#[test]
fn one_seed_is_one_history() {
    for seed in 0..20 {
        let (first, second) = (run(seed, Bug::None), run(seed, Bug::None));
        assert_eq!(first.log, second.log, "seed {seed}");
        assert!(first.log.len() > 10);
    }
}

/// Runs for as many seconds as `SAYSO_SOAK_SECONDS` says, or until it is told to stop.
#[test]
#[ignore = "runs until it is told to stop: `make soak`"]
fn soak() {
    let (began, seconds) = (std::time::Instant::now(), number("SAYSO_SOAK_SECONDS").unwrap_or(u64::MAX));
    let first = number("SAYSO_SOAK_FIRST").unwrap_or_else(|| {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).unwrap();
        u64::from_be_bytes(random) >> 16
    });
    println!("seeds from {first} on");
    let said = Mutex::new(began);
    let (ran, told, fault) = run_seeds(first, Bug::None, |ran| {
        let mut last = said.lock().unwrap();
        if last.elapsed().as_secs() >= 10 {
            *last = std::time::Instant::now();
            println!("{ran} seeds in {} s", began.elapsed().as_secs());
        }
        began.elapsed().as_secs() >= seconds
    });
    println!("{}", summary(ran, &told));
    if let Some((seed, told)) = fault {
        show(seed, &told);
    }
}
