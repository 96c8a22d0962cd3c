//! Where a provider is: addresses without a path, by HTTPS, or by plain HTTP where they are on this machine.

use sayso_plugin_interface::NextStep;

/// The host of `https://HOST`, or of `http://HOST` where that is this machine; with its port where one is written, as
/// capabilities name it. `None` for everything else: a path, a name and password, plain HTTP to elsewhere.
#[must_use]
pub fn host(base_url: &str) -> Option<&str> {
    let (host, secure) = match base_url.strip_prefix("https://") {
        Some(host) => (host, true),
        None => (base_url.strip_prefix("http://")?, false),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte);
    let good = !name(host).is_empty() && host.bytes().all(plain) && (secure || is_here(host));
    good.then_some(host)
}

/// Whether a host, with its port or without, is this machine.
#[must_use]
pub fn is_here(host: &str) -> bool {
    matches!(name(host), "127.0.0.1" | "localhost" | "[::1]")
}

/// An address for the person to open: by HTTPS, or on this machine. `None` for everything else, which nobody is led to.
#[must_use]
pub fn link(url: &str) -> Option<NextStep> {
    let place = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(place..)?.find(['/', '?', '#']).map_or(url.len(), |at| place + at);
    host(url.get(..end)?).map(|_| NextStep::Link { url: url.to_owned() })
}

/// The host without its port; empty if what stands there is no port.
fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => {
            if port.parse::<u16>().is_ok() {
                name
            } else {
                ""
            }
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for here in
            ["http://127.0.0.1", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]", "http://[::1]:80"]
        {
            assert!(host(here).is_some_and(is_here), "{here}");
        }
        for there in ["https://api.example.com", "https://api.example.com:8443", "https://[2001:db8::1]"] {
            assert!(host(there).is_some_and(|host| !is_here(host)), "{there}");
        }
        for wrong in [
            "http://api.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com:1",
            "https://user@localhost",
            "https://api.example.com/path",
            "https://api.example.com:99999",
            "https://api.example.com:",
            "https://:1",
            "https://",
            "http://",
            "ftp://localhost",
            "api.example.com",
            "",
        ] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nobody_is_led_anywhere_else() {
        for good in
            ["https://pay.example/a?b=c", "https://pay.example", "https://pay.example?a", "http://127.0.0.1:1/a"]
        {
            assert_eq!(link(good), Some(NextStep::Link { url: good.into() }), "{good}");
        }
        for wrong in
            ["http://pay.example/a", "javascript:alert(1)", "https://", "https:///a", "https://a@b/", "", "pay.example"]
        {
            assert_eq!(link(wrong), None, "{wrong}");
        }
    }
}
