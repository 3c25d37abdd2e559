//! Reading everything back for an export, a page at a time.

use patrol_domain::{Head, LogId, Seq, Sha256Hash};
use patrol_sqlite::rusqlite::OptionalExtension as _;

use crate::error::StoreError;
use crate::journal::{StoredOp, find_head, list_logs, list_ops};
use crate::store::Store;

impl Store {
    /// Every journal of this install and how far it goes, in the order in which they were begun.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn journals(&self) -> Result<Vec<(LogId, Head)>, StoreError> {
        self.read(|tx| {
            let logs = list_logs(tx)?.into_iter();
            logs.map(|(log, _)| Ok((log, find_head(tx, log)?.0))).collect()
        })
    }

    /// At most `limit` ops of any journal behind `after`, with their parts.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn ops_of(&self, log: LogId, after: Seq, limit: usize) -> Result<Vec<StoredOp>, StoreError> {
        self.read(|tx| list_ops(tx, log, after, i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    /// The newest receipt for a journal: JSON as received.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn receipt_of(&self, log: LogId) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("export/find_receipt.sql"))?
                .query_row([log.as_bytes().as_slice()], |row| row.get(0))
                .optional()?;
            Ok(found)
        })
    }

    /// At most `limit` receipts of originals behind a hash, in the order of their hashes: JSON as received.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn photo_receipts_after(
        &self,
        after: Option<Sha256Hash>,
        limit: usize,
    ) -> Result<Vec<(Sha256Hash, String)>, StoreError> {
        self.read(|tx| {
            let after = after.map(|after| after.as_bytes().to_vec()).unwrap_or_default();
            let mut statement = tx.prepare_cached(include_str!("export/list_photo_receipts.sql"))?;
            let rows = statement.query_map((after, i64::try_from(limit).unwrap_or(i64::MAX)), |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?))
            })?;
            rows.map(|row| {
                let (sha256, receipt) = row?;
                let sha256 = Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("sync_photo.sha256"))?;
                Ok((sha256, receipt))
            })
            .collect()
        })
    }
}
