//! Making the views again from the journal, a piece at a time, while capture goes on.
//!
//! Projecting an op twice changes nothing, so a rebuild that was cut anywhere goes on where it stood, and an op that is
//! saved meanwhile shows at once. [`VERSION`] rises whenever the views come to mean something else.

use patrol_domain::{LogId, Op, Seq};
use patrol_sqlite::Transaction;

use crate::case::{forget_views, project};
use crate::error::StoreError;
use crate::journal::{Position, StoredOp, from_column, list_logs, list_ops, to_column};
use crate::store::Store;

/// What the views of this build mean.
const VERSION: i64 = 1;

/// How many ops one step takes: a write lock of a few hundredths of a second.
const STEP: i64 = 200;

struct Progress {
    version: i64,
    ordinal: i64,
    seq: i64,
    is_done: bool,
}

impl Store {
    /// Whether the views show everything that the journal holds.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn views_are_whole(&self) -> Result<bool, StoreError> {
        let progress = self.read(read_progress)?;
        Ok(progress.version == VERSION && progress.is_done)
    }

    /// Makes a piece of the views again, if anything is to be made again; true when nothing is left.
    ///
    /// # Errors
    /// [`StoreError`]; the views stand as they were before the piece.
    pub fn rebuild_step(&self) -> Result<bool, StoreError> {
        if self.views_are_whole()? {
            return Ok(true);
        }
        self.database.write(|tx| {
            let progress = read_progress(tx)?;
            let progress = if progress.version == VERSION {
                progress
            } else {
                forget_views(tx)?;
                let fresh = Progress {
                    version: VERSION,
                    ordinal: 0,
                    seq: 0,
                    is_done: false,
                };
                write_progress(tx, &fresh)?;
                fresh
            };
            let next = take_step(tx, &progress)?;
            write_progress(tx, &next)?;
            Ok(next.is_done)
        })
    }

    /// Drops the views and makes them again, all of it before it returns.
    ///
    /// # Errors
    /// [`StoreError`]; a rebuild that was begun goes on at the next [`Store::rebuild_step`].
    pub fn rebuild_views(&self) -> Result<(), StoreError> {
        self.database.write(|tx| {
            tx.execute_batch(include_str!("views/forget_progress.sql"))
                .map_err(StoreError::from)
        })?;
        while !self.rebuild_step()? {}
        Ok(())
    }
}

/// Makes all views again inside one transaction.
pub(crate) fn rebuild_within(tx: &Transaction<'_>) -> Result<(), StoreError> {
    forget_views(tx)?;
    tx.execute_batch(include_str!("views/forget_case_ops.sql"))?;
    let mut progress = Progress {
        version: VERSION,
        ordinal: 0,
        seq: 0,
        is_done: false,
    };
    while !progress.is_done {
        progress = take_step(tx, &progress)?;
    }
    write_progress(tx, &progress)
}

fn take_step(tx: &Transaction<'_>, from: &Progress) -> Result<Progress, StoreError> {
    let logs = list_logs(tx)?;
    let Some((log, ordinal)) = logs.iter().copied().find(|(_, ordinal)| *ordinal >= from.ordinal) else {
        return Ok(Progress { is_done: true, ..*from });
    };
    let after = if ordinal == from.ordinal { from.seq } else { 0 };
    let last = project_behind(tx, log, ordinal, after)?;
    Ok(match last {
        Some(seq) => Progress { ordinal, seq, ..*from },
        None => Progress {
            ordinal: ordinal + 1,
            seq: 0,
            ..*from
        },
    })
}

/// The position of the last op that was taken; `None` at the journal's end. What is saved from then on is shown by the save
/// itself: else a phone on which something is saved between any two steps would never be done.
fn project_behind(tx: &Transaction<'_>, log: LogId, ordinal: i64, after: i64) -> Result<Option<i64>, StoreError> {
    let ops = list_ops(tx, log, from_column(after)?, STEP)?;
    let is_end = ops.len() < usize::try_from(STEP).unwrap_or(usize::MAX);
    let mut last = None;
    for StoredOp { seq, bytes, parts, .. } in ops {
        // What cannot be read stays in the journal and shows nowhere; `verify` names it.
        if let Ok(op) = Op::decode(&bytes) {
            project(tx, Position { ordinal, log, seq }, &op, &parts)?;
        }
        last = Some(to_column(seq));
    }
    Ok(last.filter(|_| !is_end))
}

fn read_progress(tx: &Transaction<'_>) -> Result<Progress, StoreError> {
    let read = tx
        .prepare_cached(include_str!("views/read_progress.sql"))?
        .query_row([], |row| {
            Ok(Progress {
                version: row.get(0)?,
                ordinal: row.get(1)?,
                seq: row.get(2)?,
                is_done: row.get(3)?,
            })
        })?;
    Ok(read)
}

fn write_progress(tx: &Transaction<'_>, progress: &Progress) -> Result<(), StoreError> {
    let Progress {
        version,
        ordinal,
        seq,
        is_done,
    } = progress;
    tx.prepare_cached(include_str!("views/write_progress.sql"))?
        .execute((version, ordinal, seq, is_done))?;
    Ok(())
}

/// The views of a journal that has just begun are whole.
pub(crate) fn begin_whole(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let whole = Progress {
        version: VERSION,
        ordinal: i64::from(u32::MAX),
        seq: to_column(Seq(0)),
        is_done: true,
    };
    write_progress(tx, &whole)
}
