//! A flow as a picture's plain data: every step in plain words, with the ways on which it can go on.

use super::format::flow::{
    Collect, Flow, HandOffStep, HandOffTo, OUTCOMES, Pay, REFUND_OUTCOMES, Refund, ScriptStep, Slot, Step, StepKind,
    UNSCHEDULE_OUTCOMES, Unschedule,
};
use super::format::text::Texts;
use super::format::{read_flow, read_phrases, read_repair};
use super::place::{Placed, Report, suggest};
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
        let root = yaml::parse(&mut report).filter(is_flow);
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

fn is_flow(root: &yaml::Node) -> bool {
    !read_phrases::is_phrases(root) && !read_repair::is_repair(root)
}

fn plain_step(kind: ChartKind, title: String, text: String) -> ChartStep {
    ChartStep { kind, title, text, ways: Vec::new() }
}

/// Slots with what they get, one a line.
fn given(assignments: &[(Placed<String>, Placed<String>)]) -> String {
    let lines: Vec<String> =
        assignments.iter().map(|(slot, value)| format!("{} = {}", slot.value, value.value)).collect();
    lines.join("\n")
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
        match kind {
            StepKind::Say(texts) => plain_step(ChartKind::Say, self.word("Say", "说"), self.text(texts)),
            StepKind::Collect(collect) => self.collect(collect),
            StepKind::Set(assignments) => {
                plain_step(ChartKind::Compute, self.word("Compute", "计算"), given(assignments))
            }
            StepKind::Script(script) => self.script(script),
            StepKind::If(condition, then, otherwise) => {
                let asked = format!("{}{}", self.plain(&condition.value), self.word("?", "？"));
                let ways = self.yes_or_no(then, otherwise);
                ChartStep { ways, ..plain_step(ChartKind::Choose, asked, String::new()) }
            }
            StepKind::Confirm(question, then, otherwise) => {
                let title = self.word("Ask yes or no", "询问是或否");
                let ways = self.yes_or_no(then, otherwise);
                ChartStep { ways, ..plain_step(ChartKind::Ask, title, self.text(question)) }
            }
            StepKind::Call(call) => {
                let title = format!("{} {}", self.word("Do", "执行"), call.flow.value);
                let results = call.into.iter().map(|(here, there)| format!("{} ← {}", here.value, there.value));
                let lines: Vec<String> = given(&call.with).lines().map(str::to_owned).chain(results).collect();
                plain_step(ChartKind::Call, title, lines.join("\n"))
            }
            StepKind::Pay(pay) => self.pay(pay),
            StepKind::Refund(refund) => self.refund(refund),
            StepKind::Unschedule(step) => self.unschedule(step),
            StepKind::HandOff(handoff) => self.hand_off(handoff),
            StepKind::Link(flow) => {
                let title = format!("{} {}", self.word("Go on with", "转到"), flow.value);
                plain_step(ChartKind::Link, title, String::new())
            }
            StepKind::Do(verb) => {
                let title = format!("{} {}", self.word("Do", "执行"), verb.value.word().replace('_', " "));
                plain_step(ChartKind::Compute, title, String::new())
            }
            StepKind::End => plain_step(ChartKind::End, self.word("End", "结束"), String::new()),
        }
    }

    fn way(&self, label: String, steps: &[Step]) -> Way {
        Way { label, steps: self.steps(steps) }
    }

    fn yes_or_no(&self, then: &[Step], otherwise: &[Step]) -> Vec<Way> {
        vec![self.way(self.word("yes", "是"), then), self.way(self.word("no", "否"), otherwise)]
    }

    fn script(&self, script: &ScriptStep) -> ChartStep {
        let sets: Vec<&str> = script.sets.iter().map(|slot| slot.value.as_str()).collect();
        let fills = if sets.is_empty() { String::new() } else { format!("→ {}", sets.join(", ")) };
        let title = format!("{} {}", self.word("Look up", "查询"), script.function.value);
        let ways = match &script.on_error {
            Some(failed) => {
                vec![self.way(self.word("it works", "成功"), &[]), self.way(self.word("it fails", "失败"), failed)]
            }
            None => Vec::new(),
        };
        ChartStep { ways, ..plain_step(ChartKind::Compute, title, fills) }
    }

    fn pay(&self, pay: &Pay) -> ChartStep {
        let (amount, payee, provider) = (&pay.amount.value, &pay.payee.value, &pay.provider.value);
        let text = self.word(
            &format!("{{{amount}}} to {{{payee}}} with {{{provider}}}\nread back, and only after a clear yes"),
            &format!("用{{{provider}}}向{{{payee}}}支付{{{amount}}}\n先念一遍，明确同意后才付款"),
        );
        let later = pay.scheduled.iter().map(|steps| self.way(self.word("put down for later", "以后付"), steps));
        let outcomes = OUTCOMES.iter().zip(&pay.outcomes);
        let ways = later.chain(outcomes.map(|(outcome, steps)| self.way(self.outcome(outcome), steps)));
        ChartStep { ways: ways.collect(), ..plain_step(ChartKind::Pay, self.word("Pay", "付款"), text) }
    }

    fn refund(&self, refund: &Refund) -> ChartStep {
        let text = self.word("read back, and only after a clear yes", "先念一遍，明确同意后才退款");
        let outcomes = REFUND_OUTCOMES.iter().zip(&refund.outcomes);
        let ways = outcomes.map(|(outcome, steps)| self.way(self.outcome(outcome), steps)).collect();
        ChartStep { ways, ..plain_step(ChartKind::Pay, self.word("Give the money back", "退款"), text) }
    }

    fn unschedule(&self, step: &Unschedule) -> ChartStep {
        let text = self.word("asked first, and only after a clear yes", "先问一遍，明确同意后才停掉");
        let outcomes = UNSCHEDULE_OUTCOMES.iter().zip(&step.outcomes);
        let ways = outcomes.map(|(outcome, steps)| self.way(self.outcome(outcome), steps)).collect();
        let title = format!("{} {}", self.word("End", "停掉"), step.order.value);
        ChartStep { ways, ..plain_step(ChartKind::Ask, title, text) }
    }

    fn hand_off(&self, step: &HandOffStep) -> ChartStep {
        let (title, place) = match &step.to {
            HandOffTo::Link(address) => (self.word("Hand over to a link", "转到链接"), source(address)),
            HandOffTo::Qr(content) => (self.word("Show a QR code", "显示二维码"), source(content)),
            HandOffTo::App(name) => (self.word("Hand over to an app", "转到应用"), source(name)),
            HandOffTo::Human => (self.word("Hand over to a person", "转人工"), String::new()),
        };
        let said = step.say.as_ref().map(|texts| self.text(texts)).unwrap_or_default();
        plain_step(ChartKind::Call, title, format!("{place}\n{said}").trim().to_owned())
    }

    /// An outcome of a payment or refund in words.
    fn outcome(&self, name: &str) -> String {
        let chinese = match name {
            "succeeded" => "成功",
            "declined" => "被拒绝",
            "pending" => "处理中",
            "action_required" => "需要本人确认",
            "not_found" => "没有找到",
            "ended" => "已停掉",
            "kept" => "保留",
            "failed" => "没有停成",
            _ => "结果不明",
        };
        self.word(&name.replace('_', " "), chinese)
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
