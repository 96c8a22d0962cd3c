//! SIGKILL of the program at random moments, again and again in one home, while it pays at a bank that misbehaves: no
//! consent is ever charged twice, nothing that was charged is lost, what was told stays true, and the books balance.
//!
//! `SAYSO_TEST_KILLS=300` kills so often.

use crate::home::{Home, Running, SAYSO};
use rusqlite::Connection;
use sayso::payments::{BooksReport, Filter, Payment, PaymentStore as _};
use sayso::store::{KeySource, Store};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Whom to pay, and what goes wrong at the bank when they are.
const PAYEES: [(&str, &str); 10] = [
    ("Alice", "ordinary"),
    ("Bob", "hangs_up_after"),
    ("Carol", "hangs_up_before"),
    ("David", "error_after"),
    ("Emma", "error_before"),
    ("Frank", "garbles"),
    ("Grace", "busy"),
    ("Henry", "declined"),
    ("Irene", "settles"),
    ("Jack", "answers_late"),
];

/// So many payments are asked for in one run, if it lives so long.
const PAYMENTS_A_RUN: usize = 6;

fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}

/// A home without limits whose Stripe is a bank in a process of its own, with one payee for each of its faults.
fn with_bank() -> (Home, Running) {
    let home = Home::new();
    let mut serve = home.program(SAYSO);
    serve.args(["practice-bank", "serve", "--port", "0", "--json", "--data"]).arg(home.path("bank"));
    let mut bank = Running::start(&mut serve);
    let url = bank.answers()["url"].as_str().unwrap().to_owned();
    let host = url.trim_start_matches("http://").to_owned();
    let mut config = String::from("household:\n  payees:\n");
    for (name, scenario) in PAYEES {
        let id = name.to_lowercase();
        writeln!(config, "    - id: {id}\n      kind: person\n      names: {{ en: {name}, zh: {name} }}").unwrap();
        writeln!(config, "      accounts: {{ stripe: {{ practice: {scenario} }} }}").unwrap();
    }
    writeln!(config, "limits:\n  per_payment: []\n  per_day: []").unwrap();
    writeln!(config, "providers:\n  - name: stripe\n    plugin: practice_bank\n    hosts: [\"{host}\"]").unwrap();
    writeln!(config, "    settings: {{ base_url: \"{url}\" }}\n    names: {{ en: [Stripe], zh: [Stripe] }}").unwrap();
    home.write("config/sayso/sayso.yaml", config);
    (home, bank)
}

/// What one run told of payments before it died: id and status.
type Told = Vec<(String, String)>;

/// Runs the program with these lines, kills it at a random moment after it began to answer, and returns what it told.
fn run_and_kill(home: &Home, arguments: &[&str], lines: &str, ms_max: u64) -> Told {
    let mut child = home.sayso(arguments).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    let output = child.stdout.take().unwrap();
    let (began, begins) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut told = Told::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = began.send(());
            // The last line may be cut off by the death.
            let Ok(turn) = serde_json::from_str::<Value>(&line) else { continue };
            let payment = if turn["payment"].is_object() { &turn["payment"] } else { &turn };
            if let (Some(id), Some(status)) = (payment["id"].as_str(), payment["status"].as_str()) {
                told.push((id.to_owned(), status.to_owned()));
            }
        }
        told
    });
    // A run that is slow to begin is killed in the middle of that sometimes.
    let patience =
        if random().is_multiple_of(8) { Duration::from_millis(random() % 300) } else { Duration::from_secs(60) };
    let _ = begins.recv_timeout(patience);
    std::thread::sleep(Duration::from_micros(random() % (ms_max * 1000)));
    child.kill().unwrap();
    child.wait().unwrap();
    drop(input);
    reader.join().unwrap()
}

/// The household's books, and what they add up to.
fn books(home: &Home) -> (Vec<Payment>, BooksReport) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store =
            Store::open_with(home.path("data/sayso.sqlite"), &KeySource::Folder(home.path("config/sayso/keys")))
                .unwrap();
        let all = Filter { limit: usize::MAX, ..Filter::default() };
        (store.payments(&all).await.unwrap(), store.verify().await.unwrap())
    })
}

/// The bank's own books: how each charge of a reference stands.
fn charges(home: &Home) -> BTreeMap<String, Vec<String>> {
    let books = Connection::open(home.path("bank/practice-bank.sqlite")).unwrap();
    let mut statement = books.prepare("SELECT reference, status FROM charges").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    let mut charges = BTreeMap::<_, Vec<_>>::new();
    rows.map(Result::unwrap).for_each(|(reference, status)| charges.entry(reference).or_default().push(status));
    charges
}

/// Lets the program look after what is open until nothing is, which takes as long as what was sent may be on its way.
fn settle(home: &Home) {
    let began = Instant::now();
    loop {
        let recovered = home.run(&["payments", "recover", "--json"]);
        match recovered.code {
            Some(0) => return,
            Some(3) => assert!(began.elapsed() < Duration::from_secs(300), "no end: {}", recovered.out),
            _ => panic!("{}{}", recovered.out, recovered.err),
        }
        std::thread::sleep(Duration::from_secs(5));
    }
}

#[test]
fn nothing_is_paid_twice_and_nothing_is_lost() {
    let kills: usize = std::env::var("SAYSO_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let (home, _bank) = with_bank();
    let mut told = Told::new();
    for round in 0..kills {
        if round % 5 == 4 {
            told.extend(run_and_kill(&home, &["payments", "recover", "--json"], "", 60));
            continue;
        }
        // No two payments are alike, so that none is taken for another.
        let lines = (0..PAYMENTS_A_RUN).fold(String::new(), |mut lines, number| {
            let (name, _) = PAYEES[random() as usize % PAYEES.len()];
            let (dollars, cents) = (1 + round, 10 + number);
            write!(lines, "Send ${dollars}.{cents} to {name} with Stripe.\nyes\n").unwrap();
            lines
        });
        told.extend(run_and_kill(&home, &["chat", "--json", "--lang", "en"], &lines, 700));
    }
    settle(&home);
    let (payments, report) = books(&home);
    assert!(report.is_sound(), "{:?}", report.faults);
    let charges = charges(&home);
    let standing: BTreeMap<&str, &str> =
        payments.iter().map(|payment| (payment.id.as_str(), payment.status.name())).collect();
    check(&told, &standing, &charges);
    println!("{kills} kills, {} payments, {} charges, {} results told", payments.len(), charges.len(), told.len());
    assert!(payments.len() >= kills / 4, "the program lived too short to show anything: {} payments", payments.len());
}

fn check(told: &Told, standing: &BTreeMap<&str, &str>, charges: &BTreeMap<String, Vec<String>>) {
    for (reference, charged) in charges {
        assert_eq!(charged.len(), 1, "{reference} was charged twice");
        assert!(standing.contains_key(reference.as_str()), "{reference} was charged and is lost");
    }
    for (id, status) in standing {
        let charged = charges.get(*id).is_some_and(|charged| charged[0] == "succeeded");
        match *status {
            "succeeded" => assert!(charged, "{id} is told as paid, and was not"),
            "failed" | "not_sent" | "canceled" => assert!(!charged, "{id} is told as unpaid, and was paid"),
            other => panic!("{id} is {other}: that is no end"),
        }
    }
    for (id, status) in told.iter().filter(|(_, status)| ["succeeded", "failed", "not_sent"].contains(&status.as_str()))
    {
        assert_eq!(standing.get(id.as_str()), Some(&status.as_str()), "{id} was told as {status}");
    }
}
