//! The words of a message, made from typed values in the language of whoever is told.

use super::channel::Channel;
use super::outbox::News;
use super::topic::Topic;
use crate::lang::Lang;
use crate::payments::PaymentView;
use crate::wording;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// What a template may name, with what stands there.
pub const PLACES: &[(&str, &str)] = &[
    ("{amount}", "the amount, such as $42.50"),
    ("{refunded}", "what of it came back"),
    ("{payee}", "who is paid"),
    ("{provider}", "who moves the money"),
    ("{purpose}", "what it is for"),
    ("{time}", "when it happened, where the person lives"),
    ("{id}", "the payment's id in the ledger"),
];

/// One message as a transport takes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// The same however often it is delivered; a receiver that has seen it can leave it.
    pub id: String,
    /// The gravest topic in it.
    pub topic: Topic,
    /// The language of the words.
    pub lang: Lang,
    /// One short line.
    pub title: String,
    /// One line for each piece of news.
    pub text: String,
    /// The payments as they stood then.
    pub payments: Vec<PaymentView>,
    /// True if no real money can have moved in any of them.
    pub practice: bool,
}

/// The message that tells `channel` these news, of which there is at least one for a message to come out. `installation`
/// tells the messages of one household from another's.
#[must_use]
pub fn compose(channel: &Channel, news: &[News], installation: &str, zone: &TimeZone) -> Option<Message> {
    let (first, last) = (news.first()?, news.last()?);
    let lines: Vec<String> = news.iter().map(|news| line(channel, news, zone)).collect();
    let topic = news.iter().map(|news| news.topic).max()?;
    let id = match news {
        [one] => format!("{installation}-{}", one.id),
        _ => format!("{installation}-{}-{}", first.id, last.id),
    };
    let practice = news.iter().all(|news| news.payment.practice);
    let title = match news {
        [one] => title(one.topic, channel.lang).to_owned(),
        many => several(many.len(), channel.lang),
    };
    let title = if practice { format!("{title} {}", practice_mark(channel.lang)) } else { title };
    let payments = news.iter().map(|news| news.payment.clone()).collect();
    Some(Message { id, topic, lang: channel.lang, title, text: lines.join("\n"), payments, practice })
}

fn line(channel: &Channel, news: &News, zone: &TimeZone) -> String {
    let template = channel.texts.get(&news.topic).map_or_else(|| sentence(news.topic, channel.lang), String::as_str);
    let payment = &news.payment;
    let moment = Timestamp::from_millisecond(news.at_ms).unwrap_or_default().to_zoned(zone.clone());
    let values = [
        ("{amount}", wording::money(payment.amount, channel.lang).written),
        ("{refunded}", wording::money(payment.refunded, channel.lang).written),
        ("{payee}", payment.payee_name.clone()),
        ("{provider}", payment.provider_name.clone()),
        ("{purpose}", payment.purpose.clone()),
        ("{time}", moment.strftime("%Y-%m-%d %H:%M").to_string()),
        ("{id}", payment.id.to_string()),
    ];
    filled(template, &values)
}

/// Fills in each place once, from left to right: what a value says is never taken for a place.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        match values.iter().find(|(place, _)| from.starts_with(place)) {
            Some((place, value)) => {
                text.push_str(value);
                rest = from.get(place.len()..).unwrap_or_default();
            }
            None => {
                text.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    text + rest
}

fn several(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{count} news of payments"),
        Lang::Zh => format!("{count}条付款消息"),
    }
}

fn practice_mark(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "(practice, no real money)",
        Lang::Zh => "（练习，不是真钱）",
    }
}

fn title(topic: Topic, lang: Lang) -> &'static str {
    match (topic, lang) {
        (Topic::Succeeded, Lang::En) => "Paid",
        (Topic::Succeeded, Lang::Zh) => "已付款",
        (Topic::Declined, Lang::En) => "Not paid",
        (Topic::Declined, Lang::Zh) => "没有付款",
        (Topic::Pending, Lang::En) => "Payment under way",
        (Topic::Pending, Lang::Zh) => "付款处理中",
        (Topic::ActionRequired, Lang::En) => "Your approval is needed",
        (Topic::ActionRequired, Lang::Zh) => "需要您确认",
        (Topic::Unknown, Lang::En) => "Payment not certain yet",
        (Topic::Unknown, Lang::Zh) => "付款结果未知",
        (Topic::Refunded, Lang::En) => "Money came back",
        (Topic::Refunded, Lang::Zh) => "已退款",
        (Topic::Canceled, Lang::En) => "Payment canceled",
        (Topic::Canceled, Lang::Zh) => "付款已取消",
        (Topic::Alarm, Lang::En) => "Please look at a payment",
        (Topic::Alarm, Lang::Zh) => "请查看一笔付款",
    }
}

fn sentence(topic: Topic, lang: Lang) -> &'static str {
    match (topic, lang) {
        (Topic::Succeeded, Lang::En) => "{time}: {amount} was paid to {payee} with {provider}.",
        (Topic::Succeeded, Lang::Zh) => "{time}：已用{provider}向{payee}支付{amount}。",
        (Topic::Declined, Lang::En) => "{time}: {amount} to {payee} was not paid; {provider} did not make it.",
        (Topic::Declined, Lang::Zh) => "{time}：没有向{payee}支付{amount}，{provider}没有完成付款。",
        (Topic::Pending, Lang::En) => {
            "{time}: {provider} is still working on {amount} to {payee}. It is not final yet."
        }
        (Topic::Pending, Lang::Zh) => "{time}：{provider}正在处理向{payee}支付的{amount}，目前还没有结果。",
        (Topic::ActionRequired, Lang::En) => "{time}: {provider} needs your approval for {amount} to {payee}.",
        (Topic::ActionRequired, Lang::Zh) => "{time}：向{payee}支付{amount}需要您在{provider}确认。",
        (Topic::Unknown, Lang::En) => "{time}: it is not known yet whether {amount} to {payee} went through.",
        (Topic::Unknown, Lang::Zh) => "{time}：还不知道向{payee}支付的{amount}有没有成功。",
        (Topic::Refunded, Lang::En) => "{time}: {refunded} of {amount} to {payee} came back through {provider}.",
        (Topic::Refunded, Lang::Zh) => "{time}：向{payee}支付的{amount}中，{refunded}已通过{provider}退回。",
        (Topic::Canceled, Lang::En) => "{time}: {amount} to {payee} was canceled; nothing was paid.",
        (Topic::Canceled, Lang::Zh) => "{time}：向{payee}支付的{amount}已取消，没有扣款。",
        (Topic::Alarm, Lang::En) => {
            "{time}: look at {amount} to {payee} with {provider} (payment {id}): Sayso cannot settle it alone."
        }
        (Topic::Alarm, Lang::Zh) => "{time}：请查看用{provider}向{payee}支付的{amount}（编号{id}），需要人工处理。",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_words_with_known_places_in_both_languages() {
        for topic in Topic::ALL {
            for lang in [Lang::En, Lang::Zh] {
                let text = sentence(topic, lang);
                assert!(!title(topic, lang).is_empty() && text.contains("{payee}"));
                let values: Vec<(&str, String)> = PLACES.iter().map(|(place, _)| (*place, "x".to_owned())).collect();
                assert!(!filled(text, &values).contains(['{', '}']), "{text}");
            }
        }
    }

    #[test]
    fn what_a_value_says_is_not_filled_in_again() {
        let values = [("{payee}", "{amount}".to_owned()), ("{amount}", "$1".to_owned())];
        assert_eq!(filled("{payee} {amount} {nonsense} {", &values), "{amount} $1 {nonsense} {");
    }
}
