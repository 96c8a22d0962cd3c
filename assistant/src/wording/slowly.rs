//! Amounts said slowly, digit by digit, for somebody who asks to hear them again.

use super::{Words, numbers};
use crate::lang::{Lang, currencies};
use sayso_plugin_interface::{Currency, Money};

/// A text that a voice says slowly, by a mark that no voice says and that is never shown.
#[must_use]
pub fn slowly(text: &str) -> String {
    format!("<prosody rate=\"slow\">{text}</prosody>")
}

/// `four two point five zero dollars`, 四二点五零元; written as it is said, so that it can be compared figure by figure. Its
/// spoken form has the mark of [`slowly`].
#[must_use]
pub fn digit_by_digit(amount: Money, lang: Lang) -> Words {
    let (minus, point, between) = match lang {
        Lang::En => ("minus", "point", " "),
        Lang::Zh => ("负", "点", ""),
    };
    let figures = amount.decimal();
    let said: Vec<&str> = figures
        .chars()
        .filter_map(|c| match c {
            '-' => Some(minus),
            '.' => Some(point),
            c => numbers::digit(c, lang),
        })
        .collect();
    let written = format!("{}{between}{}", said.join(between), unit(amount.currency, lang));
    Words { spoken: slowly(&written), written }
}

fn unit(currency: Currency, lang: Lang) -> String {
    let names = currencies::names(currency.code());
    let unit = match (lang, currency) {
        (Lang::En, Currency::USD) => Some("dollars"),
        (Lang::Zh, Currency::CNY) => Some("元"),
        (Lang::En, _) => names.map(|names| names.many),
        (Lang::Zh, _) => names.map(|names| names.zh),
    };
    unit.unwrap_or(currency.code()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_figure_by_figure() {
        let said = |minor, code: &str, lang| digit_by_digit(Money::new(minor, code.parse().unwrap()), lang).written;
        assert_eq!(said(4250, "USD", Lang::En), "four two point five zero dollars");
        assert_eq!(said(4250, "CNY", Lang::Zh), "四二点五零元");
        assert_eq!(said(100_005, "EUR", Lang::En), "one zero zero zero point zero five euros");
        assert_eq!(said(500, "JPY", Lang::En), "five zero zero Japanese yen");
        assert_eq!(said(10_000, "USD", Lang::Zh), "一零零点零零美元");
        let spoken = digit_by_digit(Money::new(4250, "CNY".parse().unwrap()), Lang::Zh).spoken;
        assert_eq!(spoken, "<prosody rate=\"slow\">四二点五零元</prosody>");
    }
}
