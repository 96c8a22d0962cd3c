//! Why a payment was not made, or cannot go on, in sentences for people.

use super::storage::StoreError;
use crate::consent::{ConsentError, Tier};
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
    /// Above the household's own limit for one payment. Nothing was sent.
    #[error("{amount} is above the limit of {limit} for one payment")]
    OverLimit {
        /// What was to be paid.
        amount: Money,
        /// The limit.
        limit: Money,
    },
    /// Above the household's own limit for a day. Nothing was sent.
    #[error("with {spent} in the last 24 hours, this would be above the limit of {limit} for a day")]
    OverDayLimit {
        /// What was paid, or may have been, in the last 24 hours.
        spent: Money,
        /// The limit.
        limit: Money,
    },
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
