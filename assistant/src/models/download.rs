//! A plain download from a project's own address. What has arrived is kept and carried on from.

use reqwest::{StatusCode, header};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(15);
/// The longest that nothing may arrive.
const STALLED: Duration = Duration::from_secs(30);

/// Downloads `url` into `part`, behind what is in it already. `tell` hears how many bytes are there.
///
/// # Errors
/// A sentence; `part` keeps what has arrived.
pub(super) fn download(url: &str, part: &Path, tell: &mut (dyn FnMut(u64) + Send)) -> Result<(), String> {
    // On a thread of its own, because the caller may be inside of an asynchronous runtime, which must not be nested.
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(|why| why.to_string())?.block_on(stream(url, part, tell))
        });
        worker.join().unwrap_or_else(|_| Err("the download broke off".to_owned()))
    })
    .map_err(|why| format!("{}: {why}", host_of(url)))
}

async fn stream(url: &str, part: &Path, tell: &mut (dyn FnMut(u64) + Send)) -> Result<(), String> {
    let client = reqwest::Client::builder().connect_timeout(CONNECT).read_timeout(STALLED);
    let client = client.user_agent(concat!("sayso/", env!("CARGO_PKG_VERSION"))).build().map_err(|e| chain(&e))?;
    let have = std::fs::metadata(part).map_or(0, |meta| meta.len());
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(header::RANGE, format!("bytes={have}-"));
    }
    let mut response = request.send().await.map_err(|e| chain(&e))?;
    if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        // Everything is there already; the checksum will tell.
        return Ok(());
    }
    if !response.status().is_success() {
        return Err(format!("it answered {}", response.status()));
    }
    let resumed = response.status() == StatusCode::PARTIAL_CONTENT;
    let (mut file, mut done) = open(part, if resumed { have } else { 0 }).map_err(|why| why.to_string())?;
    while let Some(bytes) = response.chunk().await.map_err(|e| chain(&e))? {
        file.write_all(&bytes).map_err(|why| why.to_string())?;
        done += bytes.len() as u64;
        tell(done);
    }
    file.flush().map_err(|why| why.to_string())
}

/// The file to write into: behind what is there, or from the beginning.
fn open(part: &Path, have: u64) -> std::io::Result<(File, u64)> {
    let file = if have > 0 { OpenOptions::new().append(true).open(part)? } else { File::create(part)? };
    Ok((file, have))
}

/// An error with its causes: "connection refused" is in the last of them.
fn chain(error: &reqwest::Error) -> String {
    let mut text = String::from(if error.is_connect() { "can't be reached" } else { "failed" });
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// The host of an address, for people.
pub(super) fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    const CONTENT: &[u8] = b"0123456789";

    /// A server for one request on the loopback. Gives its address and what it was asked for.
    fn serve(
        answer: impl FnOnce(Option<usize>) -> Vec<u8> + Send + 'static,
    ) -> (String, std::thread::JoinHandle<Option<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a.bin", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut range = None;
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                let line = line.unwrap().to_lowercase();
                if let Some(from) = line.strip_prefix("range: bytes=") {
                    range = from.trim_end_matches('-').parse().ok();
                }
                if line.is_empty() {
                    break;
                }
            }
            stream.write_all(&answer(range)).unwrap();
            range
        });
        (url, thread)
    }

    fn whole(_: Option<usize>) -> Vec<u8> {
        [b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n", CONTENT].concat()
    }

    fn rest(from: Option<usize>) -> Vec<u8> {
        let body = &CONTENT[from.unwrap()..];
        let head = format!(
            "HTTP/1.1 206 Partial Content\r\ncontent-length: {}\r\ncontent-range: bytes {}-9/10\r\nconnection: close\r\n\r\n",
            body.len(),
            from.unwrap()
        );
        [head.as_bytes(), body].concat()
    }

    #[test]
    fn carries_on_from_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("a.part");
        let mut heard = 0;
        // The first server breaks off in the middle.
        let (url, server) =
            serve(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n0123".to_vec());
        let error = download(&url, &part, &mut |n| heard = n).unwrap_err();
        assert!(error.starts_with("127.0.0.1"), "{error}");
        assert_eq!(server.join().unwrap(), None);
        assert_eq!((std::fs::read(&part).unwrap(), heard), (b"0123".to_vec(), 4));
        let (url, server) = serve(rest);
        download(&url, &part, &mut |n| heard = n).unwrap();
        assert_eq!(server.join().unwrap(), Some(4), "only what was missing was asked for");
        assert_eq!((std::fs::read(&part).unwrap(), heard), (CONTENT.to_vec(), 10));
    }

    #[test]
    fn begins_again_where_a_server_knows_no_ranges() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("a.part");
        std::fs::write(&part, b"0123").unwrap();
        let (url, server) = serve(whole);
        download(&url, &part, &mut |_| {}).unwrap();
        assert_eq!(server.join().unwrap(), Some(4));
        assert_eq!(std::fs::read(&part).unwrap(), CONTENT);
    }

    #[test]
    fn failures_are_sentences_and_keep_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("a.part");
        std::fs::write(&part, b"0123").unwrap();
        let (url, server) = serve(|_| b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec());
        assert!(download(&url, &part, &mut |_| {}).unwrap_err().contains("404"));
        server.join().unwrap();
        let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error = download(&format!("http://{unused}/a.bin"), &part, &mut |_| {}).unwrap_err();
        assert!(error.contains("can't be reached"), "{error}");
        assert_eq!(std::fs::read(&part).unwrap(), b"0123");
    }
}
