//! The verbs: what to ask of Alipay, and what its answers mean.

use crate::gateway::Gateway;
use crate::settings::{PLACES, PRIVATE_KEY, Settings, Way};
use crate::wire::{AGREEMENT, POLL_REFUND_MS, Trade, refunded};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::{is_id, plain, title};
use sayso_plugin_sdk::times::beijing;
use sayso_plugin_sdk::translator::asked_for_nothing;
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

/// Alipay, as Sayso knows it.
pub type Alipay = Translated<Merchant>;

/// A merchant at Alipay.
pub struct Merchant {
    pub(crate) gateway: Gateway,
}

impl Merchant {
    /// What every order says, whichever way it is paid.
    pub(crate) fn order(&self, request: &PayRequest) -> Value {
        let mut order = json!({
            "out_trade_no": request.reference,
            "total_amount": request.amount.decimal(),
            "subject": plain(&title(request, " "), SUBJECT_MAX, |c| "/=&".contains(c), "Sayso"),
        });
        if let Some(seller) = request.payee.account.get("seller_id") {
            order["seller_id"] = json!(seller);
        }
        order
    }

    /// The trade with this reference. There is one only once somebody has scanned the code or opened the link.
    async fn trade(&self, host: &dyn Host, reference: &str) -> Told<Trade> {
        let asked = json!({ "out_trade_no": reference });
        self.gateway.ask_trade(host, "alipay.trade.query", reference, &asked).await
    }

    /// Closes a trade that nobody has paid; what became of it instead, where that is too late.
    async fn close(&self, host: &dyn Host, reference: &str) -> Told<Outcome> {
        let asked = json!({ "out_trade_no": reference });
        match self.gateway.ask_trade(host, "alipay.trade.close", reference, &asked).await {
            Ok(_) => Ok(Outcome::canceled("TRADE_CLOSED")),
            Err(Denied::Silent(silence)) => Err(silence.into()),
            // There was one, so that Alipay knows of none is no answer.
            Err(_) => Ok(self.trade(host, reference).await.map_err(Denied::silence)?.outcome()),
        }
    }

    /// What became of a trade; one that is open is closed, so that nobody can pay it any more.
    pub(crate) async fn call_off(&self, host: &dyn Host, reference: &str) -> Told<Outcome> {
        let trade = self.trade(host, reference).await?;
        if trade.is_open() { self.close(host, reference).await } else { Ok(trade.outcome()) }
    }

    /// A code to scan.
    async fn code(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome> {
        let mut order = self.order(request);
        order["timeout_express"] = json!(LIFE);
        order["qr_code_timeout_express"] = json!(LIFE);
        let trade = self.gateway.ask_trade(host, "alipay.trade.precreate", &request.reference, &order).await?;
        let code = trade.0.owned("qr_code").filter(|code| code.starts_with("https://"));
        let content = code.ok_or_else(|| Denied::unclear("Alipay's answer holds no code"))?;
        Ok(Outcome::acts(NextStep::Qr { content }, Some(host.now_ms() + LIFE_MS), None))
    }

    /// A link for the phone. Nothing is sent before the person opens it, and then by them.
    fn link(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome> {
        let (mut order, end_ms) = (self.order(request), host.now_ms() + LIFE_MS);
        order["product_code"] = json!("QUICK_WAP_WAY");
        order["quit_url"] = json!(self.gateway.settings.return_url);
        order["time_expire"] = json!(beijing(end_ms));
        let page = self.gateway.page(host.now_ms(), "alipay.trade.wap.pay", &order);
        let url = page.ok_or_else(|| Denied::not_sent("the link could not be signed"))?;
        Ok(Outcome::acts(NextStep::Link { url }, Some(end_ms), None))
    }

    /// What became of a refund. That one was taken says nothing of how much it gave back: this does.
    pub(crate) async fn refunded(&self, host: &dyn Host, reference: &str, refund: &str) -> Told<RefundOutcome> {
        let asked = json!({ "out_trade_no": reference, "out_request_no": refund });
        let told = self.gateway.ask(host, "alipay.trade.fastpay.refund.query", reference, &asked).await?;
        Ok(refunded(&told, reference, refund))
    }
}

#[async_trait]
impl Translator for Merchant {
    const MEND: &'static str = "compare `app_id`, `mode` and `app_private_key` with the app's page at Alipay";

    fn capabilities(configured: Option<&Self>) -> Capabilities {
        let (place, way, agreements) = match configured.map(|merchant| &merchant.gateway) {
            Some(gateway) => (gateway.place.clone(), gateway.settings.way, gateway.settings.agreement_scene.is_some()),
            None => (PLACES.usual(), Way::Qr, true),
        };
        Capabilities {
            currencies: vec![Currency::CNY],
            limits: vec![Money::new(AMOUNT_MAX, Currency::CNY)],
            off_session: agreements,
            enrolment: agreements,
            partial_refund: true,
            query_by_reference: true,
            reference_length_max: REFERENCE_MAX,
            secrets_inside: vec![PRIVATE_KEY.to_owned()],
            handoff: vec![if way == Way::Qr { HandoffKind::Qr } else { HandoffKind::Link }],
            ..place.capabilities("alipay", env!("CARGO_PKG_VERSION"))
        }
    }

    fn create(configuration: &str) -> Result<Self, String> {
        let (place, settings, keys) = Settings::read(configuration)?;
        Ok(Merchant { gateway: Gateway { place, settings, keys } })
    }

    /// Whether it can be an `out_trade_no` or an `out_request_no`.
    fn takes_reference(reference: &str) -> bool {
        is_id(reference, REFERENCE_MAX, b"_")
    }

    async fn pay(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome> {
        let whole = !request.authorize_only && (1..=AMOUNT_MAX).contains(&request.amount.minor);
        if !whole || request.amount.currency != Currency::CNY {
            return Err(Denied::not_sent("Alipay takes whole payments in yuan only"));
        }
        match (request.instrument.as_ref().and_then(|way| way.ids.get(AGREEMENT)), self.gateway.settings.way) {
            (Some(number), _) => self.deduct(host, request, number).await,
            (None, Way::Qr) => self.code(host, request).await,
            (None, Way::Link) => self.link(host, request),
        }
    }

    async fn advance(&self, host: &dyn Host, request: &AdvanceRequest) -> Told<Outcome> {
        let trade = self.trade(host, &request.reference).await?;
        // Money in another amount is for the host to see; an open trade in another amount is not what was agreed to.
        if trade.is_open() && trade.amount() != Some(request.amount) {
            return Err(Denied::unclear("Alipay has this trade with another amount"));
        }
        Ok(trade.outcome())
    }

    async fn query(&self, host: &dyn Host, request: &QueryRequest) -> Told<Outcome> {
        // What nobody scanned is no trade, and after its time nobody can make it one.
        let over = request.expires_ms.is_some_and(|end| host.now_ms() > end.saturating_add(LATER_MS));
        match self.trade(host, &request.reference).await {
            Err(denied) if denied.is_missing() && over => Ok(Outcome::canceled("ACQ.TRADE_NOT_EXIST")),
            trade => Ok(trade?.outcome()),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: &CancelRequest) -> Told<Outcome> {
        match self.call_off(host, &request.reference).await {
            Err(denied) if denied.is_missing() => Err(Denied::unclear(
                "nobody has scanned the code or opened the link; neither can be taken back, they end by themselves",
            )),
            outcome => outcome,
        }
    }

    async fn refund(&self, host: &dyn Host, request: &RefundRequest) -> Told<RefundOutcome> {
        let (reference, refund) = (&request.reference, &request.refund_reference);
        let amount = request.amount.decimal();
        let asked = json!({ "out_trade_no": reference, "out_request_no": refund, "refund_amount": amount });
        self.gateway.ask_trade(host, "alipay.trade.refund", reference, &asked).await?;
        match self.refunded(host, reference, refund).await.unwrap_or_else(Denied::of_refund) {
            // It was taken a moment ago, so Alipay is at it.
            RefundOutcome::NotFound => Ok(RefundOutcome::pending(POLL_REFUND_MS, None)),
            outcome => Ok(outcome),
        }
    }

    async fn query_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> Told<RefundOutcome> {
        self.refunded(host, &request.reference, &request.refund_reference).await
    }

    async fn check_credentials(&self, host: &dyn Host) -> Told<CredentialsAnswer> {
        let account = format!("app {}", self.gateway.settings.app_id);
        asked_for_nothing(self.trade(host, NOBODYS).await, account, self.gateway.place.is_live())
    }
}
