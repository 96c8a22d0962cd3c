//! The texts of all dialogs with their values left out: what is said the same way again and again.

use super::dialogs::Dialogs;
use super::format::flow::Slot;
use super::format::text::{Part, Template, Texts};
use super::program::{Op, Program};
use crate::lang::Lang;

impl Dialogs {
    /// Every text in its spoken form, with `hole` in the place of each value.
    #[must_use]
    pub fn texts(&self, hole: char) -> Vec<(Lang, String)> {
        let mut found: Vec<&Texts> = self.phrases.all().collect();
        for program in self.programs.values().chain(self.repairs.values().map(|program| &**program)) {
            in_program(program, &mut found);
        }
        let variants = found
            .into_iter()
            .flat_map(|texts| texts.variants.iter().flat_map(|(lang, all)| all.iter().map(|variant| (*lang, variant))));
        variants
            .map(|(lang, variant)| (lang, text(variant.spoken.as_ref().unwrap_or(&variant.written), hole)))
            .collect()
    }
}

fn in_program<'a>(program: &'a Program, found: &mut Vec<&'a Texts>) {
    program.flow.slots.iter().chain(&program.hidden).for_each(|slot| in_slot(slot, found));
    for op in &program.ops {
        match op {
            Op::Say(texts) => found.push(texts),
            Op::Collect(collect) => found.extend(&collect.ask),
            Op::Guard(conditions) => found.extend(conditions.iter().map(|(_, texts)| texts)),
            _ => {}
        }
    }
}

fn in_slot<'a>(slot: &'a Slot, found: &mut Vec<&'a Texts>) {
    found.extend(slot.ask.iter().chain(&slot.reprompt).chain(&slot.no_input).chain(&slot.help));
    found.extend(slot.validate.iter().map(|validation| &validation.say));
}

fn text(template: &Template, hole: char) -> String {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Literal(words) => out.push_str(words),
            Part::Hole(_) => out.push(hole),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::source::shipped;
    use super::*;

    #[test]
    fn values_are_left_out_and_both_languages_are_there() {
        let dialogs = Dialogs::load(&shipped()).unwrap().dialogs;
        let texts = dialogs.texts('#');
        for lang in Lang::ALL {
            assert!(texts.iter().filter(|(one, _)| *one == lang).count() > 50);
        }
        assert!(texts.iter().any(|(_, text)| text.contains('#')) && texts.iter().any(|(_, text)| !text.contains('#')));
        assert!(texts.iter().all(|(_, text)| !text.contains('{')));
    }
}
