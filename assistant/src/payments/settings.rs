//! How payments are made: limits, what has to be agreed to how surely, deadlines and pauses.

use crate::consent::{Authentication, Limits};

/// How payments are made; times in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The household's own limits.
    pub limits: Limits,
    /// How surely a person has to have agreed to which payment.
    pub authentication: Authentication,
    /// How long one ask of a provider may take, all its HTTP exchanges together.
    pub deadline_ms: u64,
    /// How long after a sending "not found" may still mean "not yet found".
    pub grace_ms: i64,
    /// How long after the first sending it is sent again at most, whatever the life of the key: nobody expects a bill
    /// to be paid days after they asked for it.
    pub resend_within_ms: i64,
    /// How many days late a payment that was agreed to for later may still be made by itself. What is later is told and
    /// has to be asked for.
    pub late_days_max: i32,
    /// How often it is sent again at most.
    pub resends_max: u32,
    /// After how long without a certain answer a person has to look.
    pub review_after_ms: i64,
    /// The first pause between two asks; each further one is twice as long.
    pub poll_first_ms: i64,
    /// The longest pause between two asks.
    pub poll_max_ms: i64,
    /// How many payments recovery brings on at the same time; at least one.
    pub recover_at_once: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            limits: Limits::default(),
            authentication: Authentication::default(),
            deadline_ms: 30_000,
            grace_ms: 60_000,
            resend_within_ms: 24 * 60 * 60 * 1000,
            late_days_max: 3,
            resends_max: 8,
            review_after_ms: 7 * 24 * 60 * 60 * 1000,
            poll_first_ms: 2_000,
            poll_max_ms: 15 * 60 * 1000,
            recover_at_once: 8,
        }
    }
}
