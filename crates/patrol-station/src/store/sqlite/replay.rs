//! Reading all journals again: after an upgrade that understands more, or after a fix.
//!
//! Journals, receipts and the decision which of two ops with one id came first stay as they are; everything that
//! follows from them is made anew from the stored bytes, in one transaction. So a station is never between two
//! readings, and one that is killed meanwhile starts over.

use std::collections::BTreeSet;

use patrol_domain::{DeviceId, LogId, Seq};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::PublicKey;
use patrol_wire::frame::FrameOp;

use super::append::name_photos;
use super::apply::{Stand, Touched, apply};
use super::interpret::interpret;
use super::settle::settle;
use super::{Inner, row};
use crate::store::{Replayed, StoreError};

/// What this build makes of ops. It rises whenever a build reads an op that the one before set aside, or when the views
/// come to mean something else.
///
/// History: 1 = a case as it was opened; 2 = the fold over all ops of a case.
const READING: i64 = 2;

/// The reading of databases that say nothing about it.
const FIRST_READING: i64 = 1;

/// How many ops are in memory at once.
const STEP: i64 = 500;

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
    /// Reads everything again if another build made the views.
    pub(super) fn replay_if_due(&self) -> Result<(), StoreError> {
        let reading = self.database.read(|tx| {
            let sql = include_str!("sql/read_reading.sql");
            Ok::<_, StoreError>(tx.query_row(sql, [], |row| row.get(0)).optional()?)
        })?;
        if reading.unwrap_or(FIRST_READING) != READING {
            self.replay()?;
        }
        Ok(())
    }

    pub(super) fn replay(&self) -> Result<Replayed, StoreError> {
        let now = self.ports.clock.now();
        let replayed = self.database.write(|tx| {
            let before = list_quarantined(tx)?;
            tx.execute_batch(include_str!("sql/forget_views.sql"))?;
            let mut touched = Touched {
                outcomes: before.clone(),
                ..Touched::default()
            };
            let (mut ops, mut last) = (0, i64::MIN);
            loop {
                let step = list_next_ops(tx, last)?;
                let Some(end) = step.last() else { break };
                last = end.rowid;
                ops += step.len() as u64;
                for stored in step {
                    read_again(tx, stored, &mut touched)?;
                }
            }
            settle(tx, touched, now)?;
            note_reading(tx)?;
            Ok::<_, StoreError>(Replayed {
                ops,
                quarantined_before: before.len() as u64,
                quarantined: list_quarantined(tx)?.len() as u64,
            })
        })?;
        let Replayed {
            ops,
            quarantined_before,
            quarantined,
        } = replayed;
        tracing::info!(ops, quarantined_before, quarantined, "all journals were read again");
        Ok(replayed)
    }
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

fn list_quarantined(tx: &Transaction<'_>) -> Result<BTreeSet<(LogId, Seq)>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_quarantined.sql"))?;
    let rows = read.query_map([], |row| Ok((row::id(row, 0, LogId::from_slice)?, row::seq(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
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
