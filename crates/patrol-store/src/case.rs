//! Cases as the officer sees them: a view of the journal, joined with what the station has signed for.

use patrol_domain::op::{Body, CaseOpened};
use patrol_domain::{CaseId, Fix, LogId, Op, Part, PlateKind, Seq, Sha256Hash, TzMinutes, WallMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::{Row, named_params};

use crate::error::StoreError;
use crate::journal::to_column;
use crate::store::Store;

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
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its id.
    pub case: CaseId,
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
    /// Whether the station has signed for the op that opened it.
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
        self.database.read(|tx| {
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
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(sql)?;
            // One more than asked for tells whether a next page exists.
            let rows_wanted = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
            let mut rows = statement.query((before.unwrap_or(i64::MAX), rows_wanted))?;
            let mut cases = Vec::new();
            let mut is_last = true;
            while let Some(row) = rows.next()? {
                if cases.len() == limit {
                    is_last = false;
                    break;
                }
                let mut case = row_to_case(row)?;
                case.photos = list_photos(tx, case.case)?;
                cases.push(case);
            }
            let next = if is_last {
                None
            } else {
                cases.last().map(|case: &CaseRecord| case.place_order)
            };
            Ok(CasePage { cases, next })
        })
    }
}

/// How many cases of this phone have a number that begins with `prefix`.
pub(crate) fn count_numbers(tx: &Transaction<'_>, prefix: &str) -> Result<u64, StoreError> {
    let count: i64 = tx
        .prepare_cached(include_str!("case/count_numbers.sql"))?
        .query_row([prefix], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

fn list_photos(tx: &Transaction<'_>, case: CaseId) -> Result<Vec<CasePhoto>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("case/list_photos.sql"))?;
    let mut rows = statement.query([case.as_bytes().as_slice()])?;
    let mut photos = Vec::new();
    while let Some(row) = rows.next()? {
        let sha256: Vec<u8> = row.get(0)?;
        photos.push(CasePhoto {
            sha256: Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("view_case_photo.sha256"))?,
            bytes: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
            at_station: row.get(2)?,
            lost: row.get(3)?,
        });
    }
    Ok(photos)
}

fn row_to_case(row: &Row<'_>) -> Result<CaseRecord, StoreError> {
    let case: Vec<u8> = row.get("case_id")?;
    let text: Option<String> = row.get("plate_text")?;
    let kind: Option<String> = row.get("plate_kind")?;
    let plate = match (text, kind) {
        (Some(text), Some(kind)) => Some((text, serde_json::from_value(serde_json::Value::String(kind))?)),
        _ => None,
    };
    let fix: Option<String> = row.get("fix")?;
    let receipt_ms: Option<i64> = row.get("receipt_ms")?;
    Ok(CaseRecord {
        case: CaseId::from_slice(&case).ok_or(StoreError::Column("view_case.case_id"))?,
        number: row.get("number")?,
        matter: row.get("matter")?,
        plate,
        fix: fix.map(|fix| serde_json::from_str(&fix)).transpose()?,
        street: row.get("street")?,
        note: row.get("note")?,
        opened: WallMs(row.get("opened_ms")?),
        tz: TzMinutes(row.get("tz")?),
        photos: Vec::new(),
        record_at_station: receipt_ms.is_some(),
        receipt_ms,
        place_order: row.get("place_order")?,
    })
}

/// Writes what an op changes in the views.
pub(crate) fn project(tx: &Transaction<'_>, log: LogId, seq: Seq, op: &Op, parts: &[Part]) -> Result<(), StoreError> {
    let (Body::CaseOpened(body), Some(case)) = (&op.body, op.case) else {
        return Ok(());
    };
    let CaseOpened {
        number,
        matter,
        pack: _,
        plate,
        place,
        note: _,
    } = body;
    let kind = plate
        .as_ref()
        .map(|plate| serde_json::to_value(plate.kind))
        .transpose()?;
    let note = parts
        .iter()
        .find(|part| part.field == "note")
        .map_or("", |part| part.value.as_str());
    tx.prepare_cached(include_str!("case/insert_case.sql"))?
        .execute(named_params! {
            ":case_id": case.as_bytes().as_slice(),
            ":log": log.as_bytes().as_slice(),
            ":seq": to_column(seq),
            ":number": number,
            ":matter": matter,
            ":plate_text": plate.as_ref().map(|plate| &plate.text),
            ":plate_kind": kind.as_ref().and_then(|kind| kind.as_str()),
            ":fix": place.fix.map(|fix| serde_json::to_string(&fix)).transpose()?,
            ":community": place.community,
            ":street": place.street,
            ":note": note,
            ":opened_ms": op.at.wall_ms.0,
            ":tz": op.at.tz.0,
        })?;
    for (position, photo) in op.photos.iter().enumerate() {
        tx.prepare_cached(include_str!("case/insert_photo.sql"))?.execute((
            case.as_bytes().as_slice(),
            i64::try_from(position).unwrap_or(i64::MAX),
            photo.sha256.as_bytes().as_slice(),
            i64::try_from(photo.bytes).unwrap_or(i64::MAX),
            log.as_bytes().as_slice(),
            to_column(seq),
        ))?;
    }
    Ok(())
}

/// Empties the views before they are made again.
pub(crate) fn forget_views(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute_batch(include_str!("case/forget_views.sql"))?;
    Ok(())
}
