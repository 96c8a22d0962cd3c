//! Comments on lines of their own: one that stood in the column of what follows it, stands there again.

use super::meaning::comment_places;

/// The laid-out text with its comments in the columns of the lines that they stood above in the text before.
pub fn in_place(before: &str, laid_out: String) -> String {
    let (old, new) = (own_lines(before), own_lines(&laid_out));
    if old.len() != new.len() {
        return laid_out;
    }
    let mut lines: Vec<String> = laid_out.lines().map(str::to_owned).collect();
    let columns: Vec<usize> = laid_out.lines().map(indent).collect();
    let content = contents(&laid_out, &new);
    for (was, is) in old.iter().zip(&new) {
        let next = content.iter().find(|line| *line > is).and_then(|line| columns.get(*line)).copied();
        let (Some(next), true) = (next, heads(before, &old, *was)) else { continue };
        if let Some(line) = lines.get_mut(*is) {
            *line = format!("{}{}", " ".repeat(next), line.trim_start());
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// True if the comment stands in the column of the next line that is none.
fn heads(text: &str, comments: &[usize], line: usize) -> bool {
    let at = |line: usize| text.lines().nth(line).map(indent);
    let next = contents(text, comments).into_iter().find(|content| *content > line);
    next.is_some_and(|next| at(next) == at(line))
}

/// The lines, from 0, that hold nothing but a comment.
fn own_lines(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let own = |line: &usize| lines.get(*line).is_some_and(|line| line.trim_start().starts_with('#'));
    comment_places(text).into_iter().filter(own).collect()
}

/// The lines, from 0, that hold something else.
fn contents(text: &str, comments: &[usize]) -> Vec<usize> {
    let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(line, _)| line);
    filled.filter(|line| !comments.contains(line)).collect()
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| *c == ' ').count()
}
