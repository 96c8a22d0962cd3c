//! What a person takes back in the same breath: "fifty, no, sixty", 不是五十是六十, "not Alice, Bob", 不用微信.

mod again;
mod anew;

use super::meaning::{EntityKind, Value};
use super::money::context::CHANGES;
use super::money::{self, Spotted};
use super::numeral;
use super::tokens::{Kind, Utterance};
use super::wordlist::{WordList, split};
use sayso_plugin_interface::Currency;

/// Words that take back what stands before them, if a value of the same kind follows.
static TAKES_BACK: WordList = WordList::new(|| {
    split(
        "no sorry actually rather mean meant scratch correction oops wait instead nope wrong hang strike make mistake bad pardon whoops apologies",
    )
});
/// Words that may stand around them.
static AROUND: WordList = WordList::new(|| {
    split(
        "i that make it or um uh er well let's say hang on said change to be should better the with for of and \
at from is it's hold a second make just ah oh hmm erm you know my me",
    )
});
/// The same in Chinese, as whole stretches between two values once signs and fillers are gone.
const TAKES_BACK_CHINESE: &[&str] = &[
    "不",
    "不对",
    "不是",
    "不是是",
    "哦不",
    "啊不",
    "不不",
    "不不不",
    "说错了",
    "看错了",
    "我看错了",
    "看岔了",
    "记错了",
    "我记错了",
    "看错",
    "记错",
    "错了",
    "我说错了",
    "改成",
    "改为",
    "改到",
    "换成",
    "应该是",
    "不应该是",
    "是",
    "不对是",
    "不对应该是",
    "不对改成",
    "不是应该是",
    "错了是",
    "说错了是",
    "我是说",
    "不我是说",
    "等等",
    "算了",
    "还是",
    "算了还是",
    "不还是",
    "要不",
    "不对不对",
    "而是",
    "错了应该是",
    "不对不对是",
    "口误",
    "口误是",
    "说错",
    "讲错了",
    "我说错了是",
    "我说错了应该是",
    "不好意思",
    "抱歉",
    "对不起",
    "哦不对",
    "哦不是",
    "纠正一下",
    "更正",
    "更正一下",
    "不要",
    "还是改成",
    "改一下",
    "应该",
    "不应该",
    "等一下",
    "等会儿",
    "等会",
    "等下",
    "稍等",
    "改",
    "换",
    "变成",
    "改到",
    "调到",
    "调成",
    "降到",
    "升到",
    "提到",
    "加到",
];

/// Takes out the values that the utterance itself withdraws. The tokens of a withdrawal are marked, so that the sentence
/// can be read without it.
pub(super) fn withdraw(utterance: &Utterance, mut values: Vec<Spotted>) -> (Vec<Spotted>, Vec<bool>) {
    let mut taken_back = vec![false; utterance.len()];
    remove_contrasted(utterance, &mut values);
    anew::said_anew(utterance, &mut values, &mut taken_back);
    again::said_again(utterance, &mut values);
    let mut at = 0;
    while at < values.len() {
        let next =
            values.iter().skip(at + 1).position(|other| same_kind(utterance, &values, at, other)).map(|i| i + at + 1);
        let pair = next.and_then(|next| Some((values.get(at)?, values.get(next)?)));
        let replaced_until = pair.filter(|(old, new)| replaced(utterance, old, new, &values)).map(|(_, new)| new.first);
        let gone = replaced_until.is_some()
            || values.get(at).is_some_and(|old| refused(utterance, old))
                && pair.is_none_or(|(_, new)| !refused(utterance, new));
        if gone {
            if let Some((old, new)) = next.and_then(|next| Some((values.get(at)?.clone(), next))) {
                match replaced_until {
                    Some(_) => {
                        let alone = new == at + 1;
                        take_over(&old, values.get_mut(new), alone);
                    }
                    None => give_currency(&old, values.get_mut(new)),
                }
            }
            let old = values.remove(at);
            if next.is_none() {
                give_currency(&old, values.iter_mut().take(at).last());
            }
            let stretch = old.first..replaced_until.unwrap_or(old.after);
            let others = |at: usize| values.iter().any(|value| (value.first..value.after).contains(&at));
            for (token, mark) in taken_back.iter_mut().enumerate() {
                *mark |= stretch.contains(&token) && !others(token);
            }
        } else {
            at += 1;
        }
    }
    (values, taken_back)
}

/// "fifty dollars, no, sixty": what takes the place of an amount is one, in the same currency.
fn take_over(old: &Spotted, new: Option<&mut Spotted>, alone: bool) {
    let (Some(Value::Money(old)), Some(new)) = (&old.entity.value, new) else { return };
    money::number_as_amount(&mut new.entity);
    // Nobody puts sixty right with sixty: one of the two was misheard, unless it is the payee who is put right.
    let same = alone
        && matches!(&new.entity.value, Some(Value::Money(amount)) if amount.minor == old.minor
        && (amount.currency == old.currency || amount.currency.is_none()));
    if same && new.entity.value.is_some() {
        new.entity.alternatives = new.entity.value.take().into_iter().collect();
        new.entity.ambiguous = true;
    }
    give_currency_to(old.currency, new);
}

/// "45 instead of 40 dollars": the unit is said only once.
fn give_currency(old: &Spotted, new: Option<&mut Spotted>) {
    if let (Some(Value::Money(old)), Some(new)) =
        (&old.entity.value, new.filter(|new| new.entity.kind == EntityKind::Money))
    {
        give_currency_to(old.currency, new);
    }
}

fn give_currency_to(currency: Option<Currency>, new: &mut Spotted) {
    for value in new.entity.value.iter_mut().chain(new.entity.alternatives.iter_mut()) {
        if let (Value::Money(amount), Some(currency)) = (value, currency)
            && amount.currency.is_none()
            && let Some(money) = amount.in_currency(currency)
        {
            (amount.minor, amount.currency) = (money.minor, Some(currency));
        }
    }
}

/// Takes out what stands behind "instead of" and its like, if something of its kind is left.
fn remove_contrasted(utterance: &Utterance, values: &mut Vec<Spotted>) {
    let mut at = 0;
    while at < values.len() {
        let negated = values.get(at).is_some_and(|value| contrasted(utterance, value));
        let other = values.iter().enumerate().any(|(i, other)| i != at && same_kind(utterance, values, at, other));
        if negated && other {
            let old = values.remove(at);
            let near = values.iter_mut().min_by_key(|value| value.first.abs_diff(old.first));
            give_currency(&old, near);
        } else {
            at += 1;
        }
    }
}

fn same_kind(utterance: &Utterance, values: &[Spotted], at: usize, other: &Spotted) -> bool {
    use super::meaning::EntityKind::{Money, Number};
    // In "fifty, no, sixty dollars" the unit comes only once.
    // So does "fifty dollars, no, sixty", unless the number counts something.
    let ends = matches!(utterance.kind(other.after), None | Some(Kind::Sign))
        || matches!(
            utterance.word(other.after),
            "please" | "instead" | "to" | "for" | "then" | "not" | "吧" | "给" | "了"
        );
    let kinds = |one: &Spotted| match (&one.entity.kind, &other.entity.kind) {
        (Number, Money) => true,
        (Money, Number) => ends,
        _ => false,
    };
    values.get(at).is_some_and(|one| one.entity.kind == other.entity.kind && alternative(one, other) || kinds(one))
}

/// False for options of two different slots: "how many payments did I make this week" takes nothing back.
fn alternative(one: &Spotted, other: &Spotted) -> bool {
    let slot = |spotted: &Spotted| match &spotted.entity.value {
        Some(Value::Id(id)) if spotted.entity.kind == EntityKind::Choice => id.slot.clone(),
        _ => None,
    };
    slot(one).is_none() || slot(other).is_none() || slot(one) == slot(other)
}

/// True if the words just before `new` take `old` back.
fn replaced(utterance: &Utterance, old: &Spotted, new: &Spotted, values: &[Spotted]) -> bool {
    let between: Vec<usize> = (old.after..new.first).collect();
    let mut key = false;
    // From the new value backwards: courtesies, then the word that takes back; another value ends the search.
    for at in between.iter().rev() {
        let inside = values.iter().any(|value| (value.first..value.after).contains(at));
        let word = utterance.word(*at);
        if inside {
            break;
        }
        if TAKES_BACK.has(word) {
            key = true;
            break;
        }
        if utterance.kind(*at) != Some(Kind::Sign) && !AROUND.has(word) {
            break;
        }
    }
    key || corrected_at_length(utterance, old, new, values)
        || from_to(utterance, old, new)
        || chinese_between(utterance, old, new, values)
}

/// "forty dollars, oh hang on, I'm looking at last month's, it's forty-four dollars": taken back at once, and said anew after an
/// aside.
fn corrected_at_length(utterance: &Utterance, old: &Spotted, new: &Spotted, values: &[Spotted]) -> bool {
    let day = |value: &Spotted| matches!(value.entity.kind, EntityKind::Date | EntityKind::Period | EntityKind::Choice);
    let inside = |at: usize| values.iter().any(|value| !day(value) && (value.first..value.after).contains(&at));
    let plain = |at: &usize| utterance.kind(*at) == Some(Kind::Sign) || AROUND.has(utterance.word(*at));
    let mut opening = (old.after..new.first).skip_while(plain).take(1);
    let at_once = utterance.sign(old.after) == ','
        && (opening.any(|at| TAKES_BACK.has(utterance.word(at)))
            || (old.after..new.first.min(old.after + 4)).any(|at| {
                matches!(
                    (utterance.word(at), utterance.word(at + 1)),
                    ("hang" | "hold", "on") | ("no", _) | ("wait", _)
                )
            }));
    let aside = (old.after..new.first).all(|at| !inside(at) && !matches!(utterance.word(at), "and" | "also" | "plus"));
    let mut before = (old.after..new.first).rev().skip_while(|at| matches!(utterance.word(*at), "the" | "full" | "a"));
    let anew = before
        .next()
        .is_some_and(|at| matches!(utterance.word(at), "it's" | "do" | "it" | "is" | "pay" | "send" | "be"));
    old.entity.kind == EntityKind::Money && at_once && aside && anew
}

/// "change it from fifty to sixty", "raise fifty to sixty".
fn from_to(utterance: &Utterance, old: &Spotted, new: &Spotted) -> bool {
    let joined = new.first == old.after + 1 && matches!(utterance.word(old.after), "to" | "到");
    joined && (0..old.first).any(|at| CHANGES.has(utterance.word(at)))
}

fn chinese_between(utterance: &Utterance, old: &Spotted, new: &Spotted, values: &[Spotted]) -> bool {
    let valued = |at: usize| values.iter().any(|value| (value.first..value.after).contains(&at));
    // 转六十给她，哦不，七十
    let whom = |at: usize| "他她它你您我".contains(utterance.sign(at)) && utterance.sign(at - 1) == '给';
    // 三十块，等等，不是三十，是五十块: what is denied on the way is no word of its own.
    let number = |at: usize| {
        let c = utterance.sign(at);
        numeral::chinese_digit(c).is_some() || "十百千万块元毛角钱".contains(c)
    };
    let denied = |at: usize| {
        let start = (0..at).rev().take_while(|at| number(*at)).last().unwrap_or(at);
        number(at) && start >= 2 && (utterance.sign(start - 2), utterance.sign(start - 1)) == ('不', '是')
    };
    let valued = |at: usize| valued(at) || denied(at);
    let han = || {
        (old.after..new.first)
            .filter(|at| utterance.kind(*at) == Some(Kind::Han) && !valued(*at) && !whom(*at))
            .map(|at| (at, utterance.sign(at)))
    };
    // The verb may be said again (说错了，转两百), unless it is refused (不转两百).
    let verb = |at: usize, c: char| "转付交打汇发充存给".contains(c) && !"不别".contains(utterance.sign(at - 1));
    let filler = |c: char| "嗯呃啊哦额哎诶欸唉那个用向把就吧呢".contains(c);
    let plain: String = han().filter(|(at, c)| !filler(*c) && !verb(*at, *c)).map(|(_, c)| c).collect();
    let only = (old.after..new.first).all(|at| matches!(utterance.kind(at), Some(Kind::Han | Kind::Sign)));
    // A bare 是 takes back only what 不是 introduced.
    let introduced = old.first >= 2 && utterance.sign(old.first - 2) == '不' && utterance.sign(old.first - 1) == '是';
    // 八十五块不要七十五: what stands behind 不要 is what is not wanted, unless a pause parts them.
    let refuses = plain == "不要" && utterance.sign(new.first.saturating_sub(1)) == '要';
    // 两百，要不三百: proposed, and not put in its place, unless it is settled by 吧.
    let proposes = plain.contains("要不") && utterance.sign(new.after) != '吧';
    only && !proposes && takes_back_chinese(&plain) && (plain != "是" || introduced) && !refuses
}

/// True if `said` is one of the phrases, or several of them in a row (等等还是).
fn takes_back_chinese(said: &str) -> bool {
    let mut ends = vec![0];
    let mut seen = 0;
    while let Some(at) = ends.get(seen).copied() {
        let rest = said.get(at..).unwrap_or_default();
        for phrase in TAKES_BACK_CHINESE.iter().filter(|phrase| rest.starts_with(**phrase)) {
            if !ends.contains(&(at + phrase.len())) {
                ends.push(at + phrase.len());
            }
        }
        seen += 1;
    }
    !said.is_empty() && ends.contains(&said.len())
}

/// "not with PayPal", "don't use PayPal", 不用微信, 不是五十: a value named only to be refused.
fn refused(utterance: &Utterance, value: &Spotted) -> bool {
    let skip = |at: usize| {
        matches!(
            utterance.word(at),
            "with"
                | "to"
                | "use"
                | "via"
                | "for"
                | "using"
                | "the"
                | "from"
                | "pay"
                | "by"
                | "send"
                | "transfer"
                | "give"
        )
    };
    let mut at = value.first;
    while at > 0 && skip(at - 1) {
        at -= 1;
    }
    let Some(before) = at.checked_sub(1) else { return false };
    if matches!(utterance.word(before), "not" | "without" | "don't" | "never") {
        return true;
    }
    // 分别转一百: to each of them.
    let each = before >= 2 && utterance.sign(before - 1) == '别' && "分特个区级".contains(utterance.sign(before - 2));
    if each {
        return false;
    }
    let pair: String =
        [before.checked_sub(1).map_or(' ', |at| utterance.sign(at)), utterance.sign(before)].iter().collect();
    // 是不是五十块 asks.
    if pair == "不是" && before >= 2 && utterance.sign(before - 2) == '是' {
        return false;
    }
    matches!(
        pair.as_str(),
        "不用" | "不是" | "不要" | "别用" | "别给" | "不给" | "不交" | "不付" | "别付" | "别交" | "别转" | "不转"
    )
}

/// "sixty instead of fifty", "Bob rather than Alice", 而不是五十.
fn contrasted(utterance: &Utterance, value: &Spotted) -> bool {
    let word = |back: usize| value.first.checked_sub(back).map_or("", |at| utterance.word(at));
    matches!((word(2), word(1)), ("instead", "of") | ("rather", "than") | ("不", "是"))
}
