//! The process around one plugin: it confines itself, loads the library, checks its version and carries messages between
//! the plugin and its own pipes. It must never know what a payment is, trust what the plugin says, or outlive its host.
//!
//! Standard input and output are the pipes to the host (frames of `abi_v1::pipe`). Before the library is loaded they are
//! moved away, so that what a plugin prints goes to standard error and what it reads is empty.

mod confine;
mod library;
mod pipes;

use library::Plugin;
use pipes::{Frame, Frames, Writer};
use sayso_plugin_interface::abi_v1::Header;
use sayso_plugin_interface::abi_v1::pipe::{Confinement, LoadProblem, Order, Report, Survey};
use std::io;
use std::path::Path;

/// Why a worker ends in failure; its host reads this in the log.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The standard streams could not be moved.
    #[error("cannot set up the pipes to Sayso: {0}")]
    Pipes(#[source] io::Error),
    /// The host is gone.
    #[error("the pipe to Sayso broke: {0}")]
    Host(#[source] io::Error),
    /// The library cannot be used; the host was told.
    #[error("cannot use the plugin: {0}")]
    Load(#[from] LoadProblem),
    /// The first frames were no orders.
    #[error("what Sayso sent is not an order: {0}")]
    Order(#[source] serde_json::Error),
}

/// Runs the plugin in `library` until the host closes the pipe. Where this process cannot confine itself wholly, it loads
/// the library only if it may be unconfined.
pub fn run(library: &Path, allow_unconfined: bool) -> Result<(), WorkerError> {
    confine::close_inherited();
    let (input, writer) = pipes::take().map_err(WorkerError::Pipes)?;
    // It lives as long as the process, because the plugin may keep the pointer that long.
    let writer: &'static Writer = Box::leak(Box::new(writer));
    // The thread beside it must not have more than the plugin, which shares its memory: confine first, start it then.
    let confined = confine::before_threads(library, allow_unconfined);
    let mut frames = Frames::start(input).map_err(WorkerError::Pipes)?;
    let loaded = confined.and_then(|confinement| load(library, writer, confinement, allow_unconfined));
    let mut plugin = match loaded {
        Ok((plugin, header, confinement)) => {
            let report = Report::Loaded { major: header.major, minor: header.minor, confinement };
            writer.report(&report).map_err(WorkerError::Host)?;
            plugin
        }
        Err(problem) => {
            writer.report(&Report::NotLoaded { problem: problem.clone() }).map_err(WorkerError::Host)?;
            return Err(problem.into());
        }
    };
    while let Frame::Message(bytes) = frames.next() {
        let code = hand_over(&mut plugin, &bytes)?;
        writer.report(&Report::Delivered { code }).map_err(WorkerError::Host)?;
    }
    plugin.destroy();
    Ok(())
}

/// Gives up everything that a worker gives up, and says what worked; no plugin is run.
#[must_use]
pub fn survey() -> Survey {
    confine::survey()
}

fn load(
    library: &Path,
    writer: &'static Writer,
    confinement: Confinement,
    allow_unconfined: bool,
) -> Result<(Plugin, Header, Confinement), LoadProblem> {
    let confinement = confine::before_loading(confinement, allow_unconfined)?;
    let (plugin, header) = Plugin::load(library, writer)?;
    confine::after_loading(confinement)?;
    Ok((plugin, header, confinement))
}

/// Hands one frame to the plugin: an order while there is no instance, a message once there is.
fn hand_over(plugin: &mut Plugin, bytes: &[u8]) -> Result<i32, WorkerError> {
    if plugin.has_instance() {
        return Ok(plugin.deliver(bytes));
    }
    match serde_json::from_slice(bytes).map_err(WorkerError::Order)? {
        Order::Describe => Ok(plugin.describe()),
        Order::Create { configuration } => Ok(plugin.create(configuration.to_string().as_bytes())),
    }
}
