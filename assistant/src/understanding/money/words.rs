//! Whether a number is only a part of a word or of a name: `Kiran1`, `5pm`, 第三, 一下, 王五, 七匹狼.

use super::amount::{Said, Sight};
use crate::understanding::numeral::{chinese_digit, english_small};
use crate::understanding::tokens::{Kind, Utterance};

/// True if the number is no number of its own: `Kiran1`, `5pm`, `3rd`, 一下, 第三.
pub(crate) fn is_part_of_word(utterance: &Utterance, said: &Said) -> bool {
    let before = said.first.checked_sub(1);
    let joins = |before: usize| {
        let sign = utterance.sign(before);
        JOINING.contains(&sign) && sign != '~' && (utterance.glued(before) || sign == '#')
    };
    let sign_before = utterance.glued(said.first) && before.is_some_and(joins);
    // 四个九.
    let several = before.is_some_and(|before| {
        utterance.sign(before) == '个' && before > 0 && chinese_digit(utterance.sign(before - 1)).is_some()
    });
    // 第三, 双十一.
    let ordinal = before.is_some_and(|before| matches!(utterance.sign(before), '第' | '双'));
    // 押一付三: so many rents in advance.
    let rents = |at: usize| utterance.sign(at) == '押' && utterance.sign(at + 2) == '付';
    let in_advance = before.is_some_and(rents) || said.first.checked_sub(3).is_some_and(rents);
    // "a million thanks", "thanks a million"
    let thanks = |at: usize| matches!(utterance.word(at), "thanks" | "thank");
    let article = said.after == said.first + 2 && utterance.word(said.first) == "a";
    let many_thanks = article && (thanks(said.after) || before.is_some_and(thanks));
    several
        || in_advance
        || many_thanks
        || runs_on(utterance, said.after)
        || sign_before
        || ordinal
        || is_idiom(utterance, said)
        || is_name(utterance, said)
}

/// True for the digits of `Kiran1`, `5:30` and `1_000`, which are no number of their own.
pub(super) fn goes_on_a_word(utterance: &Utterance, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|_| utterance.glued(at)) else { return false };
    let digits = utterance.kind(at) == Some(Kind::Digits);
    let inside = matches!(utterance.sign(before), ':' | '_' | '@' | '/' | '#') && utterance.glued(before);
    // A name that was found already (`alice99`) has no text any more.
    let start = utterance.get(before).map_or(0, |token| token.start);
    let name = utterance.sign(before) == '\0' && utterance.chars.get(start).is_some_and(char::is_ascii_alphabetic);
    digits && (utterance.kind(before) == Some(Kind::Word) || inside || name)
}

/// True for the 4 of `8841,312块4`: what goes on digits that are no number is no amount of its own.
pub(super) fn goes_on_odd(sight: &Sight<'_>, at: usize) -> bool {
    let Some(unit) = at.checked_sub(2).map(|digits| digits + 1) else { return false };
    let odd = sight.utterance.kind(unit - 1) == Some(Kind::Digits) && sight.utterance.written(unit - 1).is_none();
    odd && sight.units.behind(sight.utterance, unit).is_some_and(|unit| unit.after == at)
}

/// True for both numbers of `7-Eleven`: digits and a number in words, made one name by a hyphen.
pub(super) fn is_half_of_name(utterance: &Utterance, at: usize) -> bool {
    let name = |first: usize| {
        let hyphen = utterance.sign(first + 1) == '-' && utterance.glued(first + 1) && utterance.glued(first + 2);
        let word = english_small(utterance.word(first + 2)).is_some();
        utterance.kind(first) == Some(Kind::Digits) && hyphen && word
    };
    name(at) || at.checked_sub(2).is_some_and(name)
}

/// 王五, 李四: names that end in a number.
fn is_name(utterance: &Utterance, said: &Said) -> bool {
    let single = said.after == said.first + 1 && utterance.kind(said.first) == Some(Kind::Han);
    // 小五, 老三 are names, too.
    let surname = |at: usize| is_surname(utterance.sign(at)) || matches!(utterance.sign(at), '小' | '老' | '阿');
    let called = |at: usize| {
        at == 0 || matches!(utterance.sign(at - 1), '给' | '向' | '转' | '跟' | '和' | '找' | '叫' | '付' | '还')
    };
    single && said.first.checked_sub(1).is_some_and(|before| surname(before) && called(before))
}

/// Signs that make one word of the numbers around them: `555-1234`, `5:30`.
const JOINING: [char; 9] = ['/', ':', '-', '#', '*', '~', '_', '@', '.'];

/// True if the number that ends before `after` goes on without a space: `5pm`, `555-1234`.
pub(crate) fn runs_on(utterance: &Utterance, after: usize) -> bool {
    let digits = utterance.kind(after.saturating_sub(1)) == Some(Kind::Digits);
    let letters = utterance.glued(after) && matches!(utterance.kind(after), Some(Kind::Word)) && digits;
    let sign = utterance.glued(after) && JOINING.contains(&utterance.sign(after));
    letters || sign && utterance.glued(after + 1) && utterance.kind(after + 1) != Some(Kind::Han)
}

/// True for a family name that a number may follow in a name: 张三, 王五.
pub(crate) fn is_surname(c: char) -> bool {
    matches!(c, '张' | '李' | '王' | '赵' | '刘' | '陈' | '孙' | '周' | '吴' | '郑' | '冯')
}

/// Characters for one and others inside words: 一下, 一共, 统一, 十分.
fn is_idiom(utterance: &Utterance, said: &Said) -> bool {
    if said.after != said.first + 1 || utterance.kind(said.first) != Some(Kind::Han) {
        return false;
    }
    let before = said.first.checked_sub(1).map_or(' ', |before| utterance.sign(before));
    let (c, next) = (utterance.sign(said.first), utterance.sign(said.after));
    let follows = match c {
        '一' => "下共样起些定直会遍步切般旦边向再致律味笔点块半",
        '十' => "分足字",
        '三' => "思",
        '两' => "边",
        '几' => "乎时点",
        '零' => "钱售食用",
        _ => "",
    };
    let leads = match c {
        '一' | '二' | '三' | '四' | '五' | '六' => "周期拜",
        _ => "",
    };
    let only_one = c == '一' && "万统唯单专同逐".contains(before) && before != ' ';
    (next != ' ' && follows.contains(next)) || (before != ' ' && leads.contains(before)) || only_one
}

/// 七匹狼, 三只松鼠, 58同城: a lone digit, or digits, with a word of their own behind them.
pub(super) fn begins_name(utterance: &Utterance, said: &Said) -> bool {
    let digits = utterance.kind(said.first) == Some(Kind::Digits) && utterance.glued(said.after);
    (digits || chinese_digit(utterance.sign(said.first)).is_some()) && opens_word(utterance, said.after)
}

/// True for a character that neither ends a sentence nor goes on with it after an amount: the 匹 of 七匹狼.
fn opens_word(utterance: &Utterance, at: usize) -> bool {
    const FOLLOW: &str = "给吧了呢啊呀的嘛哦呗就到至用和跟转付行好可也都不对或还是来向从过打拿发交存充汇够算左右上下整块元改多出以起封往差大约估我";
    utterance.kind(at) == Some(Kind::Han) && !FOLLOW.contains(utterance.sign(at))
}
