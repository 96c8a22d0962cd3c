//! What is said before a yes to excuse that somebody else was spoken to: "Sorry, I was talking to my wife. Yes, pay it", 不好意思，刚才
//! 在跟我老婆说话。对，付吧. It stands in clauses of its own, at the beginning, and has no value in it.

use super::clauses;
use crate::understanding::tokens::{Kind, Utterance};

/// Words that may open an excuse.
const OPENINGS: &[&str] = &["oh", "ah", "um", "uh", "er", "well", "sorry", "apologies", "so", "okay", "ok"];
/// How an excuse begins.
const EXCUSES: &[&str] = &[
    "i was talking to",
    "i was talking with",
    "i was just talking to",
    "i was speaking to",
    "i was speaking with",
    "i was just speaking to",
    "i was on the phone",
    "i was distracted",
    "i got distracted",
    "i got interrupted",
    "i was miles away",
    "i wasn't talking to you",
    "i was not talking to you",
    "that wasn't for you",
    "that was not for you",
    "that was for my",
    "someone was at the door",
    "somebody was at the door",
    "someone came in",
    "somebody came in",
    "my phone rang",
    "the phone rang",
    "the doorbell rang",
];
/// The longest excuse, in words and in characters.
const WORDS_MAX: usize = 10;
const CHARS_MAX: usize = 16;

const OPENINGS_CHINESE: &[&str] = &["不好意思", "对不起", "抱歉", "哎呀", "哦", "啊", "呃", "嗯", "哎"];
const BEGINS_CHINESE: &[&str] = &["刚才", "刚刚", "我刚才", "我刚刚", "我刚", "刚", "我在", "我是在"];
const EXCUSES_CHINESE: &[&str] =
    &["说话", "讲话", "聊天", "打电话", "接电话", "接了个电话", "敲门", "叫我", "喊我", "走神", "来人", "有人来"];

/// Where what is said behind the excuses begins.
pub(in crate::understanding) fn behind_excuses(utterance: &Utterance, values: &[bool]) -> usize {
    let mut begins = 0;
    for (first, after) in clauses(utterance) {
        let valued = values.iter().take(after).skip(first).any(|value| *value);
        if valued || after == utterance.len() || !excuses(utterance, first, after) {
            break;
        }
        begins = after + 1;
    }
    begins
}

fn excuses(utterance: &Utterance, first: usize, after: usize) -> bool {
    let words: Vec<&str> =
        (first..after).filter(|at| utterance.kind(*at) != Some(Kind::Sign)).map(|at| utterance.word(at)).collect();
    let opened = words.iter().take_while(|word| OPENINGS.contains(word)).count();
    let rest = words.get(opened..).unwrap_or_default();
    let text = rest.join(" ");
    let apology = rest.is_empty() && words.iter().any(|word| matches!(*word, "sorry" | "apologies"));
    let begins =
        |excuse: &&str| text.strip_prefix(*excuse).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    apology || rest.len() <= WORDS_MAX && EXCUSES.iter().any(begins) || chinese(&words.concat())
}

fn chinese(clause: &str) -> bool {
    let mut rest = clause;
    while let Some(next) = OPENINGS_CHINESE.iter().find_map(|opening| rest.strip_prefix(opening)) {
        rest = next;
    }
    let sorry = OPENINGS_CHINESE.iter().take(3).any(|word| clause.contains(word));
    let begins = BEGINS_CHINESE.iter().any(|word| rest.starts_with(word));
    let told = begins && EXCUSES_CHINESE.iter().any(|word| rest.contains(word)) && rest.chars().count() <= CHARS_MAX;
    rest.is_empty() && sorry || told
}
