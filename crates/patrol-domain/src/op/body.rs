//! What an op can say. Fields are only added and never change their meaning; a retired kind's name is not used again.

mod case;
mod log;
mod photo;
mod shift;

use crate::seal::Sealed;

pub use case::{
    CaseAmended, CaseOpened, CaseVoided, Emptied, Interval, MatterChoice, PackVersion, PhotoAdded, Place, PlateRecord,
    Step, StepTaken, VoidCause,
};
pub use log::{Adopted, LogOpened, OpenReason, PersonBound, Predecessor};
pub use photo::{OriginalDamaged, OriginalLost};
pub use shift::{ShiftEnded, ShiftStarted, TrackChunk};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `log_opened`: the first op of every journal.
    LogOpened(LogOpened),
    /// `adopted`: ops of an earlier journal follow.
    Adopted(Adopted),
    /// `person_bound`: a person made on the phone is this officer of the station.
    PersonBound(PersonBound),
    /// `shift_started`: an officer went on patrol.
    ShiftStarted(ShiftStarted),
    /// `shift_ended`: the patrol is over.
    ShiftEnded(ShiftEnded),
    /// `track_chunk`: a piece of the way that was walked.
    TrackChunk(TrackChunk),
    /// `case_opened`: an officer recorded a matter.
    CaseOpened(CaseOpened),
    /// `photo_added`: more photos of a case.
    PhotoAdded(PhotoAdded),
    /// `step_taken`: an officer did something about the matter.
    StepTaken(StepTaken),
    /// `case_amended`: a mistake is put right.
    CaseAmended(CaseAmended),
    /// `case_voided`: the case is void.
    CaseVoided(CaseVoided),
    /// `original_damaged`: an original on the phone no longer has the bytes that were recorded.
    OriginalDamaged(OriginalDamaged),
    /// `original_lost`: an original is no longer on the phone.
    OriginalLost(OriginalLost),
    /// A kind, or a later version of a kind, that this build does not know. Its bytes are kept.
    Unknown {
        /// The kind as written.
        kind: String,
        /// The schema version as written.
        sv: i64,
    },
}

impl Body {
    /// The name under which this body is written.
    pub fn kind(&self) -> &str {
        match self {
            Self::LogOpened(_) => "log_opened",
            Self::Adopted(_) => "adopted",
            Self::PersonBound(_) => "person_bound",
            Self::ShiftStarted(_) => "shift_started",
            Self::ShiftEnded(_) => "shift_ended",
            Self::TrackChunk(_) => "track_chunk",
            Self::CaseOpened(_) => "case_opened",
            Self::PhotoAdded(_) => "photo_added",
            Self::StepTaken(_) => "step_taken",
            Self::CaseAmended(_) => "case_amended",
            Self::CaseVoided(_) => "case_voided",
            Self::OriginalDamaged(_) => "original_damaged",
            Self::OriginalLost(_) => "original_lost",
            Self::Unknown { kind, .. } => kind,
        }
    }

    /// The personal fields that this body seals, by name: a part of that name belongs beside the op.
    pub fn sealed(&self) -> Vec<(&'static str, Sealed)> {
        let note = |sealed: Option<Sealed>| sealed.map(|sealed| ("note", sealed));
        let form = |sealed: Option<Sealed>| sealed.map(|sealed| ("form", sealed));
        match self {
            Self::CaseOpened(body) => note(body.note).into_iter().chain(form(body.form)).collect(),
            Self::StepTaken(body) => note(body.note).into_iter().collect(),
            Self::CaseAmended(body) => note(body.note)
                .into_iter()
                .chain(form(body.form))
                .chain([("reason", body.reason)])
                .collect(),
            Self::CaseVoided(body) => body.reason.into_iter().map(|sealed| ("reason", sealed)).collect(),
            Self::PersonBound(body) => vec![("name", body.name)],
            Self::TrackChunk(body) => vec![("points", body.points)],
            Self::LogOpened(_)
            | Self::Adopted(_)
            | Self::ShiftStarted(_)
            | Self::ShiftEnded(_)
            | Self::PhotoAdded(_)
            | Self::OriginalDamaged(_)
            | Self::OriginalLost(_)
            | Self::Unknown { .. } => Vec::new(),
        }
    }

    /// Whether this is about the journal that it stands in, so that no other journal adopts it.
    pub const fn is_about_its_journal(&self) -> bool {
        matches!(self, Self::LogOpened(_) | Self::Adopted(_))
    }
}
