//! Codes, devices and their secrets.
//!
//! Codes and secrets are kept as hashes only: both are random and long, so a plain SHA-256 cannot be turned round.

use patrol_domain::hash::decode_hex;
use patrol_domain::id::IdMint;
use patrol_domain::{DeviceId, Sha256Hash, StationMs, WallMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::{EnrolRequest, EnrolmentCertificate, Officer, PublicKey};
use subtle::ConstantTimeEq as _;

use super::{Inner, row};
use crate::base32;
use crate::store::{Device, Enrolled, StoreError};

/// How long a code is good.
const CODE_LIFE_MS: i64 = 24 * 60 * 60 * 1000;

impl Inner {
    pub(super) fn admit(&self, device: DeviceId, secret_hash: Sha256Hash) -> Result<Device, StoreError> {
        let found = self.database.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("sql/read_device.sql"))?
                .query_row([device.as_bytes()], |row| {
                    Ok((row::hash(row, 0)?, row.get::<_, Vec<u8>>(1)?))
                })
                .optional()?;
            Ok::<_, StoreError>(found)
        })?;
        // An unknown device is compared as well, so that it takes as long as a known one with a wrong secret.
        let (stored, key) = found.unwrap_or((Sha256Hash::from_bytes([0; 32]), Vec::new()));
        if !bool::from(stored.as_bytes().ct_eq(secret_hash.as_bytes())) {
            return Err(StoreError::Unauthorised);
        }
        let key = PublicKey::from_sec1(&key).map_err(|_| StoreError::Unauthorised)?;
        Ok(Device { id: device, key })
    }

    pub(super) fn make_code(&self, officer: &Officer) -> Result<String, StoreError> {
        let code = base32::encode(&self.ports.random::<10>()?);
        let now = self.ports.clock.now();
        let Officer { number, name } = officer;
        self.database.write(|tx| {
            let expires = now.0.saturating_add(CODE_LIFE_MS);
            tx.prepare_cached(include_str!("sql/insert_code.sql"))?.execute((
                hash_of_code(&code).as_bytes(),
                number,
                name,
                now.0,
                expires,
            ))?;
            Ok::<_, StoreError>(())
        })?;
        Ok(code)
    }

    pub(super) fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, StoreError> {
        let secret: [u8; 32] =
            decode_hex(&request.secret).ok_or(StoreError::Malformed("the secret is not 64 hexadecimal digits"))?;
        let secret_hash = Sha256Hash::of(&secret);
        let code_hash = hash_of_code(&request.code);
        let now = self.ports.clock.now();
        let device = DeviceId::new(IdMint::default().next(WallMs(now.0), self.ports.random()?));
        self.database.write(|tx| {
            let (officer, expires) = read_code(tx, code_hash)?;
            if signed_in_with(tx, code_hash)?.is_some() {
                return Err(StoreError::CodeUnknown);
            }
            if let Some(enrolled) = enrolled_before(tx, code_hash, secret_hash, &officer)? {
                return Ok(enrolled);
            }
            if now.0 >= expires {
                return Err(StoreError::CodeUnknown);
            }
            let certificate = self.key.sign(EnrolmentCertificate {
                station: self.station,
                device,
                device_key_thumbprint: request.device_key.thumbprint(),
                secret_hash,
                log: request.log,
                officer: officer.number.clone(),
                officer_name: Some(officer.name.clone()),
                recovery_key: self.recovery_key.clone(),
                station_ms: now,
            })?;
            let enrolled = Enrolled {
                device,
                officer,
                certificate,
            };
            insert(tx, code_hash, request, &enrolled, now)?;
            Ok(enrolled)
        })
    }
}

impl Inner {
    pub(super) fn add_officer(&self, device: DeviceId, code: &str) -> Result<Officer, StoreError> {
        let code_hash = hash_of_code(code);
        let now = self.ports.clock.now();
        self.database.write(|tx| {
            let (officer, expires) = read_code(tx, code_hash)?;
            match signed_in_with(tx, code_hash)? {
                Some(before) if before == device => return Ok(officer),
                Some(_) => return Err(StoreError::CodeUnknown),
                None => {}
            }
            let enrolled: Option<Vec<u8>> = tx
                .prepare_cached(include_str!("sql/read_enrolled.sql"))?
                .query_row([code_hash.as_bytes()], |row| row.get(0))
                .optional()?;
            if enrolled.is_some() {
                return Err(StoreError::CodeUnknown);
            }
            if now.0 >= expires {
                return Err(StoreError::CodeUnknown);
            }
            tx.prepare_cached(include_str!("sql/insert_code_of_officer.sql"))?
                .execute((code_hash.as_bytes(), device.as_bytes()))?;
            Ok(officer)
        })
    }
}

/// Whom a code was made for, and until when it is good.
fn read_code(tx: &Transaction<'_>, code_hash: Sha256Hash) -> Result<(Officer, i64), StoreError> {
    let code = tx
        .prepare_cached(include_str!("sql/read_code.sql"))?
        .query_row([code_hash.as_bytes()], |row| {
            Ok((
                Officer {
                    number: row.get(0)?,
                    name: row.get(1)?,
                },
                row.get::<_, i64>(2)?,
            ))
        })
        .optional()?;
    code.ok_or(StoreError::CodeUnknown)
}

/// The shared phone on which an officer signed in with this code.
fn signed_in_with(tx: &Transaction<'_>, code_hash: Sha256Hash) -> Result<Option<DeviceId>, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_code_of_officer.sql"))?
        .query_row([code_hash.as_bytes()], |row| row::id(row, 0, DeviceId::from_slice))
        .optional()?)
}

/// Codes are read out and typed in: small letters and spaces around do not matter.
fn hash_of_code(code: &str) -> Sha256Hash {
    Sha256Hash::of_all(&[b"xgc1", code.trim().to_ascii_uppercase().as_bytes()])
}

/// A lost reply is given again, to whoever has the same secret, and to nobody else.
fn enrolled_before(
    tx: &Transaction<'_>,
    code_hash: Sha256Hash,
    secret_hash: Sha256Hash,
    officer: &Officer,
) -> Result<Option<Enrolled>, StoreError> {
    let before = tx
        .prepare_cached(include_str!("sql/read_enrolled.sql"))?
        .query_row([code_hash.as_bytes()], |row| {
            Ok((
                row::id(row, 0, DeviceId::from_slice)?,
                row::hash(row, 1)?,
                row.get::<_, String>(2)?,
            ))
        })
        .optional()?;
    let Some((device, stored, certificate)) = before else {
        return Ok(None);
    };
    if !bool::from(stored.as_bytes().ct_eq(secret_hash.as_bytes())) {
        return Err(StoreError::CodeUnknown);
    }
    let certificate = serde_json::from_str(&certificate).map_err(|_| StoreError::Stored("certificate"))?;
    Ok(Some(Enrolled {
        device,
        officer: officer.clone(),
        certificate,
    }))
}

fn insert(
    tx: &Transaction<'_>,
    code_hash: Sha256Hash,
    request: &EnrolRequest,
    enrolled: &Enrolled,
    now: StationMs,
) -> Result<(), StoreError> {
    let Enrolled {
        device,
        officer,
        certificate,
    } = enrolled;
    let text = serde_json::to_string(certificate).map_err(|_| StoreError::Stored("certificate"))?;
    tx.prepare_cached(include_str!("sql/insert_device.sql"))?.execute((
        device.as_bytes(),
        code_hash.as_bytes(),
        certificate.content.secret_hash.as_bytes(),
        request.device_key.to_sec1(),
        request.log.as_bytes(),
        &officer.number,
        &officer.name,
        text,
        now.0,
    ))?;
    Ok(())
}
