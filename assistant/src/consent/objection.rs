//! Why a payment can't be made now by the household's own limits, with the sentence that is said.

use crate::lang::Lang;
use crate::wording::{self, Words};
use sayso_plugin_interface::Money;
use std::fmt;

/// Whose limit it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The household's, for everything together.
    Household,
    /// For one payee, by name.
    Payee(String),
    /// For what one person pays, by name.
    Person(String),
}

/// Why a payment can't be made now. Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Above a limit for one payment.
    AbovePayment {
        /// The limit.
        limit: Money,
        /// Whose it is.
        scope: Scope,
    },
    /// Above a limit for a day or a month, with what was paid before.
    AboveWindow {
        /// The limit.
        limit: Money,
        /// What was paid, or may have been, in that time.
        spent: Money,
        /// [`super::limits::DAY_MS`] or [`super::limits::MONTH_MS`].
        window_ms: i64,
        /// Whose it is.
        scope: Scope,
    },
    /// The payee was added too short a time ago.
    NewPayee {
        /// The payee's name.
        payee: String,
        /// The most that may be paid meanwhile; `None` for nothing.
        limit: Option<Money>,
        /// What was paid meanwhile.
        spent: Money,
        /// For how long a payee is new.
        for_ms: i64,
        /// For how much longer this one is.
        left_ms: i64,
    },
    /// Too many payments in a short time.
    TooFast {
        /// How many there were.
        begun: u32,
        /// Within which time.
        within_ms: i64,
    },
}

impl Objection {
    /// True if another amount can be paid.
    #[must_use]
    pub fn is_about_amount(&self) -> bool {
        match self {
            Objection::AbovePayment { limit, .. } => limit.minor > 0,
            Objection::AboveWindow { limit, spent, .. } | Objection::NewPayee { limit: Some(limit), spent, .. } => {
                limit.minor > spent.minor
            }
            Objection::NewPayee { limit: None, .. } | Objection::TooFast { .. } => false,
        }
    }

    /// The sentence that is said, without its last mark.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Words {
        let pick: [fn(Words) -> String; 2] = [|words| words.written, |words| words.spoken];
        let [written, spoken] = pick.map(|pick| self.sentence(lang, pick));
        Words { written, spoken }
    }

    fn sentence(&self, lang: Lang, pick: fn(Words) -> String) -> String {
        let money = |amount: Money| pick(wording::money(amount, lang));
        let span = |ms: i64| pick(wording::span(ms, lang));
        match (self, lang) {
            (Objection::AbovePayment { limit, scope }, Lang::En) => {
                format!("that would be over {} of {} for one payment", whose(scope), money(*limit))
            }
            (Objection::AbovePayment { limit, scope }, Lang::Zh) => {
                format!("这样会超过{}每笔{}的限额", whose_zh(scope), money(*limit))
            }
            (Objection::AboveWindow { limit, spent, window_ms, scope }, Lang::En) => {
                let (limit, spent, window) = (money(*limit), money(*spent), span(*window_ms));
                let each = if *window_ms > super::limits::DAY_MS { "month" } else { "day" };
                format!(
                    "that would be over {} of {limit} a {each}; {spent} was paid in the last {window}",
                    whose(scope)
                )
            }
            (Objection::AboveWindow { limit, spent, window_ms, scope }, Lang::Zh) => {
                let (limit, spent, window) = (money(*limit), money(*spent), span(*window_ms));
                let each = if *window_ms > super::limits::DAY_MS { "每月" } else { "每天" };
                format!("这样会超过{}{each}{limit}的限额，最近{window}内已经支付了{spent}", whose_zh(scope))
            }
            (Objection::NewPayee { payee, limit, for_ms, left_ms, spent }, Lang::En) => {
                let (length, left) = (span(*for_ms), span(*left_ms));
                match limit {
                    Some(limit) => format!(
                        "{payee} was added less than {length} ago, so for another {left} at most {} can be paid to them, and \
                         {} was already",
                        money(*limit),
                        money(*spent)
                    ),
                    None => format!(
                        "{payee} was added less than {length} ago, so nothing can be paid to them for another {left}"
                    ),
                }
            }
            (Objection::NewPayee { payee, limit, for_ms, left_ms, spent }, Lang::Zh) => {
                let (length, left) = (span(*for_ms), span(*left_ms));
                match limit {
                    Some(limit) => format!(
                        "{payee}是最近{length}内才添加的，{left}内最多只能向其支付{}，已经支付了{}",
                        money(*limit),
                        money(*spent)
                    ),
                    None => format!("{payee}是最近{length}内才添加的，{left}后才能向其付款"),
                }
            }
            (Objection::TooFast { begun, within_ms }, Lang::En) => {
                let count = pick(wording::count(u64::from(*begun), "payment was", "payments were", lang));
                format!("{count} begun in the last {} already, so please wait a little", span(*within_ms))
            }
            (Objection::TooFast { begun, within_ms }, Lang::Zh) => {
                let count = pick(wording::count(u64::from(*begun), "笔付款", "", lang));
                format!("最近{}内已经有{count}了，请稍等一会儿", span(*within_ms))
            }
        }
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(Lang::En).written)
    }
}

fn whose(scope: &Scope) -> String {
    match scope {
        Scope::Household => "your limit".to_owned(),
        Scope::Payee(name) => format!("your limit for {name}"),
        Scope::Person(name) => format!("the limit for what {name} pays"),
    }
}

fn whose_zh(scope: &Scope) -> String {
    match scope {
        Scope::Household => "您".to_owned(),
        Scope::Payee(name) => format!("您对{name}"),
        Scope::Person(name) => name.clone(),
    }
}
