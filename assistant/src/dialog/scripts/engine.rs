//! The one engine that compiles and runs expressions and scripts, with its limits.

use super::super::format::flow::Slot;
use super::super::place::Placed;
use super::super::value::SlotValue;
use super::facts::{self, Logic};
use super::limits::{self, Lent, Stopwatch};
use super::secret::{self, Secret};
use super::types::{Checker, Problem, Type};
use super::{days, money, share, values};
use jiff::civil::Date;
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage, BasicStringPackage,
    LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, ImmutableString, Map, Position, Scope};
use rust_decimal::Decimal;
use sayso_plugin_interface::Money;
use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

/// Compiles and runs expressions and scripts.
pub struct Scripts {
    engine: Engine,
    lent: Lent,
    /// What came of trials at load.
    tried: Mutex<HashMap<String, Result<Dynamic, ScriptError>>>,
}

impl fmt::Debug for Scripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripts")
    }
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Expression {
    ast: AST,
    /// What it says about the presence of values.
    pub logic: Logic,
    /// Its type, and what does not fit in it.
    pub found: Type,
    /// What is wrong with its types.
    pub problems: Vec<Problem>,
    /// The payees that it names, with their place in it: texts with which a payee is compared.
    pub payees: Vec<(Position, String)>,
    /// The expression as it was written, with its place.
    pub source: Placed<String>,
}

/// Why an expression or a script failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// What went wrong.
    pub message: String,
    /// Line in the script or expression, from 1; 0 if not known.
    pub line: usize,
    /// Column, from 1; 0 if not known.
    pub column: usize,
    /// True if it fails for all values of these types: what was called does not exist for them.
    pub always: bool,
}

/// How messages about comparisons of unlike things end.
const UNLIKE: &str = "can be compared only with its like";

fn fail(name: &str) -> Result<bool, Box<EvalAltResult>> {
    Err(format!("{name} {UNLIKE}").into())
}

/// Without this, comparing an amount with a number would quietly be false. (A macro, because the bound that a function
/// would need is not public in rhai.)
macro_rules! unlike {
    ($engine:expr, $mine:ty, $name:literal, $($other:ty),*) => {
        for operator in ["==", "!=", "<", "<=", ">", ">="] {
            $(
                $engine.register_fn(operator, |_: $mine, _: $other| fail($name));
                $engine.register_fn(operator, |_: $other, _: $mine| fail($name));
            )*
        }
    };
}

impl Default for Scripts {
    fn default() -> Self {
        Scripts::new()
    }
}

impl Scripts {
    /// An engine with every limit on and no hands.
    #[must_use]
    pub fn new() -> Self {
        let mut engine = Engine::new_raw();
        let packages = [
            LanguageCorePackage::new().as_shared_module(),
            ArithmeticPackage::new().as_shared_module(),
            LogicPackage::new().as_shared_module(),
            BasicMathPackage::new().as_shared_module(),
            BasicStringPackage::new().as_shared_module(),
            MoreStringPackage::new().as_shared_module(),
            BasicIteratorPackage::new().as_shared_module(),
            BasicArrayPackage::new().as_shared_module(),
            BasicMapPackage::new().as_shared_module(),
        ];
        for package in packages {
            engine.register_global_module(package);
        }
        let lent = Lent::default();
        limits::set(&mut engine, &lent);
        for symbol in ["eval", "import", "export"] {
            engine.disable_symbol(symbol);
        }
        engine.register_fn("sleep", |_: i64| -> Result<(), Box<EvalAltResult>> { Err("a script can't wait".into()) });
        money::register(&mut engine);
        days::register(&mut engine);
        unlike!(engine, Money, "an amount of money", i64, Decimal, ImmutableString, bool, Date);
        unlike!(engine, Date, "a day", i64, Decimal, ImmutableString, bool);
        unlike!(engine, Secret, "a secret", i64, Decimal, ImmutableString, bool, Secret);
        secret::register(&mut engine);
        share::register(&mut engine);
        Scripts { engine, lent, tried: Mutex::new(HashMap::new()) }
    }

    /// Lends a stopwatch, so that the time of a run is limited too.
    pub fn lend(&self, stopwatch: Stopwatch) {
        self.lent.lend(stopwatch);
    }

    /// Every function that is registered beside those of the language itself.
    #[cfg(test)]
    pub fn signatures(&self) -> Vec<String> {
        self.engine.gen_fn_signatures(false)
    }

    /// Compiles an expression over these slots and `world`.
    pub fn expression(&self, source: &Placed<String>, slots: &[Slot]) -> Result<Expression, ScriptError> {
        let mut scope = Scope::new();
        for slot in slots {
            scope.push_dynamic(slot.name.value.as_str(), Dynamic::UNIT);
        }
        scope.push_dynamic("world", Dynamic::UNIT);
        let compiled = self.engine.compile_expression_with_scope(&scope, &source.value);
        let ast = compiled.map_err(|error| ScriptError::new(error.err_type().to_string(), error.position()))?;
        let inside = facts::expression_of(&ast);
        let mut checker = Checker { scripts: self, slots, problems: Vec::new(), payees: Vec::new() };
        let found = inside.as_ref().map_or(Type::Any, |inside| checker.find(inside));
        let Checker { problems, payees, .. } = checker;
        let mut logic = inside.as_ref().map_or_else(|| Logic::Reads(Vec::new()), facts::logic);
        let (mut read, source) = (Vec::new(), source.clone());
        logic.slots(&mut read);
        if read.is_empty() && found == Type::Truth && !source.value.contains("world") {
            let always = self.engine.eval_ast::<bool>(&ast);
            logic = always.map_or(logic, Logic::Constant);
        }
        Ok(Expression { ast, logic, found, problems, payees, source })
    }

    /// Runs `text` on made-up values `x0`, `x1` ... of these types; the same trial is made once.
    pub fn attempt(
        &self,
        text: &str,
        types: &[Type],
        values: impl FnOnce() -> Vec<Dynamic>,
    ) -> Result<Dynamic, ScriptError> {
        let key = format!("{text} {types:?}");
        if let Ok(tried) = self.tried.lock()
            && let Some(known) = tried.get(&key)
        {
            return known.clone();
        }
        let mut scope = Scope::new();
        for (index, value) in values().into_iter().enumerate() {
            scope.push_dynamic(format!("x{index}"), value);
        }
        let made: Result<Dynamic, _> = self.engine.eval_expression_with_scope(&mut scope, text);
        let made = made.map_err(|error| ScriptError::from(*error));
        if let Ok(mut tried) = self.tried.lock() {
            tried.insert(key, made.clone());
        }
        made
    }

    /// Compiles a `.rhai` file.
    pub fn script(&self, text: &str) -> Result<AST, ScriptError> {
        self.engine.compile(text).map_err(|error| ScriptError::new(error.err_type().to_string(), error.position()))
    }

    /// Runs an expression; `value` gives the value of each slot.
    pub fn evaluate<'v>(
        &self,
        expression: &Expression,
        slots: &[Slot],
        value: impl Fn(&str) -> Option<&'v SlotValue>,
        world: &share::Share,
    ) -> Result<Dynamic, ScriptError> {
        self.evaluate_on(expression, slots, |name| values::to_script(value(name)), world)
    }

    /// Runs an expression on values as scripts see them.
    pub fn evaluate_on(
        &self,
        expression: &Expression,
        slots: &[Slot],
        value: impl Fn(&str) -> Dynamic,
        world: &share::Share,
    ) -> Result<Dynamic, ScriptError> {
        let mut scope = Scope::new();
        for slot in slots {
            scope.push_dynamic(slot.name.value.clone(), value(&slot.name.value));
        }
        scope.push_dynamic("world", Dynamic::from(world.clone()));
        self.lent.begin();
        self.engine
            .eval_ast_with_scope::<Dynamic>(&mut scope, &expression.ast)
            .map_err(|error| ScriptError::from(*error))
    }

    /// Calls a function of a script with the slots and the world; it answers with a map of slots to fill, or nothing.
    pub fn call<'v>(
        &self,
        script: &AST,
        function: &str,
        slots: &[Slot],
        value: impl Fn(&str) -> Option<&'v SlotValue>,
        world: &share::Share,
    ) -> Result<Map, ScriptError> {
        let mut given = Map::new();
        for slot in slots {
            given.insert(slot.name.value.as_str().into(), values::to_script(value(&slot.name.value)));
        }
        let arguments = (given, Dynamic::from(world.clone()));
        self.lent.begin();
        let options = CallFnOptions::new().eval_ast(false);
        let answer: Result<Dynamic, _> =
            self.engine.call_fn_with_options(options, &mut Scope::new(), script, function, arguments);
        let answer = answer.map_err(|error| ScriptError::from(*error))?;
        if answer.is_unit() {
            return Ok(Map::new());
        }
        let found = values::named(&answer);
        answer.try_cast::<Map>().ok_or_else(|| {
            ScriptError::new(
                format!("`{function}` has to answer with a map of slots, not with {found}"),
                Position::NONE,
            )
        })
    }
}

impl ScriptError {
    /// An error at a position of the script.
    pub fn new(message: String, position: Position) -> Self {
        let line = position.line().unwrap_or(0);
        ScriptError { message, line, column: position.position().unwrap_or(0), always: false }
    }
}

impl From<EvalAltResult> for ScriptError {
    fn from(error: EvalAltResult) -> Self {
        let position = error.position();
        let inner = innermost(&error);
        let position = if inner.position().is_none() { position } else { inner.position() };
        let unlike = |said: &Dynamic| said.read_lock::<ImmutableString>().is_some_and(|s| s.ends_with(UNLIKE));
        let always = match inner {
            EvalAltResult::ErrorFunctionNotFound(..) => true,
            EvalAltResult::ErrorRuntime(said, _) => unlike(said),
            _ => false,
        };
        let message = match inner {
            EvalAltResult::ErrorRuntime(said, _) => said.to_string(),
            EvalAltResult::ErrorTooManyOperations(_) => {
                "this runs for too long; is there a loop without an end?".into()
            }
            EvalAltResult::ErrorTerminated(milliseconds, _) => {
                format!("this takes more than {milliseconds} ms; is there a loop without an end?")
            }
            EvalAltResult::ErrorStackOverflow(_) => "functions call each other without an end".into(),
            EvalAltResult::ErrorDataTooLarge(what, _) => format!("{what} is too large"),
            EvalAltResult::ErrorPropertyNotFound(name, _) => format!("there is no `{name}` here"),
            other => {
                let text = other.to_string();
                text.rsplit_once(" (line ").map_or(text.clone(), |(head, _)| head.to_owned())
            }
        };
        ScriptError { always, ..ScriptError::new(message, position) }
    }
}

fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => innermost(inner),
        other => other,
    }
}
