//! A way to pay that a person stores with the provider once, so that they need no screen for each payment. What is kept
//! here is the provider's own ids, never a card number.

use crate::outcome::{DeclineCode, NextStep};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stored way to pay, as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// The provider's ids, by its own terms (e.g. `{"customer": "cus_1", "payment_method": "pm_1"}`).
    pub ids: BTreeMap<String, String>,
    /// What a person tells it by, e.g. `Visa ending in 4242`; never a whole number of a card.
    pub label: String,
}

/// Begin to store a way to pay. No money moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// Our own reference of this enrolment, unique for ever.
    pub reference: String,
    /// The same for every repetition.
    pub idempotency_key: String,
    /// Whose way to pay it is, as the household calls them (e.g. `home`).
    pub person: String,
}

/// Ask what became of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryEnrolmentRequest {
    /// Our reference of the enrolment.
    pub reference: String,
    /// The provider's id of it, where an earlier answer gave one.
    pub provider_reference: Option<String>,
}

/// What became of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum EnrolOutcome {
    /// It is stored, and payments may name it.
    Enrolled {
        /// What to name in them.
        instrument: Instrument,
    },
    /// The person has to act first.
    ActionRequired {
        /// What they have to do.
        next: NextStep,
        /// Until when, as Unix milliseconds.
        expires_ms: Option<i64>,
        /// The provider's id of the enrolment, where it gave one.
        provider_reference: Option<String>,
    },
    /// The provider is still at it. An unmapped status belongs here too.
    Pending {
        /// When to ask again, in milliseconds from now.
        poll_after_ms: u64,
        /// The provider's id of the enrolment, where it gave one.
        provider_reference: Option<String>,
    },
    /// The provider said no, or the person did.
    Failed {
        /// Why, in a word that the host knows how to say.
        code: DeclineCode,
        /// The provider's own code, for support.
        provider_code: Option<String>,
    },
    /// The provider answered, and knows no such enrolment.
    NotFound,
    /// This provider stores no way to pay.
    NotOffered,
    /// Nobody can tell.
    Unknown {
        /// Why, for the log.
        reason: String,
    },
}

impl EnrolOutcome {
    /// Nobody can tell.
    pub fn unknown(reason: impl Into<String>) -> Self {
        EnrolOutcome::Unknown { reason: reason.into() }
    }

    /// The provider is still at it.
    #[must_use]
    pub fn pending(poll_after_ms: u64, provider_reference: Option<String>) -> Self {
        EnrolOutcome::Pending { poll_after_ms, provider_reference }
    }

    /// The person has to act first, until then.
    #[must_use]
    pub fn acts(next: NextStep, expires_ms: Option<i64>, provider_reference: Option<String>) -> Self {
        EnrolOutcome::ActionRequired { next, expires_ms, provider_reference }
    }

    /// The same, until then; where nobody says how, the provider is at it.
    #[must_use]
    pub fn waits(
        next: Option<NextStep>,
        expires_ms: Option<i64>,
        provider_reference: Option<String>,
        poll_after_ms: u64,
    ) -> Self {
        match next {
            Some(next) => EnrolOutcome::acts(next, expires_ms, provider_reference),
            None => EnrolOutcome::pending(poll_after_ms, provider_reference),
        }
    }

    /// It is stored, under these ids of the provider's and this label.
    pub fn enrolled<const N: usize>(ids: [(&str, &str); N], label: impl Into<String>) -> Self {
        let ids = ids.map(|(name, id)| (name.to_owned(), id.to_owned())).into();
        EnrolOutcome::Enrolled { instrument: Instrument { ids, label: label.into() } }
    }

    /// The provider said no, or the person did, in this word of the provider's own.
    pub fn failed(code: DeclineCode, provider_code: impl Into<String>) -> Self {
        EnrolOutcome::Failed { code, provider_code: Some(provider_code.into()) }
    }
}
