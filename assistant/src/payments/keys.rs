//! References and idempotency keys: made from what they name and nothing else, so that a repetition makes the same.

use crate::ledger::PaymentId;
use sha2::{Digest as _, Sha256};

/// The shortest reference that still names one payment for ever: 64 bits.
pub const REFERENCE_LENGTH_MIN: usize = 16;

/// What a provider is asked to do, as it stands in keys and in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Pay.
    Pay,
    /// Go on after the person acted, or capture.
    Advance,
    /// Stop.
    Cancel,
    /// Give back.
    Refund,
}

impl Verb {
    /// The word in keys and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Pay => "pay",
            Verb::Advance => "advance",
            Verb::Cancel => "cancel",
            Verb::Refund => "refund",
        }
    }
}

/// The key of one attempt at one verb, at most `length_max` letters and digits: SHA-256 over all that names it.
#[must_use]
pub fn idempotency_key(installation: &str, id: &PaymentId, verb: Verb, attempt: u32, length_max: usize) -> String {
    digits("sayso key 1", &[installation, id.as_str(), verb.name(), &attempt.to_string()], length_max)
}

/// Our reference of a payment: its id where the provider takes one so long, else a fingerprint of it.
#[must_use]
pub fn reference(installation: &str, id: &PaymentId, length_max: usize) -> String {
    if length_max >= PaymentId::LENGTH {
        return id.to_string();
    }
    digits("sayso reference 1", &[installation, id.as_str()], length_max)
}

/// The key of an enrolment, the same at each repetition.
#[must_use]
pub fn enrolment_key(installation: &str, id: &PaymentId, length_max: usize) -> String {
    digits("sayso enrolment 1", &[installation, id.as_str()], length_max)
}

/// Our reference of the refund with this number.
#[must_use]
pub fn refund_reference(installation: &str, id: &PaymentId, number: u32, length_max: usize) -> String {
    digits("sayso refund 1", &[installation, id.as_str(), &number.to_string()], length_max.min(PaymentId::LENGTH + 6))
}

/// Hexadecimal digits of SHA-256 over the fields, each with its length before it, cut to `length_max`.
fn digits(kind: &str, fields: &[&str], length_max: usize) -> String {
    let mut hash = Sha256::new();
    for field in std::iter::once(&kind).chain(fields) {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let mut text = base16ct::lower::encode_string(&hash.finalize());
    text.truncate(length_max);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_part_of_the_name_changes_the_key_and_nothing_else_does() {
        let ids = [PaymentId::new(1, [1; 10]), PaymentId::new(1, [2; 10])];
        let mut keys = HashSet::new();
        for installation in ["a", "b"] {
            for id in &ids {
                for verb in [Verb::Pay, Verb::Advance, Verb::Cancel, Verb::Refund] {
                    for attempt in [1, 2, 11] {
                        let key = idempotency_key(installation, id, verb, attempt, 64);
                        assert_eq!(key, idempotency_key(installation, id, verb, attempt, 64));
                        assert_eq!(&key[..20], idempotency_key(installation, id, verb, attempt, 20));
                        assert!(keys.insert(key));
                    }
                }
            }
        }
        assert_eq!(keys.len(), 48);
    }

    #[test]
    fn references_obey_the_providers_length() {
        let id = PaymentId::new(1, [1; 10]);
        assert_eq!(reference("a", &id, 64), id.as_str());
        for length in [16, 20, 25, 32] {
            assert!(reference("a", &id, length).len() <= length);
            assert!(refund_reference("a", &id, 1, length).len() <= length);
        }
        assert_ne!(refund_reference("a", &id, 1, 32), refund_reference("a", &id, 2, 32));
    }
}
