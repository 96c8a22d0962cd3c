//! What the pretend WeChat Pay does with a request that is the merchant's.

use super::town::{APPID, Books, MCHID, Order, PLAN, Town, no, shown};
use crate::scanned::Fault;
use axum::http::{Method, Uri};
use sayso::payments::Clock as _;
use serde_json::{Value, json};

type Answer = (u16, Value);

/// A body with these fields and no others; those with `?` may be absent.
fn fields(body: &str, wanted: &[&str]) -> Result<Value, Answer> {
    let value: Value = serde_json::from_str(body).map_err(|_| no(400, "PARAM_ERROR"))?;
    let given = value.as_object().ok_or_else(|| no(400, "PARAM_ERROR"))?;
    let known = |name: &str| wanted.iter().any(|wanted| wanted.trim_end_matches('?') == name);
    let missing = wanted.iter().any(|wanted| !wanted.ends_with('?') && !given.contains_key(*wanted));
    if missing || !given.keys().all(|name| known(name)) {
        return Err(no(400, "PARAM_ERROR"));
    }
    Ok(value)
}

fn is_reference(text: &str) -> bool {
    (6..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-|*".contains(&b))
}

fn is_text(value: &Value, bytes_max: usize) -> bool {
    value.as_str().is_some_and(|text| (1..=bytes_max).contains(&text.len()) && text.chars().all(|c| c.len_utf8() < 4))
}

fn is_amount(value: &Value) -> bool {
    value["total"].as_i64().is_some_and(|total| total > 0) && value["currency"] == "CNY"
}

impl Town {
    pub(super) fn answer(&self, method: &Method, uri: &Uri, body: &str, fault: Option<Fault>) -> Answer {
        let path: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
        let mut books = self.books();
        let done = match (method.as_str(), path.as_slice()) {
            ("GET", ["v3", "certificates"]) => Ok(self.certificates()),
            ("POST", ["v3", "pay", "transactions", way @ ("native" | "h5" | "jsapi")]) => books.place(body, way),
            ("GET", ["v3", "pay", "transactions", "out-trade-no", number]) => {
                if uri.query() != Some(format!("mchid={MCHID}").as_str()) {
                    return no(400, "PARAM_ERROR");
                }
                match books.orders.get(*number) {
                    Some(order) => Ok((200, shown(number, order, fault))),
                    None => Err(no(404, "ORDER_NOT_EXIST")),
                }
            }
            ("POST", ["v3", "pay", "transactions", "out-trade-no", number, "close"]) => books.close(number, body),
            ("POST", ["v3", "refund", "domestic", "refunds"]) => books.refund(body),
            ("GET", ["v3", "refund", "domestic", "refunds", number]) => books
                .refunds
                .get(*number)
                .map(|refund| (200, refund.clone()))
                .ok_or_else(|| no(404, "RESOURCE_NOT_EXISTS")),
            ("GET", ["v3", "papay", "pay", "schedules", "contract-id", contract]) => {
                let none = json!({ "schedule_state": "NO_SCHEDULED" });
                Ok((200, books.schedules.get(*contract).cloned().unwrap_or(none)))
            }
            ("POST", ["v3", "papay", "pay", "schedules", "contract-id", contract, "schedule"]) => {
                books.reserve(contract, body, self.clock.now_ms())
            }
            ("POST", ["v3", "papay", "pay", "transactions", "apply"]) => books.apply(body),
            ("POST", ["v3", "papay", "scheduled-deduct-sign", "contracts", "pre-entrust-sign", "h5"]) => {
                books.begin_contract(body)
            }
            ("GET", ["v3", "papay", "sign", "contracts", "plan-id", plan, "out-contract-code", code]) => {
                let signed = books.contracts.get(*code).filter(|contract| contract["contract_state"] == "SIGNED");
                let found = signed.filter(|_| *plan == PLAN.to_string());
                found.map(|contract| (200, contract.clone())).ok_or_else(|| no(404, "RESOURCE_NOT_EXISTS"))
            }
            _ => Err(no(404, "NO_SUCH_PATH")),
        };
        done.unwrap_or_else(|refusal| refusal)
    }
}

impl Books {
    fn place(&mut self, body: &str, way: &str) -> Result<Answer, Answer> {
        let extra = match way {
            "h5" => "scene_info",
            "jsapi" => "payer",
            _ => "?",
        };
        let placed = fields(body, &["appid", "mchid", "description", "out_trade_no", "notify_url", "amount", extra])
            .or_else(|refusal| {
                if way == "native" {
                    fields(body, &["appid", "mchid", "description", "out_trade_no", "notify_url", "amount"])
                } else {
                    Err(refusal)
                }
            })?;
        let number = placed["out_trade_no"].as_str().unwrap_or_default();
        let notify = placed["notify_url"].as_str().is_some_and(|url| url.starts_with("https://") && !url.contains('?'));
        if !is_reference(number) || !is_text(&placed["description"], 127) || !is_amount(&placed["amount"]) || !notify {
            return Err(no(400, "PARAM_ERROR"));
        }
        if placed["appid"] != APPID || placed["mchid"] != MCHID {
            return Err(no(400, "APPID_MCHID_NOT_MATCH"));
        }
        match self.orders.get(number) {
            Some(order) if order.state == "CLOSED" => return Err(no(400, "ORDER_CLOSED")),
            Some(order) if order.state != "NOTPAY" => return Err(no(400, "ORDERPAID")),
            Some(order) if order.placed != placed => return Err(no(400, "INVALID_REQUEST")),
            Some(_) => {}
            None => {
                let order = Order { placed: placed.clone(), state: "NOTPAY", transaction_id: None };
                self.orders.insert(number.to_owned(), order);
            }
        }
        Ok(match way {
            "native" => (200, json!({ "code_url": format!("weixin://wxpay/bizpayurl?pr={number}") })),
            "h5" => (200, json!({ "h5_url": format!("https://wx.tenpay.com/pay?prepay_id={number}") })),
            _ => (200, json!({ "prepay_id": format!("wx{number}") })),
        })
    }

    fn close(&mut self, number: &str, body: &str) -> Result<Answer, Answer> {
        if fields(body, &["mchid"])?["mchid"] != MCHID {
            return Err(no(400, "PARAM_ERROR"));
        }
        let order = self.orders.get_mut(number).ok_or_else(|| no(404, "ORDER_NOT_EXIST"))?;
        match order.state {
            "NOTPAY" | "CLOSED" => {
                order.state = "CLOSED";
                Ok((204, Value::Null))
            }
            _ => Err(no(400, "ORDERPAID")),
        }
    }

    fn refund(&mut self, body: &str) -> Result<Answer, Answer> {
        let asked = fields(body, &["out_trade_no", "out_refund_no", "notify_url", "amount"])?;
        let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
        let (number, refund_number) = (text("out_trade_no"), text("out_refund_no"));
        let amount = fields(&asked["amount"].to_string(), &["refund", "total", "currency"])?;
        let minor = amount["refund"].as_i64().filter(|minor| *minor > 0).ok_or_else(|| no(400, "PARAM_ERROR"))?;
        if !is_reference(&refund_number) || amount["currency"] != "CNY" {
            return Err(no(400, "PARAM_ERROR"));
        }
        if let Some(known) = self.refunds.get(&refund_number) {
            let same = known["out_trade_no"] == number && known["amount"]["refund"] == minor;
            return if same { Ok((200, known.clone())) } else { Err(no(400, "INVALID_REQUEST")) };
        }
        let order = self.orders.get_mut(&number).ok_or_else(|| no(404, "RESOURCE_NOT_EXISTS"))?;
        let paid = order.placed["amount"]["total"].as_i64().unwrap();
        let of_this = self.refunds.values().filter(|refund| refund["out_trade_no"] == number);
        let back: i64 = of_this.map(|refund| refund["amount"]["refund"].as_i64().unwrap()).sum();
        if !["SUCCESS", "REFUND"].contains(&order.state) || amount["total"] != paid || back + minor > paid {
            return Err(no(400, "INVALID_REQUEST"));
        }
        order.state = "REFUND";
        let refund = json!({
            "refund_id": format!("5000{}", self.refunds.len()), "out_refund_no": refund_number, "out_trade_no": number,
            "transaction_id": order.transaction_id, "channel": "ORIGINAL", "user_received_account": "零钱",
            "create_time": "2025-11-24T16:00:00+08:00", "status": "PROCESSING",
            "amount": { "total": paid, "refund": minor, "payer_total": paid, "payer_refund": minor, "settlement_refund": minor,
                "settlement_total": paid, "discount_refund": 0, "currency": "CNY" },
        });
        let mut done = refund.clone();
        done["status"] = json!("SUCCESS");
        self.refunds.insert(refund_number.clone(), done);
        self.moved.push((refund_number, -minor));
        Ok((200, refund))
    }

    fn begin_contract(&mut self, body: &str) -> Result<Answer, Answer> {
        let wanted = ["appid", "plan_id", "out_contract_code", "contract_display_account", "contract_notify_url"];
        let asked = fields(body, &wanted)?;
        let code = asked["out_contract_code"]
            .as_str()
            .filter(|code| is_reference(code))
            .ok_or_else(|| no(400, "PARAM_ERROR"))?;
        if asked["plan_id"] != PLAN || !is_text(&asked["contract_display_account"], 32) {
            return Err(no(400, "PARAM_ERROR"));
        }
        let contract = json!({
            "mchid": MCHID, "appid": APPID, "plan_id": PLAN, "contract_id": format!("9{}", self.contracts.len()),
            "out_contract_code": code, "contract_display_account": asked["contract_display_account"],
            "contract_state": "WAITING", "openid": "oUpF8uMuAJO",
        });
        self.contracts.entry(code.to_owned()).or_insert(contract);
        Ok((200, json!({ "redirect_url": format!("https://payapp.wechatpay.cn/sign?session_id={code}") })))
    }

    fn is_signed(&self, contract: &str) -> bool {
        self.contracts.values().any(|known| known["contract_id"] == contract && known["contract_state"] == "SIGNED")
    }

    fn reserve(&mut self, contract: &str, body: &str, now_ms: i64) -> Result<Answer, Answer> {
        let asked = fields(body, &["appid", "schedule_amount"])?;
        if !self.is_signed(contract) {
            return Err(no(403, "CONTRACT_NOT_EXIST"));
        }
        if !is_amount(&asked["schedule_amount"]) || self.schedules.contains_key(contract) {
            return Err(no(400, "INVALID_REQUEST"));
        }
        let now = jiff::Timestamp::from_millisecond(now_ms).unwrap();
        let day = |days: i64| {
            let later = jiff::tz::Offset::constant(8).to_datetime(now).date() + jiff::Span::new().days(days);
            later.to_string()
        };
        let schedule = json!({
            "schedule_state": "SCHEDULED", "deduct_start_date": day(self.reserved_in_days),
            "deduct_end_date": day(self.reserved_in_days + 2),
            "scheduled_amount": asked["schedule_amount"],
        });
        self.schedules.insert(contract.to_owned(), schedule.clone());
        Ok((200, schedule))
    }

    fn apply(&mut self, body: &str) -> Result<Answer, Answer> {
        let wanted =
            ["appid", "out_trade_no", "description", "transaction_notify_url", "contract_id", "amount", "attach"];
        let asked = fields(body, &wanted)?;
        let number = asked["out_trade_no"]
            .as_str()
            .filter(|number| is_reference(number))
            .ok_or_else(|| no(400, "PARAM_ERROR"))?;
        let contract = asked["contract_id"].as_str().unwrap_or_default();
        if !is_amount(&asked["amount"]) || !is_text(&asked["description"], 127) {
            return Err(no(400, "PARAM_ERROR"));
        }
        if let Some(order) = self.orders.get(number) {
            let same = order.placed == asked && order.state == "ACCEPT";
            return if same {
                Ok((200, json!({ "out_trade_no": number, "amount": asked["amount"] })))
            } else {
                Err(no(403, "RULE_LIMIT"))
            };
        }
        let reserved =
            self.schedules.get(contract).is_some_and(|schedule| schedule["scheduled_amount"] == asked["amount"]);
        let already =
            self.orders.values().any(|order| order.placed["contract_id"] == contract && order.state != "CLOSED");
        if !self.is_signed(contract) || !reserved || already {
            return Err(no(403, "RULE_LIMIT"));
        }
        let order = Order { placed: asked.clone(), state: "ACCEPT", transaction_id: None };
        self.orders.insert(number.to_owned(), order);
        Ok((200, json!({ "out_trade_no": number, "amount": asked["amount"] })))
    }
}
