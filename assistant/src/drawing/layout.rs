//! Where every box, line and label stands. A flow is a sequence of blocks; a branching one has its ways side by side.

use super::wrap::wrap;
use crate::dialog::{Chart, ChartKind, ChartStep, Way};
use unicode_width::UnicodeWidthStr as _;

/// Sizes in pixels.
pub const LINE: i32 = 19;
/// The inner margin of boxes.
pub const PAD: i32 = 11;
const BOX: i32 = 252;
const COLUMNS: usize = 31;
/// Titles are bold, and stand in boxes that narrow at their ends.
const TITLE_COLUMNS: usize = 26;
const GAP: i32 = 26;
const BESIDE: i32 = 22;
const LABEL: i32 = 24;
const EMPTY_WAY: i32 = 84;

/// A part of the picture.
#[derive(Clone, Debug)]
pub enum Part {
    /// A step.
    Box(Boxed),
    /// A line through these points, with or without an arrow at its end.
    Line(Vec<(i32, i32)>, bool),
    /// A word on a line, around this point.
    Label(i32, i32, String),
}

/// A box with its text.
#[derive(Clone, Debug)]
pub struct Boxed {
    /// What kind of step it is.
    pub kind: ChartKind,
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// The lines of its title.
    pub title: Vec<String>,
    /// The lines of its text.
    pub text: Vec<String>,
}

/// Everything, from (0, 0) to (width, height).
#[derive(Debug, Default)]
pub struct Picture {
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a flow, placed from (0, 0); it is entered and left on its axis.
struct Block {
    width: i32,
    height: i32,
    axis: i32,
    /// False if it never goes on below.
    goes_on: bool,
    parts: Vec<Part>,
}

/// Places a whole flow, its beginning and its end.
pub fn place(chart: &Chart) -> Picture {
    let start = ChartStep {
        kind: ChartKind::End,
        title: chart.title.clone(),
        text: if chart.said.is_empty() { String::new() } else { format!("\u{201c}{}\u{201d}", chart.said) },
        ways: Vec::new(),
    };
    let mut blocks = vec![Block { goes_on: true, ..boxed(&start) }];
    blocks.extend(chart.steps.iter().map(block));
    let end = ChartStep { kind: ChartKind::End, title: "●".to_owned(), text: String::new(), ways: Vec::new() };
    blocks.push(boxed(&end));
    let Block { width, height, parts, .. } = sequence(blocks);
    Picture { width, height, parts }
}

fn block(step: &ChartStep) -> Block {
    if step.ways.is_empty() { boxed(step) } else { branching(step) }
}

/// One box.
fn boxed(step: &ChartStep) -> Block {
    let (title, text) = (wrap(&step.title, TITLE_COLUMNS), wrap(&step.text, COLUMNS));
    let lines = i32::try_from(title.len() + text.len()).unwrap_or(i32::MAX / LINE);
    let height = lines * LINE + 2 * PAD - 4;
    let short = step.kind == ChartKind::End && text.is_empty();
    let widest = title.iter().map(|line| line.width()).max().unwrap_or(0);
    let width = if short { i32::try_from(widest).unwrap_or(BOX) * 9 + 2 * PAD + 8 } else { BOX };
    let goes_on = !matches!(step.kind, ChartKind::End | ChartKind::Link);
    let part = Part::Box(Boxed { kind: step.kind, x: 0, y: 0, width, height, title, text });
    Block { width, height, axis: width / 2, goes_on, parts: vec![part] }
}

/// Blocks below each other, on one axis, with arrows between them.
fn sequence(blocks: Vec<Block>) -> Block {
    let axis = blocks.iter().map(|block| block.axis).max().unwrap_or(0);
    let mut whole = Block { width: 0, height: 0, axis, goes_on: true, parts: Vec::new() };
    for (index, block) in blocks.into_iter().enumerate() {
        if index > 0 {
            if whole.goes_on {
                whole.parts.push(Part::Line(vec![(axis, whole.height), (axis, whole.height + GAP)], true));
            }
            whole.height += GAP;
        }
        let left = axis - block.axis;
        whole.width = whole.width.max(left + block.width);
        whole.parts.extend(moved(block.parts, left, whole.height));
        whole.height += block.height;
        whole.goes_on = block.goes_on;
    }
    whole
}

/// A box with its ways side by side below it, which meet again at the bottom.
fn branching(step: &ChartStep) -> Block {
    let head = boxed(step);
    let ways: Vec<(&Way, Block)> = step.ways.iter().map(|way| (way, sequence_of(way))).collect();
    let gaps = BESIDE * i32::try_from(ways.len().saturating_sub(1)).unwrap_or(0);
    let below: i32 = ways.iter().map(|(_, block)| block.width).sum::<i32>() + gaps;
    let width = below.max(head.width);
    let axis = width / 2;
    let bus = head.height + 14;
    let top = bus + LABEL + 16;
    let bottom = top + ways.iter().map(|(_, block)| block.height).max().unwrap_or(0) + 16;
    let mut parts = moved(head.parts, axis - head.axis, 0);
    let mut left = (width - below) / 2;
    let mut goes_on = false;
    for (way, block) in ways {
        let x = left + block.axis;
        let empty = block.height == 0;
        let end = if empty { bottom } else { top };
        parts.push(Part::Line(vec![(axis, head.height), (axis, bus), (x, bus), (x, end)], !empty));
        if block.goes_on {
            let from = if empty { bottom } else { top + block.height };
            parts.push(Part::Line(vec![(x, from), (x, bottom), (axis, bottom)], false));
            goes_on = true;
        }
        parts.push(Part::Label(x, bus + LABEL / 2 + 1, way.label.clone()));
        let width = block.width;
        parts.extend(moved(block.parts, left, top));
        left += width + BESIDE;
    }
    Block { width, height: bottom, axis, goes_on, parts }
}

fn sequence_of(way: &Way) -> Block {
    let label = i32::try_from(way.label.width()).unwrap_or(0) * 8 + 20;
    if way.steps.is_empty() {
        let width = label.max(EMPTY_WAY);
        return Block { width, height: 0, axis: width / 2, goes_on: true, parts: Vec::new() };
    }
    sequence(way.steps.iter().map(block).collect())
}

fn moved(parts: Vec<Part>, x: i32, y: i32) -> Vec<Part> {
    let one = |part| match part {
        Part::Box(at) => Part::Box(Boxed { x: at.x + x, y: at.y + y, ..at }),
        Part::Line(points, arrow) => Part::Line(points.into_iter().map(|(a, b)| (a + x, b + y)).collect(), arrow),
        Part::Label(a, b, text) => Part::Label(a + x, b + y, text),
    };
    parts.into_iter().map(one).collect()
}
