//! The plugin's part of the configuration: which merchant, whose keys, and how people pay.

use crate::client::Client;
use crate::keys::Keys;
use sayso_plugin_sdk::address;
use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey};
use sayso_plugin_sdk::settings::{self, Mode, base_url, https, secret};
use sayso_plugin_sdk::text::is_id;
use serde::Deserialize;
use serde_json::Value;

/// What all names of public keys begin with; other serial numbers are those of platform certificates.
pub const PUBLIC_KEY_PREFIX: &str = "PUB_KEY_ID_";

/// Where WeChat Pay is.
pub const LIVE: &str = "https://api.mch.weixin.qq.com";
/// Where it is while that cannot be reached; sending there again has no second effect.
const BACKUP: &str = "https://api2.mch.weixin.qq.com";

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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether real money moves; in test mode a pretended WeChat Pay on this machine answers.
    #[serde(default = "live")]
    pub mode: Mode,
    base_url: Option<String>,
    /// The merchant's number.
    pub mchid: String,
    /// The app (official account, mini program) that the merchant's number is bound to.
    pub appid: String,
    /// The serial number of the merchant's own certificate, which names the private key.
    pub merchant_serial: String,
    /// Where notifications go.
    pub notify_url: String,
    public_key_id: Option<String>,
    public_key: Option<String>,
    /// How a person pays who has no contract.
    #[serde(default)]
    pub way: Way,
    /// The address on the internet of who pays; only for `h5`.
    #[serde(default)]
    pub payer_client_ip: String,
    /// Who pays, by the app's own name for them; only for `jsapi`.
    #[serde(default)]
    pub payer_openid: String,
    /// The merchant's page that opens the payment inside WeChat; only for `jsapi`.
    #[serde(default)]
    pub jsapi_page: String,
    plan_id: Option<Value>,
    /// Read field by field, so that no error repeats what stands there.
    #[serde(default)]
    secrets: Value,
}

/// WeChat Pay has no sandbox, so where nothing is said real money moves.
fn live() -> Mode {
    Mode::Live
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead, and nothing of a secret.
    pub fn read(configuration: &str) -> Result<Client, String> {
        let needs = "WeChat Pay needs `mchid`, `appid`, `merchant_serial` and `notify_url`";
        let mut read: Settings = settings::read(configuration, needs)?;
        for (name, value) in
            [("mchid", &read.mchid), ("appid", &read.appid), ("merchant_serial", &read.merchant_serial)]
        {
            if !is_id(value, 64, b"") {
                return Err(format!(
                    "`{name}` is `{value}`: write it as the merchant platform shows it, letters and digits only"
                ));
            }
        }
        read.base_url = Some(place(read.mode, read.base_url)?);
        https("notify_url", &read.notify_url, 255)?;
        if read.notify_url.contains('?') {
            return Err("`notify_url` must have no `?`".into());
        }
        if let Some(plan) = read.plan_id.as_ref().filter(|_| read.plan().is_none()) {
            return Err(format!(
                "`plan_id` is `{plan}`: write the number of the template of deductions, digits only, or leave it out"
            ));
        }
        read.check_way()?;
        let api_v3_key = <[u8; 32]>::try_from(secret(&read.secrets, "api_v3_key")?.as_bytes()).map_err(
            |_| "the secret `api_v3_key` has to be exactly the 32 characters that were set in the merchant platform",
        )?;
        let own = PrivateKey::read(secret(&read.secrets, "merchant_private_key")?).map_err(|wrong| {
            format!("the secret `merchant_private_key` (apiclient_key.pem) cannot be used: {wrong}")
        })?;
        let keys = Keys::new(read.public_key()?, api_v3_key);
        Ok(Client { settings: read, own, keys })
    }

    /// Each way of paying needs to know something else.
    fn check_way(&self) -> Result<(), String> {
        let (way, needed) = match self.way {
            Way::Native => ("native", vec![]),
            Way::H5 => ("h5", vec![("payer_client_ip", &self.payer_client_ip)]),
            Way::Jsapi => ("jsapi", vec![("payer_openid", &self.payer_openid), ("jsapi_page", &self.jsapi_page)]),
        };
        if let Some((name, _)) = needed.iter().find(|(_, value)| value.is_empty()) {
            return Err(format!("`way: {way}` needs `{name}` too"));
        }
        let page = &self.jsapi_page;
        if !page.is_empty() && (!page.starts_with("https://") || page.contains(['?', '#'])) {
            return Err("`jsapi_page` has to begin with https:// and to have no `?`".into());
        }
        Ok(())
    }

    /// Name and key with which WeChat Pay signs, in the mode with a public key.
    fn public_key(&self) -> Result<Option<(String, PublicKey)>, String> {
        match (&self.public_key_id, &self.public_key) {
            (None, None) => Ok(None),
            (Some(id), Some(key)) if id.starts_with(PUBLIC_KEY_PREFIX) => {
                let key = PublicKey::read(key);
                let key = key.map_err(|wrong| format!("`public_key` (pub_key.pem) cannot be used: {wrong}"))?;
                Ok(Some((id.clone(), key)))
            }
            _ => Err(format!(
                "`public_key_id` (begins with {PUBLIC_KEY_PREFIX}) and `public_key` (pub_key.pem) go together: write both or neither"
            )),
        }
    }

    /// The template of deductions; without it nobody can be enrolled. Settings of sayso.yaml are texts; a number is taken too.
    #[must_use]
    pub fn plan(&self) -> Option<u64> {
        let plan = self.plan_id.as_ref()?;
        plan.as_u64().or_else(|| plan.as_str()?.parse().ok())
    }

    /// The address of the API, without a path.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base_url.as_deref().unwrap_or(LIVE)
    }

    /// The host there, with its port where one is written, as the gate for HTTP compares it.
    #[must_use]
    pub fn host(&self) -> &str {
        address::host(self.base()).unwrap_or_default()
    }
}

/// Where the API is: WeChat Pay's own places, or in test mode a pretended WeChat Pay on this machine.
fn place(mode: Mode, written: Option<String>) -> Result<String, String> {
    match written.as_deref().map(|url| url.trim_end_matches('/')) {
        Some(url) if mode == Mode::Live && [LIVE, BACKUP].contains(&url) => Ok(url.to_owned()),
        None if mode == Mode::Sandbox => Err("WeChat Pay has no sandbox: with `mode: test` write `base_url` too, a \
             pretended WeChat Pay on this machine such as \"http://127.0.0.1:8080\""
            .into()),
        _ => base_url(mode, written, LIVE, LIVE),
    }
}
