//! The station's own journal: each life of the database has one, chained like a phone's and told to the phones that it
//! speaks of.
//!
//! An op is written in the transaction of the thing that it speaks of, so that neither is ever there without the other.

use patrol_domain::id::IdMint;
use patrol_domain::op::Predecessor;
use patrol_domain::{DeviceId, Head, LogId, OpId, Seq, Sha256Hash, StationMs, WallMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::{self, OptionalExtension as _, Row};
use patrol_wire::Signed;
use patrol_wire::station_journal::{
    IdConflict, KIND_STATION_OP, OpPlace, StationHead, StationLogOpened, StationOp, StationOpBody, StationOpKind,
    StationOpenReason,
};

use super::{Inner, change, key, row};
use crate::ports::Ports;
use crate::store::{StationFacts, StationOpRow, StoreError};

/// How many ops are given out at once.
const STRIDE: i64 = 500;

/// A journal of the station's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StationJournal {
    /// Which.
    pub(super) log: LogId,
    /// The life of the database that it is of.
    pub(super) epoch: String,
    /// How far it goes.
    pub(super) head: Head,
}

/// An id for a journal that nobody had before.
pub(super) fn new_log(ports: &Ports) -> Result<LogId, StoreError> {
    let wall = WallMs(ports.clock.now().0);
    Ok(LogId::new(IdMint::default().next(wall, ports.random()?)))
}

/// The journal that is written; nothing in a database that kept none until now.
pub(super) fn present(tx: &Transaction<'_>) -> Result<Option<StationJournal>, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_station_journal.sql"))?
        .query_row([], read_journal)
        .optional()?)
}

/// All journals, the oldest first.
pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<StationJournal>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_station_journals.sql"))?;
    let rows = read.query_map([], read_journal)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_journal(row: &Row<'_>) -> rusqlite::Result<StationJournal> {
    Ok(StationJournal {
        log: row::id(row, 0, LogId::from_slice)?,
        epoch: row.get(1)?,
        head: Head {
            seq: row::seq(row, 2)?,
            hash: row::hash(row, 3)?,
        },
    })
}

/// Begins the journal of an epoch. It names the one before as far as this database knows it: of a journal whose end a
/// restore has lost, the later positions are in nobody's hands but the phones' that were told of them.
pub(super) fn open(
    tx: &Transaction<'_>,
    log: LogId,
    facts: &StationFacts,
    reason: StationOpenReason,
    now: StationMs,
) -> Result<(), StoreError> {
    let predecessor = present(tx)?.map(|before| Predecessor {
        log: before.log,
        seq: before.head.seq,
        h: before.head.hash,
    });
    let start = Head::start(log);
    tx.prepare_cached(include_str!("sql/insert_station_journal.sql"))?
        .execute((log.as_bytes(), &facts.epoch, start.hash.as_bytes()))?;
    let opened = StationLogOpened {
        station: facts.station,
        epoch: facts.epoch.clone(),
        key_thumbprint: key::present(tx)?.map(|key| key.thumbprint()),
        app: concat!("patrol-station ", env!("CARGO_PKG_VERSION")).to_owned(),
        reason,
        predecessor,
    };
    let written = append(tx, StationOpKind::Opened(opened), now)?;
    for device in all_devices(tx)? {
        written.tell(tx, device, now)?;
    }
    Ok(())
}

/// Writes that two ops have one id, once, and tells the phones in whose journals the id stands.
pub(super) fn say_conflict(tx: &Transaction<'_>, conflict: IdConflict, now: StationMs) -> Result<(), StoreError> {
    let OpPlace { log, seq, .. } = conflict.set_aside;
    let place = (*log.as_bytes(), row::stored(seq.0));
    let is_said = tx.prepare_cached(include_str!("sql/has_conflict.sql"))?.exists(place)?;
    if is_said {
        return Ok(());
    }
    let written = append(tx, StationOpKind::IdConflict(conflict), now)?;
    tx.prepare_cached(include_str!("sql/insert_conflict.sql"))?.execute((
        place.0,
        place.1,
        written.log.as_bytes(),
        row::stored(written.head.seq.0),
    ))?;
    let holders = {
        let mut read = tx.prepare_cached(include_str!("sql/list_devices_with_op.sql"))?;
        let rows = read.query_map([conflict.op.as_bytes()], |row| row::id(row, 0, DeviceId::from_slice))?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for device in holders {
        written.tell(tx, device, now)?;
    }
    Ok(())
}

/// An op that was just written.
pub(super) struct Written {
    log: LogId,
    head: Head,
    body: serde_json::Value,
}

impl Written {
    /// Lets a phone pull it.
    pub(super) fn tell(&self, tx: &Transaction<'_>, device: DeviceId, now: StationMs) -> Result<(), StoreError> {
        let id = format!("{}.{}", self.log, self.head.seq.0);
        change::put(tx, device, KIND_STATION_OP, &id, Some(&self.body), now)
    }
}

/// Writes one op behind the last one.
pub(super) fn append(tx: &Transaction<'_>, body: StationOpKind, now: StationMs) -> Result<Written, StoreError> {
    let failed = || StoreError::Stored("station journal");
    let StationJournal { log, epoch: _, head } = present(tx)?.ok_or_else(failed)?;
    let op = StationOp {
        id: op_id(head, now),
        station_ms: now,
        body,
    };
    let bytes = op.encode().map_err(|_| failed())?;
    let head = head.extend(&bytes);
    let seq = row::stored(head.seq.0);
    tx.prepare_cached(include_str!("sql/insert_station_op.sql"))?.execute((
        log.as_bytes(),
        seq,
        &bytes,
        head.hash.as_bytes(),
        now.0,
    ))?;
    tx.prepare_cached(include_str!("sql/update_station_journal.sql"))?
        .execute((log.as_bytes(), seq, head.hash.as_bytes()))?;
    let body = StationOpBody {
        h: head.hash,
        op: serde_json::from_slice(&bytes).map_err(|_| failed())?,
    };
    let body = serde_json::to_value(body).map_err(|_| failed())?;
    Ok(Written { log, head, body })
}

/// Unlike any other because the chain in front of it is: a transaction deep inside a push has no randomness at hand.
fn op_id(before: Head, now: StationMs) -> OpId {
    let bytes = Sha256Hash::of_all(&[b"xgj2", before.hash.as_bytes(), &before.seq.0.to_be_bytes()]);
    let mut random = [0; 10];
    random
        .iter_mut()
        .zip(bytes.as_bytes())
        .for_each(|(to, from)| *to = *from);
    OpId::new(IdMint::default().next(WallMs(now.0), random))
}

/// All phones that are not lost.
pub(super) fn all_devices(tx: &Transaction<'_>) -> Result<Vec<DeviceId>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_device_ids.sql"))?;
    let rows = read.query_map([], |row| row::id(row, 0, DeviceId::from_slice))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Ops that were set aside before the station kept a journal.
fn list_unsaid_conflicts(tx: &Transaction<'_>) -> Result<Vec<IdConflict>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_unsaid_conflicts.sql"))?;
    let place = |row: &Row<'_>, log, seq, bytes| {
        Ok::<_, rusqlite::Error>(OpPlace {
            log: row::id(row, log, LogId::from_slice)?,
            seq: row::seq(row, seq)?,
            sha256: Sha256Hash::of(&row.get::<_, Vec<u8>>(bytes)?),
        })
    };
    let rows = read.query_map([], |row| {
        Ok(IdConflict {
            op: row::id(row, 3, OpId::from_slice)?,
            stands: place(row, 5, 6, 4)?,
            set_aside: place(row, 0, 1, 2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Inner {
    /// A database of before there was a journal begins one when it is first opened, and says what it should have said.
    pub(super) fn settle_journal(&self) -> Result<(), StoreError> {
        let (present, unsaid) = self
            .database
            .read(|tx| Ok::<_, StoreError>((present(tx)?, list_unsaid_conflicts(tx)?)))?;
        if present.is_some() && unsaid.is_empty() {
            return Ok(());
        }
        let log = new_log(&self.ports)?;
        let now = self.ports.clock.now();
        self.database.write(|tx| {
            if present.is_none() {
                open(tx, log, &super::epoch::facts(tx)?, StationOpenReason::First, now)?;
            }
            for conflict in unsaid {
                say_conflict(tx, conflict, now)?;
            }
            Ok(())
        })
    }

    /// The station's word on how far each of its journals goes.
    pub(super) fn station_heads(&self) -> Result<Vec<Signed<StationHead>>, StoreError> {
        let journals = self.database.read(list)?;
        let heads = journals.into_iter().map(|journal| self.station_head(&journal));
        heads.collect()
    }

    pub(super) fn station_head(&self, journal: &StationJournal) -> Result<Signed<StationHead>, StoreError> {
        Ok(self.key.sign(StationHead {
            station: self.station,
            log: journal.log,
            seq: journal.head.seq,
            head: journal.head.hash,
            station_ms: self.ports.clock.now(),
        })?)
    }

    /// The next ops of a journal behind a position.
    pub(super) fn station_ops(&self, log: LogId, after: Seq) -> Result<Vec<StationOpRow>, StoreError> {
        self.database.read(|tx| {
            let mut read = tx.prepare_cached(include_str!("sql/list_station_ops.sql"))?;
            let rows = read.query_map((log.as_bytes(), row::stored(after.0), STRIDE), |row| {
                Ok(StationOpRow {
                    at: Head {
                        seq: row::seq(row, 0)?,
                        hash: row::hash(row, 2)?,
                    },
                    bytes: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
