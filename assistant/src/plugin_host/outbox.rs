//! The way to a worker: what the pipe takes at once is written by whoever sends it, since to change tasks takes longer than all
//! else about a small frame; a task writes the rest, in order.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::AsyncWrite;
use tokio::sync::Notify;

/// So many bytes may wait to be written before whoever sends more has to wait, too.
const WAITING_BYTES_MAX: usize = 1 << 20;

/// The pipe to a worker.
pub(super) struct Outbox<W> {
    state: Mutex<State<W>>,
    /// There is something that the task has to write, or it has to end.
    work: Notify,
    /// There is room again, or there will be none.
    room: Notify,
}

struct State<W> {
    /// `None` once it is closed.
    pipe: Option<W>,
    waiting: Vec<u8>,
}

/// The pipe is closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closed;

impl<W: AsyncWrite + Unpin + Send + 'static> Outbox<W> {
    /// Takes over a pipe.
    pub(super) fn new(pipe: W) -> Arc<Self> {
        let state = Mutex::new(State { pipe: Some(pipe), waiting: Vec::new() });
        let outbox = Arc::new(Outbox { state, work: Notify::new(), room: Notify::new() });
        tokio::spawn(Arc::clone(&outbox).write_what_waits());
        outbox
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True once nothing can be sent any more.
    pub(super) fn is_closed(&self) -> bool {
        self.state().pipe.is_none()
    }

    /// Closes the pipe; what waits is not written.
    pub(super) fn close(&self) {
        *self.state() = State { pipe: None, waiting: Vec::new() };
        self.work.notify_one();
        self.room.notify_waiters();
    }

    /// Sends a frame, whole and behind those that were sent before; `sent` is called just before anything of it may arrive.
    /// Waits while too much waits already.
    pub(super) async fn send(&self, frame: &[u8], sent: impl Fn()) -> Result<(), Closed> {
        loop {
            // Registered before the look, so that no news is missed between.
            let mut room = std::pin::pin!(self.room.notified());
            room.as_mut().enable();
            if self.try_send(frame, &sent)? {
                return Ok(());
            }
            room.await;
        }
    }

    /// Sends a frame if not too much waits already; false if it does.
    pub(super) fn try_send(&self, frame: &[u8], sent: impl Fn()) -> Result<bool, Closed> {
        let mut state = self.state();
        let State { pipe, waiting } = &mut *state;
        let pipe = pipe.as_mut().ok_or(Closed)?;
        if waiting.len() >= WAITING_BYTES_MAX {
            return Ok(false);
        }
        sent();
        let mut rest = frame;
        while waiting.is_empty() && !rest.is_empty() {
            // Nobody need be woken when there is room in the pipe: the task is, and asks by itself.
            match Pin::new(&mut *pipe).poll_write(&mut Context::from_waker(Waker::noop()), rest) {
                Poll::Ready(Ok(count)) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
                Poll::Ready(_) => {
                    drop(state);
                    self.close();
                    return Err(Closed);
                }
                Poll::Pending => break,
            }
        }
        if !rest.is_empty() {
            waiting.extend(rest);
            self.work.notify_one();
        }
        Ok(true)
    }

    async fn write_what_waits(self: Arc<Self>) {
        loop {
            self.work.notified().await;
            let written = std::future::poll_fn(|context| self.poll_waiting(context)).await;
            if written.is_err() {
                self.close();
                return;
            }
            self.room.notify_waiters();
        }
    }

    /// Writes as much of what waits as the pipe takes, until nothing waits.
    fn poll_waiting(&self, context: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        let mut state = self.state();
        let State { pipe, waiting } = &mut *state;
        let Some(pipe) = pipe.as_mut() else { return Poll::Ready(Err(Closed)) };
        while !waiting.is_empty() {
            match Pin::new(&mut *pipe).poll_write(context, waiting) {
                Poll::Ready(Ok(count)) if count > 0 => {
                    waiting.drain(..count);
                }
                Poll::Ready(_) => return Poll::Ready(Err(Closed)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, duplex};

    fn frame(number: u8) -> Vec<u8> {
        vec![number; 300]
    }

    #[tokio::test]
    async fn frames_arrive_whole_and_in_order_however_narrow_the_pipe() {
        let (near, mut far) = duplex(7);
        let outbox = Outbox::new(near);
        for number in 0..20 {
            assert_eq!(outbox.try_send(&frame(number), || ()), Ok(true));
        }
        let mut read = vec![0; 20 * 300];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(read, (0..20).flat_map(frame).collect::<Vec<u8>>());
        assert!(outbox.state().waiting.is_empty());
    }

    #[tokio::test]
    async fn a_frame_that_fits_is_there_at_once() {
        let (near, mut far) = duplex(1_000);
        let outbox = Outbox::new(near);
        outbox.send(&frame(1), || ()).await.unwrap();
        assert!(outbox.state().waiting.is_empty());
        let mut read = vec![0; 300];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(read, frame(1));
    }

    #[tokio::test]
    async fn who_sends_too_much_waits_until_there_is_room() {
        let (near, mut far) = duplex(7);
        let outbox = Outbox::new(near);
        outbox.send(&vec![1; WAITING_BYTES_MAX + 7], || ()).await.unwrap();
        assert_eq!(outbox.try_send(&frame(2), || ()), Ok(false));
        let sender = Arc::clone(&outbox);
        let more = tokio::spawn(async move { sender.send(&frame(2), || ()).await });
        let mut read = vec![0; WAITING_BYTES_MAX + 7 + 300];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(more.await.unwrap(), Ok(()));
        assert!(read.ends_with(&frame(2)));
    }

    #[tokio::test]
    async fn a_closed_pipe_is_told_and_drops_its_end() {
        let (near, mut far) = duplex(7);
        let outbox = Outbox::new(near);
        outbox.send(&frame(1), || ()).await.unwrap();
        outbox.close();
        assert_eq!(outbox.send(&frame(2), || ()).await, Err(Closed));
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        assert!(read.len() < 300 && outbox.is_closed());
        let (near, far) = duplex(7);
        let outbox = Outbox::new(near);
        drop(far);
        assert_eq!(outbox.send(&frame(1), || ()).await, Err(Closed));
    }
}
