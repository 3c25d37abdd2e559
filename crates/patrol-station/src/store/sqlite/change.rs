//! Changes for the phones: rows behind dense numbers with a rolling hash, one scope per phone.
//!
//! Numbers are allotted inside the write transaction, of which there is one at a time, so their order is that of the
//! commits and a reader never meets a number whose transaction is still open. Rows count and checksum of a scope are
//! kept with each change, so that the last page of a pull costs the same whatever the scope holds.

use patrol_domain::{DeviceId, Sha256Hash, StationMs, canonical};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::changes::{fold_checksum, roll, row_hash};
use patrol_wire::{Change, ScopeSum};
use serde_json::Value;

use super::row;
use crate::store::StoreError;

/// How far a phone's changes go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// The last change's number; 0 = none.
    pub(super) seq: u64,
    /// The rolling hash there.
    pub(super) hash: Sha256Hash,
    /// What the scope holds there.
    pub(super) sum: ScopeSum,
    /// Cursors below are gone.
    pub(super) floor: u64,
    /// The rolling hash at the floor.
    pub(super) floor_hash: Option<Sha256Hash>,
}

/// Before the first change.
const NO_HASH: Sha256Hash = Sha256Hash::from_bytes([0; 32]);

/// Where a phone's changes are.
pub(super) fn scope(tx: &Transaction<'_>, device: DeviceId) -> Result<Scope, StoreError> {
    let stored = tx
        .prepare_cached(include_str!("sql/read_scope.sql"))?
        .query_row([device.as_bytes()], |row| {
            Ok(Scope {
                seq: row::count(row, 0)?,
                hash: row::hash(row, 1)?,
                sum: ScopeSum {
                    rows: row::count(row, 2)?,
                    checksum: row::hash(row, 3)?,
                },
                floor: row::count(row, 4)?,
                floor_hash: row.get::<_, Option<[u8; 32]>>(5)?.map(Sha256Hash::from_bytes),
            })
        })
        .optional()?;
    Ok(stored.unwrap_or(Scope {
        seq: 0,
        hash: NO_HASH,
        sum: ScopeSum {
            rows: 0,
            checksum: NO_HASH,
        },
        floor: 0,
        floor_hash: None,
    }))
}

/// Says to a phone what a row is now, or with `None` that it is gone; nothing when it was told so last.
pub(super) fn put(
    tx: &Transaction<'_>,
    device: DeviceId,
    kind: &str,
    id: &str,
    body: Option<&Value>,
    now: StationMs,
) -> Result<(), StoreError> {
    let before = latest(tx, device, kind, id)?;
    if before.as_ref() == body {
        return Ok(());
    }
    let scope = scope(tx, device)?;
    let change = Change {
        seq: scope.seq + 1,
        kind: kind.to_owned(),
        id: id.to_owned(),
        body: body.cloned(),
    };
    let hash = roll(scope.hash, &change).map_err(not_canonical)?;
    let mut sum = scope.sum;
    if let Some(before) = &before {
        sum.rows = sum.rows.saturating_sub(1);
        sum.checksum = fold_checksum(sum.checksum, row_hash(kind, id, before).map_err(not_canonical)?);
    }
    if let Some(body) = body {
        sum.rows += 1;
        sum.checksum = fold_checksum(sum.checksum, row_hash(kind, id, body).map_err(not_canonical)?);
    }
    tx.prepare_cached(include_str!("sql/upsert_scope.sql"))?.execute((
        device.as_bytes(),
        row::stored(change.seq),
        hash.as_bytes(),
        row::stored(sum.rows),
        sum.checksum.as_bytes(),
    ))?;
    let text = body.map(canonical::encode).transpose().map_err(not_canonical)?;
    let text = text
        .map(String::from_utf8)
        .transpose()
        .map_err(|_| StoreError::Stored("change"))?;
    tx.prepare_cached(include_str!("sql/insert_change.sql"))?.execute((
        device.as_bytes(),
        row::stored(change.seq),
        kind,
        id,
        text,
        hash.as_bytes(),
        now.0,
    ))?;
    Ok(())
}

/// What a phone was told last of a row.
fn latest(tx: &Transaction<'_>, device: DeviceId, kind: &str, id: &str) -> Result<Option<Value>, StoreError> {
    let text: Option<Option<String>> = tx
        .prepare_cached(include_str!("sql/read_latest_change.sql"))?
        .query_row((device.as_bytes(), kind, id), |row| row.get(0))
        .optional()?;
    text.flatten().as_deref().map(read_body).transpose()
}

/// Reads a stored body back.
pub(super) fn read_body(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Stored("change"))
}

fn not_canonical(_: canonical::CanonicalError) -> StoreError {
    StoreError::Stored("change")
}
