//! The store: what it refuses, how it fails, what it keeps.

use crate::bank::Mood;
use crate::world::{World, proposal, reload, usd};
use jiff::civil::date;
use jiff::tz::TimeZone;
use sayso::dialog::{History as _, HistoryFilter, PaymentStatus as Past};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Clock as _, Filter, PayError, PaymentStore as _};
use sayso::store::{Store, StoreErrorKind};

#[tokio::test]
async fn on_a_full_disk_nothing_is_sent() {
    let world = World::new();
    let store = world.store();
    let payments = world.start_on(store.clone());
    store.limit_pages(40).await.unwrap();
    let (mut refused, mut unrecorded) = (None, 0);
    for _ in 0..2_000 {
        match payments.pay(world.consent(usd(100))).await {
            Ok(_) => {}
            Err(PayError::Unrecorded { .. }) => unrecorded += 1,
            Err(PayError::Store(error)) => {
                refused = Some(error);
                break;
            }
            Err(other) => panic!("{other}"),
        }
    }
    let error = refused.expect("the disk was never full");
    assert_eq!(error.kind, StoreErrorKind::Full);
    assert!(error.message.contains("make room"), "{error}");
    let sent = world.bank.asks().len();
    assert!(payments.pay(world.consent(usd(100))).await.is_err());
    assert_eq!(world.bank.asks().len(), sent, "what cannot be written down is not sent");
    let everything = Filter { limit: usize::MAX, ..Filter::default() };
    assert_eq!(payments.list(&everything).await.unwrap().len(), sent, "what was sent is written down");
    store.limit_pages(1_000_000).await.unwrap();
    drop((payments, store));
    let payments = world.start();
    payments.recover().await.unwrap();
    let all = payments.list(&everything).await.unwrap();
    assert!(all.iter().all(|view| view.status == S::Succeeded), "{unrecorded} could not be recorded at first");
    assert_eq!(payments.pay(world.consent(usd(100))).await.unwrap().status, S::Succeeded, "with room it goes on");
    world.check(&payments).await;
}

#[test]
fn what_is_no_store_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sayso.db");
    std::fs::write(&path, "this is a shopping list, and quite a long one at that: ".repeat(100)).unwrap();
    let error = Store::open(&path).err().unwrap();
    assert_eq!(error.kind, StoreErrorKind::Corrupt, "{error}");
    std::fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE cats (name TEXT)").unwrap();
    drop(other);
    let error = Store::open(&path).err().unwrap();
    assert!(error.message.contains("another program"), "{error}");
}

#[test]
fn a_store_of_a_newer_sayso_is_left_alone() {
    let world = World::new();
    drop(world.store());
    let connection = rusqlite::Connection::open(world.path()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = Store::open(world.path()).err().unwrap();
    assert_eq!(error.kind, StoreErrorKind::Newer);
    assert!(error.message.contains("newer Sayso"), "{error}");
}

#[tokio::test]
async fn a_damaged_file_is_an_error_and_pays_nothing() {
    let world = World::new();
    let payments = world.start();
    for _ in 0..20 {
        payments.pay(world.consent(usd(100))).await.unwrap();
    }
    drop(payments);
    let mut bytes = std::fs::read(world.path()).unwrap();
    let length = bytes.len();
    bytes[4096..length].fill(0x5a);
    std::fs::write(world.path(), bytes).unwrap();
    let asked = world.bank.asks().len();
    match Store::open(world.path()) {
        Err(error) => assert_eq!(error.kind, StoreErrorKind::Corrupt, "{error}"),
        Ok(store) => assert!(world.start_on(store).pay(world.consent(usd(100))).await.is_err()),
    }
    assert_eq!(world.bank.asks().len(), asked);
}

#[tokio::test]
async fn a_store_that_another_program_holds_is_said_to_be_held() {
    let world = World::new();
    let store = world.store();
    let payments = world.start_on(store);
    let other = rusqlite::Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    match payments.pay(world.consent(usd(100))).await {
        Err(PayError::Store(error)) => assert_eq!(error.kind, StoreErrorKind::Locked, "{error}"),
        other => panic!("{other:?}"),
    }
    assert!(world.bank.asks().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(payments.pay(world.consent(usd(100))).await.unwrap().status, S::Succeeded);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/down/sayso.db");
    let store = Store::open(&path).unwrap();
    store.save_conversation("c", "{}", 1).await.unwrap();
    for file in ["sayso.db", "sayso.db-wal", "sayso.db-shm"] {
        let mode = std::fs::metadata(path.with_file_name(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} is {mode:o}");
    }
    drop(store);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "what was open to others is closed");
}

#[tokio::test]
async fn the_installation_has_one_name_for_ever() {
    let (world, other) = (World::new(), World::new());
    let name = world.store().installation().to_owned();
    assert_eq!(world.store().installation(), name);
    assert_ne!(other.store().installation(), name);
}

#[tokio::test]
async fn what_happened_is_never_changed() {
    let world = World::new();
    let payments = world.start();
    payments.pay(world.consent(usd(100))).await.unwrap();
    let connection = rusqlite::Connection::open(world.path()).unwrap();
    for statement in [
        "UPDATE events SET to_status = 'failed'",
        "DELETE FROM events",
        "UPDATE postings SET minor = minor + 1",
        "DELETE FROM postings",
        "UPDATE keys SET key = 'x'",
        "DELETE FROM keys",
        "DELETE FROM payments",
        "UPDATE audit SET what = '{}'",
        "DELETE FROM audit",
        "INSERT INTO audit (seq, at_ms, what, previous, digest) VALUES (99, 0, '{}', '', '')",
        "INSERT INTO audit (seq, at_ms, what, previous, digest) \
         SELECT max(seq) + 1, 0, '{}', 'another', '' FROM audit",
        "UPDATE payments SET amount = 1",
        "UPDATE payments SET payee = 'mallory'",
        "UPDATE payments SET request = '{}'",
        "UPDATE payments SET evidence = '{}'",
        "UPDATE payments SET captured = amount + 1",
        "UPDATE payments SET refunded = captured + 1",
    ] {
        assert!(connection.execute_batch(statement).is_err(), "{statement}");
    }
    world.check(&payments).await;
}

#[tokio::test]
async fn books_that_were_tampered_with_are_found_out() {
    let tamperings = [
        ("DROP TRIGGER postings_stay_1; UPDATE postings SET minor = minor + 1 WHERE line = 0", "does not balance"),
        ("UPDATE payments SET captured = 0", "payee was posted something else"),
        ("UPDATE payments SET status = 'failed'", "its history ends with"),
        (
            "DROP TRIGGER events_stay_2; PRAGMA foreign_keys = OFF; DELETE FROM events WHERE event = 'dispatched'",
            "cannot be",
        ),
        ("DROP TRIGGER events_stay_1; UPDATE events SET event = 'failed' WHERE event = 'succeeded'", "cannot be"),
    ];
    for (tampering, fault) in tamperings {
        let world = World::new();
        let payments = world.start();
        for _ in 0..3 {
            payments.pay(world.consent(usd(100))).await.unwrap();
        }
        assert!(payments.verify().await.unwrap().is_sound());
        rusqlite::Connection::open(world.path()).unwrap().execute_batch(tampering).unwrap();
        let report = payments.verify().await.unwrap();
        assert!(report.faults.iter().any(|found| found.contains(fault)), "{tampering}: {:?}", report.faults);
    }
}

#[tokio::test]
async fn conversations_are_kept_replaced_and_forgotten() {
    let world = World::new();
    let store = world.store();
    assert_eq!(store.load_conversation("kitchen").await.unwrap(), None);
    store.save_conversation("kitchen", r#"{"flow":"pay"}"#, 1).await.unwrap();
    store.save_conversation("kitchen", r#"{"flow":"send","text":"二百块"}"#, 2).await.unwrap();
    drop(store);
    let store = world.store();
    let kept = store.load_conversation("kitchen").await.unwrap();
    assert_eq!(kept.as_deref(), Some(r#"{"flow":"send","text":"二百块"}"#));
    store.end_conversation("kitchen").await.unwrap();
    assert_eq!(store.load_conversation("kitchen").await.unwrap(), None);
}

#[tokio::test]
async fn every_step_leaves_a_notice() {
    let world = World::new();
    let store = world.store();
    let payments = world.start_on(store.clone());
    world.bank.next([Mood::LosesAnswer]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    payments.recover().await.unwrap();
    drop((payments, store));
    let notices = world.store().notices(10).await.unwrap();
    let topics: Vec<_> = notices.iter().map(|notice| notice.topic.as_str()).collect();
    assert_eq!(topics, ["payment.dispatching", "payment.unknown", "payment.succeeded"]);
    assert!(notices.iter().all(|notice| notice.payment == view.id && notice.payload["amount"]["minor"] == 100));
}

#[tokio::test]
async fn history_counts_what_was_paid_where_the_person_lives() {
    let world = World::new();
    let store = world.store();
    let payments = world.start_on(store.clone());
    world.bank.next([
        Mood::Good,
        Mood::LosesAnswer,
        Mood::Declines(sayso_plugin_interface::outcome::DeclineCode::Declined),
    ]);
    let paid = payments.pay(world.consent(usd(4250))).await.unwrap();
    world.clock.forward(1);
    let mut water = proposal(usd(700));
    water.payee = "water".into();
    payments.pay(world.consent_at(water, world.clock.now_ms())).await.unwrap();
    payments.pay(world.consent(usd(999))).await.unwrap();
    payments.refund(&paid.id, usd(250)).await.unwrap();
    // The clock of this world stands at 2023-11-14 22:13:20 UTC, which is the 15th in Shanghai.
    let (utc, shanghai) = (store.history(TimeZone::UTC), store.history(TimeZone::get("Asia/Shanghai").unwrap()));
    let all = utc.payments(&HistoryFilter::default());
    let told: Vec<_> = all.iter().map(|past| (past.payee.as_str(), past.amount, past.status)).collect();
    assert_eq!(told, [("water", usd(700), Past::Open), ("electricity", usd(4000), Past::Succeeded)]);
    assert_eq!(all[1].when.date(), date(2023, 11, 14));
    assert_eq!(shanghai.payments(&HistoryFilter::default())[1].when.date(), date(2023, 11, 15));
    let on = |day| HistoryFilter { from: Some(day), until: Some(day), ..HistoryFilter::default() };
    assert_eq!(utc.payments(&on(date(2023, 11, 14))).len(), 2);
    assert_eq!(utc.payments(&on(date(2023, 11, 15))).len(), 0);
    assert_eq!(shanghai.payments(&on(date(2023, 11, 15))).len(), 2);
    let water = HistoryFilter { payee: Some("water".into()), limit: Some(1), ..HistoryFilter::default() };
    assert_eq!(utc.payments(&water).len(), 1);
}

#[tokio::test]
async fn lists_are_filtered_and_newest_first() {
    let world = World::new();
    let payments = world.start();
    let mut ids = Vec::new();
    for minor in 1..=5 {
        world.clock.forward(1_000);
        ids.push(payments.pay(world.consent(usd(minor))).await.unwrap());
    }
    let all = payments.list(&Filter::default()).await.unwrap();
    assert_eq!(all.iter().map(|view| view.amount.minor).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    let middle =
        Filter { since_ms: Some(ids[1].created_at_ms), before_ms: Some(ids[4].created_at_ms), ..Filter::default() };
    assert_eq!(payments.list(&middle).await.unwrap().len(), 3);
    let none = Filter { payee: Some("water".into()), ..Filter::default() };
    assert!(payments.list(&none).await.unwrap().is_empty());
    let failed = Filter { statuses: vec![S::Failed], provider: Some("stripe".into()), ..Filter::default() };
    assert!(payments.list(&failed).await.unwrap().is_empty());
    assert_eq!(payments.list(&Filter { limit: 2, ..Filter::default() }).await.unwrap().len(), 2);
    assert_eq!(reload(&payments, &ids[0]).await, ids[0]);
}

#[tokio::test]
async fn a_write_on_an_older_record_is_refused() {
    let world = World::new();
    let store = world.store();
    world.bank.next([Mood::LosesAnswer]);
    let payments = world.start_on(store.clone());
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let stale = store.payment(&view.id).await.unwrap().unwrap();
    payments.recover().await.unwrap();
    let mut next = stale;
    next.version += 1;
    let write =
        sayso::payments::Write { payment: next, entry: None, notice: None, refund: None, key: None, release: false };
    assert_eq!(store.write(write).await.unwrap_err().kind, StoreErrorKind::Stale);
    assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
}
