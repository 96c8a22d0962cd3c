//! What Stripe's words mean, as data. A word that is in no table is neither a success nor a failure.

use RetryAdvice::{Later, Never, OtherMethod};
use sayso_plugin_sdk::interface::outcome::DeclineCode::{self, *};
use sayso_plugin_sdk::{DisputeState, RetryAdvice};

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

/// Decline codes and error codes that say no to a payment, several to a line, with why in our words.
pub const REFUSALS: &[(&str, DeclineCode, RetryAdvice)] = &[
    (
        "card_declined generic_decline do_not_honor call_issuer no_action_taken not_permitted card_not_supported \
      service_not_allowed transaction_not_allowed approve_with_id invalid_amount duplicate_transaction \
      testmode_decline bank_account_declined payment_method_provider_decline payment_method_customer_decline \
      payment_intent_payment_attempt_failed payment_intent_incompatible_payment_method invalid_card_type \
      payment_intent_konbini_rejected_confirmation_number payment_method_not_available refer_to_customer \
      payment_method_unsupported_type",
        Declined,
        OtherMethod,
    ),
    (
        "incorrect_number incorrect_cvc incorrect_pin incorrect_zip incorrect_address invalid_number invalid_cvc \
      invalid_pin invalid_account invalid_expiry_month invalid_expiry_year new_account_information_available \
      account_closed no_account bank_account_unusable bank_account_unverified",
        Declined,
        OtherMethod,
    ),
    (
        "do_not_try_again revocation_of_authorization revocation_of_all_authorizations stop_payment_order \
      debit_not_authorized payment_intent_mandate_invalid billing_invalid_mandate",
        Declined,
        Never,
    ),
    ("try_again_later processing_error reenter_transaction issuer_not_available", Declined, Later),
    ("insufficient_funds gift_card_balance_insufficient", InsufficientFunds, Later),
    ("card_velocity_exceeded withdrawal_count_limit_exceeded", LimitExceeded, Later),
    ("card_decline_rate_limit_exceeded amount_too_large charge_exceeds_source_limit", LimitExceeded, Never),
    ("amount_too_small", AmountTooSmall, Never),
    ("expired_card", Expired, OtherMethod),
    (
        "lost_card stolen_card pickup_card restricted_card pin_try_exceeded gift_card_inactive bank_account_restricted \
      payment_method_bank_account_blocked",
        Blocked,
        OtherMethod,
    ),
    ("fraudulent merchant_blacklist security_violation", SuspectedFraud, Never),
    ("currency_not_supported payment_method_currency_mismatch", CurrencyRefused, OtherMethod),
    (
        "authentication_required authentication_not_handled mobile_device_authentication_required offline_pin_required \
      online_or_offline_pin_required payment_intent_authentication_failure payment_intent_action_required",
        AuthenticationRequired,
        OtherMethod,
    ),
    (
        "payment_intent_payment_attempt_expired capture_charge_authorization_expired charge_expired_for_capture",
        Canceled,
        Later,
    ),
    (
        "account_invalid platform_account_required transfers_not_allowed not_allowed_on_standard_account \
      application_fees_not_allowed country_unsupported",
        PayeeRefused,
        Never,
    ),
    (
        "api_key_expired platform_api_key_expired secret_key_required livemode_mismatch testmode_charges_only \
      tls_version_unsupported parameter_invalid_empty parameter_invalid_integer parameter_invalid_string_blank \
      parameter_invalid_string_empty parameter_missing parameter_unknown parameters_exclusive invalid_characters \
      url_invalid email_invalid resource_missing missing payment_intent_invalid_parameter \
      payment_method_invalid_parameter payment_method_invalid_parameter_testmode charge_invalid_parameter \
      payment_method_unactivated payment_method_configuration_failures payment_method_billing_details_address_missing \
      invalid_charge_amount invalid_source_usage",
        Configuration,
        Never,
    ),
];

/// Codes that say nothing of a payment: about its state, about time, or about other parts of Stripe.
pub const NO_ANSWER: &str = "idempotency_key_in_use lock_timeout rate_limit payment_intent_unexpected_state \
    intent_invalid_state status_transition_invalid resource_already_exists charge_already_captured \
    charge_already_refunded charge_disputed charge_not_refundable refund_disputed_payment capture_unauthorized_payment \
    payment_method_unexpected_state payment_method_provider_timeout return_intent_already_processed \
    balance_insufficient balance_invalid_parameter";

/// Codes that refuse a refund for good.
pub const REFUND_REFUSALS: &str = "charge_already_refunded charge_disputed charge_not_refundable \
    refund_disputed_payment balance_insufficient amount_too_large amount_too_small";

/// What a code of Stripe's means for a payment; `None` if it says nothing of it.
#[must_use]
pub fn refusal(code: &str) -> Option<(DeclineCode, RetryAdvice)> {
    let found = REFUSALS.iter().find(|(codes, ..)| codes.split_whitespace().any(|known| known == code));
    found.map(|(_, ours, retry)| (*ours, *retry))
}

/// How something of this status stands; what is in no table is being worked on.
#[must_use]
pub fn stands(table: &[(&str, Stands)], status: &str) -> Stands {
    table.iter().find(|(known, _)| *known == status).map_or(Stands::Working, |(_, stands)| *stands)
}
