//! A damaged file goes aside under a dated name, and the salvaged one takes its place. Nothing with rows in it is ever
//! deleted or replaced.
//!
//! For `patrol.db` and the stamp `2026-03-01`, with the folder synced after each step:
//!
//! | step | what | what a power cut after it leaves |
//! |---|---|---|
//! | 0 | `patrol.db.salvaging` is built, checkpointed and closed by the caller | both files there: the building counts as cut, it is removed and made again |
//! | 1 | `patrol.db` → `patrol-damaged-2026-03-01.db.moving` | no `patrol.db`: go on with 2 |
//! | 2 | `patrol.db-wal` → `patrol-damaged-2026-03-01.db-wal` | go on with 3 |
//! | 3 | `patrol.db-shm` is removed; it holds no rows | go on with 4 |
//! | 4 | `….db.moving` → `patrol-damaged-2026-03-01.db` | go on with 5 |
//! | 5 | `patrol.db.salvaging` → `patrol.db` | done |
//!
//! The name with `.moving` tells which log belongs to which file without asking a clock that may have been set back; a
//! rule like "the newest file without a log" would need one. The database goes before its log, because a missing
//! `patrol.db` is the one sign that nobody can mistake: with the log gone first, the damaged file would still stand in
//! its place and could be opened without its last commits. [`finish_replacement`] comes before anything opens
//! `patrol.db`: SQLite would make a new one and delete the log that waits for its file.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::Disk;

const MOVING: &str = ".moving";
const LOG: &str = "-wal";
const SHARED_MEMORY: &str = "-shm";

/// What [`finish_replacement`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// No replacement was under way.
    Nothing,
    /// One had begun; the salvaged file is now in its place.
    Finished,
    /// The salvaged file was not known to be complete and was removed; the damaged one is where it was.
    BuildingCut,
}

/// Where the salvaged copy of a file is built: `patrol.db.salvaging`.
pub fn salvaging_path(path: &Path) -> PathBuf {
    beside(path, ".salvaging")
}

/// Gives a file and its log a dated name (steps 1 to 4) and returns it. A salvaged copy that was being built is removed
/// first, or the next start would take it for complete. `stamp`: letters, digits and `-`; a counter follows when the
/// name is taken.
///
/// # Errors
/// `InvalidInput` for another stamp, `NotFound` when there is no file, or what the system says;
/// [`finish_replacement`] goes on from there.
pub fn set_aside(disk: &dyn Disk, path: &Path, stamp: &str) -> io::Result<PathBuf> {
    remove_building(disk, path)?;
    move_aside(disk, path, stamp)
}

/// Puts the salvaged copy in the place of the damaged file, which gets a dated name (steps 1 to 5); returns that name.
/// The copy must have been checkpointed and closed, and nobody may have the damaged file open.
///
/// # Errors
/// `NotFound` without a copy or without a file, `InvalidInput` for a copy that still has a log or for a stamp that is
/// none (see [`set_aside`]), or what the system says; [`finish_replacement`] goes on from there.
pub fn replace_with_salvaged(disk: &dyn Disk, path: &Path, stamp: &str) -> io::Result<PathBuf> {
    let building = salvaging_path(path);
    if !is_there(disk, &building)? {
        return Err(io::ErrorKind::NotFound.into());
    }
    if disk.length(&beside(&building, LOG))?.unwrap_or(0) > 0 {
        let what = "the salvaged copy still has a write-ahead log";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    disk.sync_folder(folder(path))?;
    let aside = move_aside(disk, path, stamp)?;
    take_place(disk, path)?;
    Ok(aside)
}

/// Brings to its end what a power cut interrupted; at each start, before the file is opened. A log whose database has
/// vanished by other hands gets a name of its own (`patrol-damaged-alone.db-wal`), or SQLite would delete it.
///
/// # Errors
/// What the system says; the next call goes on from there.
pub fn finish_replacement(disk: &dyn Disk, path: &Path) -> io::Result<Replacement> {
    finish_aside(disk, path)?;
    if !is_there(disk, &salvaging_path(path))? {
        remove_building(disk, path)?;
        return Ok(Replacement::Nothing);
    }
    if is_there(disk, path)? {
        remove_building(disk, path)?;
        return Ok(Replacement::BuildingCut);
    }
    take_place(disk, path)?;
    Ok(Replacement::Finished)
}

/// Steps 1 to 4.
fn move_aside(disk: &dyn Disk, path: &Path, stamp: &str) -> io::Result<PathBuf> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if stamp.is_empty() || !stamp.chars().all(is_plain) {
        let what = "a stamp has letters, digits and hyphens only";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let aside = free_name(disk, path, stamp)?;
    step(disk, path, &beside(&aside, MOVING))?;
    finish_aside(disk, path)?;
    Ok(aside)
}

/// Steps 2 to 4, from wherever they stand.
fn finish_aside(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let log = beside(path, LOG);
    // A file that is there owns the log beside it.
    let is_free = !is_there(disk, path)?;
    for moving in moving(disk, path)? {
        let aside = moving.with_extension("");
        let aside_log = beside(&aside, LOG);
        if is_free && is_there(disk, &log)? && !is_there(disk, &aside_log)? {
            step(disk, &log, &aside_log)?;
        }
        if is_free {
            remove(disk, &beside(path, SHARED_MEMORY))?;
        }
        if !is_there(disk, &aside)? {
            step(disk, &moving, &aside)?;
        }
    }
    if is_free && disk.length(&log)?.unwrap_or(0) > 0 {
        let alone = free_name(disk, path, "alone")?;
        step(disk, &log, &beside(&alone, LOG))?;
    }
    Ok(())
}

/// Step 5. What SQLite leaves beside a copy that was closed holds no rows.
fn take_place(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let building = salvaging_path(path);
    remove(disk, &beside(&building, LOG))?;
    remove(disk, &beside(&building, SHARED_MEMORY))?;
    step(disk, &building, path)
}

/// The copy goes last: while it is there, the next start knows what to remove.
fn remove_building(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let building = salvaging_path(path);
    remove(disk, &beside(&building, LOG))?;
    remove(disk, &beside(&building, SHARED_MEMORY))?;
    remove(disk, &building)
}

/// The dated name, with a counter when the file, its log or a file on its way there has it.
fn free_name(disk: &dyn Disk, path: &Path, stamp: &str) -> io::Result<PathBuf> {
    let mut counter = 1_u32;
    loop {
        let mut name = prefix(path);
        name.push(stamp);
        if counter > 1 {
            name.push(format!("_{counter}"));
        }
        name.push(ending(path));
        let candidate = path.with_file_name(name);
        let taken = ["", LOG, MOVING].map(|ending| is_there(disk, &beside(&candidate, ending)));
        if !taken.into_iter().collect::<io::Result<Vec<_>>>()?.contains(&true) {
            return Ok(candidate);
        }
        counter = counter.saturating_add(1);
    }
}

/// Files that are between steps 1 and 4.
fn moving(disk: &dyn Disk, path: &Path) -> io::Result<Vec<PathBuf>> {
    let prefix = prefix(path);
    let mut ending = ending(path);
    ending.push(MOVING);
    let mut found = disk.list(folder(path))?;
    found.retain(|file| {
        let name = file.file_name().unwrap_or_default().as_encoded_bytes();
        name.starts_with(prefix.as_encoded_bytes()) && name.ends_with(ending.as_encoded_bytes())
    });
    Ok(found)
}

/// `patrol-damaged-`
fn prefix(path: &Path) -> OsString {
    let mut prefix = path.file_stem().unwrap_or_default().to_owned();
    prefix.push("-damaged-");
    prefix
}

/// `.db`
fn ending(path: &Path) -> OsString {
    let mut ending = OsString::new();
    if let Some(extension) = path.extension() {
        ending.push(".");
        ending.push(extension);
    }
    ending
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != OsStr::new(""));
    folder.unwrap_or(Path::new("."))
}

fn is_there(disk: &dyn Disk, path: &Path) -> io::Result<bool> {
    Ok(disk.length(path)?.is_some())
}

fn step(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.rename(from, to)?;
    disk.sync_folder(folder(to))
}

fn remove(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    if is_there(disk, path)? {
        disk.remove(path)?;
        disk.sync_folder(folder(path))?;
    }
    Ok(())
}

/// `a.db` and `-wal`: `a.db-wal`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
