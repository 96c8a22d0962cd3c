//! One exchange with Alipay's gateway: the request is signed, and an answer that Alipay did not sign is no answer.

use crate::settings::{Keys, Settings};
use crate::wire::ERRORS;
use jiff::{Timestamp, civil::DateTime, tz::Offset};
use sayso_plugin_sdk::form::{CONTENT_TYPE, Form};
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

/// How Alipay writes times, all of them Beijing's.
const TIME: &str = "%Y-%m-%d %H:%M:%S";
const BEIJING: Offset = Offset::constant(8);

/// The merchant's side of every exchange.
pub struct Gateway {
    /// What the configuration says.
    pub settings: Settings,
    /// Whose signatures count.
    pub keys: Keys,
}

/// What every answer says first.
#[derive(Deserialize)]
struct Said {
    code: String,
    sub_code: Option<String>,
    out_trade_no: Option<String>,
}

/// A time as Alipay writes it.
#[must_use]
pub fn time(now_ms: i64) -> String {
    BEIJING.to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or_default()).strftime(TIME).to_string()
}

/// A time of Alipay's as Unix milliseconds.
#[must_use]
pub fn read_time(text: &str) -> Option<i64> {
    let time = DateTime::strptime(TIME, text).ok()?;
    BEIJING.to_timestamp(time).ok().map(Timestamp::as_millisecond)
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
        let (timestamp, biz) = (time(now_ms), biz.to_string());
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
        format!("{}/gateway.do", self.settings.base())
    }

    /// The address of a page at Alipay's. Nothing is sent: whoever opens it does.
    #[must_use]
    pub fn page(&self, now_ms: i64, method: &str, biz: &Value) -> Option<String> {
        let more = [("notify_url", self.settings.notify_url.as_str()), ("return_url", &self.settings.return_url)];
        self.signed(now_ms, method, biz, &more).map(|fields| form(&fields).query_of(&self.url()))
    }

    /// Asks for something that the answer tells of as a `T`, signed by Alipay, and about `reference` if it is about a trade.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        method: &str,
        reference: &str,
        biz: &Value,
    ) -> Result<T, Denied> {
        // Questions have no news to tell, and no effect.
        let asks = method.ends_with("query");
        let notify = if asks { "" } else { self.settings.notify_url.as_str() };
        let fields = self.signed(host.now_ms(), method, biz, &[("notify_url", notify)]);
        let mut fields = fields.ok_or_else(|| Silence::NotTaken("the request could not be signed".into()))?;
        let biz = fields.remove("biz_content").unwrap_or_default();
        let kind = format!("{CONTENT_TYPE};charset=utf-8");
        let body = Form::new().field("biz_content", biz).body();
        let sent = request::post(form(&fields).query_of(&self.url()), &[("content-type", &kind)], body);
        let request = HttpRequest { idempotent: asks, ..sent };
        let response = heard::answer(host.http(request).await)?;
        self.read(host, method, reference, &response.body)
    }

    /// What a body says, if it is signed. What is read is the very text that was signed.
    fn read<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        method: &str,
        reference: &str,
        body: &str,
    ) -> Result<T, Denied> {
        let unclear = || Denied::unclear("Alipay's answer is not understood");
        let parts: BTreeMap<String, Box<RawValue>> = serde_json::from_str(body).map_err(|_| unclear())?;
        let part = parts.get(&format!("{}_response", method.replace('.', "_"))).or_else(|| parts.get("error_response"));
        let text = part.ok_or_else(unclear)?.get();
        let sign = parts.get("sign").and_then(|sign| serde_json::from_str::<String>(sign.get()).ok());
        let Said { code, sub_code, out_trade_no } = serde_json::from_str(text).map_err(|_| unclear())?;
        let why = sub_code.unwrap_or_default();
        let done = code == "10000" || code == "10003";
        if !done {
            host.log(&format!("Alipay answered {method} with {code} {why}"));
        }
        if !sign.is_some_and(|sign| self.keys.theirs.verifies(text.as_bytes(), &sign)) {
            return Err(Denied::unclear(format!(
                "Alipay's answer ({code} {why}) is not signed with `alipay_public_key`: compare it with Alipay's key on the app's page"
            )));
        }
        if out_trade_no.is_some_and(|about| about != reference) {
            return Err(Denied::unclear("Alipay answered with another payment"));
        }
        if done {
            return serde_json::from_str(text).map_err(|_| unclear());
        }
        match (ERRORS.meaning(&why), ERRORS.meaning(&code)) {
            (None, Some(meaning)) => Err(Denied::Refused { code: format!("{code} {why}"), meaning }),
            _ => Err(ERRORS.refused(&why)),
        }
    }
}
