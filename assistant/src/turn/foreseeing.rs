//! What would be answered if what was heard so far was all, so that a voice can make it ready. It is worked out on a copy of the
//! conversation that is thrown away: nothing but sound ever comes of it.

use super::{Assistant, Conversation, Heard};
use crate::dialog::{self, Effect};
use crate::lang::Lang;
use crate::redaction;

impl Assistant {
    /// The texts that would be said after this, in their spoken form. `None` where the answer could move money, where a secret
    /// may be among the words, or where nothing would be said.
    #[must_use]
    pub fn foresee(&self, conversation: &Conversation, heard: &Heard) -> Option<(Lang, Vec<String>)> {
        // While something is read back a yes would make a consent, and there shall be none that nobody meant.
        let reads_back = matches!(conversation.awaiting(), Some("consent" | "proof"));
        let secret = || dialog::awaits_secret(&self.dialogs, &conversation.state);
        if reads_back || heard.text.trim().is_empty() || redaction::hide(&heard.text) != heard.text || secret() {
            return None;
        }
        let Conversation { state, turns, fixed } = conversation;
        let mut copy = Conversation { state: state.clone(), turns: *turns, fixed: *fixed };
        let lang = copy.lang_of(heard);
        copy.state.set_lang(lang);
        let taken = self.take_in(&copy, heard.clone(), lang, super::Stages::default());
        let effects = self.step(&mut copy, taken.input);
        let said = effects.into_iter().map_while(|effect| match effect {
            Effect::Say(words) => Some(words.spoken),
            _ => None,
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| (copy.lang(), said))
    }
}
