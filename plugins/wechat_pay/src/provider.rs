//! The verbs: what to send to WeChat Pay, and what its answers mean.

use crate::client::Client;
use crate::contract;
use crate::settings::{PLACES, Settings, Way};
use crate::wire::{Order, POLL_AFTER_MS, description, in_path, is_reference, refunded};
use sayso_plugin_sdk::form::Form;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::translator::asked_for_nothing;
use sayso_plugin_sdk::{address, text::is_id};
use serde_json::{Value, json};

/// How long a code to scan is good for, in milliseconds.
const CODE_MS: i64 = 2 * 3_600_000;
/// How long a link for a phone is good for, in milliseconds.
const LINK_MS: i64 = 5 * 60_000;
/// An order that nobody has: asking for it tells whether the credentials are taken.
const NOBODYS: &str = "sayso_checks_credentials";

/// WeChat Pay, as Sayso knows it.
pub type WechatPay = Translated<Client>;

impl Client {
    /// The order with this reference.
    pub(crate) async fn order(&self, host: &dyn Host, reference: &str) -> Told<Order> {
        let (path, mchid) = (in_path(reference), &self.settings.mchid);
        let path = format!("/v3/pay/transactions/out-trade-no/{path}?mchid={mchid}");
        let order = Order(self.get(host, &path).await.map_err(Denied::asked)?);
        let ours = order.reference() == reference && order.0.text("mchid") == Some(mchid);
        if ours { Ok(order) } else { Err(Denied::unclear("WeChat Pay answered with another payment")) }
    }

    /// Places an order for somebody to pay. The same order placed again has no second effect.
    async fn place(&self, host: &dyn Host, reference: &str, amount: Money, description: &str) -> Told<Outcome> {
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
        let placed = self.post(host, &format!("/v3/pay/transactions/{way}"), &body).await?;
        let next = self.next_step(host, &placed).await;
        let (next, life_ms) = next.ok_or_else(|| Denied::unclear("WeChat Pay's answer is not understood"))?;
        Ok(Outcome::acts(next, Some(host.now_ms() + life_ms), None))
    }

    /// What the person has to do, and for how long they can.
    async fn next_step(&self, host: &dyn Host, placed: &Value) -> Option<(NextStep, i64)> {
        match self.settings.way {
            Way::Native => {
                let content = placed.owned("code_url").filter(|code| code.starts_with("weixin://"))?;
                Some((NextStep::Qr { content }, CODE_MS))
            }
            Way::H5 => Some((address::link(placed.word("h5_url"))?, LINK_MS)),
            Way::Jsapi => {
                let prepay = placed.text("prepay_id").filter(|prepay| is_id(prepay, 64, b"_-"))?;
                Some((NextStep::Link { url: self.page(host, prepay).await? }, CODE_MS))
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
    async fn go_on(&self, host: &dyn Host, order: &Order) -> Told<Outcome> {
        let (true, Some(amount), Some(description)) =
            (order.waits_for_person(), order.amount(), order.0.text("description"))
        else {
            return Ok(order.outcome());
        };
        match self.place(host, order.reference(), amount, description).await {
            Err(denied) if denied.is_no() => Ok(Outcome::pending(POLL_AFTER_MS, None)),
            outcome => outcome.map_err(|denied| denied.asked().after()),
        }
    }
}

#[async_trait]
impl Translator for Client {
    const MEND: &'static str =
        "compare `mchid`, `merchant_serial` and `merchant_private_key` with the merchant platform";

    fn capabilities(configured: Option<&Self>) -> Capabilities {
        let (place, way, contracts) = match configured {
            Some(client) => (client.place.clone(), client.settings.way, client.settings.plan().is_some()),
            None => (PLACES.usual(), Way::Native, true),
        };
        Capabilities {
            currencies: vec![Currency::CNY],
            off_session: contracts,
            partial_refund: true,
            query_by_reference: true,
            reference_length_max: 32,
            secrets_inside: vec!["merchant_private_key".to_owned(), "api_v3_key".to_owned()],
            handoff: vec![if way == Way::Native { HandoffKind::Qr } else { HandoffKind::Link }],
            enrolment: contracts,
            hours: contracts.then_some(contract::HOURS),
            ..place.capabilities("wechat_pay", env!("CARGO_PKG_VERSION"))
        }
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Settings::read(configuration)
    }

    fn takes_reference(reference: &str) -> bool {
        is_reference(reference)
    }

    async fn pay(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome> {
        if request.authorize_only || request.amount.currency != Currency::CNY || request.amount.minor <= 0 {
            return Err(Denied::not_sent("WeChat Pay takes whole payments in yuan only"));
        }
        match request.instrument.as_ref().and_then(|instrument| instrument.ids.get(contract::CONTRACT)) {
            Some(number) => self.deduct(host, request, number).await,
            None => self.place(host, &request.reference, request.amount, &description(request)).await,
        }
    }

    async fn advance(&self, host: &dyn Host, request: &AdvanceRequest) -> Told<Outcome> {
        let order = self.order(host, &request.reference).await?;
        // Money in another amount is for the host to see; an order in another amount is not to be offered again.
        if order.waits_for_person() && order.amount() != Some(request.amount) {
            return Err(Denied::unclear("WeChat Pay has this order with another amount"));
        }
        self.go_on(host, &order).await
    }

    async fn query(&self, host: &dyn Host, request: &QueryRequest) -> Told<Outcome> {
        let order = self.order(host, &request.reference).await?;
        self.go_on(host, &order).await
    }

    /// Closes an order that nobody has paid; what became of it instead, where that is too late.
    async fn cancel(&self, host: &dyn Host, request: &CancelRequest) -> Told<Outcome> {
        let path = format!("/v3/pay/transactions/out-trade-no/{}/close", in_path(&request.reference));
        match self.post(host, &path, &json!({ "mchid": self.settings.mchid })).await {
            Ok(Value::Null) => Ok(Outcome::canceled("CLOSED")),
            Ok(_) => Err(Denied::unclear("WeChat Pay's answer is not understood")),
            // It cannot be closed as it stands: what became of it decides.
            Err(Denied::Refused { .. }) => Ok(self.order(host, &request.reference).await?.outcome()),
            Err(denied) => Err(denied),
        }
    }

    /// Gives back a part or all; the same reference of a refund gives back once.
    async fn refund(&self, host: &dyn Host, request: &RefundRequest) -> Told<RefundOutcome> {
        let body = json!({
            "out_trade_no": request.reference,
            "out_refund_no": request.refund_reference,
            "notify_url": self.settings.notify_url,
            "amount": { "refund": request.amount.minor, "total": request.paid.minor, "currency": request.amount.currency },
        });
        let told = self.post(host, "/v3/refund/domestic/refunds", &body).await?;
        Ok(refunded(&told, &request.refund_reference))
    }

    async fn query_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> Told<RefundOutcome> {
        let path = format!("/v3/refund/domestic/refunds/{}", in_path(&request.refund_reference));
        let told = self.get(host, &path).await.map_err(Denied::asked)?;
        Ok(refunded(&told, &request.refund_reference))
    }

    async fn check_credentials(&self, host: &dyn Host) -> Told<CredentialsAnswer> {
        let account = format!("merchant {}, app {}", self.settings.mchid, self.settings.appid);
        asked_for_nothing(self.order(host, NOBODYS).await, account, self.place.is_live())
    }
}
