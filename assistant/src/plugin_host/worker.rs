//! One running worker: a task that attends to its process, the way to it, and the calls between.

use super::calls::{Calls, Event};
use super::handshake::{Shaken, end, read_frame};
use super::outbox::Outbox;
use sayso_plugin_interface::abi_v1::ToPlugin;
use sayso_plugin_interface::abi_v1::pipe::{self, Report};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::BufReader;
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Notify, watch};

/// How long a worker that closed its pipe has to end before it is killed.
const GRACE: Duration = Duration::from_millis(500);

/// A running worker. Dropping it kills the process.
pub(super) struct Worker {
    pid: Option<u32>,
    outbox: Arc<Outbox<ChildStdin>>,
    calls: Arc<Mutex<Calls>>,
    stop: Arc<Notify>,
    ended: watch::Receiver<bool>,
    mourned: AtomicBool,
}

/// Why a message did not go out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SendError {
    TooLarge,
    Closed,
}

impl Worker {
    /// Takes over a worker whose plugin is ready.
    pub(super) fn attend(shaken: Shaken, provider: &str) -> Self {
        let (calls, stop) = (Arc::new(Mutex::new(Calls::default())), Arc::new(Notify::new()));
        let (has_ended, ended) = watch::channel(false);
        let pid = shaken.child.id();
        let outbox = Outbox::new(shaken.input);
        let (task_calls, task_stop, provider) = (Arc::clone(&calls), Arc::clone(&stop), provider.to_owned());
        tokio::spawn(async move {
            let reason = attend(shaken.child, shaken.output, &task_calls, &task_stop).await;
            tracing::warn!(target: "sayso::plugin", %provider, "the plugin's worker ended: {reason}");
            let _ = has_ended.send(true);
        });
        Worker { pid, outbox, calls, stop, ended, mourned: AtomicBool::new(false) }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        lock(&self.calls)
    }

    /// The number of the process.
    pub(super) fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// True while calls can be opened.
    pub(super) fn alive(&self) -> bool {
        self.calls().dead().is_none() && !self.outbox.is_closed()
    }

    /// True for the first who asks: its death is to be counted once.
    pub(super) fn mourn(&self) -> bool {
        !self.mourned.swap(true, Ordering::Relaxed)
    }

    /// Why it is dead.
    pub(super) fn epitaph(&self) -> String {
        self.calls().dead().unwrap_or("the worker went away").to_owned()
    }

    pub(super) fn open(&self, id: u64, verb: &'static str) -> Result<UnboundedReceiver<Event>, String> {
        self.calls().open(id, verb)
    }

    /// True if the plugin has returned from everything that it was handed.
    pub(super) fn idle(&self) -> bool {
        self.calls().idle()
    }

    /// Sends a message to the worker, and waits while too much waits to be written.
    pub(super) async fn send(&self, message: &ToPlugin) -> Result<(), SendError> {
        let frame = framed(message)?;
        self.outbox.send(&frame, || self.calls().handed()).await.map_err(|_| SendError::Closed)
    }

    /// Nobody waits for this call any longer: tells the plugin, if there is room.
    pub(super) fn give_up(&self, id: u64) {
        if !self.calls().give_up(id) {
            return;
        }
        if let Ok(frame) = framed(&ToPlugin::Abandon { id }) {
            // Where there is no room the plugin is told nothing; what it still says of the call is not heard.
            let _ = self.outbox.try_send(&frame, || self.calls().handed());
        }
    }

    /// Ends it for this reason; every open call is over.
    pub(super) fn kill(&self, reason: &str) {
        self.calls().die(reason);
        self.stop.notify_one();
    }

    /// Waits until the process is gone.
    pub(super) async fn gone(&self) {
        let mut ended = self.ended.clone();
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill("it is no longer needed");
        self.outbox.close();
    }
}

fn lock(calls: &Mutex<Calls>) -> MutexGuard<'_, Calls> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

fn framed(message: &ToPlugin) -> Result<Vec<u8>, SendError> {
    let bytes = serde_json::to_vec(message).map_err(|_| SendError::TooLarge)?;
    pipe::frame(&bytes).map_err(|_| SendError::TooLarge)
}

/// Reads what the worker says until it ends, is to be stopped, or breaks a rule; then sees to it that it is gone.
async fn attend(mut child: Child, mut output: BufReader<ChildStdout>, calls: &Mutex<Calls>, stop: &Notify) -> String {
    let broken = tokio::select! {
        () = stop.notified() => Some(String::new()),
        broken = read(&mut output, calls) => broken,
    };
    let grace = match &broken {
        // The calls are over at once; it takes a moment until the process is.
        Some(reason) => {
            lock(calls).die(reason);
            Duration::ZERO
        }
        None => GRACE,
    };
    let how = end(&mut child, grace).await;
    let mut calls = lock(calls);
    calls.die(&format!("the worker ended: {how}"));
    calls.dead().unwrap_or_default().to_owned()
}

/// Returns the rule that was broken, or `None` at the end of the pipe.
async fn read(output: &mut BufReader<ChildStdout>, calls: &Mutex<Calls>) -> Option<String> {
    loop {
        let report = match read_frame(output).await {
            Ok(bytes) => Report::read(&bytes),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(error.to_string()),
            Err(_) => return None,
        };
        if let Err(reason) = report.and_then(|report| lock(calls).take(report)) {
            return Some(format!("the plugin broke a rule: {reason}"));
        }
    }
}
