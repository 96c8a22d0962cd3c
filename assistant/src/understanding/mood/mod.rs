//! Whether a sentence about paying asks for it: "pay Bob" does, "don't pay Bob", "did you pay Bob?", "I paid Bob yesterday", "Bob
//! will pay" and "what if I paid Bob?" do not, though they share their words. Read from grammar alone; in doubt it is a wish,
//! since whoever wishes is read back to and asked anyway.

mod chinese;
mod english;
#[cfg(test)]
mod tests;

use super::meaning::{EntityKind, IntentGuess};
use super::money::Spotted;
use super::teaching::TaughtIntent;
use super::tokens::{Kind, Utterance};
use std::collections::HashMap;

/// What a sentence does with the payment that it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mood {
    /// Asks for it, or leaves open what is wanted.
    Wish,
    /// Wants it not done.
    Refused,
    /// Asks about it.
    Asked,
    /// Only thinks of it: "what if I paid".
    Supposed,
    /// Tells that it was done.
    Told,
    /// Speaks of what somebody else pays, or is to pay to the speaker.
    Others,
}

/// What stands for the name of a payee among the words of a clause.
const PAYEE: &str = "@";

/// The mood of an utterance in which these values were found.
pub(super) fn mood(utterance: &Utterance, values: &[Spotted]) -> Mood {
    let clauses = clauses(utterance, values);
    let mut said = Mood::Wish;
    let mut wished = false;
    for clause in &clauses {
        let words: Vec<&str> = clause.iter().map(String::as_str).collect();
        let han = words.iter().any(|word| word.chars().any(super::script::is_han));
        let found = if han { chinese::mood(&words.concat()) } else { english::mood(&words) };
        match found {
            // "I don't want to forget the rent, pay it": what is told beside a wish takes nothing from it.
            Some(Mood::Wish) => (said, wished) = (Mood::Wish, true),
            // "pay Bob, no, don't pay him" takes it back.
            Some(Mood::Refused) => said = Mood::Refused,
            Some(other) if !wished && said == Mood::Wish => said = other,
            _ => {}
        }
    }
    said
}

/// True if no clause refuses a payment or asks about one, none that names a payee does anything but wish, and what is told is told
/// of others: "twelve dollars to Bob, he paid for lunch".
pub(super) fn lets_wish(utterance: &Utterance, values: &[Spotted]) -> bool {
    clauses(utterance, values).iter().all(|clause| {
        let words: Vec<&str> = clause.iter().map(String::as_str).collect();
        let han = words.iter().any(|word| word.chars().any(super::script::is_han));
        let found = if han { chinese::mood(&words.concat()) } else { english::mood(&words) };
        let of_others = ["he", "she", "they", "他", "她"].contains(&words.first().copied().unwrap_or_default());
        match found {
            None | Some(Mood::Wish) => true,
            Some(Mood::Told | Mood::Others) => of_others && !words.contains(&PAYEE),
            Some(_) => false,
        }
    })
}

/// The words between punctuation marks, each payee's name as one.
fn clauses(utterance: &Utterance, values: &[Spotted]) -> Vec<Vec<String>> {
    let payee = |at: usize| {
        values.iter().find(|value| value.entity.kind == EntityKind::Payee && (value.first..value.after).contains(&at))
    };
    let mut clauses = vec![Vec::new()];
    for at in 0..utterance.len() {
        let ends = matches!(utterance.sign(at), ',' | '.' | '!' | '?' | ';' | ':' | '、' | '…' | '。')
            || english::begins_clause(utterance.word(at), utterance.word(at + 1));
        match (payee(at), clauses.last_mut()) {
            (Some(value), Some(clause)) if value.first == at => clause.push(PAYEE.to_owned()),
            (Some(_), _) => {}
            (None, _) if ends => clauses.push(Vec::new()),
            (None, Some(clause)) if utterance.kind(at) != Some(Kind::Sign) => {
                clause.push(utterance.word(at).to_owned())
            }
            _ => {}
        }
    }
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// The intents that pay, each with the moods of the sentences by which it is taught. A flow that teaches "how do I pay?"
/// wants to be asked so.
#[derive(Clone, Debug, Default)]
pub(super) struct Payers(HashMap<String, Vec<Mood>>);

impl Payers {
    /// Learns the intents that pay.
    pub fn new(intents: &[TaughtIntent]) -> Self {
        let paying = intents.iter().filter(|intent| intent.pays);
        Payers(paying.map(|intent| (intent.name.clone(), taught(intent))).collect())
    }

    /// Takes out the guesses at intents that pay where the sentence does not ask for a payment.
    pub fn hold_back(&self, utterance: &Utterance, values: &[Spotted], guesses: &mut Vec<IntentGuess>) {
        if guesses.iter().any(|guess| self.0.contains_key(&guess.name)) {
            let mood = mood(utterance, values);
            let fits = |moods: &Vec<Mood>| mood == Mood::Wish || moods.contains(&mood);
            guesses.retain(|guess| self.0.get(&guess.name).is_none_or(fits));
        }
    }
}

fn taught(intent: &TaughtIntent) -> Vec<Mood> {
    let sentences = intent.examples.iter().chain(&intent.templates);
    let mut moods: Vec<Mood> = sentences.map(|(_, sentence)| mood(&Utterance::new(sentence), &[])).collect();
    moods.sort_unstable_by_key(|mood| *mood as u8);
    moods.dedup();
    moods
}
