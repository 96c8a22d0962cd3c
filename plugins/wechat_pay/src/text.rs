//! What WeChat Pay lets stand in a reference and in a text.

use sayso_plugin_sdk::{Denied, text};

/// The longest description of an order, in bytes of UTF-8.
pub const DESCRIPTION_MAX: usize = 127;
/// The longest name of an account in a contract, in bytes of UTF-8.
pub const ACCOUNT_MAX: usize = 32;

/// Why a reference is not sent.
pub const STRANGE: &str = "the reference has characters that WeChat Pay does not take";

/// A reference as it stands in an address, if it can be an `out_trade_no` or an `out_refund_no`. What is signed is the address
/// as it is sent.
pub fn in_path(reference: &str) -> Result<String, Denied> {
    if reference.len() >= 6 && text::is_id(reference, 32, b"_-|*") {
        Ok(reference.replace('|', "%7C").replace('*', "%2A"))
    } else {
        Err(Denied::unclear(STRANGE))
    }
}

/// A text without characters of four bytes (emoji), which WeChat Pay refuses, cut to `bytes_max`.
#[must_use]
pub fn plain(text: &str, bytes_max: usize, otherwise: &str) -> String {
    text::plain(text, bytes_max, |c| c.len_utf8() == 4, otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_of_six_to_thirty_two_plain_characters() {
        for good in ["abcdef", "A-b_c|d*9", &"x".repeat(32)] {
            assert!(in_path(good).is_ok(), "{good}");
        }
        for wrong in ["", "abcde", "with blank", "slash/es", "ünïcode", &"x".repeat(33)] {
            assert!(in_path(wrong).is_err(), "{wrong}");
        }
        assert_eq!(in_path("a|b*c_d-e").unwrap(), "a%7Cb%2Ac_d-e");
    }
}
