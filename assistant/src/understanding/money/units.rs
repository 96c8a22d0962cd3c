//! The words for currencies and their parts in both languages, with slang, signs and codes.

use crate::lang::currencies;
use crate::understanding::tokens::{Kind, Utterance};
use rust_decimal::Decimal;
use rust_decimal::dec;
use sayso_plugin_interface::Currency;
use std::collections::HashMap;

/// What one of a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A dollar, 元.
    Whole,
    /// A tenth: 毛, 角.
    Tenth,
    /// A hundredth: a cent, 分.
    Hundredth,
    /// A coin or note: dime, fiver.
    Piece,
}

/// A unit of money as one phrase names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// The currencies that it can be, the usual one first; empty for a fiver.
    pub currencies: Vec<Currency>,
    /// True if it is the first currency unless the conversation is in another of them.
    pub usual: bool,
    /// What one of it is.
    pub part: Part,
    /// How much of the whole unit one of it is.
    pub worth: Decimal,
    /// True if the phrase is Chinese.
    pub chinese: bool,
}

impl Unit {
    /// The currencies that it means when the conversation is in `expected`; more than one if that stays open.
    pub fn meant(&self, expected: Option<Currency>) -> Vec<Option<Currency>> {
        if self.currencies.is_empty() {
            return vec![None];
        }
        match expected {
            Some(expected) if self.currencies.contains(&expected) => vec![Some(expected)],
            _ if self.usual => self.currencies.iter().copied().take(1).map(Some).collect(),
            _ => self.currencies.iter().copied().map(Some).collect(),
        }
    }
}

#[derive(Clone, Debug)]
struct Phrase {
    words: Vec<String>,
    unit: usize,
    /// May stand before the number.
    before: bool,
    /// May stand after the number.
    behind: bool,
    /// An English word too: only capitals count.
    capitals: bool,
}

/// All phrases, found by their first word.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    units: Vec<Unit>,
    phrases: HashMap<String, Vec<Phrase>>,
}

/// A unit found in an utterance.
#[derive(Clone, Debug)]
pub(crate) struct Found<'a> {
    /// Which.
    pub unit: &'a Unit,
    /// One past its last token.
    pub after: usize,
}

/// Codes that are English words or names as well.
const WORDS_TOO: &str =
    "ALL TRY TOP BOB PEN CUP GEL MAD MOP SOS RON BAM LAK ERN MUR ANG SLE WST DOP NAD PAB COP GIP SAR BIF CAD";

/// Last words of names that are too common to mean money.
const NOT_ALONE: &str = "gold real mark marks sol colon colons";

/// Shared names whose usual currency is beyond doubt; of the others all are offered.
const USUAL: &[(&str, &str)] = &[
    ("dollar", "USD"),
    ("pound", "GBP"),
    ("franc", "CHF"),
    ("rupee", "INR"),
    ("won", "KRW"),
    ("rouble", "RUB"),
    ("riyal", "SAR"),
    ("leu", "RON"),
];

/// Slang and short forms: phrase, codes with the usual one first, and whether it may also stand before the number.
const WHOLE: &[(&str, &str, bool)] = &[
    ("buck", "USD CAD AUD NZD SGD HKD", false),
    ("bucks", "USD CAD AUD NZD SGD HKD", false),
    ("dollars us", "USD", false),
    ("american dollar", "USD", false),
    ("american dollars", "USD", false),
    ("u . s . dollars", "USD", false),
    ("u s dollars", "USD", false),
    ("greenbacks", "USD", false),
    ("hk dollars", "HKD", false),
    ("aussie dollars", "AUD", false),
    ("kiwi dollars", "NZD", false),
    ("sing dollars", "SGD", false),
    ("new taiwan dollars", "TWD", false),
    ("loonies", "CAD", false),
    ("canadian", "CAD", false),
    ("aussie", "AUD", false),
    ("quid", "GBP", false),
    ("sterling", "GBP", false),
    ("pounds sterling", "GBP", false),
    ("british pounds", "GBP", false),
    ("yuan", "CNY", true),
    ("yuan renminbi", "CNY", false),
    ("chinese yuan", "CNY", false),
    ("kuai", "CNY HKD TWD", false),
    ("renminbi", "CNY", true),
    ("rmb", "CNY", true),
    ("yen", "JPY", false),
    ("rs", "INR", true),
    ("rubles", "RUB", false),
    ("ruble", "RUB", false),
    ("russian rubles", "RUB", false),
    ("swissies", "CHF", false),
    ("reais", "BRL", false),
    ("kronur", "ISK", false),
    ("块", "CNY HKD TWD MOP", false),
    ("块钱", "CNY HKD TWD MOP", false),
    ("快钱", "CNY", false),
    ("元", "CNY HKD TWD MOP", false),
    ("元钱", "CNY HKD TWD MOP", false),
    ("圆", "CNY HKD TWD MOP", false),
    ("园", "CNY", false),
    ("大洋", "CNY", false),
    ("大元", "CNY", false),
    ("人民币", "CNY", true),
    ("人民币元", "CNY", false),
    ("元人民币", "CNY", false),
    ("块人民币", "CNY", false),
    ("块钱人民币", "CNY", false),
    ("软妹币", "CNY", true),
    ("美金", "USD", true),
    ("块美金", "USD", false),
    ("美刀", "USD", true),
    ("刀", "USD CAD AUD", false),
    ("块美元", "USD", false),
    ("港币", "HKD", true),
    ("港纸", "HKD", true),
    ("块港币", "HKD", false),
    ("元港币", "HKD", false),
    ("蚊", "HKD", false),
    ("台币", "TWD", true),
    ("块台币", "TWD", false),
    ("元台币", "TWD", false),
    ("新台币元", "TWD", false),
    ("澳门币", "MOP", true),
    ("葡币", "MOP", true),
    ("欧", "EUR", false),
    ("块欧元", "EUR", false),
    ("镑", "GBP", false),
    ("日币", "JPY", true),
    ("日圆", "JPY", true),
    ("韩币", "KRW", true),
    ("韩圆", "KRW", true),
    ("加币", "CAD", true),
    ("加拿大元", "CAD", true),
    ("加刀", "CAD", true),
    ("澳币", "AUD", true),
    ("澳大利亚元", "AUD", true),
    ("澳刀", "AUD", true),
    ("纽币", "NZD", true),
    ("纽元", "NZD", true),
    ("新币", "SGD", true),
    ("坡币", "SGD", true),
    ("新加坡币", "SGD", true),
    ("瑞郎", "CHF", true),
    ("卢布", "RUB", true),
    ("卢比", "INR", true),
    ("马币", "MYR", true),
    ("令吉", "MYR", true),
    ("泰币", "THB", true),
    ("雷亚尔", "BRL", true),
    ("里拉", "TRY", true),
    ("兰特", "ZAR", true),
    ("兹罗提", "PLN", true),
    ("us $", "USD", true),
    ("hk $", "HKD", true),
    ("nt $", "TWD", true),
    ("a $", "AUD", true),
    ("au $", "AUD", true),
    ("c $", "CAD", true),
    ("ca $", "CAD", true),
    ("nz $", "NZD", true),
    ("s $", "SGD", true),
    ("r $", "BRL", true),
    ("cn ¥", "CNY", true),
    ("jp ¥", "JPY", true),
    ("rmb ¥", "CNY", true),
    ("$", "USD CAD AUD NZD HKD SGD TWD MXN", true),
    ("€", "EUR", true),
    ("£", "GBP", true),
    ("¥", "CNY JPY", true),
    ("₹", "INR", true),
    ("₩", "KRW", true),
    ("zł", "PLN", false),
    ("kr", "SEK NOK DKK ISK", true),
];

/// Words for parts of the whole unit: phrase, codes, part, worth in hundredths.
const PARTS: &[(&str, &str, Part, i64)] = &[
    ("cent", "USD EUR CAD AUD NZD HKD SGD ZAR TWD", Part::Hundredth, 1),
    ("cents", "USD EUR CAD AUD NZD HKD SGD ZAR TWD", Part::Hundredth, 1),
    ("¢", "USD EUR CAD AUD NZD HKD SGD ZAR TWD", Part::Hundredth, 1),
    ("c", "USD EUR CAD AUD NZD HKD SGD ZAR", Part::Hundredth, 1),
    ("euro cents", "EUR", Part::Hundredth, 1),
    ("pence", "GBP", Part::Hundredth, 1),
    ("p", "GBP", Part::Hundredth, 1),
    ("penny", "GBP USD CAD", Part::Hundredth, 1),
    ("pennies", "USD GBP CAD", Part::Hundredth, 1),
    ("fen", "CNY", Part::Hundredth, 1),
    ("jiao", "CNY", Part::Tenth, 10),
    ("mao", "CNY", Part::Tenth, 10),
    ("毛", "CNY HKD TWD MOP", Part::Tenth, 10),
    ("毛钱", "CNY HKD TWD MOP", Part::Tenth, 10),
    ("角", "CNY HKD TWD MOP", Part::Tenth, 10),
    ("角钱", "CNY HKD TWD MOP", Part::Tenth, 10),
    ("分", "CNY HKD TWD MOP", Part::Hundredth, 1),
    ("分钱", "CNY HKD TWD MOP", Part::Hundredth, 1),
    ("美分", "USD", Part::Hundredth, 1),
    ("dime", "USD CAD", Part::Piece, 10),
    ("dimes", "USD CAD", Part::Piece, 10),
    ("nickel", "USD CAD", Part::Piece, 5),
    ("nickels", "USD CAD", Part::Piece, 5),
    ("fiver", "", Part::Piece, 500),
    ("fivers", "", Part::Piece, 500),
    ("tenner", "", Part::Piece, 1000),
    ("tenners", "", Part::Piece, 1000),
];

impl Units {
    /// Builds the lexicon from the tables.
    pub fn new() -> Self {
        let mut units = Units { units: Vec::new(), phrases: HashMap::new() };
        for (phrase, codes, before) in WHOLE {
            units.teach(phrase, &parse(codes), *phrase != "kr", Part::Whole, dec!(1), (*before, true));
        }
        for (phrase, codes, part, hundredths) in PARTS {
            units.teach(phrase, &parse(codes), true, *part, Decimal::new(*hundredths, 2), (false, true));
        }
        units.teach_names();
        units.teach_codes();
        for phrases in units.phrases.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        units
    }

    /// The full names of the table, and their last words where these tell enough.
    fn teach_names(&mut self) {
        let mut shared: Vec<(&str, Vec<Currency>)> = Vec::new();
        for names in currencies::all() {
            let own = parse(names.code);
            for name in [names.one, names.many] {
                self.teach(name, &own, true, Part::Whole, dec!(1), (false, true));
            }
            for name in [names.minor_one, names.minor_many, names.zh_minor] {
                if !self.knows(name) {
                    self.teach(name, &own, true, Part::Hundredth, dec!(0.01), (false, true));
                }
            }
            if !self.knows(names.zh) {
                self.teach(names.zh, &own, true, Part::Whole, dec!(1), (names.zh.chars().count() > 1, true));
            }
            if !self.knows(names.symbol) {
                self.teach(names.symbol, &own, true, Part::Whole, dec!(1), (true, true));
            }
            for name in [names.one, names.many] {
                let last = name.rsplit(' ').next().unwrap_or(name);
                match shared.iter_mut().find(|(word, _)| *word == last) {
                    Some((_, codes)) if codes.ends_with(&own) => {}
                    Some((_, codes)) => codes.extend(&own),
                    None => shared.push((last, own.clone())),
                }
            }
        }
        for (word, mut codes) in shared {
            let singular = word.strip_suffix('s').unwrap_or(word);
            let usual = USUAL.iter().find(|(name, _)| *name == singular || *name == word).map(|(_, code)| parse(code));
            if let Some(first) = usual.as_ref().and_then(|codes| codes.first()) {
                codes.sort_by_key(|code| code != first);
            }
            if !NOT_ALONE.split(' ').any(|common| common == word) && !self.knows(word) {
                let certain = usual.is_some() || codes.len() == 1;
                self.teach(word, &codes, certain, Part::Whole, dec!(1), (word.starts_with("euro"), true));
            }
        }
    }

    fn teach_codes(&mut self) {
        for currency in Currency::all() {
            let code = currency.code().to_ascii_lowercase();
            self.teach(&code, &[currency], true, Part::Whole, dec!(1), (true, true));
            let capitals = WORDS_TOO.split(' ').any(|word| word == currency.code());
            if let Some(phrases) = self.phrases.get_mut(&code).filter(|_| capitals) {
                for phrase in phrases.iter_mut().filter(|phrase| phrase.words.len() == 1) {
                    phrase.capitals = true;
                }
            }
        }
    }

    fn knows(&self, phrase: &str) -> bool {
        let words = words(phrase);
        let Some(first) = words.first() else { return true };
        self.phrases.get(first).is_some_and(|known| known.iter().any(|known| known.words == words))
    }

    fn teach(
        &mut self,
        phrase: &str,
        codes: &[Currency],
        usual: bool,
        part: Part,
        worth: Decimal,
        (before, behind): (bool, bool),
    ) {
        let words = words(phrase);
        let Some(first) = words.first().cloned() else { return };
        let chinese = phrase.chars().any(crate::understanding::script::is_han);
        let unit = self.units.len();
        self.units.push(Unit { currencies: codes.to_vec(), usual, part, worth, chinese });
        self.phrases.entry(first).or_default().push(Phrase { words, unit, before, behind, capitals: false });
    }

    /// The unit named at `at`, after a number.
    pub fn behind<'a>(&'a self, utterance: &Utterance, at: usize) -> Option<Found<'a>> {
        let found = self.find(utterance, at, |phrase| phrase.behind)?;
        // "50 p" and "50p", but not "p" of another word; "a $5" begins another amount.
        let sign = utterance.kind(at) == Some(Kind::Sign);
        let begins_next = utterance.kind(found.after) == Some(Kind::Digits) && utterance.glued(found.after);
        if sign && begins_next { None } else { Some(found) }
    }

    /// The unit named at `at`, before a number.
    pub fn before<'a>(&'a self, utterance: &Utterance, at: usize) -> Option<Found<'a>> {
        self.find(utterance, at, |phrase| phrase.before)
    }

    fn find<'a>(&'a self, utterance: &Utterance, at: usize, side: fn(&Phrase) -> bool) -> Option<Found<'a>> {
        let phrases = self.phrases.get(utterance.word(at))?;
        let fits = |phrase: &&Phrase| {
            side(phrase)
                && phrase.words.iter().enumerate().all(|(i, word)| utterance.word(at + i) == word)
                && (!phrase.capitals || in_capitals(utterance, at))
        };
        let phrase = phrases.iter().find(fits)?;
        Some(Found { unit: self.units.get(phrase.unit)?, after: at + phrase.words.len() })
    }
}

fn in_capitals(utterance: &Utterance, at: usize) -> bool {
    utterance.get(at).is_some_and(|token| {
        let original = utterance.chars.get(token.start..token.end).unwrap_or_default();
        original.iter().all(char::is_ascii_uppercase)
    })
}

fn parse(codes: &str) -> Vec<Currency> {
    codes.split(' ').filter_map(|code| code.parse().ok()).collect()
}

/// A phrase cut as utterances are.
fn words(phrase: &str) -> Vec<String> {
    Utterance::new(phrase).tokens.into_iter().map(|token| token.text).collect()
}
