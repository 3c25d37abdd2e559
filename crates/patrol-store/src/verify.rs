//! Checking that the phone still holds what it wrote: chain, words, originals, views, and the file itself.
//!
//! Everything is recomputed from stored bytes. Nothing is changed: the views are made again in a transaction that is
//! given up. What a damaged file took with it and a salvage has named is told apart from what is newly wrong.

mod views;

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{Body, Head, LogId, Op, OpId, Seq, Sha256Hash};
use patrol_sqlite::Transaction;

use crate::error::StoreError;
use crate::journal::{StoredOp, from_column, list_logs, list_ops};
use crate::marker::read_marker;
use crate::store::Store;
use crate::vault::VaultError;

const STRIDE: i64 = 500;

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// The chain does not continue at this op.
    #[error("journal {log}: op {seq} does not continue the chain")]
    Chain {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// Ops are missing and no salvage has said so.
    #[error("journal {log}: ops {from} to {to} are missing")]
    Gap {
        /// The journal.
        log: LogId,
        /// The first missing position.
        from: u64,
        /// The last missing position.
        to: u64,
    },
    /// The bytes are no op.
    #[error("journal {log}: op {seq} cannot be read")]
    Unreadable {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// A personal field's words are not those that were sealed, or are gone.
    #[error("journal {log}: the words `{field}` of op {seq} are missing or not those that were sealed")]
    Words {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
        /// The field.
        field: String,
    },
    /// An original that an op names is not in the vault, and no op says that it is lost.
    #[error("original {0} is missing")]
    OriginalMissing(Sha256Hash),
    /// An original's file is not what was written, and no op says so.
    #[error("original {0} is damaged")]
    OriginalDamaged(Sha256Hash),
    /// An original has no row, so it is shown nowhere (the next start adopts it).
    #[error("original {0} lies in the vault and nothing knows it")]
    OriginalUnknown(Sha256Hash),
    /// A view is not what the journal says.
    #[error("the view `{0}` is not what the journal says")]
    View(&'static str),
    /// The journal does not contain what the marker says has left the phone.
    #[error("the marker says that op {seq} of journal {log} has left this phone, and it is not here")]
    Marker {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// The database says that its file is damaged.
    #[error("the database file: {0}")]
    File(String),
}

/// What was looked at and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Each journal and how far it goes.
    pub logs: Vec<(LogId, Seq)>,
    /// How many ops were read.
    pub ops: u64,
    /// How many originals were read whole.
    pub originals: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many originals were cleared away because the station is certain to keep them.
    pub pruned: u64,
    /// How many ops and originals are gone and known to be.
    pub known_lost: u64,
    /// Everything that is not as it was written.
    pub differences: Vec<Difference>,
}

impl Store {
    /// Looks at everything.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read at all; what can be read and is wrong is a [`Difference`].
    pub fn verify(&self) -> Result<Verification, StoreError> {
        let mut found = Verification::default();
        for message in self.database.check()? {
            found.differences.push(Difference::File(message));
        }
        let mut named = Named::default();
        self.read(|tx| {
            named.photos.extend(list_kept(tx)?);
            named
                .pruned
                .extend(list_hashes(tx, include_str!("verify/list_pruned.sql"))?);
            for (log, _) in list_logs(tx)? {
                verify_log(tx, log, &mut found, &mut named)?;
            }
            Ok::<_, StoreError>(())
        })?;
        self.verify_marker(&mut found)?;
        self.verify_originals(&named, &mut found)?;
        if self.views_are_whole()? {
            found
                .differences
                .extend(self.compare_views()?.into_iter().map(Difference::View));
        }
        Ok(found)
    }

    fn verify_marker(&self, found: &mut Verification) -> Result<(), StoreError> {
        let Some(marker) = read_marker(&*self.disk, &self.marker)? else {
            return Ok(());
        };
        let held = self.read(|tx| crate::journal::find_hash(tx, marker.log, marker.seq))?;
        if held != Some(marker.h) {
            found.differences.push(Difference::Marker {
                log: marker.log,
                seq: marker.seq.0,
            });
        }
        Ok(())
    }

    fn verify_originals(&self, named: &Named, found: &mut Verification) -> Result<(), StoreError> {
        for sha256 in &named.photos {
            let difference = match self.vault.verify(*sha256) {
                Ok(bytes) => {
                    found.originals += 1;
                    found.bytes += bytes;
                    continue;
                }
                Err(VaultError::Missing(_)) => Difference::OriginalMissing(*sha256),
                Err(VaultError::Damaged(_)) => Difference::OriginalDamaged(*sha256),
                Err(error) => return Err(error.into()),
            };
            let is_pruned = named.pruned.contains(sha256);
            if is_pruned && matches!(difference, Difference::OriginalMissing(_)) {
                found.pruned += 1;
            } else if named.given_up.contains(sha256) {
                found.known_lost += 1;
            } else {
                found.differences.push(difference);
            }
        }
        for orphan in self.orphans()? {
            if let crate::shot::Orphan::Original(sha256, _) = orphan {
                found.differences.push(Difference::OriginalUnknown(sha256));
            }
        }
        Ok(())
    }
}

/// What ops of earlier positions and journals have said.
#[derive(Default)]
struct Named {
    photos: BTreeSet<Sha256Hash>,
    given_up: BTreeSet<Sha256Hash>,
    /// Cleared away on purpose: a verified backup of the station holds them.
    pruned: BTreeSet<Sha256Hash>,
    /// Ops of damaged files whose words are gone.
    wordless: BTreeSet<(OpId, &'static str)>,
}

fn verify_log(tx: &Transaction<'_>, log: LogId, found: &mut Verification, named: &mut Named) -> Result<(), StoreError> {
    let gaps = list_gaps(tx, log)?;
    let is_salvaged = is_salvaged(tx, log)?;
    let mut head = Head::start(log);
    loop {
        let ops = list_ops(tx, log, head.seq, STRIDE)?;
        if ops.is_empty() {
            // Behind the last op that is here, only a receipt or the marker can tell that there were more.
            let behind = gaps.range(head.seq.next().0..);
            found.known_lost += behind.map(|(from, to)| to - from + 1).sum::<u64>();
            found.logs.push((log, head.seq));
            return Ok(());
        }
        for op in ops {
            let expected = head.seq.next();
            if op.seq != expected {
                let (from, to) = (expected.0, op.seq.0.saturating_sub(1));
                if gaps.get(&from) == Some(&to) {
                    found.known_lost += to - from + 1;
                } else {
                    found.differences.push(Difference::Gap { log, from, to });
                }
            } else if head.extend(&op.bytes).hash != op.hash {
                found.differences.push(Difference::Chain { log, seq: op.seq.0 });
            }
            head = Head {
                seq: op.seq,
                hash: op.hash,
            };
            found.ops += 1;
            verify_op(log, &op, is_salvaged, found, named);
        }
    }
}

fn verify_op(log: LogId, stored: &StoredOp, is_salvaged: bool, found: &mut Verification, named: &mut Named) {
    let seq = stored.seq.0;
    let Ok(op) = Op::decode(&stored.bytes) else {
        found.differences.push(Difference::Unreadable { log, seq });
        return;
    };
    named.photos.extend(op.photos.iter().map(|photo| photo.sha256));
    match &op.body {
        Body::OriginalDamaged(body) => {
            named.given_up.insert(body.sha256);
        }
        Body::OriginalLost(body) => {
            named.given_up.insert(body.sha256);
        }
        _ => {}
    }
    for (field, sealed) in op.body.sealed() {
        let part = stored.parts.iter().find(|part| part.field == field);
        match part {
            Some(part) if part.seal() == sealed => {}
            None if is_salvaged => {
                found.known_lost += 1;
                named.wordless.insert((op.id, field));
            }
            // A journal that took the op over has it as it was saved; said once.
            None if named.wordless.contains(&(op.id, field)) => {}
            _ => found.differences.push(Difference::Words {
                log,
                seq,
                field: field.to_owned(),
            }),
        }
    }
}

/// Originals that no op names (yet): those of the draft, and those that were found.
fn list_kept(tx: &Transaction<'_>) -> Result<Vec<Sha256Hash>, StoreError> {
    list_hashes(tx, include_str!("verify/list_kept.sql"))
}

fn list_hashes(tx: &Transaction<'_>, sql: &str) -> Result<Vec<Sha256Hash>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|sha256| Sha256Hash::from_slice(&sha256?).ok_or(StoreError::Column("draft_photo.sha256")))
        .collect()
}

/// First → last position of each piece that a salvage has named as gone.
fn list_gaps(tx: &Transaction<'_>, log: LogId) -> Result<BTreeMap<u64, u64>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("verify/list_gaps.sql"))?;
    let rows = statement.query_map([log.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (from, to) = row?;
        Ok((from_column(from)?.0, from_column(to)?.0))
    })
    .collect()
}

fn is_salvaged(tx: &Transaction<'_>, log: LogId) -> Result<bool, StoreError> {
    let count: i64 = tx
        .prepare_cached(include_str!("marker/count_salvaged.sql"))?
        .query_row([log.as_bytes().as_slice()], |row| row.get(0))?;
    Ok(count > 0)
}
