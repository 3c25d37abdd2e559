//! A damaged database: everything that can be read of it goes into a new one, and the old file is set aside.
//!
//! Rows come from [`patrol_sqlite::salvage`], which walks the pages past SQLite. Here they are told apart, and what
//! proves itself is told from what does not: an op that continues the chain was written by us, wherever it was found.
//! A journal that came out of a damaged file is not written to again, because what stood behind its end is not known;
//! the phone goes on in a new one.

mod gather;
mod row;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use patrol_domain::chain::Head;
use patrol_domain::{LogId, Seq, WallMs};
use patrol_sqlite::{
    Database, DatabaseError, SalvageReport, finish_replacement, lost_commits, replace_with_salvaged, salvaging_path,
};

use crate::error::StoreError;
use crate::journal::{StoredOp, find_current, find_head, list_ops};
use crate::store::{MIGRATIONS, Store, StoreOptions};
use gather::Harvest;

/// A journal as it came out of a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalvagedLog {
    /// The journal.
    pub log: LogId,
    /// How many of its ops were saved.
    pub ops: u64,
    /// Positions that are gone, first and last of each piece; the last piece also when only the marker or a receipt
    /// tells of it.
    pub gaps: Vec<(u64, u64)>,
}

/// What can be saved, or was, from a damaged file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Salvaged {
    /// Under which name the damaged file lies now; `None` when nothing was changed.
    pub set_aside: Option<PathBuf>,
    /// The journals.
    pub logs: Vec<SalvagedLog>,
    /// Words beside ops.
    pub parts: u64,
    /// Rows about photos; the photos themselves lie in the vault and are not touched.
    pub photos: u64,
    /// Whether what was typed last was saved.
    pub draft: bool,
    /// Sealed words (notes, names, reasons) that are gone although their op is there.
    pub lost_words: u64,
    /// Numbers of cases of which an op is gone.
    pub lost_cases: Vec<String>,
    /// Whether all that is gone is known; if not, the last ops may be gone without a trace.
    pub end_is_known: bool,
    /// Rows that were read and fit no table.
    pub unplaced: u64,
    /// How the file's pages stand.
    pub report: SalvageReport,
}

impl Salvaged {
    /// How many ops are gone for certain.
    pub fn lost_ops(&self) -> u64 {
        let gaps = self.logs.iter().flat_map(|log| &log.gaps);
        gaps.map(|(from, to)| to - from + 1).sum()
    }
}

/// What could be saved from the database in a folder; nothing is changed. `None` when not one page can be read with this
/// key.
///
/// # Errors
/// [`StoreError`] when there is no file, or the disk gives nothing of it.
pub fn survey(options: &StoreOptions) -> Result<Option<Salvaged>, StoreError> {
    Ok(Harvest::gather(options)?.map(|harvest| harvest.tell(None)))
}

/// Opens the database, after saving what can be read of it if it is damaged.
pub(crate) fn open_or_salvage(options: &StoreOptions) -> Result<(Database, Option<Salvaged>), StoreError> {
    let (disk, path) = (&*options.disk, options.database());
    finish_replacement(disk, &path).map_err(StoreError::Folder)?;
    let key = options.root.database();
    match open_undamaged(options) {
        Err(StoreError::Database(DatabaseError::Damaged)) => {}
        other => return Ok((other?, None)),
    }
    let Some(harvest) = Harvest::gather(options)? else {
        return Err(DatabaseError::Damaged.into());
    };
    if harvest.is_whole()
        && let Ok(database) = open_sound(&path, options)
    {
        // The power went between a replacement and the lowering of its flag.
        lower_flag(options, &path)?;
        return Ok((database, None));
    }
    let building = salvaging_path(&path);
    let database = Database::open(&building, Some(key.clone()), MIGRATIONS)?;
    harvest.write(&database, options.now)?;
    database.checkpoint()?;
    drop(database);
    let set_aside = replace_with_salvaged(disk, &path, &stamp(options.now)).map_err(StoreError::Folder)?;
    lower_flag(options, &path)?;
    let salvaged = harvest.tell(Some(set_aside));
    tracing::error!(
        ?salvaged,
        "the database was damaged; what could be read of it is in a new one"
    );
    Ok((Database::open(&path, Some(key), MIGRATIONS)?, Some(salvaged)))
}

/// Notes that the file is damaged: the next start saves what can be read of it.
pub(crate) fn mark_damaged(store: &Store) -> Result<(), StoreError> {
    let flag = flag(store.database.path());
    if store.disk.length(&flag).map_err(StoreError::Folder)?.is_none() {
        store
            .disk
            .create(&flag)
            .and_then(|mut file| file.sync())
            .and_then(|()| store.disk.sync_folder(&store.folder))
            .map_err(StoreError::Folder)?;
    }
    Ok(())
}

/// Whether somebody noted that the file is damaged.
pub(crate) fn is_known_damaged(options: &StoreOptions) -> Result<bool, StoreError> {
    let flag = flag(&options.database());
    Ok(options.disk.length(&flag).map_err(StoreError::Folder)?.is_some())
}

fn lower_flag(options: &StoreOptions, path: &Path) -> Result<(), StoreError> {
    let flag = flag(path);
    if options.disk.length(&flag).map_err(StoreError::Folder)?.is_some() {
        options
            .disk
            .remove(&flag)
            .and_then(|()| options.disk.sync_folder(&options.data))
            .map_err(StoreError::Folder)?;
    }
    Ok(())
}

fn flag(path: &Path) -> PathBuf {
    path.with_extension("db.damaged")
}

/// Opens a file that nobody has found damaged and that is not found damaged now.
pub(crate) fn open_undamaged(options: &StoreOptions) -> Result<Database, StoreError> {
    let (disk, path) = (&*options.disk, options.database());
    // Asked before SQLite sees the file: it drops what stands behind a damaged frame of its log without a word.
    if is_known_damaged(options)? || lost_commits(disk, &path, Some(&options.root.database()))? > 0 {
        return Err(DatabaseError::Damaged.into());
    }
    open_sound(&path, options)
}

/// Opens a file that is there and was not found damaged, to look at it; a replacement under way is left as it is.
pub(crate) fn open_as_it_is(options: &StoreOptions) -> Result<Database, StoreError> {
    let (disk, path) = (&*options.disk, options.database());
    let key = options.root.database();
    let is_there = disk
        .length(&path)
        .map_err(StoreError::Folder)?
        .is_some_and(|length| length > 0);
    if !is_there || is_known_damaged(options)? || lost_commits(disk, &path, Some(&key))? > 0 {
        return Err(DatabaseError::Damaged.into());
    }
    Ok(Database::open_as_it_is(&path, Some(key), MIGRATIONS)?)
}

/// Opens a file whose schema can be read and whose journal ends in an op that continues its chain.
fn open_sound(path: &Path, options: &StoreOptions) -> Result<Database, StoreError> {
    let database = Database::open(path, Some(options.root.database()), MIGRATIONS)?;
    let is_sound = database.read(|tx| {
        let Some(current) = find_current(tx)? else {
            return Ok::<_, StoreError>(true);
        };
        let log = current.journal.log;
        let (head, _) = find_head(tx, log)?;
        let before = Seq(head.seq.0.saturating_sub(1));
        let Some(hash) = crate::journal::find_hash(tx, log, before)? else {
            return Ok(false);
        };
        let last = list_ops(tx, log, before, 1)?;
        let continues = |op: &StoredOp| Head { seq: before, hash }.extend(&op.bytes) == head;
        Ok(head.seq == Seq(0) || last.first().is_some_and(continues))
    })?;
    if is_sound {
        Ok(database)
    } else {
        Err(DatabaseError::Damaged.into())
    }
}

/// `20261123T104721Z`; a clock beyond all calendars gives its milliseconds.
fn stamp(now: WallMs) -> String {
    DateTime::from_timestamp_millis(now.0).map_or_else(
        || now.0.unsigned_abs().to_string(),
        |utc| utc.format("%Y%m%dT%H%M%SZ").to_string(),
    )
}

/// The pieces that are missing between 1 and `last`.
fn gaps(seqs: impl Iterator<Item = u64>, last: u64) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut next = 1;
    for seq in seqs {
        if seq > next {
            gaps.push((next, seq - 1));
        }
        next = seq + 1;
    }
    if last >= next {
        gaps.push((next, last));
    }
    gaps
}

/// Rows of one table by their order in the file.
type Rows = BTreeMap<&'static str, Vec<row::Row>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_told_in_front_between_and_behind() {
        assert_eq!(gaps([2, 3, 6].into_iter(), 8), [(1, 1), (4, 5), (7, 8)]);
        assert_eq!(gaps([1, 2].into_iter(), 1), []);
        assert_eq!(gaps(std::iter::empty(), 0), []);
    }

    #[test]
    fn a_stamp_is_a_date_or_at_least_a_number() {
        assert_eq!(stamp(WallMs(0)), "19700101T000000Z");
        assert_eq!(stamp(WallMs(i64::MIN)), "9223372036854775808");
    }
}
