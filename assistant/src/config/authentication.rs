//! The rules of `authentication`: what a rule may say, and what would be no rule at all.

use super::check::Source;
use super::error::ConfigError;
use super::file::{Amount, RulePart};
use crate::consent::{Authentication, AuthenticationRule, Tier};
use crate::household::Household;
use sayso_plugin_interface::Money;
use serde_yaml::Spanned;

/// Checks the rules.
pub(super) fn rules(
    parts: Vec<Spanned<RulePart>>,
    household: &Household,
    source: &Source<'_>,
) -> Result<Authentication, ConfigError> {
    let rules = parts.into_iter().map(|part| rule(part, household, source)).collect::<Result<_, _>>()?;
    Ok(Authentication { rules })
}

fn rule(
    spanned: Spanned<RulePart>,
    household: &Household,
    source: &Source<'_>,
) -> Result<AuthenticationRule, ConfigError> {
    let place = spanned.referenced;
    let part = spanned.value;
    if part.need == Tier::Yes {
        let hint = "leave the rule out, or ask for repeat_amount, challenge, voice or phone";
        return Err(source.error(place, "a yes is always needed, so this rule changes nothing", hint));
    }
    let from: Option<Vec<Money>> = part.from.map(|list| list.into_iter().map(|Amount(money)| money).collect());
    for (key, empty) in [
        ("from", from.as_ref().is_some_and(Vec::is_empty)),
        ("payees", part.payees.as_ref().is_some_and(Vec::is_empty)),
    ] {
        if empty {
            let message = format!("`{key}` has nothing in it, so this rule would fit no payment");
            return Err(source.error(place, message, format!("leave `{key}` out to mean every one")));
        }
    }
    let from = from.unwrap_or_default();
    for (at, amount) in from.iter().enumerate() {
        if from.iter().take(at).any(|other| other.currency == amount.currency) {
            let message = format!("`from` has two amounts in {}", amount.currency);
            return Err(source.error(place, message, "write one for each currency"));
        }
    }
    let payees = part.payees.unwrap_or_default();
    if let Some(stranger) = payees.iter().find(|id| household.payee(id).is_none()) {
        let near = |id: &str| (strsim::jaro_winkler(id, stranger) * 1000.0) as u32;
        let nearest = household.payees.iter().map(|payee| payee.id.as_str()).max_by_key(|id| near(id));
        let hint = nearest.map(|id| format!("did you mean `{id}`?")).unwrap_or_default();
        return Err(source.error(place, format!("no payee has the id `{stranger}`"), hint));
    }
    Ok(AuthenticationRule { tier: part.need, from, payees, new_payee: part.new_payee, scheduled: part.scheduled })
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};
    use crate::consent::Tier;
    use jiff::civil::date;
    use std::path::Path;

    fn read(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("sayso.yaml"), date(2026, 11, 22))
    }

    #[test]
    fn a_rule_says_what_is_needed_and_when() {
        let text =
            "authentication:\n  - { need: challenge, from: [\"1500.00 USD\"], payees: [rent], scheduled: true }\n";
        let rules = read(text).unwrap().authentication.rules;
        assert_eq!(rules.len(), 1);
        assert_eq!((rules[0].tier, rules[0].scheduled, rules[0].new_payee), (Tier::Challenge, true, false));
        assert_eq!(rules[0].from[0].to_string(), "1500.00 USD");
        assert!(Config::example(date(2026, 11, 22)).unwrap().authentication.rules.is_empty());
    }

    #[test]
    fn what_would_be_no_rule_is_refused_with_its_line_and_a_hint() {
        for (rule, hint) in [
            ("{ need: yes }", "repeat_amount"),
            ("{ need: phone, from: [] }", "leave `from` out"),
            ("{ need: phone, payees: [] }", "leave `payees` out"),
            ("{ need: phone, payees: [rnt] }", "did you mean `rent`?"),
            ("{ need: phone, from: [\"1 USD\", \"2 USD\"] }", "one for each currency"),
            ("{ need: challange }", "did you mean `challenge`?"),
            ("{ need: voise }", "did you mean `voice`?"),
            ("{ need: phone, form: [\"1 USD\"] }", "did you mean `from`?"),
        ] {
            let error = read(&format!("language: en\nauthentication:\n  - {rule}\n")).unwrap_err();
            assert_eq!(error.line, 3, "{rule}: {error}");
            assert!(error.hint.contains(hint), "{rule}: {error}");
        }
    }
}
