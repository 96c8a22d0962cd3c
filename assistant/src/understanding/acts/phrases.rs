//! The table of phrases, read once.

use super::Role;
use crate::understanding::meaning::Act;
use crate::understanding::wordlist;

/// Every phrase with what it means, from `phrases.txt`.
pub(super) fn all() -> impl Iterator<Item = (Role, &'static str)> {
    wordlist::phrases(include_str!("phrases.txt")).filter_map(|(title, phrase)| Some((role_of(title)?, phrase)))
}

fn role_of(title: &str) -> Option<Role> {
    Some(match title {
        "yes" => Role::Yes,
        "yes to a question" => Role::YesToQuestion,
        "yes by sound" => Role::YesBySound,
        "doubt" => Role::Doubt,
        "beside a yes" => Role::YesMore,
        "beside a value" => Role::Restating,
        "no" => Role::No,
        "neutral" => Role::Neutral,
        "correct" => Role::Correction,
        "cancel" => Role::Steer(Act::Cancel),
        "repeat" => Role::Steer(Act::Repeat),
        "help" => Role::Steer(Act::Help),
        "back" => Role::Steer(Act::Back),
        "start over" => Role::Steer(Act::StartOver),
        "wait" => Role::Steer(Act::Wait),
        "human" => Role::Steer(Act::Human),
        "skip" => Role::Steer(Act::Skip),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_title_is_known_and_has_phrases() {
        let titles = include_str!("phrases.txt").lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        let mut count = 0;
        for title in titles {
            let role = role_of(title).unwrap_or_else(|| panic!("`{title}` is no title"));
            assert!(all().any(|(found, _)| found == role), "{title}");
            count += 1;
        }
        assert_eq!(count, 17);
    }

    #[test]
    fn consent_by_sound_is_long_and_positive() {
        for (_, phrase) in all().filter(|(role, _)| *role == Role::YesBySound) {
            assert!(phrase.chars().count() >= 3, "{phrase}");
            assert!(!phrase.contains(['不', '别', '否', '取', '改']), "{phrase}");
        }
    }
}
