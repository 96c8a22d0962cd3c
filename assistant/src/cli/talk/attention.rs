//! Whether what was said was meant for Sayso, where it has to be called by a phrase.

use crate::lang::Lang;
use crate::speech::{Called, WakePhrases};
use crate::turn::Heard;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// For so long after a call, or an answer, what is said is for Sayso without a call.
const AWAKE: Duration = Duration::from_secs(15);

/// Listens for the phrases, if there are any.
pub struct Attention {
    phrases: WakePhrases,
    /// When Sayso was called last, or something was said for it.
    last: Option<Instant>,
}

/// For whom something was said.
#[derive(Debug)]
pub enum Meant {
    /// For Sayso; without the phrase.
    ForUs(Heard),
    /// For Sayso, and nothing else is known yet; in this language, if that was found out.
    OnlyCalled(Option<Lang>),
    /// For somebody else.
    ForOthers,
}

impl Attention {
    /// These phrases; without any, everything is for Sayso.
    pub fn new(phrases: &BTreeMap<Lang, String>) -> Self {
        let phrases = phrases.iter().map(|(lang, phrase)| (*lang, vec![phrase.clone()])).collect();
        Attention { phrases: WakePhrases::new(&phrases), last: None }
    }

    /// For whom this was said at `now`; `awaited`: something was asked.
    pub fn meant(&mut self, heard: Heard, awaited: bool, now: Instant) -> Meant {
        // Silence is for nobody, and is counted by whoever asked.
        if self.phrases.is_empty() || heard.text.is_empty() {
            return Meant::ForUs(heard);
        }
        let awake = awaited || self.last.is_some_and(|last| now.saturating_duration_since(last) < AWAKE);
        match self.phrases.called(&heard.text) {
            Called::No if awake => {
                self.last = Some(now);
                Meant::ForUs(heard)
            }
            Called::No => {
                tracing::debug!("what was said was for somebody else");
                Meant::ForOthers
            }
            Called::With(rest) => {
                self.last = Some(now);
                if rest.is_empty() { Meant::OnlyCalled(heard.lang) } else { Meant::ForUs(self.behind(heard, rest)) }
            }
        }
    }

    /// Sayso answered, and that was over at `when`.
    pub fn answered(&mut self, when: Instant) {
        self.last = Some(when);
    }

    /// What was heard, without the phrase before it. Readings without the phrase are of something else.
    fn behind(&self, heard: Heard, rest: String) -> Heard {
        let readings = heard.readings.into_iter().filter_map(|mut reading| match self.phrases.called(&reading.text) {
            Called::With(rest) if !rest.is_empty() => {
                reading.text = rest;
                Some(reading)
            }
            _ => None,
        });
        Heard { text: rest, readings: readings.collect(), ..heard }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::Reading;

    fn heard(text: &str) -> Heard {
        let reading = |text: &str| Reading { text: text.to_owned(), probability_milli: 500 };
        Heard { text: text.to_owned(), readings: vec![reading(text), reading("nonsense")], ..Heard::default() }
    }

    fn says(attention: &mut Attention, text: &str, awaited: bool, now: Instant) -> String {
        match attention.meant(heard(text), awaited, now) {
            Meant::ForUs(heard) => heard.text,
            Meant::OnlyCalled(_) => "(called)".to_owned(),
            Meant::ForOthers => "(others)".to_owned(),
        }
    }

    #[test]
    fn who_calls_is_heard_for_a_while_and_who_does_not_is_not() {
        let mut attention = Attention::new(&BTreeMap::from([(Lang::En, "hey Sayso".to_owned())]));
        let now = Instant::now();
        let at = |seconds: u64| now + Duration::from_secs(seconds);
        assert_eq!(says(&mut attention, "Pay my water bill.", false, at(0)), "(others)");
        assert_eq!(says(&mut attention, "forty dollars", true, at(1)), "forty dollars", "something was asked");
        assert_eq!(says(&mut attention, "Yes, you told me.", false, at(100)), "(others)");
        assert_eq!(says(&mut attention, "Hey, say so!", false, at(101)), "(called)");
        assert_eq!(says(&mut attention, "Pay my water bill.", false, at(110)), "Pay my water bill.");
        assert_eq!(says(&mut attention, "Pay my water bill.", false, at(140)), "(others)", "it went by");
        assert_eq!(says(&mut attention, "Hey Sayso, pay the rent.", false, at(200)), "pay the rent.");
        assert_eq!(says(&mut attention, "", false, at(900)), "", "silence is counted by whoever asked");
    }

    #[test]
    fn the_phrase_is_no_part_of_what_was_said_in_any_reading() {
        let mut attention = Attention::new(&BTreeMap::from([(Lang::En, "hey Sayso".to_owned())]));
        let Meant::ForUs(heard) = attention.meant(heard("Hey Sayso, pay the rent."), false, Instant::now()) else {
            panic!("it was called")
        };
        let readings: Vec<&str> = heard.readings.iter().map(|reading| reading.text.as_str()).collect();
        assert_eq!(readings, ["pay the rent."]);
    }

    #[test]
    fn without_phrases_everything_is_for_us() {
        let mut attention = Attention::new(&BTreeMap::new());
        assert_eq!(says(&mut attention, "Pay my water bill.", false, Instant::now()), "Pay my water bill.");
    }
}
