//! What a phone compares with: the chain's value at a position, and a count of all that is held.

use patrol_domain::{DeviceId, Head, LogId, Seq, StationMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::{AuditReply, Counter, HeadReply, JournalCount};

use super::append::held;
use super::read::complete_photos;
use super::{Inner, row};
use crate::store::StoreError;

impl Inner {
    pub(super) fn head(&self, device: DeviceId, log: LogId, seq: Seq) -> Result<HeadReply, StoreError> {
        self.database.read(|tx| {
            held(tx, device, log)?.ok_or(StoreError::NotFound)?;
            let head_hash = if seq == Seq(0) {
                Head::start(log).hash
            } else {
                tx.prepare_cached(include_str!("sql/read_hash.sql"))?
                    .query_row((log.as_bytes(), row::stored(seq.0)), |row| row::hash(row, 0))
                    .optional()?
                    .ok_or(StoreError::NotFound)?
            };
            Ok(HeadReply {
                epoch: super::epoch::epoch(tx)?,
                seq,
                head_hash,
            })
        })
    }

    /// Counts as far as the phone did, or as far as the journal is held.
    pub(super) fn audit(&self, device: DeviceId, log: LogId, phone: &JournalCount) -> Result<AuditReply, StoreError> {
        let now = self.ports.clock.now();
        let (mut counter, complete) = self.database.read(|tx| {
            held(tx, device, log)?.ok_or(StoreError::NotFound)?;
            Ok::<_, StoreError>((count_ops(tx, log, phone.seq)?, complete_photos(tx, log)?))
        })?;
        // Files are looked at after the transaction: a long reader would keep the write-ahead log from being emptied.
        for (sha256, extension, bytes) in complete {
            if self.is_whole(sha256, bytes, &extension)? {
                counter.add_photo(sha256, bytes);
            }
        }
        let station = counter.finish();
        Ok(reply(phone, station, now))
    }
}

fn count_ops(tx: &Transaction<'_>, log: LogId, up_to: Seq) -> Result<Counter, StoreError> {
    let mut counter = Counter::new(log);
    let mut read = tx.prepare_cached(include_str!("sql/list_ops_up_to.sql"))?;
    let mut rows = read.query((log.as_bytes(), row::stored(up_to.0)))?;
    while let Some(row) = rows.next()? {
        counter.add_op(row.get_ref(0)?.as_blob().map_err(|_| StoreError::Stored("op"))?);
    }
    Ok(counter)
}

fn reply(phone: &JournalCount, station: JournalCount, server_ms: StationMs) -> AuditReply {
    AuditReply {
        equal: *phone == station,
        station,
        server_ms,
    }
}
