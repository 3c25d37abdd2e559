//! One page of a SQLCipher 4 file: is it as it was written, and what does it say?
//!
//! A page is AES-256-CBC text, then 80 reserved bytes: 16 of initialisation vector and 64 of HMAC-SHA512 over text,
//! vector and page number (little-endian). The first page begins with 16 bytes of salt in clear, which nothing
//! authenticates; where SQLite expects its magic words, the salt stands in the file. The MAC's key is PBKDF2 (two
//! rounds) of the key with the salt XOR 0x3a. Source: `sqlcipher_page_cipher`, `sqlcipher_page_hmac` and
//! `sqlcipher_cipher_ctx_key_derive` of SQLCipher 4.19.
//!
//! SQLCipher's own functions were no way in: after the first page that fails, a connection refuses all others.

use aes::{Aes256, Block};
use cbc::Decryptor;
use cbc::cipher::{BlockModeDecrypt as _, InnerIvInit as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha2::Sha512;

use crate::key::DatabaseKey;

/// Bytes of a page, the same in every file that this crate makes.
pub(super) const PAGE: usize = 4096;
/// What stands where an encrypted file has its salt.
pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";

const VECTOR: usize = 16;
const MAC: usize = 64;
const SALT_MASK: u8 = 0x3a;
const ROUNDS: u32 = 2;

/// The two keys of a file, ready for use.
pub(super) struct PageCipher {
    cipher: Aes256,
    mac: Hmac<Sha512>,
}

impl PageCipher {
    pub(super) fn new(key: &DatabaseKey) -> Self {
        let (key, salt) = key.halves();
        let masked = salt.map(|byte| byte ^ SALT_MASK);
        let mac_key: [u8; 32] = pbkdf2::pbkdf2_hmac_array::<Sha512, 32>(key, &masked, ROUNDS);
        Self {
            cipher: Aes256::new(&(*key).into()),
            mac: Hmac::new_from_slice(&mac_key).expect("an HMAC takes a key of any length"),
        }
    }

    /// Whether the page is what was written under this number.
    pub(super) fn is_authentic(&self, number: u32, raw: &[u8; PAGE]) -> bool {
        self.authenticated(number, raw).is_some()
    }

    /// The page in clear without its reserved bytes; `None` when it is not what was written under this number.
    pub(super) fn open(&self, number: u32, raw: &[u8; PAGE]) -> Option<Vec<u8>> {
        let authenticated = self.authenticated(number, raw)?;
        let (text, vector) = authenticated.split_last_chunk::<VECTOR>()?;
        let mut text = text.to_vec();
        let (blocks, rest) = Block::slice_as_chunks_mut(&mut text);
        if !rest.is_empty() {
            return None;
        }
        Decryptor::inner_iv_init(self.cipher.clone(), &(*vector).into()).decrypt_blocks(blocks);
        let mut page = clear(number).to_vec();
        page.append(&mut text);
        Some(page)
    }

    /// Text and vector, once the MAC has been found right.
    fn authenticated<'raw>(&self, number: u32, raw: &'raw [u8; PAGE]) -> Option<&'raw [u8]> {
        let (rest, tag) = raw.split_last_chunk::<MAC>()?;
        let authenticated = rest.get(clear(number).len()..)?;
        let mut mac = self.mac.clone();
        mac.update(authenticated);
        mac.update(&number.to_le_bytes());
        mac.verify_slice(tag).ok()?;
        Some(authenticated)
    }
}

/// What is not encrypted at the head of a page, as SQLite expects to read it.
fn clear(number: u32) -> &'static [u8] {
    if number == 1 { MAGIC } else { &[] }
}
