//! Why a plugin cannot be used: what, where, and how to mend it.

use sayso_plugin_interface::abi_v1::HeaderProblem;
use sayso_plugin_interface::abi_v1::pipe::LoadProblem;
use std::io;
use std::path::{Path, PathBuf};

/// Why a plugin cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// The worker program is missing.
    #[error(
        "the program that runs plugins is missing at {}: it is installed beside `sayso`; in the source tree, `cargo build` makes it",
        worker.display()
    )]
    NoWorker {
        /// Where it was looked for.
        worker: PathBuf,
    },
    /// The worker program could not be started.
    #[error("cannot start {}: {source}; check that it may be executed and that the system has processes left", worker.display())]
    Spawn {
        /// The program.
        worker: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No plugin of this name.
    #[error(
        "there is no plugin `{name}`: no file {file} in {}; `sayso plugins list` shows those that are there",
        listing(directories)
    )]
    NoSuchPlugin {
        /// The name that was asked for.
        name: String,
        /// The file that was looked for.
        file: String,
        /// Where.
        directories: Vec<PathBuf>,
    },
    /// The file is missing.
    #[error("there is no plugin at {}: check the path", library.display())]
    NoLibrary {
        /// The path.
        library: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read the plugin {}: {source}", library.display())]
    Unreadable {
        /// The path.
        library: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A library in the folder of those that were taken in, which was not.
    #[error(
        "the plugin {} was never taken in: `sayso plugins add FILE` shows what it needs and takes it in; libraries are not put there by hand",
        library.display()
    )]
    NotPinned {
        /// The path.
        library: PathBuf,
    },
    /// A library that is no longer the one that was taken in.
    #[error(
        "the plugin {} is not the file that was taken in, and is not run: its SHA-256 is {found}, and {pinned} was agreed to; \
         if you replaced it yourself, put the old file back, or take in the new one with `sayso plugins update FILE`",
        library.display()
    )]
    Changed {
        /// The path.
        library: PathBuf,
        /// The digest that was agreed to.
        pinned: String,
        /// The digest that it has.
        found: String,
    },
    /// The plugin was removed while this program runs.
    #[error(
        "the plugin {} was removed, and is not run any more: `sayso plugins add FILE` takes one in again",
        library.display()
    )]
    Removed {
        /// The path where it was.
        library: PathBuf,
    },
    /// Another version was taken in, which says other things of itself than those that this program began with.
    #[error(
        "the plugin {} was taken in while this Sayso runs, and says other things of what it can do than the one before: \
         it is used when Sayso is started anew",
        library.display()
    )]
    OtherAbilities {
        /// The path.
        library: PathBuf,
    },
    /// The list of plugins that were taken in can't be used.
    #[error("the list of plugins {} can't be used: {detail}; restore it, or delete it and add the plugins anew", path.display())]
    Registry {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The configuration is not a JSON object.
    #[error("the configuration of provider `{name}` is not a JSON object: {detail}")]
    Configuration {
        /// The provider.
        name: String,
        /// What is wrong.
        detail: String,
    },
    /// The worker refused to use the library.
    #[error("cannot use the plugin {}: {problem}; {}", library.display(), mend(problem))]
    Unusable {
        /// The path.
        library: PathBuf,
        /// Why.
        problem: LoadProblem,
    },
    /// The plugin refused its configuration.
    #[error("the plugin {} refuses the configuration of provider `{name}`: {reason}", library.display())]
    Refused {
        /// The path.
        library: PathBuf,
        /// The provider.
        name: String,
        /// The plugin's own words.
        reason: String,
    },
    /// The worker ended before the plugin was ready.
    #[error("the plugin {} ended before it was ready ({how}): its author should run it under `sayso-plugin-worker` and read its log", library.display())]
    Ended {
        /// The path.
        library: PathBuf,
        /// How it ended.
        how: String,
    },
    /// The plugin was not ready in time.
    #[error("the plugin {} was not ready after {seconds} s, and was stopped: its `create` must not wait for anything", library.display())]
    Slow {
        /// The path.
        library: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// What came was not what the interface asks for.
    #[error("the plugin {} does not speak the plugin interface: {detail}; it has to be built anew with `sayso-plugin-sdk`", library.display())]
    Garbage {
        /// The path.
        library: PathBuf,
        /// What came.
        detail: String,
    },
}

impl PluginError {
    pub(super) fn garbage(library: &Path, detail: impl Into<String>) -> Self {
        PluginError::Garbage { library: library.to_owned(), detail: detail.into() }
    }
}

fn listing(directories: &[PathBuf]) -> String {
    let shown: Vec<_> = directories.iter().map(|directory| directory.display().to_string()).collect();
    shown.join(", ")
}

fn mend(problem: &LoadProblem) -> &'static str {
    match problem {
        LoadProblem::Header(HeaderProblem::OtherVersion { .. }) => {
            "install the plugin's release for this version of Sayso, or build it anew with this version's `sayso-plugin-sdk`"
        }
        LoadProblem::Header(_) | LoadProblem::NoEntry => {
            "a plugin is a library of type `cdylib` that calls `sayso_plugin_sdk::export_provider!`"
        }
        LoadProblem::NotALibrary { .. } => "it has to be a shared library, complete, and for this system and processor",
        LoadProblem::NotConfined { .. } => {
            "use a Linux kernel of 5.13 or later with Landlock and seccomp (`sayso doctor` shows what there is), or write `plugins: { sandbox: where_available }` into sayso.yaml to run plugins without"
        }
    }
}
