//! Which life of the database this is, and how the station learns that it was set back.
//!
//! The epoch stands in the database and in the marker outside it. A new one is written to the database first and to the
//! marker second; killed in between, they differ, and the next open makes another. So no order of crashes leaves a
//! station that was set back under its old epoch, and an epoch is never given out before both hold it.

use patrol_domain::{DeviceId, LogId, Seq, StationId};
use patrol_sqlite::{Database, Transaction};
use patrol_wire::PushHead;
use patrol_wire::station_journal::StationOpenReason;

use super::append::held;
use super::{Inner, journal, key, row};
use crate::base32;
use crate::marker::{Marker, MarkerError, MarkerFolder, Revocation, Revoked, join_revocations};
use crate::ports::Ports;
use crate::store::{StationFacts, StoreError};

/// Why a new epoch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EpochReason {
    /// The database and the marker outside it do not agree: one of them was put back.
    MarkerDiffers,
    /// A receipt of this epoch speaks of more than is held: the machine was set back, marker and all.
    SignedAboveHeld,
    /// A phone has read changes that were never made here: the same.
    CursorAboveOwn,
}

/// The epoch, as it stands at this moment.
pub(super) fn epoch(tx: &Transaction<'_>) -> Result<String, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_epoch.sql"))?
        .query_row([], |row| row.get(0))?)
}

/// Which station, which epoch.
pub(super) fn facts(tx: &Transaction<'_>) -> Result<StationFacts, StoreError> {
    let sql = include_str!("sql/read_station.sql");
    Ok(tx.prepare_cached(sql)?.query_row([], |row| {
        Ok(StationFacts {
            station: row::id(row, 0, StationId::from_slice)?,
            epoch: row.get(1)?,
        })
    })?)
}

/// A name for an epoch that nobody had before.
pub(crate) fn new_epoch(ports: &Ports) -> Result<String, StoreError> {
    Ok(base32::encode(&ports.random::<10>()?))
}

impl Inner {
    /// At each open: database and marker are made to agree, on the epoch and on who is shut out.
    pub(super) fn settle_marker(&self) -> Result<(), StoreError> {
        let folder = MarkerFolder::hold(self.disk(), &self.layout.marker())?;
        let found = folder.read()?;
        let (facts, revoked) = self
            .database
            .read(|tx| Ok::<_, StoreError>((facts(tx)?, revocations(tx)?)))?;
        let epoch = match &found {
            Some(marker) if marker.station != facts.station => {
                return Err(StoreError::Marker(MarkerError::OtherStation {
                    path: folder.path(),
                    found: marker.station,
                }));
            }
            Some(marker) if marker.epoch != facts.epoch => self.replace_epoch(EpochReason::MarkerDiffers)?,
            Some(_) | None => facts.epoch,
        };
        let outside = found.iter().flat_map(|marker| marker.revoked.iter().copied());
        let settled = Marker {
            station: facts.station,
            epoch,
            revoked: join_revocations(revoked.iter().copied().chain(outside)),
        };
        if settled.revoked != revoked {
            self.database.write(|tx| revoke_all(tx, &settled.revoked))?;
        }
        if found.as_ref() != Some(&settled) {
            folder.write(&settled)?;
        }
        Ok(())
    }

    /// Begins a new epoch in place of `from`, in the database and in the marker, and gives the present one back. Of
    /// several calls for the same `from` the first one does it.
    pub(super) fn begin_epoch(&self, from: &str, reason: EpochReason) -> Result<String, StoreError> {
        let folder = MarkerFolder::hold(self.disk(), &self.layout.marker())?;
        let (facts, revoked) = self
            .database
            .read(|tx| Ok::<_, StoreError>((facts(tx)?, revocations(tx)?)))?;
        if facts.epoch != from {
            return Ok(facts.epoch);
        }
        let epoch = self.replace_epoch(reason)?;
        let outside = folder.read()?.map(|marker| marker.revoked).unwrap_or_default();
        folder.write(&Marker {
            station: facts.station,
            epoch: epoch.clone(),
            revoked: join_revocations(revoked.into_iter().chain(outside)),
        })?;
        Ok(epoch)
    }

    /// A phone shows what the station itself has signed. A receipt of this epoch for more than is held means that the
    /// machine was set back together with its marker. It tells so once: in the epoch that then begins it is of another.
    pub(super) fn notice_setback(&self, device: DeviceId, log: LogId, push: &PushHead) -> Result<(), StoreError> {
        let told = push
            .acked_seq
            .max(push.signed.as_ref().map(|signed| signed.content.seq));
        let Some(told) = told else { return Ok(()) };
        let (held, present, keys) = self.database.read(|tx| {
            let held = held(tx, device, log)?.map_or(Seq(0), |head| head.seq);
            Ok::<_, StoreError>((held, epoch(tx)?, key::list(tx)?))
        })?;
        if told <= held {
            return Ok(());
        }
        // Signed by any key that this station has had: a rotation begins no epoch.
        let signed = push.signed.as_ref();
        let shown = signed.and_then(|signed| keys.iter().find_map(|key| signed.verify(key).ok()));
        let is_proved = shown.is_some_and(|receipt| {
            receipt.log == log && receipt.seq > held && receipt.epoch.as_deref() == Some(present.as_str())
        });
        if is_proved {
            tracing::error!(%device, %log, signed = told.0, held = held.0, "more of a journal was signed for than is held");
            self.begin_epoch(&present, EpochReason::SignedAboveHeld)?;
        } else {
            tracing::warn!(%device, %log, told = told.0, held = held.0, "a phone says it was signed for more, and proves nothing of this epoch");
        }
        Ok(())
    }

    /// The database's half of a new epoch.
    fn replace_epoch(&self, reason: EpochReason) -> Result<String, StoreError> {
        let new = new_epoch(&self.ports)?;
        let facts = StationFacts {
            station: self.station,
            epoch: new.clone(),
        };
        self.database
            .write(|tx| set_epoch(tx, &facts, StationOpenReason::SetBack, &self.ports))?;
        tracing::error!(?reason, epoch = %new, "the station was set back: a new epoch begins");
        Ok(new)
    }
}

/// The epoch, and the station's journal of it.
fn set_epoch(
    tx: &Transaction<'_>,
    facts: &StationFacts,
    reason: StationOpenReason,
    ports: &Ports,
) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/update_epoch.sql"))?
        .execute([&facts.epoch])?;
    journal::open(tx, journal::new_log(ports)?, facts, reason, ports.clock.now())
}

/// A restored database begins its own epoch, in itself and in the marker. Gives back how many phones are shut out.
pub(super) fn restart(
    folder: &MarkerFolder,
    database: &Database,
    outside: Vec<Revocation>,
    ports: &Ports,
) -> Result<(StationFacts, usize), StoreError> {
    let found = folder.read()?;
    let (old, known) = database.read(|tx| Ok::<_, StoreError>((facts(tx)?, revocations(tx)?)))?;
    if let Some(marker) = found.as_ref().filter(|marker| marker.station != old.station) {
        return Err(StoreError::Marker(MarkerError::OtherStation {
            path: folder.path(),
            found: marker.station,
        }));
    }
    let there = found.map(|marker| marker.revoked).unwrap_or_default();
    let revoked = join_revocations(known.into_iter().chain(outside).chain(there));
    let new = StationFacts {
        station: old.station,
        epoch: new_epoch(ports)?,
    };
    database.write(|tx| {
        set_epoch(tx, &new, StationOpenReason::Restore, ports)?;
        revoke_all(tx, &revoked)
    })?;
    let count = revoked.len();
    folder.write(&Marker {
        station: new.station,
        epoch: new.epoch.clone(),
        revoked,
    })?;
    tracing::info!(epoch = %new.epoch, "restored: a new epoch begins");
    Ok((new, count))
}

/// Who is shut out, as the database says.
pub(super) fn revocations(tx: &Transaction<'_>) -> Result<Vec<Revocation>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_revocations.sql"))?;
    let rows = read.query_map([], |row| {
        Ok((
            row::id(row, 0, DeviceId::from_slice)?,
            row.get::<_, i64>(1)?,
            row.get(2)?,
        ))
    })?;
    rows.map(|row| {
        let (device, state, since) = row?;
        Ok(Revocation {
            device,
            state: Revoked::from_stored(state).ok_or(StoreError::Stored("device state"))?,
            since_ms: patrol_domain::StationMs(since),
        })
    })
    .collect()
}

/// Lays a list over the devices.
pub(super) fn revoke_all(tx: &Transaction<'_>, revoked: &[Revocation]) -> Result<(), StoreError> {
    for Revocation {
        device,
        state,
        since_ms,
    } in revoked
    {
        let row = (device.as_bytes(), state.stored(), since_ms.0);
        tx.prepare_cached(include_str!("sql/upsert_revocation.sql"))?
            .execute(row)?;
        tx.prepare_cached(include_str!("sql/update_device_state.sql"))?
            .execute((device.as_bytes(), state.stored()))?;
    }
    Ok(())
}
