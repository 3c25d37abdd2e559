//! What must outlive a restore of the database: which life of it this is, and which phones were shut out.
//!
//! ```text
//! marker/marker.json   {station, epoch, revoked: [{device, state, since_ms}]}
//! marker/lock          held while the marker and the database are compared or changed
//! ```
//!
//! It lies outside the database, and no backup holds it. A database whose epoch is not the marker's was put back by
//! hand; a phone that stands here as lost stays lost, whatever an older database says. A copy of the whole machine sets
//! the marker back as well: that is noticed by what phones remember (`store/sqlite/epoch.rs`).

use std::io::Write as _;
use std::path::{Path, PathBuf};

use patrol_domain::{DeviceId, StationId, StationMs};
use patrol_sqlite::Disk;
use serde::{Deserialize, Serialize};

use crate::durable;

/// The marker cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MarkerError {
    /// A file or the folder.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not what this program writes.
    #[error("{path} is not an epoch marker; if it was damaged, put it aside and it is made again from the database")]
    Form {
        /// Which.
        path: PathBuf,
    },
    /// The folder was taken from somewhere else.
    #[error("{path} is the epoch marker of station {found}, not of this one")]
    OtherStation {
        /// Which.
        path: PathBuf,
        /// Whose it is.
        found: StationId,
    },
}

/// How a phone was shut out; the later one is the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revoked {
    /// 2: it may bring what it has; nothing more is given out to it.
    Retired,
    /// 3: answered like a stranger. What it brought is kept.
    Lost,
}

/// A phone that was shut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Which.
    pub device: DeviceId,
    /// How.
    pub state: Revoked,
    /// Since when.
    pub since_ms: StationMs,
}

/// What the marker says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Whose it is.
    pub station: StationId,
    /// Which life of the database.
    pub epoch: String,
    /// By device, each once.
    pub revoked: Vec<Revocation>,
}

/// Both lists as one: each phone once, in the stricter state, since the time at which it was first given.
pub(crate) fn join_revocations(lists: impl IntoIterator<Item = Revocation>) -> Vec<Revocation> {
    let mut all: Vec<Revocation> = lists.into_iter().collect();
    all.sort_by_key(|one| (*one.device.as_bytes(), std::cmp::Reverse(one.state), one.since_ms.0));
    all.dedup_by_key(|one| one.device);
    all
}

/// The folder of the marker, held against other processes until dropped.
pub struct MarkerFolder<'disk> {
    disk: &'disk dyn Disk,
    folder: PathBuf,
    _lock: Box<dyn Send>,
}

impl std::fmt::Debug for MarkerFolder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MarkerFolder").field(&self.folder).finish()
    }
}

impl<'disk> MarkerFolder<'disk> {
    /// Takes the folder; makes it when it is not there. Waits for whoever has it, which is never long.
    ///
    /// # Errors
    /// [`MarkerError::File`] when it cannot be made or locked.
    pub fn hold(disk: &'disk dyn Disk, folder: &Path) -> Result<Self, MarkerError> {
        let failed = |source| MarkerError::File {
            path: folder.to_owned(),
            source,
        };
        disk.make_folder(folder).map_err(failed)?;
        let lock = disk.lock(&folder.join("lock")).map_err(failed)?;
        Ok(Self {
            disk,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// What the marker says; nothing when there is none yet.
    ///
    /// # Errors
    /// [`MarkerError`] when it cannot be read.
    pub fn read(&self) -> Result<Option<Marker>, MarkerError> {
        read(self.disk, &self.path())
    }

    /// Replaces the marker; durable, and never half, when this returns.
    ///
    /// # Errors
    /// [`MarkerError::File`] when the disk refuses; the old one then stands.
    pub fn write(&self, marker: &Marker) -> Result<(), MarkerError> {
        let path = self.path();
        self.replace(marker, &path)
            .map_err(|source| MarkerError::File { path, source })
    }

    fn replace(&self, marker: &Marker, path: &Path) -> std::io::Result<()> {
        let side = self.folder.join("marker.json.new");
        // What a crash left of an earlier one.
        durable::remove(self.disk, &side)?;
        let mut text = serde_json::to_vec_pretty(marker)?;
        text.write_all(b"\n")?;
        durable::write_new(self.disk, &side, &text)?;
        durable::rename(self.disk, &side, path)
    }

    /// Where the marker lies.
    pub fn path(&self) -> PathBuf {
        self.folder.join("marker.json")
    }
}

/// Reads a marker file where it lies, without taking its folder.
///
/// # Errors
/// [`MarkerError`] when it cannot be read.
pub(crate) fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Marker>, MarkerError> {
    match durable::read(disk, path) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|_| MarkerError::Form { path: path.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(MarkerError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

impl Revoked {
    /// The value in the database.
    pub(crate) fn stored(self) -> i64 {
        match self {
            Self::Retired => 2,
            Self::Lost => 3,
        }
    }

    /// Reads the value back; nothing for an active phone.
    pub(crate) fn from_stored(value: i64) -> Option<Self> {
        match value {
            2 => Some(Self::Retired),
            3 => Some(Self::Lost),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use patrol_sqlite::MachineDisk;

    use super::*;

    fn revocation(number: u8, state: Revoked, since: i64) -> Revocation {
        let device = format!("01978123-4567-7abc-8def-0123456789{number:02x}");
        Revocation {
            device: device.parse().unwrap(),
            state,
            since_ms: StationMs(since),
        }
    }

    fn marker(epoch: &str) -> Marker {
        Marker {
            station: "01978123-4567-7abc-8def-0123456789ff".parse().unwrap(),
            epoch: epoch.into(),
            revoked: vec![revocation(1, Revoked::Lost, 5)],
        }
    }

    #[test]
    fn the_stricter_state_stands_since_it_was_first_given() {
        let joined = join_revocations([
            revocation(2, Revoked::Retired, 1),
            revocation(1, Revoked::Lost, 9),
            revocation(1, Revoked::Retired, 3),
            revocation(1, Revoked::Lost, 7),
        ]);
        assert_eq!(
            joined,
            [revocation(1, Revoked::Lost, 7), revocation(2, Revoked::Retired, 1)]
        );
    }

    #[test]
    fn a_marker_is_private_replaced_whole_and_survives_what_a_crash_left() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("outside/marker");
        let held = MarkerFolder::hold(&MachineDisk, &place).unwrap();
        assert_eq!(held.read().unwrap(), None);
        held.write(&marker("A")).unwrap();
        std::fs::write(place.join("marker.json.new"), "{\"stat").unwrap();
        assert_eq!(
            held.read().unwrap(),
            Some(marker("A")),
            "a half new one is not looked at"
        );
        held.write(&marker("B")).unwrap();
        assert_eq!(held.read().unwrap(), Some(marker("B")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&held.path()), mode(&place)), (0o600, 0o700));
        }
        std::fs::write(held.path(), "{}").unwrap();
        assert!(matches!(held.read(), Err(MarkerError::Form { .. })));
    }
}
