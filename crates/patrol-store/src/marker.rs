//! What tells a copied or rolled-back database: a marker outside it, and what follows from comparing the two.
//!
//! The marker holds the journal, a value that only this install knows, and a position that had left the phone. It is made
//! durable before anything leaves the phone, not at each save, so a database that is ahead of it is normal. A database
//! that does not contain it was copied or set back: it goes on in a *new* journal, so that no position is ever given to
//! two different ops.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use patrol_domain::hash::{decode_hex, encode_hex};
use patrol_domain::op::{Adopted, OpenReason, Predecessor};
use patrol_domain::{Head, LogId, PersonId, Seq, Sha256Hash};
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_sqlite::{Disk, Transaction};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::journal::{Current, Journal, find_current, find_hash, find_head, from_column, list_logs};
use crate::store::Store;

/// A marker is some 250 bytes; a longer file is none.
const MAX_MARKER_BYTES: u64 = 4096;

/// The marker as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    pub(crate) log: LogId,
    /// 16 bytes in hexadecimal.
    pub(crate) install: String,
    pub(crate) seq: Seq,
    pub(crate) h: Sha256Hash,
}

/// What the phone has to do before it records anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Go on in this journal.
    Continues(Journal),
    /// Begin a journal.
    Begins(Beginning),
}

/// How a journal has to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// Why.
    pub reason: OpenReason,
    /// The journal before it, as far as this phone knows it.
    pub predecessor: Option<Predecessor>,
    /// What the new journal takes over from those before it: all that the station has not signed for and that stands in
    /// no later one.
    pub adopted: Vec<Adopted>,
    /// The person who recorded until now.
    pub author: Option<PersonId>,
}

impl Beginning {
    const FIRST: Self = Self {
        reason: OpenReason::First,
        predecessor: None,
        adopted: Vec::new(),
        author: None,
    };
}

impl Store {
    /// Compares the database with the marker outside it.
    ///
    /// # Errors
    /// [`StoreError`] when one of the two cannot be read.
    pub(crate) fn find_standing(&self) -> Result<Standing, StoreError> {
        let marker = read_marker(&*self.disk, &self.marker)?;
        let standing = self.read(|tx| {
            let Some(Current { journal, .. }) = find_current(tx)? else {
                let has_originals = !self.vault.list()?.is_empty();
                return Ok((begin_without_journal(marker.as_ref(), has_originals), None));
            };
            if is_salvaged(tx, journal.log)? {
                return Ok((
                    Standing::Begins(begin_behind(tx, journal, OpenReason::Salvage, None)?),
                    None,
                ));
            }
            let Some(install) = read_nonce(tx)? else {
                // Begun before there were markers.
                return Ok((Standing::Continues(journal), Some(find_head(tx, journal.log)?.0)));
            };
            let reason = match &marker {
                Some(marker) if marker.install == encode_hex(&install) => {
                    let found = find_hash(tx, marker.log, marker.seq)?;
                    (marker.log != journal.log || found != Some(marker.h)).then_some(OpenReason::Rollback)
                }
                _ => Some(OpenReason::Copy),
            };
            Ok::<_, StoreError>(match reason {
                Some(reason) => (Standing::Begins(begin_behind(tx, journal, reason, None)?), None),
                None => (Standing::Continues(journal), None),
            })
        })?;
        if let (Standing::Continues(journal), Some(head)) = &standing {
            let install: [u8; 16] = self.random();
            self.write_marker(journal.log, &install, *head)?;
            self.database.write(|tx| write_nonce(tx, &install))?;
        }
        Ok(standing.0)
    }

    /// Makes durable, outside the database, how far the journal goes. Called before anything leaves the phone, so that
    /// a copy that is behind it can be told.
    ///
    /// # Errors
    /// [`StoreError`]; nothing may leave the phone then.
    pub fn mark_leaving(&self) -> Result<Head, StoreError> {
        let (log, head, install) = self.read(|tx| {
            let Current { journal, .. } = find_current(tx)?.ok_or(StoreError::NoJournal)?;
            let install = read_nonce(tx)?.ok_or(StoreError::Column("install.nonce"))?;
            Ok::<_, StoreError>((journal.log, find_head(tx, journal.log)?.0, install))
        })?;
        let marked = read_marker(&*self.disk, &self.marker)?;
        if !marked.is_some_and(|marked| marked.log == log && marked.seq == head.seq) {
            self.write_marker(log, &install, head)?;
        }
        Ok(head)
    }

    pub(crate) fn write_marker(&self, log: LogId, install: &[u8; 16], head: Head) -> Result<(), StoreError> {
        let marker = Marker {
            log,
            install: encode_hex(install),
            seq: head.seq,
            h: head.hash,
        };
        let text = serde_json::to_vec(&marker)?;
        write_whole(&*self.disk, &self.marker, &text).map_err(StoreError::Marker)
    }
}

/// A database without a journal: a first start, or one that was lost although originals or what had left the phone tell
/// of it.
fn begin_without_journal(marker: Option<&Marker>, has_originals: bool) -> Standing {
    let left = marker.filter(|marker| marker.seq > Seq(0));
    if left.is_none() && !has_originals {
        return Standing::Begins(Beginning::FIRST);
    }
    Standing::Begins(Beginning {
        reason: OpenReason::Salvage,
        predecessor: left.map(|marker| Predecessor {
            log: marker.log,
            seq: marker.seq,
            h: marker.h,
        }),
        ..Beginning::FIRST
    })
}

/// A journal behind another one takes over what the station has not signed for; of the one in use also what it has signed
/// for and does not hold any more, behind `confirmed`.
pub(crate) fn begin_behind(
    tx: &Transaction<'_>,
    journal: Journal,
    reason: OpenReason,
    confirmed: Option<Seq>,
) -> Result<Beginning, StoreError> {
    let Journal { log, author } = journal;
    let (head, _) = find_head(tx, log)?;
    let mut adopted = Vec::new();
    let mut later = BTreeSet::new();
    for (log, _) in list_logs(tx)?.into_iter().rev() {
        let acked: i64 = tx
            .prepare_cached(include_str!("marker/find_acked.sql"))?
            .query_row([log.as_bytes().as_slice()], |row| row.get(0))
            .optional()?
            .unwrap_or(0);
        let acked = from_column(acked)?;
        let held = confirmed
            .filter(|_| log == journal.log)
            .map_or(acked, |seq| seq.min(acked));
        let from = held.next();
        let ids = list_ids(tx, log)?;
        let waits = |(seq, id, is_control): &(Seq, Vec<u8>, bool)| *seq >= from && !is_control && !later.contains(id);
        if let Some((last, ..)) = ids.iter().rev().find(|op| waits(op)) {
            adopted.push(Adopted {
                log,
                from_seq: from,
                to_seq: *last,
            });
        }
        later.extend(ids.into_iter().map(|(_, id, _)| id));
    }
    // The oldest first: a case is opened before it is amended.
    adopted.reverse();
    Ok(Beginning {
        reason,
        predecessor: (head.seq > Seq(0)).then_some(Predecessor {
            log,
            seq: head.seq,
            h: head.hash,
        }),
        adopted,
        author: Some(author),
    })
}

/// The last op of a journal from a position on that a later journal has to take over; `None` when there is none.
pub(crate) fn find_unheld(tx: &Transaction<'_>, log: LogId, from: Seq) -> Result<Option<Seq>, StoreError> {
    let mut later = BTreeSet::new();
    for (other, _) in list_logs(tx)?.into_iter().rev().take_while(|(other, _)| *other != log) {
        later.extend(list_ids(tx, other)?.into_iter().map(|(_, id, _)| id));
    }
    let ids = list_ids(tx, log)?;
    let mut unheld = ids
        .iter()
        .rev()
        .filter(|(_, id, is_control)| !is_control && !later.contains(id));
    Ok(unheld.next().map(|(seq, ..)| *seq).filter(|seq| *seq >= from))
}

/// Positions and ids of a journal's ops, and whether each is about the journal itself.
fn list_ids(tx: &Transaction<'_>, log: LogId) -> Result<Vec<(Seq, Vec<u8>, bool)>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("marker/list_ids.sql"))?;
    let rows = statement.query_map([log.as_bytes().as_slice()], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    rows.map(|row| {
        let (seq, id, is_control) = row?;
        Ok((from_column(seq)?, id, is_control))
    })
    .collect()
}

/// A journal that came out of a damaged file is never written to again: what stood behind its end is not known.
fn is_salvaged(tx: &Transaction<'_>, log: LogId) -> Result<bool, StoreError> {
    let found: i64 = tx
        .prepare_cached(include_str!("marker/count_salvaged.sql"))?
        .query_row([log.as_bytes().as_slice()], |row| row.get(0))?;
    Ok(found > 0)
}

fn read_nonce(tx: &Transaction<'_>) -> Result<Option<[u8; 16]>, StoreError> {
    let found: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("marker/read_nonce.sql"))?
        .query_row([], |row| row.get(0))
        .optional()?;
    found
        .map(|nonce| nonce.try_into().map_err(|_| StoreError::Column("install.nonce")))
        .transpose()
}

pub(crate) fn write_nonce(tx: &Transaction<'_>, nonce: &[u8; 16]) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("marker/write_nonce.sql"))?
        .execute([nonce.as_slice()])?;
    Ok(())
}

/// `None` when there is none, or what is there is no marker: both mean that this is not the install it was.
pub(crate) fn read_marker(disk: &dyn Disk, path: &Path) -> Result<Option<Marker>, StoreError> {
    let file = match disk.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(StoreError::Marker)?,
    };
    let mut bytes = Vec::new();
    if let Err(error) = file.take(MAX_MARKER_BYTES).read_to_end(&mut bytes) {
        tracing::warn!(%error, "the marker cannot be read");
        return Ok(None);
    }
    let marker: Option<Marker> = serde_json::from_slice(&bytes).ok();
    Ok(marker.filter(|marker| decode_hex::<16>(&marker.install).is_some()))
}

/// Replaces a small file: the old one or the new one is there, never half of either.
fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    disk.make_folder(folder)?;
    let side = path.with_extension("new");
    if disk.length(&side)?.is_some() {
        disk.remove(&side)?;
    }
    let mut file = disk.create(&side)?;
    file.write_all(bytes)?;
    file.sync()?;
    disk.rename(&side, path)?;
    disk.sync_folder(folder)
}
