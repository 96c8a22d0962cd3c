//! What conversations reached of each flow, and what none of them ever did, with its place.

use crate::dialog::{Dialogs, PointKind, Probe};
use serde::Serialize;

/// What was reached of one flow.
#[derive(Clone, Debug, Serialize)]
pub struct FlowCoverage {
    /// The flow.
    pub flow: String,
    /// Its file.
    pub file: String,
    /// Steps that ran.
    pub steps: Share,
    /// Ways that conditions, questions and scripts went.
    pub branches: Share,
    /// Outcomes of payments.
    pub outcomes: Share,
    /// What was never reached, in the order of lines.
    pub missed: Vec<Missed>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Reached.
    pub reached: usize,
    /// There are.
    pub total: usize,
}

/// Something that was never reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// `step`, `branch` or `outcome`.
    pub kind: PointKind,
    /// What it does, in words.
    pub what: String,
    /// Its line in the flow's file, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
}

/// What the probe saw of each flow, in alphabetical order.
#[must_use]
pub fn coverage(dialogs: &Dialogs, probe: &Probe) -> Vec<FlowCoverage> {
    let mut flows = Vec::new();
    for there in dialogs.points() {
        let mut flow = FlowCoverage {
            flow: there.flow,
            file: there.file,
            steps: Share::default(),
            branches: Share::default(),
            outcomes: Share::default(),
            missed: Vec::new(),
        };
        for point in there.points {
            let share = match point.kind {
                PointKind::Step => &mut flow.steps,
                PointKind::Branch => &mut flow.branches,
                PointKind::Outcome => &mut flow.outcomes,
            };
            share.total += 1;
            if point.reached(probe) {
                share.reached += 1;
            } else {
                flow.missed.push(Missed { kind: point.kind, what: point.what, line: point.line, column: point.column });
            }
        }
        flows.push(flow);
    }
    flows
}
