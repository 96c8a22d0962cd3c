//! Pays what was agreed to, ends what was put down for later, and says how it went in the dialog's terms.

use super::paid::{outcome_of, outcome_of_refusal};
use super::{Assistant, Paid};
use crate::consent::Consent;
use crate::dialog::PaymentOutcome;
use crate::lang::Lang;
use crate::payments::{PayError, WouldSend};
use crate::wording::Words;
use jiff::Timestamp;

impl Assistant {
    /// Shows something on the phone. A dry run sends nothing, and says here what it would show there.
    pub(super) async fn tell_phone(&self, text: &str, lang: Lang, said: &mut Vec<Words>) -> bool {
        if self.payments.is_dry_run() {
            said.push(Words { written: format!("(-> phone) {text}"), spoken: String::new() });
            return true;
        }
        match &self.phone {
            Some(phone) => phone.show(text, lang).await,
            None => false,
        }
    }

    /// Ends what was put down for later. False where it could not be ended, or was gone, and in a dry run.
    pub(super) async fn end(&self, order: &str) -> bool {
        if self.payments.is_dry_run() {
            return false;
        }
        self.payments.end_standing(order).await.unwrap_or_else(|error| {
            tracing::error!("the order {order} could not be ended: {error}");
            false
        })
    }

    /// Pays, and says how it went in the dialog's terms.
    pub(super) async fn pay(&self, consent: Consent, would_send: &mut Option<WouldSend>) -> (Paid, PaymentOutcome) {
        let proposal = consent.proposal().clone();
        if let Some(schedule) = proposal.schedule {
            let today = Timestamp::now().to_zoned(self.time_zone.clone()).date();
            return match self.payments.schedule(consent, today).await {
                Ok(view) => (Paid::scheduled(view), PaymentOutcome::Scheduled { schedule }),
                Err(refused) => {
                    *would_send = shown(&refused);
                    (Paid::refused(proposal, &refused), outcome_of_refusal(&refused))
                }
            };
        }
        let outcome = self.payments.pay(consent).await;
        self.heard_of(&outcome).await;
        match outcome {
            Ok(view) => {
                let outcome = outcome_of(&view);
                (Paid::from(view), outcome)
            }
            Err(refused) => {
                *would_send = shown(&refused);
                let outcome = outcome_of_refusal(&refused);
                (Paid::refused(proposal, &refused), outcome)
            }
        }
    }
}

/// What a dry run shows.
pub(super) fn shown(refused: &PayError) -> Option<WouldSend> {
    match refused {
        PayError::DryRun(would) => Some((**would).clone()),
        _ => None,
    }
}
