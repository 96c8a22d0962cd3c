//! The guard against paying the same twice: an equal payment of a short time ago is said before the read-back, and the yes
//! to it is a yes to one more. What was not said is not agreed to.

use super::{Consent, Proposal, ReadBack};
use crate::lang::Lang;
use crate::wording;
use serde::{Deserialize, Serialize};

/// An equal payment of a short time ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Its id in the ledger.
    pub payment: String,
    /// When it was begun, as Unix milliseconds.
    pub at_ms: i64,
    /// True if it is certain that the money moved.
    pub certain: bool,
}

impl ReadBack {
    /// The same, saying first that equal payments were made a short time ago, the newest first. Whoever agrees to it
    /// agrees to one more.
    #[must_use]
    pub fn after(self, earlier: Vec<Earlier>) -> Self {
        ReadBack { earlier, ..self }
    }

    /// What is said of equal payments before the payment itself is read back; written and spoken. Empty where there are
    /// none.
    pub(super) fn warning(&self, amount: &str, spoken: bool) -> String {
        let Some(newest) = self.earlier.first() else { return String::new() };
        let ago = wording::ago(self.read_at_ms.saturating_sub(newest.at_ms), self.lang);
        let ago = if spoken { ago.spoken } else { ago.written };
        let Proposal { payee_name: payee, .. } = &self.proposal;
        match (self.lang, newest.certain) {
            (Lang::En, true) => format!("You paid {amount} to {payee} already, {ago}. "),
            (Lang::En, false) => {
                format!(
                    "A payment of {amount} to {payee} was begun {ago}, and nobody can tell yet whether it is through. "
                )
            }
            (Lang::Zh, true) => format!("您{ago}已经向{payee}支付过{amount}。"),
            (Lang::Zh, false) => format!("您{ago}向{payee}支付的{amount}还没有确定的结果。"),
        }
    }

    /// True if it is one more of the same.
    pub(super) fn is_repeated(&self) -> bool {
        !self.earlier.is_empty()
    }
}

impl Consent {
    /// The equal payments that the person was told of before they agreed.
    #[must_use]
    pub fn earlier(&self) -> &[Earlier] {
        &self.earlier
    }
}
