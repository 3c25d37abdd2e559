//! What follows from the journals, counted again from raw ops: the station's cases and totals, and what each phone mirrors.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::case::{Case, CaseOp, CaseState, Effect, fold};
use patrol_domain::op::OpenReason;
use patrol_domain::{Body, CaseId, Op, OpId};
use patrol_sqlite::rusqlite::Connection;
use patrol_station::Counts;
use patrol_store::Mirror;
use patrol_wire::Cursor;

use crate::check::{Held, Memory};
use crate::station::{Post, at_once};

/// Cases as a fold over raw ops.
pub(crate) type Cases = BTreeMap<CaseId, Case>;

/// The cases of everything that the station holds. Bytes that are no op are nobody's case.
pub(crate) fn refold(held: &Held) -> Cases {
    let mut cases: BTreeMap<CaseId, BTreeMap<OpId, CaseOp>> = BTreeMap::new();
    for op in held.values().flat_map(|log| &log.ops) {
        let Ok(op) = Op::decode(&op.bytes) else { continue };
        if let Some(case) = op.case {
            let parts = Vec::new();
            cases
                .entry(case)
                .or_default()
                .entry(op.id)
                .or_insert(CaseOp { op, parts });
        }
    }
    let folded = cases.iter().map(|(case, ops)| (*case, fold(*case, ops.values())));
    folded.collect()
}

/// What a run has met, as the station's journals tell it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Met {
    /// Journals that were begun because the station held more than the phone.
    pub(crate) rollbacks: u64,
    /// Journals that were begun because the station held something else.
    pub(crate) forks: u64,
    /// Pieces of earlier journals that were taken over.
    pub(crate) adopted: u64,
    /// Phones that the station let in again by their certificate.
    pub(crate) readmitted: u64,
    /// Phones that were retired at the end.
    pub(crate) retired: u64,
    /// Phones that were lost at the end.
    pub(crate) lost: u64,
    /// Ops that wait for one that is nowhere any more.
    pub(crate) aside: u64,
    /// Cases.
    pub(crate) cases: u64,
}

impl Met {
    pub(crate) fn of(held: &Held, post: &Post, cases: &Cases) -> Self {
        let bytes = held.values().flat_map(|log| &log.ops).map(|op| &op.bytes);
        let bodies: Vec<Body> = bytes.filter_map(|bytes| Some(Op::decode(bytes).ok()?.body)).collect();
        let count = |is: fn(&Body) -> bool| bodies.iter().filter(|body| is(body)).count() as u64;
        let entries = cases.values().flat_map(|case| &case.history);
        Self {
            rollbacks: count(|body| matches!(body, Body::LogOpened(opened) if opened.reason == OpenReason::Rollback)),
            forks: count(|body| matches!(body, Body::LogOpened(opened) if opened.reason == OpenReason::Fork)),
            adopted: count(|body| matches!(body, Body::Adopted(_))),
            readmitted: post.readmitted,
            retired: 0,
            lost: 0,
            aside: entries.filter(|entry| entry.effect == Effect::Waits).count() as u64,
            cases: cases.len() as u64,
        }
    }

    pub(crate) fn join(self, other: Self) -> Self {
        Self {
            rollbacks: self.rollbacks + other.rollbacks,
            forks: self.forks + other.forks,
            adopted: self.adopted + other.adopted,
            readmitted: self.readmitted + other.readmitted,
            retired: self.retired + other.retired,
            lost: self.lost + other.lost,
            aside: self.aside + other.aside,
            cases: self.cases + other.cases,
        }
    }
}

/// I3, I7, I11: every case once, whatever journals speak of it; the dashboard's numbers are a recount; set aside is what
/// nobody can read, and what waits for an op that is nowhere any more.
pub(crate) fn check_cases(post: &Post, held: &Held, cases: &Cases) -> Result<(), String> {
    let in_state = |state| cases.values().filter(|case| case.state == state).count() as u64;
    let opened = cases.len() as u64 - in_state(CaseState::Unopened);
    let waits: BTreeSet<OpId> = cases
        .values()
        .flat_map(|case| &case.history)
        .filter(|entry| entry.effect == Effect::Waits)
        .map(|entry| entry.op)
        .collect();
    let is_aside = |bytes: &[u8]| Op::decode(bytes).map_or(true, |op| waits.contains(&op.id));
    let ops = held.values().flat_map(|log| &log.ops);
    let aside = ops.clone().filter(|op| is_aside(&op.bytes)).count() as u64;
    let overview = at_once(post.station().store().overview()).unwrap();
    let Counts {
        cases: shown,
        open,
        voided,
        photos: _,
        ops: counted,
        devices: _,
        quarantined,
    } = overview.counts;
    let ours = (
        opened,
        in_state(CaseState::Recorded),
        in_state(CaseState::Voided),
        ops.count() as u64,
        aside,
    );
    let theirs = (shown, open, voided, counted, quarantined);
    if ours != theirs {
        return Err(format!("I11: the dashboard counts {theirs:?}, a recount {ours:?}"));
    }
    for row in &overview.cases {
        let case = &cases[&row.case];
        let photos: Vec<_> = case.photos.iter().map(|photo| photo.photo.sha256).collect();
        let shown: Vec<_> = row.photos.iter().map(|photo| photo.sha256).collect();
        if (row.state, row.steps, &row.number) != (case.state, case.steps.len() as u64, &case.number) || photos != shown
        {
            return Err(format!(
                "I11: case {} is shown as {row:?}, a recount finds {case:?}",
                row.case
            ));
        }
    }
    Ok(())
}

/// I10: the phone mirrors what the station has for its device, row for row, up to the last change; and its cases are those
/// in which one of the device's journals has an op.
pub(crate) fn check_mirror(
    connection: &Connection,
    (held, cases): (&Held, &Cases),
    memory: &Memory,
) -> Result<(), String> {
    let Memory {
        number, device, store, ..
    } = memory;
    let mut scope: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut statement = connection
        .prepare("SELECT kind, id, body FROM change WHERE device = ?1 ORDER BY seq")
        .unwrap();
    let mut rows = statement.query([device.as_bytes()]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let key = (row.get(0).unwrap(), row.get(1).unwrap());
        match row.get::<_, Option<String>>(2).unwrap() {
            Some(body) => drop(scope.insert(key, body)),
            None => drop(scope.remove(&key)),
        }
    }
    let kinds: BTreeSet<&String> = scope.keys().map(|(kind, _)| kind).collect();
    let mirrored: BTreeMap<_, _> = kinds
        .into_iter()
        .flat_map(|kind| {
            let rows = store.mirror_rows(kind).unwrap().into_iter();
            rows.map(|(id, body)| ((kind.clone(), id), body))
        })
        .collect();
    let all = store.mirror_hashes(Mirror::Shown).unwrap().len();
    if mirrored != scope || all != scope.len() {
        return Err(format!(
            "I10: phone {number} mirrors {all} rows, the station has {} for it",
            scope.len()
        ));
    }
    let last: Option<i64> = connection
        .query_row(
            "SELECT max(seq) FROM change_scope WHERE device = ?1",
            [device.as_bytes()],
            |row| row.get(0),
        )
        .unwrap();
    let cursor: Option<Cursor> = store
        .mirror_cursors()
        .unwrap()
        .shown
        .map(|cursor| cursor.parse().unwrap());
    let (read, last) = (cursor.map_or(0, |cursor| cursor.seq), last.unwrap_or(0).cast_unsigned());
    if read != last {
        return Err(format!("I10: phone {number} has read up to change {read} of {last}"));
    }
    let touched = held
        .values()
        .filter(|log| log.device == *device)
        .flat_map(|log| &log.ops);
    let touched = touched.filter_map(|op| Op::decode(&op.bytes).ok()?.case);
    let opened: BTreeSet<String> = touched
        .filter(|case| cases[case].state != CaseState::Unopened)
        .map(|case| case.to_string())
        .collect();
    let shown: BTreeSet<String> = scope
        .keys()
        .filter(|(kind, _)| kind == "case")
        .map(|(_, id)| id.clone())
        .collect();
    if shown != opened {
        return Err(format!(
            "I10: phone {number} is to know {} cases and is told of {}",
            opened.len(),
            shown.len()
        ));
    }
    Ok(())
}
