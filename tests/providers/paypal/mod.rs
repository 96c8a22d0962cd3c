//! PayPal: the pretend one on loopback, and what happens between it and a household.

mod afterwards;
mod books;
mod certified;
#[path = "../../../plugins/paypal/tests/document/mod.rs"]
#[allow(dead_code)]
mod document;
mod stories;

use crate::household::HandClock;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
pub use books::CLIENT;
use books::{Asked, Books};
use sayso::payments::Clock as _;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The pretend PayPal; gone when it is dropped.
pub struct PretendPayPal {
    books: Arc<Mutex<Books>>,
    pub url: String,
    serving: JoinHandle<()>,
}

impl Drop for PretendPayPal {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct Shared {
    books: Arc<Mutex<Books>>,
    clock: Arc<HandClock>,
}

impl PretendPayPal {
    /// Opens on a port of its own, with the household's clock.
    pub async fn open(clock: Arc<HandClock>) -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(Shared { books: books.clone(), clock });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        PretendPayPal { books, url, serving }
    }

    /// The only order that there is.
    pub fn only(&self) -> String {
        let books = self.books();
        assert_eq!(books.orders.len(), 1, "one order for one payment");
        books.orders.keys().next().unwrap().clone()
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }
}

async fn serve(State(shared): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let asked = Asked {
        method: method.to_string(),
        path: uri.path().to_owned(),
        headers: headers.collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    if let Some(name) = asked.path.strip_prefix("/v1/notifications/certs/").filter(|_| method == Method::GET) {
        shared.books.lock().unwrap().certificates.push(asked.path.clone());
        // Names have no dot here, as PayPal's have none.
        return match certified::key_file(&name.replace('-', ".")) {
            Some(certificate) => certificate.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let answer = shared.books.lock().unwrap().answer(&asked, shared.clock.now_ms());
    match answer {
        Some((204, _)) => StatusCode::NO_CONTENT.into_response(),
        Some((status, body)) => (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response(),
        // Cut: the answer announces more than it has.
        None => {
            let cut = axum::body::Body::from_stream(futures_util::stream::iter([
                Ok(Bytes::from_static(b"{")),
                Err(std::io::Error::other("cut")),
            ]));
            (StatusCode::OK, cut).into_response()
        }
    }
}
