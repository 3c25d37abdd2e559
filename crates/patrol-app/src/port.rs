//! What the host brings: clocks, chance, keys.

use std::sync::Arc;

use patrol_domain::port::{Clock, Randomness};
use patrol_store::Disk;

/// A key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is missing or cannot be read.
    #[error("the phone's keys cannot be used: {0}")]
    Unreadable(String),
    /// Another program has this phone's data open.
    #[error("another program has this phone's data open")]
    InUse,
}

/// Where the phone's secrets live: a file on a desktop, a hardware keystore on a phone.
pub trait Keys: Send + Sync {
    /// 32 bytes from which the keys of database and vault are derived. The same ones for the life of the install.
    ///
    /// # Errors
    /// [`KeyError`] when they cannot be read; a new root is never made while data of an old one exist.
    fn root(&self) -> Result<[u8; 32], KeyError>;

    /// The device's public key: a SEC 1 point on P-256, uncompressed (65 bytes).
    ///
    /// # Errors
    /// [`KeyError`] when it cannot be read.
    fn device_key(&self) -> Result<Vec<u8>, KeyError>;

    /// Signs with the device key: ES256, 64 bytes.
    ///
    /// # Errors
    /// [`KeyError`] when the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError>;
}

/// Everything that only the host can know.
#[derive(Clone)]
pub struct Ports {
    /// The machine's clocks.
    pub clock: Arc<dyn Clock>,
    /// Bytes that nobody can foretell.
    pub random: Arc<dyn Randomness>,
    /// The phone's secrets.
    pub keys: Arc<dyn Keys>,
    /// The file system under the data folder. The database's own file goes through SQLite's VFS.
    pub disk: Arc<dyn Disk>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports(..)")
    }
}
