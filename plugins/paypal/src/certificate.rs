//! The proof that a notification is PayPal's, by PayPal's own certificate: fetched from PayPal's own host and from no other,
//! whatever the notification says.

use crate::api::Api;
use crate::settings::certificate_host;
use sayso_plugin_sdk::crypto::Certificate;
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

/// The only kind of signature that PayPal writes.
const ALGORITHM: &str = "SHA256withRSA";
/// Where PayPal's certificates lie on their host.
const PLACE: &str = "/v1/notifications/certs/";

/// Checks the signature over the transmission's id and time, the webhook's id and the body's checksum.
pub(crate) async fn check(api: &Api, host: &dyn Host, signed: &Value, body: &str) -> Result<(), String> {
    if signed.word("auth_algo") != ALGORITHM {
        return Err(format!("its signature is not {ALGORITHM}"));
    }
    let url = address(api, signed.word("cert_url")).ok_or("its certificate is not on PayPal's own host")?;
    let certificate = fetch(host, url).await?;
    if !certificate.counts_at(host.now_ms()) {
        return Err("its certificate does not count at this time".into());
    }
    let [id, time, webhook] = ["transmission_id", "transmission_time", "webhook_id"].map(|name| signed.word(name));
    let message = format!("{id}|{time}|{webhook}|{}", crc32fast::hash(body.as_bytes()));
    let fits = certificate.key.verifies(message.as_bytes(), signed.word("transmission_sig"));
    if fits { Ok(()) } else { Err("its signature does not fit".into()) }
}

/// The address, if it is one of PayPal's certificates.
fn address<'a>(api: &Api, url: &'a str) -> Option<&'a str> {
    let scheme = if api.place.base.starts_with("http://") { "http://" } else { "https://" };
    let rest = url.strip_prefix(scheme)?.strip_prefix(certificate_host(&api.place))?.strip_prefix(PLACE)?;
    let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (plain && !rest.is_empty() && rest.len() <= 100).then_some(url)
}

async fn fetch(host: &dyn Host, url: &str) -> Result<Certificate, String> {
    match host.http(request::get(url, &[])).await {
        Ok(response) if response.status == 200 => Certificate::read(&response.body),
        Ok(response) => Err(format!("its certificate could not be fetched: status {}", response.status)),
        Err(failure) => Err(format!("its certificate could not be fetched: {failure}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn certificates_come_from_paypals_own_host_alone() {
        let (place, settings) = Settings::read(r#"{"mode":"live","verify_webhooks":"certificate"}"#).unwrap();
        let live = Api::new(place, settings);
        let good = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5a29e601";
        assert_eq!(address(&live, good), Some(good));
        for bad in [
            "http://api.paypal.com/v1/notifications/certs/CERT-1",
            "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
            "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
            "https://evil.example/v1/notifications/certs/CERT-1",
            "https://api.paypal.com/v1/notifications/certs/../../../other",
            "https://api.paypal.com/v1/notifications/certs/CERT-1?to=evil",
            "https://api.paypal.com/v1/notifications/certs/",
            "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        ] {
            assert_eq!(address(&live, bad), None, "{bad}");
        }
    }
}
