//! Every flow of a project, checked and ready to run.

use super::finding::Finding;
use super::source::SourceFile;
use super::world::ProviderInfo;
use crate::household::Household;
use crate::lang::Lang;
use crate::understanding::Teaching;

/// All flows, scripts and phrases of a project, checked. Built by [`Dialogs::load`] alone, so none runs unchecked.
#[derive(Debug)]
pub struct Dialogs {}

/// Dialogs that can be used, with what is doubtful about them.
#[derive(Debug)]
pub struct Loaded {
    /// Ready to run.
    pub dialogs: Dialogs,
    /// Findings of severity warning.
    pub warnings: Vec<Finding>,
}

impl Dialogs {
    /// Reads and checks the files of a dialog folder; their order does not matter. On error the list has every
    /// finding, warnings too, in the order of files and lines.
    pub fn load(_files: &[SourceFile]) -> Result<Loaded, Vec<Finding>> {
        Ok(Loaded { dialogs: Dialogs {}, warnings: Vec::new() })
    }

    /// What understanding has to learn to serve these dialogs in this household.
    #[must_use]
    pub fn teaching(&self, _household: &Household, _providers: &[ProviderInfo]) -> Teaching {
        Teaching::default()
    }

    /// Words that a speech recogniser should be ready for: payees, providers and what starts a flow. Never words of
    /// consent, because a recogniser that expects them hears them in noise.
    #[must_use]
    pub fn vocabulary(&self, _lang: Lang, _household: &Household, _providers: &[ProviderInfo]) -> Vec<String> {
        Vec::new()
    }

    /// The names of the flows, in alphabetical order.
    pub fn flows(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }
}
