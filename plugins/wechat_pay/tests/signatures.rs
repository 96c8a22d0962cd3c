//! Whose word counts: requests are signed, and answers are believed only if they are, by a key that is WeChat Pay's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod merchant;

use merchant::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call, FromPlugin, ToPlugin};
use sayso_plugin_sdk::interface::outcome::WebhookVerdict;
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::testing::{NOW_MS, Scripted, lost, rehearse_with};
use sayso_plugin_sdk::{Engine, HttpRequest, HttpResponse, Outcome, QueryAnswer};
use serde_json::json;
use std::process::Command;

/// A WeChat Pay that lists `listed` and answers everything else as `pen` with a payment that succeeded.
fn town(listed: String, list_pen: Pen, pen: Pen) -> impl FnMut(&HttpRequest) -> Scripted {
    move |request| match request.url.ends_with("/v3/certificates") {
        true => list_pen.says(200, &listed),
        false => pen.says(200, &order("SUCCESS").to_string()),
    }
}

fn found(answer: &Answer) -> bool {
    matches!(answer, Answer::Query(QueryAnswer::Found { outcome: Outcome::Succeeded { .. } }))
}

fn unreachable(answer: &Answer) -> bool {
    matches!(answer, Answer::Query(QueryAnswer::Unreachable { .. }))
}

#[test]
fn every_request_is_signed_and_names_the_key_of_its_answer() {
    let shown = play(&settings(), Call::Pay(pay_request()), &[(200, json!({ "code_url": "weixin://x" }))]);
    let request = &shown.requests[0];
    assert!(is_signed(request), "{request:?}");
    assert_eq!(authorized(request, "mchid"), MCHID);
    assert_eq!(authorized(request, "serial_no"), "5F1C72E2A8931B72A2E13AF8DEE92471EB397115");
    assert!(request.headers.contains(&("wechatpay-serial".into(), PUBLIC_KEY_ID.into())));
    let shown = play(&settings(), Call::Query(query_request()), &[(200, order("SUCCESS"))]);
    assert!(is_signed(&shown.requests[0]));
    let altered = HttpRequest { body: "{}".into(), ..shown.requests[0].clone() };
    assert!(!is_signed(&altered));
}

/// Another implementation takes our signature; where there is no `openssl`, the published vectors in the kit have to do.
#[test]
fn openssl_takes_our_signature() {
    let shown = play(&settings(), Call::Query(query_request()), &[(200, order("SUCCESS"))]);
    let request = &shown.requests[0];
    let (time, nonce) = (authorized(request, "timestamp"), authorized(request, "nonce_str"));
    let path = request.url.strip_prefix("https://api.mch.weixin.qq.com").unwrap();
    let folder = std::env::temp_dir().join(format!("sayso_wechat_pay_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).display().to_string();
    std::fs::write(file("message"), format!("GET\n{path}\n{time}\n{nonce}\n\n")).unwrap();
    let signature = sayso_plugin_sdk::crypto::from_base64(authorized(request, "signature")).unwrap();
    std::fs::write(file("signature"), signature).unwrap();
    let key = format!("{}/tests/keys/merchant.pub.pem", env!("CARGO_MANIFEST_DIR"));
    let arguments = ["dgst", "-sha256", "-verify", &key, "-signature", &file("signature"), &file("message")];
    match Command::new("openssl").args(arguments).output() {
        Ok(done) => assert!(done.status.success(), "{done:?}"),
        Err(_) => println!("there is no `openssl` here: not compared"),
    }
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn answers_by_public_key_and_by_certificate_are_taken_side_by_side() {
    let listed = certificates(&[(SERIAL_A, "platform_a.crt"), (SERIAL_B, "platform_b.crt")], API_V3_KEY);
    for pen in [PUBLIC, A, B] {
        let shown = rehearse_with(plugin(&settings()), Call::Query(query_request()), town(listed.clone(), A, pen));
        assert!(found(answer(&shown)), "{}: {shown:?}", pen.serial);
        assert!(shown.requests.iter().all(is_signed));
    }
    // With certificates alone they are asked for first, so that no payment is sent whose answer could not be checked.
    let shown = rehearse_with(plugin(&certificate_settings()), Call::Query(query_request()), town(listed, B, A));
    assert!(found(answer(&shown)), "{shown:?}");
    let paths: Vec<_> = shown.requests.iter().map(|request| request.url.rsplit('/').next().unwrap()).collect();
    assert_eq!(paths, ["certificates", "saysoref00000001?mchid=1900000109"]);
    let serial = shown.requests[1].headers.iter().find(|(name, _)| name == "wechatpay-serial").unwrap();
    assert!([SERIAL_A, SERIAL_B].contains(&serial.1.as_str()), "{serial:?}");
}

#[test]
fn a_certificate_that_cannot_be_trusted_is_none() {
    let genuine = certificates(&[(SERIAL_A, "platform_a.crt")], API_V3_KEY);
    let cases = [
        ("sealed with another key", certificates(&[(SERIAL_A, "platform_a.crt")], &[7; 32]), A, A),
        (
            "its validity is over",
            certificates(&[(SERIAL_EXPIRED, "platform_b_expired.crt")], API_V3_KEY),
            B,
            Pen { serial: SERIAL_EXPIRED, ..B },
        ),
        (
            "it is not the one that it is said to be",
            certificates(&[(SERIAL_A, "platform_b.crt")], API_V3_KEY),
            B,
            Pen { serial: SERIAL_A, ..B },
        ),
        ("the list is signed by somebody else", genuine.clone(), Pen { key: "platform_b.pem", ..A }, A),
        ("the list was signed yesterday", genuine.clone(), Pen { seconds: A.seconds - 86_400, ..A }, A),
        ("the answer is signed with another key", genuine.clone(), A, Pen { key: "platform_b.pem", ..A }),
        ("the answer names a certificate that is not listed", genuine, A, B),
    ];
    for (case, listed, list_pen, pen) in cases {
        let shown =
            rehearse_with(plugin(&certificate_settings()), Call::Query(query_request()), town(listed, list_pen, pen));
        assert!(unreachable(answer(&shown)), "{case}: {shown:?}");
    }
}

#[test]
fn without_any_key_nothing_is_sent_that_pays() {
    let shown = rehearse_with(plugin(&certificate_settings()), Call::Pay(pay_request()), |_| lost("timed out"));
    assert!(matches!(answer(&shown), Answer::Pay(Outcome::NotSent { .. })), "{shown:?}");
    assert!(shown.requests.iter().all(|request| request.url.ends_with("/v3/certificates")));
}

#[test]
fn what_is_not_signed_now_by_wechat_pay_is_unknown() {
    let body = order("SUCCESS").to_string();
    let good = PUBLIC.says(200, &body).unwrap();
    let without = |name: &str| {
        let headers = good.headers.iter().filter(|(key, _)| key != name).cloned().collect();
        HttpResponse { headers, ..good.clone() }
    };
    let instead = |name: &str, value: &str| {
        let mut response = without(name);
        response.headers.push((name.to_owned(), value.to_owned()));
        response
    };
    let twice = HttpResponse { headers: [good.headers.clone(), good.headers.clone()].concat(), ..good.clone() };
    let at = |seconds: i64| Pen { seconds: PUBLIC.seconds + seconds, ..PUBLIC }.says(200, &body).unwrap();
    let cases = [
        without("wechatpay-signature"),
        without("wechatpay-serial"),
        without("wechatpay-timestamp"),
        without("wechatpay-nonce"),
        instead("wechatpay-serial", "PUB_KEY_ID_ANOTHER"),
        instead("wechatpay-serial", SERIAL_A),
        instead("wechatpay-timestamp", "soon"),
        instead("wechatpay-nonce", "another"),
        instead("wechatpay-signature", &format!("WECHATPAY/SIGNTEST/{}", "A".repeat(324))),
        HttpResponse { body: body.replace("4250", "4251"), ..good.clone() },
        twice,
        at(-301),
        at(301),
    ];
    for case in cases {
        let shown = rehearse_with(plugin(&settings()), Call::Query(query_request()), |request| {
            if request.url.ends_with("/v3/certificates") { lost("no") } else { Ok(case.clone()) }
        });
        assert!(unreachable(answer(&shown)), "{case:?}: {shown:?}");
    }
    for taken in [good.clone(), at(-300), at(300)] {
        let shown = rehearse_with(plugin(&settings()), Call::Query(query_request()), |_| Ok(taken.clone()));
        assert!(found(answer(&shown)), "{shown:?}");
    }
}

fn query(id: u64, now_ms: i64) -> ToPlugin {
    ToPlugin::Call { id, now_ms, call: Call::Query(query_request()) }
}

fn asked(said: &[FromPlugin]) -> Vec<(u64, String)> {
    let http = said.iter().filter_map(|message| match message {
        FromPlugin::Http { exchange, request, .. } => Some((*exchange, request.url.clone())),
        _ => None,
    });
    http.collect()
}

/// Delivers a message, and answers every question for randomness at once.
fn deliver(engine: &mut Engine, message: ToPlugin, now_ms: i64) -> Vec<FromPlugin> {
    let mut said = engine.deliver(message);
    let mut at = 0;
    while let Some(message) = said.get(at) {
        at += 1;
        if let FromPlugin::Random { exchange, .. } = *message {
            said.extend(engine.deliver(ToPlugin::Random { exchange, now_ms, hex: "5a".repeat(16) }));
        }
    }
    said
}

#[test]
fn an_unknown_certificate_is_asked_for_once_by_all_who_wait_and_then_known() {
    let mut engine = Engine::new(plugin(&settings()));
    let mut exchanges = Vec::new();
    for id in 1..=3 {
        exchanges.extend(asked(&deliver(&mut engine, query(id, NOW_MS), NOW_MS)));
    }
    assert_eq!(exchanges.len(), 3);
    let body = order("SUCCESS").to_string();
    let respond = |engine: &mut Engine, exchange: u64, pen: Pen, body: &str| {
        let response = pen.says(200, body).unwrap();
        deliver(engine, ToPlugin::Response { exchange, now_ms: NOW_MS, response }, NOW_MS)
    };
    let mut said = Vec::new();
    for (exchange, _) in exchanges {
        said.extend(respond(&mut engine, exchange, A, &body));
    }
    let lists = asked(&said);
    assert_eq!(lists.len(), 1, "{lists:?}");
    assert!(lists[0].1.ends_with("/v3/certificates"));
    let listed = certificates(&[(SERIAL_A, "platform_a.crt")], API_V3_KEY);
    let said = respond(&mut engine, lists[0].0, A, &listed);
    let done =
        said.iter().filter(|message| matches!(message, FromPlugin::Return { answer, .. } if found(answer))).count();
    assert_eq!(done, 3, "{said:?}");
    // It is known from now on; another unknown one within the minute is not asked for, and after it is.
    let next = asked(&deliver(&mut engine, query(4, NOW_MS), NOW_MS));
    let said = respond(&mut engine, next[0].0, A, &body);
    assert!(matches!(&said[..], [FromPlugin::Return { answer, .. }] if found(answer)), "{said:?}");
    let next = asked(&deliver(&mut engine, query(5, NOW_MS), NOW_MS));
    let said = respond(&mut engine, next[0].0, B, &body);
    assert!(matches!(&said[..], [FromPlugin::Return { answer, .. }] if unreachable(answer)), "{said:?}");
    let later_ms = NOW_MS + 60_000;
    let next = asked(&deliver(&mut engine, query(6, later_ms), later_ms));
    let response = B.says(200, &body).unwrap();
    let said = deliver(&mut engine, ToPlugin::Response { exchange: next[0].0, now_ms: later_ms, response }, later_ms);
    assert!(asked(&said)[0].1.ends_with("/v3/certificates"), "{said:?}");
}

#[test]
fn a_notification_by_an_unknown_certificate_is_checked_too() {
    let sealed = sayso_plugin_sdk::crypto::seal_aes_256_gcm(
        API_V3_KEY,
        b"fdasflkja484",
        b"transaction",
        order("SUCCESS").to_string().as_bytes(),
    );
    let body = json!({
        "id": "EV-1", "event_type": "TRANSACTION.SUCCESS", "resource": {
            "algorithm": "AEAD_AES_256_GCM", "nonce": "fdasflkja484", "associated_data": "transaction",
            "ciphertext": sayso_plugin_sdk::crypto::to_base64(&sealed.unwrap()),
        },
    });
    let listed = certificates(&[(SERIAL_A, "platform_a.crt")], API_V3_KEY);
    for (pen, genuine) in [(PUBLIC, true), (A, true), (B, false)] {
        let request = WebhookRequest { headers: pen.headers(&body.to_string()), body: body.to_string() };
        let shown = rehearse_with(plugin(&settings()), Call::VerifyWebhook(request), town(listed.clone(), A, A));
        let Answer::VerifyWebhook(verdict) = answer(&shown) else { panic!("{shown:?}") };
        assert_eq!(matches!(verdict, WebhookVerdict::Genuine { .. }), genuine, "{}: {verdict:?}", pen.serial);
    }
}
