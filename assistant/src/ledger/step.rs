//! One step of one payment: an event, the transition that the table allows, and the postings that it makes.

use super::event::Event;
use super::posting::{Account, Books, Posting, movement};
use super::status::PaymentStatus;
use super::transition::next;
use sayso_plugin_interface::{Money, MoneyError};
use std::cmp::Ordering;

/// Where a payment stands before a step.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its status.
    pub status: PaymentStatus,
    /// What stands in the books for it.
    pub books: Books,
    /// The provider's name in the configuration.
    pub provider: &'a str,
    /// The payee's id in the household.
    pub payee: &'a str,
}

/// What one step changes. All of it is committed together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The status after it.
    pub status: PaymentStatus,
    /// The books after it.
    pub books: Books,
    /// The double entry; empty where no money moves.
    pub postings: Vec<Posting>,
}

/// Why a step was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The table has no such transition.
    #[error("a payment that is {from} cannot become `{event}`")]
    NoTransition {
        /// Where it stands.
        from: PaymentStatus,
        /// What was to happen.
        event: Event,
    },
    /// More was to come back than was paid, or nothing, or the amount of a refund is missing.
    #[error("a refund has to be more than nothing and at most the {refundable} that is left")]
    RefundOutOfRange {
        /// What can still be given back.
        refundable: Money,
    },
    /// An amount does not compute.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Takes a payment one event further. `refunded` is the amount that an event of refunding
/// reports; a charge-back without one is of all that is left.
pub fn step(standing: Standing<'_>, event: Event, refunded: Option<Money>) -> Result<Change, LedgerError> {
    let from = standing.status;
    let status = next(from, event).ok_or(LedgerError::NoTransition { from, event })?;
    let mut entry = Entry { standing, books: standing.books, postings: Vec::new() };
    match event {
        Event::Authorized if status == PaymentStatus::Authorized => entry.hold()?,
        Event::Succeeded | Event::ResolvedPaid => entry.capture()?,
        Event::Failed | Event::Canceled | Event::ResolvedUnpaid => entry.release()?,
        Event::RefundedPart | Event::RefundedWhole => entry.give_back(event, refunded)?,
        Event::ChargedBack => {
            // All that is left, or the part of it that is reported.
            let rest = entry.books.refundable()?;
            let back = refunded.unwrap_or(rest);
            if back.minor < 0 || back.checked_cmp(rest)? == Ordering::Greater {
                return Err(LedgerError::RefundOutOfRange { refundable: rest });
            }
            entry.refund(back)?;
        }
        _ => {}
    }
    Ok(Change { status, books: entry.books, postings: entry.postings })
}

/// Which event a refund of `amount` is: of a part, or of all that is left.
pub fn refund_event(books: &Books, amount: Money) -> Result<Event, LedgerError> {
    let refundable = books.refundable()?;
    match amount.checked_cmp(refundable)? {
        Ordering::Equal if amount.minor > 0 => Ok(Event::RefundedWhole),
        Ordering::Less if amount.minor > 0 => Ok(Event::RefundedPart),
        _ => Err(LedgerError::RefundOutOfRange { refundable }),
    }
}

struct Entry<'a> {
    standing: Standing<'a>,
    books: Books,
    postings: Vec<Posting>,
}

impl Entry<'_> {
    fn clearing(&self) -> Account {
        Account::Clearing { provider: self.standing.provider.to_owned() }
    }

    fn payee(&self) -> Account {
        Account::Payee { payee: self.standing.payee.to_owned() }
    }

    fn post(&mut self, from: Account, to: Account, amount: Money) -> Result<(), LedgerError> {
        if amount.minor != 0 {
            self.postings.extend(movement(from, to, amount)?);
        }
        Ok(())
    }

    fn hold(&mut self) -> Result<(), LedgerError> {
        let missing = self.books.amount.checked_sub(self.books.held)?;
        self.post(Account::Household, self.clearing(), missing)?;
        self.books.held = self.books.amount;
        Ok(())
    }

    fn capture(&mut self) -> Result<(), LedgerError> {
        self.hold()?;
        self.post(self.clearing(), self.payee(), self.books.amount)?;
        self.books.captured = self.books.amount;
        self.books.held = Money::new(0, self.books.amount.currency);
        Ok(())
    }

    fn release(&mut self) -> Result<(), LedgerError> {
        self.post(self.clearing(), Account::Household, self.books.held)?;
        self.books.held = Money::new(0, self.books.amount.currency);
        Ok(())
    }

    fn give_back(&mut self, event: Event, refunded: Option<Money>) -> Result<(), LedgerError> {
        let refundable = self.books.refundable()?;
        let amount = refunded.ok_or(LedgerError::RefundOutOfRange { refundable })?;
        if refund_event(&self.books, amount)? != event {
            return Err(LedgerError::RefundOutOfRange { refundable });
        }
        self.refund(amount)
    }

    fn refund(&mut self, amount: Money) -> Result<(), LedgerError> {
        self.post(self.payee(), self.clearing(), amount)?;
        self.post(self.clearing(), Account::Household, amount)?;
        self.books.refunded = self.books.refunded.checked_add(amount)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::posting::balanced;
    use super::*;
    use proptest::prelude::*;
    use sayso_plugin_interface::Currency;
    use std::collections::BTreeMap;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn standing(status: PaymentStatus, books: Books) -> Standing<'static> {
        Standing { status, books, provider: "stripe", payee: "electricity" }
    }

    /// Runs events from the consent on; what cannot happen is left out.
    fn run(amount: Money, events: &[(Event, i64)]) -> Vec<(Event, PaymentStatus, Change)> {
        let (mut status, mut books) = (PaymentStatus::Consented, Books::new(amount));
        let mut done = Vec::new();
        for (event, refund) in events {
            if let Ok(change) = step(standing(status, books), *event, Some(usd(*refund))) {
                done.push((*event, status, change.clone()));
                (status, books) = (change.status, change.books);
            }
        }
        done
    }

    fn balances(history: &[(Event, PaymentStatus, Change)]) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for posting in history.iter().flat_map(|(.., change)| &change.postings) {
            *sums.entry(posting.account.to_string()).or_insert(0) += posting.amount.minor;
        }
        sums
    }

    #[test]
    fn a_payment_goes_through_clearing_to_the_payee() {
        let history = run(usd(4250), &[(Event::Dispatched, 0), (Event::Succeeded, 0)]);
        let sums = balances(&history);
        assert_eq!(sums["household:cash"], -4250);
        assert_eq!(sums["clearing:stripe"], 0);
        assert_eq!(sums["payee:electricity"], 4250);
        assert_eq!(history[1].2.postings.len(), 4, "clearing turns over what the provider's statement shows");
    }

    #[test]
    fn what_is_authorised_is_held_until_it_is_captured_or_released() {
        let held = run(usd(900), &[(Event::Dispatched, 0), (Event::Authorized, 0)]);
        assert_eq!(balances(&held)["clearing:stripe"], 900);
        let start = [(Event::Dispatched, 0), (Event::Authorized, 0), (Event::CaptureAsked, 0)];
        let captured = run(usd(900), &[&start[..], &[(Event::Succeeded, 0)]].concat());
        assert_eq!(balances(&captured)["payee:electricity"], 900);
        let released = run(usd(900), &[&start[..], &[(Event::Failed, 0)]].concat());
        assert!(balances(&released).values().all(|sum| *sum == 0));
    }

    #[test]
    fn refunds_never_exceed_what_was_captured() {
        let books = Books { captured: usd(100), refunded: usd(60), ..Books::new(usd(100)) };
        assert_eq!(refund_event(&books, usd(40)), Ok(Event::RefundedWhole));
        assert_eq!(refund_event(&books, usd(39)), Ok(Event::RefundedPart));
        for wrong in [41, 0, -1] {
            assert!(refund_event(&books, usd(wrong)).is_err(), "{wrong}");
        }
        let other = Money::new(40, Currency::CNY);
        assert!(refund_event(&books, other).is_err(), "a refund is in the currency of the payment");
    }

    #[test]
    fn a_late_success_after_a_cancel_is_given_back() {
        let events = [
            (Event::Dispatched, 0),
            (Event::Pending, 0),
            (Event::CancelAsked, 0),
            (Event::Canceled, 0),
            (Event::Succeeded, 0),
            (Event::RefundedWhole, 70),
        ];
        let history = run(usd(70), &events);
        assert_eq!(history.last().map(|(.., change)| change.status), Some(PaymentStatus::Refunded));
        assert!(balances(&history).values().all(|sum| *sum == 0));
    }

    proptest! {
        #[test]
        fn any_history_keeps_the_books(
            amount in 1_i64..100_000,
            events in proptest::collection::vec((proptest::sample::select(Event::ALL.to_vec()), 1_i64..100_000), 0..60),
        ) {
            let history = run(usd(amount), &events);
            let mut rank = 0;
            for (_, from, change) in &history {
                prop_assert!(balanced(&change.postings));
                prop_assert!(change.status.rank() >= rank);
                rank = change.status.rank();
                let books = change.books;
                for part in [books.held, books.captured, books.refunded] {
                    prop_assert!(part.minor >= 0 && part.minor <= amount);
                }
                prop_assert!(books.refunded.minor <= books.captured.minor);
                prop_assert!(books.held.minor + books.captured.minor <= amount);
                prop_assert!(!from.is_terminal() || change.status == *from || change.status.rank() > from.rank());
            }
            if let Some((.., last)) = history.last() {
                let sums = balances(&history);
                let of = |account: &str| sums.get(account).copied().unwrap_or(0);
                prop_assert_eq!(of("payee:electricity"), last.books.captured.minor - last.books.refunded.minor);
                prop_assert_eq!(of("clearing:stripe"), last.books.held.minor);
                prop_assert_eq!(sums.values().sum::<i64>(), 0);
            }
        }
    }
}
