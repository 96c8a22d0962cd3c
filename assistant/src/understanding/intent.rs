//! From the classifier's ranking to a guess, its rivals, or nothing.

use super::acts::Done;
use super::classifier::{Classifier, Ranked, Sentence, THRESHOLD_MILLI};
use super::meaning::{Act, EntityKind, IntentGuess};
use super::money::Spotted;
use super::tokens::{Kind, Utterance};
use super::wordlist::{WordList, split};

/// Words that say nothing about what is wanted.
static EMPTY: WordList = WordList::new(|| {
    split(
        "please with by via using use to for my the a an on from of and in it this that just um uh er well \
ok okay so i i'd i'll i'm me we is it's was be will would like thanks make let's with's then now first second third fourth fifth last latter former one \
two three four five option number amount payee provider 第 一 二 三 四 五 个 最 后 用 给 的 了 吧 呢 啊 嗯 请 是 我 就 那 块 元 \
向 把 在 从 也 都 呀 嘛 哦",
    )
});

/// True if the sentence says more than values, courtesies and acts: else it answers a question and wants nothing new. What
/// was taken back in the same breath ("pay Bob twenty, no, thirty") does not count, and neither does its "no".
pub(super) fn says_enough(utterance: &Utterance, values: &[Spotted], done: &[Done], taken_back: &[bool]) -> bool {
    let gone = |at: usize| taken_back.get(at).copied().unwrap_or(false);
    let settled = |done: &Done| match done.first.checked_sub(usize::from(done.first == done.after)) {
        Some(at) => gone(at),
        None => false,
    };
    let open = done.iter().filter(|done| !settled(done));
    if open.into_iter().any(|done| done.whole && done.act != Act::Wait || done.act == Act::Correct) {
        return false;
    }
    // 电费水费都交了: beside several payees the words for "all of it" are the wish itself.
    let several = values.iter().filter(|value| value.entity.kind == EntityKind::Payee).count() > 1;
    let counts = |value: &&Spotted| !(several && value.entity.kind == EntityKind::Choice);
    let inside = |at: usize| {
        gone(at)
            || values.iter().filter(counts).any(|value| (value.first..value.after).contains(&at))
            || done.iter().any(|done| (done.first..done.after).contains(&at))
    };
    (0..utterance.len()).any(|at| {
        !inside(at) && matches!(utterance.kind(at), Some(Kind::Word | Kind::Han)) && !EMPTY.has(utterance.word(at))
    })
}

/// What the classifier makes of it: the best guess first, then its rivals; nothing if it is none of the intents.
pub(super) fn guess(classifier: &Classifier, utterance: &Utterance, values: &[Spotted]) -> Vec<IntentGuess> {
    let ranked = classifier.rank(Sentence { utterance, values });
    let best = ranked.first().map_or(0, |one| one.milli);
    if best < THRESHOLD_MILLI {
        return Vec::new();
    }
    let near = ranked.into_iter().take_while(|one| one.milli * 2 >= best);
    near.map(|Ranked { label, milli }| IntentGuess { name: label, confidence_milli: milli, slots: Vec::new() })
        .collect()
}

/// Takes all guesses away if the best of those that are left is no guess by itself.
pub(super) fn drop_unlikely(guesses: &mut Vec<IntentGuess>) {
    if guesses.first().is_some_and(|best| best.confidence_milli < THRESHOLD_MILLI) {
        guesses.clear();
    }
}

/// The best guess, and its rivals: for whole-sentence matches only an equal one, for the classifier's guesses all.
pub(super) fn settle(guesses: Vec<IntentGuess>, whole: bool) -> (Option<IntentGuess>, Vec<IntentGuess>) {
    let mut guesses = guesses.into_iter();
    let Some(best) = guesses.next() else { return (None, Vec::new()) };
    let rivals = guesses.filter(|guess| !whole || guess.confidence_milli >= best.confidence_milli).collect();
    (Some(best), rivals)
}
