//! Starting a worker: spawn it with nothing but its pipes, hear that it loaded the library, give it one order.

use super::error::PluginError;
use super::find::Policy;
use super::pins::Pins;
use sayso_plugin_interface::abi_v1::FromPlugin;
use sayso_plugin_interface::abi_v1::pipe::{self, Confinement, LENGTH_BYTES, Order, Report};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// How long a plugin has to get ready.
const START_TIME: Duration = Duration::from_secs(10);
/// The longest line of a plugin's standard error that goes to the log, in bytes.
const LINE_MAX: usize = 2_000;
/// The most that goes to the log from one worker's standard error, in bytes.
const STDERR_MAX: u64 = 1_000_000;

/// What is needed to start a worker, as often as one has to be.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    worker: PathBuf,
    library: PathBuf,
    name: String,
    confinement: Policy,
    pins: Option<Pins>,
}

/// What became of a library that was taken in.
#[derive(Debug)]
pub(super) enum Stands {
    /// It is the one, or was never taken in and lies elsewhere.
    AsTakenIn,
    /// Another was taken in for the same plugin.
    Replaced(PathBuf),
    /// The plugin was removed.
    Removed,
}

/// A worker whose plugin has answered its first order.
pub(super) struct Shaken {
    pub(super) child: Child,
    pub(super) input: ChildStdin,
    pub(super) output: BufReader<ChildStdout>,
    /// The library's version of the ABI.
    pub(super) abi: (u32, u32),
    /// How far the worker could confine itself.
    pub(super) confinement: Confinement,
    /// The answer to the order.
    pub(super) message: FromPlugin,
}

impl Launch {
    /// `name` is for the log and for errors.
    pub(super) fn new(worker: &Path, library: &Path, name: &str, confinement: Policy) -> Result<Self, PluginError> {
        let no_library = |_| PluginError::NoLibrary { library: library.to_owned() };
        let library = library.canonicalize().map_err(no_library)?;
        Ok(Launch { worker: worker.to_owned(), library, name: name.to_owned(), confinement, pins: None })
    }

    /// The same, but a library in the folder of these pins runs only if it is the one that was taken in.
    pub(super) fn with_pins(self, pins: Option<Pins>) -> Self {
        Launch { pins, ..self }
    }

    /// What stands now where this library stood when it was taken in. A registry that can't be read changes nothing.
    pub(super) fn stands(&self) -> Stands {
        let Some(plugin) = self.taken_in_as() else { return Stands::AsTakenIn };
        let Some((pins, known)) = self.pins.as_ref().and_then(|pins| Some((pins, pins.read().ok()?))) else {
            return Stands::AsTakenIn;
        };
        let Some(pin) = known.get(plugin) else { return Stands::Removed };
        match pins.path(pin).canonicalize() {
            Ok(path) if path != self.library => Stands::Replaced(path),
            _ => Stands::AsTakenIn,
        }
    }

    /// The name of the plugin, if its library is among those that were taken in: files are named after their plugin and
    /// their content.
    fn taken_in_as(&self) -> Option<&str> {
        let folder = self.pins.as_ref()?.folder().canonicalize().ok()?;
        if self.library.parent() != Some(&folder) {
            return None;
        }
        let file = self.library.file_name()?.to_str()?;
        Some(file.strip_prefix(std::env::consts::DLL_PREFIX)?.rsplit_once('-')?.0)
    }

    /// The same for another library.
    pub(super) fn of(&self, library: PathBuf) -> Self {
        Launch { library, ..self.clone() }
    }

    pub(super) fn library(&self) -> &Path {
        &self.library
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Starts a worker and gives it an order.
    pub(super) async fn shake(&self, order: &Order) -> Result<Shaken, PluginError> {
        if let Some(pins) = &self.pins {
            pins.wanted(&self.library)?;
        }
        let in_spawn = |source| PluginError::Spawn { worker: self.worker.clone(), source };
        let mut child = Command::new(&self.worker)
            .args((self.confinement == Policy::WhereAvailable).then_some(pipe::ALLOW_UNCONFINED))
            .arg(&self.library)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(in_spawn)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut input), Some(output), Some(errors)) = pipes else {
            return Err(in_spawn(io::Error::other("it has no pipes")));
        };
        let secrets = secrets_in(order);
        tokio::spawn(log_lines(errors, self.name.clone(), secrets.clone()));
        let mut output = BufReader::new(output);
        let talk = self.talk(order, &mut input, &mut output);
        let ended = match tokio::time::timeout(START_TIME, talk).await {
            Ok(Ok((loaded, message))) => {
                let Loaded { abi, confinement } = loaded;
                return Ok(Shaken { child, input, output, abi, confinement, message });
            }
            Ok(Err(Trouble::Said(PluginError::Refused { library, name, reason }))) => {
                PluginError::Refused { library, name, reason: hidden(&reason, &secrets) }
            }
            Ok(Err(Trouble::Said(error))) => error,
            Ok(Err(Trouble::Ended)) => {
                let how = end(&mut child, Duration::from_millis(500)).await;
                return Err(PluginError::Ended { library: self.library.clone(), how });
            }
            Err(_) => PluginError::Slow { library: self.library.clone(), seconds: START_TIME.as_secs() },
        };
        end(&mut child, Duration::ZERO).await;
        Err(ended)
    }

    async fn talk(
        &self,
        order: &Order,
        input: &mut ChildStdin,
        output: &mut BufReader<ChildStdout>,
    ) -> Result<(Loaded, FromPlugin), Trouble> {
        let loaded = match self.report(output).await? {
            Report::Loaded { major, minor, confinement } => Loaded { abi: (major, minor), confinement },
            Report::NotLoaded { problem } => {
                return Err(PluginError::Unusable { library: self.library.clone(), problem }.into());
            }
            _ => return Err(self.garbage("it spoke before it was spoken to")),
        };
        let order = serde_json::to_vec(order).map_err(|error| self.garbage(&error.to_string()))?;
        let order = pipe::frame(&order)
            .map_err(|error| PluginError::Configuration { name: self.name.clone(), detail: error.to_string() })?;
        input.write_all(&order).await.map_err(|_| Trouble::Ended)?;
        let mut answer = None;
        loop {
            match (self.report(output).await?, answer.take()) {
                (Report::Delivered { .. }, Some(message)) => return Ok((loaded, message)),
                (Report::Delivered { code }, None) => {
                    return Err(self.garbage(&format!("it returned {code} and said nothing")));
                }
                (Report::Plugin(FromPlugin::Log { .. } | FromPlugin::Unknown), before) => answer = before,
                (Report::Plugin(FromPlugin::Refused { reason }), _) => {
                    let (library, name) = (self.library.clone(), self.name.clone());
                    return Err(PluginError::Refused { library, name, reason }.into());
                }
                (Report::Plugin(message @ (FromPlugin::Ready { .. } | FromPlugin::Description { .. })), None) => {
                    answer = Some(message);
                }
                _ => return Err(self.garbage("its first words are not those of a plugin")),
            }
        }
    }

    async fn report(&self, output: &mut BufReader<ChildStdout>) -> Result<Report, Trouble> {
        let bytes = match read_frame(output).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(self.garbage(&error.to_string())),
            Err(_) => return Err(Trouble::Ended),
        };
        Report::read(&bytes).map_err(|detail| self.garbage(&detail))
    }

    fn garbage(&self, detail: &str) -> Trouble {
        Trouble::Said(PluginError::garbage(&self.library, detail))
    }
}

/// What a worker says of the library that it loaded.
struct Loaded {
    abi: (u32, u32),
    confinement: Confinement,
}

/// Why a start went wrong.
enum Trouble {
    Said(PluginError),
    Ended,
}

impl From<PluginError> for Trouble {
    fn from(error: PluginError) -> Self {
        Trouble::Said(error)
    }
}

/// One message; `InvalidData` if the other side sends what cannot be one.
pub(super) async fn read_frame(output: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = [0; LENGTH_BYTES];
    output.read_exact(&mut head).await?;
    let length = pipe::length(head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Gives a worker `grace` to end by itself, then kills it; how it ended. It leaves no zombie.
pub(super) async fn end(child: &mut Child, grace: Duration) -> String {
    match tokio::time::timeout(grace, child.wait()).await {
        Ok(Ok(status)) => how(status),
        Ok(Err(error)) => error.to_string(),
        Err(_) => {
            let _ = child.kill().await;
            "stopped".to_owned()
        }
    }
}

fn how(status: ExitStatus) -> String {
    status.to_string()
}

/// The secrets that the plugin is told, which must not come back into any log or message.
pub(super) fn secrets_in(order: &Order) -> Vec<String> {
    let Order::Create { configuration } = order else { return Vec::new() };
    let secrets = configuration.get("secrets").and_then(|secrets| secrets.as_object());
    let values = secrets.into_iter().flatten().filter_map(|(_, value)| value.as_str());
    values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

/// `text` without what must not be seen.
pub(super) fn hidden(text: &str, secrets: &[String]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[secret]"))
}

/// Hands a worker's standard error to the log, line by line, within limits; what is over is read and dropped.
async fn log_lines(errors: ChildStderr, provider: String, secrets: Vec<String>) {
    let mut errors = BufReader::new(errors);
    let mut left = STDERR_MAX;
    loop {
        let mut line = Vec::new();
        let read = (&mut errors).take(LINE_MAX as u64).read_until(b'\n', &mut line).await.unwrap_or(0) as u64;
        if read == 0 {
            return;
        }
        if read <= left {
            let line = hidden(&String::from_utf8_lossy(&line), &secrets);
            tracing::info!(target: "sayso::plugin", %provider, "{}", line.trim_end());
        }
        left = left.saturating_sub(read);
    }
}
