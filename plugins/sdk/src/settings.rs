//! What the configurations of many providers have in common: which of the provider's worlds, secrets inside, addresses. Every
//! error says which key is wrong and how to mend it, and nothing of a secret.

use crate::address;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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

/// Reads the settings of a configuration, a JSON object; where they are not as they have to be, `needs` begins the message.
pub fn read<T: DeserializeOwned>(configuration: &str, needs: &str) -> Result<T, String> {
    // Only as an object: a list would be taken for one with its fields in order.
    let object = serde_json::from_str(configuration).map(Value::Object);
    object.and_then(serde_json::from_value).map_err(|wrong| format!("{needs}: {wrong}"))
}

/// Where the API is, without a path: the provider's own place in this mode, or in the sandbox what the operator wrote, if that is
/// on this machine.
pub fn base_url(mode: Mode, written: Option<String>, sandbox: &str, live: &str) -> Result<String, String> {
    let Some(written) = written else {
        return Ok(if mode == Mode::Live { live } else { sandbox }.to_owned());
    };
    let url = written.trim_end_matches('/');
    match address::host(url) {
        Some(host) if address::is_here(host) && mode == Mode::Sandbox => Ok(url.to_owned()),
        _ => Err(format!(
            "`base_url` is `{written}`: leave it out, or write, where `mode` is not \"live\", a test server on this machine such as \"http://127.0.0.1:8080\""
        )),
    }
}

/// A secret that the plugin itself needs, out of the configuration's `secrets`.
pub fn secret<'a>(secrets: &'a Value, name: &str) -> Result<&'a str, String> {
    let missing =
        || format!("the secret `{name}` is missing: grant it in sayso.yaml below `secrets_inside`, as `[{name}]`");
    secrets.get(name).and_then(Value::as_str).filter(|value| !value.is_empty()).ok_or_else(missing)
}

/// An address that a provider is given: by HTTPS, and not too long.
pub fn https(name: &str, url: &str, length_max: usize) -> Result<(), String> {
    if url.starts_with("https://") && url.len() <= length_max {
        return Ok(());
    }
    Err(format!("`{name}` has to begin with \"https://\" and to be at most {length_max} characters long"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_an_object_and_a_message_begins_with_what_is_needed() {
        #[derive(Debug, Deserialize)]
        struct Read {
            mode: Mode,
        }
        assert_eq!(read::<Read>(r#"{"mode":"test"}"#, "").unwrap().mode, Mode::Sandbox);
        for wrong in [r#"["live"]"#, "{}", "", r#"{"mode":"real"}"#] {
            assert!(read::<Read>(wrong, "It needs `mode`").is_err_and(|why| why.starts_with("It needs `mode`: ")));
        }
    }

    #[test]
    fn another_address_is_for_tests_on_this_machine() {
        let base = |mode, written: Option<&str>| base_url(mode, written.map(str::to_owned), "https://s", "https://l");
        assert_eq!(
            (base(Mode::Sandbox, None), base(Mode::Live, None)),
            (Ok("https://s".into()), Ok("https://l".into()))
        );
        assert_eq!(base(Mode::Sandbox, Some("http://127.0.0.1:8080/")), Ok("http://127.0.0.1:8080".into()));
        for (mode, wrong) in [
            (Mode::Live, "http://127.0.0.1:1"),
            (Mode::Sandbox, "https://api.example.com"),
            (Mode::Sandbox, "http://127.0.0.1@evil.example"),
            (Mode::Sandbox, "http://localhost:1/path"),
        ] {
            assert!(base(mode, Some(wrong)).is_err_and(|why| why.contains("base_url")), "{wrong}");
        }
    }

    #[test]
    fn secrets_and_addresses_say_what_is_missing_and_nothing_else() {
        let secrets = json!({ "key": "k", "empty": "", "number": 7 });
        assert_eq!(secret(&secrets, "key"), Ok("k"));
        for name in ["other", "empty", "number"] {
            assert!(secret(&secrets, name).is_err_and(|why| why.contains("secrets_inside") && why.contains(name)));
        }
        assert!(https("return_url", "https://x", 9).is_ok());
        assert!(https("return_url", "https://xy", 9).is_err_and(|why| why.contains("return_url")));
        assert!(https("return_url", "http://x", 9).is_err());
    }
}
