//! How long a pause may be before it ends the turn: by what the conversation waits for, and by what was understood of what was
//! said before it. One table. Pure.

/// What kind of answer is waited for, as far as pauses in it are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Awaited {
    /// Anything, or nothing in particular.
    #[default]
    Anything,
    /// A yes or a no: short, and said in one breath.
    YesNo,
    /// A yes that moves money, or what is wrong with what was read back: "no ... make it fifty".
    ReadBack,
    /// A number, an amount, digits or free text: people stop and think in the middle of it.
    Dictation,
}

/// What the words before a pause say about whether more will come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lean {
    /// Nothing in particular; or they are not known yet.
    #[default]
    Neutral,
    /// They answer all that was asked, or ask for all that is needed; people seldom add to that.
    Closed,
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
    /// After words that answer all that was asked.
    pub closed_ms: u32,
}

/// One of the pauses of a [`Patience`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    /// None: the turn ends when it is known what was said.
    None,
    Closed,
    YesNo,
    Usual,
    Dictation,
    Unfinished,
}

/// What ends a turn after words that lean so: neutral, closed, complete, unfinished.
const TABLE: [(Awaited, [Pause; 4]); 4] = [
    (Awaited::Anything, [Pause::Usual, Pause::Closed, Pause::None, Pause::Unfinished]),
    (Awaited::YesNo, [Pause::YesNo, Pause::Closed, Pause::None, Pause::Unfinished]),
    // Never at once: what follows a yes or a no here changes what is paid.
    (Awaited::ReadBack, [Pause::Usual, Pause::YesNo, Pause::YesNo, Pause::Unfinished]),
    // Whoever dictates may have more to say even behind what could be all.
    (Awaited::Dictation, [Pause::Dictation, Pause::Usual, Pause::Usual, Pause::Unfinished]),
];

impl Patience {
    /// The silence that ends a turn in which this is waited for, in milliseconds, as long as it is not known what was said.
    #[must_use]
    pub fn silence_ms(&self, awaited: Awaited) -> u32 {
        self.silence_after_ms(awaited, Lean::Neutral)
    }

    /// The same when it is known what the words before the silence were. Unfinished words never make it shorter, and others
    /// never longer.
    #[must_use]
    pub fn silence_after_ms(&self, awaited: Awaited, lean: Lean) -> u32 {
        let column = match lean {
            Lean::Neutral => 0,
            Lean::Closed => 1,
            Lean::Complete => 2,
            Lean::Unfinished => 3,
        };
        let pause = |column: usize| {
            let row = TABLE.iter().find(|(of, _)| *of == awaited);
            self.ms(row.and_then(|(_, row)| row.get(column)).copied().unwrap_or(Pause::Usual))
        };
        match lean {
            Lean::Neutral => pause(0),
            Lean::Closed | Lean::Complete => pause(column).min(pause(0)),
            Lean::Unfinished => pause(column).max(pause(0)),
        }
    }

    fn ms(&self, pause: Pause) -> u32 {
        match pause {
            Pause::None => 0,
            Pause::Closed => self.closed_ms,
            Pause::YesNo => self.yes_no_ms,
            Pause::Usual => self.usual_ms,
            Pause::Dictation => self.dictation_ms,
            Pause::Unfinished => self.unfinished_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { usual_ms: 700, yes_no_ms: 450, dictation_ms: 1_200, unfinished_ms: 1_000, closed_ms: 400 };
    const ALL: [Awaited; 4] = [Awaited::Anything, Awaited::YesNo, Awaited::ReadBack, Awaited::Dictation];

    #[test]
    fn each_kind_of_answer_has_its_pause() {
        assert_eq!(ALL.map(|awaited| PATIENCE.silence_ms(awaited)), [700, 450, 700, 1_200]);
    }

    #[test]
    fn what_was_understood_decides_whether_to_wait_or_to_answer() {
        let after = |lean| ALL.map(|awaited| PATIENCE.silence_after_ms(awaited, lean));
        assert_eq!(after(Lean::Closed), [400, 400, 450, 700]);
        assert_eq!(after(Lean::Complete), [0, 0, 450, 700]);
        assert_eq!(after(Lean::Unfinished), [1_000, 1_000, 1_000, 1_200]);
    }

    #[test]
    fn whatever_is_configured_unfinished_words_never_shorten_a_pause_and_others_never_lengthen_it() {
        let patience =
            Patience { usual_ms: 300, yes_no_ms: 900, dictation_ms: 500, unfinished_ms: 250, closed_ms: 2_000 };
        for awaited in ALL {
            let base = patience.silence_ms(awaited);
            assert!(patience.silence_after_ms(awaited, Lean::Unfinished) >= base, "{awaited:?}");
            assert!(patience.silence_after_ms(awaited, Lean::Closed) <= base, "{awaited:?}");
            assert!(patience.silence_after_ms(awaited, Lean::Complete) <= base, "{awaited:?}");
        }
    }

    #[test]
    fn the_table_has_a_row_for_everything_that_can_be_waited_for() {
        assert!(ALL.iter().all(|awaited| TABLE.iter().filter(|(of, _)| of == awaited).count() == 1));
    }
}
