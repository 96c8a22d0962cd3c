//! The network: phonemes and a speaker's style to samples, run by `rten`.

use super::super::SpeechError;
use super::super::threads;
use super::KOKORO_RATE;
use super::style::Style;
use crate::audio::Pcm;
use crate::pronunciation::phonemes;
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::{AsView as _, NdTensor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// So many phonemes the network takes at once, those of beginning and end not counted.
pub(super) const PHONEMES_MAX: usize = 510;

/// The network, ready.
pub(super) struct Network {
    model: Model,
    path: PathBuf,
    /// Phonemes, style, speed.
    inputs: [NodeId; 3],
    output: NodeId,
    /// One for each count of threads, from one on; made when it is needed.
    pools: Vec<Option<Arc<ThreadPool>>>,
}

impl Network {
    /// Loads the weights.
    pub fn load(path: &Path) -> Result<Self, SpeechError> {
        let broken = |why: String| SpeechError::VoiceBroken { path: path.to_owned(), why };
        let model = Model::load_file(path).map_err(|why| broken(why.to_string()))?;
        let node = |name: &str| model.node_id(name).map_err(|_| broken(format!("it has no `{name}`")));
        let inputs = [node("input_ids")?, node("style")?, node("speed")?];
        let output = node("waveform")?;
        Ok(Network { model, path: path.to_owned(), inputs, output, pools: Vec::new() })
    }

    /// The sound of these phonemes; what is longer than the network takes is said in parts.
    pub fn speak(&mut self, said: &str, style: &Style, speed: f32) -> Result<Pcm, SpeechError> {
        let mut numbers: Vec<i32> = said.chars().filter_map(phonemes::number).map(i32::from).collect();
        let mut samples = Vec::new();
        while !numbers.is_empty() {
            let space = phonemes::number(' ').map(i32::from);
            let head = numbers.get(..PHONEMES_MAX.min(numbers.len())).unwrap_or_default();
            let cut = match numbers.len() {
                0..=PHONEMES_MAX => numbers.len(),
                _ => head.iter().rposition(|number| Some(*number) == space).filter(|at| *at > 0).unwrap_or(head.len()),
            };
            let rest = numbers.split_off(cut);
            samples.extend(self.run(&numbers, style, speed)?);
            numbers = rest;
        }
        Ok(Pcm::new(samples, KOKORO_RATE))
    }

    fn run(&mut self, numbers: &[i32], style: &Style, speed: f32) -> Result<Vec<f32>, SpeechError> {
        let mut framed = vec![0];
        framed.extend(numbers);
        framed.push(0);
        let [phonemes, looks, pace] = self.inputs;
        let length = framed.len();
        let style = style.for_length(numbers.len());
        let inputs = vec![
            (phonemes, NdTensor::from_data([1, length], framed).into()),
            (looks, NdTensor::from_data([1, style.len()], style.to_vec()).into()),
            (pace, NdTensor::from_data([1], vec![speed]).into()),
        ];
        let options = RunOptions::default().with_thread_pool(Some(self.pool(threads::for_now())));
        let failed = |why: String| SpeechError::VoiceBroken { path: self.path.clone(), why };
        let mut values =
            self.model.run(inputs, &[self.output], Some(options)).map_err(|why| failed(why.to_string()))?;
        let value = values.pop().ok_or_else(|| failed("it gave nothing".to_owned()))?;
        let sound: NdTensor<f32, 2> = value.try_into().map_err(|_| failed("it gave no sound".to_owned()))?;
        let samples: Vec<f32> = sound.iter().copied().collect();
        if samples.iter().any(|one| !one.is_finite()) {
            return Err(failed("its sound is no sound".to_owned()));
        }
        Ok(samples)
    }

    fn pool(&mut self, count: usize) -> Arc<ThreadPool> {
        if self.pools.len() <= count {
            self.pools.resize(count + 1, None);
        }
        match self.pools.get_mut(count) {
            Some(place) => Arc::clone(place.get_or_insert_with(|| Arc::new(ThreadPool::with_num_threads(count)))),
            None => Arc::new(ThreadPool::with_num_threads(count)),
        }
    }
}
