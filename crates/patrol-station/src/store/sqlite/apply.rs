//! What follows from an op: rows that the page and later the console read.
//!
//! An op that cannot be applied is quarantined: held, acknowledged, and tried again by a later version.

use patrol_domain::op::{CaseOpened, PersonBound, PlateRecord};
use patrol_domain::{Body, CaseId, DeviceId, LogId, Op, Seq, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;

use super::interpret::Interpreted;
use super::row;
use crate::store::{Device, PhotoCondition, StoreError};

/// Why an op was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Not an op of this protocol.
    Unreadable,
    /// A kind, or a version of a kind, that this build does not know.
    UnknownKind,
    /// Another op with this id was applied; it stands.
    IdConflict,
    /// It says what cannot be, such as a case opened twice or a journal opened with another phone's key.
    Unlawful,
}

impl Reason {
    /// As it stands in the database and on the wire.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UnknownKind => "unknown_kind",
            Self::IdConflict => "id_conflict",
            Self::Unlawful => "unlawful",
        }
    }
}

/// Where an op stands.
#[derive(Clone, Copy)]
struct Stand {
    device: DeviceId,
    log: LogId,
    seq: Seq,
}

/// Applies an op that was just stored, once.
pub(super) fn apply(
    tx: &Transaction<'_>,
    device: &Device,
    log: LogId,
    seq: Seq,
    interpreted: &Interpreted<'_>,
    now: StationMs,
) -> Result<Option<Reason>, StoreError> {
    let Ok(op) = &interpreted.op else {
        return Ok(Some(Reason::Unreadable));
    };
    if let Body::Unknown { .. } = op.body {
        return Ok(Some(Reason::UnknownKind));
    }
    // Before anything else, because the same op may have been lawful in another phone's journal.
    if let Body::LogOpened(body) = &op.body
        && seq == Seq(1)
        && body.device_key_thumbprint != device.key.thumbprint()
    {
        tracing::warn!(device = %device.id, %log, "the journal was opened with another key than its phone enrolled with");
        return Ok(Some(Reason::Unlawful));
    }
    let first: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("sql/read_applied_op.sql"))?
        .query_row([op.id.as_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(first) = first {
        return Ok((first != interpreted.bytes).then_some(Reason::IdConflict));
    }
    let stand = Stand {
        device: device.id,
        log,
        seq,
    };
    let refused = match &op.body {
        Body::LogOpened(_)
        | Body::Adopted(_)
        | Body::ShiftStarted(_)
        | Body::ShiftEnded(_)
        | Body::TrackChunk(_)
        | Body::Unknown { .. } => None,
        // Held like a kind of the future: this station shows a case as it was opened. A later one applies them.
        Body::PhotoAdded(_) | Body::StepTaken(_) | Body::CaseAmended(_) | Body::CaseVoided(_) => {
            Some(Reason::UnknownKind)
        }
        Body::PersonBound(body) => bind_person(tx, stand, body)?,
        Body::CaseOpened(body) => open_case(tx, stand, op, body, now)?,
        Body::OriginalDamaged(body) => mark_photo(tx, stand, body.sha256, PhotoCondition::Damaged)?,
        Body::OriginalLost(body) => mark_photo(tx, stand, body.sha256, PhotoCondition::Lost)?,
    };
    if refused.is_none() {
        tx.prepare_cached(include_str!("sql/insert_applied_op.sql"))?.execute((
            op.id.as_bytes(),
            log.as_bytes(),
            row::stored(seq.0),
        ))?;
    }
    Ok(refused)
}

fn bind_person(tx: &Transaction<'_>, stand: Stand, body: &PersonBound) -> Result<Option<Reason>, StoreError> {
    let PersonBound {
        local,
        officer,
        name: _,
    } = body;
    tx.prepare_cached(include_str!("sql/upsert_person.sql"))?.execute((
        stand.device.as_bytes(),
        local.as_bytes(),
        officer,
        stand.log.as_bytes(),
        row::stored(stand.seq.0),
    ))?;
    Ok(None)
}

fn open_case(
    tx: &Transaction<'_>,
    stand: Stand,
    op: &Op,
    body: &CaseOpened,
    now: StationMs,
) -> Result<Option<Reason>, StoreError> {
    let CaseOpened {
        number,
        matter,
        pack: _,
        plate,
        place,
        note: _,
    } = body;
    let Some(case) = op.case else {
        return Ok(Some(Reason::Unlawful));
    };
    let (plate_text, plate_kind) = plate.as_ref().map(plate_columns).unwrap_or_default();
    let opened = tx.prepare_cached(include_str!("sql/insert_case.sql"))?.execute((
        case.as_bytes(),
        stand.log.as_bytes(),
        row::stored(stand.seq.0),
        stand.device.as_bytes(),
        op.author.as_bytes(),
        number,
        matter,
        plate_text,
        plate_kind,
        place.community.as_deref().unwrap_or_default(),
        op.at.wall_ms.0,
        op.at.tz.0,
        now.0,
    ))?;
    if opened == 0 {
        return Ok(Some(Reason::Unlawful));
    }
    add_photos(tx, case, op)?;
    Ok(None)
}

fn plate_columns(plate: &PlateRecord) -> (String, String) {
    let kind = serde_json::to_value(plate.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned));
    (plate.text.clone(), kind.unwrap_or_default())
}

fn add_photos(tx: &Transaction<'_>, case: CaseId, op: &Op) -> Result<(), StoreError> {
    for (position, photo) in op.photos.iter().enumerate() {
        tx.prepare_cached(include_str!("sql/insert_case_photo.sql"))?.execute((
            case.as_bytes(),
            photo.sha256.as_bytes(),
            row::stored(position as u64),
        ))?;
    }
    Ok(())
}

fn mark_photo(
    tx: &Transaction<'_>,
    stand: Stand,
    sha256: Sha256Hash,
    condition: PhotoCondition,
) -> Result<Option<Reason>, StoreError> {
    tx.prepare_cached(include_str!("sql/upsert_condition.sql"))?.execute((
        stand.device.as_bytes(),
        sha256.as_bytes(),
        condition.stored(),
        stand.log.as_bytes(),
        row::stored(stand.seq.0),
    ))?;
    Ok(None)
}

impl PhotoCondition {
    /// The value in the database.
    fn stored(self) -> i64 {
        match self {
            Self::Damaged => 1,
            Self::Lost => 2,
        }
    }

    /// Reads the value back.
    pub(super) fn from_stored(value: Option<i64>) -> Option<Self> {
        match value {
            Some(1) => Some(Self::Damaged),
            Some(2) => Some(Self::Lost),
            _ => None,
        }
    }
}
