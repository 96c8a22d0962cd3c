//! What a file means, to be compared: its values, whatever their order, place and quotes; and its comments.

use crate::dialog::{Node, NodeValue, Report, SourceFile, yaml_tree};
use serde_yaml::granit_parser::{Event, Options, Parser};

/// The tree of a text, if it can be read without a finding.
pub fn tree(text: &str) -> Option<Node> {
    let file = SourceFile::new("", text);
    let mut report = Report::new(&file);
    let tree = yaml_tree(&mut report);
    tree.filter(|_| !report.has_errors())
}

/// True if both mean the same: the keys of a mapping may stand in any order.
pub fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (NodeValue::Scalar(a), NodeValue::Scalar(b)) => a == b,
        (NodeValue::List(a), NodeValue::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (NodeValue::Map(a), NodeValue::Map(b)) => {
            let in_b = |name: &str| b.iter().find(|(key, _)| key.value == name).map(|(_, node)| node);
            a.len() == b.len() && a.iter().all(|(key, value)| in_b(&key.value).is_some_and(|other| same(value, other)))
        }
        _ => false,
    }
}

/// Every comment's text, sorted: none may be lost, changed or added.
pub fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<String> = each_comment(text).into_iter().map(|(_, comment)| comment).collect();
    found.sort();
    found
}

/// The lines, from 0, in which comments stand.
pub fn comment_places(text: &str) -> Vec<usize> {
    each_comment(text).into_iter().map(|(line, _)| line).collect()
}

fn each_comment(text: &str) -> Vec<(usize, String)> {
    let mut options = Options::default();
    options.emit_comments = true;
    let mut found = Vec::new();
    for next in Parser::new_from_str_with_options(text, options) {
        match next {
            Ok((Event::Comment(comment, _), span)) => {
                found.push((span.start.line().saturating_sub(1), comment.trim().to_owned()));
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    found.sort();
    found
}
