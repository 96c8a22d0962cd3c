//! Holds a conversation and compares it with what was expected.

use super::file::{Conversation, File, Turn};
use jiff::civil::{Date, date};
use sayso::config::Config;
use sayso::dialog::{
    Dialogs, Effect, History, HistoryFilter, Input, PastPayment, PaymentOutcome, PaymentStatus, ProviderInfo, State,
    World, expectation, shipped, step,
};
use sayso::household::Household;
use sayso::lang::Lang;
use sayso::understanding::Understander;
use sayso_plugin_interface::NextStep;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The day on which all conversations take place.
const TODAY: Date = date(2026, 11, 22);

/// Everything that conversations share.
pub struct Assistant {
    dialogs: Dialogs,
    understander: Understander,
    household: Arc<Household>,
    providers: Vec<ProviderInfo>,
}

/// The shipped dialogs with the example household.
pub fn assistant() -> Assistant {
    let config = Config::example(TODAY).unwrap();
    let each = |names: &BTreeMap<Lang, Vec<String>>, from: usize, to: usize| -> BTreeMap<Lang, Vec<String>> {
        names.iter().map(|(lang, names)| (*lang, names.iter().take(to).skip(from).cloned().collect())).collect()
    };
    let provider = |settings: &sayso::config::ProviderSettings| ProviderInfo {
        name: settings.name.clone(),
        names: each(&settings.names, 0, 1).into_iter().map(|(lang, names)| (lang, names.concat())).collect(),
        aliases: each(&settings.names, 1, usize::MAX),
        currencies: Vec::new(),
    };
    let providers: Vec<ProviderInfo> = config.providers.iter().map(provider).collect();
    let dialogs = Dialogs::load(&shipped()).unwrap().dialogs;
    let understander = Understander::new(&dialogs.teaching(&config.household, &providers));
    Assistant { dialogs, understander, household: Arc::new(config.household), providers }
}

struct Past(Vec<PastPayment>);

impl History for Past {
    fn payments(&self, filter: &HistoryFilter) -> Vec<PastPayment> {
        let fits = |p: &&PastPayment| {
            filter.payee.as_ref().is_none_or(|payee| *payee == p.payee)
                && filter.from.is_none_or(|from| p.when.date() >= from)
                && filter.until.is_none_or(|until| p.when.date() <= until)
        };
        self.0.iter().filter(fits).take(filter.limit.unwrap_or(usize::MAX)).cloned().collect()
    }
}

fn past(file: &File, household: &Household) -> Past {
    let mut payments: Vec<PastPayment> = file
        .history
        .iter()
        .map(|paid| PastPayment {
            payee: paid.payee.clone(),
            payee_name: household.payee(&paid.payee).map_or("", |payee| payee.name(Lang::En)).to_owned(),
            amount: paid.amount.parse().unwrap(),
            provider: "stripe".into(),
            status: if paid.open { PaymentStatus::Open } else { PaymentStatus::Succeeded },
            when: paid.day.at(9, 0, 0, 0),
        })
        .collect();
    payments.sort_by_key(|payment| std::cmp::Reverse(payment.when));
    Past(payments)
}

/// One conversation while it is being held.
struct Talk<'a> {
    assistant: &'a Assistant,
    history: Arc<dyn History>,
    state: State,
    now_ms: i64,
    said: Vec<String>,
    paid: Vec<String>,
    transcript: String,
}

/// Holds the conversation; the error shows it up to where it went wrong.
pub fn hold(assistant: &Assistant, file: &File, conversation: &Conversation) -> Result<(), String> {
    let history: Arc<dyn History> = Arc::new(past(file, &assistant.household));
    let state = State::new(conversation.lang, "kitchen");
    let (said, paid, transcript) = (Vec::new(), Vec::new(), String::new());
    let mut talk = Talk { assistant, history, state, now_ms: 1_000_000, said, paid, transcript };
    for turn in &conversation.turns {
        talk.turn(turn);
        if let Some(wrong) = talk.wrong(turn) {
            return Err(format!("{}    ! {wrong}", talk.transcript));
        }
    }
    if talk.paid != conversation.paid {
        return Err(format!("{}    ! paid {:?} instead of {:?}", talk.transcript, talk.paid, conversation.paid));
    }
    Ok(())
}

impl Talk<'_> {
    fn turn(&mut self, turn: &Turn) {
        self.now_ms += turn.after * 1000;
        self.said.clear();
        let before = self.paid.len();
        let _ = writeln!(self.transcript, "    > {}", turn.said);
        let input = if turn.said.is_empty() {
            Input::Silence
        } else {
            let expect = self.with_world(|talk, world| expectation(&talk.assistant.dialogs, &talk.state, world));
            let lang = self.state.lang();
            let meaning = self.assistant.understander.understand(&turn.said, lang, TODAY, &expect);
            let _ = writeln!(self.transcript, "      {}", serde_json::to_string(&meaning).unwrap());
            Input::Heard(meaning)
        };
        self.step(input);
        if self.paid.len() > before {
            let outcome = outcome(turn.outcome.as_deref().unwrap_or("succeeded"));
            self.step(Input::Outcome(outcome));
        }
    }

    fn with_world<T>(&self, see: impl FnOnce(&Self, &World) -> T) -> T {
        let world = World {
            now_ms: self.now_ms,
            now: TODAY.at(18, 0, 0, 0),
            household: &self.assistant.household,
            providers: &self.assistant.providers,
            history: &self.history,
        };
        see(self, &world)
    }

    fn step(&mut self, input: Input) {
        let (state, effects) =
            self.with_world(|talk, world| step(&talk.assistant.dialogs, talk.state.clone(), input, world));
        self.state = state;
        for effect in effects {
            match effect {
                Effect::Say(words) => {
                    let _ = writeln!(self.transcript, "    < {}", words.written);
                    self.said.push(words.written);
                }
                Effect::Pay(consent) => {
                    let p = consent.proposal();
                    self.paid.push(format!("{} to {} with {}", p.amount, p.payee, p.provider));
                }
                Effect::End => {}
            }
        }
    }

    /// What is not as it should be after this turn.
    fn wrong(&self, turn: &Turn) -> Option<String> {
        let (flow, awaiting) = (self.state.flow().unwrap_or("none"), self.state.awaiting().unwrap_or("none"));
        if let Some(wanted) = turn.flow.as_deref().filter(|wanted| *wanted != flow) {
            return Some(format!("flow is {flow} instead of {wanted}"));
        }
        if let Some(wanted) = turn.awaiting.as_deref().filter(|wanted| *wanted != awaiting) {
            return Some(format!("awaiting is {awaiting} instead of {wanted}"));
        }
        let slots = self.state.slots();
        if let Some((slot, wanted)) = turn.slots.iter().find(|(slot, wanted)| slots.get(*slot) != Some(*wanted)) {
            return Some(format!("{slot} is {:?} instead of {wanted}", slots.get(slot)));
        }
        let heard = self.said.join(" ");
        if let Some(part) = turn.hears.iter().find(|part| !heard.contains(part.as_str())) {
            return Some(format!("{part:?} was not said"));
        }
        let never = turn.never.iter().find(|part| heard.contains(part.as_str()));
        never.map(|part| format!("{part:?} was said"))
    }
}

fn outcome(name: &str) -> PaymentOutcome {
    let (name, reason) = name.split_once(' ').unwrap_or((name, "declined"));
    match name {
        "succeeded" => PaymentOutcome::Succeeded,
        "declined" => PaymentOutcome::Declined { code: serde_json::from_value(reason.into()).unwrap() },
        "pending" => PaymentOutcome::Pending,
        "action_required" => PaymentOutcome::ActionRequired { next: NextStep::App { name: "Stripe".into() } },
        "unknown" => PaymentOutcome::Unknown,
        other => panic!("there is no outcome `{other}`"),
    }
}
