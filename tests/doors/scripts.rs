//! Scripts of a project's own dialogs that misbehave: each is stopped, the log says where, and the conversation goes on.

use crate::home::Home;

const HOSTILE: &[(&str, &str)] = &[
    ("loop { }", "too long"),
    ("let s = \"x\"; loop { s += s; }", "too large"),
    ("let a = [1]; loop { a = [a, a]; }", "too large"),
    ("deeper(slots, world)", "without an end"),
    ("sleep(60000)", "can't wait"),
    ("loop { let x = 1 << 9223372036854775807; }", "too long"),
    (
        "let a = []; for i in 0..1000 { a.push(i % 7); } loop { a.sort(); a.contains(-1); a.reverse(); }",
        "is there a loop without an end?",
    ),
];

#[test]
fn hostile_scripts_are_stopped_and_the_conversation_goes_on() {
    for (body, part) in HOSTILE {
        let home = Home::new();
        let flow = "# \"mischief\"\nflow: mischief\ntitle: {en: mischief, zh: 捣乱}\ntriggers: {en: make mischief, zh: 捣乱}\nslots:\n  n: {type: number}\nsteps:\n  - script: run\n    sets: n\n    on_error:\n      - say: {en: That script was stopped., zh: 脚本停了。}\n  - say: {en: And on it goes., zh: 继续。}\n";
        home.write("mine/mischief.yaml", flow);
        home.write(
            "mine/mischief.rhai",
            format!("fn deeper(s, w) {{ deeper(s, w) }}\nfn run(slots, world) {{\n  {body}\n}}\n"),
        );
        let folder = home.path("mine").display().to_string();
        let config = home.write("mine.yaml", format!("{}\ndialogs: {folder}\n", sayso::config::EXAMPLE));
        let ended =
            home.hear(&["chat", "--json", "--lang", "en", "--config", &config], "make mischief\nmake mischief\n");
        assert_eq!(ended.code, Some(0), "{body}: {}", ended.err);
        let turns = ended.json();
        assert_eq!(turns.len(), 2, "{body}");
        for turn in &turns {
            let said = turn["said"].to_string();
            assert!(said.contains("That script was stopped") && said.contains("And on it goes"), "{body}: {said}");
        }
        for told in [*part, "mischief.rhai:", "mischief.yaml, line 8"] {
            assert!(ended.err.contains(told), "{body}: {told} is not in {}", ended.err);
        }
    }
}

#[test]
fn a_secret_is_never_shown() {
    let home = Home::new();
    let flow = "# \"unlock\"\nflow: unlock\ntitle: {en: unlocking, zh: 解锁}\ntriggers: {en: unlock, zh: 解锁}\nslots:\n  code:\n    type: secret\n    ask: {en: Your code?, zh: 验证码？}\n    validate: [{check: code.length == 6, say: {en: It has six digits., zh: 六位数字。}}]\nsteps:\n  - collect: code\n  - handoff: {to: app, name: Bank}\n";
    home.write("mine/unlock.yaml", flow);
    let folder = home.path("mine").display().to_string();
    let config = home.write("mine.yaml", format!("{}\ndialogs: {folder}\n", sayso::config::EXAMPLE));
    let ended = home.hear(&["chat", "--json", "--lang", "en", "--config", &config], "unlock\n12345\n830417\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let turns = ended.json();
    assert_eq!(turns[2]["heard"], "(secret)");
    assert_eq!(turns[2]["hand_off"], serde_json::json!({"to": "app", "name": "Bank"}));
    assert!(!ended.out.contains("830417") && !ended.out.contains("12345") && !ended.err.contains("830417"));
}

#[test]
fn a_payment_is_given_back() {
    let home = Home::new();
    let lines = "Send five dollars to Bob with PayPal.\nyes\nRefund my last payment.\nyes\nRefund my last payment.\n";
    let ended = home.hear(&["chat", "--json", "--lang", "en"], lines);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let turns = ended.json();
    assert!(turns[2]["said"].to_string().contains("$5.00 back from Bob"), "{}", turns[2]["said"]);
    assert_eq!(turns[3]["refund"]["status"], "succeeded", "{}", turns[3]);
    assert_eq!(turns[3]["refund"]["amount"]["minor"], 500);
    assert!(turns[4]["said"].to_string().contains("no finished payment"), "{}", turns[4]["said"]);
    assert_eq!(home.payments()[0]["status"], "refunded");
}
