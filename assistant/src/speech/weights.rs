//! Whether a file is a whole model, before C++ code reads it.
//!
//! whisper.cpp trusts the numbers in a file; a truncated or foreign one can make it read on or ask for terabytes.
//! This walks the structure, without reading the weights, and wants it to end exactly where the file ends.

use super::error::SpeechError;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

const MAGIC: u32 = 0x6767_6d6c;
/// The most that any number in a header may be, so that products can't overflow.
const NUMBER_MAX: u64 = 1 << 20;

/// Refuses what is not a complete whisper model.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub(super) fn check_whisper(path: &Path) -> Result<(), SpeechError> {
    let (mut input, length) = open(path)?;
    let broken = |why: &str| SpeechError::ModelBroken { path: path.to_owned(), why: why.to_owned() };
    match walk(&mut input, length) {
        Ok(0) => Err(broken("it holds no weights")),
        Ok(_) => Ok(()),
        Err(why) => Err(broken(why)),
    }
}

/// Refuses what does not begin as a model of this family, for models with another inner structure.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub(super) fn check_magic(path: &Path) -> Result<(), SpeechError> {
    let (mut input, _) = open(path)?;
    let broken = |why: &str| SpeechError::ModelBroken { path: path.to_owned(), why: why.to_owned() };
    match number(&mut input) {
        Ok(MAGIC) => Ok(()),
        Ok(_) => Err(broken("it is another kind of file")),
        Err(why) => Err(broken(why)),
    }
}

fn open(path: &Path) -> Result<(BufReader<File>, u64), SpeechError> {
    let missing = |_| SpeechError::ModelMissing { path: path.to_owned() };
    let file = File::open(path).map_err(missing)?;
    let length = file.metadata().map_err(missing)?.len();
    Ok((BufReader::new(file), length))
}

const CUT_OFF: &str = "it is cut off";
const FOREIGN: &str = "it is another kind of file";

/// The number of tensors, if the file is complete.
fn walk(input: &mut (impl Read + Seek), length: u64) -> Result<u32, &'static str> {
    if number(input)? != MAGIC {
        return Err(FOREIGN);
    }
    skip(input, length, 11 * 4)?;
    let (mels, bins) = (small(input)?, small(input)?);
    skip(input, length, mels * bins * 4)?;
    for _ in 0..small(input)? {
        let bytes = small(input)?;
        skip(input, length, bytes)?;
    }
    let mut tensors = 0;
    while input.stream_position().map_err(|_| CUT_OFF)? < length {
        let (dimensions, name_bytes, kind) = (small(input)?, small(input)?, number(input)?);
        let mut elements = 1_u64;
        for _ in 0..dimensions.min(4) {
            elements = elements.checked_mul(small(input)?).filter(|n| *n < 1 << 40).ok_or(FOREIGN)?;
        }
        let (block, block_bytes) = block_of(kind).ok_or("it uses a number format that is not known")?;
        skip(input, length, name_bytes)?;
        skip(input, length, elements / block * block_bytes)?;
        tensors += 1;
    }
    Ok(tensors)
}

/// Numbers in a block and its bytes, for ggml's number formats.
fn block_of(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        _ => return None,
    })
}

fn number(input: &mut impl Read) -> Result<u32, &'static str> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes).map_err(|_| CUT_OFF)?;
    Ok(u32::from_le_bytes(bytes))
}

fn small(input: &mut impl Read) -> Result<u64, &'static str> {
    let value = u64::from(number(input)?);
    if value > NUMBER_MAX { Err(FOREIGN) } else { Ok(value) }
}

fn skip(input: &mut (impl Read + Seek), length: u64, bytes: u64) -> Result<(), &'static str> {
    let here = input.stream_position().map_err(|_| CUT_OFF)?;
    let to = here.saturating_add(bytes);
    if to > length {
        return Err(CUT_OFF);
    }
    input.seek(SeekFrom::Start(to)).map_err(|_| CUT_OFF)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tiny file of the right structure: one mel filter of two bins, two tokens, one f16 and one q8_0 tensor.
    fn tiny() -> Vec<u8> {
        let mut file = Vec::new();
        let mut put = |numbers: &[u32]| numbers.iter().for_each(|n| file.extend(n.to_le_bytes()));
        put(&[MAGIC]);
        put(&[0; 11]);
        put(&[1, 2, 0, 0, 2, 1]);
        file.push(b'a');
        file.extend([1, 0, 0, 0, b'b']);
        for (kind, bytes) in [(1_u32, 128), (8, 68)] {
            for n in [2, 1, kind, 32, 2] {
                file.extend(n.to_le_bytes());
            }
            file.push(b'w');
            file.extend(vec![7; bytes]);
        }
        file
    }

    fn check(bytes: &[u8]) -> Result<(), SpeechError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        check_whisper(file.path())
    }

    #[test]
    fn a_whole_model_passes() {
        check(&tiny()).unwrap();
    }

    #[test]
    fn truncation_is_seen_wherever_it_happens() {
        let whole = tiny();
        // Exactly between two tensors nothing can be seen but by the checksum, which is looked at before.
        let after_first = whole.len() - (4 * 5 + 1 + 68);
        for length in (0..whole.len()).filter(|length| *length != after_first) {
            let error = check(&whole[..length]).expect_err(&format!("{length}")).to_string();
            assert!(error.contains("cut off") || error.contains("no weights"), "{length}: {error}");
            assert!(error.contains("sayso models fetch"), "{error}");
        }
    }

    #[test]
    fn other_files_are_refused() {
        for junk in [&b"GGUF and more of it"[..], &[0xff; 100], b"<html>not found</html>"] {
            assert!(check(junk).unwrap_err().to_string().contains("another kind of file"));
        }
        assert!(matches!(check_whisper(Path::new("/nowhere/ggml-x.bin")), Err(SpeechError::ModelMissing { .. })));
    }
}
