//! The plugin's part of the configuration: which of PayPal's worlds, and how notifications are verified.

use sayso_plugin_sdk::address;
use sayso_plugin_sdk::settings::{self, Given, Mode, Place, Places, https};
use serde::Deserialize;

/// Where PayPal is: the sandbox, where nothing is said.
pub const PLACES: Places = Places {
    sandbox: Some("https://api-m.sandbox.paypal.com"),
    live: &["https://api-m.paypal.com"],
    unsaid: Some(Mode::Sandbox),
};

/// ```json
/// {"mode": "sandbox", "webhook_id": "5GP028458E2496506", "brand_name": "City Power"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The id that PayPal gave the webhook; without it every notification is refused.
    pub webhook_id: Option<String>,
    /// How notifications are verified.
    #[serde(default)]
    pub verify_webhooks: Verification,
    /// What PayPal shows to the person as the one who asks for money; at most 127 characters.
    pub brand_name: Option<String>,
    /// Where PayPal leads the person after they approved or refused.
    #[serde(default = "own_account")]
    pub return_url: String,
}

/// How notifications are verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// PayPal is asked about each.
    #[default]
    Api,
    /// By PayPal's certificate, fetched from PayPal's own host only.
    Certificate,
}

fn own_account() -> String {
    "https://www.paypal.com/myaccount/summary".to_owned()
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead.
    pub fn read(configuration: &str) -> Result<(Place, Self), String> {
        let needs = "PayPal takes `mode`, `webhook_id`, `verify_webhooks`, `brand_name`, `return_url` and, for tests, `base_url`";
        let Given { place, own: settings, .. } = settings::read::<Settings>(configuration, needs, &PLACES)?;
        if settings.webhook_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > 50) {
            return Err("`webhook_id` is not one of PayPal's: copy it from the webhook's page in the dashboard".into());
        }
        if settings.brand_name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > 127) {
            return Err("`brand_name` has to have 1 to 127 characters".into());
        }
        https("return_url", &settings.return_url, 4000)?;
        Ok((place, settings))
    }
}

/// The only host that a certificate is taken from.
#[must_use]
pub fn certificate_host(place: &Place) -> &str {
    match place.host() {
        pretended if address::is_here(pretended) => pretended,
        _ if place.is_live() => "api.paypal.com",
        _ => "api.sandbox.paypal.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_where_nothing_is_said() {
        let read = |configuration| Settings::read(configuration).unwrap().0;
        let place = read("{}");
        assert_eq!((place.mode, place.host()), (Mode::Sandbox, "api-m.sandbox.paypal.com"));
        assert_eq!(certificate_host(&place), "api.sandbox.paypal.com");
        let live = read(r#"{"mode":"live"}"#);
        assert_eq!((live.host(), certificate_host(&live)), ("api-m.paypal.com", "api.paypal.com"));
        assert_eq!(certificate_host(&read(r#"{"base_url":"http://127.0.0.1:8080/"}"#)), "127.0.0.1:8080");
    }

    #[test]
    fn says_what_is_wrong() {
        for (configuration, named) in [
            ("[]", "mode"),
            (r#"{"mode":"production"}"#, "production"),
            (r#"{"base_url":"https://paypal.example"}"#, "127.0.0.1"),
            (r#"{"base_url":"http://127.0.0.1:99999"}"#, "127.0.0.1"),
            (r#"{"base_url":"http://127.0.0.1@evil.example"}"#, "127.0.0.1"),
            (r#"{"base_url":"http://127.0.0.1:1","mode":"live"}"#, "base_url"),
            (r#"{"webhook_id":""}"#, "webhook_id"),
            (r#"{"brand_name":""}"#, "brand_name"),
            (r#"{"return_url":"http://x"}"#, "return_url"),
            (r#"{"colour":"red"}"#, "colour"),
        ] {
            let problem = Settings::read(configuration).unwrap_err();
            assert!(problem.contains(named), "{configuration}: {problem}");
        }
    }
}
