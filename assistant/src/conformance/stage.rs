//! The provider that the kit plays: it answers what a script says, and remembers what it was asked.

use super::fixture::{Exchange, Fails};
use super::laws::Seen;
use super::pattern::unlike;
use async_trait::async_trait;
use sayso_plugin_interface::{Host, HttpFailure, HttpRequest, HttpResponse};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the provider does with one request.
pub(super) type Reply = Result<HttpResponse, HttpFailure>;

/// The most of a body that is kept for a finding, in characters.
const SHOWN_MAX: usize = 400;

/// The replies for one call, in order, each for a request of its kind.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// Each with its reply.
    pub exchanges: Vec<(Exchange, Reply)>,
    /// For every request that none of them expects.
    pub otherwise: Reply,
}

impl Script {
    /// What was recorded, as it was recorded. The exchanges must be filled in.
    pub(super) fn recorded(exchanges: &[Exchange]) -> Script {
        let each = exchanges.iter().map(|exchange| (exchange.clone(), reply(exchange)));
        Script { exchanges: each.collect(), otherwise: lost("nothing like this was recorded") }
    }

    /// The same, but one exchange is answered otherwise.
    pub(super) fn with(mut self, at: usize, reply: Reply) -> Script {
        if let Some(place) = self.exchanges.get_mut(at) {
            place.1 = reply;
        }
        self
    }

    /// The same answer to whatever is asked.
    pub(super) fn always(reply: Reply) -> Script {
        Script { exchanges: Vec::new(), otherwise: reply }
    }
}

/// The reply of a filled exchange.
pub(super) fn reply(exchange: &Exchange) -> Reply {
    match (&exchange.response, exchange.fails) {
        (Some(recorded), _) => {
            let headers = recorded.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
            let body = recorded.body.as_str().unwrap_or_default().to_owned();
            Ok(HttpResponse { status: recorded.status, headers: headers.collect(), body })
        }
        (None, Some(Fails::NotSent)) => Err(HttpFailure::NotSent { reason: "connection refused".into() }),
        (None, _) => lost("timed out"),
    }
}

/// No reply, and nobody knows whether the request arrived.
pub(super) fn lost(reason: &str) -> Reply {
    Err(HttpFailure::MaybeSent { reason: reason.to_owned() })
}

/// A reply of this status and body.
pub(super) fn answer(status: u16, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(HttpResponse { status, headers, body: body.to_owned() })
}

/// All that a call did.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    /// Its exchanges.
    pub seen: Vec<Seen>,
    /// What it logged.
    pub log: Vec<String>,
    /// Requests that are like none that was recorded, each with why.
    pub unexpected: Vec<String>,
}

struct Board {
    script: Script,
    records: Records,
}

/// A host that plays a script.
pub(super) struct Stage {
    now_ms: i64,
    board: Mutex<Board>,
}

impl Stage {
    pub(super) fn new(now_ms: i64, script: Script) -> Stage {
        Stage { now_ms, board: Mutex::new(Board { script, records: Records::default() }) }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has happened; to be called when the call is over.
    pub(super) fn into_records(self) -> Records {
        self.board.into_inner().unwrap_or_else(PoisonError::into_inner).records
    }
}

#[async_trait]
impl Host for Stage {
    async fn http(&self, request: HttpRequest) -> Reply {
        let mut board = self.board();
        let found =
            board.script.exchanges.iter().position(|(expected, _)| unlike(&expected.request, &request).is_none());
        let reply = match found {
            Some(at) => board.script.exchanges.remove(at).1,
            None => {
                let why = match board.script.exchanges.first() {
                    Some((expected, _)) => unlike(&expected.request, &request).unwrap_or_default(),
                    None => format!("{} {} is one request more than was recorded", request.method, request.url),
                };
                board.records.unexpected.push(why);
                board.script.otherwise.clone()
            }
        };
        board.records.seen.push(Seen { request, reply: shown(&reply) });
        reply
    }

    fn now_ms(&self) -> i64 {
        self.now_ms
    }

    async fn random_hex(&self, bytes: u8) -> String {
        "5a".repeat(usize::from(bytes.min(64)))
    }

    fn log(&self, line: &str) {
        self.board().records.log.push(line.to_owned());
    }
}

/// A reply for a finding, with no more of its body than can be read.
fn shown(reply: &Reply) -> Value {
    match reply {
        Ok(response) => {
            let mut body: String = response.body.chars().take(SHOWN_MAX).collect();
            if body.len() < response.body.len() {
                body.push_str(&format!("… ({} bytes)", response.body.len()));
            }
            json!({ "status": response.status, "headers": response.headers, "body": body })
        }
        Err(failure) => json!(failure),
    }
}
