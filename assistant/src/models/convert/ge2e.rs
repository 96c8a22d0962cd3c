//! The GE2E voice encoder as PyTorch keeps it, as an ONNX model: the same numbers, with the gates of its cells in the other order.

use super::ConvertError;
use super::torch::{Tensor, tensors};
use crate::onnx::{Message, network as onnx};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Bands of the spectrum that go in.
const BANDS: usize = 40;
/// Cells of each layer, and numbers that come out.
const CELLS: usize = 256;
const LAYERS: usize = 3;
/// Steps of 10 ms that are looked at as one.
const STEPS: usize = 160;
/// Longer than the file is, so that what is no such file does not fill the memory.
const BYTES_MAX: u64 = 256 << 20;

/// Writes the voice encoder of a PyTorch file as an ONNX model: `mels` (160 steps, any number of stretches, 40 bands) in, `points` (256
/// numbers for each stretch, not yet of length one) out. `tell` hears how many bytes have been written.
///
/// # Errors
/// When `input` is no such file, or `output` can't be written.
pub fn ge2e_to_onnx(
    input: &mut impl Read,
    output: &mut impl Write,
    tell: &mut dyn FnMut(u64),
) -> Result<(), ConvertError> {
    let mut file = Vec::new();
    input.take(BYTES_MAX).read_to_end(&mut file)?;
    let weights = Weights(tensors(&file, "model_state")?);
    let model = onnx::model(&graph(&weights)?);
    output.write_all(&model)?;
    output.flush()?;
    tell(model.len() as u64);
    Ok(())
}

fn graph(weights: &Weights) -> Result<Message, ConvertError> {
    let mut graph = Message::default();
    let mut below = "mels".to_owned();
    for layer in 0..LAYERS {
        let names = ["w", "r", "b"].map(|part| format!("{part}{layer}"));
        let (states, last, next) = (format!("states{layer}"), format!("last{layer}"), format!("next{layer}"));
        let inputs: Vec<&str> = std::iter::once(below.as_str()).chain(names.iter().map(String::as_str)).collect();
        graph = graph.inside(1, &onnx::node("LSTM", &inputs, &[&states, &last], &[("hidden_size", CELLS as u64)]));
        if layer + 1 < LAYERS {
            graph = graph.inside(1, &onnx::node("Squeeze", &[&states, "direction"], &[&next], &[]));
        }
        below = next;
    }
    let last = format!("last{}", LAYERS - 1);
    graph = graph
        .inside(1, &onnx::node("Squeeze", &[&last, "first"], &["end"], &[]))
        .inside(1, &onnx::node("Gemm", &["end", "w", "b"], &["sums"], &[("transB", 1)]))
        .inside(1, &onnx::node("Relu", &["sums"], &["points"], &[]))
        .text(2, "ge2e")
        .inside(5, &onnx::wholes("direction", &[1]))
        .inside(5, &onnx::wholes("first", &[0]));
    for layer in 0..LAYERS {
        let width = if layer == 0 { BANDS } else { CELLS };
        let w = weights.gates(&format!("lstm.weight_ih_l{layer}"), width)?;
        let r = weights.gates(&format!("lstm.weight_hh_l{layer}"), CELLS)?;
        let mut b = weights.gates(&format!("lstm.bias_ih_l{layer}"), 1)?;
        b.extend(weights.gates(&format!("lstm.bias_hh_l{layer}"), 1)?);
        graph = graph
            .inside(5, &onnx::floats(&format!("w{layer}"), &[1, 4 * CELLS, width], &w))
            .inside(5, &onnx::floats(&format!("r{layer}"), &[1, 4 * CELLS, CELLS], &r))
            .inside(5, &onnx::floats(&format!("b{layer}"), &[1, 8 * CELLS], &b));
    }
    let linear = weights.find("linear.weight", &[CELLS, CELLS])?;
    let offset = weights.find("linear.bias", &[CELLS])?;
    Ok(graph
        .inside(5, &onnx::floats("w", &[CELLS, CELLS], linear))
        .inside(5, &onnx::floats("b", &[CELLS], offset))
        .inside(11, &onnx::value("mels", &[Ok(STEPS), Err("stretches"), Ok(BANDS)]))
        .inside(12, &onnx::value("points", &[Err("stretches"), Ok(CELLS)])))
}

struct Weights(BTreeMap<String, Tensor>);

impl Weights {
    fn find(&self, name: &str, shape: &[usize]) -> Result<&[f32], ConvertError> {
        let tensor = self.0.get(name).filter(|tensor| tensor.shape == shape);
        let tensor = tensor.ok_or_else(|| ConvertError::format(format!("`{name}` of {shape:?} is missing")))?;
        match tensor.numbers.iter().all(|number| number.is_finite()) {
            true => Ok(&tensor.numbers),
            false => Err(ConvertError::format(format!("`{name}` has numbers that are none"))),
        }
    }

    /// The rows of all gates: PyTorch has them in the order input, forget, cell, output; ONNX input, output, forget, cell.
    fn gates(&self, name: &str, width: usize) -> Result<Vec<f32>, ConvertError> {
        let shape: &[usize] = if width == 1 { &[4 * CELLS] } else { &[4 * CELLS, width] };
        let all = self.find(name, shape)?;
        let gate = |number: usize| all.chunks_exact(CELLS * width).nth(number).unwrap_or_default().iter().copied();
        Ok([0, 3, 1, 2].into_iter().flat_map(gate).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::torch::tests::file;
    use super::*;

    /// A file of the right shapes; every number tells its gate.
    fn small() -> Vec<(String, Vec<usize>, Vec<f32>)> {
        let gates = |width: usize| (0..4 * CELLS * width).map(|at| (at / (CELLS * width)) as f32).collect::<Vec<f32>>();
        let mut all = Vec::new();
        for layer in 0..LAYERS {
            let width = if layer == 0 { BANDS } else { CELLS };
            all.push((format!("lstm.weight_ih_l{layer}"), vec![4 * CELLS, width], gates(width)));
            all.push((format!("lstm.weight_hh_l{layer}"), vec![4 * CELLS, CELLS], gates(CELLS)));
            all.push((format!("lstm.bias_ih_l{layer}"), vec![4 * CELLS], gates(1)));
            all.push((format!("lstm.bias_hh_l{layer}"), vec![4 * CELLS], gates(1)));
        }
        all.push(("linear.weight".to_owned(), vec![CELLS, CELLS], vec![0.5; CELLS * CELLS]));
        all.push(("linear.bias".to_owned(), vec![CELLS], vec![0.25; CELLS]));
        all
    }

    fn convert(parts: &[(String, Vec<usize>, Vec<f32>)]) -> Result<Vec<u8>, ConvertError> {
        let parts: Vec<_> =
            parts.iter().map(|(name, shape, all)| (name.as_str(), shape.clone(), all.clone())).collect();
        let mut made = Vec::new();
        ge2e_to_onnx(&mut file(&parts).as_slice(), &mut made, &mut |_| {}).map(|()| made)
    }

    #[test]
    fn gates_change_places_and_the_model_is_one() {
        let parts = small();
        let parts: Vec<_> =
            parts.iter().map(|(name, shape, all)| (name.as_str(), shape.clone(), all.clone())).collect();
        let weights = Weights(tensors(&file(&parts), "model_state").unwrap());
        let gates = weights.gates("lstm.bias_ih_l1", 1).unwrap();
        let order: Vec<f32> = gates.chunks(CELLS).map(|gate| gate[0]).collect();
        assert_eq!(order, [0.0, 3.0, 1.0, 2.0]);
        let made = convert(&small()).unwrap();
        let model = rten::Model::load(made).unwrap();
        assert!(model.node_id("mels").is_ok() && model.node_id("points").is_ok());
    }

    #[test]
    fn what_is_missing_or_no_number_is_named() {
        let mut missing = small();
        missing.remove(2);
        assert!(convert(&missing).unwrap_err().to_string().contains("lstm.bias_ih_l0"));
        let mut broken = small();
        broken[0].2[7] = f32::NAN;
        assert!(convert(&broken).unwrap_err().to_string().contains("lstm.weight_ih_l0"));
    }
}
