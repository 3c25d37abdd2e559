//! What the station has signed, as a list for people: the newest receipt of each journal, and one for each original.
//!
//! A receipt of a journal covers everything before it, so the one before it is not kept.

use patrol_domain::{Seq, Sha256Hash};
use patrol_sqlite::rusqlite::{OptionalExtension as _, Row};
use serde::Deserialize;

use crate::error::StoreError;
use crate::journal::from_column;
use crate::outbox::PhotoProblem;
use crate::store::Store;

/// What a receipt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptOf {
    /// All entries of a journal up to this position.
    Records(Seq),
    /// An original; the number of a case that shows it.
    Photo(Option<String>),
}

/// One receipt, checked before it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReceipt {
    /// What it is for.
    pub of: ReceiptOf,
    /// The chain's value, or the original's hash.
    pub hash: Sha256Hash,
    /// When, by the station's clock.
    pub station_ms: i64,
    /// The key that signed it.
    pub key_id: String,
}

/// An original that waits and that this phone can no longer give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostPhoto {
    /// Its hash.
    pub sha256: Sha256Hash,
    /// What an op says of it.
    pub problem: PhotoProblem,
    /// The number of a case that shows it.
    pub number: Option<String>,
}

/// The one thing about a stored receipt that has no column.
#[derive(Deserialize)]
struct KeyOf {
    #[serde(default)]
    key_id: String,
}

impl Store {
    /// Receipts before `before` (time and hash of the last one seen), newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn receipts(&self, before: Option<(i64, Sha256Hash)>, limit: usize) -> Result<Vec<ListedReceipt>, StoreError> {
        let (ms, hash) = match before {
            Some((ms, hash)) => (ms, hash.as_bytes().to_vec()),
            None => (i64::MAX, Vec::new()),
        };
        self.read(|tx| {
            let mut found = Vec::new();
            let mut logs = tx.prepare_cached(include_str!("receipt/list_logs.sql"))?;
            let mut rows = logs.query((ms, &hash))?;
            while let Some(row) = rows.next()? {
                let of = ReceiptOf::Records(from_column(row.get(3)?)?);
                found.push(row_to_receipt(row, of)?);
            }
            let mut photos = tx.prepare_cached(include_str!("receipt/list_photos.sql"))?;
            let mut rows = photos.query((ms, &hash, i64::try_from(limit).unwrap_or(i64::MAX)))?;
            while let Some(row) = rows.next()? {
                let of = ReceiptOf::Photo(row.get(3)?);
                found.push(row_to_receipt(row, of)?);
            }
            found.sort_by_key(|one| std::cmp::Reverse((one.station_ms, one.hash)));
            found.truncate(limit);
            Ok(found)
        })
    }

    /// Originals that wait and that an op has called damaged or lost, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn lost_photos(&self, limit: usize) -> Result<Vec<LostPhoto>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("receipt/list_lost.sql"))?;
            let mut rows = statement.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let problem: String = row.get(1)?;
                found.push(LostPhoto {
                    sha256: hash_in(row, 0)?,
                    problem: match problem.as_str() {
                        "lost" => PhotoProblem::Lost,
                        _ => PhotoProblem::Damaged,
                    },
                    number: row.get(2)?,
                });
            }
            Ok(found)
        })
    }

    /// The number of a case on this phone.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn case_number(&self, case: patrol_domain::CaseId) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("receipt/find_number.sql"))?;
            let found = statement.query_row([case.as_bytes().as_slice()], |row| row.get(0));
            Ok(found.optional()?)
        })
    }
}

fn hash_in(row: &Row<'_>, column: usize) -> Result<Sha256Hash, StoreError> {
    let bytes: Vec<u8> = row.get(column)?;
    Sha256Hash::from_slice(&bytes).ok_or(StoreError::Column("a receipt's hash"))
}

/// Columns: hash, station_ms, receipt, then what it is for.
fn row_to_receipt(row: &Row<'_>, of: ReceiptOf) -> Result<ListedReceipt, StoreError> {
    let receipt: String = row.get(2)?;
    let KeyOf { key_id } = serde_json::from_str(&receipt)?;
    Ok(ListedReceipt {
        of,
        hash: hash_in(row, 0)?,
        station_ms: row.get(1)?,
        key_id,
    })
}
