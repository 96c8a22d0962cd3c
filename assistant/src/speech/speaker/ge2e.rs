//! The GE2E voice encoder, run by `rten`: stretches of 1.6 s, half of each in the next, become points, and their middle is the voiceprint.

use super::super::SpeechError;
use super::super::threads;
use super::mel::{BANDS, Mel, STEP};
use super::{SpeakerEncoder, Voiceprint, trim};
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::{AsView as _, Layout as _, NdTensor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Steps of 10 ms in a stretch.
const STRETCH: usize = 160;
/// Steps from the beginning of one stretch to that of the next: 1.3 begin in a second.
const HOP: usize = 77;
/// The last stretch counts if so much of it is sound, in hundredths; what is missing is silence.
const COVERED_LEAST: usize = 75;
/// Numbers of a voiceprint.
const WIDTH: usize = 256;
/// At most so much sound is looked at: a minute tells all.
const SAMPLES_MAX: usize = 16_000 * 60;

/// The encoder, ready.
pub struct Ge2e {
    model: Model,
    path: PathBuf,
    name: String,
    mel: Mel,
    input: NodeId,
    output: NodeId,
}

impl Ge2e {
    /// Loads the weights; `name` is what its voiceprints are kept under.
    ///
    /// # Errors
    /// When the file is no such model.
    pub fn load(path: &Path, name: &str) -> Result<Self, SpeechError> {
        let wrong = |why: String| SpeechError::ModelBroken { path: path.to_owned(), why };
        let model = Model::load_file(path).map_err(|why| wrong(why.to_string()))?;
        let node = |name: &str| model.node_id(name).map_err(|_| wrong(format!("it has no `{name}`")));
        let (input, output) = (node("mels")?, node("points")?);
        let mut encoder = Ge2e { model, path: path.to_owned(), name: name.to_owned(), mel: Mel::new(), input, output };
        // A file that loads and can't be run is found out here, not in the middle of a conversation.
        encoder.encode(&[0.1; 16_000])?;
        Ok(encoder)
    }

    /// The voiceprint of samples as they are, with their silences and as loud as they are; `None` if they are silence.
    ///
    /// # Errors
    /// When the network fails.
    pub fn encode(&mut self, samples: &[f32]) -> Result<Option<Voiceprint>, SpeechError> {
        let samples = samples.get(..samples.len().min(SAMPLES_MAX)).unwrap_or_default();
        let begins = begins(samples.len());
        let last = begins.last().copied().unwrap_or(0);
        let mut padded = samples.to_vec();
        padded.resize(samples.len().max((last + STRETCH) * STEP), 0.0);
        let spectrum = self.mel.spectrum(&padded);
        // Steps come first, as the network takes them: the first of every stretch, then the second of every stretch.
        let mut mels = Vec::with_capacity(STRETCH * begins.len() * BANDS);
        for step in 0..STRETCH {
            for begin in &begins {
                mels.extend_from_slice(spectrum.get(begin + step).unwrap_or(&[0.0; BANDS]));
            }
        }
        let points = self.run(NdTensor::from_data([STRETCH, begins.len(), BANDS], mels))?;
        let points: Vec<Voiceprint> =
            points.chunks_exact(WIDTH).filter_map(|point| Voiceprint::of(point.to_vec())).collect();
        Ok(Voiceprint::middle(&points))
    }

    fn run(&self, mels: NdTensor<f32, 3>) -> Result<Vec<f32>, SpeechError> {
        let failed = |why: String| SpeechError::ModelBroken { path: self.path.clone(), why };
        let pool = Arc::new(ThreadPool::with_num_threads(threads::for_now()));
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let values = self.model.run(vec![(self.input, mels.into())], &[self.output], Some(options));
        let value = values.map_err(|why| failed(why.to_string()))?.pop();
        let points: NdTensor<f32, 2> =
            value.and_then(|value| value.try_into().ok()).ok_or_else(|| failed("it gave no points".to_owned()))?;
        match points.shape() {
            [_, WIDTH] => Ok(points.iter().copied().collect()),
            other => Err(failed(format!("its points have the shape {other:?}"))),
        }
    }
}

impl SpeakerEncoder for Ge2e {
    fn name(&self) -> &str {
        &self.name
    }

    fn voiceprint(&mut self, samples: &[f32]) -> Result<Option<Voiceprint>, SpeechError> {
        let voiced = trim::voiced(samples);
        if voiced.is_empty() { Ok(None) } else { self.encode(&voiced) }
    }
}

/// The steps at which stretches begin; there is always one.
fn begins(samples: usize) -> Vec<usize> {
    let steps = samples / STEP + 1;
    let mut begins: Vec<usize> = (0..(steps + HOP + 1).saturating_sub(STRETCH).max(1)).step_by(HOP).collect();
    let covered = |begin: &usize| samples.saturating_sub(begin * STEP) * 100 >= STRETCH * STEP * COVERED_LEAST;
    if begins.len() > 1 && !begins.last().is_some_and(covered) {
        begins.pop();
    }
    begins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_cover_the_sound_and_a_short_end_is_left_out() {
        assert_eq!(begins(0), [0]);
        assert_eq!(begins(16_000), [0]);
        assert_eq!(begins(25_600), [0]);
        assert_eq!(begins(35_000), [0, 77]);
        assert_eq!(begins(31_000), [0], "a quarter of the second stretch would be silence");
        assert_eq!(begins(48_000), [0, 77, 154]);
    }

    #[test]
    fn a_file_that_is_no_model_is_refused_with_the_way_to_the_right_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ge2e-speaker.onnx");
        std::fs::write(&path, b"no model").unwrap();
        let error = Ge2e::load(&path, "ge2e-speaker").map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("sayso models fetch ge2e-speaker"), "{error}");
    }
}
