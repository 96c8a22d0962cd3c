//! The step `handoff`: the person goes on elsewhere, at a link, with a code, in an app, or with a human.

use super::Turn;
use super::speaking::join;
use crate::dialog::exchange::{Effect, HandOff};
use crate::dialog::format::flow::{HandOffStep, HandOffTo};
use crate::dialog::format::text::Template;
use crate::wording::Words;

impl Turn<'_> {
    /// Says and shows where the person goes on. To a human the conversation goes over whole; true if it did.
    pub(super) fn hand_over(&mut self, step: &HandOffStep) -> bool {
        let to = match &step.to {
            HandOffTo::Human => Some(HandOff::Human),
            HandOffTo::Link(template) => self.plain(template).map(|address| HandOff::Link { address }),
            HandOffTo::Qr(template) => self.plain(template).map(|content| HandOff::Qr { content }),
            HandOffTo::App(template) => self.plain(template).map(|name| HandOff::App { name }),
        };
        // What it needs may have no value; then nothing can be shown.
        let Some(to) = to else { return false };
        let own = step.say.as_ref().and_then(|texts| self.text(texts, &[]));
        if let Some(words) = own.or_else(|| self.words_for(&to)) {
            self.say(words);
        }
        let human = to == HandOff::Human;
        self.effects.push(Effect::HandOff(to));
        if human {
            self.rest();
        }
        human
    }

    fn words_for(&self, to: &HandOff) -> Option<Words> {
        match to {
            HandOff::Link { address } => {
                // An address is shown, never read aloud.
                let shown = Words { written: address.clone(), spoken: String::new() };
                self.phrase("handoff_link", &[("address", shown)])
            }
            HandOff::Qr { .. } => self.phrase("handoff_qr", &[]),
            HandOff::App { name } => self.phrase("handoff_app", &[("name", Words::same(name.as_str()))]),
            HandOff::Human => self.phrase("handoff_human", &[]),
        }
    }

    /// A template with the values in plain characters, as an address or a code needs them: `42.50 USD`, not "$42.50".
    fn plain(&self, template: &Template) -> Option<String> {
        let value = |name: &str| self.task()?.value(name).map(|value| Words::same(value.plain()));
        join(template, &value, |words| words.written)
    }
}
