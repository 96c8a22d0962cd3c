//! Smaller weights: ggml's q8_0 and q5_1, bit for bit as its own quantiser writes them.

use super::ConvertError;
use super::ggml::{self, HEADER_NUMBERS, MAGIC, Numbers, TensorHead};
use half::f16;
use serde::Deserialize;
use std::io::{Read, Write};

/// Numbers in a block: they share a scale.
const BLOCK: usize = 32;
/// Blocks that are read at a time.
const BLOCKS_AT_ONCE: usize = 4096;
/// The version of these formats, as files carry it.
const FORMAT_VERSION: u32 = 2 * 1000;

/// A format of quantised weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantisation {
    /// 8 bits a weight with a scale for each 32.
    #[serde(rename = "q8_0")]
    Q8_0,
    /// 5 bits a weight with a scale and a minimum for each 32.
    #[serde(rename = "q5_1")]
    Q5_1,
}

impl Quantisation {
    /// The code of a tensor in this format.
    fn tensor_code(self) -> u32 {
        match self {
            Quantisation::Q8_0 => 8,
            Quantisation::Q5_1 => 7,
        }
    }

    /// The code of a file in this format.
    fn file_code(self) -> u32 {
        match self {
            Quantisation::Q8_0 => 7,
            Quantisation::Q5_1 => 9,
        }
    }

    fn encode(self, block: &[f32; BLOCK], output: &mut Vec<u8>) {
        match self {
            Quantisation::Q8_0 => q8_0(block, output),
            Quantisation::Q5_1 => q5_1(block, output),
        }
    }
}

/// Writes a 16-bit whisper.cpp model as a quantised one. `tell` hears how many bytes have been read.
///
/// # Errors
/// When `input` is no such model or ends too early, or `output` can't be written.
pub fn quantise(
    input: &mut impl Read,
    output: &mut impl Write,
    format: Quantisation,
    tell: &mut dyn FnMut(u64),
) -> Result<(), ConvertError> {
    let mut input = Counted { input, count: 0 };
    copy_head(&mut input, output, format)?;
    while let Some(head) = TensorHead::read(&mut input)? {
        tensor(&mut input, output, head, format)?;
        tell(input.count);
    }
    Ok(output.flush()?)
}

/// Everything before the tensors, with the file's format changed.
fn copy_head(input: &mut impl Read, output: &mut impl Write, format: Quantisation) -> Result<(), ConvertError> {
    if ggml::number(input)? != MAGIC {
        return Err(ConvertError::format("this is no whisper.cpp model"));
    }
    let mut header = (0..HEADER_NUMBERS).map(|_| ggml::number(input)).collect::<Result<Vec<u32>, _>>()?;
    match header.last_mut() {
        Some(code) if *code <= 1 => *code = format.file_code() + FORMAT_VERSION,
        _ => return Err(ConvertError::format("this model is quantised already")),
    }
    ggml::put(output, &[MAGIC])?;
    ggml::put(output, &header)?;
    let (mels, bins) = (ggml::count(input)?, ggml::count(input)?);
    ggml::put(output, &[mels, bins])?;
    output.write_all(&ggml::take(input, (mels.min(1024) * bins.min(8192)) as usize * 4)?)?;
    let tokens = ggml::count(input)?;
    ggml::put(output, &[tokens])?;
    for _ in 0..tokens {
        let length = ggml::count(input)?;
        ggml::put(output, &[length])?;
        output.write_all(&ggml::take(input, length.min(1 << 16) as usize)?)?;
    }
    Ok(())
}

/// One tensor: matrices are quantised, the rest is copied.
fn tensor(
    input: &mut impl Read,
    output: &mut impl Write,
    mut head: TensorHead,
    format: Quantisation,
) -> Result<(), ConvertError> {
    let numbers = match head.format {
        0 => Numbers::F32,
        1 => Numbers::F16,
        _ => return Err(ConvertError::format(format!("the tensor `{}` is quantised already", head.name))),
    };
    let elements = head.elements()?;
    let row = head.shape.first().map_or(0, |n| *n as usize);
    if head.shape.len() != 2 || ggml::stays_exact(&head.name) {
        head.write(output)?;
        let bytes = (elements * numbers.bytes()) as u64;
        if std::io::copy(&mut input.take(bytes), output)? < bytes {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        return Ok(());
    }
    if row == 0 || !row.is_multiple_of(BLOCK) {
        return Err(ConvertError::format(format!("the rows of `{}` are no multiple of {BLOCK}", head.name)));
    }
    head.format = format.tensor_code();
    head.write(output)?;
    let mut left = elements / BLOCK;
    let mut encoded = Vec::new();
    while left > 0 {
        let blocks = left.min(BLOCKS_AT_ONCE);
        let bytes = ggml::take(input, blocks * BLOCK * numbers.bytes())?;
        encoded.clear();
        for block in bytes.chunks_exact(BLOCK * numbers.bytes()) {
            format.encode(&floats(block, numbers), &mut encoded);
        }
        output.write_all(&encoded)?;
        left -= blocks;
    }
    Ok(())
}

fn floats(bytes: &[u8], numbers: Numbers) -> [f32; BLOCK] {
    let mut floats = [0.0; BLOCK];
    for (float, bytes) in floats.iter_mut().zip(bytes.chunks_exact(numbers.bytes())) {
        *float = match *bytes {
            [a, b] => f16::from_le_bytes([a, b]).to_f32(),
            [a, b, c, d] => f32::from_le_bytes([a, b, c, d]),
            _ => 0.0,
        };
    }
    floats
}

/// A scale (f16) and 32 signed bytes: the largest magnitude becomes 127.
fn q8_0(block: &[f32; BLOCK], output: &mut Vec<u8>) {
    let largest = block.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    let scale = largest / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    output.extend(f16::from_f32(scale).to_le_bytes());
    // `round` goes half away from zero, as C's `roundf`.
    output.extend(block.iter().map(|x| ((x * inverse).round() as i8).to_le_bytes()[0]));
}

/// A scale and a minimum (f16 each), 32 fifth bits, then 32 times four bits: the first half in the low ones.
fn q5_1(block: &[f32; BLOCK], output: &mut Vec<u8>) {
    let smallest = block.iter().copied().fold(f32::MAX, f32::min);
    let largest = block.iter().copied().fold(f32::MIN, f32::max);
    let scale = (largest - smallest) / 31.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    output.extend(f16::from_f32(scale).to_le_bytes());
    output.extend(f16::from_f32(smallest).to_le_bytes());
    let code = |x: &f32| ((x - smallest) * inverse + 0.5) as u8;
    let (low, high) = block.split_at(BLOCK / 2);
    let mut fifth_bits = 0_u32;
    let mut nibbles = Vec::with_capacity(BLOCK / 2);
    for (index, (a, b)) in low.iter().map(code).zip(high.iter().map(code)).enumerate() {
        nibbles.push((a & 0x0f) | ((b & 0x0f) << 4));
        fifth_bits |= u32::from((a >> 4) & 1) << index;
        fifth_bits |= u32::from((b >> 4) & 1) << (index + BLOCK / 2);
    }
    output.extend(fifth_bits.to_le_bytes());
    output.extend(nibbles);
}

/// Counts what has been read.
struct Counted<'a, R> {
    input: &'a mut R,
    count: u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.count += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q8_0_by_hand() {
        let mut block = [0.0; BLOCK];
        block[0] = 127.0;
        block[1] = -0.5;
        block[2] = 0.5;
        block[3] = -127.0;
        block[4] = 1.4;
        let mut out = Vec::new();
        q8_0(&block, &mut out);
        assert_eq!(out.len(), 34);
        assert_eq!(out[..2], f16::from_f32(1.0).to_le_bytes());
        assert_eq!(out[2..7], [127, 0xff, 1, 0x81, 1], "halves go away from zero");
        out.clear();
        q8_0(&[0.0; BLOCK], &mut out);
        assert_eq!(out, [0; 34]);
    }

    #[test]
    fn q5_1_by_hand() {
        let mut block = [0.0; BLOCK];
        for (n, x) in block.iter_mut().enumerate() {
            *x = n as f32 - 1.0;
        }
        let mut out = Vec::new();
        q5_1(&block, &mut out);
        assert_eq!(out.len(), 24);
        assert_eq!(out[..4], [f16::from_f32(1.0).to_le_bytes(), f16::from_f32(-1.0).to_le_bytes()].concat());
        assert_eq!(out[4..8], 0xffff_0000_u32.to_le_bytes(), "16 to 31 have the fifth bit");
        assert_eq!(out[8], 0, "0, and 16 without its fifth bit");
        assert_eq!(out[9], 0x11);
        assert_eq!(out[23], 0xff);
    }

    #[test]
    fn every_number_comes_back_within_half_a_step() {
        let mut seed = 1_u32;
        let block: [f32; BLOCK] = std::array::from_fn(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed as f32 / u32::MAX as f32 - 0.5
        });
        let mut out = Vec::new();
        q8_0(&block, &mut out);
        let scale = f16::from_le_bytes([out[0], out[1]]).to_f32();
        for (x, byte) in block.iter().zip(&out[2..]) {
            assert!((x - f32::from(*byte as i8) * scale).abs() <= scale * 0.6);
        }
    }

    /// A model with one vector, one matrix that stays, and one matrix that does not.
    fn tiny() -> Vec<u8> {
        let mut file = Vec::new();
        ggml::put(&mut file, &[MAGIC]).unwrap();
        ggml::put(&mut file, &[51865, 1500, 64, 1, 1, 448, 64, 1, 1, 80, 1]).unwrap();
        ggml::put(&mut file, &[1, 1, 7, 1, 2]).unwrap();
        file.extend(b"ab");
        for (name, shape, format, bytes) in [
            ("encoder.ln_post.bias", vec![32], 0, 128),
            ("decoder.positional_embedding", vec![32, 2], 0, 256),
            ("decoder.token_embedding.weight", vec![64, 2], 1, 256),
        ] {
            TensorHead { name: name.to_owned(), shape, format }.write(&mut file).unwrap();
            file.extend(std::iter::repeat_n([0x00, 0x3c], bytes / 2).flatten());
        }
        file
    }

    #[test]
    fn matrices_shrink_and_the_rest_stays() {
        let (input, mut output, mut heard) = (tiny(), Vec::new(), 0);
        quantise(&mut input.as_slice(), &mut output, Quantisation::Q8_0, &mut |n| heard = n).unwrap();
        assert_eq!(heard, input.len() as u64);
        assert_eq!(output.len(), input.len() - 256 + 4 * 34);
        assert_eq!(output[44..48], 2007_u32.to_le_bytes());
        let body = &output[output.len() - 4 * 34..];
        assert_eq!(body[2..34], [127; 32], "all ones");
    }

    #[test]
    fn other_files_are_refused_without_a_panic() {
        let whole = tiny();
        let run = |bytes: &[u8]| quantise(&mut &*bytes, &mut Vec::new(), Quantisation::Q5_1, &mut |_| {});
        let complete_at: Vec<usize> = (0..whole.len()).filter(|n| run(&whole[..*n]).is_ok()).collect();
        assert_eq!(complete_at.len(), 3, "only between tensors it can't be seen: {complete_at:?}");
        assert!(run(&[0xff; 400]).is_err());
        let mut twice = Vec::new();
        quantise(&mut whole.as_slice(), &mut twice, Quantisation::Q8_0, &mut |_| {}).unwrap();
        assert!(run(&twice).unwrap_err().to_string().contains("quantised already"));
    }
}
