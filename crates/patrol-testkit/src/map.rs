//! The invented district as a map: from a plan in metres to the pack that the station would hand out and the vector tiles
//! under it.
//!
//! Made and not drawn from life, so that no record of the demo can be taken for one of a real place, and so that nobody's
//! licence or survey permission hangs on the file. Made by a program and not by hand, because seven hundred buildings are;
//! what matters (streets, grids, relief points) stands in [`plan`] in metres, where a person can change it.

pub mod geojson;
pub mod houses;
pub mod pack;
pub mod plan;
pub mod plane;
pub mod tile;
pub mod vector;

pub use pack::{Cell, cells, write};
