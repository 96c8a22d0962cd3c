//! `sayso payments states`: the one table of what can become of a payment, as text, as JSON, as a picture.

use super::failure::Failure;
use super::out::Out;
use super::rehearse::write;
use crate::drawing::draw_states;
use crate::ledger::{PaymentStatus, TABLE};
use serde::Serialize;
use std::path::Path;

/// One row with `--json`.
#[derive(Serialize)]
struct Row {
    from: &'static str,
    event: &'static str,
    to: &'static str,
}

/// The picture with `--json`.
#[derive(Serialize)]
struct Drawn<'s> {
    /// The file that was written; null if the picture is in `svg`.
    out: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    svg: Option<&'s str>,
}

/// Prints the table, or draws it into a file or onto standard output.
pub fn run(svg: bool, file: Option<&Path>, out: Out) -> Result<(), Failure> {
    if !svg && file.is_none() {
        return table(out);
    }
    let picture = draw_states(TABLE);
    if let Some(path) = file {
        write(path, &picture)?;
    }
    let shown = file.map(|path| path.display().to_string());
    let drawn = Drawn { out: shown.clone(), svg: file.is_none().then_some(&picture) };
    Ok(out.result(&drawn, || shown.map_or_else(|| picture.trim_end().to_owned(), |path| format!("wrote {path}")))?)
}

fn table(out: Out) -> Result<(), Failure> {
    let width = PaymentStatus::ALL.iter().map(|status| status.name().len()).max().unwrap_or(0);
    let mut last = None;
    out.text(&format!("{:width$}  {:16}  becomes", "a payment that is", "on"))?;
    for row in TABLE {
        let (from, event, to) = (row.from.name(), row.event.name(), row.to.name());
        let shown = if last == Some(row.from) { "" } else { from };
        last = Some(row.from);
        out.result(&Row { from, event, to }, || format!("{shown:width$}  {event:16}  {to}"))?;
    }
    Ok(())
}
