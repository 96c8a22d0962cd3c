//! The vectors that WeChat Pay publishes with its own SDKs, against the parts of this plugin that they are for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sayso_plugin_sdk::crypto::Certificate;
use serde_json::Value;
use wechat_pay::keys::Keys;

#[test]
fn opens_the_certificate_list_of_the_official_java_sdk() {
    let all: Value = serde_json::from_str(include_str!("../../sdk/tests/vectors/wechat_pay.json")).unwrap();
    let java = &all["java"];
    let key = <[u8; 32]>::try_from(java["apiv3_key"].as_str().unwrap().as_bytes()).unwrap();
    let list: Value = serde_json::from_str(java["certificates"]["response_body"].as_str().unwrap()).unwrap();
    let listed = &list["data"][0];
    let sealed = &listed["encrypt_certificate"];
    let pem = Keys::new(None, key).open(sealed).unwrap();
    let certificate = Certificate::read(&pem).unwrap();
    assert!(certificate.is_called(listed["serial_no"].as_str().unwrap()));
    assert!(certificate.is_called(java["certificates"]["serial"].as_str().unwrap()));
    // From 2023-09-19 to 2028-09-17.
    assert!(certificate.counts_at(1_764_000_000_000) && !certificate.counts_at(1_852_848_000_000));
    let mut other = key;
    other[31] ^= 1;
    assert_eq!(Keys::new(None, other).open(sealed), None);
}
