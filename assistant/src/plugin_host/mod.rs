//! Finds provider plugins and talks to each through a worker process of its own. It must never load a library into this
//! process, believe a plugin blindly, or let one take the host down: what cannot be told is *unknown*.
//!
//! - [`Plugins`] knows where the libraries and the worker program are;
//! - [`WorkerProvider`] is one plugin under one configured name, and implements the same trait as any provider;
//! - [`PluginError`] says why a plugin cannot be used, and how to mend it.
//!
//! A worker that dies, hangs or breaks a rule is killed, the calls that were open on it are unknown, and the next call
//! starts a new one. A call waits for its turn to end before its answer counts: an answer followed by a crash, or by
//! another answer, is no answer.

mod bare;
mod breaker;
mod calls;
mod duty;
mod error;
mod find;
mod handshake;
mod outbox;
mod pins;
mod provider;
mod worker;

pub use bare::{Bare, Turn};
pub use breaker::BackOff;
pub use error::PluginError;
pub use find::{Listed, Policy, Settings};
pub use pins::{Incoming, Pin, Pins};
pub use provider::{CallFault, WorkerProvider};

use sayso_plugin_interface::Capabilities;
use sayso_plugin_interface::abi_v1::FromPlugin;
use sayso_plugin_interface::abi_v1::pipe::{Confinement, Order, SURVEY, Survey};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where plugins are, and the program that runs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugins {
    directories: Vec<PathBuf>,
    worker: PathBuf,
    confinement: Policy,
    pins: Option<Pins>,
    back_off: BackOff,
}

/// What a library says of itself before it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its version of the plugin interface: major and minor.
    pub abi: (u32, u32),
    /// What it can do.
    pub capabilities: Capabilities,
    /// How far its worker could confine itself.
    pub confinement: Confinement,
}

impl Plugins {
    /// Finds the worker program; a plugin cannot run without.
    pub fn open(settings: Settings) -> Result<Self, PluginError> {
        let worker = settings.worker.unwrap_or_else(find::default_worker);
        if !worker.is_file() {
            return Err(PluginError::NoWorker { worker });
        }
        let directories =
            if settings.directories.is_empty() { find::default_directories() } else { settings.directories };
        let (pins, back_off) = (settings.pinned.map(Pins::new), settings.back_off);
        Ok(Plugins { directories, worker, confinement: settings.confinement, pins, back_off })
    }

    /// The library of a plugin by its name, e.g. `practice_bank`, or by its path if `name` has a slash in it. Plugins that
    /// were taken in come first.
    pub fn find(&self, name: &str) -> Result<PathBuf, PluginError> {
        if let Some(pins) = &self.pins
            && let Some(pin) = pins.read()?.get(name)
        {
            return Ok(pins.path(pin));
        }
        find::library(name, &self.directories)
    }

    /// Starts the plugin in `library` for the provider that the configuration calls `name`, e.g. `stripe`.
    ///
    /// `configuration` is a JSON object that is handed to the plugin as it is. Every call that the plugin has not answered
    /// after `deadline` is unknown; a plugin that hangs meanwhile is killed.
    pub async fn load(
        &self,
        library: &Path,
        name: &str,
        configuration: &str,
        deadline: Duration,
    ) -> Result<Arc<WorkerProvider>, PluginError> {
        let launch = self.launch(library, name)?;
        WorkerProvider::start(launch, configuration, deadline, self.back_off).await.map(Arc::new)
    }

    /// Asks a library what it is.
    pub async fn describe(&self, library: &Path) -> Result<About, PluginError> {
        let name = library.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let launch = self.launch(library, &name)?;
        let shaken = launch.shake(&Order::Describe).await?;
        match shaken.message {
            FromPlugin::Description { capabilities } => {
                Ok(About { abi: shaken.abi, capabilities, confinement: shaken.confinement })
            }
            _ => Err(PluginError::garbage(library, "it did not describe itself")),
        }
    }

    /// What this system has of all that a worker gives up; an error says why the worker could not tell.
    pub async fn survey(&self) -> Result<Survey, PluginError> {
        let in_spawn = |source| PluginError::Spawn { worker: self.worker.clone(), source };
        let mut command = tokio::process::Command::new(&self.worker);
        command.arg(SURVEY).env_clear().stdin(std::process::Stdio::null()).kill_on_drop(true);
        let told = tokio::time::timeout(Duration::from_secs(10), command.output()).await;
        let output =
            told.map_err(|_| in_spawn(std::io::Error::other("it did not answer within 10 s")))?.map_err(in_spawn)?;
        serde_json::from_slice(&output.stdout).map_err(|error| in_spawn(std::io::Error::other(error)))
    }

    /// Starts a plugin without anything between it and the caller; `patience` is for each frame.
    pub async fn bare(
        &self,
        library: &Path,
        configuration: serde_json::Value,
        patience: Duration,
    ) -> Result<Bare, PluginError> {
        Bare::start(&self.launch(library, "bare")?, configuration, patience).await
    }

    fn launch(&self, library: &Path, name: &str) -> Result<handshake::Launch, PluginError> {
        let launch = handshake::Launch::new(&self.worker, library, name, self.confinement)?;
        Ok(launch.with_pins(self.pins.clone()))
    }

    /// Every library that was taken in and every one in the directories of plugins, in the order of their paths, with
    /// what each says of itself. One that changed since it was taken in is not run.
    pub async fn list(&self) -> Result<Vec<Listed>, PluginError> {
        let taken_in = self.pins.as_ref().map(Pins::read).transpose()?.unwrap_or_default();
        let folder = self.pins.as_ref().map(|pins| pins.folder().to_owned());
        let folders: Vec<PathBuf> = folder.into_iter().chain(self.directories.iter().cloned()).collect();
        let mut listed = Vec::new();
        for path in find::libraries(&folders) {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let here = self.pins.as_ref().is_some_and(|pins| path.parent() == Some(pins.folder()));
            let pin = taken_in.values().find(|pin| here && pin.file == file);
            let (sha256, about) = (find::sha256(&path), self.describe(&path).await);
            listed.push(Listed { path, sha256, pinned: pin.map(|pin| pin.sha256.clone()), about });
        }
        Ok(listed)
    }
}
