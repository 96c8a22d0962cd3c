//! `world`: what scripts and expressions may see of the household, the calendar and past payments. Look only.

use super::super::world::{
    History, HistoryFilter, PastPayment, PastRefund, PaymentStatus, ProviderInfo, RefundStatus, ScheduledPayment,
};
use crate::household::{Bill, Household, PayeeKind};
use crate::lang::Lang;
use crate::schedule::Schedule;
use crate::wording::{self, Words};
use jiff::Span;
use jiff::civil::{Date, DateTime};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map};
use sayso_plugin_interface::{Currency, Money};
use std::sync::Arc;

/// The names of periods.
pub const PERIOD_NAMES: &[&str] = &[
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "last_7_days",
    "last_30_days",
    "this_month",
    "last_month",
    "this_year",
    "last_year",
];

/// How many past payments one question of a script may bring back.
const PAYMENTS_MAX: usize = 500;
/// The same for refunds, which are maps.
const REFUNDS_MAX: usize = 50;

type Checked<T> = Result<T, Box<EvalAltResult>>;

/// The share of the world that a script gets.
#[derive(Clone)]
pub struct Share(Arc<Inside>);

/// A past payment as scripts see it. A type of its own, and not a map: a year of maps would pass the limits on sizes.
#[derive(Clone)]
pub struct Payment(Arc<PastPayment>);

impl Payment {
    fn status(&self) -> &'static str {
        match self.0.status {
            PaymentStatus::Succeeded => "succeeded",
            PaymentStatus::Open => "open",
        }
    }
}

struct Inside {
    household: Arc<Household>,
    history: Arc<dyn History>,
    providers: Vec<ProviderInfo>,
    now: DateTime,
    lang: Lang,
}

impl Share {
    /// A share for one turn.
    pub fn new(
        household: Arc<Household>,
        history: Arc<dyn History>,
        providers: Vec<ProviderInfo>,
        now: DateTime,
        lang: Lang,
    ) -> Self {
        Share(Arc::new(Inside { household, history, providers, now, lang }))
    }

    /// The providers that take a currency, in the order in which they are offered.
    fn providers(&self, currency: &str) -> Checked<Array> {
        let currency: Currency = currency.parse().map_err(|_| format!("`{currency}` is no currency"))?;
        let taking = self.0.providers.iter().filter(|provider| provider.takes(currency));
        Ok(taking.map(|provider| provider.name.as_str().into()).collect())
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
        Ok(self
            .0
            .history
            .payments(&filter)
            .into_iter()
            .take(PAYMENTS_MAX)
            .map(|past| Dynamic::from(Payment(Arc::new(past))))
            .collect())
    }

    /// What is put down for later, as maps.
    fn scheduled(&self, wanted: &Map) -> Checked<Array> {
        if let Some(other) = wanted.keys().find(|key| key.as_str() != "payee") {
            return Err(format!("what is scheduled is found by payee; `{other}` is something else").into());
        }
        let payee = text_of(wanted, "payee");
        let all = self.0.history.scheduled().into_iter().take(PAYMENTS_MAX);
        let fitting = all.filter(|order| payee.as_ref().is_none_or(|payee| *payee == order.payee));
        Ok(fitting.map(scheduled).collect())
    }

    /// The refunds that were asked for, as maps.
    fn refunds(&self, wanted: &Map) -> Checked<Array> {
        if let Some(other) = wanted.keys().find(|key| key.as_str() != "payee") {
            return Err(format!("refunds are found by payee; `{other}` is something else").into());
        }
        let found = self.0.history.refunds(text_of(wanted, "payee").as_deref(), REFUNDS_MAX);
        Ok(found.into_iter().take(REFUNDS_MAX).map(refund).collect())
    }

    /// The newest payment that fits, finished or not.
    fn last_payment(&self, mut wanted: Map) -> Checked<Dynamic> {
        wanted.insert("limit".into(), 1_i64.into());
        Ok(self.payments(&wanted)?.into_iter().next().unwrap_or(Dynamic::UNIT))
    }

    /// What is due until a day, what has no day left out.
    fn due_by(&self, day: Date) -> Array {
        self.due().filter(|bill| bill.due.is_some_and(|due| due <= day)).map(bill).collect()
    }

    fn kind(&self, payee: &str) -> Dynamic {
        self.0.household.payee(payee).map_or(Dynamic::UNIT, |payee| match payee.kind {
            PayeeKind::Biller => "biller".into(),
            PayeeKind::Person => "person".into(),
        })
    }

    /// The first and the last day of a period by its name.
    fn period(&self, name: &str) -> Checked<Map> {
        let today = self.0.now.date();
        let days = |day: Date, days: i64| day.checked_add(Span::new().days(days)).unwrap_or(day);
        let week = days(today, -i64::from(today.weekday().to_monday_zero_offset()));
        let month_end = days(today.first_of_month(), -1);
        let year_end = days(today.first_of_year(), -1);
        let (from, to) = match name {
            "today" => (today, today),
            "yesterday" => (days(today, -1), days(today, -1)),
            "this_week" => (week, today),
            "last_week" => (days(week, -7), days(week, -1)),
            "last_7_days" => (days(today, -6), today),
            "last_30_days" => (days(today, -29), today),
            "this_month" => (today.first_of_month(), today),
            "last_month" => (month_end.first_of_month(), month_end),
            "this_year" => (today.first_of_year(), today),
            "last_year" => (year_end.first_of_year(), year_end),
            other => return Err(format!("there is no period `{other}`; there are: {}", PERIOD_NAMES.join(", ")).into()),
        };
        Ok(Map::from([("from".into(), Dynamic::from(from)), ("to".into(), Dynamic::from(to))]))
    }

    /// Several amounts, days or texts as they are shown, with "and" before the last.
    fn list(&self, items: Array) -> Checked<String> {
        let lang = self.0.lang;
        let words: Vec<Words> = items
            .into_iter()
            .map(|item| match (item.clone().try_cast::<Money>(), item.clone().try_cast::<Date>()) {
                (Some(amount), _) => Ok(wording::money(amount, lang)),
                (_, Some(day)) => Ok(wording::date(day, self.0.now.date(), lang)),
                _ => {
                    item.into_string().map(Words::same).map_err(|_| "only amounts, days and texts can be shown".into())
                }
            })
            .collect::<Checked<_>>()?;
        Ok(wording::list(&words, lang).written)
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

fn scheduled(order: ScheduledPayment) -> Dynamic {
    let repeats = matches!(order.schedule, Schedule::Every { .. });
    Map::from([
        ("id".into(), order.id.into()),
        ("payee".into(), order.payee.into()),
        ("amount".into(), Dynamic::from(order.amount)),
        ("provider".into(), order.provider.into()),
        ("next".into(), Dynamic::from(order.next)),
        ("repeats".into(), repeats.into()),
    ])
    .into()
}

fn refund(refund: PastRefund) -> Dynamic {
    let status = match refund.status {
        RefundStatus::Succeeded => "succeeded",
        RefundStatus::Open => "open",
        RefundStatus::Failed => "failed",
    };
    Map::from([
        ("payee".into(), refund.payee.into()),
        ("payee_name".into(), refund.payee_name.into()),
        ("amount".into(), Dynamic::from(refund.amount)),
        ("provider".into(), refund.provider.into()),
        ("status".into(), status.into()),
        ("day".into(), Dynamic::from(refund.when.date())),
        ("paid_on".into(), Dynamic::from(refund.paid.date())),
    ])
    .into()
}

fn text_of(map: &Map, key: &str) -> Option<String> {
    map.get(key).and_then(|value| value.clone().into_string().ok())
}

/// Adds up the amounts of a list of payments or amounts: one sum for each currency, in the order in which they appear.
fn total(items: Array) -> Checked<Array> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        let inside = item.read_lock::<Map>().and_then(|map| map.get("amount").cloned());
        let paid = item.read_lock::<Payment>().map(|payment| Dynamic::from(payment.0.amount));
        let Some(amount) = inside.or(paid).unwrap_or(item).try_cast::<Money>() else {
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
        .register_type_with_name::<Payment>("Payment")
        .register_get("payee", |payment: &mut Payment| payment.0.payee.clone())
        .register_get("payee_name", |payment: &mut Payment| payment.0.payee_name.clone())
        .register_get("amount", |payment: &mut Payment| payment.0.amount)
        .register_get("provider", |payment: &mut Payment| payment.0.provider.clone())
        .register_get("status", |payment: &mut Payment| payment.status().to_owned())
        .register_get("day", |payment: &mut Payment| payment.0.when.date())
        .register_type_with_name::<Share>("World")
        .register_get("today", |world: &mut Share| world.0.now.date())
        .register_get("hour", |world: &mut Share| i64::from(world.0.now.hour()))
        .register_get("lang", |world: &mut Share| world.0.lang.code().to_owned())
        .register_get("currency", |world: &mut Share| world.currency())
        .register_fn("payees", |world: &mut Share| world.payees(None))
        .register_fn("billers", |world: &mut Share| world.payees(Some(PayeeKind::Biller)))
        .register_fn("persons", |world: &mut Share| world.payees(Some(PayeeKind::Person)))
        .register_fn("providers", |world: &mut Share, currency: &str| world.providers(currency))
        .register_fn("bills", |world: &mut Share| world.bills())
        .register_fn("bill", |world: &mut Share, payee: &str| world.bill(payee))
        .register_fn("payments", |world: &mut Share, wanted: Map| world.payments(&wanted))
        .register_fn("refunds", |world: &mut Share, wanted: Map| world.refunds(&wanted))
        .register_fn("scheduled", |world: &mut Share, wanted: Map| world.scheduled(&wanted))
        .register_fn("name", |world: &mut Share, payee: &str| world.name(payee))
        .register_fn("total", |_: &mut Share, items: Array| total(items))
        .register_fn("last_payment", |world: &mut Share, wanted: Map| world.last_payment(wanted))
        .register_fn("due_by", |world: &mut Share, day: Date| world.due_by(day))
        .register_fn("kind", |world: &mut Share, payee: &str| world.kind(payee))
        .register_fn("period", |world: &mut Share, name: &str| world.period(name))
        .register_fn("written", |world: &mut Share, items: Array| world.list(items))
        .register_fn("written", |world: &mut Share, amount: Money| wording::money(amount, world.0.lang).written)
        .register_fn("written", |world: &mut Share, day: Date| {
            wording::date(day, world.0.now.date(), world.0.lang).written
        });
}
