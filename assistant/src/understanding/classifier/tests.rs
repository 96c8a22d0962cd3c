//! The classifier on a handful of sentences, as business users write them.

use super::*;

const TAUGHT: &[(&str, &str)] = &[
    ("pay the water bill", "pay_bill"),
    ("I want to pay my electricity bill", "pay_bill"),
    ("settle the gas bill please", "pay_bill"),
    ("the rent needs to be paid", "pay_bill"),
    ("交一下电费", "pay_bill"),
    ("send thirty dollars to my friend", "send_money"),
    ("transfer some money to a person", "send_money"),
    ("can you wire cash to somebody", "send_money"),
    ("给朋友转点钱", "send_money"),
    ("what did I pay lately", "history"),
    ("show me my recent payments", "history"),
    ("how much have I spent this year", "history"),
    ("最近付了什么钱", "history"),
];

fn best(classifier: &Classifier, text: &str) -> (String, u16) {
    let found = classifier.predict(text, 1);
    (found[0].label.to_owned(), found[0].confidence_milli)
}

#[test]
fn sentences_that_were_not_taught_find_their_label() {
    let classifier = Classifier::train(TAUGHT);
    for (text, label) in [
        ("please pay the water bill now", "pay_bill"),
        ("transfer thirty dollars to a friend", "send_money"),
        ("what payments did I make lately", "history"),
        ("最近的钱付了什么", "history"),
    ] {
        assert_eq!(best(&classifier, text).0, label, "{text}");
    }
}

#[test]
fn strange_sentences_are_none_of_these() {
    let classifier = Classifier::train(TAUGHT);
    for text in ["will it rain tomorrow", "tell me a joke about penguins", "xyzzy", "", "今天天气怎么样"] {
        let (label, confidence) = best(&classifier, text);
        assert!(confidence < ACCEPT_MILLI, "{text}: {label} {confidence}");
    }
}

#[test]
fn the_same_sentences_train_the_same_classifier() {
    let (one, other) = (Classifier::train(TAUGHT), Classifier::train(TAUGHT));
    assert_eq!(one.weights, other.weights);
}

#[test]
fn nothing_taught_is_nothing_found() {
    assert!(Classifier::train(&[]).predict("pay the bill", 3).is_empty());
    assert_eq!(Classifier::train(TAUGHT).predict("pay the bill", 99).len(), 3);
}

#[test]
fn measures_right_sure_and_refused() {
    let classifier = Classifier::train(TAUGHT);
    let test = [("pay the water bill", "pay_bill"), ("pay the water bill", "history")];
    let measured = measure(&classifier, &test, &["will it rain tomorrow"]);
    assert_eq!((measured.accuracy, measured.accepted_accuracy), (0.5, 0.5));
    assert_eq!(measured.out_of_scope_recall, Some(1.0));
    assert_eq!(measure(&classifier, &test, &[]).out_of_scope_recall, None);
}
