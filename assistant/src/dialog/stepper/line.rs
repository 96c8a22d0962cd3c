//! A sentence that names several payees side by side, and what of it is said of each of them. What a person takes back in it
//! ("Bob twenty, no, thirty, and Alice forty") is read as if it had not been said.

use super::words::{contains, plain};
use crate::understanding::{Entity, EntityKind, IntentGuess, Meaning, Value};

/// Words that put one payee beside another, and words that put one in the place of another.
const AND: &[&str] = &["and", "plus", "also", "then", "as well as", "和", "跟", "与", "及", "还有", "再", "然后", "都"];
const OR: &[&str] = &[
    "or",
    "not",
    "no",
    "i mean",
    "instead",
    "rather",
    "wait",
    "sorry",
    "actually",
    "scratch that",
    "make that",
    "或",
    "还是",
    "不",
    "是说",
    "错了",
    "说错",
    "应该是",
    "改成",
    "改为",
    "换成",
];
/// Words by which one amount is meant for each of them.
const EACH: &[&str] = &["each", "apiece", "各", "每个", "每人", "每家", "一人", "一家", "分别"];
/// Words by which what follows an "and" is a wish of its own.
const VERBS: &[&str] =
    &["pay", "send", "transfer", "give", "wire", "settle", "clear", "付", "交", "转", "缴", "给", "打", "汇", "还"];
/// Words behind which, or before which, those are named that are not meant.
const EXCEPT: &[&str] = &[
    "except",
    "excluding",
    "apart from",
    "other than",
    "all but",
    "everything but",
    "but not",
    "without",
    "除了",
    "以外",
    "之外",
    "不包括",
    "不含",
    "不算",
];

/// True if whom a sentence names are those that it leaves out: "all of them except the rent".
pub(super) fn excepts(text: &str) -> bool {
    has(text, EXCEPT)
}

/// What is said besides the payees.
pub(super) fn without_payees(meaning: &Meaning) -> Meaning {
    let mut rest = meaning.clone();
    rest.entities.retain(|entity| entity.kind != EntityKind::Payee);
    rest.intent.iter_mut().chain(&mut rest.rivals).for_each(|guess| guess.slots.clear());
    rest
}

/// A sentence with several payees, in the order in which they are named.
pub(super) struct Line<'m> {
    meaning: &'m Meaning,
    /// In the order in which they are named.
    pub payees: Vec<&'m Entity>,
    chars: Vec<char>,
}

impl<'m> Line<'m> {
    /// The sentence with those whom it names.
    pub(super) fn new(meaning: &'m Meaning, payees: Vec<&'m Entity>) -> Self {
        Line { meaning, payees, chars: kept(meaning) }
    }

    fn between(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).into_iter().flatten().collect()
    }

    /// True if every payee is joined to the one before it, and none takes the place of another. A comma alone joins
    /// where each has an amount.
    pub(super) fn is_side_by_side(&self) -> bool {
        let mut joined = self.amounts().count() == self.payees.len();
        // 电费水费都交了: nothing stands between them, and both are meant.
        let both = self.between(self.payees.last().map_or(0, |last| last.end), self.chars.len()).contains(['都', '全']);
        let all = self.payees.windows(2).all(|pair| {
            let [one, other] = pair else { return false };
            let between = self.between(one.end, other.start);
            let touch = both && between.is_empty();
            joined |= has(&between, AND) || between.contains('、') || touch;
            (joins(&between) || touch) && !has(&between, OR)
        });
        all && joined
    }

    fn amounts(&self) -> impl Iterator<Item = &'m Entity> {
        self.meaning.entities.iter().filter(|entity| is_amount(entity))
    }

    /// What the sentence says of the payee at this place.
    pub(super) fn part(&self, at: usize) -> Meaning {
        let payee = self.payees.get(at).into_iter().copied();
        let others = self.meaning.entities.iter().filter(|e| e.kind != EntityKind::Payee && self.belongs(e, at));
        let mut part = Meaning { entities: payee.chain(others).cloned().collect(), ..self.meaning.clone() };
        part.intent.iter_mut().chain(&mut part.rivals).for_each(|guess| guess.slots.clear());
        part
    }

    /// True if what was said belongs to the payee at this place: the first amount to the first payee where there are as
    /// many; what stands on one side of the "and" to the payee there; one way to pay or one day to all. One amount that
    /// could be for each or for all of them together belongs to none.
    fn belongs(&self, entity: &Entity, at: usize) -> bool {
        let same = |other: &&Entity| other.kind == entity.kind || (is_amount(other) && is_amount(entity));
        let mut alike: Vec<&Entity> = self.meaning.entities.iter().filter(same).collect();
        alike.sort_by_key(|other| other.start);
        if alike.len() == self.payees.len() {
            return alike.get(at).is_some_and(|own| own.start == entity.start);
        }
        if let Some(place) = self.beside(entity) {
            return place == at;
        }
        alike.len() == 1 && (!is_amount(entity) || has(&self.meaning.text, EACH))
    }

    /// The payee on whose side of an "and" this stands. At the ends of the sentence it stands on no side, unless a wish
    /// of its own begins or ends there: "pay the water bill and send Bob ten dollars".
    fn beside(&self, entity: &Entity) -> Option<usize> {
        let own_wish = |at: usize| {
            let [one, other] = self.payees.get(at..at + 2)? else { return None };
            let between = self.between(one.end, other.start);
            let joint = AND.iter().chain(&[",", "，"]).filter_map(|and| Some(between.rfind(and)? + and.len())).max()?;
            (entity.kind != EntityKind::Provider && has(between.get(joint..)?, VERBS)).then_some(())
        };
        let last = self.payees.len() - 1;
        if self.payees.first().is_some_and(|first| entity.end <= first.start) {
            return own_wish(0).map(|()| 0);
        }
        if self.payees.last().is_some_and(|payee| payee.end <= entity.start) {
            return own_wish(last - 1).map(|()| last);
        }
        self.payees.windows(2).enumerate().find_map(|(at, pair)| {
            let [one, other] = pair else { return None };
            let inside = one.end <= entity.start && entity.end <= other.start;
            let before = joins(&self.between(entity.end, other.start));
            inside.then_some(if before { at } else { at + 1 })
        })
    }
}

/// The characters of a sentence, blanks in the place of what was taken back in it ("twenty, no,").
fn kept(meaning: &Meaning) -> Vec<char> {
    let gone = |at: usize| meaning.taken_back.iter().any(|(start, end)| (*start..*end).contains(&at));
    meaning.text.chars().enumerate().map(|(at, c)| if gone(at) { ' ' } else { c }).collect()
}

/// True if all that is corrected or refused in a sentence is what it takes back itself: "Bob twenty, no, thirty".
pub(super) fn settled_in_place(meaning: &Meaning) -> bool {
    let rest: String = kept(meaning).into_iter().collect();
    !meaning.taken_back.is_empty() && !has(&rest, OR)
}

/// True if the text has any of the words.
pub(super) fn has(text: &str, words: &[&str]) -> bool {
    let text = plain(text);
    words.iter().any(|word| contains(&text, word))
}

fn joins(between: &str) -> bool {
    has(between, AND) || between.contains([',', '，', '、', '；', ';', '。'])
}

/// True for an amount, or a number that may be one.
pub(super) fn is_amount(entity: &Entity) -> bool {
    matches!(entity.kind, EntityKind::Money | EntityKind::Number)
}

/// Everybody whom this can mean.
pub(super) fn readings(payee: &Entity) -> impl Iterator<Item = &str> {
    let values = payee.value.iter().chain(&payee.alternatives);
    values.filter_map(|value| if let Value::Id(id) = value { Some(id.id.as_str()) } else { None })
}

/// The payees that a sentence names.
pub(super) fn payees_of(meaning: &Meaning) -> Vec<&Entity> {
    meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Payee).collect()
}

/// The payees that a sentence names to a flow: where the flow's own sentence was said whole, those in its slots. In "renew my
/// library card" the library is a word of the sentence and no payee that is wished for.
pub(super) fn named_by<'m>(guess: &IntentGuess, meaning: &'m Meaning) -> Vec<&'m Entity> {
    if guess.confidence_milli < 1000 {
        return payees_of(meaning);
    }
    let bound = guess.slots.iter().filter_map(|(_, index)| meaning.entities.get(*index));
    bound.filter(|entity| entity.kind == EntityKind::Payee).collect()
}

/// True if the two can't mean one payee.
pub(super) fn apart(one: &Entity, other: &Entity) -> bool {
    !readings(one).any(|id| readings(other).any(|same| same == id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_flows_own_sentence_is_no_payee_that_is_wished_for() {
        let payee = |start: usize, text: &str| Entity {
            kind: EntityKind::Payee,
            start,
            end: start + text.len(),
            text: text.to_owned(),
            value: None,
            alternatives: Vec::new(),
            ambiguous: false,
        };
        let meaning = Meaning { entities: vec![payee(9, "library")], ..Meaning::default() };
        let guess = |confidence_milli, slots| IntentGuess { name: "library_card".to_owned(), confidence_milli, slots };
        assert!(named_by(&guess(1000, Vec::new()), &meaning).is_empty());
        assert_eq!(named_by(&guess(1000, vec![("payee".to_owned(), 0)]), &meaning).len(), 1);
        assert_eq!(named_by(&guess(900, Vec::new()), &meaning).len(), 1);
    }
}
