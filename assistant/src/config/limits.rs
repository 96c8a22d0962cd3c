//! `limits`: what it may say, and what would be no limit at all.

use super::check::Source;
use super::error::ConfigError;
use super::file::Amount;
use crate::consent::limits::DAY_MS;
use crate::consent::{Limits, NarrowLimit, NewPayees, Pace};
use crate::household::Household;
use sayso_plugin_interface::Money;
use serde::Deserialize;
use serde_yaml::Spanned;

/// For how long an equal payment is asked about where the file does not say.
const REPEATS_HOURS: u32 = 24;
const HOUR_MS: i64 = 60 * 60 * 1000;

type Amounts = Option<Spanned<Vec<Amount>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsPart {
    per_payment: Amounts,
    per_day: Amounts,
    per_month: Amounts,
    #[serde(default)]
    per_payee: Vec<Spanned<PayeeLimitPart>>,
    #[serde(default)]
    per_person: Vec<Spanned<PersonLimitPart>>,
    new_payees: Option<NewPayeesPart>,
    repeats: Option<RepeatsPart>,
    pace: Option<PacePart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayeeLimitPart {
    payees: Option<Vec<String>>,
    per_payment: Amounts,
    per_day: Amounts,
    per_month: Amounts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonLimitPart {
    people: Option<Vec<String>>,
    per_payment: Amounts,
    per_day: Amounts,
    per_month: Amounts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPayeesPart {
    hours: Spanned<u32>,
    at_most: Amounts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepeatsPart {
    hours: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PacePart {
    payments: Spanned<u32>,
    minutes: Spanned<u32>,
}

/// Checks the limits. Without any, nothing is limited, and an equal payment is asked about all the same.
pub(super) fn limits(
    part: Option<LimitsPart>,
    household: &Household,
    people: &[String],
    source: &Source<'_>,
) -> Result<Limits, ConfigError> {
    let hours = |hours: u32| i64::from(hours) * HOUR_MS;
    let Some(part) = part else { return Ok(Limits { repeats_ms: hours(REPEATS_HOURS), ..Limits::default() }) };
    let payees: Vec<&str> = household.payees.iter().map(|payee| payee.id.as_str()).collect();
    let known: Vec<&str> = people.iter().map(String::as_str).collect();
    let per_payee = part.per_payee.into_iter().map(|spanned| {
        let PayeeLimitPart { payees: of, per_payment, per_day, per_month } = spanned.value;
        let named = Named { key: "payees", what: "payee has the id", of, known: &payees };
        narrow(named, [per_payment, per_day, per_month], spanned.referenced, source)
    });
    let per_person = part.per_person.into_iter().map(|spanned| {
        let PersonLimitPart { people: of, per_payment, per_day, per_month } = spanned.value;
        let named = Named { key: "people", what: "one of `household: people` is called", of, known: &known };
        narrow(named, [per_payment, per_day, per_month], spanned.referenced, source)
    });
    Ok(Limits {
        per_payment: amounts(part.per_payment, source)?,
        per_day: amounts(part.per_day, source)?,
        per_month: amounts(part.per_month, source)?,
        per_payee: per_payee.collect::<Result<_, _>>()?,
        per_person: per_person.collect::<Result<_, _>>()?,
        new_payees: part.new_payees.map(|new| new_payees(new, source)).transpose()?,
        repeats_ms: hours(part.repeats.map_or(REPEATS_HOURS, |repeats| repeats.hours)),
        pace: part.pace.map(|pace| self::pace(&pace, source)).transpose()?,
    })
}

/// The names of `household: people`: none twice, none empty.
pub(super) fn people(part: &Spanned<Vec<String>>, source: &Source<'_>) -> Result<Vec<String>, ConfigError> {
    for (index, name) in part.value.iter().enumerate() {
        if name.trim().is_empty() || name.trim() != name {
            let message = format!("`{name}` can't be the name of a person");
            return Err(source.error(part.referenced, message, "write the names as they are called: [Anna, Ben]"));
        }
        if part.value.iter().take(index).any(|other| other == name) {
            let message = format!("two people are called `{name}`");
            return Err(source.error(part.referenced, message, "give each person a name of their own"));
        }
    }
    Ok(part.value.clone())
}

/// Whom a narrow limit is for, and who there is.
struct Named<'a> {
    key: &'static str,
    what: &'static str,
    of: Option<Vec<String>>,
    known: &'a [&'a str],
}

fn narrow(
    named: Named<'_>,
    [per_payment, per_day, per_month]: [Amounts; 3],
    place: serde_yaml::Location,
    source: &Source<'_>,
) -> Result<NarrowLimit, ConfigError> {
    let Named { key, what, of, known } = named;
    if of.as_ref().is_some_and(Vec::is_empty) {
        let message = format!("`{key}` has nothing in it, so this limit would be for nobody");
        return Err(source.error(place, message, format!("leave `{key}` out to mean each one")));
    }
    let of = of.unwrap_or_default();
    if let Some(stranger) = of.iter().find(|one| !known.contains(&one.as_str())) {
        let near = |id: &&&str| (strsim::jaro_winkler(id, stranger) * 1000.0) as u32;
        let hint = known.iter().max_by_key(near).map(|id| format!("did you mean `{id}`?")).unwrap_or_default();
        return Err(source.error(place, format!("no {what} `{stranger}`"), hint));
    }
    let limit = NarrowLimit {
        of,
        per_payment: amounts(per_payment, source)?,
        per_day: amounts(per_day, source)?,
        per_month: amounts(per_month, source)?,
    };
    if limit.per_payment.is_empty() && limit.per_day.is_empty() && limit.per_month.is_empty() {
        return Err(source.error(place, "this limit has no amount", "write per_payment, per_day or per_month"));
    }
    Ok(limit)
}

/// One amount for each currency, none below nothing.
fn amounts(part: Amounts, source: &Source<'_>) -> Result<Vec<Money>, ConfigError> {
    let Some(part) = part else { return Ok(Vec::new()) };
    let place = part.referenced;
    let list: Vec<Money> = part.value.into_iter().map(|Amount(money)| money).collect();
    for (index, amount) in list.iter().enumerate() {
        if amount.minor < 0 {
            let message = format!("a limit can't be {amount}");
            return Err(source.error(place, message, "write an amount of zero or more; zero forbids every payment"));
        }
        if list.iter().take(index).any(|other| other.currency == amount.currency) {
            let message = format!("there are two amounts in {}", amount.currency);
            return Err(source.error(place, message, "write one for each currency"));
        }
    }
    Ok(list)
}

fn new_payees(part: NewPayeesPart, source: &Source<'_>) -> Result<NewPayees, ConfigError> {
    if part.hours.value == 0 {
        let hint = "write how long a payee is new, or leave `new_payees` out";
        return Err(source.error(part.hours.referenced, "after 0 hours nobody is new", hint));
    }
    Ok(NewPayees { for_ms: i64::from(part.hours.value) * HOUR_MS, at_most: amounts(part.at_most, source)? })
}

fn pace(part: &PacePart, source: &Source<'_>) -> Result<Pace, ConfigError> {
    for (figure, what) in [(&part.payments, "payments"), (&part.minutes, "minutes")] {
        if figure.value == 0 {
            let hint = "write at least 1, or leave `pace` out";
            return Err(source.error(figure.referenced, format!("0 {what} is no pace"), hint));
        }
    }
    let within_ms = (i64::from(part.minutes.value) * 60_000).min(30 * DAY_MS);
    Ok(Pace { payments: part.payments.value, within_ms })
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use jiff::civil::date;
    use std::path::Path;

    fn read(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("sayso.yaml"), date(2026, 11, 22))
    }

    #[test]
    fn every_limit_is_read() {
        let text = "household:\n  people: [Anna, Ben]\n  payees:\n    - { id: rent, kind: biller, names: { en: Rent } }\n\
            limits:\n  per_month: [\"900 USD\"]\n  per_payee:\n    - { payees: [rent], per_day: [\"10 USD\"] }\n    - { per_month: [\"5 EUR\"] }\n\
            \x20 per_person:\n    - { people: [Ben], per_payment: [\"20 USD\"] }\n  new_payees: { hours: 48, at_most: [\"50 USD\"] }\n\
            \x20 repeats: { hours: 2 }\n  pace: { payments: 5, minutes: 10 }\n";
        let config = read(text).unwrap_or_else(|error| panic!("{error}"));
        let limits = config.limits;
        assert_eq!(limits.per_month[0].to_string(), "900.00 USD");
        assert_eq!((limits.per_payee.len(), limits.per_payee[0].of[0].as_str()), (2, "rent"));
        assert_eq!(limits.per_person[0].of, ["Ben"]);
        assert_eq!(limits.new_payees.map(|new| (new.for_ms, new.at_most.len())), Some((2 * DAY_MS, 1)));
        assert_eq!((limits.repeats_ms, limits.pace), (2 * HOUR_MS, Some(Pace { payments: 5, within_ms: 600_000 })));
        assert_eq!(read("language: en\nlimits: {}\n").unwrap().limits.repeats_ms, DAY_MS, "it is asked about");
    }

    #[test]
    fn what_is_no_limit_is_refused_with_its_line_and_a_hint() {
        for (part, hint) in [
            ("per_day: [\"5 USD\", \"6 USD\"]", "one for each currency"),
            ("per_month: [\"-1 USD\"]", "zero or more"),
            ("per_week: [\"1 USD\"]", "did you mean `per_"),
            ("per_payee: [{ payees: [rnt], per_day: [\"1 USD\"] }]", "did you mean `rent`?"),
            ("per_payee: [{ payees: [rent] }]", "write per_payment"),
            ("per_person: [{ people: [], per_day: [\"1 USD\"] }]", "leave `people` out"),
            ("per_person: [{ people: [Ben], per_day: [\"1 USD\"] }]", ""),
            ("new_payees: { hours: 0 }", "leave `new_payees` out"),
            ("pace: { payments: 0, minutes: 1 }", "leave `pace` out"),
            ("pace: { payments: 3 }", ""),
        ] {
            let error = read(&format!("language: en\nlimits:\n  {part}\n")).unwrap_err();
            assert_eq!(error.line, 3, "{part}: {error}");
            assert!(error.hint.contains(hint), "{part}: {error}");
        }
    }
}
