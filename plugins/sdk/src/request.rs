//! HTTP requests in few words. Nothing that is sent with `POST` is marked as repeatable: whether what has an effect is sent
//! again is for payments to decide.

use sayso_plugin_interface::HttpRequest;

/// Asks for what is at an address; nothing changes by it.
#[must_use]
pub fn get(url: impl Into<String>, headers: &[(&str, &str)]) -> HttpRequest {
    HttpRequest { idempotent: true, ..of("GET", url.into(), headers, String::new()) }
}

/// Sends a body to an address.
#[must_use]
pub fn post(url: impl Into<String>, headers: &[(&str, &str)], body: impl Into<String>) -> HttpRequest {
    of("POST", url.into(), headers, body.into())
}

fn of(method: &str, url: String, headers: &[(&str, &str)], body: String) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpRequest { method: method.to_owned(), url, headers, body, idempotent: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_questions_may_be_repeated() {
        let asked = get("https://h/x", &[("accept", "application/json")]);
        assert_eq!((asked.method.as_str(), asked.body.as_str(), asked.idempotent), ("GET", "", true));
        assert_eq!(asked.headers, [("accept".to_owned(), "application/json".to_owned())]);
        let sent = post("https://h/x", &[], "{}");
        assert_eq!((sent.method.as_str(), sent.body.as_str(), sent.idempotent), ("POST", "{}", false));
    }
}
