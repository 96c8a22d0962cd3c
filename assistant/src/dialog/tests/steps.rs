//! Steps and slots beyond the straight way: guards, arguments and results of calls, defaults, retry ladders, secrets,
//! hand-offs and refunds.

use super::talk::{Talk, say, talk, talk_with, usd};
use crate::consent::ProposalKind;
use crate::dialog::{Dialogs, HandOff, Input, PaymentOutcome, SourceFile};
use crate::lang::Lang;
use crate::understanding::{Act, EntityKind, Value};
use sayso_plugin_interface::Currency;

const USD: Option<Currency> = Some(Currency::USD);

/// A flow of this name, started by its name, with these slots and steps.
fn flow(name: &str, rest: &str) -> SourceFile {
    let head = format!(
        "# \"{name}\"\nflow: {name}\ntitle: {{en: {name}, zh: {name}}}\ntriggers: {{en: {name} now, zh: 现在{name}}}\n"
    );
    SourceFile::new(format!("{name}.yaml"), format!("{head}{rest}"))
}

fn english(files: &[SourceFile]) -> Talk {
    talk_with(files, Lang::En)
}

/// The messages of all errors in these files.
fn errors(files: &[SourceFile]) -> String {
    let findings = Dialogs::load(files).unwrap_err();
    findings.iter().map(|finding| format!("{}: {}\n", finding.line, finding.message)).collect()
}

#[test]
fn a_guard_says_why_a_flow_cannot_be_used() {
    let guarded = |check: &str| {
        flow(
            "donate",
            &format!(
                "when:\n  - check: {check}\n    say: {{en: We are closed., zh: 打烊了。}}\nsteps:\n  - say: {{en: Thanks., zh: 谢谢。}}\n"
            ),
        )
    };
    let mut closed = english(&[guarded("world.hour < 12")]);
    closed.hear(say("donate now").intent("donate")).says("We are closed").never_says("Thanks").awaits(None);
    let mut open = english(&[guarded("world.hour >= 12")]);
    open.hear(say("donate now").intent("donate")).says("Thanks").never_says("closed");
    assert!(errors(&[guarded("world.hour")]).contains("true or false"));
}

#[test]
fn a_guard_of_a_called_flow_ends_the_caller_too() {
    let caller = flow("outer", "steps:\n  - call: inner\n  - say: {en: After., zh: 之后。}\n");
    let inner = flow(
        "inner",
        "when:\n  - {check: 1 > 2, say: {en: Not today., zh: 今天不行。}}\nsteps:\n  - say: {en: Inside., zh: 里面。}\n",
    );
    let mut talk = english(&[caller, inner]);
    talk.hear(say("outer now").intent("outer")).says("Not today").never_says("After").awaits(None);
}

#[test]
fn a_call_takes_arguments_and_brings_results() {
    let caller = flow(
        "dinner",
        "slots:\n  guests: {type: number}\n  each: {type: money}\nsteps:\n  - set: {guests: 3}\n  - call: share\n    with: {people: guests + 1, whole: 'money(\"40 USD\")'}\n    into: {each: part}\n  - if: each != ()\n    then:\n      - say: {en: 'Each pays {each}.', zh: '每人{each}。'}\n",
    );
    let share = flow(
        "share",
        "slots:\n  people: {type: number}\n  whole: {type: money}\n  part: {type: money}\nsteps:\n  - set: {part: 'whole.split(people.to_int())[0]'}\n",
    );
    let mut talk = english(&[caller, share.clone()]);
    talk.hear(say("dinner now").intent("dinner")).says("Each pays $10.00");
    let wrong = |into: &str| {
        let text = format!("slots:\n  each: {{type: money}}\nsteps:\n  - call: share\n    into: {into}\n");
        errors(&[flow("dinner", &text), share.clone()])
    };
    assert!(wrong("{each: parts}").contains("has no slot `parts`"));
    assert!(wrong("{each: people}").contains("`people` is number"));
    assert!(wrong("{eech: part}").contains("no slot `eech`"));
}

#[test]
fn a_default_is_not_asked_for() {
    let tip = "slots:\n  tip:\n    type: money\n    default: money(\"2 USD\")\n    ask: {en: How much?, zh: 多少？}\nsteps:\n  - collect: tip\n  - say: {en: 'A tip of {tip}.', zh: '小费{tip}。'}\n";
    let mut talk = english(&[flow("tipping", tip)]);
    talk.hear(say("tipping now").intent("tipping")).says("A tip of $2.00");
    talk.hear(say("tipping now, five dollars").intent("tipping").money(500, USD, "five dollars"))
        .says("A tip of $5.00");
    assert!(errors(&[flow("tipping", &tip.replace("money(\"2 USD\")", "'\"two\"'"))]).contains("type money"));
}

/// A flow that asks for a number, with these lines for its slot.
fn asking(lines: &str) -> SourceFile {
    let slot = format!("slots:\n  age:\n    type: number\n    ask: {{en: How old?, zh: 多大？}}\n{lines}");
    flow("asking", &format!("{slot}steps:\n  - collect: age\n"))
}

fn helper() -> SourceFile {
    flow("helper", "steps:\n  - handoff: {to: human}\n")
}

#[test]
fn the_ladder_ends_where_the_slot_says() {
    let lines =
        "    tries: 1\n    silences: 1\n    reprompt: {en: A figure please., zh: 请说数字。}\n    give_up: helper\n";
    let mut talk = english(&[asking(lines), helper()]);
    talk.hear(say("asking now").intent("asking")).says("How old?");
    talk.hear(say("er")).says("A figure").hear(say("um")).says("handing you over").awaits(None);
    assert_eq!(talk.handed, [HandOff::Human]);
    assert!(talk.ended);
    let mut silent = english(&[asking(lines), helper()]);
    silent.hear(say("asking now").intent("asking")).step(Input::Silence).says("How old?").step(Input::Silence);
    assert_eq!(silent.handed, [HandOff::Human]);
}

#[test]
fn the_ladder_of_the_project_holds_where_a_slot_says_nothing() {
    let project = SourceFile::new("project.yaml", "retries: {tries: 2, silences: 4, give_up: helper}\n");
    let mut talk = english(&[asking(""), helper(), project.clone()]);
    talk.hear(say("asking now").intent("asking")).hear(say("er")).hear(say("er")).awaits(Some("age"));
    talk.hear(say("er")).awaits(None);
    assert_eq!(talk.handed, [HandOff::Human]);
    let mut own = english(&[asking("    tries: 4\n"), helper(), project]);
    own.hear(say("asking now").intent("asking")).hear(say("er")).hear(say("er")).hear(say("er")).awaits(Some("age"));
    assert!(errors(&[asking("    tries: 0\n")]).contains("from 1 to 9"));
    assert!(errors(&[asking("    give_up: nowhere\n")]).contains("no flow `nowhere`"));
    let nowhere = SourceFile::new("project.yaml", "retries: {give_up: nowhere}\n");
    assert!(errors(&[asking(""), nowhere]).contains("no flow `nowhere`"));
}

/// A flow that asks for a code of four digits.
fn coded(steps: &str) -> SourceFile {
    let digest = "03ac674216f3e15c761ee1a5e255f067953623c8b388b4459e13f978d7c846f4"; // 1234
    let slot = format!(
        "slots:\n  code:\n    type: secret\n    ask: {{en: Your code?, zh: 验证码？}}\n    validate:\n      - {{check: code.length == 4, say: {{en: It has four digits., zh: 四位数字。}}}}\n      - {{check: 'code.matches(\"{digest}\")', say: {{en: That is not it., zh: 不对。}}}}\n"
    );
    flow("coded", &format!("{slot}steps:\n{steps}"))
}

#[test]
fn nothing_of_a_secret_is_kept() {
    let steps = "  - collect: code\n  - if: code != ()\n    then:\n      - confirm: {en: Shall I?, zh: 可以吗？}\n        then: end\n";
    let mut talk = english(&[coded(steps)]);
    talk.hear(say("coded now").intent("coded")).awaits(Some("code"));
    assert!(crate::dialog::awaits_secret(&talk.dialogs, &talk.state));
    assert!(!crate::dialog::may_be_kept(&talk.dialogs, &talk.state, "one two three four"));
    talk.hear(say("12345")).says("four digits").awaits(Some("code"));
    talk.hear(say("nine nine nine nine")).says("That is not it").awaits(Some("code"));
    talk.hear(say("one two three four")).says("Shall I?").awaits(Some("confirm"));
    assert!(!crate::dialog::awaits_secret(&talk.dialogs, &talk.state));
    assert!(crate::dialog::may_be_kept(&talk.dialogs, &talk.state, "yes"));
    assert!(!crate::dialog::may_be_kept(&talk.dialogs, &talk.state, "my card is 4111 1111 1111 1111"));
    let stored = serde_json::to_string(&talk.state).unwrap();
    for trace in ["1234", "one two", "03ac67"] {
        assert!(!stored.contains(trace), "{stored}");
    }
    assert_eq!(talk.state.slots()["code"], "(secret)");
}

#[test]
fn a_secret_fills_nothing_else_and_starts_nothing() {
    let mut talk = english(&[coded("  - collect: code\n"), helper()]);
    let asked = say("coded now").intent("coded");
    talk.hear(asked).hear(say("helper now").intent("helper").money(500, USD, "now")).awaits(Some("code"));
    assert_eq!(talk.handed, []);
    talk.hear(say("cancel").act(Act::Cancel)).awaits(None);
}

#[test]
fn a_secret_is_never_said_computed_or_given_away() {
    let found = |steps: &str| errors(&[coded(steps)]);
    assert!(
        found("  - collect: code\n  - say: {en: 'It is {code}.', zh: '{code}'}\n").contains("nothing called `{code}`")
    );
    assert!(found("  - set: {code: '\"1234\"'}\n").contains("only the person can say it"));
    assert!(found("  - collect: code\n  - if: code == \"1234\"\n    then: end\n").contains("a secret"));
    let script = SourceFile::new(
        "coded.rhai",
        "fn look(slots, world) { #{ length: slots.code.length } }\nfn text(slots, world) { #{ text: `${slots.code}` } }",
    );
    let steps = |function: &str, slot: &str| {
        let file = coded(&format!(
            "  - collect: code\n  - script: {function}\n    sets: {slot}\n    on_error:\n      - say: {{en: It failed., zh: 失败。}}\n  - if: {slot} != ()\n    then:\n      - say: {{en: 'Found {{{slot}}}.', zh: '{{{slot}}}'}}\n"
        ));
        let text = file.text.replace("slots:\n", "slots:\n  length: {type: number}\n  text: {type: text}\n");
        SourceFile::new(file.name, text)
    };
    let mut looks = english(&[steps("look", "length"), script.clone()]);
    looks.hear(say("coded now").intent("coded")).hear(say("1234")).says("It failed").never_says("Found");
    let mut prints = english(&[steps("text", "text"), script]);
    prints.hear(say("coded now").intent("coded")).hear(say("1234")).says("Found (secret)");
}

#[test]
fn a_handoff_shows_where_to_go_on() {
    let text = "slots:\n  amount: {type: money}\nsteps:\n  - set: {amount: 'money(\"42.50 USD\")'}\n  - handoff: {to: link, address: 'https://example.com/card?for={amount}'}\n  - handoff: {to: qr, content: 'sayso:{amount}', say: {en: Scan this., zh: 请扫码。}}\n  - handoff: {to: app, name: Stripe}\n  - say: {en: That was all., zh: 好了。}\n";
    let mut talk = english(&[flow("cards", text)]);
    talk.hear(say("cards now").intent("cards"))
        .says("example.com")
        .says("Scan this")
        .says("Stripe app")
        .says("That was all");
    let address = "https://example.com/card?for=42.50 USD".to_owned();
    let (content, name) = ("sayso:42.50 USD".to_owned(), "Stripe".to_owned());
    assert_eq!(talk.handed, [HandOff::Link { address }, HandOff::Qr { content }, HandOff::App { name }]);
    for (wrong, message) in [
        ("{to: link, address: 'javascript:alert(1)'}", "begins with `https://`"),
        ("{to: link}", "needs `address:`"),
        ("{to: human, address: 'https://example.com'}", "not for `to: human`"),
        ("{to: moon}", "`moon` is not a place"),
        ("{to: qr, content: '{amuont}'}", "nothing called `{amuont}`"),
    ] {
        let found =
            errors(&[flow("cards", &format!("slots:\n  amount: {{type: money}}\nsteps:\n  - handoff: {wrong}\n"))]);
        assert!(found.contains(message), "{wrong}: {found}");
    }
    let after = errors(&[flow("cards", "steps:\n  - handoff: {to: human}\n  - say: {en: Gone., zh: 走了。}\n")]);
    assert!(after.contains("never be reached"), "{after}");
}

#[test]
fn the_last_payment_is_given_back_after_a_clear_yes() {
    let mut talk = talk(Lang::En);
    // The newest payment to water is not finished: nothing else is given back in its place.
    talk.hear(say("refund water").intent("refund").payee("water")).says("no finished payment to water").awaits(None);
    talk.hear(say("refund electricity").intent("refund").payee("electricity"))
        .says("You are getting $40.00 back from electricity, with Stripe")
        .awaits(Some("consent"))
        .hear(say("hm"))
        .says("before I ask for the money back")
        .hear(say("yes").act(Act::Yes))
        .awaits(Some("outcome"))
        .hear(say("yes").act(Act::Yes))
        .payments(0)
        .outcome(PaymentOutcome::Succeeded)
        .says("Done")
        .awaits(None);
    let kind = ProposalKind::Refund { payment: "electricity 9".into(), version: 3 };
    assert_eq!(talk.returned, [(usd(4000), "electricity".to_owned(), kind)]);
}

#[test]
fn a_payment_is_found_by_its_day_and_a_part_comes_back() {
    let mut talk = talk(Lang::En);
    let day = vec![Value::Date(jiff::civil::date(2026, 10, 3))];
    talk.hear(say("refund five dollars of october third").intent("refund").money(500, USD, "five dollars").entity(
        EntityKind::Date,
        day,
        "october third",
    ))
    .says("$5.00 back from water")
    .hear(say("yes").act(Act::Yes))
    .outcome(PaymentOutcome::Unknown)
    .says("don't know yet");
    assert_eq!(talk.returned.len(), 1);
}

#[test]
fn a_refund_handles_every_outcome() {
    let text = "steps:\n  - refund:\n      succeeded:\n        - say: {en: 'Done {refund_amount}.', zh: '{refund_amount}'}\n      declined: end\n      pending: end\n      unknown: end\n";
    assert!(errors(&[flow("back", text)]).contains("needs `not_found:`"));
    let skip = format!("{text}      not_found: end\n      skip_consent: true\n");
    assert!(errors(&[flow("back", &skip)]).contains("without saying yes"));
    let told =
        format!("{text}      not_found:\n        - say: {{en: 'No {{refund_amount}}.', zh: '{{refund_amount}}'}}\n");
    assert!(errors(&[flow("back", &told)]).contains("nothing called `{refund_amount}`"));
}
