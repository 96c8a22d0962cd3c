//! What can be wrong with the types of an expression.

use rhai::Position;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the expression.
    pub position: Position,
    /// How many characters of it; 0 for the whole expression.
    pub length: usize,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: String,
}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Types that don't go together.
    Type,
    /// A value that can't be.
    Value,
    /// An option that the choice does not have.
    Option,
}
