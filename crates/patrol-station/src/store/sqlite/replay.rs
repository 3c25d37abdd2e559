//! Reading all journals again: after an upgrade that understands more, or after a fix.
//!
//! Journals, receipts and the decision which of two ops with one id came first stay as they are; everything that
//! follows from them is made anew from the stored bytes, in the order in which ops came, a step of ops in each
//! transaction. How far it is stands in the same transaction: one that was killed goes on from there at the next start.
//! Between two steps an op is as it was or as it is now, a case is always the fold of all its ops, and a push is taken as
//! ever; it lies behind the last step and is read again with the others.
//!
//! Rejected: forgetting all views first, in one transaction. Nothing could be pushed until it was over, and a kill near
//! its end began it anew.

use std::sync::Arc;
use std::time::Duration;

use patrol_domain::{CaseId, DeviceId, LogId, Seq};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::PublicKey;
use patrol_wire::frame::FrameOp;

use super::append::name_photos;
use super::apply::{Stand, Touched, apply};
use super::interpret::interpret;
use super::settle::settle;
use super::{Inner, blocking, row};
use crate::station::Storage;
use crate::store::{Replayed, StoreError};

/// What this build makes of ops. It rises whenever a build reads an op that the one before set aside, or when the views
/// come to mean something else. A reading that takes an op out of a case, or no longer believes what one says of a person
/// or an original, removes those rows in its migration: reading again writes rows anew and looks for none to remove.
///
/// History: 1 = a case as it was opened; 2 = the fold over all ops of a case.
const READING: i64 = 2;

/// The reading of databases that say nothing about it.
const FIRST_READING: i64 = 1;

/// How many ops are read again in one transaction.
const STEP: i64 = 1_000;

/// How long others have the database to themselves between two steps: SQLite's lock has no queue, and a process that
/// waits for it looks again after 100 ms at most.
const BREATHER: Duration = Duration::from_millis(150);

/// An op as it lies in the database.
struct StoredOp {
    rowid: i64,
    log: LogId,
    seq: Seq,
    bytes: Vec<u8>,
    device: DeviceId,
    key: PublicKey,
}

/// Notes that the views come from this build's reading.
pub(super) fn note_reading(tx: &Transaction<'_>) -> Result<(), patrol_sqlite::DatabaseError> {
    tx.execute(include_str!("sql/write_reading.sql"), [READING])?;
    Ok(())
}

impl Inner {
    /// Reads everything again if another build made the views, or goes on where a reading again was cut.
    pub(super) fn replay_if_due(&self) -> Result<(), StoreError> {
        let (reading, progress) = self.database.read(|tx| {
            let sql = include_str!("sql/read_reading.sql");
            let reading: Option<i64> = tx.query_row(sql, [], |row| row.get(0)).optional()?;
            Ok::<_, StoreError>((reading, progress(tx)?))
        })?;
        if reading.unwrap_or(FIRST_READING) == READING && progress.is_none() {
            return Ok(());
        }
        self.begin_replay()?;
        while self.replay_step()?.is_none() {}
        Ok(())
    }

    /// Begins, unless one of this reading is under way.
    fn begin_replay(&self) -> Result<(), StoreError> {
        self.database.write(|tx| {
            match progress(tx)? {
                Some(progress) if progress.version == READING => {
                    tracing::info!(ops = progress.ops, "reading again goes on where it was");
                }
                Some(_) | None => {
                    let begin = include_str!("sql/begin_replay.sql");
                    tx.execute(begin, (READING, i64::MIN))?;
                }
            }
            Ok(())
        })
    }

    /// Reads the next ops again; what came of all of it when there are no more.
    fn replay_step(&self) -> Result<Option<Replayed>, StoreError> {
        let now = self.ports.clock.now();
        let replayed = self.database.write(|tx| {
            // Ended by another process, perhaps, that was at it as well.
            let Some(progress) = progress(tx)? else {
                return Ok(Some(replayed(tx, 0, 0)?));
            };
            let step = list_next_ops(tx, progress.after)?;
            let (end, count) = (step.last().map_or(progress.after, |last| last.rowid), step.len());
            // The last ops and the end in one: whoever pushes meanwhile would put off an end of its own for ever.
            let is_last = i64::try_from(count).unwrap_or(i64::MAX) < STEP;
            let mut touched = Touched::default();
            for stored in step {
                read_again(tx, stored, &mut touched)?;
            }
            for case in &touched.cases {
                forget_case(tx, *case)?;
            }
            settle(tx, touched, now)?;
            if !is_last {
                tx.execute(include_str!("sql/note_replay.sql"), (end, row::stored(count as u64)))?;
                return Ok(None);
            }
            note_reading(tx)?;
            tx.execute(include_str!("sql/end_replay.sql"), [])?;
            let ops = progress.ops + count as u64;
            Ok::<_, StoreError>(Some(replayed(tx, ops, progress.quarantined)?))
        })?;
        if let Some(Replayed {
            ops,
            quarantined_before,
            quarantined,
        }) = replayed
        {
            tracing::info!(ops, quarantined_before, quarantined, "all journals were read again");
        }
        Ok(replayed)
    }
}

/// Reads all journals again, and leaves the database to others between two steps.
pub(super) async fn in_steps(inner: Arc<Inner>) -> Result<Replayed, StoreError> {
    blocking(Arc::clone(&inner), Inner::begin_replay).await?;
    loop {
        if let Some(replayed) = blocking(Arc::clone(&inner), Inner::replay_step).await? {
            return Ok(replayed);
        }
        if inner.storage == Storage::Threads {
            tokio::time::sleep(BREATHER).await;
        }
    }
}

/// How far a reading again is.
struct Progress {
    version: i64,
    after: i64,
    ops: u64,
    quarantined: u64,
}

fn progress(tx: &Transaction<'_>) -> Result<Option<Progress>, StoreError> {
    let sql = include_str!("sql/read_replay.sql");
    let read = tx.query_row(sql, [], |row| {
        Ok(Progress {
            version: row.get(0)?,
            after: row.get(1)?,
            ops: row::count(row, 2)?,
            quarantined: row::count(row, 3)?,
        })
    });
    Ok(read.optional()?)
}

fn replayed(tx: &Transaction<'_>, ops: u64, quarantined_before: u64) -> Result<Replayed, StoreError> {
    let sql = include_str!("sql/count_quarantined.sql");
    Ok(Replayed {
        ops,
        quarantined_before,
        quarantined: tx.query_row(sql, [], |row| row::count(row, 0))?,
    })
}

/// One that nobody has opened any more has no rows.
fn forget_case(tx: &Transaction<'_>, case: CaseId) -> Result<(), StoreError> {
    for sql in [
        include_str!("sql/delete_bringers.sql"),
        include_str!("sql/delete_case_photos.sql"),
        include_str!("sql/delete_case.sql"),
    ] {
        tx.prepare_cached(sql)?.execute([case.as_bytes()])?;
    }
    Ok(())
}

fn read_again(tx: &Transaction<'_>, stored: StoredOp, touched: &mut Touched) -> Result<(), StoreError> {
    let StoredOp {
        rowid: _,
        log,
        seq,
        bytes,
        device,
        key,
    } = stored;
    let frame = FrameOp {
        op: bytes,
        parts: Vec::new(),
    };
    let place = (*log.as_bytes(), row::stored(seq.0));
    let set_aside = tx
        .prepare_cached(include_str!("sql/delete_quarantine.sql"))?
        .execute(place)?;
    if set_aside > 0 {
        touched.outcomes.insert((log, seq));
    }
    let interpreted = interpret(&frame);
    let op_id = interpreted.op.as_ref().ok().map(|op| *op.id.as_bytes());
    tx.prepare_cached(include_str!("sql/write_op_id.sql"))?
        .execute((log.as_bytes(), row::stored(seq.0), op_id))?;
    name_photos(tx, device, log, seq, &interpreted)?;
    let stand = Stand {
        device,
        key: &key,
        log,
        seq,
    };
    apply(tx, stand, &interpreted, touched)
}

fn list_next_ops(tx: &Transaction<'_>, after: i64) -> Result<Vec<StoredOp>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_next_ops.sql"))?;
    let mut rows = read.query((after, STEP))?;
    let mut ops = Vec::new();
    while let Some(row) = rows.next()? {
        let key: Vec<u8> = row.get(5)?;
        ops.push(StoredOp {
            rowid: row.get(0)?,
            log: row::id(row, 1, LogId::from_slice)?,
            seq: row::seq(row, 2)?,
            bytes: row.get(3)?,
            device: row::id(row, 4, DeviceId::from_slice)?,
            key: PublicKey::from_sec1(&key).map_err(|_| StoreError::Stored("device key"))?,
        });
    }
    Ok(ops)
}
