//! The table of what can follow what as a picture: statuses from top to bottom in the order of a payment's life. Each has
//! one lane that leaves it, and a line with a tip for each status that it can become.

use super::svg::{STYLE, escaped};
use crate::ledger::{PaymentStatus, Transition};
use std::fmt::Write as _;

const MARGIN: i32 = 24;
const BOX_WIDTH: i32 = 190;
/// The name of a status.
const HEAD: i32 = 30;
/// One line that comes in.
const ROW: i32 = 19;
const GAP: i32 = 14;
/// Where the words on the lines stand.
const WORDS_WIDTH: i32 = 290;
const LANE: i32 = 16;

/// Colours of lanes that can be told apart on white and on black.
const LANES: &str = "\
.l0{stroke:#3f7fdb}.l1{stroke:#d9822b}.l2{stroke:#2f9e63}.l3{stroke:#c2519b}.l4{stroke:#8b6cd9}.l5{stroke:#cc4b4b}\
.l6{stroke:#2796a8}.l7{stroke:#8f7d24}.lane{fill:none;stroke-width:1.6}.word{font-size:12px}.name{font-weight:bold}\
.note{font-size:11px;fill:#5a6675}@media (prefers-color-scheme:dark){.note{fill:#a9b4c0}}";
const COLOURS: usize = 8;

/// What leads into one status: from which other one, by which events.
struct Way {
    from: usize,
    events: Vec<&'static str>,
}

/// One status and where it stands.
struct Station {
    status: PaymentStatus,
    y: i32,
    ways: Vec<Way>,
    /// Events that leave it where it is.
    stays: Vec<&'static str>,
    /// Its lane, from the left; none where nothing leads away.
    lane: Option<i32>,
}

impl Station {
    fn height(&self) -> i32 {
        let rows = i32::try_from(self.ways.len()).unwrap_or(0) + i32::from(!self.stays.is_empty());
        HEAD + rows * ROW
    }

    /// The middle of the line that leaves it.
    fn leaves_at(&self) -> i32 {
        self.y + HEAD / 2
    }

    fn way_at(&self, row: usize) -> i32 {
        self.y + HEAD + i32::try_from(row).unwrap_or(0) * ROW + ROW - 5
    }
}

/// The picture of the table, as the text of an SVG file.
#[must_use]
pub fn draw_states(table: &[Transition]) -> String {
    let stations = place(table);
    let lanes = stations.iter().filter_map(|station| station.lane).max().unwrap_or(0) + 1;
    let width = 2 * MARGIN + BOX_WIDTH + WORDS_WIDTH + lanes * LANE;
    let height = stations.last().map_or(0, |last| last.y + last.height()) + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
role=\"img\">\n<title>The states of a payment</title>\n<style>{STYLE}{LANES}</style>\n\
<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n"
    );
    for index in 0..stations.len() {
        lane(&mut svg, &stations, index);
    }
    for station in &stations {
        shape(&mut svg, &stations, station);
    }
    svg.push_str("</svg>\n");
    svg
}

fn place(table: &[Transition]) -> Vec<Station> {
    let all = PaymentStatus::ALL;
    let at = |status: PaymentStatus| all.iter().position(|other| *other == status);
    let mut stations: Vec<Station> = all
        .iter()
        .map(|status| Station { status: *status, y: 0, ways: Vec::new(), stays: Vec::new(), lane: None })
        .collect();
    for row in table {
        let (Some(from), Some(to)) = (at(row.from), at(row.to)) else { continue };
        let Some(station) = stations.get_mut(to) else { continue };
        if from == to {
            station.stays.push(row.event.name());
            continue;
        }
        match station.ways.iter_mut().find(|way| way.from == from) {
            Some(way) => way.events.push(row.event.name()),
            None => station.ways.push(Way { from, events: vec![row.event.name()] }),
        }
    }
    let (mut y, mut lane) = (MARGIN, 0);
    for index in 0..stations.len() {
        let leaves = stations.iter().any(|station| station.ways.iter().any(|way| way.from == index));
        let Some(station) = stations.get_mut(index) else { continue };
        station.y = y;
        y += station.height() + GAP;
        if leaves {
            station.lane = Some(lane);
            lane += 1;
        }
    }
    stations
}

fn lane_x(lane: i32) -> i32 {
    MARGIN + BOX_WIDTH + WORDS_WIDTH + lane * LANE
}

/// The line that leaves a status, down or up its lane, and into every status that it can become.
fn lane(svg: &mut String, stations: &[Station], index: usize) {
    let Some((station, Some(lane))) = stations.get(index).map(|station| (station, station.lane)) else { return };
    let (x, right, start) = (lane_x(lane), MARGIN + BOX_WIDTH, station.leaves_at());
    let (mut top, mut bottom) = (start, start);
    let mut path = format!("M{right} {start} L{x} {start}");
    let mut tips = String::new();
    for target in stations {
        for (row, _) in target.ways.iter().enumerate().filter(|(_, way)| way.from == index) {
            let y = target.way_at(row);
            (top, bottom) = (top.min(y), bottom.max(y));
            let _ = write!(path, " M{x} {y} L{} {y}", right + 7);
            let _ = write!(tips, "M{right} {y} l9 -4.5 v9z ");
        }
    }
    let _ = write!(path, " M{x} {top} L{x} {bottom}");
    let colour = usize::try_from(lane).unwrap_or(0) % COLOURS;
    let _ = writeln!(svg, "<path class=\"lane l{colour}\" d=\"{path}\"/><path class=\"tip\" d=\"{tips}\"/>");
}

fn shape(svg: &mut String, stations: &[Station], station: &Station) {
    let (class, note) = kind(station.status);
    let (y, height, middle) = (station.y, station.height(), MARGIN + BOX_WIDTH / 2);
    let _ = writeln!(
        svg,
        "<rect class=\"box {class}\" x=\"{MARGIN}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{height}\" rx=\"7\"/>\
<text class=\"name\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
        y + HEAD / 2 + 5,
        escaped(station.status.name()),
    );
    if height > HEAD {
        let _ = writeln!(
            svg,
            "<text class=\"note\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{note}</text>",
            y + HEAD + 11
        );
    }
    let words_x = MARGIN + BOX_WIDTH + 14;
    for (row, way) in station.ways.iter().enumerate() {
        let from = stations.get(way.from).map_or("", |from| from.status.name());
        word(svg, words_x, station.way_at(row) - 4, &format!("{from}: {}", way.events.join(", ")));
    }
    if !station.stays.is_empty() {
        let y = station.way_at(station.ways.len()) - 4;
        word(svg, words_x, y, &format!("stays: {}", station.stays.join(", ")));
    }
}

fn word(svg: &mut String, x: i32, y: i32, text: &str) {
    let _ = writeln!(svg, "<text class=\"word\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
}

/// How a status is painted, and what it is.
fn kind(status: PaymentStatus) -> (&'static str, &'static str) {
    match status {
        PaymentStatus::ManualReview | PaymentStatus::IntegrityAlarm | PaymentStatus::Disputed => {
            ("call", "a person has to look")
        }
        status if status.is_terminal() => ("pay", "an end"),
        status if status.is_open() => ("ask", "the provider is asked"),
        _ => ("say", "on its way"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::TABLE;

    #[test]
    fn every_row_of_the_table_is_in_the_picture() {
        let svg = draw_states(TABLE);
        let words: Vec<&str> = svg.lines().filter(|line| line.contains("class=\"word\"")).collect();
        for row in TABLE {
            let from = if row.from == row.to { "stays" } else { row.from.name() };
            let says = |line: &&&str| line.contains(&format!(">{from}: ")) && line.contains(row.event.name());
            assert!(words.iter().any(|line| says(&line)), "{row:?}");
        }
        for status in PaymentStatus::ALL {
            assert!(svg.contains(&format!(">{status}</text>")), "{status}");
        }
    }

    #[test]
    fn each_line_ends_at_the_status_that_it_leads_to() {
        let stations = place(TABLE);
        for row in TABLE.iter().filter(|row| row.from != row.to) {
            let target = stations.iter().find(|station| station.status == row.to).unwrap();
            let at = |way: &Way| stations[way.from].status == row.from && way.events.contains(&row.event.name());
            let way = target.ways.iter().position(at).unwrap();
            let y = target.way_at(way);
            assert!(y > target.y && y < target.y + target.height(), "{row:?}");
            assert!(draw_states(TABLE).contains(&format!("M{} {y} l9", MARGIN + BOX_WIDTH)), "{row:?}");
        }
    }

    #[test]
    fn no_status_stands_on_another() {
        for pair in place(TABLE).windows(2) {
            assert!(pair[0].y + pair[0].height() < pair[1].y);
        }
    }
}
