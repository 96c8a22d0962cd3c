//! The outline of a whisper.cpp file: header, mel filters, vocabulary, then tensors, each with a small head.

use super::ConvertError;
use std::io::{Read, Write};

/// The first four bytes of the file as a number.
pub(super) const MAGIC: u32 = 0x6767_6d6c;
/// Numbers in the header after the magic one; the last is the format of the weights.
pub(super) const HEADER_NUMBERS: usize = 11;
/// No count in a file of this kind comes near this; anything above it is another kind of file.
const COUNT_MAX: u32 = 1 << 26;

/// The format of a tensor's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    F32,
    F16,
}

impl Numbers {
    pub(super) fn code(self) -> u32 {
        match self {
            Numbers::F32 => 0,
            Numbers::F16 => 1,
        }
    }

    pub(super) fn bytes(self) -> usize {
        match self {
            Numbers::F32 => 4,
            Numbers::F16 => 2,
        }
    }
}

/// What stands before a tensor's numbers. `shape` has the fastest running dimension first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TensorHead {
    pub(super) name: String,
    pub(super) shape: Vec<u32>,
    pub(super) format: u32,
}

impl TensorHead {
    pub(super) fn write(&self, output: &mut impl Write) -> Result<(), ConvertError> {
        let length = |count: usize| u32::try_from(count).map_err(|_| ConvertError::format("a name is too long"));
        put(output, &[length(self.shape.len())?, length(self.name.len())?, self.format])?;
        put(output, &self.shape)?;
        output.write_all(self.name.as_bytes())?;
        Ok(())
    }

    /// The next tensor's head, or `None` at the end of the file.
    pub(super) fn read(input: &mut impl Read) -> Result<Option<Self>, ConvertError> {
        let mut first = [0; 4];
        if input.read(&mut first[..1])? == 0 {
            return Ok(None);
        }
        input.read_exact(&mut first[1..])?;
        let dimensions = u32::from_le_bytes(first);
        let (name_bytes, format) = (count(input)?, number(input)?);
        if dimensions == 0 || dimensions > 4 || name_bytes > 256 {
            return Err(ConvertError::format("a tensor's head makes no sense"));
        }
        let shape = (0..dimensions).map(|_| count(input)).collect::<Result<Vec<u32>, _>>()?;
        let name = String::from_utf8_lossy(&take(input, name_bytes as usize)?).into_owned();
        Ok(Some(Self { name, shape, format }))
    }

    /// How many numbers the tensor has.
    pub(super) fn elements(&self) -> Result<usize, ConvertError> {
        let product = self.shape.iter().try_fold(1_u32, |product, n| product.checked_mul(*n));
        let product = product.filter(|n| *n <= 1 << 30);
        product
            .map(|n| n as usize)
            .ok_or_else(|| ConvertError::format(format!("the tensor `{}` is too big", self.name)))
    }
}

/// A tensor that stays as it is in a quantised file, though it has two dimensions.
pub(super) fn stays_exact(name: &str) -> bool {
    matches!(
        name,
        "encoder.conv1.bias" | "encoder.conv2.bias" | "encoder.positional_embedding" | "decoder.positional_embedding"
    )
}

pub(super) fn put(output: &mut impl Write, numbers: &[u32]) -> Result<(), ConvertError> {
    for number in numbers {
        output.write_all(&number.to_le_bytes())?;
    }
    Ok(())
}

pub(super) fn number(input: &mut impl Read) -> Result<u32, ConvertError> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// A number that counts something in the file.
pub(super) fn count(input: &mut impl Read) -> Result<u32, ConvertError> {
    let number = number(input)?;
    if number > COUNT_MAX { Err(ConvertError::format("this is another kind of file")) } else { Ok(number) }
}

pub(super) fn take(input: &mut impl Read, length: usize) -> Result<Vec<u8>, ConvertError> {
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}
