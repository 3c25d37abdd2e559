//! Round after round until nothing waits; after a failure, wait and try again, for ever.

use std::time::Duration;

use tokio::sync::Notify;

use crate::backoff::{Backoff, LAST_BEHIND, LAST_IN_FRONT};
use crate::error::SyncError;
use crate::round::{Finished, Host, SyncEvent, run_round};
use crate::transport::Transport;

/// How long nothing is asked when nothing waits and the app is in front.
const HEARTBEAT: Duration = Duration::from_secs(5 * 60);

/// Goes on until its task is dropped. `wake` is for a saved case, a network that came back, and the officer's tap; it
/// cuts any wait short.
pub async fn keep_syncing<T: Transport>(transport: &T, host: &dyn Host, wake: &Notify) {
    let mut backoff = Backoff::default();
    loop {
        let before = signed_for(host);
        match run_round(transport, host).await {
            Ok(Finished::Whole) | Err(SyncError::NotEnrolled) => {
                backoff.reset();
                host.hear(SyncEvent::Idle);
                // Also without a reason the station is asked now and then: it may have been restored.
                let _ = tokio::time::timeout(heartbeat(host), wake.notified()).await;
            }
            Ok(Finished::Held) => {
                backoff.reset();
                host.hear(SyncEvent::Held);
                let _ = tokio::time::timeout(heartbeat(host), wake.notified()).await;
            }
            Err(error) => {
                if signed_for(host) != before {
                    // The line is bad and not dead: something arrived.
                    backoff.reset();
                }
                let wait = backoff.after_failure(host.chance(), error.asked_wait(), longest(host));
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

/// The longest wait after a failure.
fn longest(host: &dyn Host) -> Duration {
    if host.is_in_front() { LAST_IN_FRONT } else { LAST_BEHIND }
}

fn heartbeat(host: &dyn Host) -> Duration {
    if host.is_in_front() { HEARTBEAT } else { LAST_BEHIND }
}

/// How much the station has signed for; it changes when a round brought anything.
fn signed_for(host: &dyn Host) -> Option<(u64, u64)> {
    let acked = host.store().progress().ok()?.acked.seq.0;
    Some((acked, host.store().counts().ok()?.photos_at_station))
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
