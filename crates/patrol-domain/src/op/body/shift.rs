//! Ops about a shift and the way that was walked in it.

use serde::{Deserialize, Serialize};

use crate::id::ShiftId;
use crate::seal::Sealed;
use crate::time::WallMs;

/// An officer went on patrol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftStarted {
    /// Names this shift.
    pub shift: ShiftId,
    /// Identification codes (15 digits) of the grids that the officer is to walk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grids: Vec<String>,
}

/// The patrol is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftEnded {
    /// Which shift.
    pub shift: ShiftId,
}

/// A piece of the way that was walked. Where somebody was is personal: the points are sealed, their number and span are
/// not, so that an erased track still says that there was one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackChunk {
    /// In which shift.
    pub shift: ShiftId,
    /// How many points.
    pub count: u32,
    /// Wall clock of the first point.
    pub from_ms: WallMs,
    /// Wall clock of the last point.
    pub to_ms: WallMs,
    /// The points, sealed.
    pub points: Sealed,
}
