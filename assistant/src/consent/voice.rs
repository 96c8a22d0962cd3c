//! How like a voice has to be to that of the person whose conversation it is. The figures come from outside; what they are enough for is
//! decided here.

use serde::{Deserialize, Serialize};

/// So like has the voice of yes and answer together to be, in thousandths.
const TOGETHER_LEAST_MILLI: u16 = 780;
/// So like the answer alone, which is shorter: no recording of a long yes may make up for a strange voice that says the digits.
const ALONE_LEAST_MILLI: u16 = 700;

/// How like the voice of an answer is to a person's voiceprint, in thousandths: 0 is nothing in common, 1000 the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// The answer and the yes before it, as one.
    pub together_milli: u16,
    /// The answer alone.
    pub alone_milli: u16,
}

impl Likeness {
    /// True if it is the person's voice, as surely as is asked for.
    #[must_use]
    pub fn is_theirs(self) -> bool {
        self.together_milli >= TOGETHER_LEAST_MILLI && self.alone_milli >= ALONE_LEAST_MILLI
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn likeness(together_milli: u16, alone_milli: u16) -> Likeness {
        Likeness { together_milli, alone_milli }
    }

    #[test]
    fn both_figures_have_to_reach_their_mark() {
        assert!(likeness(TOGETHER_LEAST_MILLI, ALONE_LEAST_MILLI).is_theirs());
        assert!(!likeness(TOGETHER_LEAST_MILLI - 1, 1000).is_theirs());
        assert!(!likeness(1000, ALONE_LEAST_MILLI - 1).is_theirs());
    }

    proptest! {
        /// Whoever is known is known still where they sound more like themselves.
        #[test]
        fn more_likeness_is_never_less(together in 0_u16..=1000, alone in 0_u16..=1000, more in 0_u16..=1000) {
            let known = likeness(together, alone).is_theirs();
            prop_assert!(!known || likeness(together.max(more), alone.max(more)).is_theirs());
        }
    }
}
