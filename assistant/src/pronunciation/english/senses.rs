//! Which of its readings a word has that is said in several ways: by the words around it.

/// A part of speech, as far as it changes how a word is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Whatever is none of the others.
    Other,
    /// "the refund", "a record".
    Noun,
    /// "to record", "we refund".
    Verb,
    /// "I read it yesterday".
    Past,
    /// "I have read it".
    Perfect,
    /// "a close friend".
    Adjective,
    /// "close by".
    Adverb,
    /// The last word of its clause, where words without stress get one.
    Last,
    /// "that" before a noun.
    Determiner,
}

impl Part {
    /// The part of speech of a tag in the dictionary.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Some(match tag {
            "DEFAULT" => Part::Other,
            "NOUN" => Part::Noun,
            "VERB" => Part::Verb,
            "VBD" => Part::Past,
            "VBN" => Part::Perfect,
            "ADJ" => Part::Adjective,
            "ADV" => Part::Adverb,
            "None" => Part::Last,
            "DT" => Part::Determiner,
            // The present without an ending is written as the base form is, and so it is read.
            _ => return None,
        })
    }
}

/// Before a verb.
const BEFORE_VERBS: &[&str] = &[
    "to",
    "will",
    "would",
    "can",
    "could",
    "should",
    "shall",
    "must",
    "may",
    "might",
    "don't",
    "didn't",
    "doesn't",
    "won't",
    "can't",
    "couldn't",
    "wouldn't",
    "shouldn't",
    "cannot",
    "do",
    "did",
    "does",
    "please",
    "let's",
    "not",
    "i",
    "you",
    "we",
    "they",
    "who",
    "i'll",
    "you'll",
    "we'll",
    "they'll",
    "he'll",
    "she'll",
    "i'd",
    "you'd",
    "we'd",
    "never",
    "always",
    "just",
    "now",
    "and",
    "or",
    "then",
    "also",
    "help",
    "let",
];
/// Before a participle.
const BEFORE_PARTICIPLES: &[&str] = &[
    "have", "has", "had", "having", "i've", "you've", "we've", "they've", "haven't", "hasn't", "hadn't", "been", "be",
    "was", "were", "is", "are", "being", "wasn't", "weren't", "isn't", "aren't", "get", "gets", "got", "it's",
    "already",
];
/// Before a noun, with or without an adjective between them.
const BEFORE_NOUNS: &[&str] = &[
    "a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those", "no", "any",
    "each", "every", "some", "all", "of", "in", "on", "for", "with", "from", "by", "at", "about", "without", "another",
    "last", "next", "new", "first", "second", "full", "one", "two", "three", "whole",
];
/// Before an adjective that is said of something.
const BEFORE_ADJECTIVES: &[&str] = &["very", "so", "too", "quite", "how", "as", "more", "most", "really"];
/// After these a past form is no surprise: "yesterday I read".
const PAST_DAYS: &[&str] = &["yesterday", "ago", "last", "earlier", "once"];
/// What comes behind a noun that a sentence begins with.
const AFTER_NOUNS: &[&str] =
    &["of", "is", "was", "has", "are", "were", "for", "from", "with", "to", "and", "or", "will", "can"];
/// What comes behind a verb and not behind a noun.
const AFTER_VERBS: &[&str] = &[
    "it", "them", "him", "me", "us", "you", "the", "a", "an", "my", "your", "our", "their", "this", "that", "these",
    "those",
];

/// The part of speech of the word at `at`, all words in small letters; `last` if nothing follows it in its clause.
pub(super) fn part(words: &[String], at: usize) -> Part {
    let word = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", String::as_str);
    let (before, own, after) = (word(at.checked_sub(1)), word(Some(at)), word(at.checked_add(1)));
    if own == "that" {
        // "that bill" points at something, "that it is paid" joins.
        let joins = after.is_empty()
            || AFTER_VERBS.contains(&after)
            || matches!(after, "i" | "we" | "they" | "he" | "she" | "is" | "was" | "there");
        return if joins && !after.is_empty() { Part::Other } else { Part::Determiner };
    }
    if own == "read" && words.iter().any(|word| PAST_DAYS.contains(&word.as_str())) {
        return Part::Past;
    }
    if own == "used" && after == "to" && !BEFORE_PARTICIPLES.contains(&before) {
        return Part::Past;
    }
    if after.is_empty() && !BEFORE_NOUNS.contains(&before) && is_weak(own) {
        return Part::Last;
    }
    let beginning = before.is_empty();
    match own {
        // "close the account", "to close", "is closed" against "close to you", "a close friend".
        "close" if after == "to" || BEFORE_ADJECTIVES.contains(&before) => Part::Other,
        "live" if BEFORE_PARTICIPLES.contains(&before) || BEFORE_NOUNS.contains(&before) => Part::Other,
        "minute" if BEFORE_ADJECTIVES.contains(&before) => Part::Adjective,
        _ if BEFORE_NOUNS.contains(&before) => Part::Noun,
        _ if BEFORE_PARTICIPLES.contains(&before) && own == "read" => Part::Perfect,
        _ if BEFORE_PARTICIPLES.contains(&before) || BEFORE_ADJECTIVES.contains(&before) => Part::Adjective,
        _ if BEFORE_VERBS.contains(&before) => Part::Verb,
        // A sentence begins with what is to be done, unless the word is what is spoken of: "records of ...".
        _ if beginning && !after.is_empty() && !own.ends_with('s') && !AFTER_NOUNS.contains(&after) => Part::Verb,
        _ if AFTER_VERBS.contains(&after) && !own.ends_with('s') => Part::Verb,
        _ => Part::Noun,
    }
}

/// Words that are said without stress but at the end: "yes, you can".
fn is_weak(word: &str) -> bool {
    matches!(
        word,
        "can"
            | "have"
            | "had"
            | "has"
            | "will"
            | "would"
            | "could"
            | "should"
            | "by"
            | "there"
            | "her"
            | "my"
            | "his"
            | "been"
            | "through"
    ) || word.ends_with("n't")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_around_it_tell() {
        for (sentence, word, expected) in [
            ("please read it again", "read", Part::Verb),
            ("i have read it", "read", Part::Perfect),
            ("i read it yesterday", "read", Part::Past),
            ("close the account", "close", Part::Verb),
            ("you are close to the limit", "close", Part::Other),
            ("real money is live", "live", Part::Other),
            ("where do you live", "live", Part::Verb),
            ("the refund is on its way", "refund", Part::Noun),
            ("i can refund it", "refund", Part::Verb),
            ("a record of payments", "record", Part::Noun),
            ("use the phone", "use", Part::Verb),
            ("of no use", "use", Part::Noun),
            ("use paypal", "use", Part::Verb),
            ("record of payments", "record", Part::Noun),
            ("yes you can", "can", Part::Last),
            ("you can pay", "can", Part::Verb),
            ("that bill", "that", Part::Determiner),
            ("say that it is paid", "that", Part::Other),
            ("one minute", "minute", Part::Noun),
            ("it used to be", "used", Part::Past),
        ] {
            let words: Vec<String> = sentence.split(' ').map(str::to_owned).collect();
            let at = words.iter().position(|one| one == word).unwrap();
            assert_eq!(part(&words, at), expected, "{sentence}");
        }
    }
}
