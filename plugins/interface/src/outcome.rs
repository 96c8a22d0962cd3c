//! What a provider answers. Only an explicit success is a success and only an explicit failure is a failure.

use crate::money::Money;
use crate::news::News;
use serde::{Deserialize, Serialize};

/// What became of a payment, as far as the provider can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// The money moved. The host compares the receipt with the consent.
    Succeeded {
        /// What exactly was paid.
        receipt: Receipt,
    },
    /// The money is reserved and waits to be captured.
    Authorized {
        /// What exactly was reserved.
        receipt: Receipt,
    },
    /// The provider said no, definitively: no money moved and none will.
    Failed {
        /// Why, in a word that the host knows how to say.
        code: DeclineCode,
        /// The provider's own code, for support.
        provider_code: Option<String>,
        /// Whether another try makes sense.
        retry: RetryAdvice,
    },
    /// The request certainly never reached the provider.
    NotSent {
        /// Why, for the log.
        reason: String,
    },
    /// Nobody can tell. The host will ask again; it never pays anew.
    Unknown {
        /// Why, for the log.
        reason: String,
    },
    /// The person has to act first.
    ActionRequired {
        /// What they have to do.
        next: NextStep,
        /// Until when, as Unix milliseconds.
        expires_ms: Option<i64>,
        /// The provider's id of the payment, where it gave one.
        provider_reference: Option<String>,
    },
    /// The person acted; nothing moves until `advance` is called, which the host then does by itself.
    Approved {
        /// The provider's id of the payment.
        provider_reference: String,
    },
    /// The provider is still at it. An unmapped status belongs here too.
    Pending {
        /// When to ask again, in milliseconds from now.
        poll_after_ms: u64,
        /// When to stop asking, as Unix milliseconds.
        deadline_ms: Option<i64>,
        /// The provider's id of the payment, where it gave one.
        provider_reference: Option<String>,
    },
}

impl Outcome {
    /// Nobody can tell.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Outcome::Unknown { reason: reason.into() }
    }

    /// Certainly nothing reached the provider.
    pub fn not_sent(reason: impl Into<String>) -> Self {
        Outcome::NotSent { reason: reason.into() }
    }

    /// The provider is still at it, without an end that is known.
    #[must_use]
    pub fn pending(poll_after_ms: u64, provider_reference: Option<String>) -> Self {
        Outcome::Pending { poll_after_ms, deadline_ms: None, provider_reference }
    }

    /// It is over and nothing was paid, in this word of the provider's own.
    pub fn canceled(provider_code: impl Into<String>) -> Self {
        Outcome::failed(DeclineCode::Canceled, RetryAdvice::Later, provider_code)
    }

    /// The person has to act first, until then.
    #[must_use]
    pub fn acts(next: NextStep, expires_ms: Option<i64>, provider_reference: Option<String>) -> Self {
        Outcome::ActionRequired { next, expires_ms, provider_reference }
    }

    /// The person has to act first, until then; where nobody says how, the provider is at it.
    #[must_use]
    pub fn waits(
        next: Option<NextStep>,
        expires_ms: Option<i64>,
        provider_reference: Option<String>,
        poll_after_ms: u64,
    ) -> Self {
        match next {
            Some(next) => Outcome::acts(next, expires_ms, provider_reference),
            None => Outcome::pending(poll_after_ms, provider_reference),
        }
    }

    /// The provider said no, in this word of its own.
    pub fn failed(code: DeclineCode, retry: RetryAdvice, provider_code: impl Into<String>) -> Self {
        Outcome::Failed { code, provider_code: Some(provider_code.into()), retry }
    }
}

/// What a provider says it did, to be compared with what was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Our reference, as the provider gave it back.
    pub reference: String,
    /// The provider's id.
    pub provider_reference: String,
    /// How much, as the provider gave it back.
    pub amount: Money,
    /// The payee's id, where the provider gives one back.
    #[serde(default)]
    pub payee: Option<String>,
}

impl Receipt {
    /// Of a provider that does not give the payee back.
    pub fn of(reference: impl Into<String>, provider_reference: impl Into<String>, amount: Money) -> Self {
        Receipt { reference: reference.into(), provider_reference: provider_reference.into(), amount, payee: None }
    }

    /// The same, where the provider said under which id of its own, and how much.
    pub fn whole(reference: impl Into<String>, id: Option<String>, amount: Option<Money>) -> Option<Self> {
        Some(Receipt::of(reference, id?, amount?))
    }
}

/// Why a payment failed, in the words that the host can speak in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineCode {
    /// Declined without a reason.
    Declined,
    /// Not enough money.
    InsufficientFunds,
    /// The card or account has expired.
    Expired,
    /// The card or account is blocked, lost or stolen.
    Blocked,
    /// Above a limit of the provider or bank.
    LimitExceeded,
    /// Less than the provider takes.
    AmountTooSmall,
    /// The person has to authenticate, and this way of paying can't.
    AuthenticationRequired,
    /// The payee can't be paid.
    PayeeRefused,
    /// This currency is not taken.
    CurrencyRefused,
    /// The provider suspects fraud; say only "declined".
    SuspectedFraud,
    /// The set-up is wrong (keys, account): tell the operator.
    Configuration,
    /// Canceled before it was paid.
    Canceled,
}

/// Whether to try once more, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAdvice {
    /// Never with this way of paying.
    Never,
    /// Later, as a new attempt that the person agrees to.
    Later,
    /// With another way of paying.
    OtherMethod,
}

/// What the person has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NextStep {
    /// Open this address.
    Link {
        /// The address.
        url: String,
    },
    /// Scan a code with this content.
    Qr {
        /// The content of the code.
        content: String,
    },
    /// Approve in the provider's app.
    App {
        /// Its name.
        name: String,
    },
}

/// The answer to a query for a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum QueryAnswer {
    /// The provider knows it.
    Found {
        /// What became of it.
        outcome: Outcome,
    },
    /// The provider answered, and does not know it.
    NotFound,
    /// The provider could not be asked.
    Unreachable {
        /// Why, for the log.
        reason: String,
    },
}

impl From<Outcome> for QueryAnswer {
    /// What was found; where it says nothing, the provider might as well not have been reached.
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Unknown { reason } => QueryAnswer::Unreachable { reason },
            outcome => QueryAnswer::Found { outcome },
        }
    }
}

/// What became of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RefundOutcome {
    /// The money is on its way back.
    Succeeded {
        /// The provider's id of the refund.
        provider_reference: String,
        /// How much, as the provider gave it back.
        amount: Money,
    },
    /// The provider is still at it.
    Pending {
        /// When to ask again, in milliseconds from now.
        poll_after_ms: u64,
        /// The provider's id of the refund, where it gave one.
        provider_reference: Option<String>,
    },
    /// The provider said no, definitively.
    Failed {
        /// The provider's own code.
        provider_code: Option<String>,
    },
    /// The provider answered, and knows no such refund.
    NotFound,
    /// Nobody can tell.
    Unknown {
        /// Why, for the log.
        reason: String,
    },
}

impl RefundOutcome {
    /// The same with the provider's own reason, if this is a failure and there is one.
    #[must_use]
    pub fn because(self, reason: Option<String>) -> Self {
        match (self, reason) {
            (RefundOutcome::Failed { .. }, Some(reason)) => RefundOutcome::Failed { provider_code: Some(reason) },
            (outcome, _) => outcome,
        }
    }

    /// Nobody can tell.
    pub fn unknown(reason: impl Into<String>) -> Self {
        RefundOutcome::Unknown { reason: reason.into() }
    }

    /// The provider is still at it.
    #[must_use]
    pub fn pending(poll_after_ms: u64, provider_reference: Option<String>) -> Self {
        RefundOutcome::Pending { poll_after_ms, provider_reference }
    }
}

/// What a provider's plugin says of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum WebhookVerdict {
    /// It is genuine.
    Genuine {
        /// The provider's id of the event, unique for ever.
        event_id: String,
        /// What it says.
        #[serde(flatten)]
        news: Box<News>,
    },
    /// It is not genuine, or too old.
    Refused {
        /// Why, for the log.
        reason: String,
    },
}

impl From<Result<(String, News), String>> for WebhookVerdict {
    /// Genuine, with the event's id and what it says; or refused, and why.
    fn from(checked: Result<(String, News), String>) -> Self {
        match checked {
            Ok((event_id, news)) => WebhookVerdict::Genuine { event_id, news: Box::new(news) },
            Err(reason) => WebhookVerdict::Refused { reason },
        }
    }
}
