//! Sentences that no flow was taught: paraphrases of what the shipped flows do, and what none of them does. Each list has a
//! rate that must be reached, and what goes wrong is shown.

use crate::home::{Home, keys, set};
use serde_json::json;

/// The flow that is meant (`-` for none) and the words.
fn sentences(tsv: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = tsv.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).collect()
}

/// The share, in percent, of sentences that `sayso understand` understands as it should; the others are listed.
fn right(tsv: &'static str) -> (usize, String) {
    let all = sentences(tsv);
    let texts: Vec<&str> = all.iter().map(|(_, text)| *text).collect();
    let ended = Home::new().hear(&["understand", "--json"], texts.join("\n"));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let meanings = ended.json();
    assert_eq!(meanings.len(), all.len());
    let mut wrong = Vec::new();
    for ((flow, text), meaning) in all.iter().zip(&meanings) {
        let understood = meaning["intent"]["name"].as_str().unwrap_or("-");
        if understood != *flow {
            wrong.push(format!("{flow:16} {understood:16} {:5}  {text}", meaning["intent"]["confidence"]));
        }
    }
    (100 - wrong.len() * 100 / all.len(), wrong.join("\n"))
}

#[test]
fn what_people_ask_for_in_their_own_words_is_found() {
    let (percent, wrong) = right(include_str!("sentences/asked.tsv"));
    assert!(percent >= 85, "{percent} %:\n{wrong}");
}

#[test]
fn what_no_flow_does_is_none_of_them() {
    let (percent, wrong) = right(include_str!("sentences/not_asked.tsv"));
    assert!(percent >= 93, "{percent} %:\n{wrong}");
}

#[test]
fn samples_are_understood_as_their_flow() {
    let home = Home::new();
    for flow in ["pay_bill", "send_money", "bill_due", "payment_history"] {
        let ended = home.run(&["sample", flow, "--count", "25", "--json"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        let lines = ended.json();
        for lang in ["en", "zh"] {
            let of_lang: Vec<_> = lines.iter().filter(|line| line["lang"] == lang).collect();
            assert_eq!(of_lang.len(), 25, "{flow} in {lang}");
            let texts: Vec<&str> = of_lang.iter().map(|line| line["text"].as_str().unwrap()).collect();
            assert_eq!(texts.iter().collect::<std::collections::HashSet<_>>().len(), 25, "{texts:?}");
            let meant = home.hear(&["understand", "--json", "--lang", lang], texts.join("\n")).json();
            for (text, meaning) in texts.iter().zip(&meant) {
                assert_eq!(meaning["intent"]["name"], flow, "{text}: {meaning}");
            }
        }
        assert!(lines.iter().all(|line| line["line"].as_u64().is_some_and(|line| line > 1)));
    }
    assert_eq!(home.run(&["sample", "thanks", "--lang", "en", "--count", "3"]).out.lines().count(), 3);
    let same = |seed: &str| home.run(&["sample", "send_money", "--lang", "zh", "--seed", seed]).out;
    assert_eq!(same("7"), same("7"));
    assert_ne!(same("7"), same("8"));
    home.run(&["sample", "pay_bil"]).refused(2, &["pay_bil", "pay_bill"]);
}

#[test]
fn an_explanation_names_the_template_the_values_and_the_words() {
    let home = Home::new();
    let explain = |text: &str| home.run(&["explain", text, "--json"]).json().remove(0);
    let told = explain("Pay the internet bill, sixty dollars, with PayPal.");
    let named = ["text", "lang", "tokens", "templates", "guesses", "none", "threshold", "decision", "meaning"];
    assert_eq!(keys(&told), set(&named));
    assert_eq!((&told["decision"], &told["meaning"]["intent"]["name"]), (&json!("template"), &json!("pay_bill")));
    let template = &told["templates"][0];
    assert_eq!(keys(template), set(&["flow", "confidence", "file", "line", "template", "slots"]));
    assert_eq!(template["slots"], json!({"payee": "internet bill", "amount": "sixty dollars", "provider": "PayPal"}));
    let file = include_str!("../../dialogs/pay_bill.yaml");
    let line = usize::try_from(template["line"].as_u64().unwrap()).unwrap();
    assert!(file.lines().nth(line - 1).unwrap().contains(template["template"].as_str().unwrap()), "{template}");
    let told = explain("I would like to see what I have paid so far");
    assert_eq!((&told["decision"], &told["guesses"][0]["flow"]), (&json!("classifier"), &json!("payment_history")));
    assert_eq!(keys(&told["guesses"][0]), set(&["flow", "confidence", "for", "against"]));
    assert!(!told["guesses"][0]["for"].as_array().unwrap().is_empty(), "{told}");
    assert_eq!(explain("forty two dollars, please")["decision"], "only_an_answer");
    assert_eq!(explain("查一下火车时刻")["decision"], "none_of_these");
    let text = home.run(&["explain", "pay my water bill"]).out;
    assert!(text.contains("pay_bill.yaml:") && text.contains("a template is this whole sentence"), "{text}");
}
