//! Round after round until nothing waits; after a failure, wait and try again, for ever.

use std::time::Duration;

use tokio::sync::Notify;

use crate::backoff::Backoff;
use crate::error::SyncError;
use crate::round::{Host, SyncEvent, run_round};
use crate::transport::Transport;

/// Goes on until its task is dropped. `wake` is for a saved case, a network that came back, and the officer's tap; it
/// cuts any wait short.
pub async fn keep_syncing<T: Transport>(transport: &T, host: &dyn Host, wake: &Notify) {
    let mut backoff = Backoff::default();
    loop {
        match run_round(transport, host).await {
            Ok(()) => {
                backoff.reset();
                host.hear(SyncEvent::Idle);
                wake.notified().await;
            }
            Err(SyncError::NotEnrolled) => {
                host.hear(SyncEvent::Idle);
                wake.notified().await;
            }
            Err(error) => {
                let wait = backoff.after_failure(host.chance(), error.asked_wait());
                tracing::warn!(%error, wait_ms = millis(wait), failures = backoff.failures(), "a round of syncing ended early");
                host.hear(SyncEvent::Waiting {
                    error,
                    wait_ms: millis(wait),
                });
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = wake.notified() => backoff.reset(),
                }
            }
        }
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
