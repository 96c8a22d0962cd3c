//! Amounts as Stripe counts them: whole numbers of a "smallest unit" that for some currencies is not that of ISO 4217.

use sayso_plugin_sdk::{Currency, Money};

/// Decimals that Stripe has more (or less) than ISO 4217: it counts ISK and UGX in hundredths that must be zero, and MGA
/// in whole ariary.
const SHIFTED: &[(&str, i64, bool)] = &[("ISK", 100, true), ("UGX", 100, true), ("MGA", 100, false)];
/// Three decimals, of which Stripe takes the last only as zero.
const LAST_DIGIT_ZERO: &str = "BHD JOD KWD OMR TND";
/// What Stripe takes from cards, commonest first; whether an account may use one is for Stripe to say.
const TAKEN: &str = "USD EUR GBP CNY JPY AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP COP CRC CVE CZK DJF DKK DOP DZD EGP ETB FJD FKP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW";

/// Every currency that Stripe takes.
#[must_use]
pub fn currencies() -> Vec<Currency> {
    TAKEN.split(' ').filter_map(|code| code.parse().ok()).collect()
}

/// The amount in Stripe's units; `None` if Stripe has no such amount (a hundredth of an ariary, a thousandth of a dinar).
#[must_use]
pub fn to_wire(money: Money) -> Option<i64> {
    let code = money.currency.code();
    if LAST_DIGIT_ZERO.contains(code) && money.minor % 10 != 0 {
        return None;
    }
    match SHIFTED.iter().find(|(shifted, ..)| *shifted == code) {
        Some((_, by, true)) => money.minor.checked_mul(*by),
        Some((_, by, false)) => (money.minor % by == 0).then(|| money.minor / by),
        None => Some(money.minor),
    }
}

/// What Stripe says, with its code in small letters, as an amount; `None` if it is none.
#[must_use]
pub fn from_wire(units: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.to_ascii_uppercase().parse().ok()?;
    let minor = match SHIFTED.iter().find(|(shifted, ..)| *shifted == currency.code()) {
        Some((_, by, true)) => (units % by == 0).then(|| units / by)?,
        Some((_, by, false)) => units.checked_mul(*by)?,
        None => units,
    };
    Some(Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(text: &str) -> Option<i64> {
        to_wire(text.parse().unwrap())
    }

    #[test]
    fn counts_as_stripe_documents_it() {
        // Zero-decimal by Stripe's list, but for ISK and UGX, which it keeps as two decimals for old programs.
        for code in "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(' ') {
            assert_eq!(wire(&format!("500 {code}")), Some(500), "{code}");
        }
        for code in "USD EUR HUF TWD ISK UGX".split(' ') {
            assert_eq!(wire(&format!("5 {code}")), Some(500), "{code}");
        }
        for code in LAST_DIGIT_ZERO.split(' ') {
            assert_eq!((wire(&format!("5.120 {code}")), wire(&format!("5.124 {code}"))), (Some(5120), None), "{code}");
        }
        assert_eq!((wire("5.50 MGA"), from_wire(550, "isk"), from_wire(1, "qqq")), (None, None, None));
        assert_eq!(to_wire(Money::new(i64::MAX, "ISK".parse().unwrap())), None);
        assert_eq!(from_wire(i64::MAX, "mga"), None);
    }

    #[test]
    fn goes_both_ways_for_every_currency() {
        let all = currencies();
        assert_eq!(all.len(), TAKEN.split(' ').count());
        for currency in all {
            let money = Money::new(12_300, currency);
            assert_eq!(from_wire(to_wire(money).unwrap(), &currency.code().to_ascii_lowercase()), Some(money));
        }
    }
}
