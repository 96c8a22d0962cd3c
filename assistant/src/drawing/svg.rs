//! The picture as SVG: boxes, lines and words with one style sheet for light and dark.

use super::layout::{Boxed, LINE, PAD, Part, Picture};
use crate::dialog::{Chart, ChartKind};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

const MARGIN: i32 = 24;

/// Colours stand written out, in light and again in dark: some programs that show SVG know no variables.
pub(super) const STYLE: &str = "\
text{font:14px system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',\
'WenQuanYi Zen Hei',sans-serif;fill:#1c2430}\
.title{font-weight:bold}.label{font-size:13px;fill:#5a6675}\
.box{stroke:#8a97a6;stroke-width:1.2}.line{fill:none;stroke:#8a97a6;stroke-width:1.5}.tip{fill:#8a97a6}\
.back,.paper{fill:#ffffff}.say{fill:#e8f1fd}.ask{fill:#fdf3d8}.compute{fill:#eef0f3}.choose{fill:#f1eafb}\
.pay{fill:#dff5e6;stroke-width:2.6}.call,.link{fill:#fdeaea}.end{fill:#eef0f3}\
@media (prefers-color-scheme:dark){text{fill:#eef2f6}.label{fill:#a9b4c0}.box,.line{stroke:#6d7a88}.tip{fill:#6d7a88}\
.back,.paper{fill:#14181d}.say{fill:#1d3450}.ask{fill:#4a3d17}.compute,.end{fill:#2a3038}.choose{fill:#3a2d55}\
.pay{fill:#1c4530}.call,.link{fill:#532b2b}}";

/// The whole picture.
pub fn picture(chart: &Chart, picture: &Picture) -> String {
    let (width, height) = (picture.width + 2 * MARGIN, picture.height + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" \
markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" d=\"M0 0 10 5 0 10z\"/></marker></defs>\n\
<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n<g transform=\"translate({MARGIN} {MARGIN})\">\n",
        escaped(&format!("{}: {}", chart.flow, chart.title)),
    );
    for part in &picture.parts {
        if let Part::Line(points, arrow) = part {
            line(&mut svg, points, *arrow);
        }
    }
    for part in &picture.parts {
        match part {
            Part::Box(boxed) => shape(&mut svg, boxed),
            Part::Label(x, y, text) => label(&mut svg, *x, *y, text),
            Part::Line(..) => {}
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn line(svg: &mut String, points: &[(i32, i32)], arrow: bool) {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x} {y}", if index == 0 { "M" } else { " L" });
    }
    let tip = if arrow { " marker-end=\"url(#tip)\"" } else { "" };
    let _ = writeln!(svg, "<path class=\"line\" d=\"{path}\"{tip}/>");
}

/// A word on a line; the line stops around it.
fn label(svg: &mut String, x: i32, y: i32, text: &str) {
    let width = i32::try_from(text.width()).unwrap_or(0) * 7 + 10;
    let _ = writeln!(
        svg,
        "<rect class=\"back\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"18\"/><text class=\"label\" x=\"{x}\" y=\"{}\" \
text-anchor=\"middle\">{}</text>",
        x - width / 2,
        y - 9,
        y + 5,
        escaped(text)
    );
}

fn shape(svg: &mut String, boxed: &Boxed) {
    let Boxed { kind, x, y, width, height, title, text } = boxed;
    let class = class(*kind);
    match kind {
        ChartKind::Choose => {
            let (right, bottom, middle) = (x + width, y + height, y + height / 2);
            let _ = writeln!(
                svg,
                "<path class=\"box {class}\" d=\"M{} {y} L{} {y} L{right} {middle} L{} {bottom} L{} {bottom} L{x} {middle}z\"/>",
                x + 12,
                right - 12,
                right - 12,
                x + 12
            );
        }
        _ => {
            let round = if *kind == ChartKind::End { (height / 2).min(20) } else { 7 };
            let _ = writeln!(
                svg,
                "<rect class=\"box {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
            );
        }
    }
    if *kind == ChartKind::Call {
        let (left, right, bottom) = (x + 5, x + width - 5, y + height);
        let _ =
            writeln!(svg, "<path class=\"line\" d=\"M{left} {y} L{left} {bottom} M{right} {y} L{right} {bottom}\"/>");
    }
    let centre = x + width / 2;
    let mut base = y + PAD + 12;
    for (lines, class) in [(title, " class=\"title\""), (text, "")] {
        for line in lines {
            let _ = writeln!(
                svg,
                "<text{class} x=\"{centre}\" y=\"{base}\" text-anchor=\"middle\">{}</text>",
                escaped(line)
            );
            base += LINE;
        }
    }
}

fn class(kind: ChartKind) -> &'static str {
    match kind {
        ChartKind::Say => "say",
        ChartKind::Ask => "ask",
        ChartKind::Compute => "compute",
        ChartKind::Choose => "choose",
        ChartKind::Pay => "pay",
        ChartKind::Call => "call",
        ChartKind::Link => "link",
        ChartKind::End => "end",
    }
}

/// A text as XML shows it. Characters that XML can't hold are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}
