//! The rooms put together into one assistant.

use super::Assistant;
use crate::announce::Phone;
use crate::dialog::{Dialogs, History, ProviderInfo};
use crate::household::Household;
use crate::lang::Lang;
use crate::payments::Payments;
use crate::understanding::{SentenceEncoder, Understander};
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Instant;

impl Assistant {
    /// Puts the rooms together; what the flows teach is learnt here.
    #[must_use]
    pub fn new(
        dialogs: Dialogs,
        household: Arc<Household>,
        providers: Vec<ProviderInfo>,
        history: Arc<dyn History>,
        payments: Arc<Payments>,
        time_zone: TimeZone,
    ) -> Self {
        Self::with_encoder(dialogs, household, providers, history, payments, time_zone, None)
    }

    /// The same, with an encoder beside the n-grams to tell free sentences apart.
    #[must_use]
    pub fn with_encoder(
        dialogs: Dialogs,
        household: Arc<Household>,
        providers: Vec<ProviderInfo>,
        history: Arc<dyn History>,
        payments: Arc<Payments>,
        time_zone: TimeZone,
        encoder: Option<Arc<dyn SentenceEncoder>>,
    ) -> Self {
        let began = Instant::now();
        dialogs.lend_stopwatch(Arc::new(move || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)));
        let understander = Understander::with_encoder(&dialogs.teaching(&household, &providers), encoder.clone());
        let understander = Arc::new(understander);
        // The greeting need not wait for it. Where no thread can be had, the first sentence that needs it does.
        let learner = Arc::clone(&understander);
        let _ = std::thread::Builder::new().name("learning".to_owned()).spawn(move || learner.learn());
        Assistant { dialogs, understander, encoder, household, providers, history, payments, time_zone, phone: None }
    }

    /// The same with a phone on which payments can be confirmed.
    #[must_use]
    pub fn with_phone(self, phone: Option<Phone>) -> Self {
        Assistant { phone, ..self }
    }

    /// Every text of the dialogs as it is spoken, with `hole` in the place of each value.
    #[must_use]
    pub fn texts(&self, hole: char) -> Vec<(Lang, String)> {
        self.dialogs.texts(hole)
    }
}
