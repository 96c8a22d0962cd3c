//! One amount from the token where it begins: sign, unit before, number, unit behind, and the smaller parts after it.

use super::context::is_hesitation;
use super::garbled;
use super::look_alikes::begins_thing;
use super::parts::{add_parts, finish, left_out, two_bare_digits, with_cents};
use super::signs::{around_sign, pennies_again, sign};
use super::units::{Found, Part, Unit, Units};
use super::words::{goes_on_a_word, goes_on_odd, is_half_of_name};
use crate::lang::Lang;
use crate::understanding::meaning::Amount;
use crate::understanding::numeral::{self, Numeral, Shape, numeral_at};
use crate::understanding::tokens::{Kind, Utterance};
use rust_decimal::Decimal;
use rust_decimal::dec;
use rust_decimal::prelude::ToPrimitive as _;
use sayso_plugin_interface::Currency;

/// What the parser of amounts looks at.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    /// The utterance.
    pub utterance: &'a Utterance,
    /// The words for money.
    pub units: &'a Units,
    /// The language of the conversation.
    pub lang: Lang,
    /// The currency of the conversation, where known.
    pub currency: Option<Currency>,
    /// True if an amount was asked for.
    pub expected: bool,
    /// True if a plain number was asked for, which no amount is.
    pub counted: bool,
    /// Tokens that belong to something else already (names, dates).
    pub taken: &'a [bool],
    /// Those of them that name a payee.
    pub named: &'a [bool],
}

impl Sight<'_> {
    /// True if the token at `at` belongs to something else.
    pub fn is_taken(&self, at: usize) -> bool {
        self.taken.get(at).copied().unwrap_or(false)
    }

    /// True if the token at `at` belongs to the name of a payee.
    pub fn is_named(&self, at: usize) -> bool {
        self.named.get(at).copied().unwrap_or(false)
    }
}

/// An amount or bare number that was found.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub after: usize,
    /// All readings in whole units, the likeliest first.
    pub readings: Vec<Decimal>,
    /// The currencies that may be meant; one `None` where none was said.
    pub currencies: Vec<Option<Currency>>,
    /// True if it says only about how much, or must be asked about for another reason.
    pub loose: bool,
    /// True if a unit of money was said.
    pub united: bool,
    /// The number itself, for those without a unit.
    pub shape: Shape,
}

impl Said {
    /// True if it begins with written digits.
    pub fn shape_is_digit(&self) -> bool {
        matches!(self.shape, Shape::Digits(_))
    }

    /// All readings as amounts. Those that need a fraction of the smallest unit are left out.
    pub fn amounts(&self) -> Vec<Amount> {
        let mut amounts = Vec::with_capacity(self.readings.len());
        for currency in &self.currencies {
            for reading in &self.readings {
                if let Some(amount) = amount(*reading, *currency)
                    && !amounts.contains(&amount)
                {
                    amounts.push(amount);
                }
            }
        }
        amounts
    }
}

/// Whole minor units of `currency`, hundredths where there is none; `None` if that is no whole number or too large.
pub(super) fn amount(value: Decimal, currency: Option<Currency>) -> Option<Amount> {
    let exponent = currency.map_or(2, |currency| currency.exponent());
    let minor = value.checked_mul(Decimal::from(10_i64.pow(exponent)))?;
    let minor = minor.is_integer().then(|| minor.to_i64())??;
    Some(Amount { minor, currency })
}

/// The number with its sign and the unit before it, which come first.
pub(super) struct Head<'a> {
    /// The number.
    pub numeral: Numeral,
    /// True if a minus stands before it.
    pub negative: bool,
    /// The unit before it.
    pub before: Option<Found<'a>>,
}

/// The amount, or the bare number, that begins at `at`.
pub(crate) fn amount_at(sight: &Sight<'_>, at: usize) -> Option<Said> {
    let head = head(sight, at)?;
    let (gap, odd) = between(sight.utterance, head.numeral.after);
    let behind = unit_behind(sight, &head, gap);
    let unit = behind.as_ref().or(head.before.as_ref()).map(|found| found.unit);
    let mut said = Said {
        first: at,
        after: behind.as_ref().map_or(head.numeral.after + odd, |found| found.after) + pennies_again(sight, &head),
        readings: base_readings(sight, &head, unit),
        currencies: currencies(sight, head.before.as_ref(), behind.as_ref()),
        loose: head.numeral.loose
            || odd > 0
            || has_thousandths(&head, unit)
            || garbled::digit_before(sight.utterance, at),
        united: unit.is_some(),
        shape: head.numeral.shape,
    };
    if let Some((value, after, currencies)) = around_sign(sight, &head) {
        return Some(Said { readings: vec![value], after, currencies, united: true, ..said });
    }
    if let Some(unit) = unit {
        scale_by(&mut said, unit)?;
        let left_out = left_out(sight.utterance, &head.numeral, unit).filter(|_| behind.is_some() && !said.loose);
        said.readings = left_out.unwrap_or(said.readings);
        add_parts(sight, &mut said, unit, &head.numeral);
        finish(sight, &mut said);
        said.loose |= garbled::cut_short(sight, &said, unit.chinese);
    } else if let Some((readings, after, currencies)) = with_cents(sight, &head.numeral) {
        said = Said { readings, after, currencies, united: true, ..said };
    } else if let Some(readings) = two_bare_digits(sight.utterance, at, &head.numeral).filter(|_| !sight.counted) {
        said.readings = readings;
    }
    if head.negative {
        for reading in &mut said.readings {
            reading.set_sign_negative(true);
        }
    }
    Some(said)
}

fn head<'a>(sight: &Sight<'a>, at: usize) -> Option<Head<'a>> {
    let utterance = sight.utterance;
    let (mut negative, mut here) = sign(utterance, at);
    let before = sight.units.before(utterance, here);
    if let Some(before) = &before {
        here = before.after;
        let inner = sign(utterance, here);
        negative |= inner.0;
        here = inner.1;
        here += usize::from(before.unit.chinese && matches!(utterance.sign(here), ':' | '是'));
    }
    let in_word = goes_on_a_word(utterance, here) || is_half_of_name(utterance, here) || goes_on_odd(sight, here);
    if sight.is_taken(here) || before.is_none() && !negative && in_word {
        return None;
    }
    let numeral = numeral_at(utterance, here).filter(|numeral| !is_article_only(utterance, here, numeral));
    let mut numeral = numeral.or_else(|| if before.is_none() { one_of(sight, here) } else { None })?;
    if let ([_], true, Some((thousands, after))) =
        (numeral.readings.as_slice(), before.is_some(), garbled::parted_thousands(utterance, numeral.after))
    {
        numeral.readings.insert(0, thousands);
        numeral = Numeral { after, loose: true, shape: Shape::Counted, ..numeral };
    }
    if let ([_], true, Some((price, after))) =
        (numeral.readings.as_slice(), before.is_some(), garbled::parted_price(utterance, numeral.after))
    {
        numeral.readings.insert(0, price);
        numeral = Numeral { after, loose: true, shape: Shape::Counted, ..numeral };
    }
    if let Some(after) = garbled::hidden_ten(utterance, numeral.after).filter(|_| numeral.chinese) {
        numeral = Numeral { after, loose: true, ..numeral };
    }
    if let ([tens], Some((digit, after))) =
        (numeral.readings.as_slice(), garbled::hidden_digit(utterance, numeral.after))
        && *tens >= dec!(20)
        && *tens < dec!(100)
        && (*tens % dec!(10)).is_zero()
    {
        let readings = vec![tens.checked_add(digit)?, *tens];
        numeral = Numeral { after, readings, loose: true, ..numeral };
    }
    Some(Head { numeral, negative, before })
}

fn is_article_only(utterance: &Utterance, at: usize, numeral: &Numeral) -> bool {
    numeral.after <= at || numeral.after == at + 1 && matches!(utterance.word(at), "a" | "an")
}

/// "a dollar", "a single dollar", "half a buck": one of a unit, without a number.
pub(super) fn one_of(sight: &Sight<'_>, at: usize) -> Option<Numeral> {
    let utterance = sight.utterance;
    let (value, after) = match (utterance.word(at), utterance.word(at + 1)) {
        // "three fifths of a dollar" is a part of one.
        ("a" | "an", _) if at > 0 && utterance.word(at - 1) == "of" => return None,
        ("half", "a") | ("a", "half") => (dec!(0.5), at + 2),
        ("a" | "one", "single" | "whole" | "mere" | "lousy" | "measly") => (Decimal::ONE, at + 2),
        ("a" | "an", _) => (Decimal::ONE, at + 1),
        _ if utterance.sign(at) == '半' => (dec!(0.5), at + 1),
        _ => return None,
    };
    let unit = sight.units.behind(utterance, after)?;
    let weight = matches!(utterance.word(unit.after), "of" | "bill" | "sign" | "amount");
    let code = utterance.kind(after) == Some(Kind::Sign);
    if weight || code || unit.unit.chinese && utterance.sign(at) != '半' {
        return None;
    }
    let chinese = unit.unit.chinese;
    Some(Numeral { after, readings: vec![value], loose: false, shape: Shape::Counted, tenths_meant: true, chinese })
}

/// How many tokens stand between a number and its unit: a hyphen ("50-dollar"), hesitation ("fifty uh dollars") or a vague
/// word ("fifty odd dollars", "twenty over dollars"). The second count is of those that leave the amount unclear.
fn between(utterance: &Utterance, after: usize) -> (usize, usize) {
    match (utterance.sign(after), utterance.word(after)) {
        ('-', _) if utterance.glued(after) && utterance.kind(after + 1) == Some(Kind::Word) => return (1, 0),
        ('+', _) if utterance.glued(after) => return (1, 1),
        (_, "and") if matches!(utterance.word(after + 1), "something" | "some") => return (2, 2),
        (_, "or") if matches!(utterance.word(after + 1), "so" | "more") => return (2, 2),
        (_, "over") if is_plain_unit(utterance.word(after + 1)) => return (1, 1),
        (_, "odd" | "ish" | "something" | "plus" | "some") => return (1, 1),
        (_, "more" | "extra" | "whole") => return (1, 0),
        ('、', _) if is_chinese_unit(utterance.sign(after + 1)) => return (1, 1),
        // "one three, dollars"
        (',', _) if is_plain_unit(utterance.word(after + 1)) => return (1, 0),
        _ => {}
    }
    let mut here = after;
    while is_hesitation(utterance, here) || matches!(utterance.sign(here), '…' | '.') && here < after + 3 {
        here += 1;
    }
    (here - after, 0)
}

/// Units that are no other word.
fn is_plain_unit(word: &str) -> bool {
    matches!(
        word,
        "dollars" | "euros" | "pounds" | "quid" | "bucks" | "cents" | "pence" | "yuan" | "yen" | "rupees" | "francs"
    )
}

fn is_chinese_unit(c: char) -> bool {
    matches!(c, '块' | '元' | '毛' | '角')
}

fn unit_behind<'a>(sight: &Sight<'a>, head: &Head<'_>, gap: usize) -> Option<Found<'a>> {
    let utterance = sight.utterance;
    let at = head.numeral.after + gap;
    if sight.is_taken(at) {
        return None;
    }
    let found = sight.units.behind(utterance, at);
    // 五个欧元
    let counted = usize::from(utterance.sign(at) == '个');
    let long = |found: &Found<'_>| counted > 0 && found.after > at + 2;
    let found = found.or_else(|| sight.units.behind(utterance, at + counted).filter(long));
    // "18.50 in euros"
    let in_currency =
        |found: &Found<'_>| head.before.is_none() && found.unit.part == Part::Whole && !found.unit.chinese;
    let found = found.or_else(|| match utterance.word(at) {
        "in" => sight.units.behind(utterance, at + 1).filter(in_currency),
        _ => None,
    });
    let Some(found) = found else {
        // 五十快: how speech recognition writes 五十块.
        let digit = numeral::chinese_digit(utterance.sign(at + 1)).is_some();
        let ends = utterance.kind(at + 1) != Some(Kind::Han) || digit;
        return if utterance.sign(at) == '快' && ends && head.numeral.chinese {
            sight.units.behind(&Utterance::new("块"), 0).map(|found| Found { unit: found.unit, after: at + 1 })
        } else {
            None
        };
    };
    // A hundred pounds of potatoes weigh.
    let heavy =
        |at: usize| matches!(utterance.word(at), "weigh" | "weighs" | "weighed" | "weighing" | "heavier" | "lighter");
    let weighs = matches!(utterance.word(at), "pound" | "pounds")
        && (utterance.word(found.after) == "of" && !is_of_it(utterance, found.after + 1)
            || heavy(found.after)
            || (0..at).any(heavy));
    let minute = utterance.sign(at) == '分' && found.after == at + 1 && !sight.expected;
    let letter = utterance.word(at) == "c" && !utterance.glued(at);
    let afternoon = utterance.sign(found.after) == '.' && utterance.word(found.after + 1) == "m";
    // 一块儿去 is together, 一块儿钱 is money.
    let drawn_in = found.after == at + 2 && utterance.sign(at + 1) == '儿' && utterance.sign(at + 2) != '钱';
    let shape_word = (found.after == at + 1 || drawn_in) && begins_thing(utterance, at);
    // £1.80p
    let pennies = pennies_again(sight, head) > 0;
    let repeats_sign = head.before.is_some() && utterance.kind(at) == Some(Kind::Sign);
    if shape_word || pennies || minute || repeats_sign || letter || afternoon || weighs { None } else { Some(found) }
}

/// "ten pounds of it", "twenty pounds of that bill": so much money of what is owed.
fn is_of_it(utterance: &Utterance, at: usize) -> bool {
    let article = usize::from(matches!(utterance.word(at), "the" | "my" | "our"));
    matches!(utterance.word(at), "it" | "that" | "this" | "what")
        || matches!(utterance.word(at + article), "bill" | "rent" | "balance" | "debt" | "total" | "amount")
}

fn currencies(sight: &Sight<'_>, before: Option<&Found<'_>>, behind: Option<&Found<'_>>) -> Vec<Option<Currency>> {
    match (before, behind) {
        (None, None) => vec![None],
        (Some(one), None) | (None, Some(one)) => meant(sight, one),
        (Some(a), Some(b)) => {
            let shared: Vec<_> = b.unit.currencies.iter().filter(|c| a.unit.currencies.contains(c)).copied().collect();
            match shared.first() {
                // "$50 Canadian dollars": the words say which of the dollars.
                Some(_) => narrower(a.unit, b.unit).meant(sight.currency),
                // 澳币六十五块: 块 is said of any money.
                None if b.unit.chinese && b.unit.currencies.len() > 1 => meant(sight, a),
                None => {
                    let mut both = a.unit.meant(sight.currency);
                    both.extend(b.unit.meant(sight.currency));
                    both
                }
            }
        }
    }
}

/// What a unit means here. The sign of yen and yuan says which of them only to a Chinese speaker, or where it is wide (￥).
pub(super) fn meant(sight: &Sight<'_>, found: &Found<'_>) -> Vec<Option<Currency>> {
    let at = found.after - 1;
    let wide = sight.utterance.get(at).and_then(|token| sight.utterance.chars.get(token.start)) == Some(&'￥');
    let open = sight.utterance.sign(at) == '¥' && sight.lang == Lang::En && !wide && found.unit.currencies.len() > 1;
    let said = found.unit.meant(sight.currency);
    match sight.currency {
        Some(expected) if open && said.contains(&Some(expected)) => said,
        _ if open => found.unit.currencies.iter().copied().map(Some).collect(),
        _ => said,
    }
}

fn narrower<'a>(a: &'a Unit, b: &'a Unit) -> &'a Unit {
    if a.currencies.len() < b.currencies.len() { a } else { b }
}

/// The readings of the number itself, in the light of the unit and of how it was written.
fn base_readings(sight: &Sight<'_>, head: &Head<'_>, unit: Option<&Unit>) -> Vec<Decimal> {
    let numeral = &head.numeral;
    if let (Some(_), [exact, _]) = (&head.before, numeral.readings.as_slice())
        && !exact.is_integer()
    {
        // "$42 50": the sign says that the first number is whole units.
        return vec![*exact];
    }
    let Shape::Digits(written) = numeral.shape else { return numeral.readings.clone() };
    if numeral.tenths_meant || numeral.readings.len() != 1 {
        return numeral.readings.clone();
    }
    let chinese = unit.is_some_and(|unit| unit.chinese) || sight.lang == Lang::Zh;
    // With its sign behind it or none at all, "42.5" was said with a point.
    let sign_first =
        head.before.as_ref().is_some_and(|found| sight.utterance.kind(found.after - 1) == Some(Kind::Sign));
    let exponent = unit.and_then(|unit| unit.currencies.first()).map_or(2, |currency| currency.exponent());
    match written.decimals {
        // Speech recognition writes "fifteen dollars and five cents" as $15.5.
        1 if !chinese && exponent == 2 && sign_first => {
            let whole = written.value.trunc();
            let tenths = written.value - whole;
            let hundredths = tenths.checked_div(dec!(10)).unwrap_or_default();
            let low = whole.checked_add(hundredths).unwrap_or(whole);
            if tenths.is_zero() { vec![whole] } else { vec![low, written.value] }
        }
        // "1.234" in a currency of two decimals can only have meant the thousands.
        3 if exponent < 3 => written.value.checked_mul(dec!(1000)).into_iter().collect(),
        _ => numeral.readings.clone(),
    }
}

/// "$1.234": no amount of a currency with two decimals.
fn has_thousandths(head: &Head<'_>, unit: Option<&Unit>) -> bool {
    let exponent = unit.and_then(|unit| unit.currencies.first()).map_or(2, |currency| currency.exponent());
    // Where these are used, the point parts the thousands.
    let pointed = unit.and_then(|unit| unit.currencies.first()).is_some_and(|currency| {
        let codes = ["EUR", "IDR", "COP", "ARS", "BRL", "TRY", "DKK", "NOK", "SEK", "RSD", "CLP", "VND", "ISK", "PYG"];
        codes.contains(&currency.code())
    });
    matches!(head.numeral.shape, Shape::Digits(written) if written.decimals == 3 && exponent < 3)
        && !pointed
        && !head.numeral.tenths_meant
}

fn scale_by(said: &mut Said, unit: &Unit) -> Option<()> {
    for reading in &mut said.readings {
        *reading = reading.checked_mul(unit.worth)?;
    }
    Some(())
}
