//! What has yet to reach the station, and what the station has signed for.
//!
//! There is no queue that could disagree with the journal: what waits is what lies behind the last receipt.

use patrol_domain::{BootId, BootMs, ClockOffset, Head, Op, PhotoSource, Seq, Sha256Hash, StationMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::{OptionalExtension as _, Row, ToSql, named_params};

use crate::error::StoreError;
use crate::journal::{Journal, StoredReceipt, append, find_journal, from_column, to_column};
use crate::store::Store;

/// Up to where the station has signed for the journal in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProgress {
    /// The last position with a verified receipt, and the chain's value there.
    pub acked: Head,
    /// The station's epoch at that receipt.
    pub epoch: Option<String>,
    /// The newest receipt.
    pub receipt: Option<StoredReceipt>,
}

/// What the station once signed for and turned out not to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBefore {
    /// Up to where.
    pub seq: Seq,
    /// The station's epoch when that was last compared.
    pub epoch: String,
    /// Its signed receipt, JSON.
    pub receipt: String,
}

/// An original that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingPhoto {
    /// Its hash.
    pub sha256: Sha256Hash,
    /// Its length in bytes.
    pub bytes: u64,
    /// How it came in.
    pub source: PhotoSource,
    /// Whether bytes may already be at the station.
    pub begun: bool,
}

/// An original that the station has signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPhoto {
    /// Its hash.
    pub sha256: Sha256Hash,
    /// When the station signed, by its clock.
    pub station_ms: i64,
    /// The receipt as JSON.
    pub receipt: String,
}

/// Why an original cannot be sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoProblem {
    /// Its bytes are not those that were recorded.
    Damaged,
    /// Its file is gone.
    Lost,
}

impl PhotoProblem {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Lost => "lost",
        }
    }
}

/// The difference to the station's clock, as measured at a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockMeasurement {
    /// Station minus phone, in milliseconds.
    pub offset_ms: i64,
    /// Half the round trip, in milliseconds.
    pub err_ms: i64,
    /// The boot during which it was measured.
    pub boot_id: BootId,
    /// When, by that boot's clock.
    pub boot: BootMs,
    /// Whether the station stated that its own clock was synchronised; `None` when it cannot tell.
    pub is_synchronised: Option<bool>,
}

/// What the station has let this phone know of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// The value of the newest receipt.
    pub beacon: Option<String>,
    /// The last measured offset; only a measurement of the same boot has a known age.
    pub offset: Option<ClockOffset>,
}

impl Store {
    /// Up to where the station has signed for the journal in use.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn progress(&self) -> Result<LogProgress, StoreError> {
        self.read(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            let mut statement = tx.prepare_cached(include_str!("outbox/find_progress.sql"))?;
            let mut rows = statement.query([log.as_bytes().as_slice()])?;
            let Some(row) = rows.next()? else {
                return Ok(LogProgress {
                    acked: Head::start(log),
                    epoch: None,
                    receipt: None,
                });
            };
            let hash: Vec<u8> = row.get(1)?;
            let hash = Sha256Hash::from_slice(&hash).ok_or(StoreError::Column("sync_log.acked_hash"))?;
            let seq = from_column(row.get(0)?)?;
            let receipt = StoredReceipt {
                seq,
                head: hash,
                station_ms: row.get(3)?,
                beacon: row.get(4)?,
            };
            Ok(LogProgress {
                acked: Head { seq, hash },
                epoch: Some(row.get(2)?),
                receipt: Some(receipt),
            })
        })
    }

    /// The latest time that the station has signed, on this phone's knowledge; nothing before the first receipt.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest_station_time(&self) -> Result<Option<StationMs>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("outbox/find_station_time.sql"))?;
            Ok(statement
                .query_row([], |row| row.get::<_, Option<i64>>(0))?
                .map(StationMs))
        })
    }

    /// Moves the counter. The caller has verified the receipt's signature and that it speaks of this journal's bytes.
    ///
    /// # Errors
    /// [`StoreError`]; the counter stands where it was.
    pub fn record_receipt(
        &self,
        acked: Head,
        epoch: &str,
        safe: Seq,
        station_ms: i64,
        beacon: &str,
        receipt: &str,
    ) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            tx.prepare_cached(include_str!("outbox/write_progress.sql"))?
                .execute(named_params! {
                    ":log": log.as_bytes().as_slice(),
                    ":acked_seq": to_column(acked.seq),
                    ":acked_hash": acked.hash.as_bytes().as_slice(),
                    ":epoch": epoch,
                    ":safe_seq": to_column(safe),
                    ":station_ms": station_ms,
                    ":beacon": beacon,
                    ":receipt": receipt,
                })?;
            tx.prepare_cached(include_str!("outbox/delete_setback.sql"))?
                .execute([log.as_bytes().as_slice()])?;
            tx.prepare_cached(include_str!("outbox/raise_station_time.sql"))?
                .execute([station_ms])?;
            Ok(())
        })
    }

    /// The station holds less than it once signed for (it was restored): all ops and thumbnails wait again, and what it
    /// signed is kept to be shown ([`Store::signed_before`]). It says itself which originals it lacks
    /// ([`Store::forget_photo_receipts`]).
    ///
    /// # Errors
    /// [`StoreError`]; the counters stand where they were.
    pub fn rewind(&self) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            tx.prepare_cached(include_str!("outbox/keep_setback.sql"))?
                .execute([log.as_bytes().as_slice()])?;
            tx.prepare_cached(include_str!("outbox/delete_progress.sql"))?
                .execute([log.as_bytes().as_slice()])?;
            tx.prepare_cached(include_str!("outbox/forget_thumbnails.sql"))?
                .execute([])?;
            Ok(())
        })
    }

    /// What the station once signed for and did not hold any more when it was compared with; nothing once it has answered
    /// a push since.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn signed_before(&self) -> Result<Option<SignedBefore>, StoreError> {
        self.read(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            let found = tx
                .prepare_cached(include_str!("outbox/find_setback.sql"))?
                .query_row([log.as_bytes().as_slice()], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()?;
            let Some((seq, epoch, receipt)) = found else {
                return Ok(None);
            };
            let seq = from_column(seq)?;
            Ok(Some(SignedBefore { seq, epoch, receipt }))
        })
    }

    /// These originals are not at the station (any more): they wait again, whatever was signed.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn forget_photo_receipts(&self, photos: &[Sha256Hash]) -> Result<usize, StoreError> {
        self.database.write(|tx| {
            let mut forgotten = 0;
            for sha256 in photos {
                forgotten += tx
                    .prepare_cached(include_str!("outbox/forget_receipt.sql"))?
                    .execute([sha256.as_bytes().as_slice()])?;
            }
            Ok(forgotten)
        })
    }

    /// Photos whose op the station holds and whose thumbnail, of at most `largest` bytes, it does not, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn pending_thumbnails(&self, limit: usize, largest: usize) -> Result<Vec<PendingPhoto>, StoreError> {
        let largest = limit_of(largest);
        self.read(|tx| {
            let named = named_params! { ":limit": limit_of(limit), ":largest": largest };
            list_pending(tx, include_str!("outbox/list_thumbnails.sql"), named)
        })
    }

    /// Photos whose op the station holds and whose original it has not signed for, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn pending_originals(&self, limit: usize) -> Result<Vec<PendingPhoto>, StoreError> {
        self.read(|tx| {
            let named = named_params! { ":limit": limit_of(limit) };
            list_pending(tx, include_str!("outbox/list_originals.sql"), named)
        })
    }

    /// The station holds this thumbnail.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn record_thumbnail(&self, sha256: Sha256Hash) -> Result<(), StoreError> {
        self.mark(include_str!("outbox/mark_thumbnail.sql"), sha256)
    }

    /// Bytes of these originals are about to be sent; one commit for all, and none for none.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn record_begun(&self, photos: &[Sha256Hash]) -> Result<(), StoreError> {
        if photos.is_empty() {
            return Ok(());
        }
        self.database.write(|tx| {
            let mut mark = tx.prepare_cached(include_str!("outbox/mark_begun.sql"))?;
            for sha256 in photos {
                mark.execute([sha256.as_bytes().as_slice()])?;
            }
            Ok(())
        })
    }

    /// The station has signed for these originals, and the caller has verified the signatures; one commit for all.
    ///
    /// # Errors
    /// [`StoreError`]; the counter stands where it was.
    pub fn record_photo_receipts(&self, photos: &[SignedPhoto]) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let mut insert = tx.prepare_cached(include_str!("outbox/write_photo_receipt.sql"))?;
            for SignedPhoto {
                sha256,
                station_ms,
                receipt,
            } in photos
            {
                insert.execute((sha256.as_bytes().as_slice(), station_ms, receipt))?;
            }
            Ok(())
        })
    }

    /// An op says that this original cannot be sent any more; op and mark are one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn record_problem(&self, sha256: Sha256Hash, problem: PhotoProblem, op: &Op) -> Result<(), StoreError> {
        self.write(|tx| {
            append(tx, op, &[])?;
            let insert = include_str!("outbox/write_problem.sql");
            tx.prepare_cached(insert)?
                .execute((sha256.as_bytes().as_slice(), problem.as_str()))?;
            Ok(())
        })
    }

    /// Whether an op already says that this original cannot be sent.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn has_problem(&self, sha256: Sha256Hash) -> Result<bool, StoreError> {
        self.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("outbox/find_problem.sql"))?
                .query_row([sha256.as_bytes().as_slice()], |row| row.get(0))
                .optional()?;
            Ok(found.unwrap_or(false))
        })
    }

    /// The originals that the station has signed for, with their lengths.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn signed_photos(&self) -> Result<Vec<(Sha256Hash, u64)>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("outbox/list_signed.sql"))?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?;
            rows.map(|row| {
                let (sha256, bytes) = row?;
                let sha256 = Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("sync_photo.sha256"))?;
                Ok((sha256, u64::try_from(bytes).unwrap_or(0)))
            })
            .collect()
        })
    }

    /// Writes down the difference to the station's clock.
    ///
    /// # Errors
    /// [`StoreError`]; the former measurement stands.
    pub fn record_clock(&self, measured: ClockMeasurement) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let ClockMeasurement {
                offset_ms,
                err_ms,
                boot_id,
                boot,
                is_synchronised,
            } = measured;
            let boot_id = boot_id.0.hyphenated().to_string();
            tx.prepare_cached(include_str!("outbox/write_clock.sql"))?.execute((
                offset_ms,
                err_ms,
                boot_id,
                boot.0,
                is_synchronised,
            ))?;
            Ok(())
        })
    }

    /// What the station has let this phone know of time, for an op made at `now` of boot `boot_id`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn moment(&self, boot_id: BootId, now: BootMs) -> Result<Moment, StoreError> {
        self.read(|tx| read_moment(tx, boot_id, now))
    }

    fn mark(&self, sql: &str, sha256: Sha256Hash) -> Result<(), StoreError> {
        self.database.write(|tx| {
            tx.prepare_cached(sql)?.execute([sha256.as_bytes().as_slice()])?;
            Ok(())
        })
    }
}

/// Puts an original among those that the station has to sign for; one that is there already stays as it is.
pub(crate) fn expect_photo(tx: &Transaction<'_>, sha256: Sha256Hash) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("outbox/expect_photo.sql"))?
        .execute([sha256.as_bytes().as_slice()])?;
    Ok(())
}

pub(crate) fn read_moment(tx: &Transaction<'_>, boot_id: BootId, now: BootMs) -> Result<Moment, StoreError> {
    let beacon = match find_journal(tx)? {
        Some(Journal { log, .. }) => tx
            .prepare_cached(include_str!("outbox/find_beacon.sql"))?
            .query_row([log.as_bytes().as_slice()], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let measured = tx
        .prepare_cached(include_str!("outbox/find_clock.sql"))?
        .query_row([boot_id.0.hyphenated().to_string()], |row| {
            let synchronised: Option<bool> = row.get(3)?;
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get::<_, i64>(2)?,
                synchronised == Some(true),
            ))
        })
        .optional()?;
    let offset = measured.map(|(ms, err, measured, synchronised)| ClockOffset {
        ms,
        err,
        age: now.0.saturating_sub(measured).max(0),
        synchronised,
    });
    Ok(Moment { beacon, offset })
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn list_pending(
    tx: &Transaction<'_>,
    sql: &str,
    named: &[(&str, &dyn ToSql)],
) -> Result<Vec<PendingPhoto>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(named)?;
    let mut pending = Vec::new();
    while let Some(row) = rows.next()? {
        pending.push(row_to_pending(row)?);
    }
    Ok(pending)
}

fn row_to_pending(row: &Row<'_>) -> Result<PendingPhoto, StoreError> {
    let sha256: Vec<u8> = row.get(0)?;
    let source: String = row.get(2)?;
    Ok(PendingPhoto {
        sha256: Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("view_case_photo.sha256"))?,
        bytes: u64::try_from(row.get::<_, i64>(1)?).map_err(|_| StoreError::Column("view_case_photo.bytes"))?,
        source: PhotoSource::from_name(&source).ok_or(StoreError::Column("photo.source"))?,
        begun: row.get(3)?,
    })
}
