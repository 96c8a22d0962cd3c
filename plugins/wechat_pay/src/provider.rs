//! The verbs: what to send to WeChat Pay, and what its answers mean.

use crate::client::{Client, Refused};
use crate::contract;
use crate::settings::{Settings, Way};
use crate::wire::{self, Order, Problem, Refund, unknown};
use crate::{text, webhook};
use sayso_plugin_sdk::heard::Silence;
use sayso_plugin_sdk::interface::capabilities::HandoffKind;
use sayso_plugin_sdk::interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, Capabilities, CheckRequest, CredentialsAnswer, Currency, EnrolOutcome, EnrolRequest,
    Host, HttpResponse, Money, NextStep, Outcome, PayRequest, PaymentProvider, Plugin, QueryAnswer,
    QueryEnrolmentRequest, QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest, RetryAdvice, async_trait,
};
use serde_json::{Value, json};

/// How long a code to scan is good for, in milliseconds.
const CODE_MS: i64 = 2 * 3_600_000;
/// How long a link for a phone is good for, in milliseconds.
const LINK_MS: i64 = 5 * 60_000;
/// Why a reference is not sent.
pub(crate) const STRANGE: &str = "the reference has characters that WeChat Pay does not take";
/// An order that nobody has: asking for it tells whether the credentials are taken.
const NOBODYS: &str = "sayso_checks_credentials";

/// A merchant at WeChat Pay.
pub struct WechatPay {
    client: Client,
}

impl Plugin for WechatPay {
    fn describe() -> Capabilities {
        capabilities("api.mch.weixin.qq.com", Way::Native, true)
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Ok(WechatPay { client: Client::new(Settings::read(configuration)?) })
    }
}

fn capabilities(host: &str, way: Way, contracts: bool) -> Capabilities {
    Capabilities {
        name: "wechat_pay".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        // API v3 has no sandbox: what is sent there is real.
        practice: false,
        currencies: vec![Currency::CNY],
        limits: Vec::new(),
        off_session: contracts,
        authorize_and_capture: false,
        partial_refund: true,
        query_by_reference: true,
        idempotency_key_life_ms: None,
        reference_length_max: 32,
        hosts: vec![host.to_owned()],
        secrets: Vec::new(),
        secrets_inside: vec!["merchant_private_key".to_owned(), "api_v3_key".to_owned()],
        handoff: vec![if way == Way::Native { HandoffKind::Qr } else { HandoffKind::Link }],
        enrolment: contracts,
        hours: contracts.then_some(contract::HOURS),
    }
}

impl Client {
    /// What a person reads on their bill.
    pub(crate) fn description(&self, request: &PayRequest) -> String {
        text::plain(&format!("{} {}", request.payee.name, request.purpose), text::DESCRIPTION_MAX, "Sayso")
    }

    /// The order with this reference; `None` if WeChat Pay says that there is none.
    pub(crate) async fn order(&self, host: &dyn Host, reference: &str) -> Result<Option<Order>, Silence> {
        if !text::is_reference(reference) {
            return Err(Silence::Unclear(STRANGE.into()));
        }
        let (path, mchid) = (text::in_path(reference), &self.settings.mchid);
        let path = format!("/v3/pay/transactions/out-trade-no/{path}?mchid={mchid}");
        match self.ask::<Order>(host, "GET", &path, "").await? {
            Ok(order) if order.out_trade_no == reference && order.mchid == *mchid => Ok(Some(order)),
            Ok(_) => Err(Silence::Unclear("WeChat Pay answered with another payment".into())),
            Err(Refused { problem: Problem::Missing, .. }) => Ok(None),
            Err(refused) => Err(refused.unclear()),
        }
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
            Ok(Ok(answer)) => answer,
            Ok(Err(refused)) => return refused.of_payment(),
            Err(silence) => return silence.of_payment(),
        };
        match self.next_step(host, &answer).await {
            Some((next, life_ms)) => {
                let expires_ms = Some(host.now_ms() + life_ms);
                Outcome::ActionRequired { next, expires_ms, provider_reference: None }
            }
            None => unknown("WeChat Pay's answer is not understood"),
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
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
                if prepay.is_empty() || !prepay.bytes().all(plain) {
                    return None;
                }
                Some((NextStep::Link { url: self.page(host, &prepay).await? }, CODE_MS))
            }
        }
    }

    /// The merchant's page with what it has to hand to `getBrandWCPayRequest`, signed.
    async fn page(&self, host: &dyn Host, prepay: &str) -> Option<String> {
        let Settings { appid, jsapi_page, private_key, .. } = &self.settings;
        let (time, nonce) = (host.now_ms().div_euclid(1000), host.random_hex(16).await);
        let signature = private_key.sign(format!("{appid}\n{time}\n{nonce}\nprepay_id={prepay}\n").as_bytes())?;
        let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        Some(format!(
            "{jsapi_page}?appId={appid}&timeStamp={time}&nonceStr={nonce}&package=prepay_id%3D{prepay}&signType=RSA&paySign={signature}"
        ))
    }

    /// What an order that was found means. If nobody has paid it, it is placed once more, which gives its code or link
    /// again: the first may have been lost with its answer.
    async fn go_on(&self, host: &dyn Host, order: Order) -> Outcome {
        let unpaid = order.trade_state == "NOTPAY" && order.attach.as_deref() != Some(contract::MARK);
        if let (true, Some(total), Some(description)) = (unpaid, order.amount, &order.description) {
            return match self.place(host, &order.out_trade_no, total.money(), description).await {
                Outcome::Failed { .. } => wire::pending(None),
                Outcome::NotSent { reason } => unknown(reason),
                outcome => outcome,
            };
        }
        order.outcome(&self.settings.mchid, &order.out_trade_no)
    }

    async fn refunded(
        &self,
        host: &dyn Host,
        method: &str,
        path: &str,
        body: &str,
        refund_reference: &str,
    ) -> RefundOutcome {
        match self.ask::<Refund>(host, method, path, body).await {
            Ok(Ok(refund)) => refund.outcome(refund_reference),
            Ok(Err(Refused { code, problem: Problem::No(..) })) => RefundOutcome::Failed { provider_code: Some(code) },
            Ok(Err(Refused { problem: Problem::Missing, .. })) => RefundOutcome::NotFound,
            Ok(Err(refused)) => refused.unclear().of_refund(),
            Err(silence) => silence.of_refund(),
        }
    }
}

#[async_trait]
impl PaymentProvider for WechatPay {
    fn capabilities(&self) -> Capabilities {
        let settings = &self.client.settings;
        capabilities(settings.host(), settings.way, settings.plan_id.is_some())
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        if !text::is_reference(&request.reference) {
            return Outcome::NotSent { reason: STRANGE.into() };
        }
        if request.authorize_only || request.amount.currency != Currency::CNY || request.amount.minor <= 0 {
            return Outcome::NotSent { reason: "WeChat Pay takes whole payments in yuan only".into() };
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
            Ok(Some(order)) if order.trade_state == "NOTPAY" && !order.is_for(request.amount) => {
                unknown("WeChat Pay has this order with another amount")
            }
            Ok(Some(order)) => self.client.go_on(host, order).await,
            Ok(None) => unknown("WeChat Pay knows no such order"),
            Err(silence) => silence.of_known(),
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.client.order(host, &request.reference).await {
            Ok(Some(order)) => match self.client.go_on(host, order).await {
                Outcome::Unknown { reason } => QueryAnswer::Unreachable { reason },
                outcome => QueryAnswer::Found { outcome },
            },
            Ok(None) => QueryAnswer::NotFound,
            Err(silence) => silence.of_query(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        if !text::is_reference(&request.reference) {
            return unknown(STRANGE);
        }
        let path = format!("/v3/pay/transactions/out-trade-no/{}/close", text::in_path(&request.reference));
        let body = json!({ "mchid": self.client.settings.mchid }).to_string();
        let response = match self.client.send(host, "POST", &path, &body).await {
            Ok(response) => response,
            Err(silence) => return silence.of_known(),
        };
        if response.status == 204 {
            let provider_code = Some("CLOSED".to_owned());
            return Outcome::Failed { code: DeclineCode::Canceled, provider_code, retry: RetryAdvice::Later };
        }
        if wire::problem(response.status, &response.body).is_none() {
            return unknown(format!("WeChat Pay answered with status {}", response.status));
        }
        // It cannot be closed as it stands: what became of it decides.
        match self.client.order(host, &request.reference).await {
            Ok(Some(order)) => order.outcome(&self.client.settings.mchid, &request.reference),
            Ok(None) => unknown("WeChat Pay knows no such order"),
            Err(silence) => silence.of_known(),
        }
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        if !text::is_reference(&request.reference) || !text::is_reference(&request.refund_reference) {
            return RefundOutcome::Unknown { reason: STRANGE.into() };
        }
        let body = json!({
            "out_trade_no": request.reference,
            "out_refund_no": request.refund_reference,
            "notify_url": self.client.settings.notify_url,
            "amount": { "refund": request.amount.minor, "total": request.paid.minor, "currency": request.amount.currency },
        });
        let (path, body) = ("/v3/refund/domestic/refunds", body.to_string());
        match self.client.refunded(host, "POST", path, &body, &request.refund_reference).await {
            RefundOutcome::NotFound => RefundOutcome::Failed { provider_code: Some("RESOURCE_NOT_EXISTS".into()) },
            outcome => outcome,
        }
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        if !text::is_reference(&request.refund_reference) {
            return RefundOutcome::Unknown { reason: STRANGE.into() };
        }
        let path = format!("/v3/refund/domestic/refunds/{}", text::in_path(&request.refund_reference));
        self.client.refunded(host, "GET", &path, "", &request.refund_reference).await
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(&self.client, host, &request).await
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse { status: 204, headers: Vec::new(), body: String::new() }
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.client.begin_contract(host, &request).await
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        self.client.contract(host, &request).await
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        let settings = &self.client.settings;
        let path = format!("/v3/pay/transactions/out-trade-no/{NOBODYS}?mchid={}", settings.mchid);
        match self.client.ask::<Order>(host, "GET", &path, "").await {
            // It knows the merchant, took the signature, and has no such order.
            Ok(Err(Refused { problem: Problem::Missing, .. })) => CredentialsAnswer::Accepted {
                account: Some(format!("merchant {}, app {}", settings.mchid, settings.appid)),
                live: Some(settings.live),
            },
            Ok(Err(Refused { code, problem: Problem::No(..) })) => CredentialsAnswer::Refused {
                reason: format!(
                    "WeChat Pay refused with {code}: compare `mchid`, `merchant_serial` and `merchant_private_key` with the merchant platform"
                ),
            },
            Ok(Err(refused)) => refused.unclear().of_credentials(),
            Ok(Ok(_)) => Silence::Unclear("WeChat Pay has an order that nobody placed".into()).of_credentials(),
            Err(silence) => silence.of_credentials(),
        }
    }
}
