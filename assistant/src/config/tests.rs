//! What a configuration may say, and what is said of one that is wrong.

use super::*;
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 22);

fn wrong(text: &str) -> ConfigError {
    Config::parse(text, Path::new("sayso.yaml"), TODAY).unwrap_err()
}

#[test]
fn the_example_holds() {
    let config = Config::example(TODAY).unwrap();
    assert_eq!(config.source, None);
    assert_eq!(config.providers.len(), 4);
    let bill = config.household.bill("electricity").unwrap();
    assert_eq!(bill.amount.to_string(), "42.50 USD");
    assert_eq!(bill.due, Some(date(2026, 11, 28)));
    let rent = config.household.bill("rent").unwrap();
    assert_eq!(rent.due, Some(date(2026, 12, 1)), "this month's day is over, so next month's");
}

#[test]
fn what_is_left_out_is_as_in_the_example() {
    let config = Config::parse("language: zh\n", Path::new("sayso.yaml"), TODAY).unwrap();
    assert_eq!(config.language, LanguageChoice::Zh);
    assert_eq!(config.household, Config::example(TODAY).unwrap().household);
}

#[test]
fn a_wrong_key_names_its_line_and_the_nearest_one() {
    let error = wrong("language: en\nlimts: { per_payment: [] }\n");
    assert_eq!((error.line, error.column), (2, 1), "{error}");
    assert!(error.hint.contains("`limits`"), "{error}");
    assert!(error.to_string().contains("limts: { per_payment"), "{error}");
}

#[test]
fn a_secret_in_the_file_is_refused() {
    let text = "providers:\n  - name: stripe\n    plugin: stripe\n    secrets: { api_key: { inline: sk_test_1 } }\n";
    let error = wrong(text);
    assert_eq!(error.line, 4, "{error}");
    assert!(error.hint.contains("never written here"), "{error}");
    assert!(!error.to_string().contains("sk_test_1"), "the secret must not be shown: {error}");
}

#[test]
fn money_is_text_with_a_currency() {
    for amount in ["42.5", "\"42.50\"", "\"42.505 USD\"", "\"0 USD\"", "\"-3 USD\""] {
        let text = format!(
            "household:\n  payees:\n    - {{ id: a, kind: biller, names: {{ en: A }} }}\n  bills:\n    - {{ payee: a, amount: {amount} }}\n"
        );
        assert_eq!(wrong(&text).line, 5, "{amount}");
    }
}

#[test]
fn ids_are_unique_and_known() {
    let twice = "household:\n  payees:\n    - { id: a, kind: biller, names: { en: A } }\n    - { id: a, kind: person, names: { en: B } }\n";
    assert_eq!(wrong(twice).line, 4);
    let stranger = "household:\n  payees:\n    - { id: water, kind: biller, names: { en: A } }\n  bills:\n    - { payee: watr, amount: \"1 USD\" }\n";
    assert!(wrong(stranger).hint.contains("water"));
}

#[test]
fn payees_of_one_name_have_to_be_told_apart() {
    let with = |about: &str| {
        format!(
            "household:\n  payees:\n    - {{ id: chen_a, kind: person, names: {{ en: Chen Wei }}, about: {{ en: from work }} }}\n    \
             - {{ id: chen_b, kind: person, names: {{ en: chen wei }}{about} }}\n"
        )
    };
    let parse = |about: &str| Config::parse(&with(about), Path::new("sayso.yaml"), TODAY);
    assert!(parse("").is_ok(), "telling one of them apart is enough");
    let same = wrong(&with(", about: { en: From work }"));
    assert_eq!(same.line, 4, "{same}");
    assert!(same.to_string().contains("`chen_a` and `chen_b`") && same.hint.contains("about:"), "{same}");
    let household = parse(", about: { en: the plumber, zh: 水管工 }").unwrap().household;
    let titles = |lang| household.payees.iter().map(|payee| household.title(payee, lang)).collect::<Vec<_>>();
    assert_eq!(titles(Lang::En), ["Chen Wei (from work)", "chen wei (the plumber)"]);
    assert_eq!(titles(Lang::Zh), ["Chen Wei（from work）", "chen wei（水管工）"]);
}

#[test]
fn broken_yaml_is_an_error_with_a_place() {
    for text in ["language: [en", "language:\n\ten", "language: en\nlanguage: zh\n", "- a\n- b\n"] {
        let error = wrong(text);
        assert!(error.line >= 1 && !error.message.is_empty(), "{text:?}: {error}");
    }
}

#[test]
fn short_months_end_earlier() {
    let text = "household:\n  payees:\n    - { id: a, kind: biller, names: { en: A } }\n  bills:\n    - { payee: a, amount: \"1 USD\", due_day: 31 }\n";
    let config = Config::parse(text, Path::new("sayso.yaml"), date(2027, 2, 3)).unwrap();
    assert_eq!(config.household.bills[0].due, Some(date(2027, 2, 28)));
}

#[test]
fn the_sandbox_is_required_unless_it_is_said_otherwise() {
    let today = jiff::civil::date(2026, 11, 1);
    let sandbox = |text: &str| Config::parse(text, Path::new("sayso.yaml"), today).map(|config| config.sandbox);
    assert_eq!(sandbox("language: en"), Ok(Sandbox::Required));
    assert_eq!(sandbox("plugins: { sandbox: where_available }"), Ok(Sandbox::WhereAvailable));
    assert!(sandbox("plugins: { sandbox: off }").unwrap_err().to_string().contains("where_available"));
}

#[test]
fn only_a_secret_that_is_there_can_be_granted() {
    let today = jiff::civil::date(2026, 11, 1);
    let text = "providers:\n  - name: stripe\n    plugin: stripe\n    secrets_inside: [signing_key]\n";
    let wrong = Config::parse(text, Path::new("sayso.yaml"), today).unwrap_err();
    assert!(wrong.message.contains("signing_key") && wrong.line == 2, "{wrong}");
    let granted = format!("{text}    secrets: {{ signing_key: {{ env: KEY }} }}\n");
    let config = Config::parse(&granted, Path::new("sayso.yaml"), today).unwrap();
    assert_eq!(config.providers[0].secrets_inside, ["signing_key"]);
}

#[test]
fn pauses_are_within_bounds_and_name_their_line() {
    let parse = |text: &str| Config::parse(text, Path::new("sayso.yaml"), TODAY);
    let pauses = parse("speech: { pauses_ms: { yes_no: 300 } }\n").unwrap().speech.pauses;
    assert_eq!(pauses, Pauses { yes_no_ms: 300, ..Pauses::default() });
    assert_eq!(parse("language: en\n").unwrap().speech.pauses, Pauses::default());
    for (name, ms) in
        [("usual", "0"), ("yes_no", "249"), ("dictation", "5001"), ("unfinished", "4000000000"), ("closed", "99")]
    {
        let error = wrong(&format!("speech:\n  pauses_ms:\n    {name}: {ms}\n"));
        assert_eq!(error.line, 3, "{error}");
        assert!(error.hint.contains(name) && error.hint.contains("from 250 to 5000"), "{error}");
    }
    assert_eq!(wrong("speech: { pauses_ms: { usual: soon } }\n").line, 1);
    assert!(wrong("speech: { pauses_ms: { yesno: 300 } }\n").hint.contains("`yes_no`"));
}
