//! What would be answered if what was heard so far was all, so that a voice can make it ready and an ear knows how long to wait. It
//! is worked out on a copy of the conversation that is thrown away: nothing but sound and a shorter pause ever comes of it.

use super::{Assistant, Conversation, Heard};
use crate::dialog::{self, Effect};
use crate::lang::Lang;
use crate::redaction;
use crate::understanding::{Meaning, may_go_on};

/// What would come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The language of the answer.
    pub lang: Lang,
    /// The texts that would be said, in their spoken form; one at least.
    pub texts: Vec<String>,
    /// What was asked would be answered, or all would be there that is needed; and no number in it may go on.
    pub closed: bool,
}

impl Assistant {
    /// What would come of this. `None` where it could move money, where a secret may be among the words, or where nothing would
    /// be said.
    #[must_use]
    pub fn foresee(&self, conversation: &Conversation, heard: &Heard) -> Option<Foreseen> {
        // While something is read back a yes would make a consent, and there shall be none that nobody meant.
        let reads_back = matches!(conversation.awaiting(), Some("consent" | "proof"));
        let secret = || dialog::awaits_secret(&self.dialogs, &conversation.state);
        if reads_back || heard.text.trim().is_empty() || redaction::hide(&heard.text) != heard.text || secret() {
            return None;
        }
        let Conversation { state, turns, fixed } = conversation;
        let mut copy = Conversation { state: state.clone(), turns: *turns, fixed: *fixed };
        let lang = self.lang_of(&copy, heard);
        copy.state.set_lang(lang);
        let taken = self.take_in(&copy, heard.clone(), lang, super::Stages::default());
        let meant = taken.meant;
        let effects = self.step(&mut copy, taken.input);
        let said = effects.into_iter().map_while(|effect| match effect {
            Effect::Say(words) => Some(words.spoken),
            _ => None,
        });
        let said: Vec<String> = said.collect();
        let closed = meant.is_some_and(|meaning| closes(&meaning, conversation.awaiting(), copy.awaiting()));
        (!said.is_empty()).then(|| Foreseen { lang: copy.lang(), texts: said, closed })
    }
}

/// Whether words of this meaning, which led from waiting for `before` to waiting for `after`, are likely to be all.
fn closes(meaning: &Meaning, before: Option<&str>, after: Option<&str>) -> bool {
    let understood = meaning.intent.is_some() || !meaning.acts.is_empty();
    let led_on = match before {
        // Whoever asks for something goes on as long as something is missing: "pay the rent ... a thousand dollars".
        None => understood && matches!(after, None | Some("consent" | "proof")),
        // A question about the answer is no answer yet.
        Some(_) => after != before && !matches!(after, Some("confirm" | "which_flow" | "resume")),
    };
    led_on && !may_go_on(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::IntentGuess;

    fn asks(intent: Option<&str>) -> Meaning {
        let guess = |name: &str| IntentGuess { name: name.to_owned(), confidence_milli: 1000, slots: Vec::new() };
        Meaning { text: "words".to_owned(), intent: intent.map(guess), ..Meaning::default() }
    }

    #[test]
    fn words_close_a_turn_where_they_lead_on() {
        assert!(closes(&asks(Some("history")), None, None), "a question that was answered");
        assert!(closes(&asks(Some("pay_bill")), None, Some("consent")), "all is there");
        assert!(!closes(&asks(Some("pay_bill")), None, Some("amount")), "an amount may follow");
        assert!(!closes(&asks(None), None, None), "nothing was understood");
        assert!(closes(&asks(None), Some("provider"), Some("consent")));
        assert!(!closes(&asks(None), Some("provider"), Some("provider")), "it is still asked for");
        assert!(!closes(&asks(None), Some("payee"), Some("confirm")), "a question about it");
    }
}
