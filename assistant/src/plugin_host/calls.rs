//! The calls that are open on one worker, and the rules that its messages have to keep. A table without I/O.

use sayso_plugin_interface::HttpRequest;
use sayso_plugin_interface::abi_v1::pipe::Report;
use sayso_plugin_interface::abi_v1::{Answer, EXCHANGES_MAX, FromPlugin, OK};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The most messages that a plugin may emit while it is handed one.
const MESSAGES_MAX: usize = 1_000;
/// The most calls to remember that nobody waits for.
const ABANDONED_MAX: usize = 1_000;

/// What happens to an open call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The plugin asks for an HTTP exchange.
    Http { exchange: u64, request: HttpRequest },
    /// The plugin asks for random bytes.
    Random { exchange: u64, bytes: u8 },
    /// The plugin has something for the log.
    Log(String),
    /// The call is over.
    Ended(Ending),
}

/// How a call is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The plugin answered.
    Answer(Answer),
    /// The plugin does not know.
    Failed(String),
}

struct Open {
    verb: &'static str,
    inbox: UnboundedSender<Event>,
    exchanges: usize,
    ending: Option<Ending>,
}

/// The open calls of one worker.
#[derive(Default)]
pub(super) struct Calls {
    open: BTreeMap<u64, Open>,
    abandoned: BTreeSet<u64>,
    handed: u64,
    delivered: u64,
    said: usize,
    dead: Option<String>,
}

impl Calls {
    /// Opens a call; refused with the reason if the worker is dead.
    pub(super) fn open(&mut self, id: u64, verb: &'static str) -> Result<UnboundedReceiver<Event>, String> {
        if let Some(reason) = &self.dead {
            return Err(reason.clone());
        }
        let (inbox, events) = unbounded_channel();
        self.open.insert(id, Open { verb, inbox, exchanges: 0, ending: None });
        Ok(events)
    }

    /// A frame goes to the worker.
    pub(super) fn handed(&mut self) {
        self.handed += 1;
    }

    /// True if the plugin has returned from everything that it was handed.
    pub(super) fn idle(&self) -> bool {
        self.handed == self.delivered
    }

    /// Why the worker is dead, if it is.
    pub(super) fn dead(&self) -> Option<&str> {
        self.dead.as_deref()
    }

    /// The worker is dead: every open call ends without an answer. The first reason stays.
    pub(super) fn die(&mut self, reason: &str) {
        self.dead.get_or_insert_with(|| reason.to_owned());
        self.open.clear();
    }

    /// Nobody waits for this call any longer; true if it was open.
    pub(super) fn give_up(&mut self, id: u64) -> bool {
        let was_open = self.open.remove(&id).is_some();
        if was_open {
            self.abandoned.insert(id);
            if self.abandoned.len() > ABANDONED_MAX {
                self.abandoned.pop_first();
            }
        }
        was_open
    }

    /// Takes what came from the worker. An error is a broken rule, for which the worker has to die.
    pub(super) fn take(&mut self, report: Report) -> Result<(), String> {
        match report {
            Report::Delivered { code } => self.delivered(code),
            Report::Broken { reason } => Err(reason),
            Report::Loaded { .. } | Report::NotLoaded { .. } => Err("it loaded its library twice".into()),
            Report::Plugin(message) => {
                self.said += 1;
                if self.said > MESSAGES_MAX {
                    return Err(format!("it said more than {MESSAGES_MAX} things in one turn"));
                }
                self.said_by_plugin(message)
            }
        }
    }

    fn said_by_plugin(&mut self, message: FromPlugin) -> Result<(), String> {
        match message {
            FromPlugin::Http { call, exchange, request } => self.ask(call, Event::Http { exchange, request }),
            FromPlugin::Random { call, exchange, bytes } => self.ask(call, Event::Random { exchange, bytes }),
            FromPlugin::Log { call, line } => {
                if let Some(open) = self.open.get(&call) {
                    let _ = open.inbox.send(Event::Log(line));
                }
                Ok(())
            }
            FromPlugin::Return { id, answer } => self.end(id, Ending::Answer(answer)),
            FromPlugin::Failed { id, reason } => self.end(id, Ending::Failed(reason)),
            FromPlugin::Description { .. } | FromPlugin::Ready { .. } | FromPlugin::Refused { .. } => {
                Err("it said again what it says at its start".into())
            }
            FromPlugin::Unknown => Ok(()),
        }
    }

    fn ask(&mut self, call: u64, event: Event) -> Result<(), String> {
        if self.abandoned.contains(&call) {
            return Ok(());
        }
        let open = self.open.get_mut(&call).filter(|open| open.ending.is_none());
        let open =
            open.ok_or_else(|| format!("it asked for something in the name of call {call}, which is not open"))?;
        open.exchanges += 1;
        if open.exchanges > EXCHANGES_MAX {
            return Err(format!("it asked for more than {EXCHANGES_MAX} exchanges in one call"));
        }
        let _ = open.inbox.send(event);
        Ok(())
    }

    fn end(&mut self, id: u64, ending: Ending) -> Result<(), String> {
        if self.abandoned.remove(&id) {
            return Ok(());
        }
        let open = self.open.get_mut(&id).ok_or_else(|| format!("it answered call {id}, which is not open"))?;
        if open.ending.is_some() {
            return Err(format!("it answered call {id} twice"));
        }
        if let Ending::Answer(answer) = &ending
            && answer.verb() != open.verb
        {
            return Err(format!("it answered `{}` with an answer to `{}`", open.verb, answer.verb()));
        }
        open.ending = Some(ending);
        Ok(())
    }

    /// The plugin returned from one frame: what it answered until then counts.
    fn delivered(&mut self, code: i32) -> Result<(), String> {
        if self.delivered == self.handed {
            return Err("it reported more turns than it was given".into());
        }
        if code != OK {
            return Err(format!("its `deliver` returned {code}"));
        }
        self.delivered += 1;
        self.said = 0;
        let over: Vec<u64> = self.open.iter().filter(|(_, open)| open.ending.is_some()).map(|(id, _)| *id).collect();
        for open in over.iter().filter_map(|id| self.open.remove(id)) {
            if let Some(ending) = open.ending {
                let _ = open.inbox.send(Event::Ended(ending));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::Outcome;
    use sayso_plugin_interface::abi_v1::pipe::Confinement;

    fn answer(id: u64) -> Report {
        let answer = Answer::Pay(Outcome::Unknown { reason: "r".into() });
        Report::Plugin(FromPlugin::Return { id, answer })
    }

    fn ask(call: u64) -> Report {
        Report::Plugin(FromPlugin::Random { call, exchange: 1, bytes: 1 })
    }

    /// One open call with the id 1, and a frame on its way.
    fn calls() -> (Calls, UnboundedReceiver<Event>) {
        let mut calls = Calls::default();
        let events = calls.open(1, "pay").unwrap();
        calls.handed();
        (calls, events)
    }

    #[test]
    fn an_answer_counts_when_the_turn_is_over() {
        let (mut calls, mut events) = calls();
        calls.take(answer(1)).unwrap();
        assert!(events.try_recv().is_err());
        assert!(!calls.idle());
        calls.take(Report::Delivered { code: OK }).unwrap();
        assert!(matches!(events.try_recv(), Ok(Event::Ended(Ending::Answer(_)))));
        assert!(calls.idle());
    }

    #[test]
    fn broken_rules_are_named() {
        let broken: [(&[Report], &str); 8] = [
            (&[answer(2)], "not open"),
            (&[answer(1), answer(1)], "twice"),
            (&[answer(1), Report::Delivered { code: OK }, answer(1)], "not open"),
            (&[ask(2)], "not open"),
            (&[answer(1), ask(1)], "not open"),
            (&[Report::Delivered { code: 3 }], "returned 3"),
            (&[Report::Delivered { code: OK }, Report::Delivered { code: OK }], "more turns"),
            (&[Report::Loaded { major: 1, minor: 0, confinement: Confinement::default() }], "twice"),
        ];
        for (reports, reason) in broken {
            let (mut calls, _events) = calls();
            let ended = reports.iter().cloned().try_for_each(|report| calls.take(report));
            assert!(ended.as_ref().is_err_and(|said| said.contains(reason)), "{reports:?}: {ended:?}");
        }
    }

    #[test]
    fn an_answer_to_another_verb_is_none() {
        let mut calls = Calls::default();
        let _events = calls.open(1, "query").unwrap();
        assert!(calls.take(answer(1)).is_err());
    }

    #[test]
    fn floods_end() {
        let (mut calls, _events) = calls();
        let unknown = || Report::Plugin(FromPlugin::Unknown);
        assert!((0..MESSAGES_MAX).all(|_| calls.take(unknown()).is_ok()));
        assert!(calls.take(unknown()).is_err());
        let (mut calls, _events) = self::calls();
        assert!((0..EXCHANGES_MAX).all(|_| calls.take(ask(1)).is_ok()));
        assert!(calls.take(ask(1)).is_err());
    }

    #[test]
    fn what_an_abandoned_call_still_says_is_ignored() {
        let (mut calls, _events) = calls();
        assert!(calls.give_up(1));
        assert!(!calls.give_up(1));
        assert_eq!((calls.take(ask(1)), calls.take(answer(1))), (Ok(()), Ok(())));
        assert!(calls.take(answer(1)).is_err());
    }

    #[test]
    fn death_ends_every_call_and_keeps_its_first_reason() {
        let (mut calls, mut events) = calls();
        calls.die("first");
        calls.die("second");
        assert_eq!(calls.open(2, "pay").unwrap_err(), "first");
        assert!(matches!(events.try_recv(), Err(tokio::sync::mpsc::error::TryRecvError::Disconnected)));
    }
}
