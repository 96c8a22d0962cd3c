//! Every word of the flow format, once: what is allowed where, of which shape, and what it is for. The reader, its hints
//! and the schema for editors are made from these tables.

use super::super::moments::{MOMENT_WORDS, VERB_WORDS};

/// A key that may stand in a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The word.
    pub name: &'static str,
    /// What it is for; editors show it.
    pub about: &'static str,
    /// What may follow it.
    pub shape: Shape,
    /// True if it can't be left out.
    pub required: bool,
}

/// What may follow a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A name in small letters, digits and `_`.
    Name,
    /// Several names.
    Names,
    /// An expression.
    Expression,
    /// Names, each with an expression.
    Expressions,
    /// What to say, per language.
    Texts,
    /// What to say the first time, the second time ...
    Ladder,
    /// Sentences of a person, per language.
    Sentences,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A choice's options.
    Options,
    /// Conditions with what to say.
    Validations,
    /// Steps, one below the other.
    Steps,
    /// Slots, each with its name.
    Slots,
    /// A slot's name, or the keys of [`COLLECT`].
    Collect,
    /// The keys of [`PAY`].
    Pay,
    /// The keys of [`REFUND`].
    Refund,
    /// The keys of [`UNSCHEDULE`].
    Unschedule,
    /// The keys of [`HANDOFF`].
    HandOff,
    /// Names, each with a name.
    Renames,
    /// A whole number from 1 to 9.
    Count,
    /// One text, the same in every language.
    Plain,
    /// Nothing.
    Nothing,
}

const fn must(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, shape, required: true }
}

const fn may(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, shape, required: false }
}

/// A flow file.
pub const FLOW: &[Key] = &[
    must("flow", Shape::Name, "The name of this flow; other flows call it by this name."),
    must("title", Shape::Texts, "What this flow does, in words that fit into \"Shall we go on with ...?\"."),
    may("listed", Shape::Flag, "false: leave this flow out when Sayso tells what it can do."),
    may("aside", Shape::Flag, "true: small talk; afterwards the conversation goes on where it was, without asking."),
    may(
        "fresh",
        Shape::Flag,
        "true: it tells how payments stand, so providers are asked about open ones before it starts.",
    ),
    may("triggers", Shape::Sentences, "Whole sentences that start this flow: {slot}, [optional], (this|that)."),
    may("examples", Shape::Sentences, "Sentences that people say to start this flow; ten or more per language."),
    may(
        "when",
        Shape::Validations,
        "When this flow can be used: conditions, each with what to say if it does not hold.",
    ),
    may("slots", Shape::Slots, "The values that this flow asks for or computes."),
    must("steps", Shape::Steps, "What happens, from top to bottom."),
];

/// A repair file.
pub const REPAIR: &[Key] = &[
    must("repair", Shape::Word(MOMENT_WORDS), "When it is followed: somebody cancels, nobody says anything ..."),
    must("steps", Shape::Steps, "What is said and done then, from top to bottom: say, if, confirm, do."),
];

/// A slot.
pub const SLOT: &[Key] = &[
    must("type", Shape::Word(SLOT_TYPES), "What kind of value it is."),
    may("of", Shape::Word(&["biller", "person"]), "For a payee: only billers, or only persons."),
    may("options", Shape::Options, "For a choice: every option with its names per language."),
    may("many", Shape::Flag, "true: a list of such values, filled by a script or by set."),
    may("optional", Shape::Flag, "true: the person may skip this question."),
    may("ask", Shape::Texts, "The question."),
    may("reprompt", Shape::Ladder, "What to say when the answer was not understood; a list for each further time."),
    may("no_input", Shape::Ladder, "What to say when there was no answer; a list for each further time."),
    may("tries", Shape::Count, "After how many misunderstood answers in a row to give up, 1 to 9."),
    may("silences", Shape::Count, "After how many silences in a row to give up, 1 to 9."),
    may("give_up", Shape::Name, "The flow to which to go on then, such as one with a handoff; else the flow ends."),
    may("default", Shape::Expression, "The value if nobody says another; collect does not ask then."),
    may("help", Shape::Texts, "The answer to \"what can I say here?\"."),
    may("validate", Shape::Validations, "What a value must fulfil, each with its own message."),
    may("suggested_by", Shape::Sentences, "Words that accept what `collect` suggests, such as \"all of it\"."),
];

/// The types of slots.
pub const SLOT_TYPES: &[&str] = &[
    "money",
    "payee",
    "provider",
    "choice",
    "text",
    "yes_no",
    "number",
    "date",
    "rhythm",
    "period",
    "standing_order",
    "secret",
];

/// A validation.
pub const VALIDATION: &[Key] = &[
    must("check", Shape::Expression, "An expression that must be true for the value to be taken."),
    must("say", Shape::Texts, "What to say if it is not."),
];

/// A text in two forms.
pub const VARIANT: &[Key] = &[
    must("written", Shape::Name, "The text as it is shown."),
    may("spoken", Shape::Name, "The text as it is said, where that differs."),
];

/// A `collect` step in its long form.
pub const COLLECT: &[Key] = &[
    must("slot", Shape::Name, "The slot to ask for; nothing is asked if it has a value."),
    may("ask", Shape::Texts, "A question for this place, instead of the slot's own."),
    may("suggest", Shape::Expression, "The value that a plain yes accepts."),
];

/// A `pay` step.
pub const PAY: &[Key] = &[
    must("payee", Shape::Name, "The slot that says who is paid."),
    must("amount", Shape::Name, "The slot that says how much."),
    must("provider", Shape::Name, "The slot that says with which provider."),
    may("purpose", Shape::Texts, "What it is for, as a statement may show it."),
    may("when", Shape::Name, "The date slot that says when; without a value it is paid at once."),
    may("every", Shape::Name, "The rhythm slot that says how often; without a value it is paid once."),
    may(
        "authentication",
        Shape::Word(&["repeat_amount", "challenge", "voice", "phone"]),
        "How surely it has to be agreed to at least; the configuration can ask for more, never for less.",
    ),
    may("scheduled", Shape::Steps, "What to do when it was put down for later; {schedule} says when it will be paid."),
    must("succeeded", Shape::Steps, "What to do when it was paid."),
    must("declined", Shape::Steps, "What to do when the provider refused; {reason} says why."),
    must("pending", Shape::Steps, "What to do when the provider is still at it."),
    must("action_required", Shape::Steps, "What to do when the person has to act; {next_step} says how."),
    must("unknown", Shape::Steps, "What to do when nobody knows yet whether it was paid."),
];

/// A `refund` step.
pub const REFUND: &[Key] = &[
    may("payee", Shape::Name, "The slot that says to whom it was paid; without a value the last payment is meant."),
    may("paid", Shape::Name, "The slot that says how much was paid, to find the payment."),
    may("day", Shape::Name, "The slot that says on which day it was paid, to find the payment."),
    may("amount", Shape::Name, "The slot that says how much comes back; without a value all that is left."),
    must(
        "succeeded",
        Shape::Steps,
        "What to do when the money comes back; {refund_amount}, {refund_payee}, {refund_provider}, {refund_day} say what.",
    ),
    must("declined", Shape::Steps, "What to do when the provider refused; {reason} says why."),
    must("pending", Shape::Steps, "What to do when the provider is still at it."),
    must("unknown", Shape::Steps, "What to do when nobody knows yet whether the money comes back."),
    must("not_found", Shape::Steps, "What to do when there is no such payment that could be given back."),
];

/// An `unschedule` step.
pub const UNSCHEDULE: &[Key] = &[
    must("order", Shape::Name, "The standing_order slot that says which payment for later is ended."),
    must("ended", Shape::Steps, "What to do when it was ended: nothing more of it is paid."),
    must("kept", Shape::Steps, "What to do when the person does not want to end it after all."),
    must("failed", Shape::Steps, "What to do when it is not there any more, or can't be ended."),
];

/// A `handoff` step.
pub const HANDOFF: &[Key] = &[
    must(
        "to",
        Shape::Word(HANDOFF_KINDS),
        "Where the person goes on: at a link, with a QR code, in an app, with a human.",
    ),
    may("address", Shape::Plain, "For a link: the address, https: or tel:; {slot} becomes the value."),
    may("content", Shape::Plain, "For a QR code: what it says; {slot} becomes the value."),
    may("name", Shape::Plain, "For an app: its name."),
    may("say", Shape::Texts, "What to say with it; else Sayso says it in its own words."),
];

/// Where a `handoff` can lead.
pub const HANDOFF_KINDS: &[&str] = &["link", "qr", "app", "human"];

/// The retry ladder of a whole project, in its file of phrases.
pub const RETRIES: &[Key] = &[
    may("tries", Shape::Count, "After how many misunderstood answers in a row to give up, 1 to 9."),
    may("silences", Shape::Count, "After how many silences in a row to give up, 1 to 9."),
    may("give_up", Shape::Name, "The flow to which to go on then, such as one with a handoff; else the flow ends."),
];

/// A step: its word, and the keys that may stand beside it.
#[derive(Clone, Copy, Debug)]
pub struct StepWord {
    /// The word and what follows it.
    pub key: Key,
    /// What may stand beside it.
    pub beside: &'static [Key],
}

const THEN_ELSE: &[Key] =
    &[must("then", Shape::Steps, "The steps if it is so."), may("else", Shape::Steps, "The steps if it is not so.")];

/// Every step.
pub const STEPS: &[StepWord] = &[
    StepWord { key: may("say", Shape::Texts, "Says something."), beside: &[] },
    StepWord { key: may("collect", Shape::Collect, "Asks for a slot, unless it has a value."), beside: &[] },
    StepWord { key: may("set", Shape::Expressions, "Computes slots: each name with an expression."), beside: &[] },
    StepWord {
        key: may("script", Shape::Name, "Calls a function of the .rhai file beside this flow."),
        beside: &[
            may("sets", Shape::Names, "The slots that the function may fill."),
            may("on_error", Shape::Steps, "What to do when it fails; else the flow apologises and ends."),
        ],
    },
    StepWord { key: may("if", Shape::Expression, "Chooses between steps."), beside: THEN_ELSE },
    StepWord { key: may("confirm", Shape::Texts, "Asks a yes-or-no question (never for money)."), beside: THEN_ELSE },
    StepWord {
        key: may("call", Shape::Name, "Runs another flow, which shares the slots of the same names, and comes back."),
        beside: &[
            may("with", Shape::Expressions, "Values for slots of the other flow: its slot, and an expression."),
            may("into", Shape::Renames, "Results of the other flow: a slot here, and the other flow's slot."),
        ],
    },
    StepWord {
        key: may("refund", Shape::Refund, "Finds a payment, reads back what comes back, waits for a clear yes."),
        beside: &[],
    },
    StepWord {
        key: may("unschedule", Shape::Unschedule, "Asks whether a payment for later is to be ended, and ends it."),
        beside: &[],
    },
    StepWord {
        key: may("handoff", Shape::HandOff, "Lets the person go on elsewhere; to a human, the conversation ends."),
        beside: &[],
    },
    StepWord { key: may("pay", Shape::Pay, "Reads the payment back, waits for a clear yes, and pays."), beside: &[] },
    StepWord { key: may("link", Shape::Name, "Goes to another flow and does not come back."), beside: &[] },
    StepWord {
        key: may("do", Shape::Word(VERB_WORDS), "One of the things of repair; only in repair files."),
        beside: &[],
    },
    StepWord { key: may("end", Shape::Nothing, "Ends this flow."), beside: &[] },
];

/// Words by which somebody might try to pay without asking; they get a message of their own.
pub const CONSENT_SKIPPERS: &[&str] = &[
    "auto",
    "auto_confirm",
    "autopay",
    "confirm",
    "confirmation",
    "consent",
    "force",
    "no_confirm",
    "no_consent",
    "read_back",
    "readback",
    "require_consent",
    "silent",
    "skip_confirm",
    "skip_consent",
    "skip_read_back",
    "without_consent",
];

/// Words of other systems for a step that moves money.
pub const OTHER_MONEY_WORDS: &[&str] = &[
    "authorize",
    "capture",
    "charge",
    "checkout",
    "debit",
    "dispatch",
    "payment",
    "pay_now",
    "purchase",
    "send",
    "send_money",
    "transfer",
    "withdraw",
];
