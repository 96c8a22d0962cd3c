//! Networks' files in the ONNX format, as far as Sayso reads and writes them.
//! This room must never run a network, or read anything that it was not given.

pub mod network;
pub mod wire;

pub use wire::Message;
