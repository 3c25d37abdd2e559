//! Writing what an op changes in the views, in the op's own transaction.
//!
//! A case is folded anew from all its ops and its rows are replaced, so that projecting an op twice changes nothing and
//! a rebuild can run beside capture. The first op of a case, which is nearly every op, needs no reading.

use patrol_domain::case::{Case, CaseOp, Effect, fold};
use patrol_domain::{Body, CaseId, LogId, Op, OpId, Part, Seq};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::named_params;

use crate::error::StoreError;
use crate::find::grams;
use crate::journal::{Position, list_parts, to_column};
use crate::outbox::expect_photo;

/// An op of a case and where it lies.
#[derive(Debug)]
pub(crate) struct PlacedOp {
    pub(crate) case_op: CaseOp,
    /// Where it came first on this phone.
    pub(crate) first: i64,
    /// Where it stands last: what has to travel.
    pub(crate) last: i64,
    pub(crate) log: LogId,
    pub(crate) seq: Seq,
}

/// Writes what an op changes in the views.
pub(crate) fn project(tx: &Transaction<'_>, position: Position, op: &Op, parts: &[Part]) -> Result<(), StoreError> {
    if let Some(case) = op.case {
        project_case(tx, position, case, op, parts)?;
    }
    match &op.body {
        Body::ShiftStarted(body) => {
            tx.prepare_cached(include_str!("write_shift.sql"))?
                .execute(named_params! {
                    ":shift": body.shift.as_bytes().as_slice(),
                    ":started_ms": op.at.wall_ms.0,
                    ":ended_ms": None::<i64>,
                    ":author": op.author.as_bytes().as_slice(),
                    ":grids": body.grids.join(","),
                    ":started": position.number(),
                    ":ended": None::<i64>,
                    ":tz": op.at.tz.0,
                })?;
        }
        Body::ShiftEnded(body) => {
            tx.prepare_cached(include_str!("write_shift.sql"))?
                .execute(named_params! {
                    ":shift": body.shift.as_bytes().as_slice(),
                    ":started_ms": None::<i64>,
                    ":ended_ms": op.at.wall_ms.0,
                    ":author": None::<&[u8]>,
                    ":grids": "",
                    ":started": None::<i64>,
                    ":ended": position.number(),
                    ":tz": 0,
                })?;
        }
        Body::TrackChunk(body) => {
            tx.prepare_cached(include_str!("write_track.sql"))?.execute((
                op.id.as_bytes().as_slice(),
                body.shift.as_bytes().as_slice(),
                body.count,
                body.from_ms.0,
                body.to_ms.0,
                position.number(),
            ))?;
        }
        _ => {}
    }
    Ok(())
}

fn project_case(
    tx: &Transaction<'_>,
    position: Position,
    case: CaseId,
    op: &Op,
    parts: &[Part],
) -> Result<(), StoreError> {
    let id = case.as_bytes().as_slice();
    let number = position.number();
    let is_new = !tx.prepare_cached(include_str!("find_op.sql"))?.exists([id])?;
    tx.prepare_cached(include_str!("upsert_op.sql"))?
        .execute((id, op.id.as_bytes().as_slice(), number))?;
    let ops = if is_new {
        vec![PlacedOp {
            case_op: CaseOp {
                op: op.clone(),
                parts: parts.to_vec(),
            },
            first: number,
            last: number,
            log: position.log,
            seq: position.seq,
        }]
    } else {
        list_case_ops(tx, case)?
    };
    let folded = fold(case, ops.iter().map(|op| &op.case_op));
    write_case(tx, case, &folded, &ops, is_new)
}

/// All ops of a case, in the order in which they came first on this phone.
pub(crate) fn list_case_ops(tx: &Transaction<'_>, case: CaseId) -> Result<Vec<PlacedOp>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("list_ops.sql"))?;
    let mut rows = statement.query([case.as_bytes().as_slice()])?;
    let mut ops = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(0)?;
        let log: Vec<u8> = row.get(3)?;
        let log = LogId::from_slice(&log).ok_or(StoreError::Column("journal_log.log"))?;
        let seq: i64 = row.get(4)?;
        // What cannot be read stays in the journal and shows nowhere; `verify` names it.
        let Ok(op) = Op::decode(&bytes) else { continue };
        ops.push(PlacedOp {
            case_op: CaseOp {
                op,
                parts: list_parts(tx, log, seq)?,
            },
            first: row.get(1)?,
            last: row.get(2)?,
            log,
            seq: crate::journal::from_column(seq)?,
        });
    }
    Ok(ops)
}

fn write_case(
    tx: &Transaction<'_>,
    case: CaseId,
    folded: &Case,
    ops: &[PlacedOp],
    is_new: bool,
) -> Result<(), StoreError> {
    let find = |id: OpId| ops.iter().find(|op| op.case_op.op.id == id);
    // Without its opening a case has no number and nothing to show: it waits.
    let Some(opening) = folded.opened.and_then(find) else {
        return Ok(());
    };
    let Some(last) = ops.iter().max_by_key(|op| op.last) else {
        return Ok(());
    };
    let id = case.as_bytes().as_slice();
    if !is_new {
        tx.prepare_cached(include_str!("delete_case.sql"))?
            .execute((id, opening.first))?;
        tx.prepare_cached(include_str!("delete_photos.sql"))?.execute([id])?;
    }
    write_row(tx, case, folded, opening, last)?;
    for (position, photo) in folded.photos.iter().enumerate() {
        let Some(named) = find(photo.op) else { continue };
        tx.prepare_cached(include_str!("insert_photo.sql"))?.execute((
            id,
            i64::try_from(position).unwrap_or(i64::MAX),
            photo.photo.sha256.as_bytes().as_slice(),
            i64::try_from(photo.photo.bytes).unwrap_or(i64::MAX),
            photo.photo.role.as_str(),
            photo.effect == Effect::Applies,
            named.log.as_bytes().as_slice(),
            to_column(named.seq),
        ))?;
        expect_photo(tx, photo.photo.sha256)?;
    }
    let write = if is_new {
        include_str!("insert_search.sql")
    } else {
        include_str!("write_search.sql")
    };
    tx.prepare_cached(write)?
        .execute((opening.first, grams::of_case(folded)))?;
    Ok(())
}

fn write_row(
    tx: &Transaction<'_>,
    case: CaseId,
    folded: &Case,
    opening: &PlacedOp,
    last: &PlacedOp,
) -> Result<(), StoreError> {
    let kind = folded
        .plate
        .as_ref()
        .map(|plate| serde_json::to_value(plate.kind))
        .transpose()?;
    let fix = folded.place.point();
    tx.prepare_cached(include_str!("upsert_case.sql"))?
        .execute(named_params! {
            ":place_order": opening.first,
            ":case_id": case.as_bytes().as_slice(),
            ":log": last.log.as_bytes().as_slice(),
            ":seq": to_column(last.seq),
            ":state": folded.state.number(),
            ":number": folded.number,
            ":matter": folded.matter.as_ref().map_or("", |matter| matter.code.as_str()),
            ":plate_text": folded.plate.as_ref().map(|plate| &plate.text),
            ":plate_kind": kind.as_ref().and_then(|kind| kind.as_str()),
            ":fix": fix.map(|fix| serde_json::to_string(&fix)).transpose()?,
            ":lat_e7": fix.map(|fix| fix.lat_e7),
            ":lon_e7": fix.map(|fix| fix.lon_e7),
            ":community": folded.place.community,
            ":street": folded.place.street,
            ":note": folded.note.as_str(),
            ":opened_ms": opening.case_op.op.at.wall_ms.0,
            ":tz": opening.case_op.op.at.tz.0,
            ":steps": i64::try_from(folded.steps.len()).unwrap_or(i64::MAX),
            ":amendments": i64::try_from(folded.amendments).unwrap_or(i64::MAX),
        })?;
    Ok(())
}

/// Empties the views before they are made again.
pub(crate) fn forget_views(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute_batch(include_str!("forget_views.sql"))?;
    Ok(())
}
