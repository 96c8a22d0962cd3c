//! The verbs of a provider as it writes them: what was denied is given back with `?`, and what that means for each verb is said
//! here, once for all providers.

use crate::denied::Denied;
use crate::plugin::Plugin;
use crate::text::is_id;
use async_trait::async_trait;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, CheckRequest, CredentialsAnswer, EnrolOutcome, EnrolRequest, Host,
    HttpResponse, News, Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryEnrolmentRequest, QueryRefundRequest,
    QueryRequest, RefundOutcome, RefundRequest,
};

/// What a provider told, or what was denied.
pub type Told<T> = Result<T, Denied>;

/// A provider that translates Sayso's verbs to HTTP requests, and answers to outcomes.
///
/// [`Translated`] makes a [`PaymentProvider`] and a [`Plugin`] of it. `Err` is what was denied: a refusal in the provider's word,
/// or no answer that says anything. A verb that has sent something with an effect says so of what follows, by [`Denied::after`];
/// what was a mere question, by [`Denied::asked`].
#[async_trait]
pub trait Translator: Enrolments + Notifications + Sized + 'static {
    /// What the operator has to compare if the credentials are refused.
    const MEND: &'static str = "compare the secrets with what the provider shows";

    /// What it can do: as it is configured, or in general where it is not yet.
    fn capabilities(configured: Option<&Self>) -> Capabilities;

    /// Makes an instance of its part of the configuration, a JSON object. The error is for whoever wrote that: say which key is
    /// wrong and how to mend it.
    fn create(configuration: &str) -> Result<Self, String>;

    /// Whether the provider takes this reference of ours. Nothing is sent for one that it does not take.
    fn takes_reference(reference: &str) -> bool {
        is_id(reference, 64, b"-_")
    }

    /// Pays once. Until something with an effect is sent, no answer means that nothing was.
    async fn pay(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome>;
    /// Goes on after the person acted, or captures what was authorised.
    async fn advance(&self, host: &dyn Host, request: &AdvanceRequest) -> Told<Outcome>;
    /// Tells what became of a payment; [`Denied::missing`] if the provider knows of none.
    async fn query(&self, host: &dyn Host, request: &QueryRequest) -> Told<Outcome>;
    /// Stops a payment that has not been captured.
    async fn cancel(&self, host: &dyn Host, request: &CancelRequest) -> Told<Outcome>;
    /// Gives back all or part.
    async fn refund(&self, host: &dyn Host, request: &RefundRequest) -> Told<RefundOutcome>;
    /// Tells what became of a refund.
    async fn query_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> Told<RefundOutcome>;

    /// Asks for something that needs the credentials and changes nothing.
    async fn check_credentials(&self, host: &dyn Host) -> Told<CredentialsAnswer> {
        let _ = host;
        Ok(CredentialsAnswer::NotOffered)
    }
}

/// The part of a [`Translator`] that stores ways to pay; all of it may be left out.
#[async_trait]
pub trait Enrolments: Send + Sync {
    /// Begins to store a way to pay.
    async fn enrol(&self, host: &dyn Host, request: &EnrolRequest) -> Told<EnrolOutcome> {
        let _ = (host, request);
        Ok(EnrolOutcome::NotOffered)
    }
    /// Tells what became of an enrolment.
    async fn query_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> Told<EnrolOutcome> {
        let _ = (host, request);
        Ok(EnrolOutcome::NotOffered)
    }
}

/// The part of a [`Translator`] that reads notifications.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// The answer that the provider wants to hear: status and text.
    const ACKNOWLEDGED: (u16, &'static str) = (204, "");

    /// The id of a notification's event and what it says, or why it is not genuine.
    async fn notified(&self, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String>;
}

/// Whether the credentials are taken, by what came of asking for something that nobody has: a provider that knows no such thing
/// knew the account.
pub fn asked_for_nothing<T>(found: Told<T>, account: String, live: bool) -> Told<CredentialsAnswer> {
    match found {
        Err(denied) if denied.is_missing() => {
            Ok(CredentialsAnswer::Accepted { account: Some(account), live: Some(live) })
        }
        Err(denied) => Err(denied),
        Ok(_) => Err(Denied::unclear("the provider has what nobody made")),
    }
}

/// A [`Translator`] as Sayso knows it: `pub type MyBank = Translated<Client>;`.
pub struct Translated<T>(pub T);

impl<T: Translator> Translated<T> {
    /// The provider, if it takes these references of ours.
    fn taking(&self, references: &[&str]) -> Told<&T> {
        let good = references.iter().all(|reference| T::takes_reference(reference));
        let strange = || Denied::not_sent("the reference has characters that the provider does not take");
        good.then_some(&self.0).ok_or_else(strange)
    }
}

impl<T: Translator> Plugin for Translated<T> {
    fn describe() -> Capabilities {
        T::capabilities(None)
    }

    fn create(configuration: &str) -> Result<Self, String> {
        T::create(configuration).map(Translated)
    }
}

#[async_trait]
impl<T: Translator> PaymentProvider for Translated<T> {
    fn capabilities(&self) -> Capabilities {
        T::capabilities(Some(&self.0))
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let told = async { self.taking(&[&request.reference])?.pay(host, &request).await };
        told.await.unwrap_or_else(Denied::of_payment)
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        let told = async { self.taking(&[&request.reference])?.advance(host, &request).await };
        told.await.unwrap_or_else(Denied::of_known)
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        let told = async { self.taking(&[&request.reference])?.query(host, &request).await };
        told.await.map_or_else(Denied::of_query, QueryAnswer::from)
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        let told = async { self.taking(&[&request.reference])?.cancel(host, &request).await };
        told.await.unwrap_or_else(Denied::of_known)
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let references = [request.reference.as_str(), &request.refund_reference];
        let told = async { self.taking(&references)?.refund(host, &request).await };
        told.await.unwrap_or_else(Denied::of_refund)
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        let references = [request.reference.as_str(), &request.refund_reference];
        let told = async { self.taking(&references)?.query_refund(host, &request).await };
        told.await.unwrap_or_else(Denied::of_refund)
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        self.0.notified(host, &request).await.into()
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        let (status, text) = T::ACKNOWLEDGED;
        HttpResponse::plain(status, text)
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        let told = async { self.taking(&[&request.reference])?.enrol(host, &request).await };
        told.await.unwrap_or_else(Denied::of_enrolment)
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        let told = async { self.taking(&[&request.reference])?.query_enrolment(host, &request).await };
        told.await.unwrap_or_else(Denied::of_enrolment)
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        self.0.check_credentials(host).await.unwrap_or_else(|denied| denied.of_credentials(T::MEND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Ending, pay_request, rehearse};
    use crate::{Meaning, Money};
    use sayso_plugin_interface::Currency;
    use sayso_plugin_interface::abi_v1::{Answer, Call};

    /// Denies everything in one way.
    struct Denies(Denied);

    impl Enrolments for Denies {}

    #[async_trait]
    impl Notifications for Denies {
        async fn notified(&self, _: &dyn Host, _: &WebhookRequest) -> Result<(String, News), String> {
            Err("it is not signed".into())
        }
    }

    #[async_trait]
    impl Translator for Denies {
        fn capabilities(_: Option<&Self>) -> Capabilities {
            Capabilities::of("denies", "0")
        }
        fn create(_: &str) -> Result<Self, String> {
            Ok(Denies(Denied::unclear("half a document")))
        }
        fn takes_reference(reference: &str) -> bool {
            reference.len() == 2
        }
        async fn pay(&self, _: &dyn Host, _: &PayRequest) -> Told<Outcome> {
            Err(self.0.clone())
        }
        async fn advance(&self, _: &dyn Host, _: &AdvanceRequest) -> Told<Outcome> {
            Err(self.0.clone())
        }
        async fn query(&self, _: &dyn Host, _: &QueryRequest) -> Told<Outcome> {
            Err(self.0.clone())
        }
        async fn cancel(&self, _: &dyn Host, _: &CancelRequest) -> Told<Outcome> {
            Err(self.0.clone())
        }
        async fn refund(&self, _: &dyn Host, _: &RefundRequest) -> Told<RefundOutcome> {
            Err(self.0.clone())
        }
        async fn query_refund(&self, _: &dyn Host, _: &QueryRefundRequest) -> Told<RefundOutcome> {
            Err(self.0.clone())
        }
    }

    fn answer(denied: Denied, call: Call) -> Answer {
        match rehearse(Translated(Denies(denied)), call, vec![]).ending {
            Ending::Answer(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn query(reference: &str) -> Call {
        let (reference, idempotency_key) = (reference.to_owned(), "k1".to_owned());
        Call::Query(QueryRequest {
            reference,
            provider_reference: None,
            idempotency_key,
            sent_ms: None,
            expires_ms: None,
        })
    }

    fn cancel() -> Call {
        let (reference, idempotency_key) = ("r1".to_owned(), "k1".to_owned());
        Call::Cancel(CancelRequest { reference, provider_reference: None, idempotency_key })
    }

    fn refund(refund_reference: &str) -> Call {
        let amount = Money::new(100, Currency::USD);
        Call::Refund(RefundRequest {
            reference: "r1".into(),
            refund_reference: refund_reference.into(),
            provider_reference: None,
            idempotency_key: "k1".into(),
            amount,
            paid: amount,
        })
    }

    #[test]
    fn what_was_denied_means_something_else_for_each_verb() {
        let not_sent = Denied::not_sent("refused by the gate");
        assert!(matches!(answer(not_sent.clone(), Call::Pay(pay_request("x"))), Answer::Pay(Outcome::NotSent { .. })));
        assert!(matches!(answer(not_sent.clone(), cancel()), Answer::Cancel(Outcome::Unknown { .. })));
        assert!(matches!(answer(not_sent, refund("g1")), Answer::Refund(RefundOutcome::Unknown { .. })));
        let missing = Denied::missing("no such payment");
        assert!(matches!(answer(missing.clone(), query("r1")), Answer::Query(QueryAnswer::NotFound)));
        assert!(matches!(answer(missing.clone(), cancel()), Answer::Cancel(Outcome::Unknown { .. })));
        assert!(matches!(answer(missing, refund("g1")), Answer::Refund(RefundOutcome::NotFound)));
        let refused = Denied::setup("KEY");
        assert!(matches!(answer(refused.clone(), cancel()), Answer::Cancel(Outcome::Failed { .. })));
        assert!(matches!(answer(refused.clone().asked(), cancel()), Answer::Cancel(Outcome::Unknown { .. })));
        assert!(matches!(answer(refused, query("r1")), Answer::Query(QueryAnswer::Unreachable { .. })));
    }

    #[test]
    fn a_reference_that_the_provider_does_not_take_is_not_sent() {
        let refused = || Denied::setup("KEY");
        assert!(matches!(answer(refused(), refund("g1")), Answer::Refund(RefundOutcome::Failed { .. })));
        assert!(matches!(answer(refused(), refund("a/b")), Answer::Refund(RefundOutcome::Unknown { .. })));
        assert!(matches!(answer(Denied::missing("x"), query("r/1")), Answer::Query(QueryAnswer::Unreachable { .. })));
    }

    #[test]
    fn who_knows_of_nothing_knew_the_account() {
        let account = || "app 7".to_owned();
        let missing = asked_for_nothing::<()>(Err(Denied::missing("X")), account(), true);
        assert_eq!(missing, Ok(CredentialsAnswer::Accepted { account: Some(account()), live: Some(true) }));
        let refused = asked_for_nothing::<()>(Err(Denied::setup("KEY").asked()), account(), true).unwrap_err();
        assert!(matches!(refused.meaning(), Some(Meaning::No(..))));
        assert!(asked_for_nothing(Ok(()), account(), false).is_err());
    }
}
