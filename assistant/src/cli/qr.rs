//! Codes to scan: in the terminal as half-block characters, or as an SVG file for a screen elsewhere.

use super::failure::Failure;
use super::out::{Out, remark};
use crate::dialog::HandOff;
use crate::turn::Turn;
use qrcode::QrCode;
use qrcode::render::{svg, unicode};
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

/// Where codes are shown besides the terminal.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    file: Option<PathBuf>,
}

impl Codes {
    /// Codes go into this SVG file too; each replaces the one before it.
    pub fn new(file: Option<PathBuf>) -> Result<Self, Failure> {
        let is_svg = |file: &PathBuf| file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
        if let Some(other) = file.as_ref().filter(|file| !is_svg(file)) {
            return Err(Failure::usage(format!("{}: a code is written as .svg", other.display())));
        }
        Ok(Codes { file })
    }

    /// Shows the code of a turn that hands the person over: a code to scan, or an address to be opened on the phone.
    pub fn show_turn(&self, turn: &Turn, out: Out) -> Result<(), Failure> {
        match &turn.hand_off {
            Some(HandOff::Qr { content }) => self.show(content, out),
            Some(HandOff::Link { address }) => self.show(address, out),
            _ => Ok(()),
        }
    }

    /// Shows a code with this content.
    pub fn show(&self, content: &str, out: Out) -> Result<(), Failure> {
        let code = QrCode::new(content.as_bytes()).map_err(|wrong| {
            Failure::failed(format!("no code can be made of {} characters: {wrong}", content.chars().count()))
        })?;
        out.text(&blocks(&code, io::stdout().is_terminal()))?;
        if let Some(file) = &self.file {
            write(&code, file)?;
            remark(&format!("the code is in {}", file.display()));
        }
        Ok(())
    }
}

/// Two modules in each character. A lit half is a light module; in a terminal it is white on black, whatever its colours.
fn blocks(code: &QrCode, coloured: bool) -> String {
    let dark_ground = code
        .render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build();
    if !coloured {
        return dark_ground;
    }
    dark_ground.lines().map(|line| format!("\u{1b}[40;97m{line}\u{1b}[0m")).collect::<Vec<_>>().join("\n")
}

fn write(code: &QrCode, file: &Path) -> Result<(), Failure> {
    let picture = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    fs::write(file, picture).map_err(|wrong| Failure::failed(format!("{} can't be written: {wrong}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::Color;

    /// The quiet zone around a code, in modules, as the standard has it.
    const QUIET: usize = 4;

    const CONTENT: &str = "weixin://wxpay/bizpayurl?pr=abcdefg";

    #[test]
    fn the_blocks_are_the_modules() {
        let code = QrCode::new(CONTENT).unwrap();
        let text = blocks(&code, true);
        let mut read = Vec::new();
        for line in text.lines() {
            let line = line.trim_start_matches("\u{1b}[40;97m").trim_end_matches("\u{1b}[0m");
            let halves: Vec<(bool, bool)> = line
                .chars()
                .map(|c| match c {
                    ' ' => (false, false),
                    '▀' => (true, false),
                    '▄' => (false, true),
                    '█' => (true, true),
                    other => panic!("{other:?} is no half block"),
                })
                .collect();
            read.push(halves.iter().map(|half| half.0).collect::<Vec<_>>());
            read.push(halves.iter().map(|half| half.1).collect::<Vec<_>>());
        }
        for y in 0..code.width() {
            for x in 0..code.width() {
                // A lit half is a light module.
                assert_eq!(read[y + QUIET][x + QUIET], code[(x, y)] == Color::Light, "{x} {y}");
            }
        }
        assert!(read[QUIET - 1].iter().all(|lit| *lit), "the quiet zone is light");
    }

    #[test]
    fn other_files_are_refused_before_anything_is_done() {
        assert_eq!(Codes::new(Some(PathBuf::from("code.jpg"))).unwrap_err().exit_code, 2);
        assert!(Codes::new(Some(PathBuf::from("code.SVG"))).is_ok());
    }
}
