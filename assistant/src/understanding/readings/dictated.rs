//! How far a text is a Mandarin amount, character by character: for a listener who writes down amounts and nothing else.

use crate::understanding::numeral::chinese_digit;

/// How far a text is an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// No amount begins so.
    No,
    /// An amount begins so, and more has to follow.
    Begins,
    /// It is a whole amount with a unit or a place in it (块, 十), and more may follow.
    Whole,
}

/// The characters of which amounts are made.
pub const CHARACTERS: &str = "零一二两三四五六七八九十百千万块元毛角分";

/// How far these characters are a Mandarin amount. The empty text begins one.
#[must_use]
pub fn fit(text: &str) -> Fit {
    let mut amount = SoFar::default();
    let fits = text.chars().all(|c| amount.takes(c));
    match (fits, amount.ends()) {
        (false, _) => Fit::No,
        (true, true) => Fit::Whole,
        (true, false) => Fit::Begins,
    }
}

/// The place of a character among 十百千: the power of ten.
fn place(c: char) -> Option<u8> {
    "十百千".chars().zip(1..).find(|(known, _)| *known == c).map(|(_, power)| power)
}

/// The place of a unit of money among its kind, the largest first; 角 and 元 are 毛 and 块.
fn unit(c: char) -> Option<u8> {
    ["块元", "毛角", "分"].iter().zip(0..).find(|(all, _)| all.contains(c)).map(|(_, rank)| rank)
}

/// Above 千: nothing was said in a group of four places.
const NOTHING: u8 = 4;

/// What was said of an amount so far.
struct SoFar {
    /// A digit of which the place is not known yet.
    digit: Option<char>,
    /// The place that was said last in this group: what follows is smaller.
    place: u8,
    /// A 零 that something has to follow.
    zero: bool,
    /// 万 was said.
    myriads: bool,
    /// Something of which the size is known was said.
    sized: bool,
    /// The unit that was said last.
    unit: Option<u8>,
}

impl Default for SoFar {
    fn default() -> Self {
        SoFar { digit: None, place: NOTHING, zero: false, myriads: false, sized: false, unit: None }
    }
}

impl SoFar {
    fn takes(&mut self, c: char) -> bool {
        match (place(c), unit(c)) {
            _ if c == '零' => self.takes_zero(),
            (Some(place), _) => self.takes_place(place),
            (_, Some(unit)) => self.takes_unit(unit),
            _ if c == '万' => self.takes_myriad(),
            _ => chinese_digit(c).is_some() && self.takes_digit(c),
        }
    }

    fn takes_digit(&mut self, c: char) -> bool {
        let room = self.digit.is_none() && self.place > 0 && self.unit != Some(2);
        // What is left of 三千零五 or 三块零五 is small.
        self.digit = Some(c);
        self.zero = false;
        room && CHARACTERS.contains(c)
    }

    fn takes_zero(&mut self) -> bool {
        let behind =
            self.digit.is_none() && !self.zero && (self.place < NOTHING || self.myriads || self.unit == Some(0));
        self.zero = true;
        behind && self.place > 1 && self.unit.is_none_or(|unit| unit == 0)
    }

    fn takes_place(&mut self, place: u8) -> bool {
        // 十五 has no digit before its place; 两十 is said by nobody.
        let alone = place == 1 && self.digit.is_none() && self.place == NOTHING && !self.zero;
        let counted = self.digit.is_some_and(|digit| place > 1 || digit != '两');
        let smaller = place < self.place;
        (self.digit, self.place, self.sized) = (None, place, true);
        self.unit.is_none() && smaller && (alone || counted)
    }

    fn takes_myriad(&mut self) -> bool {
        let first = !self.myriads && !self.zero && (self.digit.is_some() || self.place < NOTHING);
        *self = SoFar { myriads: true, sized: true, unit: self.unit, ..SoFar::default() };
        first && self.unit.is_none()
    }

    fn takes_unit(&mut self, unit: u8) -> bool {
        let single = self.digit.is_some() && !self.sized;
        let fits = match self.unit {
            // 五毛 has one digit; a number that ends with its place has its unit behind it, as one that ends with a digit.
            None => !self.zero && (single || unit == 0 && (self.digit.is_some() || self.sized)),
            Some(before) => unit > before && self.digit.is_some(),
        };
        (self.digit, self.zero, self.sized, self.unit) = (None, false, true, Some(unit));
        (self.place, self.myriads) = (NOTHING, false);
        fits
    }

    fn ends(&self) -> bool {
        self.sized && !self.zero
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_and_what_is_before_their_ends_begins_them() {
        for amount in [
            "五十",
            "十",
            "十五",
            "三千八",
            "三百五",
            "一百零五",
            "两万三",
            "一千零五十块",
            "三百零九块",
            "七十一块九",
            "六块零五分",
            "十块零八毛",
            "三毛五",
            "六毛",
            "三十三块三毛三",
            "五元五角五分",
            "一万两千块",
            "两万零三十块",
            "一百七十二块六毛",
        ] {
            assert_eq!(fit(amount), Fit::Whole, "{amount}");
            for (at, _) in amount.char_indices() {
                assert_ne!(fit(&amount[..at]), Fit::No, "{amount}: {}", &amount[..at]);
            }
        }
    }

    #[test]
    fn what_nobody_says_fits_no_amount() {
        for none in [
            "块",
            "五五",
            "两十",
            "一百百",
            "十百",
            "五十百",
            "一百千",
            "零五",
            "三块十",
            "三毛五块",
            "五分五",
            "三块三块",
            "一百十块",
            "万",
            "三万万",
            "三零五",
            "电",
            "五十块零零",
            "五分五分",
        ] {
            assert_eq!(fit(none), Fit::No, "{none}");
        }
        for begun in ["", "三", "三千零", "三块零", "一万零"] {
            assert_eq!(fit(begun), Fit::Begins, "{begun}");
        }
    }
}
