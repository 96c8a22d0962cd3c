//! How a provider signs its answers, as a file of scenarios says it: so that what the kit falsifies is signed too, as a
//! provider that lies would sign it, and what is not signed stands out.

use super::stage::Reply;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_plugin_interface::HttpResponse;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How this provider signs its answers: RSA with SHA-256.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signs {
    /// The private key for tests, as PEM (`BEGIN PRIVATE KEY`). Never a real one: whoever has the file has it.
    pub private_key: String,
    /// What is signed, with `{{now_s}}` and `{{body}}` in it.
    pub over: String,
    /// The headers that an answer then has; `{{signature}}` and `{{now_s}}` are filled in.
    pub headers: BTreeMap<String, String>,
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

    /// The answer with the headers of its signature.
    pub(super) fn sign(&self, reply: Reply, now_ms: i64) -> Reply {
        reply.map(|response| self.signed_over(response.body.clone(), response, now_ms))
    }

    /// The answer as it is to be taken for no answer: each with what was done to it.
    pub(super) fn forged(&self, reply: &Reply, now_ms: i64) -> Vec<(&'static str, Reply)> {
        let Ok(response) = reply else { return Vec::new() };
        let genuine = |now_ms| self.signed_over(response.body.clone(), response.clone(), now_ms);
        let mut spoilt = genuine(now_ms);
        for (_, value) in &mut spoilt.headers {
            // The signature is the one long header; any other character in it makes it another.
            if value.len() > 200 {
                let first = if value.starts_with('A') { "B" } else { "A" };
                value.replace_range(..1, first);
            }
        }
        let other = self.signed_over(format!("{} ", response.body), response.clone(), now_ms);
        let mut cases = vec![
            ("it is not signed", Ok(response.clone())),
            ("its signature is another", Ok(spoilt)),
            ("its signature is that of another body", Ok(other)),
        ];
        if self.signs.over.contains("{{now_s}}") {
            cases.push(("it was signed a day ago", Ok(genuine(now_ms - 86_400_000))));
            cases.push(("it was signed tomorrow", Ok(genuine(now_ms + 86_400_000))));
        }
        cases
    }

    fn signed_over(&self, body: String, mut response: HttpResponse, now_ms: i64) -> HttpResponse {
        let seconds = now_ms.div_euclid(1000).to_string();
        let over = self.signs.over.replace("{{now_s}}", &seconds).replace("{{body}}", &body);
        let mut signature = vec![0; self.key.public_modulus_len()];
        // A key that was read can sign; without a signature the plugin would say so at once.
        let _ = self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), over.as_bytes(), &mut signature);
        let signature = STANDARD.encode(signature);
        for (name, value) in &self.signs.headers {
            let value = value.replace("{{now_s}}", &seconds).replace("{{signature}}", &signature);
            response.headers.push((name.to_ascii_lowercase(), value));
        }
        response
    }
}
