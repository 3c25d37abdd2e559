//! Clears old backups away, and the contents that no backup names any more.
//!
//! A backup goes when newer ones hold all that it holds: it is older than the newest verified one and not among those that
//! are kept, and each of its journals reaches as far, and each of its originals lies, in verified backups that stay. So a
//! station that has lost an original keeps the last backup that has it, and one that was restored to an earlier backup
//! keeps the later ones until its phones have brought the rest again. `safe_seq` is what verified backups hold, and stays:
//! the station forgets a backup first, and its manifest goes second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::num::NonZeroU32;
use std::path::Path;

use patrol_domain::{LogId, Seq, Sha256Hash};
use patrol_sqlite::MachineDisk;

use super::make::lock;
use super::{BackupError, BackupFolder, BackupManifest};
use crate::durable;
use crate::station::Station;
use crate::store::sqlite::backup::Remembered;

/// What was cleared away, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PruneReport {
    /// Backups that went.
    pub cleared: Vec<String>,
    /// Backups that would have gone and hold something that no verified one that stays holds.
    pub needed: Vec<String>,
    /// How many contents went.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Manifests that cannot be read: what they name is not known, so all contents stay.
    pub unreadable: Vec<String>,
    /// Somebody is reading here: nothing was cleared away.
    pub is_read: bool,
}

/// What verified backups that stay hold together.
#[derive(Default)]
struct Covered {
    heads: BTreeMap<LogId, Seq>,
    safe: BTreeMap<LogId, Seq>,
    photos: BTreeSet<Sha256Hash>,
}

impl Covered {
    fn add(&mut self, manifest: &BackupManifest, safe: Option<&BTreeMap<LogId, Seq>>) {
        for head in &manifest.logs {
            raise(&mut self.heads, head.log, head.seq);
        }
        for (log, seq) in safe.into_iter().flatten() {
            raise(&mut self.safe, *log, *seq);
        }
        self.photos.extend(photos(manifest));
    }

    fn has(&self, manifest: &BackupManifest, safe: Option<&BTreeMap<LogId, Seq>>) -> bool {
        let reaches = |far: &BTreeMap<LogId, Seq>, log, seq| far.get(&log).is_some_and(|held| *held >= seq);
        manifest
            .logs
            .iter()
            .all(|head| reaches(&self.heads, head.log, head.seq))
            && safe
                .into_iter()
                .flatten()
                .all(|(log, seq)| seq.0 == 0 || reaches(&self.safe, *log, *seq))
            && photos(manifest).all(|photo| self.photos.contains(&photo))
    }
}

fn raise(far: &mut BTreeMap<LogId, Seq>, log: LogId, seq: Seq) {
    let held = far.entry(log).or_insert(seq);
    *held = (*held).max(seq);
}

fn photos(manifest: &BackupManifest) -> impl Iterator<Item = Sha256Hash> {
    let files = manifest.files.iter();
    files
        .filter(|file| file.path.starts_with("photos/"))
        .map(|file| file.sha256)
}

/// Keeps the newest `keep` verified backups of this station, whatever is newer, and whatever holds something that they do
/// not; other stations' backups in the folder stay as they are.
///
/// # Errors
/// [`BackupError`]; what is left is whole, and the next call goes on.
pub fn prune(station: &Station, to: &Path, keep: NonZeroU32) -> Result<PruneReport, BackupError> {
    let folder = BackupFolder::new(to);
    let _lock = lock(&folder)?;
    let mut report = PruneReport::default();
    let Some(_alone) = alone(&folder)? else {
        report.is_read = true;
        return Ok(report);
    };
    let remembered = Remembered::open(station.layout())?;
    let (sound, safe) = (remembered.sound()?, remembered.safe()?);
    let is_sound = |one: &BackupManifest| sound.contains(&one.backup);
    let (own, others) = read_all(station, &folder, &mut report)?;
    let mut kept = named(&others);
    let newest_first: Vec<&BackupManifest> = own.iter().rev().collect();
    let newest = newest_first.iter().position(|one| is_sound(one));
    let wanted = usize::try_from(keep.get()).unwrap_or(usize::MAX);
    let (mut covered, mut verified) = (Covered::default(), 0);
    for (place, manifest) in newest_first.into_iter().enumerate() {
        let safe = safe.get(&manifest.backup);
        let is_newer = newest.is_none_or(|newest| place < newest);
        let is_wanted = is_sound(manifest) && verified < wanted;
        if !is_newer && !is_wanted && covered.has(manifest, safe) {
            clear(&folder, &remembered, &manifest.backup)?;
            report.cleared.push(manifest.backup.clone());
            continue;
        }
        if !is_newer && !is_wanted {
            report.needed.push(manifest.backup.clone());
        }
        if is_sound(manifest) {
            covered.add(manifest, safe);
            verified += 1;
        }
        kept.extend(manifest.files.iter().map(|file| file.sha256));
    }
    if report.unreadable.is_empty() {
        clear_contents(&folder, &kept, &mut report)?;
    }
    Ok(report)
}

/// The right to clear away, unless somebody reads.
fn alone(folder: &BackupFolder) -> Result<Option<File>, BackupError> {
    let path = folder.root.join("reading");
    let mut options = File::options();
    let opened = options.create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(BackupError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(BackupError::file(&path)(error)),
    }
}

/// This station's manifests and those of others, each the oldest first.
fn read_all(
    station: &Station,
    folder: &BackupFolder,
    report: &mut PruneReport,
) -> Result<(Vec<BackupManifest>, Vec<BackupManifest>), BackupError> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for backup in folder.list()? {
        match folder.read(&backup) {
            Ok(signed) if station.has_signed_with(&signed.content.key) => own.push(signed.content),
            Ok(signed) => others.push(signed.content),
            Err(BackupError::Manifest { path, why }) => {
                tracing::warn!(path = %path.display(), why, "what this backup names is not known");
                report.unreadable.push(backup);
            }
            Err(other) => return Err(other),
        }
    }
    Ok((own, others))
}

fn named(manifests: &[BackupManifest]) -> BTreeSet<Sha256Hash> {
    let files = manifests.iter().flat_map(|manifest| &manifest.files);
    files.map(|file| file.sha256).collect()
}

fn clear(folder: &BackupFolder, remembered: &Remembered, backup: &str) -> Result<(), BackupError> {
    remembered.forget(backup)?;
    let path = folder.manifest(backup);
    durable::remove(&MachineDisk, &path).map_err(BackupError::file(&path))
}

/// Removes what no manifest names, what an interrupted backup or an earlier clearing left included.
fn clear_contents(
    folder: &BackupFolder,
    kept: &BTreeSet<Sha256Hash>,
    report: &mut PruneReport,
) -> Result<(), BackupError> {
    for shelf in entries(&folder.files())? {
        for path in entries(&shelf)? {
            let name = path.file_name().and_then(|name| name.to_str());
            let sha256 = name.and_then(|name| name.parse::<Sha256Hash>().ok());
            // Whatever is no content of ours was put there by somebody else.
            if sha256.is_some_and(|sha256| !kept.contains(&sha256)) {
                let bytes = std::fs::metadata(&path).map_err(BackupError::file(&path))?.len();
                std::fs::remove_file(&path).map_err(BackupError::file(&path))?;
                report.files += 1;
                report.bytes += bytes;
            }
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, BackupError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(BackupError::file(folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<Result<_, _>>().map_err(BackupError::file(folder))
}
