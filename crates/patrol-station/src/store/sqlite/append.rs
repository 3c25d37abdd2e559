//! A push: one transaction that holds the ops, their parts, what follows from them, and the receipt.

use std::collections::BTreeSet;

use patrol_domain::canonical::MAX_INTEGER;
use patrol_domain::{DeviceId, Head, LogId, Seq, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::frame::FrameOp;
use patrol_wire::push::head_message;
use patrol_wire::{MAX_MISSING_PHOTOS, MissingPart, PushHead, PushReply, Quarantined, Receipt, Signed};

use super::apply::{Stand, Touched, apply};
use super::interpret::{Interpreted, interpret};
use super::settle::settle;
use super::{Inner, row};
use crate::base32;
use crate::store::{Device, StoreError};

/// A run of ops whose own chain is right.
pub(super) struct Checked<'frame> {
    log: LogId,
    /// The chain before the first op.
    before: Head,
    /// Each op with the chain's value behind it.
    ops: Vec<(Head, Interpreted<'frame>)>,
    /// The chain behind the last op.
    last: Head,
}

impl Inner {
    pub(super) fn append(
        &self,
        device: &Device,
        log: LogId,
        push: &PushHead,
        ops: &[FrameOp],
    ) -> Result<PushReply, StoreError> {
        let checked = check_chain(log, push, ops)?;
        device
            .key
            .verify(&head_message(log, checked.last), &push.head_signature)
            .map_err(|_| StoreError::Unauthorised)?;
        self.notice_setback(device.id, log, push)?;
        self.append_checked(device, log, push, checked)
    }

    /// A run whose chain fits and whose origin the caller has checked.
    pub(super) fn append_checked(
        &self,
        device: &Device,
        log: LogId,
        push: &PushHead,
        checked: Checked<'_>,
    ) -> Result<PushReply, StoreError> {
        let beacon = base32::encode(&self.ports.random::<8>()?);
        let now = self.ports.clock.now();
        let reply = self.database.write(|tx| {
            let journal = held(tx, device.id, log)?;
            let held = journal.unwrap_or_else(|| Head::start(log));
            let fresh = compare(tx, &checked, held)?;
            if journal.is_none() && fresh.is_empty() {
                // A journal belongs to whoever brings its first op: a call without one must not take it for ever.
                return Err(StoreError::Malformed("a journal begins with an op"));
            }
            let head = if fresh.is_empty() { held } else { checked.last };
            contact(tx, device.id, log, head, push, now)?;
            let mut touched = Touched::default();
            for (at, op) in fresh {
                take(tx, device, log, *at, op, now, &mut touched)?;
            }
            for (at, op) in &checked.ops {
                keep_parts(tx, log, at.seq, op, now, &mut touched)?;
            }
            settle(tx, touched, now)?;
            let epoch = super::epoch::epoch(tx)?;
            Ok(PushReply {
                epoch: epoch.clone(),
                acked_seq: head.seq,
                head_hash: head.hash,
                quarantined: quarantined(tx, &checked)?,
                missing_parts: missing_parts(tx, &checked)?,
                missing_photos: missing_photos_of(tx, &checked)?,
                safe_seq: super::backup::safe_seq(tx, log)?.min(head.seq),
                receipt: self.receipt(
                    tx,
                    Receipt {
                        log,
                        seq: head.seq,
                        head: head.hash,
                        station_ms: now,
                        beacon,
                        epoch: Some(epoch),
                    },
                )?,
                server_ms: now,
                retry_after_ms: None,
            })
        })?;
        // What was promised is durable; clearing away can wait for the next push.
        if let Err(error) = self.clear_changes_daily(now) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "old changes could not be cleared away"
            );
        }
        Ok(reply)
    }

    /// The receipt for a head: the stored one, or this one, signed and stored.
    fn receipt(&self, tx: &Transaction<'_>, receipt: Receipt) -> Result<Signed<Receipt>, StoreError> {
        let key = (*receipt.log.as_bytes(), row::stored(receipt.seq.0));
        let stored: Option<String> = tx
            .prepare_cached(include_str!("sql/read_receipt.sql"))?
            .query_row(key, |row| row.get(0))
            .optional()?;
        if let Some(stored) = stored {
            return serde_json::from_str(&stored).map_err(|_| StoreError::Stored("receipt"));
        }
        let signed = self.key.sign(receipt)?;
        let text = serde_json::to_string(&signed).map_err(|_| StoreError::Stored("receipt"))?;
        tx.prepare_cached(include_str!("sql/insert_receipt.sql"))?
            .execute((key.0, key.1, text))?;
        Ok(signed)
    }
}

/// Everything about a push that can be told without the database.
pub(super) fn check_chain<'frame>(
    log: LogId,
    push: &PushHead,
    ops: &'frame [FrameOp],
) -> Result<Checked<'frame>, StoreError> {
    let first = push.from_seq.0;
    if first == 0 || first > MAX_INTEGER.unsigned_abs() {
        return Err(StoreError::Malformed("the first position is out of range"));
    }
    if push.count != ops.len() as u64 {
        return Err(StoreError::Malformed(
            "the body holds another number of ops than announced",
        ));
    }
    let before = Head {
        seq: Seq(first - 1),
        hash: push.prev_hash,
    };
    let mut last = before;
    let chained: Vec<_> = ops
        .iter()
        .map(|op| {
            last = last.extend(&op.op);
            (last, op)
        })
        .collect();
    if last.hash != push.head_hash {
        return Err(StoreError::Malformed("the ops do not chain to the head"));
    }
    let ops = chained.into_iter().map(|(at, op)| (at, interpret(op))).collect();
    Ok(Checked { log, before, ops, last })
}

/// How far a journal is held for this device; nothing for a journal that nobody has pushed.
pub(super) fn held(tx: &Transaction<'_>, device: DeviceId, log: LogId) -> Result<Option<Head>, StoreError> {
    let journal = tx
        .prepare_cached(include_str!("sql/read_journal.sql"))?
        .query_row([log.as_bytes()], |row| {
            let owner = row::id(row, 0, DeviceId::from_slice)?;
            Ok((
                owner,
                Head {
                    seq: row::seq(row, 1)?,
                    hash: row::hash(row, 2)?,
                },
            ))
        })
        .optional()?;
    match journal {
        None => Ok(None),
        Some((owner, head)) if owner == device => Ok(Some(head)),
        Some(_) => Err(StoreError::NotFound),
    }
}

/// Compares what is held with what came, and gives back what is new.
fn compare<'checked, 'frame>(
    tx: &Transaction<'_>,
    checked: &'checked Checked<'frame>,
    held: Head,
) -> Result<&'checked [(Head, Interpreted<'frame>)], StoreError> {
    if checked.before.seq > held.seq {
        return Err(StoreError::Gap { head: held });
    }
    let known = usize::try_from(held.seq.0 - checked.before.seq.0)
        .unwrap_or(usize::MAX)
        .min(checked.ops.len());
    let (overlap, fresh) = checked.ops.split_at_checked(known).unwrap_or((&checked.ops, &[]));
    let mut stored = tx.prepare_cached(include_str!("sql/read_hash.sql"))?;
    for at in std::iter::once(checked.before).chain(overlap.iter().map(|(at, _)| *at)) {
        let hash = if at.seq == Seq(0) {
            Head::start(checked.log).hash
        } else {
            stored.query_row((checked.log.as_bytes(), row::stored(at.seq.0)), |row| row::hash(row, 0))?
        };
        if hash != at.hash {
            return Err(StoreError::Forked { head: held });
        }
    }
    Ok(fresh)
}

/// Notes that the phone called, and how far the journal now goes.
fn contact(
    tx: &Transaction<'_>,
    device: DeviceId,
    log: LogId,
    head: Head,
    push: &PushHead,
    now: StationMs,
) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/upsert_journal.sql"))?.execute((
        log.as_bytes(),
        device.as_bytes(),
        row::stored(head.seq.0),
        head.hash.as_bytes(),
        now.0,
        row::stored(push.local_seq.0),
        row::stored(push.waiting_photos),
        row::stored(push.waiting_bytes),
    ))?;
    Ok(())
}

/// Stores one new op and what follows from it by itself.
fn take(
    tx: &Transaction<'_>,
    device: &Device,
    log: LogId,
    at: Head,
    op: &Interpreted<'_>,
    now: StationMs,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let op_id = op.op.as_ref().ok().map(|op| *op.id.as_bytes());
    tx.prepare_cached(include_str!("sql/insert_op.sql"))?.execute((
        log.as_bytes(),
        row::stored(at.seq.0),
        op_id,
        op.bytes,
        at.hash.as_bytes(),
        now.0,
    ))?;
    name_photos(tx, device.id, log, at.seq, op)?;
    let stand = Stand {
        device: device.id,
        key: &device.key,
        log,
        seq: at.seq,
    };
    apply(tx, stand, op, touched)
}

/// Notes which originals an op names: its phone may bring them.
pub(super) fn name_photos(
    tx: &Transaction<'_>,
    device: DeviceId,
    log: LogId,
    seq: Seq,
    op: &Interpreted<'_>,
) -> Result<(), StoreError> {
    for photo in &op.photos {
        tx.prepare_cached(include_str!("sql/insert_named_photo.sql"))?
            .execute((
                log.as_bytes(),
                row::stored(seq.0),
                photo.sha256.as_bytes(),
                device.as_bytes(),
                row::stored(photo.bytes),
            ))?;
    }
    Ok(())
}

/// Also for ops that were there already: this is how missing parts are brought later.
fn keep_parts(
    tx: &Transaction<'_>,
    log: LogId,
    seq: Seq,
    op: &Interpreted<'_>,
    now: StationMs,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    for part in &op.parts {
        let new = tx.prepare_cached(include_str!("sql/insert_part.sql"))?.execute((
            log.as_bytes(),
            row::stored(seq.0),
            &part.field,
            part.salt.0,
            &part.value,
            now.0,
        ))?;
        if new > 0 {
            touched.cases.extend(op.op.as_ref().ok().and_then(|op| op.case));
        }
    }
    Ok(())
}

fn range(checked: &Checked<'_>) -> ([u8; 16], i64, i64) {
    (
        *checked.log.as_bytes(),
        row::stored(checked.before.seq.0),
        row::stored(checked.last.seq.0),
    )
}

fn quarantined(tx: &Transaction<'_>, checked: &Checked<'_>) -> Result<Vec<Quarantined>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_quarantine.sql"))?;
    let rows = read.query_map(range(checked), |row| {
        Ok(Quarantined {
            seq: row::seq(row, 0)?,
            code: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn missing_parts(tx: &Transaction<'_>, checked: &Checked<'_>) -> Result<Vec<MissingPart>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_part_fields.sql"))?;
    let rows = read.query_map(range(checked), |row| {
        Ok(MissingPart {
            seq: row::seq(row, 0)?,
            field: row.get(1)?,
        })
    })?;
    let held: BTreeSet<MissingPart> = rows.collect::<Result<_, _>>()?;
    let sealed = checked.ops.iter().flat_map(|(at, op)| {
        let fields = op.op.as_ref().map(|op| op.body.sealed()).unwrap_or_default();
        fields.into_iter().map(|(field, _)| MissingPart {
            seq: at.seq,
            field: field.to_owned(),
        })
    });
    Ok(sealed.filter(|part| !held.contains(part)).collect())
}

/// Originals that ops of this push name and that have not arrived, newest first. Of the whole journal only the log status
/// tells: with each push that would be a list of the day, and its reading as long as the journal.
fn missing_photos_of(tx: &Transaction<'_>, checked: &Checked<'_>) -> Result<Vec<Sha256Hash>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_missing_photos_of_run.sql"))?;
    let (log, before, last) = range(checked);
    let rows = read.query_map((log, before, last, row::stored(MAX_MISSING_PHOTOS as u64)), |row| {
        row::hash(row, 0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Originals that this journal names and that have not arrived, newest first; not those that the phone has lost. With
/// `after`, those behind it in that order.
pub(super) fn missing_photos(
    tx: &Transaction<'_>,
    log: LogId,
    after: Option<Sha256Hash>,
) -> Result<Vec<Sha256Hash>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_missing_photos.sql"))?;
    let after = after.map(|after| *after.as_bytes());
    let rows = read.query_map((log.as_bytes(), row::stored(MAX_MISSING_PHOTOS as u64), after), |row| {
        row::hash(row, 0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
