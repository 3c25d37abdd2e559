//! Ops: what happened, written once and never changed.
//!
//! An op's bytes are one line of canonical JSON, `{after, at, author, body, case?, id, kind, photos, sv}`. They hold
//! neither the journal nor the position, so that an op can be adopted unchanged by another journal. Readers match on
//! `kind` first: a kind they do not know is kept, and never mistaken for a damaged known one (which is why this is not
//! an untagged enum with a catch-all).

mod body;
mod codec;

pub use body::{
    Adopted, Body, CaseAmended, CaseOpened, CaseVoided, Emptied, Interval, LogOpened, MatterChoice, OpenReason,
    OriginalDamaged, OriginalLost, PackVersion, PersonBound, PhotoAdded, Place, PlateRecord, Predecessor, ShiftEnded,
    ShiftStarted, Step, StepTaken, TrackChunk, VoidCause,
};
pub use codec::{DecodeError, EncodeError, MAX_OP_BYTES, OpBytes};

use crate::id::{CaseId, OpId, PersonId};
use crate::photo::PhotoRef;
use crate::time::At;

/// One op, read or about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// Unique among applied ops.
    pub id: OpId,
    /// When, as far as the phone can tell.
    pub at: At,
    /// Who, as the phone knows them; `person_bound` ties it to an officer.
    pub author: PersonId,
    /// Which case, when it belongs to one.
    pub case: Option<CaseId>,
    /// All ops of the case that nothing known to this phone came after.
    pub after: Vec<OpId>,
    /// The photos that this op brings.
    pub photos: Vec<PhotoRef>,
    /// What happened.
    pub body: Body,
}
