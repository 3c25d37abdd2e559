//! Phones after their enrolment: listed, shut out, let in again by their certificate, and what they sealed.

use patrol_domain::{DeviceId, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::{EnrolmentCertificate, Officer, ReadmitRequest, RecoveryEnvelope};
use subtle::ConstantTimeEq as _;

use super::epoch::{facts, revoke_all};
use super::read::journals;
use super::{Inner, row};
use crate::marker::{Marker, MarkerFolder, Revocation, Revoked, join_revocations};
use crate::recovery;
use crate::store::{DeviceRow, StationFacts, StoreError};

impl Inner {
    pub(super) fn list_devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        self.database.read(|tx| {
            let journals = journals(tx)?;
            let mut read = tx.prepare_cached(include_str!("sql/list_devices.sql"))?;
            let rows = read.query_map([], |row| {
                let device = row::id(row, 0, DeviceId::from_slice)?;
                Ok(DeviceRow {
                    device,
                    officer: Officer {
                        number: row.get(1)?,
                        name: row.get(2)?,
                    },
                    revoked: Revoked::from_stored(row.get(3)?),
                    enrolled: patrol_domain::StationMs(row.get(4)?),
                    recoverable: row.get(5)?,
                    journals: journals.iter().filter(|one| one.device == device).cloned().collect(),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Outside first: what a restore could undo is not yet done. Says whether this database knows the phone.
    pub(super) fn revoke(&self, device: DeviceId, state: Revoked) -> Result<bool, StoreError> {
        let folder = MarkerFolder::hold(self.disk(), &self.layout.marker())?;
        let found = folder.read()?;
        let StationFacts { station, epoch } = self.database.read(facts)?;
        let fresh = Revocation {
            device,
            state,
            since_ms: self.ports.clock.now(),
        };
        let outside = found.map(|marker| marker.revoked).unwrap_or_default();
        let revoked = join_revocations(outside.into_iter().chain([fresh]));
        folder.write(&Marker {
            station,
            epoch,
            revoked: revoked.clone(),
        })?;
        self.database.write(|tx| {
            revoke_all(tx, &revoked)?;
            let known = tx
                .prepare_cached(include_str!("sql/read_device_state.sql"))?
                .exists([device.as_bytes()])?;
            Ok(known)
        })
    }

    /// Everything that does not fit is the same refusal.
    pub(super) fn readmit(
        &self,
        device: DeviceId,
        secret_hash: Sha256Hash,
        request: &ReadmitRequest,
    ) -> Result<StationFacts, StoreError> {
        let ReadmitRequest {
            certificate,
            device_key,
            keys,
        } = request;
        let EnrolmentCertificate {
            station,
            device: certified,
            device_key_thumbprint,
            secret_hash: certified_secret,
            log: _,
            officer: _,
            officer_name: _,
            recovery_key: _,
            station_ms: _,
        } = self.database.read(|tx| super::key::verify(tx, certificate, keys))?;
        let own = self.database.read(facts)?;
        let fits = *station == own.station
            && *certified == device
            && *device_key_thumbprint == device_key.thumbprint()
            && bool::from(certified_secret.as_bytes().ct_eq(secret_hash.as_bytes()));
        if !fits {
            return Err(StoreError::Unauthorised);
        }
        self.database.write(|tx| {
            let revoked = revocation(tx, device)?;
            if revoked == Some(Revoked::Lost) {
                return Err(StoreError::Unauthorised);
            }
            match known(tx, device)? {
                Some(known) if known == (secret_hash, device_key.to_sec1()) => {}
                Some(_) => return Err(StoreError::Unauthorised),
                None => {
                    insert(tx, request)?;
                    if let Some(state) = revoked {
                        tx.prepare_cached(include_str!("sql/update_device_state.sql"))?
                            .execute((device.as_bytes(), state.stored()))?;
                    }
                    tracing::warn!(%device, "a phone that this database did not know showed its certificate");
                }
            }
            facts(tx)
        })
    }

    pub(super) fn keep_recovery(&self, device: DeviceId, envelope: &RecoveryEnvelope) -> Result<(), StoreError> {
        let fits = self
            .recovery_key
            .as_ref()
            .is_some_and(|key| recovery::fits(envelope, key));
        if !fits {
            return Err(StoreError::Malformed("not an envelope for this station's recovery key"));
        }
        let text = serde_json::to_string(envelope).map_err(|_| StoreError::Stored("recovery envelope"))?;
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("sql/update_recovery.sql"))?
                .execute((device.as_bytes(), text))?;
            Ok(())
        })
    }

    pub(super) fn recovery_of(&self, device: DeviceId) -> Result<RecoveryEnvelope, StoreError> {
        let stored: Option<Option<String>> = self.database.read(|tx| {
            let mut read = tx.prepare_cached(include_str!("sql/read_recovery.sql"))?;
            Ok::<_, StoreError>(read.query_row([device.as_bytes()], |row| row.get(0)).optional()?)
        })?;
        let text = stored.flatten().ok_or(StoreError::NotFound)?;
        serde_json::from_str(&text).map_err(|_| StoreError::Stored("recovery envelope"))
    }
}

/// How a phone was shut out, perhaps before this database knew it.
pub(super) fn revocation(tx: &Transaction<'_>, device: DeviceId) -> Result<Option<Revoked>, StoreError> {
    let state: Option<i64> = tx
        .prepare_cached(include_str!("sql/read_revocation.sql"))?
        .query_row([device.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(state.and_then(Revoked::from_stored))
}

/// Secret hash and key of a phone that is known.
fn known(tx: &Transaction<'_>, device: DeviceId) -> Result<Option<(Sha256Hash, Vec<u8>)>, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_device_certificate.sql"))?
        .query_row([device.as_bytes()], |row| Ok((row::hash(row, 0)?, row.get(1)?)))
        .optional()?)
}

/// The rows that the enrolment once made; the certificate holds all of them but the code.
fn insert(tx: &Transaction<'_>, request: &ReadmitRequest) -> Result<(), StoreError> {
    let ReadmitRequest {
        certificate,
        device_key,
        keys: _,
    } = request;
    let content = &certificate.content;
    let code_hash = Sha256Hash::of_all(&[b"xgc2", content.device.as_bytes()]);
    let name = content.officer_name.as_ref().unwrap_or(&content.officer);
    let text = serde_json::to_string(certificate).map_err(|_| StoreError::Stored("certificate"))?;
    tx.prepare_cached(include_str!("sql/insert_spent_code.sql"))?.execute((
        code_hash.as_bytes(),
        &content.officer,
        name,
        content.station_ms.0,
    ))?;
    tx.prepare_cached(include_str!("sql/insert_device.sql"))?.execute((
        content.device.as_bytes(),
        code_hash.as_bytes(),
        content.secret_hash.as_bytes(),
        device_key.to_sec1(),
        content.log.as_bytes(),
        &content.officer,
        name,
        text,
        content.station_ms.0,
    ))?;
    Ok(())
}
