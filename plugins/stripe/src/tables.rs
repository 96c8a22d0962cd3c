//! What Stripe's words mean, as data. A word that is in no table is neither a success nor a failure.

use sayso_plugin_sdk::prelude::*;

/// Statuses of PaymentIntents and SetupIntents. What is refused may still be paid with another card, or by another hand-over.
pub const INTENT: Standings = Standings(&[
    (Standing::Done, "succeeded"),
    (Standing::Reserved, "requires_capture"),
    (Standing::Working, "processing requires_confirmation"),
    (Standing::Person, "requires_action"),
    (Standing::Refused, "requires_payment_method"),
    (Standing::Gone, "canceled"),
]);

/// Statuses of Checkout Sessions: what may still happen on their page.
pub const SESSION: Standings =
    Standings(&[(Standing::Person, "open"), (Standing::Done, "complete"), (Standing::Gone, "expired")]);

/// Statuses of refunds.
pub const REFUND: Standings = Standings(&[
    (Standing::Done, "succeeded"),
    (Standing::Working, "pending requires_action"),
    (Standing::Gone, "failed canceled"),
]);

/// Statuses of disputes, which Stripe tells from the merchant's side: what the merchant wins is rejected.
pub const DISPUTE: &[(&str, DisputeState)] = &[
    ("won", DisputeState::Rejected),
    ("warning_closed", DisputeState::Rejected),
    ("lost", DisputeState::ChargedBack),
    ("needs_response", DisputeState::Open),
    ("under_review", DisputeState::Open),
    ("warning_needs_response", DisputeState::Open),
    ("warning_under_review", DisputeState::Open),
];

/// What an intent asks the person to do, and where in `next_action` the address or the content of the QR code is.
/// `None`: it can't be shown, and the person has heard of it from their bank or has to look into an app.
pub const ACTIONS: &[(&str, Option<&str>)] = &[
    ("redirect_to_url", Some("url")),
    ("alipay_handle_redirect", Some("url")),
    ("wechat_pay_display_qr_code", Some("data")),
    ("pix_display_qr_code", Some("hosted_instructions_url")),
    ("paynow_display_qr_code", Some("hosted_instructions_url")),
    ("promptpay_display_qr_code", Some("hosted_instructions_url")),
    ("cashapp_handle_redirect_or_display_qr_code", Some("hosted_instructions_url")),
    ("display_bank_transfer_instructions", Some("hosted_instructions_url")),
    ("boleto_display_details", Some("hosted_voucher_url")),
    ("konbini_display_details", Some("hosted_voucher_url")),
    ("oxxo_display_details", Some("hosted_voucher_url")),
    ("verify_with_microdeposits", Some("hosted_verification_url")),
    ("card_await_notification", None),
    ("use_stripe_sdk", None),
    ("wechat_pay_redirect_to_android_app", None),
    ("wechat_pay_redirect_to_ios_app", None),
];

/// Every documented decline code and error code.
pub const CODES: Words = Words(include_str!("codes.txt"));
