//! The verbs: what to ask of Stripe, and what its answers mean.

use crate::amounts::{currencies, from_wire, to_wire};
use crate::client::{Found, Stripe, problem, refused};
use crate::handoff::too_late;
use crate::sale::{Refused, Sale};
use crate::settings::{BASE_URL, Settings};
use crate::tables::{CODES, Stands};
use crate::webhook;
use crate::wire::{Intent, Metadata, REFERENCE, REFUND, Refund, Session};
use sayso_plugin_sdk::form::{Form, path_part};
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

/// How long a key is good: Stripe may forget it after 24 hours, and would then pay anew. One hour is for clocks.
const KEY_LIFE_MS: u64 = 23 * 60 * 60 * 1000;

fn capabilities(practice: bool, host: &str) -> Capabilities {
    Capabilities {
        practice,
        currencies: currencies(),
        off_session: true,
        authorize_and_capture: true,
        partial_refund: true,
        query_by_reference: true,
        idempotency_key_life_ms: Some(KEY_LIFE_MS),
        hosts: vec![host.to_owned()],
        secrets: vec!["api_key".to_owned()],
        secrets_inside: vec!["webhook_secret".to_owned()],
        handoff: vec![HandoffKind::Link, HandoffKind::Qr],
        enrolment: true,
        ..Capabilities::of("stripe", env!("CARGO_PKG_VERSION"))
    }
}

impl Plugin for Stripe {
    fn describe() -> Capabilities {
        capabilities(false, BASE_URL.trim_start_matches("https://"))
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Ok(Stripe { settings: Settings::read(configuration)? })
    }
}

/// Whether a code refuses a refund for good.
fn refuses_refund(code: &str) -> bool {
    use DeclineCode::{AmountTooSmall, LimitExceeded};
    matches!(CODES.meaning(code), Some(Meaning::NoRefund | Meaning::No(LimitExceeded | AmountTooSmall, _)))
}

impl Stripe {
    /// In test mode, whether the key is one of test mode too, before anything moves: a live key there would move real money
    /// that everybody takes for play money. The other way round nothing can be lost.
    async fn is_play_money(&self, host: &dyn Host) -> Result<(), Silence> {
        if self.settings.live() {
            return Ok(());
        }
        let answered = self.get(host, "balance", &Form::new()).await?;
        match answered.body["livemode"].as_bool().filter(|_| answered.fine()) {
            Some(livemode) => self.same_mode(host, livemode).map_err(Silence::NotTaken),
            None => Err(Silence::NotTaken(format!("Stripe does not say its mode (status {})", answered.status))),
        }
    }

    async fn charge(&self, host: &dyn Host, sale: &Sale, request: &PayRequest) -> Result<Outcome, Silence> {
        let answered = self.post(host, "payment_intents", &request.idempotency_key, &sale.intent()).await?;
        let inner = problem(&answered.body);
        let (refusal, body) = match &inner.payment_intent {
            Some(body) if !answered.fine() => (true, body),
            None if !answered.fine() => return Ok(refused(&answered)),
            _ => (false, &answered.body),
        };
        let intent = match self.read::<Intent>(host, body, &request.reference) {
            Ok(intent) => intent,
            Err(reason) => return Ok(Outcome::unknown(reason)),
        };
        Ok(match (refusal, inner.wants_person()) {
            (true, true) if intent.wants_person() => self.hand_off(host, &intent).await,
            (true, _) => refused(&answered),
            (false, _) => intent.outcome(),
        })
    }

    /// The intent of a payment, however it was made.
    async fn intent_of(&self, host: &dyn Host, reference: &str, id: Option<&str>) -> Result<Option<Intent>, String> {
        match self.find(host, reference, id, None).await? {
            Found::Nothing => Ok(None),
            Found::Intent(intent) => Ok(Some(*intent)),
            Found::Session(session) => session.intent().map(Some).ok_or("it was not paid yet".to_owned()),
        }
    }

    async fn cancel_found(&self, host: &dyn Host, found: Found, request: &CancelRequest) -> Result<Outcome, String> {
        let intent = match found {
            Found::Nothing => return Err("Stripe knows no such payment".to_owned()),
            Found::Session(session) if session.stands() == Stands::Person => {
                return self.close_page(host, &session, request).await;
            }
            Found::Session(session) => match session.intent() {
                Some(intent) if intent.stands() == Stands::Reserved => intent,
                _ => return Ok(session.outcome()),
            },
            Found::Intent(intent) => *intent,
        };
        if matches!(intent.stands(), Stands::Done | Stands::Gone) {
            return Ok(intent.outcome());
        }
        let after = self.cancel_intent(host, &intent, &request.idempotency_key, "requested_by_customer").await?;
        Ok(after.outcome())
    }

    async fn close_page(&self, host: &dyn Host, page: &Session, request: &CancelRequest) -> Result<Outcome, String> {
        let path = format!("checkout/sessions/{}/expire", path_part(&page.id));
        let answered = self.post(host, &path, &request.idempotency_key, &Form::new()).await;
        let answered = answered.map_err(Silence::reason)?;
        if answered.fine() {
            let session: Session = self.read(host, &answered.body, &request.reference)?;
            if session.stands() != Stands::Gone || session.payment_intent.is_none() {
                return Ok(session.outcome());
            }
        } else if !too_late(&answered) {
            return Err(format!("Stripe answered with status {}", answered.status));
        }
        // Too late, or somebody has begun to pay on it: how it stands is what counts.
        Ok(self.fetch::<Session>(host, &page.id, &request.reference).await?.outcome())
    }

    /// Reads a refund that has to be this one.
    fn refund_of(&self, body: &Value, refund_reference: &str) -> RefundOutcome {
        match serde_json::from_value::<Refund>(body.clone()) {
            Ok(refund) if refund.metadata.get(REFUND).is_some_and(|theirs| theirs == refund_reference) => {
                refund.outcome()
            }
            Ok(_) => not_clear("Stripe answered about another refund"),
            Err(wrong) => not_clear(format!("not understood: {wrong}")),
        }
    }
}

fn not_clear(reason: impl Into<String>) -> RefundOutcome {
    RefundOutcome::Unknown { reason: reason.into() }
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn capabilities(&self) -> Capabilities {
        capabilities(!self.settings.live(), self.settings.host())
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let failed = |code, provider_code: &str| Outcome::Failed {
            code,
            provider_code: Some(provider_code.to_owned()),
            retry: RetryAdvice::Never,
        };
        let sale = match Sale::of(&request) {
            Ok(sale) => sale,
            Err(Refused::Payee) => return failed(DeclineCode::PayeeRefused, "sayso: the payee has no `account`"),
            Err(Refused::Amount) => return failed(DeclineCode::CurrencyRefused, "sayso: Stripe has no such amount"),
        };
        if let Err(silence) = self.is_play_money(host).await {
            return Outcome::NotSent { reason: silence.reason() };
        }
        let tags = Metadata::from([(REFERENCE.to_owned(), request.reference.clone())]);
        let done = match sale.off_session() {
            true => self.charge(host, &sale, &request).await,
            false => self.open_page(host, &sale, &request.idempotency_key, &tags).await,
        };
        done.unwrap_or_else(Silence::of_payment)
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        let id = request.provider_reference.as_deref();
        let found = match self.find(host, &request.reference, id, None).await {
            Ok(found) => found,
            Err(reason) => return Outcome::unknown(reason),
        };
        let intent = match &found {
            Found::Session(session) if session.stands() == Stands::Done => session.intent(),
            Found::Intent(intent) => Some((**intent).clone()),
            _ => None,
        };
        let Some(intent) = intent.filter(|intent| intent.stands() == Stands::Reserved) else {
            let outcome = self.outcome(host, found).await;
            return outcome.unwrap_or_else(|| Outcome::unknown("Stripe knows no such payment"));
        };
        if intent.amount_capturable != to_wire(request.amount)
            || from_wire(intent.amount_capturable.unwrap_or_default(), &intent.currency) != Some(request.amount)
        {
            return Outcome::unknown("what is reserved is another amount, so it was not captured");
        }
        let path = format!("payment_intents/{}/capture", path_part(&intent.id));
        match self.change(host, &intent, &path, &request.idempotency_key, &Form::new()).await {
            Ok(after) => after.outcome(),
            Err(reason) => Outcome::unknown(reason),
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        let id = request.provider_reference.as_deref();
        match self.find(host, &request.reference, id, request.sent_ms).await {
            Ok(found) => match self.outcome(host, found).await {
                Some(outcome) => QueryAnswer::Found { outcome },
                None => QueryAnswer::NotFound,
            },
            Err(reason) => QueryAnswer::Unreachable { reason },
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        let id = request.provider_reference.as_deref();
        let outcome = match self.find(host, &request.reference, id, None).await {
            Ok(found) => self.cancel_found(host, found, &request).await,
            Err(reason) => Err(reason),
        };
        outcome.unwrap_or_else(Outcome::unknown)
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let intent = match self.intent_of(host, &request.reference, request.provider_reference.as_deref()).await {
            Ok(Some(intent)) => intent,
            Ok(None) => return RefundOutcome::NotFound,
            Err(reason) => return not_clear(reason),
        };
        let paid = intent.amount_received.and_then(|units| from_wire(units, &intent.currency));
        let (true, Some(units)) = (paid == Some(request.paid), to_wire(request.amount)) else {
            return not_clear("Stripe has charged another amount; nothing was given back");
        };
        let tags = Form::new().field(REFERENCE, &request.reference).field(REFUND, &request.refund_reference);
        let form = Form::new()
            .field("payment_intent", &intent.id)
            .field("amount", units)
            .field("reason", "requested_by_customer")
            .field_if("reverse_transfer", intent.transfer_data.as_ref().map(|_| true))
            .below("metadata", &tags);
        let answered = match self.post(host, "refunds", &request.idempotency_key, &form).await {
            Ok(answered) => answered,
            Err(silence) => return silence.of_refund(),
        };
        if answered.fine() {
            return self.refund_of(&answered.body, &request.refund_reference);
        }
        let problem = problem(&answered.body);
        match problem.code {
            Some(code) if refuses_refund(&code) => RefundOutcome::Failed { provider_code: Some(code) },
            // More than is left, for one: Stripe gives that no code.
            None if answered.status == 400 && problem.kind == "invalid_request_error" => {
                RefundOutcome::Failed { provider_code: Some(problem.kind) }
            }
            _ => not_clear(format!("Stripe answered with status {}", answered.status)),
        }
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        let own = &request.refund_reference;
        let (path, query) = match (&request.provider_reference, request.payment_provider_reference.as_deref()) {
            (Some(id), _) => (format!("refunds/{}", path_part(id)), Form::new()),
            (None, known) => match self.intent_of(host, &request.reference, known).await {
                Ok(Some(intent)) => {
                    ("refunds".to_owned(), Form::new().field("payment_intent", &intent.id).field("limit", 100))
                }
                Ok(None) => return RefundOutcome::NotFound,
                Err(reason) => return not_clear(reason),
            },
        };
        let answered = match self.get(host, &path, &query).await {
            Ok(answered) if answered.fine() => answered,
            Ok(answered) => return not_clear(format!("Stripe answered with status {}", answered.status)),
            Err(silence) => return silence.of_refund(),
        };
        if request.provider_reference.is_some() {
            return self.refund_of(&answered.body, own);
        }
        let Some(all) = answered.body["data"].as_array() else { return not_clear("a list without data") };
        match all.iter().find(|refund| refund["metadata"][REFUND] == **own) {
            Some(refund) => self.refund_of(refund, own),
            None if answered.body["has_more"] == false => RefundOutcome::NotFound,
            None => not_clear("not among the newest hundred refunds of the payment"),
        }
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(self, host, &request)
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse::plain(200, "")
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.begin_enrolment(host, &request).await
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        self.ask_enrolment(host, &request).await
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        let answered = match self.get(host, "balance", &Form::new()).await {
            Ok(answered) => answered,
            Err(silence) => return silence.of_credentials(),
        };
        let live = answered.body["livemode"].as_bool();
        match (answered.status, live) {
            (200, Some(livemode)) => {
                if let Err(reason) = self.same_mode(host, livemode) {
                    return CredentialsAnswer::Refused { reason: format!("{reason}: change `api_key` or `mode`") };
                }
            }
            (401, _) => {
                let reason = "Stripe does not know the key `api_key`: copy it anew from the dashboard".into();
                return CredentialsAnswer::Refused { reason };
            }
            (403, _) => {
                let reason = "the key `api_key` may not read the balance: give the restricted key that right".into();
                return CredentialsAnswer::Refused { reason };
            }
            (status, _) => {
                return CredentialsAnswer::Unreachable { reason: format!("Stripe answered with status {status}") };
            }
        }
        CredentialsAnswer::Accepted { account: None, live }
    }
}
