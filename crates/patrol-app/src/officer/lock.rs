//! Who may look at the phone: locked, it answers only what a sign-in needs.
//!
//! A phone locks at the start, by hand, and when it was behind other apps for longer than was set, measured by the clock
//! since boot. It locks for an officer with a PIN alone: one who has none, and a phone that belongs to no station yet, must
//! always be able to record. What was begun is finished: a camera that opened before the lock hands its photo over, and a
//! track goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use patrol_domain::{BootId, BootMs};

use crate::app::App;
use crate::error::AppError;
use crate::view::PeopleView;

const MINUTE_MS: i64 = 60_000;

/// Whether the phone is locked, and since when nobody has had it before them.
#[derive(Debug, Default)]
pub(crate) struct Lock {
    is_set: AtomicBool,
    absent_since: Mutex<Option<(BootId, BootMs)>>,
}

impl Lock {
    pub(crate) fn set(&self, is_locked: bool) {
        self.is_set.store(is_locked, Ordering::SeqCst);
    }
}

impl App {
    /// Whether nobody is signed in.
    pub fn is_locked(&self) -> bool {
        if self.was_away_too_long() {
            self.lock.set(true);
        }
        self.lock.is_set.load(Ordering::SeqCst)
    }

    /// Locks the phone for the next officer, or for the same one. An officer without a PIN is asked for none again; the
    /// screen of all officers shows all the same.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn lock(&self) -> Result<PeopleView, AppError> {
        self.lock.set(!self.officers()?.is_empty());
        self.people()
    }

    pub(crate) fn note_absence(&self, is_absent: bool) {
        // Asked first: coming back is what ends the time away.
        let is_locked = self.is_locked();
        let mut since = self.lock.absent_since.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = &self.ports.clock;
        *since = is_absent.then(|| since.unwrap_or_else(|| (clock.boot_id(), clock.boot())));
        drop(since);
        self.lock.set(is_locked);
    }

    fn was_away_too_long(&self) -> bool {
        let since = *self.lock.absent_since.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((boot_id, boot)) = since else { return false };
        let clock = &self.ports.clock;
        // A database that cannot be read has its own sentence; it is no reason to keep an officer out.
        let (Ok(preference), Ok(true)) = (self.preference(), self.has_active_pin()) else {
            return false;
        };
        let most = i64::from(preference.lock_minutes) * MINUTE_MS;
        clock.boot_id() != boot_id || clock.boot().0.saturating_sub(boot.0) >= most
    }

    fn has_active_pin(&self) -> Result<bool, AppError> {
        let active = self.officers()?.into_iter().find(|person| person.is_active);
        Ok(match active {
            Some(active) => self.store.pin(active.person)?.is_some(),
            None => false,
        })
    }
}
