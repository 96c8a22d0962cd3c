//! Which worker takes the next call: the one that runs, a new one after a death, or one that runs the library that was taken
//! in since.

use super::error::PluginError;
use super::handshake::{Launch, Stands};
use super::worker::Worker;
use sayso_plugin_interface::Capabilities;
use sayso_plugin_interface::abi_v1::FromPlugin;
use sayso_plugin_interface::abi_v1::pipe::Order;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;

/// One plugin with its configuration, and the worker that takes new calls.
pub(super) struct Duty {
    first: Launch,
    order: Order,
    capabilities: Capabilities,
    place: Mutex<Place>,
}

struct Place {
    running: Option<Arc<Worker>>,
    /// The library that it runs, or that the next one will.
    launch: Launch,
    /// A library that was taken in since and can't follow while this program runs.
    unfit: Option<PathBuf>,
}

impl Duty {
    /// Starts the first worker; what it says of itself then holds for as long as this program runs.
    pub(super) async fn begin(launch: Launch, order: Order) -> Result<Self, PluginError> {
        let (worker, capabilities) = start_worker(&launch, &order).await?;
        let place = Place { running: Some(Arc::new(worker)), launch: launch.clone(), unfit: None };
        Ok(Duty { first: launch, order, capabilities, place: Mutex::new(place) })
    }

    pub(super) fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The name that the configuration gives it.
    pub(super) fn name(&self) -> &str {
        self.first.name()
    }

    /// The library that it began with.
    pub(super) fn library(&self) -> &Path {
        self.first.library()
    }

    /// The process number of the worker, if one runs.
    pub(super) async fn pid(&self) -> Option<u32> {
        let place = self.place.lock().await;
        place.running.as_ref().filter(|worker| worker.alive()).and_then(|worker| worker.pid())
    }

    /// Ends the worker and waits until it is gone.
    pub(super) async fn stop(&self) {
        let running = self.place.lock().await.running.take();
        if let Some(worker) = running {
            worker.kill("it was stopped");
            worker.gone().await;
        }
    }

    /// The worker that runs, or a new one. Where another file was taken in since, a new worker runs that, and the old one
    /// goes when its last call has ended. Where the plugin was removed, there is none.
    pub(super) async fn worker(&self) -> Result<Arc<Worker>, PluginError> {
        let mut place = self.place.lock().await;
        match place.launch.stands() {
            Stands::AsTakenIn => place.unfit = None,
            Stands::Removed => {
                place.running = None;
                return Err(PluginError::Removed { library: place.launch.library().to_owned() });
            }
            Stands::Replaced(library) if place.unfit.as_ref() == Some(&library) => {}
            Stands::Replaced(library) => self.replace(&mut place, &library).await?,
        }
        if let Some(worker) = place.running.as_ref().filter(|worker| worker.alive()) {
            return Ok(Arc::clone(worker));
        }
        place.running = None;
        if place.unfit.is_some() {
            return Err(PluginError::OtherAbilities { library: place.launch.library().to_owned() });
        }
        let (worker, _) = start_worker(&place.launch, &self.order).await?;
        let worker = Arc::new(worker);
        place.running = Some(Arc::clone(&worker));
        Ok(worker)
    }

    /// Puts a worker in place that runs another library. One that says other things of itself than those that payments
    /// count on (whose money it moves, how long it knows a key) does not follow while this program runs: the worker that
    /// is there goes on, for as long as it lives.
    async fn replace(&self, place: &mut Place, library: &Path) -> Result<(), PluginError> {
        let launch = place.launch.of(library.to_owned());
        let (worker, capabilities) = match start_worker(&launch, &self.order).await {
            Ok(started) => started,
            Err(error) if place.running.as_ref().is_some_and(|worker| worker.alive()) => {
                tracing::warn!(target: "sayso::plugin", provider = self.name(), "the version of before goes on: {error}");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if (Capabilities { version: self.capabilities.version.clone(), ..capabilities }) != self.capabilities {
            tracing::warn!(target: "sayso::plugin", provider = self.name(), "{}", PluginError::OtherAbilities { library: library.to_owned() });
            place.unfit = Some(library.to_owned());
            return Ok(());
        }
        *place = Place { running: Some(Arc::new(worker)), launch, unfit: None };
        Ok(())
    }
}

async fn start_worker(launch: &Launch, order: &Order) -> Result<(Worker, Capabilities), PluginError> {
    let mut shaken = launch.shake(order).await?;
    let said = std::mem::replace(&mut shaken.message, FromPlugin::Unknown);
    let FromPlugin::Ready { capabilities } = said else {
        return Err(PluginError::garbage(launch.library(), "it did not say what it can do"));
    };
    if !shaken.confinement.complete() {
        let missing = shaken.confinement;
        tracing::warn!(target: "sayso::plugin", provider = launch.name(), ?missing, "this system cannot confine plugins wholly");
    }
    Ok((Worker::attend(shaken, launch.name()), capabilities))
}
