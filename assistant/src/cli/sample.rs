//! `sayso sample`: sentences that a flow's templates understand.

use super::assemble::{self, provider_infos};
use super::failure::Failure;
use super::out::Out;
use crate::config::Config;
use crate::lang::Lang;
use crate::understanding::Understander;
use crate::understanding::samples::{Sample, samples};
use jiff::Zoned;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is wished for.
#[derive(Debug)]
pub struct Wish {
    /// The flow.
    pub flow: String,
    /// How many sentences of each language.
    pub count: usize,
    /// Chooses between the sentences that are possible.
    pub seed: u64,
    /// One language only.
    pub lang: Option<Lang>,
}

/// One sentence, as `--json` prints it.
#[derive(Serialize)]
struct Line<'s> {
    flow: &'s str,
    lang: Lang,
    text: &'s str,
    slots: BTreeMap<&'s str, &'s str>,
    file: &'s str,
    line: usize,
}

/// Prints sentences of a flow, of one language or of each.
pub fn run(config: &Config, wish: &Wish, out: Out) -> Result<(), Failure> {
    let dialogs = assemble::dialogs(config)?;
    let providers = provider_infos(&config.providers);
    let Some(intent) = dialogs.taught(&wish.flow) else {
        let known: Vec<&str> = dialogs.flows().collect();
        return Err(Failure::usage(format!("there is no flow `{}`; there are: {}", wish.flow, known.join(", "))));
    };
    let understander = Understander::new(&dialogs.teaching(&config.household, &providers));
    let today = Zoned::now().date();
    let langs: Vec<Lang> = wish.lang.map_or_else(|| Lang::ALL.to_vec(), |lang| vec![lang]);
    let mut printed = 0;
    for lang in langs {
        let values = |slot: &str| dialogs.examples(&wish.flow, slot, lang, &config.household, &providers);
        for sample in samples(&understander, &intent, &values, (lang, today), (wish.count, wish.seed)) {
            printed += 1;
            let Sample { text, index, slots } = &sample;
            let trigger = dialogs.trigger(&wish.flow, *index);
            let line = Line {
                flow: &wish.flow,
                lang,
                text,
                slots: slots.iter().map(|(slot, words)| (slot.as_str(), words.as_str())).collect(),
                file: trigger.map_or("", |trigger| trigger.file),
                line: trigger.map_or(0, |trigger| trigger.line),
            };
            out.result(&line, || text.clone())?;
        }
    }
    if printed == 0 {
        return Err(Failure::failed(format!(
            "no sentence of `{}` can be shown: it has no triggers here, or another flow understands the same ones",
            wish.flow
        )));
    }
    Ok(())
}
