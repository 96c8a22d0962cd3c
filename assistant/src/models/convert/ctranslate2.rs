//! CTranslate2's Whisper weights as a whisper.cpp model: the same bytes that OpenAI's weights become there.

use super::ggml::{self, MAGIC, Numbers, TensorHead};
use super::{ConvertError, mel, vocabulary};
use half::f16;
use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom, Write};

/// Channels of an attention head, in every size of Whisper.
const HEAD_CHANNELS: u32 = 64;
/// The header's code for 16-bit weights.
const FORMAT_F16: u32 = 1;

/// A tensor of the source file: where its numbers are.
#[derive(Clone, Debug)]
struct Stored {
    shape: Vec<u32>,
    numbers: Numbers,
    offset: u64,
}

/// All tensors of the source file by name.
struct Stock<'a, R> {
    input: &'a mut R,
    tensors: HashMap<String, Stored>,
}

/// Writes a CTranslate2 Whisper model of 16 or 32-bit numbers, with its `vocabulary.txt`, as a 16-bit whisper.cpp one.
/// `tell` hears how many bytes of weights have been written.
///
/// # Errors
/// When `input` is no such model or ends too early, or `output` can't be written.
pub fn ctranslate2_to_ggml(
    input: &mut (impl Read + Seek),
    vocabulary: &str,
    output: &mut impl Write,
    tell: &mut dyn FnMut(u64),
) -> Result<(), ConvertError> {
    let tokens = vocabulary::tokens(vocabulary)?;
    let mut stock = Stock::open(input)?;
    let shape = stock.model()?;
    ggml::put(output, &[MAGIC])?;
    ggml::put(output, &shape.header())?;
    ggml::put(output, &[shape.mels, mel::BINS as u32])?;
    for weight in mel::filters(shape.mels.min(1024) as usize) {
        output.write_all(&weight.to_le_bytes())?;
    }
    ggml::put(output, &[tokens.len() as u32])?;
    for token in &tokens {
        ggml::put(output, &[token.len() as u32])?;
        output.write_all(token)?;
    }
    let mut written = 0;
    for tensor in shape.tensors() {
        written += stock.copy(&tensor, output)?;
        tell(written);
    }
    Ok(output.flush()?)
}

/// The sizes of a model.
struct Shape {
    vocabulary: u32,
    audio_context: u32,
    text_context: u32,
    channels: u32,
    encoder_layers: u32,
    decoder_layers: u32,
    mels: u32,
}

/// A tensor of the result: its name, and which tensor of the source it is, or which of its equal parts.
struct Wanted {
    name: String,
    source: String,
    part: u32,
    parts: u32,
}

impl Shape {
    /// whisper.cpp's header.
    fn header(&self) -> [u32; ggml::HEADER_NUMBERS] {
        let heads = self.channels / HEAD_CHANNELS;
        [
            self.vocabulary,
            self.audio_context,
            self.channels,
            heads,
            self.encoder_layers,
            self.text_context,
            self.channels,
            heads,
            self.decoder_layers,
            self.mels,
            FORMAT_F16,
        ]
    }

    /// Every tensor in the order of the official files (the order of OpenAI's own checkpoint).
    fn tensors(&self) -> Vec<Wanted> {
        let mut list = List::default();
        list.whole("decoder.positional_embedding", "decoder/position_encodings/encodings");
        list.whole("encoder.positional_embedding", "encoder/position_encodings/encodings");
        list.whole("decoder.token_embedding.weight", "decoder/embeddings/weight");
        for layer in 0..self.decoder_layers {
            list.block("decoder", layer);
            list.cross_attention(layer);
        }
        list.norm("decoder.ln", "decoder/layer_norm");
        for conv in ["conv1", "conv2"] {
            list.whole(&format!("encoder.{conv}.weight"), &format!("encoder/{conv}/weight"));
            list.whole(&format!("encoder.{conv}.bias"), &format!("encoder/{conv}/bias"));
        }
        for layer in 0..self.encoder_layers {
            list.block("encoder", layer);
        }
        list.norm("encoder.ln_post", "encoder/layer_norm");
        list.0
    }
}

/// The list of wanted tensors while it grows.
#[derive(Default)]
struct List(Vec<Wanted>);

impl List {
    fn part(&mut self, name: &str, source: &str, part: u32, parts: u32) {
        self.0.push(Wanted { name: name.to_owned(), source: source.to_owned(), part, parts });
    }

    fn whole(&mut self, name: &str, source: &str) {
        self.part(name, source, 0, 1);
    }

    fn norm(&mut self, name: &str, source: &str) {
        self.whole(&format!("{name}.weight"), &format!("{source}/gamma"));
        self.whole(&format!("{name}.bias"), &format!("{source}/beta"));
    }

    fn linear(&mut self, name: &str, source: &str, part: u32, parts: u32) {
        self.part(&format!("{name}.weight"), &format!("{source}/weight"), part, parts);
        self.part(&format!("{name}.bias"), &format!("{source}/bias"), part, parts);
    }

    /// What encoder and decoder blocks share. CTranslate2 keeps query, key and value in one matrix; the bias of the
    /// key is zero and has no place in whisper.cpp.
    fn block(&mut self, side: &str, layer: u32) {
        let (to, from) = (format!("{side}.blocks.{layer}"), format!("{side}/layer_{layer}"));
        self.norm(&format!("{to}.mlp_ln"), &format!("{from}/ffn/layer_norm"));
        self.linear(&format!("{to}.mlp.0"), &format!("{from}/ffn/linear_0"), 0, 1);
        self.linear(&format!("{to}.mlp.2"), &format!("{from}/ffn/linear_1"), 0, 1);
        let fused = format!("{from}/self_attention/linear_0");
        self.norm(&format!("{to}.attn_ln"), &format!("{from}/self_attention/layer_norm"));
        self.linear(&format!("{to}.attn.query"), &fused, 0, 3);
        self.part(&format!("{to}.attn.key.weight"), &format!("{fused}/weight"), 1, 3);
        self.linear(&format!("{to}.attn.value"), &fused, 2, 3);
        self.linear(&format!("{to}.attn.out"), &format!("{from}/self_attention/linear_1"), 0, 1);
    }

    /// What only decoder blocks have.
    fn cross_attention(&mut self, layer: u32) {
        let (to, from) = (format!("decoder.blocks.{layer}"), format!("decoder/layer_{layer}/attention"));
        let fused = format!("{from}/linear_1");
        self.norm(&format!("{to}.cross_attn_ln"), &format!("{from}/layer_norm"));
        self.linear(&format!("{to}.cross_attn.query"), &format!("{from}/linear_0"), 0, 1);
        self.part(&format!("{to}.cross_attn.key.weight"), &format!("{fused}/weight"), 0, 2);
        self.linear(&format!("{to}.cross_attn.value"), &fused, 1, 2);
        self.linear(&format!("{to}.cross_attn.out"), &format!("{from}/linear_2"), 0, 1);
    }
}

impl<'a, R: Read + Seek> Stock<'a, R> {
    /// Reads the directory of a CTranslate2 file. The numbers themselves stay where they are.
    fn open(input: &'a mut R) -> Result<Self, ConvertError> {
        let version = ggml::number(input)?;
        if !(1..=16).contains(&version) {
            return Err(ConvertError::format("this is no CTranslate2 model"));
        }
        let specification = text(input)?;
        if specification != "WhisperSpec" {
            return Err(ConvertError::format(format!("this is a `{specification}`, not a Whisper model")));
        }
        let _revision = ggml::number(input)?;
        let mut tensors = HashMap::new();
        for _ in 0..ggml::count(input)? {
            let name = text(input)?;
            let dimensions = ggml::take(input, 1)?.first().copied().unwrap_or(0);
            let shape = (0..dimensions).map(|_| ggml::count(input)).collect::<Result<Vec<u32>, _>>()?;
            let code = ggml::take(input, 1)?;
            let bytes = ggml::number(input)?;
            let offset = input.stream_position()?;
            input.seek(SeekFrom::Current(i64::from(bytes)))?;
            // 0 is f32 and 4 is f16; whole numbers are settings of CTranslate2 that whisper.cpp has no use for.
            let numbers = match code.as_slice() {
                [0] => Numbers::F32,
                [4] => Numbers::F16,
                _ => continue,
            };
            tensors.insert(name, Stored { shape, numbers, offset });
        }
        Ok(Self { input, tensors })
    }

    fn find(&self, name: &str) -> Result<&Stored, ConvertError> {
        self.tensors.get(name).ok_or_else(|| ConvertError::format(format!("the tensor `{name}` is missing")))
    }

    fn dimension(&self, name: &str, index: usize) -> Result<u32, ConvertError> {
        let found = self.find(name)?.shape.get(index).copied();
        found.ok_or_else(|| ConvertError::format(format!("the tensor `{name}` has too few dimensions")))
    }

    /// The model's sizes, from the shapes of its tensors.
    fn model(&self) -> Result<Shape, ConvertError> {
        let layers = |side: &str| {
            let prefix = format!("{side}/layer_");
            let numbers = self
                .tensors
                .keys()
                .filter_map(|name| name.strip_prefix(&prefix)?.split('/').next()?.parse::<u32>().ok());
            numbers.filter(|layer| *layer < 256).max().map_or(0, |last| last + 1)
        };
        Ok(Shape {
            vocabulary: self.dimension("decoder/embeddings/weight", 0)?,
            audio_context: self.dimension("encoder/position_encodings/encodings", 0)?,
            text_context: self.dimension("decoder/position_encodings/encodings", 0)?,
            channels: self.dimension("encoder/conv1/weight", 0)?,
            encoder_layers: layers("encoder"),
            decoder_layers: layers("decoder"),
            mels: self.dimension("encoder/conv1/weight", 1)?,
        })
    }

    /// Writes one tensor; gives how many bytes its numbers take.
    fn copy(&mut self, wanted: &Wanted, output: &mut impl Write) -> Result<u64, ConvertError> {
        let stored = self.find(&wanted.source)?.clone();
        let mut shape = stored.shape.clone();
        let rows =
            shape.first_mut().ok_or_else(|| ConvertError::format(format!("`{}` is a lone number", wanted.source)))?;
        if !rows.is_multiple_of(wanted.parts) {
            return Err(ConvertError::format(format!("`{}` can't be divided by {}", wanted.source, wanted.parts)));
        }
        *rows /= wanted.parts;
        // whisper.cpp adds the bias of a convolution along its second dimension.
        if wanted.name.contains(".conv") && wanted.name.ends_with(".bias") {
            shape.push(1);
        }
        shape.reverse();
        let exact = shape.len() < 2 || ggml::stays_exact(&wanted.name);
        let numbers = if exact { Numbers::F32 } else { Numbers::F16 };
        let head = TensorHead { name: wanted.name.clone(), shape, format: numbers.code() };
        head.write(output)?;
        let elements = head.elements()?;
        let start = u64::from(wanted.part) * (elements * stored.numbers.bytes()) as u64;
        self.input.seek(SeekFrom::Start(stored.offset + start))?;
        let bytes = ggml::take(self.input, elements * stored.numbers.bytes())?;
        let bytes = convert(bytes, stored.numbers, numbers);
        output.write_all(&bytes)?;
        Ok(bytes.len() as u64)
    }
}

fn convert(bytes: Vec<u8>, from: Numbers, to: Numbers) -> Vec<u8> {
    match (from, to) {
        (Numbers::F16, Numbers::F32) => {
            bytes.as_chunks::<2>().0.iter().flat_map(|b| f16::from_le_bytes(*b).to_f32().to_le_bytes()).collect()
        }
        (Numbers::F32, Numbers::F16) => {
            bytes.as_chunks::<4>().0.iter().flat_map(|b| f16::from_f32(f32::from_le_bytes(*b)).to_le_bytes()).collect()
        }
        _ => bytes,
    }
}

/// A text with its length before it and a zero behind it.
fn text(input: &mut impl Read) -> Result<String, ConvertError> {
    let length = ggml::take(input, 2)?;
    let length = length.first_chunk::<2>().map_or(0, |bytes| u16::from_le_bytes(*bytes));
    let bytes = ggml::take(input, usize::from(length))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
}

#[cfg(test)]
mod tests;
