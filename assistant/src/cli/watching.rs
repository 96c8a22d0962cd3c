//! Watches a folder of dialogs: waits for the next change, once for several saves at a time, whatever way an editor saves.

use super::check;
use super::failure::Failure;
use crate::dialog::SourceFile;
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{sleep, timeout};

/// How long nothing may happen before several saves count as one.
const QUIET: Duration = Duration::from_millis(40);

/// How long changes may follow each other before they are looked at all the same.
const ROUNDS_MAX: usize = 12;

/// How often the folder is looked at without being told: for file systems that tell nothing, and for a folder that was
/// gone.
const LOOK: Duration = Duration::from_millis(700);

/// What a folder has become.
#[derive(Debug)]
pub enum Change {
    /// These are its files now.
    Files(Vec<SourceFile>),
    /// It can't be read now, or there is nothing in it; the message says why.
    Gone(String),
}

/// A watched folder.
pub struct Watch {
    folder: PathBuf,
    told: UnboundedReceiver<()>,
    watcher: Option<RecommendedWatcher>,
    /// What it was the last time; `None` if it was gone.
    last: Option<Vec<SourceFile>>,
    seen: bool,
}

impl Watch {
    /// Begins to watch; the first change is what the folder is now.
    pub fn begin(folder: &Path) -> Result<Self, Failure> {
        if !folder.is_dir() {
            return Err(Failure::usage(format!("{} is not a folder that can be watched", folder.display())));
        }
        let (tell, told) = unbounded_channel();
        let made = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| is_change(&event.kind)) {
                // Nobody listens any more: the watch has ended.
                let _ = tell.send(());
            }
        });
        // Where the system can't watch, looking from time to time has to do.
        let mut watch = Watch { folder: folder.to_owned(), told, watcher: made.ok(), last: None, seen: false };
        watch.attach();
        Ok(watch)
    }

    fn attach(&mut self) {
        if let Some(watcher) = &mut self.watcher {
            let _ = watcher.unwatch(&self.folder);
            let _ = watcher.watch(&self.folder, RecursiveMode::Recursive);
        }
    }

    /// Waits for the next change.
    pub async fn next(&mut self) -> Change {
        loop {
            if self.seen {
                self.wait().await;
            }
            let now = check::read(std::slice::from_ref(&self.folder));
            match now {
                Ok(files) if !self.seen || self.last.as_ref() != Some(&files) => {
                    if self.last.is_none() {
                        // The folder may be another one of the same name.
                        self.attach();
                    }
                    (self.seen, self.last) = (true, Some(files.clone()));
                    return Change::Files(files);
                }
                Err(gone) if !self.seen || self.last.is_some() => {
                    (self.seen, self.last) = (true, None);
                    return Change::Gone(gone.message);
                }
                _ => {}
            }
        }
    }

    /// Until something happened and it is quiet again, or it is time to look.
    async fn wait(&mut self) {
        match timeout(LOOK, self.told.recv()).await {
            Ok(Some(())) => {}
            Ok(None) => return sleep(LOOK).await,
            Err(_) => return,
        }
        for _ in 0..ROUNDS_MAX {
            if timeout(QUIET, self.told.recv()).await.is_err() {
                return;
            }
        }
    }
}

/// True for what can change a file; reading one is none.
fn is_change(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}
