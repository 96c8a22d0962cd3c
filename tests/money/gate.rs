//! The HTTP gate: whom it lets out, what it fills in and hides, and what it says of a failure.

use crate::http_bank::{Asked, Reply, serve};
use sayso::payments::{GateSettings, HttpGate, SecretRef, SecretRefs};
use sayso_plugin_interface::{Capabilities, Host as _, HttpFailure, HttpRequest, HttpResponse};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SECRET: &str = "sk_test_51ABCDEF";

fn capabilities(hosts: &[String]) -> Capabilities {
    Capabilities {
        name: "bank".into(),
        version: "1".into(),
        practice: true,
        currencies: Vec::new(),
        limits: Vec::new(),
        off_session: true,
        authorize_and_capture: false,
        partial_refund: false,
        query_by_reference: true,
        idempotency_key_life_ms: None,
        reference_length_max: 64,
        hosts: hosts.to_vec(),
        secrets: vec!["api_key".into()],
        secrets_inside: Vec::new(),
        handoff: Vec::new(),
        enrolment: false,
        hours: None,
    }
}

fn gate_with(declared: &[String], approved: &[String], settings: GateSettings) -> HttpGate {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.keep().join("key");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let known = |name: &str| (name.to_owned(), SecretRef::File(file.clone()));
    let secrets = SecretRefs(BTreeMap::from([known("api_key"), known("other")]));
    HttpGate::new("bank", &capabilities(declared), approved, Arc::new(secrets), settings)
}

fn gate(host: &str) -> HttpGate {
    let hosts = [host.to_owned()];
    gate_with(&hosts, &hosts, GateSettings::default())
}

fn request(method: &str, url: String) -> HttpRequest {
    HttpRequest { method: method.into(), url, headers: Vec::new(), body: String::new(), idempotent: false }
}

fn refusal(result: Result<HttpResponse, HttpFailure>) -> String {
    match result {
        Err(HttpFailure::NotSent { reason }) => reason,
        other => panic!("it was let out: {other:?}"),
    }
}

#[tokio::test]
async fn only_hosts_that_are_declared_and_approved_are_reached() {
    let hits = Arc::new(AtomicUsize::new(0));
    let seen = hits.clone();
    let address = serve(move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        Reply::text(200, "ok")
    });
    let (host, other) = (address.to_string(), "127.0.0.1:1".to_owned());
    let url = format!("http://{host}/");
    let settings = GateSettings::default();
    for (declared, approved) in [(vec![host.clone()], vec![other.clone()]), (vec![other], vec![host.clone()])] {
        let reason = refusal(gate_with(&declared, &approved, settings).http(request("GET", url.clone())).await);
        assert!(reason.contains("declared and approved"), "{reason}");
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0);
    let response = gate(&host).http(request("GET", url.clone())).await.unwrap();
    assert_eq!((response.status, response.body.as_str()), (200, "ok"));
    // A loopback host without a port stands for each of its ports.
    assert!(gate("127.0.0.1").http(request("GET", url)).await.is_ok());
}

#[tokio::test]
async fn addresses_that_lead_elsewhere_are_refused() {
    let gate = gate("api.bank.example");
    for (url, why) in [
        ("http://api.bank.example/", "https"),
        ("ftp://api.bank.example/", "https"),
        ("file:///etc/passwd", "https"),
        ("https://api.bank.example:8443/", "declared"),
        ("https://api.bank.example.evil.example/", "declared"),
        ("https://evil.example/api.bank.example", "declared"),
        ("https://api.bank.example@evil.example/", "user name"),
        ("https://user:pw@api.bank.example/", "user name"),
        ("https://api.bank.example/?key={{secret:api_key}}", "address"),
        ("https://127.0.0.1/", "declared"),
        ("not an address", "not an address"),
    ] {
        let reason = refusal(gate.http(request("GET", url.into())).await);
        assert!(reason.contains(why), "{url}: {reason}");
    }
    let mut own = request("GET", "https://api.bank.example/".into());
    own.headers.push(("Host".into(), "evil.example".into()));
    assert!(refusal(gate.http(own).await).contains("host"));
    let odd = refusal(gate.http(request("CONNECT", "https://api.bank.example/".into())).await);
    assert!(odd.contains("method"), "{odd}");
}

#[tokio::test]
async fn a_secret_goes_to_the_provider_and_nowhere_else() {
    let heard: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let ears = heard.clone();
    let address = serve(move |asked| {
        ears.lock().unwrap().push(asked);
        Reply::with(200, &format!("x-echo: {SECRET}\r\n"), &format!("you sent {SECRET}"))
    });
    let gate = gate(&address.to_string());
    let mut pay = request("POST", format!("http://{address}/pay"));
    pay.headers.push(("Authorization".into(), "Bearer {{secret:api_key}}".into()));
    pay.body = "key={{secret:api_key}}&odd={{secret:".into();
    let response = gate.http(pay).await.unwrap();
    let asked = heard.lock().unwrap().remove(0);
    let authorization = asked.headers.iter().find(|(name, _)| name == "authorization").unwrap();
    assert_eq!(authorization.1, format!("Bearer {SECRET}"));
    assert_eq!(asked.body, format!("key={SECRET}&odd={{{{secret:"));
    assert_eq!(response.body, "you sent {{secret:api_key}}", "what comes back has it no more");
    assert_eq!(response.header("x-echo"), Some("{{secret:api_key}}"));
    for name in ["other", "unheard_of"] {
        let mut steal = request("POST", format!("http://{address}/pay"));
        steal.body = format!("{{{{secret:{name}}}}}");
        let reason = refusal(gate.http(steal).await);
        assert!(reason.contains("not declared") && !reason.contains(SECRET), "{reason}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let hits = Arc::new(AtomicUsize::new(0));
    let seen = hits.clone();
    let target = serve(move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        Reply::text(200, "")
    });
    let address = serve(move |_| Reply::with(302, &format!("location: http://{target}/\r\n"), ""));
    let response = gate(&address.to_string()).http(request("GET", format!("http://{address}/"))).await.unwrap();
    assert_eq!((response.status, hits.load(Ordering::SeqCst)), (302, 0));
}

#[tokio::test]
async fn a_failure_says_whether_it_may_have_arrived() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = gate(&closed.to_string()).http(request("POST", format!("http://{closed}/"))).await;
    assert!(matches!(refused, Err(HttpFailure::NotSent { .. })), "{refused:?}");
    let settings = GateSettings { exchange_ms: 300, response_bytes_max: 1_000, ..GateSettings::default() };
    let long = "x".repeat(1_001);
    type Answer = fn() -> Reply;
    let replies: [(&str, Answer); 4] = [
        ("dropped", || Reply::Drop),
        ("silent", || Reply::Silence(Duration::from_secs(2))),
        ("not text", || Reply::Bytes(b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n\xff\xfe".to_vec())),
        ("cut short", || Reply::Bytes(b"HTTP/1.1 200 X\r\ncontent-length: 50\r\n\r\nhalf".to_vec())),
    ];
    for (what, reply) in replies {
        let address = serve(move |_| reply());
        let hosts = [address.to_string()];
        let result = gate_with(&hosts, &hosts, settings).http(request("POST", format!("http://{address}/"))).await;
        assert!(matches!(result, Err(HttpFailure::MaybeSent { .. })), "{what}: {result:?}");
    }
    let address = serve(move |_| Reply::text(200, &long));
    let hosts = [address.to_string()];
    let result = gate_with(&hosts, &hosts, settings).http(request("POST", format!("http://{address}/"))).await;
    assert!(matches!(result, Err(HttpFailure::MaybeSent { .. })), "too long: {result:?}");
}

#[tokio::test]
async fn only_what_may_be_repeated_is_repeated() {
    for (idempotent, tries) in [(true, 2), (false, 1)] {
        let hits = Arc::new(AtomicUsize::new(0));
        let seen = hits.clone();
        let address = serve(move |_| {
            seen.fetch_add(1, Ordering::SeqCst);
            Reply::Drop
        });
        let mut ask = request("GET", format!("http://{address}/"));
        ask.idempotent = idempotent;
        let failed = gate(&address.to_string()).http(ask).await;
        assert!(matches!(failed, Err(HttpFailure::MaybeSent { .. })));
        assert_eq!(hits.load(Ordering::SeqCst), tries);
    }
}

#[tokio::test]
async fn randomness_is_as_long_as_asked_and_never_the_same() {
    let gate = gate("127.0.0.1");
    let (a, b) = (gate.random_hex(16).await, gate.random_hex(16).await);
    assert!(a.len() == 32 && a != b && a.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(gate.random_hex(255).await.len(), 128);
}

#[tokio::test]
async fn only_so_many_exchanges_go_on_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (going, peak) = (now.clone(), most.clone());
    let address = serve(move |_| {
        peak.fetch_max(going.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        going.fetch_sub(1, Ordering::SeqCst);
        Reply::text(200, "")
    });
    let hosts = [address.to_string()];
    let settings = GateSettings { at_once_max: 3, ..GateSettings::default() };
    let gate = gate_with(&hosts, &hosts, settings);
    let asks = (0..24).map(|_| gate.http(request("GET", format!("http://{address}/"))));
    let answers = futures_util::future::join_all(asks).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|response| response.status == 200)));
    assert!(most.load(Ordering::SeqCst) <= 3, "{most:?}");
}
