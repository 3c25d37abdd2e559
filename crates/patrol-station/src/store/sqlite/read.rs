//! What others ask: how far a journal is held, and what the page shows.

use patrol_domain::{CaseId, DeviceId, Head, LogId, Seq, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_wire::{LogStatus, MAX_MISSING_PHOTOS};

use super::append::{held, missing_photos};
use super::backup::safe_seq;
use super::epoch::epoch;
use super::pull::device_state;
use super::{Inner, row};
use crate::store::{CasePhoto, CaseRow, Counts, JournalRow, Overview, PhotoCondition, SetAside, StoreError};

/// The most cases that the page lists.
const MAX_CASES: i64 = 200;

/// The most ops that the page lists as set aside.
const MAX_SET_ASIDE: i64 = 50;

impl Inner {
    pub(super) fn log_status(
        &self,
        device: DeviceId,
        log: LogId,
        missing_after: Option<Sha256Hash>,
    ) -> Result<LogStatus, StoreError> {
        let now = self.ports.clock.now();
        let (head, mut missing, complete, standing) = self.database.read(|tx| {
            let state = device_state(tx, device)?;
            let head = match held(tx, device, log) {
                Ok(Some(head)) => head,
                // Another phone's journal looks like one that nobody has brought yet.
                Ok(None) | Err(StoreError::NotFound) => {
                    let standing = (epoch(tx)?, Seq(0), state);
                    return Ok((Head::start(log), Vec::new(), Vec::new(), standing));
                }
                Err(error) => return Err(error),
            };
            let missing = missing_photos(tx, log, missing_after)?;
            // The phone asks this once a round, so files that have gone are noticed here and not in every push.
            let complete = match missing_after {
                None => complete_photos(tx, log)?,
                Some(_) => Vec::new(),
            };
            let standing = (epoch(tx)?, safe_seq(tx, log)?.min(head.seq), state);
            Ok((head, missing, complete, standing))
        })?;
        for (sha256, extension, bytes) in complete {
            if missing.len() >= MAX_MISSING_PHOTOS {
                break;
            }
            if !self.is_whole(sha256, bytes, &extension)? {
                missing.push(sha256);
            }
        }
        let (epoch, safe_seq, state) = standing;
        Ok(LogStatus {
            epoch,
            acked_seq: head.seq,
            head_hash: head.hash,
            missing_photos: missing,
            safe_seq: Some(safe_seq),
            caps: None,
            device_state: Some(state),
            clock_synchronised: self.ports.clock.is_synchronised(),
            server_ms: now,
        })
    }

    pub(super) fn counts(&self) -> Result<Counts, StoreError> {
        self.database.read(counts)
    }

    pub(super) fn overview(&self) -> Result<Overview, StoreError> {
        self.database.read(|tx| {
            Ok(Overview {
                counts: counts(tx)?,
                cases: cases(tx)?,
                journals: journals(tx)?,
                set_aside: set_aside(tx)?,
            })
        })
    }
}

/// Originals of this journal that its phone has brought, with the suffixes and lengths of their files.
pub(super) fn complete_photos(tx: &Transaction<'_>, log: LogId) -> Result<Vec<(Sha256Hash, String, u64)>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_complete_photos.sql"))?;
    let rows = read.query_map([log.as_bytes()], |row| {
        Ok((row::hash(row, 0)?, row.get(1)?, row::count(row, 2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn counts(tx: &Transaction<'_>) -> Result<Counts, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_counts.sql"))?
        .query_row([], |row| {
            Ok(Counts {
                cases: row::count(row, 0)?,
                open: row::count(row, 1)?,
                voided: row::count(row, 2)?,
                photos: row::count(row, 3)?,
                ops: row::count(row, 4)?,
                devices: row::count(row, 5)?,
                quarantined: row::count(row, 6)?,
            })
        })?)
}

fn cases(tx: &Transaction<'_>) -> Result<Vec<CaseRow>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_cases.sql"))?;
    let mut photos = tx.prepare_cached(include_str!("sql/list_case_photos.sql"))?;
    let rows = read.query_map([MAX_CASES], |row| {
        let case: Vec<u8> = row.get(0)?;
        let photos = photos.query_map([case], |row| {
            Ok(CasePhoto {
                sha256: row::hash(row, 0)?,
                stored: row.get(1)?,
                thumb: row.get(2)?,
                condition: PhotoCondition::from_stored(row.get(3)?),
                counts: row.get(4)?,
            })
        })?;
        Ok(CaseRow {
            case: row::id(row, 0, CaseId::from_slice)?,
            number: row.get(1)?,
            state: row::state(row, 2)?,
            matter: row.get(3)?,
            plate: (row.get(4)?, row.get(5)?),
            community: row.get(6)?,
            note: Some(row.get::<_, String>(7)?).filter(|note| !note.is_empty()),
            steps: row::count(row, 8)?,
            amendments: row::count(row, 9)?,
            phone_time: (row.get(10)?, row.get(11)?),
            received: StationMs(row.get(12)?),
            officer: row.get(13)?,
            photos: photos.collect::<Result<_, _>>()?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn journals(tx: &Transaction<'_>) -> Result<Vec<JournalRow>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_journals.sql"))?;
    let rows = read.query_map([], |row| {
        Ok(JournalRow {
            log: row::id(row, 0, LogId::from_slice)?,
            device: row::id(row, 1, DeviceId::from_slice)?,
            officer: row.get(2)?,
            acked: row::seq(row, 3)?,
            head_hash: row::hash(row, 4)?,
            contact: StationMs(row.get(5)?),
            local: row::seq(row, 6)?,
            waiting_photos: row::count(row, 7)?,
            waiting_bytes: row::count(row, 8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn set_aside(tx: &Transaction<'_>) -> Result<Vec<SetAside>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_set_aside.sql"))?;
    let rows = read.query_map([MAX_SET_ASIDE], |row| {
        Ok(SetAside {
            log: row::id(row, 0, LogId::from_slice)?,
            seq: row::seq(row, 1)?,
            code: row.get(2)?,
            officer: row.get(3)?,
            received: StationMs(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
