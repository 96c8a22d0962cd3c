//! What follows the whole units of an amount: 五毛二分, "and fifty cents", a bare digit, a half.

use super::amount::{Said, Sight};
use super::context::{is_measure, is_noun};
use super::units::{Part, Unit};
use crate::understanding::numeral::{self, Numeral, Shape, numeral_at};
use crate::understanding::tokens::{Kind, Utterance};
use rust_decimal::{Decimal, dec};

/// What may follow the whole units: 五毛, "and fifty cents", a bare digit.
pub(super) fn add_parts(sight: &Sight<'_>, said: &mut Said, unit: &Unit, numeral: &Numeral) {
    let clear = said.readings.len() == 1 && !said.loose && said.readings.iter().all(Decimal::is_integer);
    let tail = match (unit.part, unit.chinese) {
        (Part::Whole, true) if clear => chinese_tail(sight, said.after, numeral.shape == Shape::BareTen),
        (Part::Whole, false) if clear => english_tail(sight, said.after),
        (Part::Tenth, _) if said.readings.len() == 1 && !said.loose => fen(sight, said.after),
        _ => None,
    };
    if let Some((after, additions)) = tail
        && let Some(base) = said.readings.first().copied()
    {
        said.readings = additions.into_iter().filter_map(|part| base.checked_add(part)).collect();
        said.after = after;
    }
}

type Tail = Option<(usize, Vec<Decimal>)>;

fn hundredths(count: i64) -> Decimal {
    Decimal::new(count, 2)
}

/// After 元 or 块: 五毛二分, 零五分, 五 (tenths), 二五 (hundredths), 半.
fn chinese_tail(sight: &Sight<'_>, at: usize, after_bare_ten: bool) -> Tail {
    let utterance = sight.utterance;
    if sight.is_taken(at) {
        return None;
    }
    let c = utterance.sign(at);
    if matches!(c, '零' | '〇') {
        let digit = numeral_at(utterance, at + 1)?;
        let count = digit.digit()?;
        let fen = sight.units.behind(utterance, digit.after).filter(|found| found.unit.part == Part::Hundredth);
        return Some((fen.map_or(digit.after, |found| found.after), vec![hundredths(count)]));
    }
    if c == '半' && !matches!(utterance.sign(at + 1), '年' | '天' | '月' | '个' | '小' | '价' | '点') {
        return Some((at + 1, vec![dec!(0.5)]));
    }
    if let Some(tenths) = garbled_digit(utterance, at) {
        return Some((at + 1, vec![tenths, Decimal::ZERO]));
    }
    let part = numeral_at(utterance, at)?;
    if let Some(found) = sight.units.behind(utterance, part.after) {
        let count = part.below(100)?;
        return match found.unit.part {
            Part::Tenth if count < 10 => {
                let tenths = hundredths(count * 10);
                match fen(sight, found.after) {
                    Some((after, more)) => Some((after, more.iter().map(|fen| tenths + fen).collect())),
                    None => Some((found.after, vec![tenths])),
                }
            }
            Part::Hundredth => Some((found.after, vec![hundredths(count)])),
            _ => None,
        };
    }
    if is_measure(utterance, part.after) {
        return None;
    }
    if let Some(digit) = part.digit() {
        let tenths = hundredths(digit * 10);
        return Some((part.after, if after_bare_ten { vec![tenths, hundredths(digit)] } else { vec![tenths] }));
    }
    let two = part.hundredths().filter(|_| part.shape != Shape::BareTen)?;
    Some((part.after, vec![hundredths(two)]))
}

/// 三百二十块舞: a last character that sounds like a digit may be one that speech recognition misspelt.
fn garbled_digit(utterance: &Utterance, at: usize) -> Option<Decimal> {
    const DIGITS: [&str; 9] = ["yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"];
    let last = (at + 1..utterance.len()).all(|at| utterance.kind(at) == Some(Kind::Sign));
    let particle = "吧巴罢啊了呢的".contains(utterance.sign(at));
    let sound = utterance.get(at).and_then(|token| token.sound).filter(|_| last && !particle)?;
    let digit = numeral::chinese_digit(utterance.sign(at)).is_none();
    let place = DIGITS.iter().position(|known| *known == sound.plain).filter(|_| digit)?;
    Some(hundredths(i64::try_from(place + 1).ok()? * 10))
}

/// After 毛 or 角: 五分, or a bare 五.
fn fen(sight: &Sight<'_>, at: usize) -> Tail {
    let utterance = sight.utterance;
    if sight.is_taken(at) {
        return None;
    }
    let at = at + usize::from(utterance.word(at) == "and");
    let part = numeral_at(utterance, at)?;
    let count = part.digit()?;
    match sight.units.behind(utterance, part.after) {
        Some(found) if found.unit.part == Part::Hundredth => Some((found.after, vec![hundredths(count)])),
        Some(_) => None,
        None if is_measure(utterance, part.after) || utterance.kind(at) == Some(Kind::Word) => None,
        None => Some((part.after, vec![hundredths(count)])),
    }
}

/// After dollars: "and fifty cents", "fifty", "oh five", "and a half".
fn english_tail(sight: &Sight<'_>, at: usize) -> Tail {
    let utterance = sight.utterance;
    if let Some((part, after)) = numeral::fraction_at(utterance, at)
        && sight.units.behind(utterance, after).is_none()
        && !is_noun(sight, after)
    {
        return Some((after, vec![part]));
    }
    let joined = matches!(utterance.word(at), "and" | "&" | ",");
    let start = if joined { at + 1 } else { at };
    if sight.is_taken(start) || sight.units.before(utterance, start).is_some() {
        return None;
    }
    let oh = matches!(utterance.word(start), "oh" | "o");
    let part = numeral_at(utterance, start + usize::from(oh))?;
    if let Some(found) = sight.units.behind(utterance, part.after) {
        let count = part.below(100)?;
        return match found.unit.part {
            Part::Hundredth => Some((found.after, vec![hundredths(count)])),
            Part::Tenth if count < 10 => match fen(sight, found.after) {
                Some((after, more)) => Some((after, more.iter().map(|fen| hundredths(count * 10) + fen).collect())),
                None => Some((found.after, vec![hundredths(count * 10)])),
            },
            _ => None,
        };
    }
    if utterance.sign(at) == ',' || is_noun(sight, part.after) {
        return None;
    }
    if let Some(digit) = part.digit() {
        return match (oh, joined) {
            (true, _) => Some((part.after, vec![hundredths(digit)])),
            (false, false) => Some((part.after, vec![hundredths(digit), hundredths(digit * 10)])),
            (false, true) => None,
        };
    }
    part.hundredths().map(|count| (part.after, vec![hundredths(count)]))
}

/// What only closes an amount: 钱, 整, and a currency said behind it again (五十块 人民币).
pub(super) fn finish(sight: &Sight<'_>, said: &mut Said) {
    let utterance = sight.utterance;
    if utterance.sign(said.after) == '钱' {
        said.after += 1;
    }
    if matches!(utterance.sign(said.after), '整' | '正') && utterance.sign(said.after + 1) != '好' {
        said.after += 1;
    }
    if matches!(utterance.sign(said.after), '多')
        || utterance.sign(said.after) == '来' && utterance.sign(said.after + 1) == '钱'
    {
        said.loose = true;
        said.after += 1;
    }
    let Some(again) = sight.units.before(utterance, said.after) else { return };
    let number_follows = numeral_at(utterance, again.after).is_some();
    if again.unit.part == Part::Whole && !number_follows && utterance.kind(said.after) != Some(Kind::Sign) {
        said.currencies = again.unit.meant(sight.currency);
        said.after = again.after;
    }
}
