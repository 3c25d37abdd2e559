//! What a copied database says must be in its backup, what the station remembers of its backups, and up to where a
//! journal is safe.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use patrol_domain::{DeviceId, Head, LogId, Seq, Sha256Hash, StationMs};
use patrol_sqlite::{Database, Frozen, Transaction};

use super::{MIGRATIONS, epoch, row};
use crate::layout::Layout;
use crate::store::{StationFacts, StoreError};

/// How wrong the station's clock may have been between a photo and a backup: a day.
const CLOCK_JUMP_MS: i64 = 24 * 60 * 60 * 1000;

/// Up to where every op of a journal, its parts and its photos are in a verified backup of the present epoch. Photos that
/// will never come, as their phone says, are not waited for.
pub(super) fn safe_seq(tx: &Transaction<'_>, log: LogId) -> Result<Seq, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_safe_seq.sql"))?
        .query_row((log.as_bytes(), CLOCK_JUMP_MS), |row| row::seq(row, 0))?)
}

/// An original as its row names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredPhoto {
    /// Its hash.
    pub(crate) sha256: Sha256Hash,
    /// The suffix of its file.
    pub(crate) extension: String,
}

/// What a database says of itself and of the files beside it.
#[derive(Debug)]
pub(crate) struct Contents {
    /// Which station, which epoch.
    pub(crate) facts: StationFacts,
    /// Every journal's head, by journal.
    pub(crate) heads: Vec<(LogId, Head)>,
    /// Every original.
    pub(crate) photos: Vec<StoredPhoto>,
    /// Every thumbnail, by its original's hash.
    pub(crate) thumbs: Vec<Sha256Hash>,
}

/// Reads a copy that nobody writes.
pub(crate) fn contents(database: &Path) -> Result<Contents, StoreError> {
    Frozen::open(database, MIGRATIONS)?.read(contents_of)
}

pub(super) fn contents_of(tx: &Transaction<'_>) -> Result<Contents, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_photos.sql"))?;
    let photos = read.query_map([], |row| {
        Ok(StoredPhoto {
            sha256: row::hash(row, 0)?,
            extension: row.get(1)?,
        })
    })?;
    let mut read = tx.prepare_cached(include_str!("sql/list_thumbs.sql"))?;
    let thumbs = read.query_map([], |row| row::hash(row, 0))?;
    Ok(Contents {
        facts: epoch::facts(tx)?,
        heads: owned_heads(tx)?.into_iter().map(|(log, _, head)| (log, head)).collect(),
        photos: photos.collect::<Result<_, _>>()?,
        thumbs: thumbs.collect::<Result<_, _>>()?,
    })
}

/// Every journal, whose it is, and where it ends.
pub(super) fn owned_heads(tx: &Transaction<'_>) -> Result<Vec<(LogId, DeviceId, Head)>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_heads.sql"))?;
    let rows = read.query_map([], |row| {
        let head = Head {
            seq: row::seq(row, 2)?,
            hash: row::hash(row, 3)?,
        };
        Ok((
            row::id(row, 0, LogId::from_slice)?,
            row::id(row, 1, DeviceId::from_slice)?,
            head,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The station's own note of its backups; opened beside the process that serves.
pub(crate) struct Remembered {
    database: Database,
}

impl Remembered {
    pub(crate) fn open(layout: &Layout) -> Result<Self, StoreError> {
        let database = Database::open_as_it_is(&layout.database(), None, MIGRATIONS)?;
        Ok(Self { database })
    }

    /// The station's present epoch: only backups of it count.
    pub(crate) fn epoch(&self) -> Result<String, StoreError> {
        self.database.read(epoch::epoch)
    }

    /// A backup is complete; nothing in it is safe yet.
    pub(crate) fn made(&self, backup: &str, epoch: &str, made: StationMs) -> Result<(), StoreError> {
        self.database.write(|tx| insert(tx, backup, epoch, made))
    }

    /// A backup was read back and found sound: from now on it counts.
    pub(crate) fn verified(
        &self,
        backup: &str,
        epoch: &str,
        made: StationMs,
        now: StationMs,
        safe: &[(LogId, Seq)],
    ) -> Result<(), StoreError> {
        self.database.write(|tx| {
            insert(tx, backup, epoch, made)?;
            forget_logs(tx, backup)?;
            for (log, seq) in safe {
                tx.prepare_cached(include_str!("sql/insert_backup_log.sql"))?.execute((
                    log.as_bytes(),
                    backup,
                    row::stored(seq.0),
                ))?;
            }
            set_verified(tx, backup, Some(now))
        })
    }

    /// Every backup that counts at present, with what is safe in it.
    pub(crate) fn safe(&self) -> Result<BTreeMap<String, BTreeMap<LogId, Seq>>, StoreError> {
        self.database.read(|tx| {
            let mut read = tx.prepare_cached(include_str!("sql/list_safe.sql"))?;
            let mut rows = read.query([])?;
            let mut safe: BTreeMap<String, BTreeMap<LogId, Seq>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let (log, seq) = (row::id(row, 1, LogId::from_slice)?, row::seq(row, 2)?);
                safe.entry(row.get(0)?).or_default().insert(log, seq);
            }
            Ok(safe)
        })
    }

    /// Every backup that was found sound and not damaged since, of whatever epoch.
    pub(crate) fn sound(&self) -> Result<BTreeSet<String>, StoreError> {
        self.database.read(|tx| {
            let mut read = tx.prepare_cached(include_str!("sql/list_sound_backups.sql"))?;
            let rows = read.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A backup is about to be cleared away: nothing is safe by it any more.
    pub(crate) fn forget(&self, backup: &str) -> Result<(), StoreError> {
        self.database.write(|tx| {
            forget_logs(tx, backup)?;
            tx.prepare_cached(include_str!("sql/delete_backup.sql"))?
                .execute([backup])?;
            Ok::<_, StoreError>(())
        })
    }

    /// A backup was found damaged: whatever was said of it, it counts no more.
    pub(crate) fn refuted(&self, backup: &str) -> Result<(), StoreError> {
        self.database.write(|tx| {
            forget_logs(tx, backup)?;
            set_verified(tx, backup, None)
        })
    }
}

fn insert(tx: &Transaction<'_>, backup: &str, epoch: &str, made: StationMs) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/insert_backup.sql"))?
        .execute((backup, epoch, made.0))?;
    Ok(())
}

fn forget_logs(tx: &Transaction<'_>, backup: &str) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/delete_backup_logs.sql"))?
        .execute([backup])?;
    Ok(())
}

fn set_verified(tx: &Transaction<'_>, backup: &str, at: Option<StationMs>) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/update_backup.sql"))?
        .execute((backup, at.map(|at| at.0)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_of_the_first_program_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.db");
        let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/1/station.db");
        std::fs::copy(first, &path).unwrap();
        let Contents { heads, photos, .. } = contents(&path).unwrap();
        assert_eq!((heads.len(), photos.len()), (2, 1));
    }
}
