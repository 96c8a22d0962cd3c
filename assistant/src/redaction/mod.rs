//! Takes out of a text what must be neither kept, logged nor said: card numbers however they are said, PINs and security
//! codes that are called so, and secrets that were read. It must never make anything readable again.
//!
//! In reading order: [`digits`] finds digits in what people say, [`cards`] finds card numbers among them and [`codes`] PINs,
//! [`known`] remembers the secrets of this process, [`members`] hides what a provider's JSON calls secret.

mod cards;
mod codes;
mod digits;
mod known;
mod members;

pub use cards::{has_card_number, hide_card_numbers};
pub use digits::spoken_digits;
pub use known::remember_secret;

/// `text` as it may be kept, logged and shown.
#[must_use]
pub fn hide(text: &str) -> String {
    codes::hide_codes(&hide_card_numbers(&known::hide_known(text)))
}

/// The same for what goes to providers and comes from them: members of JSON that are called secrets are hidden as well.
#[must_use]
pub fn hide_exchanged(text: &str) -> String {
    members::hide_members(&hide(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_kept_stays_as_it_is() {
        for text in [
            "pay my electricity bill",
            "send forty-two dollars and fifty cents to Alice",
            "给张伟转五百二十块钱",
            "call me on 13800138000",
            "I forgot my pin, pay 500 dollars",
            "2026-11-28T07:44:26.123456Z INFO sayso: 3 looked at",
            "",
        ] {
            assert_eq!(hide(text), text);
        }
    }

    #[test]
    fn what_must_not_be_kept_goes() {
        remember_secret("sk_test_very_secret");
        let text = "key sk_test_very_secret, card 4111 1111 1111 1111, pin is 4821, 密码是一二三四";
        assert_eq!(hide(text), "key [secret], card [16 digits], pin is [hidden], 密码是[hidden]");
    }
}
