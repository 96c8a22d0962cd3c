//! The plugin's part of the configuration: which bank, in whose name, and with which secret notifications are signed.

use serde::Deserialize;

/// ```json
/// {"base_url": "http://127.0.0.1:8080", "provider": "stripe", "webhook_secret": "..."}
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address of the bank, without a path: `http://` or `https://`, host, port.
    pub base_url: String,
    /// In whose name the bank acts: lower-case ASCII letters, digits and `_`.
    #[serde(default = "practice")]
    pub provider: String,
    /// What notifications are signed with; without it every notification is refused.
    #[serde(default)]
    pub webhook_secret: Option<String>,
}

fn practice() -> String {
    "practice".to_owned()
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead.
    pub fn read(configuration: &str) -> Result<Self, String> {
        let mut settings: Settings = serde_json::from_str(configuration).map_err(|wrong| {
            format!("the practice bank needs `base_url` and takes `provider` and `webhook_secret`: {wrong}")
        })?;
        settings.base_url.truncate(settings.base_url.trim_end_matches('/').len());
        settings.host()?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if settings.provider.is_empty() || !settings.provider.bytes().all(plain) {
            return Err(format!(
                "`provider` is `{}`: use small letters, digits and `_`, e.g. \"stripe\"",
                settings.provider
            ));
        }
        if settings.webhook_secret.as_ref().is_some_and(|secret| secret.len() < 16) {
            return Err("`webhook_secret` is shorter than 16 characters: anybody could guess it".into());
        }
        Ok(settings)
    }

    /// The host in `base_url`, with its port where one is written, as the gate for HTTP compares it.
    pub fn host(&self) -> Result<String, String> {
        let wrong = || format!("`base_url` is `{}`: write it like \"http://127.0.0.1:8080\"", self.base_url);
        let rest = self.base_url.strip_prefix("http://").or_else(|| self.base_url.strip_prefix("https://"));
        let authority = rest.ok_or_else(wrong)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte);
        let good_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
        if host.is_empty() || !host.bytes().all(plain) || !good_port {
            return Err(wrong());
        }
        Ok(authority.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_address_and_a_name() {
        let settings = Settings::read(r#"{"base_url":"http://127.0.0.1:8080/","provider":"wechat_pay"}"#).unwrap();
        assert_eq!(settings.base_url, "http://127.0.0.1:8080");
        assert_eq!(settings.host(), Ok("127.0.0.1:8080".to_owned()));
        let settings = Settings::read(r#"{"base_url":"https://[::1]"}"#).unwrap();
        assert_eq!((settings.host(), settings.provider.as_str()), (Ok("[::1]".to_owned()), "practice"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (configuration, named) in [
            ("{}", "base_url"),
            ("[]", "base_url"),
            (r#"{"base_url":"127.0.0.1"}"#, "http://"),
            (r#"{"base_url":"ftp://127.0.0.1"}"#, "http://"),
            (r#"{"base_url":"http://user@host"}"#, "http://"),
            (r#"{"base_url":"http://host:99999"}"#, "http://"),
            (r#"{"base_url":"http://host/path"}"#, "http://"),
            (r#"{"base_url":"http://h","provider":"a/b"}"#, "provider"),
            (r#"{"base_url":"http://h","webhook_secret":"short"}"#, "webhook_secret"),
            (r#"{"base_url":"http://h","colour":"red"}"#, "colour"),
        ] {
            let problem = Settings::read(configuration).err().unwrap();
            assert!(problem.contains(named), "{configuration}: {problem}");
        }
    }
}
