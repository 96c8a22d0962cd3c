//! A network in stages: a run of all of it, parted so that the weights of one stage alone have to be there at a time. Pure.

use super::onnx_file::{Node, OnnxFile};
use std::collections::{BTreeSet, HashMap, HashSet};

/// So many numbers the weights of a stage may have: enough for the one layer that Kokoro goes through twelve times.
const NUMBERS_MAX: usize = 6_000_000;
/// So many weights a stage may have: what was between its operations is given back at its end.
const WEIGHTS_MAX: usize = 8;

/// The operations of one stage, and what they work with, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stage<'a> {
    pub nodes: Vec<&'a Node>,
    /// Its weights.
    pub weights: Vec<String>,
    /// What earlier stages gave, or what the network is given.
    pub takes: Vec<String>,
    /// What later stages need, or what the network gives.
    pub gives: Vec<String>,
}

/// Parts a network: a stage is given no more than what stands above, unless a single operation needs more.
pub(super) fn stages(file: &OnnxFile) -> Vec<Stage<'_>> {
    let OnnxFile { nodes, inputs, outputs, weights, .. } = file;
    let size = |name: &str| weights.get(name).map_or(0, |weight| weight.numbers.len());
    let mut parted: Vec<Vec<&Node>> = vec![Vec::new()];
    let mut held: BTreeSet<&String> = BTreeSet::new();
    for node in in_order(nodes, outputs) {
        let own = node.inputs.iter().filter(|name| weights.contains_key(*name));
        let with_own: BTreeSet<&String> = held.iter().copied().chain(own.clone()).collect();
        let numbers: usize = with_own.iter().map(|name| size(name)).sum();
        let too_much = numbers > NUMBERS_MAX || with_own.len() > WEIGHTS_MAX;
        if too_much && with_own.len() > held.len() && !held.is_empty() {
            parted.push(Vec::new());
            held = own.collect();
        } else {
            held = with_own;
        }
        parted.last_mut().into_iter().for_each(|stage| stage.push(node));
    }
    let needed_last = needed_last(&parted, outputs);
    let mut given: HashSet<&str> = inputs.iter().map(String::as_str).collect();
    let mut stages = Vec::new();
    for (at, nodes) in parted.iter().enumerate() {
        let made: BTreeSet<&str> = nodes.iter().flat_map(|node| &node.outputs).map(String::as_str).collect();
        let wanted: BTreeSet<&str> = nodes.iter().flat_map(|node| &node.inputs).map(String::as_str).collect();
        let gives = made.iter().copied().filter(|name| needed_last.get(name).is_some_and(|last| *last > at));
        let gives: Vec<&str> = gives.collect();
        stages.push(Stage {
            nodes: nodes.clone(),
            weights: names(wanted.iter().copied().filter(|name| weights.contains_key(*name))),
            takes: names(wanted.iter().copied().filter(|name| given.contains(name))),
            gives: names(gives.iter().copied()),
        });
        given.extend(gives);
    }
    stages
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}

/// The stage that needs a value last; one behind all for what the network gives.
fn needed_last<'a>(parted: &[Vec<&'a Node>], outputs: &'a [String]) -> HashMap<&'a str, usize> {
    let mut last = HashMap::new();
    for (at, stage) in parted.iter().enumerate() {
        last.extend(stage.iter().flat_map(|node| &node.inputs).map(|name| (name.as_str(), at)));
    }
    last.extend(outputs.iter().map(|name| (name.as_str(), parted.len())));
    last
}

/// The operations in an order in which they can be done, each as late as possible, so that little has to be kept in between.
fn in_order<'a>(nodes: &'a [Node], outputs: &'a [String]) -> Vec<&'a Node> {
    let made_by: HashMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .flat_map(|(at, node)| node.outputs.iter().map(move |name| (name.as_str(), at)))
        .collect();
    let mut seen = vec![false; nodes.len()];
    let mut order = Vec::new();
    // Operations whose inputs are being looked at, each with how many of them were.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for output in outputs {
        let mut next = made_by.get(output.as_str()).copied();
        loop {
            if let Some(at) =
                next.take().filter(|at| seen.get_mut(*at).is_some_and(|seen| !std::mem::replace(seen, true)))
            {
                path.push((at, 0));
            }
            let Some((at, looked)) = path.last_mut() else { break };
            let Some(node) = nodes.get(*at) else { break };
            match node.inputs.get(*looked) {
                Some(input) => {
                    *looked += 1;
                    next = made_by.get(input.as_str()).copied();
                }
                None => {
                    order.push(node);
                    path.pop();
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::kokoro::onnx_file::Weight;
    use half::f16;

    fn network(nodes: &[(&[&str], &str)], sizes: &[(&str, usize)]) -> OnnxFile {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let node = |(inputs, output): &(&[&str], &str)| Node {
            operation: "Conv".to_owned(),
            inputs: texts(inputs),
            outputs: texts(&[output]),
            ..Node::default()
        };
        let weight = |(name, size): &(&str, usize)| {
            ((*name).to_owned(), Weight { shape: vec![*size], numbers: vec![f16::ZERO; *size] })
        };
        OnnxFile {
            nodes: nodes.iter().map(node).collect(),
            inputs: texts(&["in"]),
            outputs: texts(&["out"]),
            weights: sizes.iter().map(weight).collect(),
            ..OnnxFile::default()
        }
    }

    fn shown(file: &OnnxFile) -> Vec<String> {
        let stage = |stage: &Stage<'_>| {
            let [takes, weights, gives] = [&stage.takes, &stage.weights, &stage.gives].map(|names| names.join(" "));
            format!("{takes} + {weights} > {gives}")
        };
        stages(file).iter().map(stage).collect()
    }

    #[test]
    fn a_stage_ends_before_its_weights_are_too_many() {
        let half = NUMBERS_MAX / 2;
        let nodes: [(&[&str], &str); 6] = [
            (&["nowhere"], "not needed"),
            (&["b", "w3"], "out"),
            (&["in", "w1"], "a"),
            (&["a", "w1", "bias"], "a2"),
            (&["a2", "w2"], "b0"),
            (&["b0", "a"], "b"),
        ];
        let file = network(&nodes, &[("w1", half), ("w2", half), ("w3", NUMBERS_MAX + 1)]);
        assert_eq!(shown(&file), ["in + w1 w2 > b", "b + w3 > out"]);
        let file = network(&nodes, &[("w1", half + 1), ("w2", half), ("w3", 1)]);
        assert_eq!(shown(&file), ["in + w1 > a a2", "a a2 + w2 w3 > out"]);
    }

    #[test]
    fn small_weights_are_parted_by_their_number_and_long_ways_are_no_matter() {
        let names: Vec<String> = (0..30_000).map(|at| format!("v{at}")).collect();
        let mut nodes: Vec<(Vec<&str>, &str)> =
            names.windows(2).map(|pair| (vec![pair[0].as_str()], pair[1].as_str())).collect();
        nodes[0].0 = vec!["in"];
        nodes.push((vec![names[29_999].as_str()], "out"));
        let weights: Vec<String> = (0..=WEIGHTS_MAX).map(|at| format!("w{at}")).collect();
        weights.iter().zip(&mut nodes).for_each(|(weight, node)| node.0.push(weight));
        let nodes: Vec<(&[&str], &str)> = nodes.iter().map(|(inputs, output)| (inputs.as_slice(), *output)).collect();
        let sizes: Vec<(&str, usize)> = weights.iter().map(|weight| (weight.as_str(), 1)).collect();
        let file = network(&nodes, &sizes);
        let found = stages(&file);
        assert_eq!(found.iter().map(|stage| stage.weights.len()).collect::<Vec<_>>(), [WEIGHTS_MAX, 1]);
        assert_eq!(found.iter().map(|stage| stage.nodes.len()).sum::<usize>(), 30_000);
    }

    #[test]
    fn a_network_that_goes_round_in_circles_ends() {
        let file = network(&[(&["a"], "out"), (&["out"], "a")], &[]);
        assert_eq!(stages(&file).len(), 1);
    }
}
