//! Sentence encoders for `understanding`, run from weights on disk. This room must never fetch weights or choose a file: it is
//! given the path of one that was checked. Of sentences it keeps nothing on the disk but the points of taught ones.
//!
//! [`MiniLm`] is all-MiniLM-L6-v2, English only, run by `rten` on one thread; [`wordpiece`] cuts sentences up for it. [`Kept`] keeps points.

mod kept;
pub mod wordpiece;

pub use kept::Kept;

use crate::understanding::SentenceEncoder;
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::{AsView as _, Layout as _, NdTensor};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wordpiece::WordPieces;

/// The name of the shipped encoder in the manifest of models.
pub const MINILM: &str = "minilm-l6-v2-int8";
/// How many coordinates its points have.
const WIDTH: usize = 384;
/// So many word pieces are read; an utterance is shorter, and more would only cost time.
const PIECES_MAX: usize = 128;

/// Why weights can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}; `sayso models fetch {MINILM}` gets the right file", path.display())]
pub struct EncoderError {
    path: PathBuf,
    why: String,
}

/// all-MiniLM-L6-v2: points by which English sentences of one meaning lie near each other.
pub struct MiniLm {
    model: Model,
    pieces: WordPieces,
    /// Word pieces, which of them count, and which of two sentences each belongs to.
    inputs: [NodeId; 3],
    output: NodeId,
    /// One thread: a sentence is too little to share, and other threads may be waiting for a processor.
    threads: Arc<ThreadPool>,
}

impl fmt::Debug for MiniLm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiniLm").finish_non_exhaustive()
    }
}

impl MiniLm {
    /// Loads weights.
    ///
    /// # Errors
    /// When the file is no such model.
    pub fn load(path: &Path) -> Result<Self, EncoderError> {
        let wrong = |why: String| EncoderError { path: path.to_owned(), why };
        let model = Model::load_file(path).map_err(|why| wrong(why.to_string()))?;
        let node = |name: &str| model.node_id(name).map_err(|_| wrong(format!("it has no `{name}`")));
        let inputs = [node("input_ids")?, node("attention_mask")?, node("token_type_ids")?];
        let output = node("last_hidden_state")?;
        let encoder = MiniLm {
            model,
            pieces: WordPieces::uncased(),
            inputs,
            output,
            threads: Arc::new(ThreadPool::with_num_threads(1)),
        };
        // A file that loads and can't be run is found out here, not in the middle of a conversation.
        encoder.point("pay the bill").ok_or_else(|| wrong("it can't be run".to_owned()))?;
        Ok(encoder)
    }

    /// The middle of the points of all pieces of a sentence, brought to length one.
    fn point(&self, sentence: &str) -> Option<Vec<f32>> {
        let ids = self.pieces.ids(sentence, PIECES_MAX);
        let length = ids.len();
        let row = |values: Vec<i32>| NdTensor::from_data([1, length], values);
        let [pieces, mask, sentences] = self.inputs;
        let inputs = vec![
            (pieces, row(ids).into()),
            (mask, row(vec![1; length]).into()),
            (sentences, row(vec![0; length]).into()),
        ];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        let [value]: [Value; 1] = self.model.run(inputs, &[self.output], Some(options)).ok()?.try_into().ok()?;
        let states: NdTensor<f32, 3> = value.try_into().ok()?;
        if states.shape() != [1, length, WIDTH] {
            return None;
        }
        let mut point = vec![0.0_f32; WIDTH];
        for (at, state) in states.iter().enumerate() {
            if let Some(sum) = point.get_mut(at % WIDTH) {
                *sum += state;
            }
        }
        let size = point.iter().map(|one| one * one).sum::<f32>().sqrt();
        if !size.is_finite() || size == 0.0 {
            return None;
        }
        point.iter_mut().for_each(|one| *one /= size);
        Some(point)
    }
}

impl SentenceEncoder for MiniLm {
    fn width(&self) -> usize {
        WIDTH
    }

    fn encode(&self, sentence: &str) -> Option<Vec<f32>> {
        if wordpiece::is_latin(sentence) { self.point(sentence) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_model_is_refused_with_the_way_to_the_right_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.onnx");
        std::fs::write(&path, b"no model").unwrap();
        for path in [path, folder.path().join("absent.onnx")] {
            let error = MiniLm::load(&path).unwrap_err().to_string();
            assert!(error.contains("sayso models fetch minilm-l6-v2-int8"), "{error}");
        }
    }
}
