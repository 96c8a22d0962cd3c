//! The plugin's part of the configuration: which merchant, whose keys, and how people pay.

use sayso_plugin_sdk::address;
use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey};
use sayso_plugin_sdk::settings::{Mode, base_url, https, secret};
use sayso_plugin_sdk::text::is_id;
use serde::Deserialize;

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

/// The configuration as it is written; `README.md` shows one whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "live")]
    mode: Mode,
    base_url: Option<String>,
    mchid: String,
    appid: String,
    merchant_serial: String,
    notify_url: String,
    #[serde(default)]
    public_key_id: Option<String>,
    #[serde(default)]
    public_key: Option<String>,
    #[serde(default)]
    way: Way,
    #[serde(default)]
    payer_client_ip: Option<String>,
    #[serde(default)]
    payer_openid: Option<String>,
    #[serde(default)]
    jsapi_page: Option<String>,
    #[serde(default)]
    plan_id: Option<PlanId>,
    /// Read field by field, so that no error repeats what stands there.
    #[serde(default)]
    secrets: serde_json::Value,
}

/// Settings of sayso.yaml are texts; a number is taken too.
#[derive(Deserialize)]
#[serde(untagged)]
enum PlanId {
    Number(u64),
    Text(String),
}

/// WeChat Pay has no sandbox, so where nothing is said real money moves.
fn live() -> Mode {
    Mode::Live
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

/// What the plugin works with.
pub struct Settings {
    /// The address of the API, without a path.
    pub base_url: String,
    /// Whether real money moves; in test mode a pretended WeChat Pay on this machine answers.
    pub mode: Mode,
    /// The merchant's number.
    pub mchid: String,
    /// The app (official account, mini program) that the merchant's number is bound to.
    pub appid: String,
    /// The serial number of the merchant's own certificate, which names the private key.
    pub merchant_serial: String,
    /// Where notifications go.
    pub notify_url: String,
    /// Name and key with which WeChat Pay signs, in the mode with a public key.
    pub public_key: Option<(String, PublicKey)>,
    /// How a person pays who has no contract.
    pub way: Way,
    /// The address on the internet of who pays; only for `h5`.
    pub payer_client_ip: String,
    /// Who pays, by the app's own name for them; only for `jsapi`.
    pub payer_openid: String,
    /// The merchant's page that opens the payment inside WeChat; only for `jsapi`.
    pub jsapi_page: String,
    /// The template of deductions; without it nobody can be enrolled.
    pub plan_id: Option<u64>,
    /// What requests are signed with.
    pub private_key: PrivateKey,
    /// What certificates and notifications are sealed with.
    pub api_v3_key: [u8; 32],
}

impl Settings {
    /// Reads and checks a configuration; the error says what to write instead, and nothing of a secret.
    pub fn read(configuration: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(configuration).map_err(|wrong| {
            format!("WeChat Pay needs `mchid`, `appid`, `merchant_serial` and `notify_url`: {wrong}")
        })?;
        for (name, value) in
            [("mchid", &written.mchid), ("appid", &written.appid), ("merchant_serial", &written.merchant_serial)]
        {
            if !is_id(value, 64, b"") {
                return Err(format!(
                    "`{name}` is `{value}`: write it as the merchant platform shows it, letters and digits only"
                ));
            }
        }
        https("notify_url", &written.notify_url, 255)?;
        if written.notify_url.contains('?') {
            return Err("`notify_url` must have no `?`".into());
        }
        let api_v3_key = <[u8; 32]>::try_from(secret(&written.secrets, "api_v3_key")?.as_bytes()).map_err(
            |_| "the secret `api_v3_key` has to be exactly the 32 characters that were set in the merchant platform",
        )?;
        let private_key = PrivateKey::read(secret(&written.secrets, "merchant_private_key")?).map_err(|wrong| {
            format!("the secret `merchant_private_key` (apiclient_key.pem) cannot be used: {wrong}")
        })?;
        Ok(Settings {
            mode: written.mode,
            base_url: place(written.mode, written.base_url)?,
            public_key: public_key(written.public_key_id, written.public_key.as_deref())?,
            payer_client_ip: needed(written.way == Way::H5, "h5", "payer_client_ip", written.payer_client_ip)?,
            payer_openid: needed(written.way == Way::Jsapi, "jsapi", "payer_openid", written.payer_openid)?,
            jsapi_page: needed(written.way == Way::Jsapi, "jsapi", "jsapi_page", written.jsapi_page)?,
            mchid: written.mchid,
            appid: written.appid,
            merchant_serial: written.merchant_serial,
            notify_url: written.notify_url,
            way: written.way,
            plan_id: written.plan_id.map(plan_id).transpose()?,
            private_key,
            api_v3_key,
        })
    }

    /// The host in `base_url`, with its port where one is written, as the gate for HTTP compares it.
    #[must_use]
    pub fn host(&self) -> &str {
        address::host(&self.base_url).unwrap_or_default()
    }
}

fn public_key(id: Option<String>, key: Option<&str>) -> Result<Option<(String, PublicKey)>, String> {
    match (id, key) {
        (None, None) => Ok(None),
        (Some(id), Some(key)) if id.starts_with(PUBLIC_KEY_PREFIX) => {
            let key =
                PublicKey::read(key).map_err(|wrong| format!("`public_key` (pub_key.pem) cannot be used: {wrong}"))?;
            Ok(Some((id, key)))
        }
        _ => Err(format!(
            "`public_key_id` (begins with {PUBLIC_KEY_PREFIX}) and `public_key` (pub_key.pem) go together: write both or neither"
        )),
    }
}

fn plan_id(written: PlanId) -> Result<u64, String> {
    match written {
        PlanId::Number(number) => Ok(number),
        PlanId::Text(text) => text.parse().map_err(|_| {
            format!(
                "`plan_id` is `{text}`: write the number of the template of deductions, digits only, or leave it out"
            )
        }),
    }
}

fn needed(wanted: bool, way: &str, name: &str, value: Option<String>) -> Result<String, String> {
    match value {
        None if wanted => Err(format!("`way: {way}` needs `{name}` too")),
        Some(text) if name == "jsapi_page" && (!text.starts_with("https://") || text.contains(['?', '#'])) => {
            Err("`jsapi_page` has to begin with https:// and to have no `?`".into())
        }
        value => Ok(value.unwrap_or_default()),
    }
}
