//! What a turn costs without speech (understanding, dialog and scripts; no payment), beside a bare commit of SQLite on the
//! same disk; the same with 100 and with 1,000 flows more, and how long those take to load; and what `sayso chat` costs to
//! start. The ratios at the end are from the same run on the same machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use sayso::config::Config;
use sayso::dialog::{Dialogs, ProviderInfo, SourceFile, shipped};
use sayso::payments::{Payments, Providers, Settings, SystemRandom};
use sayso::store::Store;
use sayso::turn::{Assistant, Conversation, Heard, Turn};
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Conversations; the last line of each is the turn that is measured, and it pays nothing.
const TURNS: &[(&str, &[&str])] = &[
    ("a bill, looked up by a script", &["I'd like to pay my electricity bill."]),
    ("an amount for it", &["Pay my electricity bill.", "Forty two dollars and fifty cents."]),
    ("a read-back", &["Pay my electricity bill.", "Forty two dollars.", "With Stripe, please."]),
    ("all at once", &["Pay the internet bill, sixty dollars, with PayPal."]),
    ("a correction", &["Send thirty dollars to Alice with Stripe.", "No, make it fifty."]),
    ("cancelling", &["Pay the internet bill, sixty dollars, with PayPal.", "Cancel that."]),
    ("the history", &["How much did I pay for water this year?"]),
    ("电费", &["我要交电费。"]),
    ("一句话", &["给张伟转五十块钱，用支付宝。"]),
    ("改成八十", &["给张伟转五十块钱，用支付宝。", "不对，改成八十。"]),
    ("nothing known", &["The quick brown fox jumps over the lazy dog."]),
];

/// How often each thing is measured for the ratio.
const ROUNDS: usize = 200;

struct Stage {
    assistant: Assistant,
    runtime: Runtime,
    folder: TempDir,
}

impl Stage {
    /// The shipped dialogs and `more` others, and the example household, with a ledger on the disk and no provider.
    fn new(more: usize) -> Self {
        let files: Vec<SourceFile> = shipped().into_iter().chain((0..more).map(flow)).collect();
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let config = Config::example(Timestamp::now().to_zoned(TimeZone::UTC).date()).unwrap();
        let providers = config.providers.iter().map(|provider| ProviderInfo {
            name: provider.name.clone(),
            names: provider.names.iter().map(|(lang, names)| (*lang, names[0].clone())).collect(),
            aliases: provider.names.iter().map(|(lang, names)| (*lang, names[1..].to_vec())).collect(),
            currencies: Vec::new(),
        });
        let store = Arc::new(Store::open(folder.path().join("sayso.sqlite")).unwrap());
        let payments = Arc::new(Payments::new(store.clone(), Providers::new(), Settings::default()));
        let assistant = Assistant::new(
            Dialogs::load(&files).unwrap().dialogs,
            Arc::new(config.household),
            providers.collect(),
            Arc::new(store.history(TimeZone::UTC)),
            payments,
            TimeZone::UTC,
        );
        Stage { assistant, runtime, folder }
    }

    /// A conversation after these lines.
    fn after(&self, lines: &[&str]) -> Conversation {
        let mut conversation = Conversation::begin(None, &SystemRandom).unwrap();
        self.runtime.block_on(self.assistant.greet(&mut conversation));
        for line in lines {
            self.turn(&mut conversation, line);
        }
        conversation
    }

    fn turn(&self, conversation: &mut Conversation, line: &str) -> Turn {
        let heard = Heard { text: line.to_owned(), ..Heard::default() };
        self.runtime.block_on(self.assistant.turn(conversation, heard))
    }

    /// A database on the same disk that syncs each commit, as the ledger does.
    fn bare(&self) -> Connection {
        let bare = Connection::open(self.folder.path().join("bare.sqlite")).unwrap();
        bare.pragma_update(None, "journal_mode", "WAL").unwrap();
        bare.pragma_update(None, "synchronous", "FULL").unwrap();
        bare.execute_batch("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)").unwrap();
        bare
    }
}

fn commit(bare: &Connection) {
    bare.execute("INSERT INTO rows (text) VALUES ('as long as a line of a ledger may be')", []).unwrap();
}

fn turns(criterion: &mut Criterion) {
    let stage = Stage::new(0);
    let mut group = criterion.benchmark_group("turn");
    for (name, lines) in TURNS {
        let (line, before) = lines.split_last().unwrap();
        group.bench_function(*name, |bencher| {
            let measured = |mut conversation: Conversation| black_box(stage.turn(&mut conversation, line));
            bencher.iter_batched(|| stage.after(before), measured, BatchSize::SmallInput);
        });
    }
    let bare = stage.bare();
    group.bench_function("bare SQLite commit", |bencher| bencher.iter(|| commit(&bare)));
    group.finish();
    ratio(&stage, &bare);
    growth();
    cold_start();
}

/// The median of what `measure` gives.
fn median(measure: impl FnMut(usize) -> Duration, rounds: usize) -> Duration {
    let mut measured: Vec<_> = (0..rounds).map(measure).collect();
    measured.sort();
    measured[rounds / 2]
}

fn ratio(stage: &Stage, bare: &Connection) {
    let commit = |_| {
        let started = Instant::now();
        commit(bare);
        started.elapsed()
    };
    let (turn, commit) = (median(|round| one_turn(stage, round), ROUNDS), median(commit, ROUNDS));
    let ratio = turn.as_secs_f64() / commit.as_secs_f64();
    println!("\na turn, over all of these: {turn:.2?} at the median (goal: < 1 ms)");
    println!("a bare SQLite commit:      {commit:.2?} at the median; a turn costs {ratio:.2} of it");
}

/// A made-up word of three syllables, another one for each number.
fn word(number: usize) -> String {
    let (starts, vowels) = (["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t"], ["a", "e", "i", "o", "u"]);
    let mut rest = number * 7_919 + 104_729;
    let mut word = String::new();
    for _ in 0..3 {
        word.push_str(starts[rest % starts.len()]);
        rest /= starts.len();
        word.push_str(vowels[rest % vowels.len()]);
        rest /= vowels.len();
    }
    word
}

/// A small flow whose sentences have words of their own: four triggers, twenty examples, a question and an answer.
fn flow(number: usize) -> SourceFile {
    let (a, b) = (word(2 * number), word(2 * number + 1));
    let thing: String =
        [3, 11, 29].map(|by| char::from_u32(0x4e10 + (number * by % 2_000) as u32).unwrap()).iter().collect();
    let list = |patterns: &[&str]| -> String {
        let line = |pattern: &&str| {
            format!("    - \"{}\"\n", pattern.replace("AA", &a).replace("BB", &b).replace("ZZ", &thing))
        };
        patterns.iter().map(line).collect()
    };
    let triggers = list(&["[please|I'd like to] (order|get|buy) [some|the] AA BB", "put {amount} on the AA BB"]);
    let triggers_zh = list(&["[我要|帮我](订|买)ZZ", "[帮我]查[一下]ZZ的安排"]);
    let examples = list(&[
        "I need the AA BB done",
        "please start the BB of my AA",
        "could you do something about the AA",
        "it is time for AA BB",
        "my AA wants some BB",
        "show me the BB for AA",
        "what about the AA BB",
        "how is my AA doing",
        "order more AA from the BB people",
        "get AA for the BB",
    ]);
    let examples_zh = list(&[
        "我要办ZZ",
        "帮我弄ZZ",
        "ZZ怎么样了",
        "看一下ZZ",
        "该弄ZZ了",
        "给我来点ZZ",
        "ZZ还有吗",
        "想看ZZ",
        "订一些ZZ",
        "处理ZZ",
    ]);
    let text = format!(
        "# \"Order some {a} {b}.\"\nflow: {a}_{b}_{number}\ntitle: {{en: \"ordering {a}\", zh: \"订{thing}\"}}\n\
triggers:\n  en:\n{triggers}  zh:\n{triggers_zh}examples:\n  en:\n{examples}  zh:\n{examples_zh}\
slots:\n  amount:\n    type: money\n    ask: {{en: \"How much?\", zh: \"多少？\"}}\n\
steps:\n  - collect: amount\n  - say: {{en: \"{{amount}} it is.\", zh: \"好，{{amount}}。\"}}\n"
    );
    SourceFile::new(format!("{a}_{b}_{number}.yaml"), text)
}

/// The same turns with many more flows, and how long these take to be loaded, checked and learnt.
fn growth() {
    let mut first = None;
    println!();
    for more in [0, 100, 1_000] {
        let started = Instant::now();
        let stage = Stage::new(more);
        let loaded = started.elapsed();
        let turn = median(|round| one_turn(&stage, round), ROUNDS);
        let times = turn.as_secs_f64() / first.get_or_insert(turn).as_secs_f64();
        println!(
            "with {more:>4} flows more: a turn {turn:.1?} at the median ({times:.1} times; goal: < 100 µs with 100); loaded, \
checked and learnt in {loaded:.2?}"
        );
    }
}

/// How long one of the turns takes.
fn one_turn(stage: &Stage, round: usize) -> Duration {
    let (line, before) = TURNS[round % TURNS.len()].1.split_last().unwrap();
    let mut conversation = stage.after(before);
    let started = Instant::now();
    black_box(stage.turn(&mut conversation, line));
    started.elapsed()
}

/// `sayso chat` with its standard input open, and its standard error to be read.
fn chat(folder: &TempDir) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["chat", "--data"]).arg(folder.path().join("data"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(name, folder.path());
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Starts `sayso chat` again and again: to its greeting, to its end with nothing said, and how much memory it took.
fn cold_start() {
    let folder = tempfile::tempdir().unwrap();
    let (mut greeted, mut ended, mut peak) = (Vec::new(), Vec::new(), None);
    for _ in 0..15 {
        let started = Instant::now();
        let mut child = chat(&folder);
        let mut greeting = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut greeting).unwrap();
        greeted.push(started.elapsed());
        // One turn, so that all is in memory that a conversation needs.
        child.stdin.as_mut().unwrap().write_all(b"Pay my electricity bill.\n").unwrap();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
        peak = peak.max(peak_memory_kib(child.id()));
        drop(child.stdin.take());
        if !child.wait().unwrap().success() {
            println!(
                "\n`sayso chat` does not start here: {greeting}  (cargo build --release --package sayso-practice-bank?)"
            );
            return;
        }
        let started = Instant::now();
        let mut child = chat(&folder);
        drop(child.stdin.take());
        child.wait_with_output().unwrap();
        ended.push(started.elapsed());
    }
    let (greeted, ended) = (median(|round| greeted[round], greeted.len()), median(|round| ended[round], ended.len()));
    println!(
        "\n`sayso chat` to its greeting: {greeted:.1?} (goal: < 100 ms); to its end with nothing said: {ended:.1?}"
    );
    match peak {
        Some(kib) => println!("peak resident memory:         {:.1} MB (goal: < 40 MB)", kib as f64 * 1024.0 / 1e6),
        None => println!("peak resident memory:         this system does not tell"),
    }
}

/// The most memory that a process has had, in KiB; Linux tells it.
fn peak_memory_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = short(); targets = turns }
criterion_main!(benches);
