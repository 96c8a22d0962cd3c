//! What WeChat Pay lets stand in a reference and in a text.

/// The longest description of an order, in bytes of UTF-8.
pub const DESCRIPTION_MAX: usize = 127;
/// The longest name of an account in a contract, in bytes of UTF-8.
pub const ACCOUNT_MAX: usize = 32;

/// Whether a reference can be an `out_trade_no` or an `out_refund_no`.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    (6..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-|*".contains(&byte))
}

/// A reference as it stands in an address. What is signed is the address as it is sent.
#[must_use]
pub fn in_path(reference: &str) -> String {
    reference.replace('|', "%7C").replace('*', "%2A")
}

/// A text without what WeChat Pay refuses: characters of four bytes (emoji), line breaks and other controls. It is cut to
/// `bytes_max` between two characters; where nothing is left, `otherwise` stands in its place.
#[must_use]
pub fn plain(text: &str, bytes_max: usize, otherwise: &str) -> String {
    let hidden =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let mut kept = String::new();
    for c in text.chars().filter(|c| c.len_utf8() < 4 && !hidden(*c)) {
        let c = if c.is_control() { ' ' } else { c };
        if kept.len() + c.len_utf8() > bytes_max {
            break;
        }
        kept.push(c);
    }
    let trimmed = kept.trim();
    if trimmed.is_empty() { otherwise.to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_of_six_to_thirty_two_plain_characters() {
        for good in ["abcdef", "A-b_c|d*9", &"x".repeat(32)] {
            assert!(is_reference(good), "{good}");
        }
        for wrong in ["", "abcde", "with blank", "slash/es", "ünïcode", &"x".repeat(33)] {
            assert!(!is_reference(wrong), "{wrong}");
        }
        assert_eq!(in_path("a|b*c_d-e"), "a%7Cb%2Ac_d-e");
    }

    #[test]
    fn texts_lose_emoji_and_controls_and_are_cut_between_characters() {
        assert_eq!(plain("电费 💡 三月\r\n", 127, "-"), "电费  三月");
        assert_eq!(plain("电费电费", 7, "-"), "电费");
        assert_eq!(plain("💡\u{202e}", 127, "Sayso"), "Sayso");
        assert_eq!(plain(&"费".repeat(100), 127, "-").len(), 126);
    }
}
