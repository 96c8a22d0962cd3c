//! What currencies are called: one table for the room that says amounts and the room that hears them.

use std::sync::LazyLock;

/// One currency's names; empty where the language has none in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyNames {
    /// ISO 4217 code.
    pub code: &'static str,
    /// English, one: `US dollar`.
    pub one: &'static str,
    /// English, several: `US dollars`.
    pub many: &'static str,
    /// English, one hundredth: `cent`.
    pub minor_one: &'static str,
    /// English, several hundredths: `cents`.
    pub minor_many: &'static str,
    /// Chinese: `美元`.
    pub zh: &'static str,
    /// Chinese, hundredths: `美分`.
    pub zh_minor: &'static str,
    /// The sign written before the digits: `$`.
    pub symbol: &'static str,
}

static TABLE: LazyLock<Vec<CurrencyNames>> =
    LazyLock::new(|| include_str!("currencies.tsv").lines().filter(|line| !line.starts_with('#')).map(row).collect());

fn row(line: &'static str) -> CurrencyNames {
    let mut cells = line.split('\t');
    let mut next = || cells.next().unwrap_or("");
    CurrencyNames {
        code: next(),
        one: next(),
        many: next(),
        minor_one: next(),
        minor_many: next(),
        zh: next(),
        zh_minor: next(),
        symbol: next(),
    }
}

/// Every row of the table.
#[must_use]
pub fn all() -> &'static [CurrencyNames] {
    &TABLE
}

/// The names of the currency with this code.
#[must_use]
pub fn names(code: &str) -> Option<&'static CurrencyNames> {
    TABLE.iter().find(|names| names.code == code)
}
