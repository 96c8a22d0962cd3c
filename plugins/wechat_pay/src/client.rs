//! One exchange with WeChat Pay: the request is signed, and an answer that is not signed is no answer.

use crate::keys::Keys;
use crate::settings::Settings;
use crate::wire;
use sayso_plugin_sdk::crypto::PrivateKey;
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use serde::de::DeserializeOwned;

/// The merchant's side of every exchange.
pub struct Client {
    /// What the configuration says.
    pub settings: Settings,
    /// What requests are signed with.
    pub own: PrivateKey,
    /// Whose signatures count.
    pub keys: Keys,
}

impl Client {
    /// Sends a request to which the answer is a `T`, or a refusal in a word that is known.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<T, Denied> {
        let response = self.send(host, method, path, body).await?;
        if response.status == 200 {
            let read = serde_json::from_str(&response.body);
            return read.map_err(|_| Denied::unclear("WeChat Pay's answer is not understood"));
        }
        Err(wire::denied(response.status, &response.body))
    }

    /// Sends a request; the answer is signed by WeChat Pay, and is one of 2xx or 4xx.
    pub async fn send(&self, host: &dyn Host, method: &str, path: &str, body: &str) -> Result<HttpResponse, Silence> {
        if !self.keys.prepare(host.now_ms(), || self.certificates(host)).await {
            let reason = "there is no key to check WeChat Pay's answers with: configure `public_key`, or see why /v3/certificates is refused";
            return Err(Silence::NotTaken(reason.into()));
        }
        let response = self.exchange(host, method, path, body).await?;
        match self.keys.check(&response.headers, &response.body, host.now_ms(), || self.certificates(host)).await {
            Ok(()) => heard::answer(Ok(response)),
            Err(why) => {
                let status = response.status;
                Err(Silence::Unclear(format!("WeChat Pay's answer (status {status}) is not believed: {why}")))
            }
        }
    }

    /// The platform's certificates, in an answer that is still to be checked.
    pub(crate) async fn certificates(&self, host: &dyn Host) -> Option<HttpResponse> {
        self.exchange(host, "GET", "/v3/certificates", "").await.ok()
    }

    /// Sends a request; the answer may be anybody's.
    async fn exchange(&self, host: &dyn Host, method: &str, path: &str, body: &str) -> Result<HttpResponse, Silence> {
        let authorization = self.authorization(host, method, path, body).await;
        let authorization = authorization.ok_or_else(|| Silence::NotTaken("the request could not be signed".into()))?;
        let serial = self.keys.wanted(host.now_ms());
        let mut headers = vec![("accept", "application/json"), ("authorization", &authorization)];
        headers.extend((!body.is_empty()).then_some(("content-type", "application/json")));
        headers.extend(serial.as_deref().map(|serial| ("wechatpay-serial", serial)));
        let url = format!("{}{path}", self.settings.base());
        // Every request here names what it is about, so that a repetition has no second effect.
        let request = if method == "GET" { request::get(url, &headers) } else { request::post(url, &headers, body) };
        host.http(request).await.map_err(Silence::from)
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
