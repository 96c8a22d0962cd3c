//! PINs, security codes and passwords of digits, where they are called so.

use super::digits::{Piece, pieces};

const CALLED: [&str; 6] = ["pin", "cvv", "cvc", "csc", "passcode", "password"];
/// Names of two pieces.
const CALLED_TWICE: [[&str; 2]; 5] = [["security", "code"], ["密", "码"], ["口", "令"], ["全", "码"], ["证", "码"]];
/// What may stand between the name and the digits.
const BETWEEN: [&str; 28] = [
    "is", "was", "it", "s", "'", "’", "code", "number", "the", "my", "for", "card", "of", "this", "equals", "=", ":",
    "：", "是", "为", "就", "号", "的", "卡", "我", "这", "张", "\"",
];
/// How many pieces may stand between.
const BETWEEN_MAX: usize = 5;

/// `text` with the digits of what it calls a PIN, a code or a password hidden.
#[must_use]
pub(super) fn hide_codes(text: &str) -> String {
    let pieces = pieces(text);
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut at) = (0, 0);
    while at < pieces.len() {
        let Some(after) = called(&pieces, at) else {
            at += 1;
            continue;
        };
        let between =
            pieces[after..].iter().take(BETWEEN_MAX).take_while(|p| BETWEEN.contains(&p.word.as_str())).count();
        let run = &pieces[after + between..];
        let run = &run[..run.iter().take_while(|piece| piece.digits.is_some()).count()];
        let length: usize = run.iter().filter_map(|piece| piece.digits.as_ref()).map(Vec::len).sum();
        if let (3..=12, Some(first), Some(last)) = (length, run.first(), run.last()) {
            out.push_str(text.get(rest..first.place.start).unwrap_or_default());
            out.push_str("[hidden]");
            rest = last.place.end;
        }
        at = after + between + run.len();
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

/// Where the name of a code that begins here ends.
fn called(pieces: &[Piece], at: usize) -> Option<usize> {
    let word = |at: usize| pieces.get(at).map(|piece| piece.word.as_str());
    if word(at).is_some_and(|word| CALLED.contains(&word)) {
        return Some(at + 1);
    }
    CALLED_TWICE.iter().any(|[one, two]| word(at) == Some(one) && word(at + 1) == Some(two)).then_some(at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_called_so_are_hidden() {
        for (said, kept) in [
            ("my pin is 4821", "my pin is [hidden]"),
            ("the PIN for my card is four eight two one, ok?", "the PIN for my card is [hidden], ok?"),
            ("cvv 123 and security code: 9876", "cvv [hidden] and security code: [hidden]"),
            ("支付密码是 一二三四五六", "支付密码是 [hidden]"),
            ("验证码：１２３４５６。", "验证码：[hidden]。"),
            ("my password's 123456", "my password's [hidden]"),
        ] {
            assert_eq!(hide_codes(said), kept);
        }
    }

    #[test]
    fn an_amount_beside_the_word_stays() {
        for text in ["pay 500 to the pin shop", "forget my pin and pay 500 dollars", "pin", "密码", "the pin is 12"] {
            assert_eq!(hide_codes(text), text);
        }
    }
}
