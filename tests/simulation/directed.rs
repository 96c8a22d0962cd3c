//! What the simulation has found, as histories of their own: they stay when other seeds mean other things.

use crate::bank::Stands;
use crate::bugs::Bug;
use crate::house::{House, Process};
use crate::net::Fate;
use crate::weather::Weather;
use sayso::ledger::PaymentStatus as S;
use sayso::payments::Payment;
use std::time::Duration;
use tokio::time::sleep;

/// A house on a fine day, with one process in it.
async fn fine_day(query_by_reference: bool, lag_ms_max: u64) -> (House, Process) {
    let mut house = House::new(1, Bug::None);
    *house.net.weather.lock().unwrap() = Weather::default();
    house.offer.query_by_reference = query_by_reference;
    house.offer.key_life_ms = None;
    {
        let mut bank = house.net.bank.lock().unwrap();
        (bank.key_life_ms, bank.lag_ms_max, bank.errs) = (None, lag_ms_max, false);
    }
    let process = house.in_slot(0);
    sleep(Duration::from_secs(1)).await;
    (house, process)
}

async fn pay(house: &mut House, process: &Process) {
    let proposal = house.proposal();
    let (consent, _) = house.agreed(proposal);
    house.pay(process, consent, true);
    sleep(Duration::from_secs(30)).await;
}

fn only(house: &mut House) -> Payment {
    let (payments, _) = house.look();
    assert_eq!(payments.len(), 1);
    payments[0].clone()
}

fn next(house: &House, fates: &[Fate]) {
    house.net.weather.lock().unwrap().next.extend(fates);
}

#[tokio::test(start_paused = true)]
async fn what_was_told_to_be_unpaid_stays_unpaid_even_when_its_commit_was_on_the_disk() {
    for lies in 1..=3 {
        let (mut house, process) = fine_day(true, 0).await;
        house.net.weather.lock().unwrap().lies = lies;
        pay(&mut house, &process).await;
        house.end().await.unwrap();
        let payment = only(&mut house);
        assert!(matches!(payment.status, S::NotSent | S::Succeeded | S::Failed), "{payment:?}");
        assert!(lies > 1 || payment.status == S::NotSent, "{payment:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_is_asked_for_again_where_no_question_finds_the_payment() {
    let (mut house, process) = fine_day(false, 0).await;
    house.net.bank.lock().unwrap().next = Some(Stands::AtIt);
    next(&house, &[Fate::ReplyLost]);
    pay(&mut house, &process).await;
    let id = only(&mut house).id;
    next(&house, &[Fate::RequestLost]);
    process.payments.cancel(&id).await.unwrap();
    assert_eq!(only(&mut house).status, S::Canceling);
    sleep(Duration::from_secs(120)).await;
    process.payments.recover().await.unwrap();
    assert_eq!(only(&mut house).status, S::Canceled);
    house.end().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_arrived_by_the_second_sending_is_given_time_to_be_found() {
    let (mut house, process) = fine_day(true, 50_000).await;
    next(&house, &[Fate::RequestLost]);
    pay(&mut house, &process).await;
    sleep(Duration::from_secs(90)).await;
    house.net.bank.lock().unwrap().next = Some(Stands::AtIt);
    process.payments.recover().await.unwrap();
    assert_eq!(only(&mut house).status, S::Pending, "it was sent again");
    process.payments.recover().await.unwrap();
    assert_eq!(only(&mut house).status, S::Pending, "not to be found yet is no reason to give up");
    house.end().await.unwrap();
    assert_eq!(only(&mut house).status, S::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_approved_is_called_off_and_what_was_paid_after_that_comes_back() {
    for paid_late in [false, true] {
        let (mut house, process) = fine_day(true, 0).await;
        house.net.bank.lock().unwrap().next = Some(Stands::WaitsForPerson { approved: false });
        pay(&mut house, &process).await;
        house.net.bank.lock().unwrap().charges[0].expires_ms = Some(house.clock.true_ms() + 600_000);
        process.payments.recover().await.unwrap();
        sleep(Duration::from_secs(3_600)).await;
        next(&house, &[Fate::Good, if paid_late { Fate::RequestLost } else { Fate::Good }]);
        process.payments.recover().await.unwrap();
        let status = only(&mut house).status;
        assert_eq!(status, if paid_late { S::Canceling } else { S::Canceled });
        if paid_late {
            house.net.bank.lock().unwrap().charges[0].stands = Stands::Paid;
        }
        house.end().await.unwrap();
        assert_eq!(only(&mut house).status, if paid_late { S::Refunded } else { S::Canceled });
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_reserved_when_the_program_dies_is_captured_by_the_next_one() {
    let (mut house, process) = fine_day(true, 0).await;
    house.net.bank.lock().unwrap().next = Some(Stands::Held);
    next(&house, &[Fate::Good, Fate::RequestLost]);
    pay(&mut house, &process).await;
    assert_eq!(only(&mut house).status, S::Capturing);
    process.life.die("by a kill");
    house.slots[0] = None;
    house.end().await.unwrap();
    assert_eq!(only(&mut house).status, S::Succeeded);
}
