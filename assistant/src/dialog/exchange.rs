//! What goes into one step of a conversation and what comes out of it.

use crate::consent::{Consent, Ear, Likeness, Objection, Proposal};
use crate::schedule::Schedule;
use crate::understanding::Meaning;
use crate::wording::Words;
use sayso_plugin_interface::NextStep;
use sayso_plugin_interface::outcome::DeclineCode;
use serde::Serialize;

/// What happened, for the dialog to go on with.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The conversation begins, or somebody came back to it.
    Start,
    /// The person said something.
    Heard(Meaning),
    /// The person said something aloud, and a second listener heard it too.
    Spoken(Meaning, Ear),
    /// The person was asked and said nothing for as long as the door waits.
    Silence,
    /// What became of the payment of the last [`Effect::Pay`], or of the refund of the last [`Effect::Refund`]. Ignored when no payment is awaited.
    Outcome(PaymentOutcome),
    /// Whether the text of the last [`Effect::TellPhone`] reached the phone. Ignored when nothing of the kind is awaited.
    PhoneTold(bool),
    /// Whether the order of the last [`Effect::Unschedule`] was ended. Ignored when nothing of the kind is awaited.
    Unscheduled(bool),
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
    /// It was put down for later, or for again and again; nothing was paid now.
    Scheduled {
        /// When it will be paid.
        schedule: Schedule,
    },
    /// Nobody can tell yet.
    Unknown,
    /// Everything was well, and nothing was sent, since this is a dry run.
    DryRun,
    /// Nothing was sent, and what there is to pay, or what was paid before, is not what it was at the read-back: it has to
    /// be looked at and read back anew.
    Anew,
}

/// Where a person goes on, with something that Sayso can't do itself. In JSON: `{"to":"link","address":…}`,
/// `{"to":"qr","content":…}`, `{"to":"app","name":…}`, `{"to":"human"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum HandOff {
    /// At this address.
    Link {
        /// The address, `https:` or `tel:`.
        address: String,
    },
    /// With a code to scan.
    Qr {
        /// What the code says.
        content: String,
    },
    /// In an app.
    App {
        /// Its name.
        name: String,
    },
    /// With a human.
    Human,
}

/// What the dialog wants done, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Say (and show) this.
    Say(Words),
    /// Pay this, now or by its schedule, then come back with [`Input::Outcome`]. The last effect of its step.
    Pay(Consent),
    /// Give back what this agrees to, then come back with [`Input::Outcome`]. The last effect of its step.
    Refund(Consent),
    /// End the payment that was put down for later under this id, then come back with [`Input::Unscheduled`]. The last
    /// effect of its step.
    Unschedule(String),
    /// Show this on the person's phone and nowhere else, then come back with [`Input::PhoneTold`]. The last effect of its
    /// step.
    TellPhone(String),
    /// A limit of the household forbids this payment, which was not read back; what is said of it comes as
    /// [`Effect::Say`].
    Refused(Box<Proposal>, Objection),
    /// What was to be agreed to in the person's own voice was answered in another one: write it down. `refused` if that was once too
    /// often, so that nothing is paid.
    StrangeVoice {
        /// What was to be agreed to.
        proposal: Box<Proposal>,
        /// How like the voice was.
        likeness: Likeness,
        /// Whether it ended there.
        refused: bool,
    },
    /// The person goes on elsewhere: show it to them, or put them through.
    HandOff(HandOff),
    /// The conversation has come to rest: nothing is awaited. A door may hang up; the state can also take a new request.
    End,
}
