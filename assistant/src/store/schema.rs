//! The tables, as migrations: what was shipped once never changes, it is only added to.

use rusqlite_migration::{M, Migrations};

/// Marks the file as ours (`PRAGMA application_id`): "Says" as a number.
pub(super) const APPLICATION_ID: i32 = 0x5361_7973;

/// All migrations, oldest first; the version of a file is how many of them it has.
pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(FIRST),
        M::up(WEBHOOK_EVENTS),
        M::up(DELIVERIES),
        M::up(STANDING),
        M::up(TOLD),
        M::up(AUDIT),
        M::up(EXCHANGES),
        M::up(WAYS_TO_PAY),
        M::up(WHO),
        M::up(RESERVED_IS_OPEN),
        M::up(ACT_UNTIL),
        M::up(TO_TELL),
        M::up(WAYS_OF_ONE_MONEY),
        M::up(FEWER_COPIES),
        M::up(VOICEPRINTS),
    ])
}

/// Amounts are minor units of the row's currency; times are Unix milliseconds.
const FIRST: &str = "
CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE payments (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    consent TEXT NOT NULL UNIQUE,
    evidence TEXT NOT NULL,
    payee TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    provider TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    practice INTEGER NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    held INTEGER NOT NULL CHECK (held >= 0),
    captured INTEGER NOT NULL CHECK (captured >= 0 AND held + captured <= amount),
    refunded INTEGER NOT NULL CHECK (refunded >= 0 AND refunded <= captured),
    reference TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL,
    provider_reference TEXT,
    next_step TEXT,
    decline TEXT,
    note TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    poll_at_ms INTEGER,
    deadline_ms INTEGER,
    polls INTEGER NOT NULL,
    resends INTEGER NOT NULL,
    advances INTEGER NOT NULL,
    open_refunds INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_time ON payments (created_at_ms);
CREATE INDEX payments_by_payee ON payments (payee, created_at_ms);
CREATE INDEX payments_open ON payments (created_at_ms, poll_at_ms)
    WHERE open_refunds > 0
    OR status IN ('dispatching', 'unknown', 'pending', 'action_required', 'capturing', 'canceling', 'reversing');

CREATE TABLE keys (
    payment TEXT NOT NULL REFERENCES payments (id),
    verb TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (payment, verb, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    payment TEXT NOT NULL REFERENCES payments (id),
    event TEXT NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    detail TEXT,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_payment ON events (payment, seq);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE postings (
    event INTEGER NOT NULL REFERENCES events (seq),
    line INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts (id),
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    PRIMARY KEY (event, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE refunds (
    payment TEXT NOT NULL REFERENCES payments (id),
    number INTEGER NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    provider_reference TEXT,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (payment, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    payment TEXT NOT NULL REFERENCES payments (id),
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    delivered_at_ms INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at_ms IS NULL;

CREATE TABLE conversations (
    id TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_stay_1 BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_stay_2 BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER postings_stay_1 BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are never changed'); END;
CREATE TRIGGER postings_stay_2 BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are never deleted'); END;
CREATE TRIGGER keys_stay_1 BEFORE UPDATE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never changed'); END;
CREATE TRIGGER keys_stay_2 BEFORE DELETE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;
CREATE TRIGGER payments_stay BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;
CREATE TRIGGER payments_agreed BEFORE UPDATE OF id, consent, evidence, payee, provider, currency, amount, reference, request
    ON payments
    WHEN OLD.id IS NOT NEW.id OR OLD.consent IS NOT NEW.consent OR OLD.evidence IS NOT NEW.evidence
    OR OLD.payee IS NOT NEW.payee OR OLD.provider IS NOT NEW.provider OR OLD.currency IS NOT NEW.currency
    OR OLD.amount IS NOT NEW.amount OR OLD.reference IS NOT NEW.reference OR OLD.request IS NOT NEW.request
    BEGIN SELECT RAISE(ABORT, 'what was agreed to is never changed'); END;
";

/// Verified notifications of providers, each once.
const WEBHOOK_EVENTS: &str = "
CREATE TABLE webhook_events (
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    fate TEXT NOT NULL,
    settled_at_ms INTEGER,
    PRIMARY KEY (provider, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_events_waiting ON webhook_events (received_at_ms) WHERE fate = 'waiting';
CREATE TRIGGER webhook_events_stay_1 BEFORE UPDATE OF provider, event_id, event, received_at_ms ON webhook_events
    BEGIN SELECT RAISE(ABORT, 'what a provider notified of is never changed'); END;
CREATE TRIGGER webhook_events_stay_2 BEFORE DELETE ON webhook_events
    BEGIN SELECT RAISE(ABORT, 'what a provider notified of is never deleted'); END;
";

/// What became of the news of the outbox for each channel that is told.
const DELIVERIES: &str = "
CREATE TABLE delivery_channels (
    name TEXT PRIMARY KEY NOT NULL,
    told_up_to INTEGER NOT NULL,
    last_told_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
    channel TEXT NOT NULL REFERENCES delivery_channels (name),
    news INTEGER NOT NULL REFERENCES outbox (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'told', 'not_for_it', 'given_up')),
    tries INTEGER NOT NULL,
    next_at_ms INTEGER NOT NULL,
    why TEXT,
    PRIMARY KEY (channel, news)
) STRICT, WITHOUT ROWID;
";

/// What was agreed to for later, and what became of each due day. Days are `2026-12-01`, where the person lives.
const STANDING: &str = "
CREATE TABLE standing_orders (
    id TEXT PRIMARY KEY NOT NULL,
    consent TEXT NOT NULL UNIQUE,
    mandate TEXT NOT NULL,
    payee TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    next_due TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_due ON standing_orders (next_due) WHERE state = 'active';
CREATE TABLE standing_dues (
    standing TEXT NOT NULL REFERENCES standing_orders (id),
    due TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('begun', 'missed', 'refused')),
    payment TEXT REFERENCES payments (id),
    detail TEXT,
    at_ms INTEGER NOT NULL,
    told_at_ms INTEGER,
    PRIMARY KEY (standing, due)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER standing_agreed BEFORE UPDATE OF id, consent, mandate ON standing_orders
    WHEN OLD.id IS NOT NEW.id OR OLD.consent IS NOT NEW.consent OR OLD.mandate IS NOT NEW.mandate
    BEGIN SELECT RAISE(ABORT, 'what was agreed to is never changed'); END;
CREATE TRIGGER standing_orders_stay BEFORE DELETE ON standing_orders
    BEGIN SELECT RAISE(ABORT, 'standing orders are never deleted'); END;
CREATE TRIGGER standing_dues_stay BEFORE DELETE ON standing_dues
    BEGIN SELECT RAISE(ABORT, 'due days are never deleted'); END;
";

/// What the person was told of each payment, at which version of it. What was there before counts as told.
const TOLD: &str = "
CREATE TABLE told (
    told_payment TEXT PRIMARY KEY NOT NULL REFERENCES payments (id),
    told_version INTEGER NOT NULL,
    told_what TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO told SELECT id, version, 'before' FROM payments;
";

/// The audit log. Every event from the first after `audit_begins_after` on has an entry in it.
const AUDIT: &str = "
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
INSERT INTO meta (name, value) SELECT 'audit_begins_after', coalesce(max(seq), 0) FROM events;
CREATE TRIGGER audit_stays_1 BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_stays_2 BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never cut'); END;
CREATE TRIGGER audit_follows BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    OR (NEW.seq > 1 AND NEW.previous IS NOT (SELECT digest FROM audit WHERE seq = NEW.seq - 1))
    BEGIN SELECT RAISE(ABORT, 'an entry of the audit log follows on the one before it'); END;
";

/// What was said to providers, for support; forgotten after a while.
const EXCHANGES: &str = "
CREATE TABLE exchanges (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    reference TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    request_headers TEXT NOT NULL,
    request_body TEXT NOT NULL,
    status INTEGER,
    response_headers TEXT NOT NULL,
    response_body TEXT NOT NULL
) STRICT;
CREATE INDEX exchanges_by_reference ON exchanges (reference, id);
CREATE INDEX exchanges_by_time ON exchanges (at_ms);
CREATE INDEX conversations_by_time ON conversations (updated_at_ms);
";

/// Ways to pay that were stored with providers: their ids there, never a card number.
const WAYS_TO_PAY: &str = "
CREATE TABLE ways_to_pay (
    id TEXT PRIMARY KEY NOT NULL,
    provider TEXT NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'failed', 'given_up', 'removed')),
    reference TEXT NOT NULL UNIQUE,
    idempotency_key TEXT NOT NULL UNIQUE,
    provider_reference TEXT,
    instrument TEXT,
    label TEXT NOT NULL,
    next_step TEXT,
    expires_ms INTEGER NOT NULL,
    decline TEXT,
    created_at_ms INTEGER NOT NULL,
    enrolled_at_ms INTEGER
) STRICT, WITHOUT ROWID;
";

/// Who paid, and since when each payee is known and found where it is found now.
const WHO: &str = "
ALTER TABLE payments ADD COLUMN person TEXT;
CREATE TABLE payees (
    payee TEXT PRIMARY KEY NOT NULL,
    found_at TEXT NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_provider_reference ON payments (provider, provider_reference)
    WHERE provider_reference IS NOT NULL;
CREATE INDEX payments_by_practice ON payments (practice);
CREATE TRIGGER payments_person BEFORE UPDATE OF person ON payments WHEN OLD.person IS NOT NEW.person
    BEGIN SELECT RAISE(ABORT, 'what was agreed to is never changed'); END;
";

/// What is reserved waits for its capture, so that it is looked after too.
const RESERVED_IS_OPEN: &str = "
DROP INDEX payments_open;
CREATE INDEX payments_open ON payments (created_at_ms, poll_at_ms)
    WHERE open_refunds > 0
    OR status IN ('dispatching', 'unknown', 'pending', 'action_required', 'authorized', 'capturing', 'canceling', 'reversing');
";

/// Until when somebody can act on what the person was shown last or before.
const ACT_UNTIL: &str = "ALTER TABLE payments ADD COLUMN act_until_ms INTEGER;";

/// Which payments have changed since the person heard of them, so that looking for news costs nothing where there are none,
/// however many payments there are.
const TO_TELL: &str = "
CREATE TABLE to_tell (payment TEXT PRIMARY KEY NOT NULL REFERENCES payments (id)) STRICT, WITHOUT ROWID;
INSERT INTO to_tell SELECT id FROM payments LEFT JOIN told ON told_payment = id
    WHERE told_version IS NULL OR version > told_version;
CREATE TRIGGER to_tell_begun AFTER INSERT ON payments
    BEGIN INSERT OR IGNORE INTO to_tell VALUES (NEW.id); END;
CREATE TRIGGER to_tell_changed AFTER UPDATE OF version ON payments WHEN OLD.version IS NOT NEW.version
    BEGIN INSERT OR IGNORE INTO to_tell VALUES (NEW.id); END;
CREATE TRIGGER told_first AFTER INSERT ON told BEGIN DELETE FROM to_tell WHERE payment = NEW.told_payment
    AND NEW.told_version >= (SELECT version FROM payments WHERE id = NEW.told_payment); END;
CREATE TRIGGER told_again AFTER UPDATE ON told BEGIN DELETE FROM to_tell WHERE payment = NEW.told_payment
    AND NEW.told_version >= (SELECT version FROM payments WHERE id = NEW.told_payment); END;
CREATE INDEX standing_untold ON standing_dues (at_ms, due) WHERE outcome IN ('missed', 'refused') AND told_at_ms IS NULL;
";

/// Which kind of money each stored way moves. One from before is of the kind that its provider has moved here.
const WAYS_OF_ONE_MONEY: &str = "
ALTER TABLE ways_to_pay ADD COLUMN practice INTEGER NOT NULL DEFAULT 1;
UPDATE ways_to_pay SET practice = 0
    WHERE EXISTS (SELECT 1 FROM payments WHERE payments.provider = ways_to_pay.provider AND payments.practice = 0);
";

/// The same rules at less cost. SQLite copies every page that a statement changes where a trigger beside it may fail in the
/// middle; nothing has been changed yet when this one looks, so that its failure has nothing to undo. What is to be told is
/// written down by a statement of its own, in the same transaction. Nobody asks any longer which news waits for all.
const FEWER_COPIES: &str = "
DROP TRIGGER audit_follows;
CREATE TRIGGER audit_follows BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    OR (NEW.seq > 1 AND NEW.previous IS NOT (SELECT digest FROM audit WHERE seq = NEW.seq - 1))
    BEGIN SELECT RAISE(FAIL, 'an entry of the audit log follows on the one before it'); END;
DROP TRIGGER to_tell_begun;
DROP TRIGGER to_tell_changed;
DROP INDEX outbox_waiting;
";

/// How the people of the household sound, as one encoder has it. Never exported.
const VOICEPRINTS: &str = "
CREATE TABLE voiceprints (
    person TEXT PRIMARY KEY NOT NULL,
    model TEXT NOT NULL,
    numbers BLOB NOT NULL,
    enrolled_at_ms INTEGER NOT NULL
) STRICT;
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::PaymentStatus;

    #[test]
    fn the_migrations_apply() {
        migrations().validate().unwrap();
    }

    #[test]
    fn the_index_of_open_payments_knows_every_open_status() {
        for status in PaymentStatus::ALL {
            assert_eq!(RESERVED_IS_OPEN.contains(&format!("'{status}'")), status.is_open(), "{status}");
        }
    }
}
