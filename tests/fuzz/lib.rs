//! What several fuzz targets share: a disk with a few files on it, and a sound file with foreign bytes in it.
//!
//! [`patrol_testkit::CrashDisk`] would do for the first, but it keeps two truths of each sector, and a fuzzer that opens
//! a file ten thousand times a second looks for other faults than power cuts.

mod shelf;
mod splice;

pub use shelf::{Shelf, whole_file};
pub use splice::splice;
