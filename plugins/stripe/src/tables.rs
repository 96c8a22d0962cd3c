//! What Stripe's words mean: the sections of `mapping.txt`. A word that is in no table is neither a success nor a failure.

use sayso_plugin_sdk::prelude::*;

const MAPPING: &str = include_str!("../mapping.txt");
/// The currencies that Stripe takes, and the "smallest units" in which it counts them.
pub const CURRENCIES: Currencies = Currencies::of(MAPPING, "currencies");
/// Statuses of PaymentIntents and SetupIntents.
pub const INTENT: Standings = Standings::of_section(MAPPING, "intents");
/// Statuses of Checkout Sessions.
pub const SESSION: Standings = Standings::of_section(MAPPING, "sessions");
/// Statuses of refunds.
pub const REFUND: Standings = Standings::of_section(MAPPING, "refunds");
/// Statuses of disputes.
pub const DISPUTE: Disputes = Disputes::of_section(MAPPING, "disputes");
/// What an intent asks the person to do, and where in `next_action` the address or code is.
pub const ACTIONS: Table = Table::of(MAPPING, "actions");
/// What a person calls a brand of cards.
pub const BRANDS: Table = Table::of(MAPPING, "brands");
/// Every documented decline code and error code.
pub const CODES: Words = Words::of_section(MAPPING, "codes");

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(text: &str) -> Option<i64> {
        CURRENCIES.units(text.parse().unwrap())
    }

    #[test]
    fn every_row_is_understood_and_there_once() {
        let standings = [INTENT, SESSION, REFUND].map(|table| table.faults());
        let all = [standings.concat(), CURRENCIES.faults(), DISPUTE.faults(), CODES.faults(), ACTIONS.faults(|_| true)];
        assert_eq!(all.concat(), Vec::<&str>::new());
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
        for code in "BHD JOD KWD OMR TND".split(' ') {
            assert_eq!((wire(&format!("5.120 {code}")), wire(&format!("5.124 {code}"))), (Some(5120), None), "{code}");
        }
        assert_eq!((wire("5.50 MGA"), CURRENCIES.money(550, "isk"), CURRENCIES.money(1, "qqq")), (None, None, None));
        for currency in CURRENCIES.all() {
            let money = Money::new(12_300, currency);
            let units = CURRENCIES.units(money).unwrap();
            assert_eq!(CURRENCIES.money(units, &currency.code().to_ascii_lowercase()), Some(money));
        }
    }
}
