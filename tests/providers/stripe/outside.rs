//! What happens outside of the API: people on Checkout's pages, and notifications that are sent.

use super::bank::{Bank, WEBHOOK_SECRET, settle};
use sayso_plugin_interface::request::WebhookRequest;
use serde_json::{Value, json};

impl Bank {
    /// The person pays on the page with this id.
    pub fn pay_page(&self, id: &str) -> Value {
        let mut books = self.books();
        let mut page = books.pages[id].clone();
        assert_eq!(page["status"], "open", "nobody can pay on a page that is over");
        let form = &page["form"];
        let units: i64 = form["line_items[0][price_data][unit_amount]"].as_str().unwrap().parse().unwrap();
        let manual = form["payment_intent_data[capture_method]"] == "manual";
        let mut intent = self.blank(&mut books, units, page["form"]["line_items[0][price_data][currency]"].clone());
        intent["metadata"] = page["metadata"].clone();
        settle(&mut intent, manual);
        page["status"] = json!("complete");
        page["payment_intent"] = intent["id"].clone();
        books.intents.insert(intent["id"].as_str().unwrap().to_owned(), intent.clone());
        books.pages.insert(id.to_owned(), page);
        intent
    }

    /// The only page that there is.
    pub fn only_page(&self) -> String {
        let books = self.books();
        assert_eq!(books.pages.len(), 1, "one page for one enrolment or payment");
        books.pages.keys().next().unwrap().clone()
    }

    /// What Stripe is at comes to a good end.
    pub fn settle_all(&self) {
        let mut books = self.books();
        let working = books.intents.values_mut().filter(|intent| intent["status"] == "processing");
        working.for_each(|intent| settle(intent, false));
    }

    /// How much was given back.
    pub fn given_back(&self) -> i64 {
        self.books().refunds.values().filter_map(|refund| refund["amount"].as_i64()).sum()
    }

    /// The person enters a card on a page that stores one.
    pub fn store_card(&self, id: &str, card: &str) {
        let mut books = self.books();
        let page = books.pages.get_mut(id).unwrap();
        assert_eq!((&page["mode"], &page["status"]), (&json!("setup"), &json!("open")));
        page["status"] = json!("complete");
        page["customer"] = json!("cus_1");
        let card = json!({ "id": card, "card": { "brand": "visa", "last4": "4242" } });
        page["setup_intent"] = json!({ "id": "seti_1", "status": "succeeded", "livemode": false, "customer": "cus_1", "payment_method": card });
    }

    /// A notification as Stripe signs it, of now.
    pub fn notification(&self, id: &str, kind: &str, object: &Value) -> WebhookRequest {
        let body =
            json!({ "id": id, "object": "event", "type": kind, "livemode": false, "data": { "object": object } });
        let (body, seconds) = (body.to_string(), self.now_s());
        // By another implementation than the plugin's.
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, WEBHOOK_SECRET.as_bytes());
        let code = aws_lc_rs::hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
        let hex: String = code.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        WebhookRequest { headers: vec![("stripe-signature".into(), format!("t={seconds},v1={hex}"))], body }
    }
}
