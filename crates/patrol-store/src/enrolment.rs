//! The station this phone belongs to.

use patrol_domain::{DeviceId, StationId, WallMs};
use patrol_domain::{Op, Part};
use patrol_sqlite::rusqlite::{OptionalExtension as _, named_params};

use crate::error::StoreError;
use crate::journal::append;
use crate::person::{self, Person};
use crate::store::Store;

/// The station this phone belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct StationRecord {
    /// Its address without a slash at the end.
    pub url: String,
    /// Its id.
    pub station: StationId,
    /// What people call it.
    pub name: String,
    /// The key that receipts are checked against: a SEC 1 point.
    pub key: Vec<u8>,
    /// The station's name for this phone.
    pub device: DeviceId,
    /// The phone's secret, 64 hexadecimal digits.
    pub secret: String,
    /// The officer's number.
    pub officer_number: String,
    /// The officer's name.
    pub officer_name: String,
    /// The signed certificate, JSON as received.
    pub certificate: String,
    /// When, by the phone's wall clock.
    pub enrolled: WallMs,
    /// DER of the certificate authority that its TLS certificate must come from; none over plain HTTP on this machine.
    pub authority: Option<Vec<u8>>,
    /// The key that the phone's root is sealed to: a SEC 1 point.
    pub recovery_key: Option<Vec<u8>>,
}

impl std::fmt::Debug for StationRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StationRecord")
            .field("station", &self.station)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// An enrolment that was begun: the same code goes out with the same secret until it is answered.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentAttempt {
    /// The code.
    pub code: String,
    /// The secret that this phone made for it.
    pub secret: String,
}

impl std::fmt::Debug for EnrolmentAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentAttempt(..)")
    }
}

impl Store {
    /// The station, when this phone is enrolled.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn station(&self) -> Result<Option<StationRecord>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("enrolment/find_station.sql"))?;
            let mut rows = statement.query([])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let station: Vec<u8> = row.get("station")?;
            let device: Vec<u8> = row.get("device")?;
            Ok(Some(StationRecord {
                url: row.get("url")?,
                station: StationId::from_slice(&station).ok_or(StoreError::Column("sync_station.station"))?,
                name: row.get("name")?,
                key: row.get("key")?,
                device: DeviceId::from_slice(&device).ok_or(StoreError::Column("sync_station.device"))?,
                secret: row.get("secret")?,
                officer_number: row.get("officer_number")?,
                officer_name: row.get("officer_name")?,
                certificate: row.get("certificate")?,
                enrolled: WallMs(row.get("enrolled_ms")?),
                authority: row.get("authority")?,
                recovery_key: row.get("recovery_key")?,
            }))
        })
    }

    /// The attempt to go on with for `code`: the stored one, or `fresh`, made durable before it is returned.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be made durable; nothing may be sent then.
    pub fn enrolment_attempt(&self, code: &str, fresh: EnrolmentAttempt) -> Result<EnrolmentAttempt, StoreError> {
        self.database.write(|tx| {
            let stored = tx
                .prepare_cached(include_str!("enrolment/find_attempt.sql"))?
                .query_row([code], |row| {
                    Ok(EnrolmentAttempt {
                        code: row.get(0)?,
                        secret: row.get(1)?,
                    })
                })
                .optional()?;
            if let Some(stored) = stored {
                return Ok(stored);
            }
            tx.prepare_cached(include_str!("enrolment/write_attempt.sql"))?
                .execute((&fresh.code, &fresh.secret))?;
            Ok(fresh)
        })
    }

    /// Writes the station down and ties the phone's person to the officer, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the phone is then not enrolled.
    pub fn bind_station(&self, station: &StationRecord, bound: &Op, parts: &[Part]) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let StationRecord {
                url,
                station,
                name,
                key,
                device,
                secret,
                officer_number,
                officer_name,
                certificate,
                enrolled,
                authority,
                recovery_key,
            } = station;
            tx.prepare_cached(include_str!("enrolment/write_station.sql"))?
                .execute(named_params! {
                    ":url": url,
                    ":station": station.as_bytes().as_slice(),
                    ":name": name,
                    ":key": key,
                    ":device": device.as_bytes().as_slice(),
                    ":secret": secret,
                    ":officer_number": officer_number,
                    ":officer_name": officer_name,
                    ":certificate": certificate,
                    ":enrolled_ms": enrolled.0,
                    ":authority": authority,
                    ":recovery_key": recovery_key,
                })?;
            tx.prepare_cached(include_str!("enrolment/delete_attempt.sql"))?
                .execute([])?;
            let person = Person {
                person: bound.author,
                number: officer_number.clone(),
                name: officer_name.clone(),
                is_active: true,
            };
            person::insert(tx, &person)?;
            append(tx, bound, parts)?;
            Ok(())
        })
    }
}
