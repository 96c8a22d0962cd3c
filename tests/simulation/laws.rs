//! What must be true after every commit, every act and at the end; everything that is not is noted as a sentence.

use crate::bank::{Bank, Charge, Stands};
use sayso::consent::Proposal;
use sayso::ledger::{PaymentId, PaymentStatus as S, posting::balanced};
use sayso::payments::{NewPayment, Payment, PaymentView, Write};
use std::collections::{BTreeMap, BTreeSet};

struct Known {
    status: S,
    version: u64,
    refunded: i64,
}

struct Lease {
    holder: u64,
    until_ms: i64,
}

/// The whole truth about what was agreed to, committed, acknowledged and told.
#[derive(Default)]
pub struct Laws {
    pub faults: Vec<String>,
    /// By the consent's id: what the person agreed to, once.
    agreed: BTreeMap<String, Proposal>,
    /// What was agreed to for later: any due day of it may be paid.
    later: Vec<Proposal>,
    payments: BTreeMap<PaymentId, Known>,
    leases: BTreeMap<PaymentId, Lease>,
    living: BTreeSet<u64>,
    /// Events that are on the disk.
    kept: BTreeSet<String>,
    /// Consents of which it was said that nothing was or will be paid.
    told_unpaid: Vec<String>,
    /// Standing orders of which it was said that they are not kept.
    told_no_order: BTreeSet<String>,
    /// Payments that were to be canceled.
    pub canceling: BTreeSet<PaymentId>,
    /// References of payments, by consent.
    references: BTreeMap<String, String>,
}

impl Laws {
    pub fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    pub fn agrees(&mut self, consent: String, proposal: Proposal) {
        self.agreed.insert(consent, proposal);
    }

    pub fn agrees_for_later(&mut self, proposal: Proposal) {
        self.later.push(proposal);
    }

    pub fn lives(&mut self, process: u64) {
        self.living.insert(process);
    }

    pub fn died(&mut self, process: u64) {
        self.living.remove(&process);
    }

    pub fn told_no_order(&mut self, order: String) {
        self.told_no_order.insert(order);
    }

    /// A payment is on the disk.
    pub fn begun(&mut self, new: &NewPayment, process: u64) {
        let payment = &new.payment;
        let same = |agreed: &Proposal| {
            (&agreed.payee, &agreed.provider, agreed.amount)
                == (&payment.payee, &payment.provider, payment.request.amount)
        };
        let agreed = match self.agreed.get(&payment.consent) {
            Some(agreed) => same(agreed),
            None => new.due.is_some() && self.later.iter().any(same),
        };
        if !agreed {
            self.fault(format!("{payment:?} was never agreed to"));
        }
        if new.due.as_ref().is_some_and(|due| self.told_no_order.contains(&due.order)) {
            self.fault(format!("an order that was said not to be kept is paid: {payment:?}"));
        }
        if self.references.insert(payment.consent.clone(), payment.request.reference.clone()).is_some() {
            self.fault(format!("one agreement made two payments: {payment:?}"));
        }
        let known = Known { status: payment.status, version: payment.version, refunded: 0 };
        self.payments.insert(payment.id.clone(), known);
        self.leases.insert(payment.id.clone(), Lease { holder: process, until_ms: new.lease_until_ms });
    }

    /// A step is on the disk.
    pub fn written(&mut self, write: &Write, process: u64, bank: &Bank) {
        let payment = &write.payment;
        let Some(known) = self.payments.get_mut(&payment.id) else {
            return self.fault(format!("{payment:?} was written before it began"));
        };
        let (before, version) = (known.status, known.version);
        if payment.status == S::Canceling {
            self.canceling.insert(payment.id.clone());
        }
        let gone_back = payment.status.rank() < before.rank() || payment.books.refunded.minor < known.refunded;
        *known = Known { status: payment.status, version: payment.version, refunded: payment.books.refunded.minor };
        if gone_back {
            self.fault(format!("{} went back from {before} to {}", payment.id, payment.status));
        }
        if payment.version != version + 1 {
            self.fault(format!("{} was written over: {} after {version}", payment.id, payment.version));
        }
        if before.is_terminal() && payment.status != before && !follows_an_end(payment.status) {
            self.fault(format!("{} had ended as {before} and became {}", payment.id, payment.status));
        }
        let entry = write.entry.as_ref();
        if entry.is_some_and(|entry| !balanced(&entry.postings) || entry.from != before || entry.to != payment.status) {
            self.fault(format!("{} has an entry that is not right: {entry:?}", payment.id));
        }
        if write.release && self.leases.get(&payment.id).is_some_and(|lease| lease.holder == process) {
            self.leases.remove(&payment.id);
        }
        self.agrees_with_bank(payment, bank);
    }

    /// What is certain here is so there.
    fn agrees_with_bank(&mut self, payment: &Payment, bank: &Bank) {
        let charges: Vec<&Charge> =
            bank.charges.iter().filter(|charge| charge.request.reference == payment.request.reference).collect();
        let paid = charges.iter().filter(|charge| charge.stands == Stands::Paid);
        let paid = paid.map(|charge| if charge.amount == payment.books.amount { 1 } else { 100 }).sum::<u32>();
        let payable = |charge: &&Charge| !matches!(charge.stands, Stands::Declined | Stands::Canceled);
        let true_of_it = match payment.status {
            // What was cancelled can't be paid any more.
            S::Canceled => !charges.iter().any(payable),
            S::Succeeded | S::PartiallyRefunded | S::Refunded | S::Reversing => paid == 1,
            S::Failed | S::NotSent => paid == 0,
            _ => true,
        };
        let refunded = charges.iter().map(|charge| charge.given_back()).sum::<i64>();
        if !true_of_it || payment.books.refunded.minor > refunded {
            self.fault(format!("{payment:?} is not what the bank has: {charges:?}"));
        }
    }

    pub fn claimed(&mut self, id: &PaymentId, process: u64, now_ms: i64, until_ms: i64) {
        let held = self.leases.get(id).filter(|lease| lease.until_ms > now_ms && self.living.contains(&lease.holder));
        if let Some(lease) = held {
            let holder = lease.holder;
            self.fault(format!("{id} was taken by process {process} while process {holder} has it"));
        }
        self.leases.insert(id.clone(), Lease { holder: process, until_ms });
    }

    pub fn released(&mut self, id: &PaymentId, process: u64) {
        if self.leases.get(id).is_some_and(|lease| lease.holder == process) {
            self.leases.remove(id);
        }
    }

    pub fn kept(&mut self, event: &str) {
        self.kept.insert(event.to_owned());
    }

    pub fn acknowledged(&mut self, event: &str) {
        if !self.kept.contains(event) {
            self.fault(format!("{event} was acknowledged and is not on the disk"));
        }
    }

    pub fn told_unpaid(&mut self, consent: String) {
        self.told_unpaid.push(consent);
    }

    /// After every act: what the provider did, it did once, for a payment that is there, as it was agreed.
    pub fn check(&mut self, views: &[PaymentView], bank: &mut Bank) {
        self.faults.append(&mut bank.wrongs);
        if views.len() != self.payments.len() {
            self.fault(format!("there are {} payments and have to be {}", views.len(), self.payments.len()));
        }
        let references: BTreeMap<&str, &str> =
            self.references.iter().map(|(consent, reference)| (reference.as_str(), consent.as_str())).collect();
        let mut faults = Vec::new();
        let (mut charged, mut paid) = (BTreeSet::new(), BTreeSet::new());
        for charge in &bank.charges {
            let reference = charge.request.reference.as_str();
            if !references.contains_key(reference) {
                faults.push(format!("the bank was asked for what is not on the disk: {charge:?}"));
            }
            if !charged.insert(reference) {
                faults.push(format!("the bank was made to charge twice: {charge:?}"));
            }
            if charge.stands == Stands::Paid {
                paid.insert(reference);
            }
            if charge.given_back() > charge.amount.minor {
                faults.push(format!("more came back than was paid: {charge:?}"));
            }
            let names: BTreeSet<_> = charge.refunds.iter().map(|refund| &refund.reference).collect();
            if names.len() != charge.refunds.len() {
                faults.push(format!("one refund was made twice: {charge:?}"));
            }
        }
        for consent in &self.told_unpaid {
            let reference = self.references.get(consent);
            if reference.is_some_and(|reference| paid.contains(reference.as_str())) {
                faults.push(format!("it was told that nothing was paid, and it was: {reference:?}"));
            }
        }
        self.faults.append(&mut faults);
    }
}

fn follows_an_end(status: S) -> bool {
    matches!(
        status,
        S::PartiallyRefunded | S::Refunded | S::Reversing | S::Disputed | S::DisputeRejected | S::ChargedBack
    )
}
