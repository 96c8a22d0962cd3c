//! How long a pause may be before it ends the turn: by what the conversation waits for, and by what was said before it. Pure.

/// What kind of answer is waited for, as far as pauses in it are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Awaited {
    /// Anything, or nothing in particular.
    #[default]
    Anything,
    /// A yes or a no: short, and said in one breath.
    YesNo,
    /// A number, an amount, digits or free text: people stop and think in the middle of it.
    Dictation,
}

/// What the words before a pause say about whether more will come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lean {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// They are the whole answer: nothing that could follow would change it.
    Complete,
    /// They can't be all: "um", "three hundred and", 那个.
    Unfinished,
}

/// How much silence ends a turn, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After anything.
    pub usual_ms: u32,
    /// After a yes or a no that was waited for.
    pub yes_no_ms: u32,
    /// After a number, an amount, digits or free text that was waited for.
    pub dictation_ms: u32,
    /// After words that can't be all.
    pub unfinished_ms: u32,
}

impl Patience {
    /// The silence that ends a turn in which this is waited for, in milliseconds.
    #[must_use]
    pub fn silence_ms(&self, awaited: Awaited) -> u32 {
        match awaited {
            Awaited::Anything => self.usual_ms,
            Awaited::YesNo => self.yes_no_ms,
            Awaited::Dictation => self.dictation_ms,
        }
    }

    /// The same when it is known what the words before the silence were. Unfinished words never make it shorter.
    #[must_use]
    pub fn silence_after_ms(&self, awaited: Awaited, lean: Lean) -> u32 {
        match lean {
            Lean::Neutral => self.silence_ms(awaited),
            Lean::Complete => 0,
            Lean::Unfinished => self.unfinished_ms.max(self.silence_ms(awaited)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience { usual_ms: 700, yes_no_ms: 450, dictation_ms: 1_200, unfinished_ms: 1_000 };

    #[test]
    fn each_kind_of_answer_has_its_pause() {
        let waits = [Awaited::YesNo, Awaited::Anything, Awaited::Dictation].map(|awaited| PATIENCE.silence_ms(awaited));
        assert_eq!(waits, [450, 700, 1_200]);
    }

    #[test]
    fn words_lengthen_or_end_it_and_never_shorten_it_by_mistake() {
        assert_eq!(PATIENCE.silence_after_ms(Awaited::YesNo, Lean::Unfinished), 1_000);
        assert_eq!(PATIENCE.silence_after_ms(Awaited::Dictation, Lean::Unfinished), 1_200);
        assert_eq!(PATIENCE.silence_after_ms(Awaited::YesNo, Lean::Complete), 0);
        assert_eq!(PATIENCE.silence_after_ms(Awaited::Dictation, Lean::Neutral), 1_200);
    }
}
