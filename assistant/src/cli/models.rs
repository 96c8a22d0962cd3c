//! `sayso models`: which speech models there are, and fetching one with a progress bar.

use super::args::ModelsCommand;
use super::failure::Failure;
use super::out::{Out, remark};
use super::places::Places;
use crate::config::SpeechSettings;
use crate::models::{Presence, Progress, Stage, fetch, list};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal as _;
use std::path::Path;
use tokio::task::block_in_place;

/// One model of `sayso models list`, as JSON.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    about: &'a str,
    languages: &'a [crate::lang::Lang],
    licence: &'a str,
    bytes: u64,
    sha256: &'a str,
    /// `here`, `absent` or `damaged`.
    presence: &'static str,
    path: String,
}

/// The result of `sayso models fetch`, as JSON.
#[derive(Serialize)]
struct Fetched<'a> {
    name: &'a str,
    path: String,
}

/// Runs `sayso models …`.
pub async fn run(places: &Places, speech: &SpeechSettings, command: ModelsCommand, out: Out) -> Result<(), Failure> {
    let folder = places.models(speech.models_dir.as_deref());
    match command {
        ModelsCommand::List => show_all(&folder, out),
        ModelsCommand::Fetch { name } => block_in_place(|| get(&name, &folder, out)),
    }
}

fn show_all(folder: &Path, out: Out) -> Result<(), Failure> {
    for installed in list(folder).map_err(Failure::usage)? {
        let presence = match installed.presence {
            Presence::Here => "here",
            Presence::Absent => "absent",
            Presence::WrongLength(_) => "damaged",
        };
        let model = &installed.model;
        let listed = Listed {
            name: &model.name,
            about: &model.about,
            languages: &model.languages,
            licence: &model.licence,
            bytes: model.bytes,
            sha256: &model.sha256,
            presence,
            path: installed.path.display().to_string(),
        };
        out.result(&listed, || {
            let languages: Vec<_> = model.languages.iter().map(|lang| lang.code()).collect();
            let megabytes = model.bytes.div_ceil(1_000_000);
            let (name, about, licence) = (&model.name, &model.about, &model.licence);
            format!("{presence:<8} {name:<20} {megabytes:>4} MB  {:<6} {licence:<10} {about}", languages.join(","))
        })?;
    }
    out.text(&format!("in {}; `sayso models fetch NAME` gets one", folder.display()))?;
    Ok(())
}

fn get(name: &str, folder: &Path, out: Out) -> Result<(), Failure> {
    let mut shown = Shown::default();
    let path = fetch(name, folder, &mut |progress| shown.update(progress)).map_err(Failure::failed)?;
    shown.finish();
    let fetched = Fetched { name, path: path.display().to_string() };
    out.result(&fetched, || format!("{name} is here, checked: {}", fetched.path))?;
    Ok(())
}

/// Progress on standard error: a bar in a terminal, a line for each stage elsewhere.
#[derive(Default)]
struct Shown {
    bar: Option<ProgressBar>,
    stage: String,
}

impl Shown {
    fn update(&mut self, progress: &Progress) {
        let stage = stage(progress);
        if stage != self.stage {
            self.finish();
            self.bar = std::io::stderr().is_terminal().then(|| bar(&stage, progress.total));
            if self.bar.is_none() {
                remark(&stage);
            }
            self.stage = stage;
        }
        if let Some(bar) = &self.bar {
            bar.set_position(progress.done);
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish();
        }
    }
}

fn stage(progress: &Progress) -> String {
    let model = &progress.model;
    match &progress.stage {
        Stage::Waiting => format!("{model}: another Sayso is fetching; waiting for it"),
        Stage::Downloading { from } => format!("{model}: downloading from {from}"),
        Stage::Unpacking => format!("{model}: unpacking"),
        Stage::Converting => format!("{model}: converting"),
        Stage::Quantising => format!("{model}: quantising"),
        Stage::Checking => format!("{model}: checking the SHA-256"),
    }
}

fn bar(stage: &str, total: Option<u64>) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {bytes}/{total_bytes} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.with_message(stage.to_owned())
}
