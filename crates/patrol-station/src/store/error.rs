//! Why the store refuses or fails. What of this a phone may hear is decided in `http/answer.rs`.

use patrol_domain::Head;
use patrol_sqlite::{DatabaseError, rusqlite};
use patrol_wire::signature::SignatureError;

use crate::key::KeyError;
use crate::marker::MarkerError;
use crate::ports::RandomnessError;

/// Why the body of a request stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// The connection ended.
    #[error("the phone went away")]
    Gone,
    /// Nothing came for too long.
    #[error("no byte came for too long")]
    Stalled,
}

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not there, or not this device's.
    #[error("not found")]
    NotFound,
    /// No such device, wrong secret or wrong signature.
    #[error("not authorised")]
    Unauthorised,
    /// The request contradicts itself.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// The push begins behind what is held.
    #[error("the journal is held up to {}", head.seq.0)]
    Gap {
        /// What is held.
        head: Head,
    },
    /// Another op is held at one of the positions.
    #[error("another op is held at one of these positions")]
    Forked {
        /// What is held.
        head: Head,
    },
    /// The device was retired: nothing is given out to it any more.
    #[error("this phone was retired")]
    Retired,
    /// The cursor was not given out in this life of the database, or too long ago.
    #[error("this cursor is not known (any more)")]
    CursorGone,
    /// The upload is at another place.
    #[error("the upload is at {held}")]
    OffsetMismatch {
        /// How many bytes are durable.
        held: u64,
    },
    /// More bytes than announced.
    #[error("more bytes than announced")]
    TooLarge,
    /// The bytes do not have the hash.
    #[error("the bytes do not have this hash")]
    HashMismatch,
    /// Another request writes the same original.
    #[error("another request is at work on this original")]
    Locked,
    /// No such code, or too old, or another phone's: which of them is for the code's own phone to know.
    #[error("this code is not good, or not any more")]
    CodeUnknown,
    /// The body stopped; what came is kept.
    #[error(transparent)]
    Body(#[from] BodyFault),
    /// No room.
    #[error("the disk is full")]
    DiskFull,
    /// The database is held by another process for too long.
    #[error("the database is busy")]
    Busy,
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] DatabaseError),
    /// A file failed.
    #[error("a file failed")]
    File(#[source] std::io::Error),
    /// A stored value is not what this program writes.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// Could not sign.
    #[error("cannot sign")]
    Signature(#[from] SignatureError),
    /// The marker outside the database.
    #[error(transparent)]
    Marker(#[from] MarkerError),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The work was stopped: a panic, or the program is ending.
    #[error("the work was stopped")]
    Stopped,
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DiskFull => Self::DiskFull,
            DatabaseError::Busy => Self::Busy,
            other => Self::Database(other),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        DatabaseError::from(error).into()
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::DiskFull,
            _ => Self::File(error),
        }
    }
}
