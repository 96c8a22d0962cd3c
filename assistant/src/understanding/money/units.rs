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
    /// A thousandth of a dinar, a hundredth of a dirham: fils.
    Thousandth,
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

/// Names that are written before a number too ("rupees 500"), and are no other word.
const BEFORE_TOO: &str = "euro euros rupee rupees yen baht naira rupiah ringgit peso pesos franc francs shekel shekels dirham dirhams riyal riyals \
zloty kroner krona kronor shilling shillings taka forint cedi cedis hryvnia";

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
    ("lei", "RON"),
];

impl Units {
    /// Builds the lexicon from the tables.
    pub fn new() -> Self {
        let mut units = Units { units: Vec::new(), phrases: HashMap::new() };
        for row in include_str!("unit_words.tsv").lines().filter(|line| !line.starts_with('#')) {
            units.teach_row(row);
        }
        units.teach_names();
        units.teach_codes();
        for phrases in units.phrases.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        units
    }

    /// A row of the table of words: phrase, currencies, part, hundredths, place.
    fn teach_row(&mut self, row: &str) -> Option<()> {
        let mut cells = row.split('\t');
        let (phrase, codes, part) = (cells.next()?, cells.next()?, cells.next()?);
        let worth = Decimal::new(cells.next()?.parse().ok()?, 2);
        let before = cells.next()? == "both";
        let worth = if part == "thousandth" { worth / dec!(10) } else { worth };
        let kind = match part {
            "tenth" => Part::Tenth,
            "hundredth" => Part::Hundredth,
            "thousandth" => Part::Thousandth,
            "piece" => Part::Piece,
            _ => Part::Whole,
        };
        self.teach(phrase, &parse(codes), part != "open", kind, worth, (before, true));
        // "emirati dirham", as many say it.
        if let Some(one) =
            phrase.strip_suffix('s').filter(|one| one.contains(' ') && one.is_ascii() && !self.knows(one))
        {
            self.teach(one, &parse(codes), part != "open", kind, worth, (before, true));
        }
        Some(())
    }

    /// The full names of the table, and their last words where these tell enough.
    fn teach_names(&mut self) {
        let mut shared: Vec<(&str, Vec<Currency>)> = Vec::new();
        for names in currencies::all() {
            let own = parse(names.code);
            for name in [names.one, names.many] {
                let before = name.contains(' ') || BEFORE_TOO.split(' ').any(|known| known == name);
                self.teach(name, &own, true, Part::Whole, dec!(1), (before, true));
            }
            for name in [names.minor_one, names.minor_many, names.zh_minor] {
                if !self.knows(name) {
                    self.teach(name, &own, true, Part::Hundredth, dec!(0.01), (false, true));
                }
            }
            // "pounds Egyptian", "dollars Jamaican"
            for name in [names.one, names.many] {
                if let Some((of, unit)) = name.split_once(' ').filter(|(_, unit)| !unit.contains(' ')) {
                    self.teach(&format!("{unit} {of}"), &own, true, Part::Whole, dec!(1), (false, true));
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
                let before = BEFORE_TOO.split(' ').any(|known| known == word);
                self.teach(word, &codes, certain, Part::Whole, dec!(1), (before, true));
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
