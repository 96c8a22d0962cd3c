//! What is read back, what counts as agreed, and what does not.

use super::*;
use sayso_plugin_interface::Currency;

pub(super) fn proposal() -> Proposal {
    Proposal {
        kind: ProposalKind::Pay,
        payee: "electricity".into(),
        payee_name: "City Power".into(),
        amount: Money::new(4250, Currency::USD),
        provider: "stripe".into(),
        provider_name: "Stripe".into(),
        purpose: "electricity bill".into(),
        schedule: None,
        person: None,
    }
}

/// A read-back that begins at 1000.
pub(super) fn read_back(proposal: Proposal) -> ReadBack {
    ReadBack::new(proposal, Lang::En, occasion(), 1_000)
}

fn occasion() -> Occasion {
    Occasion { conversation: "kitchen".into(), step: 3 }
}

#[test]
fn a_read_back_ends_with_its_question() {
    for (lang, question) in READ_BACK_ENDS {
        let read = ReadBack::new(proposal(), lang, occasion(), 1_000);
        assert!(read.words().spoken.ends_with(question) && read.words().written.ends_with(question));
    }
}

#[test]
fn a_read_back_is_one_of_the_frames_that_voices_know() {
    for (lang, _) in READ_BACK_ENDS {
        let spoken = ReadBack::new(proposal(), lang, occasion(), 1_000).words().spoken;
        let frames = read_back_frames("_").into_iter().filter(|(of, _)| *of == lang);
        let fits = |frame: &String| frame.split('_').all(|words| spoken.contains(words));
        assert_eq!(frames.filter(|(_, frame)| fits(frame)).count(), 1, "{spoken}");
    }
}

#[test]
fn any_change_changes_the_digest() {
    let digest = proposal().digest();
    let changes: [fn(&mut Proposal); 10] = [
        |p| p.kind = ProposalKind::Refund { payment: "pay_1".into(), version: 1 },
        |p| p.payee.push('x'),
        |p| p.payee_name.push('x'),
        |p| p.amount.minor += 1,
        |p| p.amount.currency = Currency::CNY,
        |p| p.provider.push('x'),
        |p| p.provider_name.push('x'),
        |p| p.purpose.push('x'),
        |p| p.person = Some("Ben".into()),
        |p| p.schedule = Some(Schedule::Once { on: jiff::civil::date(2026, 11, 27) }),
    ];
    for change in changes {
        let mut changed = proposal();
        change(&mut changed);
        assert_ne!(changed.digest(), digest, "{changed:?}");
    }
}

#[test]
fn a_refund_names_its_payment_and_says_that_money_comes_back() {
    let refund = |payment: &str, version| {
        let kind = ProposalKind::Refund { payment: payment.into(), version };
        Proposal { kind, ..proposal() }
    };
    assert_ne!(refund("pay_1", 1).digest(), refund("pay_2", 1).digest());
    assert_ne!(refund("pay_1", 1).digest(), refund("pay_1", 2).digest());
    let words = |lang| ReadBack::new(refund("pay_1", 1), lang, occasion(), 0).words().written;
    assert_eq!(words(Lang::En), "You are getting $42.50 back from City Power, with Stripe. Is that right?");
    assert!(words(Lang::Zh).contains("退回"), "{}", words(Lang::Zh));
}

#[test]
fn the_days_are_read_back_and_another_day_is_another_proposal() {
    let on = |day| Proposal { schedule: Some(Schedule::Once { on: day }), ..proposal() };
    let friday = on(jiff::civil::date(2026, 11, 27));
    let read = read_back(friday.clone()).on(jiff::civil::date(2026, 11, 22));
    let text = "You are paying $42.50 to City Power with Stripe on Friday, November 27. Is that right?";
    assert_eq!(read.words().written, text);
    let chinese = ReadBack { lang: Lang::Zh, ..read };
    assert_eq!(chinese.words().written, "您将在11月27日星期五用Stripe向City Power支付US$42.50，对吗？");
    assert_ne!(friday.digest(), on(jiff::civil::date(2026, 11, 28)).digest());
}

#[test]
fn agreement_expires_both_ways() {
    let read = ReadBack::new(proposal(), Lang::En, occasion(), 1_000);
    assert!(read.clone().agree("yes", 1_000 + CONSENT_LIFE_MS).is_ok());
    assert_eq!(read.clone().agree("yes", 1_001 + CONSENT_LIFE_MS), Err(ConsentError::Expired));
    assert_eq!(read.agree("yes", 999), Err(ConsentError::Expired));
}

#[test]
fn a_read_back_has_one_consent_and_another_one_another() {
    let read = ReadBack::new(proposal(), Lang::En, occasion(), 1_000);
    let id = read.clone().agree("yes", 1_500).unwrap().id();
    assert_eq!(read.clone().agree("yes please", 2_000).unwrap().id(), id);
    assert_eq!(read.again(5_000).agree("yes", 6_000).unwrap().id(), id);
    assert_ne!(ReadBack::new(proposal(), Lang::En, occasion(), 1_001).agree("yes", 1_500).unwrap().id(), id);
}

#[test]
fn equal_read_backs_at_the_same_moment_have_their_own_consents() {
    let id = |occasion| ReadBack::new(proposal(), Lang::En, occasion, 1_000).agree("yes", 1_500).unwrap().id();
    let here = id(occasion());
    assert_ne!(id(Occasion { conversation: "bedroom".into(), ..occasion() }), here);
    assert_ne!(id(Occasion { step: 4, ..occasion() }), here);
    assert_eq!(id(occasion()), here);
}

#[test]
fn a_stored_read_back_that_was_changed_is_void() {
    let text = serde_json::to_string(&ReadBack::new(proposal(), Lang::En, occasion(), 0)).unwrap();
    let changed: ReadBack = serde_json::from_str(&text.replace("4250", "9950")).unwrap();
    assert_eq!(changed.agree("yes", 1), Err(ConsentError::Changed));
}
