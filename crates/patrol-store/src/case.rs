//! Cases as the officer sees them: a view of the journal, joined with what the station has signed for.

mod act;
mod file;
mod plate;
mod project;

use patrol_domain::case::CaseState;
use patrol_domain::{CaseId, Fix, PlateKind, Sha256Hash, TzMinutes, WallMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::{Row, Rows, Statement};

use crate::error::StoreError;
use crate::store::Store;

pub use act::{CaseHistory, CaseToChange};
pub use file::{CaseFile, PhotoFile, PlacedReceipt};
pub(crate) use project::{forget_views, project};

/// One photo of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePhoto {
    /// SHA-256 of the original.
    pub sha256: Sha256Hash,
    /// Its length in bytes.
    pub bytes: u64,
    /// Whether the station has signed for the original.
    pub at_station: bool,
    /// Whether an op says that the original on this phone is damaged or gone.
    pub lost: bool,
    /// Whether it counts; if not, it lies beside the case as evidence.
    pub counts: bool,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its id.
    pub case: CaseId,
    /// Where it stands.
    pub state: CaseState,
    /// Its number on this phone.
    pub number: String,
    /// The matter's code.
    pub matter: String,
    /// The plate's text and kind.
    pub plate: Option<(String, PlateKind)>,
    /// Where, when there is a point.
    pub fix: Option<Fix>,
    /// The street's id.
    pub street: Option<String>,
    /// The officer's words.
    pub note: String,
    /// When, by the phone's wall clock.
    pub opened: WallMs,
    /// The zone that the phone showed.
    pub tz: TzMinutes,
    /// Its photos in order.
    pub photos: Vec<CasePhoto>,
    /// How many steps were taken.
    pub steps: u64,
    /// How often it was amended.
    pub amendments: u64,
    /// Whether the station has signed for all its ops.
    pub record_at_station: bool,
    /// The station's time of the receipt that covers it.
    pub receipt_ms: Option<i64>,
    /// For paging: where this case stands among the phone's cases.
    pub place_order: i64,
}

impl CaseRecord {
    /// Whether everything of this case is at the station, signed for.
    pub fn at_station(&self) -> bool {
        self.record_at_station && self.photos.iter().all(|photo| photo.at_station)
    }
}

/// One page of cases, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<CaseRecord>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<i64>,
}

/// How much is where. "At the station" means signed for by the station, nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases of which anything is still only on the phone.
    pub cases_on_phone: u64,
    /// Originals without a receipt.
    pub photos_on_phone: u64,
    /// Their bytes.
    pub bytes_on_phone: u64,
    /// Cases of which everything is signed for.
    pub cases_at_station: u64,
    /// Originals that are signed for.
    pub photos_at_station: u64,
}

impl Store {
    /// Cases before `before` (newest first), at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn cases(&self, before: Option<i64>, limit: usize) -> Result<CasePage, StoreError> {
        self.list_cases(include_str!("case/list_cases.sql"), before, limit)
    }

    /// Cases of which anything is still only on the phone, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn waiting_cases(&self, limit: usize) -> Result<Vec<CaseRecord>, StoreError> {
        Ok(self
            .list_cases(include_str!("case/list_waiting.sql"), None, limit)?
            .cases)
    }

    /// How much is where.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.read(|tx| {
            let whole =
                |row: &Row<'_>, column: usize| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
            let (cases_on_phone, cases_at_station) = tx
                .prepare_cached(include_str!("case/count_cases.sql"))?
                .query_row([], |row| Ok((whole(row, 0)?, whole(row, 1)?)))?;
            let (photos_on_phone, bytes_on_phone, photos_at_station) = tx
                .prepare_cached(include_str!("case/count_photos.sql"))?
                .query_row([], |row| Ok((whole(row, 0)?, whole(row, 1)?, whole(row, 2)?)))?;
            Ok(Counts {
                cases_on_phone,
                photos_on_phone,
                bytes_on_phone,
                cases_at_station,
                photos_at_station,
            })
        })
    }

    fn list_cases(&self, sql: &str, before: Option<i64>, limit: usize) -> Result<CasePage, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(sql)?;
            collect_page(
                tx,
                statement.query((before.unwrap_or(i64::MAX), rows_wanted(limit)))?,
                limit,
            )
        })
    }
}

/// One more than asked for tells whether a next page exists.
pub(crate) fn rows_wanted(limit: usize) -> i64 {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX)
}

/// Rows with the columns of `list_cases.sql`, newest first, [`rows_wanted`] of them.
pub(crate) fn collect_page(tx: &Transaction<'_>, mut rows: Rows<'_>, limit: usize) -> Result<CasePage, StoreError> {
    let mut cases: Vec<CaseRecord> = Vec::new();
    let mut photos = tx.prepare_cached(include_str!("case/list_photos.sql"))?;
    while let Some(row) = rows.next()? {
        if cases.len() == limit {
            let next = cases.last().map(|case| case.place_order);
            return Ok(CasePage { cases, next });
        }
        let mut case = row_to_case(row)?;
        case.photos = read_photos(&mut photos, case.case)?;
        cases.push(case);
    }
    Ok(CasePage { cases, next: None })
}

fn read_photos(statement: &mut Statement<'_>, case: CaseId) -> Result<Vec<CasePhoto>, StoreError> {
    let mut rows = statement.query([case.as_bytes().as_slice()])?;
    let mut photos = Vec::new();
    while let Some(row) = rows.next()? {
        let sha256: Vec<u8> = row.get(0)?;
        photos.push(CasePhoto {
            sha256: Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("view_case_photo.sha256"))?,
            bytes: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
            at_station: row.get(2)?,
            lost: row.get(3)?,
            counts: row.get(4)?,
        });
    }
    Ok(photos)
}

/// A row with the columns of `list_cases.sql`, in their order.
pub(crate) fn row_to_case(row: &Row<'_>) -> Result<CaseRecord, StoreError> {
    let case: Vec<u8> = row.get(0)?;
    let text: Option<String> = row.get(4)?;
    let kind: Option<String> = row.get(5)?;
    let plate = match (text, kind) {
        (Some(text), Some(kind)) => Some((text, serde_json::from_value(serde_json::Value::String(kind))?)),
        _ => None,
    };
    let fix: Option<String> = row.get(6)?;
    let receipt_ms: Option<i64> = row.get(14)?;
    Ok(CaseRecord {
        case: CaseId::from_slice(&case).ok_or(StoreError::Column("view_case.case_id"))?,
        state: CaseState::from_number(row.get(1)?).ok_or(StoreError::Column("view_case.state"))?,
        number: row.get(2)?,
        matter: row.get(3)?,
        plate,
        fix: fix.map(|fix| serde_json::from_str(&fix)).transpose()?,
        street: row.get(7)?,
        note: row.get(8)?,
        opened: WallMs(row.get(9)?),
        tz: TzMinutes(row.get(10)?),
        photos: Vec::new(),
        steps: u64::try_from(row.get::<_, i64>(12)?).unwrap_or(0),
        amendments: u64::try_from(row.get::<_, i64>(13)?).unwrap_or(0),
        record_at_station: receipt_ms.is_some(),
        receipt_ms,
        place_order: row.get(11)?,
    })
}
