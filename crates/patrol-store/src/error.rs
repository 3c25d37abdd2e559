//! What can go wrong in the phone's memory.

use patrol_domain::chain::ChainError;
use patrol_domain::op::{DecodeError, EncodeError};
use patrol_domain::{CaseId, DraftId, Sha256Hash};
use patrol_sqlite::{DatabaseError, rusqlite};

use crate::vault::VaultError;

/// A failed use of the store. Whatever was asked for, nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The photo vault refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The op cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A stored op cannot be read back.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The stored chain is not the one that was written.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The install has no journal yet.
    #[error("no journal has been opened")]
    NoJournal,
    /// No officer of this phone has this id.
    #[error("this officer has not signed in on this phone")]
    NoPerson,
    /// The disk has no room for the case that a photo would belong to: free space first.
    #[error("the disk has no room for another photo and its case")]
    NoRoom,
    /// A case that this phone does not know.
    #[error("no such case: {0}")]
    NoSuchCase(CaseId),
    /// The marker that tells a copied database cannot be written or read.
    #[error("the marker beside the database cannot be used")]
    Marker(#[source] std::io::Error),
    /// A photo that the draft does not have.
    #[error("no such photo: {0}")]
    NoSuchPhoto(Sha256Hash),
    /// A draft that became a case or was given up.
    #[error("no such draft: {0}")]
    NoSuchDraft(DraftId),
    /// A column holds what this program never writes.
    #[error("column {0} holds an unexpected value")]
    Column(&'static str),
    /// The data folder cannot be made or read.
    #[error("the data folder cannot be used")]
    Folder(#[source] std::io::Error),
    /// A value that should be JSON is not.
    #[error("a stored value cannot be read")]
    Json(#[from] serde_json::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl StoreError {
    /// Whether the disk had no room, whoever noticed it.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(DatabaseError::DiskFull) => true,
            Self::Vault(error) => error.is_disk_full(),
            Self::NoRoom => true,
            Self::Folder(error) | Self::Marker(error) => error.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}
