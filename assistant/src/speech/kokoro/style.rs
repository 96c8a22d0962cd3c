//! Who is heard: a file of style vectors, one for each length of a sentence.

use super::super::SpeechError;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// Numbers in a vector.
const WIDTH: usize = 256;
/// Vectors in a file: the first for one phoneme.
const LENGTHS: usize = 510;

/// A speaker.
pub(super) struct Style {
    /// The SHA-256 of its file.
    pub digest: [u8; 32],
    vectors: Vec<f32>,
}

impl Style {
    /// Reads a file: 510 vectors of 256 little-endian numbers of 32 bits.
    pub fn load(path: &Path) -> Result<Self, SpeechError> {
        let broken = |why: String| SpeechError::VoiceBroken { path: path.to_owned(), why };
        let bytes = std::fs::read(path).map_err(|why| broken(why.to_string()))?;
        Self::parse(&bytes).map_err(broken)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let wanted = LENGTHS * WIDTH * 4;
        if bytes.len() != wanted {
            return Err(format!("a voice has {wanted} bytes, and this has {}", bytes.len()));
        }
        let (numbers, _) = bytes.as_chunks::<4>();
        let vectors: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        // A style has small numbers; other files of that length have not.
        if vectors.iter().any(|one| !one.is_finite() || one.abs() > 100.0) {
            return Err("its numbers are not those of a voice".to_owned());
        }
        Ok(Style { digest: Sha256::digest(bytes).into(), vectors })
    }

    /// The vector for a sentence of so many phonemes.
    pub fn for_length(&self, phonemes: usize) -> &[f32] {
        let row = phonemes.clamp(1, LENGTHS) - 1;
        self.vectors.get(row * WIDTH..(row + 1) * WIDTH).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_has_its_vector() {
        let bytes: Vec<u8> = (0..LENGTHS * WIDTH).flat_map(|at| ((at / WIDTH) as f32 / 10.0).to_le_bytes()).collect();
        let style = Style::parse(&bytes).unwrap();
        for (length, first) in [(0, 0.0), (1, 0.0), (2, 0.1), (510, 50.9), (9_000, 50.9)] {
            assert_eq!((style.for_length(length).len(), style.for_length(length)[0]), (WIDTH, first));
        }
        assert!(Style::parse(&bytes[4..]).is_err());
        assert!(Style::parse(&[0x7f; LENGTHS * WIDTH * 4]).is_err());
    }
}
