//! How tones change beside others: 一 and 不, and third tones in a row.

use super::syllable::Syllable;

/// One character of a clause with its syllable.
pub(super) struct Spoken {
    /// As it is written.
    pub character: char,
    /// As it is read.
    pub syllable: Syllable,
    /// True for the first one of a word.
    pub begins_word: bool,
}

/// Before these 一 counts, and has its own tone: 一月, 一号, 一楼.
const COUNTED: &str = "月号日楼班级零一二三四五六七八九";
/// Digits: 一 beside one that is said by itself is read as a digit.
const DIGITS: &str = "零〇一二三四五六七八九两点";

/// Changes the tones of a clause.
pub(super) fn apply(clause: &mut [Spoken]) {
    for at in 0..clause.len() {
        let character =
            |place: Option<usize>| place.and_then(|place| clause.get(place)).map_or(' ', |one| one.character);
        let (before, own, after) = (character(at.checked_sub(1)), character(Some(at)), character(at.checked_add(1)));
        let next = clause.get(at + 1).map(|next| next.syllable.tone);
        let tone = match (own, next) {
            // Between two of the same, it is hardly heard: 看一看, 对不对.
            ('一' | '不', Some(_)) if before == after => 5,
            ('一', next) if is_number(before, after, next) => 1,
            ('一', Some(4)) => 2,
            ('一', Some(1..=3)) => 4,
            // 个 has lost its fourth tone and still acts by it.
            ('一', Some(5)) if after == '个' => 2,
            ('不', Some(4)) => 2,
            ('不', _) => 4,
            _ => continue,
        };
        if let Some(one) = clause.get_mut(at) {
            one.syllable.tone = tone;
        }
    }
    third_tones(clause);
}

/// True where 一 is a number by itself: at the end, in a row of digits, an ordinal, the last of a larger number.
fn is_number(before: char, after: char, next: Option<u8>) -> bool {
    next.is_none()
        || matches!(before, '第' | '十' | '初' | '期' | '周') && !"百千万亿".contains(after)
        || DIGITS.contains(before)
        || COUNTED.contains(after)
        || after == '点' && before != ' '
}

/// The first of two third tones is said as a second one: inside of words first, then between them, from left to right.
fn third_tones(clause: &mut [Spoken]) {
    let is_third = |clause: &[Spoken], at: usize| clause.get(at).is_some_and(|one| one.syllable.tone == 3);
    let mut starts: Vec<usize> =
        (0..clause.len()).filter(|at| clause.get(*at).is_some_and(|one| one.begins_word)).collect();
    starts.push(clause.len());
    for pair in starts.windows(2) {
        let [begin, end] = pair else { continue };
        for at in *begin..end.saturating_sub(1) {
            if is_third(clause, at)
                && is_third(clause, at + 1)
                && let Some(one) = clause.get_mut(at)
            {
                one.syllable.tone = 2;
            }
        }
    }
    for at in 0..clause.len().saturating_sub(1) {
        if is_third(clause, at)
            && is_third(clause, at + 1)
            && let Some(one) = clause.get_mut(at)
        {
            one.syllable.tone = 2;
        }
    }
}
