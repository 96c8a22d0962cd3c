//! Whether a bare number is money at all: what stands before and behind it.

use super::amount::{Said, Sight, amount_at};
use super::parts::price;
use super::position::shows_money;
use super::words::{begins_name, is_part_of_word};
use crate::understanding::numeral::Shape;
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};
use rust_decimal::{Decimal, dec};

/// Words that may follow a bare amount; any other word is a thing that is counted ("three bills").
pub(super) static MAY_FOLLOW: WordList = WordList::new(|| {
    split(
        "to towards toward onto against for with from on by via using through please into and instead now today tomorrow next this \
at thanks thank right only total even flat exactly but or not then too as max because so if in out over off back more less \
i no yes sorry wait actually make that it's is was yeah ok okay um uh er the my your his her their our it would be \
should can could will each per when where once after before monday tuesday wednesday thursday friday saturday sunday \
use pay send transfer give cancel just around about until till again straight directly immediately",
    )
});

/// Words of hesitation.
static HESITATIONS: WordList = WordList::new(|| split("uh um er erm ah hmm eh 呃 嗯 额 唔 那 个 啊"));

/// Words that put one value in the place of another.
pub(crate) static CHANGES: WordList = WordList::new(|| {
    split("change raise lower increase decrease reduce update switch move drop bring cut 改 换 调 升 降")
});

/// True for a word that says nothing but that the speaker thinks.
pub(crate) fn is_hesitation(utterance: &Utterance, at: usize) -> bool {
    let word = utterance.word(at);
    match word {
        "那" => utterance.sign(at + 1) == '个',
        "个" => at > 0 && utterance.sign(at - 1) == '那',
        _ => HESITATIONS.has(word),
    }
}

/// Words after which a number names something and is no amount.
static NAMES_SOMETHING: WordList = WordList::new(|| {
    split(
        "account acct number no ending ends card invoice order reference ref room flight code pin \
phone ext extension apartment flat apt unit suite gate line bus chapter page step version zip postcode street highway route \
channel floor digits serial id ticket case policy meter cell mobile tel iban routing sort option choice item call dial text \
ring username user otp password passcode box locker seat row table section level grade model size",
    )
});

/// Small words that may stand between such a name and its number.
static LINKS: WordList = WordList::new(|| split("is in with the : # at on as like are of and number ending digits"));

/// True if the token at `at` is a thing that a number before it counts ("bills").
pub(crate) fn is_noun(sight: &Sight<'_>, at: usize) -> bool {
    let utterance = sight.utterance;
    match utterance.kind(at) {
        Some(Kind::Word) => !sight.is_taken(at) && !MAY_FOLLOW.has(utterance.word(at)) && !is_rate(utterance, at),
        Some(Kind::Sign) => matches!(utterance.sign(at), '%' | '°'),
        Some(Kind::Han) => !sight.is_taken(at) && is_measure(utterance, at),
        _ => false,
    }
}

/// "a week" behind "a hundred": how often, not what.
fn is_rate(utterance: &Utterance, at: usize) -> bool {
    let next = utterance.word(at + 1);
    matches!(utterance.word(at), "a" | "every")
        && matches!(next, "day" | "week" | "fortnight" | "month" | "quarter" | "year")
}

/// True for a Chinese measure word: 个, 张, 次, 天, 点 ...
pub(crate) fn is_measure(utterance: &Utterance, at: usize) -> bool {
    const MEASURES: &str = "个张次笔天年月号日点岁位人件条份只本台楼层路度斤公米周星礼遍步期倍成折口家杯瓶部间秒小级段番趟句章页名种项户代届股克吨升寸里世刻分万室栋";
    let c = utterance.sign(at);
    // 小时 is an hour, 小李 somebody.
    let somebody = c == '小' && utterance.sign(at + 1) != '时';
    !somebody && c != ' ' && utterance.kind(at) == Some(Kind::Han) && MEASURES.contains(c)
}

/// True if the number, which has no unit, is meant as money; `listed` where an amount stands before it already.
pub(crate) fn is_money(sight: &Sight<'_>, said: &Said, listed: bool) -> bool {
    let grand = said.after.checked_sub(1).is_some_and(|last| sight.utterance.word(last) == "grand");
    if said.united || grand {
        return true;
    }
    if sight.counted {
        return false;
    }
    if is_part_of_word(sight.utterance, said) || names_something(sight.utterance, said) || counts_something(sight, said)
    {
        return false;
    }
    let lone = said.after == said.first + 1;
    if lone && begins_name(sight.utterance, said) {
        return false;
    }
    if lone && is_pronoun(sight.utterance, said.first) || unlikely(said) && !sight.expected {
        return false;
    }
    if priced(sight, said)
        || tells_door(sight.utterance, said)
        || counts_parts(sight.utterance, said.first)
        || picks_some(sight.utterance, said.first)
        || tells_time(sight.utterance, said)
        || tells_age(sight.utterance, said)
    {
        return false;
    }
    let cents = matches!(said.shape, Shape::Digits(written) if written.decimals == 2 && !written.leading_zero);
    sight.expected || cents || price(&said.readings).is_some() || shows_money(sight, said, listed)
}

/// "two for ten dollars": so many of something, with their price behind them.
fn priced(sight: &Sight<'_>, said: &Said) -> bool {
    let few = said.readings.iter().all(|reading| *reading <= Decimal::from(12));
    let price = || amount_at(sight, said.after + 1).is_some_and(|price| price.united);
    few && sight.utterance.word(said.after) == "for" && price()
}

/// "split it in two": so many parts.
fn counts_parts(utterance: &Utterance, first: usize) -> bool {
    let into = first.checked_sub(1).is_some_and(|at| matches!(utterance.word(at), "in" | "into"));
    let parts =
        |at: usize| matches!(utterance.word(at), "split" | "divide" | "cut" | "break" | "divided" | "splitting");
    into && (0..first).any(parts)
}

/// "the last five", "all three", 最近五: so many of something.
fn picks_some(utterance: &Utterance, first: usize) -> bool {
    let Some(before) = first.checked_sub(1) else { return false };
    let recent = before > 0 && (utterance.sign(before - 1), utterance.sign(before)) == ('最', '近');
    recent
        || utterance.sign(before) == '选'
        || matches!(
            utterance.word(before),
            "last" | "first" | "next" | "past" | "these" | "those" | "other" | "all" | "top" | "latest" | "previous"
        )
}

/// 给502的刘阿姨: behind which door somebody lives.
fn tells_door(utterance: &Utterance, said: &Said) -> bool {
    let written =
        matches!(said.shape, Shape::Digits(written) if matches!(written.length, 3 | 4) && written.decimals == 0);
    let whose = utterance.sign(said.after) == '的' && utterance.kind(said.after + 1) == Some(Kind::Han);
    let to = said.first.checked_sub(1).is_some_and(|at| "给向跟替帮".contains(utterance.sign(at)));
    written && whose && to
}

/// "she turns nine", "aged twelve".
fn tells_age(utterance: &Utterance, said: &Said) -> bool {
    let before = said.first.checked_sub(1).map_or("", |at| utterance.word(at));
    matches!(before, "turns" | "turned" | "turning" | "aged" | "age")
}

/// "at five", "by 6", "at five thirty", "in 2024", "since 2019".
fn tells_time(utterance: &Utterance, said: &Said) -> bool {
    let Some(before) = said.first.checked_sub(1).map(|before| utterance.word(before)) else { return false };
    let hours = matches!(before, "at" | "by" | "until" | "till");
    let minutes = |reading: &Decimal| {
        let (hour, minute) = (reading.trunc(), reading.fract());
        !minute.is_zero() && minute < dec!(0.60) && hour >= Decimal::ONE && hour <= Decimal::from(12)
    };
    let [number] = said.readings.as_slice() else {
        return hours && said.readings.len() == 2 && said.readings.iter().any(minutes);
    };
    let hour = hours && *number <= Decimal::from(12);
    let long = matches!(said.shape, Shape::Digits(written) if written.length == 4 && written.decimals == 0);
    let year = matches!(before, "in" | "since" | "during" | "year" | "until" | "late" | "early");
    hour || long && year && (Decimal::from(1900)..Decimal::from(2100)).contains(number)
}

/// "account ending in 4321", 尾号4321, "number 12".
pub(crate) fn names_something(utterance: &Utterance, said: &Said) -> bool {
    let mut at = said.first;
    for _ in 0..5 {
        let Some(before) = at.checked_sub(1) else { return false };
        let (word, sign) = (utterance.word(before), utterance.sign(before));
        if NAMES_SOMETHING.has(word) && !(word == "no" && utterance.sign(before + 1) == ',') {
            // "the water bill is number 5" names; "no 50" after "no," does not.
            return word != "no" || utterance.sign(before + 1) == '.';
        }
        let chinese = [
            "位是", "发票", "订单", "尾号", "账号", "卡号", "号码", "电话", "手机", "编号", "单号", "房间", "密码",
            "证码", "号是", "号为", "户号", "验证", "备注", "附言", "留言", "是号", "车牌", "工号", "学号", "邮编",
            "区号", "拨打", "分机", "单元", "号楼", "栋楼",
        ];
        let pair: String = [utterance.sign(before.saturating_sub(1)), sign].iter().collect();
        if chinese.contains(&pair.as_str()) || sign == '拨' || hotline(utterance, said, before) {
            return true;
        }
        let number = utterance.written(before).is_some();
        let calls = sign == '给' && before > 1 && utterance.sign(before - 1) == '话';
        if !LINKS.has(word) && !number && !calls && !matches!(sign, ':' | '#' | '是' | '为' | '码') {
            return false;
        }
        at = before;
    }
    false
}

/// 打10086: a telephone number at the end, unless somebody is paid (打500给张伟).
fn hotline(utterance: &Utterance, said: &Said, before: usize) -> bool {
    let ends = (said.after..utterance.len()).all(|at| utterance.kind(at) == Some(Kind::Sign));
    let long = matches!(said.shape, Shape::Digits(written) if written.length >= 3 && !written.grouped);
    utterance.sign(before) == '打' && ends && long && !(0..before).any(|at| utterance.sign(at) == '给')
}

/// True if a thing that is counted, a percent sign or a time follows.
fn counts_something(sight: &Sight<'_>, said: &Said) -> bool {
    let utterance = sight.utterance;
    let percent = matches!(utterance.word(said.after), "percent" | "per" | "percentage" | "o'clock" | "am" | "pm");
    let hundredth =
        said.first.checked_sub(2).is_some_and(|at| utterance.sign(at) == '分' && utterance.sign(at + 1) == '之');
    percent || hundredth || is_noun(sight, said.after)
}

/// A number that looks like an identifier.
fn unlikely(said: &Said) -> bool {
    match said.shape {
        Shape::OneByOne => true,
        Shape::Digits(written) => written.leading_zero || !written.grouped && written.length >= 7,
        _ => false,
    }
}

/// "that one", "no one", "one more time", "one of them".
pub(super) fn is_pronoun(utterance: &Utterance, at: usize) -> bool {
    static DETERMINERS: WordList = WordList::new(|| {
        split(
            "that this the which no any every other another right wrong first second third last next each \
only same new old",
        )
    });
    let led = at > 0 && DETERMINERS.has(utterance.word(at - 1));
    let leads = matches!(utterance.word(at + 1), "more" | "of" | "time" | "another" | "at" | "by" | "last");
    utterance.word(at) == "one" && (led || leads)
}
