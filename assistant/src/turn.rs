//! One turn of a conversation, top to bottom: words → meaning → dialog → payment → words. The only place that knows all rooms.

mod assembling;
mod expecting;
mod foreseeing;
mod language;
mod news;
mod paid;
mod paying;
mod reload;
mod stepping;

use crate::announce::Phone;
use crate::consent::{Ear, Tier};
use crate::dialog::{self, Dialogs, HandOff, History, Input, ProviderInfo, VoiceCheck, World};
use crate::household::Household;
use crate::lang::Lang;
use crate::payments::{Payments, Randomness, WouldSend};
use crate::redaction;
use crate::speech::speaker::Witnessing;
use crate::store::Store;
use crate::understanding::{Meaning, Reading, SentenceEncoder, Understander};
use crate::wording;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

mod refunding;

pub use expecting::Expecting;
pub use foreseeing::Foreseen;
pub use refunding::PaidBack;

/// What is shown in the place of words that are a secret.
const SECRET: &str = "(secret)";

/// Everything that conversations share: made once, used by every turn.
pub struct Assistant {
    dialogs: Dialogs,
    understander: Arc<Understander>,
    encoder: Option<Arc<dyn SentenceEncoder>>,
    household: Arc<Household>,
    providers: Vec<ProviderInfo>,
    history: Arc<dyn History>,
    payments: Arc<Payments>,
    time_zone: TimeZone,
    phone: Option<Phone>,
    voice: VoiceCheck,
    /// Where it is written down that a voice was another one.
    log: Option<Store>,
}

/// One conversation with one person.
pub struct Conversation {
    state: dialog::State,
    turns: u32,
    /// Set if the language never changes; else each utterance may bring another.
    fixed: Option<Lang>,
}

/// What the ears, or the keyboard, took in.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The words; empty for silence.
    pub text: String,
    /// The language that was detected, where it was.
    pub lang: Option<Lang>,
    /// How long recognition took, in milliseconds; `None` for typed words.
    pub hear_ms: Option<f64>,
    /// What may have been said, the likeliest first, which is `text`; empty for typed words and for silence.
    pub readings: Vec<Reading>,
    /// How a second listener took it; `None` for typed words and for silence.
    pub ear: Option<Ear>,
}

/// What happened in one turn; its JSON form is the contract of `sayso chat --json` and `sayso hear --json`.
#[derive(Debug, Serialize)]
pub struct Turn {
    /// Counts from 1 in each conversation; 0 is the greeting.
    pub turn: u32,
    /// The words taken in.
    pub heard: String,
    /// The language of the turn.
    pub lang: Lang,
    /// What they mean; null for silence.
    pub meaning: Option<Meaning>,
    /// What was answered, in its written form.
    pub said: Vec<String>,
    /// The same in its spoken form.
    #[serde(skip)]
    pub spoken: Vec<String>,
    /// Where the conversation stands now.
    pub state: Standing,
    /// What was paid in this turn, or tried; else null.
    pub payment: Option<Paid>,
    /// What would have been sent in this turn, were it no dry run; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_send: Option<WouldSend>,
    /// What came back in this turn, or was asked back; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<PaidBack>,
    /// The id of the payment for later that was ended in this turn; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<String>,
    /// Where the person goes on, if this turn handed them over; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand_off: Option<HandOff>,
    /// How long each stage took, in milliseconds.
    pub ms: Stages,
    /// True if nothing is awaited any more.
    pub ended: bool,
}

/// Where a conversation stands.
#[derive(Debug, Serialize)]
pub struct Standing {
    /// The flow that is being followed.
    pub flow: Option<String>,
    /// The slot that is asked for, or `consent` while a payment is read back.
    pub awaiting: Option<String>,
}

/// A payment as the doors show it.
#[derive(Debug, Clone, Serialize)]
pub struct Paid {
    /// Its id in the ledger; null if it was refused before it had one.
    pub id: Option<String>,
    /// How it stands, e.g. `succeeded`.
    pub status: String,
    /// How much.
    pub amount: sayso_plugin_interface::Money,
    /// Whom: the id in the household.
    pub payee: String,
    /// Whom, by name.
    pub payee_name: String,
    /// Which provider.
    pub provider: String,
    /// Why it was refused, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Words that were understood, and are not answered yet.
struct TakenIn {
    /// What may be shown of them.
    shown: String,
    /// What may be told of what they mean.
    meant: Option<Meaning>,
    /// What the dialog gets.
    input: Input,
    /// True if they begin a flow that tells how payments stand.
    asks_how_payments_stand: bool,
    ms: Stages,
}

/// How long each stage of a turn took, in milliseconds.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Stages {
    /// Recognition; null for typed words.
    pub hear: Option<f64>,
    /// Understanding.
    pub understand: f64,
    /// Dialog and scripts.
    pub dialog: f64,
    /// The payment, provider included; null if none was made.
    pub pay: Option<f64>,
    /// Synthesis; null if nothing was spoken.
    pub speak: Option<f64>,
}

impl Conversation {
    /// A new conversation: in `fixed`, or beginning in English and following the person. It draws its own name, so that
    /// nothing agreed to in it is taken for what was agreed to in another one; the error says why it could not.
    pub fn begin(fixed: Option<Lang>, randomness: &dyn Randomness) -> Result<Self, String> {
        let mut name = [0; 16];
        randomness.fill(&mut name)?;
        let name = format!("{:032x}", u128::from_be_bytes(name));
        Ok(Conversation { state: dialog::State::new(fixed.unwrap_or(Lang::En), &name), turns: 0, fixed })
    }

    /// The same with somebody who speaks: what they agree to is held to their limits.
    #[must_use]
    pub fn by(self, person: Option<String>) -> Self {
        Conversation { state: self.state.by(person), ..self }
    }

    /// The language that is spoken now.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.state.lang()
    }

    /// The language, if it never changes.
    #[must_use]
    pub fn fixed_lang(&self) -> Option<Lang> {
        self.fixed
    }

    /// The slot that is asked for, or `consent`.
    #[must_use]
    pub fn awaiting(&self) -> Option<&str> {
        self.state.awaiting()
    }

    /// What is asked about whose voice is heard next.
    #[must_use]
    pub fn witnessing(&self) -> Witnessing {
        match (self.state.tier(), self.state.awaiting()) {
            (Some(Tier::Voice), Some("consent")) => Witnessing::Remember,
            (Some(Tier::Voice), _) => Witnessing::Compare,
            _ => Witnessing::No,
        }
    }
}

impl Assistant {
    /// Words that are likely to be said, for the recogniser; never words of consent.
    #[must_use]
    pub fn vocabulary(&self, lang: Lang) -> Vec<String> {
        self.dialogs.vocabulary(lang, &self.household, &self.providers)
    }

    /// What one utterance means where nothing is expected.
    #[must_use]
    pub fn understand(&self, text: &str, lang: Lang, now: Timestamp) -> Meaning {
        let today = now.to_zoned(self.time_zone.clone()).date();
        self.understander.understand(text, lang, today, &crate::understanding::Expectation::default())
    }

    /// True if a door may keep what the person says next, such as for its line editor.
    #[must_use]
    pub fn may_be_kept(&self, conversation: &Conversation, text: &str) -> bool {
        dialog::may_be_kept(&self.dialogs, &conversation.state, text)
    }

    /// The payments behind the conversations.
    #[must_use]
    pub fn payments(&self) -> &Payments {
        &self.payments
    }

    /// Begins a conversation: what is said first, and that it is only practice where that is so.
    pub async fn greet(&self, conversation: &mut Conversation) -> Turn {
        let mut turn = self.go(conversation, String::new(), None, Input::Start, Stages::default()).await;
        let notice = match (self.payments.is_dry_run(), self.payments.is_practice(), self.payments.is_live()) {
            (true, _, _) => Some(wording::dry_run_notice(conversation.lang())),
            (false, true, _) => Some(wording::practice_notice(conversation.lang())),
            (false, false, true) => Some(wording::live_notice(conversation.lang())),
            (false, false, false) => None,
        };
        if let Some(notice) = notice {
            turn.said.push(notice.written);
            turn.spoken.push(notice.spoken);
        }
        // Where the language follows the person, it is not known before they have spoken.
        if let Some(lang) = conversation.fixed {
            let news = self.news(lang).await;
            turn.spoken.extend(news.iter().map(|words| words.spoken.clone()));
            turn.said.extend(news.into_iter().map(|words| words.written));
        }
        turn
    }

    /// Takes in one utterance, or silence, and goes through with all that follows from it.
    pub async fn turn(&self, conversation: &mut Conversation, heard: Heard) -> Turn {
        conversation.turns += 1;
        let ms = Stages { hear: heard.hear_ms, ..Stages::default() };
        if heard.text.trim().is_empty() {
            return self.go(conversation, heard.text, None, Input::Silence, ms).await;
        }
        let lang = self.lang_of(conversation, &heard);
        conversation.state.set_lang(lang);
        let taken = self.take_in(conversation, heard, lang, ms);
        if taken.asks_how_payments_stand {
            self.payments.ask_about_open().await;
        }
        // Nothing is told in the middle of something else.
        let news = if conversation.at_rest() { self.news(lang).await } else { Vec::new() };
        let mut turn = self.go(conversation, taken.shown, taken.meant, taken.input, taken.ms).await;
        turn.spoken.splice(0..0, news.iter().map(|words| words.spoken.clone()));
        turn.said.splice(0..0, news.into_iter().map(|words| words.written));
        turn
    }

    /// Takes in words that were said.
    fn take_in(&self, conversation: &Conversation, heard: Heard, lang: Lang, mut ms: Stages) -> TakenIn {
        let secret = dialog::awaits_secret(&self.dialogs, &conversation.state);
        // A card number goes to the dialog as it is, which stops there; everything else is understood without what must
        // not be kept. Neither is shown.
        let shown = redaction::hide(&heard.text);
        let private = shown != heard.text;
        let words = if secret || redaction::has_card_number(&heard.text) { &heard.text } else { &shown };
        let now = Timestamp::now();
        let started = Instant::now();
        let expect = self.with_world(now, |world| dialog::expectation(&self.dialogs, &conversation.state, world));
        let today = now.to_zoned(self.time_zone.clone()).date();
        let meaning = if private || secret || heard.readings.len() < 2 {
            self.understander.understand(words, lang, today, &expect)
        } else {
            self.understander.understand_readings(&heard.readings, lang, today, &expect)
        };
        ms.understand = since(started);
        let input = |meaning| match heard.ear {
            Some(ear) => Input::Spoken(meaning, ear),
            None => Input::Heard(meaning),
        };
        if secret {
            // It goes to the dialog, which looks at it once; nobody else sees it.
            let (shown, input) = (SECRET.to_owned(), input(meaning));
            return TakenIn { shown, meant: None, input, asks_how_payments_stand: false, ms };
        }
        let fresh = meaning.intent.as_ref().is_some_and(|intent| self.dialogs.is_fresh(&intent.name));
        let meant = (!private).then(|| meaning.clone());
        TakenIn { shown, meant, input: input(meaning), asks_how_payments_stand: fresh, ms }
    }

    fn with_world<T>(&self, now: Timestamp, see: impl FnOnce(&World<'_>) -> T) -> T {
        see(&World {
            now_ms: now.as_millisecond(),
            now: now.to_zoned(self.time_zone.clone()).datetime(),
            household: &self.household,
            providers: &self.providers,
            history: &self.history,
            authentication: self.payments.authentication(),
            chance: self.payments.chance(),
            phone: self.phone.is_some(),
            voice: self.voice,
        })
    }
}

fn since(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0
}
