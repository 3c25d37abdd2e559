//! Opening the phone's memory in one folder.

use std::path::Path;
use std::sync::Arc;

use patrol_domain::port::Randomness;
use patrol_sqlite::{Database, Migration};

use crate::error::StoreError;
use crate::key::RootKey;
use crate::vault::Vault;

const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    sql: include_str!("migrations/0001_phone.sql"),
}];

/// The phone's memory: `patrol.db` and `vault/` in one folder.
#[derive(Debug)]
pub struct Store {
    pub(crate) database: Database,
    pub(crate) vault: Vault,
}

impl Store {
    /// Opens the memory in `folder`, making it if it is new.
    ///
    /// # Errors
    /// [`StoreError::Database`] with `Damaged` for a wrong key or a damaged file, which is left as it is; with `Newer`
    /// for the file of a later program; [`StoreError::Folder`] when the folder cannot be used.
    pub fn open(folder: &Path, root: &RootKey, random: Arc<dyn Randomness>) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(StoreError::Folder)?;
        let vault = Vault::open(&folder.join("vault"), root.vault(), random)?;
        let database = Database::open(&folder.join("patrol.db"), Some(root.database()), MIGRATIONS)?;
        Ok(Self { database, vault })
    }

    /// The photo vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Empties the write-ahead log; for idle moments and before the program ends.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.database.checkpoint()?)
    }
}
