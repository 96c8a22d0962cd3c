//! `sayso plugins`: provider libraries, taken in, looked at, checked, and asked by hand.

mod call;
mod check;
mod declared;
mod list;
mod scaffold;
mod taking_in;

use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use crate::config::{Config, Sandbox};
use clap::Subcommand;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// `sayso plugins`
#[derive(Subcommand, Debug)]
pub enum PluginsCommand {
    /// Every plugin library found, what it says of itself, and whether it is the file that was taken in
    List,
    /// Take in a plugin library: shows what it needs, asks, copies it and pins its SHA-256
    Add {
        /// The library
        file: PathBuf,
        /// Agree without being asked
        #[arg(long)]
        yes: bool,
    },
    /// Take in another version of a plugin; payments in flight end with the one before
    Update {
        /// The library
        file: PathBuf,
        /// Agree without being asked
        #[arg(long)]
        yes: bool,
    },
    /// Remove a plugin that was taken in
    Remove {
        /// Its name, as `sayso plugins list` shows it
        name: String,
        /// Agree without being asked, where providers of the configuration use it
        #[arg(long)]
        yes: bool,
    },
    /// Ask a configured provider one thing by hand, through its worker and its gate
    Call {
        /// The provider's name in the configuration
        provider: String,
        /// pay, advance, query, cancel, refund, query_refund, verify_webhook, acknowledge_webhook, enrol,
        /// query_enrolment or check_credentials
        verb: String,
        /// The request as a JSON object, or @FILE
        request: String,
    },
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
    /// Write a plugin to start from: it builds, passes `check`, and talks to a pretend provider
    New {
        /// Its name: small letters, digits and `_`
        name: String,
        /// Where to write it [default: a folder of that name here]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Where Sayso's source is; the plugin depends on `plugins/sdk` there
        #[arg(long, value_name = "DIR")]
        sayso: Option<PathBuf>,
    },
}

/// Does what was asked. The configuration is read only where it matters, so that a broken one stops no integrator.
pub async fn run(
    places: &Places,
    config: &impl Fn() -> Result<Config, Failure>,
    command: PluginsCommand,
    out: Out,
) -> Result<(), Failure> {
    let sandbox = || config().map(|config| config.sandbox);
    match command {
        PluginsCommand::List => list::list(places, sandbox()?, out).await,
        PluginsCommand::Add { file, yes } => taking_in::add(places, &config()?, &file, yes, out).await,
        PluginsCommand::Update { file, yes } => taking_in::update(places, &config()?, &file, yes, out).await,
        PluginsCommand::Remove { name, yes } => taking_in::remove(places, &config()?, &name, yes, out).await,
        PluginsCommand::Call { provider, verb, request } => {
            let request = object(&request, "the request")?;
            call::run(places, &config()?, &call::Asked { provider, verb, request }, out).await
        }
        PluginsCommand::Check { file, fixtures, settings, deadline } => {
            let settings = settings.map_or_else(|| Ok(Map::new()), |text| object(&text, "--settings"))?;
            let sandbox = sandbox().unwrap_or(Sandbox::Required);
            let wishes = check::Wishes { library: file, fixtures, settings, deadline };
            check::run(places, sandbox, &wishes, out).await
        }
        PluginsCommand::New { name, dir, sayso } => scaffold::run(&name, dir, sayso, out),
    }
}

/// A JSON object on the command line, or in the file after `@`.
fn object(text: &str, what: &str) -> Result<Map<String, Value>, Failure> {
    let read = match text.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|wrong| Failure::usage(format!("{what}: the file {path} can't be read: {wrong}")))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&read).map_err(|wrong| {
        Failure::usage(format!("{what} is not a JSON object: {wrong}; write it like '{{\"key\": \"value\"}}' or @FILE"))
    })
}
