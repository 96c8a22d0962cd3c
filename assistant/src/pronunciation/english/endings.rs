//! Words that no dictionary lists, from those that it does: endings, beginnings, and two words written as one.

use super::super::phonemes::is_vowel;

/// The stem of a word with what its ending sounds like.
pub(super) struct Stem {
    /// Where to look it up: the first of these that is known.
    pub words: Vec<String>,
    /// What follows it.
    pub ending: Ending,
}

/// What follows a stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// `-s`, `-es`, `-'s`.
    S,
    /// `-ed`.
    Ed,
    /// These phonemes.
    Plain(&'static str),
}

/// Endings that keep the stem as it is said.
const PLAIN: &[(&str, &str)] = &[
    ("ing", "ɪŋ"),
    ("ings", "ɪŋz"),
    ("er", "əɹ"),
    ("ers", "əɹz"),
    ("ly", "li"),
    ("ness", "nəs"),
    ("less", "ləs"),
    ("ment", "mənt"),
    ("ments", "mənts"),
    ("ful", "fᵊl"),
    ("able", "əbᵊl"),
    ("ish", "ɪʃ"),
    ("ward", "wəɹd"),
    ("wise", "wˌIz"),
    ("ship", "ʃˌɪp"),
];

/// Beginnings that are said by themselves.
const BEGINNINGS: &[(&str, &str)] = &[
    ("un", "ʌn"),
    ("re", "ɹˌi"),
    ("pre", "pɹˌi"),
    ("non", "nˌɑn"),
    ("over", "ˌOvəɹ"),
    ("under", "ˌʌndəɹ"),
    ("mis", "mˌɪs"),
    ("inter", "ˌɪntəɹ"),
    ("micro", "mˌIkɹO"),
    ("multi", "mˌʌlti"),
    ("auto", "ˌɔtO"),
    ("e-", "ˌi"),
    ("co", "kˌO"),
];

/// Every way in which a word, in small letters, can be a stem with an ending.
pub(super) fn stems(word: &str) -> Vec<Stem> {
    let mut stems = Vec::new();
    for own in ["'s", "’s"] {
        if let Some(stem) = word.strip_suffix(own) {
            stems.push(Stem { words: vec![stem.to_owned()], ending: Ending::S });
        }
    }
    if let Some(stem) = word.strip_suffix("s'").or_else(|| word.strip_suffix("s’")) {
        stems.push(Stem { words: vec![format!("{stem}s")], ending: Ending::Plain("") });
        stems.push(Stem { words: vec![stem.to_owned()], ending: Ending::S });
    }
    if let Some(stem) = word.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with(['s', '\'', '’'])) {
        let mut words = vec![stem.to_owned()];
        words.extend(stem.strip_suffix('e').map(str::to_owned));
        words.extend(stem.strip_suffix("ie").map(|stem| format!("{stem}y")));
        stems.push(Stem { words, ending: Ending::S });
    }
    if let Some(stem) = word.strip_suffix("ed").filter(|stem| stem.len() > 1) {
        stems.push(Stem { words: with_mute_e(stem), ending: Ending::Ed });
    }
    for (letters, phonemes) in PLAIN {
        if let Some(stem) = word.strip_suffix(letters).filter(|stem| stem.len() > 2) {
            stems.push(Stem { words: with_mute_e(stem), ending: Ending::Plain(phonemes) });
        }
    }
    stems
}

/// A stem as it may be written without its ending: "clos" is "close", "stopp" is "stop", "tri" is "try".
fn with_mute_e(stem: &str) -> Vec<String> {
    let mut words = vec![stem.to_owned(), format!("{stem}e")];
    let mut backwards = stem.chars().rev();
    if let (Some(last), Some(other)) = (backwards.next(), backwards.next())
        && last == other
        && !"aeiou".contains(last)
    {
        words.extend(stem.strip_suffix(last).map(str::to_owned));
    }
    words.extend(stem.strip_suffix('i').map(|stem| format!("{stem}y")));
    words
}

/// A stem's phonemes with its ending.
pub(super) fn join(stem: &str, ending: Ending) -> String {
    let last = stem.chars().next_back().unwrap_or(' ');
    // Between vowels American English makes a tap of the t: "waiting", "rated".
    let tapped = |rest: &str| {
        let before = stem.strip_suffix('t').filter(|stem| stem.ends_with(is_vowel));
        before.map_or_else(|| format!("{stem}{rest}"), |stem| format!("{stem}ɾ{rest}"))
    };
    match ending {
        Ending::S if "szʃʒʧʤ".contains(last) => format!("{stem}ᵻz"),
        Ending::S if "ptkfθ".contains(last) => format!("{stem}s"),
        Ending::S => format!("{stem}z"),
        Ending::Ed if "td".contains(last) => tapped("ᵻd"),
        Ending::Ed if "pkfθʃsʧ".contains(last) => format!("{stem}t"),
        Ending::Ed => format!("{stem}d"),
        Ending::Plain(rest) if rest.starts_with(is_vowel) => tapped(rest),
        Ending::Plain(rest) => format!("{stem}{rest}"),
    }
}

/// The beginnings with which a word starts, and what is left of it.
pub(super) fn beginnings(word: &str) -> impl Iterator<Item = (&'static str, &str)> {
    BEGINNINGS.iter().filter_map(move |(letters, phonemes)| {
        let rest = word.strip_prefix(letters).filter(|rest| rest.chars().count() > 2)?;
        Some((*phonemes, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_sound_by_what_stands_before_them() {
        for (stem, ending, expected) in [
            ("bˈɪl", Ending::S, "bˈɪlz"),
            ("ɹəsˈit", Ending::S, "ɹəsˈits"),
            ("ˈɪnvˌYs", Ending::S, "ˈɪnvˌYsᵻz"),
            ("wˈAt", Ending::Ed, "wˈAɾᵻd"),
            ("tɹˈænsfəɹ", Ending::Ed, "tɹˈænsfəɹd"),
            ("ʧˈɛk", Ending::Ed, "ʧˈɛkt"),
            ("wˈAt", Ending::Plain("ɪŋ"), "wˈAɾɪŋ"),
            ("pˈA", Ending::Plain("mənt"), "pˈAmənt"),
        ] {
            assert_eq!(join(stem, ending), expected);
        }
    }

    #[test]
    fn stems_are_found_as_they_are_written() {
        let words = |word: &str| stems(word).into_iter().flat_map(|stem| stem.words).collect::<Vec<_>>();
        for (word, stem) in [
            ("closing", "close"),
            ("topped", "top"),
            ("tries", "try"),
            ("Anna's", "Anna"),
            ("boxes", "box"),
            ("tried", "try"),
        ] {
            assert!(words(word).contains(&stem.to_owned()), "{word}: {:?}", words(word));
        }
        assert!(words("is").is_empty() && words("boss").is_empty());
    }
}
