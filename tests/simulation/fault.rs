//! What may go wrong in a run.

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A phone is cut off for a while.
    Partition,
    /// A phone loses power, now or at one of its next disk operations.
    PhoneCrash,
    /// The station loses power, now or at one of its next disk operations.
    StationCrash,
    /// A clock of a phone or of the station is set a day forward or back.
    ClockJump,
    /// The station is put back to an earlier copy of its whole disk, markers included: a virtual machine rolled back.
    StationRolledBack,
    /// Somebody damages an upload that is under way.
    DamagedPart,
    /// The station is put back to a copy that does not know a phone yet.
    StationForgetsPhone,
    /// A phone is put back to an earlier copy of its whole disk.
    PhoneSetBack,
    /// A phone's disk is copied, keys and all, and the copy goes on patrol too.
    PhoneCloned,
    /// A phone is shut out: retired, or lost. It may lie in somebody's pocket and go on all the same.
    PhoneRevoked,
}

/// What may happen in a run.
pub(crate) const FAULTS: &[Fault] = &[
    Fault::Partition,
    Fault::PhoneCrash,
    Fault::StationCrash,
    Fault::ClockJump,
    Fault::StationRolledBack,
    Fault::DamagedPart,
    Fault::StationForgetsPhone,
    Fault::PhoneSetBack,
    Fault::PhoneCloned,
    Fault::PhoneRevoked,
];
