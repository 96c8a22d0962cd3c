//! Chinese numbers: 三百五, 两万三, 一百零五, 叁佰伍拾, 3千5, 二点五万, and the vague ones (七八百, 几百, 一百多).

use super::chinese_about::{about, hints_at, is_money_unit};
use super::chinese_row::{digits_from, is_clock, row_of_digits};
use super::{Numeral, Shape};
use crate::understanding::tokens::{Kind, Utterance, Written};
use rust_decimal::Decimal;
use rust_decimal::dec;

/// The digit that a character stands for, formal ones included.
pub(super) fn digit(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '两' | '俩' | '贰' => 2,
        '三' | '仨' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// What a unit inside a section multiplies by.
pub(super) fn unit(c: char) -> Option<Decimal> {
    Some(match c {
        '十' | '拾' => dec!(10),
        '百' | '佰' => dec!(100),
        '千' | '仟' => dec!(1000),
        _ => return None,
    })
}

/// What 万 and 亿 multiply by.
pub(super) fn large(c: char) -> Option<Decimal> {
    Some(match c {
        '万' => dec!(10000),
        '亿' => dec!(100000000),
        _ => return None,
    })
}

/// A value of which only a span may be known (七八百); mostly both ends are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span(Decimal, Decimal);

impl Span {
    const ZERO: Span = Span(Decimal::ZERO, Decimal::ZERO);

    fn exactly(value: Decimal) -> Self {
        Span(value, value)
    }
    fn add(self, other: Self) -> Option<Self> {
        Some(Span(self.0.checked_add(other.0)?, self.1.checked_add(other.1)?))
    }
    fn times(self, by: Decimal) -> Option<Self> {
        Some(Span(self.0.checked_mul(by)?, self.1.checked_mul(by)?))
    }
}

/// A digit that waits for its unit.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    value: Span,
    /// False for written digits of more than one place, which never lack a unit.
    single: bool,
}

struct Reader<'a> {
    utterance: &'a Utterance,
    at: usize,
    total: Span,
    section: Span,
    waiting: Option<Waiting>,
    /// The last unit read; after it, a lone digit counts tenths of it.
    last: Decimal,
    zero: bool,
    loose: bool,
    vague: bool,
    units: usize,
}

/// The Chinese number at `at`.
pub(super) fn numeral(utterance: &Utterance, at: usize) -> Option<Numeral> {
    let first = utterance.get(at)?;
    let starts = match first.kind {
        Kind::Han => {
            digit(first.sign).is_some()
                || unit(first.sign).is_some()
                || matches!(first.sign, '几' | '好' | '数' | '上' | '成' | '万' | '廿' | '卅')
        }
        Kind::Digits => first.written.is_some(),
        _ => false,
    };
    if !starts || is_both_of_them(utterance, at) {
        return None;
    }
    if let Some(vague) = about(utterance, at) {
        return Some(vague);
    }
    if matches!(first.sign, '上' | '成' | '万') {
        return None;
    }
    if let Some(row) = row_of_digits(utterance, at) {
        return Some(row);
    }
    let mut reader = Reader {
        utterance,
        at,
        total: Span::ZERO,
        section: Span::ZERO,
        waiting: None,
        last: dec!(1000000000000),
        zero: false,
        loose: false,
        vague: false,
        units: 0,
    };
    reader.read()?;
    reader.finish(at)
}

impl Reader<'_> {
    /// Reads as far as the grammar of numbers goes.
    fn read(&mut self) -> Option<()> {
        if matches!(self.utterance.sign(self.at), '好') {
            let quantity = |c| unit(c).is_some() || c == '几';
            if !quantity(self.utterance.sign(self.at + 1)) {
                return None;
            }
            self.at += 1;
        }
        loop {
            let c = self.utterance.sign(self.at);
            let went_on = match c {
                '几' | '数' if self.waiting.is_none() => self.take_few(),
                '零' | '〇' if self.waiting.is_none() && self.units > 0 => self.take_zero(),
                '个' if self.waiting.is_some() && large(self.utterance.sign(self.at + 1)).is_some() => {
                    self.at += 1;
                    true
                }
                '廿' | '卅' if self.waiting.is_none() && self.last > dec!(10) => self.take_tens(c)?,
                '多' | '来' | '余' if self.units > 0 || self.waiting.is_some() => self.take_more(),
                _ if digit(c).is_some() => self.take_digit(digit(c)?),
                _ if unit(c).is_some() => self.take_unit(unit(c)?)?,
                _ if large(c).is_some() => self.take_large(large(c)?)?,
                _ => match self.utterance.written(self.at) {
                    Some(written) => self.take_written(written),
                    None => false,
                },
            };
            if !went_on {
                return Some(());
            }
        }
    }

    fn take_few(&mut self) -> bool {
        let next = self.utterance.sign(self.at + 1);
        let counts = unit(next).is_some() || large(next).is_some() || self.units > 0 || is_money_unit(next);
        // 几内亚 is a country.
        let counts = counts && next != '内';
        if counts {
            self.waiting = Some(Waiting { value: Span::ZERO, single: true });
            (self.loose, self.vague) = (true, true);
            self.at += 1;
        }
        counts
    }

    /// True if nothing but signs follows the token at hand.
    fn is_last(&self) -> bool {
        self.utterance.get(self.at + 1).is_none_or(|token| token.kind == Kind::Sign)
    }

    fn take_zero(&mut self) -> bool {
        let next = self.utterance.sign(self.at + 1);
        let counts = digit(next).is_some() || self.utterance.written(self.at + 1).is_some();
        if counts {
            self.zero = true;
            self.at += 1;
        } else if self.last >= dec!(100) && (is_money_unit(next) || self.is_last()) {
            // 一百零: the digit behind it was not heard.
            self.loose = true;
            self.at += 1;
        }
        counts
    }

    /// 一百多, 五十来块: more than said. A unit may still follow (一百多万).
    fn take_more(&mut self) -> bool {
        let next = self.utterance.sign(self.at + 1);
        let counts = is_money_unit(next) || large(next).is_some();
        // 来 is a word of its own elsewhere, and 多米尼加 is a country.
        if self.utterance.sign(self.at) == '来' && !counts || next == '米' {
            return false;
        }
        self.loose = true;
        self.at += 1;
        large(next).is_some()
    }

    fn take_digit(&mut self, value: i64) -> bool {
        let value = Decimal::from(value);
        match self.waiting {
            None => {
                self.waiting = Some(Waiting { value: Span::exactly(value), single: true });
            }
            // 七八百: seven or eight hundred.
            Some(Waiting { value: Span(low, high), single: true }) if low == high && neighbours(low, value) => {
                self.waiting = Some(Waiting { value: Span(low, value), single: true });
                self.loose = true;
            }
            Some(_) => return false,
        }
        self.at += 1;
        true
    }

    fn take_written(&mut self, written: Written) -> bool {
        if self.waiting.is_some() || self.units > 0 && written.decimals > 0 {
            return false;
        }
        let single = written.length == 1 && written.decimals == 0;
        self.waiting = Some(Waiting { value: Span::exactly(written.value), single });
        self.at += 1;
        true
    }

    fn take_unit(&mut self, unit: Decimal) -> Option<bool> {
        let count = match self.waiting {
            Some(waiting) => waiting.value,
            None if unit == dec!(10) && (self.units == 0 || self.zero || self.last > dec!(10)) => {
                Span::exactly(Decimal::ONE)
            }
            // 百八十, 千八百: about that much.
            None if self.units == 0 && hints_at(self.utterance, self.at, unit) => {
                (self.loose, self.vague) = (true, true);
                Span::exactly(Decimal::ONE)
            }
            // 百万 counts one; a bare 百 or 千 is another word (千万别).
            None if self.units == 0 && unit == dec!(100) && self.utterance.sign(self.at + 1) == '万' => {
                Span::exactly(Decimal::ONE)
            }
            None => return Some(false),
        };
        // 零百 counts nothing.
        if count == Span::ZERO && !self.vague || is_bermuda(self.utterance, self.at) {
            return Some(false);
        }
        let in_section = self.section != Span::ZERO;
        if in_section && unit >= self.last {
            return Some(false);
        }
        self.section = self.section.add(count.times(unit)?)?;
        self.waiting = None;
        self.last = unit;
        self.zero = false;
        self.units += 1;
        self.at += 1;
        Some(true)
    }

    /// 廿 and 卅: twenty and thirty in one character.
    fn take_tens(&mut self, c: char) -> Option<bool> {
        let tens = if c == '廿' { dec!(20) } else { dec!(30) };
        self.section = self.section.add(Span::exactly(tens))?;
        (self.last, self.zero) = (dec!(10), false);
        self.units += 1;
        self.at += 1;
        Some(true)
    }

    fn take_large(&mut self, unit: Decimal) -> Option<bool> {
        let whole = match self.waiting {
            Some(waiting) => self.section.add(waiting.value)?,
            None => self.section,
        };
        let scales_total = unit > dec!(10000) && self.total != Span::ZERO;
        if whole == Span::ZERO && !self.vague && !scales_total {
            return Some(false);
        }
        let everything = if unit > dec!(10000) { self.total.add(whole)? } else { whole };
        // 一万两千万 is no number.
        if unit == dec!(10000) && self.total != Span::ZERO && self.total.1 < dec!(100000000) {
            return Some(false);
        }
        let scaled = everything.times(unit)?;
        self.total = if unit > dec!(10000) { scaled } else { self.total.add(scaled)? };
        self.section = Span::ZERO;
        self.waiting = None;
        self.last = unit;
        self.zero = false;
        self.units += 1;
        self.at += 1;
        Some(true)
    }

    /// 三百二十点五: the decimals after a spoken point, unless it tells the time (十点十分).
    fn take_fraction(&mut self) -> Option<Decimal> {
        if self.utterance.sign(self.at) != '点' || self.units == 0 {
            return None;
        }
        let (digits, after) = digits_from(self.utterance, self.at + 1);
        if digits.is_empty() || digits.len() > 12 || is_clock(self.utterance.sign(after)) {
            return None;
        }
        self.at = after;
        Decimal::try_from_i128_with_scale(digits.parse().ok()?, u32::try_from(digits.len()).ok()?).ok()
    }

    /// 四百五百: four or five hundred, and not four hundred and fifty.
    fn either_hundred(&self) -> Option<Numeral> {
        let waiting = self.waiting.filter(|waiting| waiting.single && self.units == 1 && !self.zero && !self.vague)?;
        let same = unit(self.utterance.sign(self.at)) == Some(self.last) && self.total == Span::ZERO;
        let other = waiting.value.0.checked_mul(self.last).filter(|other| same && *other > self.section.0)?;
        let readings = vec![self.section.0, other];
        let (loose, tenths_meant, chinese) = (true, true, true);
        Some(Numeral { after: self.at + 1, readings, loose, shape: Shape::Counted, tenths_meant, chinese })
    }

    fn finish(mut self, start: usize) -> Option<Numeral> {
        let mut shape = Shape::Counted;
        if let Some(either) = self.either_hundred() {
            return Some(either);
        }
        if let Some(waiting) = self.waiting {
            let lacks_unit = waiting.single && !self.zero && self.units > 0 && self.last >= dec!(100) && !self.vague;
            let by = if lacks_unit { self.last.checked_div(dec!(10))? } else { Decimal::ONE };
            self.section = self.section.add(waiting.value.times(by)?)?;
            if self.units == 0 {
                shape = Shape::OneDigit;
                if let Some(written) = self.utterance.written(start) {
                    shape = Shape::Digits(written);
                }
            }
        } else if self.units == 0 {
            return None;
        }
        let Span(low, high) = self.total.add(self.section)?;
        if self.units == 1 && self.at == start + 1 {
            shape = Shape::BareTen;
        } else if shape == Shape::Counted && low < dec!(100) && self.units == 1 && low.is_integer() {
            shape = Shape::TwoDigits;
        }
        let fraction = if low == high && low.is_integer() { self.take_fraction() } else { None };
        let readings = match (self.vague, low == high) {
            (true, _) => Vec::new(),
            (false, true) => vec![low.checked_add(fraction.unwrap_or_default())?],
            (false, false) => vec![low, high],
        };
        let tenths_meant = self.units > 0;
        let chinese = (start..self.at).any(|at| self.utterance.kind(at) == Some(Kind::Han));
        Some(Numeral { after: self.at, readings, loose: self.loose, shape, tenths_meant, chinese })
    }
}

/// 俩 and 仨 behind people are these people (给他俩十块), no number; nor is 老二, somebody's second child.
pub(super) fn is_both_of_them(utterance: &Utterance, at: usize) -> bool {
    let child = at.checked_sub(1).is_some_and(|before| utterance.sign(before) == '老');
    if child && "二三四五六七八九".contains(utterance.sign(at)) {
        return true;
    }
    let people = |before: usize| "们他她你我咱它家儿人弟妹姐哥母父子女妻友婆公".contains(utterance.sign(before));
    matches!(utterance.sign(at), '俩' | '仨') && at.checked_sub(1).is_some_and(people)
}

/// True for digits that make a vague pair: 七八, 三五.
pub(super) fn neighbours(first: Decimal, second: Decimal) -> bool {
    first > Decimal::ZERO && (second == first + Decimal::ONE || first == dec!(3) && second == dec!(5))
}

/// 百慕大 is a country, not a hundred.
pub(super) fn is_bermuda(utterance: &Utterance, at: usize) -> bool {
    utterance.sign(at) == '百' && utterance.sign(at + 1) == '慕'
}
