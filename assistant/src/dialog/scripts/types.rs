//! The types of expressions, found out at load: each part gets a type from the types of its parts. What an operator or a
//! function makes of them, the engine itself says, by a trial with a value of each type; so there is no second table of
//! what exists that could be wrong.

use super::super::format::flow::{Slot, SlotType};
pub use super::problem::{Problem, ProblemKind};
use super::{ScriptError, Scripts, trial};
use rhai::{Dynamic, Expr, FnCallExpr, Position};

/// The type of an expression, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Not known, or several.
    Any,
    /// `()`.
    Nothing,
    /// `true` or `false`.
    Truth,
    /// A whole number.
    Whole,
    /// A number with decimals.
    Decimal,
    /// Words; if they are written out, these.
    Text(Option<String>),
    /// The id of an option of this choice.
    Choice(Vec<String>),
    /// The id of a payee.
    Payee,
    /// The name of a provider.
    Provider,
    /// An amount of money.
    Money,
    /// A day.
    Day,
    /// A rhythm.
    Rhythm,
    /// A stretch of days.
    Period,
    /// A secret.
    Secret,
    /// What a script may know.
    World,
    /// A list.
    List(Box<Type>),
    /// Keys with values.
    Map,
}

/// Names that may be tried as properties, for hints.
const PROPERTIES: &[&str] =
    &["minor", "currency", "year", "month", "day", "weekday", "today", "hour", "lang", "from", "to", "months"];

impl Type {
    /// The type of a slot's value.
    #[must_use]
    pub fn of(slot: &Slot) -> Type {
        let one = match &slot.kind {
            SlotType::Money => Type::Money,
            SlotType::Payee(_) => Type::Payee,
            SlotType::Provider => Type::Provider,
            SlotType::Choice(options) => Type::Choice(options.iter().map(|option| option.id.clone()).collect()),
            SlotType::Text | SlotType::StandingOrder => Type::Text(None),
            SlotType::YesNo => Type::Truth,
            SlotType::Number => Type::Decimal,
            SlotType::Date => Type::Day,
            SlotType::Rhythm => Type::Rhythm,
            SlotType::Period => Type::Period,
            SlotType::Secret => Type::Secret,
            SlotType::Unreadable => Type::Any,
        };
        if slot.many { Type::List(Box::new(one)) } else { one }
    }

    fn of_value(value: &Dynamic) -> Type {
        match value.type_name() {
            "bool" => Type::Truth,
            "i64" => Type::Whole,
            "decimal" => Type::Decimal,
            "string" => Type::Text(None),
            "Money" => Type::Money,
            "Date" => Type::Day,
            "Rhythm" => Type::Rhythm,
            "Period" => Type::Period,
            "Secret" => Type::Secret,
            _ => Type::Any,
        }
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Type::Any => "something".to_owned(),
            Type::Nothing => "nothing".to_owned(),
            Type::Truth => "true or false".to_owned(),
            Type::Whole | Type::Decimal => "a number".to_owned(),
            Type::Text(None) => "a text".to_owned(),
            Type::Text(Some(text)) => format!("the text \"{text}\""),
            Type::Choice(_) => "an option".to_owned(),
            Type::Payee => "a payee".to_owned(),
            Type::Provider => "a provider".to_owned(),
            Type::Money => "an amount of money".to_owned(),
            Type::Day => "a day".to_owned(),
            Type::Rhythm => "a rhythm".to_owned(),
            Type::Period => "a stretch of days".to_owned(),
            Type::Secret => "a secret".to_owned(),
            Type::World => "the world".to_owned(),
            Type::List(_) => "a list".to_owned(),
            Type::Map => "a map".to_owned(),
        }
    }

    fn is_text(&self) -> bool {
        matches!(self, Type::Text(_) | Type::Choice(_) | Type::Payee | Type::Provider)
    }

    fn is_number(&self) -> bool {
        matches!(self, Type::Whole | Type::Decimal)
    }

    /// True if a value of one can be equal to a value of the other.
    fn compares(&self, other: &Type) -> bool {
        matches!((self, other), (Type::Any | Type::Nothing, _) | (_, Type::Any | Type::Nothing))
            || (self.is_text() && other.is_text())
            || (self.is_number() && other.is_number())
            || matches!((self, other), (Type::List(_), Type::List(_)))
            || self == other
    }

    /// Why a value of this type can't be put into a slot.
    #[must_use]
    pub fn misfit(&self, slot: &Slot) -> Option<String> {
        let wanted = Type::of(slot);
        let fits = match (&wanted, self) {
            (Type::List(wanted), Type::List(items)) => **items == Type::Any || wanted.compares(items),
            (Type::List(_), _) => matches!(self, Type::Any | Type::Nothing),
            (Type::Choice(options), Type::Text(Some(text))) => options.contains(text),
            (wanted, found) => wanted.compares(found),
        };
        let list = if slot.many { "a list of " } else { "" };
        (!fits).then(|| {
            format!("`{}` is {list}a slot of type {}, and this is {}", slot.name.value, slot.kind.word(), self.words())
        })
    }

    fn sample(&self) -> Dynamic {
        match self {
            Type::Any | Type::Nothing => Dynamic::UNIT,
            Type::Truth => true.into(),
            Type::Whole => 2.into(),
            Type::Decimal => rust_decimal::Decimal::ONE.into(),
            Type::Text(Some(text)) => text.as_str().into(),
            Type::Text(None) | Type::Choice(_) | Type::Payee | Type::Provider => "sample".into(),
            Type::Money => trial::money(),
            Type::Day => trial::day(),
            Type::Rhythm => trial::rhythm(),
            Type::Period => trial::period(),
            Type::Secret => trial::secret(),
            Type::World => Dynamic::from(trial::empty_world()),
            Type::List(item) => vec![item.sample()].into(),
            Type::Map => rhai::Map::new().into(),
        }
    }
}

/// Finds types, and what does not fit.
pub struct Checker<'a> {
    /// The engine that is asked.
    pub scripts: &'a Scripts,
    /// The slots that can be read.
    pub slots: &'a [Slot],
    /// What was found.
    pub problems: Vec<Problem>,
    /// The payees that are named: texts with which one is compared.
    pub payees: Vec<(Position, String)>,
}

impl Checker<'_> {
    /// The type of an expression; what does not fit is noted.
    pub fn find(&mut self, expression: &Expr) -> Type {
        match expression {
            Expr::BoolConstant(..) => Type::Truth,
            Expr::IntegerConstant(..) => Type::Whole,
            Expr::StringConstant(text, _) => Type::Text(Some(text.to_string())),
            Expr::InterpolatedString(parts, _) => {
                parts.iter().for_each(|part| drop(self.find(part)));
                Type::Text(None)
            }
            Expr::DynamicConstant(value, _) => Type::of_value(value),
            Expr::Unit(_) => Type::Nothing,
            Expr::Variable(name, ..) if name.1 == "world" => Type::World,
            Expr::Variable(name, ..) => {
                let slot = self.slots.iter().find(|slot| slot.name.value == name.1.as_str());
                slot.map_or(Type::Any, Type::of)
            }
            Expr::Array(items, _) => {
                let types: Vec<Type> = items.iter().map(|item| self.find(item)).collect();
                let first = types.first().cloned().unwrap_or(Type::Any);
                Type::List(Box::new(if types.iter().all(|one| *one == first) { first } else { Type::Any }))
            }
            Expr::Map(entries, _) => {
                entries.0.iter().for_each(|(_, value)| drop(self.find(value)));
                Type::Map
            }
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                for part in parts.iter() {
                    let found = self.find(part);
                    if !matches!(found, Type::Truth | Type::Any) {
                        let hint = "compare it with something, such as `amount != ()`";
                        let message = format!("this has to be true or false, and it is {}", found.words());
                        self.note(part.position(), 1, ProblemKind::Type, message, hint);
                    }
                }
                Type::Truth
            }
            Expr::Coalesce(parts, _) => {
                let types: Vec<Type> = parts.iter().map(|part| self.find(part)).collect();
                types.into_iter().find(|one| *one != Type::Nothing).unwrap_or(Type::Any)
            }
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Dot(both, ..) => {
                let base = self.find(&both.lhs);
                self.chain(base, &both.rhs)
            }
            Expr::Index(both, ..) => {
                let base = self.find(&both.lhs);
                self.find(&both.rhs);
                if let Type::List(item) = base { *item } else { Type::Any }
            }
            _ => Type::Any,
        }
    }

    fn chain(&mut self, base: Type, rest: &Expr) -> Type {
        match rest {
            Expr::Property(name, position) => self.property(&base, name.2.as_str(), *position),
            Expr::MethodCall(call, position) => {
                let mut types = vec![base];
                types.extend(call.args.iter().map(|argument| self.find(argument)).collect::<Vec<_>>());
                self.called(call.name.as_str(), &types, *position)
            }
            Expr::Dot(both, ..) => {
                let here = self.chain(base, &both.lhs);
                self.chain(here, &both.rhs)
            }
            Expr::Index(both, ..) => {
                let here = self.chain(base, &both.lhs);
                self.find(&both.rhs);
                if let Type::List(item) = here { *item } else { Type::Any }
            }
            _ => Type::Any,
        }
    }

    fn property(&mut self, base: &Type, name: &str, position: Position) -> Type {
        if matches!(base, Type::Any | Type::Map) {
            return Type::Any;
        }
        match self.attempt(&format!("x0.{name}"), std::slice::from_ref(base)) {
            Ok(found) => found,
            Err(_) => {
                let known: Vec<&str> = PROPERTIES
                    .iter()
                    .copied()
                    .filter(|name| self.attempt(&format!("x0.{name}"), std::slice::from_ref(base)).is_ok())
                    .collect();
                let hint = match known.is_empty() {
                    true => format!("{} has no parts: use it as it is", base.words()),
                    false => super::super::place::suggest(name, known),
                };
                let message = format!("this can't be computed: {} has no `{name}`", base.words());
                self.note(position, name.chars().count(), ProblemKind::Type, message, &hint);
                Type::Any
            }
        }
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) -> Type {
        let types: Vec<Type> = call.args.iter().map(|argument| self.find(argument)).collect();
        let name = call.name.as_str();
        match (name, types.as_slice()) {
            ("==" | "!=" | "<" | "<=" | ">" | ">=", [a, b]) => {
                self.options(a, b, call);
                if !a.compares(b) {
                    let message = format!("this can't be computed: {} `{name}` {}", a.words(), b.words());
                    self.note(position, name.len(), ProblemKind::Type, message, hint_for(a, b));
                }
                Type::Truth
            }
            ("in" | "!in", _) => Type::Truth,
            (_, [a, b]) if call.op_token.is_some() => {
                let made = self.attempt(&format!("x0 {name} x1"), &types);
                self.made(made, position, name.len(), &types, || format!("{} `{name}` {}", a.words(), b.words()))
            }
            (_, [a]) if call.op_token.is_some() => {
                let made = self.attempt(&format!("{name}x0"), &types);
                self.made(made, position, name.len(), &types, || format!("`{name}` {}", a.words()))
            }
            _ => self.called(name, &types, position),
        }
    }

    fn called(&mut self, name: &str, types: &[Type], position: Position) -> Type {
        if matches!(name, "type_of" | "is_def_var" | "is_def_fn" | "print" | "debug") {
            return Type::Any;
        }
        let arguments: Vec<String> = (0..types.len()).map(|index| format!("x{index}")).collect();
        let made = self.attempt(&format!("{name}({})", arguments.join(", ")), types);
        let given = || types.iter().map(Type::words).collect::<Vec<_>>().join(", ");
        self.made(made, position, name.chars().count(), types, || match types.is_empty() {
            true => format!("there is no `{name}()`"),
            false => format!("there is no `{name}` for {}", given()),
        })
    }

    /// What came of a trial.
    fn made(
        &mut self,
        made: Result<Type, ScriptError>,
        position: Position,
        length: usize,
        types: &[Type],
        what: impl Fn() -> String,
    ) -> Type {
        let known = |one: &Type| matches!(one, Type::Text(Some(_)));
        match made {
            Ok(found) => return found,
            Err(error) if error.always => {
                let hint = match types {
                    [a, b] => hint_for(a, b),
                    _ => "dialogs/README.md lists what there is, under Scripts",
                };
                let message = format!("this can't be computed: {}", what());
                self.note(position, length, ProblemKind::Type, message, hint);
            }
            Err(error) if !types.is_empty() && types.iter().all(known) => {
                let hint = "an amount is written `money(\"42.50 USD\")`, a day `date(\"2026-11-28\")`";
                self.note(position, length, ProblemKind::Value, format!("this can't be: {}", error.message), hint);
            }
            Err(_) => {}
        }
        Type::Any
    }

    /// A choice compared with an option that it does not have.
    fn options(&mut self, a: &Type, b: &Type, call: &FnCallExpr) {
        let (options, text, at) = match (a, b) {
            (Type::Choice(options), Type::Text(Some(text))) => (options, text, 1),
            (Type::Text(Some(text)), Type::Choice(options)) => (options, text, 0),
            (Type::Payee, Type::Text(Some(text))) => return self.payee(text, call.args.get(1)),
            (Type::Text(Some(text)), Type::Payee) => return self.payee(text, call.args.first()),
            _ => return,
        };
        if !options.contains(text) {
            let hint = super::super::place::suggest(text, options.iter().map(String::as_str));
            let position = call.args.get(at).map_or(Position::NONE, Expr::position);
            let message = format!("there is no option `{text}`, so this is never equal");
            self.note(position, text.chars().count() + 2, ProblemKind::Option, message, &hint);
        }
    }

    /// A payee compared with a text: the text names one.
    fn payee(&mut self, text: &str, argument: Option<&Expr>) {
        self.payees.push((argument.map_or(Position::NONE, Expr::position), text.to_owned()));
    }

    /// Runs a small expression on a value of each type.
    fn attempt(&self, text: &str, types: &[Type]) -> Result<Type, ScriptError> {
        if types.contains(&Type::Any) {
            // Whether there is such a function at all can still be told.
            return Ok(Type::Any);
        }
        self.scripts
            .attempt(text, types, || types.iter().map(|one| one.sample()).collect())
            .map(|value| Type::of_value(&value))
    }

    fn note(&mut self, position: Position, length: usize, kind: ProblemKind, message: String, hint: &str) {
        self.problems.push(Problem { position, length, kind, message, hint: hint.to_owned() });
    }
}

fn hint_for(a: &Type, b: &Type) -> &'static str {
    let one = |wanted: fn(&Type) -> bool| wanted(a) || wanted(b);
    if one(|t| *t == Type::Money) {
        "an amount goes with an amount: write `money(\"100 USD\")`, or use `.minor` for its cents"
    } else if one(|t| *t == Type::Day) {
        "a day goes with a day: write `date(\"2026-11-28\")` or `world.today`"
    } else if one(|t| *t == Type::Truth) {
        "it is true or false already: write `true` or `false`, without quotes"
    } else if one(Type::is_number) {
        "a number is written without quotes; a text stands between them"
    } else {
        "compare and compute like with like"
    }
}
