//! Backups: made while the station serves, verified without it, restored into an empty folder.
//!
//! ```text
//! files/ab/<sha256>       contents by their hash, shared by all backups in the folder
//! manifests/<id>.json     one for each backup, signed, written last: without it there is no backup
//! incoming/               what is being written
//! lock                    held by the process that writes here
//! reading                 held together by those who read here, and alone by the one that clears old backups away
//! ```
//!
//! Contents lie under their own hash, so that a backup copies only what is new, a killed one goes on where it was, and an
//! earlier one stays whole while the next is made. The database is copied first; every original that it names is on the
//! disk already, because the station stores an original before its row.

mod copy;
mod make;
mod prune;
mod restore;
mod verify;

use std::fs::File;
use std::path::{Path, PathBuf};

use patrol_domain::{Head, LogId, Seq, Sha256Hash, StationId, StationMs};
use patrol_sqlite::DatabaseError;
use patrol_wire::signature::SignatureError;
use patrol_wire::{PublicKey, Signed, SignedContent};
use serde::{Deserialize, Serialize};

use crate::error::StationError;
use crate::marker::MarkerError;
use crate::ports::RandomnessError;
use crate::store::StoreError;

pub use make::{BackupReport, backup};
pub use prune::{PruneReport, prune};
pub use restore::{RestoreOptions, RestoreReport, restore};
pub use verify::{VerifyReport, verify};

/// The form of manifests that this build writes.
const FORMAT: u32 = 1;

/// Where the database stands among a backup's files.
const DATABASE: &str = "station.db";

/// A content of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupFile {
    /// Where it lies in a station's data folder, with `/`.
    pub path: String,
    /// Its hash, under which it lies in the backup.
    pub sha256: Sha256Hash,
    /// Its length.
    pub bytes: u64,
}

/// A file that the database names and that the station did not have, or not whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsentFile {
    /// Where it should lie in the station's data folder.
    pub path: String,
    /// Why it is not inside.
    pub why: String,
}

/// How far a journal goes in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupHead {
    /// Which journal.
    pub log: LogId,
    /// The last position.
    pub seq: Seq,
    /// The chain's value there.
    pub head: Sha256Hash,
}

impl BackupHead {
    fn new(log: LogId, Head { seq, hash }: Head) -> Self {
        Self { log, seq, head: hash }
    }
}

/// What a backup holds, signed by its station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupManifest {
    /// 1.
    pub format: u32,
    /// Its id; later ones sort behind earlier ones.
    pub backup: String,
    /// Whose it is.
    pub station: StationId,
    /// Which life of the database it holds.
    pub epoch: String,
    /// When it was begun.
    pub made_ms: StationMs,
    /// The key that signed it, and the receipts inside.
    pub key: PublicKey,
    /// Every journal.
    pub logs: Vec<BackupHead>,
    /// Every file.
    pub files: Vec<BackupFile>,
    /// What should be inside and could not be.
    pub absent: Vec<AbsentFile>,
}

impl SignedContent for BackupManifest {
    const CONTEXT: [u8; 4] = *b"xgb1";
}

/// A backup cannot be made, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// No whole backup.
    #[error("{folder} holds no complete backup")]
    None {
        /// The folder.
        folder: PathBuf,
    },
    /// Its manifest is not what a station signed.
    #[error("{path}: {why}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Another process writes there.
    #[error("another process is making a backup in {folder}")]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// Only an empty folder is restored into.
    #[error("{path} is not empty: a backup is restored into a new folder")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A content of the backup is damaged or missing.
    #[error("{path} is damaged or missing in the backup: run `patrol-station verify` on it")]
    Damaged {
        /// Where it lies in a station's data folder.
        path: String,
    },
    /// Nothing to lay over.
    #[error("there is no epoch marker at {path}")]
    NoMarker {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file or folder.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The station's memory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The marker.
    #[error(transparent)]
    Marker(#[from] MarkerError),
    /// The restored settings.
    #[error(transparent)]
    Station(#[from] Box<StationError>),
    /// The manifest cannot be signed.
    #[error("cannot sign")]
    Signature(#[from] SignatureError),
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl BackupError {
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// How far a backup, a verification or a restore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupStep {
    /// The database is copied.
    Database,
    /// So many files of so many are done.
    Files {
        /// Done.
        done: usize,
        /// Of these.
        of: usize,
    },
    /// Everything but the last word is on the disk.
    Synced,
}

/// Whoever wants to hear of each step.
pub type OnStep<'caller> = &'caller (dyn Fn(BackupStep) + Sync);

/// The paths in a backup folder.
#[derive(Debug, Clone)]
struct BackupFolder {
    root: PathBuf,
}

impl BackupFolder {
    fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    fn file(&self, sha256: Sha256Hash) -> PathBuf {
        let name = sha256.to_string();
        let shelf: String = name.chars().take(2).collect();
        self.files().join(shelf).join(name)
    }

    fn manifests(&self) -> PathBuf {
        self.root.join("manifests")
    }

    fn manifest(&self, backup: &str) -> PathBuf {
        self.manifests().join(format!("{backup}.json"))
    }

    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// The ids of all backups, the oldest first.
    fn list(&self) -> Result<Vec<String>, BackupError> {
        let folder = self.manifests();
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(BackupError::file(&folder))?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(BackupError::file(&folder))?.file_name();
            found.extend(
                name.to_str()
                    .and_then(|name| name.strip_suffix(".json"))
                    .map(str::to_owned),
            );
        }
        found.sort();
        Ok(found)
    }

    /// The given backup, or the newest; its id.
    fn choose(&self, backup: Option<&str>) -> Result<String, BackupError> {
        let found = self.list()?;
        match backup {
            Some(backup) => found.into_iter().find(|one| one == backup),
            None => found.into_iter().next_back(),
        }
        .ok_or_else(|| BackupError::None {
            folder: self.root.clone(),
        })
    }

    /// Keeps contents from being cleared away while somebody reads; nothing where nobody may write, for then nobody clears.
    fn reading(&self) -> Option<File> {
        let options = File::options().create(true).truncate(false).write(true).to_owned();
        let file = options.open(self.root.join("reading")).ok()?;
        file.lock_shared().ok()?;
        Some(file)
    }

    /// A manifest whose signature fits the key that it names; whether that key is the station's is another question.
    fn read(&self, backup: &str) -> Result<Signed<BackupManifest>, BackupError> {
        let path = self.manifest(backup);
        let text = std::fs::read(&path).map_err(BackupError::file(&path))?;
        let refused = |why: String| BackupError::Manifest {
            path: path.clone(),
            why,
        };
        let signed: Signed<BackupManifest> =
            serde_json::from_slice(&text).map_err(|error| refused(format!("not a manifest: {error}")))?;
        let manifest = signed
            .verify(&signed.content.key)
            .map_err(|error| refused(error.to_string()))?;
        if manifest.format != FORMAT {
            let why = format!("made by a later version (format {})", manifest.format);
            return Err(refused(why));
        }
        if manifest.backup != backup || manifest.files.iter().any(|file| !is_inside(&file.path)) {
            return Err(refused(
                "it names another backup or a path outside the station".to_owned(),
            ));
        }
        Ok(signed)
    }
}

/// Whether a path stays in the folder that it is joined to.
fn is_inside(path: &str) -> bool {
    let mut components = Path::new(path).components();
    !path.is_empty() && components.all(|component| matches!(component, std::path::Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_folder_is_not_followed() {
        for path in ["/etc/passwd", "../station.db", "photos/../../x", "", "."] {
            assert!(!is_inside(path), "{path}");
        }
        assert!(is_inside("photos/ab/abc.jpg"));
    }
}
