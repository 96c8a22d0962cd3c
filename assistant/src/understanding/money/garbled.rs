//! Amounts in which speech recognition may have misheard a part: 生败二十块五 for 三百二十块五. Such an amount is asked about;
//! what was certainly heard is never passed on as if it were all.

use super::amount::{Said, Sight, amount_at};
use super::context::is_noun;
use super::words::is_surname;
use crate::understanding::numeral::{self, chinese_digit, english_small, numeral_at};
use crate::understanding::sound::Syllable;
use crate::understanding::tokens::{Kind, Utterance};
use rust_decimal::{Decimal, dec};

/// Characters of everyday words that sound like a number and stand beside amounts: 就十块, 是百元, 把.
const EVERYDAY: &str = "就是把吧以有而期起其气已要前钱时事使完往望网晚了里离力两利白双";

/// A character that stands for a number by its sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// A numeral as it is written.
    Literal(char),
    /// A digit by its sound.
    Digit(char),
    /// 十, 百, 千 or 万 by its sound.
    Unit(char),
}

impl Heard {
    fn character(self) -> char {
        match self {
            Heard::Literal(c) | Heard::Digit(c) | Heard::Unit(c) => c,
        }
    }
}

/// What the character at `at` can be in a number.
fn heard(utterance: &Utterance, at: usize) -> Option<Heard> {
    let c = utterance.sign(at);
    if utterance.kind(at) != Some(Kind::Han) {
        return None;
    }
    if chinese_digit(c).is_some() || matches!(c, '十' | '百' | '千' | '万' | '亿' | '拾' | '佰' | '仟') {
        return Some(Heard::Literal(c));
    }
    let sound = utterance.get(at)?.sound?;
    if EVERYDAY.contains(c) {
        // 白 in 三白二十 is no everyday word, since a digit stands before it.
        let after_digit = at > 0 && chinese_digit(utterance.sign(at - 1)).is_some();
        let unit = like(sound, &['百', '千', '万', '十']).filter(|_| after_digit && "白网往望".contains(c));
        return unit.map(Heard::Unit);
    }
    let unit = like(sound, &['百', '千', '万', '十']).map(Heard::Unit);
    unit.or_else(|| digit(sound).map(Heard::Digit))
}

/// The numeral that the character at `at` is or sounds like, and whether it is written as one.
pub(crate) fn numeral_by_sound(utterance: &Utterance, at: usize) -> Option<(char, bool)> {
    heard(utterance, at).map(|heard| (heard.character(), matches!(heard, Heard::Literal(_))))
}

fn like(sound: Syllable, all: &[char]) -> Option<char> {
    all.iter().copied().find(|c| Syllable::of(*c).is_some_and(|known| known.like(sound)))
}

const DIGITS: [char; 11] = ['零', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九'];

fn digit(sound: Syllable) -> Option<char> {
    let near = || DIGITS.iter().copied().find(|c| Syllable::of(*c).is_some_and(|known| known.near(sound)));
    like(sound, &DIGITS).or_else(near)
}

/// The amount `said` with the characters beside it that a misheard number may hide: both readings, to be asked about.
pub(super) fn widen(sight: &Sight<'_>, said: Said) -> Said {
    english(sight, &said).or_else(|| chinese(sight, &said)).unwrap_or(said)
}

fn chinese(sight: &Sight<'_>, said: &Said) -> Option<Said> {
    let utterance = sight.utterance;
    if !matches!(heard(utterance, said.first), Some(Heard::Literal(_))) {
        return None;
    }
    let free = |at: usize| !sight.is_taken(at);
    let mut first = said.first;
    while let Some(before) = first.checked_sub(1).filter(|at| free(*at))
        && heard(utterance, before).is_some()
    {
        first = before;
    }
    // From the longest stretch to the shortest: the first that is one number once its sounds are read as numerals.
    (first..said.first).find_map(|first| fixed(sight, said, first))
}

/// The amount that is there if the characters from `first` are numerals.
fn fixed(sight: &Sight<'_>, said: &Said, first: usize) -> Option<Said> {
    let utterance = sight.utterance;
    let stretch: Vec<Heard> = (first..said.first).map_while(|at| heard(utterance, at)).collect();
    let garbled = stretch.iter().any(|heard| !matches!(heard, Heard::Literal(_)));
    let next = heard(utterance, said.first)?.character();
    let plausible = match stretch.as_slice() {
        // 武十块: a digit by its sound only before a unit that lacks one.
        [.., Heard::Digit(c)] => *c == '零' && stretch.len() > 1 || is_unit(next),
        [.., Heard::Unit(_)] => stretch.len() > 1,
        _ => true,
    };
    if !garbled || !plausible || stretch.len() != said.first - first {
        return None;
    }
    let rest = (said.first..said.after).filter_map(|at| utterance.get(at)).map(|token| token.text.as_str());
    let mut text: String = stretch.iter().map(|heard| heard.character()).collect();
    text.extend(rest);
    let mended = Utterance::new(&text);
    let whole = numeral_at(&mended, 0).filter(|numeral| numeral.after > stretch.len() && !numeral.loose)?;
    let again = Sight { utterance: &mended, taken: &[], ..*sight };
    let mut wider = amount_at(&again, 0).filter(|wider| wider.after >= whole.after)?;
    wider.readings.extend(said.readings.iter().copied());
    Some(Said { first, after: said.after, loose: true, united: said.united, shape: said.shape, ..wider })
}

fn is_unit(c: char) -> bool {
    matches!(c, '十' | '百' | '千' | '万' | '亿')
}

/// Words that sound like a digit: "forty to dollars".
fn homophone(word: &str) -> Option<i64> {
    Some(match word {
        "won" => 1,
        "to" | "too" => 2,
        "free" | "tree" => 3,
        "for" | "fore" | "fall" => 4,
        "hive" | "fife" => 5,
        "sex" | "sick" => 6,
        "ate" | "ape" => 8,
        "nein" | "mine" => 9,
        _ => return None,
    })
}

/// "for the two dollars" for forty-two, "to hundred dollars" for two hundred.
fn english(sight: &Sight<'_>, said: &Said) -> Option<Said> {
    let utterance = sight.utterance;
    let [value] = said.readings.as_slice() else { return None };
    let before = |count: usize| said.first.checked_sub(count).map_or("", |at| utterance.word(at));
    let spoken = utterance.kind(said.first) == Some(Kind::Word) || said.shape_is_digit();
    let small = *value > Decimal::ZERO && *value < dec!(10);
    let hidden = match (before(2), before(1)) {
        ("for", "the" | "tea" | "tee" | "d" | "t") if spoken && small && said.united => {
            Some((2, value.checked_add(dec!(40))?))
        }
        (_, word) if matches!(utterance.word(said.first), "hundred" | "thousand" | "million") => {
            let times = homophone(word)?;
            let scale = numeral_at(utterance, said.first)?.readings.first().copied()?;
            let extra = scale.checked_mul(Decimal::from(times - 1))?;
            Some((1, value.checked_add(extra).filter(|_| times > 1).unwrap_or(*value)))
        }
        _ => None,
    };
    let (count, reading) = hidden?;
    let mut readings = vec![reading];
    readings.extend(said.readings.iter().copied().filter(|old| *old != reading));
    Some(Said { first: said.first - count, readings, loose: true, ..said.clone() })
}

/// A number in words with a homophone of a digit before the unit: "forty to dollars". The digit and the token after it.
pub(super) fn hidden_digit(utterance: &Utterance, at: usize) -> Option<(Decimal, usize)> {
    let unit = |at: usize| {
        matches!(
            utterance.word(at),
            "dollars" | "dollar" | "bucks" | "euros" | "pounds" | "quid" | "cents" | "pence" | "yuan" | "hundred"
        )
    };
    let digit = homophone(utterance.word(at)).filter(|_| unit(at + 1))?;
    Some((Decimal::from(digit), at + 1))
}

/// 三百二时块: what sounds like 十 between a number and its unit. The token after it.
pub(super) fn hidden_ten(utterance: &Utterance, at: usize) -> Option<usize> {
    let sound = utterance.get(at).and_then(|token| token.sound)?;
    let ten = like(sound, &['十']).is_some() && !matches!(utterance.sign(at), '十' | '拾' | '四');
    (ten && matches!(utterance.sign(at + 1), '块' | '元' | '毛')).then_some(at + 1)
}

/// `$ 18. 50`: a price that speech recognition cut in two, or the end of a sentence. The price and the token after it.
pub(super) fn parted_price(utterance: &Utterance, after: usize) -> Option<(Decimal, usize)> {
    let whole = utterance.written(after.checked_sub(1)?).filter(|whole| whole.decimals == 0)?;
    let cents = utterance.written(after + 1).filter(|cents| cents.length == 2 && cents.decimals == 0)?;
    let cut = utterance.sign(after) == '.' && utterance.glued(after) && !utterance.glued(after + 1);
    let value = whole.value.checked_add(cents.value.checked_div(dec!(100))?)?;
    cut.then_some((value, after + 2))
}

/// True if a numeral stands right before the number at `at` and belongs to nothing: 第五四百块. The same one twice is only a
/// stutter (三三千).
pub(super) fn digit_before(utterance: &Utterance, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    // "six seven hundred dollars" is one of the two.
    let small = |at: usize| english_small(utterance.word(at)).filter(|digit| (1..10).contains(digit));
    if let (Some(one), Some(other)) = (small(before), small(at)) {
        return other == one + 1 && matches!(utterance.word(at + 1), "hundred" | "thousand" | "grand" | "k");
    }
    let (c, next) = (utterance.sign(before), utterance.sign(at));
    // 块八毛 is one or two, 千儿八百 about a thousand.
    let vague = c == '几'
        || before == 0 && c == '块'
        || c == '儿' && before > 0 && matches!(utterance.sign(before - 1), '千' | '百' | '万');
    let name = before > 0 && is_surname(utterance.sign(before - 1));
    let both = numeral::is_both_of_them(utterance, before);
    !both && chinese_digit(c).is_some() && chinese_digit(next).is_some() && c != next && !name || vague
}

/// `$1, 200`: the number that is there if the space is not meant, and the token after it.
pub(super) fn parted_thousands(utterance: &Utterance, after: usize) -> Option<(Decimal, usize)> {
    let first = utterance.written(after.checked_sub(1)?).filter(|first| first.length <= 3 && first.decimals == 0)?;
    let rest = utterance.written(after + 1).filter(|rest| rest.length == 3 && rest.decimals == 0)?;
    // `$1, 200` and `$1 ,200`.
    let comma = utterance.sign(after) == ',' && utterance.glued(after) != utterance.glued(after + 1);
    let value = first.value.checked_mul(dec!(1000))?.checked_add(rest.value)?;
    comma.then_some((value, after + 2))
}

/// Particles, courtesies and verbs that may end an amount's clause; any other lone character is a misheard part of it.
const MAY_END: &str = "吧啊呀呢的了哦嘛哈呗啦喔噢嗷钱整正吗左右多来给付转用买交和跟加与等我你他她它是行好对就可有不没要请都也还再先后\
前上下内外去到从在每个各半千浅签谢呃嗯那这哇诶唉滴哒嘞儿亲喽咯罢巴";

/// True if something that may belong to the amount was not understood: 二毛布, "eight dollars and free spend".
pub(super) fn cut_short(sight: &Sight<'_>, said: &Said, chinese: bool) -> bool {
    let utterance = sight.utterance;
    let at = said.after;
    if sight.is_taken(at) {
        return false;
    }
    if chinese && in_pieces(utterance, said) {
        return true;
    }
    if chinese {
        let ends = utterance.kind(at + 1).is_none_or(|kind| kind == Kind::Sign) && !sight.is_taken(at + 1);
        let lone = utterance.kind(at) == Some(Kind::Han) && ends && !MAY_END.contains(utterance.sign(at));
        return lone && numeral::chinese_digit(utterance.sign(at)).is_none();
    }
    let cents = |at: usize| {
        matches!(
            utterance.word(at),
            "sent" | "cent" | "cents" | "sense" | "scents" | "since" | "spend" | "spent" | "send's"
        )
    };
    // "the fifteen-cent march" was the fifteenth of March.
    const MONTHS: [&str; 11] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if MONTHS.contains(&utterance.word(at)) && said.first > 0 && utterance.word(said.first - 1) == "the" {
        return true;
    }
    let unknown = |at: usize| utterance.kind(at) == Some(Kind::Word) && numeral_at(utterance, at).is_none();
    let at = at + usize::from(utterance.sign(at) == ',');
    if small_part_unknown(sight, at) {
        return true;
    }
    utterance.word(at) == "and" && (1..=3).any(|gap| cents(at + gap) && gap > 1 && (1..gap).all(|i| unknown(at + i)))
}

/// "ninety riyals and fifty somethings": what can only be the small part of the amount, in a word that nobody here knows.
fn small_part_unknown(sight: &Sight<'_>, at: usize) -> bool {
    let part = || numeral_at(sight.utterance, at + 1).filter(|part| part.below(100).is_some() && part.after > at + 1);
    sight.utterance.word(at) == "and"
        && part()
            .is_some_and(|part| is_noun(sight, part.after) && sight.units.behind(sight.utterance, part.after).is_none())
}

/// 四十、块、四毛、四: an amount that speech recognition cut up, of which a piece may be lost or wrong.
fn in_pieces(utterance: &Utterance, said: &Said) -> bool {
    let pause = |at: usize| utterance.sign(at) == '、';
    let inside = (said.first..said.after).any(pause);
    let last = numeral_at(utterance, said.after + 1)
        .filter(|_| pause(said.after))
        .is_some_and(|last| utterance.kind(last.after).is_none_or(|kind| kind == Kind::Sign));
    let numeral = |at: usize| matches!(heard(utterance, at), Some(Heard::Literal(_)));
    let small = said.readings.iter().all(|reading| *reading < Decimal::ONE);
    let first = small && said.first >= 2 && pause(said.first - 1) && numeral(said.first - 2);
    inside || last || first
}
