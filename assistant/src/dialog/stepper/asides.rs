//! What people say around an answer: that any will do, that they don't know, a question about the very thing that is
//! asked. None of it fills anything that was not said.

use super::Turn;
use super::readings::accepts_suggestion;
use super::words::{contains, plain};
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::state::Awaiting;
use crate::dialog::value::SlotValue;
use crate::understanding::{Act, EntityKind, Meaning};

/// "Any of them."
const ANY: &[&str] = &[
    "any",
    "anything",
    "whichever",
    "whatever",
    "doesn't matter",
    "does not matter",
    "don't care",
    "you choose",
    "you decide",
    "up to you",
    "you pick",
    "either",
    "either one",
    "all the same",
    "no preference",
    "surprise me",
    "随便",
    "都行",
    "都可以",
    "你定",
    "你选",
    "你看着办",
    "无所谓",
    "哪个都行",
    "什么都行",
    "任意",
];

/// "I don't know."
const UNSURE: &[&str] = &[
    "don't know",
    "do not know",
    "dont know",
    "no idea",
    "not sure",
    "i'm unsure",
    "what do you mean",
    "why",
    "what is that",
    "what's that",
    "what does that mean",
    "what are those",
    "how should i know",
    "dunno",
    "how do i say",
    "what should i say",
    "what do i say",
    "怎么说",
    "怎么讲",
    "该说什么",
    "不知道",
    "不清楚",
    "不确定",
    "不太确定",
    "什么意思",
    "为什么",
    "没想好",
    "这是什么",
    "不晓得",
];

/// Openings and parts of questions about what can be answered.
const ASKS_OPTIONS: &[&str] = &[
    "which ones",
    "which one",
    "which can i",
    "which do",
    "which are",
    "what can i",
    "what are",
    "what do you have",
    "what have you",
    "what else",
    "who can i",
    "who do you know",
    "who is there",
    "who are",
    "who else",
    "what options",
    "what providers",
    "what bills",
    "which is",
    "which providers",
    "which bills",
    "what choices",
    "有哪些",
    "有什么",
    "都有谁",
    "可以用什么",
    "能用什么",
    "有谁",
    "可以转给谁",
    "能转给谁",
    "哪个好",
    "哪些",
    "哪种好",
    "能选什么",
];

/// Words that point at what is being talked about.
const POINTS_AT: &[&str] =
    &["it", "that", "this", "them", "he", "she", "they", "它", "这", "那", "这个", "那个", "这笔", "他", "她"];

/// True if the words ask about what is being talked about, without naming anything.
pub(super) fn points_at(meaning: &Meaning) -> bool {
    let text = plain(&meaning.text);
    let named = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Payee);
    let chinese = !text.is_ascii();
    let short = chinese && text.chars().count() <= 6 && !text.contains("账单") && !text.contains("哪些");
    // "What's the amount again": of what is being paid.
    let amount = contains(&text, "the amount") || text.contains("金额");
    !named && (short || amount || POINTS_AT.iter().any(|word| contains(&text, word)))
}

/// Wishes for what was talked about last.
const FOR_THE_LAST: &[&str] = &[
    "pay it",
    "pay that",
    "pay this",
    "pay that one",
    "settle it",
    "settle that",
    "clear it",
    "take care of it",
    "take care of that",
    "deal with it",
    "sort it out",
    "how much is it",
    "how much was it",
    "when is it due",
    "付了它",
    "交了它",
    "把它",
    "付这个",
    "交这个",
    "把这个",
    "把那个",
    "就付了",
    "就交了",
    "那就付",
    "那就交",
    "那付",
    "那交",
    "它多少",
];

/// True if what is wanted is wanted for what was talked about last, and nobody is named.
pub(super) fn points_at_last(meaning: &Meaning) -> bool {
    let text = plain(&meaning.text);
    let named = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Payee);
    !named && FOR_THE_LAST.iter().any(|words| contains(&text, words))
}

/// True if a payment of what was talked about last is commanded, and not refused: "ok, pay it".
pub(super) fn commands_the_last(meaning: &Meaning) -> bool {
    let refuses = [Act::No, Act::Cancel, Act::Wait].iter().any(|act| meaning.acts.contains(act));
    let asks = asks_about(meaning) || contains(&plain(&meaning.text), "how much");
    points_at_last(meaning) && !refuses && !asks
}

/// How somebody asks whether what was read back is so.
const ASKS_WHETHER: &[&str] = &["is it", "is that", "is this", "isn't it", "isn't that", "was it", "did you say"];

/// True for a question whether a value is the one: "is it eighteen dollars?", 是十八块吗. It changes nothing.
pub(super) fn asks_whether(meaning: &Meaning) -> bool {
    let text = plain(&meaning.text);
    let begins = |words: &&str| text.strip_prefix(&plain(words)).is_some_and(|rest| rest.starts_with(' '));
    let chinese = text.starts_with("是不是") || text.starts_with('是') && text.ends_with('吗');
    let settles = [Act::Correct, Act::Yes, Act::No, Act::Cancel].iter().any(|act| meaning.acts.contains(act));
    (ASKS_WHETHER.iter().any(begins) || chinese) && !settles
}

/// How questions begin.
const QUESTIONS: &[&str] = &[
    "who",
    "whom",
    "what",
    "how",
    "which",
    "when",
    "where",
    "why",
    "is it",
    "do you",
    "can i",
    "can you",
    "could i",
    "is that",
    "are you",
    "did you",
    "to whom",
    "with what",
    "and who",
    "so who",
    "and how",
    "so how",
];

/// True for a question that names nothing and neither agrees nor refuses.
pub(super) fn asks_about(meaning: &Meaning) -> bool {
    let plain_text = plain(&meaning.text);
    let opened = behind_fillers(&plain_text);
    let begins = |word: &&str| opened == *word || opened.starts_with(&format!("{word} "));
    let chinese = ["给谁", "多少", "用什么", "什么时候", "谁", "吗", "哪个", "哪家"];
    let asks = QUESTIONS.iter().any(begins) || chinese.iter().any(|word| plain_text.contains(word));
    asks && meaning.acts.iter().all(|act| *act == Act::Wait)
}

/// The text without the words with which somebody begins to speak: "wait, sorry, who is this to again?"
fn behind_fillers(text: &str) -> &str {
    const OPENINGS: &[&str] = &[
        "wait a second",
        "wait a minute",
        "wait",
        "hold on a second",
        "hold on",
        "hang on a second",
        "hang on",
        "sorry",
        "um",
        "uh",
        "oh",
        "ah",
        "hmm",
        "hm",
        "ok",
        "okay",
        "so",
        "and",
        "well",
        "right",
        "one second",
        "one moment",
        "just a second",
        "remind me",
        "tell me",
    ];
    let mut rest = text;
    while let Some(next) = OPENINGS.iter().find_map(|words| rest.strip_prefix(words)?.strip_prefix(' ')) {
        rest = next;
    }
    rest
}

impl Turn<'_> {
    /// True if what is suggested for the slot that is asked for is accepted, and nothing is asked.
    pub(super) fn takes_suggestion(&self, meaning: &Meaning, slot: &str) -> bool {
        let text = plain(&meaning.text);
        let begins = ["how", "what is", "what s", "whats", "when", "which", "why"];
        let asks = begins.iter().any(|word| text.strip_prefix(word).is_some_and(|rest| rest.starts_with(' ')))
            || meaning.text.trim_end().ends_with(['?', '？', '吗', '呢']);
        !asks && self.slot(slot).is_some_and(|(_, slot)| accepts_suggestion(meaning, slot))
    }

    /// True if somebody who was asked does not know what to say, or asks what could be said.
    pub(super) fn at_a_loss(&self, meaning: &Meaning) -> bool {
        let (Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. }) = &self.state.awaiting else { return false };
        let Some((_, slot)) = self.slot(slot) else { return false };
        let values = meaning.entities.iter().any(|entity| {
            matches!(entity.kind, EntityKind::Money | EntityKind::Payee | EntityKind::Provider | EntityKind::Choice)
        });
        if values || slot.kind == SlotType::Text || slot.name.value.contains(' ') {
            return false;
        }
        let text = plain(&meaning.text);
        let has = |words: &[&str]| words.iter().any(|word| contains(&text, &plain(word)));
        has(UNSURE) || asks_about(meaning) || has(ASKS_OPTIONS) && !self.option_values(slot).is_empty()
    }

    /// True if somebody asks what could be answered: "which ones can I use?"
    pub(super) fn asks_options(&self, meaning: &Meaning) -> bool {
        let Awaiting::Slot { slot, .. } = &self.state.awaiting else { return false };
        let named = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Payee);
        let text = plain(&meaning.text);
        let asks = ASKS_OPTIONS.iter().any(|word| contains(&text, &plain(word))) && !text.contains("账单");
        asks && !named && self.slot(slot).is_some_and(|(_, slot)| !self.option_values(slot).is_empty())
    }

    /// The value to propose to somebody to whom any will do: the provider of the newest payment, else the first that is
    /// offered. `None` where there is nothing to choose from, or it would be a choice of whom to pay.
    pub(super) fn any_will_do(&self, meaning: &Meaning, slot: &Slot) -> Option<SlotValue> {
        let text = plain(&meaning.text);
        let chooses = matches!(slot.kind, SlotType::Provider | SlotType::Choice(_));
        let any = ANY.iter().any(|word| contains(&text, &plain(word))) && !meaning.acts.contains(&Act::Cancel);
        if !chooses || !any {
            return None;
        }
        self.offered(slot).into_iter().next()
    }
}
