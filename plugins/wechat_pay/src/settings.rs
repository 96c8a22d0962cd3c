//! The plugin's part of the configuration: which merchant, whose keys, and how people pay.

use crate::client::Client;
use crate::keys::{Keys, PUBLIC_KEY_PREFIX};
use sayso_plugin_sdk::settings::{self, Given, Mode, Places, https_bare, id, needs, public_key};
use serde::Deserialize;
use serde_json::Value;

/// Where WeChat Pay is, and where it is while that cannot be reached; sending there again has no second effect. It has no sandbox:
/// what is sent there is real, also where nothing is said; in test mode a pretended WeChat Pay on this machine answers.
pub const PLACES: Places = Places {
    sandbox: None,
    live: &["https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com"],
    unsaid: Some(Mode::Live),
};

/// How a person pays who has no contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Scans a code with WeChat.
    #[default]
    Native,
    /// Opens a link in the browser of a phone that has WeChat.
    H5,
    /// Opens the merchant's own page inside WeChat.
    Jsapi,
}

/// The configuration; `README.md` shows one whole.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The merchant's number.
    pub mchid: String,
    /// The app (official account, mini program) that the merchant's number is bound to.
    pub appid: String,
    /// The serial number of the merchant's own certificate, which names the private key.
    pub merchant_serial: String,
    /// Where notifications go.
    pub notify_url: String,
    public_key_id: String,
    public_key: String,
    /// How a person pays who has no contract.
    pub way: Way,
    /// The address on the internet of who pays; only for `h5`.
    pub payer_client_ip: String,
    /// Who pays, by the app's own name for them; only for `jsapi`.
    pub payer_openid: String,
    /// The merchant's page that opens the payment inside WeChat; only for `jsapi`.
    pub jsapi_page: String,
    plan_id: Option<Value>,
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead, and nothing of a secret.
    pub fn read(configuration: &str) -> Result<Client, String> {
        let wanted = "WeChat Pay needs `mchid`, `appid`, `merchant_serial` and `notify_url`";
        let Given { place, secrets, own: settings } = settings::read::<Settings>(configuration, wanted, &PLACES)?;
        id("mchid", &settings.mchid, 64, b"")?;
        id("appid", &settings.appid, 64, b"")?;
        id("merchant_serial", &settings.merchant_serial, 64, b"")?;
        https_bare("notify_url", &settings.notify_url, 255)?;
        if let Some(plan) = settings.plan_id.as_ref().filter(|_| settings.plan().is_none()) {
            return Err(format!(
                "`plan_id` is `{plan}`: write the number of the template of deductions, or leave it out"
            ));
        }
        match settings.way {
            Way::Native => {}
            Way::H5 => needs("way: h5", &[("payer_client_ip", &settings.payer_client_ip)])?,
            Way::Jsapi => {
                let page = ("jsapi_page", settings.jsapi_page.as_str());
                needs("way: jsapi", &[("payer_openid", &settings.payer_openid), page])?;
                https_bare(page.0, page.1, 255)?;
            }
        }
        let api_v3_key = secrets.key("api_v3_key")?;
        let own =
            secrets.private_key("merchant_private_key").map_err(|wrong| format!("{wrong} (apiclient_key.pem)"))?;
        // With a public key, WeChat Pay signs by its name; without, by its certificates.
        let named = match (settings.public_key_id.as_str(), settings.public_key.as_str()) {
            ("", "") => None,
            (id, key) if id.starts_with(PUBLIC_KEY_PREFIX) && !key.is_empty() => {
                let key = public_key("public_key", key).map_err(|wrong| format!("{wrong} (pub_key.pem)"))?;
                Some((id.to_owned(), key))
            }
            _ => {
                return Err(format!(
                    "`public_key_id` ({PUBLIC_KEY_PREFIX}...) and `public_key` (pub_key.pem) go together"
                ));
            }
        };
        let keys = Keys::new(named, api_v3_key);
        Ok(Client { place, settings, own, keys })
    }

    /// The template of deductions; without it nobody can be enrolled. Settings of sayso.yaml are texts; a number is taken too.
    #[must_use]
    pub fn plan(&self) -> Option<u64> {
        let plan = self.plan_id.as_ref()?;
        plan.as_u64().or_else(|| plan.as_str()?.parse().ok())
    }
}
