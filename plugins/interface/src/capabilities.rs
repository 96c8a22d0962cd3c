//! What a provider says of itself, truthfully, before it is used.

use crate::currency::Currency;
use crate::money::Money;
use serde::{Deserialize, Serialize};

/// What a provider can do. The host refuses what is not declared here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The name that configurations use, e.g. `practice_bank`.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// True if no real money can move.
    pub practice: bool,
    /// Currencies taken; empty means every one.
    pub currencies: Vec<Currency>,
    /// The most that one payment may be, for each currency that has a limit.
    #[serde(default)]
    pub limits: Vec<Money>,
    /// Can pay while the person is not at a screen.
    pub off_session: bool,
    /// Can reserve first and capture later.
    pub authorize_and_capture: bool,
    /// Can give back a part.
    pub partial_refund: bool,
    /// Finds a payment by our own reference.
    pub query_by_reference: bool,
    /// How long a repeated key has no second effect; `None` is for ever. Milliseconds.
    pub idempotency_key_life_ms: Option<u64>,
    /// The longest reference and key that the provider takes, in ASCII letters and digits.
    pub reference_length_max: usize,
    /// Hosts that HTTP requests go to, each with its port unless that is the scheme's own (`api.example.com`,
    /// `127.0.0.1:8080`); the gate lets no other pass.
    pub hosts: Vec<String>,
    /// Names of the secrets that requests refer to.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Names of the secrets that the plugin itself has to know, to sign or to verify with. The operator grants each by name;
    /// they come in the configuration, below `secrets`.
    #[serde(default)]
    pub secrets_inside: Vec<String>,
    /// How the person can be handed to a screen.
    #[serde(default)]
    pub handoff: Vec<HandoffKind>,
    /// Can store a way to pay by `enrol`, so that later payments need no screen.
    #[serde(default)]
    pub enrolment: bool,
    /// The hours in which payments by a stored way to pay are taken; `None` is at any time. Outside of them the host asks for
    /// none: it hands the person to a screen, or waits where nobody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<ServiceHours>,
}

impl Capabilities {
    /// A provider of real money in every currency, without limits and with none of the abilities. What it can do is laid over
    /// it: `Capabilities { off_session: true, ..Capabilities::of("my_bank", "1.0.0") }`.
    #[must_use]
    pub fn of(name: &str, version: &str) -> Self {
        Capabilities {
            name: name.to_owned(),
            version: version.to_owned(),
            practice: false,
            currencies: Vec::new(),
            limits: Vec::new(),
            off_session: false,
            authorize_and_capture: false,
            partial_refund: false,
            query_by_reference: false,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: Vec::new(),
            secrets: Vec::new(),
            secrets_inside: Vec::new(),
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        }
    }
}

/// Hours of the day in which a provider works, by a clock of a fixed distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHours {
    /// Minute of the day at which it opens, from 0.
    pub from_minute: u16,
    /// Minute of the day at which it closes, up to 1440; not before `from_minute`.
    pub to_minute: u16,
    /// Minutes east of UTC, e.g. 480 for Beijing.
    pub utc_offset_minutes: i16,
}

const MINUTE_MS: i64 = 60_000;
const MINUTES_OF_DAY: i64 = 24 * 60;

impl ServiceHours {
    /// True if payments are taken at this moment, in Unix milliseconds.
    #[must_use]
    pub fn is_open(self, now_ms: i64) -> bool {
        (i64::from(self.from_minute)..i64::from(self.to_minute)).contains(&self.minute(now_ms))
    }

    /// The next moment at which it opens, in Unix milliseconds; after `now_ms` also where it is open then.
    #[must_use]
    pub fn opens_ms(self, now_ms: i64) -> i64 {
        let until = i64::from(self.from_minute) - self.minute(now_ms);
        let minutes = if until > 0 { until } else { until + MINUTES_OF_DAY };
        now_ms.div_euclid(MINUTE_MS).saturating_add(minutes).saturating_mul(MINUTE_MS)
    }

    /// The minute of the day by this provider's clock.
    fn minute(self, now_ms: i64) -> i64 {
        (now_ms.div_euclid(MINUTE_MS) + i64::from(self.utc_offset_minutes)).rem_euclid(MINUTES_OF_DAY)
    }
}

/// A way to hand the person to a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffKind {
    /// An address to open.
    Link,
    /// A code to scan.
    Qr,
    /// An app to approve in.
    App,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_providers_clock() {
        let hours = ServiceHours { from_minute: 420, to_minute: 1320, utc_offset_minutes: 480 };
        // Half past eleven in the evening in London is half past seven in the morning in Beijing.
        let morning = 1_764_027_000_000;
        let hour_ms = 60 * MINUTE_MS;
        assert!(hours.is_open(morning));
        assert!(!hours.is_open(morning - 31 * MINUTE_MS) && hours.is_open(morning - 30 * MINUTE_MS));
        assert!(hours.is_open(morning + 14 * hour_ms) && !hours.is_open(morning + 15 * hour_ms));
        assert_eq!(hours.opens_ms(morning - 2 * hour_ms), morning - 30 * MINUTE_MS);
        assert_eq!(hours.opens_ms(morning + 15 * hour_ms), morning - 30 * MINUTE_MS + 24 * hour_ms);
        assert!(hours.is_open(hours.opens_ms(morning)) && hours.opens_ms(morning) > morning);
    }
}
