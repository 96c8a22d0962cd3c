//! `sayso talk` as a process, and what it prints.

use crate::recorded;
use crate::sound_server::{Recording, SoundServer};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a turn may take on a slow machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(120);
/// For so long nothing is said where nothing shall be.
const QUIET: Duration = Duration::from_secs(4);
/// Louder than this, something is said.
const LOUD: f32 = 0.02;

/// The program, and the lines that it printed and nobody has read yet.
pub struct Talker {
    program: Child,
    results: Receiver<String>,
    remarks: Receiver<String>,
    /// What it said on standard error so far.
    log: Vec<String>,
    interrupted: bool,
}

impl Talker {
    /// Starts it with these settings besides the usual ones.
    pub fn start(server: &SoundServer, home: &Path, settings: &str) -> Self {
        std::fs::create_dir_all(home).unwrap();
        let config = home.join("sayso.yaml");
        std::fs::write(&config, format!("language: en\n{settings}\n")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        server.lend(&mut command);
        command.args(["talk", "--json", "--data"]).arg(home).arg("--config").arg(config);
        command.env("SAYSO_MODELS", recorded::models()).env("SAYSO_LOG", "sayso::cli::talk=debug,sayso::audio=debug");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let (results, remarks) = (program.stdout.take().unwrap(), program.stderr.take().unwrap());
        Talker { program, results: lines(results), remarks: lines(remarks), log: Vec::new(), interrupted: false }
    }

    /// The next turn that it prints.
    pub fn turn(&mut self) -> Value {
        match self.results.recv_timeout(PATIENCE) {
            Ok(line) => serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}")),
            Err(_) => {
                self.read_remarks();
                panic!("no turn was printed; it said:\n{}", self.log())
            }
        }
    }

    /// Waits until it has said everything and listens, whatever it did before.
    pub fn until_it_listens(&mut self) {
        self.until_it_says("listens for ");
    }

    /// Waits for a line on standard error.
    pub fn until_it_says(&mut self, what: &str) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match self.remarks.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let found = line.contains(what);
                    self.note(line);
                    if found {
                        return;
                    }
                }
                Err(_) => break,
            }
        }
        panic!("it never said “{what}”:\n{}", self.log());
    }

    /// Waits until its voice can be heard.
    pub fn until_it_speaks(&self, out: &Recording) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let samples = out.samples();
            if samples.iter().rev().take(4_800).any(|sample| sample.abs() > LOUD) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nothing was said aloud:\n{}", self.log());
    }

    /// Whether somebody interrupted it since this was asked last. Waits for it for a while.
    pub fn was_interrupted(&mut self) -> bool {
        let began = Instant::now();
        while !self.interrupted && began.elapsed() < QUIET {
            self.read_remarks();
            std::thread::sleep(Duration::from_millis(50));
        }
        std::mem::take(&mut self.interrupted)
    }

    /// True if for a while no turn is printed.
    pub fn has_said_nothing(&mut self) -> bool {
        matches!(self.results.recv_timeout(QUIET), Err(RecvTimeoutError::Timeout))
    }

    /// What it said on standard error.
    pub fn log(&self) -> String {
        self.log.join("\n")
    }

    fn read_remarks(&mut self) {
        while let Ok(line) = self.remarks.try_recv() {
            self.note(line);
        }
    }

    fn note(&mut self, line: String) {
        self.interrupted |= line.contains("interrupted");
        self.log.push(line);
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The lines of a pipe, as they come.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        let all = BufReader::new(pipe).lines().map_while(Result::ok);
        all.map(|line| send.send(line)).take_while(Result::is_ok).for_each(drop);
    });
    lines
}
