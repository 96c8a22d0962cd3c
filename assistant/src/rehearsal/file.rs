//! A test file as plain data: conversations, what is said in them, and what must come of it, with places.

use crate::dialog::{PaymentOutcome, Place, Placed, RefundStatus};
use crate::lang::Lang;
use crate::schedule::Schedule;
use jiff::civil::{Date, DateTime, date};
use sayso_plugin_interface::Money;

/// When conversations take place unless a file says otherwise.
pub const NOW: DateTime = date(2026, 11, 22).at(18, 0, 0, 0);

/// One file of conversation tests.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// Its name, as it is shown.
    pub name: String,
    /// When its conversations take place.
    pub now: DateTime,
    /// The file's text with everything blanked but `household:`, `providers:` and `authentication:`; `None` if it
    /// has none.
    pub surroundings: Option<String>,
    /// What was paid before.
    pub history: Vec<Paid>,
    /// What was put down for later.
    pub scheduled: Vec<Scheduled>,
    /// Stand-ins for scripts.
    pub scripts: Vec<ScriptStub>,
    /// The conversations.
    pub conversations: Vec<Conversation>,
}

/// A payment that was made before.
#[derive(Clone, Debug)]
pub struct Paid {
    /// The payee's id.
    pub payee: String,
    /// How much.
    pub amount: Money,
    /// When.
    pub day: Date,
    /// Who paid it.
    pub provider: Option<String>,
    /// True if its outcome is not known yet.
    pub open: bool,
    /// What became of its refund, if one was asked for.
    pub refund: Option<RefundStatus>,
}

/// A payment that was put down for later.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// The payee's id.
    pub payee: String,
    /// How much.
    pub amount: Money,
    /// Who will pay it.
    pub provider: Option<String>,
    /// When.
    pub schedule: Schedule,
    /// When next.
    pub next: Date,
}

/// What a script function fills here, instead of running.
#[derive(Clone, Debug)]
pub struct ScriptStub {
    /// The flow.
    pub flow: Placed<String>,
    /// The function of its script.
    pub function: Placed<String>,
    /// What it does.
    pub answer: ScriptAnswer,
}

/// What a stand-in does.
#[derive(Clone, Debug)]
pub enum ScriptAnswer {
    /// Fails.
    Fails,
    /// Fills slots with values in plain characters; several for a list.
    Fills(Vec<(Placed<String>, Vec<String>)>),
}

/// Whose voice is heard in a conversation, as far as somebody has to be known by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeardVoice {
    /// The person's whose conversation it is.
    Theirs,
    /// Another one.
    Another,
    /// Too little of it to tell.
    TooLittle,
    /// Somebody's who has no voiceprint.
    NotEnrolled,
}

/// One conversation.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// What it is about.
    pub name: Placed<String>,
    /// Its language.
    pub lang: Lang,
    /// When it takes place, if not as the file says.
    pub now: Option<DateTime>,
    /// Whether its phone can be reached; `None` where there is none.
    pub phone: Option<bool>,
    /// Whose voice is heard; `None` where it is typed.
    pub voice: Option<HeardVoice>,
    /// Stand-ins for scripts.
    pub scripts: Vec<ScriptStub>,
    /// Its turns.
    pub turns: Vec<Turn>,
    /// Every payment that it may begin.
    pub paid: Paying,
}

/// The payments that are expected.
#[derive(Clone, Debug)]
pub struct Paying {
    /// The payments, each in words such as `42.50 USD to electricity with stripe`.
    pub payments: Vec<String>,
    /// Where the value stands; `None` if the key was left out.
    pub place: Option<Place>,
    /// Where the key stands, or the conversation's name.
    pub key: Place,
}

/// One turn.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Where it begins.
    pub place: Place,
    /// The person's words; empty for silence.
    pub said: String,
    /// Seconds that pass before they are said.
    pub later_s: i64,
    /// What the provider does with a payment that this turn begins.
    pub outcome: PaymentOutcome,
    /// What must come of it.
    pub expected: Vec<Expected>,
}

/// One thing that must come of a turn.
#[derive(Clone, Debug)]
pub struct Expected {
    /// What.
    pub what: What,
    /// The value that was written.
    pub value: Placed<String>,
}

/// What an expectation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The flow that goes on.
    Flow,
    /// What is asked for.
    Awaiting,
    /// The value of a slot.
    Slot(String),
    /// Words that are heard.
    Hears,
    /// Words that are not heard.
    Never,
    /// The flow that was asked for.
    Intent,
    /// What the words do.
    Act,
    /// A value in the words.
    Entity,
    /// The payment that begins.
    Paid,
}

impl What {
    /// The key under which it is written.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            What::Flow => "flow".to_owned(),
            What::Awaiting => "awaiting".to_owned(),
            What::Slot(slot) => format!("slots.{slot}"),
            What::Hears => "hears".to_owned(),
            What::Never => "never".to_owned(),
            What::Intent => "understood.intent".to_owned(),
            What::Act => "understood.acts".to_owned(),
            What::Entity => "understood.entities".to_owned(),
            What::Paid => "paid".to_owned(),
        }
    }
}
