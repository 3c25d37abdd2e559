//! A running phone goes on in another journal, because the station holds another op where this one was going, or more of
//! it than the phone.
//!
//! All of it is one transaction of the write gate: an op that is saved at the same moment stands in front of it and is
//! adopted, or behind it in the new journal. Op bytes name no journal, so whoever makes them need not be told.

use patrol_domain::op::{Adopted, OpenReason};
use patrol_domain::{Head, LogId, Op, Seq, Sha256Hash};
use patrol_sqlite::DatabaseError;

use crate::error::StoreError;
use crate::journal::{Current, Journal, adopt, find_current, find_hash, from_column, to_column};
use crate::marker::{Beginning, begin_behind, find_unheld};
use crate::store::{Store, begin_within};

/// A journal before the one in use that the station has signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierLog {
    /// The journal.
    pub log: LogId,
    /// Up to where it is signed for.
    pub acked: Head,
    /// The station's epoch when that was last compared.
    pub epoch: String,
}

impl Store {
    /// Begins the journal `log` behind `from`, the one in use. Everything behind `confirmed` (what the station holds of
    /// `from` as this phone does, at this moment) or without a receipt is taken over, signed for once or not. `build` gives
    /// the journal's first op, and for each piece that is taken over the op that says so.
    ///
    /// # Errors
    /// What `build` refuses, or [`StoreError`]; the phone then goes on in the old journal. [`StoreError::NoJournal`] when
    /// `from` is not the one in use.
    pub fn succeed_journal<E>(
        &self,
        log: LogId,
        from: LogId,
        reason: OpenReason,
        confirmed: Seq,
        mut build: impl FnMut(&Beginning) -> Result<(Op, Vec<(Op, Adopted)>), E>,
    ) -> Result<(), E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        let install: [u8; 16] = self.random();
        // As at a start: without its database the new marker only makes the next start begin anew.
        self.write_marker(log, &install, Head::start(log))?;
        let begun = self.write(|tx| {
            let Current { journal, .. } = find_current(tx)?
                .filter(|current| current.journal.log == from)
                .ok_or(StoreError::NoJournal)?;
            let beginning = begin_behind(tx, journal, reason, Some(confirmed))?;
            let (first, adopted) = build(&beginning)?;
            let journal = Journal {
                log,
                author: journal.author,
            };
            begin_within(tx, &install, journal, &first, &adopted)?;
            Ok(())
        });
        if begun.is_err()
            && let Err(error) = self.mark_leaving()
        {
            tracing::warn!(%error, "the marker speaks of a journal that was not begun; the next start begins one");
        }
        begun
    }

    /// The journals before the one in use that the station has signed for, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn earlier_logs(&self) -> Result<Vec<EarlierLog>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("succession/list_earlier.sql"))?;
            let mut rows = statement.query([])?;
            let mut logs = Vec::new();
            while let Some(row) = rows.next()? {
                let (log, hash): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(2)?);
                logs.push(EarlierLog {
                    log: LogId::from_slice(&log).ok_or(StoreError::Column("sync_log.log"))?,
                    acked: Head {
                        seq: from_column(row.get(1)?)?,
                        hash: Sha256Hash::from_slice(&hash).ok_or(StoreError::Column("sync_log.acked_hash"))?,
                    },
                    epoch: row.get(3)?,
                });
            }
            Ok(logs)
        })
    }

    /// The chain's value at a position of any journal of this phone; `None` beyond its head.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn hash_in(&self, log: LogId, seq: Seq) -> Result<Option<Sha256Hash>, StoreError> {
        self.read(|tx| find_hash(tx, log, seq))
    }

    /// Takes over what the station has lost of an earlier journal, behind `confirmed`, as far as no later journal has it.
    /// `build` gives the op that says so. Whether there was anything.
    ///
    /// # Errors
    /// What `build` refuses, or [`StoreError`]; nothing was taken over then.
    pub fn adopt_again<E>(
        &self,
        log: LogId,
        confirmed: Seq,
        mut build: impl FnMut(Adopted) -> Result<Op, E>,
    ) -> Result<bool, E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.write(|tx| {
            let from_seq = confirmed.next();
            let Some(to_seq) = find_unheld(tx, log, from_seq)? else {
                return Ok(false);
            };
            let adopted = Adopted { log, from_seq, to_seq };
            adopt(tx, &build(adopted)?, adopted)?;
            Ok(true)
        })
    }

    /// The station has been compared with, in this epoch; what it says is safe counts in no other.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn record_epoch(&self, log: LogId, epoch: &str, safe: Seq) -> Result<(), StoreError> {
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("succession/write_epoch.sql"))?
                .execute((log.as_bytes().as_slice(), epoch, to_column(safe)))?;
            Ok(())
        })
    }

    /// The station may have lost any thumbnail: all are sent again, being small.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn forget_thumbnails(&self) -> Result<(), StoreError> {
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("outbox/forget_thumbnails.sql"))?
                .execute([])?;
            Ok(())
        })
    }
}
