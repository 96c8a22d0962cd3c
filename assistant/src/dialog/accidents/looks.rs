//! Texts that can be read, and yet are probably not what was meant: `no`, `0123`, a `#` in the middle, curly quotes.

use super::super::code;
use super::super::place::{self, Placed};
use super::super::source::SourceFile;
use super::super::yaml::Node;
use super::Accident;

/// What is odd about a text to be said or heard.
pub fn found_in_text(file: &SourceFile, node: &Node, text: &str) -> Option<Accident> {
    if !node.plain {
        return None;
    }
    let place = node.place;
    let here = (place.line, place.column, place.length);
    if let Some(other) = other_meaning(text) {
        let message = format!("`{text}` is taken for a text here; most other programs take it for {other}");
        return Some(Accident::new(&code::YAML_LOOKS_LIKE, here, message, format!("write \"{text}\", with quotes")));
    }
    let bracket = |open, close| text.starts_with(open) && text.ends_with(close);
    if bracket('［', '］') || bracket('｛', '｝') || bracket('【', '】') && text.contains('，') {
        let message = "these brackets are full-width, and so all of this is one text";
        return Some(Accident::new(&code::YAML_FULL_WIDTH, here, message, "write `[` and `]`, and `,` between texts"));
    }
    if wrapped(text) {
        let message = "these quotes are not YAML's own, and are said and shown as a part of the text";
        return Some(Accident::new(&code::YAML_CURLY_QUOTES, here, message, "write straight quotes `\"` around it"));
    }
    let line = place::lines(&file.text).nth(node.last_line.saturating_sub(1))?;
    let behind = if node.last_line == place.line { place.column - 1 + place.length } else { 0 };
    let rest: String = line.chars().skip(behind).collect();
    let spaces = rest.chars().take_while(|c| c.is_whitespace()).count();
    if behind == 0 || spaces == 0 || !rest.trim_start().starts_with('#') {
        return None;
    }
    let at = (place.line, behind + spaces + 1, rest.trim().chars().count());
    let message = "what follows `#` is a comment, and not a part of this text";
    let hint =
        "put the whole text between double quotes if the `#` belongs to it; else put the comment on a line of its own";
    Some(Accident::new(&code::YAML_HASH, at, message, hint))
}

/// What is odd about a key that has no quotes.
pub fn found_in_key(key: &Placed<String>) -> Option<Accident> {
    let other = other_meaning(&key.value)?;
    let here = (key.place.line, key.place.column, key.place.length);
    let message = format!("`{}` is taken for a name here; most other programs take it for {other}", key.value);
    Some(Accident::new(&code::YAML_LOOKS_LIKE, here, message, format!("write \"{}\", with quotes", key.value)))
}

fn wrapped(text: &str) -> bool {
    let pairs = [('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('＂', '＂'), ('”', '”'), ('„', '“'), ('«', '»')];
    pairs.iter().any(|(open, close)| {
        let inner = text.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close));
        inner.is_some_and(|inner| !inner.contains([*open, *close]))
    })
}

/// For what else YAML, or an older version of it, takes a text without quotes.
pub fn other_meaning(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let number = lower.strip_prefix(['-', '+']).unwrap_or(&lower).replace('_', "");
    match lower.as_str() {
        "yes" | "on" | "true" => return Some("true"),
        "no" | "off" | "false" => return Some("false"),
        "null" | "~" => return Some("nothing"),
        ".inf" | "-.inf" | "+.inf" | ".nan" => return Some("a number"),
        _ => {}
    }
    let parts: Vec<&str> = number.split(':').collect();
    if parts.len() > 1 && parts.iter().all(|part| digits(part)) {
        return Some("a number of seconds or minutes");
    }
    let date: Vec<&str> = lower.split(['T', 't', ' ']).next().unwrap_or_default().split('-').collect();
    if let [year, month, day] = date.as_slice()
        && (year.len(), digits(year), digits(month), digits(day)) == (4, true, true, true)
    {
        return Some("a date");
    }
    if digits(&number) {
        return Some(if number.len() > 1 && number.starts_with('0') { "an octal number" } else { "a number" });
    }
    let radix =
        number.strip_prefix("0x").is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_hexdigit()))
            || number.strip_prefix("0o").is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(8)));
    let mantissa = number.split('e').next().unwrap_or_default().replacen('.', "", 1);
    let exponent = number.split_once('e').is_none_or(|(_, power)| digits(power.trim_start_matches(['-', '+'])));
    (radix || (digits(&mantissa) && exponent)).then_some("a number")
}

#[cfg(test)]
mod tests {
    use super::other_meaning;

    #[test]
    fn texts_that_other_programs_misread_are_known() {
        for text in ["yes", "No", "ON", "off", "null", "~", "0123", "12:30", "1e3", "2026-11-22", "42", "4.50", "0x1f"]
        {
            assert!(other_meaning(text).is_some(), "{text}");
        }
        for text in
            ["yes please", "nope", "y", "12:30 pm", "", "e", "e3", "1-2-3", "2026-11", "三", ":", "a:1", "1e", "x"]
        {
            assert!(other_meaning(text).is_none(), "{text}: {:?}", other_meaning(text));
        }
    }
}
