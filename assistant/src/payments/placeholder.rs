//! How a provider refers to secrets that it never sees: `{{secret:NAME}}` is the value, `{{basic:ID:SECRET}}` the value of
//! HTTP's Basic scheme made of two of them. A text without I/O; whoever has the values fills them in.

use super::redaction::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// The value of one secret; with the placeholder as it stands.
    Secret { name: &'a str, whole: &'a str },
    /// Two secrets with a colon between them, in base 64.
    Basic { user: &'a str, password: &'a str, whole: &'a str },
}

/// The pieces of a text, in order. What only looks like a placeholder is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        let Some(end) = from.find("}}").map(|end| end + 2) else { break };
        let (whole, after) = from.split_at(end);
        let inner = &whole[2..whole.len() - 2];
        let piece = match inner.split_once(':') {
            Some(("secret", name)) => Some(Piece::Secret { name, whole }),
            Some(("basic", names)) => {
                names.split_once(':').map(|(user, password)| Piece::Basic { user, password, whole })
            }
            _ => None,
        };
        let Some(piece) = piece else {
            // Only the first brace is certainly no placeholder.
            pieces.push(Piece::Text(&rest[..=start]));
            rest = &rest[start + 1..];
            continue;
        };
        pieces.extend([Piece::Text(before), piece]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The names of the secrets that a text refers to.
pub(super) fn secret_names(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().flat_map(|piece| {
        match piece {
            Piece::Text(_) => [None, None],
            Piece::Secret { name, .. } => [Some(name), None],
            Piece::Basic { user, password, .. } => [Some(user), Some(password)],
        }
        .into_iter()
        .flatten()
    })
}

/// What a text makes of secrets, as secrets with names of their own, so that they can be hidden too.
pub(super) fn made_of(text: &str, secrets: &[Secret]) -> Vec<Secret> {
    let made = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Basic { user, password, .. } => {
            Some(Secret { name: format!("{user}:{password}"), value: basic(user, password, secrets)? })
        }
        _ => None,
    });
    made.collect()
}

/// `text` with every placeholder as its value; what a value itself has of placeholders stays as it is.
pub(super) fn fill(text: &str, secrets: &[Secret]) -> String {
    let filled = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Secret { name, whole } => value(name, secrets).unwrap_or(whole).to_owned(),
        Piece::Basic { user, password, whole } => basic(user, password, secrets).unwrap_or_else(|| whole.to_owned()),
    });
    filled.collect()
}

fn value<'a>(name: &str, secrets: &'a [Secret]) -> Option<&'a str> {
    secrets.iter().find(|secret| secret.name == name).map(|secret| secret.value.as_str())
}

fn basic(user: &str, password: &str, secrets: &[Secret]) -> Option<String> {
    let (user, password) = (value(user, secrets)?, value(password, secrets)?);
    Some(BASE64.encode(format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Vec<Secret> {
        let secret = |name: &str, value: &str| Secret { name: name.into(), value: value.into() };
        vec![secret("id", "Aladdin"), secret("key", "open sesame"), secret("odd", "{{secret:id}}")]
    }

    #[test]
    fn fills_values_and_the_basic_scheme() {
        // The example of RFC 7617.
        assert_eq!(fill("Basic {{basic:id:key}}", &secrets()), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(fill("a {{secret:id}}b{{secret:key}}", &secrets()), "a Aladdinbopen sesame");
        assert_eq!(fill("{{secret:odd}}", &secrets()), "{{secret:id}}", "values are not filled again");
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        for text in
            ["", "{", "{{", "}}", "{{secret:nobody}}", "{{basic:id}}", "{{basic:id:nobody}}", "{{other:id}}", "{{{a}}}"]
        {
            assert_eq!(fill(text, &secrets()), text);
        }
        assert_eq!(fill("{{{secret:id}}}", &secrets()), "{Aladdin}");
        assert_eq!(fill(r#"{"a":{"b":"{{secret:id}}"}}"#, &secrets()), r#"{"a":{"b":"Aladdin"}}"#);
    }

    #[test]
    fn names_what_is_referred_to_and_what_is_made() {
        let names: Vec<_> = secret_names("{{secret:a}} {{basic:b:c}} {{x:y}}").collect();
        assert_eq!(names, ["a", "b", "c"]);
        let made = made_of("Basic {{basic:id:key}}", &secrets());
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].value, "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
