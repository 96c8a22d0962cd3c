//! The pieces of which a network's file is made.

use super::wire::Message;

// Fields of `ModelProto`, `GraphProto`, `NodeProto`, `TensorProto` and `ValueInfoProto`.
/// The graph of a file.
pub const MODEL_GRAPH: u64 = 7;
/// An operation of a graph.
pub const GRAPH_NODE: u64 = 1;
/// A weight of a graph.
pub const GRAPH_WEIGHT: u64 = 5;
/// What goes into a graph.
pub const GRAPH_INPUT: u64 = 11;
/// What comes out of a graph.
pub const GRAPH_OUTPUT: u64 = 12;
/// The name of what an operation takes.
pub const NODE_INPUT: u64 = 1;
/// The name of what an operation gives.
pub const NODE_OUTPUT: u64 = 2;
/// Which operation it is.
pub const NODE_OPERATION: u64 = 4;
/// A size of a weight.
pub const TENSOR_SIZES: u64 = 1;
/// The kind of a weight's numbers.
pub const TENSOR_KIND: u64 = 2;
/// A weight's name.
pub const TENSOR_NAME: u64 = 8;
/// A weight's numbers.
pub const TENSOR_BYTES: u64 = 9;
/// The name of what goes in or comes out.
pub const VALUE_NAME: u64 = 1;
const VALUE_TYPE: u64 = 2;

// `TensorProto.DataType`
/// Numbers of 32 bits.
pub const FLOAT: u64 = 1;
/// Numbers of 16 bits.
pub const FLOAT16: u64 = 10;
const INT64: u64 = 7;
/// `AttributeProto.AttributeType`
const INT: u64 = 2;

/// Weights of 32 bits by name.
#[must_use]
pub fn floats(name: &str, shape: &[usize], numbers: &[f32]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, shape, FLOAT, &bytes)
}

/// Whole numbers by name, such as the axes of an operation.
#[must_use]
pub fn wholes(name: &str, numbers: &[i64]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, &[numbers.len()], INT64, &bytes)
}

/// A weight: its numbers as little-endian bytes.
#[must_use]
pub fn tensor(name: &str, shape: &[usize], kind: u64, bytes: &[u8]) -> Message {
    let sizes = shape.iter().fold(Message::default(), |message, size| message.whole(TENSOR_SIZES, *size as u64));
    sizes.whole(TENSOR_KIND, kind).text(TENSOR_NAME, name).bytes(TENSOR_BYTES, bytes)
}

/// One operation with whole numbers as its settings.
#[must_use]
pub fn node(operation: &str, inputs: &[&str], outputs: &[&str], settings: &[(&str, u64)]) -> Message {
    let message = inputs.iter().fold(Message::default(), |message, name| message.text(NODE_INPUT, name));
    let message = outputs.iter().fold(message, |message, name| message.text(NODE_OUTPUT, name));
    settings.iter().fold(message.text(NODE_OPERATION, operation), |message, (name, number)| {
        message.inside(5, &Message::default().text(1, name).whole(3, *number).whole(20, INT))
    })
}

/// What goes in or comes out, of 32 bits: for each direction a size, or the name of one that may be any.
#[must_use]
pub fn value(name: &str, shape: &[Result<usize, &str>]) -> Message {
    let sizes = shape.iter().fold(Message::default(), |message, size| {
        let size = match size {
            Ok(size) => Message::default().whole(1, *size as u64),
            Err(name) => Message::default().text(2, name),
        };
        message.inside(1, &size)
    });
    let kind = Message::default().whole(1, FLOAT).inside(2, &sizes);
    unknown_value(name).inside(VALUE_TYPE, &Message::default().inside(1, &kind))
}

/// What goes in or comes out, of whatever kind and size.
#[must_use]
pub fn unknown_value(name: &str) -> Message {
    Message::default().text(VALUE_NAME, name)
}

/// A whole model of version 13 of the operations.
#[must_use]
pub fn model(graph: &Message) -> Vec<u8> {
    let operations = Message::default().text(1, "").whole(2, 13);
    Message::default().whole(1, 8).text(2, "sayso").inside(MODEL_GRAPH, graph).inside(8, &operations).finish()
}
