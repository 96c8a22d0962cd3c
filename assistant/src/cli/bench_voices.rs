//! `sayso bench voices`: how well voices are told apart. Of each voice five recordings make a voiceprint; each other recording, with one more
//! of the same voice before it as the yes, is held against all voiceprints.

use super::bench_args::VoicesBench;
use super::bench_speech::{self, Recording};
use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use super::speaker;
use crate::audio::PcmFrames;
use crate::config::Config;
use crate::consent::Likeness;
use crate::speech::speaker::{
    ENROLMENT_SENTENCES, Ge2e, SENTENCE_VOICED_LEAST_MS, SpeakerEncoder as _, Voiceprint, enrol,
};
use crate::speech::{Endpointer, Endpointing, Utterance, hear_turn};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// One answer held against one voiceprint: a line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    voice: &'a str,
    against: &'a str,
    together: f64,
    alone: f64,
    known: bool,
}

/// The last line of `--json`.
#[derive(Debug, PartialEq, Serialize)]
struct Summary {
    voices: usize,
    same: usize,
    different: usize,
    /// Where as many are wrongly known as are wrongly refused, as a fraction, by the likeness of yes and answer together.
    equal_error_rate: f64,
    /// The likeness at which that is.
    at: f64,
    /// Of answers in another voice, how many would have been taken for the person's.
    false_accept_rate: f64,
    /// Of answers in the person's voice, how many would have been refused.
    false_reject_rate: f64,
    /// Time for one answer.
    ms: f64,
}

/// The recordings of one voice.
struct Speaking<'a> {
    print: Voiceprint,
    /// The recording that is the yes of each trial.
    yes: usize,
    answers: Vec<(&'a str, usize)>,
}

/// Measures, and prints each trial and what came of all.
pub fn run(wish: &VoicesBench, places: &Places, config: &Config, out: Out) -> Result<(), Failure> {
    let recordings = bench_speech::read(&wish.audio, 1)?;
    let mut encoder = speaker::load(places, &config.speech)?;
    let speaking = enrol_all(&mut encoder, &recordings)?;
    let disturbance = bench_speech::disturbance_of(&wish.harder, &recordings)?;
    let (mut same, mut different) = (Vec::new(), Vec::new());
    let (mut took_ms, mut count) = (0.0, 0_u32);
    for (voice, one) in &speaking {
        // Whoever answers in noise has said yes in it.
        let yes = utterance(bench_speech::disturbed(&disturbance, &recordings, one.yes))?.unwrap_or_default();
        for (file, index) in &one.answers {
            let Some(answer) = utterance(bench_speech::disturbed(&disturbance, &recordings, *index))? else { continue };
            let started = Instant::now();
            let both = [yes.samples.as_slice(), &answer.samples].concat();
            let prints = (print(&mut encoder, &both)?, print(&mut encoder, &answer.samples)?);
            took_ms += started.elapsed().as_secs_f64() * 1000.0;
            count += 1;
            let (Some(together), Some(alone)) = prints else { continue };
            for (against, other) in &speaking {
                let likeness = Likeness {
                    together_milli: encoder.likeness_milli(&other.print, &together),
                    alone_milli: encoder.likeness_milli(&other.print, &alone),
                };
                if against == voice { &mut same } else { &mut different }.push(likeness);
                let fraction = |milli: u16| f64::from(milli) / 1000.0;
                out.object(&Line {
                    file,
                    voice,
                    against,
                    together: fraction(likeness.together_milli),
                    alone: fraction(likeness.alone_milli),
                    known: likeness.is_theirs(),
                })?;
            }
        }
    }
    let summary = summary(speaking.len(), &same, &different, took_ms / f64::from(count.max(1)));
    out.result(&summary, || text(&summary))?;
    Ok(())
}

fn text(found: &Summary) -> String {
    let percent = |fraction: f64| format!("{:.1} %", fraction * 100.0);
    format!(
        "voices             {}\nown answers        {}, refused {}\nothers' answers    {}, taken for somebody else's {}\nequal error rate   {} at {:.3}\none answer         {:.0} ms",
        found.voices,
        found.same,
        percent(found.false_reject_rate),
        found.different,
        percent(found.false_accept_rate),
        percent(found.equal_error_rate),
        found.at,
        found.ms
    )
}

/// The first five recordings of each voice that are long enough make its voiceprint; the next is its yes, and all others are answers.
fn enrol_all<'a>(encoder: &mut Ge2e, recordings: &'a [Recording]) -> Result<BTreeMap<String, Speaking<'a>>, Failure> {
    let mut by_voice: BTreeMap<String, Vec<(usize, Utterance)>> = BTreeMap::new();
    for (index, recording) in recordings.iter().enumerate() {
        let Some(voice) = recording.entry.voice.clone() else { continue };
        if let Some(utterance) = utterance(recording.sound.clone())? {
            by_voice.entry(voice).or_default().push((index, utterance));
        }
    }
    let mut speaking = BTreeMap::new();
    for (voice, all) in by_voice {
        let (long, short): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(_, utterance)| utterance.voiced_ms >= SENTENCE_VOICED_LEAST_MS);
        let mut long = long.into_iter();
        let sentences: Vec<Utterance> = long.by_ref().take(ENROLMENT_SENTENCES).map(|(_, sentence)| sentence).collect();
        let mut left = short.into_iter().chain(long);
        let Some((yes, _)) = left.next().filter(|_| sentences.len() == ENROLMENT_SENTENCES) else { continue };
        let print = enrol(encoder, &sentences).map_err(|why| Failure::failed(format!("{voice}: {why}")))?;
        let name = |index: usize| recordings.get(index).map_or("", |recording| recording.entry.file.as_str());
        let answers = left.map(|(index, _)| (name(index), index)).collect();
        speaking.insert(voice, Speaking { print, yes, answers });
    }
    match speaking.len() {
        0 | 1 => Err(Failure::usage(
            "there are not two voices to tell apart: each line of index.jsonl needs \"voice\", and each voice seven recordings, five of them a second long",
        )),
        _ => Ok(speaking),
    }
}

fn utterance(sound: crate::audio::Pcm) -> Result<Option<Utterance>, Failure> {
    let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
    hear_turn(&mut source, &mut Endpointer::new(Endpointing::whole_recording())).map_err(Failure::failed)
}

fn print(encoder: &mut Ge2e, samples: &[f32]) -> Result<Option<Voiceprint>, Failure> {
    encoder.voiceprint(samples).map_err(Failure::failed)
}

fn summary(voices: usize, same: &[Likeness], different: &[Likeness], ms: f64) -> Summary {
    let share = |of: &[Likeness], fits: &dyn Fn(&Likeness) -> bool| {
        of.iter().filter(|likeness| fits(likeness)).count() as f64 / of.len().max(1) as f64
    };
    let errors = |mark: u16| {
        let accepted = share(different, &|likeness| likeness.together_milli >= mark);
        let refused = share(same, &|likeness| likeness.together_milli < mark);
        (accepted, refused)
    };
    let apart = |mark: &u16| {
        let (accepted, refused) = errors(*mark);
        ((accepted - refused).abs() * 1e6) as u64
    };
    let mark = (0..=1000).min_by_key(apart).unwrap_or_default();
    let (accepted, refused) = errors(mark);
    let rounded = |fraction: f64| (fraction * 10_000.0).round() / 10_000.0;
    Summary {
        voices,
        same: same.len(),
        different: different.len(),
        equal_error_rate: rounded(f64::midpoint(accepted, refused)),
        at: f64::from(mark) / 1000.0,
        false_accept_rate: rounded(share(different, &|likeness| likeness.is_theirs())),
        false_reject_rate: rounded(share(same, &|likeness| !likeness.is_theirs())),
        ms: rounded(ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_equal_where_as_many_are_wrong_on_both_sides() {
        let of = |milli: u16| Likeness { together_milli: milli, alone_milli: milli };
        let same: Vec<Likeness> = [950, 900, 850, 600].map(of).into();
        let different: Vec<Likeness> = [300, 400, 500, 700].map(of).into();
        let found = summary(2, &same, &different, 12.0);
        assert_eq!((found.equal_error_rate, found.same, found.different), (0.25, 4, 4));
        assert!((0.6..=0.7).contains(&found.at), "{}", found.at);
        assert_eq!((found.false_accept_rate, found.false_reject_rate), (0.0, 0.25));
        assert!(text(&found).contains("25.0 %"));
    }
}
