//! Work that goes on to its end even when whoever asked for it stops waiting.

use std::future::Future;

/// Does `work` in a task of its own. `None` if it broke down: what is committed says how far it came.
pub(super) async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(work).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use tokio::sync::oneshot::channel;

    #[tokio::test]
    async fn it_gives_what_the_work_gave() {
        assert_eq!(to_its_end(async { 1 }).await, Some(1));
        let later = async {
            tokio::task::yield_now().await;
            2
        };
        assert_eq!(to_its_end(later).await, Some(2));
    }

    #[tokio::test]
    async fn it_goes_on_when_nobody_waits() {
        let ((go, may_go), (tell, told)) = (channel::<()>(), channel());
        let work = to_its_end(async move {
            let _ = may_go.await;
            let _ = tell.send("done");
        });
        assert!(work.now_or_never().is_none());
        go.send(()).unwrap();
        assert_eq!(told.await, Ok("done"));
    }

    #[tokio::test]
    async fn a_breakdown_is_told_at_once_and_later() {
        assert_eq!(to_its_end(async { assert_eq!(1, 2, "on purpose") }).await, None);
        let later = async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "on purpose");
        };
        assert_eq!(to_its_end(later).await, None);
    }
}
