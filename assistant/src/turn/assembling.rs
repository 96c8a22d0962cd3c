//! The rooms put together into one assistant.

use super::Assistant;
use crate::announce::Phone;
use crate::consent::Tier;
use crate::dialog::{Dialogs, History, ProviderInfo, Stopwatch, VoiceCheck};
use crate::household::{Household, Payee};
use crate::lang::Lang;
use crate::payments::Payments;
use crate::store::Store;
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
        dialogs.lend_stopwatch(stopwatch());
        let understander = Understander::with_encoder(&dialogs.teaching(&household, &providers), encoder.clone());
        let understander = Arc::new(understander);
        // The greeting need not wait for it. Where no thread can be had, the first sentence that needs it does.
        let learner = Arc::clone(&understander);
        let _ = std::thread::Builder::new().name("learning".to_owned()).spawn(move || learner.learn());
        Assistant {
            dialogs,
            understander,
            encoder,
            household,
            providers,
            history,
            payments,
            time_zone,
            phone: None,
            voice: VoiceCheck::Typed,
            log: None,
        }
    }

    /// The same with a phone on which payments can be confirmed.
    #[must_use]
    pub fn with_phone(self, phone: Option<Phone>) -> Self {
        Assistant { phone, ..self }
    }

    /// The same with ears that know, or don't know, the person by their voice; where it is another one, that is written into the audit
    /// log of a store.
    #[must_use]
    pub fn with_voice(self, voice: VoiceCheck, log: Store) -> Self {
        Assistant { voice, log: Some(log), ..self }
    }

    /// True if the household, or a flow, asks for this tier anywhere.
    #[must_use]
    pub fn asks_for(&self, tier: Tier) -> bool {
        self.payments.authentication().names(tier) || self.dialogs.ask_for(tier)
    }

    /// Every text of the dialogs as it is spoken, with `hole` in the place of each value.
    #[must_use]
    pub fn texts(&self, hole: char) -> Vec<(Lang, String)> {
        self.dialogs.texts(hole)
    }

    /// The texts that begin with a payee who has a bill, for each of them, with `hole` in the place of each other value.
    #[must_use]
    pub fn texts_about_bills(&self, hole: char) -> Vec<(Lang, String)> {
        let billed = |payee: &&Payee| self.household.bills.iter().any(|bill| bill.payee == payee.id);
        let payees = self.household.payees.iter().filter(billed);
        let about = |payee: &Payee, lang| {
            self.dialogs.texts_about(payee.name(lang), lang, hole).into_iter().map(move |text| (lang, text))
        };
        payees.flat_map(|payee| Lang::ALL.into_iter().flat_map(move |lang| about(payee, lang))).collect()
    }
}

/// What scripts are timed with: a script that has to wait for the processor spends nothing meanwhile.
fn stopwatch() -> Stopwatch {
    let began = Instant::now();
    let passed = move || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    #[cfg(unix)]
    let spent = || {
        let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let milliseconds = spent.tv_sec.saturating_mul(1000).saturating_add(spent.tv_nsec / 1_000_000);
        u64::try_from(milliseconds).unwrap_or(0)
    };
    #[cfg(not(unix))]
    let spent = passed;
    Stopwatch { passed: Arc::new(passed), spent: Arc::new(spent) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn waiting_spends_nothing_and_working_does() {
        let watch = stopwatch();
        let (passed, spent) = ((watch.passed)(), (watch.spent)());
        std::thread::sleep(Duration::from_millis(120));
        assert!((watch.passed)() - passed >= 100);
        assert!((watch.spent)() - spent < 50, "who waits spends nothing");
        let mut n = 0_u64;
        while (watch.spent)() - spent < 60 {
            n = n.wrapping_add(1);
        }
        assert!(n > 0);
    }
}
