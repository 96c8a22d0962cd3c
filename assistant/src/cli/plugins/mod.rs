//! `sayso plugins`: provider libraries, looked at and checked.

mod check;
mod list;

use super::failure::Failure;
use super::out::Out;
use clap::Subcommand;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// `sayso plugins`
#[derive(Subcommand, Debug)]
pub enum PluginsCommand {
    /// Every plugin library found, and what it says of itself
    List,
    /// Hold a plugin library to the laws of the interface, against a provider that is played from recorded exchanges
    Check {
        /// The library
        file: PathBuf,
        /// Files of recorded scenarios, or folders of them [default: `fixtures` here, where it exists]
        #[arg(long, value_name = "PATH")]
        fixtures: Vec<PathBuf>,
        /// The plugin's settings as a JSON object, or @FILE; laid over those of the fixtures
        #[arg(long, value_name = "JSON")]
        settings: Option<String>,
        /// How long a call may take, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
        deadline: u64,
    },
}

/// Does what was asked.
pub async fn run(command: PluginsCommand, out: Out) -> Result<(), Failure> {
    match command {
        PluginsCommand::List => list::list(out).await,
        PluginsCommand::Check { file, fixtures, settings, deadline } => {
            let settings = settings.map_or_else(|| Ok(Map::new()), |text| object(&text, "--settings"))?;
            check::run(&check::Wishes { library: file, fixtures, settings, deadline }, out).await
        }
    }
}

/// A JSON object on the command line, or in the file after `@`.
fn object(text: &str, option: &str) -> Result<Map<String, Value>, Failure> {
    let read = match text.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|wrong| Failure::usage(format!("{option}: the file {path} can't be read: {wrong}")))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&read).map_err(|wrong| {
        Failure::usage(format!(
            "{option} is not a JSON object: {wrong}; write it like '{{\"key\": \"value\"}}' or @FILE"
        ))
    })
}
