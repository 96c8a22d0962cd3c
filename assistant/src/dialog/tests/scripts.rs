//! Scripts behind their limits: hostile ones end with a clear error and the conversation goes on.

use super::talk::{say, talk_with};
use crate::dialog::SourceFile;
use crate::dialog::scripts::limits::Clock;
use crate::dialog::scripts::{Scripts, Stopwatch, trial};
use crate::lang::Lang;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn run(body: &str) -> Result<rhai::Map, crate::dialog::scripts::ScriptError> {
    let scripts = Scripts::new();
    let ast = scripts
        .script(&format!("fn f(slots, world) {{\n{body}\n}}\nfn g(n) {{ g(n + 1) }}\nfn h(f) {{ h(f) }}"))
        .unwrap();
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
        // Growth that multiplies.
        ("let a = [1]; loop { a = [a, a, a, a]; }", "too large"),
        ("let m = #{ x: 1 }; loop { m = #{ a: m, b: m }; }", "too large"),
        ("let a = []; loop { a.push(\"x\".pad_now()); }", ""),
        ("let s = \"ab\"; loop { s = `${s}${s}`; }", "too large"),
        ("let s = \"a\"; s.pad(4000, \"b\"); let a = []; loop { a.push(s); }", "too large"),
        ("let a = []; a.pad(1000, 0); let b = []; loop { b.push(a); }", "too large"),
        ("let a = []; a.pad(100000000, 0);", "too large"),
        ("let s = \"a\"; s.pad(4000, \"b\"); loop { try { s.replace(\"b\", s); } catch { } }", "too large"),
        // What would hide the end of it.
        ("loop { try { loop { } } catch { } }", "too long"),
        ("loop { try { throw 1; } catch { } }", "too long"),
        ("let f = |x| x; let a = []; for i in 0..1000 { a.push(i); } loop { a.map(f); }", "too long"),
        ("h(|| 1)", "without an end"),
        ("let x = 0; do { x += 1; } until x < 0; x", "too long"),
        ("let a = []; for i in 0..100 { a.push(i) } loop { for x in a { for y in a { } } }", "too long"),
        ("2 ** 9223372036854775807", ""),
        ("-9223372036854775807 - 10", "overflow"),
        ("(0..9223372036854775807).contains(-1); loop { }", "too long"),
        ("for c in \"x\".chars() { loop { } }", "too long"),
        ("loop { print(\"flood\"); debug(\"flood\"); }", "too long"),
        ("switch 1 { _ => loop { } }", "too long"),
        ("let t = 1; while t > 0 { t = money(\"1 USD\").minor; }", "too long"),
        ("let d = world.today; loop { d = d.plus_days(1); }", "too long"),
        (
            "let d = world.today; d.plus_days(20000).plus_months(20000).plus_months(20000).plus_months(20000)\
          .plus_months(20000).plus_months(20000)",
            "calendar",
        ),
        ("money(\"1 USD\").percent(-5)", "percentage"),
        ("money(\"1 USD\").split(0)", "1 to 100"),
        ("world.period(\"for ever\")", "no period"),
        ("world.total([1])", "added up"),
        ("world.written([#{}])", "can be shown"),
        ("date(2026, 13, 1)", "no such day"),
    ] {
        let error = run(body).expect_err(body);
        assert!(error.message.contains(part), "{body}: {}", error.message);
    }
}

#[test]
fn the_stopwatch_ends_what_is_slow_though_it_is_short() {
    let scripts = Scripts::new();
    // Each look takes a millisecond: what counts is how often it is looked.
    let now = Arc::new(AtomicU64::new(0));
    let looks = Arc::clone(&now);
    let clock: Clock = Arc::new(move || looks.fetch_add(1, Ordering::Relaxed));
    scripts.lend(Stopwatch { passed: Arc::clone(&clock), spent: clock });
    let ast = scripts
        .script("fn slow(slots, world) { for i in 0..10000 { [3, 1, 2].sort(); } }\nfn fast(slots, world) { #{} }");
    let ast = ast.unwrap();
    let call = |function: &str| scripts.call(&ast, function, &[], |_| None, &trial::empty_world());
    let error = call("slow").unwrap_err();
    assert!(error.message.contains("more than 50 ms"), "{}", error.message);
    assert!(now.load(Ordering::Relaxed) < 100);
    assert!(call("fast").is_ok(), "the next run has its own time");
}

#[test]
fn a_script_that_had_to_wait_is_not_ended_for_it() {
    // Each look finds that the machine did something else for a minute.
    let minutes = AtomicU64::new(0);
    let passed: Clock = Arc::new(move || minutes.fetch_add(60_000, Ordering::Relaxed));
    let scripts = Scripts::new();
    scripts.lend(Stopwatch { passed, spent: Arc::new(|| 7) });
    let ast = scripts.script("fn run(slots, world) { let n = 0; for i in 0..1000 { n += i; } #{ n: n } }").unwrap();
    let found = scripts.call(&ast, "run", &[], |_| None, &trial::empty_world()).unwrap();
    assert_eq!(found["n"].as_int().unwrap(), 499_500);
}

#[test]
fn what_a_script_redefines_holds_in_it_alone() {
    let flow = |name: &str| {
        format!(
            "# \"x\"\nflow: {name}\ntitle: {{en: {name}, zh: {name}}}\ntriggers: {{en: {name}, zh: {name}}}\nslots:\n  due: {{type: money}}\nsteps:\n  - script: run\n    sets: due\n  - set: {{due: 'due + money(\"1 USD\")'}}\n  - if: due != ()\n    then:\n      - say: {{en: 'It is {{due}}.', zh: '{{due}}'}}\n"
        )
    };
    let run = "fn run(slots, world) { #{ due: money(\"2 USD\") } }\n";
    let files = [
        SourceFile::new("shady.yaml", flow("shady")),
        SourceFile::new(
            "shady.rhai",
            format!(
                "fn money(text) {{ money(text, \"USD\") }}\nfn money(text, code) {{ money(900, code, 1) }}\nfn money(a, b, c) {{ date(\"2026-01-01\") }}\n{run}"
            ),
        ),
        SourceFile::new("honest.yaml", flow("honest")),
        SourceFile::new("honest.rhai", run),
    ];
    // The type is looked at when it fills the slot, whatever the script calls money.
    talk_with(&files, Lang::En).hear(say("shady").intent("shady")).says("went wrong");
    talk_with(&files, Lang::En).hear(say("honest").intent("honest")).says("It is $3.00");
}

#[test]
fn a_year_of_payments_fits_within_the_limits() {
    use super::talk::{Past, usd};
    use crate::dialog::scripts::Share;
    use crate::dialog::{History, PastPayment, PaymentStatus};
    use jiff::civil::date;
    let payment = PastPayment {
        payee: "water".into(),
        payee_name: "Water".into(),
        amount: usd(100),
        provider: "stripe".into(),
        status: PaymentStatus::Succeeded,
        when: date(2026, 3, 3).at(9, 0, 0, 0),
        refundable: None,
    };
    let history: Arc<dyn History> = Arc::new(Past(vec![payment; 900]));
    let now = date(2026, 11, 22).at(18, 0, 0, 0);
    let share = Share::new(Arc::new(super::talk::household()), history, Vec::new(), now, Lang::En);
    let scripts = Scripts::new();
    let body = "let all = world.payments(world.period(\"this_year\")); let paid = all.filter(|p| p.status == \"succeeded\");\
                #{ n: paid.len(), total: world.total(paid)[0], last: world.last_payment(#{ payee: \"water\" }).day,\
                   kind: world.kind(\"alice\"), due: world.due_by(date(2026, 12, 1)).len(),\
                   list: world.written([money(\"1 USD\"), money(\"2 USD\")]), tip: money(\"10.05 USD\").percent(10).minor,\
                   most: max(money(\"1 USD\"), money(\"2 USD\")).minor }";
    let ast = scripts.script(&format!("fn f(slots, world) {{ {body} }}")).unwrap();
    let found = scripts.call(&ast, "f", &[], |_| None, &share).unwrap();
    assert_eq!(found["n"].as_int().unwrap(), 500, "what one question brings back is limited");
    assert_eq!(found["tip"].as_int().unwrap(), 101);
    assert_eq!((found["due"].as_int().unwrap(), found["most"].as_int().unwrap()), (1, 200));
    assert_eq!(found["list"].clone().into_string().unwrap(), "$1.00 and $2.00");
    assert_eq!(found["kind"].clone().into_string().unwrap(), "person");
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
