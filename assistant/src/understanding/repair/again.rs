//! The same amount said once more for emphasis: "eighty dollars, yes, eighty dollars", 九十二块，对，九十二块.

use crate::understanding::meaning::EntityKind;
use crate::understanding::money::Spotted;
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::wordlist::{WordList, split};

/// What may stand between the two. A name, "and" or "for" there begins another payment.
static BETWEEN: WordList = WordList::new(|| {
    split(
        "so send pay transfer give just yes yeah yep wait it it's was is i believe think said mean right again exactly that's \
him her them uh um er the correct ok okay let's do make that 对 是 就 嗯 呃 那 没 错 好 的 转 付 请",
    )
});

/// Takes out an amount that is said again with nothing between that tells two payments apart. The tokens up to the second one
/// are marked in `taken_back`.
pub(super) fn said_again(utterance: &Utterance, values: &mut Vec<Spotted>, taken_back: &mut [bool]) {
    let mut at = 0;
    while at + 1 < values.len() {
        let (Some(old), Some(new)) = (values.get(at), values.get(at + 1)) else { return };
        let same = old.entity.kind == EntityKind::Money
            && old.entity.value.is_some()
            && (&old.entity.kind, &old.entity.value) == (&new.entity.kind, &new.entity.value);
        let words = (old.after..new.first).filter(|at| utterance.kind(*at) != Some(Kind::Sign));
        let emphasis = words.clone().next().is_some() && words.clone().all(|at| BETWEEN.has(utterance.word(at)));
        if same && emphasis {
            taken_back.iter_mut().take(new.first).skip(old.first).for_each(|mark| *mark = true);
            values.remove(at);
        } else {
            at += 1;
        }
    }
}
