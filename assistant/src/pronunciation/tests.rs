//! Whole sentences with a small dictionary; `tests/voice.rs` has the real one.

use super::*;
use std::sync::LazyLock;

const WORDS: &str = r#"{"pay":"pˈA","the":"ði","water":"wˈɔɾəɹ","bill":"bˈɪl","you":"ju","are":"ɑɹ","paying":"pˈAɪŋ","dollars":"dˈɑləɹz",
    "forty":"fˈɔɹɾi","two":"tˈu","and":"ænd","fifty":"fˈɪfti","cents":"sˈɛnts","is":"ɪz","that":{"DEFAULT":"ðæt","DT":"ðˈæt"},
    "right":"ɹˈIt","with":"wɪð","to":"tu","friend":"fɹˈɛnd","ally":"ˈælˌI","zoom":"zˈum"}"#;
const PHRASES: &str = r#"{"音乐":[["yīn"],["yuè"]]}"#;

fn pronouncer(lexicon: &str) -> Pronouncer {
    let own = Lexicon::parse("x.yaml", lexicon).unwrap();
    Pronouncer::new(WORDS, PHRASES, &Lexicon::shipped().unwrap().with(own)).unwrap()
}

static SHIPPED: LazyLock<Pronouncer> = LazyLock::new(|| pronouncer(""));

#[test]
fn whole_sentences() {
    assert_eq!(
        SHIPPED.phonemes("You are paying $42.50 to Alipay with PayPal. Is that right?", Lang::En),
        "ju ɑɹ pˈAɪŋ fˈɔɹɾi tˈu dˈɑləɹz ænd fˈɪfti sˈɛnts tʊ ˈælˌI pˈA wɪð pˈApˌæl. ɪz ðˈæt ɹˈIt?"
    );
    assert_eq!(SHIPPED.phonemes("用PayPal支付五元，对吗？", Lang::Zh), "jʊ↘ŋ pˈApˌæl ꭧɨ→fu↘ u↓ɥɛ↗n, twei↘ ma?");
    assert_eq!(SHIPPED.phonemes("", Lang::En), "");
    assert_eq!(SHIPPED.phonemes("… , !", Lang::Zh), "");
    assert_eq!(SHIPPED.phonemes("(pay) — the “bill”,, you", Lang::En), "pˈA) — ði “bˈɪl”, ju");
}

#[test]
fn a_lexicon_holds_against_everything() {
    let own = pronouncer("en:\n  water bill: pay zoom\n  Friend: /fɹˈɛn/\nzh:\n  微信: wei2 xin1\n  贝宝: 音乐\n");
    assert_eq!(own.phonemes("the Water  Bill, friend", Lang::En), "ðə pˈA zˈum, fɹˈɛn");
    assert_eq!(own.phonemes("微信", Lang::Zh), "wei↗ɕi→n");
    assert_eq!(own.phonemes("贝宝", Lang::Zh), "i→nɥe↘");
    assert_eq!(SHIPPED.phonemes("water bill", Lang::En), "wˈɔɾəɹ bˈɪl");
}

proptest::proptest! {
    #[test]
    fn whatever_is_written_the_voice_knows_every_sign(text in "\\PC{0,40}") {
        for lang in Lang::ALL {
            let said = SHIPPED.phonemes(&text, lang);
            proptest::prop_assert!(said.chars().all(|sign| phonemes::number(sign).is_some()), "{} -> {}", text, said);
        }
    }
}
