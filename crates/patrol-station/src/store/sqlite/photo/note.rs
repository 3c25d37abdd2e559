//! The rows of complete originals, and their receipts.
//!
//! A commit waits for the disk, and whoever comes meanwhile waits for the commit. So those who wait are written down
//! together by the first of them: one sync for all, while one that comes alone is not delayed by a moment.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patrol_domain::{CaseId, DeviceId, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_wire::{PhotoReceipt, PhotoReply};

use super::super::apply::Touched;
use super::super::settle::settle;
use super::super::{Inner, row};
use super::stored_reply;
use crate::durable::Content;
use crate::store::StoreError;

/// What a note came to, once it was written.
type Outcome = Arc<Mutex<Option<Result<PhotoReply, StoreError>>>>;

/// An original whose rows are to be written.
struct Note {
    device: DeviceId,
    content: Content,
    /// Signed before its turn comes; given out only when nothing was signed before and the rows are durable.
    reply: PhotoReply,
    now: StationMs,
    outcome: Outcome,
}

/// Notes that wait for a commit.
#[derive(Default)]
pub(in super::super) struct Notes {
    waiting: Mutex<Vec<Note>>,
    turn: Mutex<()>,
}

/// What is held under these locks is whole after every call: a panic elsewhere leaves it usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// Writes the rows of a complete original; its receipt.
    pub(super) fn note_photo(&self, device: DeviceId, content: Content) -> Result<PhotoReply, StoreError> {
        let now = self.ports.clock.now();
        let receipt = PhotoReceipt {
            sha256: content.sha256,
            bytes: content.bytes,
            device,
            station_ms: now,
        };
        let outcome = Outcome::default();
        let note = Note {
            device,
            content,
            reply: PhotoReply {
                receipt: self.key.sign(receipt)?,
            },
            now,
            outcome: Arc::clone(&outcome),
        };
        lock(&self.notes.waiting).push(note);
        let _turn = lock(&self.notes.turn);
        if let Some(written) = lock(&outcome).take() {
            return written;
        }
        let waiting = std::mem::take(&mut *lock(&self.notes.waiting));
        self.write_notes(&waiting);
        let written = lock(&outcome).take();
        // Whoever took it along did not come to its end.
        written.unwrap_or(Err(StoreError::Stopped))
    }

    /// All in one transaction; when that fails each in its own, so that one's trouble is not another's.
    fn write_notes(&self, notes: &[Note]) {
        match self.database.write(|tx| insert(tx, notes)) {
            Ok(replies) => {
                for (note, reply) in notes.iter().zip(replies) {
                    *lock(&note.outcome) = Some(Ok(reply));
                }
            }
            Err(error) => match notes {
                [note] => *lock(&note.outcome) = Some(Err(error)),
                notes => notes.chunks(1).for_each(|note| self.write_notes(note)),
            },
        }
    }
}

/// The rows of these originals; what each phone is told.
fn insert(tx: &Transaction<'_>, notes: &[Note]) -> Result<Vec<PhotoReply>, StoreError> {
    let mut touched = Touched::default();
    let mut replies = Vec::with_capacity(notes.len());
    for note in notes {
        let Note {
            device,
            content,
            reply,
            now,
            outcome: _,
        } = note;
        if let Some(stored) = stored_reply(tx, *device, content.sha256)? {
            replies.push(stored.reply);
            continue;
        }
        tx.prepare_cached(include_str!("../sql/insert_photo.sql"))?.execute((
            content.sha256.as_bytes(),
            row::stored(content.bytes),
            content.extension,
            now.0,
        ))?;
        let text = serde_json::to_string(reply).map_err(|_| StoreError::Stored("photo receipt"))?;
        tx.prepare_cached(include_str!("../sql/insert_photo_of_device.sql"))?
            .execute((device.as_bytes(), content.sha256.as_bytes(), text, now.0))?;
        touched.cases.extend(cases_of_photo(tx, *device, content.sha256)?);
        replies.push(reply.clone());
    }
    if let Some(now) = notes.iter().map(|note| note.now).max() {
        settle(tx, touched, now)?;
    }
    Ok(replies)
}

/// The cases that an original of this phone counts for.
fn cases_of_photo(tx: &Transaction<'_>, device: DeviceId, sha256: Sha256Hash) -> Result<BTreeSet<CaseId>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("../sql/list_cases_of_photo.sql"))?;
    let rows = read.query_map((device.as_bytes(), sha256.as_bytes()), |row| {
        row::id(row, 0, CaseId::from_slice)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
