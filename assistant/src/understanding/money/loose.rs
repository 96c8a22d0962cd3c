//! Amounts that are only about how much: "about fifty", 五十左右, "fifty to sixty dollars", 五六十. Never used as they are.

use super::amount::{Said, Sight, amount_at};
use crate::understanding::tokens::{Kind, Utterance};

/// Words just before an amount that make it vague.
const BEFORE: &[&str] = &[
    "about",
    "around",
    "roughly",
    "approximately",
    "approx",
    "circa",
    "almost",
    "nearly",
    "maybe",
    "perhaps",
    "probably",
    "say like",
    "something like",
    "up to",
    "at least",
    "at most",
    "no more than",
    "not more than",
    "no less than",
    "more than",
    "less than",
    "under",
    "over",
    "above",
    "below",
    "close to",
    "somewhere around",
    "minimum",
    "maximum",
    "~",
    "≈",
    "大 概",
    "大 约",
    "约",
    "差 不 多",
    "将 近",
    "接 近",
    "近",
    "几 乎",
    "至 少",
    "最 少",
    "最 多",
    "至 多",
    "起 码",
    "不 到",
    "不 足",
    "不 超 过",
    "不 多 于",
    "不 少 于",
    "超 过",
    "多 于",
    "少 于",
    "高 于",
    "低 于",
    "大 致",
    "估 计",
    "可 能",
    "也 许",
    "大 概 是",
    "上",
];

/// Words just behind an amount that make it vague.
const BEHIND: &[&str] = &[
    "or so",
    "ish",
    "or something",
    "or thereabouts",
    "more or less",
    "give or take",
    "or more",
    "or less",
    "max",
    "tops",
    "at most",
    "at least",
    "左 右",
    "上 下",
    "以 上",
    "以 下",
    "以 内",
    "不 到",
    "出 头",
    "的 样 子",
];

/// Adds what makes `said` vague: hedges around it, and the other end of a range.
pub(super) fn widen(sight: &Sight<'_>, said: Said) -> Said {
    let mut said = range(sight, said);
    let utterance = sight.utterance;
    let hedged = BEFORE.iter().find_map(|phrase| ends_before(utterance, said.first, phrase));
    if let Some(start) = hedged.filter(|start| !harmless(utterance, *start)) {
        said.loose = true;
        said.first = start;
    }
    let behind = |at: usize| BEHIND.iter().find_map(|phrase| starts_at(utterance, at, phrase));
    let comma = usize::from(utterance.sign(said.after) == ',');
    if let Some(after) = behind(said.after + comma) {
        said.loose = true;
        said.after = after;
    }
    said
}

/// Where `phrase` starts if it ends just before token `at`.
fn ends_before(utterance: &Utterance, at: usize, phrase: &str) -> Option<usize> {
    let skip = usize::from(at > 0 && matches!(utterance.word(at - 1), "a" | "an" | "的" | "是" | "有"));
    let end = at - skip;
    let count = phrase.split(' ').count();
    let start = end.checked_sub(count)?;
    let same = phrase.split(' ').enumerate().all(|(i, word)| utterance.word(start + i) == word);
    (same && !phrase.is_empty()).then_some(start)
}

fn starts_at(utterance: &Utterance, at: usize, phrase: &str) -> Option<usize> {
    let count = phrase.split(' ').count();
    phrase.split(' ').enumerate().all(|(i, word)| utterance.word(at + i) == word).then_some(at + count)
}

/// "how about fifty" proposes fifty, "send over fifty" sends it, and 交上五十 hands it over.
fn harmless(utterance: &Utterance, start: usize) -> bool {
    let before = start.checked_sub(1).map_or("", |before| utterance.word(before));
    match utterance.word(start) {
        "about" => matches!(before, "how" | "what"),
        "over" => !matches!(before, "" | "is" | "was" | "just" | "spend" | "it's" | "pay" | "for"),
        "上" => true,
        _ => false,
    }
}

/// "fifty to sixty dollars", 五十到六十块, "50-60", "fifty or sixty": both ends as alternatives.
fn range(sight: &Sight<'_>, low: Said) -> Said {
    let utterance = sight.utterance;
    let join = utterance.word(low.after);
    let step = match join {
        "to" | "or" | "-" | "~" | "through" | "到" | "至" | "或" => 1,
        "and" if low.first > 0 && utterance.word(low.first - 1) == "between" => 1,
        _ => 0,
    };
    let step = match (utterance.sign(low.after), utterance.sign(low.after + 1)) {
        ('或', '者') | ('还', '是') => 2,
        _ => step,
    };
    let start = low.after + step;
    let begins = utterance.word(start);
    if step == 0 || matches!(begins, "a" | "the") || changes(utterance, low.first) && matches!(join, "to" | "到" | "至")
    {
        return low;
    }
    if sight.is_taken(start) || is_date_like(utterance, &low, join) {
        return low;
    }
    match amount_at(sight, start) {
        Some(high)
            if high.after > start
                && plausible(&low, &high, join)
                && !super::context::runs_on(utterance, high.after) =>
        {
            both(low, high)
        }
        _ => low,
    }
}

/// In "change it from fifty to sixty" the second one is meant.
fn changes(utterance: &Utterance, first: usize) -> bool {
    (0..first).any(|at| {
        matches!(
            utterance.word(at),
            "change"
                | "raise"
                | "lower"
                | "increase"
                | "decrease"
                | "reduce"
                | "update"
                | "switch"
                | "move"
                | "改"
                | "换"
                | "调"
                | "升"
                | "降"
        )
    })
}

/// `5-6` without spaces in a longer chain is a date or a telephone number.
fn is_date_like(utterance: &Utterance, low: &Said, join: &str) -> bool {
    let chain = join == "-" && low.first > 0 && utterance.sign(low.first - 1) == '-' && utterance.glued(low.first);
    let goes_on = join == "-" && utterance.sign(low.after + 2) == '-' && utterance.glued(low.after + 2);
    let digits = utterance.kind(low.after + 1) == Some(Kind::Digits);
    let length = |at: usize| utterance.written(at).map_or(0, |written| written.length);
    let telephone = join == "-" && utterance.glued(low.after) && (length(low.first), length(low.after + 1)) == (3, 4);
    (chain || goes_on || telephone) && digits
}

/// Both ends are single numbers, the second one larger, and one of them says what they are or both are bare.
fn plausible(low: &Said, high: &Said, join: &str) -> bool {
    let (Some(a), Some(b)) = (low.readings.first(), high.readings.first()) else { return false };
    let order = a < b || matches!(join, "or" | "或" | "还");
    order && (high.united || !low.united)
}

fn both(low: Said, high: Said) -> Said {
    let currencies = if high.united { high.currencies } else { low.currencies };
    let mut readings = low.readings;
    for reading in high.readings {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    Said {
        first: low.first,
        after: high.after,
        readings,
        currencies,
        loose: true,
        united: low.united || high.united,
        shape: high.shape,
    }
}
