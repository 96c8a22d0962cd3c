//! What PayPal's errors mean. The table is `issues.tsv`; what is not in it is neither a success nor a failure.

use sayso_plugin_sdk::RetryAdvice;
use sayso_plugin_sdk::interface::outcome::DeclineCode;
use serde::Deserialize;

const TABLE: &str = include_str!("issues.tsv");

/// What an issue means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It will not be paid.
    Declined(DeclineCode, RetryAdvice),
    /// The person has to approve again.
    Act,
    /// It stands otherwise than was thought; the order tells how.
    Look,
    /// PayPal is at it.
    Wait,
    /// A refund is refused.
    Refund,
    /// The request or the account is not as PayPal wants it.
    Setup,
}

/// PayPal's error: `{"name": …, "message": …, "debug_id": …, "details": [{"issue": …}], "links": […]}`; OAuth's is
/// `{"error": …, "error_description": …}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// Its kind, e.g. `UNPROCESSABLE_ENTITY`.
    #[serde(default)]
    pub name: String,
    /// What PayPal's support asks for.
    #[serde(default)]
    pub debug_id: Option<String>,
    /// The issues.
    #[serde(default)]
    pub details: Vec<Detail>,
    /// Where to lead the person, for some of them.
    #[serde(default)]
    pub links: Vec<crate::wire::Link>,
    /// OAuth's own kind, e.g. `invalid_token`.
    #[serde(default)]
    pub error: Option<String>,
}

/// One issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Detail {
    /// See `issues.tsv`.
    #[serde(default)]
    pub issue: String,
}

impl Problem {
    /// The problem that a body tells of, if it is one of PayPal's.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let problem: Problem = serde_json::from_str(body).ok()?;
        (!problem.name.is_empty() || problem.error.is_some()).then_some(problem)
    }

    /// Its first issue that is in the table, with what it means.
    #[must_use]
    pub fn issue(&self) -> Option<(&str, Meaning)> {
        self.details.iter().find_map(|detail| Some((detail.issue.as_str(), meaning(&detail.issue)?)))
    }

    /// For the log: its name, its issues, and the id that PayPal's support asks for.
    #[must_use]
    pub fn line(&self) -> String {
        let issues: Vec<&str> = self.details.iter().map(|detail| detail.issue.as_str()).collect();
        let name = self.error.as_deref().unwrap_or(&self.name);
        format!("PayPal: {name} {} debug_id={}", issues.join(","), self.debug_id.as_deref().unwrap_or("none"))
    }
}

/// What this issue means; `None` if it is in no table.
#[must_use]
pub fn meaning(issue: &str) -> Option<Meaning> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let (_, words) = rows.filter_map(|line| line.split_once('\t')).find(|(name, _)| *name == issue)?;
    read(words)
}

fn read(words: &str) -> Option<Meaning> {
    Some(match words {
        "act" => Meaning::Act,
        "look" => Meaning::Look,
        "wait" => Meaning::Wait,
        "refund" => Meaning::Refund,
        "setup" => Meaning::Setup,
        _ => {
            let (code, retry) = words.strip_prefix("declined ")?.split_once(' ')?;
            let word = |text: &str| serde_json::Value::String(text.to_owned());
            Meaning::Declined(serde_json::from_value(word(code)).ok()?, serde_json::from_value(word(retry)).ok()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_understood_and_there_once() {
        let mut seen = std::collections::BTreeSet::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (issue, words) = line.split_once('\t').unwrap();
            assert!(read(words).is_some() && seen.insert(issue), "{line}");
        }
        assert_eq!(
            meaning("TRANSACTION_REFUSED").unwrap(),
            Meaning::Declined(DeclineCode::SuspectedFraud, RetryAdvice::Never)
        );
        assert_eq!((meaning("FULL_MOON"), meaning("")), (None, None));
    }

    #[test]
    fn a_problem_keeps_what_support_asks_for() {
        let body = r#"{"name":"UNPROCESSABLE_ENTITY","debug_id":"b1d1f06c7246c","details":[{"issue":"FULL_MOON"},{"issue":"INSTRUMENT_DECLINED"}]}"#;
        let problem = Problem::read(body).unwrap();
        assert_eq!(problem.issue(), Some(("INSTRUMENT_DECLINED", Meaning::Act)));
        assert!(problem.line().contains("b1d1f06c7246c"));
        assert_eq!((Problem::read("<html>"), Problem::read("{}")), (None, None));
    }
}
