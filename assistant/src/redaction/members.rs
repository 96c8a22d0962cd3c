//! Members of JSON and of forms that are secrets by what they are called.

/// A member whose name has one of these words is hidden.
const CALLED: [&str; 13] = [
    "secret",
    "token",
    "password",
    "passwd",
    "api_key",
    "apikey",
    "private_key",
    "cvc",
    "cvv",
    "card_number",
    "signature",
    "paysign",
    "authorization",
];

/// `text` with the values of such members hidden, whether it is JSON or `name=value&…`; other texts stay as they are.
pub(super) fn hide_members(text: &str) -> String {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['{', '[']) {
        if let Ok(mut value) = serde_json::from_str(text) {
            hide_in(&mut value);
            return serde_json::Value::to_string(&value);
        }
        return text.to_owned();
    }
    // An address with a query, or a form.
    let (before, query) = text.split_once('?').map_or(("", text), |(before, query)| (before, query));
    if !query.contains('=') || query.contains(char::is_whitespace) {
        return text.to_owned();
    }
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_private(name) => format!("{name}=[hidden]"),
        _ => pair.to_owned(),
    };
    let hidden = query.split('&').map(pair).collect::<Vec<_>>().join("&");
    if before.is_empty() { hidden } else { format!("{before}?{hidden}") }
}

fn hide_in(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                if is_private(name) && !value.is_null() { *value = "[hidden]".into() } else { hide_in(value) }
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(hide_in),
        _ => {}
    }
}

fn is_private(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CALLED.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_a_secret_is_hidden() {
        for (given, kept) in [
            (
                r#"{"id":"pi_1","client_secret":"x","next":[{"token":1}]}"#,
                r#"{"client_secret":"[hidden]","id":"pi_1","next":[{"token":"[hidden]"}]}"#,
            ),
            ("amount=4250&client_secret=x", "amount=4250&client_secret=[hidden]"),
            ("https://a.example/v1?access_token=x&y=1", "https://a.example/v1?access_token=[hidden]&y=1"),
            ("plain text = no form", "plain text = no form"),
            ("", ""),
        ] {
            assert_eq!(hide_members(given), kept);
        }
    }
}
