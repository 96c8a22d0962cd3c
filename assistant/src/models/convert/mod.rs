//! One format of weights into another, byte for byte what the official tools write where there are such. No C, no Python.

mod ctranslate2;
mod ge2e;
mod ggml;
mod mel;
mod quantise;
mod torch;
mod vocabulary;

pub use ctranslate2::ctranslate2_to_ggml;
pub use ge2e::ge2e_to_onnx;
pub use quantise::{Quantisation, quantise};

use std::io;
use thiserror::Error;

/// Why a file could not be converted.
#[derive(Debug, Error)]
pub enum ConvertError {
    /// Reading or writing failed. A file that ends too early shows as this.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is not what it was taken for.
    #[error("{0}")]
    Format(String),
}

impl ConvertError {
    fn format(why: impl Into<String>) -> Self {
        ConvertError::Format(why.into())
    }
}
