//! Amounts that are only about how much: "about fifty", 五十左右, "fifty to sixty dollars", 五六十. Never used as they are.

use super::amount::{Said, Sight, amount_at};
use super::context::{CHANGES, is_hesitation, is_noun, names_something};
use super::words::runs_on;
use crate::understanding::numeral::{chinese_digit, numeral_at};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist;
use rust_decimal::{Decimal, dec};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The hedges of `hedges.txt`, those before an amount by their last word and those behind it by their first.
struct Hedges {
    before: HashMap<&'static str, Vec<Vec<&'static str>>>,
    behind: HashMap<&'static str, Vec<Vec<&'static str>>>,
}

static HEDGES: LazyLock<Hedges> = LazyLock::new(|| {
    let mut hedges = Hedges { before: HashMap::new(), behind: HashMap::new() };
    for (title, phrase) in wordlist::phrases(include_str!("hedges.txt")) {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        let (key, table) = match title {
            "behind" => (words.first(), &mut hedges.behind),
            _ => (words.last(), &mut hedges.before),
        };
        if let Some(key) = key.copied() {
            table.entry(key).or_default().push(words);
        }
    }
    hedges
});

/// Adds what makes `said` vague: hedges around it, sums, and the other end of a range.
pub(super) fn widen(sight: &Sight<'_>, said: Said) -> Said {
    let mut said = range(sight, said);
    let utterance = sight.utterance;
    // "around the thirty dollar mark"
    if at_a_mark(utterance, &said) {
        said.loose = true;
        said.first -= 1;
    }
    if let Some(start) = hedged(utterance, said.first).filter(|start| !harmless(utterance, *start)) {
        said.loose = true;
        said.first = start;
    }
    // "fifty, tops", "$20-ish"
    let comma = usize::from(matches!(utterance.sign(said.after), ',' | '-'));
    if let Some(after) = hedged_behind(utterance, said.after + comma) {
        said.loose = true;
        said.after = after;
    }
    if computes(utterance, said.first, said.after) {
        said.loose = true;
    }
    if crippled(utterance, said.first) {
        said.loose = true;
        said.first -= usize::from(utterance.sign(said.first) != '零');
    }
    said
}

fn is_numeral(c: char) -> bool {
    chinese_digit(c).is_some() || "十百千万".contains(c)
}

/// True for a Mandarin amount of which the beginning was not heard: 百十八块, 零块二.
fn crippled(utterance: &Utterance, at: usize) -> bool {
    let orphan = |place: usize| {
        let counted = place.checked_sub(1).is_some_and(|digit| is_numeral(utterance.sign(digit)));
        "百千".contains(utterance.sign(place)) && !counted
    };
    let place_before = at.checked_sub(1).is_some_and(orphan);
    let chinese = utterance.kind(at) == Some(Kind::Han);
    let digit_behind = chinese_digit(utterance.sign(at + 2)).is_some_and(|digit| digit > 0);
    let noughts = utterance.sign(at) == '零' && "块元".contains(utterance.sign(at + 1)) && digit_behind;
    chinese && (place_before || noughts)
}

/// "the thirty dollar mark": near that amount, which is not one to pay.
fn at_a_mark(utterance: &Utterance, said: &Said) -> bool {
    said.united
        && utterance.word(said.after) == "mark"
        && said.first.checked_sub(1).is_some_and(|at| utterance.word(at) == "the")
}

/// Where the hedge that ends just before token `at` begins; of several the longest. A verb may stand between.
fn hedged(utterance: &Utterance, at: usize) -> Option<usize> {
    // 好像转了两百
    let done = usize::from(at > 2 && utterance.sign(at - 1) == '了');
    let at = at - done;
    let verb = at > 1 && leads_on(utterance, at - 1);
    let led = |at: usize| hedge_before(utterance, at).filter(|start| start + 1 < at && utterance.sign(*start) != '都');
    hedge_before(utterance, at).or_else(|| if verb { led(at - 1) } else { None })
}

/// True for a verb that may stand between a hedge and its amount: 最少付二十块, 大概要五十.
fn leads_on(utterance: &Utterance, at: usize) -> bool {
    "付转交缴给打充汇还得要".contains(utterance.sign(at))
}

fn hedge_before(utterance: &Utterance, at: usize) -> Option<usize> {
    // "half of the two hundred dollars"
    let of_the = at > 2 && (utterance.word(at - 2), utterance.word(at - 1)) == ("of", "the");
    let at = at - usize::from(of_the);
    // "Roughly, two hundred euros"
    let parted = at > 1
        && utterance.sign(at - 1) == ','
        && matches!(
            utterance.word(at - 2),
            "roughly" | "approximately" | "around" | "about" | "概" | "约" | "计" | "莫"
        );
    let at = at - usize::from(parted);
    let skip = usize::from(at > 0 && matches!(utterance.word(at - 1), "a" | "an" | "的" | "是" | "有" | "like"));
    [at - skip, at].into_iter().find_map(|end| {
        let phrases = HEDGES.before.get(utterance.word(end.checked_sub(1)?))?;
        let fits = |words: &Vec<&str>| {
            let start = end.checked_sub(words.len())?;
            words.iter().enumerate().all(|(i, word)| utterance.word(start + i) == *word).then_some(start)
        };
        phrases.iter().filter_map(fits).min()
    })
}

/// True if the tokens from `first` to `after` hedge the number that begins behind them (最少五十块, 最多 ¥100).
pub(crate) fn hedges(utterance: &Utterance, first: usize, after: usize) -> bool {
    let after = after + usize::from(leads_on(utterance, after));
    let sign = usize::from(utterance.kind(after) == Some(Kind::Sign));
    let number = numeral_at(utterance, after + sign).is_some();
    number && hedged(utterance, after).is_some_and(|start| start <= first)
}

fn hedged_behind(utterance: &Utterance, at: usize) -> Option<usize> {
    if let Some(after) = discounted(utterance, at) {
        return Some(after);
    }
    let phrases = HEDGES.behind.get(utterance.word(at))?;
    let fits = |words: &Vec<&str>| {
        words.iter().enumerate().all(|(i, word)| utterance.word(at + i) == *word).then_some(at + words.len())
    };
    phrases.iter().filter_map(fits).max()
}

/// 打七五折: less than was said. The token after it.
fn discounted(utterance: &Utterance, at: usize) -> Option<usize> {
    let digits = (at + 1..at + 4).take_while(|at| is_numeral(utterance.sign(*at)) || utterance.written(*at).is_some());
    let after = at + 1 + digits.count();
    (utterance.sign(at) == '打' && after > at + 1 && utterance.sign(after) == '折').then_some(after + 1)
}

/// "how about fifty" proposes fifty, "send over fifty" sends it, "pay Max fifty" pays Max.
fn harmless(utterance: &Utterance, start: usize) -> bool {
    let before = start.checked_sub(1).map_or("", |before| utterance.word(before));
    match utterance.word(start) {
        "about" => matches!(before, "how" | "what"),
        "over" => !matches!(
            before,
            "cent"
                | "penny"
                | "dime"
                | "bit"
                | "anything"
                | "nothing"
                | "way"
                | ""
                | "is"
                | "was"
                | "just"
                | "spend"
                | "it's"
                | "pay"
                | "for"
        ),
        // "bump it up to a hundred" says where to, not how far at most.
        "up" => {
            let raised = |at: usize| {
                CHANGES.has(utterance.word(at))
                    || matches!(utterance.word(at), "bump" | "take" | "bring" | "push" | "put" | "round" | "move")
            };
            (start.saturating_sub(3)..start).any(raised)
        }
        "max" => matches!(before, "pay" | "send" | "give" | "to" | "tip" | "owe"),
        "some" | "half" | "times" => utterance.sign(start + 1) == ',',
        _ => false,
    }
}

/// "fifty plus tax", "twenty dollars times three", 一百块加五十块: a sum that nobody here works out.
fn computes(utterance: &Utterance, first: usize, after: usize) -> bool {
    const SIGNS: [&str; 14] =
        ["plus", "minus", "less", "times", "x", "*", "@", "+", "加", "减", "乘", "除", "divided", "multiplied"];
    const WHAT: [&str; 14] =
        ["tax", "tip", "vat", "gst", "shipping", "fees", "fee", "interest", "by", "税", "运", "手", "利", "上"];
    let sign = |at: usize| SIGNS.contains(&utterance.word(at));
    let operand = |at: usize| {
        let start = at + usize::from(matches!(utterance.word(at), "a" | "the" | "my"));
        let percent = utterance.sign(at) == '百' && utterance.sign(at + 1) == '分';
        percent
            || WHAT.contains(&utterance.word(start))
            || utterance.kind(at) == Some(Kind::Sign) && utterance.sign(at) != ','
    };
    let behind = sign(after) && (operand(after + 1) || numeral_at(utterance, after + 1).is_some());
    let skip = usize::from(first > 0 && matches!(utterance.word(first - 1), "a" | "another" | "上"));
    let before = first.checked_sub(skip + 1).is_some_and(|at| sign(at) && at > 0 && ends_number(utterance, at - 1));
    // 减三十块: so much less than something.
    let less = first.checked_sub(1).is_some_and(|at| utterance.sign(at) == '减' && utterance.sign(at + 1) != '到');
    // 比上次多十块: so much more than something.
    let than = first.checked_sub(1).filter(|at| matches!(utterance.sign(*at), '多' | '少'));
    let less = less || than.is_some_and(|at| (0..at).any(|before| utterance.sign(before) == '比'));
    behind || before || less
}

/// True if the token at `at` can be the last one of a number or amount.
fn ends_number(utterance: &Utterance, at: usize) -> bool {
    let c = utterance.sign(at);
    numeral_at(utterance, at).is_some()
        || matches!(c, '块' | '元' | '钱' | '毛' | '百' | '千' | '万' | '%')
        || matches!(
            utterance.word(at),
            "dollars" | "dollar" | "bucks" | "euros" | "pounds" | "percent" | "hundred" | "thousand"
        )
}

/// "fifty to sixty dollars", 五十到六十块, "50-60", "fifty or sixty", "fifty uh sixty": both ends as alternatives.
fn range(sight: &Sight<'_>, low: Said) -> Said {
    let utterance = sight.utterance;
    let Some((start, join)) = joint(utterance, &low) else { return low };
    let begins = utterance.word(start);
    let towards = matches!(utterance.word(low.after), "to" | "到" | "至");
    let scale = matches!(utterance.word(start + 1), "hundred" | "thousand" | "million" | "grand" | "couple");
    if begins == "the" || begins == "a" && !scale || changes(utterance, low.first) && towards {
        return low;
    }
    if sight.is_taken(start) || is_date_like(utterance, &low) {
        return low;
    }
    match amount_at(sight, start) {
        Some(high) if join == Join::Hesitation && restarts(utterance, &low, &high, start) => {
            Said { first: low.first, ..high }
        }
        Some(high) if high.after > start && plausible(sight, &low, &high, join) && !runs_on(utterance, high.after) => {
            both(low, high, join)
        }
        _ => low,
    }
}

/// "forty uh forty three dollars": the second beginning of the same number, which says it in full.
fn restarts(utterance: &Utterance, low: &Said, high: &Said, start: usize) -> bool {
    let length = low.after - low.first;
    let same = (0..length).all(|at| utterance.word(low.first + at) == utterance.word(start + at));
    let hesitates = (low.after..start).any(|at| is_hesitation(utterance, at));
    same && high.after > start + length && hesitates && !low.united && !low.loose
}

/// What joins two amounts into one that is not clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// "to", 到, a dash.
    Range,
    /// "or", 还是.
    Either,
    /// "three and three dollars": each of two things, both together, or one that was misheard.
    Both,
    /// Only "uh" or a pause: a false start, or two guesses.
    Hesitation,
}

/// Where the second amount begins, and how it is joined to `low`.
fn joint(utterance: &Utterance, low: &Said) -> Option<(usize, Join)> {
    // "sixty pounds, maybe seventy"
    let or = (utterance.sign(low.after + 1), utterance.sign(low.after + 2)) == ('还', '是') && wonders(utterance);
    let guess = or || matches!(utterance.word(low.after + 1), "maybe" | "perhaps" | "possibly" | "or" | "或");
    let corrects = matches!(utterance.word(low.after + 2), "rather" | "no" | "wait" | "sorry");
    let at = low.after + usize::from(guess && !corrects && matches!(utterance.sign(low.after), ',' | '.'));
    let (count, join) = match (utterance.word(at), utterance.word(at + 1)) {
        ("to" | "-" | "~" | "through" | "到" | "至", _) => (1, Join::Range),
        // $25/$30
        ("/", _) if low.united && utterance.kind(at + 1) == Some(Kind::Sign) => (1, Join::Either),
        ("and", _) if low.first > 0 && utterance.word(low.first - 1) == "between" => (1, Join::Range),
        ("and" | "和", _) if !low.united && low.readings.iter().all(|reading| *reading < dec!(1000)) => {
            (1, Join::Both)
        }
        // "Twelve or rather twenty" takes the twelve back.
        ("or", "rather") => (0, Join::Either),
        ("or", "maybe" | "perhaps" | "possibly" | "even") | ("if", "not") | ("要", "么") => (2, Join::Either),
        ("or", "was" | "is") => (2 + usize::from(matches!(utterance.word(at + 2), "it" | "that")), Join::Either),
        ("或", "者") | ("还", "是") => (2, Join::Either),
        ("or" | "或" | "maybe" | "perhaps" | "possibly", _) => (1, Join::Either),
        _ => {
            let mut here = at;
            while is_hesitation(utterance, here) || matches!(utterance.sign(here), ',' | '、' | '…' | '.') {
                here += 1;
            }
            let comma_only = here == at + 1 && matches!(utterance.sign(at), ',' | '、');
            let pause = (at..here).any(|at| is_hesitation(utterance, at)) || comma_only && !low.united;
            (if pause { here - at } else { 0 }, Join::Hesitation)
        }
    };
    (count > 0).then_some((at + count, join))
}

/// 还是十三块来着: the speaker asks which of the two.
fn wonders(utterance: &Utterance) -> bool {
    (0..utterance.len())
        .any(|at| utterance.sign(at) == '?' || (utterance.sign(at), utterance.sign(at + 1)) == ('来', '着'))
}

/// In "change it from fifty to sixty" the second one is meant.
fn changes(utterance: &Utterance, first: usize) -> bool {
    (0..first).any(|at| CHANGES.has(utterance.word(at)))
}

/// `5-6` without spaces in a longer chain is a date or a telephone number.
fn is_date_like(utterance: &Utterance, low: &Said) -> bool {
    if utterance.sign(low.after) != '-' {
        return false;
    }
    let chain = low.first > 0 && utterance.sign(low.first - 1) == '-' && utterance.glued(low.first);
    let goes_on = utterance.sign(low.after + 2) == '-' && utterance.glued(low.after + 2);
    let digits = utterance.kind(low.after + 1) == Some(Kind::Digits);
    let length = |at: usize| utterance.written(at).map_or(0, |written| written.length);
    let telephone = utterance.glued(low.after) && (length(low.first), length(low.after + 1)) == (3, 4);
    (chain || goes_on || telephone) && digits
}

/// Both ends are single numbers, the second one larger, and one of them says what they are or both are bare.
fn plausible(sight: &Sight<'_>, low: &Said, high: &Said, join: Join) -> bool {
    let (Some(a), Some(b)) = (low.readings.first(), high.readings.first()) else { return false };
    let utterance = sight.utterance;
    let sign_first = low.united && utterance.kind(low.first) == Some(Kind::Sign);
    let same = high.united || !low.united;
    let counts = is_noun(sight, high.after);
    match join {
        Join::Either => same || !counts,
        Join::Both => high.united && !names_something(utterance, low) && !is_noun(sight, low.after),
        Join::Range => a < b && (same || sign_first && !counts && utterance.kind(high.first) == Some(Kind::Digits)),
        Join::Hesitation => {
            let pause = (low.after..high.first).any(|at| is_hesitation(utterance, at)) && a != b;
            let near = a < b && a.checked_mul(dec!(2)).is_some_and(|double| *b <= double);
            // "four, forty dollars": the beginning of it said twice, or not.
            let stutter = a.checked_mul(dec!(10)) == Some(*b);
            high.united && (pause || near || stutter) && !names_something(utterance, low) && *a > Decimal::ZERO
        }
    }
}

fn both(low: Said, high: Said, join: Join) -> Said {
    let currencies = if high.united { high.currencies } else { low.currencies };
    let mut readings = low.readings;
    // "fifty uh five dollars" may be one number.
    if let (Join::Hesitation, [a], [b]) = (join, readings.as_slice(), high.readings.as_slice())
        && (*a % dec!(10)).is_zero()
        && *b < dec!(10)
        && let Some(sum) = a.checked_add(*b)
    {
        readings.insert(0, sum);
    }
    if let (Join::Both, [a], [b]) = (join, readings.as_slice(), high.readings.as_slice())
        && let Some(sum) = a.checked_add(*b)
    {
        readings.push(sum);
    }
    // "5-10k", "five or six hundred", 三到五百: the scale may be said only once.
    if let (Join::Range | Join::Either, [a], [b]) = (join, readings.as_slice(), high.readings.as_slice())
        && *a < dec!(100)
        && let Some(scaled) = [dec!(1000000), dec!(10000), dec!(1000), dec!(100), dec!(10)]
            .into_iter()
            .filter_map(|scale| a.checked_mul(scale))
            .find(|scaled| scaled < b && scaled.checked_mul(dec!(10)).is_some_and(|tenfold| tenfold > *b))
    {
        readings.insert(0, scaled);
    }
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
