//! What can go wrong with models, as sentences that say what to do.

use std::path::PathBuf;
use thiserror::Error;

/// A failure to find, get or check a model. Its text is fit to be shown to a person.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The manifest has no such model.
    #[error("there is no model `{name}`. There are: {}", known.join(", "))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The manifest can't be read.
    #[error("the list of models can't be read: {0}")]
    Manifest(String),
    /// The model is not on this machine.
    #[error("the model `{name}` is not in {}. Get it with: sayso models fetch {name}", folder.display())]
    Missing {
        /// The model.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The file is not what was published.
    #[error("the model file {} is damaged or has been changed: {why}. Get it again with: sayso models fetch {name}", path.display())]
    Damaged {
        /// The model.
        name: String,
        /// Its file.
        path: PathBuf,
        /// How that shows.
        why: String,
    },
    /// Every source failed.
    #[error(
        "can't get the model `{name}`. This was tried:\n{}\nIf this machine is offline, go online and run \
         `sayso models fetch {name}` again: what has arrived is kept. Or copy {file} from another machine into {}",
        failures.iter().map(|f| format!("  - {f}")).collect::<Vec<_>>().join("\n"), folder.display()
    )]
    Unobtainable {
        /// The model.
        name: String,
        /// The file that it would have become.
        file: String,
        /// The folder for models.
        folder: PathBuf,
        /// Each source with what went wrong.
        failures: Vec<String>,
    },
    /// The folder can't be used.
    #[error("can't use the folder for models, {}: {why}. Check that it may be written to and has room.", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
}
