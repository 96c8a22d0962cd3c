//! `sayso watch`: checks dialogs whenever they are saved; and the reloading behind `sayso chat --watch`.

use super::check::Summary;
use super::failure::Failure;
use super::out::{Out, remark};
use super::stopping::stopped;
use super::watching::{Change, Watch};
use crate::dialog::{Finding, Loaded, Severity, SourceFile, Workspace};
use crate::turn::Assistant;
use serde::Serialize;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// What `--json` prints when the folder can't be read.
#[derive(Serialize)]
struct Gone<'g> {
    gone: &'g str,
    message: &'g str,
}

/// Checks at each change until Ctrl-C.
pub async fn run(folder: &Path, out: Out) -> Result<(), Failure> {
    let mut watch = Watch::begin(folder)?;
    let mut workspace = Workspace::new();
    // One for all rounds: what comes while dialogs are being checked is heard afterwards.
    let mut stopped = std::pin::pin!(stopped());
    loop {
        let change = tokio::select! {
            change = watch.next() => change,
            () = &mut stopped => return Ok(()),
        };
        match change {
            Change::Files(files) => tell(&files, workspace.update(&files), out)?,
            Change::Gone(message) => {
                let shown = folder.display().to_string();
                out.result(&Gone { gone: &shown, message: &message }, || format!("{message}; waiting for it"))?;
            }
        }
    }
}

/// Every finding, then how things stand.
fn tell(files: &[SourceFile], loaded: Result<Loaded, Vec<Finding>>, out: Out) -> Result<(), Failure> {
    let findings = loaded.map_or_else(|findings| findings, |loaded| loaded.warnings);
    let color = std::io::stdout().is_terminal();
    for finding in &findings {
        out.result(finding, || finding.render(color))?;
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let summary = Summary { files: files.len(), errors, warnings: findings.len() - errors };
    out.result(&summary, || {
        let Summary { files, errors, warnings } = summary;
        let counted = format!("{files} files, {errors} errors, {warnings} warnings");
        if errors == 0 { format!("{counted}: all is well") } else { format!("{counted}: please mend them") }
    })?;
    Ok(())
}

/// The assistant with the newest dialogs that are in order.
#[derive(Clone)]
pub struct Newest(Arc<RwLock<Arc<Assistant>>>);

impl Newest {
    /// Always this one, until a watch brings another.
    #[must_use]
    pub fn new(assistant: Assistant) -> Self {
        Newest(Arc::new(RwLock::new(Arc::new(assistant))))
    }

    /// The newest.
    #[must_use]
    pub fn get(&self) -> Arc<Assistant> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Watches the folder from now on, in the background. Conversations that go on keep the assistant that they have.
    pub fn follow(&self, folder: &Path) -> Result<(), Failure> {
        let mut watch = Watch::begin(folder)?;
        let (newest, mut workspace) = (self.clone(), Workspace::new());
        tokio::spawn(async move {
            let mut first = true;
            loop {
                match watch.next().await {
                    // What the folder is at the beginning was loaded already.
                    Change::Files(files) if first => drop(workspace.update(&files)),
                    Change::Files(files) => newest.take(workspace.update(&files)),
                    Change::Gone(message) => remark(&format!("{message}; what was loaded before still holds")),
                }
                first = false;
            }
        });
        Ok(())
    }

    fn take(&self, loaded: Result<Loaded, Vec<Finding>>) {
        match loaded {
            Ok(Loaded { dialogs, warnings }) => {
                warnings.iter().for_each(|warning| remark(&warning.render(false)));
                let next = Arc::new(self.get().with_dialogs(dialogs));
                *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
                remark("dialogs reloaded: the next conversation has them");
            }
            Err(findings) => {
                findings.iter().for_each(|finding| remark(&finding.render(false)));
                remark("dialogs not reloaded: what was loaded before still holds");
            }
        }
    }
}
