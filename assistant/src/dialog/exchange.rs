//! What goes into one step of a conversation and what comes out of it.

use crate::consent::Consent;
use crate::understanding::Meaning;
use crate::wording::Words;
use sayso_plugin_interface::NextStep;
use sayso_plugin_interface::outcome::DeclineCode;

/// What happened, for the dialog to go on with.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The conversation begins, or somebody came back to it.
    Start,
    /// The person said something.
    Heard(Meaning),
    /// The person was asked and said nothing for as long as the door waits.
    Silence,
    /// What became of the payment of the last [`Effect::Pay`]. Ignored when no payment is awaited.
    Outcome(PaymentOutcome),
}

/// What became of a payment, as far as the conversation goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The money moved.
    Succeeded,
    /// Definitively not paid, and why.
    Declined {
        /// The reason, in a word that the dialog knows how to say.
        code: DeclineCode,
    },
    /// The provider is still at it.
    Pending,
    /// The person has to act first.
    ActionRequired {
        /// What they have to do.
        next: NextStep,
    },
    /// Nobody can tell yet.
    Unknown,
}

/// What the dialog wants done, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Say (and show) this.
    Say(Words),
    /// Pay this, then come back with [`Input::Outcome`]. The last effect of its step.
    Pay(Consent),
    /// The conversation has come to rest: nothing is awaited. A door may hang up; the state can also take a new request.
    End,
}
