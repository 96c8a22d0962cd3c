//! What the pretend Alipay does with a request that is the app's.

use super::till::{Books, Order, Till, fen, no, ok, shown, yuan};
use crate::scanned::Fault;
use sayso::payments::Clock as _;
use serde_json::{Value, json};

const LIFE_MS: i64 = 15 * 60_000;
const SCENE: &str = "INDUSTRY|APPSTORE";

/// Whether a body has these fields and no others; those with `?` may be absent.
fn has(biz: &Value, wanted: &str) -> bool {
    let Some(given) = biz.as_object() else { return false };
    let known = |name: &str| wanted.split(' ').any(|wanted| wanted.trim_end_matches('?') == name);
    wanted.split(' ').all(|name| name.ends_with('?') || given.contains_key(name))
        && given.keys().all(|name| known(name))
}

fn is_reference(value: &Value) -> bool {
    let plain =
        |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    value.as_str().is_some_and(plain)
}

fn is_order(biz: &Value) -> bool {
    let title = biz["subject"].as_str().unwrap_or_default();
    is_reference(&biz["out_trade_no"])
        && fen(&biz["total_amount"]).is_some_and(|amount| (1..=10_000_000_000).contains(&amount))
        && (1..=256).contains(&title.len())
        && !title.contains(['/', '=', '&'])
}

impl Till {
    /// The answer to a request whose signature is good.
    pub(super) fn answer(&self, method: &str, biz: &Value, fault: Option<Fault>) -> Value {
        let (mut books, now) = (self.books(), self.clock.now_ms());
        let number = biz["out_trade_no"].as_str().unwrap_or_default();
        match method {
            "alipay.trade.precreate" => {
                let fields = "out_trade_no total_amount subject timeout_express qr_code_timeout_express seller_id?";
                let fine =
                    has(biz, fields) && biz["timeout_express"] == "15m" && biz["qr_code_timeout_express"] == "15m";
                match books.place(biz, fine, now) {
                    Ok(()) => {
                        ok(json!({ "out_trade_no": number, "qr_code": format!("https://qr.alipay.com/{number}") }))
                    }
                    Err(refusal) => refusal,
                }
            }
            "alipay.trade.wap.pay" => {
                let fields = "out_trade_no total_amount subject product_code quit_url time_expire seller_id?";
                match books.place(biz, has(biz, fields) && biz["product_code"] == "QUICK_WAP_WAY", now) {
                    Ok(()) => {
                        books.orders.get_mut(number).unwrap().status = Some("WAIT_BUYER_PAY");
                        ok(json!({}))
                    }
                    Err(refusal) => refusal,
                }
            }
            "alipay.trade.pay" => books.deduct(biz, now),
            "alipay.trade.query" if has(biz, "out_trade_no") => match books.trade(number) {
                Some(order) => shown(number, order, fault),
                None => no("40004", "ACQ.TRADE_NOT_EXIST"),
            },
            "alipay.trade.close" if has(biz, "out_trade_no") => match books.trade(number) {
                None => no("40004", "ACQ.TRADE_NOT_EXIST"),
                Some(order) if order.status == Some("WAIT_BUYER_PAY") => {
                    order.status = Some("TRADE_CLOSED");
                    ok(json!({ "out_trade_no": number, "trade_no": order.trade_no }))
                }
                Some(_) => no("40004", "ACQ.TRADE_STATUS_ERROR"),
            },
            "alipay.trade.refund" if has(biz, "out_trade_no out_request_no refund_amount") => books.refund(biz),
            "alipay.trade.fastpay.refund.query" if has(biz, "out_trade_no out_request_no") => {
                let refund = biz["out_request_no"].as_str().unwrap_or_default();
                match books.refunds.get(refund).filter(|(payment, _)| payment == number) {
                    Some((_, amount)) => ok(json!({ "out_trade_no": number, "out_request_no": refund,
                        "refund_amount": yuan(*amount), "refund_status": "REFUND_SUCCESS" })),
                    None => ok(json!({})),
                }
            }
            "alipay.user.agreement.page.sign" => books.begin_agreement(biz),
            "alipay.user.agreement.query"
                if has(biz, "external_agreement_no personal_product_code sign_scene") && biz["sign_scene"] == SCENE =>
            {
                let reference = biz["external_agreement_no"].as_str().unwrap_or_default();
                match books.agreements.get(reference).filter(|(_, status)| *status != "TEMP") {
                    Some((agreement, status)) => ok(json!({ "agreement_no": agreement, "status": status,
                        "external_agreement_no": reference, "alipay_logon_id": "159****5620" })),
                    None => no("40004", "USER_AGREEMENT_NOT_EXIST"),
                }
            }
            _ => no("40002", "isv.invalid-method"),
        }
    }
}

impl Books {
    /// An order that is a trade already.
    fn trade(&mut self, number: &str) -> Option<&mut Order> {
        self.orders.get_mut(number).filter(|order| order.status.is_some())
    }

    fn place(&mut self, biz: &Value, fine: bool, now_ms: i64) -> Result<(), Value> {
        if !fine || !is_order(biz) {
            return Err(no("40004", "ACQ.INVALID_PARAMETER"));
        }
        let number = biz["out_trade_no"].as_str().unwrap_or_default();
        match self.orders.get_mut(number) {
            Some(order) if order.placed["total_amount"] != biz["total_amount"] => {
                Err(no("40004", "ACQ.CONTEXT_INCONSISTENT"))
            }
            Some(order) => match order.status {
                Some("TRADE_SUCCESS") => Err(no("40004", "ACQ.TRADE_HAS_SUCCESS")),
                Some("TRADE_CLOSED") => Err(no("40004", "ACQ.TRADE_HAS_CLOSE")),
                _ => {
                    order.until_ms = now_ms + LIFE_MS;
                    Ok(())
                }
            },
            None => {
                let trade_no = format!("20251125220014{:014}", self.orders.len());
                let (placed, until_ms) = (biz.clone(), now_ms + LIFE_MS);
                let order = Order { placed, status: None, until_ms, trade_no, paid_ms: None, back: 0 };
                self.orders.insert(number.to_owned(), order);
                Ok(())
            }
        }
    }

    fn deduct(&mut self, biz: &Value, now_ms: i64) -> Value {
        let fields = "out_trade_no total_amount subject product_code agreement_params seller_id?";
        let agreement = biz["agreement_params"]["agreement_no"].as_str().unwrap_or_default().to_owned();
        let fine = has(biz, fields) && has(&biz["agreement_params"], "agreement_no");
        if let Err(refusal) = self.place(biz, fine && biz["product_code"] == "GENERAL_WITHHOLDING", now_ms) {
            return refusal;
        }
        let number = biz["out_trade_no"].as_str().unwrap_or_default();
        let in_force = self.agreements.values().any(|(known, status)| *known == agreement && *status == "NORMAL");
        if !in_force {
            self.orders.remove(number);
            return no("40004", "ACQ.AGREEMENT_NOT_EXIST");
        }
        let why = self.deduction.take();
        let order = self.orders.get_mut(number).unwrap();
        order.status = Some("WAIT_BUYER_PAY");
        match why {
            Some("in process") => {
                return json!({ "code": "10003", "msg": "order success pay inprocess", "out_trade_no": number,
                    "trade_no": order.trade_no, "total_amount": biz["total_amount"] });
            }
            // Refused, and the trade stands open.
            Some(reason) => return no("40004", reason),
            None => {}
        }
        (order.status, order.paid_ms) = (Some("TRADE_SUCCESS"), Some(now_ms));
        let said = ok(json!({ "out_trade_no": number, "trade_no": order.trade_no, "total_amount": biz["total_amount"],
            "receipt_amount": biz["total_amount"], "buyer_logon_id": "159****5620" }));
        self.moved.push((number.to_owned(), fen(&biz["total_amount"]).unwrap()));
        said
    }

    fn refund(&mut self, biz: &Value) -> Value {
        let text = |name: &str| biz[name].as_str().unwrap_or_default().to_owned();
        let (number, refund) = (text("out_trade_no"), text("out_request_no"));
        let Some(amount) =
            fen(&biz["refund_amount"]).filter(|amount| *amount > 0 && is_reference(&biz["out_request_no"]))
        else {
            return no("40004", "ACQ.INVALID_PARAMETER");
        };
        let known = self.refunds.get(&refund).cloned();
        if known.as_ref().is_some_and(|known| *known != (number.clone(), amount)) {
            return no("40004", "ACQ.DISCORDANT_REPEAT_REQUEST");
        }
        let Some(order) = self.trade(&number) else { return no("40004", "ACQ.TRADE_NOT_EXIST") };
        let whole = fen(&order.placed["total_amount"]).unwrap();
        if known.is_none() {
            if order.status != Some("TRADE_SUCCESS") {
                return no("40004", "ACQ.TRADE_STATUS_ERROR");
            }
            if order.back + amount > whole {
                return no("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL");
            }
            order.back += amount;
            if order.back == whole {
                order.status = Some("TRADE_CLOSED");
            }
        }
        // The sum of all refunds, not this one's amount.
        let said = ok(json!({ "out_trade_no": number, "trade_no": order.trade_no, "refund_fee": yuan(order.back),
            "fund_change": if known.is_none() { "Y" } else { "N" } }));
        if known.is_none() {
            self.moved.push((refund.clone(), -amount));
            self.refunds.insert(refund, (number, amount));
        }
        said
    }

    fn begin_agreement(&mut self, biz: &Value) -> Value {
        let fields = "external_agreement_no personal_product_code product_code sign_scene access_params";
        let fine =
            has(biz, fields) && biz["sign_scene"] == SCENE && biz["personal_product_code"] == "GENERAL_WITHHOLDING_P";
        if !fine || biz["access_params"]["channel"] != "ALIPAYAPP" {
            return no("40004", "INVALID_PARAMETER");
        }
        let number = format!("2025112440000000{:04}", self.agreements.len());
        let reference = biz["external_agreement_no"].as_str().unwrap_or_default();
        self.agreements.entry(reference.to_owned()).or_insert((number, "TEMP"));
        ok(json!({}))
    }
}
