//! Codes to scan: in the terminal as half-block characters, or as a picture (SVG or PNG) for a screen elsewhere.

use super::failure::Failure;
use super::out::{Out, remark};
use crate::dialog::HandOff;
use crate::lang::Lang;
use crate::turn::Turn;
use qrcode::render::{svg, unicode};
use qrcode::{Color, QrCode};
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

/// The quiet zone around a code, in modules, as the standard has it.
const QUIET: usize = 4;
/// How many dots of a PNG a module is wide.
const DOTS: usize = 8;

/// Where codes are shown besides the terminal.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    file: Option<PathBuf>,
    /// Whether the file is told of in the conversation: whoever only hears it has no terminal before them.
    told: bool,
}

impl Codes {
    /// Codes go into this file too, if one is named; each replaces the one before it.
    pub fn new(file: Option<PathBuf>) -> Result<Self, Failure> {
        if let Some(other) = file.as_ref().filter(|file| ending(file).is_none()) {
            return Err(Failure::usage(format!("{}: a code is written as .svg or .png", other.display())));
        }
        Ok(Codes { file, told: false })
    }

    /// The same for a conversation that is spoken: without a name, codes go into `code.png` in this folder, and where they
    /// are is said.
    pub fn spoken(file: Option<PathBuf>, folder: &Path) -> Result<Self, Failure> {
        let codes = Codes::new(Some(file.unwrap_or_else(|| folder.join("code.png"))))?;
        Ok(Codes { told: true, ..codes })
    }

    /// Says in a turn that hands the person over with a code where that is, before the turn is spoken.
    pub fn tell(&self, turn: &mut Turn) {
        if let Some((written, spoken)) = self.place(turn.hand_off.as_ref(), turn.lang) {
            turn.said.push(written);
            turn.spoken.push(spoken);
        }
    }

    /// Where the code is, as it is shown and as it is spoken.
    fn place(&self, hand_off: Option<&HandOff>, lang: Lang) -> Option<(String, String)> {
        let code = matches!(hand_off, Some(HandOff::Qr { .. } | HandOff::Link { .. }));
        let file = self.file.as_ref().filter(|_| code && self.told)?;
        let (path, name) = (file.display(), file.file_name().unwrap_or(file.as_os_str()).display());
        Some(match lang {
            Lang::En => (format!("The code is in {path}."), format!("The code is in the picture {name}, too.")),
            Lang::Zh => (format!("二维码在 {path}。"), format!("二维码也在图片 {name} 里。")),
        })
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

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Svg,
    Png,
}

fn ending(file: &Path) -> Option<Ending> {
    let ending = file.extension()?.to_str()?.to_ascii_lowercase();
    [("svg", Ending::Svg), ("png", Ending::Png)].into_iter().find(|(name, _)| *name == ending).map(|(_, kind)| kind)
}

fn write(code: &QrCode, file: &Path) -> Result<(), Failure> {
    let failed = |wrong: String| Failure::failed(format!("{} can't be written: {wrong}", file.display()));
    let picture = match ending(file) {
        Some(Ending::Png) => dots(code).map_err(|wrong| failed(wrong.to_string()))?,
        _ => code.render::<svg::Color<'_>>().min_dimensions(240, 240).build().into_bytes(),
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|wrong| failed(wrong.to_string()))?;
    }
    fs::write(file, picture).map_err(|wrong| failed(wrong.to_string()))
}

/// A PNG of one bit a dot: a light dot is a set bit.
fn dots(code: &QrCode) -> Result<Vec<u8>, png::EncodingError> {
    let width = (code.width() + 2 * QUIET) * DOTS;
    let light = |x: usize, y: usize| {
        let module = |at: usize| (at / DOTS).checked_sub(QUIET).filter(|at| *at < code.width());
        module(x).zip(module(y)).is_none_or(|(x, y)| code[(x, y)] == Color::Light)
    };
    let mut rows = Vec::new();
    for y in 0..width {
        for byte in 0..width.div_ceil(8) {
            let bit = |bits: u8, at: usize| bits << 1 | u8::from(light(byte * 8 + at, y));
            rows.push((0..8).fold(0, bit));
        }
    }
    let mut picture = Vec::new();
    let side = u32::try_from(width).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut picture, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header()?.write_image_data(&rows)?;
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn the_dots_of_a_picture_are_the_modules() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/code.png");
        let code = QrCode::new(CONTENT).unwrap();
        write(&code, &file).unwrap();
        let decoder = png::Decoder::new(io::BufReader::new(fs::File::open(&file).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let side = (code.width() + 2 * QUIET) * DOTS;
        assert_eq!((info.width as usize, info.height as usize, info.bit_depth), (side, side, png::BitDepth::One));
        let lit = |x: usize, y: usize| bytes[y * info.line_size + x / 8] >> (7 - x % 8) & 1 == 1;
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let inside = |at: usize| (QUIET..QUIET + code.width()).contains(&(at / DOTS));
            let light = !(inside(x) && inside(y)) || code[(x / DOTS - QUIET, y / DOTS - QUIET)] == Color::Light;
            assert_eq!(lit(x, y), light, "{x} {y}");
        }
        let vector = folder.path().join("code.SVG");
        write(&code, &vector).unwrap();
        assert!(fs::read_to_string(vector).unwrap().contains("<svg"));
    }

    #[test]
    fn whoever_only_hears_the_conversation_is_told_where_the_code_is() {
        let codes = Codes::spoken(None, Path::new("/data")).unwrap();
        for (lang, written, spoken) in [
            (Lang::En, "The code is in /data/code.png.", "The code is in the picture code.png, too."),
            (Lang::Zh, "二维码在 /data/code.png。", "二维码也在图片 code.png 里。"),
        ] {
            for hand_off in [HandOff::Qr { content: CONTENT.into() }, HandOff::Link { address: CONTENT.into() }] {
                let place = codes.place(Some(&hand_off), lang);
                assert_eq!(place, Some((written.to_owned(), spoken.to_owned())));
            }
            assert_eq!(codes.place(None, lang), None, "there is no code in it");
            let typed = Codes::new(Some(PathBuf::from("code.svg"))).unwrap();
            assert_eq!(typed.place(Some(&HandOff::Qr { content: CONTENT.into() }), lang), None);
        }
    }

    #[test]
    fn other_files_are_refused_before_anything_is_done() {
        assert_eq!(Codes::new(Some(PathBuf::from("code.jpg"))).unwrap_err().exit_code, 2);
        assert!(Codes::new(Some(PathBuf::from("code.SVG"))).is_ok());
    }
}
