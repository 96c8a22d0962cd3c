//! A bank behind HTTP on loopback, in this process, that can drop a connection before or after it acted; and the provider
//! that talks to it through whatever hands it is lent.

use async_trait::async_trait;
use sayso_plugin_interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, Host, HttpFailure, HttpRequest, HttpResponse, Outcome, PayRequest,
    PaymentProvider, QueryAnswer, QueryRefundRequest, QueryRequest, Receipt, RefundOutcome, RefundRequest, RetryAdvice,
};
use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request as it came in.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What is sent back.
pub enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// The end of the connection at once.
    Drop,
    /// Nothing, for so long.
    Silence(std::time::Duration),
}

impl Reply {
    pub fn text(status: u16, body: &str) -> Self {
        Reply::with(status, "", body)
    }

    pub fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
        Reply::Bytes([head.as_bytes(), body.as_bytes()].concat())
    }
}

/// Serves on a free port of loopback until the test ends.
pub fn serve(answer: impl Fn(Asked) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                // Whoever asked may be dead by now.
                let _ = exchange(stream, &*answer);
            });
        }
    });
    address
}

fn exchange(stream: TcpStream, answer: &dyn Fn(Asked) -> Reply) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let mut first = lines.first().map(|line| line.split(' ')).into_iter().flatten();
    let (method, path) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers: Vec<(String, String)> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    match answer(Asked { method, path, headers, body }) {
        Reply::Bytes(bytes) => (&stream).write_all(&bytes),
        Reply::Drop => Ok(()),
        Reply::Silence(time) => {
            std::thread::sleep(time);
            Ok(())
        }
    }
}

/// What happens to the next request to pay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    LosesRequest,
    LosesAnswer,
    Declines,
}

#[derive(Default)]
pub struct Ledger {
    /// By idempotency key; `None` for one that was declined.
    pub charges: BTreeMap<String, Option<PayRequest>>,
    pub references: BTreeMap<String, String>,
    pub faults: VecDeque<Fault>,
    pub asks: usize,
    pub wrongs: Vec<String>,
}

/// The bank's books, and where it is reached.
pub struct HttpBankServer {
    pub ledger: Arc<Mutex<Ledger>>,
    pub address: SocketAddr,
}

impl HttpBankServer {
    pub fn start() -> Self {
        let ledger = Arc::new(Mutex::new(Ledger::default()));
        let books = ledger.clone();
        let address = serve(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/pay") => pay(&books, &asked.body),
            ("GET", path) => find(&books, path.trim_start_matches("/payments/")),
            _ => Reply::text(404, ""),
        });
        HttpBankServer { ledger, address }
    }

    pub fn next(&self, faults: &[Fault]) {
        let mut ledger = self.ledger.lock().unwrap();
        ledger.faults.clear();
        ledger.faults.extend(faults);
    }
}

fn pay(books: &Mutex<Ledger>, body: &str) -> Reply {
    let request: PayRequest = serde_json::from_str(body).unwrap();
    let mut books = books.lock().unwrap();
    books.asks += 1;
    let fault = books.faults.pop_front();
    if fault == Some(Fault::LosesRequest) {
        return Reply::Drop;
    }
    let key = request.idempotency_key.clone();
    if let Some(other) = books.references.insert(request.reference.clone(), key.clone())
        && other != key
    {
        let wrong = format!("{} came with the keys {other} and {key}", request.reference);
        books.wrongs.push(wrong);
    }
    if let Some(Some(known)) = books.charges.get(&key)
        && *known != request
    {
        let wrong = format!("the key {key} came with two requests");
        books.wrongs.push(wrong);
    }
    let charged = (fault != Some(Fault::Declines)).then_some(request);
    let stands = books.charges.entry(key).or_insert(charged).clone();
    if fault == Some(Fault::LosesAnswer) {
        return Reply::Drop;
    }
    Reply::text(200, &serde_json::to_string(&stands).unwrap())
}

fn find(books: &Mutex<Ledger>, reference: &str) -> Reply {
    let books = books.lock().unwrap();
    let found = books.references.get(reference).and_then(|key| books.charges.get(key));
    found.map_or(Reply::text(404, ""), |stands| Reply::text(200, &serde_json::to_string(stands).unwrap()))
}

/// The provider for that bank: translates, and does nothing else.
pub struct HttpBank {
    pub address: SocketAddr,
}

fn report(body: &str) -> Outcome {
    match serde_json::from_str::<Option<PayRequest>>(body) {
        Ok(Some(request)) => Outcome::Succeeded {
            receipt: Receipt {
                provider_reference: format!("bank-{}", request.reference),
                reference: request.reference,
                amount: request.amount,
                payee: Some(request.payee.id),
            },
        },
        Ok(None) => Outcome::Failed { code: DeclineCode::Declined, provider_code: None, retry: RetryAdvice::Later },
        Err(error) => Outcome::Unknown { reason: error.to_string() },
    }
}

#[async_trait]
impl PaymentProvider for HttpBank {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "http_bank".into(),
            version: "1".into(),
            practice: true,
            currencies: Vec::new(),
            limits: Vec::new(),
            off_session: true,
            authorize_and_capture: false,
            partial_refund: false,
            query_by_reference: true,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: vec![self.address.to_string()],
            secrets: Vec::new(),
            secrets_inside: Vec::new(),
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        }
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let body = serde_json::to_string(&request).unwrap();
        let url = format!("http://{}/pay", self.address);
        let request = HttpRequest { method: "POST".into(), url, headers: Vec::new(), body, idempotent: false };
        match host.http(request).await {
            Ok(response) if response.status == 200 => report(&response.body),
            Ok(response) => Outcome::Unknown { reason: format!("status {}", response.status) },
            Err(HttpFailure::NotSent { reason }) => Outcome::NotSent { reason },
            Err(HttpFailure::MaybeSent { reason }) => Outcome::Unknown { reason },
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        let url = format!("http://{}/payments/{}", self.address, request.reference);
        let request =
            HttpRequest { method: "GET".into(), url, headers: Vec::new(), body: String::new(), idempotent: true };
        match host.http(request).await {
            Ok(response) if response.status == 200 => QueryAnswer::Found { outcome: report(&response.body) },
            Ok(response) if response.status == 404 => QueryAnswer::NotFound,
            Ok(response) => QueryAnswer::Unreachable { reason: format!("status {}", response.status) },
            Err(failure) => QueryAnswer::Unreachable { reason: failure.to_string() },
        }
    }

    async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
        Outcome::Unknown { reason: "not offered".into() }
    }
    async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
        Outcome::Unknown { reason: "not offered".into() }
    }
    async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
        RefundOutcome::Failed { provider_code: None }
    }
    async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
        RefundOutcome::NotFound
    }
    async fn verify_webhook(&self, _: &dyn Host, _: WebhookRequest) -> WebhookVerdict {
        WebhookVerdict::Refused { reason: "this bank sends none".into() }
    }
    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse { status: 204, headers: Vec::new(), body: String::new() }
    }
}
