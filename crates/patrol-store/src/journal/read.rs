//! Reading the journal back: for sending, for verifying, for making the views again.

use patrol_domain::chain::Verifier;
use patrol_domain::digest::JournalDigest;
use patrol_domain::seal::Salt;
use patrol_domain::{Head, LogId, Op, Part, Seq, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;

use super::{Journal, find_journal, from_column, to_column};
use crate::error::StoreError;
use crate::store::Store;

/// How many ops are held in memory at once when a whole journal is read.
pub(super) const STRIDE: i64 = 500;

/// One op as it lies in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOp {
    /// Its position.
    pub seq: Seq,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The chain's value there.
    pub hash: Sha256Hash,
    /// Its personal fields.
    pub parts: Vec<Part>,
}

/// The newest receipt of the journal in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// Up to which position the station has signed.
    pub seq: Seq,
    /// The chain's value there.
    pub head: Sha256Hash,
    /// When, by the station's clock.
    pub station_ms: i64,
    /// The value that goes into the next ops.
    pub beacon: String,
}

impl Store {
    /// At most `limit` ops of the journal in use behind `after`, with their parts.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn ops_after(&self, after: Seq, limit: usize) -> Result<Vec<StoredOp>, StoreError> {
        self.read(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            list_ops(tx, log, after, i64::try_from(limit).unwrap_or(i64::MAX))
        })
    }

    /// The chain's value at a position of the journal in use; `None` beyond its head. Position 0 is the empty journal.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn hash_at(&self, seq: Seq) -> Result<Option<Sha256Hash>, StoreError> {
        self.read(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            find_hash(tx, log, seq)
        })
    }

    /// Recomputes everything from stored bytes: the chain, the seals, and each original in the vault.
    ///
    /// # Errors
    /// [`StoreError::Chain`] where the journal is not the one that was written; [`StoreError::Vault`] for the first
    /// original that is missing or damaged.
    pub fn digest(&self) -> Result<JournalDigest, StoreError> {
        let Journal { log, .. } = self.journal()?.ok_or(StoreError::NoJournal)?;
        let mut digest = JournalDigest::new(log);
        let mut verifier = Verifier::start(log);
        loop {
            let ops = self.read(|tx| list_ops(tx, log, verifier.head().seq, STRIDE))?;
            if ops.is_empty() {
                return Ok(digest);
            }
            for StoredOp {
                seq,
                bytes,
                hash,
                parts,
            } in ops
            {
                verifier.check(seq, &bytes, hash)?;
                digest.add_op(&bytes, &parts);
                for photo in Op::decode(&bytes)?.photos {
                    digest.add_photo(photo.sha256, self.vault.verify(photo.sha256)?);
                }
            }
        }
    }
}

/// The chain's value at a position of a journal; `None` beyond its head. Position 0 is the empty journal.
pub(crate) fn find_hash(tx: &Transaction<'_>, log: LogId, seq: Seq) -> Result<Option<Sha256Hash>, StoreError> {
    if seq == Seq(0) {
        return Ok(Some(Head::start(log).hash));
    }
    let found: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("find_hash.sql"))?
        .query_row((log.as_bytes().as_slice(), to_column(seq)), |row| row.get(0))
        .optional()?;
    found
        .map(|hash| Sha256Hash::from_slice(&hash).ok_or(StoreError::Column("journal_op.hash")))
        .transpose()
}

/// Every journal of this install with its ordinal, in the order in which they were begun.
pub(crate) fn list_logs(tx: &Transaction<'_>) -> Result<Vec<(LogId, i64)>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("list_logs.sql"))?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (log, ordinal) = row?;
        let log = LogId::from_slice(&log).ok_or(StoreError::Column("journal_log.log"))?;
        Ok((log, ordinal))
    })
    .collect()
}

/// At most `limit` ops of a journal behind a position, with their parts.
pub(crate) fn list_ops(tx: &Transaction<'_>, log: LogId, after: Seq, limit: i64) -> Result<Vec<StoredOp>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("list_ops.sql"))?;
    let rows = statement.query_map((log.as_bytes().as_slice(), to_column(after), limit), |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, Vec<u8>>(1)?,
            row.get::<_, Vec<u8>>(2)?,
        ))
    })?;
    let mut ops = Vec::new();
    for row in rows {
        let (seq, bytes, hash) = row?;
        let hash = Sha256Hash::from_slice(&hash).ok_or(StoreError::Column("journal_op.hash"))?;
        ops.push(StoredOp {
            seq: from_column(seq)?,
            bytes,
            hash,
            parts: list_parts(tx, log, seq)?,
        });
    }
    Ok(ops)
}

pub(crate) fn list_parts(tx: &Transaction<'_>, log: LogId, seq: i64) -> Result<Vec<Part>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("list_parts.sql"))?;
    let rows = statement.query_map((log.as_bytes().as_slice(), seq), |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, Vec<u8>>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    rows.map(|row| {
        let (field, salt, value) = row?;
        let salt = Salt(salt.try_into().map_err(|_| StoreError::Column("journal_part.salt"))?);
        Ok(Part { field, salt, value })
    })
    .collect()
}
