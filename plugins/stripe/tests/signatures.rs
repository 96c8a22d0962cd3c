//! Which notifications are Stripe's: the codes here were made by Python's `hmac`, an implementation that is not the plugin's.
#![allow(clippy::unwrap_used, clippy::panic)]

use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::interface::outcome::WebhookVerdict;
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::testing::{Ending, NOW_MS, rehearse};
use sayso_plugin_sdk::{Plugin as _, hmac};
use serde_json::json;
use stripe::Stripe;

const SECRET: &str = "whsec_published_only_for_tests";
const BODY: &str = r#"{"id":"evt_1","type":"balance.available","livemode":false,"data":{"object":{}}}"#;
/// Of `1764000000.BODY` under [`SECRET`].
const CODE: &str = "a33d5ede2f3475734e32132dcbabb5e22bed171b97fc54f4d14feadc02d79b8a";
/// The same under a secret that the endpoint had before.
const BEFORE: &str = "73c037f7eb1ba26b3e340ccfbb1439b2c91b392d3b9470de8d3c99b0c3dc2978";

fn is_taken(headers: &[String], body: &str) -> bool {
    let settings = json!({
        "mode": "test", "return_url": "https://example.org/thanks", "secrets": { "webhook_secret": SECRET },
    });
    let headers = headers.iter().map(|value| ("stripe-signature".to_owned(), value.clone())).collect();
    let call = Call::VerifyWebhook(WebhookRequest { headers, body: body.into() });
    let shown = rehearse(Stripe::create(&settings.to_string()).unwrap(), call, vec![]);
    match shown.ending {
        Ending::Answer(Answer::VerifyWebhook(verdict)) => matches!(verdict, WebhookVerdict::Genuine { .. }),
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_of_several_codes_counts_and_only_those_of_version_one() {
    for (header, taken) in [
        (format!("t=1764000000,v1={CODE}"), true),
        (format!("t=1764000000,v1={BEFORE},v1={CODE}"), true),
        (format!("t=1764000000,v1={CODE},v1={BEFORE}"), true),
        (format!("t=1764000000, v0={BEFORE}, v1={CODE}"), true),
        (format!("t=1764000000,v1={BEFORE}"), false),
        (format!("t=1764000000,v0={CODE}"), false),
        (format!("t=1764000000,v1={}", &CODE[..32]), false),
        (format!("t=1764000000,v1={}0", &CODE[..63]), false),
        (format!("t=1764000001,v1={CODE}"), false),
        (format!("v1={CODE}"), false),
        ("t=1764000000".to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(is_taken(std::slice::from_ref(&header), BODY), taken, "{header}");
    }
    let right = format!("t=1764000000,v1={CODE}");
    assert!(!is_taken(&[], BODY) && !is_taken(&[right.clone(), right], BODY), "exactly one header");
}

#[test]
fn what_is_signed_is_the_body_as_it_came() {
    let right = [format!("t=1764000000,v1={CODE}")];
    for body in [BODY.replace(':', ": "), format!("{BODY}\n"), BODY.replace("evt_1", "evt_2")] {
        assert!(!is_taken(&right, &body), "{body}");
    }
}

#[test]
fn it_may_be_five_minutes_old_or_early_and_no_more() {
    for (apart, taken) in [(0, true), (300, true), (-300, true), (301, false), (-301, false), (86_400, false)] {
        let seconds = NOW_MS / 1000 + apart;
        // The plugin's own code, which the vectors above and those of RFC 4231 hold.
        let code = hmac::hex(&hmac::sha256(SECRET.as_bytes(), format!("{seconds}.{BODY}").as_bytes()));
        assert_eq!(is_taken(&[format!("t={seconds},v1={code}")], BODY), taken, "{apart}");
    }
}
