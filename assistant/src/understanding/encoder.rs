//! What can stand beside the n-grams: an encoder that turns a sentence into a point. Only the trait is here; weights are
//! loaded at the edge, and a room that is pure is handed the finished encoder.

use super::meaning::EntityKind;
use super::money::Spotted;
use super::tokens::Utterance;
use std::fmt::Debug;

/// Turns sentences into points: those that mean the same lie near each other, however they are worded.
///
/// The same sentence has the same point in every run: a conversation can be replayed.
pub trait SentenceEncoder: Send + Sync + Debug {
    /// How many coordinates a point has.
    fn width(&self) -> usize;

    /// The point of a sentence: [`SentenceEncoder::width`] coordinates, length one. `None` if it is in a script that the
    /// encoder does not know: then the n-grams alone decide.
    fn encode(&self, sentence: &str) -> Option<Vec<f32>>;

    /// The points of sentences that flows teach, in their order. They are the same at every start, and an encoder may keep
    /// them from one to the next; what people say goes to [`SentenceEncoder::encode`], and is never kept.
    fn encode_taught(&self, sentences: &[&str]) -> Vec<Option<Vec<f32>>> {
        sentences.iter().map(|sentence| self.encode(sentence)).collect()
    }
}

/// What an encoder reads in place of a value, so that "pay Bob fifty" teaches as much as any other payee and amount.
fn stand_in(kind: &EntityKind) -> &'static str {
    match kind {
        EntityKind::Money | EntityKind::Number => "an amount",
        EntityKind::Date => "a day",
        EntityKind::Period => "a month",
        EntityKind::Rhythm => "every month",
        EntityKind::YesNo => "yes",
        EntityKind::Payee => "somebody",
        EntityKind::Provider => "a wallet",
        EntityKind::Choice => "a choice",
    }
}

/// The sentence as an encoder reads it.
pub(super) fn readable(utterance: &Utterance, values: &[Spotted]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for value in values {
        let (start, end) = utterance.place(value.first, value.after);
        if start < from {
            continue;
        }
        text.push_str(&utterance.slice(from, start));
        text.push_str(stand_in(&value.entity.kind));
        from = end;
    }
    text.push_str(&utterance.slice(from, utterance.chars.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::understanding::bench::Trained;
    use crate::understanding::names::tests::household;
    use crate::understanding::templates::tests::intent;
    use crate::understanding::{Expectation, Teaching, Understander};
    use jiff::civil::date;
    use std::sync::{Arc, Mutex};

    /// Knows what a few words mean, reads nothing but plain Latin letters, and writes down what it was given.
    #[derive(Debug, Default)]
    struct Dictionary {
        read: Mutex<Vec<String>>,
    }

    impl SentenceEncoder for Dictionary {
        fn width(&self) -> usize {
            2
        }

        fn encode(&self, sentence: &str) -> Option<Vec<f32>> {
            self.read.lock().unwrap().push(sentence.to_owned());
            let wet = ["water", "river", "drizzle"].iter().any(|word| sentence.contains(word));
            let point = if wet { vec![1.0, 0.0] } else { vec![0.0, 1.0] };
            sentence.is_ascii().then_some(point)
        }
    }

    fn taught() -> Vec<(String, String)> {
        [("water", "wet"), ("river", "wet"), ("lamp", "bright"), ("torch", "bright")]
            .map(|(text, label)| (text.to_owned(), label.to_owned()))
            .to_vec()
    }

    #[test]
    fn an_encoder_changes_nothing_about_what_it_can_not_read() {
        let plain = Trained::new(&taught());
        let helped = Trained::with_encoder(&taught(), Some(Arc::new(Dictionary::default())));
        let judged = |trained: &Trained, text| {
            let one = trained.predict(text).unwrap();
            (one.label, one.confidence_milli)
        };
        assert_eq!(judged(&helped, "ríver"), judged(&plain, "ríver"));
        assert_ne!(judged(&helped, "drizzle"), judged(&plain, "drizzle"), "what it reads it has a say in");
    }

    #[test]
    fn an_encoder_decides_where_words_say_nothing() {
        // Neither shares a piece with what was taught: the words alone give both one answer, and one of them is wrong.
        let label = |trained: &Trained, text| trained.predict(text).unwrap().label;
        let plain = Trained::new(&taught());
        assert_eq!(label(&plain, "zzzyzz"), label(&plain, "qqqjqq"));
        let many: Vec<(String, String)> = std::iter::repeat_n(taught(), 20).flatten().collect();
        let helped = Trained::with_encoder(&many, Some(Arc::new(Dictionary::default())));
        assert_eq!(label(&helped, "drizzle"), "wet");
        assert_eq!(label(&helped, "qqqjqq"), "bright");
    }

    #[test]
    fn an_encoder_never_reads_a_value() {
        let mut pay = intent("pay_bill", &["pay {payee} {amount}"], &[]);
        pay.examples = vec![(Lang::En, "settle the water bill, forty dollars".to_owned())];
        let encoder = Arc::new(Dictionary::default());
        let teaching = Teaching { intents: vec![pay], names: household() };
        let understander = Understander::with_encoder(&teaching, Some(encoder.clone()));
        understander.learn();
        encoder.read.lock().unwrap().clear();
        let (today, anything) = (date(2025, 3, 12), Expectation::default());
        let _ = understander.understand("please settle the rent for forty dollars", Lang::En, today, &anything);
        assert_eq!(*encoder.read.lock().unwrap(), ["please settle the somebody for an amount"]);
    }
}
