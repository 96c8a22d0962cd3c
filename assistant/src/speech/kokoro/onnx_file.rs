//! A network's file, read piece by piece: the weights of 16 bits stay as short as they are, and of the operations smaller networks
//! can be made that are given them with each run.

use crate::onnx::Message;
use crate::onnx::network::{
    FLOAT16, GRAPH_INPUT, GRAPH_NODE, GRAPH_OUTPUT, GRAPH_WEIGHT, MODEL_GRAPH, NODE_INPUT, NODE_OPERATION, NODE_OUTPUT,
    TENSOR_BYTES, TENSOR_KIND, TENSOR_NAME, TENSOR_SIZES, VALUE_NAME, tensor, unknown_value, value,
};
use crate::onnx::wire::{Input, Part, Parts, tag, tag_or_end, varint, wrong};
use half::f16;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

/// A weight with fewer numbers stays in the network.
const NUMBERS_MIN: usize = 1 << 14;
/// The operations that do not need to know their weights before they run.
const OPERATIONS: [&str; 5] = ["Conv", "ConvTranspose", "Gemm", "LSTM", "MatMul"];

/// One operation: what it takes and gives, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub operation: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// As it stands in the file.
    pub written: Vec<u8>,
}

/// A weight of 16 bits that a network can be given with each run.
#[derive(Debug, PartialEq)]
pub(super) struct Weight {
    pub shape: Vec<usize>,
    pub numbers: Vec<f16>,
}

/// A network.
#[derive(Debug, Default)]
pub(super) struct OnnxFile {
    /// The fields of the file that are not its graph.
    pub head: Message,
    pub nodes: Vec<Node>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// The weights that are worth being kept apart, by name.
    pub weights: BTreeMap<String, Weight>,
    /// All others, as they stand in the file.
    pub constants: BTreeMap<String, Vec<u8>>,
}

impl OnnxFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it can't be read or is no network.
    pub fn read(file: impl Read) -> io::Result<Self> {
        let mut found = OnnxFile::default();
        let mut file = Input { inner: file, at: 0 };
        while let Some((field, kind)) = tag_or_end(&mut file)? {
            match (field, kind) {
                (MODEL_GRAPH, 2) => {
                    let length = varint(&mut file)?;
                    found.read_graph(&mut file, length)?;
                }
                (_, 0) => found.head = std::mem::take(&mut found.head).whole(field, varint(&mut file)?),
                (_, 2) => {
                    let length = varint(&mut file)?;
                    found.head = std::mem::take(&mut found.head).bytes(field, &file.take_bytes(length)?);
                }
                _ => return Err(wrong("it has a field of an unknown kind")),
            }
        }
        if found.nodes.is_empty() {
            return Err(wrong("it has no operations"));
        }
        found.settle();
        Ok(found)
    }

    fn read_graph(&mut self, file: &mut Input<impl Read>, length: u64) -> io::Result<()> {
        let end = file.at.saturating_add(length);
        while file.at < end {
            let (field, 2) = tag(file)? else { return Err(wrong("its graph has a field of an unknown kind")) };
            let length = varint(file)?;
            let bytes = file.take_bytes(length)?;
            match field {
                GRAPH_WEIGHT => {
                    let name = texts(&bytes, TENSOR_NAME)?.pop().unwrap_or_default();
                    match Weight::parse(&bytes)? {
                        Some(weight) => drop(self.weights.insert(name, weight)),
                        None => drop(self.constants.insert(name, bytes)),
                    }
                }
                GRAPH_NODE => self.nodes.push(Node::parse(bytes)?),
                GRAPH_INPUT => self.inputs.extend(texts(&bytes, VALUE_NAME)?),
                GRAPH_OUTPUT => self.outputs.extend(texts(&bytes, VALUE_NAME)?),
                // Names and sizes of what is in between, which the operations know themselves.
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts the weights that the network has to have when it is loaded to the others.
    fn settle(&mut self) {
        let inputs = |node: &Node| OPERATIONS.contains(&node.operation.as_str()).then_some(&node.inputs).cloned();
        let late: BTreeSet<String> = self.nodes.iter().filter_map(inputs).flatten().collect();
        let early = |node: &&Node| !OPERATIONS.contains(&node.operation.as_str());
        let early: BTreeSet<&String> = self.nodes.iter().filter(early).flat_map(|node| &node.inputs).collect();
        let (apart, within): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut self.weights)
            .into_iter()
            .partition(|(name, _)| late.contains(name) && !early.contains(name));
        self.weights = apart;
        self.constants.extend(within.into_iter().map(|(name, weight)| (name.clone(), weight.written(&name))));
    }

    /// A file with these operations alone, which takes and gives what is named, the weights that are kept apart among it.
    pub fn part<'a>(&'a self, nodes: &[&'a Node], takes: &[String], gives: &[String]) -> Vec<u8> {
        let mut graph = nodes.iter().fold(Message::default(), |graph, node| graph.bytes(GRAPH_NODE, &node.written));
        let inputs: BTreeSet<&String> = nodes.iter().flat_map(|node| &node.inputs).collect();
        for name in inputs {
            if let Some(constant) = self.constants.get(name) {
                graph = graph.bytes(GRAPH_WEIGHT, constant);
            }
            if let Some(weight) = self.weights.get(name) {
                let shape: Vec<_> = weight.shape.iter().map(|size| Ok(*size)).collect();
                graph = graph.inside(GRAPH_INPUT, &value(name, &shape));
            }
        }
        let graph = takes.iter().fold(graph, |graph, name| graph.inside(GRAPH_INPUT, &unknown_value(name)));
        let graph = gives.iter().fold(graph, |graph, name| graph.inside(GRAPH_OUTPUT, &unknown_value(name)));
        self.head.clone().inside(MODEL_GRAPH, &graph).finish()
    }
}

impl Node {
    fn parse(written: Vec<u8>) -> io::Result<Self> {
        let operation = texts(&written, NODE_OPERATION)?.pop().unwrap_or_default();
        let (inputs, outputs) = (texts(&written, NODE_INPUT)?, texts(&written, NODE_OUTPUT)?);
        Ok(Node { operation, inputs, outputs, written })
    }
}

impl Weight {
    /// A weight of 16 bits that is worth being kept apart.
    fn parse(bytes: &[u8]) -> io::Result<Option<Self>> {
        let (mut shape, mut kind, mut content) = (Vec::new(), 0, &[][..]);
        for part in Parts(bytes) {
            match part? {
                (TENSOR_SIZES, Part::Number(size)) => shape.push(usize::try_from(size).unwrap_or(usize::MAX)),
                // Sizes may stand in one piece.
                (TENSOR_SIZES, Part::Bytes(mut sizes)) => {
                    while !sizes.is_empty() {
                        shape.push(usize::try_from(varint(&mut sizes)?).unwrap_or(usize::MAX));
                    }
                }
                (TENSOR_KIND, Part::Number(number)) => kind = number,
                (TENSOR_BYTES, Part::Bytes(bytes)) => content = bytes,
                _ => {}
            }
        }
        let (numbers, rest) = content.as_chunks::<2>();
        let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        let whole = kind == FLOAT16 && rest.is_empty() && count == Some(numbers.len());
        Ok((whole && numbers.len() >= NUMBERS_MIN)
            .then(|| Weight { shape, numbers: numbers.iter().map(|number| f16::from_le_bytes(*number)).collect() }))
    }

    /// The weight as it stood in the file.
    fn written(&self, name: &str) -> Vec<u8> {
        let bytes: Vec<u8> = self.numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        tensor(name, &self.shape, FLOAT16, &bytes).finish()
    }
}

fn text(bytes: &[u8]) -> io::Result<String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| wrong("a name in it is no text"))
}

/// All texts of a field.
fn texts(bytes: &[u8], wanted: u64) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for part in Parts(bytes) {
        if let (field, Part::Bytes(bytes)) = part?
            && field == wanted
        {
            found.push(text(bytes)?);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::network::{model, node};

    /// `out = in × weight + early`, with both weights of 16 bits and all ones.
    fn file() -> Vec<u8> {
        let ones: Vec<u8> = std::iter::repeat_n(f16::ONE.to_le_bytes(), 128 * 128).flatten().collect();
        let graph = Message::default()
            .inside(GRAPH_NODE, &node("MatMul", &["in", "weight"], &["between"], &[]))
            .inside(GRAPH_NODE, &node("Add", &["between", "early"], &["out"], &[]))
            .inside(GRAPH_WEIGHT, &tensor("weight", &[128, 128], FLOAT16, &ones))
            .inside(GRAPH_WEIGHT, &tensor("early", &[128, 128], FLOAT16, &ones))
            .inside(GRAPH_INPUT, &value("in", &[Ok(128), Ok(128)]))
            .inside(GRAPH_OUTPUT, &unknown_value("out"));
        model(&graph)
    }

    #[test]
    fn weights_are_kept_apart_where_the_operation_allows() {
        let found = OnnxFile::read(file().as_slice()).unwrap();
        assert_eq!(
            (found.inputs.as_slice(), found.outputs.as_slice()),
            (&["in".to_owned()][..], &["out".to_owned()][..])
        );
        assert_eq!(found.nodes.iter().map(|node| node.operation.as_str()).collect::<Vec<_>>(), ["MatMul", "Add"]);
        assert_eq!(found.weights.keys().collect::<Vec<_>>(), ["weight"]);
        assert_eq!(
            (found.weights["weight"].shape.as_slice(), found.weights["weight"].numbers[0]),
            (&[128, 128][..], f16::ONE)
        );
    }

    #[test]
    fn what_is_made_of_it_runs_with_the_weights_it_is_given() {
        use rten_tensor::{AsView as _, NdTensor};
        let found = OnnxFile::read(file().as_slice()).unwrap();
        let nodes: Vec<&Node> = found.nodes.iter().collect();
        let part = found.part(&nodes, &["in".to_owned()], &["between".to_owned(), "out".to_owned()]);
        let network = rten::Model::load(part).unwrap();
        let [input, weight, between, out] =
            ["in", "weight", "between", "out"].map(|name| network.node_id(name).unwrap());
        let all = |number: f32| NdTensor::<f32, 2>::full([128, 128], number);
        let given =
            network.run(vec![(input, all(1.0).into()), (weight, all(0.5).into())], &[between, out], None).unwrap();
        let firsts =
            given.into_iter().map(|value| *NdTensor::<f32, 2>::try_from(value).unwrap().iter().next().unwrap());
        assert_eq!(firsts.collect::<Vec<_>>(), [64.0, 65.0]);
    }

    #[test]
    fn what_is_cut_off_or_no_network_is_refused_with_a_sentence() {
        let whole = file();
        for length in [10, 1000, whole.len() - 10] {
            assert!(OnnxFile::read(&whole[..length]).is_err(), "{length}");
        }
        let wrong = OnnxFile::read(&b"no network"[..]).unwrap_err().to_string();
        assert!(!wrong.is_empty());
        assert_eq!(OnnxFile::read(&[][..]).unwrap_err().to_string(), "it has no operations");
    }
}
