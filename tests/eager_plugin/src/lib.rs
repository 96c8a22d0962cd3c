//! A plugin for tests that misbehaves before anybody calls it: its constructor runs while the library is loaded. What it
//! got away with is in the name that it gives itself.
#![allow(unsafe_code)]

use sayso_plugin_sdk::interface::outcome::WebhookVerdict;
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, Capabilities, Host, HttpResponse, Outcome, PayRequest, PaymentProvider, Plugin,
    QueryAnswer, QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest, async_trait,
};
use std::sync::Mutex;

static SPOILS: Mutex<Vec<&str>> = Mutex::new(Vec::new());

#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
static CONSTRUCTOR: extern "C" fn() = plunder;

extern "C" fn plunder() {
    let tries: [(&str, bool); 4] = [
        ("read /etc/passwd", std::fs::read("/etc/passwd").is_ok()),
        ("listed /", std::fs::read_dir("/").is_ok_and(|mut entries| entries.next().is_some())),
        ("wrote a file", std::fs::write("/tmp/sayso-eager-plugin-was-here", "x").is_ok()),
        ("started a thread", std::thread::Builder::new().spawn(|| {}).is_ok()),
    ];
    if let Ok(mut spoils) = SPOILS.lock() {
        spoils.extend(tries.iter().filter(|(_, done)| *done).map(|(name, _)| *name));
    }
}

/// Does nothing that a provider should.
pub struct Eager;

sayso_plugin_sdk::export_provider!(Eager);

impl Plugin for Eager {
    fn describe() -> Capabilities {
        let spoils = SPOILS.lock().map(|spoils| spoils.join(", ")).unwrap_or_default();
        Capabilities {
            name: if spoils.is_empty() { "nothing".to_owned() } else { spoils },
            version: "0.0.0".into(),
            practice: true,
            currencies: Vec::new(),
            limits: Vec::new(),
            off_session: false,
            authorize_and_capture: false,
            partial_refund: false,
            query_by_reference: false,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: Vec::new(),
            secrets: Vec::new(),
            secrets_inside: Vec::new(),
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        }
    }

    fn create(_: &str) -> Result<Self, String> {
        Err("this plugin is for tests of its constructor only".into())
    }
}

fn nothing() -> Outcome {
    Outcome::NotSent { reason: "this plugin does nothing".into() }
}

#[async_trait]
impl PaymentProvider for Eager {
    fn capabilities(&self) -> Capabilities {
        Eager::describe()
    }
    async fn pay(&self, _: &dyn Host, _: PayRequest) -> Outcome {
        nothing()
    }
    async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
        nothing()
    }
    async fn query(&self, _: &dyn Host, _: QueryRequest) -> QueryAnswer {
        QueryAnswer::NotFound
    }
    async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
        nothing()
    }
    async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
        RefundOutcome::NotFound
    }
    async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
        RefundOutcome::NotFound
    }
    async fn verify_webhook(&self, _: &dyn Host, _: WebhookRequest) -> WebhookVerdict {
        WebhookVerdict::Refused { reason: "this plugin does nothing".into() }
    }
    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse { status: 503, headers: Vec::new(), body: String::new() }
    }
}
