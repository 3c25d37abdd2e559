//! The unit grid (单元网格): its code, its outline, and which grid a point lies in.
//!
//! Every matter record names the grid in which it happened, so a point must have one answer and always the same one.
//! `geo` says of a point on a shared edge that it is in neither grid (`contains`) or in both (`intersects`); neither is
//! an answer. The rule here is half-open and computed with whole numbers: see [`Outline::contains`].

mod code;
mod coverage;
mod outline;
mod search;

pub use code::{GridCode, GridCodeError};
pub use coverage::{CELL_M, Coverage, REACH_M};
pub use outline::{MAX_OUTLINE_POINTS, Outline, OutlineError};
pub use search::{DuplicateGrid, Grids, Nearest};

use serde::{Deserialize, Serialize};

use crate::Wgs84;

/// One unit grid.
///
/// Written as `{"code":"320116006009001","outline":[[[lon,lat],…],…]}`, the outline as [`Outline`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Its identification code.
    pub code: GridCode,
    /// Where it lies.
    pub outline: Outline,
}

impl Grid {
    /// Whether the point lies in this grid, by the rule of [`Outline::contains`].
    pub fn contains(&self, point: Wgs84) -> bool {
        self.outline.contains(point)
    }
}
