//! The words of a patrol: ids, times, ops, the journal's codec and hash chain, fixes, datums, grids, tracks, plates.
//!
//! Everything here is pure: no clock, no file, no network. What an op's bytes are and how they are chained cannot
//! change once journals exist, so that part is written out in `docs/PROTOCOL.md` with golden vectors, and a test in
//! this crate holds the two together.

pub mod canonical;
pub mod case;
pub mod chain;
pub mod datum;
pub mod digest;
pub mod fix;
pub mod grid;
pub mod hash;
pub mod id;
pub mod op;
pub mod photo;
pub mod plate;
pub mod port;
pub mod seal;
pub mod time;
pub mod track;

pub use chain::{Head, Seq};
pub use datum::{Gcj02, Wgs84};
pub use fix::{Fix, FixError, Provider};
pub use grid::{Grid, GridCode, Grids};
pub use hash::Sha256Hash;
pub use id::{CaseId, DeviceId, DraftId, LogId, OpId, PersonId, ShiftId, StationId};
pub use op::{Body, Op, OpBytes};
pub use photo::{Mime, PhotoRef, PhotoRole, PhotoSource};
pub use plate::{Plate, PlateKind};
pub use seal::{Part, Sealed};
pub use time::{At, BootId, BootMs, ClockOffset, ShotAt, StationMs, TzMinutes, WallMs};
pub use track::TrackPoint;
