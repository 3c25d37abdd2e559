//! The photo vault: one encrypted file per original, named by the hash of its plain bytes.
//!
//! A file is written to a side name, synced, renamed and its folder synced before anybody may speak of the photo, so a
//! row never names bytes that a power cut could take. The format (version `XGV1`, written out in `docs/PROTOCOL.md`) is
//! authenticated in 64 KiB chunks and closes with the original's hash, its length and where it came from, so that a file
//! without a row can still be opened, verified and adopted.

mod format;
mod read;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_domain::port::Randomness;
use patrol_domain::{At, DraftId, Fix, PhotoSource, Sha256Hash};
use patrol_sqlite::Disk;
use serde::{Deserialize, Serialize};

pub use read::VaultReader;

/// What the last chunk says beside hash and length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultNote {
    /// When the photo was taken in.
    pub at: At,
    /// Where, when it was known by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// How it came in.
    pub source: PhotoSource,
    /// Which draft it was taken for, so that a file without a row finds its way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftId>,
}

/// A failed write to or read from the vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file system refused; nothing is visible under the photo's name.
    #[error("the photo vault cannot be used: {0}")]
    File(#[from] std::io::Error),
    /// No file for this hash.
    #[error("no original {0} in the vault")]
    Missing(Sha256Hash),
    /// The file is not what was written, or was written under another key.
    #[error("the file of original {0} is damaged")]
    Damaged(Sha256Hash),
    /// The note would not fit into the last chunk.
    #[error("the note of an original is too long")]
    NoteTooLong,
}

impl VaultError {
    /// Whether the disk had no room.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::File(error) if error.kind() == std::io::ErrorKind::StorageFull)
    }
}

/// The vault of one install.
#[derive(Clone)]
pub struct Vault {
    folder: PathBuf,
    key: [u8; 32],
    random: Arc<dyn Randomness>,
    disk: Arc<dyn Disk>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault in `folder`, making the folder if needed; half-written files of an earlier life are removed.
    ///
    /// # Errors
    /// [`VaultError::File`] when the folder cannot be used.
    pub fn open(
        folder: &Path,
        key: [u8; 32],
        random: Arc<dyn Randomness>,
        disk: Arc<dyn Disk>,
    ) -> Result<Self, VaultError> {
        let vault = Self {
            folder: folder.to_owned(),
            key,
            random,
            disk,
        };
        vault.disk.make_folder(&vault.incoming())?;
        // A killed process may have made folders without syncing this one.
        vault.disk.sync_folder(&vault.folder)?;
        // A side name was never shown to anybody as saved.
        for path in vault.disk.list(&vault.incoming())? {
            if let Err(error) = vault.disk.remove(&path) {
                tracing::warn!(%error, "something in the vault's side folder cannot be removed");
            }
        }
        Ok(vault)
    }

    /// The vault in `folder`, to look at it: nothing is made or cleared away.
    pub(crate) fn look(folder: &Path, key: [u8; 32], random: Arc<dyn Randomness>, disk: Arc<dyn Disk>) -> Self {
        Self {
            folder: folder.to_owned(),
            key,
            random,
            disk,
        }
    }

    /// Whether a file of this name exists; says nothing about its bytes.
    ///
    /// # Errors
    /// [`VaultError::File`] when the folder cannot be read.
    pub fn contains(&self, sha256: Sha256Hash) -> Result<bool, VaultError> {
        Ok(self.disk.length(&self.path(sha256))?.is_some())
    }

    /// Makes the name of a file durable that another process may have left without.
    ///
    /// # Errors
    /// [`VaultError::File`] when the folder cannot be synced.
    pub(crate) fn settle(&self, sha256: Sha256Hash) -> Result<(), VaultError> {
        let path = self.path(sha256);
        Ok(self.disk.sync_folder(path.parent().unwrap_or(&self.folder))?)
    }

    /// Removes an original; one that is not there is removed already.
    ///
    /// # Errors
    /// [`VaultError::File`] when the disk refuses.
    pub(crate) fn remove(&self, sha256: Sha256Hash) -> Result<(), VaultError> {
        let path = self.path(sha256);
        match self.disk.remove(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(self.disk.sync_folder(path.parent().unwrap_or(&self.folder))?),
        }
    }

    /// The hashes by which the files of the vault are named, in order; their bytes are not looked at.
    ///
    /// # Errors
    /// [`VaultError::File`] when a folder cannot be read.
    pub fn list(&self) -> Result<Vec<Sha256Hash>, VaultError> {
        let mut found = Vec::new();
        let folders = match self.disk.list(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
            other => other?,
        };
        for folder in folders {
            if folder == self.incoming() {
                continue;
            }
            let files = match self.disk.list(&folder) {
                Ok(files) => files,
                // A stray file beside the folders.
                Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => continue,
                Err(error) => return Err(error.into()),
            };
            let names = files
                .iter()
                .filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".xgv"));
            found.extend(names.filter_map(|name| name.parse::<Sha256Hash>().ok()));
        }
        Ok(found)
    }

    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// `ab/abcdef….xgv`: 256 folders keep a year of photos quick to list.
    fn path(&self, sha256: Sha256Hash) -> PathBuf {
        let name = sha256.to_string();
        let folder: String = name.chars().take(2).collect();
        self.folder.join(folder).join(format!("{name}.xgv"))
    }
}
