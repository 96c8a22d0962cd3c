//! Currencies by their ISO 4217 code, each with the number of decimals that its minor unit has.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217, such as `USD`; only codes in the table of this module exist.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// A code that is not a currency of ISO 4217.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO 4217 currency code (three capital letters such as USD or CNY)")]
pub struct UnknownCurrency(pub String);

/// Codes without a minor unit (source: ISO 4217 list one).
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Codes whose minor unit is a thousandth (source: ISO 4217 list one).
const THREE_DECIMALS: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Codes whose minor unit is a hundredth (source: ISO 4217 list one; funds, metals and test codes left out).
const TWO_DECIMALS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

impl Currency {
    /// United States dollar.
    pub const USD: Currency = Currency(*b"USD");
    /// Chinese yuan.
    pub const CNY: Currency = Currency(*b"CNY");
    /// Euro.
    pub const EUR: Currency = Currency(*b"EUR");
    /// Pound sterling.
    pub const GBP: Currency = Currency(*b"GBP");
    /// Japanese yen, which has no minor unit.
    pub const JPY: Currency = Currency(*b"JPY");

    /// The three capital letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals the minor unit has: 2 for `USD` (cents), 0 for `JPY`, 3 for `KWD`.
    #[must_use]
    pub fn exponent(&self) -> u32 {
        let code = self.code();
        if listed(NO_DECIMALS, code) {
            0
        } else if listed(THREE_DECIMALS, code) {
            3
        } else {
            2
        }
    }

    /// How many minor units make one major unit: 100 for `USD`.
    #[must_use]
    pub fn minor_per_major(&self) -> i64 {
        10_i64.pow(self.exponent())
    }

    /// Every currency that exists here, in no particular order.
    pub fn all() -> impl Iterator<Item = Currency> {
        [NO_DECIMALS, THREE_DECIMALS, TWO_DECIMALS]
            .into_iter()
            .flat_map(str::split_whitespace)
            .filter_map(|code| code.parse().ok())
    }
}

fn listed(table: &str, code: &str) -> bool {
    table.split(' ').any(|known| known == code)
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let known = [NO_DECIMALS, THREE_DECIMALS, TWO_DECIMALS].iter().any(|table| listed(table, code));
        match code.as_bytes().try_into() {
            Ok(bytes) if known => Ok(Currency(bytes)),
            _ => Err(UnknownCurrency(code.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_decimals() {
        assert_eq!(Currency::USD.exponent(), 2);
        assert_eq!(Currency::JPY.exponent(), 0);
        assert_eq!("KWD".parse::<Currency>().map(|c| c.minor_per_major()), Ok(1000));
    }

    #[test]
    fn refuses_what_is_not_a_code() {
        for wrong in ["usd", "US", "USDX", "ABC", "", " USD", "USD EUR"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_listed_code_parses() {
        let codes = [NO_DECIMALS, THREE_DECIMALS, TWO_DECIMALS].join(" ");
        assert_eq!(Currency::all().count(), codes.split(' ').count());
    }
}
