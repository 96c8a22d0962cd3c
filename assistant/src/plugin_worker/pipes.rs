//! The two pipes to the host: frames in, read by a thread of their own, and frames out.

use sayso_plugin_interface::abi_v1::pipe::{self, LENGTH_BYTES, Report};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long the main thread has to end after the host closed the pipe; then the process ends anyway.
const LAST_MOMENT: Duration = Duration::from_millis(500);

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
    Ok((input, Writer(Mutex::new(output))))
}

/// Starts to read, in a thread of its own.
pub(super) fn start(input: File) -> io::Result<Receiver<Frame>> {
    let (sender, frames) = channel();
    std::thread::Builder::new().name("frames".into()).spawn(move || read(input, &sender))?;
    Ok(frames)
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

/// Reads frames until the host is gone, and then makes sure that this process goes too, even if the plugin hangs.
fn read(mut input: File, frames: &Sender<Frame>) {
    while let Ok(bytes) = read_frame(&mut input) {
        if frames.send(Frame::Message(bytes)).is_err() {
            break;
        }
    }
    let _ = frames.send(Frame::End);
    std::thread::sleep(LAST_MOMENT);
    // No exit handlers: the plugin may have registered some.
    std::process::abort();
}

fn read_frame(input: &mut File) -> io::Result<Vec<u8>> {
    let mut head = [0; LENGTH_BYTES];
    input.read_exact(&mut head)?;
    let length = pipe::length(head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The way out, shared by the worker's own reports and what the plugin emits.
pub(super) struct Writer(Mutex<File>);

impl Writer {
    /// Sends bytes as one frame.
    pub(super) fn send(&self, message: &[u8]) -> io::Result<()> {
        let frame = pipe::frame(message).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&frame)
    }

    /// Sends one of the worker's own reports.
    pub(super) fn report(&self, report: &Report) -> io::Result<()> {
        self.send(&serde_json::to_vec(report).map_err(io::Error::from)?)
    }
}
