//! The bytes of a vault file, version `XGV1`.
//!
//! ```text
//! header, 116 bytes
//!    0   4  "XGV1"
//!    4   1  alg: 1 = XChaCha20-Poly1305, STREAM with a 32-bit big-endian counter (Hoang et al. 2015)
//!    5   4  key id, u32 big-endian: which vault key wraps the file key
//!    9  16  file id, random
//!   25  19  nonce prefix, random
//!   44  24  wrap nonce, random
//!   68  48  file key (32 bytes), wrapped with XChaCha20-Poly1305; associated data = bytes 0 … 25
//! chunks of 64 KiB plain + 16 bytes tag, the last of them shorter; none for the remainder of zero bytes
//! closing chunk, 1,024 + 16 bytes
//!    0  32  SHA-256 of the plain original
//!   32   8  its length, u64 big-endian
//!   40   2  length of the note, u16 big-endian
//!   42   …  the note, canonical JSON; then zeros
//! ```
//!
//! A chunk's nonce is prefix ‖ counter (u32 big-endian) ‖ 1 for the closing chunk, else 0; its associated data is magic ‖
//! alg ‖ file id ‖ prefix, which leaves out key id and wrapped key, so that wrapping anew never touches a chunk. The
//! closing chunk has a fixed size, so a reader finds it from the end without knowing the original's length.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use patrol_domain::Sha256Hash;

pub(super) const CHUNK: usize = 64 * 1024;
pub(super) const TAG: usize = 16;
pub(super) const HEADER: usize = 116;
pub(super) const CLOSING: usize = 1024;
pub(super) const CLOSING_SEALED: usize = CLOSING + TAG;
const MAGIC: [u8; 4] = *b"XGV1";
const ALG: u8 = 1;
pub(super) const KEY_ID: u32 = 1;
const CLOSING_FIXED: usize = 42;

/// The bytes do not authenticate, or are not of this format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rejected;

/// What a new file needs from chance.
pub(super) struct FreshFile {
    pub file_id: [u8; 16],
    pub prefix: [u8; 19],
    pub wrap_nonce: [u8; 24],
    pub file_key: [u8; 32],
}

/// Seals and opens the chunks of one file.
pub(super) struct ChunkCipher {
    cipher: XChaCha20Poly1305,
    prefix: [u8; 19],
    associated: [u8; 40],
}

impl ChunkCipher {
    fn new(file_key: &[u8; 32], file_id: &[u8; 16], prefix: [u8; 19]) -> Self {
        let mut associated = [0; 40];
        let fields = MAGIC.iter().chain(&[ALG]).chain(file_id).chain(&prefix);
        for (slot, byte) in associated.iter_mut().zip(fields) {
            *slot = *byte;
        }
        Self {
            cipher: XChaCha20Poly1305::new(file_key.into()),
            prefix,
            associated,
        }
    }

    fn nonce(&self, counter: u32, closing: bool) -> XNonce {
        let mut nonce = [0; 24];
        let fields = self
            .prefix
            .iter()
            .copied()
            .chain(counter.to_be_bytes())
            .chain([u8::from(closing)]);
        for (slot, byte) in nonce.iter_mut().zip(fields) {
            *slot = byte;
        }
        nonce.into()
    }

    pub(super) fn seal(&self, counter: u32, closing: bool, plain: &[u8]) -> Result<Vec<u8>, Rejected> {
        let payload = Payload {
            msg: plain,
            aad: &self.associated,
        };
        self.cipher
            .encrypt(&self.nonce(counter, closing), payload)
            .map_err(|_| Rejected)
    }

    pub(super) fn open(&self, counter: u32, closing: bool, sealed: &[u8]) -> Result<Vec<u8>, Rejected> {
        let payload = Payload {
            msg: sealed,
            aad: &self.associated,
        };
        self.cipher
            .decrypt(&self.nonce(counter, closing), payload)
            .map_err(|_| Rejected)
    }
}

/// The header of a new file and the cipher for its chunks.
pub(super) fn write_header(vault_key: &[u8; 32], fresh: &FreshFile) -> Result<(Vec<u8>, ChunkCipher), Rejected> {
    let FreshFile {
        file_id,
        prefix,
        wrap_nonce,
        file_key,
    } = fresh;
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(&MAGIC);
    header.push(ALG);
    header.extend_from_slice(&KEY_ID.to_be_bytes());
    header.extend_from_slice(file_id);
    let wrapped = XChaCha20Poly1305::new(vault_key.into())
        .encrypt(
            &(*wrap_nonce).into(),
            Payload {
                msg: file_key,
                aad: &header,
            },
        )
        .map_err(|_| Rejected)?;
    header.extend_from_slice(prefix);
    header.extend_from_slice(wrap_nonce);
    header.extend_from_slice(&wrapped);
    Ok((header, ChunkCipher::new(file_key, file_id, *prefix)))
}

/// Reads a header; any bytes may come.
pub(super) fn read_header(vault_key: &[u8; 32], header: &[u8; HEADER]) -> Result<ChunkCipher, Rejected> {
    let (clear, rest) = header.split_at_checked(25).ok_or(Rejected)?;
    let (prefix, rest) = rest.split_first_chunk::<19>().ok_or(Rejected)?;
    let (wrap_nonce, wrapped) = rest.split_first_chunk::<24>().ok_or(Rejected)?;
    let (start, file_id) = clear.split_first_chunk::<9>().ok_or(Rejected)?;
    let file_id: &[u8; 16] = file_id.try_into().map_err(|_| Rejected)?;
    let mut expected = MAGIC.to_vec();
    expected.push(ALG);
    expected.extend_from_slice(&KEY_ID.to_be_bytes());
    if start.as_slice() != expected {
        return Err(Rejected);
    }
    let file_key = XChaCha20Poly1305::new(vault_key.into())
        .decrypt(
            &(*wrap_nonce).into(),
            Payload {
                msg: wrapped,
                aad: clear,
            },
        )
        .map_err(|_| Rejected)?;
    let file_key: [u8; 32] = file_key.try_into().map_err(|_| Rejected)?;
    Ok(ChunkCipher::new(&file_key, file_id, *prefix))
}

/// What the closing chunk holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    pub sha256: Sha256Hash,
    pub length: u64,
    pub note: Vec<u8>,
}

impl Closing {
    /// `None` when the note is too long.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let note_length = u16::try_from(self.note.len()).ok()?;
        if self.note.len() > CLOSING - CLOSING_FIXED {
            return None;
        }
        let mut bytes = Vec::with_capacity(CLOSING);
        bytes.extend_from_slice(self.sha256.as_bytes());
        bytes.extend_from_slice(&self.length.to_be_bytes());
        bytes.extend_from_slice(&note_length.to_be_bytes());
        bytes.extend_from_slice(&self.note);
        bytes.resize(CLOSING, 0);
        Some(bytes)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Rejected> {
        let (sha256, rest) = bytes.split_first_chunk::<32>().ok_or(Rejected)?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or(Rejected)?;
        let (note_length, rest) = rest.split_first_chunk::<2>().ok_or(Rejected)?;
        let note = rest
            .get(..usize::from(u16::from_be_bytes(*note_length)))
            .ok_or(Rejected)?;
        Ok(Self {
            sha256: Sha256Hash::from_bytes(*sha256),
            length: u64::from_be_bytes(*length),
            note: note.to_vec(),
        })
    }
}

/// How many bytes the chunks of an original of `length` bytes take in the file.
pub(super) fn sealed_length(length: u64) -> u64 {
    length + length.div_ceil(CHUNK as u64) * TAG as u64
}
