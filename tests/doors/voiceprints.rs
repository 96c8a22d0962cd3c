//! Who can be known by their voice: enrolled, listed, compared and removed through the program. The encoder's weights have to be there.

use crate::home::{Home, keys, set};
use crate::recorded;
use sayso::models;
use serde_json::json;
use std::path::PathBuf;

fn with_encoder(test: &str) -> Option<PathBuf> {
    recorded::folder_with(test, [models::SPEAKER])
}

fn recording(name: &str) -> String {
    recorded::folder().join(format!("{name}.wav")).display().to_string()
}

fn enrol<'a>(person: &'a str, files: &'a [String]) -> Vec<&'a str> {
    let mut arguments = vec!["voiceprints", "enrol", person, "--json", "--audio"];
    arguments.extend(files.iter().map(String::as_str));
    arguments
}

/// Five sentences of one recorded voice.
fn five(voice: &str) -> Vec<String> {
    ["send_1", "send_2", "history_1", "digress_1", "amount_1"].map(|stem| recording(&format!("{stem}.{voice}"))).into()
}

#[test]
fn a_voice_is_enrolled_compared_and_removed() {
    let Some(models) = with_encoder("a_voice_is_enrolled_compared_and_removed") else { return };
    let home = Home::new();
    let people = sayso::config::EXAMPLE.replacen("household:\n", "household:\n  people: [Ann, Ben]\n", 1);
    assert_ne!(people, sayso::config::EXAMPLE);
    home.write("config/sayso/sayso.yaml", people);
    let run = |arguments: &[&str]| crate::home::end(home.sayso(arguments).env("SAYSO_MODELS", &models), "");
    for (person, voice) in [("Ann", "af_heart"), ("Ben", "am_michael")] {
        let ended = run(&enrol(person, &five(voice)));
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(ended.json(), [json!({"enrolled": person, "replaced": false})]);
    }
    let listed = run(&["voiceprints", "list", "--json"]).json();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        keys(&listed[0]),
        set(&["person", "model", "enrolled_at_ms", "usable"]),
        "nothing of the voice is shown"
    );
    assert!(listed[0]["person"] == "Ann" && listed[0]["usable"] == true);
    let compared = run(&["voiceprints", "compare", &recording("bill_2.am_michael"), "--json"]).json();
    assert_eq!(compared.len(), 2);
    assert!(compared[0]["person"] == "Ben" && compared[0]["likeness"].as_f64() > compared[1]["likeness"].as_f64());
    assert!(compared[1]["theirs"] == false && compared[0]["theirs"] == true, "{compared:?}");
    let exported = run(&["store", "export"]);
    assert!(exported.out.contains("enrolled") && !exported.out.contains("numbers"), "{}", exported.out);
    assert_eq!(run(&["voiceprints", "remove", "Ben", "--json"]).json(), [json!({"removed": "Ben"})]);
    run(&["voiceprints", "remove", "Ben"]).refused(1, &["no voiceprint of Ben"]);
    assert_eq!(run(&["voiceprints", "list", "--json"]).json().len(), 1);
    let again = run(&enrol("Ann", &five("af_heart")));
    assert_eq!(again.json(), [json!({"enrolled": "Ann", "replaced": true})], "{}", again.err);
}

#[test]
fn what_makes_no_voiceprint_is_said_with_the_way_to_mend_it() {
    let home = Home::new();
    home.run(&["voiceprints", "enrol", "Ann", "--audio", "a.wav"]).refused(2, &["enrol `home`", "people"]);
    home.run(&["voiceprints", "enrol", "home", "--audio", "a.wav"]).refused(2, &["5 sentences", "1 were given"]);
    let missing: Vec<String> = (0..5).map(|number| format!("none{number}.wav")).collect();
    home.run(&enrol("home", &missing)).refused(2, &["none0.wav"]);
    // Five good ones, and no weights in this home.
    home.run(&enrol("home", &five("af_heart"))).refused(2, &["sayso models fetch ge2e-speaker"]);
    home.run(&["voiceprints", "remove", "home"]).refused(1, &["no voiceprint of home"]);
    let listed = home.run(&["voiceprints", "list"]);
    assert!(listed.code == Some(0) && listed.out.contains("voiceprints enrol"), "{}", listed.out);
}

#[test]
fn somebody_else_among_the_five_and_a_store_without_a_key_are_refused() {
    let Some(models) = with_encoder("somebody_else_among_the_five_and_a_store_without_a_key_are_refused") else {
        return;
    };
    let home = Home::new();
    let run = |arguments: &[&str]| crate::home::end(home.sayso(arguments).env("SAYSO_MODELS", &models), "");
    let mut mixed = five("af_heart");
    mixed[2] = recording("history_1.am_michael");
    run(&enrol("home", &mixed)).refused(1, &["sentence 3 is too unlike"]);
    let mut short = five("af_heart");
    short[4] = recording("yes_1.af_heart");
    run(&enrol("home", &short)).refused(1, &["too little voice in sentence 5"]);
    let open = Home::new();
    open.write("config/sayso/sayso.yaml", format!("{}\nstore: {{ key: none }}\n", sayso::config::EXAMPLE));
    let five = five("af_heart");
    let refused = crate::home::end(open.sayso(&enrol("home", &five)).env("SAYSO_MODELS", &models), "");
    refused.refused(2, &["key: none"]);
}

#[test]
fn a_tier_that_needs_a_model_that_is_not_there_is_a_wrong_configuration() {
    let home = Home::new();
    let rule = "authentication: [{ need: voice, from: [\"1000.00 USD\"] }]";
    home.write("config/sayso/sayso.yaml", sayso::config::EXAMPLE.replace("authentication: []", rule));
    let told = ["own voice", "sayso models fetch ge2e-speaker"];
    home.hear(&["chat"], "yes\n").refused(2, &told);
    let checked = home.run(&["check"]);
    assert_eq!(checked.code, Some(2), "{}", checked.err);
    assert!(told.iter().all(|words| checked.err.contains(words)), "{}", checked.err);
    // Who doesn't ask for it needs nothing.
    let usual = Home::new();
    assert_eq!(usual.run(&["check"]).code, Some(0));
}

#[test]
fn typed_words_pay_nothing_that_needs_a_voice() {
    let Some(models) = with_encoder("typed_words_pay_nothing_that_needs_a_voice") else { return };
    let home = Home::new();
    let rule = "authentication: [{ need: voice }]";
    home.write("config/sayso/sayso.yaml", sayso::config::EXAMPLE.replace("authentication: []", rule));
    let mut chat = home.sayso(&["chat", "--json"]);
    let ended = crate::home::end(
        chat.env("SAYSO_MODELS", &models),
        "Pay the internet bill, sixty dollars, with PayPal.\nYes.\n",
    );
    let said = ended.json()[0]["said"].to_string();
    assert!(said.contains("in your own voice") && said.contains("Nothing was paid"), "{said}");
    assert_eq!(home.charges(), 0);
}
