//! Every host function of scripts, as a table: the definitions for editors (`dialogs/host_functions.d.rhai`) are made from
//! it, and tests hold that it names what the engine registers, no more and no less.

use std::fmt::Write as _;

/// What a host function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Called by its name, also behind a dot.
    Function,
    /// Read behind a dot.
    Property,
    /// Written between two values.
    Operator,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`.
    Comparison,
}

/// A function that scripts and expressions can call.
#[derive(Clone, Copy, Debug)]
pub struct HostFunction {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: &'static str,
    /// Its parameters: a type, or `name: Type`.
    pub takes: &'static str,
    /// The type of its answer; `?` where it may be `()`.
    pub gives: &'static str,
    /// What it does.
    pub about: &'static str,
}

const fn host(
    kind: Kind,
    name: &'static str,
    takes: &'static str,
    gives: &'static str,
    about: &'static str,
) -> HostFunction {
    HostFunction { kind, name, takes, gives, about }
}

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// Every host function.
pub const HOST: &[HostFunction] = &[
    host(Kind::Property, "today", "World", "Date", "The day where the person lives."),
    host(Kind::Property, "hour", "World", "int", "The hour, 0 to 23."),
    host(Kind::Property, "lang", "World", "String", "The language of the conversation: \"en\" or \"zh\"."),
    host(
        Kind::Property,
        "currency",
        "World",
        "?",
        "The currency that is meant when none is said, such as \"USD\"; () if there is none.",
    ),
    host(Kind::Function, "payees", "World", "Array", "The ids of all payees."),
    host(Kind::Function, "billers", "World", "Array", "The ids of those who send bills."),
    host(Kind::Function, "persons", "World", "Array", "The ids of persons."),
    host(
        Kind::Function,
        "kind",
        "World, payee: String",
        "?",
        "\"biller\", \"person\", or () for somebody who is not in the household.",
    ),
    host(
        Kind::Function,
        "name",
        "World, payee: String",
        "String",
        "A payee's name in the language of the conversation.",
    ),
    host(
        Kind::Function,
        "providers",
        "World, currency: String",
        "Array",
        "The names of the providers that take a currency, in the order in which they are offered.",
    ),
    host(
        Kind::Function,
        "bills",
        "World",
        "Array",
        "What is due, each #{ payee, amount, due }; due is () where there is no day.",
    ),
    host(Kind::Function, "bill", "World, payee: String", "?", "What is due first to a payee, or ()."),
    host(Kind::Function, "due_by", "World, day: Date", "Array", "The bills that are due on or before a day."),
    host(
        Kind::Function,
        "payments",
        "World, wanted: Map",
        "Array",
        "What was paid, the newest first: wanted is #{ payee, from, to, limit }, each of which may be left out or ().",
    ),
    host(
        Kind::Function,
        "refunds",
        "World, wanted: Map",
        "Array",
        "The newest 50 refunds that were asked for, each #{ payee, payee_name, amount, provider, status, day, paid_on }, the newest first: wanted is #{ payee }, which may be left out or (); status is \"succeeded\", \"open\" or \"failed\".",
    ),
    host(
        Kind::Function,
        "scheduled",
        "World, wanted: Map",
        "Array",
        "What is paid later or again and again, the next first: wanted is #{ payee }, which may be left out or ().",
    ),
    host(Kind::Function, "last_payment", "World, wanted: Map", "?", "The newest payment that fits, or ()."),
    host(
        Kind::Function,
        "period",
        "World, name: String",
        "Map",
        "#{ from, to } of today, yesterday, this_week, last_week, last_7_days, last_30_days, this_month, last_month, this_year or last_year.",
    ),
    host(
        Kind::Function,
        "total",
        "World, items: Array",
        "Array",
        "The sums of amounts, payments or bills: one for each currency.",
    ),
    host(Kind::Function, "written", "World, amount: Money", "String", "An amount as it is shown."),
    host(Kind::Function, "written", "World, day: Date", "String", "A day as it is shown."),
    host(
        Kind::Function,
        "written",
        "World, items: Array",
        "String",
        "Several amounts, days or texts, with \"and\" before the last.",
    ),
    host(Kind::Property, "payee", "Payment", "String", "The payee's id."),
    host(Kind::Property, "payee_name", "Payment", "String", "The payee's name when it was paid."),
    host(Kind::Property, "amount", "Payment", "Money", "What was paid, without what came back."),
    host(Kind::Property, "provider", "Payment", "String", "Which provider paid: its name in the configuration."),
    host(Kind::Property, "status", "Payment", "String", "\"succeeded\" or \"open\"."),
    host(Kind::Property, "day", "Payment", "Date", "The day on which the person agreed to it."),
    host(Kind::Function, "money", "text: String", "Money", "An amount from a text such as \"42.50 USD\"."),
    host(
        Kind::Function,
        "money",
        "minor: int, currency: String",
        "Money",
        "An amount from minor units (cents) and a currency's code.",
    ),
    host(Kind::Property, "minor", "Money", "int", "The amount in minor units (cents)."),
    host(Kind::Property, "currency", "Money", "String", "The currency's code."),
    host(Kind::Function, "split", "Money, parts: int", "Array", "So many parts (1 to 100) that add up exactly."),
    host(
        Kind::Function,
        "percent",
        "Money, percent: int",
        "Money",
        "So many hundredths (0 to 1000), rounded to the nearest minor unit.",
    ),
    host(Kind::Function, "min", "Money, Money", "Money", "The smaller of two amounts."),
    host(Kind::Function, "max", "Money, Money", "Money", "The larger of two amounts."),
    host(Kind::Operator, "+", "Money, Money", "Money", "The sum; both of one currency."),
    host(Kind::Operator, "-", "Money, Money", "Money", "The difference; both of one currency."),
    host(Kind::Operator, "*", "Money, int", "Money", "A multiple."),
    host(Kind::Operator, "*", "int, Money", "Money", "A multiple."),
    host(Kind::Comparison, "", "Money, Money", "bool", "Comparison; both of one currency for all but == and !=."),
    host(Kind::Function, "to_string", "Money", "String", "The amount in plain characters, such as \"42.50 USD\"."),
    host(Kind::Function, "to_debug", "Money", "String", "The same."),
    host(Kind::Function, "date", "text: String", "Date", "A day from a text such as \"2026-11-28\"."),
    host(Kind::Function, "date", "year: int, month: int, day: int", "Date", "A day from its figures."),
    host(Kind::Property, "year", "Date", "int", "The year."),
    host(Kind::Property, "month", "Date", "int", "The month, 1 to 12."),
    host(Kind::Property, "day", "Date", "int", "The day of the month, 1 to 31."),
    host(Kind::Property, "weekday", "Date", "int", "1 for Monday to 7 for Sunday."),
    host(Kind::Function, "plus_days", "Date, days: int", "Date", "So many days later; earlier with a minus."),
    host(
        Kind::Function,
        "plus_months",
        "Date, months: int",
        "Date",
        "So many months later, at the end of a shorter month.",
    ),
    host(
        Kind::Function,
        "days_until",
        "Date, to: Date",
        "int",
        "How many days it is until another day; negative for one before.",
    ),
    host(
        Kind::Function,
        "months_until",
        "Date, to: Date",
        "int",
        "How many months are begun until another day, both included: 3 from August 26 to November 25.",
    ),
    host(Kind::Function, "week_start", "Date", "Date", "The Monday of its week."),
    host(Kind::Function, "month_start", "Date", "Date", "The first day of its month."),
    host(Kind::Function, "month_end", "Date", "Date", "The last day of its month."),
    host(Kind::Function, "year_start", "Date", "Date", "The first day of its year."),
    host(Kind::Comparison, "", "Date, Date", "bool", "Comparison of days."),
    host(Kind::Function, "to_string", "Date", "String", "The day in plain characters, such as \"2026-11-28\"."),
    host(Kind::Function, "to_debug", "Date", "String", "The same."),
    host(Kind::Property, "from", "Period", "Date", "The first day of it."),
    host(Kind::Property, "to", "Period", "Date", "The last day of it."),
    host(Kind::Property, "months", "Period", "int", "How many months are begun in it."),
    host(Kind::Function, "to_string", "Period", "String", "Its first and its last day in plain characters."),
    host(Kind::Property, "length", "Secret", "int", "How many characters it has; only in the slot's own `validate:`."),
    host(
        Kind::Function,
        "matches",
        "Secret, digest: String",
        "bool",
        "Whether its SHA-256 is this one, in hexadecimal digits; only in the slot's own `validate:`.",
    ),
    host(Kind::Function, "to_string", "Secret", "String", "Always \"(secret)\"."),
    host(Kind::Function, "to_debug", "Secret", "String", "The same."),
    host(Kind::Function, "sleep", "milliseconds: int", "()", "Always fails: a script can't wait."),
];

/// The definitions as a file for editors.
#[must_use]
pub fn definitions() -> String {
    let mut text = String::from(
        "module static;\n\n// What scripts of flows can call, beside the Rhai language itself. Made from the program's own table: do not\n\
         // edit. Renew it with: SAYSO_UPDATE=1 cargo test -p sayso --lib host\n",
    );
    for function in HOST {
        let names: &[&str] = if function.kind == Kind::Comparison { &COMPARISONS } else { &[function.name] };
        for name in names {
            let takes = parameters(function);
            let line = match function.kind {
                Kind::Function => format!("fn {name}({takes}) -> {};", function.gives),
                Kind::Property => format!("fn get {name}({takes}) -> {};", function.gives),
                Kind::Operator | Kind::Comparison => format!("op {name}({}) -> {};", function.takes, function.gives),
            };
            let _ = write!(text, "\n/// {}\n{line}\n", function.about);
        }
    }
    text
}

/// The parameters with a name for each: a type alone is named after itself.
fn parameters(function: &HostFunction) -> String {
    let each = function.takes.split(", ").enumerate().map(|(index, part)| match part.contains(": ") {
        true => part.to_owned(),
        false if index == 0 => format!("{}: {part}", part.to_lowercase()),
        false => format!("other: {part}"),
    });
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialog::scripts::Scripts;
    use std::collections::BTreeSet;

    #[test]
    fn the_definitions_in_the_folder_are_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/host_functions.d.rhai");
        let fresh = definitions();
        if std::env::var_os("SAYSO_UPDATE").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(there == fresh, "dialogs/host_functions.d.rhai is not fresh: run the tests once with SAYSO_UPDATE=1");
    }

    /// `name/number of parameters`, as the engine knows it.
    fn named(name: &str, parameters: usize) -> String {
        format!("{name}/{parameters}")
    }

    #[test]
    fn the_table_names_what_the_engine_registers() {
        let mut registered = BTreeSet::new();
        for signature in Scripts::new().signatures() {
            let (name, rest) = signature.split_once('(').unwrap();
            let inside = rest.split_once(')').unwrap().0;
            let count = if inside.is_empty() { 0 } else { inside.split(", ").count() };
            let name = name.trim_start_matches("get ").trim_start_matches("get$").trim_start_matches("op ");
            registered.insert(named(name, count));
        }
        let mut told = BTreeSet::new();
        for function in HOST {
            let count = function.takes.split(", ").count();
            let names: &[&str] = if function.kind == Kind::Comparison { &COMPARISONS } else { &[function.name] };
            told.extend(names.iter().map(|name| named(name, count)));
        }
        assert_eq!(registered, told);
    }

    #[test]
    fn the_readme_names_every_host_function() {
        let readme = include_str!("../../../../dialogs/README.md");
        let internal = ["to_debug", "sleep"];
        for function in HOST.iter().filter(|function| matches!(function.kind, Kind::Function | Kind::Property)) {
            let behind_a_dot = readme.contains(&format!(".{}", function.name));
            let own = function.takes == "Payment" && readme.contains(&format!("`{}`", function.name));
            let told = behind_a_dot || own || readme.contains(&format!("`{}(", function.name));
            assert!(told || internal.contains(&function.name), "{}", function.name);
        }
    }
}
