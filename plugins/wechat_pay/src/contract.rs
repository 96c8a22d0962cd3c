//! Paying without a screen: a contract that the person signs once in WeChat, and deductions from it.
//!
//! WeChat Pay takes a deduction only in days that were reserved for it, from 07:00 to 22:00 Beijing time, accepts it at once
//! and tells the result later. So a payment here is: see whether today is reserved for this amount; if so, apply for it; if
//! not, reserve, and say that nothing was paid. What was reserved and never applied for moves no money.

use crate::client::Client;
use crate::text;
use crate::wire::{self, Total};
use jiff::{Timestamp, tz::Offset};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::is_id;
use serde::Deserialize;
use serde_json::json;

/// What an order bears that is a deduction.
pub const MARK: &str = "sayso-deduction";
/// The name of the contract's number among the ids of a stored way to pay.
pub const CONTRACT: &str = "contract_id";
/// When deductions are taken: 07:00 to 22:00 in Beijing.
pub const HOURS: ServiceHours = ServiceHours { from_minute: 420, to_minute: 1320, utc_offset_minutes: 480 };
/// How long a link to sign a contract is good for, in milliseconds.
const SIGNING_MS: i64 = 30 * 60_000;

/// What is reserved on a contract.
#[derive(Debug, Deserialize)]
struct Schedule {
    schedule_state: String,
    deduct_start_date: Option<String>,
    deduct_end_date: Option<String>,
    scheduled_amount: Option<Total>,
}

impl Schedule {
    /// Whether this amount may be deducted on this day.
    fn is_open(&self, amount: Money, today: &str) -> bool {
        let reserved = self.scheduled_amount.map(Total::money);
        let dates = self.deduct_start_date.as_deref().zip(self.deduct_end_date.as_deref());
        self.schedule_state == "SCHEDULED"
            && reserved == Some(amount)
            && dates.is_some_and(|(first, last)| is_date(first) && is_date(last) && first <= today && today <= last)
    }

    fn days(&self) -> String {
        let day = |day: &Option<String>| text::plain(day.as_deref().unwrap_or("?"), 10, "?");
        format!("{} to {}", day(&self.deduct_start_date), day(&self.deduct_end_date))
    }
}

/// The answer to an application.
#[derive(Deserialize)]
struct Applied {
    out_trade_no: String,
    amount: Total,
}

/// A contract, as a query or a notification shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Contract {
    /// WeChat Pay's number.
    pub contract_id: String,
    /// Our reference.
    pub out_contract_code: String,
    /// Whose it is.
    pub mchid: String,
    /// `SIGNED` or `TERMINATED`.
    #[serde(alias = "contract_status")]
    pub contract_state: String,
}

impl Contract {
    /// What it means, if it is this merchant's and about `reference`.
    #[must_use]
    pub fn outcome(&self, mchid: &str, reference: &str) -> EnrolOutcome {
        if self.out_contract_code != reference || self.mchid != mchid || !is_number(&self.contract_id) {
            return EnrolOutcome::unknown("WeChat Pay answered with another contract");
        }
        match self.contract_state.as_str() {
            "SIGNED" => EnrolOutcome::Enrolled {
                instrument: Instrument {
                    ids: [(CONTRACT.to_owned(), self.contract_id.clone())].into(),
                    label: "WeChat Pay without a screen".into(),
                },
            },
            "TERMINATED" => EnrolOutcome::failed(DeclineCode::Canceled, self.contract_state.as_str()),
            _ => EnrolOutcome::pending(wire::POLL_AFTER_MS, None),
        }
    }
}

/// `2025-11-24`: only dates of this form are in the order of their texts.
fn is_date(text: &str) -> bool {
    let digit = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(digit)
}

fn is_number(text: &str) -> bool {
    is_id(text, 64, b"_-")
}

impl Client {
    /// Pays by deduction from a contract.
    pub(crate) async fn deduct(&self, host: &dyn Host, request: &PayRequest, contract: &str) -> Outcome {
        if !is_number(contract) {
            return Outcome::not_sent("the number of the contract is strange: enrol once more");
        }
        let today = Offset::constant(8).to_datetime(Timestamp::from_millisecond(host.now_ms()).unwrap_or_default());
        let today = today.date().to_string();
        let path = format!("/v3/papay/pay/schedules/contract-id/{contract}");
        let amount = json!({ "total": request.amount.minor, "currency": request.amount.currency });
        let mut schedule: Result<Schedule, Denied> = self.ask(host, "GET", &path, "").await;
        if schedule.as_ref().is_ok_and(|schedule| schedule.schedule_state == "NO_SCHEDULED") {
            let body = json!({ "appid": self.settings.appid, "schedule_amount": amount }).to_string();
            schedule = self.ask(host, "POST", &format!("{path}/schedule"), &body).await;
        }
        let outcome = match schedule {
            Ok(schedule) if schedule.is_open(request.amount, &today) => self.apply(host, request, contract).await,
            Ok(schedule) => {
                let days = schedule.days();
                Outcome::not_sent(format!("WeChat Pay takes this deduction only on the days reserved for it: {days}"))
            }
            Err(denied) => denied.of_payment(),
        };
        self.unless_applied(host, request, outcome).await
    }

    /// The outcome, unless it is a failure and an earlier sending of this payment, whose answer was lost, got through: what is
    /// refused now (one deduction a day, a contract that ended since) says nothing of that one. "Not sent" needs no such care:
    /// the host takes it only of a first sending.
    async fn unless_applied(&self, host: &dyn Host, request: &PayRequest, outcome: Outcome) -> Outcome {
        if !matches!(outcome, Outcome::Failed { .. }) {
            return outcome;
        }
        match self.order(host, &request.reference).await {
            Ok(order) => order.outcome(&request.reference),
            Err(denied) if denied.is_missing() => outcome,
            Err(denied) => denied.silence().of_known(),
        }
    }

    async fn apply(&self, host: &dyn Host, request: &PayRequest, contract: &str) -> Outcome {
        let settings = &self.settings;
        let body = json!({
            "appid": settings.appid,
            "out_trade_no": request.reference,
            "description": self.description(request),
            "transaction_notify_url": settings.notify_url,
            "contract_id": contract,
            "amount": { "total": request.amount.minor, "currency": request.amount.currency },
            "attach": MARK,
        });
        let path = "/v3/papay/pay/transactions/apply";
        match self.ask::<Applied>(host, "POST", path, &body.to_string()).await {
            Ok(applied) if applied.out_trade_no != request.reference => {
                Outcome::unknown("WeChat Pay accepted another payment")
            }
            Ok(applied) if applied.amount.money() != request.amount => {
                Outcome::unknown("WeChat Pay accepted another amount")
            }
            // Accepted is not paid: the result comes by notification or query.
            Ok(_) => Outcome::pending(wire::POLL_SLOWLY_MS, None),
            Err(denied) => denied.of_payment(),
        }
    }

    /// Begins a contract: the person signs it in WeChat.
    pub(crate) async fn begin_contract(&self, host: &dyn Host, request: &EnrolRequest) -> Result<EnrolOutcome, Denied> {
        let Some(plan_id) = self.settings.plan() else { return Ok(EnrolOutcome::NotOffered) };
        text::in_path(&request.reference)?;
        let body = json!({
            "appid": self.settings.appid,
            "plan_id": plan_id,
            "out_contract_code": request.reference,
            "contract_display_account": text::plain(&request.person, text::ACCOUNT_MAX, "Sayso"),
            "contract_notify_url": self.settings.notify_url,
        });
        let path = "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/h5";
        let Redirect { redirect_url: url } = self.ask(host, "POST", path, &body.to_string()).await?;
        if !url.starts_with("https://") {
            return Err(Denied::unclear("WeChat Pay's answer is not understood"));
        }
        let expires_ms = Some(host.now_ms() + SIGNING_MS);
        Ok(EnrolOutcome::ActionRequired { next: NextStep::Link { url }, expires_ms, provider_reference: None })
    }

    /// What became of a contract. WeChat Pay knows of none before it is signed.
    pub(crate) async fn contract(&self, host: &dyn Host, reference: &str) -> Result<EnrolOutcome, Denied> {
        let Some(plan_id) = self.settings.plan() else { return Ok(EnrolOutcome::NotOffered) };
        let code = text::in_path(reference)?;
        let path = format!("/v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{code}");
        let contract: Contract = self.ask(host, "GET", &path, "").await?;
        Ok(contract.outcome(&self.settings.mchid, reference))
    }
}

#[derive(Deserialize)]
struct Redirect {
    redirect_url: String,
}
