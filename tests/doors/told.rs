//! Who is told of payments, over real connections: a webhook, a mail server and an MQTT broker that others wrote.

use crate::home::{Home, PATIENCE, Running, wait_until};
use aws_lc_rs::hmac;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A program that is ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn home(notifications: &str) -> Home {
    let home = Home::new();
    home.write("config/sayso/sayso.yaml", format!("notifications:\n{notifications}"));
    // A channel begins with what comes after it was first served.
    assert_eq!(home.run(&["notifications", "send"]).code, Some(0));
    home
}

fn pay(home: &Home, line: &str) {
    let paid = home.hear(&["chat", "--json"], format!("{line}\nyes\n"));
    assert_eq!(paid.json().last().unwrap()["payment"]["status"], "succeeded", "{}{}", paid.out, paid.err);
    wait_until("it is told", || {
        let sent = home.run(&["notifications", "send", "--json"]);
        assert_eq!(sent.code, Some(0), "{}{}", sent.out, sent.err);
        sent.json()[0]["later"] == 0
    });
}

/// What a server was sent: (headers, body).
type Kept = Arc<Mutex<Vec<(String, String)>>>;

/// A server that keeps what it is sent, and its address.
fn hook() -> (String, Kept) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/told", listener.local_addr().unwrap());
    let kept = Kept::default();
    let keep = kept.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut head, mut line) = (String::new(), String::new());
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                head.push_str(&std::mem::take(&mut line));
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            let _ = reader.read_exact(&mut body);
            keep.lock().unwrap().push((head, String::from_utf8_lossy(&body).into_owned()));
            let _ = reader.into_inner().write_all(b"HTTP/1.1 204 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    (url, kept)
}

#[test]
fn a_webhook_is_signed_and_tells_the_payment() {
    let (url, kept) = hook();
    let home = Home::new();
    let key = home.write("key", "key_only_for_this_test");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let config = format!(
        "notifications:\n  - name: hook\n    webhook: {{ url: \"{url}\", signing_key: {{ file: \"{key}\" }} }}\n"
    );
    home.write("config/sayso/sayso.yaml", config);
    assert_eq!(home.run(&["notifications", "send"]).code, Some(0));
    let listed = home.run(&["notifications", "list", "--json"]);
    assert_eq!(listed.json()[0]["way"], "webhook");
    pay(&home, "Send seven dollars to Bob with PayPal.");
    let (head, body) = kept.lock().unwrap().first().cloned().expect("it was told");
    let said: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&said["topic"], &said["payments"][0]["amount"]["minor"]), (&"succeeded".into(), &700.into()));
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{head}"));
    assert_eq!(header("sayso-id: "), said["id"].as_str().unwrap());
    let (time, mac) = header("sayso-signature: t=").split_once(",v1=").unwrap();
    let mac: Vec<u8> = (0..mac.len() / 2).map(|i| u8::from_str_radix(&mac[2 * i..2 * i + 2], 16).unwrap()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"key_only_for_this_test");
    hmac::verify(&key, format!("{time}.{body}").as_bytes(), &mac).unwrap();
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[test]
fn a_push_service_gets_words_and_a_test_can_be_sent() {
    let (url, kept) = hook();
    let home = home(&format!("  - name: phone\n    ntfy: {{ url: \"{url}\" }}\n    language: zh\n"));
    let tried = home.run(&["notifications", "test", "phone", "--json"]);
    assert_eq!((tried.code, &tried.json()[0]["taken"]), (Some(0), &true.into()), "{}", tried.err);
    assert!(kept.lock().unwrap()[0].1.contains("测试"));
    home.run(&["notifications", "test", "nobody"]).refused(2, &["phone"]);
    pay(&home, "给张伟转五十块钱，用微信支付");
    let kept = kept.lock().unwrap();
    assert!(kept[1].1.contains("张伟") && kept[1].1.contains("50.00"), "{}", kept[1].1);
}

#[test]
fn a_payment_is_confirmed_with_digits_that_only_the_phone_shows() {
    let (url, kept) = hook();
    let home = Home::new();
    let rules = "authentication: [{ need: phone, from: [\"5.00 USD\"] }]\nphone: my_phone\n";
    // It is quiet all day, and wants to hear of nothing else.
    let channel = format!(
        "notifications:\n  - name: my_phone\n    ntfy: {{ url: \"{url}\" }}\n    on: [alarm]\n    quiet: \"00:00-23:59\"\n"
    );
    home.write("config/sayso/sayso.yaml", format!("{rules}{channel}"));
    let mut chat = Running::start(&mut home.sayso(&["chat", "--json"]));
    chat.types("Send seven dollars to Bob with PayPal.\nyes\n");
    assert_eq!(chat.answers()["state"]["awaiting"], "consent");
    let asked = chat.answers();
    assert_eq!(asked["state"]["awaiting"], "proof", "{asked}");
    let text = kept.lock().unwrap().last().cloned().expect("the phone was told").1;
    assert!(text.contains("$7.00") && text.contains("Bob") && text.contains("PayPal"), "{text}");
    let digits: String = text.split("say ").nth(1).unwrap().chars().take(6).collect();
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{text}");
    assert!(!asked.to_string().contains(&digits), "the digits are shown on the phone alone: {asked}");
    chat.types(&format!("{digits}\n"));
    assert_eq!(chat.answers()["payment"]["status"], "succeeded");
    assert_eq!(chat.end().code, Some(0));
    assert_eq!(home.charges(), 1);
}

#[test]
fn a_phone_that_nobody_answers_at_confirms_nothing() {
    let home = Home::new();
    let rules = "authentication: [{ need: phone }]\nphone: gone\n";
    let channel =
        format!("notifications:\n  - name: gone\n    ntfy: {{ url: \"http://127.0.0.1:{}/\" }}\n", free_port());
    home.write("config/sayso/sayso.yaml", format!("{rules}{channel}"));
    let said = home.hear(&["chat", "--json"], "Send seven dollars to Bob with PayPal.\nyes\n123456\n");
    assert!(said.out.contains("I can't reach your phone"), "{}{}", said.out, said.err);
    assert_eq!((said.code, home.charges()), (Some(0), 0));
    home.write("config/sayso/sayso.yaml", format!("phone: my_fone\n{channel}"));
    home.run(&["chat"]).refused(2, &["my_fone", "there are: gone", "sayso.yaml:1"]);
}

#[test]
fn what_cannot_be_told_is_said_and_kept() {
    let home = home(&format!("  - name: gone\n    webhook: {{ url: \"http://127.0.0.1:{}/\" }}\n", free_port()));
    home.run(&["notifications", "test", "gone"]).refused(1, &["gone"]);
    let paid = home.hear(&["chat", "--json"], "Send seven dollars to Bob with PayPal.\nyes\n");
    assert_eq!(paid.code, Some(0), "a payment does not hang on who is told: {}", paid.err);
    wait_until("the failure is noted", || {
        home.run(&["notifications", "send"]);
        home.run(&["notifications", "list", "--json"]).json().iter().any(|line| line["why"].is_string())
    });
}

#[test]
fn a_mail_server_takes_the_mail() {
    let home = Home::new();
    let (port, mails) = (free_port(), home.path("mails"));
    let server = Command::new("/usr/bin/python3")
        .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}"), "-c", "aiosmtpd.handlers.Mailbox"])
        .arg(&mails)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _server = Server(server.expect("python3 runs"));
    if !listens(port) {
        println!("left out: there is no aiosmtpd (apt package python3-aiosmtpd)");
        return;
    }
    let email = format!("email: {{ server: 127.0.0.1, port: {port}, from: sayso@example.org, to: [me@example.org] }}");
    home.write("config/sayso/sayso.yaml", format!("notifications:\n  - name: mail\n    {email}\n"));
    assert_eq!(home.run(&["notifications", "send"]).code, Some(0));
    pay(&home, "Send seven dollars to Bob with PayPal.");
    let mail = first_file(&mails.join("new"));
    assert!(mail.contains("To: me@example.org") && mail.contains("Message-ID: <"), "{mail}");
    assert!(mail.contains("$7.00 was paid to Bob with PayPal"), "{mail}");
}

#[test]
fn an_mqtt_broker_has_it() {
    let Some(broker) = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].into_iter().find(|path| Path::new(path).exists())
    else {
        println!("left out: there is no mosquitto (apt package mosquitto)");
        return;
    };
    let home = Home::new();
    let port = free_port();
    let log = home.path("broker.log");
    // Kept messages of sessions that are away, so that the subscriber may come later.
    let broker = Command::new(broker)
        .args(["-v", "-p", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn();
    let _broker = Server(broker.unwrap());
    assert!(listens(port), "the broker does not listen");
    let mqtt = format!("mqtt: {{ url: \"mqtt://127.0.0.1:{port}\", topic: home/sayso }}");
    home.write("config/sayso/sayso.yaml", format!("notifications:\n  - name: house\n    {mqtt}\n"));
    assert_eq!(home.run(&["notifications", "send"]).code, Some(0));
    pay(&home, "Send seven dollars to Bob with PayPal.");
    let seen = || std::fs::read_to_string(&log).unwrap();
    wait_until("the broker has it", || seen().contains("Received PUBLISH") && seen().contains("home/sayso"));
    assert!(seen().contains("Sending PUBACK"), "{}", seen());
}

fn listens(port: u16) -> bool {
    let started = std::time::Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if started.elapsed() > PATIENCE / 12 {
            return false;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    true
}

fn first_file(folder: &Path) -> String {
    wait_until("a mail is there", || std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()));
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    std::fs::read_to_string(file.path()).unwrap()
}
