//! Giving out changes: pages behind a cursor, and clearing away what no phone needs any more.

use std::sync::atomic::Ordering;

use patrol_domain::{DeviceId, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::{Change, ChangesReply, Cursor, DeviceState};

use super::change::{Scope, read_body, scope};
use super::epoch::{EpochReason, epoch};
use super::{Inner, row};
use crate::store::StoreError;

/// The most changes of one page.
pub(super) const MAX_CHANGES: u64 = 500;

/// A page ends behind the change that makes its bodies longer than this, in bytes.
const MAX_PAGE_BYTES: usize = 256 * 1024;

/// How long a phone may stay away and still go on where it was.
const KEEP_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// How often old changes are looked for.
const CLEAR_EVERY_MS: i64 = 24 * 60 * 60 * 1000;

impl Inner {
    pub(super) fn changes(
        &self,
        device: DeviceId,
        cursor: Option<&Cursor>,
        limit: u64,
    ) -> Result<ChangesReply, StoreError> {
        let now = self.ports.clock.now();
        self.database.read(|tx| match device_state(tx, device)? {
            DeviceState::Active => Ok(()),
            DeviceState::Retired => Err(StoreError::Retired),
            DeviceState::Unknown => Err(StoreError::Unauthorised),
        })?;
        if let Some(cursor) = cursor {
            self.notice_unmade_change(device, cursor)?;
        }
        self.database.read(|tx| {
            let scope = scope(tx, device)?;
            let from = cursor.map_or(Ok(0), |cursor| self.find(tx, device, scope, cursor))?;
            let (changes, end) = page(tx, device, from, limit.clamp(1, MAX_CHANGES))?;
            let (seq, hash, sum) = match end {
                Some((seq, hash)) => (seq, hash, None),
                None => (scope.seq, scope.hash, Some(scope.sum)),
            };
            let epoch = epoch(tx)?;
            let hash = self.shown_hash(device, &epoch, scope, seq, hash);
            Ok(ChangesReply {
                changes,
                next: Cursor { epoch, seq, hash },
                scope: sum,
                server_ms: now,
            })
        })
    }

    /// A phone says how far it has read under this epoch. More than was ever given out means that the machine was set
    /// back together with its marker. Only a cursor that this station has given out to this phone says so.
    fn notice_unmade_change(&self, device: DeviceId, cursor: &Cursor) -> Result<(), StoreError> {
        if !self.is_ours(device, cursor) {
            return Ok(());
        }
        let beyond = self.database.read(|tx| {
            let made = scope(tx, device)?.seq;
            Ok::<_, StoreError>(cursor.seq > made && epoch(tx)? == cursor.epoch)
        })?;
        if beyond {
            tracing::error!(%device, seq = cursor.seq, "a phone has read changes that were never made");
            self.begin_epoch(&cursor.epoch, EpochReason::CursorAboveOwn)?;
        }
        Ok(())
    }

    /// The number behind which a cursor asks; [`StoreError::CursorGone`] when it was not given out in this life of the
    /// database, or before something was cleared away that its phone has not heard of.
    fn find(&self, tx: &Transaction<'_>, device: DeviceId, scope: Scope, cursor: &Cursor) -> Result<u64, StoreError> {
        let hash = if cursor.seq == 0 {
            Some(Sha256Hash::from_bytes([0; 32]))
        } else if cursor.seq == scope.floor {
            // Whoever was there has heard of all that was cleared away.
            scope.floor_hash
        } else {
            tx.prepare_cached(include_str!("sql/read_change_hash.sql"))?
                .query_row((device.as_bytes(), row::stored(cursor.seq)), |row| row::hash(row, 0))
                .optional()?
        };
        let is_known =
            hash.is_some_and(|hash| self.shown_hash(device, &cursor.epoch, scope, cursor.seq, hash) == cursor.hash);
        if is_known && cursor.epoch == epoch(tx)? {
            Ok(cursor.seq)
        } else {
            Err(StoreError::CursorGone)
        }
    }

    /// Clears away old changes, if that was not done within a day.
    pub(super) fn clear_changes_daily(&self, now: StationMs) -> Result<(), StoreError> {
        let last = self.cleared_ms.load(Ordering::Relaxed);
        if now.0.saturating_sub(last) < CLEAR_EVERY_MS {
            return Ok(());
        }
        self.cleared_ms.store(now.0, Ordering::Relaxed);
        let before = now.0.saturating_sub(KEEP_MS);
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("sql/raise_floors.sql"))?
                .execute([before])?;
            tx.prepare_cached(include_str!("sql/clear_changes.sql"))?
                .execute([before])?;
            Ok(())
        })
    }
}

impl Inner {
    /// What a cursor shows as its hash: 16 bytes of the rolling hash, and the station's mark. Below the floor the first
    /// half depends on the floor: a phone that reads everything anew passes there and may go on, one that was there before
    /// something was cleared away may not.
    fn shown_hash(&self, device: DeviceId, epoch: &str, scope: Scope, seq: u64, hash: Sha256Hash) -> Sha256Hash {
        let rolling = if seq >= scope.floor {
            hash
        } else {
            Sha256Hash::of_all(&[b"xgc3", hash.as_bytes(), &scope.floor.to_be_bytes()])
        };
        let mut shown = *rolling.as_bytes();
        let mark = self.key.mark(&marked(device, epoch, seq));
        shown.iter_mut().skip(16).zip(mark).for_each(|(to, from)| *to = from);
        Sha256Hash::from_bytes(shown)
    }

    /// Whether this station has given this cursor out to this phone, in whatever life of its database.
    fn is_ours(&self, device: DeviceId, cursor: &Cursor) -> bool {
        let mark = self.key.mark(&marked(device, &cursor.epoch, cursor.seq));
        let shown = cursor.hash.as_bytes().iter().skip(16);
        shown.zip(mark).all(|(shown, mark)| *shown == mark)
    }
}

/// What the mark in a cursor is bound to.
fn marked(device: DeviceId, epoch: &str, seq: u64) -> Vec<u8> {
    [device.as_bytes().as_slice(), epoch.as_bytes(), &seq.to_be_bytes()].concat()
}

/// Where a phone stands.
pub(super) fn device_state(tx: &Transaction<'_>, device: DeviceId) -> Result<DeviceState, StoreError> {
    let state: Option<i64> = tx
        .prepare_cached(include_str!("sql/read_device_state.sql"))?
        .query_row([device.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(match state {
        Some(1) => DeviceState::Active,
        Some(2) => DeviceState::Retired,
        Some(_) | None => DeviceState::Unknown,
    })
}

/// Where a page ends when more follow: the last change's number and the rolling hash there.
type PageEnd = Option<(u64, Sha256Hash)>;

fn page(tx: &Transaction<'_>, device: DeviceId, from: u64, limit: u64) -> Result<(Vec<Change>, PageEnd), StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_changes.sql"))?;
    // One more than asked for tells whether there is another page.
    let mut rows = read.query((device.as_bytes(), row::stored(from), row::stored(limit + 1)))?;
    let (mut changes, mut end, mut bytes) = (Vec::new(), None, 0);
    while let Some(row) = rows.next()? {
        if changes.len() as u64 == limit || bytes > MAX_PAGE_BYTES {
            return Ok((changes, end));
        }
        let body: Option<String> = row.get(3)?;
        bytes += body.as_ref().map_or(0, String::len);
        let seq = row::count(row, 0)?;
        changes.push(Change {
            seq,
            kind: row.get(1)?,
            id: row.get(2)?,
            body: body.as_deref().map(read_body).transpose()?,
        });
        end = Some((seq, row::hash(row, 4)?));
    }
    Ok((changes, None))
}
