//! What a script may use up: operations, time, calls within calls, sizes, variables. None of it can be loosened by a flow or
//! a script.

use rhai::{Dynamic, Engine};
use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Operations of one run; a loop that does nothing reaches this within some milliseconds.
pub const OPERATIONS_MAX: u64 = 100_000;
/// Time of one run, in milliseconds, where a stopwatch was given: some operations take longer than others. What counts is
/// the processor's time, since a script can't help it that a busy machine lets it wait.
pub const TIME_MAX_MS: u64 = 50;
/// Calls within calls.
pub const CALLS_MAX: usize = 16;
/// Characters of a text, with all that it is made of.
pub const TEXT_MAX: usize = 4_096;
/// Items of a list, those of the lists within it included.
pub const LIST_MAX: usize = 1_024;
/// Entries of a map, those of the maps within it included.
pub const MAP_MAX: usize = 1_024;
/// Variables at a time.
pub const VARIABLES_MAX: usize = 64;
/// Functions of one script.
pub const FUNCTIONS_MAX: usize = 64;
/// Operations between two looks at the stopwatch.
const LOOK_EVERY: u64 = 8;

/// Tells milliseconds from any fixed moment.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What the time of a run is taken with. The room itself reads no clock: whoever runs it lends one.
#[derive(Clone)]
pub struct Stopwatch {
    /// Goes on while the machine does something else, and is cheap to look at.
    pub passed: Clock,
    /// Goes on only while the thread that looks at it runs. Asked only when `passed` says that it may be too much.
    pub spent: Clock,
}

/// The stopwatch of an engine; until one is lent, operations alone are counted.
#[derive(Clone, Default)]
pub struct Lent(Arc<OnceLock<Stopwatch>>);

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "a stopwatch" } else { "no stopwatch" })
    }
}

thread_local! {
    /// What the clocks said when the run on this thread began.
    static BEGUN_MS: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

impl Lent {
    /// Lends a stopwatch; the first that is lent stays.
    pub fn lend(&self, stopwatch: Stopwatch) {
        // A second one would tell the same time.
        let _ = self.0.set(stopwatch);
    }

    /// A run begins on this thread.
    pub fn begin(&self) {
        if let Some(watch) = self.0.get() {
            BEGUN_MS.set(((watch.passed)(), (watch.spent)()));
        }
    }

    fn is_over(&self) -> bool {
        let (passed, spent) = BEGUN_MS.get();
        let over = |clock: &Clock, begun: u64| clock().saturating_sub(begun) > TIME_MAX_MS;
        self.0.get().is_some_and(|watch| over(&watch.passed, passed) && over(&watch.spent, spent))
    }
}

/// Puts every limit on.
pub fn set(engine: &mut Engine, lent: &Lent) {
    engine
        .set_max_operations(OPERATIONS_MAX)
        .set_max_call_levels(CALLS_MAX)
        .set_max_expr_depths(48, 24)
        .set_max_string_size(TEXT_MAX)
        .set_max_array_size(LIST_MAX)
        .set_max_map_size(MAP_MAX)
        .set_max_variables(VARIABLES_MAX)
        .set_max_functions(FUNCTIONS_MAX)
        .set_max_modules(0)
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true);
    let lent = lent.clone();
    engine.on_progress(move |operations| {
        let look = operations.is_multiple_of(LOOK_EVERY);
        (look && lent.is_over()).then(|| Dynamic::from(TIME_MAX_MS.to_string()))
    });
}
