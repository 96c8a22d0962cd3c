//! What an expression says about the slots that it reads: which must have a value for it to mean anything, and which
//! surely have one if it is true.

use super::super::place::{Place, Placed};
use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// An expression as far as the presence of values goes.
#[derive(Clone, Debug)]
pub enum Logic {
    /// Always this.
    Constant(bool),
    /// True if the slot has a value: `slot != ()`.
    Has(String),
    /// The opposite.
    Not(Box<Logic>),
    /// All of them, looked at in this order.
    All(Vec<Logic>),
    /// One of them, looked at in this order.
    Any(Vec<Logic>),
    /// Whatever else reads these slots.
    Reads(Vec<Use>),
}

/// A slot that is read.
#[derive(Clone, Debug)]
pub struct Use {
    /// Its name.
    pub slot: String,
    /// Column in the expression, from 1; 0 if not known.
    column: usize,
    /// True if nothing sensible comes out where it has no value; false where the absence is passed on.
    pub needed: bool,
}

/// The one expression of a compiled expression.
pub fn expression_of(ast: &AST) -> Option<Expr> {
    let mut found = None;
    ast.walk(&mut |nodes: &[ASTNode]| {
        found = match nodes.first() {
            Some(ASTNode::Stmt(Stmt::Expr(expression))) => Some((**expression).clone()),
            Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => Some(Expr::FnCall(call.clone(), *position)),
            _ => None,
        };
        false
    });
    found
}

/// What an expression says.
#[must_use]
pub fn logic(expression: &Expr) -> Logic {
    match expression {
        Expr::BoolConstant(value, _) => Logic::Constant(*value),
        Expr::And(parts, _) => Logic::All(parts.iter().map(logic).collect()),
        Expr::Or(parts, _) => Logic::Any(parts.iter().map(logic).collect()),
        Expr::FnCall(call, _) => match (call.name.as_str(), call.args.as_slice()) {
            ("!", [inner]) => Logic::Not(Box::new(logic(inner))),
            ("!=", [Expr::Variable(slot, ..), Expr::Unit(_)] | [Expr::Unit(_), Expr::Variable(slot, ..)]) => {
                Logic::Has(slot.1.to_string())
            }
            ("==", [Expr::Variable(slot, ..), Expr::Unit(_)] | [Expr::Unit(_), Expr::Variable(slot, ..)]) => {
                Logic::Not(Box::new(Logic::Has(slot.1.to_string())))
            }
            _ => reads(expression),
        },
        _ => reads(expression),
    }
}

fn reads(expression: &Expr) -> Logic {
    let mut uses = Vec::new();
    collect(expression, false, &mut uses);
    Logic::Reads(uses)
}

fn collect(expression: &Expr, needed: bool, uses: &mut Vec<Use>) {
    let mut all = |parts: &[Expr], needed: bool| parts.iter().for_each(|part| collect(part, needed, uses));
    match expression {
        Expr::Variable(name, _, position) if name.1 != "world" => {
            let column = position.position().filter(|_| position.line() == Some(1)).unwrap_or(0);
            uses.push(Use { slot: name.1.to_string(), column, needed });
        }
        Expr::FnCall(call, _) | Expr::MethodCall(call, _) => {
            all(&call.args, !matches!(call.name.as_str(), "==" | "!=" | "in"));
        }
        Expr::Dot(both, ..) | Expr::Index(both, ..) => {
            all(std::slice::from_ref(&both.lhs), true);
            all(std::slice::from_ref(&both.rhs), true);
        }
        Expr::And(parts, _) | Expr::Or(parts, _) => all(parts, true),
        Expr::Coalesce(parts, _) => all(parts, false),
        Expr::Array(items, _) | Expr::InterpolatedString(items, _) => all(items, needed),
        Expr::Map(entries, _) => entries.0.iter().for_each(|(_, value)| collect(value, needed, uses)),
        _ => {}
    }
}

impl Use {
    /// Where it stands in the file.
    #[must_use]
    pub fn place(&self, source: &Placed<String>) -> Place {
        within(source, Position::new(1, u16::try_from(self.column).unwrap_or(0)), self.slot.chars().count())
    }
}

/// The place of a part of an expression in the file; the whole expression where that can't be told.
#[must_use]
pub fn within(source: &Placed<String>, position: Position, length: usize) -> Place {
    let (Some(1), Some(column)) = (position.line(), position.position()) else { return source.place };
    let written = source.value.chars().count();
    let quote = usize::from(source.place.length > written);
    // Escapes and line breaks move what follows; then the whole is shown.
    if source.place.length > written + 2 || source.place.length < written {
        return source.place;
    }
    Place { column: source.place.column + quote + column - 1, length: length.max(1), ..source.place }
}

impl Logic {
    /// Every slot that is read, tested for a value or not.
    pub fn slots(&self, found: &mut Vec<String>) {
        match self {
            Logic::Constant(_) => {}
            Logic::Has(slot) => found.push(slot.clone()),
            Logic::Not(inner) => inner.slots(found),
            Logic::All(parts) | Logic::Any(parts) => parts.iter().for_each(|part| part.slots(found)),
            Logic::Reads(uses) => found.extend(uses.iter().map(|one| one.slot.clone())),
        }
    }
}
