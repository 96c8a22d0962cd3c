//! The mood of a Chinese clause, payees' names as `@`.

use super::Mood;

/// Verbs of paying that are little else.
const PAY: &str = "交缴付转汇";
/// Those that are other words as well: 还, 给, 打, 充, 发.
const ALSO: &str = "交缴付转汇还给打充发";
/// People that are spoken of: 我妈, 他.
const PERSONS: [&str; 26] = [
    "我妈",
    "我爸",
    "我哥",
    "我姐",
    "我弟",
    "我妹",
    "我爷",
    "我奶",
    "我老公",
    "我老婆",
    "我朋友",
    "我同事",
    "我室友",
    "我先生",
    "我太太",
    "我男朋友",
    "我女朋友",
    "我家人",
    "他们",
    "她们",
    "别人",
    "人家",
    "他",
    "她",
    "有人",
    "大家",
];
/// What makes a remark of a clause that ends in it: 交电费真麻烦.
const REMARKS: [&str; 6] = ["麻烦", "烦", "难", "贵", "慢", "累"];
/// Words with which something is asked for.
const POLITE: [&str; 8] = ["帮我", "帮忙", "麻烦", "替我", "一下", "吧", "请你", "拜托"];

/// What the clause does with a payment; `None` where grammar does not tell.
pub(super) fn mood(clause: &str) -> Option<Mood> {
    let said: Vec<char> = clause.chars().collect();
    if supposed(clause) {
        return Some(Mood::Supposed);
    }
    if refused(clause, &said) {
        return Some(Mood::Refused);
    }
    if asked(clause) {
        return Some(Mood::Asked);
    }
    if told(clause, &said) {
        return Some(Mood::Told);
    }
    if others(clause) {
        return Some(Mood::Others);
    }
    wished(clause).then_some(Mood::Wish)
}

fn pays(text: &str) -> bool {
    text.contains(|c| PAY.contains(c))
}

fn polite(clause: &str) -> bool {
    POLITE.iter().any(|word| clause.contains(word))
}

fn at(said: &[char], place: usize) -> char {
    said.get(place).copied().unwrap_or(' ')
}

/// 别给张伟转, 先不交, 不用付了; not 别忘了交, 要不交了吧, 能不能交.
fn refused(clause: &str, said: &[char]) -> bool {
    const NOT: [&str; 14] = [
        "不用",
        "不要",
        "不想",
        "不必",
        "不需要",
        "没必要",
        "不打算",
        "不准备",
        "不会",
        "不能",
        "不愿",
        "不再",
        "没打算",
        "不给",
    ];
    let follows = |rest: &str, within: usize| {
        let scope: String = rest.chars().take(within).collect();
        !scope.contains('忘') && scope.contains(|c| PAY.contains(c))
    };
    let phrase = NOT.iter().any(|not| {
        clause.match_indices(not).any(|(place, _)| {
            let before = clause.get(..place).and_then(|text| text.chars().next_back()).unwrap_or(' ');
            let doubled = not.chars().nth(1) == Some(before);
            !doubled && follows(clause.get(place + not.len()..).unwrap_or_default(), 7)
        })
    });
    let other = |place: usize| {
        let before = place.checked_sub(1).map_or(' ', |place| at(said, place));
        let rest: String = said.iter().skip(place + 1).collect();
        match at(said, place) {
            '别' => !"级特分区性告个".contains(before) && at(said, place + 1) != '的' && follows(&rest, 8),
            // 交不交 asks, 要不交了吧 proposes.
            '不' => PAY.contains(at(said, place + 1)) && !PAY.contains(before) && before != '要',
            _ => false,
        }
    };
    let unable = PAY.chars().any(|verb| clause.contains(&format!("{verb}不起")));
    phrase || unable || (0..said.len()).any(other)
}

/// 怎么交, 谁付的, 交了吗, 要不要交; not 能交一下吗, 交一下好吗, 交一下怎么样.
fn asked(clause: &str) -> bool {
    const EITHER: [&str; 14] = [
        "要不要",
        "该不该",
        "用不用",
        "会不会",
        "需不需要",
        "交不交",
        "付不付",
        "转不转",
        "交没交",
        "付没付",
        "转没转",
        "缴没缴",
        "有没有",
        "应不应该",
    ];
    const WHAT: [&str; 9] = ["怎么", "为什么", "为啥", "如何", "什么时候", "几时", "哪天", "哪里", "哪儿"];
    const REQUEST: [&str; 8] = ["能", "可以", "可否", "方便", "帮", "麻烦", "请", "替我"];
    const AGREED: [&str; 6] = ["好吗", "行吗", "好么", "行么", "成吗", "怎么样"];
    if AGREED.iter().any(|end| clause.ends_with(end)) {
        return false;
    }
    let request = REQUEST.iter().any(|word| clause.contains(word));
    let plain = clause.trim_end_matches(['呢', '啊', '呀', '了']);
    let ends = ["吗", "么", "没", "没有", "否"].iter().any(|end| plain.ends_with(end));
    let either = EITHER.iter().any(|word| clause.contains(word));
    let what = WHAT.iter().any(|word| clause.contains(word)) || clause.starts_with('谁');
    let how_much = ["多少", "多少钱"].iter().any(|end| plain.ends_with(end)) && clause.matches("多少").count() == 1;
    what || (ends || either || how_much) && !request
}

/// 要是我付五十, 如果交了会怎样.
fn supposed(clause: &str) -> bool {
    let condition = ["要是", "如果", "假如", "万一", "假设"].iter().any(|word| clause.starts_with(word));
    let plain = clause.trim_end_matches(['了', '啊', '呀', '的']);
    let remark = REMARKS.iter().filter_map(|end| plain.strip_suffix(end));
    let remark =
        remark.into_iter().any(|rest| ["真", "太", "好", "很", "有点", "挺"].iter().any(|how| rest.ends_with(how)));
    let asked_for = clause.contains('帮') || clause.contains('请');
    let condition = condition && (clause.contains('我') || clause.ends_with('呢')) && !asked_for;
    condition || remark || clause.contains("早知道")
}

/// 交过了, 已经转了, 昨天付了, 我交了电费; not 把昨天的交了吧.
fn told(clause: &str, said: &[char]) -> bool {
    const THEN: [&str; 10] = ["已经", "早就", "刚才", "刚刚", "昨天", "前天", "昨晚", "我刚", "上次", "早上"];
    let verb = |place: usize| ALSO.contains(at(said, place));
    let done = (0..said.len())
        .any(|place| verb(place) && at(said, place + 1) == '过' && !"来去".contains(at(said, place + 2)));
    let then = THEN.iter().filter_map(|word| clause.split_once(word)).any(|(_, rest)| {
        let later = rest.find(|c| ALSO.contains(c));
        later.is_some_and(|place| rest.get(place..).is_some_and(|rest| rest.contains('了')) && !rest.starts_with('的'))
    });
    let already = clause.split_once("已经").is_some_and(|(_, rest)| pays(rest));
    let me = said.first() == Some(&'我')
        && !clause.contains(['把', '要', '想', '得', '该', '来'])
        && (1..said.len()).any(|place| PAY.contains(at(said, place)) && at(said, place + 1) == '了');
    let habit =
        ["一般", "通常", "平时", "经常", "总是", "从来"].iter().any(|word| clause.contains(word)) && pays(clause);
    let not_you = ["你没", "你还没", "您没"].iter().any(|start| clause.starts_with(start));
    (done || then || already || me || habit || not_you) && !polite(clause)
}

/// 张伟欠我四十, 我妈把电费交了, 让张伟付, 向张伟要二十, 提醒我交房租.
fn others(clause: &str) -> bool {
    let to_me =
        ["欠我", "给了我", "转给我", "还给我", "付给我", "打给我", "发给我", "@给我", "他给我", "她给我", "还我钱"];
    // 转给我弟弟 is for somebody else.
    let mine = |rest: &str| !rest.starts_with(|c| "妈爸哥姐弟妹爷奶老朋同室先太男女家的".contains(c));
    let to_me = to_me.iter().any(|word| clause.split_once(word).is_some_and(|(_, rest)| mine(rest)));
    if to_me || clause.contains("提醒") && pays(clause) {
        return true;
    }
    let asks = ["向", "跟", "找", "问"].iter().any(|word| {
        let rest = clause.split_once(word).map(|(_, rest)| rest).unwrap_or_default();
        ["@", "他", "她"].iter().any(|who| {
            let rest = rest.strip_prefix(who);
            rest.is_some_and(|rest| rest.starts_with(['要', '收', '讨', '催', '借']))
        })
    });
    let somebody = |text: &str| {
        let known = PERSONS.iter().find_map(|who| text.strip_prefix(who).map(str::len));
        known.or_else(|| text.strip_prefix('@').map(str::len)).map(|rest| text.len() - rest)
    };
    let lets = ["让", "叫", "喊", "等"].iter().any(|word| {
        let rest = clause.split_once(word).map(|(_, rest)| rest).unwrap_or_default();
        somebody(rest).is_some() && rest.contains(|c| ALSO.contains(c))
    });
    let does = somebody(clause).and_then(|after| clause.get(after..)).is_some_and(|rest| {
        let acts = [
            "把", "会", "自己", "已经", "来付", "来交", "替我", "帮我", "想", "打算", "应该", "可能", "答应", "同意",
            "准备", "要求",
        ]
        .iter()
        .any(|word| rest.starts_with(word));
        let did = PAY.chars().any(|verb| ["了", "过"].iter().any(|end| rest.contains(&format!("{verb}{end}"))));
        let person = !clause.starts_with('@');
        // 张伟忘了交电费, not 房租忘了交.
        let forgot = rest.starts_with('忘') && (person || rest.contains('@'));
        pays(rest) && (acts || forgot || did && person) && !clause.contains('吧')
    });
    asks || lets || does
}

/// 帮我交, 把电费交了, 给张伟转五十: a clause that begins with what is to be done.
fn wished(clause: &str) -> bool {
    const LEADS: [&str; 32] = [
        "我", "那", "就", "嗯", "呃", "啊", "好", "行", "先", "快", "赶紧", "赶快", "现在", "马上", "立刻", "然后",
        "再", "还是", "干脆", "顺便", "要", "想", "得", "需要", "该", "去", "来", "你", "这", "所以", "直接", "都",
    ];
    let mut rest = clause;
    while let Some(next) = LEADS.iter().find_map(|lead| rest.strip_prefix(lead)) {
        rest = next;
    }
    let begins = ["请", "帮", "麻烦", "替我", "给", "把", "用", "往", "向@", "续", "结"];
    begins.iter().any(|word| rest.starts_with(word))
        || rest.starts_with(|c| ALSO.contains(c))
        || polite(clause) && pays(clause)
}
