//! Everything that this phone knows about one case, as its page shows it: read in one state of the database.

use patrol_domain::case::fold;
use patrol_domain::{CaseId, LogId, OpId, Seq, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;

use super::project::{PlacedOp, list_case_ops};
use super::{CaseHistory, CaseRecord, read_photos, row_to_case};
use crate::act_draft::{TypedAct, list_acts};
use crate::error::StoreError;
use crate::journal::to_column;
use crate::photo::{PhotoFacts, row_to_photo};
use crate::store::Store;

/// Where an op of a case stands, and whether the station has signed for it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedReceipt {
    /// The op.
    pub op: OpId,
    /// Its journal.
    pub log: LogId,
    /// Its position.
    pub seq: Seq,
    /// The station's time of the newest receipt that covers it: the op was there by then, perhaps long before.
    pub station_ms: Option<i64>,
}

/// What is known of a photo beside what its op says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFile {
    /// SHA-256 of the original.
    pub sha256: Sha256Hash,
    /// Facts read from its bytes; a photo that never lay on this phone has none.
    pub facts: Option<PhotoFacts>,
    /// The station's time of the receipt for this very original.
    pub station_ms: Option<i64>,
    /// Whether the original was cleared away here because the station is certain to keep it.
    pub cleared: bool,
}

/// One case with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// The case as it stands in the list.
    pub record: CaseRecord,
    /// The case with its ops.
    pub history: CaseHistory,
    /// Where each op stands, in the order of [`CaseHistory::ops`].
    pub receipts: Vec<PlacedReceipt>,
    /// Its photos, in the order of the record.
    pub photos: Vec<PhotoFile>,
    /// What was typed about it and is no op yet.
    pub acts: Vec<TypedAct>,
}

impl Store {
    /// One case with all that belongs to it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCase`] for one that this phone does not know, or knows no beginning of.
    pub fn case_file(&self, case: CaseId) -> Result<CaseFile, StoreError> {
        self.read(|tx| {
            let placed = list_case_ops(tx, case)?;
            let record = find_record(tx, case)?.ok_or(StoreError::NoSuchCase(case))?;
            let receipts = placed.iter().map(|op| find_receipt(tx, op)).collect::<Result<_, _>>()?;
            let ops: Vec<_> = placed.into_iter().map(|op| op.case_op).collect();
            Ok(CaseFile {
                record,
                history: CaseHistory {
                    case: fold(case, &ops),
                    ops,
                },
                receipts,
                photos: list_photos(tx, case)?,
                acts: list_acts(tx, case)?,
            })
        })
    }
}

fn find_record(tx: &Transaction<'_>, case: CaseId) -> Result<Option<CaseRecord>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("file/find_case.sql"))?;
    let mut rows = statement.query([case.as_bytes().as_slice()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut record = row_to_case(row)?;
    let mut photos = tx.prepare_cached(include_str!("list_photos.sql"))?;
    record.photos = read_photos(&mut photos, case)?;
    Ok(Some(record))
}

fn find_receipt(tx: &Transaction<'_>, placed: &PlacedOp) -> Result<PlacedReceipt, StoreError> {
    let station_ms = tx
        .prepare_cached(include_str!("file/find_receipt.sql"))?
        .query_row((placed.log.as_bytes().as_slice(), to_column(placed.seq)), |row| {
            row.get(0)
        })
        .optional()?;
    Ok(PlacedReceipt {
        op: placed.case_op.op.id,
        log: placed.log,
        seq: placed.seq,
        station_ms,
    })
}

fn list_photos(tx: &Transaction<'_>, case: CaseId) -> Result<Vec<PhotoFile>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("file/list_photos.sql"))?;
    let mut rows = statement.query([case.as_bytes().as_slice()])?;
    let mut photos = Vec::new();
    while let Some(row) = rows.next()? {
        let sha256: Vec<u8> = row.get(9)?;
        let is_known = row.get::<_, Option<Vec<u8>>>(0)?.is_some();
        photos.push(PhotoFile {
            sha256: Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("view_case_photo.sha256"))?,
            facts: if is_known { Some(row_to_photo(row)?) } else { None },
            station_ms: row.get(10)?,
            cleared: row.get(11)?,
        });
    }
    Ok(photos)
}
