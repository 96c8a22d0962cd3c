//! What a plugin declares, in the lines that the operator reads before they agree; what was not so before is said to be new.

use crate::plugin_host::{About, Pin};
use sayso_plugin_interface::Capabilities;
use sayso_plugin_interface::capabilities::{HandoffKind, ServiceHours};

/// The most currencies that are named; of more, how many there are.
const CURRENCIES_NAMED: usize = 12;

/// All of it. `before` is what was agreed to earlier, if the plugin is there already.
pub(super) fn shown(about: &About, sha256: &str, before: Option<&Pin>) -> String {
    let can = &about.capabilities;
    let ((major, minor), then) = (about.abi, before.and_then(|pin| pin.capabilities.as_ref()));
    let money = |can: &Capabilities| {
        if can.practice { "practice money only, unless its settings say otherwise" } else { "REAL MONEY" }
    };
    let version = match before {
        Some(pin) => format!("{} (now {})", can.version, pin.version),
        None => can.version.clone(),
    };
    let confined = if about.confinement.complete() { "wholly" } else { "NOT WHOLLY on this system" };
    let secrets = list(&can.secrets, before.map(|pin| &pin.secrets));
    let secrets = if can.secrets.is_empty() { secrets } else { format!("{secrets}; filled in on the way out") };
    let changed = |text: String, was: Option<String>| match was {
        Some(was) if was != text => format!("{text} (NEW: was {was})"),
        _ => text,
    };
    let lines = [
        ("moves", changed(money(can).to_owned(), then.map(|then| money(then).to_owned()))),
        ("talks to", list(&can.hosts, before.map(|pin| &pin.hosts))),
        ("secrets", secrets),
        ("secrets inside", list(&can.secrets_inside, before.map(|pin| &pin.secrets_inside))),
        ("currencies", changed(currencies(can), then.map(currencies))),
        ("at most", changed(limits(can), then.map(limits))),
        ("abilities", list(&abilities(can), then.map(abilities).as_ref())),
        ("hands over by", list(&hand_offs(can), then.map(hand_offs).as_ref())),
        ("hours", changed(hours(can.hours), then.map(|then| hours(then.hours)))),
        ("knows a key", changed(key_life(can), then.map(key_life))),
        ("confined", confined.to_owned()),
        ("sha256", changed(sha256.to_owned(), before.map(|pin| pin.sha256.clone()))),
    ];
    let lines = lines.map(|(name, text)| format!("  {name:<15} {text}")).join("\n");
    format!("{} {version} (plugin interface {major}.{minor})\n{lines}", can.name)
}

/// What is there now, and what is not any more.
fn list(now: &[String], then: Option<&Vec<String>>) -> String {
    let fresh = |item: &String| then.is_some_and(|then| !then.contains(item));
    let mut each: Vec<_> =
        now.iter().map(|item| if fresh(item) { format!("{item} (NEW)") } else { item.clone() }).collect();
    if each.is_empty() {
        each.push("none".to_owned());
    }
    let gone: Vec<_> = then.into_iter().flatten().filter(|item| !now.contains(item)).cloned().collect();
    if !gone.is_empty() {
        each.push(format!("no longer {}", gone.join(", no longer ")));
    }
    each.join(", ")
}

fn currencies(can: &Capabilities) -> String {
    match can.currencies.len() {
        0 => "every one".to_owned(),
        count if count > CURRENCIES_NAMED => format!("{count} of them"),
        _ => can.currencies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn limits(can: &Capabilities) -> String {
    let each: Vec<_> = can.limits.iter().map(ToString::to_string).collect();
    if each.is_empty() { "no limit of its own".to_owned() } else { format!("{} a payment", each.join(", ")) }
}

fn abilities(can: &Capabilities) -> Vec<String> {
    let yes = |able: bool, what: &str| able.then(|| what.to_owned());
    [
        Some("pays".to_owned()),
        yes(can.off_session, "pays while nobody is at a screen"),
        yes(can.authorize_and_capture, "reserves and captures"),
        yes(can.partial_refund, "gives back a part"),
        yes(can.query_by_reference, "finds payments by our reference"),
        yes(can.enrolment, "stores ways to pay"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn hand_offs(can: &Capabilities) -> Vec<String> {
    let name = |kind: &HandoffKind| match kind {
        HandoffKind::Link => "a link",
        HandoffKind::Qr => "a code to scan",
        HandoffKind::App => "an app",
    };
    can.handoff.iter().map(|kind| name(kind).to_owned()).collect()
}

fn hours(hours: Option<ServiceHours>) -> String {
    let Some(ServiceHours { from_minute, to_minute, utc_offset_minutes }) = hours else {
        return "at any time".to_owned();
    };
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let sign = if utc_offset_minutes < 0 { '-' } else { '+' };
    format!(
        "{} to {} (UTC{sign}{}) where nobody is at a screen",
        clock(from_minute),
        clock(to_minute),
        clock(utc_offset_minutes.unsigned_abs())
    )
}

fn key_life(can: &Capabilities) -> String {
    match can.idempotency_key_life_ms {
        None => "for ever".to_owned(),
        Some(ms) => format!("for {} h", ms / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(change: impl FnOnce(&mut Capabilities)) -> About {
        let text = r#"{"name":"my_bank","version":"1.2","practice":true,"currencies":["USD"],"off_session":true,"authorize_and_capture":false,"partial_refund":false,"query_by_reference":true,"idempotency_key_life_ms":86400000,"reference_length_max":64,"hosts":["h"],"secrets":["k"],"secrets_inside":[]}"#;
        let mut capabilities: Capabilities = serde_json::from_str(text).unwrap();
        change(&mut capabilities);
        About { abi: (1, 0), capabilities, confinement: Default::default() }
    }

    fn pin(about: &About) -> Pin {
        let can = about.capabilities.clone();
        Pin {
            file: String::new(),
            sha256: "aa".into(),
            version: "1.1".into(),
            hosts: can.hosts.clone(),
            secrets: can.secrets.clone(),
            secrets_inside: can.secrets_inside.clone(),
            capabilities: Some(can),
        }
    }

    #[test]
    fn all_that_is_declared_is_said() {
        let about = about(|can| {
            can.handoff = vec![HandoffKind::Qr];
            can.hours = Some(ServiceHours { from_minute: 420, to_minute: 1320, utc_offset_minutes: 480 });
            can.secrets_inside = vec!["signing_key".into()];
        });
        let said = shown(&about, "aa", None);
        for part in [
            "practice money only",
            "talks to        h",
            "k; filled in",
            "signing_key",
            "currencies      USD",
            "pays while nobody",
            "a code to scan",
            "07:00 to 22:00 (UTC+08:00)",
            "for 24 h",
            "sha256          aa",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("NEW"), "{said}");
    }

    #[test]
    fn what_was_not_so_before_is_said_to_be_new() {
        let before = pin(&about(|_| {}));
        let after = about(|can| {
            can.practice = false;
            can.hosts.push("evil.example".into());
            can.query_by_reference = false;
            can.enrolment = true;
            can.idempotency_key_life_ms = Some(3_600_000);
        });
        let said = shown(&after, "bb", Some(&before));
        for part in [
            "REAL MONEY (NEW: was practice money only, unless its settings say otherwise)",
            "h, evil.example (NEW)",
            "stores ways to pay (NEW), no longer finds payments by our reference",
            "for 1 h (NEW: was for 24 h)",
            "bb (NEW: was aa)",
            "1.2 (now 1.1)",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(said.matches("NEW").count(), 5, "{said}");
        let same = shown(&about(|_| {}), "aa", Some(&before));
        assert!(!same.contains("NEW") && !same.contains("no longer"), "{same}");
    }
}
