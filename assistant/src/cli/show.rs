//! Turns and payments as text for people.

use crate::payments::{PaymentView, WouldSend};
use crate::turn::{Paid, Stages, Turn};
use crate::understanding::{Entity, Meaning};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One turn: what was heard, understood and said, what was paid, and how long each stage took.
#[must_use]
pub fn turn(turn: &Turn) -> String {
    let mut lines = Vec::new();
    if turn.turn > 0 {
        let heard = if turn.heard.is_empty() { "(nothing)" } else { &turn.heard };
        lines.push(format!("{:>3} heard       {heard}  [{}]", turn.turn, turn.lang));
        if let Some(meaning) = &turn.meaning {
            lines.push(format!("    understood  {}", self::meaning(meaning)));
        }
    }
    lines.extend(turn.said.iter().map(|said| format!("    said        {said}")));
    lines.extend(turn.payment.iter().map(|paid| format!("    payment     {}", self::paid(paid))));
    lines.extend(turn.would_send.iter().map(|would| format!("    would send  {}", would_send(would))));
    lines.push(format!("    took        {}", stages(&turn.ms)));
    lines.join("\n")
}

/// A meaning in one line.
#[must_use]
pub fn meaning(meaning: &Meaning) -> String {
    let mut parts = Vec::new();
    if let Some(intent) = &meaning.intent {
        let (whole, thousandths) = (intent.confidence_milli / 1000, intent.confidence_milli % 1000);
        parts.push(format!("{} ({whole}.{thousandths:03})", intent.name));
    }
    parts.extend(meaning.acts.iter().map(|act| format!("{act:?}").to_lowercase()));
    parts.extend(meaning.entities.iter().map(entity));
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" · ") }
}

fn entity(entity: &Entity) -> String {
    let value = |value| serde_json::to_string(value).unwrap_or_default();
    let shown = match &entity.value {
        Some(known) => value(known),
        None => format!("{} ?", entity.alternatives.iter().map(value).collect::<Vec<_>>().join(" or ")),
    };
    format!("{} {shown}", format!("{:?}", entity.kind).to_lowercase())
}

fn paid(paid: &Paid) -> String {
    let reason = paid.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{} to {} with {}: {}{reason}", paid.amount, paid.payee_name, paid.provider, paid.status)
}

/// What a dry run would have sent: what the provider would be asked, then each HTTP request.
#[must_use]
pub fn would_send(would: &WouldSend) -> String {
    let mut lines = vec![format!("{} with {}: {}", would.verb, would.provider, would.request)];
    for request in &would.http {
        lines.push(format!("                {} {}", request.method, request.url));
        lines.extend(request.headers.iter().map(|(name, value)| format!("                {name}: {value}")));
        lines.extend(request.body.lines().map(|line| format!("                {line}")));
    }
    lines.join("\n")
}

fn stages(ms: &Stages) -> String {
    let parts = [
        ms.hear.map(|hear| format!("hear {hear:.0} ms")),
        Some(format!("understand {:.2} ms", ms.understand)),
        Some(format!("dialog {:.2} ms", ms.dialog)),
        ms.pay.map(|pay| format!("pay {pay:.0} ms")),
        ms.speak.map(|speak| format!("speak {speak:.0} ms")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// One payment of the ledger as a line.
#[must_use]
pub fn payment(view: &PaymentView, zone: &TimeZone) -> String {
    let when = Timestamp::from_millisecond(view.created_at_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone());
    let practice = if view.practice { "  (practice)" } else { "" };
    let note = view.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
    format!(
        "{}  {:<16} {:>14}  {} with {}  {}{practice}{note}",
        when.strftime("%Y-%m-%d %H:%M"),
        view.status.name(),
        view.amount.to_string(),
        view.payee_name,
        view.provider,
        view.id,
    )
}
