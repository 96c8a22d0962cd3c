//! A plugin that does its worst: each deed costs its worker and one outcome, which is unknown; the next call works.

use crate::stage::{Offline, PATIENT, assert_good_call_works, deed, hostile};
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Currency, Money, Outcome, PayRequest, PaymentProvider as _, QueryAnswer,
    QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest, outcome::WebhookVerdict, request::WebhookRequest,
};
use std::time::Duration;

/// Does one deed within `deadline`; the reason why its outcome is unknown. Then a good call has to work.
async fn unknown_after(name: &str, deadline: Duration) -> String {
    let provider = hostile(deadline).await;
    let outcome = provider.pay(&Offline::default(), deed(name)).await;
    let Outcome::Unknown { reason } = outcome else { panic!("{name}: {outcome:?}") };
    assert_good_call_works(&provider).await;
    provider.stop().await;
    reason
}

async fn assert_unknown(name: &str, said: &str) {
    let reason = unknown_after(name, PATIENT).await;
    assert!(reason.contains(said), "{name}: {reason}");
}

#[tokio::test]
async fn a_panic_is_caught_by_the_kit() {
    assert_unknown("panic", "panicked: in pay").await;
    assert_unknown("panic_after_http", "panicked: after").await;
}

#[tokio::test]
async fn a_panic_across_the_border_ends_the_worker() {
    assert_unknown("panic_across_the_border", "signal: 6").await;
}

#[tokio::test]
async fn an_abort_or_an_exit_ends_the_worker() {
    assert_unknown("abort", "signal: 6").await;
    assert_unknown("exit", "exit status: 0").await;
    assert_unknown("reply_then_abort", "signal: 6").await;
}

#[tokio::test]
async fn a_stack_overflow_or_a_wild_pointer_ends_the_worker() {
    assert_unknown("overflow_the_stack", "signal").await;
    assert_unknown("segfault", "signal").await;
}

#[tokio::test]
async fn garbage_breaks_a_rule() {
    for name in ["garbage", "bad_money"] {
        assert_unknown(name, "is not a message").await;
    }
    assert_unknown("not_utf8", "not UTF-8").await;
}

#[tokio::test]
async fn answers_that_are_not_asked_for_break_a_rule() {
    assert_unknown("wrong_id", "which is not open").await;
    assert_unknown("wrong_verb", "with an answer to `advance`").await;
    assert_unknown("reply_twice", "twice").await;
    assert_unknown("fail_and_reply", "twice").await;
    assert_unknown("strange_code", "returned 77").await;
}

#[tokio::test]
async fn too_much_breaks_a_rule() {
    assert_unknown("oversize", "1048577").await;
    assert_unknown("flood", "in one turn").await;
    assert_unknown("ask_for_too_much", "exchanges").await;
    assert_unknown("http_for_ever", "exchanges").await;
    assert_unknown("huge_answer", "too large").await;
}

#[tokio::test]
async fn a_gigabyte_into_the_pipe_is_not_read() {
    assert_unknown("pour_a_gigabyte_into_the_pipe", "is not a message").await;
}

#[tokio::test]
async fn an_answer_for_another_payment_bears_its_own_reference() {
    let provider = hostile(PATIENT).await;
    let slow = Offline { delay: PATIENT, ..Offline::default() };
    let quick = Offline::default();
    let mine = PayRequest { reference: "mine".into(), ..deed("http") };
    let waits = provider.pay(&slow, mine);
    let forges = async {
        while slow.asked.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        provider.pay(&quick, PayRequest { reference: "other".into(), ..deed("answer_for_another") }).await
    };
    let (mine, _) = tokio::join!(waits, forges);
    // What it says is about another payment, and that is for payments to see: the receipt names the other one.
    assert!(
        !matches!(&mine, Outcome::Succeeded { receipt } if receipt.reference == "mine"),
        "it was answered as if it were its own: {mine:?}"
    );
}

#[tokio::test]
async fn writing_to_the_pipe_itself_breaks_a_rule() {
    assert_unknown("write_to_every_pipe", "longer than").await;
    assert_unknown("forge_a_frame", "which is not open").await;
    assert_unknown("close_every_pipe", "").await;
}

#[tokio::test]
async fn a_hang_ends_at_the_deadline() {
    let reason = unknown_after("hang", Duration::from_secs(3)).await;
    assert!(reason.contains("not answered after 3 s"), "{reason}");
}

#[tokio::test]
async fn a_call_that_is_never_answered_ends_at_the_deadline() {
    let reason = unknown_after("never_reply", Duration::from_secs(3)).await;
    assert!(reason.contains("not answered after 3 s"), "{reason}");
}

#[tokio::test]
async fn a_slow_network_does_not_cost_the_worker() {
    let provider = hostile(Duration::from_secs(3)).await;
    let before = provider.worker_pid().await;
    let slow = Offline { delay: PATIENT, ..Offline::default() };
    let outcome = provider.pay(&slow, deed("http")).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_good_call_works(&provider).await;
    assert_eq!(provider.worker_pid().await, before);
}

#[tokio::test]
async fn what_is_harmless_is_tolerated() {
    let provider = hostile(PATIENT).await;
    let before = provider.worker_pid().await;
    for name in ["print", "log", "unknown_type", "http"] {
        let outcome = provider.pay(&Offline::default(), deed(name)).await;
        assert!(matches!(outcome, Outcome::Succeeded { .. }), "{name}: {outcome:?}");
    }
    assert_eq!(provider.worker_pid().await, before);
}

#[tokio::test]
async fn every_verb_has_its_own_way_not_to_know() {
    let provider = hostile(PATIENT).await;
    let host = Offline::default();
    let (reference, idempotency_key) = ("r1".to_owned(), "k1".to_owned());
    let amount = Money::new(4250, Currency::USD);
    let webhook = WebhookRequest { headers: Vec::new(), body: String::new() };

    let query = QueryRequest {
        reference: reference.clone(),
        provider_reference: None,
        idempotency_key: idempotency_key.clone(),
        sent_ms: None,
        expires_ms: None,
    };
    assert!(matches!(provider.query(&host, query).await, QueryAnswer::Unreachable { .. }));
    let cancel = CancelRequest {
        reference: reference.clone(),
        provider_reference: None,
        idempotency_key: idempotency_key.clone(),
    };
    assert!(matches!(provider.cancel(&host, cancel).await, Outcome::Unknown { .. }));
    let refund = RefundRequest {
        reference: reference.clone(),
        refund_reference: "f1".into(),
        provider_reference: None,
        idempotency_key: idempotency_key.clone(),
        amount,
        paid: amount,
    };
    assert!(matches!(provider.refund(&host, refund).await, RefundOutcome::Unknown { .. }));
    let asked = QueryRefundRequest {
        reference: reference.clone(),
        refund_reference: "f1".into(),
        provider_reference: None,
        payment_provider_reference: None,
    };
    assert!(matches!(provider.query_refund(&host, asked).await, RefundOutcome::Unknown { .. }));
    assert!(matches!(provider.verify_webhook(&host, webhook.clone()).await, WebhookVerdict::Refused { .. }));
    assert_eq!(provider.acknowledge_webhook(&host, webhook).await.status, 503);
    let advance = AdvanceRequest { reference, provider_reference: None, idempotency_key, amount };
    assert_eq!(provider.advance(&host, advance).await, Outcome::Unknown { reason: "not a deed".into() });
    assert_good_call_works(&provider).await;
}

#[tokio::test]
async fn calls_at_once_share_the_fate_of_their_worker_only() {
    let provider = hostile(PATIENT).await;
    let slow = Offline { delay: PATIENT, ..Offline::default() };
    let quick = Offline::default();
    // The first waits for the network, the second works meanwhile, the third takes the worker with it.
    let waits = provider.pay(&slow, deed("http"));
    let others = async {
        while slow.asked.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        assert_good_call_works(&provider).await;
        provider.pay(&quick, deed("abort")).await
    };
    let (first, third) = tokio::join!(waits, others);
    assert!(matches!((&first, &third), (Outcome::Unknown { .. }, Outcome::Unknown { .. })), "{first:?} {third:?}");
    assert_good_call_works(&provider).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_leaves_no_process_behind() {
    let provider = hostile(PATIENT).await;
    let pid = provider.worker_pid().await.unwrap();
    assert!(crate::stage::process_exists(pid));
    provider.stop().await;
    assert!(!crate::stage::process_exists(pid));
    assert_eq!(provider.worker_pid().await, None);
    assert_good_call_works(&provider).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_that_hangs_goes_when_its_host_is_gone() {
    use sayso_plugin_interface::abi_v1::pipe;
    use std::io::{Read as _, Write as _};
    use std::process::{Command, Stdio};
    let mut worker = Command::new(crate::stage::worker());
    worker.arg(crate::stage::library("hostile_plugin")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = worker.spawn().unwrap();
    let order = pipe::frame(br#"{"type":"create","configuration":{"on_create":"hang"}}"#).unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 4]).unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&order).unwrap();
    drop(input);
    assert!(!child.wait().unwrap().success());
}
