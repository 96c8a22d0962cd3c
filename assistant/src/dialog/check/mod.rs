//! What is proven of the flows before any of them may run. Must never change a flow or run one.

pub mod calls;
pub mod expressions;
pub mod groups;
pub mod overlap;
pub mod payees;
pub mod reach;
pub mod sentences;
pub mod texts;
pub mod usage;
pub mod values;
