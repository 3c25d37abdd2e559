//! Makes a station of a backup, in a folder of its own, under a new epoch.
//!
//! `restoring` names the backup as long as the folder is not whole: the station does not open there, and the same command
//! goes on. The database is copied anew each time, because the last steps write to it.

use std::path::{Path, PathBuf};

use patrol_sqlite::DatabaseError;

use super::copy::{CopyFault, copy, for_each, read_hash, sync_all};
use super::{BackupError, BackupFile, BackupFolder, BackupManifest, BackupStep, DATABASE, OnStep};
use patrol_sqlite::{Disk as _, MachineDisk};

use crate::config::Config;
use crate::durable;
use crate::layout::Layout;
use crate::marker::{self, Revocation};
use crate::ports::Ports;
use crate::store::StationFacts;
use crate::store::sqlite::SqliteStore;

/// What to restore and where.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// The folder of backups.
    pub from: PathBuf,
    /// Which one; the newest when not given.
    pub backup: Option<String>,
    /// The new data folder: empty or not there.
    pub data: PathBuf,
    /// The folder of the old station's marker: phones that it shuts out stay shut out.
    pub marker: Option<PathBuf>,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// The backup.
    pub backup: String,
    /// The station and its new epoch.
    pub facts: StationFacts,
    /// How many phones are shut out.
    pub revoked: usize,
    /// Whether the keys came with it; without them the station does not open until they are put into `keys/`.
    pub keys: bool,
}

/// Restores.
///
/// # Errors
/// [`BackupError`]; the folder is then not a station, and the same call goes on.
pub fn restore(options: &RestoreOptions, ports: &Ports, on_step: OnStep<'_>) -> Result<RestoreReport, BackupError> {
    let RestoreOptions {
        from,
        backup,
        data,
        marker,
    } = options;
    let folder = BackupFolder::new(from);
    let _reading = folder.reading();
    let backup = folder.choose(backup.as_deref())?;
    let manifest = folder.read(&backup)?.content;
    let outside = marker.as_deref().map(revocations).transpose()?.unwrap_or_default();
    let layout = Layout::new(data);
    begin(&layout, &backup)?;
    for path in [layout.keys(), layout.photos(), layout.thumbs(), layout.incoming()] {
        durable::make_folder(&MachineDisk, &path).map_err(BackupError::file(&path))?;
    }
    let others: Vec<&BackupFile> = manifest.files.iter().filter(|file| file.path != DATABASE).collect();
    for_each(&others, on_step, |file| put(&folder, data, file))?;
    put_database(&folder, &layout, &manifest)?;
    sync_all(data).map_err(BackupError::file(data))?;
    on_step(BackupStep::Synced);

    let config = Config::load(&MachineDisk, &layout.config(), &[]).map_err(Box::new)?;
    let layout = layout.with_marker(config.marker.as_deref());
    let (facts, revoked) = SqliteStore::restart(&layout, outside, ports)?;
    on_step(BackupStep::Database);
    let mark = layout.restoring();
    durable::remove(&MachineDisk, &mark).map_err(BackupError::file(&mark))?;
    Ok(RestoreReport {
        backup,
        facts,
        revoked,
        keys: layout.receipt_key().exists(),
    })
}

/// Who is shut out, as the old station's marker says; a folder without one is a slip that must not pass.
fn revocations(folder: &Path) -> Result<Vec<Revocation>, BackupError> {
    let path = folder.join("marker.json");
    match marker::read(&MachineDisk, &path)? {
        Some(marker) => Ok(marker.revoked),
        None => Err(BackupError::NoMarker { path }),
    }
}

/// Marks the folder as not whole; refuses one that holds anything else.
fn begin(layout: &Layout, backup: &str) -> Result<(), BackupError> {
    let (data, mark) = (layout.data(), layout.restoring());
    MachineDisk.make_folder(data).map_err(BackupError::file(data))?;
    match std::fs::read_to_string(&mark) {
        Ok(text) if text.trim_end() == backup => return Ok(()),
        // Written half by a power cut: then nothing was put beside it yet. Another backup: its files may lie there.
        Ok(_) | Err(_) => {}
    }
    let mut entries = std::fs::read_dir(data).map_err(BackupError::file(data))?;
    let only_mark = entries.all(|entry| entry.is_ok_and(|entry| entry.path() == mark));
    if !only_mark {
        return Err(BackupError::NotEmpty { path: data.to_owned() });
    }
    durable::remove(&MachineDisk, &mark).map_err(BackupError::file(&mark))?;
    durable::write_new(&MachineDisk, &mark, format!("{backup}\n").as_bytes()).map_err(BackupError::file(&mark))
}

/// One file to its place; what a killed restore brought is kept when it is sound.
fn put(folder: &BackupFolder, data: &Path, file: &BackupFile) -> Result<(), BackupError> {
    let BackupFile { path, sha256, bytes: _ } = file;
    let place = data.join(path);
    if read_hash(&place)
        .map_err(BackupError::file(&place))?
        .is_some_and(|read| read.sha256 == *sha256)
    {
        return Ok(());
    }
    if let Some(parent) = place.parent() {
        MachineDisk.make_folder(parent).map_err(BackupError::file(parent))?;
    }
    match copy(&folder.file(*sha256), &place) {
        Ok(read) if read.sha256 == *sha256 => Ok(()),
        Ok(_) | Err(CopyFault::Source(_)) => Err(BackupError::Damaged { path: path.clone() }),
        Err(CopyFault::Target(error)) => Err(BackupError::file(&place)(error)),
    }
}

fn put_database(folder: &BackupFolder, layout: &Layout, manifest: &BackupManifest) -> Result<(), BackupError> {
    let database = layout.database();
    let beside = |suffix: &str| layout.data().join(format!("{DATABASE}{suffix}"));
    for path in [database, beside("-wal"), beside("-shm")] {
        durable::remove(&MachineDisk, &path).map_err(BackupError::file(&path))?;
    }
    let file = manifest.files.iter().find(|file| file.path == DATABASE);
    let file = file.ok_or(BackupError::Database(DatabaseError::Damaged))?;
    put(folder, layout.data(), file)
}
