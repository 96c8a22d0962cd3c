//! What goes wrong at the practice bank on purpose: a table. A charge gets a scenario by naming it in its `scenario` field
//! (the practice plugin takes it from the payee's account, `practice: NAME`), or by being of one of these very amounts.

use serde::Serialize;

/// What the bank does with one charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Pays at once.
    Ordinary,
    /// Says no, with this code.
    Declines(&'static str),
    /// Stays in processing for ever.
    StaysPending,
    /// Is in processing, and has succeeded when it is asked about for the second time.
    Settles,
    /// Waits until the person opens a link.
    NeedsLink,
    /// Waits until the person scans a code.
    NeedsQr,
    /// Pays, in a status that is in no documentation.
    UnheardOfStatus,
    /// Charges one minor unit too much, and says so.
    WrongAmount,
    /// Once: pays, and answers much too late.
    AnswersLate,
    /// Once: hangs up before anything was done.
    HangsUpBefore,
    /// Once: pays, then hangs up.
    HangsUpAfter,
    /// Once: 500 before anything was done.
    ErrorBefore,
    /// Once: pays, then 500.
    ErrorAfter,
    /// Once: pays, then answers with half a JSON document.
    Garbles,
    /// Once: 429, and nothing was done.
    Busy,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Row {
    /// The name to give in the `scenario` field.
    pub name: &'static str,
    /// The amount in minor units that has the same effect: in USD, 999901 is 9,999.01.
    pub minor: i64,
    /// What happens.
    pub scenario: Scenario,
}

const fn row(name: &'static str, minor: i64, scenario: Scenario) -> Row {
    Row { name, minor, scenario }
}

/// Every scenario but the ordinary one. "Once" means at the first request with a key: a repetition gets its answer.
pub const SCENARIOS: &[Row] = &[
    row("declined", 999_901, Scenario::Declines("declined")),
    row("insufficient_funds", 999_902, Scenario::Declines("insufficient_funds")),
    row("expired_account", 999_903, Scenario::Declines("expired_account")),
    row("blocked_account", 999_904, Scenario::Declines("blocked_account")),
    row("limit_exceeded", 999_905, Scenario::Declines("limit_exceeded")),
    row("suspected_fraud", 999_906, Scenario::Declines("suspected_fraud")),
    row("payee_refused", 999_907, Scenario::Declines("payee_refused")),
    row("stays_pending", 999_911, Scenario::StaysPending),
    row("settles", 999_912, Scenario::Settles),
    row("needs_link", 999_921, Scenario::NeedsLink),
    row("needs_qr", 999_922, Scenario::NeedsQr),
    row("unheard_of_status", 999_931, Scenario::UnheardOfStatus),
    row("wrong_amount", 999_932, Scenario::WrongAmount),
    row("answers_late", 999_941, Scenario::AnswersLate),
    row("hangs_up_before", 999_942, Scenario::HangsUpBefore),
    row("hangs_up_after", 999_943, Scenario::HangsUpAfter),
    row("error_before", 999_944, Scenario::ErrorBefore),
    row("error_after", 999_945, Scenario::ErrorAfter),
    row("garbles", 999_946, Scenario::Garbles),
    row("busy", 999_947, Scenario::Busy),
];

/// The scenario of a charge; `Err` with the name if there is none of that name.
pub fn of(name: Option<&str>, minor: i64) -> Result<Scenario, String> {
    let found = match name {
        Some("ordinary") => return Ok(Scenario::Ordinary),
        Some(name) => Some(SCENARIOS.iter().find(|row| row.name == name).ok_or_else(|| name.to_owned())?),
        None => SCENARIOS.iter().find(|row| row.minor == minor),
    };
    Ok(found.map_or(Scenario::Ordinary, |row| row.scenario))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_amounts_are_told_apart() {
        let names: BTreeSet<_> = SCENARIOS.iter().map(|row| row.name).collect();
        let amounts: BTreeSet<_> = SCENARIOS.iter().map(|row| row.minor).collect();
        assert_eq!((names.len(), amounts.len()), (SCENARIOS.len(), SCENARIOS.len()));
    }

    #[test]
    fn a_name_goes_before_an_amount() {
        assert_eq!(of(None, 4250), Ok(Scenario::Ordinary));
        assert_eq!(of(None, 999_943), Ok(Scenario::HangsUpAfter));
        assert_eq!(of(Some("settles"), 999_943), Ok(Scenario::Settles));
        assert_eq!(of(Some("ordinary"), 999_943), Ok(Scenario::Ordinary));
        assert_eq!(of(Some("earthquake"), 1), Err("earthquake".to_owned()));
    }
}
