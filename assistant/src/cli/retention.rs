//! Forgets what the configuration says is kept for a while only: at the start, and then from time to time.

use crate::config::StoreSettings;
use crate::payments::{Clock as _, SystemClock};
use crate::store::Store;
use std::sync::{Arc, Weak};
use std::time::Duration;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// Forgets beside everything else, for as long as somebody has the store open.
pub fn forget_in_background(store: &Arc<Store>, settings: &StoreSettings) {
    let store: Weak<Store> = Arc::downgrade(store);
    let settings = settings.clone();
    tokio::spawn(async move {
        while let Some(store) = store.upgrade() {
            let before = |days: u16| SystemClock.now_ms().saturating_sub(i64::from(days).saturating_mul(DAY_MS));
            let (conversations, exchanges) = (settings.keep_conversations_days, settings.keep_exchanges_days);
            match store.forget(before(conversations), before(exchanges)).await {
                Ok(0) => {}
                Ok(forgotten) => tracing::info!("forgot {forgotten} conversations and exchanges that are old"),
                Err(wrong) => tracing::warn!("what is old could not be forgotten: {wrong}"),
            }
            drop(store);
            tokio::time::sleep(PAUSE).await;
        }
    });
}
