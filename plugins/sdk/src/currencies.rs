//! Which currencies a provider takes, and how it counts them, by a section of the mapping file: most as ISO 4217 has them, some
//! with more or fewer decimals, some without the use of the last ones.
//!
//! ```text
//! [currencies]
//! iso: USD EUR JPY
//! decimals 0: HUF TWD
//! decimals 3 used 2: BHD KWD
//! ```

use crate::table::Table;
use sayso_plugin_interface::{Currency, Money};

/// A provider's currencies.
#[derive(Clone, Copy, Debug)]
pub struct Currencies(pub Table);

/// How a provider counts a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    /// Decimals of what it counts.
    decimals: u32,
    /// How many of them may be other than zero.
    used: u32,
}

impl Counted {
    /// `iso`, `decimals D` or `decimals D used U`.
    fn read(text: &str, iso: u32) -> Option<Counted> {
        match text.split(' ').collect::<Vec<_>>().as_slice() {
            ["iso"] => Some(Counted { decimals: iso, used: iso }),
            ["decimals", all] => all.parse().ok().map(|decimals| Counted { decimals, used: decimals }),
            ["decimals", all, "used", used] => {
                let (decimals, used) = (all.parse().ok()?, used.parse().ok()?);
                (used <= decimals).then_some(Counted { decimals, used })
            }
            _ => None,
        }
    }
}

impl Currencies {
    /// The section of this name.
    #[must_use]
    pub const fn of(text: &'static str, section: &'static str) -> Self {
        Currencies(Table::of(text, section))
    }

    /// All that are taken, as capabilities name them.
    #[must_use]
    pub fn all(&self) -> Vec<Currency> {
        self.0.words().filter_map(|code| code.parse().ok()).collect()
    }

    fn counted(&self, currency: Currency) -> Option<Counted> {
        Counted::read(self.0.meaning(currency.code())?, currency.exponent())
    }

    /// An amount in the provider's units. `None` if it takes no such amount: another currency, a part of its smallest unit.
    #[must_use]
    pub fn units(&self, money: Money) -> Option<i64> {
        let Counted { decimals, used } = self.counted(money.currency)?;
        let units = shifted(money.minor, money.currency.exponent(), decimals)?;
        (units % 10_i64.checked_pow(decimals - used)? == 0).then_some(units)
    }

    /// What the provider says in its units, its code in capitals or small letters, as an amount. A currency that it does not take
    /// is counted as ISO 4217 does: what was paid in it is for the host to see.
    #[must_use]
    pub fn money(&self, units: i64, code: &str) -> Option<Money> {
        let currency: Currency = code.to_ascii_uppercase().parse().ok()?;
        let decimals = self.counted(currency).map_or(currency.exponent(), |counted| counted.decimals);
        Some(Money::new(shifted(units, decimals, currency.exponent())?, currency))
    }

    /// A positive amount in decimal digits as the provider writes it. `None` as with [`Currencies::units`].
    #[must_use]
    pub fn decimal(&self, money: Money) -> Option<String> {
        let (units, decimals) = (self.units(money)?, self.counted(money.currency)?.decimals as usize);
        let digits = format!("{units:0>width$}", width = decimals + 1);
        let (whole, rest) = digits.split_at(digits.len() - decimals);
        (units > 0).then(|| if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") })
    }

    /// What is wrong with the section. For tests.
    #[must_use]
    pub fn faults(&self) -> Vec<&'static str> {
        let unknown = self.0.words().filter(|code| code.parse::<Currency>().is_err());
        self.0.faults(|meaning| Counted::read(meaning, 2).is_some()).into_iter().chain(unknown).collect()
    }
}

/// A whole number of units with `from` decimals as one with `to`; `None` if it is none.
fn shifted(units: i64, from: u32, to: u32) -> Option<i64> {
    let by = 10_i64.checked_pow(from.abs_diff(to))?;
    if to >= from { units.checked_mul(by) } else { (units % by == 0).then(|| units / by) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: Currencies = Currencies::of(
        "[taken]\niso: USD JPY KWD\ndecimals 0: HUF\ndecimals 2 used 0: ISK\ndecimals 3 used 2: BHD",
        "taken",
    );

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_counted_as_the_provider_does() {
        for (text, units) in [
            ("42.50 USD", Some(4250)),
            ("500 JPY", Some(500)),
            ("5.124 KWD", Some(5124)),
            ("42.00 HUF", Some(42)),
            ("42.50 HUF", None),
            ("5 ISK", Some(500)),
            ("5.120 BHD", Some(5120)),
            ("5.124 BHD", None),
            ("5.00 EUR", None),
        ] {
            assert_eq!(TAKEN.units(money(text)), units, "{text}");
            if let Some(units) = units {
                let code = &text[text.len() - 3..];
                assert_eq!(TAKEN.money(units, &code.to_ascii_lowercase()), Some(money(text)));
            }
        }
        assert_eq!((TAKEN.money(550, "isk"), TAKEN.money(1, "qqq")), (None, None));
        assert_eq!(TAKEN.money(500, "EUR"), Some(money("5.00 EUR")), "what was paid is seen");
        assert_eq!(TAKEN.units(Money::new(i64::MAX, "ISK".parse().unwrap())), None);
        assert_eq!(TAKEN.money(i64::MAX, "huf"), None);
    }

    #[test]
    fn decimals_are_written_as_the_provider_does() {
        let text = |text: &str| TAKEN.decimal(money(text));
        assert_eq!((text("42.50 USD").as_deref(), text("0.05 USD").as_deref()), (Some("42.50"), Some("0.05")));
        assert_eq!((text("4250 JPY").as_deref(), text("42.00 HUF").as_deref()), (Some("4250"), Some("42")));
        assert_eq!((text("5 ISK").as_deref(), text("5.120 BHD").as_deref()), (Some("5.00"), Some("5.120")));
        for wrong in ["42.50 HUF", "0.00 USD", "-0.01 USD", "1.00 EUR"] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn faults_are_told() {
        assert_eq!((TAKEN.faults(), TAKEN.all().len()), (vec![], 6));
        let wrong = Currencies::of("[t]\niso: USD XXQ\ndecimals: EUR\ndecimals 1 used 2: GBP", "t");
        assert_eq!(wrong.faults(), ["EUR", "GBP", "XXQ"]);
    }
}
