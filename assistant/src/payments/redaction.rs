//! Takes the secrets of one request out of whatever may be logged or kept, and with [`crate::redaction`] all else.

use crate::redaction::hide;

/// The longest line that is logged, in characters; the rest is cut off.
pub const LINE_LENGTH_MAX: usize = 500;

/// A secret as it stands in a text, and what stands in its place.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Secret {
    /// What a provider writes where the value is to stand.
    #[must_use]
    pub fn placeholder(&self) -> String {
        format!("{{{{secret:{}}}}}", self.name)
    }
}

/// `text` with every secret as its placeholder again.
#[must_use]
pub fn hide_secrets(text: &str, secrets: &[Secret]) -> String {
    let known = secrets.iter().filter(|secret| !secret.value.is_empty());
    known.fold(text.to_owned(), |text, secret| text.replace(&secret.value, &secret.placeholder()))
}

/// One line for the log: no secret, no card number, no line break, not too long.
#[must_use]
pub fn log_line(text: &str, secrets: &[Secret]) -> String {
    let hidden = hide(&hide_secrets(text, secrets));
    let mut line: String = hidden.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LINE_LENGTH_MAX).collect();
    if hidden.chars().count() > LINE_LENGTH_MAX {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_secret_and_no_break() {
        let secrets = [Secret { name: "key".into(), value: "sk_live_1".into() }];
        assert_eq!(log_line("a sk_live_1\nb", &secrets), "a {{secret:key}} b");
        assert!(log_line(&"x".repeat(9_000), &[]).chars().count() <= LINE_LENGTH_MAX + 1);
    }
}
