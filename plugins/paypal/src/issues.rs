//! What PayPal's errors mean. The table is `issues.txt`; what is not in it is neither a success nor a failure.

use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;

/// Every issue that this plugin can meet.
pub const ISSUES: Words = Words(include_str!("issues.txt"));

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
    /// See [`ISSUES`].
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
        self.details.iter().find_map(|detail| Some((detail.issue.as_str(), ISSUES.meaning(&detail.issue)?)))
    }

    /// For the log: its name, its issues, and the id that PayPal's support asks for.
    #[must_use]
    pub fn line(&self) -> String {
        let issues: Vec<&str> = self.details.iter().map(|detail| detail.issue.as_str()).collect();
        let name = self.error.as_deref().unwrap_or(&self.name);
        format!("PayPal: {name} {} debug_id={}", issues.join(","), self.debug_id.as_deref().unwrap_or("none"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_understood_and_there_once() {
        assert_eq!(ISSUES.faults(), Vec::<&str>::new());
        assert_eq!(
            ISSUES.meaning("TRANSACTION_REFUSED").unwrap(),
            Meaning::No(DeclineCode::SuspectedFraud, RetryAdvice::Never)
        );
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
