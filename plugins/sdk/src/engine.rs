//! One instance of a provider as a function from a message to messages: a single-threaded executor that runs only
//! while a message is delivered.

use crate::desk::{CallHost, Desk, Reply};
use sayso_plugin_interface::PaymentProvider;
use sayso_plugin_interface::abi_v1::{Answer, Call, FromPlugin, ToPlugin};
use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A provider with the calls that are open on it.
pub struct Engine {
    provider: Arc<dyn PaymentProvider>,
    desk: Desk,
    calls: BTreeMap<u64, Running>,
}

struct Running {
    future: Pin<Box<dyn Future<Output = Answer> + Send>>,
    awake: Arc<Awake>,
}

/// Remembers that a future asked to be polled.
struct Awake(AtomicBool);

impl Wake for Awake {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Engine {
    /// An engine with no open calls.
    pub fn new(provider: impl PaymentProvider + 'static) -> Self {
        Engine { provider: Arc::new(provider), desk: Desk::default(), calls: BTreeMap::new() }
    }

    /// How many calls are open.
    #[must_use]
    pub fn open_calls(&self) -> usize {
        self.calls.len()
    }

    /// Takes one message as it came, and gives back what the plugin says until it has to wait.
    /// Bytes that are no message are refused, unless they name a call, which then fails alone.
    pub fn deliver_bytes(&mut self, bytes: &[u8]) -> Result<Vec<FromPlugin>, String> {
        match serde_json::from_slice::<ToPlugin>(bytes) {
            Ok(message) => Ok(self.deliver(message)),
            Err(wrong) => {
                // A verb of a later version still names its call.
                let named: NamedCall = serde_json::from_slice(bytes).map_err(|_| wrong.to_string())?;
                let NamedCall::Call { id } = named;
                Ok(vec![FromPlugin::Failed { id, reason: format!("the call was not understood: {wrong}") }])
            }
        }
    }

    /// Takes one message, and gives back what the plugin says until it has to wait.
    pub fn deliver(&mut self, message: ToPlugin) -> Vec<FromPlugin> {
        match message {
            ToPlugin::Call { id, now_ms, call } => {
                self.desk.set_now(now_ms);
                self.open(id, call);
            }
            ToPlugin::Response { exchange, now_ms, response } => {
                self.desk.set_now(now_ms);
                self.desk.answer(exchange, Reply::Http(Ok(response)));
            }
            ToPlugin::NoResponse { exchange, now_ms, failure } => {
                self.desk.set_now(now_ms);
                self.desk.answer(exchange, Reply::Http(Err(failure)));
            }
            ToPlugin::Random { exchange, now_ms, hex } => {
                self.desk.set_now(now_ms);
                self.desk.answer(exchange, Reply::Random(hex));
            }
            ToPlugin::Abandon { id } => self.close(id),
            ToPlugin::Unknown => {}
        }
        self.run();
        self.desk.take_outbox()
    }

    fn open(&mut self, id: u64, call: Call) {
        if self.calls.contains_key(&id) {
            self.desk.send(FromPlugin::Failed { id, reason: "the host used the number of a call twice".into() });
            return;
        }
        let (provider, host) = (Arc::clone(&self.provider), self.desk.host(id));
        let future = Box::pin(perform(provider, host, call));
        self.calls.insert(id, Running { future, awake: Arc::new(Awake(AtomicBool::new(true))) });
    }

    fn close(&mut self, id: u64) {
        if let Some(running) = self.calls.remove(&id) {
            // Dropping runs the provider's own code too.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(running)));
        }
    }

    /// Polls every call that is awake, until none is.
    fn run(&mut self) {
        while let Some(id) = self.calls.iter().find(|(_, call)| call.awake.0.load(Ordering::SeqCst)).map(|(id, _)| *id)
        {
            let Some(running) = self.calls.get_mut(&id) else { return };
            running.awake.0.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(&running.awake));
            let polled =
                catch_unwind(AssertUnwindSafe(|| running.future.as_mut().poll(&mut Context::from_waker(&waker))));
            let ending = match polled {
                Ok(Poll::Pending) => continue,
                Ok(Poll::Ready(answer)) => FromPlugin::Return { id, answer },
                Err(panic) => FromPlugin::Failed { id, reason: format!("panicked: {}", panic_text(panic.as_ref())) },
            };
            self.close(id);
            self.desk.send(ending);
        }
    }
}

/// The least of a call that has to be understood to answer it.
#[derive(serde::Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum NamedCall {
    Call { id: u64 },
}

async fn perform(provider: Arc<dyn PaymentProvider>, host: CallHost, call: Call) -> Answer {
    match call {
        Call::Pay(request) => Answer::Pay(provider.pay(&host, request).await),
        Call::Advance(request) => Answer::Advance(provider.advance(&host, request).await),
        Call::Query(request) => Answer::Query(provider.query(&host, request).await),
        Call::Cancel(request) => Answer::Cancel(provider.cancel(&host, request).await),
        Call::Refund(request) => Answer::Refund(provider.refund(&host, request).await),
        Call::QueryRefund(request) => Answer::QueryRefund(provider.query_refund(&host, request).await),
        Call::VerifyWebhook(request) => Answer::VerifyWebhook(provider.verify_webhook(&host, request).await),
        Call::AcknowledgeWebhook(request) => {
            Answer::AcknowledgeWebhook(provider.acknowledge_webhook(&host, request).await)
        }
        Call::Enrol(request) => Answer::Enrol(provider.enrol(&host, request).await),
        Call::QueryEnrolment(request) => Answer::QueryEnrolment(provider.query_enrolment(&host, request).await),
        Call::CheckCredentials(request) => Answer::CheckCredentials(provider.check_credentials(&host, request).await),
    }
}

/// What a panic said, where it said it as text.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fussy, http_of, pay_request};
    use sayso_plugin_interface::{HttpFailure, HttpResponse, Outcome};

    fn call(id: u64, purpose: &str) -> ToPlugin {
        ToPlugin::Call { id, now_ms: 1_000, call: Call::Pay(pay_request(purpose)) }
    }

    fn response(exchange: u64, status: u16) -> ToPlugin {
        let response = HttpResponse { status, headers: Vec::new(), body: String::new() };
        ToPlugin::Response { exchange, now_ms: 2_000, response }
    }

    #[test]
    fn a_call_waits_for_its_exchange_and_then_returns() {
        let mut engine = Engine::new(Fussy);
        let asked = engine.deliver(call(1, "one exchange"));
        assert_eq!(http_of(&asked), vec![(1, 1)]);
        assert_eq!(engine.open_calls(), 1);
        let said = engine.deliver(response(1, 204));
        let wanted = Outcome::Unknown { reason: "204 at 2000".into() };
        assert_eq!(said, vec![FromPlugin::Return { id: 1, answer: Answer::Pay(wanted) }]);
        assert_eq!(engine.open_calls(), 0);
    }

    #[test]
    fn calls_interleave_and_answers_find_their_own() {
        let mut engine = Engine::new(Fussy);
        assert_eq!(http_of(&engine.deliver(call(1, "one exchange"))), vec![(1, 1)]);
        assert_eq!(http_of(&engine.deliver(call(2, "one exchange"))), vec![(2, 2)]);
        assert!(matches!(engine.deliver(response(2, 202))[..], [FromPlugin::Return { id: 2, .. }]));
        assert!(matches!(engine.deliver(response(1, 201))[..], [FromPlugin::Return { id: 1, .. }]));
    }

    #[test]
    fn a_panic_fails_its_own_call_only() {
        let mut engine = Engine::new(Fussy);
        engine.deliver(call(1, "one exchange"));
        let said = engine.deliver(call(2, "panic"));
        assert_eq!(said, vec![FromPlugin::Failed { id: 2, reason: "panicked: at the practice bank".into() }]);
        assert!(matches!(engine.deliver(response(1, 200))[..], [FromPlugin::Return { id: 1, .. }]));
    }

    #[test]
    fn a_panic_after_an_exchange_is_caught_too() {
        let mut engine = Engine::new(Fussy);
        engine.deliver(call(1, "panic later"));
        let failure = HttpFailure::MaybeSent { reason: "lost".into() };
        let said = engine.deliver(ToPlugin::NoResponse { exchange: 1, now_ms: 0, failure });
        assert!(matches!(said[..], [FromPlugin::Failed { id: 1, .. }]), "{said:?}");
        assert_eq!(engine.open_calls(), 0);
    }

    #[test]
    fn an_abandoned_call_says_nothing_more() {
        let mut engine = Engine::new(Fussy);
        engine.deliver(call(1, "one exchange"));
        assert_eq!(engine.deliver(ToPlugin::Abandon { id: 1 }), vec![]);
        assert_eq!(engine.open_calls(), 0);
        assert_eq!(engine.deliver(response(1, 200)), vec![]);
    }

    #[test]
    fn a_call_of_a_later_version_fails_alone_and_garbage_is_refused() {
        let mut engine = Engine::new(Fussy);
        let later = br#"{"type":"call","id":9,"now_ms":1,"verb":"donate","request":{}}"#;
        let said = engine.deliver_bytes(later).unwrap();
        assert!(matches!(said[..], [FromPlugin::Failed { id: 9, .. }]), "{said:?}");
        assert_eq!(engine.deliver_bytes(br#"{"type":"dance"}"#), Ok(vec![]));
        assert!(engine.deliver_bytes(b"garbage").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_upset_it(bytes: Vec<u8>, half in 0..400_usize) {
            let mut engine = Engine::new(Fussy);
            let _ = engine.deliver_bytes(&bytes);
            let whole = serde_json::to_vec(&call(1, "one exchange")).unwrap();
            let _ = engine.deliver_bytes(&whole[..half.min(whole.len())]);
            assert_eq!(http_of(&engine.deliver(call(7, "one exchange"))).len(), 1);
        }
    }

    #[test]
    fn a_number_used_twice_fails_the_second_time() {
        let mut engine = Engine::new(Fussy);
        engine.deliver(call(1, "one exchange"));
        assert!(matches!(engine.deliver(call(1, "one exchange"))[..], [FromPlugin::Failed { id: 1, .. }]));
    }

    #[test]
    fn several_exchanges_may_be_open_at_once() {
        let mut engine = Engine::new(Fussy);
        assert_eq!(http_of(&engine.deliver(call(1, "two at once"))), vec![(1, 1), (1, 2)]);
        assert_eq!(engine.deliver(response(2, 200)), vec![]);
        assert!(matches!(engine.deliver(response(1, 200))[..], [FromPlugin::Return { id: 1, .. }]));
    }
}
