//! The two pipes to the host: frames in, and frames out. A thread of its own sees the host go while the plugin hangs.

use sayso_plugin_interface::abi_v1::pipe::{self, LENGTH_BYTES, Report};
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long the main thread has to end after the host closed the pipe; then the process ends anyway.
const LAST_MOMENT: Duration = Duration::from_millis(500);
/// So many bytes of what the plugin emitted wait for the plugin to return, at most.
const HELD_BYTES_MAX: usize = 1 << 16;

/// What comes in.
pub(super) enum Frame {
    /// One message.
    Message(Vec<u8>),
    /// The host closed the pipe.
    End,
}

/// Takes the standard streams away from whatever is loaded later.
pub(super) fn take() -> io::Result<(File, Writer)> {
    let (input, output) = take_streams()?;
    Ok((input, Writer::new(output)))
}

/// What comes in, in order. This process ends soon after the host has gone, even if the plugin hangs.
pub(super) use incoming::Frames;

/// Where the system says when the other end of a pipe is closed, frames are read by who wants them, for each change of
/// threads takes longer than all else about a small frame.
#[cfg(target_os = "linux")]
mod incoming {
    use super::{Frame, die_soon, read_frame};
    use rustix::event::{PollFd, PollFlags, poll};
    use std::fs::File;
    use std::io::{self, BufReader};

    pub(in super::super) struct Frames(BufReader<File>);

    impl Frames {
        pub(in super::super) fn start(input: File) -> io::Result<Self> {
            let watched = input.try_clone()?;
            std::thread::Builder::new().name("host".into()).spawn(move || wait_for_end(&watched))?;
            Ok(Frames(BufReader::new(input)))
        }

        pub(in super::super) fn next(&mut self) -> Frame {
            read_frame(&mut self.0).map_or(Frame::End, Frame::Message)
        }
    }

    fn wait_for_end(input: &File) {
        // Nothing is asked for, so that only the end is told.
        let mut end = [PollFd::new(input, PollFlags::empty())];
        while let Ok(0) | Err(rustix::io::Errno::INTR) = poll(&mut end, None) {}
        die_soon();
    }
}

/// Elsewhere a thread of its own reads, and so meets the end.
#[cfg(not(target_os = "linux"))]
mod incoming {
    use super::{Frame, die_soon, read_frame};
    use std::fs::File;
    use std::io;
    use std::sync::mpsc::{Receiver, Sender, channel};

    pub(in super::super) struct Frames(Receiver<Frame>);

    impl Frames {
        pub(in super::super) fn start(input: File) -> io::Result<Self> {
            let (sender, frames) = channel();
            std::thread::Builder::new().name("frames".into()).spawn(move || read(input, &sender))?;
            Ok(Frames(frames))
        }

        pub(in super::super) fn next(&mut self) -> Frame {
            self.0.recv().unwrap_or(Frame::End)
        }
    }

    fn read(mut input: File, frames: &Sender<Frame>) {
        while let Ok(bytes) = read_frame(&mut input) {
            if frames.send(Frame::Message(bytes)).is_err() {
                break;
            }
        }
        let _ = frames.send(Frame::End);
        die_soon();
    }
}

#[cfg(unix)]
fn take_streams() -> io::Result<(File, File)> {
    use std::os::fd::AsFd as _;
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok((input.into(), output.into()))
}

#[cfg(windows)]
fn take_streams() -> io::Result<(File, File)> {
    // What a plugin prints would reach the host as garbage here, and cost this worker.
    use std::os::windows::io::AsHandle as _;
    let input = io::stdin().as_handle().try_clone_to_owned()?;
    let output = io::stdout().as_handle().try_clone_to_owned()?;
    Ok((input.into(), output.into()))
}

/// The host is gone: makes sure that this process goes too.
fn die_soon() {
    std::thread::sleep(LAST_MOMENT);
    // No exit handlers: the plugin may have registered some.
    std::process::abort();
}

fn read_frame(input: &mut impl io::Read) -> io::Result<Vec<u8>> {
    let mut head = [0; LENGTH_BYTES];
    input.read_exact(&mut head)?;
    let length = pipe::length(head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The way out, shared by the worker's own reports and what the plugin emits. What a plugin asks and answers counts when it
/// has returned, so it goes out together with the report of that; what it has for the log goes out at once, lest it is lost.
pub(super) struct Writer(Mutex<Outgoing>);

struct Outgoing {
    pipe: File,
    held: Vec<u8>,
}

impl Outgoing {
    fn flush(&mut self) -> io::Result<()> {
        let written = self.pipe.write_all(&self.held);
        self.held.clear();
        written
    }
}

/// As much of a message as says whether it can wait.
#[derive(serde::Deserialize)]
struct Kind<'m> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'m, str>,
}

fn can_wait(message: &[u8]) -> bool {
    serde_json::from_slice::<Kind<'_>>(message).is_ok_and(|message| message.kind != "log")
}

impl Writer {
    fn new(pipe: File) -> Self {
        Writer(Mutex::new(Outgoing { pipe, held: Vec::new() }))
    }

    /// Takes what the plugin emits, to be sent as one frame.
    pub(super) fn emit(&self, message: &[u8]) -> io::Result<()> {
        self.put(message, can_wait(message))
    }

    /// Sends one of the worker's own reports, and all that waits.
    pub(super) fn report(&self, report: &Report) -> io::Result<()> {
        self.put(&serde_json::to_vec(report).map_err(io::Error::from)?, false)
    }

    fn put(&self, message: &[u8], can_wait: bool) -> io::Result<()> {
        let frame = pipe::frame(message).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut outgoing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        outgoing.held.extend_from_slice(&frame);
        if can_wait && outgoing.held.len() <= HELD_BYTES_MAX { Ok(()) } else { outgoing.flush() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What went out, message by message.
    fn sent(path: &std::path::Path) -> Vec<String> {
        let mut input = File::open(path).unwrap();
        let message = || read_frame(&mut input).ok().map(|bytes| String::from_utf8(bytes).unwrap());
        std::iter::from_fn(message).collect()
    }

    #[test]
    fn what_counts_only_after_the_return_waits_for_it_and_the_log_does_not() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = Writer::new(file.reopen().unwrap());
        let (answer, line) = (r#"{"id":1,"type":"return"}"#, r#"{"type":"log","call":1,"line":"l"}"#);
        writer.emit(answer.as_bytes()).unwrap();
        assert!(sent(file.path()).is_empty());
        writer.emit(line.as_bytes()).unwrap();
        assert_eq!(sent(file.path()), [answer, line], "in the order in which it was said");
        writer.emit(answer.as_bytes()).unwrap();
        assert_eq!(sent(file.path()).len(), 2);
        writer.report(&Report::Delivered { code: 0 }).unwrap();
        assert_eq!(sent(file.path()), [answer, line, answer, r#"{"type":"delivered","code":0}"#]);
        writer.emit(b"garbage").unwrap();
        assert_eq!(sent(file.path()).len(), 5, "what is no message is the host's to judge, at once");
    }

    #[test]
    fn a_flood_does_not_wait() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = Writer::new(file.reopen().unwrap());
        let long = format!(r#"{{"type":"http","body":"{}"}}"#, "x".repeat(HELD_BYTES_MAX));
        writer.emit(long.as_bytes()).unwrap();
        assert_eq!(sent(file.path()), [long]);
    }
}
