//! The name of a payment: made from a time and randomness that are handed in, sortable by age, unique for ever.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Letters and digits that can't be mistaken for one another when read aloud (Crockford's base 32).
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 26 capital letters and digits: 48 bits of time in milliseconds, then 80 random bits (the shape of a ULID).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PaymentId(String);

/// What is not the id of a payment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the id of a payment: 26 letters and digits, as `sayso payments list` shows them")]
pub struct NotAnId(pub String);

impl PaymentId {
    /// The length of every id.
    pub const LENGTH: usize = 26;

    /// The id of a payment made at `now_ms` (Unix milliseconds), told from others of that moment by `random`.
    #[must_use]
    pub fn new(now_ms: i64, random: [u8; 10]) -> Self {
        let time = u128::from(now_ms.unsigned_abs() & 0xffff_ffff_ffff);
        let bits = random.iter().fold(time, |bits, byte| bits << 8 | u128::from(*byte));
        let digit = |place: usize| DIGITS.get((bits >> (5 * place) & 31) as usize).copied().unwrap_or(b'0');
        PaymentId((0..Self::LENGTH).rev().map(|place| char::from(digit(place))).collect())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PaymentId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.to_ascii_uppercase();
        let good = upper.len() == Self::LENGTH && upper.bytes().all(|byte| DIGITS.contains(&byte));
        if good { Ok(PaymentId(upper)) } else { Err(NotAnId(text.to_owned())) }
    }
}

impl From<PaymentId> for String {
    fn from(id: PaymentId) -> Self {
        id.0
    }
}

impl TryFrom<String> for PaymentId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_other_texts() {
        for wrong in
            ["", "42", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FU!", "01ARZ3NDEKTSV4RRFFQ69G5FUU"]
        {
            assert!(wrong.parse::<PaymentId>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_and_sorts_by_time(a in 0_i64..1 << 47, b in 0_i64..1 << 47, ra: [u8; 10], rb: [u8; 10]) {
            let (first, second) = (PaymentId::new(a, ra), PaymentId::new(b, rb));
            prop_assert_eq!(first.to_string().to_lowercase().parse::<PaymentId>(), Ok(first.clone()));
            prop_assert_eq!(first.cmp(&second), a.cmp(&b).then(ra.cmp(&rb)));
        }
    }
}
