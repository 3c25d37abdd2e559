//! The table: what each op does in each state of a case.

use crate::op::{Body, Step};

/// Where a case stands, as far as its ops tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "snake_case"))]
pub enum CaseState {
    /// Ops of the case are known, the one that opened it is not (yet).
    Unopened,
    /// 已记录: recorded, and nothing has concluded it.
    Recorded,
    /// 已处置: nothing is left to be done on the spot.
    Handled,
    /// 已作废: void.
    Voided,
}

impl CaseState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Unopened, Self::Recorded, Self::Handled, Self::Voided];

    /// As it stands in a column; never reused for another state.
    pub const fn number(self) -> i64 {
        match self {
            Self::Unopened => 0,
            Self::Recorded => 1,
            Self::Handled => 2,
            Self::Voided => 3,
        }
    }

    /// Reads [`CaseState::number`] back.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

/// What an op does to a case, as far as the table goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// `case_opened`.
    Open,
    /// `photo_added`.
    AddPhoto,
    /// `step_taken`, a step that leaves the matter as it is.
    Step,
    /// `step_taken`, a step after which nothing is left to be done.
    Conclude,
    /// `step_taken` with `recurred`.
    Recur,
    /// `case_amended`.
    Amend,
    /// `case_voided`.
    Void,
    /// Any kind that this build does not know, or that is not about a case.
    Other,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::AddPhoto,
        Self::Step,
        Self::Conclude,
        Self::Recur,
        Self::Amend,
        Self::Void,
        Self::Other,
    ];

    /// What this op does to its case.
    pub const fn of(body: &Body) -> Self {
        match body {
            Body::CaseOpened(_) => Self::Open,
            Body::PhotoAdded(_) => Self::AddPhoto,
            Body::StepTaken(body) if matches!(body.step, Step::Recurred) => Self::Recur,
            Body::StepTaken(body) if body.step.concludes() => Self::Conclude,
            Body::StepTaken(_) => Self::Step,
            Body::CaseAmended(_) => Self::Amend,
            Body::CaseVoided(_) => Self::Void,
            Body::LogOpened(_)
            | Body::Adopted(_)
            | Body::PersonBound(_)
            | Body::ShiftStarted(_)
            | Body::ShiftEnded(_)
            | Body::TrackChunk(_)
            | Body::OriginalDamaged(_)
            | Body::OriginalLost(_)
            | Body::Unknown { .. } => Self::Other,
        }
    }
}

/// What comes of an op in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It counts.
    Applies,
    /// It is shown beside the case and changes nothing.
    Evidence,
    /// It counts once the op that opened the case is known.
    Waits,
}

/// The table: what an op does in a state, and the state after it.
pub const fn stand(state: CaseState, act: Act) -> (Effect, CaseState) {
    use CaseState::{Handled, Recorded, Unopened, Voided};
    use Effect::{Applies, Evidence, Waits};
    match (state, act) {
        (_, Act::Other) => (Evidence, state),
        (Unopened, Act::Open) => (Applies, Recorded),
        (Unopened, _) => (Waits, Unopened),
        // The first opening stands; a case has one number and one author.
        (Recorded | Handled, Act::Open) | (Voided, _) => (Evidence, state),
        (Recorded | Handled, Act::Void) => (Applies, Voided),
        (Recorded | Handled, Act::Conclude) => (Applies, Handled),
        (Recorded | Handled, Act::Recur) => (Applies, Recorded),
        (Recorded | Handled, Act::AddPhoto | Act::Step | Act::Amend) => (Applies, state),
    }
}
