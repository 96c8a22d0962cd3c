//! The registries' own clients, run as programs: `pip download`, `npm pack`.

use super::manifest::{Client, Form, Package};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// How often a running client is looked at.
const POLL: Duration = Duration::from_millis(100);
/// A client is run this often: registries have short hiccups.
const TRIES: usize = 2;
/// How many of a client's last lines are told when it fails.
const LINES_TOLD: usize = 3;
/// What the client says goes here, inside the work folder.
const LOG: &str = "client.log";

/// Downloads a package into `work`, an empty folder for this purpose. Gives the package's file.
/// `tell` hears how many bytes have arrived, as far as that can be seen.
///
/// # Errors
/// A sentence: the client is not installed (and how to get it), or what it said.
pub(super) fn download(
    client: Client,
    package: &Package,
    work: &Path,
    search_path: Option<&OsStr>,
    tell: &mut dyn FnMut(u64),
) -> Result<PathBuf, String> {
    let search_path = search_path.map(OsStr::to_owned).or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let program = usable(client, &search_path)?;
    let mut said = String::new();
    for _ in 0..TRIES {
        empty(work).map_err(|why| format!("can't prepare {}: {why}", work.display()))?;
        let mut command = command(&program, &search_path);
        command.args(arguments(client, package)).current_dir(work).env("TMPDIR", work.join("tmp"));
        let status = run(command, work, tell).map_err(|why| format!("can't run {}: {why}", program.join(" ")))?;
        said = last_lines(&work.join(LOG));
        if status.success() {
            return arrived(&work.join("out"))
                .ok_or_else(|| format!("{} ended well but left no package", program.join(" ")));
        }
    }
    Err(format!("`{}` failed for {} {}: {said}", program.join(" "), package.name, package.version))
}

/// The words with which a client can be called, in the order in which they are tried.
fn candidates(client: Client) -> &'static [&'static [&'static str]] {
    match client {
        Client::Pip => &[&["python3", "-m", "pip"], &["pip3"], &["pip"]],
        Client::Npm => &[&["npm"]],
    }
}

/// The first way of calling the client that works on this machine.
fn usable(client: Client, search_path: &OsStr) -> Result<Vec<String>, String> {
    for words in candidates(client) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut command = command(&words, search_path);
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if command.status().is_ok_and(|status| status.success()) {
            return Ok(words);
        }
    }
    Err(match client {
        Client::Pip => "pip is not installed (Debian: apt install python3-pip)".to_owned(),
        Client::Npm => "npm is not installed (Debian: apt install npm)".to_owned(),
    })
}

fn command(words: &[String], search_path: &OsStr) -> Command {
    let name = words.first().map_or("", String::as_str);
    let found = std::env::split_paths(search_path).map(|folder| folder.join(name)).find(|path| path.is_file());
    // A name that is not found stays a name with a slash: the system must not look elsewhere for it.
    let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from("./not-found").join(name)));
    command.args(words.iter().skip(1)).env("PATH", search_path);
    command
}

fn arguments(client: Client, package: &Package) -> Vec<OsString> {
    let words: Vec<String> = match client {
        Client::Pip => {
            let common =
                "download --no-deps --disable-pip-version-check --no-input --retries 2 --timeout 30 --dest out";
            let mut words: Vec<String> = common.split(' ').map(str::to_owned).collect();
            if package.form == Form::Sdist {
                words.extend(["--no-binary".to_owned(), package.name.clone()]);
            }
            words.push(format!("{}=={}", package.name, package.version));
            words
        }
        Client::Npm => {
            let common = "pack --pack-destination out --cache tmp --ignore-scripts --no-audit --no-fund --no-update-notifier --fetch-retries 2";
            let mut words: Vec<String> = common.split(' ').map(str::to_owned).collect();
            words.push(format!("{}@{}", package.name, package.version));
            words
        }
    };
    words.into_iter().map(OsString::from).collect()
}

/// Runs a client to its end. What it says goes into the log; how much the folder has grown is told.
fn run(mut command: Command, work: &Path, tell: &mut dyn FnMut(u64)) -> std::io::Result<ExitStatus> {
    let log = File::create(work.join(LOG))?;
    let mut child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        tell(size_of(work));
        std::thread::sleep(POLL);
    }
}

fn empty(work: &Path) -> std::io::Result<()> {
    if work.exists() {
        std::fs::remove_dir_all(work)?;
    }
    std::fs::create_dir_all(work.join("tmp"))?;
    std::fs::create_dir_all(work.join("out"))
}

/// The one file that a client has put into its folder.
fn arrived(out: &Path) -> Option<PathBuf> {
    std::fs::read_dir(out).ok()?.filter_map(Result::ok).map(|entry| entry.path()).find(|path| path.is_file())
}

/// Bytes in a folder and all folders in it. What vanishes meanwhile counts nothing.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size_of(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn last_lines(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(LINES_TOLD)..).unwrap_or_default().join(" / ")
}
