//! The end of a transaction: each case that it touched is folded once from all its ops, and its rows are replaced.
//!
//! Once per case and not once per op, so that a push of two hundred ops on one case reads them once. The fold is the
//! domain's, the one that the phone shows the case by; what waits, and which of two openings stands, follows from the
//! set of ops and not from the order in which journals brought them.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::case::{Case, CaseOp, CaseState, Effect, fold};
use patrol_domain::op::PlateRecord;
use patrol_domain::seal::Salt;
use patrol_domain::{Body, CaseId, DeviceId, LogId, Op, OpId, Part, Seq, StationMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::named_params;
use patrol_wire::changes::{CaseBody, KIND_CASE, KIND_OUTCOME, OutcomeBody};

use super::apply::{Reason, Touched, set_aside};
use super::{change, journal, row};
use crate::store::StoreError;

/// An op of a case with the places where it stands; the first is where it came first.
struct HeldOp {
    case_op: CaseOp,
    places: Vec<Place>,
}

/// One place where an op stands.
struct Place {
    log: LogId,
    seq: Seq,
    device: DeviceId,
    received: StationMs,
    code: Option<String>,
}

/// Follows up everything that a transaction touched.
pub(super) fn settle(tx: &Transaction<'_>, touched: Touched, now: StationMs) -> Result<(), StoreError> {
    let Touched {
        cases,
        mut outcomes,
        conflicts,
    } = touched;
    for case in cases {
        settle_case(tx, case, &mut outcomes, now)?;
    }
    for (log, seq) in outcomes {
        tell_outcome(tx, log, seq, now)?;
    }
    for conflict in conflicts {
        journal::say_conflict(tx, conflict, now)?;
    }
    Ok(())
}

fn settle_case(
    tx: &Transaction<'_>,
    case: CaseId,
    outcomes: &mut BTreeSet<(LogId, Seq)>,
    now: StationMs,
) -> Result<(), StoreError> {
    let held = list_case_ops(tx, case)?;
    let folded = fold(case, held.iter().map(|op| &op.case_op));
    write_codes(tx, &folded, &held, outcomes)?;
    let body = match write_case(tx, case, &folded, &held)? {
        Written::Nothing => None,
        Written::Case => Some(case_body(tx, case, &folded)?),
    };
    let devices: BTreeSet<DeviceId> = held
        .iter()
        .flat_map(|op| op.places.iter().map(|place| place.device))
        .collect();
    for device in devices {
        change::put(tx, device, KIND_CASE, &case.to_string(), body.as_ref(), now)?;
    }
    Ok(())
}

fn list_case_ops(tx: &Transaction<'_>, case: CaseId) -> Result<Vec<HeldOp>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_case_ops.sql"))?;
    let mut rows = read.query([case.as_bytes()])?;
    let mut held: Vec<HeldOp> = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row::id(row, 0, OpId::from_slice)?;
        let place = Place {
            log: row::id(row, 2, LogId::from_slice)?,
            seq: row::seq(row, 3)?,
            device: row::id(row, 4, DeviceId::from_slice)?,
            received: StationMs(row.get(5)?),
            code: row.get(6)?,
        };
        match held.last_mut() {
            Some(last) if last.case_op.op.id == id => last.places.push(place),
            _ => {
                let bytes: Vec<u8> = row.get(1)?;
                let Ok(op) = Op::decode(&bytes) else {
                    // It could be read when it came. A damaged one must not keep the others from being shown.
                    tracing::error!(op = %id, %case, "an op of a case can no longer be read");
                    continue;
                };
                let parts = if op.body.sealed().is_empty() {
                    Vec::new()
                } else {
                    list_parts(tx, id)?
                };
                held.push(HeldOp {
                    case_op: CaseOp { op, parts },
                    places: vec![place],
                });
            }
        }
    }
    Ok(held)
}

fn list_parts(tx: &Transaction<'_>, op: OpId) -> Result<Vec<Part>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_parts_of_op.sql"))?;
    let rows = read.query_map([op.as_bytes()], |row| {
        Ok(Part {
            field: row.get(0)?,
            salt: Salt(row.get(1)?),
            value: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Why an op of a case is set aside, as far as the fold tells.
fn reason(op: &Op, effect: Option<Effect>) -> Option<Reason> {
    match (&op.body, effect) {
        (Body::Unknown { .. }, _) => Some(Reason::UnknownKind),
        (_, Some(Effect::Waits)) => Some(Reason::DependsOn),
        (Body::CaseOpened(_), Some(Effect::Evidence)) => Some(Reason::Unlawful),
        (_, Some(Effect::Applies | Effect::Evidence) | None) => None,
    }
}

fn write_codes(
    tx: &Transaction<'_>,
    folded: &Case,
    held: &[HeldOp],
    outcomes: &mut BTreeSet<(LogId, Seq)>,
) -> Result<(), StoreError> {
    let effects: BTreeMap<OpId, Effect> = folded.history.iter().map(|entry| (entry.op, entry.effect)).collect();
    for HeldOp { case_op, places } in held {
        let reason = reason(&case_op.op, effects.get(&case_op.op.id).copied());
        for place in places {
            if place.code.as_deref() != reason.map(Reason::code) {
                set_aside(tx, place.log, place.seq, reason)?;
                outcomes.insert((place.log, place.seq));
            }
        }
    }
    Ok(())
}

/// What there is to show.
enum Written {
    /// The case was not opened yet.
    Nothing,
    /// Its rows.
    Case,
}

fn write_case(tx: &Transaction<'_>, case: CaseId, folded: &Case, held: &[HeldOp]) -> Result<Written, StoreError> {
    let opening = folded
        .opened
        .and_then(|id| held.iter().find(|op| op.case_op.op.id == id));
    let Some((opening, place)) = opening.and_then(|op| Some((&op.case_op.op, op.places.first()?))) else {
        return Ok(Written::Nothing);
    };
    let id = case.as_bytes();
    let (plate_text, plate_kind) = folded.plate.as_ref().map(plate_columns).unwrap_or_default();
    tx.prepare_cached(include_str!("sql/upsert_case.sql"))?
        .execute(named_params! {
            ":case_id": id,
            ":log": place.log.as_bytes(),
            ":seq": row::stored(place.seq.0),
            ":device": place.device.as_bytes(),
            ":author": opening.author.as_bytes(),
            ":number": folded.number,
            ":matter": folded.matter.as_ref().map_or("", |matter| matter.code.as_str()),
            ":plate_text": plate_text,
            ":plate_kind": plate_kind,
            ":community": folded.place.community.as_deref().unwrap_or_default(),
            ":wall_ms": opening.at.wall_ms.0,
            ":tz": opening.at.tz.0,
            ":received_ms": place.received.0,
            ":state": folded.state.number(),
            ":note": folded.note.as_str(),
            ":steps": row::stored(folded.steps.len() as u64),
            ":amendments": row::stored(folded.amendments as u64),
        })?;
    write_photos(tx, case, folded, held)?;
    Ok(Written::Case)
}

fn write_photos(tx: &Transaction<'_>, case: CaseId, folded: &Case, held: &[HeldOp]) -> Result<(), StoreError> {
    let id = case.as_bytes();
    tx.prepare_cached(include_str!("sql/delete_case_photos.sql"))?
        .execute([id])?;
    tx.prepare_cached(include_str!("sql/delete_bringers.sql"))?
        .execute([id])?;
    for (position, photo) in folded.photos.iter().enumerate() {
        tx.prepare_cached(include_str!("sql/insert_case_photo.sql"))?.execute((
            id,
            photo.photo.sha256.as_bytes(),
            row::stored(position as u64),
            photo.photo.role.as_str(),
            photo.effect == Effect::Applies,
        ))?;
    }
    for HeldOp { case_op, places } in held {
        for photo in &case_op.op.photos {
            for place in places {
                tx.prepare_cached(include_str!("sql/insert_bringer.sql"))?.execute((
                    id,
                    photo.sha256.as_bytes(),
                    place.device.as_bytes(),
                ))?;
            }
        }
    }
    Ok(())
}

fn plate_columns(plate: &PlateRecord) -> (String, String) {
    let kind = serde_json::to_value(plate.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned));
    (plate.text.clone(), kind.unwrap_or_default())
}

/// The case as the phones that act on it pull it.
fn case_body(tx: &Transaction<'_>, case: CaseId, folded: &Case) -> Result<serde_json::Value, StoreError> {
    let (photos, stored) = tx
        .prepare_cached(include_str!("sql/count_stored_photos.sql"))?
        .query_row([case.as_bytes()], |row| Ok((row::count(row, 0)?, row::count(row, 1)?)))?;
    let body = CaseBody {
        number: folded.number.clone(),
        state: state_name(folded.state).to_owned(),
        heads: folded.heads.iter().map(OpId::to_string).collect(),
        photos,
        stored,
    };
    serde_json::to_value(body).map_err(|_| StoreError::Stored("case"))
}

fn state_name(state: CaseState) -> &'static str {
    match state {
        CaseState::Unopened => "unopened",
        CaseState::Recorded => "recorded",
        CaseState::Handled => "handled",
        CaseState::Voided => "voided",
    }
}

/// Tells the journal's phone what became of an op.
fn tell_outcome(tx: &Transaction<'_>, log: LogId, seq: Seq, now: StationMs) -> Result<(), StoreError> {
    let (device, code) = tx
        .prepare_cached(include_str!("sql/read_outcome.sql"))?
        .query_row((log.as_bytes(), row::stored(seq.0)), |row| {
            Ok((row::id(row, 0, DeviceId::from_slice)?, row.get::<_, Option<String>>(1)?))
        })?;
    let body = code
        .map(|code| serde_json::to_value(OutcomeBody { code }))
        .transpose()
        .map_err(|_| StoreError::Stored("outcome"))?;
    change::put(
        tx,
        device,
        KIND_OUTCOME,
        &format!("{log}.{}", seq.0),
        body.as_ref(),
        now,
    )
}
