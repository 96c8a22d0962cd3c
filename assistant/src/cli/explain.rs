//! `sayso explain`: why a sentence was understood as it was.

use super::assemble::{self, provider_infos};
use super::encoder;
use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use super::show;
use crate::config::Config;
use crate::dialog::Dialogs;
use crate::lang::Lang;
use crate::understanding::{Decision, Expectation, Explanation, Meaning, Understander};
use jiff::Zoned;
use serde::Serialize;
use std::collections::BTreeMap;

/// The explanation, as `--json` prints it; confidences are from 0 to 1.
#[derive(Serialize)]
struct Shown<'e> {
    text: &'e str,
    lang: Lang,
    tokens: Vec<&'e str>,
    templates: Vec<Template<'e>>,
    guesses: Vec<Guess<'e>>,
    none: f64,
    threshold: f64,
    decision: Decision,
    meaning: &'e Meaning,
}

/// A template that is the whole sentence.
#[derive(Serialize)]
struct Template<'e> {
    flow: &'e str,
    confidence: f64,
    file: &'e str,
    line: usize,
    template: &'e str,
    slots: BTreeMap<&'e str, &'e str>,
}

/// What the classifier thinks of a flow, and the words that counted, each with how much.
#[derive(Serialize)]
struct Guess<'e> {
    flow: &'e str,
    confidence: f64,
    #[serde(rename = "for")]
    reasons_for: &'e [(String, f32)],
    against: &'e [(String, f32)],
}

/// Explains `text` by the configured dialogs.
pub fn run(places: &Places, config: &Config, text: &str, fixed: Option<Lang>, out: Out) -> Result<(), Failure> {
    let dialogs = assemble::dialogs(config)?;
    let teaching = dialogs.teaching(&config.household, &provider_infos(&config.providers));
    let lang = fixed.or_else(|| Lang::of_text(text)).unwrap_or(Lang::En);
    let understander = Understander::with_encoder(&teaching, encoder::configured(places, config)?);
    let explanation = understander.explain(text, lang, Zoned::now().date(), &Expectation::default());
    let shown = shown(&dialogs, &explanation, lang);
    out.result(&shown, || written(&shown))?;
    Ok(())
}

fn shown<'e>(dialogs: &'e Dialogs, explanation: &'e Explanation, lang: Lang) -> Shown<'e> {
    let template = |one: &'e crate::understanding::TemplateMatch| {
        let trigger = dialogs.trigger(&one.flow, one.index);
        Template {
            flow: &one.flow,
            confidence: share(one.confidence_milli),
            file: trigger.map_or("", |trigger| trigger.file),
            line: trigger.map_or(0, |trigger| trigger.line),
            template: trigger.map_or("", |trigger| trigger.text),
            slots: one.slots.iter().map(|(slot, words)| (slot.as_str(), words.as_str())).collect(),
        }
    };
    let guess = |one: &'e crate::understanding::Thought| Guess {
        flow: &one.flow,
        confidence: share(one.milli),
        reasons_for: &one.reasons_for,
        against: &one.against,
    };
    Shown {
        text: &explanation.meaning.text,
        lang,
        tokens: explanation.tokens.iter().map(|token| token.text.as_str()).collect(),
        templates: explanation.templates.iter().map(template).collect(),
        guesses: explanation.guesses.iter().map(guess).collect(),
        none: share(explanation.none_milli),
        threshold: share(explanation.threshold_milli),
        decision: explanation.decision,
        meaning: &explanation.meaning,
    }
}

fn share(milli: u16) -> f64 {
    f64::from(milli) / 1000.0
}

/// The explanation for people.
fn written(shown: &Shown<'_>) -> String {
    let mut lines = vec![
        format!("words       {}", shown.tokens.join(" · ")),
        format!("understood  {}", show::meaning(shown.meaning)),
        format!("because     {}", because(shown)),
    ];
    for entity in &shown.meaning.entities {
        let value = entity.value.as_ref().map(|value| serde_json::to_string(value).unwrap_or_default());
        let read = value.unwrap_or_else(|| "more than one reading".to_owned());
        let kind = format!("{:?}", entity.kind).to_lowercase();
        lines.push(format!("value       “{}” is {kind} {read}", entity.text));
    }
    for Template { flow, file, line, template, slots, .. } in &shown.templates {
        let slots: Vec<String> = slots.iter().map(|(slot, words)| format!("{slot} = {words}")).collect();
        let slots = if slots.is_empty() { String::new() } else { format!("  ({})", slots.join(", ")) };
        lines.push(format!("template    {flow}  {file}:{line}  {template}{slots}"));
    }
    for Guess { flow, confidence, reasons_for, against } in &shown.guesses {
        let (plus, minus) = (words(reasons_for, '+'), words(against, '-'));
        lines.push(format!("classifier  {confidence:.3} {flow}{plus}{minus}"));
    }
    if !shown.guesses.is_empty() {
        lines.push(format!("classifier  {:.3} none of these; a flow needs {:.3}", shown.none, shown.threshold));
    }
    lines.join("\n")
}

fn because(shown: &Shown<'_>) -> &'static str {
    match shown.decision {
        Decision::Template => "a template is this whole sentence",
        Decision::Classifier => "no template is this whole sentence, and the classifier is sure enough",
        Decision::Elliptical => "it names whom to pay and how much, and says nothing against it",
        Decision::NotAskedFor => "it speaks of paying, and does not ask for it",
        Decision::NoneOfThese => {
            "no template is this whole sentence, and the classifier is not sure enough of any flow"
        }
        Decision::OnlyAnAnswer => "it only names values or answers, so it asks for no flow",
        Decision::NothingTaught => "no flow has sentences to be asked for with",
    }
}

fn words(words: &[(String, f32)], sign: char) -> String {
    words.iter().map(|(word, said)| format!("  {sign}{said:.2} {word}")).collect()
}
