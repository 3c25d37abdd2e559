//! A patrol's track: where the phone was, point by point, as compact text and as a length.
//!
//! A track is sealed text like a note, so that it can be dropped without breaking the chain. The text is an array of
//! whole numbers, each point as the difference to the one before: some 20 bytes instead of 100. Not a binary form:
//! whoever opens the journal in ten years should need nothing but a JSON reader and this page.

mod chunk;
mod filter;
mod legs;
mod length;
mod walk;

pub use chunk::{MAX_CHUNK_BYTES, TrackError, cut, decode};
pub use filter::{Filter, REST_MS, Verdict};
pub use legs::legs;
pub use length::{MAX_SPEED_M_S, length_m};
pub use walk::{Gap, SILENCE_MS, WORST_ACCURACY_MM, Walk};

use crate::{BootMs, Fix, WallMs, Wgs84};

/// One point of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackPoint {
    at: Wgs84,
    accuracy_mm: Option<i64>,
    boot_ms: BootMs,
    wall_ms: WallMs,
}

impl TrackPoint {
    /// A point; an accuracy of zero or less says nothing and is dropped, as [`Fix::from_degrees`] does.
    pub fn new(at: Wgs84, accuracy_mm: Option<i64>, boot_ms: BootMs, wall_ms: WallMs) -> Self {
        Self {
            at,
            accuracy_mm: accuracy_mm.filter(|mm| *mm > 0),
            boot_ms,
            wall_ms,
        }
    }

    /// A fix with the times at which it was taken.
    pub fn from_fix(fix: &Fix, boot_ms: BootMs, wall_ms: WallMs) -> Self {
        Self::new(fix.point(), fix.accuracy_mm, boot_ms, wall_ms)
    }

    /// Where.
    pub const fn at(&self) -> Wgs84 {
        self.at
    }

    /// Latitude in 1e-7 degree, north positive.
    pub const fn lat_e7(&self) -> i64 {
        self.at.lat_e7()
    }

    /// Longitude in 1e-7 degree, east positive.
    pub const fn lon_e7(&self) -> i64 {
        self.at.lon_e7()
    }

    /// Radius of the 68 % circle in millimetres, above zero, when the provider stated one.
    pub const fn accuracy_mm(&self) -> Option<i64> {
        self.accuracy_mm
    }

    /// The boot clock; which boot is the op's to say, and a track does not go on across one.
    pub const fn boot_ms(&self) -> BootMs {
        self.boot_ms
    }

    /// The wall clock as it stood.
    pub const fn wall_ms(&self) -> WallMs {
        self.wall_ms
    }
}
