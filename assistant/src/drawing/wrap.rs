//! Text into lines that fit: between words, and between any two Chinese characters.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Marks that can't begin a line.
const CLOSING: &str = "，。：；！？、）」』》”’,.:;!?)";

/// The lines of a text, none wider than `columns` unless one word is.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    text.lines().flat_map(|line| paragraph(line, columns)).collect()
}

fn paragraph(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = line.width() + piece.trim_end().width() <= columns;
        if !fits && !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
            line = String::new();
        }
        let piece = if line.is_empty() { piece.trim_start() } else { &piece };
        line.push_str(piece);
        // One word alone can be wider than a line.
        while line.width() > columns && line.chars().count() > columns {
            let head: String = line.chars().take(columns).collect();
            line = line.chars().skip(columns).collect();
            lines.push(head);
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The parts between which a line may end: words with the space behind them, and wide characters with what closes them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut braces = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0) > 1;
        let joins = pieces.last().and_then(|piece| piece.chars().last()).is_some_and(|last| {
            let last_wide = last.width().unwrap_or(0) > 1;
            braces > 0 || CLOSING.contains(c) || !(last == ' ' || wide || last_wide)
        });
        match pieces.last_mut() {
            Some(piece) if joins || c == ' ' => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        match c {
            '{' => braces += 1,
            '}' if braces > 0 => braces -= 1,
            _ => {}
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_breaks_between_words_and_chinese_anywhere_but_before_a_mark() {
        assert_eq!(wrap("How much would you like?", 10), ["How much", "would you", "like?"]);
        assert_eq!(wrap("抱歉，是多少钱？请说。", 10), ["抱歉，是多", "少钱？请", "说。"]);
        assert_eq!(wrap("用{provider}付款", 12), ["用{provider}", "付款"]);
        assert_eq!(wrap("a\nb", 9), ["a", "b"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    }
}
