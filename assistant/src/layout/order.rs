//! Keys in the order of the format's tables. Whole lines change places, with the comments right above them.

use super::meaning;
use crate::dialog::tables::{
    COLLECT, FLOW, HANDOFF, PAY, REFUND, REPAIR, SLOT, STEPS, UNSCHEDULE, VALIDATION, VARIANT,
};
use crate::dialog::{Key, Node, NodeValue, Placed, Shape, items};
use crate::lang::Lang;
use crate::rehearsal::keys::{CONVERSATION, FILE, HISTORY, TURN, UNDERSTOOD};

/// The text with the keys of every block mapping in the order of the tables. What can't be moved safely stays.
pub fn in_order(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // Each round brings one mapping into order, and none out of it.
    while let Some(tree) = meaning::tree(&joined(&lines)) {
        let mut found = Vec::new();
        root(&tree, &mut found);
        let moved = found.into_iter().find_map(|mapping| mapping.sorted(&lines, tree_end(&lines)));
        match moved {
            Some(moved) => lines = moved,
            None => break,
        }
    }
    joined(&lines)
}

fn joined(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn tree_end(lines: &[String]) -> usize {
    lines.len() + 1
}

/// A mapping, and the keys that it may have in their order.
struct Mapping<'n> {
    entries: &'n [(Placed<String>, Node)],
    order: Vec<&'static str>,
}

impl Mapping<'_> {
    /// The lines with this mapping in order; `None` if it is in order, or has to stay as it is.
    fn sorted(&self, lines: &[String], end: usize) -> Option<Vec<String>> {
        let rank = |key: &str| self.order.iter().position(|known| *known == key);
        let ranks: Vec<usize> = self.entries.iter().map(|(key, _)| rank(&key.value)).collect::<Option<_>>()?;
        if ranks.is_sorted() {
            return None;
        }
        let column = self.entries.first()?.0.place.column;
        let mut starts = Vec::new();
        for (index, (key, _)) in self.entries.iter().enumerate() {
            let line = lines.get(key.place.line - 1)?;
            let before: String = line.chars().take(column - 1).collect();
            // The first key may stand behind the dash of a list; every other begins its line.
            let begins = before.trim().is_empty() || (index == 0 && before.trim().chars().all(|c| c == '-'));
            if key.place.column != column || !begins {
                return None;
            }
            starts.push(if index == 0 { key.place.line } else { above(lines, key.place.line, column) });
        }
        let last = self.end(lines, column, end)?;
        starts.push(last);
        let blocks: Vec<&[String]> =
            starts.windows(2).map(|pair| lines.get(pair[0] - 1..pair[1] - 1)).collect::<Option<_>>()?;
        let mut by_rank: Vec<usize> = (0..blocks.len()).collect();
        by_rank.sort_by_key(|index| ranks.get(*index).copied());
        let first = lines.get(starts.first()? - 1)?;
        let prefix: String = first.chars().take(column - 1).collect();
        self.rebuilt(lines, &blocks, &by_rank, &prefix, (*starts.first()?, last))
    }

    /// The lines with the blocks in their new order; the dash of a list stays in front of the first.
    fn rebuilt(
        &self,
        lines: &[String],
        blocks: &[&[String]],
        by_rank: &[usize],
        prefix: &str,
        (start, last): (usize, usize),
    ) -> Option<Vec<String>> {
        let width = prefix.chars().count();
        let mut moved: Vec<String> = lines.get(..start - 1)?.to_vec();
        for (position, index) in by_rank.iter().enumerate() {
            let block = blocks.get(*index)?;
            let mut own: Vec<String> = block.to_vec();
            if position == 0 && *index != 0 {
                let first = own.first_mut()?;
                // A comment or blank line can't stand behind a dash.
                if first.trim().is_empty() || first.trim_start().starts_with('#') {
                    return None;
                }
                *first = format!("{prefix}{}", first.chars().skip(width).collect::<String>());
            } else if *index == 0 && position != 0 {
                let first = own.first_mut()?;
                *first = format!("{}{}", " ".repeat(width), first.chars().skip(width).collect::<String>());
            }
            moved.extend(own);
        }
        moved.extend(lines.get(last - 1..)?.iter().cloned());
        Some(moved)
    }

    /// The line behind the mapping: the next one with something in a column before it.
    fn end(&self, lines: &[String], column: usize, end: usize) -> Option<usize> {
        let last = self.entries.last()?.0.place.line;
        let indent = |line: &str| line.chars().take_while(|c| *c == ' ').count();
        let outside = |line: &String| !line.trim().is_empty() && indent(line) < column - 1;
        let mut behind = lines.iter().skip(last).position(outside).map_or(end, |more| last + more + 1);
        // Blank lines at the end separate what follows.
        while behind > last + 1 && lines.get(behind - 2).is_some_and(|line| line.trim().is_empty()) {
            behind -= 1;
        }
        Some(behind)
    }
}

/// The line from which on a key's comments and blank lines stand above it.
fn above(lines: &[String], key: usize, column: usize) -> usize {
    let belongs = |line: &String| {
        let text = line.trim_start();
        text.is_empty() || (text.starts_with('#') && line.chars().count() - text.chars().count() == column - 1)
    };
    let mut start = key;
    while start > 1 && lines.get(start - 2).is_some_and(belongs) {
        start -= 1;
    }
    start
}

fn root<'n>(node: &'n Node, found: &mut Vec<Mapping<'n>>) {
    let NodeValue::Map(entries) = &node.value else { return };
    let has = |name: &str| entries.iter().any(|(key, _)| key.value == name);
    if has("conversations") {
        table(node, FILE, found);
    } else if has("phrases") {
        for (_, phrases) in entries {
            values(phrases).for_each(|texts| languages(texts, found));
        }
    } else if has("repair") {
        table(node, REPAIR, found);
    } else {
        table(node, FLOW, found);
    }
}

/// A mapping that has a table, and everything below it.
fn table<'n>(node: &'n Node, keys: &[Key], found: &mut Vec<Mapping<'n>>) {
    let NodeValue::Map(entries) = &node.value else { return };
    found.push(Mapping { entries, order: keys.iter().map(|key| key.name).collect() });
    for (name, value) in entries {
        if let Some(key) = keys.iter().find(|key| key.name == name.value) {
            below(key, value, found);
        }
    }
}

fn below<'n>(key: &Key, value: &'n Node, found: &mut Vec<Mapping<'n>>) {
    match key.shape {
        Shape::Texts | Shape::Sentences => languages(value, found),
        Shape::Ladder => items(value).into_iter().for_each(|texts| languages(texts, found)),
        Shape::Options => values(value).for_each(|names| languages(names, found)),
        Shape::Validations => items(value).into_iter().for_each(|item| table(item, VALIDATION, found)),
        Shape::Steps => items(value).into_iter().for_each(|item| step(item, found)),
        Shape::Slots => values(value).for_each(|slot| table(slot, SLOT, found)),
        Shape::Collect => table(value, COLLECT, found),
        Shape::Pay => table(value, PAY, found),
        Shape::Refund => table(value, REFUND, found),
        Shape::Unschedule => table(value, UNSCHEDULE, found),
        Shape::HandOff => table(value, HANDOFF, found),
        _ => {
            let tables: &[(&str, &[Key])] =
                &[("conversations", CONVERSATION), ("turns", TURN), ("history", HISTORY), ("understood", UNDERSTOOD)];
            if let Some((_, keys)) = tables.iter().find(|(name, _)| *name == key.name) {
                items(value).into_iter().for_each(|item| table(item, keys, found));
            }
        }
    }
}

fn step<'n>(node: &'n Node, found: &mut Vec<Mapping<'n>>) {
    let NodeValue::Map(entries) = &node.value else { return };
    let word = STEPS.iter().find(|step| entries.iter().any(|(key, _)| key.value == step.key.name));
    if let Some(step) = word {
        let keys: Vec<Key> = std::iter::once(step.key).chain(step.beside.iter().copied()).collect();
        table(node, &keys, found);
    }
}

/// A mapping of languages.
fn languages<'n>(node: &'n Node, found: &mut Vec<Mapping<'n>>) {
    let NodeValue::Map(entries) = &node.value else { return };
    found.push(Mapping { entries, order: Lang::ALL.map(Lang::code).to_vec() });
    for (_, variants) in entries {
        items(variants).into_iter().for_each(|variant| table(variant, VARIANT, found));
    }
}

fn values(node: &Node) -> impl Iterator<Item = &Node> {
    let entries = if let NodeValue::Map(entries) = &node.value { entries.as_slice() } else { &[] };
    entries.iter().map(|(_, value)| value)
}
