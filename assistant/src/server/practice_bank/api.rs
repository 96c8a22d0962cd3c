//! The routes of the practice bank, and the faults that it makes on purpose around what the books do.

use super::Bank;
use super::books::{self, Books, Given, Once, given, refused};
use super::line::{Lines, Scissors};
use super::scenario::{self, SCENARIOS, Scenario};
use super::wire::{Charge, ChargeRequest, RefundRequest, Refusal};
use axum::Router;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;
use std::sync::{Arc, PoisonError};
use tokio::sync::oneshot;

/// Answers until told to stop.
pub(super) async fn answer(lines: Lines, bank: Arc<Bank>, stopped: oneshot::Receiver<()>) {
    let router = Router::new()
        .route("/v1/charges", get(every_charge))
        .route("/v1/scenarios", get(|| async { axum::Json(SCENARIOS) }))
        .route("/v1/{provider}/charges", post(charge).get(charges))
        .route("/v1/{provider}/charges/{id}", get(one_charge))
        .route("/v1/{provider}/charges/{id}/refunds", post(refund))
        .route("/v1/{provider}/charges/{id}/{change}", post(change))
        .route("/v1/{provider}/refunds", get(refunds))
        .with_state(bank)
        .into_make_service_with_connect_info::<Scissors>();
    let stop = async {
        // A bank whose handle is gone is aborted; one that was told to stop ends its connections first.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    if let Err(problem) = axum::serve(lines, router).with_graceful_shutdown(stop).await {
        tracing::error!(%problem, "the practice bank stopped answering");
    }
}

impl IntoResponse for Given {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response()
    }
}

/// Works in the books on a thread that may block; trouble with them is a 500.
async fn in_books(
    bank: &Arc<Bank>,
    work: impl FnOnce(&mut Books) -> rusqlite::Result<Given> + Send + 'static,
) -> Given {
    on_thread(bank, work).await.unwrap_or_else(|trouble| trouble)
}

async fn on_thread<T: Send + 'static>(
    bank: &Arc<Bank>,
    work: impl FnOnce(&mut Books) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Given> {
    let bank = Arc::clone(bank);
    let work = move || work(&mut bank.books.lock().unwrap_or_else(PoisonError::into_inner));
    let trouble = |problem: String| refused(500, &Refusal::new("books", problem));
    let done = tokio::task::spawn_blocking(work).await.map_err(|problem| trouble(problem.to_string()))?;
    done.map_err(|problem| trouble(problem.to_string()))
}

#[derive(Deserialize)]
struct ByReference {
    reference: String,
}

async fn every_charge(State(bank): State<Arc<Bank>>) -> Given {
    in_books(&bank, |books| Ok(given(200, &json!({ "charges": books.charges(None, None)? })))).await
}

async fn charges(
    State(bank): State<Arc<Bank>>,
    Path(provider): Path<String>,
    Query(asked): Query<ByReference>,
) -> Given {
    in_books(&bank, move |books| {
        let found = books.charges(Some(&provider), Some(&asked.reference))?;
        found.iter().try_for_each(|charge| books.looked_at(&charge.id))?;
        Ok(given(200, &json!({ "charges": found })))
    })
    .await
}

async fn one_charge(State(bank): State<Arc<Bank>>, Path((provider, id)): Path<(String, String)>) -> Given {
    in_books(&bank, move |books| {
        let found = books.charge(&provider, &id)?;
        books.looked_at(&id)?;
        Ok(found.map_or_else(|| refused(404, &books::no_such_charge(&id)), |charge| given(200, &charge)))
    })
    .await
}

async fn refunds(
    State(bank): State<Arc<Bank>>,
    Path(provider): Path<String>,
    Query(asked): Query<ByReference>,
) -> Given {
    in_books(&bank, move |books| Ok(given(200, &json!({ "refunds": books.refunds(&provider, &asked.reference)? }))))
        .await
}

/// The body as JSON, or the refusal of it.
fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Given> {
    serde_json::from_str(body).map_err(|wrong| refused(400, &Refusal::new("invalid_body", wrong.to_string())))
}

fn key_of(headers: &HeaderMap) -> Result<String, Given> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if (1..=255).contains(&key.len()) {
        return Ok(key.to_owned());
    }
    Err(refused(400, &Refusal::new("no_key", "the header `Idempotency-Key` has to have 1 to 255 characters")))
}

async fn charge(
    State(bank): State<Arc<Bank>>,
    Path(provider): Path<String>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    headers: HeaderMap,
    body: String,
) -> Given {
    let asked = key_of(&headers).and_then(|key| Ok((key, read::<ChargeRequest>(&body)?)));
    let (key, request) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let scenario = scenario::of(request.scenario.as_deref(), request.amount_minor)
        .map_err(|name| Refusal::new("no_such_scenario", format!("there is no scenario `{name}`")));
    let scenario = match request.check().and(scenario) {
        Ok(scenario) => scenario,
        Err(refusal) => return refused(400, &refusal),
    };
    let fate = on_thread(&bank, move |books| act(books, &provider, &key, &request, scenario)).await;
    play(fate.unwrap_or_else(Fate::Answer), &scissors, &bank).await
}

/// What becomes of an answer on its way.
enum Fate {
    Answer(Given),
    Late(Given),
    Garbled(Given),
    HangUp,
}

/// Does what the scenario has: the effect, or a fault before it, or a fault after it.
fn act(
    books: &mut Books,
    provider: &str,
    key: &str,
    request: &ChargeRequest,
    scenario: Scenario,
) -> rusqlite::Result<Fate> {
    let first = books.first_time(provider, key)?;
    let nothing_done = |status, code| Ok(Fate::Answer(refused(status, &Refusal::new(code, "nothing was done"))));
    match scenario {
        Scenario::HangsUpBefore if first => return Ok(Fate::HangUp),
        Scenario::ErrorBefore if first => return nothing_done(500, "internal"),
        Scenario::Busy if first => return nothing_done(429, "busy"),
        _ => {}
    }
    let text = serde_json::to_string(request).unwrap_or_default();
    let once = Once { provider, key, request: &text };
    let answer = books.once(&once, |transaction| books::charge(transaction, provider, request, scenario))?;
    Ok(match scenario {
        Scenario::HangsUpAfter if first => Fate::HangUp,
        Scenario::AnswersLate if first => Fate::Late(answer),
        Scenario::Garbles if first => Fate::Garbled(answer),
        Scenario::ErrorAfter if first => Fate::Answer(refused(500, &Refusal::new("internal", "something went wrong"))),
        _ => Fate::Answer(answer),
    })
}

/// Plays a fault on the line, or lets the answer through.
async fn play(fate: Fate, scissors: &Scissors, bank: &Bank) -> Given {
    match fate {
        Fate::Answer(answer) => answer,
        Fate::Late(answer) => {
            tokio::time::sleep(bank.late).await;
            answer
        }
        Fate::Garbled(answer) => {
            let half = answer.body.chars().take(answer.body.chars().count() / 2).collect();
            Given { body: half, ..answer }
        }
        Fate::HangUp => {
            scissors.cut();
            Given { status: 503, body: String::new() }
        }
    }
}

async fn change(State(bank): State<Arc<Bank>>, Path((provider, id, change)): Path<(String, String, String)>) -> Given {
    in_books(&bank, move |books| {
        let (from, to): (&[&str], _) = match change.as_str() {
            "capture" => (&["authorized"], "succeeded"),
            "cancel" => (&["authorized", "requires_action", "processing"], "canceled"),
            "approve" => (&["requires_action"], books.approved_status(&id)?),
            _ => return Ok(refused(404, &Refusal::new("no_such_change", "use `capture`, `cancel` or `approve`"))),
        };
        Ok(match books.change(&provider, &id, from, to)? {
            None => refused(404, &books::no_such_charge(&id)),
            Some((charge, true)) => given(200, &charge),
            Some((charge, false)) => refused(409, &not_so(&change, charge)),
        })
    })
    .await
}

fn not_so(change: &str, charge: Charge) -> Refusal {
    let message = format!("`{change}` is too late: the charge is `{}`", charge.status);
    Refusal { charge: Some(Box::new(charge)), ..Refusal::new("wrong_status", message) }
}

async fn refund(
    State(bank): State<Arc<Bank>>,
    Path((provider, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Given {
    let asked = key_of(&headers).and_then(|key| Ok((key, read::<RefundRequest>(&body)?)));
    let (key, request) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    if let Err(refusal) = request.check() {
        return refused(400, &refusal);
    }
    in_books(&bank, move |books| {
        let text = format!("{id} {}", serde_json::to_string(&request).unwrap_or_default());
        let once = Once { provider: &provider, key: &key, request: &text };
        books.once(&once, |transaction| books::refund(transaction, &provider, &id, &request))
    })
    .await
}
