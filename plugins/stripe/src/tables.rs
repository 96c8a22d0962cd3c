//! What Stripe's words mean, as data. A word that is in no table is neither a success nor a failure.

use sayso_plugin_sdk::prelude::*;

/// How a PaymentIntent, a SetupIntent or a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Done: paid, stored, given back.
    Done,
    /// Reserved, to be captured.
    Reserved,
    /// Stripe is at it; so is every status that is not in the table.
    Working,
    /// The person has to act.
    Person,
    /// The last try failed, if there was one; nothing goes on by itself.
    Refused,
    /// Over, without effect.
    Gone,
}

/// Statuses of PaymentIntents and SetupIntents.
pub const INTENT: &[(&str, Stands)] = &[
    ("succeeded", Stands::Done),
    ("requires_capture", Stands::Reserved),
    ("processing", Stands::Working),
    ("requires_confirmation", Stands::Working),
    ("requires_action", Stands::Person),
    ("requires_payment_method", Stands::Refused),
    ("canceled", Stands::Gone),
];

/// Statuses of Checkout Sessions: what may still happen on their page.
pub const SESSION: &[(&str, Stands)] =
    &[("open", Stands::Person), ("complete", Stands::Done), ("expired", Stands::Gone)];

/// Statuses of refunds.
pub const REFUND: &[(&str, Stands)] = &[
    ("succeeded", Stands::Done),
    ("pending", Stands::Working),
    ("requires_action", Stands::Working),
    ("failed", Stands::Gone),
    ("canceled", Stands::Gone),
];

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

/// How something of this status stands; what is in no table is being worked on.
#[must_use]
pub fn stands(table: &[(&str, Stands)], status: &str) -> Stands {
    table.iter().find(|(known, _)| *known == status).map_or(Stands::Working, |(_, stands)| *stands)
}
