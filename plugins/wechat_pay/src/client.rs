//! One exchange with WeChat Pay: the request is signed, and an answer that is not signed is no answer.

use crate::keys::Keys;
use crate::settings::Settings;
use crate::wire;
use sayso_plugin_sdk::crypto::{Certificate, PrivateKey};
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Place;
use serde_json::Value;

/// The merchant's side of every exchange.
pub struct Client {
    /// Where WeChat Pay is.
    pub place: Place,
    /// What the configuration says.
    pub settings: Settings,
    /// What requests are signed with.
    pub own: PrivateKey,
    /// Whose signatures count.
    pub keys: Keys,
}

impl Client {
    /// Asks for what is at a path.
    pub async fn get(&self, host: &dyn Host, path: &str) -> Told<Value> {
        self.ask(host, "GET", path, "").await
    }

    /// Asks WeChat Pay to do something.
    pub async fn post(&self, host: &dyn Host, path: &str, body: &Value) -> Told<Value> {
        self.ask(host, "POST", path, &body.to_string()).await
    }

    /// What WeChat Pay says, signed by it: null where it has nothing to say, or a refusal in a word that is known.
    async fn ask(&self, host: &dyn Host, method: &str, path: &str, body: &str) -> Told<Value> {
        self.keys.ring.ready(host.now_ms(), self.certificates(host)).await?;
        let response = self.exchange(host, method, path, body).await?;
        let list = self.certificates(host);
        let believed = self.keys.check(&response.headers, &response.body, host.now_ms(), list).await;
        let wrong = |why| format!("WeChat Pay's answer (status {}) is not believed: {why}", response.status);
        believed.map_err(|why| Denied::unclear(wrong(why)))?;
        let HttpResponse { status, body, .. } = heard::answer(Ok(response))?;
        match status {
            200 => {
                let said: Option<Value> = serde_json::from_str(&body).ok().filter(Value::is_object);
                said.ok_or_else(|| Denied::unclear("WeChat Pay's answer is not understood"))
            }
            204 if body.is_empty() => Ok(Value::Null),
            status => Err(wire::denied(status, &body)),
        }
    }

    /// The platform's certificates; none if the answer is not believed, `None` if there is no answer.
    pub(crate) async fn certificates(&self, host: &dyn Host) -> Option<Vec<Certificate>> {
        let response = self.exchange(host, "GET", "/v3/certificates", "").await.ok()?;
        Some(self.keys.read_list(&response, host.now_ms()).unwrap_or_default())
    }

    /// Sends a request; the answer may be anybody's.
    async fn exchange(&self, host: &dyn Host, method: &str, path: &str, body: &str) -> Told<HttpResponse> {
        let authorization = self.authorization(host, method, path, body).await;
        let authorization = authorization.ok_or_else(|| Denied::not_sent("the request could not be signed"))?;
        let serial = self.keys.ring.newest(host.now_ms());
        let mut headers = vec![("accept", "application/json"), ("authorization", &authorization)];
        headers.extend((!body.is_empty()).then_some(("content-type", "application/json")));
        headers.extend(serial.as_deref().map(|serial| ("wechatpay-serial", serial)));
        let url = format!("{}{path}", self.place.base);
        let request = if method == "GET" { request::get(url, &headers) } else { request::post(url, &headers, body) };
        Ok(host.http(request).await.map_err(Silence::from)?)
    }

    async fn authorization(&self, host: &dyn Host, method: &str, path: &str, body: &str) -> Option<String> {
        let nonce = host.random_hex(16).await;
        let time = host.now_ms().div_euclid(1000);
        let message = format!("{method}\n{path}\n{time}\n{nonce}\n{body}\n");
        let signature = self.own.sign(message.as_bytes())?;
        let Settings { mchid, merchant_serial, .. } = &self.settings;
        Some(format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{mchid}\",nonce_str=\"{nonce}\",timestamp=\"{time}\",serial_no=\"{merchant_serial}\",signature=\"{signature}\""
        ))
    }
}
