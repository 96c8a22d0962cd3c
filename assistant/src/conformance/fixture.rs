//! The files in which a plugin's author writes down what the provider answers: scenarios with their exchanges, and what
//! each has to lead to. `plugins/README.md` shows one whole.

use super::signing::Signs;
use sayso_plugin_interface::abi_v1::VERBS;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One file of scenarios.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// The plugin's part of the configuration for these scenarios; a JSON object.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// Names of those settings that must never be seen in a request or in the log.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// The host's clock, as Unix milliseconds.
    #[serde(default)]
    pub now_ms: Option<i64>,
    /// How this provider signs its answers; without it, they are not signed.
    #[serde(default)]
    pub signs: Option<Signs>,
    /// What happens, one after the other and each for itself.
    pub scenarios: Vec<Scenario>,
    /// The file, for messages.
    #[serde(skip)]
    pub path: PathBuf,
}

/// One call with what the provider answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, e.g. `the account has too little money`.
    pub name: String,
    /// The verb as on the wire: `pay`, `query`, `verify_webhook`...
    pub verb: String,
    /// What the request has besides or instead of what the kit asks for by itself.
    #[serde(default)]
    pub request: Map<String, Value>,
    /// The host's clock in this scenario, as Unix milliseconds.
    #[serde(default)]
    pub now_ms: Option<i64>,
    /// What the plugin sends and what comes back, in order.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// What has to come of it: a word (`succeeded`, `not_found`, `refused`), or an object of which every field must be there.
    pub expect: Value,
    /// True if this provider's notifications bear no time that is signed, so that an old one cannot be told.
    #[serde(default)]
    pub timeless: bool,
    /// For how many days this provider repeats a notification with the time of its first sending; less than one if nothing is said.
    #[serde(default)]
    pub repeated_for_days: Option<u16>,
}

/// One HTTP exchange as it was recorded.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What the request has to be like.
    #[serde(default)]
    pub request: RequestPattern,
    /// What comes back; without it, `fails` says why nothing does.
    #[serde(default)]
    pub response: Option<Recorded>,
    /// Why nothing comes back.
    #[serde(default)]
    pub fails: Option<Fails>,
    /// True if this request has no effect at the provider though it is a POST, such as asking for a token.
    #[serde(default)]
    pub harmless: bool,
}

/// A request that fits if everything that is given here fits; a text may end with `*` for "whatever follows".
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestPattern {
    /// `GET`, `POST`...
    #[serde(default)]
    pub method: Option<String>,
    /// The whole address.
    #[serde(default)]
    pub url: Option<String>,
    /// Headers that have to be there.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Fields that a JSON body has, or a text that is the body.
    #[serde(default)]
    pub body: Option<Value>,
    /// Fields that a form has.
    #[serde(default)]
    pub form: BTreeMap<String, String>,
}

/// A response, and where in it is what the kit falsifies.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Headers, their names in lower case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// An object or list is sent as JSON, a text as it stands.
    #[serde(default)]
    pub body: Value,
    /// Where the word is that says what became of it, as a JSON pointer (`/data/status`); found by its name if left out.
    #[serde(default)]
    pub status_at: Option<String>,
    /// That word itself, for bodies that are not JSON.
    #[serde(default)]
    pub status_word: Option<String>,
}

fn ok() -> u16 {
    200
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fails {
    /// Not a byte was sent.
    NotSent,
    /// It may have arrived.
    MaybeSent,
}

/// A file of scenarios that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct FixtureError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, with line and column where they are known.
    pub message: String,
}

impl Fixture {
    /// Reads the text of a file, YAML or JSON.
    pub fn parse(text: &str, path: &Path) -> Result<Fixture, FixtureError> {
        let wrong = |message: String| FixtureError { path: path.to_owned(), message };
        let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
        let read: Result<Fixture, _> = serde_yaml::from_str_with_options(text, options);
        let mut fixture = read.map_err(|error| wrong(error.without_snippet().to_string()))?;
        fixture.path = path.to_owned();
        for scenario in &fixture.scenarios {
            let in_scenario = |message: &str| wrong(format!("scenario `{}`: {message}", scenario.name));
            if !VERBS.contains(&scenario.verb.as_str()) {
                let known = VERBS.join(", ");
                return Err(in_scenario(&format!("`{}` is not a verb; known are {known}", scenario.verb)));
            }
            if scenario.exchanges.iter().any(|exchange| exchange.response.is_some() == exchange.fails.is_some()) {
                return Err(in_scenario(
                    "each exchange needs either `response` or `fails: not_sent` or `fails: maybe_sent`",
                ));
            }
            if !matches!(scenario.expect, Value::String(_) | Value::Object(_)) {
                return Err(in_scenario("`expect` is a word such as `succeeded`, or an object of fields"));
            }
        }
        Ok(fixture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        Fixture::parse(text, Path::new("pay.yaml")).unwrap_err().to_string()
    }

    #[test]
    fn reads_yaml_and_json() {
        let yaml = "scenarios:\n  - name: paid\n    verb: pay\n    exchanges:\n      - response: { body: { status: paid } }\n    expect: succeeded\n";
        let json = r#"{"scenarios":[{"name":"paid","verb":"pay","exchanges":[{"response":{"body":{"status":"paid"}}}],"expect":"succeeded"}]}"#;
        let read = Fixture::parse(yaml, Path::new("pay.yaml")).unwrap();
        assert_eq!(read, Fixture::parse(json, Path::new("pay.yaml")).unwrap());
        assert_eq!(read.scenarios[0].exchanges[0].response.as_ref().unwrap().status, 200);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert!(
            problem("scenarios: [{ name: x, verb: donate, expect: succeeded }]").contains("`donate` is not a verb")
        );
        assert!(
            problem("scenarios: [{ name: x, verb: pay, exchanges: [{}], expect: y }]").contains("either `response`")
        );
        assert!(problem("scenarios: [{ name: x, verb: pay, expect: 3 }]").contains("`expect`"));
        let typo = problem("scenarios:\n  - name: x\n    vreb: pay\n");
        assert!(typo.contains("vreb") && typo.contains("line 3"), "{typo}");
    }
}
