//! The verbs: what to ask of Alipay, and what its answers mean.

use crate::gateway::{Gateway, time};
use crate::settings::{LIVE, PRIVATE_KEY, Settings, Way};
use crate::webhook;
use crate::wire::{AGREEMENT, Agreement, POLL_REFUND_MS, Refund, Trade, canceled};
use sayso_plugin_sdk::address;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Mode;
use sayso_plugin_sdk::text::{is_id, plain};
use serde_json::{Value, json};

/// How long a person has to scan a code or to open a link, and to pay.
const LIFE_MS: i64 = 15 * 60_000;
/// The same, as Alipay wants it.
const LIFE: &str = "15m";
/// How much later than we Alipay may have begun to count that.
const LATER_MS: i64 = 45_000;
/// The longest reference: that of agreements is the shortest.
const REFERENCE_MAX: usize = 32;
/// The longest title of an order, in bytes.
const SUBJECT_MAX: usize = 256;
/// The most that one payment may be, in fen: a hundred million yuan.
const AMOUNT_MAX: i64 = 10_000_000_000;
/// A trade that nobody has: asking for it tells whether the credentials are taken.
const NOBODYS: &str = "sayso_checks_credentials";
/// Why a reference is not sent.
const STRANGE: &str = "the reference has characters that Alipay does not take";

/// A merchant at Alipay.
pub struct Alipay {
    pub(crate) gateway: Gateway,
}

impl Plugin for Alipay {
    fn describe() -> Capabilities {
        let hosts = address::host(LIVE).map(str::to_owned).into_iter().collect();
        Capabilities { hosts, off_session: true, enrolment: true, handoff: vec![HandoffKind::Qr], ..general() }
    }

    fn create(configuration: &str) -> Result<Self, String> {
        let (settings, keys) = Settings::read(configuration)?;
        Ok(Alipay { gateway: Gateway { settings, keys } })
    }
}

/// What it can do however it is configured.
fn general() -> Capabilities {
    Capabilities {
        currencies: vec![Currency::CNY],
        limits: vec![Money::new(AMOUNT_MAX, Currency::CNY)],
        partial_refund: true,
        query_by_reference: true,
        reference_length_max: REFERENCE_MAX,
        secrets_inside: vec![PRIVATE_KEY.to_owned()],
        ..Capabilities::of("alipay", env!("CARGO_PKG_VERSION"))
    }
}

/// Whether a reference can be an `out_trade_no`.
fn is_reference(text: &str) -> bool {
    is_id(text, REFERENCE_MAX, b"_")
}

impl Alipay {
    /// What every order says, whichever way it is paid.
    pub(crate) fn order(&self, request: &PayRequest) -> Value {
        let title = format!("{} {}", request.payee.name, request.purpose);
        let mut order = json!({
            "out_trade_no": request.reference,
            "total_amount": request.amount.decimal(),
            "subject": plain(&title, SUBJECT_MAX, |c| "/=&".contains(c), "Sayso"),
        });
        if let Some(seller) = request.payee.account.get("seller_id") {
            order["seller_id"] = json!(seller);
        }
        order
    }

    /// The trade with this reference. There is one only once somebody has scanned the code or opened the link.
    pub(crate) async fn trade(&self, host: &dyn Host, reference: &str) -> Result<Trade, Denied> {
        if !is_reference(reference) {
            return Err(Denied::unclear(STRANGE));
        }
        let asked = json!({ "out_trade_no": reference });
        self.gateway.ask(host, "alipay.trade.query", reference, &asked).await
    }

    /// Closes a trade that nobody has paid; what became of it instead, where that is too late.
    pub(crate) async fn close(&self, host: &dyn Host, reference: &str) -> Outcome {
        let asked = json!({ "out_trade_no": reference });
        match self.gateway.ask::<Trade>(host, "alipay.trade.close", reference, &asked).await {
            Ok(_) => return canceled("TRADE_CLOSED"),
            Err(denied @ Denied::Silent(_)) => return denied.of_known(),
            Err(_) => {}
        }
        let trade = self.trade(host, reference).await;
        trade.map_or_else(|denied| denied.silence().of_known(), |trade| trade.outcome())
    }

    /// A code to scan.
    async fn code(&self, host: &dyn Host, request: &PayRequest) -> Outcome {
        let mut order = self.order(request);
        order["timeout_express"] = json!(LIFE);
        order["qr_code_timeout_express"] = json!(LIFE);
        match self.gateway.ask::<Trade>(host, "alipay.trade.precreate", &request.reference, &order).await {
            Ok(trade) => match trade.qr_code.filter(|code| code.starts_with("https://")) {
                Some(content) => self.acts(host, NextStep::Qr { content }),
                None => Outcome::unknown("Alipay's answer holds no code"),
            },
            Err(denied) => denied.of_payment(),
        }
    }

    /// A link for the phone. Nothing is sent before the person opens it, and then by them.
    fn link(&self, host: &dyn Host, request: &PayRequest) -> Outcome {
        let mut order = self.order(request);
        order["product_code"] = json!("QUICK_WAP_WAY");
        order["quit_url"] = json!(self.gateway.settings.return_url);
        order["time_expire"] = json!(time(host.now_ms() + LIFE_MS));
        match self.gateway.page(host.now_ms(), "alipay.trade.wap.pay", &order) {
            Some(url) => self.acts(host, NextStep::Link { url }),
            None => Outcome::not_sent("the link could not be signed"),
        }
    }

    fn acts(&self, host: &dyn Host, next: NextStep) -> Outcome {
        Outcome::ActionRequired { next, expires_ms: Some(host.now_ms() + LIFE_MS), provider_reference: None }
    }

    /// What became of a refund. That one was taken says nothing of how much it gave back: this does.
    pub(crate) async fn refunded(&self, host: &dyn Host, reference: &str, refund: &str) -> RefundOutcome {
        if !is_reference(reference) || !is_reference(refund) {
            return RefundOutcome::unknown(STRANGE);
        }
        let asked = json!({ "out_trade_no": reference, "out_request_no": refund });
        match self.gateway.ask::<Refund>(host, "alipay.trade.fastpay.refund.query", reference, &asked).await {
            Ok(found) => found.outcome(reference, refund),
            Err(denied) => denied.of_query_refund(),
        }
    }
}

#[async_trait]
impl PaymentProvider for Alipay {
    fn capabilities(&self) -> Capabilities {
        let settings = &self.gateway.settings;
        let agreements = settings.agreement_scene.is_some();
        Capabilities {
            practice: settings.mode == Mode::Sandbox,
            hosts: vec![settings.host().to_owned()],
            off_session: agreements,
            enrolment: agreements,
            handoff: vec![if settings.way == Way::Qr { HandoffKind::Qr } else { HandoffKind::Link }],
            ..general()
        }
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let whole = !request.authorize_only && (1..=AMOUNT_MAX).contains(&request.amount.minor);
        if !is_reference(&request.reference) {
            return Outcome::not_sent(STRANGE);
        }
        if !whole || request.amount.currency != Currency::CNY {
            return Outcome::not_sent("Alipay takes whole payments in yuan only");
        }
        match (request.instrument.as_ref().and_then(|way| way.ids.get(AGREEMENT)), self.gateway.settings.way) {
            (Some(number), _) => self.deduct(host, &request, number).await,
            (None, Way::Qr) => self.code(host, &request).await,
            (None, Way::Link) => self.link(host, &request),
        }
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        match self.trade(host, &request.reference).await {
            // Money in another amount is for the host to see; an open trade in another amount is not what was agreed to.
            Ok(trade) if trade.is_open() && trade.amount() != Some(request.amount) => {
                Outcome::unknown("Alipay has this trade with another amount")
            }
            Ok(trade) => trade.outcome(),
            Err(denied) if denied.is_missing() => {
                Outcome::unknown("nobody has scanned the code or opened the link yet")
            }
            Err(denied) => denied.silence().of_known(),
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        // What nobody scanned is no trade, and after its time nobody can make it one.
        let over = request.expires_ms.is_some_and(|end| host.now_ms() > end.saturating_add(LATER_MS));
        match self.trade(host, &request.reference).await {
            Ok(trade) => trade.outcome().into(),
            Err(denied) if denied.is_missing() && over => canceled("ACQ.TRADE_NOT_EXIST").into(),
            Err(denied) => denied.of_query(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        match self.trade(host, &request.reference).await {
            Ok(trade) if trade.is_open() => self.close(host, &request.reference).await,
            Ok(trade) => trade.outcome(),
            Err(denied) if denied.is_missing() => Outcome::unknown(
                "nobody has scanned the code or opened the link; neither can be taken back, they end by themselves",
            ),
            Err(denied) => denied.silence().of_known(),
        }
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let (reference, refund) = (&request.reference, &request.refund_reference);
        if !is_reference(reference) || !is_reference(refund) {
            return RefundOutcome::unknown(STRANGE);
        }
        let amount = request.amount.decimal();
        let asked = json!({ "out_trade_no": reference, "out_request_no": refund, "refund_amount": amount });
        match self.gateway.ask::<Trade>(host, "alipay.trade.refund", reference, &asked).await {
            Ok(_) => match self.refunded(host, reference, refund).await {
                // It was taken a moment ago, so Alipay is at it.
                RefundOutcome::NotFound => RefundOutcome::pending(POLL_REFUND_MS, None),
                outcome => outcome,
            },
            Err(denied) => denied.of_refund(),
        }
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        self.refunded(host, &request.reference, &request.refund_reference).await
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        let checked = webhook::genuine(self, host, &request.body);
        let told = match checked {
            Ok((event_id, fields)) => Ok((event_id, webhook::news(self, host, fields).await)),
            Err(reason) => Err(reason.to_owned()),
        };
        told.into()
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse::plain(200, "success")
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.page_to_sign(host, &request.reference)
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        // Alipay knows of no agreement before it is signed.
        let Some(asked) = self.agreement(&request.reference) else { return EnrolOutcome::NotOffered };
        match self.gateway.ask::<Agreement>(host, "alipay.user.agreement.query", "", &asked).await {
            Ok(agreement) => agreement.outcome(&request.reference),
            Err(denied) => denied.of_query_enrolment(),
        }
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        let settings = &self.gateway.settings;
        match self.trade(host, NOBODYS).await {
            // It knows the app, took the signature, and has no such trade.
            Err(denied) if denied.is_missing() => CredentialsAnswer::Accepted {
                account: Some(format!("app {}", settings.app_id)),
                live: Some(settings.mode == Mode::Live),
            },
            Err(denied) => {
                denied.of_credentials("compare `app_id`, `mode` and `app_private_key` with the app's page at Alipay")
            }
            Ok(_) => CredentialsAnswer::Unreachable { reason: "Alipay has a trade that nobody made".into() },
        }
    }
}
