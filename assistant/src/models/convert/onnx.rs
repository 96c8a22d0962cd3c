//! The few parts of the ONNX format that a network of a handful of layers needs, as protocol buffers.

/// A message that is being written.
#[derive(Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A whole number.
    pub fn whole(mut self, field: u32, number: u64) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(number);
        self
    }

    /// Bytes, or a text.
    pub fn bytes(mut self, field: u32, bytes: &[u8]) -> Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// A text.
    pub fn text(self, field: u32, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A message inside of this one.
    pub fn inside(self, field: u32, message: Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// `TensorProto.DataType`
const FLOAT: u64 = 1;
const INT64: u64 = 7;
/// `AttributeProto.AttributeType`
const INT: u64 = 2;

/// Weights of 32 bits by name.
pub(super) fn floats(name: &str, shape: &[usize], numbers: &[f32]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, shape, FLOAT, &bytes)
}

/// Whole numbers by name, such as the axes of an operation.
pub(super) fn wholes(name: &str, numbers: &[i64]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, &[numbers.len()], INT64, &bytes)
}

fn tensor(name: &str, shape: &[usize], kind: u64, bytes: &[u8]) -> Message {
    let sizes = shape.iter().fold(Message::default(), |message, size| message.whole(1, *size as u64));
    sizes.whole(2, kind).text(8, name).bytes(9, bytes)
}

/// One operation with whole numbers as its settings.
pub(super) fn node(operation: &str, inputs: &[&str], outputs: &[&str], settings: &[(&str, u64)]) -> Message {
    let message = inputs.iter().fold(Message::default(), |message, name| message.text(1, name));
    let message = outputs.iter().fold(message, |message, name| message.text(2, name));
    settings.iter().fold(message.text(4, operation), |message, (name, number)| {
        message.inside(5, Message::default().text(1, name).whole(3, *number).whole(20, INT))
    })
}

/// What goes in or comes out: a size, or the name of one that may be any.
pub(super) fn value(name: &str, shape: &[Result<usize, &str>]) -> Message {
    let sizes = shape.iter().fold(Message::default(), |message, size| {
        let size = match size {
            Ok(size) => Message::default().whole(1, *size as u64),
            Err(name) => Message::default().text(2, name),
        };
        message.inside(1, size)
    });
    let kind = Message::default().whole(1, FLOAT).inside(2, sizes);
    Message::default().text(1, name).inside(2, Message::default().inside(1, kind))
}

/// A whole model of version 13 of the operations.
pub(super) fn model(graph: Message) -> Vec<u8> {
    let operations = Message::default().text(1, "").whole(2, 13);
    Message::default().whole(1, 8).text(2, "sayso").inside(7, graph).inside(8, operations).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_written_as_protocol_buffers_have_them() {
        assert_eq!(Message::default().whole(1, 300).finish(), [0x08, 0xac, 0x02]);
        assert_eq!(Message::default().text(2, "abc").finish(), [0x12, 3, b'a', b'b', b'c']);
        let inside = Message::default().whole(20, 2);
        assert_eq!(Message::default().inside(5, inside).finish(), [0x2a, 3, 0xa0, 0x01, 2]);
    }
}
