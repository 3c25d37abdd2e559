//! Why a round of syncing ended early, and whether trying again by itself can help.

use patrol_domain::Sha256Hash;
use patrol_store::StoreError;
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
    /// The station holds another op at a position of this journal.
    #[error("the station holds another journal under this name")]
    Forked,
    /// The station holds more of this journal than the phone: the phone was put back to an older state.
    #[error("the station holds more of this journal than this phone")]
    RolledBack,
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
    /// A push that cannot be written.
    #[error(transparent)]
    Frame(#[from] FrameError),
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
                TransportError::Unreachable(_) | TransportError::NotOurs { .. } | TransportError::WrongStation(_)
            )
        )
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
