//! A home for one test: folders of its own, the program run in it, and a look into the practice bank's books.

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The compiled program.
pub const SAYSO: &str = env!("CARGO_BIN_EXE_sayso");

/// How long anything may take on a machine that is busy with other things. Nothing waits for it where all is well.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Folders that nothing else uses: the person's own configuration, data and models never matter.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("models")).unwrap();
        Home { folder }
    }

    /// A home with the example's configuration, but without limits for dollars: the practice bank's faults are dear.
    pub fn without_limits() -> Self {
        let home = Home::new();
        let config = sayso::config::EXAMPLE.replace("\"2000.00 USD\", ", "").replace("\"5000.00 USD\", ", "");
        assert_ne!(config, sayso::config::EXAMPLE);
        home.write("config/sayso/sayso.yaml", config);
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// A program in this home, with nothing on its standard input.
    pub fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, folder) in [("HOME", ""), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "share")] {
            command.env(name, self.path(folder));
        }
        command.env("SAYSO_MODELS", self.path("models")).env("RUST_BACKTRACE", "1");
        command.env_remove("SAYSO_LOG").env_remove("XDG_STATE_HOME").env_remove("XDG_CACHE_HOME");
        command
    }

    /// `sayso ARGUMENTS --data DATA` in this home.
    pub fn sayso(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(SAYSO);
        command.args(arguments).arg("--data").arg(self.path("data"));
        command
    }

    /// Runs `sayso ARGUMENTS --data DATA` to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.hear(arguments, "")
    }

    /// The same with standard input.
    pub fn hear(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ended {
        end(&mut self.sayso(arguments), input)
    }

    /// What `sayso payments list` shows, the newest first.
    pub fn payments(&self) -> Vec<Value> {
        let listed = self.run(&["payments", "list", "--json"]);
        assert_eq!(listed.code, Some(0), "{}", listed.err);
        listed.json()
    }

    /// How many charges there are in the practice bank's books; none if it never opened.
    pub fn charges(&self) -> i64 {
        charges(&self.path("data"))
    }
}

/// How many charges there are in the books of a practice bank whose data folder this is.
pub fn charges(data: &Path) -> i64 {
    let books = data.join("practice-bank.sqlite");
    if !books.is_file() {
        return 0;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let books = Connection::open_with_flags(books, flags).unwrap();
    books.busy_timeout(PATIENCE).unwrap();
    // The bank makes the file before it makes the tables in it.
    let tables: i64 =
        books.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'charges'", [], |row| row.get(0)).unwrap();
    if tables == 0 { 0 } else { books.query_row("SELECT count(*) FROM charges", [], |row| row.get(0)).unwrap() }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
        let ended = Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!ended.err.contains("panicked at"), "a person saw a panic:\n{}", ended.err);
        ended
    }

    /// Standard output as JSON lines.
    pub fn json(&self) -> Vec<Value> {
        let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|wrong| panic!("{wrong}: {line}"));
        self.out.lines().map(line).collect()
    }

    /// It ended with this code, gave no result, and said why with these words.
    #[track_caller]
    pub fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not said:\n{}", self.err);
        }
    }
}

/// Runs a command with this input to its end; it may end without reading all of it.
pub fn end(command: &mut Command, input: impl AsRef<[u8]>) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    Ended::of(child.wait_with_output().unwrap())
}

/// A program that runs while the test goes on. It is killed at the end of the test.
pub struct Running {
    child: Option<Child>,
    input: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
    remarks: Option<BufReader<ChildStderr>>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let (input, lines) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Running { child: Some(child), input, lines, remarks: None }
    }

    /// Types lines, each with its line break.
    pub fn types(&mut self, lines: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(lines.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// The next line of its standard output as JSON.
    pub fn answers(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|wrong| panic!("{wrong}: {line}"))
    }

    /// SIGTERM: what a service manager sends.
    #[cfg(unix)]
    pub fn asks_to_end(&self) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Reads its standard error until these words come.
    #[track_caller]
    pub fn remarks(&mut self, words: &str) {
        if let Some(remarks) = self.child.as_mut().and_then(|child| child.stderr.take()) {
            self.remarks = Some(BufReader::new(remarks));
        }
        let (remarks, mut said) = (self.remarks.as_mut().unwrap(), String::new());
        while !said.contains(words) {
            assert!(remarks.read_line(&mut said).unwrap() > 0, "`{words}` never came:\n{said}");
        }
    }

    /// Ctrl-C, and its end.
    #[cfg(unix)]
    pub fn interrupt(self) -> Ended {
        let process = rustix::process::Pid::from_child(self.child.as_ref().unwrap());
        rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
        self.end()
    }

    /// SIGKILL, and its end.
    pub fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Closes its standard input and waits for its end; standard output from here on is not kept.
    pub fn end(mut self) -> Ended {
        drop(self.input.take());
        let mut rest = String::new();
        while self.lines.read_line(&mut rest).unwrap() > 0 {}
        Ended::of(self.child.take().unwrap().wait_with_output().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until something holds.
#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "{what}: this never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The keys of an object.
#[track_caller]
pub fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap_or_else(|| panic!("no object: {object}")).keys().map(String::as_str).collect()
}

/// Names as a set, to compare with [`keys`].
pub fn set<'a>(names: &[&'a str]) -> BTreeSet<&'a str> {
    names.iter().copied().collect()
}
