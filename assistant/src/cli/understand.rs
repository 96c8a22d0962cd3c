//! `sayso understand`: what utterances mean, one a line on standard input.

use super::assemble::{self, provider_infos};
use super::encoder;
use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use super::show;
use crate::config::Config;
use crate::lang::Lang;
use crate::understanding::{Expectation, Teaching, Understander};
use jiff::Zoned;
use std::io::{self, BufRead as _};

/// Prints what each line means, by the configured dialogs or, if `bare`, without any.
pub fn run(places: &Places, config: &Config, bare: bool, fixed: Option<Lang>, out: Out) -> Result<(), Failure> {
    let teaching = match bare {
        true => Teaching::default(),
        false => assemble::dialogs(config)?.teaching(&config.household, &provider_infos(&config.providers)),
    };
    let understander = Understander::with_encoder(&teaching, encoder::configured(places, config)?);
    let today = Zoned::now().date();
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|wrong| match wrong.kind() {
            io::ErrorKind::InvalidData => Failure::usage("standard input is not UTF-8 text"),
            _ => Failure::from(wrong),
        })?;
        let lang = fixed.or_else(|| Lang::of_text(&line)).unwrap_or(Lang::En);
        let meaning = understander.understand(&line, lang, today, &Expectation::default());
        out.result(&meaning, || format!("{line}\n    {}", show::meaning(&meaning)))?;
    }
    Ok(())
}
