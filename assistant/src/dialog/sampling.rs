//! What writers are shown of their flows: where a trigger stands, and words that may fill a slot.

use super::dialogs::{Dialogs, intent};
use super::format::flow::{Slot, SlotType};
use super::world::ProviderInfo;
use crate::household::Household;
use crate::lang::Lang;
use crate::understanding::{TaughtIntent, samples};

/// A trigger and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger<'d> {
    /// The file.
    pub file: &'d str,
    /// Its line, from 1.
    pub line: usize,
    /// The sentence as it was written.
    pub text: &'d str,
}

impl Dialogs {
    /// The trigger number `index` of `flow`, from zero, all languages counted on.
    #[must_use]
    pub fn trigger(&self, flow: &str, index: usize) -> Option<Trigger<'_>> {
        let program = self.programs.get(flow)?;
        let (_, sentence) = program.flow.triggers.get(index)?;
        Some(Trigger { file: &program.file, line: sentence.place.line, text: &sentence.value })
    }

    /// The sentences by which `flow` is asked for; `None` if there is no such flow.
    #[must_use]
    pub fn taught(&self, flow: &str) -> Option<TaughtIntent> {
        self.programs.get(flow).map(intent)
    }

    /// Words in `lang` that may fill `slot` of `flow`: names of the household and its providers, choices, amounts, days.
    /// Empty where there are none, and for a slot that does not exist.
    #[must_use]
    pub fn examples(
        &self,
        flow: &str,
        slot: &str,
        lang: Lang,
        household: &Household,
        providers: &[ProviderInfo],
    ) -> Vec<String> {
        let slot = self.programs.get(flow).and_then(|program| program.slot(slot));
        slot.map(|slot| examples(slot, lang, household, providers)).unwrap_or_default()
    }
}

fn examples(slot: &Slot, lang: Lang, household: &Household, providers: &[ProviderInfo]) -> Vec<String> {
    match &slot.kind {
        SlotType::Payee(kind) => {
            let payees = household.payees.iter().filter(|payee| kind.is_none_or(|kind| payee.kind == kind));
            payees.filter_map(|payee| payee.names.get(&lang).cloned()).collect()
        }
        SlotType::Provider => providers.iter().filter_map(|provider| provider.names.get(&lang).cloned()).collect(),
        SlotType::Choice(options) => {
            let names = options.iter().flat_map(|option| option.names.iter());
            names.filter(|(of, _)| *of == lang).map(|(_, name)| name.clone()).collect()
        }
        other => samples::examples(&super::dialogs::slot_kind(other), lang),
    }
}
