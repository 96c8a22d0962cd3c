//! `sayso notifications`: who is told of payments; tries one out; tells what waits now.

use super::args::NotificationsCommand;
use super::failure::Failure;
use super::opening;
use super::out::Out;
use super::places::Places;
use crate::announce::transport::{Email, Mqtt, Ntfy, Transport, Webhook};
use crate::announce::{Channel, Desk, Outbox as _, QuietHours, Topic};
use crate::config::{Config, NotificationSettings, SecretRef, Way};
use crate::payments::{SecretRefs, Secrets, SystemClock};
use crate::store::Store;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many failures are shown.
const FAILURES_SHOWN: usize = 100;

/// One channel of `sayso notifications list --json`.
#[derive(Serialize)]
struct Listed<'a> {
    /// Its name.
    channel: &'a str,
    /// `webhook`, `ntfy`, `email` or `mqtt`.
    way: &'static str,
    /// What it is told.
    on: Vec<&'a str>,
    /// At most one message in so many milliseconds; 0 at once.
    every_ms: i64,
    /// Its quiet hours.
    quiet: Option<String>,
}

/// Runs one of the commands.
pub async fn run(places: &Places, config: &Config, command: NotificationsCommand, out: Out) -> Result<(), Failure> {
    match command {
        NotificationsCommand::List => list(places, config, out).await,
        NotificationsCommand::Test { name } => test(places, config, &name, out).await,
        NotificationsCommand::Send => send(places, config, out).await,
    }
}

/// Shows every channel, and the deliveries that failed.
pub async fn list(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    if config.notifications.is_empty() {
        out.text("nobody is told: see `notifications:` in sayso.yaml (`sayso init` writes an example)")?;
    }
    for settings in &config.notifications {
        let way = match settings.way {
            Way::Webhook { .. } => "webhook",
            Way::Ntfy { .. } => "ntfy",
            Way::Email { .. } => "email",
            Way::Mqtt { .. } => "mqtt",
        };
        let on = settings.on.iter().map(String::as_str).collect();
        let hours = |(from, to): (jiff::civil::Time, jiff::civil::Time)| {
            format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
        };
        let quiet = settings.quiet.map(hours);
        let listed = Listed { channel: &settings.name, way, on, every_ms: settings.every_ms, quiet };
        out.result(&listed, || format!("{} ({}): {}", listed.channel, listed.way, listed.on.join(", ")))?;
    }
    let store = opening::store(places, config)?;
    for failure in store.failures(FAILURES_SHOWN).await.map_err(Failure::failed)? {
        out.result(&failure, || {
            let end = if failure.given_up { "given up" } else { "tried again later" };
            format!("{}: news {} failed {} times, {end}: {}", failure.channel, failure.news, failure.tries, failure.why)
        })?;
    }
    Ok(())
}

/// Sends a message that tells of nothing.
pub async fn test(places: &Places, config: &Config, name: &str, out: Out) -> Result<(), Failure> {
    let desk = open(places, config)?;
    let known = || config.notifications.iter().map(|settings| settings.name.as_str()).collect::<Vec<_>>().join(", ");
    let tried = desk.try_out(name).await;
    match tried.ok_or_else(|| Failure::usage(format!("there is no notification `{name}`; there are: {}", known())))? {
        Ok(()) => Ok(out.result(&serde_json::json!({ "channel": name, "taken": true }), || format!("{name} took it"))?),
        Err(refusal) => Err(Failure::failed(format!("{name} did not take it: {refusal}"))),
    }
}

/// Tells everybody what waits for them now.
pub async fn send(places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let report = open(places, config)?.deliver().await.map_err(Failure::failed)?;
    out.result(&report, || {
        let summary = format!("{} told, {} later", report.told, report.later);
        std::iter::once(summary).chain(report.problems.iter().cloned()).collect::<Vec<_>>().join("\n")
    })?;
    if report.problems.is_empty() { Ok(()) } else { Err(Failure::failed("not everybody could be told")) }
}

fn open(places: &Places, config: &Config) -> Result<Desk, Failure> {
    let store = Arc::new(opening::store(places, config)?);
    desk(config, store)
}

/// The desk that tells whom the configuration names.
pub fn desk(config: &Config, store: Arc<Store>) -> Result<Desk, Failure> {
    let channels = config.notifications.iter().map(|settings| {
        let named = |wrong| Failure::usage(format!("the notification `{}`: {wrong}", settings.name));
        channel(settings).map_err(named)
    });
    Ok(Desk::new(store, channels.collect::<Result<_, _>>()?, Arc::new(SystemClock), TimeZone::system()))
}

fn channel(settings: &NotificationSettings) -> Result<Channel, String> {
    let topics: BTreeMap<&str, Topic> = Topic::ALL.into_iter().map(|topic| (topic.name(), topic)).collect();
    let texts = settings.texts.iter().filter_map(|(word, text)| Some((*topics.get(word.as_str())?, text.clone())));
    Ok(Channel {
        name: settings.name.clone(),
        transport: transport(&settings.way)?,
        on: settings.on.iter().filter_map(|word| topics.get(word.as_str()).copied()).collect(),
        lang: settings.lang,
        every_ms: settings.every_ms,
        quiet: settings.quiet.map(|(from, to)| QuietHours { from, to }),
        texts: texts.collect(),
    })
}

fn transport(way: &Way) -> Result<Arc<dyn Transport>, String> {
    let secrets = |name: &str, reference: &SecretRef| -> Arc<dyn Secrets> {
        Arc::new(SecretRefs(BTreeMap::from([(name.to_owned(), super::providers::secret_ref(reference))])))
    };
    let signed_in = |user: &Option<(String, SecretRef)>| {
        user.as_ref().map(|(user, password)| (user.clone(), secrets("password", password)))
    };
    Ok(match way {
        Way::Webhook { url, signing_key } => {
            let key = signing_key.as_ref().map(|key| secrets("signing_key", key));
            Arc::new(Webhook::new(url, key, Arc::new(SystemClock))?)
        }
        Way::Ntfy { url, token } => Arc::new(Ntfy::new(url, token.as_ref().map(|token| secrets("token", token)))?),
        Way::Email { server, port, from, to, user } => Arc::new(Email::new(server, *port, from, to, signed_in(user))?),
        Way::Mqtt { url, topic, user } => Arc::new(Mqtt::new(url, topic, signed_in(user))?),
    })
}
