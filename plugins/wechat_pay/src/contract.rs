//! Paying without a screen: a contract that the person signs once in WeChat, and deductions from it.
//!
//! WeChat Pay takes a deduction only in days that were reserved for it, from 07:00 to 22:00 Beijing time, accepts it at once
//! and tells the result later. So a payment here is: see whether today is reserved for this amount; if so, apply for it; if
//! not, reserve, and say that nothing was paid. What was reserved and never applied for moves no money.

use crate::client::Client;
use crate::wire::{self, CONTRACT_STATES, MARK, description, in_path};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::{address, text::is_id, times};
use serde_json::{Value, json};

/// The name of the contract's number among the ids of a stored way to pay.
pub const CONTRACT: &str = "contract_id";
/// When deductions are taken: 07:00 to 22:00 in Beijing.
pub const HOURS: ServiceHours = ServiceHours { from_minute: 420, to_minute: 1320, utc_offset_minutes: 480 };
/// How long a link to sign a contract is good for, in milliseconds.
const SIGNING_MS: i64 = 30 * 60_000;

/// Whether what is reserved allows to deduct this amount now; if not, why.
fn is_open(schedule: &Value, amount: Money, now_ms: i64) -> Told<()> {
    let state = schedule.text("schedule_state");
    let state = state.ok_or_else(|| Denied::unclear("WeChat Pay's answer is not understood"))?;
    let [first, last] = ["deduct_start_date", "deduct_end_date"].map(|name| schedule.text(name).and_then(times::date));
    let days = first.zip(last).map(|(first, last)| first..=last);
    let now = days.as_ref().is_some_and(|days| days.contains(&times::day_in_beijing(now_ms)));
    if state == "SCHEDULED" && now && wire::amount(schedule, "scheduled_amount", "total") == Some(amount) {
        return Ok(());
    }
    let days = days.map_or_else(|| "?".to_owned(), |days| format!("{} to {}", days.start(), days.end()));
    Err(Denied::not_sent(format!("WeChat Pay takes this deduction only on the days reserved for it: {days}")))
}

/// What a contract means, as a query or a notification shows it, if it is this merchant's and about `reference`.
#[must_use]
pub fn signed(told: &Value, mchid: &str, reference: &str) -> EnrolOutcome {
    let (number, ours) = (told.word(CONTRACT), told.word("out_contract_code") == reference);
    if !ours || told.word("mchid") != mchid || !is_number(number) {
        return EnrolOutcome::unknown("WeChat Pay answered with another contract");
    }
    let state = told.text("contract_state").unwrap_or_else(|| told.word("contract_status"));
    let stored = EnrolOutcome::enrolled([(CONTRACT, number)], "WeChat Pay without a screen");
    CONTRACT_STATES.of(state).enrolment(state, Some(stored), EnrolOutcome::pending(wire::POLL_AFTER_MS, None))
}

fn is_number(text: &str) -> bool {
    is_id(text, 64, b"_-")
}

impl Client {
    /// Pays by deduction from a contract. A refusal (one deduction a day, a contract that ended since) says nothing of an earlier
    /// sending of this payment. "Not sent" needs no such care: the host takes it only of a first sending.
    pub(crate) async fn deduct(&self, host: &dyn Host, request: &PayRequest, contract: &str) -> Told<Outcome> {
        let found = async { Ok(self.order(host, &request.reference).await?.outcome()) };
        match self.apply(host, request, contract).await {
            Err(denied) => denied.unless_found(found).await,
            outcome => outcome,
        }
    }

    async fn apply(&self, host: &dyn Host, request: &PayRequest, contract: &str) -> Told<Outcome> {
        if !is_number(contract) {
            return Err(Denied::not_sent("the number of the contract is strange: enrol once more"));
        }
        let (settings, place) = (&self.settings, format!("/v3/papay/pay/schedules/contract-id/{contract}"));
        let amount = json!({ "total": request.amount.minor, "currency": request.amount.currency });
        let mut schedule = self.get(host, &place).await?;
        if schedule.word("schedule_state") == "NO_SCHEDULED" {
            let body = json!({ "appid": settings.appid, "schedule_amount": amount });
            schedule = self.post(host, &format!("{place}/schedule"), &body).await?;
        }
        is_open(&schedule, request.amount, host.now_ms())?;
        let body = json!({
            "appid": settings.appid,
            "out_trade_no": request.reference,
            "description": description(request),
            "transaction_notify_url": settings.notify_url,
            "contract_id": contract,
            "amount": amount,
            "attach": MARK,
        });
        let applied = self.post(host, "/v3/papay/pay/transactions/apply", &body).await?;
        let same = wire::amount(&applied, "amount", "total") == Some(request.amount);
        if !same || applied.word("out_trade_no") != request.reference {
            return Err(Denied::unclear("WeChat Pay accepted another payment or another amount"));
        }
        // Accepted is not paid: the result comes by notification or query.
        Ok(Outcome::pending(wire::POLL_SLOWLY_MS, None))
    }
}

#[async_trait]
impl Enrolments for Client {
    /// Begins a contract: the person signs it in WeChat.
    async fn enrol(&self, host: &dyn Host, request: &EnrolRequest) -> Told<EnrolOutcome> {
        let Some(plan_id) = self.settings.plan() else { return Ok(EnrolOutcome::NotOffered) };
        let body = json!({
            "appid": self.settings.appid,
            "plan_id": plan_id,
            "out_contract_code": request.reference,
            "contract_display_account": wire::plain(&request.person, wire::ACCOUNT_MAX, "Sayso"),
            "contract_notify_url": self.settings.notify_url,
        });
        let page = self.post(host, "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/h5", &body).await?;
        let next = address::link(page.word("redirect_url"));
        let next = next.ok_or_else(|| Denied::unclear("WeChat Pay's answer holds no link"))?;
        Ok(EnrolOutcome::acts(next, Some(host.now_ms() + SIGNING_MS), None))
    }

    /// What became of a contract. WeChat Pay knows of none before it is signed.
    async fn query_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> Told<EnrolOutcome> {
        let Some(plan_id) = self.settings.plan() else { return Ok(EnrolOutcome::NotOffered) };
        let code = in_path(&request.reference);
        let path = format!("/v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{code}");
        let told = self.get(host, &path).await.map_err(Denied::asked)?;
        Ok(signed(&told, &self.settings.mchid, &request.reference))
    }
}
