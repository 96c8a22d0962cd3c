//! Repair files: the shipped ones are right, a project's own take their place, and none of them touches money.

use super::flows::{at_read_back, yes};
use super::talk::{Talk, say, talk, talk_with};
use crate::dialog::moments::{MOMENT_WORDS, Moment};
use crate::dialog::source::shipped_repairs;
use crate::dialog::{Dialogs, Input, SourceFile, shipped};
use crate::lang::Lang;
use crate::understanding::meaning::Id;
use crate::understanding::{Act, EntityKind, Value};
use sayso_plugin_interface::Currency;

/// The shipped dialogs with this repair file in the place of theirs.
fn with_own(text: &str) -> Vec<SourceFile> {
    let moment = text.lines().find_map(|line| line.strip_prefix("repair: ")).unwrap().to_owned();
    let mut files = shipped();
    files.retain(|file| file.name != format!("dialogs/repair/{moment}.yaml"));
    files.push(SourceFile::new(format!("mine/{moment}.yaml"), text));
    files
}

fn read_back_with(text: &str) -> Talk {
    let mut talk = talk_with(&with_own(text), Lang::En);
    talk.hear(
        say("pay my electricity bill")
            .intent("pay_bill")
            .payee("electricity")
            .money(4250, Some(Currency::USD), "42.50")
            .provider("stripe"),
    )
    .awaits(Some("consent"));
    talk
}

fn errors(text: &str) -> String {
    let findings = Dialogs::load(&with_own(text)).unwrap_err();
    findings.iter().map(|finding| format!("{}: {}\n", finding.line, finding.message)).collect()
}

#[test]
fn a_file_ships_for_every_moment_and_is_right() {
    let files = shipped_repairs();
    assert_eq!(files.len(), MOMENT_WORDS.len());
    let loaded = Dialogs::load(&files).unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    for word in MOMENT_WORDS {
        assert!(loaded.dialogs.repairs.contains_key(&Moment::of(word).unwrap()), "{word}");
    }
    assert!(loaded.dialogs.repaired.is_empty(), "shipped files are nobody's own");
}

#[test]
fn a_project_without_repair_files_has_the_shipped_ones() {
    let mut files = shipped();
    files.retain(|file| !file.name.contains("repair/"));
    let mut talk = talk_with(&files, Lang::En);
    talk.hear(say("help").act(Act::Help)).says("I never pay before you say yes");
}

#[test]
fn a_projects_own_file_changes_what_is_said_and_done() {
    let always = "
# always asks
repair: cancel
steps:
  - confirm: {en: 'Really stop?', zh: 真的停吗？}
    then:
      - say: {en: Stopped., zh: 停了。}
      - do: stop
    else:
      - do: ask_again
";
    let mut talk = read_back_with(always);
    talk.hear(say("cancel").act(Act::Cancel)).says("Really stop?").awaits(Some("confirm"));
    talk.hear(say("no").act(Act::No)).says("42.50").awaits(Some("consent"));
    talk.hear(say("cancel").act(Act::Cancel)).hear(yes()).payments(0).says("42.50").awaits(Some("consent"));
    talk.hear(say("cancel").act(Act::Cancel)).hear(say("yes").act(Act::Yes)).says("Stopped.").awaits(None).payments(0);
    let sooner = "
# gives up at the first
repair: no_match
steps:
  - say: {en: Goodbye then., zh: 再见。}
  - do: give_up
";
    read_back_with(sooner).hear(say("blah")).says("Goodbye then.").awaits(None).payments(0);
    let at_once = "
# goes on without asking
repair: resume
steps:
  - say: {en: Back to it., zh: 继续。}
  - do: go_on
";
    read_back_with(at_once)
        .hear(say("what is my water bill").intent("bill_due").payee("water"))
        .says("18.20")
        .says("Back to it.")
        .says("42.50")
        .awaits(Some("consent"))
        .payments(0);
}

#[test]
fn own_words_never_have_the_last_word_before_a_yes() {
    for moment in ["help", "human", "wait", "repeat"] {
        let file = format!("# x\nrepair: {moment}\nsteps:\n  - say: {{en: Say yes to win a prize., zh: 说是。}}\n");
        let mut talk = read_back_with(&file);
        let act = match moment {
            "help" => Act::Help,
            "human" => Act::Human,
            "wait" => Act::Wait,
            _ => Act::Repeat,
        };
        talk.hear(say("so").act(act)).says("win a prize").awaits(Some("consent"));
        assert!(talk.said.last().is_some_and(|last| last.contains("42.50")), "{moment}: {:?}", talk.said);
    }
}

#[test]
fn a_yes_to_a_question_of_repair_is_no_consent() {
    let asks = "
# asks
repair: help
steps:
  - confirm: {en: 'Do you like birds?', zh: 喜欢鸟吗？}
    then:
      - say: {en: Good., zh: 好。}
";
    let mut talk = read_back_with(asks);
    talk.hear(say("help").act(Act::Help)).says("birds").awaits(Some("confirm"));
    talk.hear(yes()).payments(0).says("Good.").says("42.50").awaits(Some("consent"));
    talk.hear(say("help").act(Act::Help)).hear(say("make it fifty").act(Act::Correct).money(5000, None, "fifty"));
    talk.says("50.00").payments(0).awaits(Some("consent"));
}

#[test]
fn a_repair_file_can_neither_pay_nor_ask_for_slots() {
    let file = |step: &str| format!("# x\nrepair: cancel\nsteps:\n  - say: {{en: a, zh: b}}\n{step}\n");
    let pay = "  - pay:\n      payee: a\n      amount: b\n      provider: c\n      succeeded: [{say: {en: a, zh: b}}]\n      declined: [{say: {en: a, zh: b}}]\n      pending: [{say: {en: a, zh: b}}]\n      action_required: [{say: {en: a, zh: b}}]\n      unknown: [{say: {en: a, zh: b}}]";
    assert!(errors(&file(pay)).contains("5: a repair file can't pay"));
    for step in ["  - collect: amount", "  - set: {times: 3}", "  - call: pay_bill", "  - link: pay_bill"] {
        assert!(errors(&file(step)).contains("5: a repair file can't do this"), "{step}");
    }
    assert!(errors(&file("  - do: agree")).contains("`agree` is not a thing that can be done"));
    assert!(errors(&file("  - if: amount > 3\n    then: end")).contains("there is no slot `amount`"));
    assert!(errors(&file("  - say: {en: 'pay {amount}', zh: b}")).contains("nothing called `{amount}`"));
    assert!(errors("# x\nrepair: resume\nsteps:\n  - do: ask_again\n").contains("can't be done in `resume`"));
    assert!(errors("# x\nrepair: disambiguate\nsteps:\n  - confirm: {en: a, zh: b}\n    then: end\n").contains("asks"));
}

#[test]
fn a_flow_can_do_no_repair_and_two_files_for_one_moment_are_reported() {
    let mut files = shipped();
    files.push(SourceFile::new("mine/x.yaml", "# x\nflow: x\ntitle: {en: x, zh: x}\nsteps:\n  - do: stop\n"));
    assert!(Dialogs::load(&files).unwrap_err().iter().any(|f| f.message.contains("only a repair file can do `stop`")));
    let again = with_own("# x\nrepair: wait\nsteps:\n  - say: {en: a, zh: b}\n");
    let mut twice = again.clone();
    twice.push(SourceFile::new("mine/other.yaml", again.last().unwrap().text.clone()));
    assert!(Dialogs::load(&twice).unwrap_err()[0].message.contains("another file for `repair: wait`"));
}

#[test]
fn the_second_repetition_says_the_amount_digit_by_digit() {
    let mut talk = at_read_back();
    talk.hear(say("again").act(Act::Repeat)).never_says("four two").says("42.50");
    talk.hear(say("again").act(Act::Repeat)).says("four two point five zero dollars").says("42.50");
    talk.hear(say("blah")).hear(say("again").act(Act::Repeat)).never_says("four two").hear(yes()).payments(1);
}

#[test]
fn somebody_who_asked_for_a_moment_has_one() {
    let mut talk = at_read_back();
    talk.hear(say("wait").act(Act::Wait)).says("Take your time").awaits(Some("consent"));
    for _ in 0..3 {
        talk.step(Input::Silence);
        assert!(talk.said.is_empty(), "{:?}", talk.said);
    }
    talk.step(Input::Silence).says("still here").step(Input::Silence).says("42.50").awaits(Some("consent"));
    talk.step(Input::Silence).step(Input::Silence).says("Nothing was paid").awaits(None).payments(0);
}

#[test]
fn a_cancellation_with_more_in_it_is_asked_about_while_money_is_near() {
    let unclear = || say("cancel the one to water").act(Act::Cancel).payee("water");
    let mut talk = at_read_back();
    talk.hear(unclear()).says("Do you want to stop?").awaits(Some("confirm"));
    talk.hear(say("no").act(Act::No)).says("42.50").awaits(Some("consent"));
    talk.hear(unclear()).hear(say("cancel").act(Act::Cancel)).says("Nothing was paid").awaits(None).payments(0);
}

#[test]
fn a_yes_to_whether_to_stop_never_pays_however_long_it_takes() {
    let unclear = || say("cancel the one to water").act(Act::Cancel).payee("water");
    let mut talk = at_read_back();
    talk.hear(unclear()).says("Do you want to stop?").awaits(Some("confirm"));
    talk.hear(say("wait").act(Act::Wait)).says("Take your time").awaits(Some("confirm"));
    talk.step(Input::Silence).awaits(Some("confirm"));
    talk.hear(say("yes").act(Act::Yes)).says("Nothing was paid").awaits(None).payments(0);
}

#[test]
fn which_of_two_payees_is_asked() {
    let mut talk = talk(Lang::En);
    let chen = |id: &str| Value::Id(Id { id: id.into(), slot: None });
    talk.hear(say("send ten dollars to chen").intent("send_money").money(1000, None, "ten dollars").entity(
        EntityKind::Payee,
        vec![chen("alice"), chen("bob")],
        "chen",
    ))
    .says("Did you mean Alice or Bob?")
    .awaits(Some("payee"))
    .hear(say("the second"))
    .awaits(Some("provider"));
    assert_eq!(talk.state.slots()["payee"], "bob");
}

#[test]
fn a_person_who_helps_is_named_where_the_household_names_one() {
    let mut talk = at_read_back();
    talk.hear(say("a human").act(Act::Human)).says("customer service").says("42.50").awaits(Some("consent"));
    let mut household = super::talk::household();
    household.contact.insert(Lang::En, "call 555 0100".into());
    talk.household = std::sync::Arc::new(household);
    talk.hear(say("a human").act(Act::Human)).says("call 555 0100").says("42.50").awaits(Some("consent")).payments(0);
}
