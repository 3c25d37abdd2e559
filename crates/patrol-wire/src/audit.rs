//! Audit: does the station hold what the phone holds?
//!
//! `POST /v1/logs/{log}/audit`. Both sides count their own stored ops per day and kind, and their own originals; equal or
//! not is the answer, with the days that differ. The station counts what it has stored, not what it has shown.

use patrol_domain::{Seq, Sha256Hash, StationMs};
use serde::{Deserialize, Serialize};

/// How many ops of one kind a journal has on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayCount {
    /// `2026-11-23`: the day of the op's wall clock in the op's own time zone; empty when it cannot be read.
    pub day: String,
    /// The op's kind; empty when it cannot be read.
    pub kind: String,
    /// How many.
    pub ops: u64,
}

/// One side's count of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalCount {
    /// Up to which position was counted.
    pub seq: Seq,
    /// The chain's value there.
    pub head: Sha256Hash,
    /// Sorted by day and kind.
    pub days: Vec<DayCount>,
    /// Originals that these ops name, each once, and that the side holds.
    pub photos: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The station's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReply {
    /// Whether both counts are the same.
    pub equal: bool,
    /// The station's own count at the same position, or as far as it holds the journal.
    pub station: JournalCount,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}
