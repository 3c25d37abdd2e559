//! The key of an encrypted file.

use std::fmt;

/// A raw SQLCipher key: 32 bytes of key and 16 bytes of salt, so that no time goes into deriving one from a password.
///
/// The salt is part of the key material (and not read from the file), so that a damaged first page does not take the
/// whole file with it.
#[derive(Clone)]
pub struct DatabaseKey {
    bytes: [u8; 48],
}

impl DatabaseKey {
    /// Key first, then salt.
    pub const fn new(bytes: [u8; 48]) -> Self {
        Self { bytes }
    }

    /// Key and salt.
    pub(crate) fn halves(&self) -> (&[u8; 32], [u8; 16]) {
        let (key, salt) = self.bytes.split_first_chunk().expect("48 bytes begin with 32");
        (key, *salt.first_chunk().expect("48 bytes less 32 are 16"))
    }

    /// The form that `PRAGMA key` takes: `x'96 hexadecimal digits'`.
    pub(crate) fn pragma(&self) -> String {
        use fmt::Write as _;
        let mut text = String::with_capacity(99);
        text.push_str("x'");
        for byte in self.bytes {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\'');
        text
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(..)")
    }
}
