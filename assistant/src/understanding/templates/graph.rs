//! The graph of all templates. A node stands for a set of beginnings; equal sets share one node.

use std::collections::HashMap;

/// What leads from a node to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Symbol {
    /// A word or the sound of a character.
    Word(u32),
    /// A value of this slot.
    Slot(u32),
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Word → next nodes, each with the character that was meant.
    words: Vec<(u32, u32, Option<char>)>,
    slots: Vec<(u32, u32)>,
    accepts: Vec<u32>,
}

/// Nodes by number.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    /// (nodes before, symbol, character) → the node behind; only while building.
    made: HashMap<(Vec<u32>, Symbol, Option<char>), u32>,
}

impl Graph {
    /// Where every template begins.
    pub(super) const START: u32 = 0;

    pub(super) fn new() -> Self {
        Graph { nodes: vec![Node::default()], made: HashMap::new() }
    }

    /// The node behind all of `from` by `symbol`, made if need be.
    pub(super) fn step(&mut self, from: &[u32], symbol: Symbol, literal: Option<char>) -> u32 {
        let key = (from.to_vec(), symbol, literal);
        if let Some(known) = self.made.get(&key) {
            return *known;
        }
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::default());
        for node in from {
            if let Some(node) = self.node_mut(*node) {
                match symbol {
                    Symbol::Word(word) => node.words.push((word, next, literal)),
                    Symbol::Slot(slot) => node.slots.push((slot, next)),
                }
            }
        }
        self.made.insert(key, next);
        next
    }

    pub(super) fn accept(&mut self, ends: &[u32], template: u32) {
        for end in ends {
            if let Some(node) =
                self.node_mut(*end).filter(|node| *end != Self::START && !node.accepts.contains(&template))
            {
                node.accepts.push(template);
            }
        }
    }

    /// Sorts the edges, after the last template.
    pub(super) fn finish(&mut self) {
        for node in &mut self.nodes {
            node.words.sort_unstable();
        }
        self.made = HashMap::new();
    }

    fn node_mut(&mut self, node: u32) -> Option<&mut Node> {
        self.nodes.get_mut(usize::try_from(node).ok()?)
    }

    fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(node).ok()?)
    }

    /// The nodes behind `node` by `word`, each with the character that its template has.
    pub(super) fn by_word(&self, node: u32, word: u32) -> impl Iterator<Item = (u32, Option<char>)> {
        let words = self.node(node).map_or(&[][..], |node| node.words.as_slice());
        let start = words.partition_point(|edge| edge.0 < word);
        words.iter().skip(start).take_while(move |edge| edge.0 == word).map(|edge| (edge.1, edge.2))
    }

    /// The slots that may follow `node`, each with the node behind it.
    pub(super) fn slots(&self, node: u32) -> &[(u32, u32)] {
        self.node(node).map_or(&[], |node| node.slots.as_slice())
    }

    /// The templates that end at `node`.
    pub(super) fn accepts(&self, node: u32) -> &[u32] {
        self.node(node).map_or(&[], |node| node.accepts.as_slice())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}
