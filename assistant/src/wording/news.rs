//! What became of a payment in the meantime, said when a person comes back. Nothing is said to be certain that is not.

use super::Words;
use crate::lang::Lang;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It went through.
    Paid,
    /// It certainly did not.
    NotPaid,
    /// The person did not approve it in time, and it is cancelled.
    Expired,
    /// It still waits for the person.
    ActionRequired,
    /// Nobody knows yet.
    Open,
    /// No machine can find out.
    ManualReview,
    /// The provider told of something else than what was agreed to.
    Alarm,
    /// It came back, all of it.
    Refunded,
    /// A part of it came back: the amount that is said.
    PartlyRefunded,
    /// It went through after it was cancelled, and is on its way back.
    Reversing,
    /// It is being disputed.
    Disputed,
    /// A dispute brought it back.
    ChargedBack,
    /// It was due on a day and was not begun, since Sayso was not running.
    Missed,
    /// It was due on a day and was not begun, since a limit forbids it.
    Refused,
}

/// The sentence for it. `{amount}`, `{payee}`, `{provider}` and `{day}` become the values.
fn template(became: Became, lang: Lang) -> &'static str {
    match (became, lang) {
        (Became::Paid, Lang::En) => "By the way, your payment of {amount} to {payee} with {provider} did go through.",
        (Became::Paid, Lang::Zh) => "顺便告诉您，用{provider}付给{payee}的{amount}已经付成了。",
        (Became::NotPaid, Lang::En) => {
            "By the way, your payment of {amount} to {payee} with {provider} did not go through. Nothing was paid."
        }
        (Became::NotPaid, Lang::Zh) => "顺便告诉您，用{provider}付给{payee}的{amount}没有付成，没有扣款。",
        (Became::Expired, Lang::En) => {
            "By the way, your payment of {amount} to {payee} wasn't approved with {provider} in time, so I cancelled it. Nothing was paid."
        }
        (Became::Expired, Lang::Zh) => {
            "顺便告诉您，付给{payee}的{amount}没有在规定时间内到{provider}确认，我已经取消了，没有扣款。"
        }
        (Became::ActionRequired, Lang::En) => {
            "Your payment of {amount} to {payee} still waits for you to approve it with {provider}. It isn't paid until you do."
        }
        (Became::ActionRequired, Lang::Zh) => "付给{payee}的{amount}还在等您到{provider}确认，您确认之前不会扣款。",
        (Became::Open, Lang::En) => {
            "I don't know yet whether your payment of {amount} to {payee} with {provider} went through. I keep asking, and won't pay it again."
        }
        (Became::Open, Lang::Zh) => "用{provider}付给{payee}的{amount}还不知道有没有付成。我会继续查，不会重复付款。",
        (Became::ManualReview, Lang::En) => {
            "I couldn't find out whether your payment of {amount} to {payee} went through. Please look it up with {provider}; I won't pay it again."
        }
        (Became::ManualReview, Lang::Zh) => {
            "付给{payee}的{amount}有没有付成，我查不出来。请到{provider}核实，我不会重复付款。"
        }
        (Became::Alarm, Lang::En) => {
            "Something is wrong with your payment of {amount} to {payee}: what {provider} reports is not what you agreed to. Please look it up there."
        }
        (Became::Alarm, Lang::Zh) => "付给{payee}的{amount}有问题：{provider}报告的和您同意的不一致，请尽快核实。",
        (Became::Refunded, Lang::En) => "By the way, your payment of {amount} to {payee} has been given back.",
        (Became::Refunded, Lang::Zh) => "顺便告诉您，付给{payee}的{amount}已经退回了。",
        (Became::PartlyRefunded, Lang::En) => {
            "By the way, {amount} of what you paid to {payee} has been given back so far."
        }
        (Became::PartlyRefunded, Lang::Zh) => "顺便告诉您，付给{payee}的款项到目前为止退回了{amount}。",
        (Became::Reversing, Lang::En) => {
            "Your payment of {amount} to {payee} went through after it was cancelled. The money is being asked back."
        }
        (Became::Reversing, Lang::Zh) => "付给{payee}的{amount}在取消之后还是付出去了，正在要求退回。",
        (Became::Disputed, Lang::En) => "Your payment of {amount} to {payee} with {provider} is being disputed.",
        (Became::Disputed, Lang::Zh) => "用{provider}付给{payee}的{amount}目前有争议。",
        (Became::ChargedBack, Lang::En) => "Your payment of {amount} to {payee} came back after a dispute.",
        (Became::ChargedBack, Lang::Zh) => "付给{payee}的{amount}经过争议处理已经退回。",
        (Became::Missed, Lang::En) => {
            "I didn't make the payment of {amount} to {payee} that was due on {day}: I wasn't running then. If you still want it, just tell me."
        }
        (Became::Missed, Lang::Zh) => "{day}该付给{payee}的{amount}没有付，因为当时我没有运行。还要付的话请告诉我。",
        (Became::Refused, Lang::En) => {
            "I didn't make the payment of {amount} to {payee} that was due on {day}: a limit or a rule doesn't allow it by itself."
        }
        (Became::Refused, Lang::Zh) => "{day}该付给{payee}的{amount}没有付，因为限额或规则不允许自动付。",
    }
}

/// What became of a payment, with these values in it.
#[must_use]
pub fn news(became: Became, values: &[(&str, Words)], lang: Lang) -> Words {
    let fill = |pick: fn(&Words) -> &str| {
        values.iter().fold(template(became, lang).to_owned(), |text, (name, words)| {
            text.replace(&format!("{{{name}}}"), pick(words))
        })
    };
    Words { written: fill(|words| &words.written), spoken: fill(|words| &words.spoken) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_told_in_both_languages_with_nothing_left_open() {
        use Became as B;
        let all = [
            B::Paid,
            B::NotPaid,
            B::Expired,
            B::ActionRequired,
            B::Open,
            B::ManualReview,
            B::Alarm,
            B::Refunded,
            B::PartlyRefunded,
            B::Reversing,
            B::Disputed,
            B::ChargedBack,
            B::Missed,
            B::Refused,
        ];
        let amount = Words { written: "$42.50".to_owned(), spoken: "forty-two fifty".to_owned() };
        let values = [
            ("amount", amount),
            ("payee", Words::same("P")),
            ("provider", Words::same("V")),
            ("day", Words::same("D")),
        ];
        for (became, lang) in all.into_iter().flat_map(|became| Lang::ALL.map(|lang| (became, lang))) {
            let words = news(became, &values, lang);
            assert!(words.written.contains("$42.50") && words.spoken.contains("forty-two fifty"), "{words:?}");
            assert!(words.written.contains('P') && !words.written.contains('{'), "{words:?}");
        }
        let unsure = [B::Open, B::ManualReview].map(|became| news(became, &values, Lang::En).written);
        assert!(
            unsure.iter().all(|words| !words.contains("did") && words.contains("won't pay it again")),
            "{unsure:?}"
        );
    }
}
