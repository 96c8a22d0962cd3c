//! Words that are written like a number with a unit of money, and are none: 三角形, 一块去, 三元桥.

use super::amount::Said;
use crate::understanding::numeral::chinese_digit;
use crate::understanding::tokens::Utterance;

/// Things that are counted in 块, and are no price: 两块蛋糕.
const PIECES: [(char, char); 18] = [
    ('蛋', '糕'),
    ('石', '头'),
    ('手', '表'),
    ('豆', '腐'),
    ('面', '包'),
    ('巧', '克'),
    ('披', '萨'),
    ('玻', '璃'),
    ('木', '头'),
    ('木', '板'),
    ('砖', '头'),
    ('电', '池'),
    ('硬', '盘'),
    ('肥', '皂'),
    ('香', '皂'),
    ('饼', '干'),
    ('牛', '排'),
    ('排', '骨'),
];

/// True if the unit at `at`, with the number before it or with what follows it, is another word.
pub(super) fn begins_thing(utterance: &Utterance, at: usize) -> bool {
    let before = |count: usize| at.checked_sub(count).map_or(' ', |at| utterance.sign(at));
    let next = utterance.sign(at + 1);
    // 一块去: together; not the end of a longer number.
    let one = before(1) == '一' && chinese_digit(before(2)).is_none() && !"十百千万".contains(before(2));
    let things = match utterance.sign(at) {
        // 水费和电费一块付: both together. 一块付给他 is one yuan.
        '块' if one && "付交缴结办处".contains(next) => return utterance.sign(at + 2) != '给',
        '块' if one => "去来吃走玩聊儿看学住过",
        // 八角 is a spice.
        '角' if before(1) == '八' && "点些克包袋斤".contains(before(2)) => return true,
        '角' if before(1) == '八' && next == '茴' => return true,
        '角' => "形星度色落楼恋",
        '元' if before(1) == '三' && matches!(next, '桥' | '里') => return true,
        // 一元二次方程.
        '元' if utterance.sign(at + 2) == '次' => return true,
        '元' => "旦素宵件",
        '块' => return PIECES.contains(&(next, utterance.sign(at + 2))),
        '毛' if one && next == '不' => return true,
        '毛' if one && before(2) == '牛' => return true,
        // 一分都不能多, 一毛也不少: not a bit.
        '毛' | '分' if one && matches!(next, '都' | '也' | '不') => return true,
        '毛' | '分' if one && next == '钱' && matches!(utterance.sign(at + 2), '都' | '也' | '不') => {
            return true;
        }
        '毛' => "病巾衣毯线党",
        '分' => "之钟类析店公熟球为",
        _ => return false,
    };
    things.contains(next)
}

/// True for what is only said so: "my two cents", "I feel like a million bucks", "24 7".
pub(super) fn is_saying(utterance: &Utterance, said: &Said) -> bool {
    let before = said.first.checked_sub(1).map_or("", |at| utterance.word(at));
    let words: Vec<&str> = (said.first..said.after).map(|at| utterance.word(at)).collect();
    match words.as_slice() {
        ["two" | "2", "cents"] => matches!(before, "my" | "your" | "his" | "her"),
        ["a" | "one", "million", "bucks" | "dollars"] => before == "like",
        ["24", .., "7"] => words.len() <= 3,
        _ => false,
    }
}
