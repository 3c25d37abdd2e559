//! The officers' PINs: hashes, and how often a wrong one was typed.
//!
//! A wrong try is counted before it is known to be wrong, and durably: a phone that is killed in between has not given
//! one away.

use patrol_domain::{BootId, BootMs, PersonId};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;

use crate::error::StoreError;
use crate::store::Store;

/// A PIN as it is kept: Argon2id (RFC 9106) with the costs it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Of this PIN alone.
    pub salt: [u8; 16],
    /// The tag.
    pub hash: [u8; 32],
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// Wrong tries since the last right one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrongTries {
    /// How many.
    pub count: u32,
    /// The boot in which the last one was typed, as a UUID's text; empty when there was none.
    pub boot: String,
    /// When, by that boot's clock.
    pub boot_ms: i64,
}

impl Store {
    /// An officer's PIN and the wrong tries; `None` when there is no PIN.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn pin(&self, person: PersonId) -> Result<Option<(Pin, WrongTries)>, StoreError> {
        self.read(|tx| find(tx, person))
    }

    /// Gives an officer a PIN.
    ///
    /// # Errors
    /// [`StoreError`]; the former one stands.
    pub fn write_pin(&self, person: PersonId, pin: &Pin) -> Result<(), StoreError> {
        self.write(|tx| {
            let Pin {
                salt,
                hash,
                memory_kib,
                passes,
                lanes,
            } = pin;
            tx.prepare_cached(include_str!("pin/write.sql"))?.execute((
                person.as_bytes().as_slice(),
                salt.as_slice(),
                hash.as_slice(),
                memory_kib,
                passes,
                lanes,
            ))?;
            Ok(())
        })
    }

    /// Counts a try as wrong.
    ///
    /// # Errors
    /// [`StoreError`]; the try must not be looked at then.
    pub fn count_wrong_pin(&self, person: PersonId, boot: BootId, at: BootMs) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.prepare_cached(include_str!("pin/count_wrong.sql"))?.execute((
                person.as_bytes().as_slice(),
                boot.0.to_string(),
                at.0,
            ))?;
            Ok(())
        })
    }

    /// Forgets the wrong tries: the right one was typed.
    ///
    /// # Errors
    /// [`StoreError`]; they count on then.
    pub fn forgive_wrong_pins(&self, person: PersonId) -> Result<(), StoreError> {
        self.write(|tx| change(tx, include_str!("pin/forgive.sql"), person))
    }

    /// Takes a forgotten PIN away.
    ///
    /// # Errors
    /// [`StoreError`]; it stands then.
    pub fn delete_pin(&self, person: PersonId) -> Result<(), StoreError> {
        self.write(|tx| change(tx, include_str!("pin/delete.sql"), person))
    }
}

fn change(tx: &Transaction<'_>, sql: &str, person: PersonId) -> Result<(), StoreError> {
    tx.prepare_cached(sql)?.execute([person.as_bytes().as_slice()])?;
    Ok(())
}

fn find(tx: &Transaction<'_>, person: PersonId) -> Result<Option<(Pin, WrongTries)>, StoreError> {
    let found = tx
        .prepare_cached(include_str!("pin/find.sql"))?
        .query_row([person.as_bytes().as_slice()], |row| {
            let pin = Pin {
                salt: row.get(0)?,
                hash: row.get(1)?,
                memory_kib: row.get(2)?,
                passes: row.get(3)?,
                lanes: row.get(4)?,
            };
            let tries = WrongTries {
                count: row.get(5)?,
                boot: row.get(6)?,
                boot_ms: row.get(7)?,
            };
            Ok((pin, tries))
        })
        .optional()?;
    Ok(found)
}
