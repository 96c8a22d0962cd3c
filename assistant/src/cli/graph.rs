//! `sayso graph`: a flow as a picture.

use super::failure::Failure;
use super::out::Out;
use super::rehearse::write;
use crate::dialog::{ChartError, SourceFile, chart};
use crate::drawing::draw;
use crate::lang::Lang;
use serde::Serialize;
use std::path::Path;

/// What `--json` prints.
#[derive(Serialize)]
struct Drawn<'g> {
    flow: &'g str,
    lang: Lang,
    /// The file that was written; null if the picture is in `svg`.
    out: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    svg: Option<&'g str>,
}

/// Draws the flow into a file, or onto standard output.
pub fn run(files: &[SourceFile], flow: &str, lang: Lang, file: Option<&Path>, out: Out) -> Result<(), Failure> {
    let chart = chart(files, flow, lang).map_err(|wrong| match wrong {
        ChartError::Unknown(message) => Failure::usage(message),
        ChartError::Broken(findings) => {
            let rendered: Vec<_> = findings.iter().map(|finding| finding.render(false)).collect();
            Failure::failed(rendered.join("\n"))
        }
    })?;
    let svg = draw(&chart);
    if let Some(path) = file {
        write(path, &svg)?;
    }
    let shown = file.map(|path| path.display().to_string());
    let drawn = Drawn { flow, lang, out: shown.clone(), svg: file.is_none().then_some(&svg) };
    Ok(out.result(&drawn, || shown.map_or_else(|| svg.trim_end().to_owned(), |path| format!("wrote {path}")))?)
}
