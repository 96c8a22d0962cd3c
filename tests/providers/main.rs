//! The plugins of real providers, end to end: the compiled library in its worker, the HTTP gate, payments and ledger, against
//! pretend providers on loopback that check and answer as the real ones do, and refuse what they do not know.
#![allow(clippy::unwrap_used, clippy::panic)]

mod alipay;
mod conformance;
mod conversation;
mod household;
mod paypal;
mod scanned;
mod stripe;
mod wechat_pay;
