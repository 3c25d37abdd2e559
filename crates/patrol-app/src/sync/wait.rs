//! Waiting for news of the sync, instead of asking for it again and again: a phone in a pocket has other uses for its battery.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::app::App;
use crate::error::AppError;
use crate::view::SyncStatus;

/// The longest that one question waits: below the half minute after which what is between page and program gives up.
const LONGEST: Duration = Duration::from_secs(25);

impl App {
    /// The status as soon as it is another than `version`, or after `timeout` (at most 25 s) as it is.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub async fn sync_wait(self: &Arc<Self>, version: u64, timeout: Duration) -> Result<SyncStatus, AppError> {
        let mut versions = self.sync.version.subscribe();
        let is_ending = || self.is_ending.load(Ordering::SeqCst);
        let news = versions.wait_for(|now| *now != version || is_ending());
        // Neither a time that is over nor a program that ends is an error: the status stands as it is.
        let _ = tokio::time::timeout(timeout.min(LONGEST), news).await;
        let app = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || app.sync_status().inspect_err(|error| app.note_damage(error)));
        read.await
            .map_err(|error| AppError::Arguments(format!("the status was not read to its end: {error}")))?
    }

    /// The program is about to end: whoever waits for news is answered now.
    pub fn end_waits(&self) {
        self.is_ending.store(true, Ordering::SeqCst);
        self.sync.changed();
    }
}
