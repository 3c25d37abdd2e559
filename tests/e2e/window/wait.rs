//! Waiting for a condition, never for a time.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How long a condition may take to come true: a debug build on a busy machine of two cores.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long a test may take. A call to the driver can hang for ever, and the runner would end the test without ending
/// the window.
const LIMIT: Duration = Duration::from_secs(180);
/// Between two looks.
const GLANCE: Duration = Duration::from_millis(40);

/// Runs a test with a hard end.
pub(crate) async fn within_limit(test: impl Future<Output = ()>) {
    let ended = timeout(LIMIT, test).await;
    assert!(ended.is_ok(), "the test took more than {LIMIT:?}");
}

/// Looks until there is something to see; nothing when patience ends first.
pub(crate) async fn look_for<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let until = Instant::now() + PATIENCE;
    let mut glances = interval(GLANCE);
    glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < until {
        glances.tick().await;
        if let Some(seen) = look().await {
            return Some(seen);
        }
    }
    None
}
