//! The network: phonemes and a speaker's style to samples, run by `rten`. It reckons in 32 bits, and its weights have 16: they are
//! made longer stage by stage, so that never more than a few of them take twice their room.

use super::super::SpeechError;
use super::super::threads;
use super::KOKORO_RATE;
use super::onnx_file::{OnnxFile, Weight};
use super::stages::{Stage, stages};
use super::style::Style;
use crate::audio::Pcm;
use crate::pronunciation::phonemes;
use half::slice::HalfFloatSliceExt as _;
use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::{AsView as _, NdTensor, TensorView};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// So many phonemes the network takes at once, those of beginning and end not counted.
pub(super) const PHONEMES_MAX: usize = 510;
/// What it is given, and what it gives.
const INPUTS: [&str; 3] = ["input_ids", "style", "speed"];
const OUTPUT: &str = "waveform";

/// The network, ready.
pub(super) struct Network {
    parts: Vec<Part>,
    weights: BTreeMap<String, Weight>,
    path: PathBuf,
    /// One for each count of threads, from one on; made when it is needed.
    pools: Vec<Option<Arc<ThreadPool>>>,
}

/// One stage of it.
struct Part {
    model: Model,
    weights: Vec<(NodeId, String)>,
    takes: Vec<Taken>,
    gives: Vec<(NodeId, String)>,
}

/// What a stage takes from before.
struct Taken {
    node: NodeId,
    name: String,
    /// No later stage needs it.
    last: bool,
}

impl Network {
    /// Loads the weights.
    pub fn load(path: &Path) -> Result<Self, SpeechError> {
        let broken = |why: String| SpeechError::VoiceBroken { path: path.to_owned(), why };
        let file = File::open(path).map_err(|why| broken(why.to_string()))?;
        let mut file = OnnxFile::read(BufReader::new(file)).map_err(|why| broken(why.to_string()))?;
        for (known, name) in INPUTS.map(|name| (&file.inputs, name)).into_iter().chain([(&file.outputs, OUTPUT)]) {
            if !known.iter().any(|one| one == name) {
                return Err(broken(format!("it has no `{name}`")));
            }
        }
        let stages = stages(&file);
        let part = |(at, stage): (usize, &Stage<'_>)| {
            let later = stages.get(at + 1..).unwrap_or_default();
            Part::new(&file, stage, &|name| later.iter().any(|stage| stage.takes.contains(name)))
        };
        let parts = stages.iter().enumerate().map(part).collect::<Result<_, _>>().map_err(broken)?;
        let weights = std::mem::take(&mut file.weights);
        Ok(Network { parts, weights, path: path.to_owned(), pools: Vec::new() })
    }

    /// The sound of these phonemes; what is longer than the network takes is said in parts. `None` as soon as it is wanted no more.
    pub fn speak(
        &mut self,
        said: &str,
        (style, speed): (&Style, f32),
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Option<Pcm>, SpeechError> {
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
            let Some(more) = self.run(&numbers, (style, speed), is_wanted)? else { return Ok(None) };
            samples.extend(more);
            numbers = rest;
        }
        Ok(Some(Pcm::new(samples, KOKORO_RATE)))
    }

    fn run(
        &mut self,
        numbers: &[i32],
        (style, speed): (&Style, f32),
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<f32>>, SpeechError> {
        let mut framed = vec![0];
        framed.extend(numbers);
        framed.push(0);
        let length = framed.len();
        let style = style.for_length(numbers.len());
        let inputs: [Value; 3] = [
            NdTensor::from_data([1, length], framed).into(),
            NdTensor::from_data([1, style.len()], style.to_vec()).into(),
            NdTensor::from_data([1], vec![speed]).into(),
        ];
        let mut values: BTreeMap<&str, Value> = INPUTS.into_iter().zip(inputs).collect();
        let pool = self.pool(threads::for_now());
        let failed = |why: String| SpeechError::VoiceBroken { path: self.path.clone(), why };
        let mut room = Vec::new();
        for part in &self.parts {
            if !is_wanted() {
                return Ok(None);
            }
            part.run(&self.weights, &mut values, &mut room, &pool).map_err(failed)?;
        }
        let value = values.remove(OUTPUT).ok_or_else(|| failed("it gave nothing".to_owned()))?;
        let sound: NdTensor<f32, 2> = value.try_into().map_err(|_| failed("it gave no sound".to_owned()))?;
        let samples: Vec<f32> = sound.iter().copied().collect();
        if samples.iter().any(|one| !one.is_finite()) {
            return Err(failed("its sound is no sound".to_owned()));
        }
        Ok(Some(samples))
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

impl Part {
    fn new(file: &OnnxFile, stage: &Stage<'_>, needed_later: &dyn Fn(&String) -> bool) -> Result<Self, String> {
        let model = Model::load(file.part(&stage.nodes, &stage.takes, &stage.gives)).map_err(|why| why.to_string())?;
        let node = |name: &String| model.node_id(name).map_err(|why| why.to_string());
        let named = |names: &[String]| {
            names.iter().map(|name| Ok((node(name)?, name.clone()))).collect::<Result<Vec<_>, String>>()
        };
        let (weights, gives) = (named(&stage.weights)?, named(&stage.gives)?);
        let taken = |(node, name): (NodeId, String)| Taken { node, last: !needed_later(&name), name };
        let takes = named(&stage.takes)?.into_iter().map(taken).collect();
        Ok(Part { model, weights, takes, gives })
    }

    /// Takes its inputs out of `values` and puts there what it gives. Its weights are made longer in `room`.
    fn run<'a>(
        &'a self,
        weights: &BTreeMap<String, Weight>,
        values: &mut BTreeMap<&'a str, Value>,
        room: &mut Vec<f32>,
        pool: &Arc<ThreadPool>,
    ) -> Result<(), String> {
        let missing = |name: &str| format!("it has no `{name}`");
        let weights =
            self.weights.iter().map(|(node, name)| Ok((*node, weights.get(name).ok_or_else(|| missing(name))?)));
        let weights: Vec<(NodeId, &Weight)> = weights.collect::<Result<_, String>>()?;
        let count = weights.iter().map(|(_, weight)| weight.numbers.len()).sum();
        if room.len() < count {
            room.resize(count, 0.0);
        }
        let mut rest = room.as_mut_slice();
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = Vec::new();
        for (node, weight) in weights {
            let (own, others) = rest.split_at_mut_checked(weight.numbers.len()).ok_or("its weights need more room")?;
            weight.numbers.convert_to_f32_slice(own);
            inputs.push((node, TensorView::from_data(weight.shape.as_slice(), &*own).into()));
            rest = others;
        }
        for taken in self.takes.iter().filter(|taken| taken.last) {
            let value = values.remove(taken.name.as_str()).ok_or_else(|| missing(&taken.name))?;
            inputs.push((taken.node, value.into()));
        }
        for taken in self.takes.iter().filter(|taken| !taken.last) {
            let value = values.get(taken.name.as_str()).ok_or_else(|| missing(&taken.name))?;
            inputs.push((taken.node, value.into()));
        }
        let outputs: Vec<NodeId> = self.gives.iter().map(|(node, _)| *node).collect();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let given = self.model.run(inputs, &outputs, Some(options)).map_err(|why| why.to_string())?;
        values.extend(self.gives.iter().map(|(_, name)| name.as_str()).zip(given));
        Ok(())
    }
}
