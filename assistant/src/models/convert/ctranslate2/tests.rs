//! The conversion on a tiny model of the right structure.

use super::*;
use std::io::Cursor;

const CHANNELS: u32 = 64;

/// A CTranslate2 model of one encoder and one decoder layer. Every number is the place of its tensor in the list.
fn tiny() -> Vec<u8> {
    let mut names: Vec<(String, Vec<u32>)> = vec![
        ("encoder/conv1/weight".into(), vec![CHANNELS, 80, 3]),
        ("encoder/conv1/bias".into(), vec![CHANNELS]),
        ("encoder/conv2/weight".into(), vec![CHANNELS, CHANNELS, 3]),
        ("encoder/conv2/bias".into(), vec![CHANNELS]),
        ("encoder/position_encodings/encodings".into(), vec![5, CHANNELS]),
        ("decoder/position_encodings/encodings".into(), vec![4, CHANNELS]),
        ("decoder/embeddings/weight".into(), vec![6, CHANNELS]),
    ];
    let norm = |names: &mut Vec<(String, Vec<u32>)>, name: &str| {
        names.push((format!("{name}/gamma"), vec![CHANNELS]));
        names.push((format!("{name}/beta"), vec![CHANNELS]));
    };
    let linear = |names: &mut Vec<(String, Vec<u32>)>, name: &str, times: u32| {
        names.push((format!("{name}/weight"), vec![times * CHANNELS, CHANNELS]));
        names.push((format!("{name}/bias"), vec![times * CHANNELS]));
    };
    for side in ["encoder", "decoder"] {
        norm(&mut names, &format!("{side}/layer_norm"));
        let layer = format!("{side}/layer_0");
        norm(&mut names, &format!("{layer}/ffn/layer_norm"));
        linear(&mut names, &format!("{layer}/ffn/linear_0"), 4);
        linear(&mut names, &format!("{layer}/ffn/linear_1"), 1);
        norm(&mut names, &format!("{layer}/self_attention/layer_norm"));
        linear(&mut names, &format!("{layer}/self_attention/linear_0"), 3);
        linear(&mut names, &format!("{layer}/self_attention/linear_1"), 1);
    }
    norm(&mut names, "decoder/layer_0/attention/layer_norm");
    linear(&mut names, "decoder/layer_0/attention/linear_0", 1);
    linear(&mut names, "decoder/layer_0/attention/linear_1", 2);
    linear(&mut names, "decoder/layer_0/attention/linear_2", 1);
    file("WhisperSpec", &names)
}

fn file(specification: &str, names: &[(String, Vec<u32>)]) -> Vec<u8> {
    let mut file = Vec::new();
    let text = |file: &mut Vec<u8>, text: &str| {
        file.extend((text.len() as u16 + 1).to_le_bytes());
        file.extend(text.as_bytes());
        file.push(0);
    };
    file.extend(6_u32.to_le_bytes());
    text(&mut file, specification);
    file.extend(3_u32.to_le_bytes());
    file.extend((names.len() as u32 + 1).to_le_bytes());
    // A setting, which is no weight.
    text(&mut file, "decoder/num_heads");
    file.extend([0, 2, 2, 0, 0, 0, 8, 0]);
    for (place, (name, shape)) in names.iter().enumerate() {
        text(&mut file, name);
        file.push(shape.len() as u8);
        shape.iter().for_each(|n| file.extend(n.to_le_bytes()));
        file.push(4);
        let rows = shape[0];
        let row: u32 = shape[1..].iter().product();
        file.extend((rows * row * 2).to_le_bytes());
        for n in 0..rows {
            let value = f16::from_f32(place as f32 + (n / CHANNELS) as f32 / 8.0);
            (0..row).for_each(|_| file.extend(value.to_le_bytes()));
        }
    }
    file.extend(0_u32.to_le_bytes());
    file
}

fn convert_tiny(bytes: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let mut output = Vec::new();
    ctranslate2_to_ggml(&mut Cursor::new(bytes), "a\nĠb\n<|endoftext|>\n", &mut output, &mut |_| {})?;
    Ok(output)
}

#[test]
fn writes_whisper_cpps_structure() {
    let output = convert_tiny(&tiny()).unwrap();
    let mut input = output.as_slice();
    let header: Vec<u32> = (0..12).map(|_| ggml::number(&mut input).unwrap()).collect();
    assert_eq!(header, [MAGIC, 6, 5, 64, 1, 1, 4, 64, 1, 1, 80, 1]);
    assert_eq!((ggml::number(&mut input).unwrap(), ggml::number(&mut input).unwrap()), (80, 201));
    ggml::take(&mut input, 80 * 201 * 4).unwrap();
    assert_eq!(ggml::take(&mut input, 15).unwrap(), b"\x02\0\0\0\x01\0\0\0a\x02\0\0\0 b");
    let mut seen = Vec::new();
    while let Some(head) = TensorHead::read(&mut input).unwrap() {
        let size = if head.format == 0 { 4 } else { 2 };
        let numbers = ggml::take(&mut input, head.elements().unwrap() * size).unwrap();
        seen.push((head, numbers));
    }
    assert_eq!(seen.len(), 3 + (15 + 9) + 2 + 4 + 15 + 2);
    assert_eq!(seen[0].0.name, "decoder.positional_embedding");
    assert_eq!(seen[0].0.shape, [64, 4]);
    let find = |name: &str| seen.iter().find(|(head, _)| head.name == name).unwrap();
    assert_eq!(find("encoder.conv1.bias").0.shape, [1, 64]);
    assert_eq!(find("encoder.conv1.bias").0.format, 0);
    assert_eq!(find("encoder.conv2.weight").0.shape, [3, 64, 64]);
    let first = |name: &str| f16::from_le_bytes(*find(name).1.first_chunk().unwrap()).to_f32();
    let query = first("encoder.blocks.0.attn.query.weight");
    assert_eq!(first("encoder.blocks.0.attn.key.weight"), query + 0.125, "the second third of the fused matrix");
    assert_eq!(first("encoder.blocks.0.attn.value.weight"), query + 0.25);
    let key = first("decoder.blocks.0.cross_attn.key.weight");
    assert_eq!(first("decoder.blocks.0.cross_attn.value.weight"), key + 0.125);
}

#[test]
fn truncated_and_foreign_files_are_refused_without_a_panic() {
    let whole = tiny();
    for length in (0..whole.len() - 4).step_by(97) {
        assert!(convert_tiny(&whole[..length]).is_err(), "{length}");
    }
    let error = convert_tiny(&file("TransformerSpec", &[])).unwrap_err().to_string();
    assert!(error.contains("TransformerSpec"), "{error}");
    let error = convert_tiny(&file("WhisperSpec", &[])).unwrap_err().to_string();
    assert!(error.contains("missing"), "{error}");
    assert!(convert_tiny(&[0xff; 64]).is_err());
}
