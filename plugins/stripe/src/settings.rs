//! The plugin's part of the configuration: test or live, where people come back to, and the secret of notifications.

use sayso_plugin_sdk::settings::{self, Given, Place, Places, https};
use serde::Deserialize;

/// Where Stripe is, in test mode too; which mode it is in the key tells, so that it has to be written.
pub const PLACES: Places =
    Places { sandbox: Some("https://api.stripe.com"), live: &["https://api.stripe.com"], unsaid: None };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    return_url: String,
}

/// ```json
/// {"mode": "test", "return_url": "https://example.org/thanks", "secrets": {"webhook_secret": "whsec_..."}}
/// ```
#[derive(Clone)]
pub struct Settings {
    /// Where Stripe is, and which kind of key is configured. The key itself is never seen here, so every answer is compared.
    pub place: Place,
    /// The page to which Checkout leads when the person is done.
    pub return_url: String,
    /// What notifications are signed with.
    pub webhook_secret: String,
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead.
    pub fn read(configuration: &str) -> Result<Self, String> {
        let needs = "Stripe needs the settings `mode` (test or live) and `return_url`, and the secret `webhook_secret` \
                     granted by `secrets_inside`";
        let Given { place, secrets, own: Own { return_url } } = settings::read(configuration, needs, &PLACES)?;
        https("return_url", &return_url, 2048)?;
        let origin = "the endpoint's page in Stripe's dashboard (whsec_...)";
        let webhook_secret = secrets.long("webhook_secret", 16, origin)?.to_owned();
        Ok(Settings { place, return_url, webhook_secret })
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
        assert_eq!((settings.place.host(), settings.place.is_live()), ("api.stripe.com", false));
        assert!(read(json!({ "mode": "live" })).unwrap().place.is_live());
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
