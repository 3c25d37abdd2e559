//! What is not there, and may rightly not be there.

use patrol_domain::{LogId, Sha256Hash};

/// Something that a reader misses and that is no tampering.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Absence {
    /// An op of a form that nobody can read was chained like any other.
    #[error("journal {log}: op {seq} is of no form that this program knows")]
    OpUnreadable {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// A damaged file took ops with it, and a later journal says that it goes on behind a salvage.
    #[error("journal {log}: ops {from} to {to} were lost with a damaged file, and a later journal says so")]
    OpsLost {
        /// The journal.
        log: LogId,
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// The words of a sealed field were erased or never arrived.
    #[error("journal {log}: the words `{field}` of op {seq} are not here")]
    Words {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
        /// The field.
        field: String,
    },
    /// The station has never received and never signed for this original.
    #[error("original {sha256} had not arrived")]
    PhotoNotArrived {
        /// Which.
        sha256: Sha256Hash,
    },
    /// An op says that the phone has lost it.
    #[error("original {sha256} was lost or damaged on its phone, and an op says so")]
    PhotoLost {
        /// Which.
        sha256: Sha256Hash,
    },
    /// The phone no longer has it and the station has signed for it.
    #[error("original {sha256} is at the station, which has signed for it")]
    PhotoAtStation {
        /// Which.
        sha256: Sha256Hash,
    },
    /// No certificate of a station says whose device this is.
    #[error("device key {key} has no certificate: no station has vouched for it")]
    Certificate {
        /// The device key's thumbprint.
        key: Sha256Hash,
    },
}

impl Absence {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OpUnreadable { .. } => "op_unreadable",
            Self::OpsLost { .. } => "ops_lost",
            Self::Words { .. } => "words",
            Self::PhotoNotArrived { .. } => "photo_not_arrived",
            Self::PhotoLost { .. } => "photo_lost",
            Self::PhotoAtStation { .. } => "photo_at_station",
            Self::Certificate { .. } => "certificate",
        }
    }
}
