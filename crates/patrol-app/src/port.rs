//! What the host brings: clocks, chance, keys.

use std::sync::Arc;

use patrol_domain::port::{Clock, Randomness};
use patrol_store::Disk;
pub use patrol_sync::SealedRoot;

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

    /// Seals the root to `recovery_key` (a SEC 1 point on P-256) by HPKE (RFC 9180): base mode, DHKEM(P-256, HKDF-SHA256),
    /// HKDF-SHA256, ChaCha20Poly1305, with `info` and no associated data. The root itself does not leave the keystore.
    ///
    /// # Errors
    /// [`KeyError`] when the key is none or the root cannot be read.
    fn seal_root(&self, recovery_key: &[u8], info: &[u8]) -> Result<SealedRoot, KeyError>;

    /// Signs with the device key: ES256, 64 bytes.
    ///
    /// # Errors
    /// [`KeyError`] when the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError>;
}

/// What the network at hand costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Network {
    /// Each byte is paid for.
    Metered,
    /// It costs nothing.
    Unmetered,
    /// The host cannot tell; taken for one that costs nothing.
    #[default]
    Unknown,
    /// There is none.
    None,
}

/// What the host knows of the network.
pub trait NetworkPort: Send + Sync {
    /// What the network at hand costs.
    fn network(&self) -> Network;
}

/// A network that is what the host was told: a desktop cannot tell, and a test says it.
impl NetworkPort for Network {
    fn network(&self) -> Network {
        *self
    }
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
    /// What the network costs.
    pub network: Arc<dyn NetworkPort>,
    /// The file system under the data folder. The database's own file goes through SQLite's VFS.
    pub disk: Arc<dyn Disk>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports(..)")
    }
}
