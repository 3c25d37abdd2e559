//! When and where a camera's photo was first handed over, while it could not be stored.
//!
//! A full disk refuses a photo; the page keeps it in hand and hands it over again once there is room, minutes later and
//! elsewhere. Dated then, a second photo would prove an interval that nobody waited. Known by its bytes: no two exposures
//! of a camera are the same. In memory alone, like the photo itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use patrol_domain::{Fix, PhotoSource, Sha256Hash, ShotAt};

use crate::app::App;
use crate::photo::TakenIn;

/// More than a page can hold in its hand.
const MOST: usize = 64;

/// When and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) at: ShotAt,
    pub(crate) fix: Option<Fix>,
}

/// The photos that were handed over and are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct Unstored(Mutex<BTreeMap<Sha256Hash, Seen>>);

impl App {
    /// Notes that a photo is handed over; answers when that was before, for one that comes again.
    pub(crate) fn see_photo(&self, taken_in: &TakenIn) -> Option<Seen> {
        if taken_in.facts.source != PhotoSource::Camera {
            return None;
        }
        let at = self.moment();
        let fix = self.find_here(&at);
        let mut unstored = self.unstored.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = unstored.get(&taken_in.facts.sha256) {
            return Some(*seen);
        }
        if unstored.len() < MOST {
            unstored.insert(taken_in.facts.sha256, Seen { at, fix });
        }
        None
    }

    /// It is stored: the same bytes another time are another matter.
    pub(crate) fn photo_is_stored(&self, sha256: Sha256Hash) {
        let mut unstored = self.unstored.0.lock().unwrap_or_else(PoisonError::into_inner);
        unstored.remove(&sha256);
    }
}
