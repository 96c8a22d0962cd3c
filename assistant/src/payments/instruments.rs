//! Stored ways to pay: the provider's own ids of a card or wallet that the household stored with it once, so that later
//! payments need no screen. Storing one moves no money. What is kept is never a card number: ids that look like one are
//! refused.
//!
//! An enrolment is written down with its reference and key before the provider hears of it, so that one which was
//! interrupted is taken up again and is the same one at the provider.

use super::dry_run::WouldSend;
use super::engine::Payments;
use super::keys::{enrolment_key, reference};
use super::providers::Configured;
use super::storage::StoreError;
use crate::ledger::PaymentId;
use crate::redaction::{has_card_number, hide};
use async_trait::async_trait;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{EnrolOutcome, EnrolRequest, Instrument, NextStep, QueryEnrolmentRequest};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long it takes at most until an enrolment that the provider set no end to is given up, in milliseconds.
const ENROLMENT_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
/// The pause between two asks where the provider names none, in milliseconds.
const PAUSE_MS: u64 = 2_000;

/// A way to pay with a provider, from the moment at which storing it began.
/// In JSON: `{"id":…,"provider":…,"person":…,"state":"stored","label":…,"enrolled_at_ms":…,…}`, without the provider's ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayToPay {
    /// Its name for ever.
    pub id: String,
    /// The provider's name in the configuration.
    pub provider: String,
    /// Whose it is, as the household calls them.
    pub person: String,
    /// True if no real money can move by it. One of one kind of money is never used for the other.
    pub practice: bool,
    /// Where it stands.
    pub state: WayState,
    /// Our reference of the enrolment, unique for ever.
    pub reference: String,
    /// The key of the enrolment, the same at each repetition.
    #[serde(skip)]
    pub idempotency_key: String,
    /// The provider's id of the enrolment, where it gave one.
    pub provider_reference: Option<String>,
    /// What payments name; there from `stored` on.
    #[serde(skip)]
    pub instrument: Option<Instrument>,
    /// What a person tells it by; empty until it is stored.
    pub label: String,
    /// What the person has to do; there only while it is `pending`.
    pub next: Option<NextStep>,
    /// Until when the person can act, as Unix milliseconds.
    pub expires_ms: i64,
    /// Why it failed, where it did.
    pub decline: Option<DeclineCode>,
    /// When storing it began, as Unix milliseconds.
    pub created_at_ms: i64,
    /// When it was stored, as Unix milliseconds.
    pub enrolled_at_ms: Option<i64>,
}

/// Where a way to pay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayState {
    /// It is being stored: the provider or the person still has to act.
    Pending,
    /// Payments use it.
    Stored,
    /// The provider or the person said no.
    Failed,
    /// Nobody acted in time.
    GivenUp,
    /// It was taken away here; the provider may still know it.
    Removed,
}

impl WayState {
    /// Every state.
    pub const ALL: [WayState; 5] =
        [WayState::Pending, WayState::Stored, WayState::Failed, WayState::GivenUp, WayState::Removed];

    /// The word in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            WayState::Pending => "pending",
            WayState::Stored => "stored",
            WayState::Failed => "failed",
            WayState::GivenUp => "given_up",
            WayState::Removed => "removed",
        }
    }

    /// Reads the word of the store.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A place that keeps ways to pay. When a method returns `Ok`, what it wrote survives a loss of power.
#[async_trait]
pub trait InstrumentStore: Send + Sync {
    /// Keeps a new one. False if one of its id is there; then nothing is written.
    async fn begin_way(&self, way: WayToPay) -> Result<bool, StoreError>;
    /// Writes how it stands now, if it still stands at `from`. False, and nothing is written, if not.
    async fn change_way(&self, way: WayToPay, from: WayState, now_ms: i64) -> Result<bool, StoreError>;
    /// All that there are or were, the newest first.
    async fn ways(&self) -> Result<Vec<WayToPay>, StoreError>;
}

/// Why a way to pay was not stored or removed.
#[derive(Debug, thiserror::Error)]
pub enum WayError {
    /// The configuration has no provider of this name.
    #[error("there is no provider called `{0}`")]
    UnknownProvider(String),
    /// The provider stores none.
    #[error("{0} stores no way to pay: payments with it are approved one by one")]
    NotOffered(String),
    /// There is none of this id.
    #[error("no way to pay has the id `{0}`; `sayso instruments list` shows those that are stored")]
    NoSuchWay(String),
    /// Another process changed it in the meantime.
    #[error("`{0}` was changed by another process; look at it before trying again")]
    Moved(String),
    /// It was begun while the provider moved the other kind of money.
    #[error(
        "`{0}` was begun with {1}, and {2} is configured now: remove it with `sayso instruments remove {0}`, or configure the provider as it was"
    )]
    OtherMoney(String, &'static str, &'static str),
    /// What the provider gave back may be a card number, which is never kept.
    #[error("{0} gave back what looks like the number of a card, which is never kept: nothing was stored")]
    CardNumber(String),
    /// The system has no randomness.
    #[error("nothing was stored: {0}")]
    NoRandomness(String),
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Payments {
    /// Ways to pay that payments use or that are being stored, the newest first.
    pub async fn ways_to_pay(&self) -> Result<Vec<WayToPay>, StoreError> {
        let held = |way: &WayToPay| matches!(way.state, WayState::Pending | WayState::Stored);
        Ok(self.engine.store.ways().await?.into_iter().filter(held).collect())
    }

    /// Begins to store a way to pay, or takes up the enrolment of this person with this provider that is still open.
    /// Call [`Payments::ask_about_way`] until it is pending no more.
    pub async fn enrol(&self, provider: &str, person: &str) -> Result<(WayToPay, Duration), WayError> {
        let configured = self.storing(provider)?;
        let practice = configured.capabilities.practice;
        let open = |way: &WayToPay| {
            (way.state, way.practice) == (WayState::Pending, practice)
                && way.provider == provider
                && way.person == person
        };
        if let Some(way) = self.engine.store.ways().await?.into_iter().find(open) {
            let (way, pause) = self.ask_about_way(way).await?;
            if matches!(way.state, WayState::Pending | WayState::Stored) {
                return Ok((way, pause));
            }
        }
        let way = self.new_way(provider, person, &configured).await?;
        if !self.engine.store.begin_way(way.clone()).await? {
            return Err(WayError::Moved(way.id));
        }
        let outcome = self.send_enrolment(&way, &configured).await;
        self.settle_way(way, outcome).await
    }

    /// What the provider would be asked to store a way to pay, with nothing sent and nothing written down.
    pub async fn rehearse_enrolment(&self, provider: &str, person: &str) -> Result<WouldSend, WayError> {
        let configured = self.storing(provider)?;
        let request = self.new_way(provider, person, &configured).await?.request();
        let shown = serde_json::to_value(&request).unwrap_or_default();
        let ask = |to: Configured| async move { drop(to.provider.enrol(&*to.host, request).await) };
        let http = self.engine.watch(&configured, ask).await;
        Ok(WouldSend { verb: "enrol", provider: provider.to_owned(), request: shown, http })
    }

    /// Asks the provider how an enrolment stands. What comes back is how it stands now, and when to ask again.
    pub async fn ask_about_way(&self, way: WayToPay) -> Result<(WayToPay, Duration), WayError> {
        let configured = self.storing(&way.provider)?;
        if way.practice != configured.capabilities.practice {
            let kind = |practice| if practice { "practice or test money" } else { "real money" };
            return Err(WayError::OtherMoney(way.id, kind(way.practice), kind(!way.practice)));
        }
        let request = QueryEnrolmentRequest {
            reference: way.reference.clone(),
            provider_reference: way.provider_reference.clone(),
        };
        let ask = |to: Configured| async move { to.provider.query_enrolment(&*to.host, request).await };
        let outcome = match self.engine.ask(&configured.about(&way.reference), ask).await {
            // It may never have reached the provider: the same again, with the same key, while it may still be acted on.
            Ok(EnrolOutcome::NotFound) if self.engine.now_ms() < way.expires_ms => {
                self.send_enrolment(&way, &configured).await
            }
            Ok(outcome) => outcome,
            Err(reason) => EnrolOutcome::Unknown { reason },
        };
        self.settle_way(way, outcome).await
    }

    /// Takes a way to pay away: payments use it no more. False if it is none that is held.
    pub async fn remove_way(&self, id: &str) -> Result<WayToPay, WayError> {
        let found = self.ways_to_pay().await?.into_iter().find(|way| way.id == id);
        let mut way = found.ok_or_else(|| WayError::NoSuchWay(id.to_owned()))?;
        let from = way.state;
        (way.state, way.next, way.instrument) = (WayState::Removed, None, None);
        self.change(way, from).await
    }

    /// What a genuine notification says of an enrolment, `None` where the provider is to be asked. False if no enrolment
    /// has this reference with this provider.
    pub(super) async fn heard_of_way(
        &self,
        provider: &str,
        reference: &str,
        outcome: Option<EnrolOutcome>,
    ) -> Result<bool, StoreError> {
        let ways = self.engine.store.ways().await?;
        let Some(way) = ways.into_iter().find(|way| way.reference == reference && way.provider == provider) else {
            return Ok(false);
        };
        if way.state != WayState::Pending {
            return Ok(true);
        }
        let done = match outcome {
            Some(outcome) => self.settle_way(way, outcome).await,
            None => self.ask_about_way(way).await,
        };
        match done {
            Err(WayError::Store(error)) => return Err(error),
            Err(error) => tracing::error!("{error}"),
            Ok(_) => {}
        }
        Ok(true)
    }

    fn storing(&self, provider: &str) -> Result<Configured, WayError> {
        let found = self.engine.providers.get(provider);
        let found = found.ok_or_else(|| WayError::UnknownProvider(provider.to_owned()))?;
        if !found.capabilities.enrolment {
            return Err(WayError::NotOffered(provider.to_owned()));
        }
        Ok(found.clone())
    }

    async fn new_way(&self, provider: &str, person: &str, to: &Configured) -> Result<WayToPay, WayError> {
        let engine = &self.engine;
        let (installation, now_ms) = (engine.store.installation().await?, engine.now_ms());
        let mut random = [0_u8; 10];
        engine.random.fill(&mut random).map_err(WayError::NoRandomness)?;
        let id = PaymentId::new(now_ms, random);
        let length_max = to.capabilities.reference_length_max;
        Ok(WayToPay {
            provider: provider.to_owned(),
            person: person.to_owned(),
            practice: to.capabilities.practice,
            state: WayState::Pending,
            reference: reference(&installation, &id, length_max),
            idempotency_key: enrolment_key(&installation, &id, length_max),
            provider_reference: None,
            instrument: None,
            label: String::new(),
            next: None,
            expires_ms: now_ms.saturating_add(ENROLMENT_LIFE_MS),
            decline: None,
            created_at_ms: now_ms,
            enrolled_at_ms: None,
            id: id.to_string(),
        })
    }

    async fn send_enrolment(&self, way: &WayToPay, to: &Configured) -> EnrolOutcome {
        let request = way.request();
        let ask = |to: Configured| async move { to.provider.enrol(&*to.host, request).await };
        let answer = self.engine.ask(&to.about(&way.reference), ask).await;
        answer.unwrap_or_else(|reason| EnrolOutcome::Unknown { reason })
    }

    /// Commits what an answer means for a pending enrolment. What is not certain leaves it pending until its time is over.
    async fn settle_way(&self, mut way: WayToPay, outcome: EnrolOutcome) -> Result<(WayToPay, Duration), WayError> {
        let now_ms = self.engine.now_ms();
        let (mut pause_ms, mut refused) = (PAUSE_MS, None);
        match outcome {
            EnrolOutcome::Enrolled { instrument } => {
                if holds_card_number(&instrument) {
                    way.state = WayState::Failed;
                    refused = Some(WayError::CardNumber(way.provider.clone()));
                } else {
                    let label = hide(&instrument.label);
                    (way.state, way.enrolled_at_ms) = (WayState::Stored, Some(now_ms));
                    way.instrument = Some(Instrument { label: label.clone(), ..instrument });
                    way.label = label;
                }
            }
            EnrolOutcome::ActionRequired { next, expires_ms, provider_reference } => {
                way.next = Some(next);
                way.expires_ms = expires_ms.unwrap_or(way.expires_ms);
                way.provider_reference = provider_reference.or(way.provider_reference);
            }
            EnrolOutcome::Pending { poll_after_ms, provider_reference } => {
                pause_ms = poll_after_ms.clamp(PAUSE_MS, 60_000);
                way.provider_reference = provider_reference.or(way.provider_reference);
            }
            EnrolOutcome::Failed { code, .. } => (way.state, way.decline) = (WayState::Failed, Some(code)),
            EnrolOutcome::NotOffered => {
                way.state = WayState::Failed;
                refused = Some(WayError::NotOffered(way.provider.clone()));
            }
            EnrolOutcome::NotFound => {}
            EnrolOutcome::Unknown { reason } => tracing::warn!(way = way.id, "an enrolment is unclear: {reason}"),
        }
        if way.state == WayState::Pending && now_ms >= way.expires_ms {
            way.state = WayState::GivenUp;
        }
        if way.state != WayState::Pending {
            way.next = None;
        }
        let way = self.change(way, WayState::Pending).await?;
        refused.map_or(Ok((way, Duration::from_millis(pause_ms))), Err)
    }

    async fn change(&self, way: WayToPay, from: WayState) -> Result<WayToPay, WayError> {
        if self.engine.store.change_way(way.clone(), from, self.engine.now_ms()).await? {
            return Ok(way);
        }
        // A notification may have been quicker.
        let now = self.engine.store.ways().await?.into_iter().find(|now| now.id == way.id);
        now.filter(|now| now.state == way.state).ok_or(WayError::Moved(way.id))
    }
}

impl WayToPay {
    fn request(&self) -> EnrolRequest {
        EnrolRequest {
            reference: self.reference.clone(),
            idempotency_key: self.idempotency_key.clone(),
            person: self.person.clone(),
        }
    }
}

impl super::engine::Engine {
    /// The way to pay that a payment with this provider uses: the one of the same kind of money that was stored last.
    pub(super) async fn stored_instrument(
        &self,
        provider: &str,
        practice: bool,
    ) -> Result<Option<Instrument>, StoreError> {
        let stored =
            |way: &WayToPay| (way.state, way.practice) == (WayState::Stored, practice) && way.provider == provider;
        let ways = self.store.ways().await?.into_iter().filter(stored);
        Ok(ways.max_by_key(|way| way.enrolled_at_ms).and_then(|way| way.instrument))
    }
}

fn holds_card_number(instrument: &Instrument) -> bool {
    instrument.ids.values().any(|id| has_card_number(id))
}
