//! Where Sayso keeps things: the configuration, the data folder and what is in it.

use super::args::Everywhere;
use super::environment::LIVE_VARIABLE;
use super::failure::Failure;
use directories::ProjectDirs;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders and files of one installation.
#[derive(Clone, Debug)]
pub struct Places {
    /// The configuration file, whether it exists or not.
    pub config: PathBuf,
    /// True if the person named it, so that it has to exist.
    pub config_named: bool,
    /// The data folder.
    pub data: PathBuf,
    /// Where keys of stores are made, unless the configuration says otherwise: not where the stores are, so that a copy of
    /// the data folder alone can't be read.
    pub keys: PathBuf,
    /// True if the person said that real money may move.
    pub live: bool,
    /// True if the person said that both kinds of money may be kept in the data folder.
    pub mix_environments: bool,
}

impl Places {
    /// The usual places, or those named on the command line.
    pub fn of(everywhere: &Everywhere) -> Result<Places, Failure> {
        let usual = ProjectDirs::from("", "", "sayso");
        let unknown = || Failure::usage("no home folder is set: name the folders with --config FILE and --data DIR");
        let config = match (&everywhere.config, &usual) {
            (Some(named), _) => named.clone(),
            (None, Some(dirs)) => dirs.config_dir().join("sayso.yaml"),
            (None, None) if everywhere.data.is_some() => PathBuf::from("sayso.yaml"),
            (None, None) => return Err(unknown()),
        };
        let data = match (&everywhere.data, &usual) {
            (Some(named), _) => named.clone(),
            (None, Some(dirs)) => dirs.data_dir().to_owned(),
            (None, None) => return Err(unknown()),
        };
        let keys = usual.map_or_else(|| data.join("keys"), |dirs| dirs.config_dir().join("keys"));
        let live = everywhere.live || std::env::var_os(LIVE_VARIABLE).is_some_and(|value| value == "1");
        let mix_environments = everywhere.mix_environments;
        Ok(Places { config, config_named: everywhere.config.is_some(), data, keys, live, mix_environments })
    }

    /// Creates the data folder, readable by its owner alone, and gives it.
    pub fn data_folder(&self) -> Result<&Path, Failure> {
        create_private(&self.data)?;
        Ok(&self.data)
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.data.join("sayso.sqlite")
    }

    /// The plugins that were taken in.
    #[must_use]
    pub fn plugins(&self) -> PathBuf {
        self.data.join("plugins")
    }

    /// The practice bank's own books.
    #[must_use]
    pub fn practice_bank(&self) -> PathBuf {
        self.data.join("practice-bank.sqlite")
    }

    /// The points that a sentence encoder gave to what the flows teach.
    #[must_use]
    pub fn points(&self) -> PathBuf {
        self.data.join("encoder").join("points.bin")
    }

    /// Where models are looked for: the configured folder, `SAYSO_MODELS`, or `models` in the usual data folder.
    /// `--data` does not move them, since they are large and the same for every installation.
    #[must_use]
    pub fn models(&self, configured: Option<&Path>) -> PathBuf {
        if let Some(folder) = configured {
            return folder.to_owned();
        }
        if let Some(folder) = std::env::var_os("SAYSO_MODELS").filter(|folder| !folder.is_empty()) {
            return PathBuf::from(folder);
        }
        let usual = ProjectDirs::from("", "", "sayso").map(|dirs| dirs.data_dir().to_owned());
        usual.unwrap_or_else(|| self.data.clone()).join("models")
    }
}

/// Creates a folder that only its owner can enter.
pub fn create_private(folder: &Path) -> Result<(), Failure> {
    let failed = |wrong: std::io::Error| {
        Failure::usage(format!(
            "the folder {} can't be created: {wrong}; name another with --data DIR",
            folder.display()
        ))
    };
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}
