//! The texts of all dialogs with their values left out: what is said the same way again and again.

use super::dialogs::Dialogs;
use super::format::flow::{Slot, SlotType};
use super::format::text::{Part, Template, Texts};
use super::program::{Op, Program};
use crate::lang::Lang;

impl Dialogs {
    /// Every text in its spoken form, with `hole` in the place of each value.
    #[must_use]
    pub fn texts(&self, hole: char) -> Vec<(Lang, String)> {
        self.templates().map(|(lang, template)| (lang, text(template, hole, None))).collect()
    }

    /// The texts whose first value is a payee, in one language, with this name in its place and `hole` in that of each other value.
    #[must_use]
    pub fn texts_about(&self, payee: &str, lang: Lang, hole: char) -> Vec<String> {
        let programs = self.programs.values();
        let slots = programs.flat_map(|program| &program.flow.slots);
        let payees: Vec<&str> =
            slots.filter(|slot| matches!(slot.kind, SlotType::Payee(_))).map(|slot| slot.name.value.as_str()).collect();
        let first = |template: &Template| {
            template.parts.iter().find_map(|part| if let Part::Hole(name) = part { Some(name.clone()) } else { None })
        };
        let own = self.templates().filter(|(of, _)| *of == lang).map(|(_, template)| template);
        own.filter(|template| first(template).is_some_and(|name| payees.contains(&name.as_str())))
            .map(|template| text(template, hole, Some(payee)))
            .collect()
    }

    /// Every text in its spoken form.
    fn templates(&self) -> impl Iterator<Item = (Lang, &Template)> {
        let mut found: Vec<&Texts> = self.phrases.all().collect();
        for program in self.programs.values().chain(self.repairs.values().map(|program| &**program)) {
            in_program(program, &mut found);
        }
        let variants = found
            .into_iter()
            .flat_map(|texts| texts.variants.iter().flat_map(|(lang, all)| all.iter().map(|variant| (*lang, variant))));
        variants.map(|(lang, variant)| (lang, variant.spoken.as_ref().unwrap_or(&variant.written)))
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

/// A text with `hole` in the place of each value, or with `first` in that of the first one.
fn text(template: &Template, hole: char, mut first: Option<&str>) -> String {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Literal(words) => out.push_str(words),
            Part::Hole(_) => match first.take() {
                Some(value) => out.push_str(value),
                None => out.push(hole),
            },
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

    #[test]
    fn what_is_said_of_a_payee_begins_with_its_name() {
        let dialogs = Dialogs::load(&shipped()).unwrap().dialogs;
        let texts = dialogs.texts_about("Water", Lang::En, '#');
        assert!(texts.iter().any(|text| text == "Your Water bill is #, due #."), "{texts:?}");
        assert!(texts.iter().all(|text| text.contains("Water") && !text.starts_with('#')), "{texts:?}");
        assert!(dialogs.texts_about("水费", Lang::Zh, '#').iter().any(|text| text.starts_with("您的水费账单是")));
    }
}
