//! A plugin in its worker, as a provider like any other.

use super::breaker::{BackOff, Breaker};
use super::calls::{Ending, Event};
use super::duty::Duty;
use super::error::PluginError;
use super::handshake::{Launch, hidden, secrets_in};
use super::worker::{SendError, Worker};
use async_trait::async_trait;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use sayso_plugin_interface::abi_v1::pipe::Order;
use sayso_plugin_interface::abi_v1::{Answer, Call, ToPlugin};
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, CheckRequest, CredentialsAnswer, EnrolOutcome, EnrolRequest, Host,
    HttpFailure, HttpRequest, HttpResponse, Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryEnrolmentRequest,
    QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedReceiver;

/// A plugin under one configured name. Its worker is started anew whenever the last one is gone.
pub struct WorkerProvider {
    duty: Duty,
    deadline: Duration,
    calls: AtomicU64,
    breaker: std::sync::Mutex<Breaker>,
    secrets: Arc<Vec<String>>,
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallFault {
    /// It certainly did not reach the plugin.
    #[error("not sent to the plugin: {0}")]
    NotSent(String),
    /// Nobody can tell what the plugin did with it.
    #[error("{0}")]
    Lost(String),
    /// The deadline has passed.
    #[error("the plugin has not answered after {0} s")]
    Overdue(f32),
}

impl CallFault {
    /// True if the plugin took too long, rather than ended or broke a rule.
    #[must_use]
    pub fn overdue(&self) -> bool {
        matches!(self, CallFault::Overdue(_))
    }
}

impl WorkerProvider {
    pub(super) async fn start(
        launch: Launch,
        configuration: &str,
        deadline: Duration,
        back_off: BackOff,
    ) -> Result<Self, PluginError> {
        let wrong = |detail: String| PluginError::Configuration { name: launch.name().to_owned(), detail };
        let configuration: serde_json::Value =
            serde_json::from_str(configuration).map_err(|error| wrong(error.to_string()))?;
        if !configuration.is_object() {
            return Err(wrong("it has to begin with `{`".into()));
        }
        let order = Order::Create { configuration };
        let (breaker, secrets) = (std::sync::Mutex::new(Breaker::new(back_off)), Arc::new(secrets_in(&order)));
        let duty = Duty::begin(launch, order).await?;
        Ok(WorkerProvider { duty, deadline, calls: AtomicU64::new(1), breaker, secrets })
    }

    /// The name that the configuration gives it, e.g. `stripe`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.duty.name()
    }

    /// The library, as an absolute path.
    #[must_use]
    pub fn library(&self) -> &Path {
        self.duty.library()
    }

    /// The process number of the worker, if one runs.
    pub async fn worker_pid(&self) -> Option<u32> {
        self.duty.pid().await
    }

    /// Ends the worker and waits until it is gone. Open calls are unknown; the next call starts a new worker.
    pub async fn stop(&self) {
        self.duty.stop().await;
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Asks the plugin one thing and serves what it needs through `host`, until it answers or the deadline has passed.
    /// After too many deaths in a row, nothing is asked for a while.
    pub async fn ask(&self, host: &dyn Host, call: Call) -> Result<Answer, CallFault> {
        if let Some(rest) = self.breaker().rest(Instant::now()) {
            let seconds = rest.as_secs_f32().ceil();
            return Err(CallFault::NotSent(format!(
                "the plugin failed too often in a row; it is tried again in {seconds} s"
            )));
        }
        let worker = match self.duty.worker().await {
            Ok(worker) => worker,
            Err(error) => {
                self.breaker().died(Instant::now());
                return Err(CallFault::NotSent(error.to_string()));
            }
        };
        let answered = self.ask_worker(&worker, host, call).await;
        match (&answered, worker.alive()) {
            (Ok(_), _) => self.breaker().answered(),
            // Calls that were open at once mourn one death, not one each.
            (Err(_), false) if worker.mourn() => self.breaker().died(Instant::now()),
            (Err(_), _) => {}
        }
        answered
    }

    async fn ask_worker(&self, worker: &Arc<Worker>, host: &dyn Host, call: Call) -> Result<Answer, CallFault> {
        let id = self.calls.fetch_add(1, Ordering::Relaxed);
        let events = worker.open(id, call.verb()).map_err(CallFault::NotSent)?;
        let mut conversation =
            Conversation { id, worker: Arc::clone(worker), events, secrets: Arc::clone(&self.secrets), waiting: 0 };
        let message = ToPlugin::Call { id, now_ms: host.now_ms(), call };
        let seconds = self.deadline.as_secs_f32();
        match tokio::time::timeout(self.deadline, conversation.hold(host, &message)).await {
            Ok(answered) => answered,
            Err(_) => {
                conversation.overdue();
                Err(CallFault::Overdue(seconds))
            }
        }
    }

    fn warn(&self, verb: &str, fault: &CallFault) -> String {
        let reason = match fault {
            CallFault::NotSent(reason) | CallFault::Lost(reason) => reason.clone(),
            CallFault::Overdue(_) => fault.to_string(),
        };
        tracing::warn!(target: "sayso::plugin", provider = self.name(), verb, "no answer: {reason}");
        reason
    }
}

/// One open call. Dropping it tells the plugin that nobody waits.
struct Conversation {
    id: u64,
    worker: Arc<Worker>,
    events: UnboundedReceiver<Event>,
    /// What the plugin was told and must not say.
    secrets: Arc<Vec<String>>,
    /// How many exchanges the plugin waits for.
    waiting: usize,
}

/// What a plugin asks of the host.
enum Ask {
    Http(HttpRequest),
    Random(u8),
}

impl Conversation {
    /// Sends the call and serves what the plugin asks for, until it answers.
    async fn hold(&mut self, host: &dyn Host, call: &ToPlugin) -> Result<Answer, CallFault> {
        match self.worker.send(call).await {
            Ok(()) => {}
            Err(SendError::TooLarge) => return Err(CallFault::NotSent("the request is too large".into())),
            Err(SendError::Closed) => return Err(CallFault::NotSent(self.worker.epitaph())),
        }
        let mut exchanges = FuturesUnordered::new();
        loop {
            self.waiting = exchanges.len();
            tokio::select! {
                event = self.events.recv() => match event {
                    Some(Event::Http { exchange, request }) => exchanges.push(serve(host, exchange, Ask::Http(request))),
                    Some(Event::Random { exchange, bytes }) => exchanges.push(serve(host, exchange, Ask::Random(bytes))),
                    Some(Event::Log(line)) => host.log(&hidden(&line, &self.secrets)),
                    Some(Event::Ended(Ending::Answer(answer))) => return Ok(answer),
                    Some(Event::Ended(Ending::Failed(reason))) => return Err(CallFault::Lost(reason)),
                    None => return Err(CallFault::Lost(self.worker.epitaph())),
                },
                Some((exchange, message)) = exchanges.next() => self.answer(host, exchange, &message).await?,
            }
        }
    }

    async fn answer(&self, host: &dyn Host, exchange: u64, message: &ToPlugin) -> Result<(), CallFault> {
        let sent = match self.worker.send(message).await {
            Err(SendError::TooLarge) => {
                let failure = HttpFailure::MaybeSent { reason: "the response is too large".into() };
                self.worker.send(&ToPlugin::NoResponse { exchange, now_ms: host.now_ms(), failure }).await
            }
            sent => sent,
        };
        sent.map_err(|_| CallFault::Lost(self.worker.epitaph()))
    }

    /// The deadline has passed. A plugin that waits for the host is not to blame; any other one hangs, or lost the call.
    fn overdue(&self) {
        if self.waiting == 0 || !self.worker.idle() {
            self.worker.kill("the plugin has not answered in time");
        }
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.worker.give_up(self.id);
    }
}

async fn serve(host: &dyn Host, exchange: u64, ask: Ask) -> (u64, ToPlugin) {
    let message = match ask {
        Ask::Http(request) => {
            let result = host.http(request).await;
            let now_ms = host.now_ms();
            match result {
                Ok(response) => ToPlugin::Response { exchange, now_ms, response },
                Err(failure) => ToPlugin::NoResponse { exchange, now_ms, failure },
            }
        }
        Ask::Random(bytes) => {
            let hex = host.random_hex(bytes.min(64)).await;
            ToPlugin::Random { exchange, now_ms: host.now_ms(), hex }
        }
    };
    (exchange, message)
}

/// A call whose loss leaves a payment in doubt: only [`PaymentProvider::pay`] may say that nothing was sent, since for the
/// other verbs that would be untrue of the payment that they are about.
impl WorkerProvider {
    async fn outcome(&self, host: &dyn Host, call: Call) -> Outcome {
        let verb = call.verb();
        match self.ask(host, call).await {
            Ok(Answer::Pay(outcome) | Answer::Advance(outcome) | Answer::Cancel(outcome)) => outcome,
            Ok(_) => Outcome::Unknown { reason: "an answer to another verb".into() },
            Err(fault @ CallFault::NotSent(_)) if verb == "pay" => Outcome::NotSent { reason: self.warn(verb, &fault) },
            Err(fault) => Outcome::Unknown { reason: self.warn(verb, &fault) },
        }
    }

    async fn refund_outcome(&self, host: &dyn Host, call: Call) -> RefundOutcome {
        let verb = call.verb();
        match self.ask(host, call).await {
            Ok(Answer::Refund(outcome) | Answer::QueryRefund(outcome)) => outcome,
            Ok(_) => RefundOutcome::Unknown { reason: "an answer to another verb".into() },
            Err(fault) => RefundOutcome::Unknown { reason: self.warn(verb, &fault) },
        }
    }

    async fn enrol_outcome(&self, host: &dyn Host, call: Call) -> EnrolOutcome {
        let verb = call.verb();
        if !self.duty.capabilities().enrolment {
            return EnrolOutcome::NotOffered;
        }
        match self.ask(host, call).await {
            Ok(Answer::Enrol(outcome) | Answer::QueryEnrolment(outcome)) => outcome,
            Ok(_) => EnrolOutcome::Unknown { reason: "an answer to another verb".into() },
            Err(fault) => EnrolOutcome::Unknown { reason: self.warn(verb, &fault) },
        }
    }
}

#[async_trait]
impl PaymentProvider for WorkerProvider {
    fn capabilities(&self) -> Capabilities {
        self.duty.capabilities().clone()
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        self.outcome(host, Call::Pay(request)).await
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        self.outcome(host, Call::Advance(request)).await
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.ask(host, Call::Query(request)).await {
            Ok(Answer::Query(answer)) => answer,
            Ok(_) => QueryAnswer::Unreachable { reason: "an answer to another verb".into() },
            Err(fault) => QueryAnswer::Unreachable { reason: self.warn("query", &fault) },
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        self.outcome(host, Call::Cancel(request)).await
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        self.refund_outcome(host, Call::Refund(request)).await
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        self.refund_outcome(host, Call::QueryRefund(request)).await
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        match self.ask(host, Call::VerifyWebhook(request)).await {
            Ok(Answer::VerifyWebhook(verdict)) => verdict,
            Ok(_) => WebhookVerdict::Refused { reason: "an answer to another verb".into() },
            Err(fault) => WebhookVerdict::Refused { reason: self.warn("verify_webhook", &fault) },
        }
    }

    async fn acknowledge_webhook(&self, host: &dyn Host, request: WebhookRequest) -> HttpResponse {
        match self.ask(host, Call::AcknowledgeWebhook(request)).await {
            Ok(Answer::AcknowledgeWebhook(response)) => response,
            other => {
                if let Err(fault) = other {
                    self.warn("acknowledge_webhook", &fault);
                }
                // The provider will send it again.
                HttpResponse { status: 503, headers: Vec::new(), body: String::new() }
            }
        }
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.enrol_outcome(host, Call::Enrol(request)).await
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        self.enrol_outcome(host, Call::QueryEnrolment(request)).await
    }

    async fn check_credentials(&self, host: &dyn Host, request: CheckRequest) -> CredentialsAnswer {
        match self.ask(host, Call::CheckCredentials(request)).await {
            Ok(Answer::CheckCredentials(answer)) => answer,
            Ok(_) => CredentialsAnswer::Unreachable { reason: "an answer to another verb".into() },
            Err(fault) => CredentialsAnswer::Unreachable { reason: self.warn("check_credentials", &fault) },
        }
    }
}
