//! The verbs: what to ask of Stripe, and what its answers mean.

use crate::amounts::{currencies, from_wire, to_wire};
use crate::client::{Found, Stripe, denied, problem};
use crate::sale::{Refused, Sale};
use crate::settings::{BASE_URL, Settings};
use crate::webhook;
use crate::wire::{Intent, OF_REFUND, REFERENCE, Refund, Session};
use sayso_plugin_sdk::form::{Form, path_part};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize as _;
use serde_json::Value;

/// What is said of a payment that is not there.
const NO_PAYMENT: &str = "Stripe knows no such payment";
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

impl Stripe {
    /// In test mode, whether the key is one of test mode too, before anything moves: a live key there would move real money
    /// that everybody takes for play money. The other way round nothing can be lost.
    async fn is_play_money(&self, host: &dyn Host) -> Result<(), String> {
        if self.settings.live() {
            return Ok(());
        }
        let balance = self.get(host, "balance", &Form::new()).await.map_err(|denied| denied.silence().reason())?;
        let livemode = balance["livemode"].as_bool().ok_or("Stripe does not say its mode")?;
        self.same_mode(host, livemode)
    }

    async fn charge(&self, host: &dyn Host, sale: &Sale, request: &PayRequest) -> Result<Outcome, Denied> {
        let answered = self.try_to(host, "payment_intents", &request.idempotency_key, &sale.intent()).await?;
        if answered.fine() {
            let intent = self.read::<Intent>(host, &answered.body, &request.reference);
            return Ok(intent.map_or_else(Silence::of_known, |intent| intent.outcome()));
        }
        let problem = problem(&answered.body);
        let Some(inner) = &problem.payment_intent else { return Err(denied(&answered)) };
        match self.read::<Intent>(host, inner, &request.reference) {
            Ok(intent) if problem.wants_person() && intent.wants_person() => Ok(self.hand_off(host, &intent).await),
            Ok(_) => Err(denied(&answered)),
            Err(silence) => Ok(silence.of_known()),
        }
    }

    /// The intent of a payment, however it was made; `None` if Stripe knows no such payment.
    async fn intent_of(&self, host: &dyn Host, reference: &str, id: Option<&str>) -> Result<Option<Intent>, Silence> {
        match self.find(host, reference, id, None).await? {
            Found::Nothing => Ok(None),
            Found::Intent(intent) => Ok(Some(*intent)),
            Found::Session(session) => session.intent().map(Some).ok_or(Silence::unclear("it was not paid yet")),
        }
    }

    async fn capture(&self, host: &dyn Host, request: &AdvanceRequest) -> Result<Outcome, Silence> {
        let found = self.find(host, &request.reference, request.provider_reference.as_deref(), None).await?;
        let intent = match &found {
            Found::Session(session) if session.stands() == Standing::Done => session.intent(),
            Found::Intent(intent) => Some((**intent).clone()),
            _ => None,
        };
        let Some(intent) = intent.filter(|intent| intent.stands() == Standing::Reserved) else {
            return self.outcome(host, found).await.ok_or(Silence::unclear(NO_PAYMENT));
        };
        if intent.amount_capturable.and_then(|units| from_wire(units, &intent.currency)) != Some(request.amount) {
            return Err(Silence::unclear("what is reserved is another amount, so it was not captured"));
        }
        let (of, how) =
            ((intent.id.as_str(), request.reference.as_str()), ("capture", request.idempotency_key.as_str()));
        Ok(self.change::<Intent>(host, of, how, &Form::new()).await?.outcome())
    }

    async fn call_off(&self, host: &dyn Host, request: &CancelRequest) -> Result<Outcome, Silence> {
        let (reference, key) = (request.reference.as_str(), request.idempotency_key.as_str());
        let intent = match self.find(host, reference, request.provider_reference.as_deref(), None).await? {
            Found::Nothing => return Err(Silence::unclear(NO_PAYMENT)),
            Found::Session(page) if page.stands() == Standing::Person => {
                let after: Session = self.change(host, (&page.id, reference), ("expire", key), &Form::new()).await?;
                // Somebody may have begun to pay on it, of which only the whole session tells.
                let begun = after.payment_intent.is_some() && after.intent().is_none();
                let after = if begun { self.fetch(host, &page.id, reference).await? } else { after };
                return Ok(after.outcome());
            }
            Found::Session(session) => match session.intent() {
                Some(intent) if intent.stands() == Standing::Reserved => intent,
                _ => return Ok(session.outcome()),
            },
            Found::Intent(intent) => *intent,
        };
        if matches!(intent.stands(), Standing::Done | Standing::Gone) {
            return Ok(intent.outcome());
        }
        Ok(self.cancel_intent(host, &intent, key, "requested_by_customer").await?.outcome())
    }

    async fn give_back(&self, host: &dyn Host, request: &RefundRequest) -> Result<RefundOutcome, Denied> {
        let found = self.intent_of(host, &request.reference, request.provider_reference.as_deref()).await?;
        let Some(intent) = found else { return Ok(RefundOutcome::NotFound) };
        let paid = intent.amount_received.and_then(|units| from_wire(units, &intent.currency));
        let (true, Some(units)) = (paid == Some(request.paid), to_wire(request.amount)) else {
            return Err(Denied::unclear("Stripe has charged another amount; nothing was given back"));
        };
        let tags = Form::new().field(REFERENCE, &request.reference).field(OF_REFUND, &request.refund_reference);
        let form = Form::new()
            .field("payment_intent", &intent.id)
            .field("amount", units)
            .field("reason", "requested_by_customer")
            .field_if("reverse_transfer", intent.transfer_data.as_ref().map(|_| true))
            .below("metadata", &tags);
        let refund = self.post(host, "refunds", &request.idempotency_key, &form).await?;
        Ok(refunded(&refund, &request.refund_reference))
    }

    async fn look_for_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> Result<RefundOutcome, Silence> {
        let own = &request.refund_reference;
        if let Some(id) = &request.provider_reference {
            let refund = self.get(host, &format!("refunds/{}", path_part(id)), &Form::new()).await?;
            return Ok(refunded(&refund, own));
        }
        let found = self.intent_of(host, &request.reference, request.payment_provider_reference.as_deref()).await?;
        let Some(intent) = found else { return Ok(RefundOutcome::NotFound) };
        let query = Form::new().field("payment_intent", &intent.id).field("limit", 100);
        let list = self.get(host, "refunds", &query).await?;
        let all = list["data"].as_array().ok_or_else(|| Silence::unclear("a list without data"))?;
        match all.iter().find(|refund| refund["metadata"][OF_REFUND] == **own) {
            Some(refund) => Ok(refunded(refund, own)),
            None if list["has_more"] == false => Ok(RefundOutcome::NotFound),
            None => Err(Silence::unclear("not among the newest hundred refunds of the payment")),
        }
    }
}

/// Reads a refund that has to be this one.
fn refunded(body: &Value, refund_reference: &str) -> RefundOutcome {
    match Refund::deserialize(body) {
        Ok(refund) if refund.metadata.get(OF_REFUND).is_some_and(|theirs| theirs == refund_reference) => {
            refund.outcome()
        }
        Ok(_) => RefundOutcome::unknown("Stripe answered about another refund"),
        Err(wrong) => RefundOutcome::unknown(format!("not understood: {wrong}")),
    }
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn capabilities(&self) -> Capabilities {
        capabilities(!self.settings.live(), self.settings.host())
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let failed = |code, why: &str| Outcome::failed(code, RetryAdvice::Never, why);
        let sale = match Sale::of(&request) {
            Ok(sale) => sale,
            Err(Refused::Payee) => return failed(DeclineCode::PayeeRefused, "sayso: the payee has no `account`"),
            Err(Refused::Amount) => return failed(DeclineCode::CurrencyRefused, "sayso: Stripe has no such amount"),
        };
        if let Err(reason) = self.is_play_money(host).await {
            return Outcome::NotSent { reason };
        }
        let done = match sale.off_session() {
            true => self.charge(host, &sale, &request).await,
            false => self.open_page(host, &sale, &request.idempotency_key, &request.reference).await,
        };
        done.unwrap_or_else(Denied::of_payment)
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        self.capture(host, &request).await.unwrap_or_else(Silence::of_known)
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.find(host, &request.reference, request.provider_reference.as_deref(), request.sent_ms).await {
            Ok(found) => match self.outcome(host, found).await {
                Some(outcome) => QueryAnswer::Found { outcome },
                None => QueryAnswer::NotFound,
            },
            Err(silence) => silence.of_query(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        self.call_off(host, &request).await.unwrap_or_else(Silence::of_known)
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        self.give_back(host, &request).await.unwrap_or_else(Denied::of_refund)
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        self.look_for_refund(host, &request).await.unwrap_or_else(Silence::of_refund)
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(self, host, &request).into()
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
        let balance = match self.get(host, "balance", &Form::new()).await {
            Ok(balance) => balance,
            Err(denied) => {
                return denied.of_credentials(
                    "copy `api_key` anew from the dashboard; a restricted key needs the right to read the balance",
                );
            }
        };
        let Some(livemode) = balance["livemode"].as_bool() else {
            return CredentialsAnswer::Unreachable { reason: "Stripe does not say its mode".into() };
        };
        match self.same_mode(host, livemode) {
            Ok(()) => CredentialsAnswer::Accepted { account: None, live: Some(livemode) },
            Err(reason) => CredentialsAnswer::Refused { reason: format!("{reason}: change `api_key` or `mode`") },
        }
    }
}
