//! A bank in memory that does once what it is asked with one key, and misbehaves when told to.

use async_trait::async_trait;
use sayso_plugin_interface::News;
use sayso_plugin_interface::RetryAdvice;
use sayso_plugin_interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, EnrolOutcome, EnrolRequest, Host, HttpResponse, Money, NextStep,
    Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryEnrolmentRequest, QueryRefundRequest, QueryRequest,
    Receipt, RefundOutcome, RefundRequest,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

/// How the bank treats one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Mood {
    /// As it should.
    Good,
    /// Does it, and the answer is lost.
    LosesAnswer,
    /// Does not do it, and there is no answer.
    LosesRequest,
    /// Does it, and never answers.
    HangsAfter,
    /// Never answers, and does not do it.
    HangsBefore,
    /// Does it, and its client breaks down.
    Panics,
    /// Says that nothing was sent.
    NotSent,
    /// Says no.
    Declines(DeclineCode),
    /// Reserves only.
    Authorizes,
    /// Wants the person to act.
    WantsAction,
    /// Is still at it.
    Waits,
    /// Does it, and reports something else.
    Misreports(Misreport),
    /// Cannot be reached (for questions).
    Unreachable,
    /// Does not know it, whatever is there (for questions).
    Forgets,
}

/// What is changed in a receipt; two are never the same.
#[derive(Clone, Debug)]
pub struct Misreport(pub fn(&mut Receipt));

impl PartialEq for Misreport {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stands {
    Paid,
    Held,
    AtIt,
    WaitsForPerson,
    Declined(DeclineCode),
    Canceled,
}

#[derive(Clone, Debug)]
pub struct Charge {
    pub request: PayRequest,
    pub stands: Stands,
    pub refunds: BTreeMap<String, Money>,
    /// How often the money moved; more than once is what must never be.
    pub moved: u32,
}

#[derive(Default)]
pub struct Books {
    /// By idempotency key.
    pub charges: BTreeMap<String, Charge>,
    pub moods: VecDeque<Mood>,
    pub question_moods: VecDeque<Mood>,
    pub asks: Vec<PayRequest>,
    pub questions: u32,
    pub advances: Vec<String>,
    pub cancels: Vec<String>,
    pub refund_keys: Vec<String>,
    /// Until when the person can act.
    pub expires_ms: Option<i64>,
    /// What was asked to be stored.
    pub enrolments: Vec<EnrolRequest>,
    /// What is answered to that, and to questions about it, one after the other.
    pub enrol_answers: VecDeque<EnrolOutcome>,
}

/// A notification of this bank.
pub fn notification(event_id: &str, reference: Option<&str>, outcome: Option<Outcome>) -> WebhookRequest {
    let news = News { reference: reference.map(Into::into), outcome, ..News::default() };
    let said = WebhookVerdict::Genuine { event_id: event_id.into(), news: Box::new(news) };
    let headers = vec![("bank-signature".to_owned(), "genuine".to_owned())];
    WebhookRequest { headers, body: serde_json::to_string(&said).unwrap() }
}

/// A notification about a way to pay that is being stored.
pub fn way_notification(event_id: &str, reference: &str, enrolment: Option<EnrolOutcome>) -> WebhookRequest {
    let news = News { reference: Some(reference.to_owned()), enrolment, ..News::default() };
    let said = WebhookVerdict::Genuine { event_id: event_id.into(), news: Box::new(news) };
    let headers = vec![("bank-signature".to_owned(), "genuine".to_owned())];
    WebhookRequest { headers, body: serde_json::to_string(&said).unwrap() }
}

#[derive(Default)]
pub struct Bank {
    pub books: Mutex<Books>,
    pub changed: Mutex<Option<Capabilities>>,
}

impl Bank {
    /// The next requests to do something are treated so, one after the other.
    pub fn next(&self, moods: impl IntoIterator<Item = Mood>) {
        self.books.lock().unwrap().moods.extend(moods);
    }

    /// The next questions are treated so.
    pub fn next_questions(&self, moods: impl IntoIterator<Item = Mood>) {
        self.books.lock().unwrap().question_moods.extend(moods);
    }

    pub fn declare(&self, change: impl FnOnce(&mut Capabilities)) {
        let mut capabilities = self.capabilities();
        change(&mut capabilities);
        *self.changed.lock().unwrap() = Some(capabilities);
    }

    /// How much money moved to payees, refunds not counted.
    pub fn paid(&self) -> i64 {
        let books = self.books.lock().unwrap();
        let paid = books.charges.values().filter(|charge| charge.stands == Stands::Paid);
        paid.map(|charge| charge.request.amount.minor).sum()
    }

    pub fn asks(&self) -> Vec<PayRequest> {
        self.books.lock().unwrap().asks.clone()
    }

    /// Everything that waited at the bank is paid now.
    pub fn finish(&self) {
        for charge in self.books.lock().unwrap().charges.values_mut() {
            if matches!(charge.stands, Stands::AtIt | Stands::WaitsForPerson | Stands::Held | Stands::Canceled) {
                pay(charge);
            }
        }
    }

    /// No consent was charged twice: neither under two keys nor twice under one.
    pub fn check(&self) {
        let books = self.books.lock().unwrap();
        let mut references: Vec<&str> = books.charges.values().map(|c| c.request.reference.as_str()).collect();
        references.sort_unstable();
        let all = references.len();
        references.dedup();
        assert_eq!(references.len(), all, "one payment was charged under two keys");
        assert!(books.charges.values().all(|charge| charge.moved <= 1), "one payment was charged twice");
    }

    /// Makes the charge of a payment stand so, whatever happens at the bank for that; what it then says of it.
    pub fn stands(&self, reference: &str, stands: Stands) -> Outcome {
        self.change(reference, |charge| match stands {
            Stands::Paid => pay(charge),
            other => charge.stands = other,
        })
    }

    fn mood(&self) -> Mood {
        self.books.lock().unwrap().moods.pop_front().unwrap_or(Mood::Good)
    }

    fn question_mood(&self) -> Mood {
        let mut books = self.books.lock().unwrap();
        books.questions += 1;
        books.question_moods.pop_front().unwrap_or(Mood::Good)
    }

    /// Books a payment under its key, once.
    fn book(&self, request: &PayRequest, stands: Stands) -> Outcome {
        let mut books = self.books.lock().unwrap();
        let expires_ms = books.expires_ms;
        let charge = books.charges.entry(request.idempotency_key.clone()).or_insert_with(|| {
            let moved = u32::from(stands == Stands::Paid);
            Charge { request: request.clone(), stands, refunds: BTreeMap::new(), moved }
        });
        report(charge, expires_ms)
    }

    fn change(&self, reference: &str, change: impl FnOnce(&mut Charge)) -> Outcome {
        let mut books = self.books.lock().unwrap();
        let expires_ms = books.expires_ms;
        let charge = books.charges.values_mut().find(|charge| charge.request.reference == reference);
        let Some(charge) = charge else { return unknown("not known") };
        change(charge);
        report(charge, expires_ms)
    }
}

fn pay(charge: &mut Charge) {
    charge.stands = Stands::Paid;
    charge.moved += 1;
}

fn unknown(reason: &str) -> Outcome {
    Outcome::Unknown { reason: reason.into() }
}

fn declined(code: DeclineCode) -> Outcome {
    Outcome::Failed { code, provider_code: Some("05".into()), retry: RetryAdvice::Never }
}

fn report(charge: &Charge, expires_ms: Option<i64>) -> Outcome {
    let receipt = Receipt {
        reference: charge.request.reference.clone(),
        provider_reference: format!("bank-{}", charge.request.reference),
        amount: charge.request.amount,
        payee: Some(charge.request.payee.id.clone()),
    };
    let provider_reference = Some(receipt.provider_reference.clone());
    match &charge.stands {
        Stands::Paid => Outcome::Succeeded { receipt },
        Stands::Held => Outcome::Authorized { receipt },
        Stands::AtIt => Outcome::Pending { poll_after_ms: 5_000, deadline_ms: None, provider_reference },
        Stands::WaitsForPerson => Outcome::ActionRequired {
            next: NextStep::Link { url: "https://bank.example/approve".into() },
            expires_ms,
            provider_reference,
        },
        Stands::Declined(code) => declined(*code),
        Stands::Canceled => declined(DeclineCode::Canceled),
    }
}

#[async_trait]
impl PaymentProvider for Bank {
    fn capabilities(&self) -> Capabilities {
        self.changed.lock().unwrap().clone().unwrap_or_else(|| Capabilities {
            name: "bank".into(),
            version: "1".into(),
            practice: true,
            currencies: Vec::new(),
            limits: Vec::new(),
            off_session: true,
            authorize_and_capture: true,
            partial_refund: true,
            query_by_reference: true,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: Vec::new(),
            secrets: Vec::new(),
            secrets_inside: Vec::new(),
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        })
    }

    async fn pay(&self, _: &dyn Host, request: PayRequest) -> Outcome {
        self.books.lock().unwrap().asks.push(request.clone());
        match self.mood() {
            Mood::LosesAnswer => {
                self.book(&request, Stands::Paid);
                unknown("the answer was lost")
            }
            Mood::LosesRequest => unknown("no answer"),
            Mood::HangsAfter => {
                self.book(&request, Stands::Paid);
                std::future::pending().await
            }
            Mood::HangsBefore => std::future::pending().await,
            Mood::Panics => {
                self.book(&request, Stands::Paid);
                panic!("the client breaks down, as this test wants")
            }
            Mood::NotSent => Outcome::NotSent { reason: "connection refused".into() },
            Mood::Declines(code) => self.book(&request, Stands::Declined(code)),
            Mood::Authorizes => self.book(&request, Stands::Held),
            Mood::WantsAction => self.book(&request, Stands::WaitsForPerson),
            Mood::Waits => self.book(&request, Stands::AtIt),
            Mood::Misreports(Misreport(change)) => match self.book(&request, Stands::Paid) {
                Outcome::Succeeded { mut receipt } => {
                    change(&mut receipt);
                    Outcome::Succeeded { receipt }
                }
                other => other,
            },
            _ => self.book(&request, Stands::Paid),
        }
    }

    async fn advance(&self, _: &dyn Host, request: AdvanceRequest) -> Outcome {
        self.books.lock().unwrap().advances.push(request.idempotency_key);
        let mood = self.mood();
        if mood == Mood::WantsAction {
            return self.change(&request.reference, |_| ());
        }
        if mood == Mood::LosesRequest {
            return unknown("no answer");
        }
        let done = self.change(&request.reference, |charge| {
            if charge.stands != Stands::Paid {
                pay(charge);
            }
        });
        if mood == Mood::LosesAnswer { unknown("the answer was lost") } else { done }
    }

    async fn query(&self, _: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.question_mood() {
            Mood::Unreachable => return QueryAnswer::Unreachable { reason: "no route".into() },
            Mood::Forgets => return QueryAnswer::NotFound,
            _ => {}
        }
        let books = self.books.lock().unwrap();
        let found = books.charges.values().find(|charge| charge.request.reference == request.reference);
        found.map_or(QueryAnswer::NotFound, |charge| QueryAnswer::Found { outcome: report(charge, books.expires_ms) })
    }

    async fn cancel(&self, _: &dyn Host, request: CancelRequest) -> Outcome {
        self.books.lock().unwrap().cancels.push(request.idempotency_key);
        match self.mood() {
            Mood::LosesRequest => return unknown("no answer"),
            Mood::Declines(code) => return declined(code),
            _ => {}
        }
        self.change(&request.reference, |charge| {
            if charge.stands != Stands::Paid {
                charge.stands = Stands::Canceled;
            }
        })
    }

    async fn refund(&self, _: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let mood = self.mood();
        let mut books = self.books.lock().unwrap();
        books.refund_keys.push(request.idempotency_key);
        if mood == Mood::LosesRequest {
            return RefundOutcome::Unknown { reason: "no answer".into() };
        }
        if matches!(mood, Mood::Declines(_)) {
            return RefundOutcome::Failed { provider_code: Some("too old".into()) };
        }
        let charge = books.charges.values_mut().find(|charge| charge.request.reference == request.reference);
        let Some(charge) = charge else { return RefundOutcome::NotFound };
        charge.refunds.insert(request.refund_reference.clone(), request.amount);
        if mood == Mood::LosesAnswer {
            return RefundOutcome::Unknown { reason: "the answer was lost".into() };
        }
        RefundOutcome::Succeeded { provider_reference: request.refund_reference, amount: request.amount }
    }

    async fn query_refund(&self, _: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        let books = self.books.lock().unwrap();
        let charge = books.charges.values().find(|charge| charge.request.reference == request.reference);
        let amount = charge.and_then(|charge| charge.refunds.get(&request.refund_reference));
        amount.map_or(RefundOutcome::NotFound, |amount| RefundOutcome::Succeeded {
            provider_reference: request.refund_reference,
            amount: *amount,
        })
    }

    async fn enrol(&self, _: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        let mut books = self.books.lock().unwrap();
        books.enrolments.push(request);
        books.enrol_answers.pop_front().unwrap_or(EnrolOutcome::NotOffered)
    }

    async fn query_enrolment(&self, _: &dyn Host, _: QueryEnrolmentRequest) -> EnrolOutcome {
        self.books.lock().unwrap().enrol_answers.pop_front().unwrap_or(EnrolOutcome::NotFound)
    }

    async fn verify_webhook(&self, _: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        let signed = request.headers == [("bank-signature".to_owned(), "genuine".to_owned())];
        match serde_json::from_str(&request.body) {
            Ok(said) if signed => said,
            _ => WebhookVerdict::Refused { reason: "its signature does not fit".into() },
        }
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse { status: 202, headers: Vec::new(), body: "thanks".into() }
    }
}
