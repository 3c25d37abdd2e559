//! Why a round of syncing ended early, and whether trying again by itself can help.

use patrol_domain::Sha256Hash;
use patrol_store::{DatabaseError, StoreError};
use patrol_wire::ErrorCode;
use patrol_wire::frame::FrameError;
use patrol_wire::signature::SignatureError;

use crate::transport::TransportError;

/// A round that ended early. Whatever was signed for before stays so.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The phone belongs to no station yet.
    #[error("this phone is not enrolled")]
    NotEnrolled,
    /// The network or the station said no.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The phone's own memory failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A receipt is not signed by the station's key, or speaks of other bytes than ours: no counter moves.
    #[error("the station's receipt does not fit: {0}")]
    Receipt(String),
    /// A receipt by a key that this phone has not heard of; the station is asked for its keys then.
    #[error("the station's receipt does not fit: signed by key {0}, which this phone does not know")]
    UnknownKey(String),
    /// The station holds another op at a position of this journal, or more of it: the phone goes on in a new one.
    #[error("the station holds another journal under this name")]
    Forked,
    /// The station does not let this phone in any more, its certificate included. Nothing is deleted.
    #[error("the station does not accept this phone any more")]
    NotAccepted,
    /// What the station has handed out is not what it says it holds, twice in a row.
    #[error("the station's rows do not fit its own sum: {0}")]
    Mirror(String),
    /// The device key cannot sign.
    #[error("the device key cannot be used: {0}")]
    Key(String),
    /// The enrolment reply is signed by another key than the code named, or brings another certificate authority.
    #[error("the station's key is not the one in the code")]
    StationKey,
    /// An original that an op has already called damaged or lost, and that has not come back.
    #[error("original {0} cannot be read on this phone")]
    Gone(Sha256Hash),
    /// An original arrived with other bytes than it has here: a bad line, it is sent again.
    #[error("original {0} arrived with other bytes")]
    Garbled(Sha256Hash),
    /// Stopped in the middle of an original, by the officer or because the network now costs: the place is kept.
    #[error("stopped: originals may not go now")]
    Stopped,
    /// A push that cannot be written.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl From<DatabaseError> for SyncError {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl From<SignatureError> for SyncError {
    fn from(error: SignatureError) -> Self {
        Self::Receipt(error.to_string())
    }
}

impl SyncError {
    /// Whether the connection itself is gone, so that nothing else of this round can succeed.
    pub fn is_network(&self) -> bool {
        matches!(
            self,
            Self::Transport(
                TransportError::Unreachable(_)
                    | TransportError::NotOurs { .. }
                    | TransportError::Portal { .. }
                    | TransportError::WrongStation(_)
                    | TransportError::OtherVersion(_)
            )
        )
    }

    /// What the station said no with, if it was the station.
    pub fn refusal(&self) -> Option<ErrorCode> {
        match self {
            Self::Transport(TransportError::Refused { reply, .. }) => Some(reply.code),
            _ => None,
        }
    }

    /// How long the station asked to be left alone.
    pub fn asked_wait(&self) -> Option<std::time::Duration> {
        match self {
            Self::Transport(TransportError::Refused { reply, .. }) => {
                reply.retry_after_ms.map(std::time::Duration::from_millis)
            }
            _ => None,
        }
    }
}
