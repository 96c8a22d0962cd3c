//! Other dialogs for conversations to come, while those that go on keep theirs.

use super::{Assistant, Conversation};
use crate::dialog::Dialogs;
use std::sync::Arc;

impl Conversation {
    /// True if nothing goes on: what is said next may be led by other dialogs.
    #[must_use]
    pub fn at_rest(&self) -> bool {
        self.state.flow().is_none() && self.state.awaiting().is_none()
    }
}

impl Assistant {
    /// The same with other dialogs, which are learnt here; everything else is shared.
    #[must_use]
    pub fn with_dialogs(&self, dialogs: Dialogs) -> Self {
        let assistant = Assistant::with_encoder(
            dialogs,
            Arc::clone(&self.household),
            self.providers.clone(),
            Arc::clone(&self.history),
            Arc::clone(&self.payments),
            self.time_zone.clone(),
            self.encoder.clone(),
        );
        // What a person can be known by stays what it was.
        Assistant { phone: self.phone.clone(), voice: self.voice, log: self.log.clone(), ..assistant }
    }
}
