//! The commands for those who write dialogs: their options, and the way from a command to what it needs.

use super::args::LangChoice;
use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use super::{assemble, check, fixed_lang, fmt, graph, read_config, rehearse, watch};
use crate::config::Config;
use crate::lang::Lang;
use crate::rehearsal::Setting;
use clap::Subcommand;
use std::fs;
use std::path::{Path, PathBuf};

/// `sayso test`, `fmt`, `watch`, `graph`
#[derive(Subcommand, Debug)]
pub enum WritersCommand {
    /// Hold the conversations of test files, and say what came otherwise than expected
    Test {
        /// Test files, or folders of them [default: `tests` in the folder of the dialogs, or tests/conversations here]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// The dialogs to be tested [default: the configured ones]
        #[arg(long, value_name = "DIR")]
        dialogs: Option<PathBuf>,
        /// Rewrite what the files expect to what came; comments and layout stay
        #[arg(long)]
        update: bool,
        /// Show which steps, branches and outcomes of each flow were reached, and which never
        #[arg(long)]
        coverage: bool,
        /// Only conversations with this in their name or file name
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
    },
    /// Bring dialog files and conversation tests into their form; comments and meaning stay
    Fmt {
        /// Files, or folders of them [default: the configured dialogs]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Change nothing; say which files would change, and end with 1 if there is one
        #[arg(long)]
        check: bool,
    },
    /// Check dialogs whenever they are saved, until Ctrl-C
    Watch {
        /// The folder [default: the configured one]
        #[arg(long, value_name = "DIR")]
        dialogs: Option<PathBuf>,
    },
    /// Draw a flow as an SVG picture
    Graph {
        /// The name of the flow
        flow: String,
        /// Write the picture into this file instead of onto standard output
        #[arg(long, value_name = "FILE.svg")]
        out: Option<PathBuf>,
        /// The dialogs in which the flow is [default: the configured ones]
        #[arg(long, value_name = "DIR")]
        dialogs: Option<PathBuf>,
    },
}

/// Runs one of these commands.
pub async fn run(command: WritersCommand, places: &Places, lang: Option<LangChoice>, out: Out) -> Result<(), Failure> {
    match command {
        WritersCommand::Test { paths, dialogs, update, coverage, filter } => {
            let config = read_config(places)?;
            let folder = dialogs.or_else(|| config.dialogs.clone());
            let loaded = assemble::dialogs_of(folder.as_deref())?;
            let paths = if paths.is_empty() { rehearse::usual_paths(folder.as_deref())? } else { paths };
            let wishes = rehearse::Wishes { paths, update, coverage, filter };
            rehearse::run(&loaded, &setting(&config)?, &wishes, out)
        }
        WritersCommand::Fmt { paths, check } => {
            let usual = || fmt::usual_paths(read_config(places)?.dialogs.as_deref());
            fmt::run(&if paths.is_empty() { usual()? } else { paths }, check, out)
        }
        WritersCommand::Watch { dialogs } => {
            let folder = if dialogs.is_some() { dialogs } else { read_config(places)?.dialogs };
            watch::run(&watched(folder.as_deref())?, out).await
        }
        WritersCommand::Graph { flow, out: file, dialogs } => {
            let config = read_config(places)?;
            let files = check::read(&dialogs.or_else(|| config.dialogs.clone()).into_iter().collect::<Vec<_>>())?;
            graph::run(&files, &flow, fixed_lang(lang, &config).unwrap_or(Lang::En), file.as_deref(), out)
        }
    }
}

/// The folder to be watched; the shipped dialogs are none.
pub fn watched(folder: Option<&Path>) -> Result<PathBuf, Failure> {
    let none = || Failure::usage("which folder is to be watched? Name it: --dialogs DIR, or `dialogs:` in sayso.yaml");
    folder.map(Path::to_owned).ok_or_else(none)
}

/// The configuration as text, for tests that are held on days of their own.
fn setting(config: &Config) -> Result<Setting, Failure> {
    let Some(path) = &config.source else { return Ok(Setting::example()) };
    let text = fs::read_to_string(path).map_err(|wrong| check::unreadable(path, &wrong))?;
    Ok(Setting { text, path: path.clone() })
}
