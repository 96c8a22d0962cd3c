//! What a worker costs: its start beside the start of any other program, and a call beside bare round trips through pipes.
//! Printed as medians and as ratios of the same run. The call is a payment for which the plugin asks the host once, so that
//! two frames go each way: it stands beside two round trips of as many bytes to `cat`.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use async_trait::async_trait;
use sayso::plugin_host::{BackOff, Plugins, Settings};
use sayso_plugin_interface::request::Payee;
use sayso_plugin_interface::{
    Currency, Host, HttpFailure, HttpRequest, HttpResponse, Money, Outcome, PayRequest, PaymentProvider as _,
};
use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 60;
const CALLS: usize = 3_000;
/// About as long as a frame of a payment is, in bytes.
const FRAME: usize = 400;

struct NoNetwork;

#[async_trait]
impl Host for NoNetwork {
    async fn http(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Err(HttpFailure::NotSent { reason: "not measured".into() })
    }
    fn now_ms(&self) -> i64 {
        0
    }
    async fn random_hex(&self, bytes: u8) -> String {
        "5a".repeat(usize::from(bytes))
    }
    fn log(&self, _: &str) {}
}

/// The library of a plugin for tests, which cargo builds beside this program.
fn library() -> PathBuf {
    let file = format!("{DLL_PREFIX}hostile_plugin{DLL_SUFFIX}");
    let program = std::env::current_exe().unwrap();
    let mut places = program.ancestors().skip(1).take(2).map(|folder| folder.join(&file));
    places.find(|path| path.is_file()).unwrap()
}

fn payment() -> PayRequest {
    PayRequest {
        reference: "r1".into(),
        idempotency_key: "k1".into(),
        amount: Money::new(4250, Currency::USD),
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: BTreeMap::new() },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: None,
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The median time of `run`, the first tenth of the runs left out.
fn measure(times: usize, mut run: impl FnMut()) -> Duration {
    let each = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let all: Vec<Duration> = (0..times + times / 10).map(each).collect();
    median(all[times / 10..].to_vec())
}

fn row(what: &str, took: Duration, beside: &str, base: Duration) {
    let ratio = took.as_secs_f64() / base.as_secs_f64();
    println!("{what:<44} {:>9.1} us   {ratio:>5.2} x {beside} ({:.1} us)", micros(took), micros(base));
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let worker = Some(PathBuf::from(env!("CARGO_BIN_EXE_sayso-plugin-worker")));
    let settings = Settings { worker, back_off: BackOff::NONE, ..Settings::default() };
    let (plugins, library) = (Plugins::open(settings).unwrap(), library());
    let patience = Duration::from_secs(30);

    let program = measure(STARTS, || {
        runtime.block_on(async { tokio::process::Command::new("true").status().await.unwrap() });
    });
    let start = measure(STARTS, || {
        runtime.block_on(async {
            plugins.describe(&library).await.unwrap();
        });
    });
    row("a worker: confined, loaded, described, ended", start, "the program `true`", program);

    let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut from) = (cat.stdin.take().unwrap(), cat.stdout.take().unwrap());
    let (frame, mut back) = ([b'x'; FRAME], [0_u8; FRAME]);
    let bare = measure(CALLS, || {
        for _ in 0..2 {
            to.write_all(&frame).unwrap();
            from.read_exact(&mut back).unwrap();
        }
    });
    drop(to);
    cat.wait().unwrap();
    let provider = runtime.block_on(plugins.load(&library, "bench", "{}", patience)).unwrap();
    let call = measure(CALLS, || {
        let outcome = runtime.block_on(provider.pay(&NoNetwork, payment()));
        assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
    });
    row("a call with one question to the host", call, "two bare round trips", bare);
    runtime.block_on(provider.stop());
}
