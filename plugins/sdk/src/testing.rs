//! A provider on stage: its messages are played against a scripted bank, without a process or a network.
//!
//! ```ignore
//! let shown = rehearse(MyBank::create("{...}")?, Call::Pay(request), vec![reply(200, r#"{"status":"succeeded"}"#)]);
//! assert_eq!(shown.ending, Ending::Answer(Answer::Pay(...)));
//! assert_eq!(shown.requests[0].method, "POST");
//! ```

use crate::engine::Engine;
use sayso_plugin_interface::abi_v1::{Answer, Call, FromPlugin, ToPlugin};
use sayso_plugin_interface::{HttpFailure, HttpRequest, HttpResponse, PaymentProvider};
use std::collections::VecDeque;

/// The clock on stage: 2025-11-24, as Unix milliseconds.
pub const NOW_MS: i64 = 1_764_000_000_000;

/// What the scripted bank does with one request.
pub type Scripted = Result<HttpResponse, HttpFailure>;

/// A response with this status and body.
pub fn reply(status: u16, body: &str) -> Scripted {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(HttpResponse { status, headers, body: body.to_owned() })
}

/// No response, and nobody knows whether the request arrived.
pub fn lost(reason: &str) -> Scripted {
    Err(HttpFailure::MaybeSent { reason: reason.to_owned() })
}

/// No response, and certainly nothing was sent.
pub fn not_sent(reason: &str) -> Scripted {
    Err(HttpFailure::NotSent { reason: reason.to_owned() })
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The provider answered.
    Answer(Answer),
    /// The call failed, and the host would take it as unknown.
    Failed(String),
    /// The provider waits for something that will never come.
    Stuck,
}

/// All that happened on stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// How the call ended.
    pub ending: Ending,
    /// What the provider sent, in order.
    pub requests: Vec<HttpRequest>,
    /// What it logged.
    pub log: Vec<String>,
}

/// Plays one call. The bank's replies are used up in order; when there are no more, what is sent is lost.
#[must_use]
pub fn rehearse(provider: impl PaymentProvider + 'static, call: Call, replies: Vec<Scripted>) -> Rehearsal {
    let mut replies = VecDeque::from(replies);
    rehearse_with(provider, call, |_| replies.pop_front().unwrap_or_else(|| lost("the script is over")))
}

/// Plays one call against a bank that is a function.
#[must_use]
pub fn rehearse_with(
    provider: impl PaymentProvider + 'static,
    call: Call,
    mut bank: impl FnMut(&HttpRequest) -> Scripted,
) -> Rehearsal {
    let mut engine = Engine::new(provider);
    let mut shown = Rehearsal { ending: Ending::Stuck, requests: Vec::new(), log: Vec::new() };
    let mut inbox = VecDeque::from([ToPlugin::Call { id: 1, now_ms: NOW_MS, call }]);
    while let Some(message) = inbox.pop_front() {
        for said in engine.deliver(message) {
            match said {
                FromPlugin::Http { exchange, request, .. } => {
                    inbox.push_back(answer(exchange, bank(&request)));
                    shown.requests.push(request);
                }
                FromPlugin::Random { exchange, bytes, .. } => {
                    let hex = "5a".repeat(usize::from(bytes));
                    inbox.push_back(ToPlugin::Random { exchange, now_ms: NOW_MS, hex });
                }
                FromPlugin::Log { line, .. } => shown.log.push(line),
                FromPlugin::Return { answer, .. } => shown.ending = Ending::Answer(answer),
                FromPlugin::Failed { reason, .. } => shown.ending = Ending::Failed(reason),
                _ => {}
            }
        }
    }
    shown
}

fn answer(exchange: u64, scripted: Scripted) -> ToPlugin {
    match scripted {
        Ok(response) => ToPlugin::Response { exchange, now_ms: NOW_MS, response },
        Err(failure) => ToPlugin::NoResponse { exchange, now_ms: NOW_MS, failure },
    }
}

#[cfg(test)]
pub(crate) use fussy::{Fussy, http_of, pay_request};

#[cfg(test)]
mod fussy {
    //! A provider for this crate's own tests that does what the purpose of a payment tells it.

    use crate::plugin::Plugin;
    use crate::{
        AdvanceRequest, CancelRequest, Capabilities, Currency, Host, HttpRequest, HttpResponse, Money, Outcome,
        PayRequest, PaymentProvider, QueryAnswer, QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest,
    };
    use sayso_plugin_interface::abi_v1::FromPlugin;
    use sayso_plugin_interface::outcome::WebhookVerdict;
    use sayso_plugin_interface::request::{Payee, WebhookRequest};
    use std::future::Future;
    use std::pin::pin;
    use std::task::Poll;

    pub(crate) struct Fussy;

    pub(crate) fn pay_request(purpose: &str) -> PayRequest {
        PayRequest {
            reference: "r1".into(),
            idempotency_key: "k1".into(),
            amount: Money::new(4250, Currency::USD),
            payee: Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() },
            purpose: purpose.into(),
            authorize_only: false,
            instrument: None,
        }
    }

    /// Call and exchange of every HTTP request among the messages.
    pub(crate) fn http_of(messages: &[FromPlugin]) -> Vec<(u64, u64)> {
        let http = messages.iter().filter_map(|message| match message {
            FromPlugin::Http { call, exchange, .. } => Some((*call, *exchange)),
            _ => None,
        });
        http.collect()
    }

    fn get() -> HttpRequest {
        let (method, url) = ("GET".to_owned(), "http://127.0.0.1/".to_owned());
        HttpRequest { method, url, headers: Vec::new(), body: String::new(), idempotent: true }
    }

    fn unknown(reason: String) -> Outcome {
        Outcome::Unknown { reason }
    }

    impl Plugin for Fussy {
        fn describe() -> Capabilities {
            Fussy.capabilities()
        }
        fn create(configuration: &str) -> Result<Self, String> {
            match configuration {
                "17" => panic!("seventeen"),
                "{}" => Ok(Fussy),
                _ => Err("an object is needed".into()),
            }
        }
    }

    #[crate::async_trait]
    impl PaymentProvider for Fussy {
        fn capabilities(&self) -> Capabilities {
            Capabilities {
                name: "fussy".into(),
                version: "0".into(),
                practice: true,
                currencies: Vec::new(),
                limits: Vec::new(),
                off_session: true,
                authorize_and_capture: false,
                partial_refund: false,
                query_by_reference: false,
                idempotency_key_life_ms: None,
                reference_length_max: 64,
                hosts: Vec::new(),
                secrets: Vec::new(),
                secrets_inside: Vec::new(),
                handoff: Vec::new(),
                enrolment: false,
                hours: None,
            }
        }

        async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
            match request.purpose.as_str() {
                "panic" => panic!("at the practice bank"),
                "panic later" => panic!("{:?}", host.http(get()).await),
                "two at once" => {
                    let (mut first, mut second) = (pin!(host.http(get())), pin!(host.http(get())));
                    let (mut one, mut two) = (None, None);
                    std::future::poll_fn(|context| {
                        if one.is_none() {
                            one = ready(first.as_mut().poll(context));
                        }
                        if two.is_none() {
                            two = ready(second.as_mut().poll(context));
                        }
                        if one.is_some() && two.is_some() { Poll::Ready(()) } else { Poll::Pending }
                    })
                    .await;
                    unknown(format!("{one:?} {two:?}"))
                }
                "random" => unknown(host.random_hex(200).await),
                _ => {
                    host.log("asking");
                    let status = host.http(get()).await.map(|response| response.status);
                    unknown(format!("{} at {}", status.unwrap_or(0), host.now_ms()))
                }
            }
        }
        async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
            unknown(String::new())
        }
        async fn query(&self, _: &dyn Host, _: QueryRequest) -> QueryAnswer {
            QueryAnswer::NotFound
        }
        async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
            unknown(String::new())
        }
        async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
            RefundOutcome::NotFound
        }
        async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
            RefundOutcome::NotFound
        }
        async fn verify_webhook(&self, _: &dyn Host, _: WebhookRequest) -> WebhookVerdict {
            WebhookVerdict::Refused { reason: String::new() }
        }
        async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
            HttpResponse { status: 204, headers: Vec::new(), body: String::new() }
        }
    }

    fn ready<T>(poll: Poll<T>) -> Option<T> {
        match poll {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    fn ending(purpose: &str, replies: Vec<Scripted>) -> Ending {
        rehearse(Fussy, Call::Pay(pay_request(purpose)), replies).ending
    }

    fn unknown(reason: &str) -> Ending {
        Ending::Answer(Answer::Pay(Outcome::Unknown { reason: reason.into() }))
    }

    #[test]
    fn plays_exchanges_randomness_and_the_log() {
        let shown = rehearse(Fussy, Call::Pay(pay_request("one exchange")), vec![reply(201, "")]);
        assert_eq!(shown.ending, unknown(&format!("201 at {NOW_MS}")));
        assert_eq!((shown.requests.len(), shown.log), (1, vec!["asking".to_owned()]));
        assert_eq!(ending("random", vec![]), unknown(&"5a".repeat(64)));
    }

    #[test]
    fn a_script_that_is_over_loses_what_is_sent() {
        assert_eq!(ending("one exchange", vec![]), unknown(&format!("0 at {NOW_MS}")));
        assert_eq!(ending("panic", vec![]), Ending::Failed("panicked: at the practice bank".into()));
    }
}
