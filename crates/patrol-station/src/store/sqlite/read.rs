//! What others ask: how far a journal is held, and what the page shows.

use patrol_domain::{DeviceId, Head, LogId, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_wire::{DeviceState, LogStatus};

use super::append::{MAX_MISSING_PHOTOS, held, missing_photos};
use super::backup::safe_seq;
use super::epoch::epoch;
use super::{Inner, row};
use crate::store::{CasePhoto, CaseRow, Counts, JournalRow, Overview, PhotoCondition, StoreError};

/// The most cases that the page lists.
const MAX_CASES: i64 = 200;

impl Inner {
    pub(super) fn log_status(&self, device: DeviceId, log: LogId) -> Result<LogStatus, StoreError> {
        let now = self.ports.clock.now();
        let (head, mut missing, complete, standing) = self.database.read(|tx| {
            let head = held(tx, device, log)?.unwrap_or_else(|| Head::start(log));
            let standing = (epoch(tx)?, safe_seq(tx, log)?.min(head.seq), device_state(tx, device)?);
            Ok::<_, StoreError>((head, missing_photos(tx, log)?, complete_photos(tx, log)?, standing))
        })?;
        // The phone asks this once a round, so files that have gone are noticed here and not in every push.
        for (sha256, extension, bytes) in complete {
            if missing.len() as u64 >= MAX_MISSING_PHOTOS.unsigned_abs() {
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
            clock_synchronised: None,
            server_ms: now,
        })
    }

    pub(super) fn overview(&self) -> Result<Overview, StoreError> {
        self.database.read(|tx| {
            Ok(Overview {
                counts: counts(tx)?,
                cases: cases(tx)?,
                journals: journals(tx)?,
            })
        })
    }
}

/// What a phone is told of where it stands.
fn device_state(tx: &Transaction<'_>, device: DeviceId) -> Result<DeviceState, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/read_device_state.sql"))?;
    Ok(match read.query_row([device.as_bytes()], |row| row.get(0))? {
        1 => DeviceState::Active,
        2 => DeviceState::Retired,
        _ => DeviceState::Unknown,
    })
}

/// Originals of this journal that its phone has brought, with the suffixes and lengths of their files.
fn complete_photos(tx: &Transaction<'_>, log: LogId) -> Result<Vec<(Sha256Hash, String, u64)>, StoreError> {
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
                photos: row::count(row, 1)?,
                ops: row::count(row, 2)?,
                devices: row::count(row, 3)?,
                quarantined: row::count(row, 4)?,
            })
        })?)
}

fn cases(tx: &Transaction<'_>) -> Result<Vec<CaseRow>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_cases.sql"))?;
    let mut photos = tx.prepare_cached(include_str!("sql/list_case_photos.sql"))?;
    let rows = read.query_map([MAX_CASES], |row| {
        let (case, device): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let photos = photos.query_map((case, device), |row| {
            Ok(CasePhoto {
                sha256: row::hash(row, 0)?,
                stored: row.get(1)?,
                thumb: row.get(2)?,
                condition: PhotoCondition::from_stored(row.get(3)?),
            })
        })?;
        Ok(CaseRow {
            number: row.get(2)?,
            matter: row.get(3)?,
            plate: (row.get(4)?, row.get(5)?),
            community: row.get(6)?,
            note: row.get(7)?,
            phone_time: (row.get(8)?, row.get(9)?),
            received: StationMs(row.get(10)?),
            officer: row.get(11)?,
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
