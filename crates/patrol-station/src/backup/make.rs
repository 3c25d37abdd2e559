//! Makes a backup while the station may be serving in another process.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use patrol_domain::id::IdMint;
use patrol_domain::{OpId, Sha256Hash, StationMs, WallMs};
use patrol_sqlite::copy_frozen;

use super::copy::{CopyFault, Read, copy, for_each, read_hash, sync_all};
use super::{
    AbsentFile, BackupError, BackupFile, BackupFolder, BackupHead, BackupManifest, BackupStep, DATABASE, FORMAT, OnStep,
};
use patrol_sqlite::{Disk as _, MachineDisk};

use crate::durable;
use crate::layout::Layout;
use crate::station::Station;
use crate::store::sqlite::backup::{Contents, Remembered, contents};

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// The backup's id.
    pub backup: String,
    /// How many files it holds.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// How many of them had to be copied; the others lay there already.
    pub copied: usize,
    /// What the station should have had.
    pub absent: Vec<AbsentFile>,
}

/// A file that goes into the backup.
struct Wanted {
    /// From the data folder, with `/`.
    path: String,
    place: PathBuf,
    /// The hash that it must have; nothing for one that is what it is.
    sha256: Option<Sha256Hash>,
}

/// How a file ended.
enum Taken {
    /// It is inside; whether it was copied now.
    Inside(BackupFile, bool),
    /// The station has none, or another.
    Absent(AbsentFile),
}

/// Makes a backup of an open station in `to`, a folder of backups; `keys` takes the station's keys along. It is
/// remembered by the station as not verified.
///
/// # Errors
/// [`BackupError`]; nothing half is taken for a backup, and the next call goes on with what was copied.
pub fn backup(station: &Station, to: &Path, keys: bool, on_step: OnStep<'_>) -> Result<BackupReport, BackupError> {
    let folder = BackupFolder::new(to);
    for path in [to.to_owned(), folder.files(), folder.manifests(), folder.incoming()] {
        MachineDisk.make_folder(&path).map_err(BackupError::file(&path))?;
    }
    let _lock = lock(&folder)?;
    clear(&folder)?;
    let now = station.ports().clock.now();
    let id = next_id(&folder, station, now)?;
    let layout = station.layout();

    let (database, contents) = take_database(&folder, layout)?;
    on_step(BackupStep::Database);
    let wanted = list(layout, &contents, keys)?;
    let temporaries = AtomicUsize::new(0);
    let taken = for_each(&wanted, on_step, |one| take(&folder, &temporaries, one))?;
    sync_all(to).map_err(BackupError::file(to))?;
    on_step(BackupStep::Synced);

    let mut report = BackupReport {
        backup: id,
        files: 0,
        bytes: 0,
        copied: 1,
        absent: Vec::new(),
    };
    let mut files = vec![database];
    for one in taken {
        match one {
            Taken::Inside(file, copied) => {
                report.copied += usize::from(copied);
                files.push(file);
            }
            Taken::Absent(absent) => {
                tracing::error!(path = absent.path, why = absent.why, "not in the backup");
                report.absent.push(absent);
            }
        }
    }
    (report.files, report.bytes) = (files.len(), files.iter().map(|file| file.bytes).sum());
    finish(station, &folder, &report, files, contents, now)?;
    Ok(report)
}

/// An id that sorts behind those of all backups in the folder, whatever the clock says.
fn next_id(folder: &BackupFolder, station: &Station, now: StationMs) -> Result<String, BackupError> {
    let last = match folder.choose(None) {
        Ok(last) => last.parse::<OpId>().ok(),
        Err(BackupError::None { .. }) => None,
        Err(other) => return Err(other),
    };
    let last_ms = last.map_or(-1, |id| {
        let time = id.as_bytes().iter().take(6);
        time.fold(0, |ms, byte| (ms << 8) | i64::from(*byte))
    });
    let wall = WallMs(now.0.max(last_ms + 1));
    Ok(IdMint::default().next(wall, station.ports().random()?).to_string())
}

/// The last word: the manifest, and then the station's own note of it.
fn finish(
    station: &Station,
    folder: &BackupFolder,
    report: &BackupReport,
    files: Vec<BackupFile>,
    contents: Contents,
    now: StationMs,
) -> Result<(), BackupError> {
    let manifest = station.sign(BackupManifest {
        format: FORMAT,
        backup: report.backup.clone(),
        station: contents.facts.station,
        epoch: contents.facts.epoch.clone(),
        made_ms: now,
        key: station.public_key().clone(),
        logs: contents
            .heads
            .iter()
            .map(|(log, head)| BackupHead::new(*log, *head))
            .collect(),
        files,
        absent: report.absent.clone(),
    })?;
    let text = serde_json::to_vec(&manifest).map_err(|error| BackupError::Manifest {
        path: folder.manifest(&report.backup),
        why: error.to_string(),
    })?;
    let side = folder.incoming().join(format!("{}.json", report.backup));
    durable::write_new(&MachineDisk, &side, &text).map_err(BackupError::file(&side))?;
    let place = folder.manifest(&report.backup);
    durable::rename(&MachineDisk, &side, &place).map_err(BackupError::file(&place))?;
    Remembered::open(station.layout())?.made(&report.backup, &contents.facts.epoch, now)?;
    Ok(())
}

pub(super) fn lock(folder: &BackupFolder) -> Result<File, BackupError> {
    let path = folder.root.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(BackupError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(BackupError::Locked {
            folder: folder.root.clone(),
        }),
        Err(std::fs::TryLockError::Error(error)) => Err(BackupError::file(&path)(error)),
    }
}

/// What a killed one left half.
fn clear(folder: &BackupFolder) -> Result<(), BackupError> {
    let incoming = folder.incoming();
    for entry in std::fs::read_dir(&incoming).map_err(BackupError::file(&incoming))? {
        let path = entry.map_err(BackupError::file(&incoming))?.path();
        std::fs::remove_file(&path).map_err(BackupError::file(&path))?;
    }
    Ok(())
}

/// One consistent state of the database, put under its hash, and what stands in it.
fn take_database(folder: &BackupFolder, layout: &Layout) -> Result<(BackupFile, Contents), BackupError> {
    let side = folder.incoming().join(DATABASE);
    copy_frozen(&layout.database(), &side)?;
    let contents = contents(&side)?;
    let read = read_hash(&side)
        .transpose()
        .unwrap_or_else(|| Err(std::io::ErrorKind::NotFound.into()))
        .map_err(BackupError::file(&side))?;
    private(&side).map_err(BackupError::file(&side))?;
    put(folder, &side, read.sha256)?;
    let Read { sha256, bytes } = read;
    let path = DATABASE.to_owned();
    Ok((BackupFile { path, sha256, bytes }, contents))
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Everything but the database: originals, thumbnails, settings, keys.
fn list(layout: &Layout, contents: &Contents, keys: bool) -> Result<Vec<Wanted>, BackupError> {
    let mut wanted = Vec::new();
    let mut add = |place: PathBuf, sha256: Option<Sha256Hash>| {
        let inner = place.strip_prefix(layout.data()).unwrap_or(&place);
        let path: Vec<_> = inner.iter().map(|name| name.to_string_lossy()).collect();
        let path = path.join("/");
        wanted.push(Wanted { path, place, sha256 });
    };
    add(layout.config(), None);
    for photo in &contents.photos {
        add(layout.photo(photo.sha256, &photo.extension), Some(photo.sha256));
    }
    for sha256 in &contents.thumbs {
        add(layout.thumb(*sha256), None);
    }
    if keys {
        let mut found = Vec::new();
        walk(&layout.keys(), &mut found)?;
        found.sort();
        found.into_iter().for_each(|path| add(path, None));
    }
    Ok(wanted)
}

/// All files under a folder.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), BackupError> {
    for entry in std::fs::read_dir(folder).map_err(BackupError::file(folder))? {
        let path = entry.map_err(BackupError::file(folder))?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Puts one file under its hash, unless it lies there already and is sound.
fn take(folder: &BackupFolder, temporaries: &AtomicUsize, wanted: &Wanted) -> Result<Taken, BackupError> {
    let Wanted { path, place, sha256 } = wanted;
    if let Some(sha256) = *sha256 {
        let held = folder.file(sha256);
        if let Some(read) = read_hash(&held).map_err(BackupError::file(&held))?
            && read.sha256 == sha256
        {
            let (path, bytes) = (path.clone(), read.bytes);
            return Ok(Taken::Inside(BackupFile { path, sha256, bytes }, false));
        }
    }
    let number = temporaries.fetch_add(1, Ordering::Relaxed);
    let side = folder.incoming().join(number.to_string());
    let absent = |why: String| {
        let path = path.clone();
        Ok(Taken::Absent(AbsentFile { path, why }))
    };
    let read = match copy(place, &side) {
        Ok(read) => read,
        Err(CopyFault::Source(error)) => return absent(error.to_string()),
        Err(CopyFault::Target(error)) => return Err(BackupError::file(&side)(error)),
    };
    if sha256.is_some_and(|sha256| sha256 != read.sha256) {
        std::fs::remove_file(&side).map_err(BackupError::file(&side))?;
        return absent("its bytes do not have its hash any more".to_owned());
    }
    put(folder, &side, read.sha256)?;
    let (path, Read { sha256, bytes }) = (path.clone(), read);
    Ok(Taken::Inside(BackupFile { path, sha256, bytes }, true))
}

/// Moves a file that is whole to its hash; in the place of a damaged one, perhaps.
fn put(folder: &BackupFolder, side: &Path, sha256: Sha256Hash) -> Result<(), BackupError> {
    let place = folder.file(sha256);
    if let Some(shelf) = place.parent() {
        match std::fs::create_dir(shelf) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(BackupError::file(shelf)(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    std::fs::rename(side, &place).map_err(BackupError::file(&place))
}
