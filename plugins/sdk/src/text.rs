//! Texts as providers take them: on one line, not too long, and without what they refuse.

use sayso_plugin_interface::PayRequest;

/// A text on one line, without characters that can't be seen and without those that `refused` names, cut to `bytes_max` of
/// UTF-8 between two characters; where nothing is left, `otherwise` stands in its place.
#[must_use]
pub fn plain(text: &str, bytes_max: usize, refused: impl Fn(char) -> bool, otherwise: &str) -> String {
    let hidden =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let mut kept = String::new();
    for c in text.chars().filter(|c| !refused(*c) && !hidden(*c)) {
        let c = if c.is_control() { ' ' } else { c };
        if kept.len() + c.len_utf8() > bytes_max {
            break;
        }
        kept.push(c);
    }
    let trimmed = kept.trim();
    if trimmed.is_empty() { otherwise.to_owned() } else { trimmed.to_owned() }
}

/// What a payment is for, as a person reads it: the payee (by its id, if it has no name) and the purpose.
#[must_use]
pub fn title(request: &PayRequest, between: &str) -> String {
    let (name, purpose) = (request.payee.name.trim(), request.purpose.trim());
    let texts = [if name.is_empty() { &request.payee.id } else { name }, purpose];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

/// Whether a text has 1 to `length_max` ASCII letters and digits, and `others`: what ids and references are made of.
#[must_use]
pub fn is_id(text: &str, length_max: usize, others: &[u8]) -> bool {
    (1..=length_max).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::pay_request;

    #[test]
    fn texts_lose_what_is_refused_and_are_cut_between_characters() {
        let no_emoji = |c: char| c.len_utf8() == 4;
        assert_eq!(plain("电费 💡 三月\r\n", 127, no_emoji, "-"), "电费  三月");
        assert_eq!(plain("电费电费", 7, no_emoji, "-"), "电费");
        assert_eq!(plain("💡\u{202e}", 127, no_emoji, "Sayso"), "Sayso");
        assert_eq!(plain("a/b=c&d 💡", 127, |c| "/=&".contains(c), "-"), "abcd 💡");
        assert_eq!(plain(&"费".repeat(100), 127, |_| false, "-").len(), 126);
    }

    #[test]
    fn titles_name_the_payee_and_the_purpose() {
        let mut request = pay_request(" bill ");
        request.payee.name = "City Power".into();
        assert_eq!(title(&request, ": "), "City Power: bill");
        request.payee.name = " ".into();
        assert_eq!(title(&request, " "), format!("{} bill", request.payee.id));
        request.purpose = String::new();
        assert_eq!(title(&request, ": "), request.payee.id);
    }

    #[test]
    fn ids_are_of_letters_digits_and_what_else_is_taken() {
        for good in ["a", "A1_b", &"x".repeat(32)] {
            assert!(is_id(good, 32, b"_"), "{good}");
        }
        for wrong in ["", "a b", "a/b", "ü", "a-b", &"x".repeat(33)] {
            assert!(!is_id(wrong, 32, b"_"), "{wrong}");
        }
    }
}
