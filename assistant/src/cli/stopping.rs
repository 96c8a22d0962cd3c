//! When the person, or the system, wants the program to end.

/// Ends at Ctrl-C, and at a polite request of the system to end. Whoever goes on in between waits on one and the same of these: a
/// new one does not know of what came before it.
pub async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    let _ = interrupted.await;
}
