//! `world`: what scripts and expressions may see of the household, the calendar and past payments. Look only.

use super::super::world::{History, HistoryFilter, PastPayment, PaymentStatus};
use crate::household::{Bill, Household, PayeeKind};
use crate::lang::Lang;
use crate::wording;
use jiff::civil::{Date, DateTime};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map};
use sayso_plugin_interface::Money;
use std::sync::Arc;

/// How many past payments one question of a script may bring back.
const PAYMENTS_MAX: usize = 500;

type Checked<T> = Result<T, Box<EvalAltResult>>;

/// The share of the world that a script gets.
#[derive(Clone)]
pub struct Share(Arc<Inside>);

struct Inside {
    household: Arc<Household>,
    history: Arc<dyn History>,
    now: DateTime,
    lang: Lang,
}

impl Share {
    /// A share for one turn.
    pub fn new(household: Arc<Household>, history: Arc<dyn History>, now: DateTime, lang: Lang) -> Self {
        Share(Arc::new(Inside { household, history, now, lang }))
    }

    fn payees(&self, kind: Option<PayeeKind>) -> Array {
        let wanted = self.0.household.payees.iter().filter(|payee| kind.is_none_or(|kind| payee.kind == kind));
        wanted.map(|payee| payee.id.as_str().into()).collect()
    }

    /// What is due. Of a payee who asks in several currencies, only what is in the currency of the conversation.
    fn due(&self) -> impl Iterator<Item = &Bill> {
        let Inside { household, lang, .. } = &*self.0;
        let own = household.currencies.get(lang).copied();
        let in_own = move |bill: &Bill| own == Some(bill.amount.currency);
        household.bills.iter().filter(move |bill| {
            let also_in_own = || household.bills.iter().any(|other| other.payee == bill.payee && in_own(other));
            in_own(bill) || !also_in_own()
        })
    }

    fn bills(&self) -> Array {
        self.due().map(bill).collect()
    }

    /// What is due first to this payee.
    fn bill(&self, payee: &str) -> Dynamic {
        let first = self.due().filter(|bill| bill.payee == payee).min_by_key(|bill| (bill.due.is_none(), bill.due));
        first.map_or(Dynamic::UNIT, bill)
    }

    fn payments(&self, wanted: &Map) -> Checked<Array> {
        let known = ["payee", "from", "to", "limit"];
        if let Some(other) = wanted.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("payments are found by payee, from, to and limit; `{other}` is none of them").into());
        }
        let day = |key: &str| wanted.get(key).and_then(|value| value.clone().try_cast::<Date>());
        let limit = wanted.get("limit").and_then(|value| value.as_int().ok()).and_then(|n| usize::try_from(n).ok());
        let filter = HistoryFilter {
            payee: text_of(wanted, "payee"),
            from: day("from"),
            until: day("to"),
            limit: Some(limit.unwrap_or(PAYMENTS_MAX).min(PAYMENTS_MAX)),
        };
        Ok(self.0.history.payments(&filter).into_iter().take(PAYMENTS_MAX).map(payment).collect())
    }

    fn name(&self, payee: &str) -> String {
        let found = self.0.household.payee(payee);
        found.map_or_else(|| payee.to_owned(), |found| found.name(self.0.lang).to_owned())
    }

    fn currency(&self) -> Dynamic {
        let found = self.0.household.currencies.get(&self.0.lang);
        found.map_or(Dynamic::UNIT, |currency| currency.code().to_owned().into())
    }
}

fn bill(bill: &Bill) -> Dynamic {
    let mut map = Map::new();
    map.insert("payee".into(), bill.payee.as_str().into());
    map.insert("amount".into(), Dynamic::from(bill.amount));
    map.insert("due".into(), bill.due.map_or(Dynamic::UNIT, Dynamic::from));
    map.into()
}

fn text_of(map: &Map, key: &str) -> Option<String> {
    map.get(key).and_then(|value| value.clone().into_string().ok())
}

fn payment(payment: PastPayment) -> Dynamic {
    let mut map = Map::new();
    let status = match payment.status {
        PaymentStatus::Succeeded => "succeeded",
        PaymentStatus::Open => "open",
    };
    map.insert("payee".into(), payment.payee.into());
    map.insert("payee_name".into(), payment.payee_name.into());
    map.insert("amount".into(), Dynamic::from(payment.amount));
    map.insert("provider".into(), payment.provider.into());
    map.insert("status".into(), status.into());
    map.insert("day".into(), Dynamic::from(payment.when.date()));
    map.into()
}

/// Adds up the amounts of a list of payments or amounts: one sum for each currency, in the order in which they appear.
fn total(items: Array) -> Checked<Array> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        let inside = item.read_lock::<Map>().and_then(|map| map.get("amount").cloned());
        let Some(amount) = inside.unwrap_or(item).try_cast::<Money>() else {
            return Err("only amounts and payments can be added up".into());
        };
        match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => {
                *sum = sum.checked_add(amount).map_err(|error| Box::<EvalAltResult>::from(error.to_string()))?
            }
            None => sums.push(amount),
        }
    }
    Ok(sums.into_iter().map(Dynamic::from).collect())
}

/// Registers the type `World`.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Share>("World")
        .register_get("today", |world: &mut Share| world.0.now.date())
        .register_get("hour", |world: &mut Share| i64::from(world.0.now.hour()))
        .register_get("lang", |world: &mut Share| world.0.lang.code().to_owned())
        .register_get("currency", |world: &mut Share| world.currency())
        .register_fn("payees", |world: &mut Share| world.payees(None))
        .register_fn("billers", |world: &mut Share| world.payees(Some(PayeeKind::Biller)))
        .register_fn("persons", |world: &mut Share| world.payees(Some(PayeeKind::Person)))
        .register_fn("bills", |world: &mut Share| world.bills())
        .register_fn("bill", |world: &mut Share, payee: &str| world.bill(payee))
        .register_fn("payments", |world: &mut Share, wanted: Map| world.payments(&wanted))
        .register_fn("name", |world: &mut Share, payee: &str| world.name(payee))
        .register_fn("total", |_: &mut Share, items: Array| total(items))
        .register_fn("written", |world: &mut Share, amount: Money| wording::money(amount, world.0.lang).written)
        .register_fn("written", |world: &mut Share, day: Date| {
            wording::date(day, world.0.now.date(), world.0.lang).written
        });
}
