//! A conversation with meanings made by hand: what tests say, and what they hear.

use crate::consent::{Authentication, ProposalDigest, ProposalKind};
use crate::dialog::{
    Dialogs, Effect, HandOff, History, HistoryFilter, Input, PastPayment, PaymentOutcome, PaymentStatus, ProviderInfo,
    Refundable, ScheduledPayment, SourceFile, State, VoiceCheck, World, shipped, step,
};
use crate::household::{Bill, Household, Payee, PayeeKind};
use crate::lang::Lang;
use crate::schedule::Schedule;
use crate::understanding::meaning::Id;
use crate::understanding::{Act, Amount, Entity, EntityKind, IntentGuess, Meaning, Value};
use jiff::civil::date;
use sayso_plugin_interface::{Currency, Money};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Payments that were made before.
pub struct Past(pub Vec<PastPayment>);

impl History for Past {
    fn scheduled(&self) -> Vec<ScheduledPayment> {
        let order = |payee: &str, day| ScheduledPayment {
            id: format!("so_{payee}"),
            payee: payee.to_owned(),
            payee_name: payee.to_owned(),
            amount: usd(1_820),
            provider: "stripe".to_owned(),
            schedule: Schedule::Once { on: day },
            next: day,
        };
        vec![order("water", date(2026, 12, 5)), order("alice", date(2026, 12, 9))]
    }

    fn payments(&self, filter: &HistoryFilter) -> Vec<PastPayment> {
        let fits = |p: &&PastPayment| {
            filter.payee.as_ref().is_none_or(|payee| *payee == p.payee)
                && filter.from.is_none_or(|from| p.when.date() >= from)
                && filter.until.is_none_or(|until| p.when.date() <= until)
        };
        self.0.iter().filter(fits).take(filter.limit.unwrap_or(usize::MAX)).cloned().collect()
    }
}

fn payee(id: &str, kind: PayeeKind, en: &str, zh: &str) -> Payee {
    let names = BTreeMap::from([(Lang::En, en.to_owned()), (Lang::Zh, zh.to_owned())]);
    Payee {
        id: id.to_owned(),
        kind,
        names,
        aliases: BTreeMap::new(),
        about: BTreeMap::new(),
        accounts: BTreeMap::new(),
    }
}

pub fn household() -> Household {
    Household {
        currencies: BTreeMap::from([(Lang::En, Currency::USD), (Lang::Zh, Currency::CNY)]),
        payees: vec![
            payee("electricity", PayeeKind::Biller, "electricity", "电费"),
            payee("water", PayeeKind::Biller, "water", "水费"),
            payee("alice", PayeeKind::Person, "Alice", "Alice"),
            payee("bob", PayeeKind::Person, "Bob", "Bob"),
        ],
        bills: vec![
            Bill { payee: "electricity".into(), amount: usd(4250), due: Some(date(2026, 11, 28)) },
            Bill { payee: "electricity".into(), amount: cny(32_050), due: Some(date(2026, 11, 28)) },
            Bill { payee: "water".into(), amount: usd(1820), due: None },
        ],
        contact: BTreeMap::new(),
    }
}

pub fn providers() -> Vec<ProviderInfo> {
    let provider = |name: &str, en: &str, zh: &str, currencies: Vec<Currency>| ProviderInfo {
        name: name.to_owned(),
        names: BTreeMap::from([(Lang::En, en.to_owned()), (Lang::Zh, zh.to_owned())]),
        aliases: BTreeMap::new(),
        currencies,
    };
    vec![
        provider("stripe", "Stripe", "Stripe", vec![]),
        provider("paypal", "PayPal", "贝宝", vec![]),
        provider("wechat_pay", "WeChat Pay", "微信支付", vec![Currency::CNY]),
    ]
}

pub fn past() -> Past {
    let payment = |payee: &str, minor, month, status| PastPayment {
        payee: payee.to_owned(),
        payee_name: payee.to_owned(),
        amount: usd(minor),
        provider: "stripe".into(),
        status,
        when: date(2026, month, 3).at(9, 0, 0, 0),
        refundable: (status == PaymentStatus::Succeeded).then(|| Refundable {
            payment: format!("{payee} {month}"),
            version: 3,
            paid: usd(minor),
        }),
    };
    Past(vec![
        payment("water", 1_000, 11, PaymentStatus::Open),
        payment("water", 2_000, 10, PaymentStatus::Succeeded),
        payment("electricity", 4_000, 9, PaymentStatus::Succeeded),
        payment("water", 3_050, 2, PaymentStatus::Succeeded),
    ])
}

pub fn cny(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// A meaning to be made.
#[derive(Debug)]
pub struct Say(pub Meaning);

pub fn say(text: &str) -> Say {
    Say(Meaning { text: text.to_owned(), ..Meaning::default() })
}

impl Say {
    pub fn intent(self, name: &str) -> Self {
        self.intent_at(name, 1000)
    }
    pub fn intent_at(mut self, name: &str, confidence_milli: u16) -> Self {
        let guess = IntentGuess { name: name.to_owned(), confidence_milli, slots: Vec::new() };
        if self.0.intent.is_none() {
            self.0.intent = Some(guess)
        } else {
            self.0.rivals.push(guess)
        }
        self
    }
    pub fn act(mut self, act: Act) -> Self {
        self.0.acts.push(act);
        self
    }
    pub fn entity(mut self, kind: EntityKind, values: Vec<Value>, text: &str) -> Self {
        let ambiguous = values.len() != 1;
        let (value, alternatives) = if ambiguous { (None, values) } else { (values.into_iter().next(), vec![]) };
        let start = self.0.text.find(text).map_or(0, |byte| self.0.text[..byte].chars().count());
        let end = start + text.chars().count();
        self.0.entities.push(Entity { kind, start, end, text: text.to_owned(), value, alternatives, ambiguous });
        self
    }
    pub fn money(self, minor: i64, currency: Option<Currency>, text: &str) -> Self {
        self.entity(EntityKind::Money, vec![Value::Money(Amount { minor, currency })], text)
    }
    pub fn either(self, minors: &[i64], text: &str) -> Self {
        let values = minors.iter().map(|minor| Value::Money(Amount { minor: *minor, currency: None })).collect();
        self.entity(EntityKind::Money, values, text)
    }
    pub fn payee(self, id: &str) -> Self {
        self.entity(EntityKind::Payee, vec![Value::Id(Id { id: id.to_owned(), slot: None })], id)
    }
    pub fn provider(self, id: &str) -> Self {
        self.entity(EntityKind::Provider, vec![Value::Id(Id { id: id.to_owned(), slot: None })], id)
    }
}

/// One conversation.
pub struct Talk {
    pub dialogs: Dialogs,
    pub state: State,
    pub now_ms: i64,
    pub household: Arc<Household>,
    pub providers: Vec<ProviderInfo>,
    pub history: Arc<dyn History>,
    /// What was said in the last step, in writing.
    pub said: Vec<String>,
    /// The digest of every payment that was begun.
    pub paid: Vec<(Money, String, String, ProposalDigest)>,
    /// Every refund that was begun.
    pub returned: Vec<(Money, String, ProposalKind)>,
    /// Where the person was sent.
    pub handed: Vec<HandOff>,
    pub ended: bool,
}

pub fn talk(lang: Lang) -> Talk {
    talk_with(&shipped(), lang)
}

pub fn talk_with(files: &[SourceFile], lang: Lang) -> Talk {
    let loaded = Dialogs::load(files).unwrap_or_else(|findings| {
        let all: Vec<String> = findings.iter().map(|finding| finding.render(false)).collect();
        panic!("{}", all.join("\n"))
    });
    Talk {
        dialogs: loaded.dialogs,
        state: State::new(lang, "kitchen"),
        now_ms: 1_000_000,
        household: Arc::new(household()),
        providers: providers(),
        history: Arc::new(past()),
        said: Vec::new(),
        paid: Vec::new(),
        returned: Vec::new(),
        handed: Vec::new(),
        ended: false,
    }
}

impl Talk {
    pub fn step(&mut self, input: Input) -> &mut Self {
        let world = World {
            now_ms: self.now_ms,
            now: date(2026, 11, 22).at(18, 0, 0, 0),
            household: &self.household,
            providers: &self.providers,
            history: &self.history,
            authentication: &Authentication::default(),
            chance: Some(9174),
            phone: true,
            voice: VoiceCheck::Ready,
        };
        // Whatever happens, a conversation can be stored and taken up again between any two steps.
        let stored = serde_json::to_string(&self.state).unwrap();
        let state: State = serde_json::from_str(&stored).unwrap();
        assert_eq!(state, self.state);
        let (state, effects) = step(&self.dialogs, state, input, &world);
        self.state = state;
        self.said.clear();
        self.ended = false;
        for effect in effects {
            match effect {
                Effect::Say(words) => self.said.push(words.written),
                Effect::Pay(consent) => {
                    let p = consent.proposal();
                    self.paid.push((p.amount, p.payee.clone(), p.provider.clone(), consent.digest()));
                }
                Effect::Refund(consent) => {
                    let p = consent.proposal();
                    self.returned.push((p.amount, p.payee.clone(), p.kind.clone()));
                }
                Effect::Unschedule(_) | Effect::TellPhone(_) | Effect::Refused(..) | Effect::StrangeVoice { .. } => {}
                Effect::HandOff(to) => self.handed.push(to),
                Effect::End => self.ended = true,
            }
        }
        self
    }
    pub fn hear(&mut self, say: Say) -> &mut Self {
        self.step(Input::Heard(say.0))
    }
    pub fn outcome(&mut self, outcome: PaymentOutcome) -> &mut Self {
        self.step(Input::Outcome(outcome))
    }
    #[track_caller]
    pub fn says(&mut self, part: &str) -> &mut Self {
        assert!(self.said.iter().any(|said| said.contains(part)), "{part:?} is not in {:?}", self.said);
        self
    }
    #[track_caller]
    pub fn never_says(&mut self, part: &str) -> &mut Self {
        assert!(!self.said.iter().any(|said| said.contains(part)), "{part:?} is in {:?}", self.said);
        self
    }
    #[track_caller]
    pub fn awaits(&mut self, awaiting: Option<&str>) -> &mut Self {
        assert_eq!(self.state.awaiting(), awaiting, "after {:?}", self.said);
        self
    }
    #[track_caller]
    pub fn payments(&mut self, count: usize) -> &mut Self {
        assert_eq!(self.paid.len(), count, "{:?}", self.paid);
        self
    }
}
