//! Every word of a test file, once: what may stand where, and what it is for. The reader, its hints and the schema for
//! editors are made from these tables.

use super::file::HeardVoice;
use crate::dialog::Key;
use crate::dialog::RefundStatus;
use crate::dialog::Shape::{Flag, Name};
use crate::schedule::Rhythm;

const fn must(name: &'static str, about: &'static str) -> Key {
    Key { name, about, shape: Name, required: true }
}

const fn may(name: &'static str, about: &'static str) -> Key {
    Key { name, about, shape: Name, required: false }
}

/// A file of conversation tests.
pub const FILE: &[Key] = &[
    may(
        "now",
        "When the conversations take place, such as 2026-11-22 18:00; that is also the moment if this is left out.",
    ),
    may(
        "household",
        "Whom this household pays and what is due, written as in sayso.yaml; else the configured household.",
    ),
    may("providers", "Who can pay here, written as in sayso.yaml; else the configured providers."),
    may("authentication", "How surely a person has to agree, written as in sayso.yaml; else as configured."),
    may("history", "What was paid before."),
    may("scheduled", "What was put down for later."),
    may("scripts", "Stand-ins for scripts: for each flow the functions, each with the values that it fills."),
    must("conversations", "The conversations, each with a name."),
];

/// A payment that was made before.
pub const HISTORY: &[Key] = &[
    must("payee", "The payee's id in the household."),
    must("amount", "How much, such as 42.50 USD."),
    must("day", "When, such as 2026-10-03."),
    may("provider", "Which provider paid it: its name in sayso.yaml. Else the first one."),
    Key { name: "open", about: "true: nobody knows yet whether it was paid.", shape: Flag, required: false },
    may(
        "refund",
        "What became of its refund: succeeded (all of it came back), open or failed; none was asked for if left out.",
    ),
];

/// A payment that was put down for later.
pub const SCHEDULED: &[Key] = &[
    must("payee", "The payee's id in the household."),
    must("amount", "How much, such as 42.50 USD."),
    must("next", "The next day on which it is due, such as 2026-12-01."),
    may("every", "How often: day, week, month or year; once if left out."),
    may("provider", "Which provider will pay it: its name in sayso.yaml. Else the first one."),
];

/// How often, in a word.
pub const EVERY: &[(&str, Rhythm)] = &[
    ("day", Rhythm::Day { count: 1 }),
    ("week", Rhythm::Week { count: 1, day: None }),
    ("month", Rhythm::Month { count: 1, day: None }),
    ("year", Rhythm::Year),
];

/// One conversation.
pub const CONVERSATION: &[Key] = &[
    must("name", "What it is about; shown when it goes wrong."),
    must("lang", "The language: en or zh."),
    may("now", "When it takes place, such as 2026-11-22 18:00; else as the file says."),
    may("phone", "Whether there is a phone to confirm payments on: reachable or unreachable; none if left out."),
    may(
        "voice",
        "Whose voice is heard, where the person has to be known by it: theirs, another, too_little or not_enrolled; typed if left out.",
    ),
    may("scripts", "Stand-ins for scripts in this conversation, on top of the file's."),
    must("turns", "What is said, turn by turn, and what must come of it."),
    may("paid", "Every payment that it may begin, such as 42.50 USD to electricity with stripe. None if left out."),
];

/// What can become of a refund, in a word.
pub const REFUNDS: [(&str, RefundStatus); 3] =
    [("succeeded", RefundStatus::Succeeded), ("open", RefundStatus::Open), ("failed", RefundStatus::Failed)];

/// Whether a phone can be reached, in a word.
pub const PHONES: [(&str, bool); 2] = [("reachable", true), ("unreachable", false)];

/// Whose voice is heard, in a word.
pub const VOICES: [(&str, HeardVoice); 4] = [
    ("theirs", HeardVoice::Theirs),
    ("another", HeardVoice::Another),
    ("too_little", HeardVoice::TooLittle),
    ("not_enrolled", HeardVoice::NotEnrolled),
];

/// One turn. What is left out does not matter.
pub const TURN: &[Key] = &[
    may("said", "The person's words; leave it out, or empty, for silence."),
    may("later", "How long the person waits before speaking: 90 seconds, 3 minutes, 2 hours, 1 day."),
    may("after", "The same in seconds."),
    may(
        "outcome",
        "What the provider does with a payment that this turn begins: succeeded (as when left out), declined, declined \
         insufficient_funds, pending, action_required or unknown.",
    ),
    may("understood", "What the words must be understood to mean."),
    may("flow", "The flow that goes on afterwards; none if none does."),
    may("awaiting", "What is asked for afterwards: a slot, or consent, confirm, resume ...; none if nothing is."),
    may("slots", "Slots with their values, such as amount: 42.50 USD; none for a slot without a value."),
    may("hears", "What the person must hear: words out of it, one or a list."),
    may("never", "What the person must not hear."),
    may(
        "paid",
        "The payment that this turn begins, such as 42.50 USD to electricity with stripe; none if it begins none.",
    ),
];

/// What words must mean.
pub const UNDERSTOOD: &[Key] = &[
    may("intent", "The flow that is asked for; none if the words ask for none."),
    may("acts", "What the words do: yes, no, cancel, repeat, help, back, start_over, correct, wait, human, skip."),
    may(
        "entities",
        "Values in the words, such as money 42.50 USD, payee electricity, provider stripe; none if there are none.",
    ),
];

/// The outcomes of a payment.
pub const OUTCOMES: &[&str] = &["succeeded", "declined", "pending", "action_required", "unknown"];

/// Why a payment is declined.
pub const DECLINES: &[&str] = &[
    "declined",
    "insufficient_funds",
    "expired",
    "blocked",
    "limit_exceeded",
    "authentication_required",
    "payee_refused",
    "currency_refused",
    "suspected_fraud",
    "configuration",
    "canceled",
];

/// Units of time.
pub const UNITS: &[(&str, i64)] = &[("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)];
