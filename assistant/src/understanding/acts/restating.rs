//! A yes that says once more what was read back: "yes, fifteen dollars", "Alice, that's right", 对，六十，付吧. Whether the values
//! are those of the read-back is for the dialog to see; here every other word has to agree, and none may ask or doubt.

use super::{Around, Done, Role, cover};
use crate::understanding::meaning::Act;
use crate::understanding::tokens::{Kind, Utterance};

/// Words that ask for a yes where they stand behind a value: "fifteen dollars, right".
const TAGS: &[&str] = &["right", "correct", "ok", "okay", "alright", "all right", "yeah", "yep", "yes", "good", "fine"];
/// The same in Chinese, and endings that leave it open: 十五块，对, 六十吧.
const TAGS_CHINESE: &[&str] = &["对", "对的", "是", "是的", "好", "行", "可以", "成", "没错"];
const OPEN_CHINESE: &[char] = &['吧', '呢', '吗', '么'];

/// What a command to pay has in it.
const COMMANDS: &[&str] = &["pay", "send", "transfer", "付", "转", "交", "缴", "打", "汇"];

/// A sound of listening, which beside a value agrees to nothing.
fn is_murmur(words: &[&str]) -> bool {
    matches!(words.join(" ").as_str(), "mm hmm" | "mhm" | "uh huh") || words.iter().all(|word| *word == "嗯")
}

/// The yes of the tokens of `range`, that have values among them. `values` marks the tokens of values.
pub(super) fn restating(
    utterance: &Utterance,
    matches: &[Vec<(usize, Role)>],
    values: &[bool],
    range: (usize, usize),
) -> Option<Done> {
    let first = values.iter().position(|value| *value)?;
    let last = values.iter().rposition(|value| *value)? + 1;
    if left_open(utterance, values, last) {
        return None;
    }
    let said = |at: usize, end: usize| -> Vec<&str> { (at..end).map(|at| utterance.word(at)).collect() };
    let core = |(at, end): (usize, usize), role: Role| {
        let before_a_value = values.get(end).copied().unwrap_or(false);
        let words = said(at, end);
        match role {
            // 是李娜 names her; it agrees to nothing by itself.
            Role::Yes if end <= first => !(is_murmur(&words) || before_a_value && utterance.sign(end - 1) == '是'),
            Role::Yes => !TAGS.contains(&words.join(" ").as_str()) && !TAGS_CHINESE.contains(&words.concat().as_str()),
            // "Pay fifteen dollars" asks for it, "Stripe pay" is no sentence; "fifteen dollars, pay it" agrees.
            Role::YesToQuestion => at >= last && words.len() > 1 && words.iter().any(|word| COMMANDS.contains(word)),
            _ => false,
        }
    };
    let fills =
        |_: usize, role: Role| matches!(role, Role::YesMore | Role::YesToQuestion | Role::Yes | Role::Restating);
    let around = Around { utterance, values, values_fill: true };
    let (first, after) = cover(around, matches, range, core, fills)?;
    Some(Done { act: Act::Yes, first, after, whole: true })
}

/// True if what stands behind a value asks whether it is so, or leaves it open.
fn left_open(utterance: &Utterance, values: &[bool], last: usize) -> bool {
    let valued = |at: usize| values.get(at).copied().unwrap_or(false);
    let open = |at: usize| at > 0 && valued(at - 1) && OPEN_CHINESE.contains(&utterance.sign(at));
    let tail: Vec<&str> = (last..utterance.len())
        .filter(|at| utterance.kind(*at) != Some(Kind::Sign))
        .map(|at| utterance.word(at))
        .collect();
    let tag = ["right", "correct", "ok", "okay", "alright", "all right", "yeah"].contains(&tail.join(" ").as_str());
    let tag_chinese = TAGS_CHINESE
        .iter()
        .any(|tag| tail.concat().strip_prefix(tag).is_some_and(|rest| rest.starts_with(OPEN_CHINESE)));
    tag || tag_chinese || (0..utterance.len()).any(open)
}
