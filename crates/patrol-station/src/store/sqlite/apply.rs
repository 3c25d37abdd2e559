//! What follows from an op by itself: whose it is, whether it was applied before, which case it belongs to.
//!
//! What its case looks like then is decided at the end of the transaction, from all ops of the case ([`super::settle`]).
//! An op that cannot be applied is quarantined: held, acknowledged, and tried again by a later reading.

use std::collections::BTreeSet;

use patrol_domain::op::PersonBound;
use patrol_domain::{Body, CaseId, DeviceId, LogId, Op, Seq, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::PublicKey;
use patrol_wire::station_journal::{IdConflict, OpPlace};

use super::interpret::Interpreted;
use super::row;
use crate::store::{PhotoCondition, StoreError};

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
    /// It is about a case that nobody has opened yet; it counts as soon as somebody has.
    DependsOn,
}

impl Reason {
    /// As it stands in the database and on the wire.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UnknownKind => "unknown_kind",
            Self::IdConflict => "id_conflict",
            Self::Unlawful => "unlawful",
            Self::DependsOn => "depends_on",
        }
    }
}

/// Where an op stands, and in whose journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand<'key> {
    /// The journal's phone.
    pub(super) device: DeviceId,
    /// The key that the phone enrolled with.
    pub(super) key: &'key PublicKey,
    /// The journal.
    pub(super) log: LogId,
    /// The position in it.
    pub(super) seq: Seq,
}

/// What a transaction has changed, to be followed up once at its end.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Cases to be folded again.
    pub(super) cases: BTreeSet<CaseId>,
    /// Ops that were set aside, or are no longer.
    pub(super) outcomes: BTreeSet<(LogId, Seq)>,
    /// Ops whose id another op has.
    pub(super) conflicts: Vec<IdConflict>,
}

/// An op that was applied.
struct Applied {
    bytes: Vec<u8>,
    log: LogId,
    seq: Seq,
    device: DeviceId,
}

/// Applies a stored op, once, and quarantines it if that is not possible.
pub(super) fn apply(
    tx: &Transaction<'_>,
    stand: Stand<'_>,
    interpreted: &Interpreted<'_>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    if let Some(reason) = try_to_apply(tx, stand, interpreted, touched)? {
        set_aside(tx, stand.log, stand.seq, Some(reason))?;
        touched.outcomes.insert((stand.log, stand.seq));
    }
    Ok(())
}

/// Writes why an op is not applied, or that it is.
pub(super) fn set_aside(tx: &Transaction<'_>, log: LogId, seq: Seq, reason: Option<Reason>) -> Result<(), StoreError> {
    let place = (*log.as_bytes(), row::stored(seq.0));
    match reason {
        Some(reason) => {
            tx.prepare_cached(include_str!("sql/upsert_quarantine.sql"))?
                .execute((place.0, place.1, reason.code()))?
        }
        None => tx
            .prepare_cached(include_str!("sql/delete_quarantine.sql"))?
            .execute(place)?,
    };
    Ok(())
}

fn try_to_apply(
    tx: &Transaction<'_>,
    stand: Stand<'_>,
    interpreted: &Interpreted<'_>,
    touched: &mut Touched,
) -> Result<Option<Reason>, StoreError> {
    let Ok(op) = &interpreted.op else {
        return Ok(Some(Reason::Unreadable));
    };
    if let Body::Unknown { .. } = op.body {
        // Whoever acts on the case next has to name it, so it belongs there although nobody can say what it does.
        join_case(tx, stand, op, include_str!("sql/insert_case_op.sql"), touched)?;
        return Ok(Some(Reason::UnknownKind));
    }
    if is_unlawful(stand, op) {
        return Ok(Some(Reason::Unlawful));
    }
    let is_first = match applied(tx, op)? {
        None => true,
        Some(first) if (first.log, first.seq) == (stand.log, stand.seq) => true,
        Some(first) if first.bytes != interpreted.bytes => {
            touched.conflicts.push(conflict(stand, op, interpreted.bytes, &first));
            return Ok(Some(Reason::IdConflict));
        }
        // Adopted: it counts already. What a phone says of itself is said again by the phone that adopted it.
        Some(first) => {
            touched.cases.extend(op.case);
            if first.device == stand.device {
                return Ok(None);
            }
            false
        }
    };
    match &op.body {
        Body::PersonBound(body) => bind_person(tx, stand, body)?,
        Body::OriginalDamaged(body) => mark_photo(tx, stand, body.sha256, PhotoCondition::Damaged)?,
        Body::OriginalLost(body) => mark_photo(tx, stand, body.sha256, PhotoCondition::Lost)?,
        Body::LogOpened(_)
        | Body::Adopted(_)
        | Body::ShiftStarted(_)
        | Body::ShiftEnded(_)
        | Body::TrackChunk(_)
        | Body::CaseOpened(_)
        | Body::PhotoAdded(_)
        | Body::StepTaken(_)
        | Body::CaseAmended(_)
        | Body::CaseVoided(_)
        | Body::Unknown { .. } => {}
    }
    if is_first {
        join_case(tx, stand, op, include_str!("sql/upsert_case_op.sql"), touched)?;
        tx.prepare_cached(include_str!("sql/insert_applied_op.sql"))?.execute((
            op.id.as_bytes(),
            stand.log.as_bytes(),
            row::stored(stand.seq.0),
        ))?;
    }
    Ok(None)
}

fn conflict(stand: Stand<'_>, op: &Op, bytes: &[u8], first: &Applied) -> IdConflict {
    IdConflict {
        op: op.id,
        stands: OpPlace {
            log: first.log,
            seq: first.seq,
            sha256: Sha256Hash::of(&first.bytes),
        },
        set_aside: OpPlace {
            log: stand.log,
            seq: stand.seq,
            sha256: Sha256Hash::of(bytes),
        },
    }
}

/// Looked at before the id, because the same op may have been lawful in another phone's journal.
fn is_unlawful(stand: Stand<'_>, op: &Op) -> bool {
    match &op.body {
        Body::LogOpened(body) if stand.seq == Seq(1) && body.device_key_thumbprint != stand.key.thumbprint() => {
            let Stand { device, log, .. } = stand;
            tracing::warn!(%device, %log, "the journal was opened with another key than its phone enrolled with");
            true
        }
        Body::CaseOpened(_) | Body::PhotoAdded(_) | Body::StepTaken(_) | Body::CaseAmended(_) | Body::CaseVoided(_) => {
            op.case.is_none()
        }
        Body::LogOpened(_)
        | Body::Adopted(_)
        | Body::PersonBound(_)
        | Body::ShiftStarted(_)
        | Body::ShiftEnded(_)
        | Body::TrackChunk(_)
        | Body::OriginalDamaged(_)
        | Body::OriginalLost(_)
        | Body::Unknown { .. } => false,
    }
}

fn applied(tx: &Transaction<'_>, op: &Op) -> Result<Option<Applied>, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_applied_op.sql"))?
        .query_row([op.id.as_bytes()], |row| {
            Ok(Applied {
                bytes: row.get(0)?,
                log: row::id(row, 1, LogId::from_slice)?,
                seq: row::seq(row, 2)?,
                device: row::id(row, 3, DeviceId::from_slice)?,
            })
        })
        .optional()?)
}

fn join_case(
    tx: &Transaction<'_>,
    stand: Stand<'_>,
    op: &Op,
    sql: &str,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let Some(case) = op.case else { return Ok(()) };
    tx.prepare_cached(sql)?.execute((
        case.as_bytes(),
        op.id.as_bytes(),
        stand.log.as_bytes(),
        row::stored(stand.seq.0),
    ))?;
    touched.cases.insert(case);
    Ok(())
}

fn bind_person(tx: &Transaction<'_>, stand: Stand<'_>, body: &PersonBound) -> Result<(), StoreError> {
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
    Ok(())
}

fn mark_photo(
    tx: &Transaction<'_>,
    stand: Stand<'_>,
    sha256: Sha256Hash,
    condition: PhotoCondition,
) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/upsert_condition.sql"))?.execute((
        stand.device.as_bytes(),
        sha256.as_bytes(),
        condition.stored(),
        stand.log.as_bytes(),
        row::stored(stand.seq.0),
    ))?;
    Ok(())
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
