//! Where a conversation stands: all of it, so that it can be stored in the middle of a question and go on later.

use crate::lang::Lang;
use serde::{Deserialize, Serialize};

/// A conversation between two steps. Serializable; it holds no secrets, but what the person said they pay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    lang: Lang,
}

impl State {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        State { lang }
    }

    /// The language in which Sayso answers.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Goes on in another language (what is waiting is asked again in it with the next step).
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = lang;
    }

    /// The flow that is being led, if any.
    #[must_use]
    pub fn flow(&self) -> Option<&str> {
        None
    }

    /// What is awaited: a slot's name, or `consent`, `outcome`, `resume`; `None` at rest.
    #[must_use]
    pub fn awaiting(&self) -> Option<&str> {
        None
    }
}
