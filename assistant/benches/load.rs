//! What it costs to load and check 100 and 1,000 flows, and to check again after one of them was edited; each beside
//! plainly parsing the same YAML in the same run.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sayso::dialog::{SourceFile, Workspace, shipped};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How often each thing is measured; the median counts.
const ROUNDS: usize = 5;

/// A flow that pays, of the size of those that ship, with a word of its own in each sentence.
fn flow(number: usize) -> SourceFile {
    let base = include_str!("../../dialogs/pay_bill.yaml");
    let mut text = base.replace("flow: pay_bill", &format!("flow: pay_bill_{number}"));
    text = text.replace("[bill]", &format!("[bill] number{number}")).replace("(bill|bills)", &format!("bill{number}"));
    text = text.replace("    - \"[", &format!("    - \"service{number} ["));
    text = text.replace("    - \"把", &format!("    - \"服务{number}把"));
    let text: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix("    - \"") {
            Some(rest) if !rest.contains(&number.to_string()) => format!("    - \"{number} {rest}"),
            _ => line.to_owned(),
        })
        .collect();
    SourceFile::new(format!("pay_bill_{number}.yaml"), text.join("\n"))
}

/// The flows, each with the script that it calls, and the others that ship.
fn project(count: usize) -> Vec<SourceFile> {
    let script = include_str!("../../dialogs/pay_bill.rhai");
    let pair = |number| [flow(number), SourceFile::new(format!("pay_bill_{number}.rhai"), script)];
    let rest = shipped().into_iter().filter(|file| file.stem() != "pay_bill");
    rest.chain((0..count).flat_map(pair)).collect()
}

fn median(mut run: impl FnMut(usize) -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(&mut run).collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn main() {
    for count in [100, 1_000] {
        let files = project(count);
        let plain = median(|_| {
            timed(|| {
                let yaml = files.iter().filter(|file| file.name.ends_with(".yaml"));
                yaml.map(|file| serde_yaml::from_str::<serde_json::Value>(&file.text).unwrap()).collect::<Vec<_>>()
            })
        });
        let found = Workspace::new().update(&files).map_or_else(|found| found, |loaded| loaded.warnings);
        let load = median(|_| timed(|| Workspace::new().update(&files)));
        let mut workspace = Workspace::new();
        drop(workspace.update(&files));
        let edit = median(|round| {
            let mut edited = files.clone();
            edited[0].text = edited[0].text.replace("Done.", &format!("Done {round}."));
            timed(|| workspace.update(&edited))
        });
        let ratio = |time: Duration| time.as_secs_f64() / plain.as_secs_f64();
        println!("{count} flows, {} findings: plain parsing {plain:.1?}", found.len());
        println!("{count} flows: load and check {load:.1?} ({:.1} times plain parsing)", ratio(load));
        println!("{count} flows: check again after one edit {edit:.1?} ({:.2} times plain parsing)", ratio(edit));
    }
}
