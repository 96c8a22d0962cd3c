//! One exchange with Alipay's gateway: the request is signed, and an answer that Alipay did not sign is no answer.

use crate::settings::{Keys, Settings};
use crate::wire::{ERRORS, Trade};
use sayso_plugin_sdk::form::{CONTENT_TYPE, Form};
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Place;
use sayso_plugin_sdk::times::beijing;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

/// The merchant's side of every exchange.
pub struct Gateway {
    /// Where Alipay is.
    pub place: Place,
    /// What the configuration says.
    pub settings: Settings,
    /// Whose signatures count.
    pub keys: Keys,
}

/// What is signed of a request or a notification: its fields by name, as they are before they are encoded.
#[must_use]
pub fn content(fields: &BTreeMap<String, String>) -> String {
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn form(fields: &BTreeMap<String, String>) -> Form {
    fields.iter().fold(Form::new(), |form, (name, value)| form.field(name, value))
}

impl Gateway {
    /// The fields of a request with their signature; `None` where this system cannot sign.
    fn signed(
        &self,
        now_ms: i64,
        method: &str,
        biz: &Value,
        more: &[(&str, &str)],
    ) -> Option<BTreeMap<String, String>> {
        let (timestamp, biz) = (beijing(now_ms), biz.to_string());
        let all = [
            ("app_id", self.settings.app_id.as_str()),
            ("method", method),
            ("format", "JSON"),
            ("charset", "utf-8"),
            ("sign_type", "RSA2"),
            ("timestamp", &timestamp),
            ("version", "1.0"),
            ("biz_content", &biz),
        ];
        let given = all.iter().chain(more).filter(|(_, value)| !value.is_empty());
        let mut fields: BTreeMap<_, _> = given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let signature = self.keys.own.sign(content(&fields).as_bytes())?;
        fields.insert("sign".to_owned(), signature);
        Some(fields)
    }

    fn url(&self) -> String {
        format!("{}/gateway.do", self.place.base)
    }

    /// The address of a page at Alipay's. Nothing is sent: whoever opens it does.
    #[must_use]
    pub fn page(&self, now_ms: i64, method: &str, biz: &Value) -> Option<String> {
        let more = [("notify_url", self.settings.notify_url.as_str()), ("return_url", &self.settings.return_url)];
        self.signed(now_ms, method, biz, &more).map(|fields| form(&fields).query_of(&self.url()))
    }

    /// Asks for something that the answer tells of as a trade, which has to be ours.
    pub async fn ask_trade(&self, host: &dyn Host, method: &str, reference: &str, biz: &Value) -> Told<Trade> {
        let told = self.ask(host, method, reference, biz).await?;
        // That it is no other one was looked at.
        let named = told.text("out_trade_no").is_some();
        if named { Ok(Trade(told)) } else { Err(Denied::unclear("Alipay's answer is not understood")) }
    }

    /// Asks for something; what the answer tells is signed by Alipay, and about `reference` if it is about a trade.
    pub async fn ask(&self, host: &dyn Host, method: &str, reference: &str, biz: &Value) -> Told<Value> {
        // Questions have no news to tell, and no effect.
        let asks = method.ends_with("query");
        let notify = if asks { "" } else { self.settings.notify_url.as_str() };
        let fields = self.signed(host.now_ms(), method, biz, &[("notify_url", notify)]);
        let mut fields = fields.ok_or_else(|| Denied::not_sent("the request could not be signed"))?;
        let biz = fields.remove("biz_content").unwrap_or_default();
        let kind = format!("{CONTENT_TYPE};charset=utf-8");
        let body = Form::new().field("biz_content", biz).body();
        let sent = request::post(form(&fields).query_of(&self.url()), &[("content-type", &kind)], body);
        let request = HttpRequest { idempotent: asks, ..sent };
        let response = heard::answer(host.http(request).await)?;
        let told = self.read(host, method, reference, &response.body);
        told.map_err(|denied| if asks { denied.asked() } else { denied })
    }

    /// What a body says, if it is signed. What is read is the very text that was signed.
    fn read(&self, host: &dyn Host, method: &str, reference: &str, body: &str) -> Told<Value> {
        let unclear = || Denied::unclear("Alipay's answer is not understood");
        let parts: BTreeMap<String, Box<RawValue>> = serde_json::from_str(body).map_err(|_| unclear())?;
        let part = parts.get(&format!("{}_response", method.replace('.', "_"))).or_else(|| parts.get("error_response"));
        let text = part.ok_or_else(unclear)?.get();
        let sign = parts.get("sign").and_then(|sign| serde_json::from_str::<String>(sign.get()).ok());
        let told: Value = serde_json::from_str(text).map_err(|_| unclear())?;
        let (code, why) = (told.text("code").ok_or_else(unclear)?, told.word("sub_code"));
        let done = code == "10000" || code == "10003";
        if !done {
            host.log(&format!("Alipay answered {method} with {code} {why}"));
        }
        if !sign.is_some_and(|sign| self.keys.theirs.verifies(text.as_bytes(), &sign)) {
            return Err(Denied::unclear(format!(
                "Alipay's answer ({code} {why}) is not signed with `alipay_public_key`: compare it with Alipay's key on the app's page"
            )));
        }
        if told.at("out_trade_no").is_some_and(|about| about != reference) {
            return Err(Denied::unclear("Alipay answered with another payment"));
        }
        match (done, ERRORS.meaning(why), ERRORS.meaning(code)) {
            (true, ..) => Ok(told),
            (_, None, Some(meaning)) => Err(Denied::Refused { code: format!("{code} {why}"), meaning }),
            _ => Err(ERRORS.refused(why)),
        }
    }
}
