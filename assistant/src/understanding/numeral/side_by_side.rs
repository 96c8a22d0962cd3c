//! Numbers side by side: "one fifty", "42 50", "1 200", "four two one five".

use super::english::{Group, Look};
use super::{Numeral, Shape};
use rust_decimal::{Decimal, dec};

/// The readings of `groups`, which end before token `after`.
pub(super) fn read(groups: &[Group], after: usize) -> Option<Numeral> {
    let (readings, shape) = match groups {
        // "double five" alone is no number but a wish.
        [] | [Group { look: Look::Repeated(_), .. }] => return None,
        // Only digits that are read one by one are doubled.
        some if some.iter().any(|group| matches!(group.look, Look::Repeated(_))) => {
            (vec![joined(some)?], Shape::OneByOne)
        }
        [one] => (vec![one.value], shape(*one)),
        [a, b] => pair(*a, *b)?,
        [a, b, c] if plain(*a) && two_digits(*b) && two_digits(*c) => {
            let whole = a.value.checked_mul(dec!(100))?.checked_add(b.value)?;
            let exact = whole.checked_add(c.value.checked_div(dec!(100))?)?;
            (vec![exact, joined(groups)?], Shape::Counted)
        }
        many => match thousands(many) {
            Some(value) => (vec![value], Shape::Counted),
            None => (vec![joined(many)?], Shape::OneByOne),
        },
    };
    let loose = shape == Shape::OneByOne && mixed(groups);
    let tenths_meant = groups.iter().any(|group| group.tenths);
    let mut unique: Vec<Decimal> = Vec::with_capacity(readings.len());
    for reading in readings {
        if !unique.contains(&reading) {
            unique.push(reading);
        }
    }
    Some(Numeral { after, readings: unique, loose, shape, tenths_meant, chinese: false })
}

/// "seven eleven nine": no digits one by one, and no number that anybody counts. It may be a name and an amount.
fn mixed(groups: &[Group]) -> bool {
    groups.iter().any(|group| matches!(group.look, Look::Two | Look::Large))
}

fn shape(group: Group) -> Shape {
    match group.look {
        Look::Unit | Look::Zero => Shape::OneDigit,
        Look::Two | Look::Oh => Shape::TwoDigits,
        Look::Digits(written) => Shape::Digits(written),
        Look::Repeated(_) => Shape::OneByOne,
        Look::Large => Shape::Counted,
    }
}

/// A number below a hundred without decimals.
fn plain(group: Group) -> bool {
    match group.look {
        Look::Unit | Look::Two => true,
        Look::Digits(written) => written.length <= 2 && written.decimals == 0,
        _ => false,
    }
}

fn two_digits(group: Group) -> bool {
    match group.look {
        Look::Two | Look::Oh => true,
        Look::Digits(written) => written.length == 2 && written.decimals == 0,
        _ => false,
    }
}

fn one_digit(group: Group) -> bool {
    match group.look {
        Look::Unit | Look::Zero => true,
        Look::Digits(written) => written.length == 1 && written.decimals == 0,
        _ => false,
    }
}

/// The digits of all groups in a row.
fn joined(groups: &[Group]) -> Option<Decimal> {
    let mut digits = String::new();
    for group in groups {
        match group.look {
            Look::Oh => digits.push('0'),
            Look::Repeated(times) if group.value.is_zero() => digits.extend(std::iter::repeat_n('0', times - 1)),
            Look::Digits(written) => {
                let width = written.length.saturating_sub(group.value.to_string().len());
                digits.extend(std::iter::repeat_n('0', width));
            }
            _ => {}
        }
        digits.push_str(&group.value.to_string());
    }
    if digits.len() > 27 {
        return None;
    }
    digits.parse().ok()
}

/// `1 200 000`: thousands that speech recognition parted by spaces.
fn thousands(groups: &[Group]) -> Option<Decimal> {
    let mut value = Decimal::ZERO;
    for (i, group) in groups.iter().enumerate() {
        let Look::Digits(written) = group.look else { return None };
        let fits = if i == 0 { written.length <= 3 && !written.leading_zero } else { written.length == 3 };
        if !fits || written.decimals > 0 && (i == 0 || i + 1 < groups.len()) {
            return None;
        }
        value = value.checked_mul(dec!(1000))?.checked_add(group.value)?;
    }
    Some(value)
}

/// True if every group is written digits that more groups of three can follow.
pub(super) fn in_thousands(groups: &[Group]) -> bool {
    thousands(groups).is_some() && groups.iter().all(|group| group.value.is_integer())
}

fn pair(a: Group, b: Group) -> Option<(Vec<Decimal>, Shape)> {
    if let Some(value) = thousands(&[a, b]) {
        return Some((vec![value], Shape::Counted));
    }
    if !a.value.is_integer() {
        return Some((vec![a.value], shape(a)));
    }
    let tenth = a.value.checked_add(b.value.checked_div(dec!(10))?)?;
    let hundredth = a.value.checked_add(b.value.checked_div(dec!(100))?)?;
    let readings = if two_digits(b) {
        match a.look {
            Look::Unit => vec![joined(&[a, b])?, hundredth],
            Look::Digits(written) if written.length == 1 => vec![joined(&[a, b])?, hundredth],
            Look::Large => vec![hundredth, within_thousand(a, b).or_else(|| joined(&[a, b]))?],
            Look::Two | Look::Digits(_) => vec![hundredth, joined(&[a, b])?],
            Look::Zero | Look::Oh | Look::Repeated(_) => vec![joined(&[a, b])?],
        }
    } else if one_digit(b) {
        match a.look {
            // "five zero" spells fifty.
            Look::Unit if b.value.is_zero() => vec![joined(&[a, b])?],
            Look::Unit => vec![joined(&[a, b])?, hundredth, tenth],
            Look::Zero | Look::Oh => vec![joined(&[a, b])?],
            // "5 0", and "40 2" as speech recognition writes "forty two".
            Look::Digits(written) if written.length == 1 && b.value.is_zero() => vec![joined(&[a, b])?],
            Look::Digits(written) if written.length == 1 => vec![joined(&[a, b])?, hundredth, tenth],
            // "forty four zero dollars" may spell 440, or forty once more.
            Look::Two if b.value.is_zero() => vec![joined(&[a, b])?, a.value],
            Look::Digits(written) if written.length == 2 && (a.value % dec!(10)).is_zero() && !b.value.is_zero() => {
                vec![a.value.checked_add(b.value)?, hundredth, tenth]
            }
            _ => vec![hundredth, tenth],
        }
    } else {
        return Some((vec![joined(&[a, b])?], Shape::OneByOne));
    };
    Some((readings, Shape::Counted))
}

/// "five thousand two fifty" as 5250.
fn within_thousand(a: Group, b: Group) -> Option<Decimal> {
    let rest = a.value % dec!(1000);
    let fits = a.value > dec!(1000) && rest > Decimal::ZERO && rest < dec!(10);
    if !fits {
        return None;
    }
    (a.value - rest).checked_add(rest.checked_mul(dec!(100))?)?.checked_add(b.value)
}
