//! Random projects of flows that are right: every step of the format, nested, in flows that call each other.

use crate::dialog::SourceFile;
use proptest::prelude::*;

/// A step to be written.
#[derive(Clone, Debug)]
enum Made {
    Say,
    Set(i64),
    Collect(&'static str),
    If(Vec<Made>, Vec<Made>),
    Confirm(Vec<Made>, Vec<Made>),
    Pay(Vec<Made>),
    Refund(Vec<Made>),
    Call,
    HandOff(&'static str),
    Unschedule(Vec<Made>),
}

fn made() -> impl Strategy<Value = Made> {
    let leaf = prop_oneof![
        Just(Made::Say),
        (-50..20_000_i64).prop_map(Made::Set),
        prop::sample::select(&["payee", "amount", "provider", "code", "tip"][..]).prop_map(Made::Collect),
        Just(Made::Call),
        prop::sample::select(
            &["{to: link, address: 'https://example.com/{amount}'}", "{to: qr, content: x}", "{to: app, name: Bank}",]
                [..]
        )
        .prop_map(Made::HandOff),
        Just(Made::Pay(Vec::new())),
        Just(Made::Refund(Vec::new())),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (list(), list()).prop_map(|(a, b)| Made::If(a, b)),
            (list(), list()).prop_map(|(a, b)| Made::Confirm(a, b)),
            list().prop_map(Made::Pay),
            list().prop_map(Made::Refund),
            list().prop_map(Made::Unschedule),
        ]
    })
}

fn write(list: &[Made], indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    for made in list {
        let line = |text: &str| format!("{pad}- {text}\n");
        match made {
            Made::Say => out.push_str(&line("say: {en: Well., zh: 好。}")),
            Made::Set(minor) => out.push_str(&line(&format!("set: {{amount: 'money({minor}, \"USD\")'}}"))),
            Made::Collect(slot) => out.push_str(&line(&format!("collect: {slot}"))),
            Made::Call => out.push_str(
                &line("call: aside_flow\n  with: {note: '\"x\"'}").replace("\n  with", &format!("\n{pad}  with")),
            ),
            Made::HandOff(to) => out.push_str(&line(&format!("handoff: {to}"))),
            Made::If(a, b) => {
                out.push_str(&line("if: amount.minor > 2000"));
                branch("then", a, indent + 2, out);
                branch("else", b, indent + 2, out);
            }
            Made::Confirm(a, b) => {
                out.push_str(&line("confirm: {en: 'Shall I, {payee}?', zh: '可以吗，{payee}？'}"));
                branch("then", a, indent + 2, out);
                branch("else", b, indent + 2, out);
            }
            Made::Pay(after) => {
                out.push_str(&line("pay:"));
                out.push_str(&format!("{pad}    payee: payee\n{pad}    amount: amount\n{pad}    provider: provider\n"));
                for outcome in ["succeeded", "declined", "pending", "action_required", "unknown"] {
                    branch(outcome, after, indent + 4, out);
                }
            }
            Made::Unschedule(after) => {
                out.push_str(&line("unschedule:"));
                out.push_str(&format!("{pad}    order: order\n"));
                for outcome in ["ended", "kept", "failed"] {
                    branch(outcome, after, indent + 4, out);
                }
            }
            Made::Refund(after) => {
                out.push_str(&line("refund:"));
                out.push_str(&format!("{pad}    payee: payee\n{pad}    amount: back\n"));
                for outcome in ["succeeded", "declined", "pending", "unknown", "not_found"] {
                    branch(outcome, after, indent + 4, out);
                }
            }
        }
    }
}

fn branch(key: &str, list: &[Made], indent: usize, out: &mut String) {
    out.push_str(&format!("{}{key}:\n", " ".repeat(indent)));
    let fallback = [Made::Say];
    write(if list.is_empty() { &fallback } else { list }, indent + 2, out);
}

const SLOTS: &str = "slots:
  payee: {type: payee, ask: {en: Who?, zh: 谁？}}
  amount: {type: money, ask: {en: How much?, zh: 多少？}, tries: 2, give_up: aside_flow}
  provider: {type: provider, ask: {en: With what?, zh: 用什么？}, default: '\"stripe\"'}
  order: {type: standing_order, ask: {en: Which order?, zh: 哪一个？}}
  back: {type: money, ask: {en: How much back?, zh: 退多少？}}
  tip: {type: money, default: 'money(\"1 USD\")', ask: {en: A tip?, zh: 小费？}}
  code: {type: secret, ask: {en: Code?, zh: 验证码？}, optional: true}
";

fn flow(name: &str, steps: &[Made]) -> SourceFile {
    let mut text = format!(
        "# \"{name}\"\nflow: {name}\ntitle: {{en: {name}, zh: {name}}}\ntriggers: {{en: '{name} {{amount}} {{payee}}', zh: '{name}{{amount}}{{payee}}'}}\n"
    );
    text.push_str("when: [{check: world.hour > 1, say: {en: Too early., zh: 太早。}}]\n");
    text.push_str(SLOTS);
    text.push_str("steps:\n  - collect: payee\n  - collect: amount\n  - collect: provider\n");
    write(steps, 2, &mut text);
    SourceFile::new(format!("{name}.yaml"), text)
}

/// A project of three flows: two of random steps, which people ask for, and one that they call.
pub fn project() -> impl Strategy<Value = Vec<SourceFile>> {
    let steps = || prop::collection::vec(made(), 1..5);
    (steps(), steps()).prop_map(|(one, other)| {
        let aside = "# \"aside\"\nflow: aside_flow\ntitle: {en: aside, zh: 旁}\nslots: {note: {type: text}, sure: {type: yes_no, ask: {en: Sure?, zh: 确定？}}}\nsteps:\n  - collect: sure\n  - say: {en: All right., zh: 好的。}\n";
        vec![flow("pay_bill", &one), flow("refund", &other), SourceFile::new("aside.yaml", aside)]
    })
}
