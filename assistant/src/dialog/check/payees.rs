//! Payees that a flow names by their id and the household does not have. Nothing is ever paid to them; what is said of them
//! never happens, and nothing else tells the writer why.

use super::super::code;
use super::super::dialogs::Dialogs;
use super::super::finding::Finding;
use super::super::format::flow::SlotType;
use super::super::place::{Place, Report, suggest};
use super::super::program::{Condition, Op, Program};
use super::super::scripts::Expression;
use super::super::scripts::facts::within;
use super::super::scripts::types::Type;
use super::super::source::SourceFile;
use crate::household::Household;
use std::collections::BTreeSet;

/// The payees that flows name and the household does not have, with what was probably meant. In the order of files and lines.
#[must_use]
pub fn unknown_payees(dialogs: &Dialogs, files: &[SourceFile], household: &Household) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        let mut report = Report::new(file);
        let mut seen = BTreeSet::new();
        for program in dialogs.programs.values().filter(|program| program.file == file.name) {
            for (place, id) in named(dialogs, program) {
                if household.payee(&id).is_none() && seen.insert((place.line, place.column)) {
                    let known = household.payees.iter().map(|payee| payee.id.as_str());
                    let hint = format!("{} (payees stand in sayso.yaml, below `household:`)", suggest(&id, known));
                    let message = format!("nobody in your household has the id `{id}`");
                    report.find(&code::UNKNOWN_PAYEE, place, message, hint);
                }
            }
        }
        found.extend(report.into_findings());
    }
    found
}

/// The payees that a flow names, each with its place.
fn named(dialogs: &Dialogs, program: &Program) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    let takes = |flow: &Program, slot: &str| {
        flow.slot(slot).is_some_and(|slot| matches!(slot.kind, SlotType::Payee(_)) && !slot.many)
    };
    let mut value = |expression: &Expression, for_payee: bool| {
        if let (true, Type::Text(Some(id))) = (for_payee, &expression.found) {
            found.push((expression.source.place, id.clone()));
        }
        let named = expression.payees.iter();
        found.extend(named.map(|(at, id)| (within(&expression.source, *at, id.chars().count() + 2), id.clone())));
    };
    for (slot, expression) in &program.defaults {
        value(expression, takes(program, slot));
    }
    program.checks.values().flatten().for_each(|expression| value(expression, false));
    for op in &program.ops {
        match op {
            Op::Set(slot, expression) => value(expression, takes(program, slot)),
            Op::Branch(Condition::Expression(expression), _) => value(expression, false),
            Op::Guard(conditions) => conditions.iter().for_each(|(expression, _)| value(expression, false)),
            Op::Call(flow, arguments) => {
                let called = dialogs.programs.get(flow);
                for (slot, expression) in arguments {
                    value(expression, called.is_some_and(|called| takes(called, slot)));
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::super::source::shipped;
    use super::*;
    use crate::household::{Payee, PayeeKind};
    use std::collections::BTreeMap;

    const FLOW: &str = r#"flow: library_card
title: {en: renewing the card, zh: 续借书证}
triggers:
  en: ["renew my card"]
  zh: ["续借书证"]
slots:
  payee: {type: payee}
steps:
  - set: {payee: '"libary"'}
  - if: payee == "libarry"
    then:
      - say: {en: "Yes.", zh: "是。"}
    else:
      - if: payee == "library"
        then:
          - say: {en: "No.", zh: "不。"}
"#;

    #[test]
    fn a_payee_whom_nobody_has_is_warned_of_where_it_is_named() {
        let mut files = shipped();
        files.push(SourceFile::new("card.yaml", FLOW));
        let loaded = Dialogs::load(&files).unwrap_or_else(|found| panic!("{found:?}"));
        let library = Payee {
            id: "library".into(),
            kind: PayeeKind::Biller,
            names: BTreeMap::new(),
            aliases: BTreeMap::new(),
            about: BTreeMap::new(),
            accounts: BTreeMap::new(),
        };
        let household = Household {
            currencies: BTreeMap::new(),
            payees: vec![library],
            bills: Vec::new(),
            contact: BTreeMap::new(),
        };
        let found = unknown_payees(&loaded.dialogs, &files, &household);
        let places: Vec<_> = found.iter().map(|finding| (finding.line, finding.column)).collect();
        assert_eq!(places, [(9, 18), (10, 18)], "{found:?}");
        let hints = found.iter().all(|finding| finding.hint.as_deref().is_some_and(|hint| hint.contains("`library`")));
        assert!(hints, "{found:?}");
    }
}
