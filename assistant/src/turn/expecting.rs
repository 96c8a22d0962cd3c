//! What a conversation knows about the next utterance, handed to the ear.

use super::{Assistant, Conversation};
use crate::dialog;
use crate::lang::Lang;
use crate::redaction;
use crate::speech::{Answers, Awaited, Blank, Expect, Lean, Offer};
use crate::understanding::{
    AMOUNT_CHARACTERS, Act, EntityKind, Expectation, Fit, Understander, answers, blanks, fit, unfinished,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// Words that have nothing to do with an answer: what whisper writes for noise and music, and what people say to each other
/// in a room. A yes has to be likelier than all of them together.
const UNRELATED: [(Lang, &[&str]); 2] = [
    (
        Lang::En,
        &[
            "thank you for watching",
            "thanks for watching",
            "thank you",
            "you",
            "bye",
            "hello",
            "what",
            "who is it",
            "yesterday",
            "guess",
            "i guess so",
            "the weather is nice today",
            "come here",
            "what time is it",
            "oh",
            "so",
            "uh",
            "hmm",
            "music",
            "let's go",
            "i'll be right back",
            "maybe",
            "not sure",
            "right here",
            "right now",
            "shut the door",
            "share",
            "chess",
            "yet",
            "us",
        ],
    ),
    (
        Lang::Zh,
        &[
            "谢谢观看",
            "谢谢大家",
            "请不吝点赞",
            "字幕",
            "你好",
            "再见",
            "什么",
            "谁啊",
            "今天天气不错",
            "过来",
            "几点了",
            "呃",
            "哦",
            "嗯",
            "那个",
            "我马上回来",
            "也许吧",
            "不知道",
            "吃饭了",
            "十点",
            "事情",
            "退费",
            "等一下",
            "多少钱",
            "是谁",
            "对面",
            "好像",
            "行李",
            "可是",
            "可能",
        ],
    ),
];

/// An [`Expect`] made of what understanding was taught and what the dialog waits for.
#[derive(Debug)]
pub struct Expecting {
    understander: Arc<Understander>,
    expect: Expectation,
    today: Date,
    /// Whether other readings are offered; a yes that moves money is heard twice in any case.
    offers: bool,
}

impl Expecting {
    /// What is known where `expect` is waited for on the day `today`.
    #[must_use]
    pub fn new(understander: Arc<Understander>, expect: Expectation, today: Date, offers: bool) -> Self {
        Expecting { understander, expect, today, offers }
    }
}

impl Expect for Expecting {
    fn offers(&self, heard: &str, lang: Lang) -> Vec<Offer> {
        // A card number that is taken for another would not be known for one.
        if !self.offers || redaction::hide(heard) != heard {
            return Vec::new();
        }
        let offers = self.understander.offers(heard, lang, self.today, &self.expect);
        offers.into_iter().map(|offer| Offer { text: offer.text, known: offer.known }).collect()
    }

    fn blanks(&self, heard: &str, lang: Lang) -> Option<Vec<Blank>> {
        if !self.offers || lang != Lang::Zh || redaction::hide(heard) != heard {
            return None;
        }
        let meaning = self.understander.understand(heard, lang, self.today, &self.expect);
        let amount = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Money);
        // Whoever gives an order says no amount, or one that is understood.
        if !amount && !meaning.acts.is_empty() {
            return None;
        }
        let found = blanks(heard, self.expect.kinds.contains(&EntityKind::Money));
        let found: Vec<Blank> = found.into_iter().map(|(before, after)| Blank { before, after }).collect();
        (amount || !found.is_empty()).then_some(found)
    }

    fn amount_characters(&self) -> &'static str {
        AMOUNT_CHARACTERS
    }

    fn amount(&self, text: &str) -> Option<bool> {
        match fit(text) {
            Fit::No => None,
            Fit::Begins => Some(false),
            Fit::Whole => Some(true),
        }
    }

    fn agrees(&self, text: &str, lang: Lang) -> bool {
        let acts = self.understander.understand(text, lang, self.today, &self.expect).acts;
        !acts.is_empty() && acts.iter().all(|act| *act == Act::Yes)
    }

    fn answers(&self, lang: Lang) -> Option<Answers> {
        self.expect.consent.then(|| {
            let (yes, mut other) = answers(lang);
            let unrelated = UNRELATED.into_iter().filter(|(of, _)| *of == lang).flat_map(|(_, words)| words);
            other.extend(unrelated.map(|words| (*words).to_owned()).filter(|words| !yes.contains(words)));
            Answers { yes, other }
        })
    }

    fn awaited(&self) -> Awaited {
        awaited(&self.expect)
    }

    fn lean(&self, text: &str, lang: Lang) -> Lean {
        let acts = || self.understander.understand(text, lang, self.today, &self.expect).acts;
        // 嗯 alone is an answer and no thinking.
        let thinks = || unfinished(text, lang) && text.chars().filter(|c| c.is_alphanumeric()).count() > 1;
        match self.awaited() {
            Awaited::YesNo if matches!(acts().as_slice(), [Act::Yes | Act::No]) => Lean::Complete,
            // Behind a no people say what is wrong: "no ... make it fifty".
            Awaited::ReadBack if self.agrees(text, lang) && !thinks() => Lean::Closed,
            _ if unfinished(text, lang) => Lean::Unfinished,
            _ => Lean::Neutral,
        }
    }
}

/// The kind of answer that an expectation waits for.
fn awaited(expect: &Expectation) -> Awaited {
    let waits_for = |kind| expect.kinds.contains(&kind);
    let spelled_out = waits_for(EntityKind::Money) || waits_for(EntityKind::Number);
    if expect.consent {
        return Awaited::ReadBack;
    }
    match (waits_for(EntityKind::YesNo), spelled_out) {
        (true, false) => Awaited::YesNo,
        // A suggestion, or what to change: a word or a whole amount.
        (true, true) => Awaited::Anything,
        (false, true) => Awaited::Dictation,
        // A slot of free text or a secret has no kind.
        (false, false) if expect.kinds.is_empty() && expect.slot.is_some() => Awaited::Dictation,
        (false, false) => Awaited::Anything,
    }
}

impl Assistant {
    /// What this conversation knows about the next utterance. With `offers`, other readings of it are thought of, but for
    /// secrets.
    #[must_use]
    pub fn expecting(&self, conversation: &Conversation, offers: bool) -> Arc<dyn Expect> {
        let now = Timestamp::now();
        let offers = offers && !dialog::awaits_secret(&self.dialogs, &conversation.state);
        let expect = self.with_world(now, |world| dialog::expectation(&self.dialogs, &conversation.state, world));
        let today = now.to_zoned(self.time_zone.clone()).date();
        Arc::new(Expecting::new(Arc::clone(&self.understander), expect, today, offers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::needed_milli;
    use crate::speech::SURE_YES_MILLI;
    use crate::understanding::Teaching;
    use sayso_plugin_interface::{Currency, Money};

    fn expecting(consent: bool, offers: bool) -> Expecting {
        let understander = Arc::new(Understander::new(&Teaching::default()));
        let expect = Expectation { consent, ..Expectation::default() };
        Expecting::new(understander, expect, Date::constant(2026, 11, 28), offers)
    }

    #[test]
    fn a_second_listener_is_asked_where_a_yes_moves_money_and_only_there() {
        assert!(expecting(false, true).answers(Lang::En).is_none());
        for lang in Lang::ALL {
            let answers = expecting(true, false).answers(lang).unwrap();
            assert!(answers.yes.len() > 20 && answers.other.len() > 60, "{lang}");
            assert!(answers.yes.iter().all(|yes| !answers.other.contains(yes)), "{lang}: an answer on both sides");
            assert!(answers.other.iter().any(|words| UNRELATED.iter().any(|(_, all)| all.contains(&words.as_str()))));
        }
    }

    #[test]
    fn no_amount_asks_for_a_surer_yes_than_is_told_apart() {
        for minor in [0, 1_999, 2_000, 200_000, 1_000_000_000, i64::MAX] {
            assert!(needed_milli(Money::new(minor, Currency::USD)) <= SURE_YES_MILLI, "{minor}");
        }
    }

    #[test]
    fn a_card_number_is_never_taken_for_another_number() {
        let said = "my card is 4111 1111 1111 1111";
        assert!(expecting(false, true).offers(said, Lang::En).is_empty());
    }

    #[test]
    fn pauses_follow_what_is_waited_for() {
        use EntityKind::{Money, Number, Payee, YesNo};
        let waits = |kinds: &[EntityKind], slot: Option<&str>, consent| {
            awaited(&Expectation { kinds: kinds.to_vec(), slot: slot.map(str::to_owned), consent, currency: None })
        };
        assert_eq!(waits(&[], None, false), Awaited::Anything, "at rest");
        assert_eq!(waits(&[YesNo], Some("sure"), false), Awaited::YesNo);
        assert_eq!(waits(&[YesNo, Money, Payee], None, true), Awaited::ReadBack);
        assert_eq!(waits(&[YesNo, Money, Payee], None, false), Awaited::Anything, "what to change");
        assert_eq!(waits(&[Money], Some("amount"), false), Awaited::Dictation);
        assert_eq!(waits(&[Number], Some("months"), false), Awaited::Dictation);
        assert_eq!(waits(&[], Some("note"), false), Awaited::Dictation, "free text");
        assert_eq!(waits(&[Payee], Some("payee"), false), Awaited::Anything);
    }

    #[test]
    fn words_before_a_pause_lengthen_it_or_end_it() {
        let lean = |kinds: &[EntityKind], consent, text: &str, lang| {
            let understander = Arc::new(Understander::new(&Teaching::default()));
            let expect = Expectation { kinds: kinds.to_vec(), consent, ..Expectation::default() };
            Expecting::new(understander, expect, Date::constant(2026, 11, 28), true).lean(text, lang)
        };
        for (text, lang) in [("Yes.", Lang::En), ("no", Lang::En), ("对。", Lang::Zh), ("嗯", Lang::Zh)] {
            assert_eq!(lean(&[EntityKind::YesNo], false, text, lang), Lean::Complete, "{text}");
            let read_back = lean(&[EntityKind::YesNo], true, text, lang);
            assert!(!matches!(read_back, Lean::Complete), "{text}: it may move money");
        }
        assert_eq!(lean(&[EntityKind::YesNo], true, "Yes.", Lang::En), Lean::Closed);
        assert_eq!(lean(&[EntityKind::YesNo], true, "嗯。", Lang::Zh), Lean::Closed);
        assert_eq!(lean(&[EntityKind::YesNo], true, "Yes, um", Lang::En), Lean::Unfinished);
        assert_eq!(lean(&[EntityKind::YesNo], true, "No.", Lang::En), Lean::Neutral, "what is wrong may follow");
        assert_eq!(lean(&[EntityKind::YesNo], true, "no, make it three hundred and", Lang::En), Lean::Unfinished);
        assert_eq!(lean(&[EntityKind::Money], false, "forty two dollars and", Lang::En), Lean::Unfinished);
        assert_eq!(lean(&[EntityKind::Money], false, "forty two dollars", Lang::En), Lean::Neutral);
        assert_eq!(lean(&[], false, "嗯", Lang::Zh), Lean::Unfinished);
        assert_eq!(lean(&[], false, "yes", Lang::En), Lean::Neutral, "nobody asked");
    }

    #[test]
    fn without_expectation_nothing_is_offered() {
        assert!(expecting(true, false).offers("thirteen dollars", Lang::En).is_empty());
        let offers = expecting(true, true).offers("thirteen dollars", Lang::En);
        assert!(offers.iter().any(|offer| offer.text == "thirty dollars"), "{offers:?}");
    }
}
