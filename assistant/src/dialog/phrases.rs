//! The sentences of repair: what Sayso says when a conversation does not go straight. Shipped as
//! `dialogs/phrases.yaml`; a project may reword each of them in a file that begins with `phrases:`.

use super::format::flow::Retries;
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
    phrase("no_match", &[], "The answer to a question was not understood; the question follows."),
    phrase("no_input", &[], "There was no answer to a question; the question follows."),
    phrase("consent_expired", &[], "The answer to the read-back came too late; it follows again."),
    phrase(
        "yes_unsure",
        &[],
        "A spoken yes to a read-back was not heard surely enough to pay; it is waited for again.",
    ),
    phrase(
        "proof_wrong",
        &[],
        "The amount or the digits that were asked for after the yes were wrong; they are asked for again.",
    ),
    phrase("proof_failed", &[], "The amount or the digits were wrong too often; nothing was paid."),
    phrase(
        "phone_needed",
        &[],
        "The payment has to be confirmed on a phone, and the configuration names none; nothing was paid.",
    ),
    phrase(
        "phone_unreachable",
        &[],
        "The payment has to be confirmed on a phone, which can't be reached now; nothing was paid.",
    ),
    phrase(
        "voice_typed",
        &[],
        "The payment has to be agreed to aloud, in the person's own voice, and this conversation is typed; nothing was paid.",
    ),
    phrase(
        "voice_nobody",
        &[],
        "The payment has to be agreed to in the person's own voice, and nobody said whose conversation it is; nothing was paid.",
    ),
    phrase(
        "voice_not_enrolled",
        &[],
        "The payment has to be agreed to in the person's own voice, which is not known yet; nothing was paid.",
    ),
    phrase(
        "voice_unheard",
        &[],
        "The digits were right, and there was too little of the voice to know it; they are asked for again.",
    ),
    phrase("voice_not_checked", &[], "There was too little of the voice too often; nothing was paid."),
    phrase("voice_strange", &[], "The digits were said in another voice than the person's; they are asked for again."),
    phrase("voice_refused", &[], "They were said in another voice again; nothing was paid."),
    phrase(
        "standing_order",
        &["amount", "payee", "provider", "schedule"],
        "How a payment that was put down for later is called.",
    ),
    phrase("end_standing", &["value"], "Whether a payment that was put down for later is to be ended."),
    phrase("one_by_one", &["value"], "Several payments were asked for in one sentence; they follow one after another."),
    phrase("left_out", &["value"], "One of several payments of one sentence is left out."),
    phrase("next_in_line", &["value"], "The next of several payments of one sentence begins."),
    phrase("yes_or_no", &[], "The answer could mean either; the question follows once more."),
    phrase("over_limit", &["reason"], "The amount is above a limit of the household; another amount is asked for."),
    phrase(
        "not_now",
        &["reason"],
        "A limit of the household forbids the payment, whatever its amount; nothing was paid.",
    ),
    phrase("dry_run", &[], "Everything was well, and nothing was sent, since this is a dry run."),
    phrase("past_date", &["value"], "A payment can't be made on a day that is over; another day is asked for."),
    phrase("what_to_change", &[], "The read-back was answered with no."),
    phrase("corrected", &["value"], "A value was replaced by another."),
    phrase("kept", &["value"], "Something was said about a value that stays as it is."),
    phrase(
        "no_last_time",
        &["value"],
        "Somebody wants it as last time, and there was no last time; the question follows.",
    ),
    phrase(
        "unknown_person",
        &["value"],
        "Money is to go to somebody whom the household does not have; the question whom follows.",
    ),
    phrase(
        "unknown_biller",
        &["value"],
        "Something is to be paid that the household does not have; the question which bill follows.",
    ),
    phrase("what_else", &[], "A yes when nothing is going on."),
    phrase("nothing_else", &[], "A no when nothing is going on."),
    phrase("exactly", &[], "An amount was only roughly said; the question follows."),
    phrase("too_many_at_once", &[], "One more digression would be too many; the question follows."),
    phrase("refund_refused", &[], "The read-back of a refund was answered with no."),
    phrase("refund_too_much", &["amount"], "More is to come back than is left of the payment; the question follows."),
    phrase("handoff_link", &["address"], "A `handoff` to an address that says nothing of its own."),
    phrase("handoff_qr", &[], "A `handoff` to a code that says nothing of its own."),
    phrase("handoff_app", &["name"], "A `handoff` to an app that says nothing of its own."),
    phrase("handoff_human", &[], "A `handoff` to a human that says nothing of its own."),
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
    phrase("declined_amount_too_small", &[], "{reason}: less than the provider takes."),
    phrase("declined_authentication_required", &[], "{reason}: the person has to authenticate."),
    phrase("declined_payee_refused", &[], "{reason}: the payee can't be paid."),
    phrase("declined_currency_refused", &[], "{reason}: the currency is not taken."),
    phrase("declined_configuration", &[], "{reason}: the provider is not set up well."),
    phrase("declined_canceled", &[], "{reason}: cancelled before it was paid."),
];

/// The phrases in use.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    texts: BTreeMap<&'static str, Texts>,
    /// When to give up, in the whole project.
    pub retries: Retries,
}

impl Phrases {
    /// Words a phrase differently.
    pub fn set(&mut self, name: &'static str, texts: Texts) {
        self.texts.insert(name, texts);
    }

    /// Words all those differently that `other` has.
    pub fn extend(&mut self, other: &Phrases) {
        self.texts.extend(other.texts.iter().map(|(name, texts)| (*name, texts.clone())));
        let Retries { tries, silences, give_up } = &other.retries;
        self.retries.tries = tries.or(self.retries.tries);
        self.retries.silences = silences.or(self.retries.silences);
        self.retries.give_up = give_up.clone().or(self.retries.give_up.take());
    }

    /// The texts of all phrases.
    pub(super) fn all(&self) -> impl Iterator<Item = &Texts> {
        self.texts.values()
    }

    /// The texts of a phrase.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Texts> {
        self.texts.get(name)
    }
}
