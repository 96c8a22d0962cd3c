//! Draws a flow, or the states of a payment, as an SVG that a person can read: boxes from top to bottom.
//!
//! Pure: a chart in, a text out. The picture has no scripts, loads nothing, and follows the light or dark of its viewer;
//! whatever was written in a flow stands in it as text, never as markup.
//!
//! In reading order: [`wrap`]: text into lines; [`layout`]: where everything stands; [`svg`]: the picture; [`states`]: the
//! picture of the table of transitions.

mod layout;
mod states;
mod svg;
mod wrap;

pub use states::draw_states;

use crate::dialog::Chart;

/// The picture of a flow, as the text of an SVG file.
#[must_use]
pub fn draw(chart: &Chart) -> String {
    svg::picture(chart, &layout::place(chart))
}

#[cfg(test)]
mod tests;
