//! Scripts behind their limits: hostile ones end with a clear error and the conversation goes on.

use super::talk::{say, talk_with};
use crate::dialog::SourceFile;
use crate::dialog::scripts::{Scripts, trial};
use crate::lang::Lang;

fn run(body: &str) -> Result<rhai::Map, crate::dialog::scripts::ScriptError> {
    let scripts = Scripts::new();
    let ast = scripts.script(&format!("fn f(slots, world) {{\n{body}\n}}\nfn g(n) {{ g(n + 1) }}")).unwrap();
    scripts.call(&ast, "f", &[], |_| None, &trial::empty_world())
}

#[test]
fn hostile_scripts_end() {
    for (body, part) in [
        ("loop { }", "too long"),
        ("let x = 0; while true { x += 1; }", "too long"),
        ("let s = \"x\"; loop { s += s; }", "too large"),
        ("let a = [1]; loop { a += a; }", "too large"),
        ("let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }", "too"),
        ("let a = []; loop { a = [a, a]; }", "too"),
        ("g(0)", "without an end"),
        ("sleep(100)", "can't wait"),
        ("1 << 1000000", ""),
        ("\"x\".pad(1000000, 'y')", ""),
        ("let s = \"a\"; for i in 0..20 { s.replace(\"a\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"); } s", "too large"),
        ("9223372036854775807 + 1", "overflow"),
        ("1 / 0", "zero"),
        ("throw \"no luck\"", "no luck"),
        ("let a = [1]; a[7]", ""),
        ("slots.nothing", "nothing"),
        ("for i in range(0, 9223372036854775807) { }", "too long"),
        ("money(\"1 USD\") + money(\"1 CNY\")", "different currencies"),
        ("money(9223372036854775807, \"USD\") + money(1, \"USD\")", "too large"),
        ("money(\"1 USD\") > 5", "only with its like"),
        ("date(\"2026-01-31\") == \"2026-01-31\"", "only with its like"),
        ("world.payments(#{ paye: \"x\" })", "paye"),
        ("date(\"tomorrow\")", "is not a day"),
        ("date(\"2026-01-31\").plus_months(9223372036854775807)", ""),
        ("42", "map"),
    ] {
        let error = run(body).expect_err(body);
        assert!(error.message.contains(part), "{body}: {}", error.message);
    }
}

#[test]
fn scripts_have_no_hands() {
    let scripts = Scripts::new();
    for text in ["import \"std\" as s;", "eval(\"1\")", "fn f(slots, world) { missing }"] {
        assert!(scripts.script(text).is_err(), "{text}");
    }
    for body in ["open(\"/etc/passwd\")", "print(1); pay()", "blob(100)", "timestamp()"] {
        assert!(run(body).expect_err(body).always || body.starts_with("print"), "{body}");
    }
}

#[test]
fn errors_point_into_the_script() {
    let error = run("let a = 1;\nlet b = 2;\nmoney(\"x\")").unwrap_err();
    assert_eq!(error.line, 4);
}

#[test]
fn money_is_exact() {
    let map = run("#{ a: money(\"0.10 USD\") * 3 == money(\"0.30 USD\"), b: money(\"10 USD\").split(3)[0].minor,
                      c: date(\"2026-01-31\").plus_months(1).to_string(), d: date(\"2026-11-22\").month_start().day,
                      e: date(\"2026-11-22\").days_until(date(\"2026-11-28\")) }");
    let map = map.unwrap();
    assert!(map["a"].as_bool().unwrap());
    assert_eq!(map["b"].as_int().unwrap(), 334);
    assert_eq!(map["c"].clone().into_string().unwrap(), "2026-02-28");
    assert_eq!((map["d"].as_int().unwrap(), map["e"].as_int().unwrap()), (1, 6));
}

#[test]
fn the_conversation_goes_on_after_a_broken_script() {
    let flow = "
# \"Break.\"
flow: broken
title: {en: breaking, zh: 坏}
triggers: {en: [break], zh: [坏]}
slots:
  n: {type: number}
steps:
  - script: run
    sets: [n]
    on_error:
      - say: {en: it broke, zh: 坏了}
  - say: {en: and on it goes, zh: 继续}
  - script: run
    sets: [n]
  - say: {en: never said, zh: 不说}
";
    let files = [
        SourceFile::new("broken.yaml", flow.trim_start()),
        SourceFile::new("broken.rhai", "fn run(slots, world) { loop { } }"),
    ];
    let mut talk = talk_with(&files, Lang::En);
    talk.hear(say("break").intent("broken")).says("it broke").says("on it goes").says("went wrong").never_says("never");
    talk.awaits(None).hear(say("break").intent("broken")).says("it broke");
}

#[test]
fn a_script_fills_only_what_its_step_lists() {
    let flow = "# \"x\"\nflow: f\ntitle: {en: f, zh: f}\ntriggers: {en: [x], zh: [x]}\nslots:\n  n: {type: number}\n  m: {type: number}\n\
                steps:\n  - script: run\n    sets: [n]\n  - say: {en: done, zh: 好}\n";
    let files =
        [SourceFile::new("f.yaml", flow), SourceFile::new("f.rhai", "fn run(slots, world) { #{ n: 1, m: 2 } }")];
    talk_with(&files, Lang::En).hear(say("x").intent("f")).says("went wrong").never_says("done");
}
