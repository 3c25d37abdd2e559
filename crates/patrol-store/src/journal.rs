//! The journal: appending ops, reading them back, verifying the chain.
//!
//! An op, its parts and the rows that show it are written in one transaction; there is no other way to write a view.

mod read;

use std::collections::HashSet;

use patrol_domain::op::{Adopted, OpenReason};
use patrol_domain::{Body, Head, LogId, Op, OpId, Part, PersonId, Seq, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;

pub use read::{StoredOp, StoredReceipt};
pub(crate) use read::{find_hash, list_logs, list_ops, list_parts};

use crate::case::project;
use crate::error::StoreError;
use crate::store::Store;

/// The journal in use and its recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journal {
    /// Its id.
    pub log: LogId,
    /// The person who records on this phone.
    pub author: PersonId,
}

impl Store {
    /// The journal in use, if one has been begun.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn journal(&self) -> Result<Option<Journal>, StoreError> {
        self.read(|tx| Ok(find_current(tx)?.map(|current| current.journal)))
    }

    /// The journal in use, if it is not the first of this phone, as far as it says itself.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn later_journal(&self) -> Result<Option<LogId>, StoreError> {
        self.read(find_later)
    }

    /// Appends one op that belongs to no draft.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; nothing is kept then.
    pub fn append(&self, op: &Op, parts: &[Part]) -> Result<Head, StoreError> {
        self.write(|tx| append(tx, op, parts))
    }

    /// The head of the journal in use and the last op's id.
    ///
    /// # Errors
    /// [`StoreError::NoJournal`] before the journal was begun.
    pub fn head(&self) -> Result<(Head, Option<OpId>), StoreError> {
        self.read(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            find_head(tx, log)
        })
    }
}

/// Where an op stands on this phone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    pub(crate) ordinal: i64,
    pub(crate) log: LogId,
    pub(crate) seq: Seq,
}

impl Position {
    /// One number that orders all ops of this phone: the journal's ordinal × 2^40 + position.
    pub(crate) fn number(self) -> i64 {
        (self.ordinal << 40) + to_column(self.seq)
    }
}

/// The journal in use and where it stands among the phone's journals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Current {
    pub(crate) journal: Journal,
    pub(crate) ordinal: i64,
}

/// Writes op, parts and views inside a transaction of the write gate.
pub(crate) fn append(tx: &Transaction<'_>, op: &Op, parts: &[Part]) -> Result<Head, StoreError> {
    append_bytes(tx, op, op.encode()?.as_slice(), parts)
}

fn append_bytes(tx: &Transaction<'_>, op: &Op, bytes: &[u8], parts: &[Part]) -> Result<Head, StoreError> {
    let Current { journal, ordinal } = find_current(tx)?.ok_or(StoreError::NoJournal)?;
    let log = journal.log;
    let (head, _) = find_head(tx, log)?;
    let head = head.extend(bytes);
    let seq = to_column(head.seq);
    tx.prepare_cached(include_str!("journal/insert_op.sql"))?.execute((
        log.as_bytes().as_slice(),
        seq,
        op.id.as_bytes().as_slice(),
        bytes,
        head.hash.as_bytes().as_slice(),
    ))?;
    for Part { field, salt, value } in parts {
        tx.prepare_cached(include_str!("journal/insert_part.sql"))?.execute((
            log.as_bytes().as_slice(),
            seq,
            field,
            salt.0.as_slice(),
            value,
        ))?;
    }
    let position = Position {
        ordinal,
        log,
        seq: head.seq,
    };
    project(tx, position, op, parts)?;
    Ok(head)
}

/// Takes over ops of an earlier journal, byte-identical, behind the op that says so.
pub(crate) fn adopt(tx: &Transaction<'_>, says_so: &Op, adopted: Adopted) -> Result<(), StoreError> {
    append(tx, says_so, &[])?;
    let Adopted { log, from_seq, to_seq } = adopted;
    let later = list_later(tx, log)?;
    let mut after = Seq(from_seq.0.saturating_sub(1));
    loop {
        let ops = list_ops(tx, log, after, read::STRIDE)?;
        if ops.is_empty() {
            return Ok(());
        }
        for StoredOp { seq, bytes, parts, .. } in ops {
            if seq > to_seq {
                return Ok(());
            }
            after = seq;
            // What cannot be read stays where it is: nobody could say whose it is.
            let Ok(op) = Op::decode(&bytes) else { continue };
            if !op.body.is_about_its_journal() && !later.contains(op.id.as_bytes()) {
                append_bytes(tx, &op, &bytes, &parts)?;
            }
        }
    }
}

/// Ids of all ops of the journals behind this one.
fn list_later(tx: &Transaction<'_>, log: LogId) -> Result<HashSet<[u8; 16]>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("journal/list_later.sql"))?;
    let rows = statement.query_map([log.as_bytes().as_slice()], |row| row.get::<_, [u8; 16]>(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn find_later(tx: &Transaction<'_>) -> Result<Option<LogId>, StoreError> {
    let Some(Current { journal, ordinal }) = find_current(tx)? else {
        return Ok(None);
    };
    let first = list_ops(tx, journal.log, Seq(0), 1)?;
    let opened = first
        .first()
        .and_then(|op| Op::decode(&op.bytes).ok())
        .map(|op| op.body);
    let is_first = matches!(opened, Some(Body::LogOpened(body)) if body.reason == OpenReason::First);
    Ok((ordinal > 1 || !is_first).then_some(journal.log))
}

pub(crate) fn find_current(tx: &Transaction<'_>) -> Result<Option<Current>, StoreError> {
    let found = tx
        .prepare_cached(include_str!("journal/find_log.sql"))?
        .query_row([], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((log, author, ordinal)) = found else {
        return Ok(None);
    };
    let log = LogId::from_slice(&log).ok_or(StoreError::Column("journal_log.log"))?;
    let author = PersonId::from_slice(&author).ok_or(StoreError::Column("journal_log.author"))?;
    Ok(Some(Current {
        journal: Journal { log, author },
        ordinal,
    }))
}

pub(crate) fn find_journal(tx: &Transaction<'_>) -> Result<Option<Journal>, StoreError> {
    Ok(find_current(tx)?.map(|current| current.journal))
}

pub(crate) fn find_head(tx: &Transaction<'_>, log: LogId) -> Result<(Head, Option<OpId>), StoreError> {
    let found = tx
        .prepare_cached(include_str!("journal/find_head.sql"))?
        .query_row([log.as_bytes().as_slice()], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, Vec<u8>>(2)?,
            ))
        })
        .optional()?;
    let Some((seq, hash, id)) = found else {
        return Ok((Head::start(log), None));
    };
    let hash = Sha256Hash::from_slice(&hash).ok_or(StoreError::Column("journal_op.hash"))?;
    let id = OpId::from_slice(&id).ok_or(StoreError::Column("journal_op.op_id"))?;
    Ok((
        Head {
            seq: from_column(seq)?,
            hash,
        },
        Some(id),
    ))
}

/// Positions are far below 2^63; a column that says otherwise is damage.
pub(crate) fn to_column(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

pub(crate) fn from_column(seq: i64) -> Result<Seq, StoreError> {
    u64::try_from(seq).map(Seq).map_err(|_| StoreError::Column("seq"))
}
