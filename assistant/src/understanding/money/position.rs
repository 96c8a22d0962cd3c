//! Where a bare number stands, and what that tells: behind a word of an amount, before or behind whom it is for, in a list, or alone.

use super::amount::{Said, Sight};
use super::context::MAY_FOLLOW;
use super::words::is_surname;
use crate::understanding::numeral::{Shape, chinese_digit};
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};
use rust_decimal::{Decimal, dec};

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

/// True if a number that nothing speaks against is money by its place; `listed` where an amount stands before it already.
pub(super) fn shows_money(sight: &Sight<'_>, said: &Said, listed: bool) -> bool {
    let utterance = sight.utterance;
    says_round(utterance, said)
        || a_clause_of_its_own(sight, said)
        || just_so_much(utterance, said)
        || leaves_out_a_place(utterance, said)
        || stands_alone(sight, said)
        || has_cue(utterance, said.first)
        || leads_to_payee(sight, said)
        || follows_name(sight, said)
        || listed && goes_on_list(sight, said)
}

/// Characters behind which a number tells an age or a day.
const DAYS: &str = "年月周天日号期末底初度今明后昨一二三四五六第";

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
    called && (is_surname(utterance.sign(at)) || utterance.sign(at) == '大') || kin
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

/// 就七十吧, 五十就行: settled, with nothing that is counted.
fn just_so_much(utterance: &Utterance, said: &Said) -> bool {
    // 五十就行
    if utterance.sign(said.after) == '就' && matches!(utterance.sign(said.after + 1), '行' | '好' | '够' | '可') {
        return true;
    }
    let just = said.first.checked_sub(1).is_some_and(|at| utterance.sign(at) == '就');
    just && utterance.sign(said.after) == '吧'
}

/// 一千整: so much and no less, which only money is.
fn says_round(utterance: &Utterance, said: &Said) -> bool {
    utterance.sign(said.after) == '整' && !matches!(utterance.sign(said.after + 1), '个' | '天' | '年')
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

/// 屋顶三千六, 车卖了十二万八: what is counted so, its last place left out, is money.
fn leaves_out_a_place(utterance: &Utterance, said: &Said) -> bool {
    let digit = |at: usize| chinese_digit(utterance.sign(at)).filter(|digit| *digit > 0);
    let last = said.after.saturating_sub(1);
    let scale = last.checked_sub(1).is_some_and(|at| matches!(utterance.sign(at), '百' | '佰' | '千' | '仟' | '万'));
    said.after >= said.first + 3 && digit(last).is_some() && scale
}

/// True if a word of an amount stands before, in the same utterance.
fn has_cue(utterance: &Utterance, first: usize) -> bool {
    const CHINESE: &str = "转付交给缴充汇还支打发改换额共要花借存取捐值是为成收垫欠来租退补扣罚赔送塞出";
    let before = || 0..first;
    let han = |at: usize| utterance.kind(at) == Some(Kind::Han) && CHINESE.contains(utterance.sign(at));
    let led = first > 0 && before().all(|at| LEADS.has(utterance.word(at)));
    led || before().any(|at| han(at) || CUES.has(utterance.word(at)))
}
