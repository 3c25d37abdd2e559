//! How long a stage took: the one place here that reads a clock.

use std::time::{Duration, Instant};

/// A running stop watch.
pub(crate) struct StopWatch(Instant);

impl StopWatch {
    /// Starts one.
    #[allow(
        clippy::disallowed_methods,
        reason = "seconds for a table on the terminal; no record depends on them"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since its start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
