//! The verbs: what to send to WeChat Pay, and what its answers mean.

use crate::client::Client;
use crate::contract;
use crate::settings::{LIVE, Settings, Way};
use crate::wire::{self, Order, POLL_AFTER_MS, Refund};
use crate::{text, webhook};
use sayso_plugin_sdk::form::Form;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Mode;
use sayso_plugin_sdk::text::is_id;
use serde_json::{Value, json};

/// How long a code to scan is good for, in milliseconds.
const CODE_MS: i64 = 2 * 3_600_000;
/// How long a link for a phone is good for, in milliseconds.
const LINK_MS: i64 = 5 * 60_000;
/// An order that nobody has: asking for it tells whether the credentials are taken.
const NOBODYS: &str = "sayso_checks_credentials";

/// A merchant at WeChat Pay.
pub struct WechatPay {
    client: Client,
}

impl Plugin for WechatPay {
    fn describe() -> Capabilities {
        capabilities(LIVE.trim_start_matches("https://"), Mode::Live, Way::Native, true)
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Ok(WechatPay { client: Settings::read(configuration)? })
    }
}

fn capabilities(host: &str, mode: Mode, way: Way, contracts: bool) -> Capabilities {
    Capabilities {
        // API v3 has no sandbox: what is sent there is real. In test mode nothing leaves this machine.
        practice: mode == Mode::Sandbox,
        currencies: vec![Currency::CNY],
        off_session: contracts,
        partial_refund: true,
        query_by_reference: true,
        reference_length_max: 32,
        hosts: vec![host.to_owned()],
        secrets_inside: vec!["merchant_private_key".to_owned(), "api_v3_key".to_owned()],
        handoff: vec![if way == Way::Native { HandoffKind::Qr } else { HandoffKind::Link }],
        enrolment: contracts,
        hours: contracts.then_some(contract::HOURS),
        ..Capabilities::of("wechat_pay", env!("CARGO_PKG_VERSION"))
    }
}

impl Client {
    /// What a person reads on their bill.
    pub(crate) fn description(&self, request: &PayRequest) -> String {
        text::plain(&format!("{} {}", request.payee.name, request.purpose), text::DESCRIPTION_MAX, "Sayso")
    }

    /// The order with this reference.
    pub(crate) async fn order(&self, host: &dyn Host, reference: &str) -> Result<Order, Denied> {
        let (path, mchid) = (text::in_path(reference)?, &self.settings.mchid);
        let path = format!("/v3/pay/transactions/out-trade-no/{path}?mchid={mchid}");
        let order: Order = self.ask(host, "GET", &path, "").await?;
        let ours = order.out_trade_no == reference && order.mchid == *mchid;
        if ours { Ok(order) } else { Err(Denied::unclear("WeChat Pay answered with another payment")) }
    }

    /// Closes an order that nobody has paid; what became of it instead, where that is too late.
    async fn close(&self, host: &dyn Host, reference: &str) -> Result<Outcome, Denied> {
        let path = format!("/v3/pay/transactions/out-trade-no/{}/close", text::in_path(reference)?);
        let body = json!({ "mchid": self.settings.mchid }).to_string();
        let response = self.send(host, "POST", &path, &body).await?;
        if response.status == 204 {
            return Ok(Outcome::failed(DeclineCode::Canceled, RetryAdvice::Later, "CLOSED"));
        }
        match wire::denied(response.status, &response.body) {
            // It cannot be closed as it stands: what became of it decides.
            Denied::Refused { .. } => self.order(host, reference).await.map(|order| order.outcome(reference)),
            silent => Err(silent),
        }
    }

    /// Gives back a part or all; the same reference of a refund gives back once.
    async fn give_back(&self, host: &dyn Host, request: &RefundRequest) -> Result<Refund, Denied> {
        text::in_path(&request.reference)?;
        text::in_path(&request.refund_reference)?;
        let body = json!({
            "out_trade_no": request.reference,
            "out_refund_no": request.refund_reference,
            "notify_url": self.settings.notify_url,
            "amount": { "refund": request.amount.minor, "total": request.paid.minor, "currency": request.amount.currency },
        });
        self.ask(host, "POST", "/v3/refund/domestic/refunds", &body.to_string()).await
    }

    async fn given_back(&self, host: &dyn Host, refund_reference: &str) -> Result<Refund, Denied> {
        let path = format!("/v3/refund/domestic/refunds/{}", text::in_path(refund_reference)?);
        self.ask(host, "GET", &path, "").await
    }

    /// Places an order for somebody to pay. The same order placed again has no second effect.
    async fn place(&self, host: &dyn Host, reference: &str, amount: Money, description: &str) -> Outcome {
        let settings = &self.settings;
        let mut body = json!({
            "appid": settings.appid,
            "mchid": settings.mchid,
            "description": description,
            "out_trade_no": reference,
            "notify_url": settings.notify_url,
            "amount": { "total": amount.minor, "currency": amount.currency },
        });
        let way = match settings.way {
            Way::Native => "native",
            Way::H5 => {
                let scene = json!({ "payer_client_ip": settings.payer_client_ip, "h5_info": { "type": "Wap" } });
                body["scene_info"] = scene;
                "h5"
            }
            Way::Jsapi => {
                body["payer"] = json!({ "openid": settings.payer_openid });
                "jsapi"
            }
        };
        let path = format!("/v3/pay/transactions/{way}");
        let answer: Value = match self.ask(host, "POST", &path, &body.to_string()).await {
            Ok(answer) => answer,
            Err(denied) => return denied.of_payment(),
        };
        match self.next_step(host, &answer).await {
            Some((next, life_ms)) => {
                let expires_ms = Some(host.now_ms() + life_ms);
                Outcome::ActionRequired { next, expires_ms, provider_reference: None }
            }
            None => Outcome::unknown("WeChat Pay's answer is not understood"),
        }
    }

    /// What the person has to do, and for how long they can.
    async fn next_step(&self, host: &dyn Host, answer: &Value) -> Option<(NextStep, i64)> {
        let given = |name: &str, begins: &str| {
            answer.get(name).and_then(Value::as_str).filter(|text| text.starts_with(begins)).map(str::to_owned)
        };
        match self.settings.way {
            Way::Native => Some((NextStep::Qr { content: given("code_url", "weixin://")? }, CODE_MS)),
            Way::H5 => Some((NextStep::Link { url: given("h5_url", "https://")? }, LINK_MS)),
            Way::Jsapi => {
                let prepay = given("prepay_id", "")?;
                let url = if is_id(&prepay, 64, b"_-") { self.page(host, &prepay).await? } else { return None };
                Some((NextStep::Link { url }, CODE_MS))
            }
        }
    }

    /// The merchant's page with what it has to hand to `getBrandWCPayRequest`, signed.
    async fn page(&self, host: &dyn Host, prepay: &str) -> Option<String> {
        let Settings { appid, jsapi_page, .. } = &self.settings;
        let (time, nonce) = (host.now_ms().div_euclid(1000), host.random_hex(16).await);
        let package = format!("prepay_id={prepay}");
        let signature = self.own.sign(format!("{appid}\n{time}\n{nonce}\n{package}\n").as_bytes())?;
        let form = Form::new().field("appId", appid).field("timeStamp", time).field("nonceStr", nonce);
        let form = form.field("package", package).field("signType", "RSA").field("paySign", signature);
        Some(form.query_of(jsapi_page))
    }

    /// What an order that was found means. If nobody has paid it, it is placed once more, which gives its code or link
    /// again: the first may have been lost with its answer.
    async fn go_on(&self, host: &dyn Host, order: Order) -> Outcome {
        if let (true, Some(total), Some(description)) = (order.waits_for_person(), order.amount, &order.description) {
            return match self.place(host, &order.out_trade_no, total.money(), description).await {
                Outcome::Failed { .. } => Outcome::pending(POLL_AFTER_MS, None),
                Outcome::NotSent { reason } => Outcome::unknown(reason),
                outcome => outcome,
            };
        }
        order.outcome(&order.out_trade_no)
    }
}

#[async_trait]
impl PaymentProvider for WechatPay {
    fn capabilities(&self) -> Capabilities {
        let settings = &self.client.settings;
        capabilities(settings.host(), settings.mode, settings.way, settings.plan().is_some())
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        if text::in_path(&request.reference).is_err() {
            return Outcome::not_sent(text::STRANGE);
        }
        if request.authorize_only || request.amount.currency != Currency::CNY || request.amount.minor <= 0 {
            return Outcome::not_sent("WeChat Pay takes whole payments in yuan only");
        }
        match request.instrument.as_ref().and_then(|instrument| instrument.ids.get(contract::CONTRACT)) {
            Some(number) => self.client.deduct(host, &request, number).await,
            None => {
                let description = self.client.description(&request);
                self.client.place(host, &request.reference, request.amount, &description).await
            }
        }
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        match self.client.order(host, &request.reference).await {
            // Money in another amount is for the host to see; an order in another amount is not to be offered again.
            Ok(order) if order.waits_for_person() && !order.is_for(request.amount) => {
                Outcome::unknown("WeChat Pay has this order with another amount")
            }
            Ok(order) => self.client.go_on(host, order).await,
            Err(denied) => denied.silence().of_known(),
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.client.order(host, &request.reference).await {
            Ok(order) => self.client.go_on(host, order).await.into(),
            Err(denied) => denied.of_query(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        self.client.close(host, &request.reference).await.unwrap_or_else(|denied| denied.silence().of_known())
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let refund = self.client.give_back(host, &request).await;
        refund.map_or_else(Denied::of_refund, |refund| refund.outcome(&request.refund_reference))
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        let refund = self.client.given_back(host, &request.refund_reference).await;
        refund.map_or_else(Denied::of_query_refund, |refund| refund.outcome(&request.refund_reference))
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(&self.client, host, &request).await
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.client.begin_contract(host, &request).await.unwrap_or_else(Denied::of_enrolment)
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        self.client.contract(host, &request.reference).await.unwrap_or_else(Denied::of_query_enrolment)
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        let settings = &self.client.settings;
        let path = format!("/v3/pay/transactions/out-trade-no/{NOBODYS}?mchid={}", settings.mchid);
        match self.client.ask::<Order>(host, "GET", &path, "").await {
            // It knows the merchant, took the signature, and has no such order.
            Err(denied) if denied.is_missing() => CredentialsAnswer::Accepted {
                account: Some(format!("merchant {}, app {}", settings.mchid, settings.appid)),
                live: Some(settings.mode == Mode::Live),
            },
            Err(denied) => denied.of_credentials(
                "compare `mchid`, `merchant_serial` and `merchant_private_key` with the merchant platform",
            ),
            Ok(_) => CredentialsAnswer::Unreachable { reason: "WeChat Pay has an order that nobody placed".into() },
        }
    }
}
