//! Accidents of quotes, colons and signs.

use super::super::code;
use super::{Accident, Wreck, code_of, unquoted};
use serde_yaml::granit_parser::ErrorKind;

/// Tells of a full-width colon.
pub fn colon_accident(at: (usize, usize, usize)) -> Accident {
    let message = "this line has a full-width colon `：`";
    Accident::new(&code::YAML_FULL_WIDTH, at, message, "after a key write `:` and a space")
}

pub(super) fn full_width_colon(wreck: &Wreck) -> Option<Accident> {
    let key = |line: &str| {
        let colon = unquoted(line, &['：'])?;
        let ascii = unquoted(line, &[':']).is_some_and(|ascii| ascii < colon);
        (!ascii).then_some(colon)
    };
    // The parser may notice it a line too late.
    let (line, column) = wreck.look(wreck.at.saturating_sub(1), wreck.at, key)?;
    Some(colon_accident((line, column, 1)))
}

pub(super) fn open_quote(wreck: &Wreck) -> Option<Accident> {
    let unclosed = matches!(wreck.kind, ErrorKind::UnclosedQuotedScalar);
    let odd = |line: &str| {
        let plain = line.replace("\\\\", "  ").replace("\\\"", "  ");
        let quotes = code_of(&plain).matches('"').count();
        let comment = line.trim_start().starts_with('#');
        let value = plain.contains(": \"") || plain.contains("- \"") || plain.contains("[\"") || plain.contains(", \"");
        // Of an odd number of quotes the one that opens the last text is the one that was not closed.
        let last = || {
            let opening =
                [": \"", "- \"", "[\"", ", \""].iter().filter_map(|mark| Some(plain.rfind(mark)? + mark.len() - 1));
            let byte = opening.max().or_else(|| plain.find('"'))?;
            Some(plain.get(..byte).unwrap_or_default().chars().count())
        };
        if quotes % 2 == 1 && !comment && (value || unclosed) { last() } else { None }
    };
    // A text that is not ended runs on to the next quote, wherever that is.
    let (line, column) = wreck.look(1, wreck.at, odd)?;
    let message = "a quote is opened and not closed";
    Some(Accident::new(&code::YAML_OPEN_QUOTE, (line, column, 1), message, "end the text with `\"`"))
}

/// `'it's'`: an apostrophe ends a text in single quotes.
pub(super) fn apostrophe(wreck: &Wreck) -> Option<Accident> {
    let single = matches!(wreck.kind, ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::UnclosedQuotedScalar)
        || unquoted(wreck.line(wreck.at), &['\'']).is_some();
    let odd = |line: &str| {
        let code = code_of(line);
        let opening = [": '", "- '", "['", ", '", "{'"].iter().find_map(|mark| Some(code.find(mark)? + mark.len() - 1));
        let odd = !code.contains('"') && code.replace("''", "").matches('\'').count() % 2 == 1;
        let before = |byte: usize| code.get(..byte).unwrap_or_default().chars().count();
        opening.filter(|_| odd).map(before)
    };
    let (line, column) = wreck.look(1, wreck.at, odd).filter(|_| single)?;
    let message = "this text is between single quotes, and an apostrophe in it ends it too early";
    let hint = "put it between double quotes: \"it's\"";
    Some(Accident::new(&code::YAML_OPEN_QUOTE, (line, column, 1), message, hint))
}

/// Signs with which no text may begin that has no quotes.
const RESERVED: [char; 8] = ['@', '`', '%', '*', '&', '!', '|', '>'];

pub(super) fn reserved(wreck: &Wreck) -> Option<Accident> {
    let starts = |line: &str| {
        let code = code_of(line);
        let value = |mark: &str| code.find(mark).map(|byte| byte + mark.len());
        let begins = [value(": "), value("- "), value("["), value(", "), code.find(|c: char| c != ' ')];
        let hit = begins.into_iter().flatten().find(|byte| {
            let rest = code.get(*byte..).unwrap_or_default();
            rest.starts_with(RESERVED) && !(rest.starts_with(['|', '>']) && rest.trim().len() <= 2)
        })?;
        Some(code.get(..hit).unwrap_or_default().chars().count())
    };
    let (line, column) = wreck.look(wreck.at, wreck.at, starts)?;
    let sign = wreck.line(line).chars().nth(column - 1).unwrap_or('@');
    Some(mark_accident((line, column, 1), sign))
}

/// Tells of a text that begins with a sign of YAML.
pub fn mark_accident(at: (usize, usize, usize), sign: char) -> Accident {
    let message = match sign {
        '&' | '*' | '!' => {
            format!(
                "a text can't begin with `{sign}`: anchors (&), references (*) and tags (!) are not used in dialogs"
            )
        }
        _ => format!("a text can't begin with `{sign}`, which YAML keeps for itself"),
    };
    Accident::new(&code::YAML_MARK_TEXT, at, message, "put the whole text between double quotes")
}

pub(super) fn after_quote(wreck: &Wreck) -> Option<Accident> {
    let (line, column) = wreck.look(wreck.at, wreck.at, |line| {
        let chars: Vec<char> = code_of(line).chars().collect();
        let (mut quoted, mut before) = (None, ' ');
        for (at, c) in chars.iter().enumerate() {
            match quoted {
                None if matches!(c, '"' | '\'') && matches!(before, ' ' | '[' | '{' | ',') => quoted = Some(*c),
                Some(open) if *c == open && before != '\\' => {
                    quoted = None;
                    let rest: String = chars.iter().skip(at + 1).collect();
                    let next = rest.trim_start().chars().next();
                    if next.is_some_and(|next| !matches!(next, ',' | ']' | '}' | ':' | '#' | '，' | '］' | '｝' | '：'))
                    {
                        return Some(at + 1 + rest.chars().take_while(|c| *c == ' ').count());
                    }
                }
                _ => {}
            }
            before = *c;
        }
        None
    })?;
    let message = "something follows the closing quote of this text";
    let hint = "put the whole text between double quotes, and write `\\\"` for a quote within it; between texts of a list a comma";
    Some(Accident::new(&code::YAML_AFTER_QUOTE, (line, column, 1), message, hint))
}

const FULL_WIDTH: [char; 15] = ['，', '［', '］', '｛', '｝', '“', '”', '‘', '’', '「', '」', '、', '－', '＃', '＂'];

pub(super) fn full_width(wreck: &Wreck) -> Option<Accident> {
    let listed = |line: &str| {
        let code = code_of(line);
        let at = unquoted(line, &FULL_WIDTH)?;
        let bracket = code.contains(['[', '{', '［', '｛']);
        let first = code.trim_start().trim_start_matches("- ").starts_with(FULL_WIDTH);
        (bracket || first || !code.contains(": ")).then_some(at)
    };
    let (line, column) = wreck.look(wreck.at.saturating_sub(1), wreck.at, listed)?;
    let sign = wreck.line(line).chars().nth(column - 1).unwrap_or('，');
    let message = format!("this line has a full-width `{sign}` where YAML needs its own punctuation");
    let hint = "write `,` `[` `]` `{` `}` `-` `#` and straight quotes `\"` around texts";
    Some(Accident::new(&code::YAML_FULL_WIDTH, (line, column, 1), message, hint))
}

/// A text with a colon in it, which looks like a second key in the line.
pub(super) fn second_colon(wreck: &Wreck) -> Option<Accident> {
    let twice = |line: &str| {
        let code = code_of(line).trim_end();
        let first = code.find(": ")?;
        let rest = code.get(first + 2..)?;
        let again = rest.find(": ").or_else(|| rest.strip_suffix(':').map(str::len))?;
        let quoted = rest.trim_start().starts_with(['"', '\'', '{', '[']);
        let column = code.get(..first + 2 + again)?.chars().count();
        (!quoted).then_some(column)
    };
    let (line, column) = wreck.look(wreck.at, wreck.at, twice)?;
    let message = "this text has a colon in it, which YAML takes for another key";
    Some(Accident::new(&code::YAML_COLON, (line, column, 1), message, "put the whole text between double quotes"))
}
