//! Words that are written like a number with a unit of money, and are none: 三角形, 一块去, 三元桥.

use crate::understanding::numeral::chinese_digit;
use crate::understanding::tokens::Utterance;

/// True if the unit at `at`, with the number before it or with what follows it, is another word.
pub(super) fn begins_thing(utterance: &Utterance, at: usize) -> bool {
    let before = |count: usize| at.checked_sub(count).map_or(' ', |at| utterance.sign(at));
    let next = utterance.sign(at + 1);
    // 一块去: together; not the end of a longer number.
    let one = before(1) == '一' && chinese_digit(before(2)).is_none() && !"十百千万".contains(before(2));
    let things = match utterance.sign(at) {
        '块' if one => "去来吃走玩聊儿看学住过",
        // 八角 is a spice.
        '角' if before(1) == '八' && "点些克包袋斤".contains(before(2)) => return true,
        '角' => "形星度色落楼",
        '元' if before(1) == '三' && matches!(next, '桥' | '里') => return true,
        '元' => "旦素宵件",
        '毛' => "病巾衣毯线",
        '分' => "之钟类析店公",
        _ => return false,
    };
    things.contains(next)
}
