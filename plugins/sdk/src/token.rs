//! An access token that a provider lends for a while: kept by the instance, fetched once however many calls need it.

use futures_util::lock::Mutex;
use std::future::Future;

/// A token with its end. Calls that find none wait for the one that fetches it.
#[derive(Default)]
pub struct TokenCache {
    held: Mutex<Option<Held>>,
}

struct Held {
    token: String,
    until_ms: i64,
}

impl TokenCache {
    /// The token that is held, or the one that `fetch` brings with its end as Unix milliseconds. True if it was fetched
    /// just now. If fetching fails, or is given up half-way, the next call fetches.
    pub async fn get<E>(
        &self,
        now_ms: i64,
        fetch: impl Future<Output = Result<(String, i64), E>>,
    ) -> Result<(String, bool), E> {
        let mut held = self.held.lock().await;
        if let Some(good) = held.as_ref().filter(|held| now_ms < held.until_ms) {
            return Ok((good.token.clone(), false));
        }
        *held = None;
        let (token, until_ms) = fetch.await?;
        *held = Some(Held { token: token.clone(), until_ms });
        Ok((token, true))
    }

    /// Drops this token, which the provider no longer takes; another one that was fetched meanwhile stays.
    pub async fn forget(&self, token: &str) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|held| held.token == token) {
            *held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::cell::Cell;

    /// The result of what must not wait.
    fn now<T>(future: impl Future<Output = T>) -> T {
        Box::pin(future).now_or_never().unwrap()
    }

    #[test]
    fn one_token_serves_until_its_end() {
        let (cache, fetched) = (TokenCache::default(), Cell::new(0));
        let get = |now_ms| {
            let fetch = async {
                fetched.set(fetched.get() + 1);
                Ok::<_, ()>((format!("t{}", fetched.get()), 100 * fetched.get()))
            };
            now(cache.get(now_ms, fetch)).unwrap()
        };
        assert_eq!(
            (get(0), get(99), get(100), get(150)),
            (("t1".into(), true), ("t1".into(), false), ("t2".into(), true), ("t2".into(), false))
        );
        now(cache.forget("t1"));
        assert_eq!(get(151), ("t2".into(), false));
        now(cache.forget("t2"));
        assert_eq!(get(152), ("t3".into(), true));
    }

    #[test]
    fn calls_at_once_fetch_once_and_a_failure_is_not_kept() {
        let cache = TokenCache::default();
        assert_eq!(now(cache.get(0, async { Err::<(String, i64), _>("down") })), Err("down"));
        let mut first = Box::pin(cache.get(0, futures_util::future::pending::<Result<(String, i64), ()>>()));
        assert!((&mut first).now_or_never().is_none(), "it fetches");
        let mut second = Box::pin(cache.get(0, async { Ok::<_, ()>(("second".to_owned(), 10)) }));
        assert!((&mut second).now_or_never().is_none(), "it waits for the first");
        // The first call is abandoned: the second one fetches.
        drop(first);
        assert_eq!(now(second), Ok(("second".to_owned(), true)));
    }
}
