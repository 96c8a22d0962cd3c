//! Takes secrets and card numbers out of whatever may be logged or kept.

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
    let hidden = hide_card_numbers(&hide_secrets(text, secrets));
    let mut line: String = hidden.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LINE_LENGTH_MAX).collect();
    if hidden.chars().count() > LINE_LENGTH_MAX {
        line.push('…');
    }
    line
}

/// `text` with every run of 13 to 19 digits that is a card number by its check digit replaced by its length. Single
/// blanks and hyphens between the digits belong to the run.
#[must_use]
pub fn hide_card_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        let joins = matches!(c, ' ' | '-') && run.ends_with(|last: char| last.is_ascii_digit());
        if c.is_ascii_digit() || joins {
            run.push(c);
        } else {
            close(&mut out, &mut run);
            out.push(c);
        }
    }
    close(&mut out, &mut run);
    out
}

/// Writes a finished run, or what stands for it.
fn close(out: &mut String, run: &mut String) {
    let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
    if (13..=19).contains(&digits.len()) && luhn(&digits) {
        out.push_str(&format!("[{} digits]", digits.len()));
        out.extend(run.chars().rev().take_while(|c| !c.is_ascii_digit()));
    } else {
        out.push_str(run);
    }
    run.clear();
}

fn luhn(digits: &[u32]) -> bool {
    let weigh = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, doubled) if doubled > 9 => doubled - 9,
        (_, doubled) => doubled,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_hidden_however_they_are_grouped() {
        for number in ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "378282246310005"] {
            let line = hide_card_numbers(&format!("card {number} declined"));
            assert!(line.starts_with("card [1") && line.ends_with("digits] declined"), "{line}");
        }
    }

    #[test]
    fn other_digits_stay() {
        for text in ["at 1732300000000 ms", "4242424242424241", "payment 42", "1 2 3", ""] {
            assert_eq!(hide_card_numbers(text), text);
        }
    }

    #[test]
    fn a_line_has_no_secret_and_no_break() {
        let secrets = [Secret { name: "key".into(), value: "sk_live_1".into() }];
        assert_eq!(log_line("a sk_live_1\nb", &secrets), "a {{secret:key}} b");
        assert!(log_line(&"x".repeat(9_000), &[]).chars().count() <= LINE_LENGTH_MAX + 1);
    }
}
