//! The station as this phone believes it: who it is, by which keys, and what it has signed.

use patrol_domain::Sha256Hash;
use patrol_store::{ListedReceipt, ReceiptOf, StationRecord, StoreError};
use patrol_sync::{KeyStatement, PublicKey, SyncError};

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::{ReceiptKind, ReceiptPage, ReceiptRow, StationDetail, StationKeyView};

/// The most rows of one page of receipts.
const MAX_PAGE: usize = 200;

impl App {
    /// The station with its keys and the phone's own.
    ///
    /// # Errors
    /// [`AppError`]: the phone is not enrolled, or the database or the keys cannot be read.
    pub fn station_detail(&self) -> Result<StationDetail, AppError> {
        let record = self.store.station()?;
        let StationRecord {
            url,
            station,
            name,
            key,
            device,
            secret: _,
            officer_number: _,
            officer_name: _,
            certificate: _,
            enrolled,
            authority,
            recovery_key,
        } = record.ok_or(AppError::Refused(ErrorCode::NotEnrolled))?;
        let mut keys = vec![view_key(&key, None)?];
        for tied in self.store.tied_keys()? {
            let statement: KeyStatement = serde_json::from_str(&tied.statement).map_err(StoreError::from)?;
            // The statement speaks of the later of the two keys, which need not be the one that it was kept for.
            let said = statement.by_old.content;
            let of_this = said.key.to_sec1() == tied.key;
            keys.push(view_key(&tied.key, of_this.then_some(said.since_ms.0))?);
        }
        Ok(StationDetail {
            name,
            url,
            station_id: station.to_string(),
            device_id: device.to_string(),
            enrolled_ms: enrolled.0,
            keys,
            authority: authority.map(|der| grouped(Sha256Hash::of(&der))),
            phone_key: thumbprint(&self.ports.keys.device_key()?)?,
            can_seal: recovery_key.is_some(),
        })
    }

    /// What the station has signed, before the mark `before`, newest first.
    ///
    /// # Errors
    /// [`AppError`] when the mark is none or the database cannot be read.
    pub fn receipts(&self, before: Option<&str>, limit: usize) -> Result<ReceiptPage, AppError> {
        let before = before.map(read_mark).transpose()?;
        let limit = limit.clamp(1, MAX_PAGE);
        let mut found = self.store.receipts(before, limit.saturating_add(1))?;
        let has_more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|last| format!("{}.{}", last.station_ms, last.hash));
        Ok(ReceiptPage {
            rows: found.into_iter().map(view_receipt).collect(),
            next: last.filter(|_| has_more),
        })
    }
}

fn read_mark(mark: &str) -> Result<(i64, Sha256Hash), AppError> {
    let read = mark.split_once('.');
    read.and_then(|(ms, hash)| Some((ms.parse().ok()?, hash.parse().ok()?)))
        .ok_or_else(|| AppError::Arguments("not a page's mark".into()))
}

fn view_receipt(receipt: ListedReceipt) -> ReceiptRow {
    let ListedReceipt {
        of,
        hash,
        station_ms,
        key_id,
    } = receipt;
    let (kind, seq, number) = match of {
        ReceiptOf::Records(seq) => (ReceiptKind::Records, Some(seq.0), None),
        ReceiptOf::Photo(number) => (ReceiptKind::Photo, None, number),
    };
    ReceiptRow {
        kind,
        seq,
        number,
        hash: hash.to_string(),
        station_ms,
        key_id,
    }
}

fn view_key(sec1: &[u8], since_ms: Option<i64>) -> Result<StationKeyView, AppError> {
    let key = PublicKey::from_sec1(sec1).map_err(SyncError::from)?;
    Ok(StationKeyView {
        key_id: key.key_id(),
        fingerprint: grouped(key.thumbprint()),
        since_ms,
    })
}

fn thumbprint(sec1: &[u8]) -> Result<Vec<String>, AppError> {
    let key = PublicKey::from_sec1(sec1).map_err(SyncError::from)?;
    Ok(grouped(key.thumbprint()))
}

/// Sixteen groups of four digits: what two people can read to each other.
fn grouped(hash: Sha256Hash) -> Vec<String> {
    let digits: Vec<char> = hash.to_string().chars().collect();
    digits.chunks(4).map(|group| group.iter().collect()).collect()
}
