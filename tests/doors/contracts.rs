//! What programs may rely on: the JSON objects with exactly their keys, results on standard output and all else on
//! standard error, and the options that work with every command.

use crate::home::{Home, keys, set};
use serde_json::{Value, json};

const PAYMENT: [&str; 6] = ["amount", "id", "payee", "payee_name", "provider", "status"];
const ENTITY: [&str; 7] = ["alternatives", "ambiguous", "end", "start", "text", "type", "value"];

#[test]
fn a_turn_of_chat_has_its_documented_form() {
    let home = Home::new();
    let ended =
        home.hear(&["chat", "--json"], "Pay the internet bill, sixty dollars, with PayPal.\nhmm\n\nYes, pay it.\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let turns = ended.json();
    assert_eq!(turns.len(), 4);
    for (number, turn) in (1..).zip(&turns) {
        assert_eq!(
            keys(turn),
            set(&["turn", "heard", "lang", "meaning", "said", "state", "payment", "ms", "ended"]),
            "{turn}"
        );
        assert_eq!(turn["turn"], number);
        assert_eq!(keys(&turn["state"]), set(&["flow", "awaiting"]));
        assert_eq!(keys(&turn["ms"]), set(&["hear", "understand", "dialog", "pay", "speak"]));
        assert!(turn["said"].as_array().unwrap().iter().all(Value::is_string));
        assert!(turn["ms"]["understand"].is_number() && turn["ms"]["hear"].is_null());
    }
    assert_eq!(turns[0]["state"], json!({"flow": "pay_bill", "awaiting": "consent"}));
    assert_eq!((&turns[0]["payment"], &turns[2]["meaning"]), (&Value::Null, &Value::Null));
    assert_eq!(keys(&turns[3]["payment"]), set(&PAYMENT));
    assert_eq!(turns[3]["payment"]["amount"], json!({"minor": 6000, "currency": "USD"}));
    assert_eq!((&turns[3]["payment"]["status"], &turns[3]["ended"]), (&json!("succeeded"), &json!(true)));
    assert!(turns[3]["ms"]["pay"].is_number());
    assert!(ended.err.contains("Hello"), "the greeting belongs on standard error: {}", ended.err);
}

#[test]
fn understanding_counts_characters() {
    let home = Home::new();
    let lines = "给张伟转五十块钱\n😀 send $42.50 to Alice\nmy bicycle has a flat tyre\n";
    let ended = home.hear(&["understand", "--json"], lines);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let meanings = ended.json();
    assert_eq!(meanings.len(), 3);
    for meaning in &meanings {
        let known = set(&["text", "intent", "rivals", "acts", "entities"]);
        assert!(keys(meaning).is_subset(&known) && keys(meaning).is_superset(&set(&["text", "intent", "entities"])));
        let text: Vec<char> = meaning["text"].as_str().unwrap().chars().collect();
        for entity in meaning["entities"].as_array().unwrap() {
            assert_eq!(keys(entity), set(&ENTITY));
            let at = |name: &str| usize::try_from(entity[name].as_u64().unwrap()).unwrap();
            assert_eq!(text[at("start")..at("end")].iter().collect::<String>(), entity["text"], "{meaning}");
        }
    }
    let money = |meaning: &Value| {
        meaning["entities"].as_array().unwrap().iter().find(|entity| entity["type"] == "money").unwrap().clone()
    };
    assert_eq!(meanings[0]["intent"]["name"], "send_money");
    assert!((0.0..=1.0).contains(&meanings[0]["intent"]["confidence"].as_f64().unwrap()));
    assert_eq!((&money(&meanings[0])["start"], &money(&meanings[0])["end"]), (&json!(4), &json!(8)));
    assert_eq!(money(&meanings[0])["value"], json!({"minor": 5000, "currency": "CNY"}));
    assert_eq!((&money(&meanings[1])["start"], &money(&meanings[1])["end"]), (&json!(7), &json!(13)));
    assert_eq!(meanings[2]["intent"], Value::Null);
}

#[test]
fn understanding_without_dialogs_finds_values_and_says_what_is_open() {
    let home = Home::new();
    let ended =
        home.hear(&["understand", "--bare", "--json"], "fifty\ntwo fifty\nyes\nnext Friday\n给张伟转五十块钱\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let meanings = ended.json();
    assert!(meanings.iter().all(|meaning| meaning["intent"].is_null()));
    let kinds = |meaning: &Value| -> Vec<String> {
        let entities = meaning["entities"].as_array().unwrap();
        entities.iter().map(|entity| entity["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((kinds(&meanings[2]), kinds(&meanings[3])), (vec!["yes_no".to_owned()], vec!["date".to_owned()]));
    assert_eq!(kinds(&meanings[4]), ["money"], "no household is known here");
    let open = meanings[1]["entities"].as_array().unwrap().iter().find(|entity| entity["ambiguous"] == true).unwrap();
    assert!(open["value"].is_null() && open["alternatives"].as_array().unwrap().len() > 1, "{open}");
}

#[test]
fn checking_gives_findings_and_then_a_summary() {
    let home = Home::new();
    let shipped = home.run(&["check", "--json"]);
    assert_eq!((shipped.code, shipped.err.as_str()), (Some(0), ""));
    let summary = shipped.json().pop().unwrap();
    assert_eq!(keys(&summary), set(&["files", "errors", "warnings"]));
    assert_eq!((&summary["errors"], &summary["warnings"]), (&json!(0), &json!(0)));
    home.write("bad/pay.yaml", "# \"Pay.\"\nflow: pay\ntitle: { en: paying }\nsteps:\n  - sya: { en: hello }\n");
    let bad = home.run(&["check", "--json", "bad"]);
    assert_eq!((bad.code, bad.err.as_str()), (Some(1), ""));
    let mut lines = bad.json();
    let summary = lines.pop().unwrap();
    assert!(summary["errors"].as_u64().unwrap() > 0);
    for finding in &lines {
        let named = set(&[
            "code",
            "severity",
            "file",
            "line",
            "column",
            "end_line",
            "end_column",
            "message",
            "hint",
            "snippet",
        ]);
        assert_eq!(keys(finding), named);
    }
    let typo = lines.iter().find(|finding| finding["message"].as_str().unwrap().contains("sya")).unwrap();
    assert_eq!((&typo["line"], &typo["column"], &typo["severity"]), (&json!(5), &json!(5), &json!("error")));
    assert!(typo["hint"].as_str().unwrap().contains("say"), "{typo}");
}

#[test]
fn plugins_are_listed_with_what_they_say_of_themselves() {
    let ended = Home::new().run(&["plugins", "list", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let listed = ended.json();
    for plugin in &listed {
        assert_eq!(keys(plugin), set(&["path", "sha256", "pinned", "state", "abi", "capabilities", "problem"]));
        assert_eq!(plugin["problem"].is_null(), plugin["capabilities"].is_object(), "{plugin}");
        assert_eq!(plugin["sha256"].as_str().unwrap().len(), 64);
    }
    let bank = listed.iter().find(|plugin| plugin["capabilities"]["name"] == "practice_bank").unwrap();
    assert_eq!((&bank["abi"], &bank["capabilities"]["practice"]), (&json!([1, 0]), &json!(true)));
}

#[test]
fn payments_are_listed_with_whole_minor_units() {
    let home = Home::new();
    assert_eq!(home.payments(), Vec::<Value>::new());
    let paid = home.hear(&["chat"], "Send $12.34 to Bob with Alipay.\nyes\n");
    assert_eq!(paid.code, Some(0), "{}", paid.err);
    let listed = home.payments();
    let named = set(&[
        "id",
        "status",
        "amount",
        "refunded",
        "payee",
        "payee_name",
        "provider",
        "provider_name",
        "purpose",
        "practice",
        "provider_reference",
        "next",
        "decline",
        "note",
        "created_at_ms",
        "updated_at_ms",
    ]);
    assert_eq!(listed.iter().map(keys).collect::<Vec<_>>(), [named]);
    assert_eq!(listed[0]["amount"], json!({"minor": 1234, "currency": "USD"}));
    assert_eq!((&listed[0]["payee"], &listed[0]["provider"]), (&json!("bob"), &json!("alipay")));
    assert_eq!((&listed[0]["practice"], &listed[0]["status"]), (&json!(true), &json!("succeeded")));
    assert_eq!(home.charges(), 1);
    let recovered = home.run(&["payments", "recover", "--json"]);
    assert_eq!(recovered.code, Some(0), "{}", recovered.err);
    assert_eq!(recovered.json(), [json!({"looked_at": 0, "changed": 0, "waiting": 0, "busy": 0, "problems": []})]);
}

#[test]
fn models_are_listed_with_licence_and_checksum() {
    let ended = Home::new().run(&["models", "list", "--json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    for model in ended.json() {
        let named = set(&["name", "about", "languages", "licence", "bytes", "sha256", "presence", "path"]);
        assert_eq!(keys(&model), named);
        assert_eq!(model["presence"], "absent", "the models of this home are its own");
    }
}

#[test]
fn init_writes_a_configuration_and_keeps_one_that_is_there() {
    let home = Home::new();
    let written = home.path("config/sayso/sayso.yaml");
    let first = home.run(&["init", "--json"]);
    assert_eq!(first.json(), [json!({"written": written})]);
    assert_eq!(std::fs::read_to_string(&written).unwrap(), sayso::config::EXAMPLE);
    std::fs::write(&written, "language: zh\n").unwrap();
    home.run(&["init"]).refused(2, &["is there already", "--force"]);
    assert_eq!(std::fs::read_to_string(&written).unwrap(), "language: zh\n");
    assert_eq!(home.run(&["init", "--force"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&written).unwrap(), sayso::config::EXAMPLE);
    let elsewhere = home.path("new/folder/mine.yaml").display().to_string();
    assert_eq!(home.run(&["init", "--config", &elsewhere]).code, Some(0));
    assert_eq!(home.run(&["chat", "--config", &elsewhere]).code, Some(0));
}

#[test]
fn the_language_is_fixed_followed_or_configured() {
    let home = Home::new();
    let lang = |arguments: &[&str], line: &str| home.hear(arguments, line).json()[0]["lang"].clone();
    assert_eq!(lang(&["chat", "--json"], "我要交电费。\n"), "zh");
    assert_eq!(lang(&["chat", "--json", "--lang", "auto"], "help\n"), "en");
    assert_eq!(lang(&["--lang", "zh", "chat", "--json"], "help\n"), "zh");
    assert!(home.run(&["chat", "--lang", "zh"]).err.contains('您'), "the greeting is in the language that was chosen");
    let chinese = home.write("zh.yaml", sayso::config::EXAMPLE.replace("language: auto", "language: zh"));
    assert_eq!(lang(&["chat", "--json", "--config", &chinese], "hello\n"), "zh");
    assert_eq!(lang(&["chat", "--json", "--config", &chinese, "--lang", "en"], "hello\n"), "en");
}

#[test]
fn everywhere_options_go_with_every_command() {
    let home = Home::new();
    let config = home.write("mine.yaml", sayso::config::EXAMPLE);
    let commands: [&[&str]; 8] = [
        &["chat"],
        &["understand"],
        &["check"],
        &["models", "list"],
        &["plugins", "list"],
        &["payments", "list"],
        &["payments", "recover"],
        &["understand", "--bare"],
    ];
    for command in commands {
        let ended = home.run(&[command, &["--config", &config, "--lang", "en", "--json"]].concat());
        assert_eq!(ended.code, Some(0), "{command:?}: {}", ended.err);
        ended.json();
    }
    assert!(!home.path("share/sayso").exists(), "--data says where data is kept, and nothing is kept elsewhere");
}
