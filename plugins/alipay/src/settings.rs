//! The plugin's part of the configuration: which app, whose keys, and how people pay.

use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey};
use sayso_plugin_sdk::settings::{self, Given, Mode, Place, Places, https, id, public_key};
use serde::Deserialize;

/// The secret that requests are signed with.
pub const PRIVATE_KEY: &str = "app_private_key";
/// Where Alipay is.
pub const PLACES: Places = Places {
    sandbox: Some("https://openapi-sandbox.dl.alipaydev.com"),
    live: &["https://openapi.alipay.com"],
    unsaid: Some(Mode::Sandbox),
};

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
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The app's number.
    pub app_id: String,
    alipay_public_key: String,
    /// Where notifications go.
    pub notify_url: String,
    /// How a person pays who signed no agreement.
    pub way: Way,
    /// Where the phone goes after a payment by link.
    pub return_url: String,
    /// The scene of agreements, as Alipay set it for the merchant; without it nobody can be enrolled.
    pub agreement_scene: Option<String>,
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
    pub fn read(configuration: &str) -> Result<(Place, Self, Keys), String> {
        let needs = "Alipay needs `app_id`, `alipay_public_key` and `notify_url`";
        let Given { place, secrets, own: read } = settings::read::<Settings>(configuration, needs, &PLACES)?;
        let own = secrets.private_key(PRIVATE_KEY)?;
        let theirs = public_key("alipay_public_key", &read.alipay_public_key)?;
        if theirs == own.public() {
            return Err("`alipay_public_key` is the app's own: copy the one that the app's page calls Alipay's".into());
        }
        id("app_id", &read.app_id, 60, b"")?;
        if let Some(scene) = &read.agreement_scene {
            // What Alipay's documents fill in as an example is nobody's scene.
            id("agreement_scene", if scene == "DEFAULT|DEFAULT" { "" } else { scene }, 60, b"_|")?;
        }
        https("notify_url", &read.notify_url, 256)?;
        if read.way == Way::Link || !read.return_url.is_empty() {
            https("return_url", &read.return_url, 256)?;
        }
        Ok((place, read, Keys { own, theirs }))
    }
}
