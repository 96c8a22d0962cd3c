//! The end of a retry ladder: after how many misses and silences to give up, and where the conversation goes on then.

use super::Turn;
use crate::dialog::format::flow::Retries;
use crate::dialog::moments::Moment;
use crate::dialog::state::Awaiting;

/// What holds where neither the slot nor the project says otherwise.
const MISSES_MAX: usize = 3;
const SILENCES_MAX: usize = 2;

impl Turn<'_> {
    /// The ladder of the slot that is asked for.
    fn own_ladder(&self) -> Option<&Retries> {
        let (Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. }) = &self.state.awaiting else { return None };
        self.slot(slot).map(|(_, slot)| &slot.retries)
    }

    /// True if it went wrong more often in a row than the slot, or else the project, allows.
    pub(super) fn enough(&self, moment: Moment) -> bool {
        let (own, project) = (self.own_ladder(), &self.dialogs.phrases.retries);
        match moment {
            Moment::NoMatch => {
                let most = own.and_then(|retries| retries.tries).or(project.tries);
                self.state.misses > most.unwrap_or(MISSES_MAX)
            }
            Moment::Silence => {
                let most = own.and_then(|retries| retries.silences).or(project.silences);
                self.state.silences > most.unwrap_or(SILENCES_MAX)
            }
            _ => false,
        }
    }

    /// The flow in which to go on after giving up; `None` if none is named, or if it is this very one.
    pub(super) fn goes_on_at(&self) -> Option<String> {
        let own = self.own_ladder().and_then(|retries| retries.give_up.as_ref());
        let flow = &own.or(self.dialogs.phrases.retries.give_up.as_ref())?.value;
        let at_it = self.task()?.frames.iter().any(|frame| frame.flow == *flow);
        (!at_it && self.dialogs.programs.contains_key(flow)).then(|| flow.clone())
    }

    /// Goes on in the flow that is named for when Sayso gives up. False if there is none.
    pub(super) fn give_up_to(&mut self) -> bool {
        let Some(flow) = self.goes_on_at() else { return false };
        self.state.awaiting = Awaiting::Nothing;
        self.state.silences = 0;
        if self.link(&flow) {
            self.run();
        }
        true
    }
}
