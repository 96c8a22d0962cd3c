//! The household's own limits, and the one place that holds a proposal against them: when it is to be read back, and once
//! more in the transaction in which its payment begins. They can only refuse or ask; nothing loosens them.

use super::Proposal;
use super::objection::{Objection, Scope};
use super::repeats::Earlier;
use sayso_plugin_interface::{Currency, Money};

/// The window of a limit for a day, in milliseconds: the last 24 hours, so that midnight is no loophole.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The window of a limit for a month, in milliseconds: the last 30 days, for the same reason.
pub const MONTH_MS: i64 = 30 * DAY_MS;

/// The most that may be paid; a currency without an entry has no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most for one payment, one entry for each currency.
    pub per_payment: Vec<Money>,
    /// The most for any 24 hours, one entry for each currency.
    pub per_day: Vec<Money>,
    /// The most for any 30 days, one entry for each currency.
    pub per_month: Vec<Money>,
    /// The most for single payees, each by itself.
    pub per_payee: Vec<NarrowLimit>,
    /// The most that single people may pay, each by themselves.
    pub per_person: Vec<NarrowLimit>,
    /// What holds for payees that were added a short time ago.
    pub new_payees: Option<NewPayees>,
    /// For how long, in milliseconds, an equal payment is asked about. 0: it is never asked about.
    pub repeats_ms: i64,
    /// How many payments may be begun in a short time.
    pub pace: Option<Pace>,
}

/// The most for some payees or people, each by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NarrowLimit {
    /// Payees' ids, or people's names; empty for every one.
    pub of: Vec<String>,
    /// The most for one payment.
    pub per_payment: Vec<Money>,
    /// The most for any 24 hours.
    pub per_day: Vec<Money>,
    /// The most for any 30 days.
    pub per_month: Vec<Money>,
}

/// What holds for a payee who was added a short time ago, or who is found elsewhere than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayees {
    /// For how long they are new, in milliseconds.
    pub for_ms: i64,
    /// The most that they may be paid while they are new, all payments together. A currency without an entry: nothing.
    pub at_most: Vec<Money>,
}

/// How many payments may be begun within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So many.
    pub payments: u32,
    /// Within so many milliseconds.
    pub within_ms: i64,
}

/// Which payments are added up. All that may have moved money counts; only what surely moved none does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent<'a> {
    /// Only those begun at or after this moment, in Unix milliseconds.
    pub since_ms: i64,
    /// Only those of this currency.
    pub currency: Currency,
    /// Only those to this payee.
    pub payee: Option<&'a str>,
    /// Only those by this person, or by nobody known; the empty name means nobody known alone.
    pub person: Option<&'a str>,
}

/// What was paid before, as far as limits need to know it.
pub trait Spending {
    /// Why it can't be read.
    type Error;
    /// The sum of what was paid, or may have been, less what came back.
    fn spent(&self, which: &Spent<'_>) -> Result<Money, Self::Error>;
    /// How many payments were begun since a moment, whatever came of them.
    fn begun(&self, since_ms: i64) -> Result<u32, Self::Error>;
    /// Payments of this amount to this payee since a moment that moved money or may have, the newest first.
    fn equal(&self, payee: &str, amount: Money, since_ms: i64) -> Result<Vec<Earlier>, Self::Error>;
    /// Since when this payee is known and found where it is found now; `None` for one that was never seen.
    fn known_since(&self, payee: &str) -> Result<Option<i64>, Self::Error>;
}

/// What the limits say of a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
    /// Why it can't be paid now; `None` where it can.
    pub objection: Option<Objection>,
    /// Equal payments of a short time ago, the newest first: the person has to be asked whether this is one more.
    pub earlier: Vec<Earlier>,
}

impl From<Objection> for Weighed {
    fn from(objection: Objection) -> Self {
        Weighed { objection: Some(objection), earlier: Vec::new() }
    }
}

impl Limits {
    /// The objection to one payment of this proposal by itself, whatever was paid before.
    #[must_use]
    pub fn alone(&self, proposal: &Proposal) -> Option<Objection> {
        let amount = proposal.amount;
        let above = |limits: &[Money], scope: Scope| {
            passed(limits, amount).map(|limit| Objection::AbovePayment { limit, scope })
        };
        let payees = self.per_payee.iter().filter(|narrow| narrow.names(&proposal.payee));
        let people = self.people(proposal);
        above(&self.per_payment, Scope::Household)
            .or_else(|| payees.filter_map(|narrow| above(&narrow.per_payment, payee(proposal))).next())
            .or_else(|| people.filter_map(|(narrow, person)| above(&narrow.per_payment, by(person))).next())
    }

    /// Holds a proposal against everything. What is agreed to for later is held against the limits for one payment
    /// alone: all others are those of its day.
    pub fn weigh<S: Spending + ?Sized>(
        &self,
        proposal: &Proposal,
        now_ms: i64,
        spending: &S,
    ) -> Result<Weighed, S::Error> {
        if let Some(objection) = self.alone(proposal) {
            return Ok(objection.into());
        }
        if proposal.schedule.is_some() {
            return Ok(Weighed::default());
        }
        if let Some(objection) = self.too_new(proposal, now_ms, spending)? {
            return Ok(objection.into());
        }
        if let Some(objection) = self.too_much(proposal, now_ms, spending)? {
            return Ok(objection.into());
        }
        if let Some(pace) = self.pace {
            let begun = spending.begun(now_ms.saturating_sub(pace.within_ms))?;
            if begun >= pace.payments {
                return Ok(Objection::TooFast { begun, within_ms: pace.within_ms }.into());
            }
        }
        let earlier = match self.repeats_ms {
            0 => Vec::new(),
            ms => spending.equal(&proposal.payee, proposal.amount, now_ms.saturating_sub(ms))?,
        };
        Ok(Weighed { objection: None, earlier })
    }

    /// The limits of the person who pays. Whoever is not named is held to the limits of everybody who is.
    fn people<'a>(&'a self, proposal: &'a Proposal) -> impl Iterator<Item = (&'a NarrowLimit, &'a str)> {
        let person = proposal.person.as_deref();
        self.per_person.iter().flat_map(move |narrow| {
            let held: Vec<&str> = match person {
                Some(person) if narrow.names(person) => vec![person],
                Some(_) => Vec::new(),
                None if narrow.of.is_empty() => vec![""],
                None => narrow.of.iter().map(String::as_str).collect(),
            };
            held.into_iter().map(move |person| (narrow, person))
        })
    }

    fn too_new<S: Spending + ?Sized>(
        &self,
        proposal: &Proposal,
        now_ms: i64,
        spending: &S,
    ) -> Result<Option<Objection>, S::Error> {
        let Some(rule) = &self.new_payees else { return Ok(None) };
        // One that was never seen is new from now on.
        let since_ms = spending.known_since(&proposal.payee)?.unwrap_or(now_ms);
        let left_ms = since_ms.saturating_add(rule.for_ms).saturating_sub(now_ms).min(rule.for_ms);
        if left_ms <= 0 {
            return Ok(None);
        }
        let currency = proposal.amount.currency;
        let limit = lowest(&rule.at_most, currency);
        let which = Spent {
            since_ms: now_ms.saturating_sub(rule.for_ms),
            currency,
            payee: Some(&proposal.payee),
            person: None,
        };
        let spent = spending.spent(&which)?;
        if limit.is_some_and(|limit| fits(spent, proposal.amount, limit)) {
            return Ok(None);
        }
        let payee = proposal.payee_name.clone();
        Ok(Some(Objection::NewPayee { payee, limit, spent, for_ms: rule.for_ms, left_ms }))
    }

    fn too_much<S: Spending + ?Sized>(
        &self,
        proposal: &Proposal,
        now_ms: i64,
        spending: &S,
    ) -> Result<Option<Objection>, S::Error> {
        let currency = proposal.amount.currency;
        let windows = |per_day, per_month, scope: Scope, payee, person| {
            let of = move |limits: &'_ [Money], window_ms: i64, scope: Scope| {
                let which = Spent { since_ms: now_ms.saturating_sub(window_ms), currency, payee, person };
                lowest(limits, currency).map(|limit| (limit, window_ms, scope, which))
            };
            [of(per_day, DAY_MS, scope.clone()), of(per_month, MONTH_MS, scope)]
        };
        let mut all = Vec::from(windows(&self.per_day, &self.per_month, Scope::Household, None, None));
        for narrow in self.per_payee.iter().filter(|narrow| narrow.names(&proposal.payee)) {
            let id = Some(proposal.payee.as_str());
            all.extend(windows(&narrow.per_day, &narrow.per_month, payee(proposal), id, None));
        }
        for (narrow, person) in self.people(proposal) {
            all.extend(windows(&narrow.per_day, &narrow.per_month, by(person), None, Some(person)));
        }
        for (limit, window_ms, scope, which) in all.into_iter().flatten() {
            let spent = spending.spent(&which)?;
            if !fits(spent, proposal.amount, limit) {
                return Ok(Some(Objection::AboveWindow { limit, spent, window_ms, scope }));
            }
        }
        Ok(None)
    }
}

impl NarrowLimit {
    fn names(&self, one: &str) -> bool {
        self.of.is_empty() || self.of.iter().any(|of| of == one)
    }
}

fn payee(proposal: &Proposal) -> Scope {
    Scope::Payee(proposal.payee_name.clone())
}

fn by(person: &str) -> Scope {
    if person.is_empty() { Scope::Household } else { Scope::Person(person.to_owned()) }
}

/// True if `amount` more than `spent` is not above `limit`. What can't be added up does not fit.
fn fits(spent: Money, amount: Money, limit: Money) -> bool {
    spent.checked_add(amount).is_ok_and(|sum| sum.currency == limit.currency && sum.minor <= limit.minor)
}

/// The lowest limit of a currency.
fn lowest(limits: &[Money], currency: Currency) -> Option<Money> {
    limits.iter().filter(|limit| limit.currency == currency).min_by_key(|limit| limit.minor).copied()
}

/// The first limit of the currency of `amount` that it is above.
#[must_use]
pub fn passed(limits: &[Money], amount: Money) -> Option<Money> {
    let above = |limit: &&Money| limit.currency == amount.currency && amount.minor > limit.minor;
    limits.iter().find(above).copied()
}

#[cfg(test)]
mod tests;
