//! The verbs: what to send to WeChat Pay, and what its answers mean.

use crate::client::Client;
use crate::contract;
use crate::settings::{LIVE, Settings, Way};
use crate::wire::{self, Order, POLL_AFTER_MS, Refund};
use crate::{text, webhook};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Mode;
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
        capabilities(LIVE.trim_start_matches("https://"), Mode::Live, Way::Native, true)
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Ok(WechatPay { client: Client::new(Settings::read(configuration)?) })
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

    /// The order with this reference; `None` if WeChat Pay says that there is none.
    pub(crate) async fn order(&self, host: &dyn Host, reference: &str) -> Result<Option<Order>, Denied> {
        if !text::is_reference(reference) {
            return Err(Denied::unclear(STRANGE));
        }
        let (path, mchid) = (text::in_path(reference), &self.settings.mchid);
        let path = format!("/v3/pay/transactions/out-trade-no/{path}?mchid={mchid}");
        match self.ask::<Order>(host, "GET", &path, "").await {
            Ok(order) if order.out_trade_no == reference && order.mchid == *mchid => Ok(Some(order)),
            Ok(_) => Err(Denied::unclear("WeChat Pay answered with another payment")),
            Err(denied) if denied.is_missing() => Ok(None),
            Err(denied) => Err(denied),
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
                Outcome::Failed { .. } => Outcome::pending(POLL_AFTER_MS, None),
                Outcome::NotSent { reason } => Outcome::unknown(reason),
                outcome => outcome,
            };
        }
        order.outcome(&self.settings.mchid, &order.out_trade_no)
    }
}

#[async_trait]
impl PaymentProvider for WechatPay {
    fn capabilities(&self) -> Capabilities {
        let settings = &self.client.settings;
        capabilities(settings.host(), settings.mode, settings.way, settings.plan_id.is_some())
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        if !text::is_reference(&request.reference) {
            return Outcome::not_sent(STRANGE);
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
            Ok(Some(order)) if order.trade_state == "NOTPAY" && !order.is_for(request.amount) => {
                Outcome::unknown("WeChat Pay has this order with another amount")
            }
            Ok(Some(order)) => self.client.go_on(host, order).await,
            Ok(None) => Outcome::unknown("WeChat Pay knows no such order"),
            Err(denied) => denied.silence().of_known(),
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.client.order(host, &request.reference).await {
            Ok(Some(order)) => self.client.go_on(host, order).await.into(),
            Ok(None) => QueryAnswer::NotFound,
            Err(denied) => denied.silence().of_query(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        if !text::is_reference(&request.reference) {
            return Outcome::unknown(STRANGE);
        }
        let path = format!("/v3/pay/transactions/out-trade-no/{}/close", text::in_path(&request.reference));
        let body = json!({ "mchid": self.client.settings.mchid }).to_string();
        let response = match self.client.send(host, "POST", &path, &body).await {
            Ok(response) => response,
            Err(silence) => return silence.of_known(),
        };
        if response.status == 204 {
            return Outcome::failed(DeclineCode::Canceled, RetryAdvice::Later, "CLOSED");
        }
        if let denied @ Denied::Silent(_) = wire::denied(response.status, &response.body) {
            return denied.of_known();
        }
        // It cannot be closed as it stands: what became of it decides.
        match self.client.order(host, &request.reference).await {
            Ok(Some(order)) => order.outcome(&self.client.settings.mchid, &request.reference),
            Ok(None) => Outcome::unknown("WeChat Pay knows no such order"),
            Err(denied) => denied.silence().of_known(),
        }
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        if !text::is_reference(&request.reference) || !text::is_reference(&request.refund_reference) {
            return RefundOutcome::unknown(STRANGE);
        }
        let body = json!({
            "out_trade_no": request.reference,
            "out_refund_no": request.refund_reference,
            "notify_url": self.client.settings.notify_url,
            "amount": { "refund": request.amount.minor, "total": request.paid.minor, "currency": request.amount.currency },
        });
        match self.client.ask::<Refund>(host, "POST", "/v3/refund/domestic/refunds", &body.to_string()).await {
            Ok(refund) => refund.outcome(&request.refund_reference),
            Err(denied) => denied.of_refund(),
        }
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        if !text::is_reference(&request.refund_reference) {
            return RefundOutcome::unknown(STRANGE);
        }
        let path = format!("/v3/refund/domestic/refunds/{}", text::in_path(&request.refund_reference));
        match self.client.ask::<Refund>(host, "GET", &path, "").await {
            Ok(refund) => refund.outcome(&request.refund_reference),
            Err(denied) => denied.of_query_refund(),
        }
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(&self.client, host, &request).await
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
