//! Signatures, certificates and sealed texts against vectors that others published, and against `openssl` where it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sayso_plugin_sdk::crypto::{
    Certificate, PrivateKey, PublicKey, from_base64, open_aes_256_gcm, seal_aes_256_gcm, to_base64,
};
use serde_json::Value;
use std::process::Command;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/wechat_pay.json")).unwrap()
}

fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("{place}"))
}

fn key_of(text: &str) -> [u8; 32] {
    text.as_bytes().try_into().unwrap()
}

#[test]
fn signs_as_the_published_vector_does_and_verifies_it() {
    let all = vectors();
    let key = PrivateKey::read(text(&all, "/go/signer/private_key")).unwrap();
    let message = text(&all, "/go/signer/message").as_bytes();
    let wanted = text(&all, "/go/signer/signature_b64");
    assert_eq!(key.sign(message).as_deref(), Some(wanted));
    assert!(key.public().verifies(message, wanted));
    assert!(!key.public().verifies(b"Source", wanted));
    for wrong in ["", "AAAA", "not base64 at all", &wanted[4..]] {
        assert!(!key.public().verifies(message, wrong), "{wrong}");
    }
}

#[test]
fn verifies_a_notification_with_the_key_of_a_certificate() {
    let all = vectors();
    let certificate = Certificate::read(text(&all, "/go/notify/platform_cert")).unwrap();
    assert!(certificate.is_called(text(&all, "/go/notify/headers/Wechatpay-Serial")));
    assert!(certificate.counts_at(all["go"]["notify"]["now"].as_i64().unwrap() * 1000));
    assert!(!certificate.counts_at(certificate.from_ms - 1) && !certificate.counts_at(certificate.until_ms + 1));
    let header = |name: &str| text(&all, &format!("/go/notify/headers/{name}")).to_owned();
    let body = text(&all, "/go/notify/body");
    let message = format!("{}\n{}\n{body}\n", header("Wechatpay-Timestamp"), header("Wechatpay-Nonce"));
    assert!(certificate.key.verifies(message.as_bytes(), &header("Wechatpay-Signature")));
    assert!(!certificate.key.verifies(format!("{message} ").as_bytes(), &header("Wechatpay-Signature")));
}

#[test]
fn a_certificate_and_its_public_key_are_one() {
    let all = vectors();
    let certificate = Certificate::read(text(&all, "/java/platform_cert")).unwrap();
    assert_eq!(certificate.serial, text(&all, "/java/platform_serial"));
    assert_eq!(certificate.key, PublicKey::read(text(&all, "/java/platform_public_key")).unwrap());
    let private = PrivateKey::read(text(&all, "/java/platform_private_key")).unwrap();
    let signature = private.sign(b"message").unwrap();
    assert!(certificate.key.verifies(b"message", &signature));
    assert_eq!(private.public(), certificate.key);
}

#[test]
fn opens_what_was_sealed_and_nothing_else() {
    let all = vectors();
    let key = key_of(text(&all, "/java/apiv3_key"));
    let nonce = text(&all, "/java/aead/nonce").as_bytes();
    let (aad, plain) = (text(&all, "/java/aead/aad").as_bytes(), text(&all, "/java/aead/plaintext").as_bytes());
    let sealed = from_base64(text(&all, "/java/aead/ciphertext_b64")).unwrap();
    assert_eq!(open_aes_256_gcm(&key, nonce, aad, &sealed).as_deref(), Some(plain));
    assert_eq!(seal_aes_256_gcm(&key, nonce, aad, plain), Some(sealed.clone()));
    let mut other_key = key;
    other_key[0] ^= 1;
    assert_eq!(open_aes_256_gcm(&other_key, nonce, aad, &sealed), None);
    assert_eq!(open_aes_256_gcm(&key, nonce, b"", &sealed), None);
    assert_eq!(open_aes_256_gcm(&key, &nonce[..11], aad, &sealed), None);
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(open_aes_256_gcm(&key, nonce, aad, &changed), None);
    }
    assert_eq!(open_aes_256_gcm(&key, nonce, aad, b"short"), None);
}

#[test]
fn says_what_to_write_and_nothing_of_the_key() {
    let all = vectors();
    let pem = text(&all, "/java/merchant_private_key");
    assert_eq!(format!("{:?}", PrivateKey::read(pem).unwrap()), "PrivateKey(…)");
    let bare: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
    let spoilt = pem.replace("MII", "MIX");
    assert!(PrivateKey::read(&bare).is_ok());
    for wrong in ["", "secret-word", spoilt.as_str(), text(&all, "/java/merchant_cert")] {
        let problem = PrivateKey::read(wrong).unwrap_err();
        assert!(problem.contains("BEGIN PRIVATE KEY") && !problem.contains("secret-word"), "{problem}");
    }
    assert!(PublicKey::read(pem).unwrap_err().contains("BEGIN PUBLIC KEY"));
    assert!(Certificate::read(pem).unwrap_err().contains("BEGIN CERTIFICATE"));
}

/// Another implementation: what one signs, the other verifies. Where there is no `openssl`, the vectors above have to do.
#[test]
fn agrees_with_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).output();
    let made = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", &file("key")]);
    if !made.is_ok_and(|made| made.status.success()) {
        println!("there is no `openssl` here: not compared");
        return;
    }
    std::fs::write(file("message"), "GET\n/v3/certificates\n1\nn\n\n").unwrap();
    let key = PrivateKey::read(&std::fs::read_to_string(file("key")).unwrap()).unwrap();
    let message = std::fs::read(file("message")).unwrap();
    openssl(&["dgst", "-sha256", "-sign", &file("key"), "-out", &file("theirs"), &file("message")]).unwrap();
    let theirs = to_base64(&std::fs::read(file("theirs")).unwrap());
    assert_eq!(key.sign(&message).unwrap(), theirs);
    openssl(&["pkey", "-in", &file("key"), "-pubout", "-out", &file("public")]).unwrap();
    let public = PublicKey::read(&std::fs::read_to_string(file("public")).unwrap()).unwrap();
    assert!(public.verifies(&message, &theirs));
    // The older form of the same key, which some consoles hand out.
    openssl(&["rsa", "-in", &file("key"), "-traditional", "-out", &file("older")]).unwrap();
    let older = PrivateKey::read(&std::fs::read_to_string(file("older")).unwrap()).unwrap();
    assert_eq!(older.sign(&message).unwrap(), theirs);
    // A key that is too short to count.
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", &file("short")]).unwrap();
    openssl(&["pkey", "-in", &file("short"), "-pubout", "-out", &file("short_public")]).unwrap();
    assert!(PublicKey::read(&std::fs::read_to_string(file("short_public")).unwrap()).is_err());
}
