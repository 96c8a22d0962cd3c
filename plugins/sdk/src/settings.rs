//! What the configurations of many providers have in common: which of the provider's worlds, secrets inside, addresses. Every
//! error says which key is wrong and how to mend it, and nothing of a secret.

use crate::address;
#[cfg(feature = "crypto")]
use crate::crypto::{PrivateKey, PublicKey};
use crate::text::is_id;
use sayso_plugin_interface::{Capabilities, CredentialsAnswer};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Which of a provider's worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// No real money.
    #[default]
    #[serde(alias = "test")]
    Sandbox,
    /// Real money.
    Live,
}

/// Where a provider's API is, without a path.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The provider's own place without real money; `None` if it has none, so that only tests on this machine are without.
    pub sandbox: Option<&'static str>,
    /// Where real money moves. The first is where nothing is written; others may be written.
    pub live: &'static [&'static str],
    /// Which of them where `mode` is not written; `None` if it has to be.
    pub unsaid: Option<Mode>,
}

/// Where one instance's API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which of the provider's worlds.
    pub mode: Mode,
    /// The address, without a path and without a slash at its end.
    pub base: String,
}

/// A configuration that was read.
pub struct Given<T> {
    /// Where the API is, by `mode` and `base_url`.
    pub place: Place,
    /// The secrets that the operator granted by `secrets_inside`.
    pub secrets: Secrets,
    /// All other settings.
    pub own: T,
}

#[derive(Deserialize)]
struct Common {
    mode: Option<Mode>,
    base_url: Option<String>,
    #[serde(default)]
    secrets: Value,
}

/// Reads a configuration, a JSON object: `mode`, `base_url` and `secrets` for every provider alike, the rest as a `T`, which should
/// `deny_unknown_fields`. Where a setting is not as it has to be, `needs` begins the message.
pub fn read<T: DeserializeOwned>(configuration: &str, needs: &str, places: &Places) -> Result<Given<T>, String> {
    let wrong = |wrong: serde_json::Error| format!("{needs}: {wrong}");
    let mut all: Map<String, Value> = serde_json::from_str(configuration).map_err(wrong)?;
    // Null is as good as not written.
    all.retain(|_, value| !value.is_null());
    let common: Map<String, Value> =
        ["mode", "base_url", "secrets"].into_iter().filter_map(|name| all.remove_entry(name)).collect();
    let Common { mode, base_url, secrets } = serde_json::from_value(common.into()).map_err(wrong)?;
    let own = serde_json::from_value(all.into()).map_err(wrong)?;
    let mode = mode.or(places.unsaid).ok_or_else(|| format!("{needs}: write `mode`: test or live"))?;
    let base = places.base(mode, base_url)?;
    Ok(Given { place: Place { mode, base }, secrets: Secrets(secrets), own })
}

impl Places {
    /// Where real money moves: what a provider can do is said of this, before it is configured.
    #[must_use]
    pub fn usual(&self) -> Place {
        Place { mode: Mode::Live, base: self.live.first().copied().unwrap_or_default().to_owned() }
    }

    /// The provider's own place in this mode, or what the operator wrote: one of the provider's, or, without real money, this machine.
    fn base(&self, mode: Mode, written: Option<String>) -> Result<String, String> {
        let known = if mode == Mode::Live { self.live } else { self.sandbox.as_slice() };
        let Some(written) = written else {
            let none = "there is no sandbox: with `mode: test` write `base_url` too, a pretended provider on this machine such \
                        as \"http://127.0.0.1:8080\"";
            return known.first().map(|url| (*url).to_owned()).ok_or_else(|| none.to_owned());
        };
        let url = written.trim_end_matches('/');
        let here = mode == Mode::Sandbox && address::host(url).is_some_and(address::is_here);
        if here || known.contains(&url) {
            return Ok(url.to_owned());
        }
        Err(format!(
            "`base_url` is `{written}`: leave it out, or write, where `mode` is not \"live\", a test server on this machine such as \"http://127.0.0.1:8080\""
        ))
    }
}

impl Place {
    /// The host, with its port where one is written, as the gate for HTTP compares it.
    #[must_use]
    pub fn host(&self) -> &str {
        address::host(&self.base).unwrap_or_default()
    }

    /// Whether real money moves.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.mode == Mode::Live
    }

    /// An error if an answer is of live mode and the configuration says otherwise, or the other way round.
    pub fn same_mode(&self, live: bool) -> Result<(), String> {
        if live == self.is_live() {
            return Ok(());
        }
        let (theirs, ours) = if live { ("live", "test") } else { ("test", "live") };
        Err(format!("the provider answered in {theirs} mode, but the configuration says `mode: {ours}`"))
    }

    /// What it says of the credentials that they lead to this mode, as the provider told it.
    #[must_use]
    pub fn credentials(&self, account: Option<String>, live: bool) -> CredentialsAnswer {
        match self.same_mode(live) {
            Ok(()) => CredentialsAnswer::Accepted { account, live: Some(live) },
            Err(reason) => CredentialsAnswer::Refused { reason: format!("{reason}: change the credentials or `mode`") },
        }
    }

    /// What follows from the place for what a provider can do: whose money, and the host. The rest is laid over it.
    #[must_use]
    pub fn capabilities(&self, name: &str, version: &str) -> Capabilities {
        Capabilities {
            practice: !self.is_live(),
            hosts: vec![self.host().to_owned()],
            ..Capabilities::of(name, version)
        }
    }
}

/// Secrets that the plugin itself needs. They are read one by one, so that no error repeats what stands there.
pub struct Secrets(Value);

impl Secrets {
    /// The secret of this name; the error says how to grant it.
    pub fn get(&self, name: &str) -> Result<&str, String> {
        let missing =
            || format!("the secret `{name}` is missing: grant it in sayso.yaml below `secrets_inside`, as `[{name}]`");
        self.0.get(name).and_then(Value::as_str).filter(|value| !value.is_empty()).ok_or_else(missing)
    }

    /// The same for one that the provider makes up, and never shorter than this; `origin` says where it is to be found.
    pub fn long(&self, name: &str, length_min: usize, origin: &str) -> Result<&str, String> {
        let long = |secret: &&str| secret.len() >= length_min;
        let short = || format!("the secret `{name}` is shorter than {length_min} characters: take it from {origin}");
        Some(self.get(name)?).filter(long).ok_or_else(short)
    }

    /// The key of this name, of exactly so many characters.
    pub fn key<const N: usize>(&self, name: &str) -> Result<[u8; N], String> {
        let key = self.get(name)?.as_bytes().try_into();
        key.map_err(|_| {
            format!("the secret `{name}` has to be exactly the {N} characters that the provider knows it by")
        })
    }

    /// The RSA key of this name, to sign with.
    #[cfg(feature = "crypto")]
    pub fn private_key(&self, name: &str) -> Result<PrivateKey, String> {
        PrivateKey::read(self.get(name)?).map_err(|wrong| format!("the secret `{name}` cannot be used: {wrong}"))
    }
}

/// An address that a provider is given: by HTTPS, not too long, and without blanks.
pub fn https(name: &str, url: &str, length_max: usize) -> Result<(), String> {
    if url.starts_with("https://") && url.len() <= length_max && !url.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(format!(
        "`{name}` has to begin with \"https://\", to be at most {length_max} characters long, and to have no blank"
    ))
}

/// The same without a query, where the provider adds one.
pub fn https_bare(name: &str, url: &str, length_max: usize) -> Result<(), String> {
    https(name, url, length_max)?;
    if url.contains(['?', '#']) { Err(format!("`{name}` must have no `?` and no `#`")) } else { Ok(()) }
}

/// What one setting (`way: h5`) needs besides, by name and value.
pub fn needs(setting: &str, others: &[(&str, &str)]) -> Result<(), String> {
    match others.iter().find(|(_, value)| value.is_empty()) {
        Some((name, _)) => Err(format!("`{setting}` needs `{name}` too")),
        None => Ok(()),
    }
}

/// The provider's RSA key in this setting, to verify with.
#[cfg(feature = "crypto")]
pub fn public_key(name: &str, text: &str) -> Result<PublicKey, String> {
    PublicKey::read(text).map_err(|wrong| format!("`{name}` cannot be used: {wrong}"))
}

/// A name or number that the provider gave: letters, digits and `others`.
pub fn id(name: &str, value: &str, length_max: usize, others: &[u8]) -> Result<(), String> {
    if is_id(value, length_max, others) {
        return Ok(());
    }
    let wrong =
        if value.is_empty() { "missing".to_owned() } else { format!("`{value}`, which is none of the provider's") };
    Err(format!("`{name}` is {wrong}: write it as the provider shows it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PLACES: Places =
        Places { sandbox: Some("https://s.example"), live: &["https://l.example", "https://b.example"], unsaid: None };

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Own {
        colour: String,
    }

    fn base(mode: &str, written: Option<&str>, places: &Places) -> Result<String, String> {
        let mut all = json!({ "mode": mode, "colour": "red" });
        if let Some(written) = written {
            all["base_url"] = json!(written);
        }
        read::<Own>(&all.to_string(), "It needs `colour`", places).map(|given| given.place.base)
    }

    #[test]
    fn settings_are_an_object_and_a_message_begins_with_what_is_needed() {
        let given: Given<Own> = read(r#"{"mode":"live","colour":"red","secrets":{"key":"k"}}"#, "", &PLACES).unwrap();
        assert_eq!((given.own.colour.as_str(), given.secrets.get("key")), ("red", Ok("k")));
        assert_eq!((given.place.is_live(), given.place.host()), (true, "l.example"));
        assert!(given.place.same_mode(true).is_ok() && given.place.same_mode(false).is_err());
        assert!(matches!(given.place.credentials(None, true), CredentialsAnswer::Accepted { live: Some(true), .. }));
        assert!(
            matches!(given.place.credentials(None, false), CredentialsAnswer::Refused { reason } if reason.contains("mode"))
        );
        for wrong in [
            r#"["live"]"#,
            "{}",
            "",
            r#"{"mode":"real","colour":"red"}"#,
            r#"{"colour":"red"}"#,
            r#"{"mode":"live","colour":"red","color":"red"}"#,
            r#"{"mode":"live"}"#,
            r#"{"mode":"live","colour":"red","base_url":7}"#,
        ] {
            let read = read::<Own>(wrong, "It needs `colour`", &PLACES);
            assert!(read.is_err_and(|why| why.starts_with("It needs `colour`: ")), "{wrong}");
        }
        assert!(read::<Own>(r#"{"mode":"live","colour":"red","base_url":null,"secrets":null}"#, "", &PLACES).is_ok());
        let unsaid = Places { unsaid: Some(Mode::Sandbox), ..PLACES };
        assert_eq!(read::<Own>(r#"{"colour":"red"}"#, "", &unsaid).unwrap().place.mode, Mode::Sandbox);
    }

    #[test]
    fn another_address_is_the_providers_own_or_for_tests_on_this_machine() {
        for (mode, written, found) in [
            ("test", None, "https://s.example"),
            ("live", None, "https://l.example"),
            ("live", Some("https://b.example/"), "https://b.example"),
            ("sandbox", Some("http://127.0.0.1:8080/"), "http://127.0.0.1:8080"),
        ] {
            assert_eq!(base(mode, written, &PLACES), Ok(found.to_owned()));
        }
        for (mode, wrong) in [
            ("live", "http://127.0.0.1:1"),
            ("live", "https://s.example"),
            ("test", "https://l.example"),
            ("test", "https://api.example.com"),
            ("test", "http://127.0.0.1@evil.example"),
            ("test", "http://localhost:1/path"),
        ] {
            assert!(base(mode, Some(wrong), &PLACES).is_err_and(|why| why.contains("base_url")), "{wrong}");
        }
        let real_only = Places { sandbox: None, ..PLACES };
        assert!(base("test", None, &real_only).is_err_and(|why| why.contains("base_url")));
        assert!(base("test", Some("http://localhost:1"), &real_only).is_ok());
    }

    #[test]
    fn secrets_and_addresses_say_what_is_missing_and_nothing_else() {
        let secrets = Secrets(json!({ "key": "k", "empty": "", "number": 7 }));
        assert_eq!(secrets.get("key"), Ok("k"));
        for name in ["other", "empty", "number"] {
            assert!(secrets.get(name).is_err_and(|why| why.contains("secrets_inside") && why.contains(name)));
        }
        assert!(Secrets(json!("key")).get("key").is_err());
        assert_eq!((secrets.key("key"), secrets.key::<2>("key").is_err()), (Ok([b'k']), true));
        assert_eq!(secrets.long("key", 1, "the page of keys"), Ok("k"));
        assert!(secrets.long("key", 2, "the page of keys").is_err_and(|why| why.ends_with("the page of keys")));
        assert!(secrets.long("other", 2, "").is_err_and(|why| why.contains("secrets_inside")));
        assert!(https("return_url", "https://x", 9).is_ok());
        for wrong in ["https://xy", "http://x", "https:// "] {
            assert!(https("return_url", wrong, 9).is_err_and(|why| why.contains("return_url")));
        }
        assert!(https_bare("page", "https://x", 9).is_ok());
        assert!(https_bare("page", "https://x?", 10).is_err_and(|why| why.contains("page")));
        assert!(needs("way: h5", &[("ip", "::1")]).is_ok());
        assert!(needs("way: h5", &[("ip", "::1"), ("port", "")]).is_err_and(|why| why.contains("`port`")));
        assert!(id("app_id", "a_1", 3, b"_").is_ok());
        assert!(id("app_id", "a-1", 3, b"_").is_err_and(|why| why.contains("app_id")));
    }
}
