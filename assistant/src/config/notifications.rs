//! `notifications:` of the configuration: who is told of payments, how, of what and when.

use super::SecretRef;
use super::check::{Source, check_id};
use super::error::ConfigError;
use super::file::NotificationPart;
use crate::lang::Lang;
use jiff::civil::Time;
use serde_yaml::{Location, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// What news can be about; the words of `on` and `texts`.
pub const TOPICS: [&str; 8] =
    ["succeeded", "declined", "pending", "action_required", "unknown", "refunded", "canceled", "alarm"];

/// What is told where `on` is left out: how a payment ended, and what the person has to do.
const USUAL: [&str; 5] = ["succeeded", "declined", "action_required", "refunded", "alarm"];

/// One who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationSettings {
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub way: Way,
    /// What it wants to hear: words of [`TOPICS`].
    pub on: BTreeSet<String>,
    /// In which language.
    pub lang: Lang,
    /// At most one message in so many milliseconds; 0 tells each piece of news at once.
    pub every_ms: i64,
    /// From when to when it is not to be disturbed.
    pub quiet: Option<(Time, Time)>,
    /// Its own words for a topic.
    pub texts: BTreeMap<String, String>,
}

/// How somebody is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A signed `POST` of the message as JSON.
    Webhook {
        /// Where.
        url: String,
        /// The key that signs.
        signing_key: Option<SecretRef>,
    },
    /// A push service that speaks like ntfy.
    Ntfy {
        /// The topic's address.
        url: String,
        /// The token of a protected topic.
        token: Option<SecretRef>,
    },
    /// E-mail.
    Email {
        /// The server that takes the mail.
        server: String,
        /// Its port, if it is not the usual one.
        port: Option<u16>,
        /// The sender.
        from: String,
        /// Who gets it.
        to: Vec<String>,
        /// Who signs in, and with which password.
        user: Option<(String, SecretRef)>,
    },
    /// A topic of an MQTT broker.
    Mqtt {
        /// `mqtts://HOST[:PORT]`.
        url: String,
        /// The topic.
        topic: String,
        /// Who signs in, and with which password.
        user: Option<(String, SecretRef)>,
    },
}

pub(super) fn build(
    parts: Vec<Spanned<NotificationPart>>,
    source: &Source<'_>,
) -> Result<Vec<NotificationSettings>, ConfigError> {
    let mut known = BTreeSet::new();
    let mut built = Vec::new();
    for spanned in parts {
        let place = spanned.referenced;
        let settings = one(spanned.value, place, source)?;
        if !known.insert(settings.name.clone()) {
            let message = format!("the notification `{}` stands here a second time", settings.name);
            return Err(source.error(place, message, "give each notification a name of its own"));
        }
        built.push(settings);
    }
    Ok(built)
}

/// The notification that reaches the phone on which payments are confirmed.
pub(super) fn phone(
    name: Spanned<String>,
    known: &[NotificationSettings],
    source: &Source<'_>,
) -> Result<String, ConfigError> {
    if known.iter().any(|settings| settings.name == name.value) {
        return Ok(name.value);
    }
    let names: Vec<&str> = known.iter().map(|settings| settings.name.as_str()).collect();
    let hint = match names.as_slice() {
        [] => "write one below `notifications:`, such as an ntfy topic, and name it here".to_owned(),
        names => format!("there are: {}", names.join(", ")),
    };
    Err(source.error(name.referenced, format!("there is no notification `{}`", name.value), hint))
}

fn one(part: NotificationPart, place: Location, source: &Source<'_>) -> Result<NotificationSettings, ConfigError> {
    check_id(&part.name, place, source)?;
    let on: BTreeSet<String> = match &part.on {
        Some(words) => words.iter().cloned().collect(),
        None => USUAL.map(str::to_owned).into(),
    };
    for word in on.iter().chain(part.texts.keys()) {
        if !TOPICS.contains(&word.as_str()) {
            let near = TOPICS.iter().max_by_key(|topic| (strsim::jaro_winkler(topic, word) * 1000.0) as u32);
            let hint = near.map(|near| format!("did you mean `{near}`? There are: {}", TOPICS.join(", ")));
            return Err(source.error(place, format!("there is no news called `{word}`"), hint.unwrap_or_default()));
        }
    }
    let every_ms = match &part.every {
        Some(text) => every_ms(text).ok_or_else(|| {
            source.error(place, format!("`every: {text}` is no length of time"), "write 30s, 15m, 2h or 1d")
        })?,
        None => 0,
    };
    let quiet = match &part.quiet {
        Some(text) => Some(quiet(text).ok_or_else(|| {
            source.error(place, format!("`quiet: {text}` is no part of a day"), "write it as \"22:00-07:00\"")
        })?),
        None => None,
    };
    let (name, lang, texts) = (part.name.clone(), part.language, part.texts.clone());
    Ok(NotificationSettings { name, way: way(part, place, source)?, on, lang, every_ms, quiet, texts })
}

fn way(part: NotificationPart, place: Location, source: &Source<'_>) -> Result<Way, ConfigError> {
    let user = |user: Option<String>, password: Option<SecretRef>| match (user, password) {
        (Some(user), Some(password)) => Ok(Some((user, password))),
        (None, None) => Ok(None),
        _ => Err(source.error(place, "`user` and `password` go together", "give both, or neither")),
    };
    match (part.webhook, part.ntfy, part.email, part.mqtt) {
        (Some(w), None, None, None) => Ok(Way::Webhook { url: w.url, signing_key: w.signing_key }),
        (None, Some(n), None, None) => Ok(Way::Ntfy { url: n.url, token: n.token }),
        (None, None, Some(e), None) => {
            Ok(Way::Email { server: e.server, port: e.port, from: e.from, to: e.to, user: user(e.user, e.password)? })
        }
        (None, None, None, Some(m)) => Ok(Way::Mqtt { url: m.url, topic: m.topic, user: user(m.user, m.password)? }),
        _ => {
            let message = format!("the notification `{}` needs exactly one way to go", part.name);
            Err(source.error(place, message, "give one of `webhook`, `ntfy`, `email` and `mqtt`"))
        }
    }
}

/// `30s`, `15m`, `2h`, `1d` in milliseconds.
fn every_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit_ms = match text.chars().last()? {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return None,
    };
    let count: i64 = text.get(..text.len() - 1)?.trim().parse().ok()?;
    (count >= 0).then(|| count.checked_mul(unit_ms)).flatten()
}

fn quiet(text: &str) -> Option<(Time, Time)> {
    let (from, to) = text.split_once('-')?;
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    Some((time(from)?, time(to)?)).filter(|(from, to)| from != to)
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};
    use super::*;
    use jiff::civil::{date, time};
    use std::path::Path;

    fn parse(text: &str) -> Result<Vec<NotificationSettings>, ConfigError> {
        Config::parse(text, Path::new("sayso.yaml"), date(2026, 1, 1)).map(|config| config.notifications)
    }

    #[test]
    fn what_is_said_is_what_is_meant() {
        let text = "notifications:\n  - name: phone\n    ntfy: { url: \"https://push.example.org/me\", token: { env: T } }\n    on: [alarm]\n    language: zh\n    every: 2h\n    quiet: \"22:00-07:30\"\n    texts: { alarm: \"看 {payee}\" }\n  - name: mail\n    email: { server: mail.example.org, from: a@example.org, to: [b@example.org], user: a, password: { file: p } }\n";
        let all = parse(text).unwrap();
        assert_eq!((all[0].every_ms, all[0].lang), (7_200_000, Lang::Zh));
        assert_eq!(all[0].quiet, Some((time(22, 0, 0, 0), time(7, 30, 0, 0))));
        assert_eq!(all[1].on, USUAL.map(str::to_owned).into());
        assert!(matches!(&all[1].way, Way::Email { user: Some((user, SecretRef::File(_))), .. } if user == "a"));
    }

    #[test]
    fn mistakes_have_their_line_and_a_hint() {
        for (lines, word) in [
            ("webhook: { url: a }\n    mqtt: { url: b, topic: c }", "exactly one"),
            ("every: 5x\n    webhook: { url: a }", "15m"),
            ("quiet: night\n    webhook: { url: a }", "22:00-07:00"),
            ("on: [succeded]\n    webhook: { url: a }", "`succeeded`"),
            ("mqtt: { url: b, topic: c, user: d }", "both"),
            ("webhook: { url: a, signing_key: inline }", "never written here"),
        ] {
            let wrong = parse(&format!("notifications:\n  - name: x\n    {lines}\n")).unwrap_err().to_string();
            assert!(wrong.contains(word) && wrong.contains("sayso.yaml:"), "{word}: {wrong}");
        }
    }
}
