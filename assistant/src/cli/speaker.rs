//! Whose voice it is, where payments are to be agreed to in the person's own: the encoder with its weights checked, the person's voiceprint,
//! and a witness beside the recogniser. Where no payment needs it, nothing of it is loaded.

use super::assemble::House;
use super::failure::Failure;
use super::opening;
use super::out::remark;
use super::places::Places;
use crate::config::{Config, SpeechSettings};
use crate::consent::Tier;
use crate::dialog::VoiceCheck;
use crate::models::{Manifest, SPEAKER, locate};
use crate::speech::Recogniser;
use crate::speech::speaker::{Ge2e, SpeakerEncoder as _, Voiceprint, Witness};
use crate::store::StoredVoiceprint;
use crate::turn::Assistant;

/// Whose voiceprint it is in a household that does not tell its people apart.
pub const HOME: &str = "home";
/// So much of the digest of the weights is part of the name under which voiceprints are kept.
const DIGEST_CHARS: usize = 16;

/// The encoder. Voiceprints are kept under its name and the digest of its weights.
pub fn load(places: &Places, speech: &SpeechSettings) -> Result<Ge2e, Failure> {
    let path = locate(SPEAKER, &places.models(speech.models_dir.as_deref())).map_err(Failure::usage)?;
    Ge2e::load(&path, &name()?).map_err(Failure::usage)
}

/// The name under which voiceprints are kept.
fn name() -> Result<String, Failure> {
    let manifest = Manifest::builtin().map_err(Failure::usage)?;
    let digest = &manifest.model(SPEAKER).map_err(Failure::usage)?.sha256;
    Ok(format!("{SPEAKER} {}", digest.get(..DIGEST_CHARS).unwrap_or(digest)))
}

/// Refuses a configuration, or dialogs, that ask for the person's own voice where the encoder is not on this machine.
pub fn check(places: &Places, config: &Config, asked_for: bool) -> Result<(), Failure> {
    if !asked_for {
        return Ok(());
    }
    let folder = places.models(config.speech.models_dir.as_deref());
    let missing =
        |why| Failure::usage(format!("payments are to be agreed to in the person's own voice (`voice`), and {why}"));
    locate(SPEAKER, &folder).map(drop).map_err(missing)
}

/// The same for an assistant with all its dialogs.
pub fn check_for(places: &Places, config: &Config, assistant: &Assistant) -> Result<(), Failure> {
    check(places, config, assistant.asks_for(Tier::Voice))
}

/// Whose voice is to be heard in a conversation; `None` where nobody said, and there are several people.
pub fn whose<'a>(config: &'a Config, person: Option<&'a str>) -> Option<&'a str> {
    if config.people.is_empty() { Some(HOME) } else { person }
}

/// The recogniser with a witness beside it, and an assistant that knows of it, where a payment can need one.
pub async fn beside(
    recogniser: Box<dyn Recogniser>,
    house: House,
    (places, config): (&Places, &Config),
    person: Option<&str>,
) -> Result<(Box<dyn Recogniser>, House), Failure> {
    if !house.assistant.asks_for(Tier::Voice) {
        return Ok((recogniser, house));
    }
    let of = match whose(config, person) {
        Some(person) => kept(&house, person).await?,
        None => None,
    };
    let (recogniser, check) = match of {
        Some(of) => {
            let encoder = Box::new(load(places, &config.speech)?);
            (Box::new(Witness::new(recogniser, encoder, of)) as Box<dyn Recogniser>, VoiceCheck::Ready)
        }
        None if whose(config, person).is_none() => (recogniser, VoiceCheck::Nobody),
        None => (recogniser, VoiceCheck::NotEnrolled),
    };
    Ok((recogniser, house.with_voice(check)))
}

/// The voiceprint of a person, if there is one that these weights made.
async fn kept(house: &House, person: &str) -> Result<Option<Voiceprint>, Failure> {
    let Some(kept) = house.store.voiceprint(person).await.map_err(opening::failed)? else { return Ok(None) };
    if !is_usable(&kept)? {
        remark(&format!(
            "the voiceprint of {person} was made with other weights; `sayso voiceprints enrol {person}` makes a new one"
        ));
        return Ok(None);
    }
    Ok(Voiceprint::of(kept.numbers))
}

/// True if the weights of today made it.
pub fn is_usable(kept: &StoredVoiceprint) -> Result<bool, Failure> {
    Ok(kept.model == name()?)
}

/// A voiceprint as it is kept.
pub fn to_keep(print: &Voiceprint, encoder: &Ge2e, person: &str, now_ms: i64) -> StoredVoiceprint {
    StoredVoiceprint {
        person: person.to_owned(),
        model: encoder.name().to_owned(),
        numbers: print.numbers().to_vec(),
        enrolled_at_ms: now_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_household_of_one_the_voice_is_that_of_the_home() {
        let mut config = Config::example(jiff::civil::date(2026, 11, 22)).unwrap();
        assert_eq!((whose(&config, None), whose(&config, Some("Ann"))), (Some(HOME), Some(HOME)));
        config.people = vec!["Ann".to_owned(), "Ben".to_owned()];
        assert_eq!((whose(&config, None), whose(&config, Some("Ann"))), (None, Some("Ann")));
    }

    #[test]
    fn the_name_of_the_encoder_has_the_digest_of_its_weights() {
        let name = name().unwrap();
        assert!(name.starts_with("ge2e-speaker ") && name.len() == SPEAKER.len() + 1 + DIGEST_CHARS, "{name}");
    }
}
