//! The languages that Sayso hears, understands and speaks. Depends on nothing.

pub mod currencies;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A language of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Mandarin Chinese, written in simplified characters.
    Zh,
}

impl Lang {
    /// Every language, in the order in which they are tried.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The language that a written text is in: Han characters are Mandarin, else Latin letters English.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Lang> {
        if text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}')) {
            Some(Lang::Zh)
        } else {
            text.chars().any(|c| c.is_ascii_alphabetic()).then_some(Lang::En)
        }
    }

    /// The two letters used in files and on the command line: `en`, `zh`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Lang {
    type Err = String;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let found = Lang::ALL.into_iter().find(|lang| lang.code() == code);
        found.ok_or_else(|| format!("`{code}` is not a language that Sayso speaks: use `en` or `zh`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_tells_the_language() {
        assert_eq!(Lang::of_text("用PayPal付"), Some(Lang::Zh));
        assert_eq!(Lang::of_text("pay Bob"), Some(Lang::En));
        assert_eq!(Lang::of_text("42.50"), None);
    }
}
