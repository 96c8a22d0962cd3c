//! What the practice bank reads and writes, as JSON. Its own types: the bank is another party and shares none of ours.

use serde::{Deserialize, Serialize};

/// What a client asks to be charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeRequest {
    /// The client's own reference: 1 to 64 ASCII letters, digits, `-` and `_`.
    pub reference: String,
    /// How much, in minor units; more than zero.
    pub amount_minor: i64,
    /// Three capital letters.
    pub currency: String,
    /// Who is paid, by the client's own id.
    pub payee: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: String,
    /// False to reserve only.
    #[serde(default = "yes")]
    pub capture: bool,
    /// What is to go wrong; see [`super::scenario`].
    #[serde(default)]
    pub scenario: Option<String>,
}

fn yes() -> bool {
    true
}

/// One charge as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The bank's id: `ch_` and hexadecimal digits.
    pub id: String,
    /// Whose books it is in.
    pub provider: String,
    /// The client's reference.
    pub reference: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// How much of it was given back, in minor units.
    pub refunded_minor: i64,
    /// Three capital letters.
    pub currency: String,
    /// Who is paid.
    pub payee: String,
    /// What it is for.
    pub purpose: String,
    /// `succeeded`, `authorized`, `declined`, `processing`, `requires_action` or `canceled`.
    pub status: String,
    /// Why it was declined.
    pub decline_code: Option<String>,
    /// What the person has to do: `link` or `qr`, with an address or content.
    pub action: Option<Action>,
    /// When, as Unix milliseconds.
    pub created_ms: i64,
}

/// What the person has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// `link` or `qr`.
    pub kind: String,
    /// The address, or the content of the code.
    pub content: String,
}

/// What a client asks to be given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// The client's own reference of the refund.
    pub reference: String,
    /// How much, in minor units; more than zero.
    pub amount_minor: i64,
    /// The currency of the charge.
    pub currency: String,
}

/// One refund as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The bank's id: `re_` and hexadecimal digits.
    pub id: String,
    /// The charge that it gives back.
    pub charge: String,
    /// The client's reference.
    pub reference: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Three capital letters.
    pub currency: String,
    /// `succeeded`; this bank is quick.
    pub status: String,
    /// When, as Unix milliseconds.
    pub created_ms: i64,
}

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub error: Problem,
    /// The charge as it stands, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Box<Charge>>,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// A refusal that is about no charge.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Refusal { error: Problem { code: code.to_owned(), message: message.into() }, charge: None }
    }
}

impl ChargeRequest {
    /// Says what is wrong with it, if something is.
    pub fn check(&self) -> Result<(), Refusal> {
        check_reference(&self.reference)?;
        check_amount(self.amount_minor, &self.currency)?;
        if self.payee.is_empty() {
            return Err(Refusal::new("invalid_payee", "`payee` is empty"));
        }
        Ok(())
    }
}

impl RefundRequest {
    /// Says what is wrong with it, if something is.
    pub fn check(&self) -> Result<(), Refusal> {
        check_reference(&self.reference)?;
        check_amount(self.amount_minor, &self.currency)
    }
}

fn check_reference(reference: &str) -> Result<(), Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=64).contains(&reference.len()) && reference.bytes().all(plain) {
        return Ok(());
    }
    Err(Refusal::new("invalid_reference", "`reference` has to be 1 to 64 ASCII letters, digits, `-` and `_`"))
}

fn check_amount(minor: i64, currency: &str) -> Result<(), Refusal> {
    if minor <= 0 {
        return Err(Refusal::new("invalid_amount", "`amount_minor` has to be more than zero"));
    }
    if currency.parse::<sayso_plugin_interface::Currency>().is_err() {
        return Err(Refusal::new("currency_refused", format!("`{currency}` is no currency of this bank")));
    }
    Ok(())
}
