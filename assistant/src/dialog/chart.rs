//! A flow as a picture's plain data: every step in plain words, with the ways on which it can go on.

use super::format::flow::{Collect, Flow, OUTCOMES, Slot, Step, StepKind};
use super::format::text::Texts;
use super::format::{read_flow, read_phrases};
use super::place::{Report, suggest};
use super::points::source;
use super::source::SourceFile;
use super::{finding::Finding, yaml};
use crate::lang::Lang;

/// A flow to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Its name.
    pub flow: String,
    /// What it does.
    pub title: String,
    /// A sentence that starts it; empty if other flows alone do.
    pub said: String,
    /// Its steps, from top to bottom.
    pub steps: Vec<ChartStep>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartStep {
    /// What kind of step it is.
    pub kind: ChartKind,
    /// What it does, in a few words.
    pub title: String,
    /// What is said, asked or computed; may be empty.
    pub text: String,
    /// How it can go on; empty if there is one way only.
    pub ways: Vec<Way>,
}

/// One way on which a step goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// When it is taken.
    pub label: String,
    /// The steps on it.
    pub steps: Vec<ChartStep>,
}

/// What kind of step it is; pictures tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// Says something.
    Say,
    /// Asks something.
    Ask,
    /// Computes, or runs a script.
    Compute,
    /// Chooses.
    Choose,
    /// Moves money.
    Pay,
    /// Another flow, which comes back.
    Call,
    /// Another flow for good.
    Link,
    /// The end.
    End,
}

/// The flow of this name, in the words of one language.
pub fn chart(files: &[SourceFile], name: &str, lang: Lang) -> Result<Chart, ChartError> {
    let (mut names, mut broken) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| ["yaml", "yml"].contains(&file.ending().as_str())) {
        let mut report = Report::new(file);
        let root = yaml::parse(&mut report).filter(|root| !read_phrases::is_phrases(root));
        let flow = root.and_then(|root| read_flow::flow(&mut report, &root));
        let this = flow.as_ref().map_or(file.stem() == name, |flow| flow.name.value == name);
        if this && report.has_errors() {
            return Err(ChartError::Broken(report.into_findings()));
        }
        match flow {
            Some(flow) if this => return Ok(Drawer { flow: &flow, lang }.chart()),
            Some(flow) => names.push(flow.name.value),
            None => broken.extend(report.into_findings()),
        }
    }
    let hint = suggest(name, names.iter().map(String::as_str));
    Err(ChartError::Unknown(format!("there is no flow `{name}`: {hint}")))
}

/// Why a flow can't be drawn.
#[derive(Debug)]
pub enum ChartError {
    /// There is none of this name; the message says which there are.
    Unknown(String),
    /// Its file can't be read.
    Broken(Vec<Finding>),
}

struct Drawer<'f> {
    flow: &'f Flow,
    lang: Lang,
}

impl Drawer<'_> {
    fn chart(&self) -> Chart {
        let sentences = self.flow.examples.iter().find(|(lang, _)| *lang == self.lang);
        Chart {
            flow: self.flow.name.value.clone(),
            title: self.text(&self.flow.title),
            said: sentences.map(|(_, sentence)| sentence.value.clone()).unwrap_or_default(),
            steps: self.steps(&self.flow.steps),
        }
    }

    /// One of two words: English or Chinese.
    fn word(&self, en: &str, zh: &str) -> String {
        match self.lang {
            Lang::En => en.to_owned(),
            Lang::Zh => zh.to_owned(),
        }
    }

    /// The first way to say a text, in this language or else in another.
    fn text(&self, texts: &Texts) -> String {
        let variants = texts.variants.get(&self.lang).or_else(|| texts.variants.values().next());
        variants.and_then(|variants| variants.first()).map(|variant| source(&variant.written)).unwrap_or_default()
    }

    fn steps(&self, steps: &[Step]) -> Vec<ChartStep> {
        steps.iter().map(|step| self.step(&step.kind)).collect()
    }

    fn step(&self, kind: &StepKind) -> ChartStep {
        let step = |kind, title: String, text: String| ChartStep { kind, title, text, ways: Vec::new() };
        let with = |step: ChartStep, ways| ChartStep { ways, ..step };
        let branches = |yes: (String, &[Step]), no: (String, &[Step])| {
            vec![Way { label: yes.0, steps: self.steps(yes.1) }, Way { label: no.0, steps: self.steps(no.1) }]
        };
        let yes_no = || (self.word("yes", "是"), self.word("no", "否"));
        match kind {
            StepKind::Say(texts) => step(ChartKind::Say, self.word("Say", "说"), self.text(texts)),
            StepKind::Collect(collect) => self.collect(collect),
            StepKind::Set(assignments) => {
                let lines: Vec<String> =
                    assignments.iter().map(|(slot, value)| format!("{} = {}", slot.value, value.value)).collect();
                step(ChartKind::Compute, self.word("Compute", "计算"), lines.join("\n"))
            }
            StepKind::Script(script) => {
                let sets: Vec<&str> = script.sets.iter().map(|slot| slot.value.as_str()).collect();
                let fills = if sets.is_empty() { String::new() } else { format!("→ {}", sets.join(", ")) };
                let title = format!("{} {}", self.word("Look up", "查询"), script.function.value);
                let ways = script.on_error.iter().flat_map(|failed| {
                    branches((self.word("it works", "成功"), &[]), (self.word("it fails", "失败"), failed))
                });
                with(step(ChartKind::Compute, title, fills), ways.collect())
            }
            StepKind::If(condition, then, otherwise) => {
                let (yes, no) = yes_no();
                let asked = format!("{}{}", self.plain(&condition.value), self.word("?", "？"));
                with(step(ChartKind::Choose, asked, String::new()), branches((yes, then), (no, otherwise)))
            }
            StepKind::Confirm(question, then, otherwise) => {
                let (yes, no) = yes_no();
                let asked = step(ChartKind::Ask, self.word("Ask yes or no", "询问是或否"), self.text(question));
                with(asked, branches((yes, then), (no, otherwise)))
            }
            StepKind::Call(flow, with) => {
                let given: Vec<String> =
                    with.iter().map(|(slot, value)| format!("{} = {}", slot.value, value.value)).collect();
                let title = format!("{} {}", self.word("Do", "执行"), flow.value);
                step(ChartKind::Call, title, given.join("\n"))
            }
            StepKind::Pay(pay) => {
                let text = match self.lang {
                    Lang::En => format!(
                        "{{{}}} to {{{}}} with {{{}}}\nread back, and only after a clear yes",
                        pay.amount.value, pay.payee.value, pay.provider.value
                    ),
                    Lang::Zh => format!(
                        "用{{{}}}向{{{}}}支付{{{}}}\n先念一遍，明确同意后才付款",
                        pay.provider.value, pay.payee.value, pay.amount.value
                    ),
                };
                let labels = OUTCOMES.iter().zip(["成功", "被拒绝", "处理中", "需要本人确认", "结果不明"]);
                let ways = labels.zip(&pay.outcomes).map(|((en, zh), steps)| Way {
                    label: self.word(&en.replace('_', " "), zh),
                    steps: self.steps(steps),
                });
                with(step(ChartKind::Pay, self.word("Pay", "付款"), text), ways.collect())
            }
            StepKind::Link(flow) => {
                step(ChartKind::Link, format!("{} {}", self.word("Go on with", "转到"), flow.value), String::new())
            }
            StepKind::End => step(ChartKind::End, self.word("End", "结束"), String::new()),
        }
    }

    fn collect(&self, collect: &Collect) -> ChartStep {
        let slot = self.flow.slots.iter().find(|slot| slot.name.value == collect.slot.value);
        let question = collect.ask.as_ref().or_else(|| slot.and_then(|slot| slot.ask.as_ref()));
        let mut lines: Vec<String> = question.map(|texts| self.text(texts)).into_iter().collect();
        if let Some(suggest) = &collect.suggest {
            lines.push(format!("{} {}", self.word("suggests", "建议："), suggest.value));
        }
        lines.extend(slot.into_iter().flat_map(|slot| self.demands(slot)));
        let title = format!("{} {}", self.word("Ask for", "询问"), collect.slot.value);
        ChartStep { kind: ChartKind::Ask, title, text: lines.join("\n"), ways: Vec::new() }
    }

    fn demands<'a>(&'a self, slot: &'a Slot) -> impl Iterator<Item = String> + 'a {
        let demand = |check: &str| format!("{} {}", self.word("only if", "要求："), self.plain(check));
        slot.validate.iter().map(move |validation| demand(&validation.check.value))
    }

    /// An expression in plainer words.
    fn plain(&self, expression: &str) -> String {
        let words: [(&str, &str, &str); 6] = [
            (" != ()", " is known", "已知"),
            (" == ()", " is not known", "未知"),
            (" && ", " and ", " 且 "),
            (" || ", " or ", " 或 "),
            (" == ", " is ", " 是 "),
            (" != ", " is not ", " 不是 "),
        ];
        words.iter().fold(expression.to_owned(), |text, (code, en, zh)| text.replace(code, &self.word(en, zh)))
    }
}
