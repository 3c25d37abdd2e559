//! Recomputes a backup from its bytes: no station is needed, but with one the backup begins to count as safe.

use std::collections::BTreeSet;
use std::path::Path;

use patrol_domain::{LogId, Seq, Sha256Hash};

use super::copy::{for_each, read_back};
use super::{AbsentFile, BackupError, BackupFile, BackupFolder, BackupManifest, DATABASE, OnStep};
use crate::station::Station;
use crate::store::sqlite::backup::Remembered;
use crate::store::sqlite::check::{Checked, check};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// The backup.
    pub backup: String,
    /// The id of the key that signed it: whoever has no station beside compares it with one that is trusted.
    pub key_id: String,
    /// How many files were read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// How many ops were chained again.
    pub ops: u64,
    /// Up to where each journal is inside with its parts and originals.
    pub safe: Vec<(LogId, Seq)>,
    /// What the station did not have when the backup was made.
    pub absent: Vec<AbsentFile>,
    /// Whether it counts as safe at the station from now on; nothing when no station was given. One of an earlier epoch is
    /// sound and does not count.
    pub counts: Option<bool>,
    /// Every fault, each in one sentence that names the place; none = the backup is sound.
    pub faults: Vec<String>,
}

/// Reads everything of the given backup, or of the newest, back from the disk. With a station, its faults or its
/// soundness are remembered there: `safe_seq` follows.
///
/// # Errors
/// [`BackupError`] when there is no backup or something cannot be read at all; what is wrong *in* it is in the report.
pub fn verify(
    folder: &Path,
    backup: Option<&str>,
    station: Option<&Station>,
    on_step: OnStep<'_>,
) -> Result<VerifyReport, BackupError> {
    let folder = BackupFolder::new(folder);
    let _reading = folder.reading();
    let backup = folder.choose(backup)?;
    let manifest = match folder.read(&backup) {
        Ok(signed) => signed.content,
        Err(BackupError::Manifest { path, why }) => {
            let fault = format!("manifest {}: {why}", path.display());
            return settle(station, None, unreadable(backup, fault));
        }
        Err(other) => return Err(other),
    };
    let mut report = VerifyReport {
        key_id: manifest.key.key_id(),
        files: manifest.files.len(),
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        absent: manifest.absent.clone(),
        ..unreadable(backup, String::new())
    };
    report.faults = of_other_station(station, &manifest);
    let found = for_each(&manifest.files, on_step, |file| fault_of(&folder, file))?;
    let damaged: Vec<String> = found.into_iter().flatten().collect();
    let originals: BTreeSet<Sha256Hash> = manifest
        .files
        .iter()
        .filter(|file| file.path.starts_with("photos/"))
        .map(|file| file.sha256)
        .collect();
    report.faults.extend(damaged);
    match manifest.files.iter().find(|file| file.path == DATABASE) {
        Some(database) => {
            let Checked { ops, safe, faults } = check(&folder.file(database.sha256), &manifest, &originals);
            (report.ops, report.safe) = (ops, safe);
            report.faults.extend(faults);
        }
        None => report.faults.push("manifest: it names no database".to_owned()),
    }
    settle(station, Some(&manifest), report)
}

fn unreadable(backup: String, fault: String) -> VerifyReport {
    VerifyReport {
        backup,
        key_id: String::new(),
        files: 0,
        bytes: 0,
        ops: 0,
        safe: Vec::new(),
        absent: Vec::new(),
        counts: None,
        faults: vec![fault],
    }
}

fn of_other_station(station: Option<&Station>, manifest: &BackupManifest) -> Vec<String> {
    match station {
        Some(station) if !station.has_signed_with(&manifest.key) => {
            vec!["manifest: signed by another station's key".to_owned()]
        }
        Some(_) | None => Vec::new(),
    }
}

/// What is wrong with a file's bytes.
fn fault_of(folder: &BackupFolder, file: &BackupFile) -> Result<Option<String>, BackupError> {
    let BackupFile { path, sha256, bytes } = file;
    let place = folder.file(*sha256);
    let found = match read_back(&place) {
        Ok(found) => found,
        Err(error) => return Ok(Some(format!("file {path}: cannot be read: {error}"))),
    };
    Ok(match found {
        None => Some(format!("file {path}: missing ({})", place.display())),
        Some(read) if read.sha256 != *sha256 || read.bytes != *bytes => {
            Some(format!("file {path}: damaged ({})", place.display()))
        }
        Some(_) => None,
    })
}

/// A sound backup counts from now on, and one that is sound no more counts no more.
fn settle(
    station: Option<&Station>,
    manifest: Option<&BackupManifest>,
    mut report: VerifyReport,
) -> Result<VerifyReport, BackupError> {
    let Some(station) = station else {
        return Ok(report);
    };
    let remembered = Remembered::open(station.layout())?;
    report.counts = Some(match manifest {
        Some(manifest) if report.faults.is_empty() => {
            let now = station.ports().clock.now();
            remembered.verified(&report.backup, &manifest.epoch, manifest.made_ms, now, &report.safe)?;
            remembered.epoch()? == manifest.epoch
        }
        Some(_) | None => {
            remembered.refuted(&report.backup)?;
            false
        }
    });
    Ok(report)
}
