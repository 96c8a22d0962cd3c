//! What follows the whole units of an amount: 五毛二分, "and fifty cents", a bare digit, a half.

use super::amount::{Said, Sight, one_of};
use super::context::{is_hesitation, is_measure, is_noun};
use super::look_alikes::begins_thing;
use super::units::{Part, Unit};
use super::unsettled::either_currency;
use crate::understanding::numeral::{self, Numeral, Shape, numeral_at};
use crate::understanding::tokens::{Kind, Utterance};
use rust_decimal::{Decimal, dec};
use sayso_plugin_interface::Currency;

/// What may follow the whole units: 五毛, "and fifty cents", a bare digit.
pub(super) fn add_parts(sight: &Sight<'_>, said: &mut Said, unit: &Unit, numeral: &Numeral) {
    let clear = said.readings.len() == 1 && !said.loose && said.readings.iter().all(Decimal::is_integer);
    let exponent = said.currencies.first().copied().flatten().map_or(2, |currency| currency.exponent());
    let tail = match (unit.part, unit.chinese) {
        (Part::Whole, true) if clear => chinese_tail(sight, said.after, numeral),
        (Part::Whole, false) if clear => english_tail(sight, said.after, exponent),
        // "two eighty nine dollars and ten cents": with cents behind it, it is no 2.89.
        (Part::Whole, false) if said.readings.first().is_some_and(Decimal::is_integer) && !said.loose => {
            english_tail(sight, said.after, exponent).filter(|_| cents_follow(sight, said.after))
        }
        (Part::Piece, false) if unit.worth > Decimal::ONE && clear => english_tail(sight, said.after, exponent),
        (Part::Tenth, _) if said.readings.len() == 1 && !said.loose => fen(sight, said.after),
        _ => None,
    };
    if let Some((after, additions)) = tail
        && let Some(base) = said.readings.first().copied()
    {
        let mut additions = additions;
        // 一百块零五: five 分 or five 毛; of few 块 (三块零五) only 分 are said so.
        if let ([part], true) =
            (additions.as_slice(), base >= dec!(100) && ends_in_zero_digit(sight.utterance, said, after))
        {
            let tenths = part.checked_mul(dec!(10)).unwrap_or(*part);
            additions.push(tenths);
        }
        said.readings = additions.into_iter().filter_map(|part| base.checked_add(part)).collect();
        if let (Part::Piece, Some(found)) = (unit.part, sight.units.behind(sight.utterance, after - 1)) {
            said.currencies = found.unit.meant(sight.currency);
        }
        said.after = after;
    }
}

/// True if an amount of cents follows.
fn cents_follow(sight: &Sight<'_>, at: usize) -> bool {
    let part = numeral_at(sight.utterance, numeral::past_and(sight.utterance, at));
    let unit = part.and_then(|part| sight.units.behind(sight.utterance, part.after));
    unit.is_some_and(|found| found.unit.part == Part::Hundredth)
}

/// True if nothing but 零 and a digit stand between the unit and `after`.
fn ends_in_zero_digit(utterance: &Utterance, said: &Said, after: usize) -> bool {
    after == said.after + 2 && matches!(utterance.sign(said.after), '零' | '〇')
}

/// 三百五块, 两百五毛: the last digit, whose place was left out, may count tens or what the unit counts. Both readings, in
/// whole units.
pub(super) fn left_out(utterance: &Utterance, numeral: &Numeral, unit: &Unit) -> Option<Vec<Decimal>> {
    let [value] = numeral.readings.as_slice() else { return None };
    let digit = numeral::chinese_digit(utterance.sign(numeral.after.checked_sub(1)?)).filter(|digit| *digit > 0)?;
    let tenth = match utterance.sign(numeral.after.checked_sub(2)?) {
        '百' | '佰' => dec!(10),
        '千' | '仟' => dec!(100),
        '万' => dec!(1000),
        _ => return None,
    };
    let digit = Decimal::from(digit);
    let rest = value.checked_sub(digit.checked_mul(tenth)?)?;
    match unit.part {
        // 一千二美金 leaves no doubt; 块 is what the small amounts are said with.
        Part::Whole if utterance.sign(numeral.after) == '块' => Some(vec![*value, rest.checked_add(digit)?]),
        Part::Tenth => Some(vec![rest.checked_add(digit.checked_div(dec!(10))?)?, value.checked_mul(unit.worth)?]),
        _ => None,
    }
}

/// 转一五: fifteen, one and a half, or a hundred and fifty.
pub(super) fn two_bare_digits(utterance: &Utterance, at: usize, numeral: &Numeral) -> Option<Vec<Decimal>> {
    let digit = |at: usize| numeral::chinese_digit(utterance.sign(at)).filter(|digit| *digit > 0).map(Decimal::from);
    let (first, second) = (digit(at)?, digit(at + 1)?);
    let tens = numeral.clear().filter(|value| numeral.after == at + 2 && *value >= dec!(10))?;
    let point = first.checked_add(second.checked_div(dec!(10))?)?;
    Some(vec![tens, point, tens.checked_mul(dec!(10))?])
}

/// "forty two fifty" of a price can only be 42.50: who means 4,250 says "forty two hundred". Where the whole ends in what
/// hundreds are counted with ("twelve fifty"), may itself go on ("thirty fifty") or be said again ("thirty three thirty
/// three"), both readings stand.
pub(super) fn price(readings: &[Decimal]) -> Option<Decimal> {
    let [exact, joined] = readings else { return None };
    let whole = exact.trunc() % dec!(100);
    let two_places = exact.checked_mul(dec!(100))? == *joined && !exact.is_integer();
    let said_again = exact.fract().checked_mul(dec!(100))? == whole;
    (two_places && whole > dec!(20) && !(whole % dec!(10)).is_zero() && !said_again).then_some(*exact)
}

/// A number with cents behind it and no unit of its own: its readings, the token after it and the currencies.
pub(super) type WithCents = (Vec<Decimal>, usize, Vec<Option<Currency>>);

/// "eighty five and thirty cents": only the small part has its unit. "Three hundred and five cents" may be all cents.
pub(super) fn with_cents(sight: &Sight<'_>, numeral: &Numeral) -> Option<WithCents> {
    let start = numeral::past_and(sight.utterance, numeral.after);
    let whole = numeral.clear().filter(|whole| start > numeral.after && whole.is_integer() && !numeral.chinese)?;
    let part = numeral_at(sight.utterance, start).filter(|_| !sight.is_taken(start))?;
    let cents = sight.units.behind(sight.utterance, part.after).filter(|found| found.unit.part == Part::Hundredth)?;
    let small = hundredths(part.below(100)?);
    let mut readings = vec![whole.checked_add(small)?];
    if whole >= dec!(100) && (whole % dec!(100)).is_zero() {
        readings.push(whole.checked_div(dec!(100))?.checked_add(small)?);
    }
    Some((readings, cents.after, cents.unit.meant(sight.currency)))
}

type Tail = Option<(usize, Vec<Decimal>)>;

fn hundredths(count: i64) -> Decimal {
    Decimal::new(count, 2)
}

/// After 元 or 块: 五毛二分, 零五分, 五 (tenths), 二五 (hundredths), 半.
fn chinese_tail(sight: &Sight<'_>, at: usize, whole: &Numeral) -> Tail {
    let utterance = sight.utterance;
    let c = utterance.sign(at);
    // 五十块，一分都不能多
    if sight.is_taken(at) || begins_thing(utterance, at + 1 + usize::from(c == ',')) {
        return None;
    }
    if matches!(c, '零' | '〇') {
        // 零元零角.
        if let Some(found) = sight.units.behind(utterance, at + 1) {
            let small = matches!(found.unit.part, Part::Tenth | Part::Hundredth);
            return small.then(|| (found.after, vec![Decimal::ZERO]));
        }
        let digit = numeral_at(utterance, at + 1)?;
        let count = digit.digit()?;
        return match sight.units.behind(utterance, digit.after) {
            Some(found) if found.unit.part == Part::Hundredth => Some((found.after, vec![hundredths(count)])),
            // 六百块零六毛: the zero stands for the places in between.
            Some(found) if found.unit.part == Part::Tenth => Some(tenths(sight, found.after, count)),
            _ => Some((digit.after, vec![hundredths(count)])),
        };
    }
    if matches!(c, ',' | '、') {
        return parted_tail(sight, at, whole);
    }
    if let Some(two) = two_digits(utterance, at) {
        return Some((at + 2, two));
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
            Part::Tenth if count < 10 => Some(tenths(sight, found.after, count)),
            Part::Hundredth => Some((found.after, vec![hundredths(count)])),
            _ => None,
        };
    }
    if is_measure(utterance, part.after) {
        // 一块五一个包子: the last digit counts the buns.
        let digit = |at: usize| numeral::chinese_digit(utterance.sign(at)).filter(|digit| *digit > 0);
        let tenths = digit(at).filter(|_| part.after == at + 2 && digit(at + 1).is_some())?;
        return Some((at + 1, vec![hundredths(tenths * 10)]));
    }
    if let Some(digit) = part.digit() {
        let others = match (whole.shape, sight.utterance.sign(whole.after.saturating_sub(1))) {
            (Shape::BareTen, _) => Some(hundredths(digit)),
            // 三百块五: said by who means 三百五, too.
            (_, '百' | '佰') => Some(Decimal::from(digit * 10)),
            (_, '千' | '仟') => Some(Decimal::from(digit * 100)),
            (_, '万') => Some(Decimal::from(digit * 1000)),
            _ => None,
        };
        return Some((part.after, [hundredths(digit * 10)].into_iter().chain(others).collect()));
    }
    let two = part.hundredths().filter(|_| part.shape != Shape::BareTen)?;
    Some((part.after, vec![hundredths(two)]))
}

/// So many tenths, with the hundredths that follow at `at`: 五毛二.
fn tenths(sight: &Sight<'_>, at: usize, count: i64) -> (usize, Vec<Decimal>) {
    let tenths = hundredths(count * 10);
    match fen(sight, at) {
        Some((after, more)) => (after, more.iter().map(|fen| tenths + fen).collect()),
        None => (at, vec![tenths]),
    }
}

/// 三块、二毛: a pause before the smaller part.
fn parted_tail(sight: &Sight<'_>, at: usize, whole: &Numeral) -> Tail {
    let part = numeral_at(sight.utterance, at + 1).filter(|_| !sight.is_taken(at + 1))?;
    let found = sight.units.behind(sight.utterance, part.after)?;
    matches!(found.unit.part, Part::Tenth | Part::Hundredth).then(|| chinese_tail(sight, at + 1, whole))?
}

/// 四五 after 块: forty-five hundredths, or four or five tenths.
fn two_digits(utterance: &Utterance, at: usize) -> Option<Vec<Decimal>> {
    let digit = |at: usize| numeral::chinese_digit(utterance.sign(at)).filter(|digit| *digit > 0);
    let (first, second) = (digit(at)?, digit(at + 1)?);
    let goes_on = numeral_at(utterance, at + 1).is_some_and(|rest| rest.after > at + 2)
        || matches!(utterance.sign(at + 2), '毛' | '角' | '分');
    let pair = second == first + 1 && !goes_on;
    pair.then(|| vec![hundredths(first * 10 + second), hundredths(first * 10), hundredths(second * 10)])
}

/// 三百二十块舞: a last character that sounds like a digit may be one that speech recognition misspelt.
fn garbled_digit(utterance: &Utterance, at: usize) -> Option<Decimal> {
    const DIGITS: [&str; 9] = ["yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"];
    let last = (at + 1..utterance.len()).all(|at| utterance.kind(at) == Some(Kind::Sign));
    // 三块儿, 三块钱儿: how they say it in the north.
    let particle = "吧巴罢啊了呢的儿".contains(utterance.sign(at));
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
    let at = numeral::past_and(utterance, at);
    if let Some(tenths) = garbled_digit(utterance, at) {
        return Some((at + 1, vec![tenths.checked_div(dec!(10))?, Decimal::ZERO]));
    }
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
fn english_tail(sight: &Sight<'_>, at: usize, exponent: u32) -> Tail {
    let utterance = sight.utterance;
    if let Some((part, after)) = numeral::fraction_at(utterance, at)
        && sight.units.behind(utterance, after).is_none()
        && !is_noun(sight, after)
    {
        return Some((after, vec![part]));
    }
    let pause = utterance.sign(at) == ',' || is_hesitation(utterance, at);
    let after_pause = at + usize::from(pause);
    let start = match utterance.word(after_pause) {
        "&" => after_pause + 1,
        _ => numeral::past_and(utterance, after_pause),
    };
    let joined = start > at;
    if matches!(utterance.word(start), "no" | "zero")
        && matches!(utterance.word(start + 1), "cents" | "pence" | "change")
    {
        return Some((start + 2, vec![Decimal::ZERO]));
    }
    if let Some(tail) = sign_and_cents(sight, start).filter(|_| joined) {
        return Some(tail);
    }
    // "20 dollars two Alice": how recognisers write "to".
    let to = matches!(utterance.word(start), "two" | "2") && !joined && sight.is_named(start + 1);
    if to || sight.is_taken(start) || sight.units.before(utterance, start).is_some() {
        return None;
    }
    let oh = matches!(utterance.word(start), "oh" | "o");
    let one = if joined { one_of(sight, start) } else { None };
    let part = one.or_else(|| numeral_at(utterance, start + usize::from(oh)))?;
    if let Some(found) = sight.units.behind(utterance, part.after) {
        if found.unit.part == Part::Thousandth && exponent > 1 {
            let count = part.below(10_i64.pow(exponent))?;
            return Some((found.after, vec![Decimal::new(count, exponent)]));
        }
        let count = part.below(100)?;
        return match found.unit.part {
            Part::Piece if found.unit.worth < Decimal::ONE => {
                Some((found.after, vec![found.unit.worth.checked_mul(Decimal::from(count))?]))
            }
            Part::Hundredth => Some((found.after, vec![hundredths(count)])),
            Part::Tenth if count < 10 => Some(tenths(sight, found.after, count)),
            _ => None,
        };
    }
    // "six dollars and two quarters"
    if let Some(count) = part.below(100).filter(|_| joined && utterance.word(part.after) == "quarters") {
        return Some((part.after + 1, vec![hundredths(count * 25)]));
    }
    if !pause && !joined && is_noun(sight, part.after) {
        // "five dollars ninety-nine love": cents to somebody, unless it counts ("20 minutes").
        let noun = utterance.word(part.after);
        let counts = noun.is_empty() || noun.ends_with('s') || matches!(noun, "percent" | "people" | "am" | "pm");
        let cents = part.hundredths().filter(|_| part.digit().is_none() && !counts);
        return cents.map(|count| (part.after, vec![hundredths(count), Decimal::ZERO]));
    }
    if pause || is_noun(sight, part.after) {
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

/// "$350 and $5 cents": speech recognition set a sign where none was said, and perhaps lost hundreds.
fn sign_and_cents(sight: &Sight<'_>, at: usize) -> Tail {
    let utterance = sight.utterance;
    let sign = sight.units.before(utterance, at).filter(|_| utterance.kind(at) == Some(Kind::Sign))?;
    let part = numeral_at(utterance, sign.after)?;
    let cents = sight.units.behind(utterance, part.after).filter(|found| found.unit.part == Part::Hundredth)?;
    let count = part.below(100)?;
    Some((cents.after, vec![hundredths(count), Decimal::from(count)]))
}

/// "twenty euros, no, dollars": the currency alone is put right.
fn other_currency<'a>(sight: &Sight<'a>, after: usize) -> Option<(&'a Unit, usize)> {
    const TAKES_BACK: [&[&str]; 19] = [
        &["no"],
        &["sorry"],
        &["i", "mean"],
        &["i", "meant"],
        &["or", "rather"],
        &["actually"],
        &["make", "that"],
        &["wait"],
        &["not", "sorry"],
        &["哦", "不"],
        &["不", "对"],
        &["不", "是"],
        &["说", "错", "了"],
        &["说", "错"],
        &["错", "了"],
        &["应", "该"],
        &["改", "成"],
        &["我", "是", "说"],
        &["不"],
    ];
    let utterance = sight.utterance;
    let past_signs = |mut at: usize| {
        while matches!(utterance.sign(at), ',' | '.' | '?' | '!' | '…' | '。' | '是') {
            at += 1;
        }
        at
    };
    let start = past_signs(after);
    let said = |words: &&[&str]| words.iter().enumerate().all(|(i, word)| utterance.word(start + i) == *word);
    let words = TAKES_BACK.iter().find(|words| said(words))?;
    let at = past_signs(start + words.len());
    let found =
        sight.units.behind(utterance, at).filter(|found| found.unit.part == Part::Whole && !sight.is_taken(at))?;
    let number_follows = numeral_at(utterance, found.after).is_some();
    (!number_follows && utterance.kind(at) != Some(Kind::Sign)).then_some((found.unit, found.after))
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
    if let Some((unit, after)) = other_currency(sight, said.after) {
        said.currencies = unit.meant(sight.currency);
        said.after = after;
    }
    if let Some((unit, after)) = either_currency(sight, said) {
        said.currencies.extend(unit.meant(sight.currency));
        said.after = after;
        said.loose = true;
    }
    let Some(again) = sight.units.before(utterance, said.after) else { return };
    let number_follows = numeral_at(utterance, again.after).is_some();
    if again.unit.part == Part::Whole && !number_follows && utterance.kind(said.after) != Some(Kind::Sign) {
        said.currencies = again.unit.meant(sight.currency);
        said.after = again.after;
    }
}
