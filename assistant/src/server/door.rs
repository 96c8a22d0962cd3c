//! A door to HTTP that whoever is outside can't hold open: so many connections at most, and little time for each. What is
//! behind it is a [`Router`].

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long to wait before the next connection is accepted where the system has no room for one.
const NO_ROOM: Duration = Duration::from_millis(100);
/// The longest head of a request, in bytes.
const HEAD_MAX: usize = 32 * 1024;

/// Why the door did not open.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}; choose another port, or 0 for any that is free")]
pub struct ListenError {
    /// Where it was to listen.
    address: SocketAddr,
    /// What the system says.
    source: std::io::Error,
}

/// How much of the door whoever is outside may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many connections at the same time; more wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take, from the moment of the connection on.
    pub head: Duration,
    /// How long a connection may last in all. One carries one request.
    pub whole: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { connections: 64, head: Duration::from_secs(5), whole: Duration::from_secs(60) }
    }
}

/// An open door that does not answer yet.
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
}

impl Door {
    /// Takes the address; port 0 picks a free one.
    pub async fn open(address: SocketAddr) -> Result<Self, ListenError> {
        let fail = |source| ListenError { address, source };
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        Ok(Door { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is over; what is being worked on then is finished.
    pub async fn answer(self, router: Router, bounds: Bounds, stop: impl Future<Output = ()> + Send) {
        let places = Arc::new(Semaphore::new(bounds.connections.max(1)));
        let (stopping, stopped) = watch::channel(false);
        let (mut connections, mut stop) = (JoinSet::new(), pin!(stop));
        loop {
            // A place first: who can't be answered stays with the system, and costs nothing here.
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await.ok()?;
                Some((place, self.listener.accept().await))
            };
            let accepted = tokio::select! {
                () = &mut stop => break,
                Some((place, accepted)) = next => accepted.map(|(stream, _)| (place, stream)),
            };
            // Those that are over are forgotten.
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((place, stream)) => {
                    let (router, stopped) = (router.clone(), stopped.clone());
                    connections.spawn(async move {
                        let _place = place;
                        attend(stream, router, bounds, stopped).await;
                    });
                }
                Err(error) => {
                    tracing::warn!("a connection can't be accepted: {error}");
                    tokio::time::sleep(NO_ROOM).await;
                }
            }
        }
        let _ = stopping.send(true);
        while connections.join_next().await.is_some() {}
    }
}

/// One connection: one request and its answer, within its time.
async fn attend(stream: TcpStream, router: Router, bounds: Bounds, mut stopped: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head).keep_alive(false).max_buf_size(HEAD_MAX);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let whole = async {
        let mut connection = pin!(connection);
        tokio::select! {
            done = connection.as_mut() => return done,
            _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    };
    match tokio::time::timeout(bounds.whole, whole).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!("a connection ended early: {error}"),
        Err(_) => tracing::debug!("a connection lasted too long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use axum::routing::{get, post};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: sayso\r\n\r\n";

    /// A door that answers with this router until the sender is dropped.
    async fn door(router: Router, bounds: Bounds) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let door = Door::open(([127, 0, 0, 1], 0).into()).await.unwrap();
        let (address, (stop, stopped)) = (door.address(), oneshot::channel());
        let task = tokio::spawn(door.answer(router, bounds, async { drop(stopped.await) }));
        (address, stop, task)
    }

    /// All that comes back until the door hangs up.
    async fn heard(mut stream: TcpStream) -> String {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn who_says_nothing_or_says_it_slowly_is_hung_up_on() {
        let bounds = Bounds { head: Duration::from_millis(100), ..Bounds::default() };
        let (address, _stop, _) = door(Router::new().route("/", get(|| async { "hello" })), bounds).await;
        let silent = TcpStream::connect(address).await.unwrap();
        assert!(!heard(silent).await.contains("200"));
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(&REQUEST[..20]).await.unwrap();
        assert!(!heard(slow).await.contains("200"));
        let mut honest = TcpStream::connect(address).await.unwrap();
        honest.write_all(REQUEST).await.unwrap();
        assert!(heard(honest).await.ends_with("hello"));
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        let bounds = Bounds { whole: Duration::from_millis(200), ..Bounds::default() };
        let (address, _stop, _) = door(Router::new().route("/", post(|_: Bytes| async { "hello" })), bounds).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"POST / HTTP/1.1\r\nhost: sayso\r\ncontent-length: 100\r\n\r\nx").await.unwrap();
        assert_eq!(heard(slow).await, "");
    }

    #[tokio::test]
    async fn silent_connections_take_the_place_of_nobody_for_long() {
        let bounds = Bounds { connections: 4, head: Duration::from_millis(100), ..Bounds::default() };
        let (address, _stop, _) = door(Router::new().route("/", get(|| async { "hello" })), bounds).await;
        let mut silent = Vec::new();
        for _ in 0..40 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let mut honest = TcpStream::connect(address).await.unwrap();
        honest.write_all(REQUEST).await.unwrap();
        assert!(heard(honest).await.ends_with("hello"));
    }

    #[tokio::test]
    async fn no_more_are_attended_than_there_are_places() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = (now.clone(), most.clone());
        let count = move || {
            let (now, most) = counted.clone();
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let bounds = Bounds { connections: 3, ..Bounds::default() };
        let (address, _stop, _) = door(Router::new().route("/", get(count)), bounds).await;
        let mut callers = JoinSet::new();
        for _ in 0..30 {
            callers.spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(REQUEST).await.unwrap();
                heard(stream).await
            });
        }
        assert!(callers.join_all().await.iter().all(|answer| answer.contains("200 OK")));
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_is_being_worked_on_at_the_end_is_finished() {
        let (begun, mut has_begun) = watch::channel(false);
        let slow = move || {
            let begun = begun.clone();
            async move {
                let _ = begun.send(true);
                tokio::time::sleep(Duration::from_millis(50)).await;
                "done"
            }
        };
        let (address, stop, task) = door(Router::new().route("/", get(slow)), Bounds::default()).await;
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut caller = TcpStream::connect(address).await.unwrap();
        caller.write_all(REQUEST).await.unwrap();
        has_begun.wait_for(|begun| *begun).await.unwrap();
        drop(stop);
        assert!(heard(caller).await.ends_with("done"));
        task.await.unwrap();
    }
}
