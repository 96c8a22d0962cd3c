//! Whether a bare number is money at all: what stands before and behind it.

use super::amount::{Said, Sight, amount_at};
use super::parts::price;
use super::words::{begins_name, is_part_of_word, is_surname};
use crate::understanding::numeral::{Shape, chinese_digit};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};
use rust_decimal::{Decimal, dec};

/// Words that may follow a bare amount; any other word is a thing that is counted ("three bills").
static MAY_FOLLOW: WordList = WordList::new(|| {
    split(
        "to towards toward onto against for with from on by via using through please into and instead now today tomorrow next this \
at thanks thank right only total even flat exactly but or not then too as max because so if in out over off back more less \
i no yes sorry wait actually make that it's is was yeah ok okay um uh er the my your his her their our it would be \
should can could will each per when where once after before monday tuesday wednesday thursday friday saturday sunday \
use pay send transfer give cancel just around about until till again straight directly immediately",
    )
});

/// Words of an amount: where one stands before a number, the number is money.
static CUES: WordList = WordList::new(|| {
    split(
        "send pay transfer give wire owe owes tip donate deposit withdraw charge refund topup top make change \
set raise lower increase decrease reduce amount total sum price cost costs spend spent put move venmo zelle lend loan \
budget limit bill payment paying sending settle remit forward contribute chip split invoice \
balance due worth said mean meant enter comes rent fee fees salary wage deposit loaned paid gave sent repay reimburse \
drop start begin chuck bung whack shoot throw sling stick pop slip cover load add bump pledge transferring giving owing bid offer quote fine toll subscription",
    )
});

/// Small words that lead to an amount where nothing else stands before it: "it's for fifty", "I'd say fifty".
static LEADS: WordList = WordList::new(|| {
    split(
        "it's its it that's that this is was be will would should to just only for of i'd like say i want the so ok \
okay yes no yeah well um uh er erm hmm ah oh please let's make let us about around maybe with my by think guess and or not \
but then actually now sure an a i'll do , . ! ? …",
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
        || counts_parts(sight.utterance, said.first)
        || picks_some(sight.utterance, said.first)
        || tells_time(sight.utterance, said)
        || tells_age(sight.utterance, said)
    {
        return false;
    }
    let cents = matches!(said.shape, Shape::Digits(written) if written.decimals == 2 && !written.leading_zero);
    // 一千整
    let round = utterance_says_round(sight.utterance, said);
    sight.expected
        || cents
        || round
        || a_clause_of_its_own(sight, said)
        || just_so_much(sight.utterance, said)
        || price(&said.readings).is_some()
        || leaves_out_a_place(sight.utterance, said)
        || stands_alone(sight, said)
        || has_cue(sight.utterance, said.first)
        || leads_to_payee(sight, said)
        || follows_name(sight, said)
        || listed && goes_on_list(sight, said)
}

/// "Twenty-five. Water. PayPal.": in a clause of its own, and beside it nothing but names; or a round number there, whatever is
/// beside it (凑个整，一百).
fn a_clause_of_its_own(sight: &Sight<'_>, said: &Said) -> bool {
    let utterance = sight.utterance;
    let sign = |at: usize| {
        utterance.kind(at) == Some(Kind::Sign) && matches!(utterance.sign(at), ',' | '.' | '!' | ';' | '、')
    };
    let begins = said.first.checked_sub(1).is_none_or(sign);
    let ends = said.after >= utterance.len() || sign(said.after);
    let ten = said.readings.iter().all(|reading| *reading >= Decimal::from(10));
    let outside = |at: &usize| !(said.first..said.after).contains(at);
    let named = (0..utterance.len()).filter(outside).all(|at| sight.is_taken(at) || sign(at))
        && (0..utterance.len()).any(|at| sight.is_named(at));
    let hundreds = |reading: &Decimal| *reading >= dec!(100) && (*reading % dec!(100)).is_zero();
    let round = said.shape == Shape::Counted && said.first > 0 && said.readings.iter().all(hundreds);
    begins && ends && ten && (named || round)
}

/// 就七十吧: settled, with nothing that is counted.
fn just_so_much(utterance: &Utterance, said: &Said) -> bool {
    let just = said.first.checked_sub(1).is_some_and(|at| utterance.sign(at) == '就');
    just && utterance.sign(said.after) == '吧'
}

/// 一千整: so much and no less, which only money is.
fn utterance_says_round(utterance: &Utterance, said: &Said) -> bool {
    utterance.sign(said.after) == '整' && !matches!(utterance.sign(said.after + 1), '个' | '天' | '年')
}

/// "$20 to Anna and thirty to Ben", 房租三千，押金一千五: one more amount of a list.
fn goes_on_list(sight: &Sight<'_>, said: &Said) -> bool {
    let utterance = sight.utterance;
    let Some(before) = said.first.checked_sub(1) else { return false };
    let joined = matches!(utterance.word(before), "and" | "," | "then" | "plus" | "&" | ";");
    let purpose = matches!(utterance.word(said.after), "to" | "for" | "on" | "towards" | "from");
    let ends = utterance.kind(said.after).is_none_or(|kind| kind == Kind::Sign) && !sight.is_taken(said.after);
    let large = said.readings.iter().all(|reading| *reading >= Decimal::from(10));
    let noun = utterance.kind(before) == Some(Kind::Han) && !DAYS.contains(utterance.sign(before));
    joined && purpose || noun && ends && large
}

/// "two for ten dollars": so many of something, with their price behind them.
fn priced(sight: &Sight<'_>, said: &Said) -> bool {
    let few = said.readings.iter().all(|reading| *reading <= Decimal::from(12));
    let price = || amount_at(sight, said.after + 1).is_some_and(|price| price.united);
    few && sight.utterance.word(said.after) == "for" && price()
}

/// Characters behind which a number tells an age or a day.
const DAYS: &str = "年月周天日号期末底初度今明后昨一二三四五六第";

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

/// 张伟八百，李娜五百, "water bill 64", 每人五十: an amount right behind whom or what it is for.
fn follows_name(sight: &Sight<'_>, said: &Said) -> bool {
    let utterance = sight.utterance;
    let Some(before) = said.first.checked_sub(1) else { return false };
    let large = said.readings.iter().all(|reading| *reading >= Decimal::from(10));
    let end = |at: usize| utterance.kind(at).is_none_or(|kind| kind == Kind::Sign) && !sight.is_taken(at);
    if !large {
        return false;
    }
    if utterance.kind(said.first) != Some(Kind::Han) {
        let is = usize::from(matches!(utterance.word(before), "is" | "was" | "are" | "comes" | ":" | "是"));
        let name = said.first.checked_sub(is + 1).is_some_and(|at| sight.is_named(at));
        return name && (end(said.after) || MAY_FOLLOW.has(utterance.word(said.after)));
    }
    let scaled = said.shape == Shape::Counted && said.readings.iter().all(|reading| *reading >= Decimal::from(100));
    let known = sight.is_named(before) || is_fee(utterance, before) || is_familiar(utterance, before);
    known && (scaled || end(said.after) || sight.is_named(said.after) || is_familiar(utterance, said.after + 1))
}

/// 物业费, 押金, 首付款, 房租, 每人, 每期: what an amount is for, or for each of whom.
fn is_fee(utterance: &Utterance, at: usize) -> bool {
    let each = at > 0 && utterance.sign(at - 1) == '每' && "人期次个位家天年".contains(utterance.sign(at));
    each || at > 0 && utterance.kind(at - 1) == Some(Kind::Han) && "费金款租价资贷钱".contains(utterance.sign(at))
}

/// 小张, 老李, 妈妈: at the last character.
fn is_familiar(utterance: &Utterance, at: usize) -> bool {
    let called = at.checked_sub(1).is_some_and(|before| matches!(utterance.sign(before), '小' | '老' | '阿'));
    let kin = at > 0 && "妈爸爷奶哥姐弟妹叔姨婆公".contains(utterance.sign(at));
    called && is_surname(utterance.sign(at)) || kin
}

/// "fifty to Alice", "a hundred for electricity": nothing before it, and somebody to pay behind it.
fn leads_to_payee(sight: &Sight<'_>, said: &Said) -> bool {
    let utterance = sight.utterance;
    // 1.5万转给李娜
    let verb = "转汇打付".contains(utterance.sign(said.after)) && utterance.sign(said.after + 1) == '给';
    if verb && said.first == 0 && said.readings.iter().all(|reading| *reading >= Decimal::from(10)) {
        return true;
    }
    let towards = matches!(utterance.word(said.after), "to" | "for" | "给");
    let the = usize::from(matches!(utterance.word(said.after + 1), "the" | "my"));
    let somebody = sight.is_taken(said.after + 1 + the) || names_somebody(utterance, said);
    towards && somebody && (0..said.first).all(|at| LEADS.has(utterance.word(at)))
}

/// 屋顶三千六, 车卖了十二万八: what is counted so, its last place left out, is money.
fn leaves_out_a_place(utterance: &Utterance, said: &Said) -> bool {
    let digit = |at: usize| chinese_digit(utterance.sign(at)).filter(|digit| *digit > 0);
    let last = said.after.saturating_sub(1);
    let scale = last.checked_sub(1).is_some_and(|at| matches!(utterance.sign(at), '百' | '佰' | '千' | '仟' | '万'));
    said.after >= said.first + 3 && digit(last).is_some() && scale
}

/// "twenty to anna", whoever that is; not "twenty to five" or "ten to go".
fn names_somebody(utterance: &Utterance, said: &Said) -> bool {
    static NOBODY: WordList = WordList::new(|| {
        split(
            "go be do get see say the a an it this that one noon midnight half quarter start come try have make choose pick",
        )
    });
    let chinese = utterance.sign(said.after) == '给' && utterance.kind(said.after + 1) == Some(Kind::Han);
    let at = said.after + 1 + usize::from(utterance.word(said.after + 1) == "the");
    let word = chinese || utterance.kind(at) == Some(Kind::Word) && !NOBODY.has(utterance.word(at));
    let number = crate::understanding::numeral::numeral_at(utterance, at).is_some();
    let large = said.readings.iter().any(|reading| *reading >= Decimal::from(10));
    matches!(utterance.word(said.after), "to" | "for") && word && !number && large
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

/// True if nothing but courtesies stand around the number.
fn stands_alone(sight: &Sight<'_>, said: &Said) -> bool {
    static COURTESIES: WordList = WordList::new(|| {
        split(
            "please um uh er erm hmm well so ok okay yes no not wait sorry make that actually instead rather of give take about around roughly just only like maybe the \
it's that's thanks exactly , . ! ? … ; : \" ' ( ) “ ” 「 」 嗯 啊 呃 额 那 就 是 吧 呢 哦 请 大 概 约 左 右 ， 。 ！ ？ 多 不 到 差 至 少 最 \
刚 好 正 整 共 总 对 错 算 了 我 说 改 成 的 应 该 等 一下 先 个 要 也 还 almost nearly \
flat even sharp go do 口 误 更 哎 诶 下 讲 换 好 意 思 抱 歉 approximately up at least most more less than over under or so an hundred with how what let's say i said meant mean",
        )
    });
    let utterance = sight.utterance;
    let outside = (0..utterance.len()).filter(|at| !(said.first..said.after).contains(at));
    let mut others = outside.filter(|at| !COURTESIES.has(utterance.word(*at)));
    match others.next() {
        None => is_amount_like(sight.utterance, said),
        Some(first) => {
            // A second bare number in the same breath ("fifty to sixty") is no reason against it.
            others.chain([first]).all(|at| {
                utterance.kind(at) == Some(Kind::Digits)
                    || chinese_digit(utterance.sign(at)).is_some()
                    || matches!(utterance.sign(at), '-' | '~' | '到' | '至' | '十' | '百' | '千' | '万')
                    || utterance.word(at) == "to"
                    || crate::understanding::numeral::english_small(utterance.word(at)).is_some()
            }) && is_amount_like(sight.utterance, said)
        }
    }
}

/// A lone 一 or "oh" is no amount.
fn is_amount_like(utterance: &Utterance, said: &Said) -> bool {
    !(said.after == said.first + 1 && matches!(utterance.word(said.first), "o" | "oh" | "k"))
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

/// True if a word of an amount stands before, in the same utterance.
fn has_cue(utterance: &Utterance, first: usize) -> bool {
    const CHINESE: &str = "转付交给缴充汇还支打发改换额共要花借存取捐值是为成收垫欠来租退补扣罚赔送塞出";
    let before = || 0..first;
    let han = |at: usize| utterance.kind(at) == Some(Kind::Han) && CHINESE.contains(utterance.sign(at));
    let led = first > 0 && before().all(|at| LEADS.has(utterance.word(at)));
    led || before().any(|at| han(at) || CUES.has(utterance.word(at)))
}
