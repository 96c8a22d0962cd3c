//! The providers' only way out: one HTTP exchange at a time, to hosts that were declared and approved, and to no other.
//!
//! It must never follow a redirect, send a secret where it was not declared, or say "not sent" of what may have arrived.

use super::placeholder;
use super::redaction::{Secret, hide_secrets, log_line};
use super::secrets::Secrets;
use super::surroundings::{Clock, Randomness, SystemClock, SystemRandom};
use async_trait::async_trait;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use sayso_plugin_interface::{Capabilities, Host, HttpFailure, HttpRequest, HttpResponse};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Headers that belong to the connection and are not the provider's to set.
const OWN_HEADERS: [&str; 6] = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te"];

/// Bounds of one HTTP exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateSettings {
    /// How long it may take to connect, in milliseconds.
    pub connect_ms: u64,
    /// How long the whole exchange may take, in milliseconds.
    pub exchange_ms: u64,
    /// The longest response body, in bytes.
    pub response_bytes_max: usize,
    /// The longest request body, in bytes.
    pub request_bytes_max: usize,
    /// How many exchanges with the provider go on at once; the next wait for their turn. So many connections are kept, too.
    pub at_once_max: usize,
}

impl Default for GateSettings {
    fn default() -> Self {
        GateSettings {
            connect_ms: 8_000,
            exchange_ms: 20_000,
            response_bytes_max: 1 << 20,
            request_bytes_max: 1 << 20,
            at_once_max: 8,
        }
    }
}

/// The hands that one provider is lent.
pub struct HttpGate {
    provider: String,
    hosts: Vec<String>,
    declared_secrets: Vec<String>,
    secrets: Arc<dyn Secrets>,
    settings: GateSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    client: OnceLock<Result<Client, String>>,
    turns: Semaphore,
}

impl HttpGate {
    /// A gate for the provider of this name: open for hosts that it declares and that are in `approved` too
    /// (`api.example.com`, or `127.0.0.1:8080` with a port), with the secrets that it declares.
    #[must_use]
    pub fn new(
        provider: &str,
        capabilities: &Capabilities,
        approved: &[String],
        secrets: Arc<dyn Secrets>,
        settings: GateSettings,
    ) -> Self {
        let hosts = capabilities.hosts.iter().filter(|host| approved.contains(host)).cloned().collect();
        HttpGate {
            provider: provider.to_owned(),
            hosts,
            declared_secrets: capabilities.secrets.clone(),
            secrets,
            settings,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            client: OnceLock::new(),
            turns: Semaphore::new(settings.at_once_max.max(1)),
        }
    }

    /// With another clock and other randomness.
    #[must_use]
    pub fn with_surroundings(mut self, clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Self {
        self.clock = clock;
        self.random = random;
        self
    }

    /// Made at the first request: reading the system's certificates takes a while.
    fn client(&self) -> Result<&Client, HttpFailure> {
        let made = self.client.get_or_init(|| {
            let mut builder = Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_millis(self.settings.connect_ms))
                .timeout(Duration::from_millis(self.settings.exchange_ms))
                .pool_max_idle_per_host(self.settings.at_once_max)
                .user_agent(concat!("sayso/", env!("CARGO_PKG_VERSION")));
            if self.hosts.iter().all(|host| is_loopback(split_port(host).0)) {
                builder = builder.no_proxy();
            }
            builder.build().map_err(|error| format!("no HTTP client: {}", causes(&error)))
        });
        made.as_ref().map_err(|reason| HttpFailure::NotSent { reason: reason.clone() })
    }

    /// Waits until few enough exchanges with this provider go on.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, HttpFailure> {
        let patience = Duration::from_millis(self.settings.exchange_ms);
        match tokio::time::timeout(patience, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => {
                let reason = format!("{} other exchanges with it took too long", self.settings.at_once_max);
                Err(HttpFailure::NotSent { reason })
            }
        }
    }

    /// The address, if the gate is open for it.
    fn admit(&self, address: &str) -> Result<Url, String> {
        if placeholder::secret_names(address).next().is_some() {
            return Err("a secret must not stand in an address".to_owned());
        }
        let url = Url::parse(address).map_err(|error| format!("`{address}` is not an address: {error}"))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or_default();
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address must not have a user name or password".to_owned());
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&host)) {
            return Err(format!("only https is allowed, not {}", url.scheme()));
        }
        let open = self.hosts.iter().any(|known| match split_port(known) {
            (name, Some(known_port)) => name.eq_ignore_ascii_case(&host) && known_port == port,
            (name, None) => name.eq_ignore_ascii_case(&host) && (port == 443 || is_loopback(&host)),
        });
        if open { Ok(url) } else { Err(format!("{host}:{port} is not among the hosts declared and approved")) }
    }

    /// The secrets that a request refers to.
    fn secrets_of(&self, request: &HttpRequest) -> Result<Vec<Secret>, String> {
        let mut found: Vec<Secret> = Vec::new();
        for name in texts_of(request).flat_map(placeholder::secret_names) {
            if found.iter().any(|secret| secret.name == name) {
                continue;
            }
            if !self.declared_secrets.iter().any(|declared| declared == name) {
                return Err(format!("the secret `{name}` was not declared"));
            }
            let value = self.secrets.secret(name).map_err(|error| error.to_string())?;
            found.push(Secret { name: name.to_owned(), value });
        }
        // What is made of secrets must not come back either.
        let made: Vec<Secret> = texts_of(request).flat_map(|text| placeholder::made_of(text, &found)).collect();
        found.extend(made);
        Ok(found)
    }

    /// All that is sent, or why nothing is.
    fn prepare(&self, request: &HttpRequest) -> Result<Prepared, String> {
        let url = self.admit(&request.url)?;
        let method = match request.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            other => return Err(format!("`{other}` is not a method that is allowed")),
        };
        let secrets = self.secrets_of(request)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is not the name of a header"))?;
            if OWN_HEADERS.contains(&name.as_str()) {
                return Err(format!("the header `{name}` is not the provider's to set"));
            }
            let mut filled: HeaderValue = placeholder::fill(value, &secrets)
                .parse()
                .map_err(|_| format!("the value of `{name}` can't stand in a header"))?;
            filled.set_sensitive(true);
            headers.append(name, filled);
        }
        let body = placeholder::fill(&request.body, &secrets);
        if body.len() > self.settings.request_bytes_max {
            return Err(format!("the body is longer than {} bytes", self.settings.request_bytes_max));
        }
        Ok(Prepared { method, url, headers, body, secrets })
    }

    /// Why this request would not go out; nothing is sent.
    #[must_use]
    pub fn refusal(&self, request: &HttpRequest) -> Option<String> {
        self.prepare(request).err()
    }

    async fn exchange(&self, client: &Client, prepared: &Prepared) -> Result<HttpResponse, HttpFailure> {
        let sent = client
            .request(prepared.method.clone(), prepared.url.clone())
            .headers(prepared.headers.clone())
            .body(prepared.body.clone())
            .send()
            .await;
        let mut response = sent.map_err(|error| classify(&error))?;
        let status = response.status().as_u16();
        let text = |value: &HeaderValue| value.to_str().ok().map(|text| hide_secrets(text, &prepared.secrets));
        let headers = response.headers().iter();
        let headers = headers.filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?))).collect();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| maybe_sent(causes(&error)))? {
            if bytes.len() + chunk.len() > self.settings.response_bytes_max {
                return Err(maybe_sent(format!(
                    "the answer is longer than {} bytes",
                    self.settings.response_bytes_max
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = String::from_utf8(bytes).map_err(|_| maybe_sent("the answer is not UTF-8 text".to_owned()))?;
        Ok(HttpResponse { status, headers, body: hide_secrets(&body, &prepared.secrets) })
    }
}

/// A request with all that the host fills in.
struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: String,
    secrets: Vec<Secret>,
}

#[async_trait]
impl Host for HttpGate {
    async fn http(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let start = Instant::now();
        let prepared = self.prepare(&request).map_err(|reason| {
            tracing::warn!(provider = %self.provider, "refused: {}", log_line(&reason, &[]));
            HttpFailure::NotSent { reason: log_line(&reason, &[]) }
        })?;
        let client = self.client()?;
        // Held until the exchange is over. What waits for too long was certainly not sent.
        let _turn = self.turn().await?;
        let mut result = self.exchange(client, &prepared).await;
        let in_time = start.elapsed().as_millis() < u128::from(self.settings.exchange_ms) / 2;
        if request.idempotent && in_time && matches!(result, Err(HttpFailure::MaybeSent { .. })) {
            // A second try never makes "maybe" into "not": the first may have arrived.
            result = self.exchange(client, &prepared).await.map_err(|failure| maybe_sent(failure.to_string()));
        }
        let (method, host, path) = (&request.method, prepared.url.host_str().unwrap_or_default(), prepared.url.path());
        let ms = start.elapsed().as_millis();
        match &result {
            Ok(response) => {
                tracing::debug!(provider = %self.provider, %method, host, path, status = response.status, ms, "exchange");
            }
            Err(failure) => {
                let why = log_line(&failure.to_string(), &prepared.secrets);
                tracing::warn!(provider = %self.provider, %method, host, path, ms, "{why}");
            }
        }
        result
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    async fn random_hex(&self, bytes: u8) -> String {
        let mut random = vec![0_u8; usize::from(bytes.min(64))];
        if let Err(reason) = self.random.fill(&mut random) {
            // An empty text is too short for every use, so that the provider fails instead of being foreseeable.
            tracing::error!(provider = %self.provider, "{reason}");
            return String::new();
        }
        base16ct::lower::encode_string(&random)
    }

    fn log(&self, line: &str) {
        tracing::info!(provider = %self.provider, "{}", log_line(line, &[]));
    }
}

/// The texts of a request in which secrets may stand.
fn texts_of(request: &HttpRequest) -> impl Iterator<Item = &str> {
    request.headers.iter().map(|(_, value)| value.as_str()).chain([request.body.as_str()])
}

/// `host:port` or `host`, an IPv6 address in brackets where it has a port.
fn split_port(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if name.ends_with(']') || !name.contains(':') => match port.parse() {
            Ok(port) => (name.trim_matches(['[', ']']), Some(port)),
            Err(_) => (host, None),
        },
        _ => (host.trim_matches(['[', ']']), None),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether the request can have arrived. Only what fails before or at connecting certainly did not.
fn classify(error: &reqwest::Error) -> HttpFailure {
    let reason = causes(error);
    if error.is_connect() || error.is_builder() { HttpFailure::NotSent { reason } } else { maybe_sent(reason) }
}

fn maybe_sent(reason: String) -> HttpFailure {
    HttpFailure::MaybeSent { reason }
}

/// An error with all its causes, without the address, whose query is nobody's business.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = next {
        let line = cause.to_string();
        let line = line.split(" for url").next().unwrap_or_default();
        if !text.ends_with(line) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(line);
        }
        next = cause.source();
    }
    text
}
