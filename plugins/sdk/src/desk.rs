//! The `Host` inside a plugin: what a provider asks for is put on a desk, from where the engine sends it; the answer
//! is put back there and wakes whoever waits.

use async_trait::async_trait;
use sayso_plugin_interface::abi_v1::FromPlugin;
use sayso_plugin_interface::{Host, HttpFailure, HttpRequest, HttpResponse};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// An answer of the host to one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To an HTTP request.
    Http(Result<HttpResponse, HttpFailure>),
    /// To a request for random bytes.
    Random(String),
}

/// Where the calls of one instance leave what they ask for and find what came back.
#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<Papers>>);

#[derive(Default)]
struct Papers {
    now_ms: i64,
    exchanges: u64,
    outbox: Vec<FromPlugin>,
    waiting: BTreeMap<u64, Slot>,
}

#[derive(Default)]
struct Slot {
    reply: Option<Reply>,
    waker: Option<Waker>,
}

impl Desk {
    fn papers(&self) -> MutexGuard<'_, Papers> {
        // A panic while the lock is held cannot leave the papers half written: each change is one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the clock that [`Host::now_ms`] tells until the next message.
    pub fn set_now(&self, now_ms: i64) {
        self.papers().now_ms = now_ms;
    }

    /// Lays down an answer and wakes who waits for it. An answer that nobody waits for is dropped.
    pub fn answer(&self, exchange: u64, reply: Reply) {
        let waker = self.papers().waiting.get_mut(&exchange).and_then(|slot| {
            slot.reply = Some(reply);
            slot.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Puts a message among those to be sent.
    pub fn send(&self, message: FromPlugin) {
        self.papers().outbox.push(message);
    }

    /// Takes all that is to be sent, in order.
    #[must_use]
    pub fn take_outbox(&self) -> Vec<FromPlugin> {
        std::mem::take(&mut self.papers().outbox)
    }

    /// The `Host` for one call.
    #[must_use]
    pub fn host(&self, call: u64) -> CallHost {
        CallHost { call, desk: self.clone() }
    }

    /// Sends what `ask` makes of a new exchange number, and waits for the answer to it.
    fn ask(&self, ask: impl FnOnce(u64) -> FromPlugin) -> Waiting {
        let mut papers = self.papers();
        papers.exchanges += 1;
        let exchange = papers.exchanges;
        papers.waiting.insert(exchange, Slot::default());
        papers.outbox.push(ask(exchange));
        Waiting { exchange, desk: self.clone() }
    }
}

/// A future that is ready when its exchange has been answered.
struct Waiting {
    exchange: u64,
    desk: Desk,
}

impl Future for Waiting {
    type Output = Reply;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply> {
        let mut papers = self.desk.papers();
        let slot = papers.waiting.entry(self.exchange).or_default();
        match slot.reply.take() {
            Some(reply) => Poll::Ready(reply),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.desk.papers().waiting.remove(&self.exchange);
    }
}

/// The host as one call sees it.
pub struct CallHost {
    call: u64,
    desk: Desk,
}

#[async_trait]
impl Host for CallHost {
    async fn http(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let call = self.call;
        match self.desk.ask(|exchange| FromPlugin::Http { call, exchange, request }).await {
            Reply::Http(result) => result,
            Reply::Random(_) => Err(HttpFailure::MaybeSent { reason: "the host answered another question".into() }),
        }
    }

    fn now_ms(&self) -> i64 {
        self.desk.papers().now_ms
    }

    async fn random_hex(&self, bytes: u8) -> String {
        let call = self.call;
        match self.desk.ask(|exchange| FromPlugin::Random { call, exchange, bytes: bytes.min(64) }).await {
            Reply::Random(hex) => hex,
            Reply::Http(_) => String::new(),
        }
    }

    fn log(&self, line: &str) {
        self.desk.send(FromPlugin::Log { call: self.call, line: line.to_owned() });
    }
}
