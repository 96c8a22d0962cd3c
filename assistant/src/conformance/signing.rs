//! How a provider signs its answers, as a file of scenarios says it: so that what the kit falsifies is signed too, as a
//! provider that lies would sign it, and what is not signed stands out.

use super::stage::Reply;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_plugin_interface::HttpResponse;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How this provider signs its answers: RSA with SHA-256.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signs {
    /// The private key for tests, as PEM (`BEGIN PRIVATE KEY`). Never a real one: whoever has the file has it.
    pub private_key: String,
    /// What is signed, with `{{now_s}}` and `{{body}}` in it.
    #[serde(default = "body")]
    pub over: String,
    /// The headers that an answer then has; `{{signature}}` and `{{now_s}}` are filled in.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Where the signature stands in the body itself.
    #[serde(default)]
    pub inside: Option<Inside>,
}

fn body() -> String {
    "{{body}}".to_owned()
}

/// A signature beside what it signs: `{"some_response": {...}, "sign": "..."}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    /// How the name of the field ends whose text is signed, e.g. `_response`; that text is `{{body}}` in `over`.
    pub of: String,
    /// The name of the field that holds the signature, in answers and in notifications, e.g. `sign`.
    pub name: String,
}

/// The provider's pen.
pub(super) struct Signer {
    key: RsaKeyPair,
    signs: Signs,
}

impl Signer {
    /// With the key of the file; an error says what is wrong with it.
    pub(super) fn new(signs: &Signs) -> Result<Signer, String> {
        let inside: String = signs.private_key.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(inside.trim()).ok();
        let key = der.and_then(|der| RsaKeyPair::from_pkcs8(&der).ok());
        let wrong = "`signs.private_key` is no RSA key as PEM, from `-----BEGIN PRIVATE KEY-----` to its end";
        Ok(Signer { key: key.ok_or(wrong)?, signs: signs.clone() })
    }

    /// The name of the field that holds the signature of a notification, where it stands in the body.
    pub(super) fn field(&self) -> Option<&str> {
        self.signs.inside.as_ref().map(|inside| inside.name.as_str())
    }

    /// The answer with its signature.
    pub(super) fn sign(&self, reply: Reply, now_ms: i64) -> Reply {
        reply.map(|response| self.signed_over("", response, now_ms))
    }

    /// The answer as it is to be taken for no answer: each with what was done to it.
    pub(super) fn forged(&self, reply: &Reply, now_ms: i64) -> Vec<(&'static str, Reply)> {
        let Ok(response) = reply else { return Vec::new() };
        let genuine = |now_ms| self.signed_over("", response.clone(), now_ms);
        let mut cases = vec![
            ("it is not signed", Ok(response.clone())),
            ("its signature is another", Ok(self.spoilt(genuine(now_ms)))),
            ("its signature is that of another body", Ok(self.signed_over(" ", response.clone(), now_ms))),
        ];
        if self.signs.over.contains("{{now_s}}") {
            cases.push(("it was signed a day ago", Ok(genuine(now_ms - 86_400_000))));
            cases.push(("it was signed tomorrow", Ok(genuine(now_ms + 86_400_000))));
        }
        cases
    }

    /// The answer with another first character of its signature.
    fn spoilt(&self, mut response: HttpResponse) -> HttpResponse {
        let spoil = |value: &mut String| {
            let first = if value.starts_with('A') { "B" } else { "A" };
            value.replace_range(..1, first);
        };
        // The signature is the one long header.
        response.headers.iter_mut().filter(|(_, value)| value.len() > 200).for_each(|(_, value)| spoil(value));
        if let (Some(name), Ok(Value::Object(mut fields))) = (self.field(), serde_json::from_str(&response.body)) {
            if let Some(Value::String(signature)) = fields.get_mut(name) {
                spoil(signature);
            }
            response.body = Value::Object(fields).to_string();
        }
        response
    }

    /// What of this body is signed: all of it, or the text of one of its fields.
    fn signed_text(&self, body: &str) -> Option<String> {
        let Some(inside) = &self.signs.inside else { return Some(body.to_owned()) };
        let Ok(Value::Object(fields)) = serde_json::from_str(body) else { return None };
        fields.iter().find(|(name, _)| name.ends_with(&inside.of)).map(|(_, value)| value.to_string())
    }

    /// The answer with a signature over what is signed of it and `more`.
    fn signed_over(&self, more: &str, mut response: HttpResponse, now_ms: i64) -> HttpResponse {
        let seconds = now_ms.div_euclid(1000).to_string();
        // An answer without the field that is signed has no signature either.
        let Some(text) = self.signed_text(&response.body) else { return response };
        let over = self.signs.over.replace("{{now_s}}", &seconds).replace("{{body}}", &format!("{text}{more}"));
        let mut signature = vec![0; self.key.public_modulus_len()];
        // A key that was read can sign; without a signature the plugin would say so at once.
        let _ = self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), over.as_bytes(), &mut signature);
        let signature = STANDARD.encode(signature);
        for (name, value) in &self.signs.headers {
            let value = value.replace("{{now_s}}", &seconds).replace("{{signature}}", &signature);
            response.headers.push((name.to_ascii_lowercase(), value));
        }
        if let (Some(name), Ok(Value::Object(mut fields))) = (self.field(), serde_json::from_str(&response.body)) {
            fields.insert(name.to_owned(), Value::String(signature));
            response.body = Value::Object(fields).to_string();
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wechat_pay/tests/keys/public_mode.pem");
        std::fs::read_to_string(folder).unwrap()
    }

    fn signer(rest: &str) -> Signer {
        let mut signs: Signs = serde_yaml::from_str(&format!("private_key: ''\n{rest}")).unwrap();
        signs.private_key = key();
        Signer::new(&signs).unwrap()
    }

    fn answer(body: &str) -> HttpResponse {
        HttpResponse { status: 200, headers: Vec::new(), body: body.to_owned() }
    }

    #[test]
    fn a_signature_stands_in_the_headers_or_beside_what_it_signs() {
        let outside = signer("over: '{{now_s}} {{body}}'\nheaders: { X-Sign: '{{signature}}' }");
        let signed = outside.sign(Ok(answer("{}")), 0).unwrap();
        assert!(signed.headers[0].0 == "x-sign" && signed.headers[0].1.len() > 300 && signed.body == "{}");
        assert_eq!(outside.forged(&Ok(answer("{}")), 0).len(), 5);
        let inside = signer("inside: { of: _response, name: sign }");
        let body = r#"{"pay_response":{"code":"1"}}"#;
        let signed: Value = serde_json::from_str(&inside.sign(Ok(answer(body)), 0).unwrap().body).unwrap();
        assert!(signed["sign"].as_str().unwrap().len() > 300 && signed["pay_response"]["code"] == "1");
        let forged = inside.forged(&Ok(answer(body)), 0);
        let bodies: std::collections::BTreeSet<_> =
            forged.iter().map(|(_, reply)| &reply.as_ref().unwrap().body).collect();
        assert_eq!((forged.len(), bodies.len()), (3, 3), "no time is signed");
        assert!(!bodies.contains(&inside.sign(Ok(answer(body)), 0).unwrap().body));
        assert_eq!(inside.sign(Ok(answer("{}")), 0).unwrap().body, "{}", "there is nothing to sign");
    }
}
