//! A bank to practise on: a small HTTP server of our own, on loopback, whose charges are kept in its own SQLite file, so
//! that they survive restarts and can be counted. It stands in for Stripe, PayPal, WeChat Pay and Alipay by name. It must
//! never move real money, and it knows nothing of the rest of Sayso: it is the other party.
//!
//! # The API
//! Bodies are JSON; amounts are whole minor units. `{provider}` is any name; each has its own books.
//!
//! | request | answer |
//! |---|---|
//! | `POST /v1/{provider}/charges` with `Idempotency-Key` and a [`ChargeRequest`](wire::ChargeRequest) | 201 [`Charge`]; 402 the declined [`Charge`] |
//! | `GET /v1/{provider}/charges?reference=R` | 200 `{"charges": [..]}`, oldest first; empty if there is none |
//! | `GET /v1/{provider}/charges/{id}` | 200 [`Charge`]; 404 |
//! | `POST /v1/{provider}/charges/{id}/capture` | 200 the captured [`Charge`]; 409 with the charge as it is |
//! | `POST /v1/{provider}/charges/{id}/cancel` | 200 the canceled [`Charge`]; 409 with the charge as it is |
//! | `POST /v1/{provider}/charges/{id}/approve` | what the person does on their phone: 200, or 409 with the charge |
//! | `POST /v1/{provider}/charges/{id}/refunds` with `Idempotency-Key` and a [`RefundRequest`](wire::RefundRequest) | 201 [`Refund`](wire::Refund); 409 if more than is left |
//! | `GET /v1/{provider}/refunds?reference=R` | 200 `{"refunds": [..]}` |
//! | `GET /v1/charges` | 200 `{"charges": [..]}` of every provider, for tests and the demo |
//! | `GET /v1/scenarios` | 200 the table of [`scenario`]s |
//!
//! The same key with the same request gets the same answer for ever and has no second effect; with another request, 422.
//! A reference may be used twice (a real bank would not stop that either), so that a double payment can be seen.
//! Errors are `{"error": {"code": "...", "message": "..."}}`. What goes wrong on purpose is in [`scenario`].

mod api;
mod books;
mod line;
pub mod scenario;
pub mod wire;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
pub use wire::Charge;

/// How the bank behaves where it is not told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How late a late answer is.
    pub late: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options { late: Duration::from_secs(60) }
    }
}

/// Why the practice bank did not open, or could not look into its books.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// An address that other machines can reach.
    #[error("the practice bank listens on loopback only, and {0} is not: use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The address is taken, or may not be used.
    #[error("the practice bank cannot listen on {address}: {source}; choose another port, or 0 for any that is free")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The books cannot be opened or read.
    #[error("the practice bank cannot use its books in {}: {source}; check that the folder exists and may be written, or remove the file to begin anew", path.display())]
    Books {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

/// An open practice bank. Dropping it closes it; its books stay.
pub struct PracticeBank {
    address: SocketAddr,
    database: PathBuf,
    bank: Arc<Bank>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// What all requests share.
struct Bank {
    books: Mutex<books::Books>,
    late: Duration,
}

/// Opens the books in `database` (made if missing) and answers on `address`, which has to be loopback; port 0 picks one.
pub async fn serve(database: &Path, address: SocketAddr, options: Options) -> Result<PracticeBank, BankError> {
    if !address.ip().is_loopback() {
        return Err(BankError::NotLoopback(address));
    }
    let in_books = |source| BankError::Books { path: database.to_owned(), source };
    let books = books::Books::open(database).map_err(in_books)?;
    let in_listen = |source| BankError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(in_listen)?;
    let local = listener.local_addr().map_err(in_listen)?;
    let bank = Arc::new(Bank { books: Mutex::new(books), late: options.late });
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(api::answer(line::Lines(listener), Arc::clone(&bank), stopped));
    Ok(PracticeBank { address: local, database: database.to_owned(), bank, stop: Some(stop), task })
}

impl PracticeBank {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a provider's configuration wants it, e.g. `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every charge of every provider, oldest first.
    pub fn charges(&self) -> Result<Vec<Charge>, BankError> {
        let books = self.bank.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.charges(None, None).map_err(|source| BankError::Books { path: self.database.clone(), source })
    }

    /// Stops answering. What waits for a late answer is cut off.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = tokio::time::timeout(Duration::from_millis(500), &mut self.task).await;
    }
}

impl Drop for PracticeBank {
    fn drop(&mut self) {
        self.task.abort();
    }
}
