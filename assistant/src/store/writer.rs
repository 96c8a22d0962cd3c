//! The one connection that writes. A write that is alone is committed where it is asked for, since to change threads and back
//! takes longer than a short transaction; writes that come meanwhile are taken by a thread, and those that wait at the same
//! moment share one commit. Each is told only after its commit.

use super::failure::failure;
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// At most so many writes share one commit.
const BATCH_MAX: usize = 64;

/// Tells whoever waits for a write what became of the commit.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// One write: runs inside the transaction, or is told why there is none.
type Work = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Outcome + Send>;

struct Outcome {
    keep: bool,
    finish: Finish,
}

/// The connection, the thread and the way to it.
pub(super) struct Writer {
    counter: Arc<Counter>,
    works: Option<mpsc::Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

/// Where writes are made, one batch after another.
struct Counter {
    /// A write that breaks down in the midst of a transaction leaves it poisoned: nothing is written to it any more.
    desk: Mutex<Desk>,
    /// Writes that wait or are being made.
    waiting: AtomicUsize,
}

impl Writer {
    /// Starts the thread for a connection that is ready.
    pub(super) fn start(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        let (works, queue) = mpsc::channel();
        let desk = Mutex::new(Desk { connection, path: path.to_owned() });
        let counter = Arc::new(Counter { desk, waiting: AtomicUsize::new(0) });
        let served = Arc::clone(&counter);
        let started = std::thread::Builder::new().name("store".to_owned()).spawn(move || served.serve(&queue));
        let thread = started.map_err(|error| StoreError::new(StoreErrorKind::Other, format!("no thread: {error}")))?;
        Ok(Writer { counter, works: Some(works), thread: Some(thread) })
    }

    /// Runs `work` inside a transaction, and returns what it gave once that is committed. Where it fails, nothing of it
    /// is written, and nothing of others is lost.
    pub(super) async fn run<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel::<Result<T, E>>();
        let boxed: Work = Box::new(move |transaction| {
            let done = match transaction {
                Ok(connection) => work(connection),
                Err(error) => Err(E::from(error)),
            };
            let keep = done.is_ok();
            let finish: Finish = Box::new(move |committed| {
                let told = match (done, committed) {
                    (Ok(value), Ok(())) => Ok(value),
                    (Ok(_), Err(error)) => Err(E::from(error)),
                    (Err(error), _) => Err(error),
                };
                // Whoever asked may have stopped waiting.
                let _ = reply.send(told);
            });
            Outcome { keep, finish }
        });
        let gone = || StoreError::new(StoreErrorKind::Other, "the store is closed");
        if let Some(boxed) = self.counter.alone(boxed) {
            self.works.as_ref().ok_or_else(gone)?.send(boxed).map_err(|_| gone())?;
        }
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.works = None;
        if let Some(thread) = self.thread.take() {
            // A thread that broke down has said so already.
            let _ = thread.join();
        }
    }
}

struct Desk {
    connection: Connection,
    path: PathBuf,
}

impl Counter {
    /// Commits a write at once if no other waits; else gives it back, and it counts as waiting.
    fn alone(&self, work: Work) -> Option<Work> {
        if self.waiting.fetch_add(1, Ordering::AcqRel) > 0 {
            return Some(work);
        }
        let Ok(desk) = self.desk.try_lock() else { return Some(work) };
        // Whoever asked is told that the store is closed, as it is from then on.
        if catch_unwind(AssertUnwindSafe(move || desk.commit(vec![work]))).is_ok() {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
        }
        None
    }

    fn serve(&self, queue: &mpsc::Receiver<Work>) {
        while let Ok(first) = queue.recv() {
            // Taken before the queue is looked at: what comes while another commit goes on belongs to this one.
            let Ok(desk) = self.desk.lock() else { return };
            let batch: Vec<Work> = std::iter::once(first).chain(queue.try_iter().take(BATCH_MAX - 1)).collect();
            let count = batch.len();
            desk.commit(batch);
            self.waiting.fetch_sub(count, Ordering::AcqRel);
        }
    }
}

impl Desk {
    fn sql(&self, statement: &str) -> Result<(), StoreError> {
        let run = || self.connection.prepare_cached(statement)?.execute([]);
        run().map(|_| ()).map_err(|error| failure(&self.path, &error))
    }

    /// Runs a batch in one transaction and tells each what became of it.
    fn commit(&self, works: Vec<Work>) {
        let begun = self.sql("BEGIN IMMEDIATE");
        let alone = works.len() == 1;
        let mut finishes = Vec::with_capacity(works.len());
        for work in works {
            let outcome = match &begun {
                Ok(()) if alone => self.run_alone(work),
                Ok(()) => self.run_one(work),
                Err(error) => work(Err(error.clone())),
            };
            finishes.push(outcome.finish);
        }
        let committed = begun.and_then(|()| if self.inside() { self.sql("COMMIT") } else { Err(self.lost()) });
        if committed.is_err() && self.inside() {
            // The commit failed and the transaction is still there: nothing of it may stay.
            let _ = self.sql("ROLLBACK");
        }
        for finish in finishes {
            finish(committed.clone());
        }
    }

    /// Runs the only write of a transaction: its failure undoes all there is, so that nothing need be remembered to undo
    /// a part. It is told of its own failure, whatever becomes of the transaction.
    fn run_alone(&self, work: Work) -> Outcome {
        let outcome = work(Ok(&self.connection));
        if !outcome.keep && self.inside() {
            let _ = self.sql("ROLLBACK");
        }
        outcome
    }

    /// Runs one write of several so that its failure undoes its own part alone.
    fn run_one(&self, work: Work) -> Outcome {
        let ready = if self.inside() { self.sql("SAVEPOINT one") } else { Err(self.lost()) };
        if let Err(error) = ready {
            return work(Err(error));
        }
        let outcome = work(Ok(&self.connection));
        if self.inside() {
            let undone = if outcome.keep { Ok(()) } else { self.sql("ROLLBACK TO one") };
            if undone.and_then(|()| self.sql("RELEASE one")).is_err() && self.inside() {
                // What cannot be undone alone is undone with all others; they are told by `inside` at the end.
                let _ = self.sql("ROLLBACK");
            }
        }
        outcome
    }

    /// False once SQLite has undone the whole transaction by itself, as it does when the disk is full.
    fn inside(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn lost(&self) -> StoreError {
        let why = "the transaction was undone, most likely because the disk is full: make room and try again";
        StoreError::new(StoreErrorKind::Full, format!("{}: {why}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> Writer {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (x INTEGER UNIQUE) STRICT").unwrap();
        Writer::start(connection, Path::new("test")).unwrap()
    }

    fn insert(connection: &Connection, x: i64) -> Result<(), StoreError> {
        let done = connection.execute("INSERT INTO t VALUES (?1)", [x]);
        done.map(|_| ()).map_err(|error| failure(Path::new("test"), &error))
    }

    async fn count(writer: &Writer) -> i64 {
        let count = |connection: &Connection| connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0));
        writer.run(move |c| count(c).map_err(|error| failure(Path::new("test"), &error))).await.unwrap()
    }

    #[tokio::test]
    async fn a_failure_undoes_its_own_part_alone() {
        let writer = writer();
        let twice = |c: &Connection| insert(c, 1).and_then(|()| insert(c, 1));
        let (good, bad, other) =
            tokio::join!(writer.run(|c| insert(c, 7)), writer.run(twice), writer.run(|c| insert(c, 8)));
        assert!(good.is_ok() && bad.is_err() && other.is_ok());
        assert_eq!(count(&writer).await, 2);
    }

    #[tokio::test]
    async fn writes_that_wait_share_a_commit_and_one_that_is_alone_has_its_own() {
        let writer = Arc::new(writer());
        let slow = Arc::clone(&writer);
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (go, may_go) = std::sync::mpsc::channel::<()>();
        let first = std::thread::spawn(move || {
            let work = move |connection: &Connection| {
                let _ = begun.send(());
                let _ = may_go.recv();
                insert(connection, 1)
            };
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(slow.run(work))
        });
        has_begun.recv().unwrap();
        let waiting = |x| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.run(move |c| insert(c, x)).await })
        };
        let others = [waiting(2), waiting(3)];
        tokio::task::yield_now().await;
        assert_eq!(writer.counter.waiting.load(Ordering::Acquire), 3);
        go.send(()).unwrap();
        for other in others {
            other.await.unwrap().unwrap();
        }
        first.join().unwrap().unwrap();
        assert_eq!(count(&writer).await, 3);
    }

    #[tokio::test]
    async fn a_write_that_breaks_down_closes_the_store_and_nothing_else() {
        let writer = writer();
        let broken = writer.run(|c| insert(c, 1).map(|()| assert_eq!(1, 2, "on purpose"))).await;
        assert!(broken.is_err());
        assert!(writer.run(|c| insert(c, 2)).await.is_err(), "its transaction is still open");
    }

    #[tokio::test]
    async fn when_the_transaction_is_lost_everyone_in_it_is_told() {
        let writer = writer();
        let lose = |c: &Connection| -> Result<(), StoreError> {
            insert(c, 2)?;
            // What SQLite does by itself when a disk is full.
            c.execute_batch("ROLLBACK").map_err(|error| failure(Path::new("test"), &error))
        };
        let (before, lost, after) =
            tokio::join!(writer.run(|c| insert(c, 1)), writer.run(lose), writer.run(|c| insert(c, 3)));
        assert!(lost.is_err(), "what is not written is not reported as written");
        let told = [before.is_ok(), after.is_ok()].into_iter().filter(|ok| *ok).count();
        assert_eq!(count(&writer).await, i64::try_from(told).unwrap());
        assert!(writer.run(|c| insert(c, 4)).await.is_ok(), "it goes on");
    }
}
