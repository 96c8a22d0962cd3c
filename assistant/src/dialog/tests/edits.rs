//! Files that are edited one after another are told of as if all were read anew.

use super::loading::{GOOD, findings};
use crate::dialog::{SourceFile, Workspace};

#[test]
fn an_edit_finds_what_a_fresh_look_finds() {
    let mut workspace = Workspace::new();
    let other = GOOD
        .replace("flow: pay_somebody", "flow: other")
        .replace("pay {payee}", "settle {payee}")
        .replace("付给", "结清");
    let texts = [
        GOOD.to_owned(),
        GOOD.replace("type: money", "type: mony"),
        GOOD.replace("pay {payee}", "settle {payee}"),
        GOOD.to_owned(),
    ];
    for text in texts {
        let files = [SourceFile::new("f.yaml", text), SourceFile::new("g.yaml", other.clone())];
        let again = workspace.update(&files).map_or_else(|found| found, |loaded| loaded.warnings);
        assert_eq!(again, findings(&files));
    }
}

#[test]
fn an_edit_is_noticed_in_the_flows_that_lead_to_it() {
    let flow = |name: &str, slot: &str, step: &str| {
        let text = format!(
            "flow: {name}\ntitle: {{en: {name}, zh: 名}}\nexamples:\n  en: [do the {name} thing]\n  zh: [办{name}的事]\n\
slots:\n  thing:\n    type: {slot}\n    ask: {{en: Which?, zh: 哪个？}}\nsteps:\n  - collect: thing\n  - {step}\n"
        );
        SourceFile::new(format!("{name}.yaml"), text)
    };
    let say = "say: {en: Well., zh: 好。}";
    let caller = || flow("one", "number", "call: two");
    let rounds = [
        vec![caller(), flow("two", "number", say), flow("three", "date", say)],
        vec![caller(), flow("two", "text", say), flow("three", "date", say)],
        vec![caller(), flow("two", "text", say), flow("three", "number", say)],
        vec![caller(), flow("three", "number", say)],
        vec![caller(), flow("tow", "number", say), flow("three", "number", say)],
        vec![caller(), flow("two", "number", "call: three"), flow("three", "number", say)],
        vec![caller(), flow("two", "number", "call: three"), flow("three", "number", "call: one")],
        vec![caller(), flow("two", "number", "cal: three"), flow("three", "number", "link: one")],
        vec![caller(), flow("two", "number", say), flow("three", "date", say)],
    ];
    let mut workspace = Workspace::new();
    for files in rounds {
        let again = workspace.update(&files).map_or_else(|found| found, |loaded| loaded.warnings);
        assert_eq!(again, findings(&files));
    }
}
