//! One spelling for one character: full-width forms, capitals and the traditional characters that carry meaning here.
//!
//! Every character becomes exactly one other, so that offsets stay true.

/// Traditional and formal characters with the simplified one that this room works with, in pairs.
const TRADITIONAL: &str = "\
兩两萬万億亿貳贰參叁陸陆塊块圓圆錢钱費费電电網网氣气煤煤繳缴給给轉转帳账賬账匯汇對对沒没問问題题說说聽听請请幫帮確确認认\
應应該该為为換换還还這这個个週周號号禮礼點点後后幾几歲岁單单據据戶户餘余額额詢询寶宝貝贝維维們们讓让開开關关係系時时間间現现\
樣样麼么嗎吗啊啊裡里裏里過过遍遍麗丽偉伟張张劉刘陳陈楊杨趙赵黃黄吳吴孫孙馬马羅罗鄭郑謝谢許许韓韩馮冯鄧邓葉叶蔣蒋蘇苏盧卢\
發发紅红綠绿藍蓝銀银聯联業业務务員员設设備备訂订購购買买賣卖貨货價价貴贵賤贱總总計计數数筆笔張张條条項项種种類类編编碼码\
選选擇择取取消消錯错誤误復复複复讀读寫写話话語语講讲訊讯資资訂订閱阅會会員员機机場场車车票票學学醫医藥药飯饭館馆廳厅\
從从頭头來来離离開开進进遠远近近邊边東东個个無无與与並并將将剛刚纔才才才雖虽該该讓让誰谁麽么她她妳你們们愛爱媽妈爺爷親亲\
賴赖儲储蓄蓄熱热燃燃燒烧暖暖溫温涼凉水水壓压廢废棄弃變变動动態态滿满減减增增漲涨續续繼继絕绝經经濟济結结束束終终統统\
點点鐘钟際际國国歐欧鎊镑澳澳幣币韓韩盧卢羅罗瑞瑞臺台灣湾鄰邻區区華华農农礦矿產产隨随機机報报銷销稅税險险貸贷債债償偿\
暫暂稍稍緊紧急急慢慢輕轻響响聲声壞坏夠够嚴严屬属廣广塵尘處处備备傳传側侧偽伪傷伤僅仅億亿優优兒儿內内兇凶凍冻則则創创劃划\
勝胜勞劳勢势勻匀匯汇協协卻却厭厌厲厉參叁叢丛員员啟启喚唤喪丧嘗尝嘆叹團团園园圍围圖图圓圆執执堅坚報报塊块墊垫壞坏壽寿夢梦\
奪夺奮奋娛娱婦妇嬰婴孫孙學学寧宁實实寢寝審审對对導导專专層层屆届島岛師师帶带幹干庫库彈弹強强彙汇徑径從从徹彻恆恒悶闷惱恼\
惡恶愛爱慣惯慮虑憂忧憑凭戰战戲戏戶户掃扫採采揮挥換换損损撥拨擁拥擇择擊击擔担據据擠挤擬拟擴扩攝摄敗败敵敌斷断於于晉晋晝昼\
暢畅曆历歷历書书條条楊杨業业極极構构標标樓楼樂乐樹树橋桥機机檔档檢检權权欄栏歡欢歸归殘残殺杀氣气決决況况淨净測测湯汤滅灭\
滾滚漢汉潔洁濃浓濕湿灣湾災灾為为烏乌煙烟營营爭争爾尔牆墙獎奖獨独獲获玆兹珍珍現现環环瑪玛產产畢毕異异當当疊叠發发監监盡尽\
盤盘睜睁矯矫碼码確确礎础祕秘禍祸離离稱称穩稳積积窮穷競竞筆笔節节範范築筑簡简簽签籤签糧粮紀纪約约純纯紙纸級级紛纷細细組组\
";

/// The character by which `c` is compared: half-width, small, simplified.
pub(crate) fn plain(c: char) -> char {
    match c {
        'a'..='z' | '0'..='9' | ' ' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        '\u{3000}' | '\u{a0}' | '\t' | '\n' | '\r' => ' ',
        '’' | '‘' | '`' | '´' => '\'',
        '−' | '–' | '—' | '‐' | '‑' | '－' => '-',
        '￥' => '¥',
        '￡' => '£',
        '￠' => '¢',
        '．' => '.',
        '\u{ff01}'..='\u{ff5e}' => {
            let half = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
            half.to_ascii_lowercase()
        }
        '\u{4e00}'..='\u{9fff}' => simplified(c),
        _ if c.is_ascii() => c,
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The simplified form, where the table has one.
fn simplified(c: char) -> char {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static PAIRS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let all: Vec<char> = TRADITIONAL.chars().collect();
        all.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
    });
    PAIRS.get(&c).copied().unwrap_or(c)
}

/// True for a Chinese character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_means_the_same() {
        let fold = |text: &str| text.chars().map(plain).collect::<String>();
        assert_eq!(fold("ＡＢ１２３．５￥"), "ab123.5¥");
        assert_eq!(fold("電費，兩萬塊錢"), "电费,两万块钱");
        assert_eq!(fold("It’s"), "it's");
    }

    #[test]
    fn the_table_is_made_of_pairs() {
        assert_eq!(TRADITIONAL.chars().count() % 2, 0);
        for pair in TRADITIONAL.chars().collect::<Vec<_>>().chunks(2) {
            assert_eq!(simplified(pair[1]), pair[1], "{pair:?} leads to a character that is itself replaced");
        }
    }
}
