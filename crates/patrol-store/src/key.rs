//! One root outside the database, from which the database's and the vault's keys are derived.
//!
//! HKDF-SHA256 (RFC 5869) with a name for each use, so that none of them gives away another.

use std::fmt;

use hkdf::Hkdf;
use patrol_sqlite::DatabaseKey;
use sha2::Sha256;

/// The root of all keys of one install: 32 random bytes that the host keeps (a file, a hardware keystore).
#[derive(Clone)]
pub struct RootKey([u8; 32]);

impl RootKey {
    /// Takes the root from the host.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn database(&self) -> DatabaseKey {
        DatabaseKey::new(self.derive(b"xunge database 1"))
    }

    pub(crate) fn vault(&self) -> [u8; 32] {
        self.derive(b"xunge vault 1")
    }

    fn derive<const N: usize>(&self, name: &[u8]) -> [u8; N] {
        let mut key = [0; N];
        Hkdf::<Sha256>::new(None, &self.0)
            .expand(name, &mut key)
            .expect("HKDF gives up to 8,160 bytes and N is at most 48");
        key
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(..)")
    }
}
