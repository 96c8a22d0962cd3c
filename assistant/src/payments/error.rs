//! Why a payment was not made, or cannot go on, in sentences for people.

use super::dry_run::WouldSend;
use super::storage::StoreError;
use crate::consent::{ConsentError, Objection, Tier};
use crate::ledger::{LedgerError, PaymentId, PaymentStatus};
use sayso_plugin_interface::Money;

/// Why a payment was not made, or cannot go on. Only [`PayError::Unrecorded`] leaves open whether money moved.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// The consent is too old. Nothing was sent.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// This consent was paid before; that payment says what became of it. Nothing was sent now.
    #[error("what was agreed to here was paid already (payment {payment})")]
    ConsentUsed {
        /// The payment that it made.
        payment: PaymentId,
    },
    /// What was agreed to is of another kind: a refund is no payment, and a payment no refund. Nothing was sent.
    #[error("what was agreed to is of another kind than what is to be done")]
    OtherKind,
    /// The person agreed less surely than the household demands. Nothing was sent.
    #[error("this payment needs `{demanded}`, and was agreed to with `{given}` only")]
    NotSureEnough {
        /// How it was agreed to.
        given: Tier,
        /// How it has to be.
        demanded: Tier,
    },
    /// The due day was taken by another process, or its order was ended. Nothing was sent.
    #[error("this due day was taken already, or its order was ended")]
    DueGone,
    /// It was agreed to for later. Nothing was sent.
    #[error("this was agreed to for later, not for now")]
    NotNow,
    /// The configuration has no provider of this name. Nothing was sent.
    #[error("there is no provider called `{name}`; the configuration has: {known}")]
    UnknownProvider {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// At this hour the provider takes no payment by the stored way, and nobody is there to approve it.
    #[error("{provider} takes payments without a screen only at certain hours; the next begin at {}", moment(*opens_ms))]
    Closed {
        /// The provider's name.
        provider: String,
        /// When they begin, as Unix milliseconds.
        opens_ms: i64,
    },
    /// The payment is of one kind of money, and its provider moves the other kind now.
    #[error(
        "payment {payment}: the provider `{provider}` is not the one that it was made with: one of practice or test money and \
         one of real money have the same name; configure it as it was to go on with this payment"
    )]
    OtherMoney {
        /// The payment.
        payment: PaymentId,
        /// The provider's name.
        provider: String,
    },
    /// The provider does not offer this. Nothing was sent.
    #[error("{provider} can't pay this: {why}")]
    NotOffered {
        /// The provider's name.
        provider: String,
        /// Why, as a sentence.
        why: String,
    },
    /// The amount is not more than nothing. Nothing was sent.
    #[error("{0} is not an amount that can be paid")]
    NotAnAmount(Money),
    /// The household's own limits forbid it. Nothing was sent.
    #[error("the limits of the household forbid it: {0}")]
    Limited(Objection),
    /// An equal payment was made a short time ago, of which the person was not told before they agreed. Nothing was sent.
    #[error("the same was paid a short time ago (payment {payment}); say so once more if it is to be paid again")]
    Repeated {
        /// The payment that was made.
        payment: String,
    },
    /// Everything was well, and this is a dry run. Nothing was sent or written down.
    #[error("this is a dry run: nothing was sent")]
    DryRun(Box<WouldSend>),
    /// It can't be done in a dry run, which sends nothing. Nothing was sent.
    #[error("this is a dry run, which sends nothing; leave --dry-run out, or `dry_run` in the configuration")]
    NotInDryRun,
    /// The store can't commit, so nothing was sent.
    #[error("nothing was paid, because it could not be written down first: {0}")]
    Store(#[from] StoreError),
    /// The system has no randomness. Nothing was sent.
    #[error("nothing was paid: {0}")]
    NoRandomness(String),
    /// What became of it could not be written down: it was sent, or recovery will send it, and asks the provider.
    #[error("it is open what became of payment {payment}, because that could not be written down: {source}")]
    Unrecorded {
        /// The payment.
        payment: PaymentId,
        /// What is wrong with the store.
        source: StoreError,
    },
    /// The payment has changed since its refund was read back: another refund of it was begun, or this very one.
    #[error("payment {payment} has changed since its refund was agreed to; look at it before asking again")]
    RefundMoved {
        /// The payment.
        payment: PaymentId,
    },
    /// There is no such payment.
    #[error("there is no payment {0}; `sayso payments list` shows those that there are")]
    NoSuchPayment(PaymentId),
    /// Another process is acting on it right now.
    #[error("payment {0} is being worked on right now; try again in a minute")]
    Busy(PaymentId),
    /// It stands where this cannot happen.
    #[error("payment {payment} is {status}: {source}")]
    NotPossible {
        /// The payment.
        payment: PaymentId,
        /// Where it stands.
        status: PaymentStatus,
        /// Why not.
        source: LedgerError,
    },
}

/// A moment for a person who reads it.
fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}
