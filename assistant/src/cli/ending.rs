//! How a conversation ended, as an exit code: by what became of the last payment in it.

use super::failure::Failure;
use crate::turn::{Paid, Turn};

/// Remembers the last payment of a conversation.
#[derive(Debug, Default)]
pub struct Ending {
    last: Option<Paid>,
}

impl Ending {
    /// Takes note of a turn.
    pub fn saw(&mut self, turn: &Turn) {
        if let Some(paid) = &turn.payment {
            self.last = Some(paid.clone());
        }
    }

    /// 0 if nothing was paid, or the last payment succeeded or was put down for its day, 1 if it failed, 3 if nobody knows yet.
    pub fn result(&self) -> Result<(), Failure> {
        let Some(paid) = &self.last else { return Ok(()) };
        let why = paid.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let sentence =
            |what: &str| format!("{} to {} with {} {what}{why}", paid.amount, paid.payee_name, paid.provider);
        match paid.status.as_str() {
            "succeeded" | "scheduled" | "dry_run" => Ok(()),
            "failed" | "not_sent" | "canceled" => Err(Failure::failed(sentence("was not paid"))),
            status => {
                let is = sentence(&format!("is {status}"));
                Err(Failure::unknown(format!("{is}\n`sayso payments recover` asks what became of it")))
            }
        }
    }
}
