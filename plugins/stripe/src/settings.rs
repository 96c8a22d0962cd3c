//! The plugin's part of the configuration: test or live, where people come back to, and the secret of notifications.

use sayso_plugin_sdk::address;
use sayso_plugin_sdk::settings::{self, Mode, base_url, https};
use serde::Deserialize;

/// Where Stripe is.
pub const BASE_URL: &str = "https://api.stripe.com";

/// ```json
/// {"mode": "test", "return_url": "https://example.org/thanks", "secrets": {"webhook_secret": "whsec_..."}}
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which kind of key is configured. The key itself is never seen here, so every answer is compared with this.
    pub mode: Mode,
    /// The page to which Checkout leads when the person is done.
    pub return_url: String,
    /// Another address than Stripe's own: this machine, for tests, with `mode: test` only.
    base_url: Option<String>,
    /// The secrets that were granted.
    pub secrets: Inside,
}

/// The secrets that the plugin itself has to know.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    /// What notifications are signed with.
    pub webhook_secret: String,
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead.
    pub fn read(configuration: &str) -> Result<Self, String> {
        let needs = "Stripe needs the settings `mode` (test or live) and `return_url`, and the secret `webhook_secret` \
                     granted by `secrets_inside`";
        let mut settings: Settings = settings::read(configuration, needs)?;
        settings.base_url = Some(base_url(settings.mode, settings.base_url, BASE_URL, BASE_URL)?);
        https("return_url", &settings.return_url, 2048)?;
        if settings.return_url.contains(char::is_whitespace) {
            return Err("`return_url` has a blank in it: write it as a browser shows it".into());
        }
        if settings.secrets.webhook_secret.len() < 16 {
            return Err(
                "`webhook_secret` is shorter than 16 characters: take it from the endpoint's page in Stripe's \
                        dashboard (whsec_...)"
                    .into(),
            );
        }
        Ok(settings)
    }

    /// Where Stripe is, without a path.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base_url.as_deref().unwrap_or(BASE_URL)
    }

    /// The host there, with its port where one is written, as the gate for HTTP compares it.
    #[must_use]
    pub fn host(&self) -> &str {
        address::host(self.base()).unwrap_or_default()
    }

    /// Whether real money moves.
    #[must_use]
    pub fn live(&self) -> bool {
        self.mode == Mode::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(change: serde_json::Value) -> Result<Settings, String> {
        let mut all = json!({
            "mode": "test", "return_url": "https://example.org/thanks",
            "secrets": { "webhook_secret": "whsec_only_for_tests" },
        });
        for (key, value) in change.as_object().unwrap() {
            all[key] = value.clone();
        }
        Settings::read(&all.to_string())
    }

    #[test]
    fn reads_what_is_right() {
        let settings = read(json!({})).unwrap();
        assert_eq!((settings.base(), settings.host(), settings.live()), (BASE_URL, "api.stripe.com", false));
        assert!(read(json!({ "mode": "live" })).unwrap().live());
        for here in ["http://127.0.0.1:12111/", "http://[::1]:80", "http://localhost", "https://localhost:4"] {
            assert!(read(json!({ "base_url": here })).is_ok(), "{here}");
        }
    }

    #[test]
    fn says_which_key_is_wrong() {
        for (change, named) in [
            (json!({ "mode": "real" }), "live"),
            (json!({ "return_url": "http://example.org" }), "return_url"),
            (json!({ "return_url": "" }), "return_url"),
            (json!({ "base_url": "https://api.example.org" }), "base_url"),
            (json!({ "base_url": "http://127.0.0.1.example.org" }), "base_url"),
            (json!({ "base_url": "http://127.0.0.1:1/path" }), "base_url"),
            (json!({ "base_url": "http://x@localhost" }), "base_url"),
            (json!({ "base_url": "http://localhost:1", "mode": "live" }), "base_url"),
            (json!({ "secrets": {} }), "webhook_secret"),
            (json!({ "secrets": { "webhook_secret": "short" } }), "webhook_secret"),
            (json!({ "colour": "red" }), "colour"),
        ] {
            let problem = read(change.clone()).err().unwrap();
            assert!(problem.contains(named), "{change}: {problem}");
        }
        assert!(Settings::read("[]").is_err());
    }
}
