//! The plugin's part of the configuration: which of PayPal's worlds, and how notifications are verified.

use sayso_plugin_sdk::address;
use sayso_plugin_sdk::settings::{self, Mode, base_url, https};
use serde::Deserialize;

/// ```json
/// {"mode": "sandbox", "webhook_id": "5GP028458E2496506", "brand_name": "City Power"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `sandbox` (no real money) or `live`.
    #[serde(default)]
    pub mode: Mode,
    /// Another address than PayPal's own, on this machine and in the sandbox only: for tests.
    base_url: Option<String>,
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
    pub fn read(configuration: &str) -> Result<Self, String> {
        let needs = "PayPal takes `mode`, `webhook_id`, `verify_webhooks`, `brand_name`, `return_url` and, for tests, `base_url`";
        let mut settings: Settings = settings::read(configuration, needs)?;
        let (sandbox, live) = ("https://api-m.sandbox.paypal.com", "https://api-m.paypal.com");
        settings.base_url = Some(base_url(settings.mode, settings.base_url, sandbox, live)?);
        if settings.webhook_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > 50) {
            return Err("`webhook_id` is not one of PayPal's: copy it from the webhook's page in the dashboard".into());
        }
        if settings.brand_name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > 127) {
            return Err("`brand_name` has to have 1 to 127 characters".into());
        }
        https("return_url", &settings.return_url, 4000)?;
        Ok(settings)
    }

    /// Where the API is, without a path.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base_url.as_deref().unwrap_or_default()
    }

    /// The hosts that requests go to: the API's and, where certificates are fetched, that of the certificates.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts = vec![address::host(self.base()).unwrap_or_default().to_owned()];
        if self.verify_webhooks == Verification::Certificate {
            hosts.push(self.certificate_host().to_owned());
        }
        hosts.dedup();
        hosts
    }

    /// The only host that a certificate is taken from.
    #[must_use]
    pub fn certificate_host(&self) -> &str {
        match (address::host(self.base()), self.mode) {
            (Some(pretended), _) if address::is_here(pretended) => pretended,
            (_, Mode::Sandbox) => "api.sandbox.paypal.com",
            (_, Mode::Live) => "api.paypal.com",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_where_nothing_is_said() {
        let settings = Settings::read("{}").unwrap();
        assert_eq!((settings.mode, settings.base()), (Mode::Sandbox, "https://api-m.sandbox.paypal.com"));
        assert_eq!(settings.hosts(), ["api-m.sandbox.paypal.com"]);
        let live = Settings::read(r#"{"mode":"live","verify_webhooks":"certificate"}"#).unwrap();
        assert_eq!(live.hosts(), ["api-m.paypal.com", "api.paypal.com"]);
        let test = Settings::read(r#"{"base_url":"http://127.0.0.1:8080/","verify_webhooks":"certificate"}"#).unwrap();
        assert_eq!(test.hosts(), ["127.0.0.1:8080"]);
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
