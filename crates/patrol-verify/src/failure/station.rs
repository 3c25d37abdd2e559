//! What can be wrong with the journals of the station's own, beside their chains.

use patrol_domain::{LogId, Sha256Hash};

/// Something of the station's own that is not as the station wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum StationFailure {
    /// A key of the station, that no statement of another of its keys leads to.
    #[error("the station's key {key} follows from none of its other keys")]
    KeyChain {
        /// The key's thumbprint.
        key: Sha256Hash,
    },
    /// A statement on a new key that the key before or the new one has not signed.
    #[error("the statement on the station's key {key} was changed or forged")]
    KeyStatement {
        /// The thumbprint of the key that it speaks of.
        key: Sha256Hash,
    },
    /// Its bytes are no op of a station.
    #[error("station journal {log}: op {seq} is no op of a station")]
    OpMalformed {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// The first op, and that one alone, opens a journal of this station.
    #[error("station journal {log} is not opened as one of this station")]
    Opening {
        /// The journal.
        log: LogId,
    },
    /// The journal before it is not here, or not the one that it names.
    #[error("station journal {log} follows another journal than the one before it here")]
    Predecessor {
        /// The journal.
        log: LogId,
    },
    /// It speaks of ops that are not the ones at those places.
    #[error("station journal {log}: op {seq} speaks of other ops than stand at the places that it names")]
    Conflict {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// No signature over the head.
    #[error("station journal {log}: the station's signature over the head is missing")]
    HeadMissing {
        /// The journal.
        log: LogId,
    },
    /// A signed head that cannot be read.
    #[error("station journal {log}: the signed head cannot be read")]
    HeadMalformed {
        /// The journal.
        log: LogId,
    },
    /// The signature does not fit.
    #[error("station journal {log}: the signature over the head does not fit")]
    HeadForged {
        /// The journal.
        log: LogId,
    },
    /// Signed by a key that is not the station's.
    #[error("station journal {log}: the head is signed by another key than the station's")]
    HeadKey {
        /// The journal.
        log: LogId,
    },
    /// The station has signed another head.
    #[error("station journal {log}: the station has signed another head than this")]
    HeadOther {
        /// The journal.
        log: LogId,
    },
}

impl StationFailure {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeyChain { .. } => "station_key_chain",
            Self::KeyStatement { .. } => "station_key_statement",
            Self::OpMalformed { .. } => "station_op_malformed",
            Self::Opening { .. } => "station_opening",
            Self::Predecessor { .. } => "station_predecessor",
            Self::Conflict { .. } => "station_conflict",
            Self::HeadMissing { .. } => "station_head_missing",
            Self::HeadMalformed { .. } => "station_head_malformed",
            Self::HeadForged { .. } => "station_head_forged",
            Self::HeadKey { .. } => "station_head_key",
            Self::HeadOther { .. } => "station_head_other",
        }
    }
}
