//! A consent that is kept for later: what is paid on a day to come, or again and again. It is spent one due day at a time.

use super::{Consent, ConsentError, Proposal, ProposalDigest, Tier};
use crate::schedule::Schedule;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A person's agreement to a proposal with a schedule, as it is written down. Only a fresh [`Consent`] becomes one; what
/// was agreed to is in the digest, so that a record that was changed pays nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    proposal: Proposal,
    digest: ProposalDigest,
    consent: String,
    evidence: serde_json::Value,
    tier: Tier,
    agreed_at_ms: i64,
}

impl Consent {
    /// Keeps the consent for the days of its schedule. Refused where it is too old at `now_ms`, or has no schedule.
    pub fn into_mandate(self, now_ms: i64) -> Result<Mandate, ConsentError> {
        self.check_fresh(now_ms)?;
        if self.proposal.schedule.is_none() {
            return Err(ConsentError::NoSchedule);
        }
        Ok(Mandate {
            consent: self.id(),
            evidence: serde_json::to_value(&self).unwrap_or_default(),
            digest: self.digest,
            tier: self.tier,
            agreed_at_ms: self.agreed_at_ms,
            proposal: self.proposal,
        })
    }
}

impl Mandate {
    /// What was agreed to.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The days of it; `None` cannot be in one that was made from a consent.
    #[must_use]
    pub fn schedule(&self) -> Option<Schedule> {
        self.proposal.schedule
    }

    /// The id of the consent from which it was made; no two mandates share one.
    #[must_use]
    pub fn consent(&self) -> &str {
        &self.consent
    }

    /// How surely the person agreed.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// When the person agreed, as Unix milliseconds.
    #[must_use]
    pub fn agreed_at_ms(&self) -> i64 {
        self.agreed_at_ms
    }

    /// The agreement for one due day. Refused for every other day, and where the record is not what was agreed to.
    pub fn execution(&self, due: Date) -> Result<Execution, ConsentError> {
        if self.digest != self.proposal.digest() {
            return Err(ConsentError::Changed);
        }
        if !self.schedule().is_some_and(|schedule| schedule.is_due(due)) {
            return Err(ConsentError::NotDue);
        }
        let mut hash = Sha256::new();
        hash.update(b"sayso execution 1");
        hash.update(self.digest.0);
        hash.update((self.consent.len() as u64).to_be_bytes());
        hash.update(self.consent.as_bytes());
        hash.update(due.to_string().as_bytes());
        Ok(Execution {
            proposal: self.proposal.clone(),
            id: ProposalDigest(hash.finalize().into()).to_string(),
            tier: self.tier,
            due,
            agreed: self.evidence.clone(),
        })
    }
}

/// The agreement to one payment of a mandate, for one due day. Only [`Mandate::execution`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Execution {
    proposal: Proposal,
    id: String,
    tier: Tier,
    due: Date,
    agreed: serde_json::Value,
}

impl Execution {
    /// What is paid.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The id of this one agreement: SHA-256, in hexadecimal digits, over the mandate and the due day, so that a due day
    /// has one for ever, whoever asks, and is paid once.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How surely the person agreed.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// The day.
    #[must_use]
    pub fn due(&self) -> Date {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{proposal, read_back};
    use super::*;
    use crate::schedule::Rhythm;
    use jiff::civil::date;

    fn monthly() -> Mandate {
        let rhythm = Rhythm::Month { count: 1, day: Some(1) };
        let schedule = Schedule::every(rhythm, date(2026, 11, 22), None);
        let read = read_back(Proposal { schedule, ..proposal() });
        read.agree("yes", 1_500).unwrap().into_mandate(1_600).unwrap()
    }

    #[test]
    fn a_due_day_has_one_agreement_and_another_day_another() {
        let mandate = monthly();
        let id = mandate.execution(date(2026, 12, 1)).unwrap().id().to_owned();
        assert_eq!(mandate.execution(date(2026, 12, 1)).unwrap().id(), id);
        assert_ne!(mandate.execution(date(2027, 1, 1)).unwrap().id(), id);
        assert_ne!(id, mandate.consent());
    }

    #[test]
    fn nothing_is_agreed_for_another_day() {
        for day in [date(2026, 11, 1), date(2026, 12, 2)] {
            assert_eq!(monthly().execution(day), Err(ConsentError::NotDue));
        }
    }

    #[test]
    fn a_record_that_was_changed_pays_nothing() {
        let text = serde_json::to_string(&monthly()).unwrap();
        for (from, to) in [("4250", "9950"), ("\"day\":1", "\"day\":2"), ("electricity bill", "a yacht")] {
            let changed: Mandate = serde_json::from_str(&text.replacen(from, to, 1)).unwrap();
            let due = changed.schedule().and_then(|schedule| schedule.next(date(2026, 12, 1))).unwrap();
            assert_eq!(changed.execution(due), Err(ConsentError::Changed), "{from}");
        }
    }

    #[test]
    fn only_a_fresh_consent_with_a_schedule_becomes_one() {
        let now = read_back(proposal()).agree("yes", 1_500).unwrap();
        assert_eq!(now.into_mandate(1_600), Err(ConsentError::NoSchedule));
        let once = Proposal { schedule: Some(Schedule::Once { on: date(2026, 11, 27) }), ..proposal() };
        let late = read_back(once).agree("yes", 1_500).unwrap();
        assert_eq!(late.into_mandate(1_500 + 10 * super::super::CONSENT_LIFE_MS), Err(ConsentError::Expired));
    }
}
