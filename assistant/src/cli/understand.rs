//! `sayso understand`: what utterances mean, one a line on standard input.

use super::failure::Failure;
use super::out::Out;
use super::show;
use crate::lang::Lang;
use crate::understanding::Meaning;
use std::io::{self, BufRead as _};

/// Prints what each line means, by `mean`.
pub fn run(mean: impl Fn(&str, Lang) -> Meaning, fixed: Option<Lang>, out: Out) -> Result<(), Failure> {
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|wrong| match wrong.kind() {
            io::ErrorKind::InvalidData => Failure::usage("standard input is not UTF-8 text"),
            _ => Failure::from(wrong),
        })?;
        let lang = fixed.unwrap_or_else(|| Lang::of_text(&line).unwrap_or(Lang::En));
        let meaning = mean(&line, lang);
        out.result(&meaning, || format!("{line}\n    {}", show::meaning(&meaning)))?;
    }
    Ok(())
}
