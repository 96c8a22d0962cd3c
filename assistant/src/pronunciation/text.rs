//! A text into what is said one way each: words of Latin letters, Han characters, and marks between them.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A word in letters, with the apostrophes in it.
    Word(&'a str),
    /// Han characters.
    Han(&'a str),
    /// A mark as the voice knows it: it makes a pause, or a tune.
    Mark(char),
}

/// What kind of character one is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Han,
    Other,
}

fn kind(c: char) -> Kind {
    match c {
        '\u{3400}'..='\u{9fff}' | '〇' => Kind::Han,
        '\'' | '’' => Kind::Letter,
        // Letters with their marks written behind them.
        '\u{300}'..='\u{36f}' => Kind::Letter,
        c if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    }
}

/// The mark of the voice for a mark of a text; the others part words and are not heard.
fn mark(c: char) -> Option<char> {
    Some(match c {
        ',' | '，' | '、' => ',',
        '.' | '。' | '．' => '.',
        '!' | '！' => '!',
        '?' | '？' => '?',
        ':' | '：' => ':',
        ';' | '；' => ';',
        '—' | '–' => '—',
        '…' => '…',
        '(' | '（' => '(',
        ')' | '）' => ')',
        '“' | '「' | '《' => '“',
        '”' | '」' | '》' => '”',
        _ => return None,
    })
}

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let own = kind(first);
        let end = match own {
            Kind::Other => first.len_utf8(),
            _ => rest.find(|c| kind(c) != own).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(end);
        let bare = piece.trim_matches(['\'', '’']);
        // "parents'" keeps its apostrophe, a quotation mark goes.
        let word = if piece.ends_with(['\'', '’']) && bare.ends_with('s') {
            piece.trim_start_matches(['\'', '’'])
        } else {
            bare
        };
        match own {
            Kind::Letter if !bare.is_empty() => pieces.push(Piece::Word(word)),
            Kind::Letter => {}
            Kind::Han => pieces.push(Piece::Han(piece)),
            Kind::Other => pieces.extend(mark(first).map(Piece::Mark)),
        }
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_marks_are_parted() {
        use Piece::{Han, Mark, Word};
        assert_eq!(
            pieces("用PayPal付，forty-two 'dollars'!"),
            [Han("用"), Word("PayPal"), Han("付"), Mark(','), Word("forty"), Word("two"), Word("dollars'"), Mark('!')]
        );
        assert_eq!(pieces("I'll, Anna’s parents'"), [Word("I'll"), Mark(','), Word("Anna’s"), Word("parents'")]);
        assert_eq!(pieces("  * \u{7} ' "), []);
    }
}
