//! The sentences of repair: what Sayso says when a conversation does not go straight. Shipped as
//! `dialogs/phrases.yaml`; a project may reword each of them in a file that begins with `phrases:`.

use super::format::text::Texts;
use std::collections::BTreeMap;

/// A phrase that the stepper says.
#[derive(Clone, Copy, Debug)]
pub struct PhraseKey {
    /// Its name in the file.
    pub name: &'static str,
    /// When it is said.
    pub about: &'static str,
    /// The `{values}` that it may use.
    pub holes: &'static [&'static str],
}

const fn phrase(name: &'static str, holes: &'static [&'static str], about: &'static str) -> PhraseKey {
    PhraseKey { name, about, holes }
}

/// Every phrase.
pub const PHRASES: &[PhraseKey] = &[
    phrase("greeting", &["flows"], "The conversation begins."),
    phrase("idle_help", &["flows"], "Somebody asks what can be done, and nothing is going on."),
    phrase("idle_no_match", &["flows"], "What was said was not understood, and nothing is going on."),
    phrase("idle_silence", &["flows"], "Nothing was said, and nothing is going on."),
    phrase("goodbye", &[], "Nothing was said for long, and nothing is going on."),
    phrase("no_match", &[], "The answer to a question was not understood; the question follows."),
    phrase("no_input", &[], "There was no answer to a question; the question follows."),
    phrase("gave_up", &[], "There was no good answer several times; nothing was paid."),
    phrase("gave_up_after_payment", &[], "There was no good answer several times, and something had been paid before."),
    phrase("help", &["flow"], "What can be said in the middle of a flow; the question follows."),
    phrase("consent_help", &[], "What can be said at the read-back, which follows."),
    phrase(
        "consent_unclear",
        &[],
        "The answer to the read-back was neither a clear yes nor a change; it follows again.",
    ),
    phrase("consent_expired", &[], "The answer to the read-back came too late; it follows again."),
    phrase("what_to_change", &[], "The read-back was answered with no."),
    phrase("corrected", &["value"], "A value was replaced by another."),
    phrase("kept", &["value"], "Something was said about a value that stays as it is."),
    phrase("which", &["options"], "A value has several readings."),
    phrase("did_you_mean", &["options"], "A value has one reading, which is not sure."),
    phrase("exactly", &[], "An amount was only roughly said; the question follows."),
    phrase("which_flow", &["options"], "Several flows could be meant."),
    phrase("cancelled", &[], "A flow was stopped in which nothing was paid."),
    phrase("cancelled_after_payment", &[], "A flow was stopped in which something had been paid before."),
    phrase("nothing_to_cancel", &[], "Somebody wants to stop, and nothing is going on."),
    phrase("resume", &["flow"], "After a digression: asks whether to go on."),
    phrase("not_resumed", &[], "The person does not want to go on."),
    phrase("too_many_at_once", &[], "One more digression would be too many; the question follows."),
    phrase("start_over", &[], "The flow begins anew."),
    phrase("at_beginning", &[], "There is no earlier question to go back to."),
    phrase("nothing_to_repeat", &[], "Nothing was said that could be said again."),
    phrase("take_your_time", &[], "The person wants a moment."),
    phrase("cannot_skip", &[], "The question can't be skipped; it follows."),
    phrase("human", &[], "The person wants to talk to a human."),
    phrase("busy", &[], "Something was said while a payment is on its way."),
    phrase("card_number", &[], "A card number was said: it is discarded, and the conversation stops."),
    phrase("apology", &[], "Something went wrong inside; nothing was paid."),
    phrase("apology_after_payment", &[], "Something went wrong inside, after something had been paid."),
    phrase("changed_meanwhile", &[], "The dialog files changed in the middle of the conversation."),
    phrase("not_positive", &[], "The amount is zero or less; the question follows."),
    phrase("not_in_currency", &["currency"], "The amount has more decimals than the currency; the question follows."),
    phrase("wrong_payee", &["value"], "This payee can't be paid by this flow; the question follows."),
    phrase(
        "provider_currency",
        &["provider", "currency"],
        "The provider does not take the currency; the question follows.",
    ),
    phrase("yes", &[], "The word for a yes_no value that is true."),
    phrase("no", &[], "The word for a yes_no value that is false."),
    phrase("next_link", &["address"], "{next_step}: open an address."),
    phrase("next_qr", &[], "{next_step}: scan a code."),
    phrase("next_app", &["name"], "{next_step}: approve in an app."),
    phrase("declined", &[], "{reason}: none was given, or it is not to be told."),
    phrase("declined_insufficient_funds", &[], "{reason}: not enough money."),
    phrase("declined_expired", &[], "{reason}: card or account expired."),
    phrase("declined_blocked", &[], "{reason}: card or account blocked."),
    phrase("declined_limit_exceeded", &[], "{reason}: above a limit."),
    phrase("declined_authentication_required", &[], "{reason}: the person has to authenticate."),
    phrase("declined_payee_refused", &[], "{reason}: the payee can't be paid."),
    phrase("declined_currency_refused", &[], "{reason}: the currency is not taken."),
    phrase("declined_configuration", &[], "{reason}: the provider is not set up well."),
    phrase("declined_canceled", &[], "{reason}: cancelled before it was paid."),
];

/// The phrases in use.
#[derive(Clone, Debug, Default)]
pub struct Phrases(BTreeMap<&'static str, Texts>);

impl Phrases {
    /// Words a phrase differently.
    pub fn set(&mut self, name: &'static str, texts: Texts) {
        self.0.insert(name, texts);
    }

    /// The texts of a phrase.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Texts> {
        self.0.get(name)
    }
}
