//! `sayso init`: writes the commented configuration.

use super::failure::Failure;
use super::out::Out;
use super::places::{Places, create_private};
use crate::config::EXAMPLE;
use serde::Serialize;
use std::fs;
use std::io::Write as _;

/// The result as JSON.
#[derive(Serialize)]
struct Written<'a> {
    written: &'a str,
}

/// Writes the example to the configuration's place; a file that is there stays unless `force`.
pub fn run(places: &Places, force: bool, out: Out) -> Result<(), Failure> {
    let path = &places.config;
    let failed = |wrong: std::io::Error| match wrong.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::usage(format!("{} is there already; --force replaces it", path.display()))
        }
        _ => Failure::failed(format!("{} can't be written: {wrong}", path.display())),
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_private(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(force).create_new(!force);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(EXAMPLE.as_bytes()).map_err(failed)?;
    let shown = path.display().to_string();
    out.result(&Written { written: &shown }, || format!("wrote {shown}"))?;
    Ok(())
}
