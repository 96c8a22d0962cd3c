//! The plugin's part of the configuration: which app, whose keys, and how people pay.

use sayso_plugin_sdk::address;
use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey};
use sayso_plugin_sdk::settings::{self, Mode, base_url, https, secret};
use sayso_plugin_sdk::text::is_id;
use serde::Deserialize;
use serde_json::Value;

/// The secret that requests are signed with.
pub const PRIVATE_KEY: &str = "app_private_key";
/// Where Alipay is.
pub const LIVE: &str = "https://openapi.alipay.com";
const SANDBOX: &str = "https://openapi-sandbox.dl.alipaydev.com";

/// How a person pays who signed no agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Scans a code with Alipay.
    #[default]
    Qr,
    /// Opens a link on the phone, which leads into Alipay.
    Link,
}

/// The configuration; `README.md` shows one whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which of Alipay's worlds.
    #[serde(default)]
    pub mode: Mode,
    /// Another place than Alipay's own, for tests.
    base_url: Option<String>,
    /// The app's number.
    pub app_id: String,
    alipay_public_key: String,
    /// Where notifications go.
    pub notify_url: String,
    /// How a person pays who signed no agreement.
    #[serde(default)]
    pub way: Way,
    /// Where the phone goes after a payment by link.
    #[serde(default)]
    pub return_url: String,
    /// The scene of agreements, as Alipay set it for the merchant; without it nobody can be enrolled.
    pub agreement_scene: Option<String>,
    /// Read field by field, so that no error repeats what stands there.
    #[serde(default)]
    secrets: Value,
}

/// What requests are signed with, and answers are checked with.
pub struct Keys {
    /// The app's.
    pub own: PrivateKey,
    /// Alipay's.
    pub theirs: PublicKey,
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead, and nothing of a secret.
    pub fn read(configuration: &str) -> Result<(Self, Keys), String> {
        let needs = "Alipay needs `app_id`, `alipay_public_key` and `notify_url`";
        let mut read: Settings = settings::read(configuration, needs)?;
        let own = PrivateKey::read(secret(&read.secrets, PRIVATE_KEY)?)
            .map_err(|wrong| format!("the secret `{PRIVATE_KEY}`: {wrong}"))?;
        let theirs =
            PublicKey::read(&read.alipay_public_key).map_err(|wrong| format!("`alipay_public_key`: {wrong}"))?;
        if theirs == own.public() {
            return Err("`alipay_public_key` is the app's own: copy the one that the app's page calls Alipay's".into());
        }
        for (name, value, others) in
            [("app_id", Some(&read.app_id), "".as_bytes()), ("agreement_scene", read.agreement_scene.as_ref(), b"_|")]
        {
            if value.is_some_and(|value| !is_id(value, 60, others) || value == "DEFAULT|DEFAULT") {
                return Err(format!(
                    "`{name}` is not one of Alipay's: write it as the app's page or your contract has it"
                ));
            }
        }
        https("notify_url", &read.notify_url, 256)?;
        if read.way == Way::Link || !read.return_url.is_empty() {
            https("return_url", &read.return_url, 256)?;
        }
        read.base_url = Some(base_url(read.mode, read.base_url, SANDBOX, LIVE)?);
        Ok((read, Keys { own, theirs }))
    }

    /// Where the gateway is, without its path.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base_url.as_deref().unwrap_or(LIVE)
    }

    /// The host of the gateway, as the gate for HTTP compares it.
    #[must_use]
    pub fn host(&self) -> &str {
        address::host(self.base()).unwrap_or_default()
    }
}
