//! English numbers: "three hundred and fifteen", "3 thousand 5 hundred", "two and a half grand", and the pairs that can be
//! read in two ways ("one fifty", "forty two fifty").

use super::english_parts::{dozens, fraction, is_point, past_and, point};
use super::{Numeral, Shape, side_by_side};
use crate::understanding::tokens::{Kind, Utterance, Written};
use rust_decimal::Decimal;
use rust_decimal::dec;

/// What a small number looks like; it decides how two of them side by side are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Zero,
    Unit,
    /// 10 to 99 in words.
    Two,
    /// `oh five`.
    Oh,
    Digits(Written),
    /// `double five`, `triple oh`: one digit so many times.
    Repeated(usize),
    /// With a hundred or a larger scale in it, or a fraction.
    Large,
}

/// A number as far as it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Its value.
    pub value: Decimal,
    /// One past its last token.
    pub after: usize,
    /// What it looks like.
    pub look: Look,
    /// The decimals are certainly decimals.
    pub tenths: bool,
}

/// The value of a word for a number below a hundred.
pub(super) fn word_value(word: &str) -> Option<i64> {
    Some(match word {
        "zero" | "nought" | "naught" | "nil" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" | "twenny" => 20,
        "thirty" | "thirdy" => 30,
        "forty" | "fourty" | "fordy" => 40,
        "fifty" | "fitty" | "fiddy" => 50,
        "sixty" => 60,
        "seventy" | "sevendy" => 70,
        "eighty" | "eighdy" => 80,
        "ninety" | "ninty" | "ninedy" => 90,
        _ => return None,
    })
}

/// What a word multiplies by; hundred is not among them since it stands inside a group.
fn scale(utterance: &Utterance, at: usize) -> Option<Decimal> {
    let glued = utterance.glued(at);
    Some(match utterance.word(at) {
        "thousand" | "thousands" | "grand" => dec!(1000),
        "k" => dec!(1000),
        "w" if glued => dec!(10000),
        "lakh" | "lakhs" | "lac" => dec!(100000),
        "million" | "millions" | "mil" | "mio" => dec!(1000000),
        "m" | "mm" | "mn" if glued => dec!(1000000),
        "crore" | "crores" => dec!(10000000),
        "billion" | "billions" | "bil" => dec!(1000000000),
        "bn" | "b" if glued => dec!(1000000000),
        "trillion" => dec!(1000000000000),
        "quadrillion" => dec!(1000000000000000),
        "quintillion" => dec!(1000000000000000000),
        _ => return None,
    })
}

fn is_hundred(word: &str) -> bool {
    matches!(word, "hundred" | "hundreds")
}

/// A number below a hundred, or a token of digits.
pub(super) fn small(utterance: &Utterance, at: usize) -> Option<Group> {
    let group = |value: i64, after, look| Some(Group { value: Decimal::from(value), after, look, tenths: false });
    if utterance.kind(at) == Some(Kind::Digits) {
        let written = utterance.written(at)?;
        return Some(Group { value: written.value, after: at + 1, look: Look::Digits(written), tenths: false });
    }
    if let Some(repeated) = repeated(utterance, at) {
        return Some(repeated);
    }
    let value = word_value(utterance.word(at))?;
    match value {
        0 => match word_value(utterance.word(at + 1)) {
            Some(unit @ 1..=9) => group(unit, at + 2, Look::Oh),
            _ => group(0, at + 1, Look::Zero),
        },
        20..=90 => match word_value(utterance.word(at + 1)) {
            // "twenty five hundred" is 2500, "fifty five" is 55.
            Some(unit @ 1..=9) => group(value + unit, at + 2, Look::Two),
            _ => match written_digit(utterance, at + 1) {
                Some(unit) => group(value + unit, at + 2, Look::Two),
                None => group(value, at + 1, Look::Two),
            },
        },
        10..=19 => group(value, at + 1, Look::Two),
        _ => group(value, at + 1, Look::Unit),
    }
}

/// The 5 of `fifty 5`, as speech recognition writes "fifty five".
fn written_digit(utterance: &Utterance, at: usize) -> Option<i64> {
    use rust_decimal::prelude::ToPrimitive as _;
    let written = utterance.written(at).filter(|written| written.length == 1 && written.decimals == 0)?;
    written.value.to_i64().filter(|digit| *digit > 0)
}

/// `double five`, as digits are read one by one.
fn repeated(utterance: &Utterance, at: usize) -> Option<Group> {
    let times = match utterance.word(at) {
        "double" => 2,
        "triple" | "treble" => 3,
        _ => return None,
    };
    let digit = match utterance.word(at + 1) {
        "oh" | "o" => 0,
        word => word_value(word).filter(|digit| *digit < 10)?,
    };
    let value = if times == 2 { digit * 11 } else { digit * 111 };
    Some(Group { value: Decimal::from(value), after: at + 2, look: Look::Repeated(times), tenths: false })
}

/// `oh five`, which begins no number but goes on one.
pub(super) fn oh(utterance: &Utterance, at: usize) -> Option<Group> {
    if !matches!(utterance.word(at), "oh" | "o") {
        return None;
    }
    match word_value(utterance.word(at + 1)) {
        Some(unit @ 1..=9) => Some(Group { value: Decimal::from(unit), after: at + 2, look: Look::Oh, tenths: false }),
        _ => Some(Group { value: Decimal::ZERO, after: at + 1, look: Look::Zero, tenths: false }),
    }
}

/// A small number with its hundreds: `two hundred and five`, `hundred fifty`, `2.5 hundred`.
fn group(utterance: &Utterance, at: usize) -> Option<Group> {
    let word = utterance.word(at);
    let article = matches!(word, "a" | "an");
    // "a cool grand", "a whole hundred".
    let full = article && matches!(utterance.word(at + 1), "cool" | "whole" | "full" | "good" | "straight");
    let start = at + usize::from(article) + usize::from(full);
    let first = if is_hundred(utterance.word(start)) {
        Group { value: Decimal::ONE, after: start, look: Look::Large, tenths: false }
    } else if article || scale_begins(utterance, at) {
        scale(utterance, start).filter(|_| utterance.word(start) != "k")?;
        return Some(Group { value: Decimal::ONE, after: start, look: Look::Large, tenths: false });
    } else {
        small(utterance, at)?
    };
    let mut whole = point(utterance, first)?;
    let mut half = None;
    if let Some((fraction, after)) = fraction(utterance, whole.after)
        && (is_hundred(utterance.word(after)) || scale(utterance, after).is_some())
    {
        half = Some(fraction);
        whole.after = after;
        whole.look = Look::Large;
        whole.tenths = true;
    }
    whole.value = whole.value.checked_add(half.unwrap_or_default())?;
    if !is_hundred(utterance.word(whole.after)) {
        return Some(whole);
    }
    let mut after = whole.after + 1;
    let mut value = whole.value.checked_mul(dec!(100))?;
    let skip = past_and(utterance, after) - after;
    if let Some(rest) = small(utterance, after + skip).or_else(|| if skip == 0 { oh(utterance, after) } else { None })
        && rest.value < dec!(100)
        && rest.value.is_integer()
        && rest.look != Look::Zero
        && !(skip > 0 && begins_unit_pair(utterance, rest.after))
    {
        value = value.checked_add(rest.value)?;
        after = rest.after;
    }
    Some(Group { value, after, look: Look::Large, tenths: true })
}

/// True where minor units follow: in "three hundred and five cents" the five is not part of the hundreds.
fn begins_unit_pair(utterance: &Utterance, at: usize) -> bool {
    matches!(utterance.word(at), "cents" | "cent" | "pence" | "fen" | "jiao")
}

/// A scale word that stands for one of itself: `thousand five hundred`.
fn scale_begins(utterance: &Utterance, at: usize) -> bool {
    matches!(utterance.word(at), "thousand" | "million" | "billion")
}

/// A whole number with its scales, as far as its grammar goes.
fn cardinal(utterance: &Utterance, at: usize) -> Option<Group> {
    if let Some(found) = part_of_scale(utterance, at) {
        return Some(found);
    }
    let mut total = Decimal::ZERO;
    let mut last = Decimal::MAX;
    let mut here = at;
    let mut found: Option<Group> = None;
    loop {
        let mut begin = if found.is_some() { past_and(utterance, here) } else { here };
        begin += usize::from(found.is_some() && pauses(utterance, here));
        let Some(group) = group(utterance, begin) else { break };
        let scaled = scale(utterance, group.after);
        match (scaled, found) {
            (Some(scale), _) if scale < last => {
                total = total.checked_add(group.value.checked_mul(scale)?)?;
                last = scale;
                here = group.after + 1;
                if let Some((part, after)) = fraction(utterance, here) {
                    total = total.checked_add(part.checked_mul(scale)?)?;
                    return Some(Group { value: total, after, look: Look::Large, tenths: true });
                }
                found = Some(Group { value: total, after: here, look: Look::Large, tenths: true });
                // 3M is as often a name as a number: what follows is not taken into it.
                if matches!(utterance.word(group.after), "m" | "mm" | "mn" | "b") {
                    break;
                }
            }
            (None, None) => return with_fraction(utterance, point(utterance, group)?),
            (None, Some(_)) if continues(group, last, begin > here, utterance) => {
                let value = total.checked_add(group.value)?;
                return point(utterance, Group { value, after: group.after, look: Look::Large, tenths: true });
            }
            _ => break,
        }
    }
    point(utterance, found?)
}

/// "five thousand, five hundred dollars": a comma that parts no two amounts, since the second has the unit of both.
fn pauses(utterance: &Utterance, at: usize) -> bool {
    let unit = |at: usize| {
        matches!(utterance.word(at), "dollars" | "euros" | "pounds" | "bucks" | "quid" | "yuan" | "rupees" | "francs")
    };
    let rest = || group(utterance, at + 1).filter(|rest| rest.look == Look::Large && rest.value >= dec!(100));
    let word = utterance.kind(at + 1) == Some(Kind::Word);
    utterance.sign(at) == ',' && word && rest().is_some_and(|rest| unit(rest.after))
}

/// "two and a half": a whole number with its fraction.
fn with_fraction(utterance: &Utterance, whole: Group) -> Option<Group> {
    match fraction(utterance, whole.after) {
        Some((part, after)) if whole.value.is_integer() => {
            let value = whole.value.checked_add(part)?;
            Some(Group { value, after, look: Look::Large, tenths: true })
        }
        _ => Some(whole),
    }
}

/// True if `group` can stand after a scale `last` without a scale of its own: "two thousand five".
fn continues(group: Group, last: Decimal, after_and: bool, utterance: &Utterance) -> bool {
    let exact = group.value.is_integer() || group.tenths;
    let fits = group.value < last && group.value < dec!(1000) && exact;
    let article = group.look == Look::Zero;
    let minor = after_and && begins_unit_pair(utterance, group.after);
    fits && !article && !minor
}

/// `half a million`, `a quarter million`, `three quarters of a million`.
fn part_of_scale(utterance: &Utterance, at: usize) -> Option<Group> {
    let (part, mut here) = match (utterance.word(at), utterance.word(at + 1)) {
        ("half", _) => (dec!(0.5), at + 1),
        ("a", "half") => (dec!(0.5), at + 2),
        ("quarter", _) => (dec!(0.25), at + 1),
        ("a", "quarter") => (dec!(0.25), at + 2),
        ("three", "quarters") => (dec!(0.75), at + 2),
        _ => return None,
    };
    here += usize::from(utterance.word(here) == "of");
    here += usize::from(utterance.word(here) == "a");
    let scale = if is_hundred(utterance.word(here)) { Some(dec!(100)) } else { scale(utterance, here) }?;
    Some(Group { value: part * scale, after: here + 1, look: Look::Large, tenths: true })
}

/// `a couple hundred`, `a few thousand`, `several hundred`, `hundreds`: only about how much.
fn vague(utterance: &Utterance, at: usize) -> Option<Numeral> {
    if let Some((count, after)) = dozens(utterance, at) {
        return Some(loose(vec![count], after));
    }
    let mut here = at + usize::from(matches!(utterance.word(at), "a" | "the"));
    let times = match utterance.word(here) {
        "couple" => Some(dec!(2)),
        "dozen" => Some(dec!(12)),
        "few" | "several" => None,
        "many" if here == 0 || utterance.word(here - 1) != "how" => None,
        "hundreds" | "thousands" | "millions" | "dozens" => {
            return Some(loose(Vec::new(), here + 1 + usize::from(utterance.word(here + 1) == "of")));
        }
        _ => return None,
    };
    here += 1;
    here += usize::from(utterance.word(here) == "of");
    let mut value = times;
    let mut scaled = false;
    if is_hundred(utterance.word(here)) {
        value = value.and_then(|value| value.checked_mul(dec!(100)));
        (here, scaled) = (here + 1, true);
    } else if let Some(scale) = scale(utterance, here) {
        value = value.and_then(|value| value.checked_mul(scale));
        (here, scaled) = (here + 1, true);
    }
    here += usize::from(scaled && utterance.word(here) == "of");
    Some(loose(value.into_iter().collect(), here))
}

fn loose(readings: Vec<Decimal>, after: usize) -> Numeral {
    Numeral { after, readings, loose: true, shape: Shape::Counted, tenths_meant: true, chinese: false }
}

/// "point five": tenths with nothing before them, unless the point is one in time or of an argument ("at that point five").
fn pointed(utterance: &Utterance, at: usize) -> Option<Numeral> {
    let nothing = Group { value: Decimal::ZERO, after: at, look: Look::Large, tenths: true };
    let tenths = point(utterance, nothing).filter(|tenths| tenths.after > at)?;
    let led =
        at > 0 && matches!(utterance.word(at - 1), "that" | "this" | "the" | "a" | "one" | "some" | "what" | "my");
    let found = Numeral { after: tenths.after, readings: vec![tenths.value], loose: led, ..loose(Vec::new(), at) };
    Some(found)
}

/// "a hundred and a half": half a hundred more, or one half. The first reading is not what the words say, so both stand.
fn part_of_hundred(utterance: &Utterance, at: usize, whole: Group) -> Option<Decimal> {
    let and = (at..whole.after).rev().find(|at| utterance.word(*at) == "and")?;
    let hundreds = and > at && is_hundred(utterance.word(and - 1));
    let (part, _) = fraction(utterance, and).filter(|(_, after)| hundreds && *after == whole.after)?;
    whole.value.checked_add(part.checked_mul(dec!(99))?)
}

/// The English number at `at`, with all readings of numbers that stand side by side.
pub(super) fn numeral(utterance: &Utterance, at: usize) -> Option<Numeral> {
    if let Some(vague) = vague(utterance, at) {
        return Some(vague);
    }
    if let Some(tenths) = pointed(utterance, at) {
        return Some(tenths);
    }
    let first = cardinal(utterance, at)?;
    let mut groups = vec![first];
    let mut after = first.after;
    while let Some(next) = small(utterance, after).or_else(|| oh(utterance, after)) {
        let joined = utterance.kind(after) == Some(Kind::Digits) && utterance.glued(after);
        let grouped_already = matches!(next.look, Look::Digits(written) if written.grouped
            || written.decimals > 0 && !(written.length == 3 && side_by_side::in_thousands(&groups)));
        if joined || grouped_already || groups.len() > 24 {
            break;
        }
        // "5 two hundreds" is two numbers, not one.
        if is_hundred(utterance.word(next.after)) || scale(utterance, next.after).is_some() {
            break;
        }
        // "not sixty seventy dollars": the one in place of the other.
        let refused = at > 0 && utterance.word(at - 1) == "not" && groups.len() == 1;
        if refused && first.look == Look::Two && next.look == Look::Two && (first.value % dec!(10)).is_zero() {
            break;
        }
        after = next.after;
        groups.push(next);
    }
    let mut found = side_by_side::read(&groups, after)?;
    if let [whole] = groups.as_slice() {
        found.readings.extend(part_of_hundred(utterance, at, *whole));
    }
    if !is_point(utterance, after) {
        return Some(found);
    }
    // "one one five point five": the decimals of digits said one by one.
    let Some(whole) = found.readings.first().filter(|whole| whole.is_integer()) else { return Some(found) };
    let exact = point(utterance, Group { value: *whole, after, look: Look::Large, tenths: true })?;
    let shape = if exact.after > after { Shape::Counted } else { found.shape };
    Some(Numeral { after: exact.after, readings: vec![exact.value], shape, ..found })
}
