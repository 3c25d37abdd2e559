//! Sealed exports, version `XGE1`: an export that only the holder of the station's recovery key can open.
//!
//! ```text
//! header, 161 bytes
//!    0   4  "XGE1"
//!    4   1  alg: 1 = HPKE base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305 (RFC 9180), and
//!           XChaCha20-Poly1305 STREAM with a 32-bit big-endian counter (Hoang et al. 2015)
//!    5   8  key id: the first 8 bytes of the recovery key's thumbprint
//!   13  16  file id, random
//!   29  19  nonce prefix, random
//!   48  65  encapsulated key
//!  113  48  file key (32 bytes), sealed with info "xgx1"; associated data = bytes 0 … 48
//! chunks of 64 KiB plain + 16 bytes tag, the last of them shorter; none for the remainder of zero bytes
//! closing chunk, 40 + 16 bytes: SHA-256 of the export, its length as u64 big-endian
//! ```
//!
//! A chunk's nonce is prefix ‖ counter (u32 big-endian) ‖ 1 for the closing chunk, else 0; its associated data is magic ‖
//! alg ‖ file id ‖ prefix, as in the vault. Cut off anywhere, the closing chunk is missing and nothing passes for whole.

use std::convert::Infallible;
use std::io::{self, Read, Write};

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::{DhP256HkdfSha256, Kem};
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use patrol_domain::hash::Sha256Stream;
use patrol_domain::port::{Randomness, random};

use crate::signature::PublicKey;

/// How a sealed export begins.
pub const SEALED_MAGIC: [u8; 4] = *b"XGE1";

const ALG: u8 = 1;
const INFO: &[u8] = b"xgx1";
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const ENCAPSULATED: usize = 65;
const WRAPPED: usize = 32 + TAG;
/// What the wrapped key is bound to: all in front of the encapsulated key.
const CLEAR: usize = 48;
const HEADER: usize = CLEAR + ENCAPSULATED + WRAPPED;
const CLOSING: usize = 40;
const CLOSING_SEALED: usize = CLOSING + TAG;

type KeyExchange = DhP256HkdfSha256;

/// The export cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The disk refused.
    #[error("the file cannot be used: {0}")]
    File(#[from] io::Error),
    /// Not a sealed export.
    #[error("not a sealed export")]
    Form,
    /// Sealed to another recovery key.
    #[error("sealed to recovery key {found}, this is {ours}")]
    OtherKey {
        /// The key id in the file.
        found: String,
        /// The key id of the key that was given.
        ours: String,
    },
    /// Changed, cut off, or sealed under another key.
    #[error("the sealed export was changed or cut off at byte {at} of its content")]
    Damaged {
        /// Where.
        at: u64,
    },
    /// Not a P-256 key.
    #[error("not a P-256 key")]
    Key,
}

/// The key id of a recovery key's private half (a P-256 scalar).
///
/// # Errors
/// [`SealError::Key`] when it is none.
pub fn key_id_of_secret(secret: &[u8; 32]) -> Result<String, SealError> {
    Ok(public_of(secret)?.key_id())
}

fn public_of(secret: &[u8; 32]) -> Result<PublicKey, SealError> {
    let private = <KeyExchange as Kem>::PrivateKey::from_bytes(secret).map_err(|_| SealError::Key)?;
    let public = <KeyExchange as Kem>::sk_to_pk(&private);
    PublicKey::from_sec1(&public.to_bytes()).map_err(|_| SealError::Key)
}

/// Hands the host's randomness to the key encapsulation.
struct Chance<'source>(&'source dyn Randomness);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(random(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(random(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}

struct Chunks {
    cipher: XChaCha20Poly1305,
    prefix: [u8; 19],
    associated: Vec<u8>,
    counter: u32,
}

impl Chunks {
    /// `clear` is the header's first [`CLEAR`] bytes.
    fn new(file_key: &[u8; 32], clear: &[u8]) -> Result<Self, SealError> {
        let file_id = clear.get(13..29).ok_or(SealError::Form)?;
        let prefix: [u8; 19] = clear
            .get(29..CLEAR)
            .and_then(|prefix| prefix.try_into().ok())
            .ok_or(SealError::Form)?;
        Ok(Self {
            cipher: XChaCha20Poly1305::new(file_key.into()),
            prefix,
            associated: [SEALED_MAGIC.as_slice(), &[ALG], file_id, &prefix].concat(),
            counter: 0,
        })
    }

    fn nonce(&self, closing: bool) -> XNonce {
        let mut nonce = [0; 24];
        let fields = self
            .prefix
            .iter()
            .copied()
            .chain(self.counter.to_be_bytes())
            .chain([u8::from(closing)]);
        for (slot, byte) in nonce.iter_mut().zip(fields) {
            *slot = byte;
        }
        nonce.into()
    }

    fn payload<'all>(&'all self, msg: &'all [u8]) -> Payload<'all, 'all> {
        Payload {
            msg,
            aad: &self.associated,
        }
    }

    fn seal(&mut self, plain: &[u8], closing: bool) -> io::Result<Vec<u8>> {
        let sealed = self.cipher.encrypt(&self.nonce(closing), self.payload(plain));
        let sealed = sealed.map_err(|_| io::Error::other("a chunk cannot be sealed"))?;
        self.advance()?;
        Ok(sealed)
    }

    fn open(&mut self, sealed: &[u8], closing: bool) -> Option<Vec<u8>> {
        let plain = self.cipher.decrypt(&self.nonce(closing), self.payload(sealed)).ok()?;
        self.advance().ok()?;
        Some(plain)
    }

    /// 2^32 chunks are 256 TiB.
    fn advance(&mut self) -> io::Result<()> {
        self.counter = self
            .counter
            .checked_add(1)
            .ok_or_else(|| io::Error::other("the export is too long to be sealed"))?;
        Ok(())
    }
}

/// Seals what is written to it. Without [`Sealer::finish`] the file cannot be opened.
pub struct Sealer<W> {
    out: W,
    chunks: Chunks,
    held: Vec<u8>,
    hasher: Sha256Stream,
    length: u64,
}

impl<W: Write> Sealer<W> {
    /// Begins a file for the holder of `recovery`.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn begin(mut out: W, recovery: &PublicKey, chance: &dyn Randomness) -> Result<Self, SealError> {
        let point = recovery.to_sec1();
        let to = <KeyExchange as Kem>::PublicKey::from_bytes(&point).map_err(|_| SealError::Key)?;
        let (file_key, file_id, prefix): ([u8; 32], [u8; 16], [u8; 19]) =
            (random(chance), random(chance), random(chance));
        let thumbprint = recovery.thumbprint();
        let mut header = SEALED_MAGIC.to_vec();
        header.push(ALG);
        header.extend(thumbprint.as_bytes().iter().take(8));
        header.extend_from_slice(&file_id);
        header.extend_from_slice(&prefix);
        let chunks = Chunks::new(&file_key, &header)?;
        let (encapsulated, wrapped) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, KeyExchange>(
            &OpModeS::Base,
            &to,
            INFO,
            &file_key,
            &header,
            &mut Chance(chance),
        )
        .map_err(|_| SealError::Key)?;
        header.extend_from_slice(&encapsulated.to_bytes());
        header.extend_from_slice(&wrapped);
        out.write_all(&header)?;
        Ok(Self {
            out,
            chunks,
            held: Vec::with_capacity(CHUNK),
            hasher: Sha256Stream::new(),
            length: 0,
        })
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// [`SealError::File`].
    pub fn finish(mut self) -> Result<W, SealError> {
        if !self.held.is_empty() {
            let sealed = self.chunks.seal(&self.held, false)?;
            self.out.write_all(&sealed)?;
        }
        let mut closing = self.hasher.finish().as_bytes().to_vec();
        closing.extend_from_slice(&self.length.to_be_bytes());
        let sealed = self.chunks.seal(&closing, true)?;
        self.out.write_all(&sealed)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK - self.held.len());
        let taken = bytes.get(..taken).unwrap_or_default();
        self.held.extend_from_slice(taken);
        self.hasher.update(taken);
        self.length += taken.len() as u64;
        if self.held.len() == CHUNK {
            let sealed = self.chunks.seal(&self.held, false)?;
            self.out.write_all(&sealed)?;
            self.held.clear();
        }
        Ok(taken.len())
    }

    /// Only whole chunks leave before the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a sealed export as a stream. Bytes come out before the end was seen: only a reader that has come to the end
/// without an error has read what was sealed.
pub struct Opener<R> {
    source: R,
    chunks: Chunks,
    /// Sealed bytes that were read ahead: the closing chunk is told by what follows it, nothing.
    ahead: Vec<u8>,
    plain: Vec<u8>,
    given: usize,
    hasher: Sha256Stream,
    length: u64,
    is_done: bool,
}

impl<R: Read> Opener<R> {
    /// Reads the header with the recovery key's private half (a P-256 scalar).
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(mut source: R, secret: &[u8; 32]) -> Result<Self, SealError> {
        let mut header = [0; HEADER];
        source.read_exact(&mut header).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => SealError::Form,
            _ => error.into(),
        })?;
        let (clear, rest) = header.split_at_checked(CLEAR).ok_or(SealError::Form)?;
        let (encapsulated, wrapped) = rest.split_at_checked(ENCAPSULATED).ok_or(SealError::Form)?;
        if !clear.starts_with(&SEALED_MAGIC) || clear.get(4) != Some(&ALG) {
            return Err(SealError::Form);
        }
        let ours = key_id_of_secret(secret)?;
        let found = patrol_domain::hash::encode_hex(clear.get(5..13).unwrap_or_default());
        if found != ours {
            return Err(SealError::OtherKey { found, ours });
        }
        let private = <KeyExchange as Kem>::PrivateKey::from_bytes(secret).map_err(|_| SealError::Key)?;
        let damaged = SealError::Damaged { at: 0 };
        let Ok(encapsulated) = <KeyExchange as Kem>::EncappedKey::from_bytes(encapsulated) else {
            return Err(damaged);
        };
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, KeyExchange>(
            &OpModeR::Base,
            &private,
            &encapsulated,
            INFO,
            wrapped,
            clear,
        );
        let Some(file_key) = opened.ok().and_then(|key| <[u8; 32]>::try_from(key).ok()) else {
            return Err(damaged);
        };
        Ok(Self {
            source,
            chunks: Chunks::new(&file_key, clear)?,
            ahead: Vec::with_capacity(CHUNK + TAG + CLOSING_SEALED),
            plain: Vec::new(),
            given: 0,
            hasher: Sha256Stream::new(),
            length: 0,
            is_done: false,
        })
    }

    /// The next chunk into `plain`; nothing at the end.
    fn advance(&mut self) -> Result<(), SealError> {
        let full = CHUNK + TAG + CLOSING_SEALED;
        let missing = full.saturating_sub(self.ahead.len());
        self.source.by_ref().take(missing as u64).read_to_end(&mut self.ahead)?;
        let damaged = SealError::Damaged { at: self.length };
        let is_last = self.ahead.len() < full;
        let Some(end) = self.ahead.len().checked_sub(CLOSING_SEALED) else {
            return Err(damaged);
        };
        self.plain.clear();
        self.given = 0;
        if end > 0 {
            let closing = self.ahead.split_off(end);
            let Some(plain) = self.chunks.open(&self.ahead, false) else {
                return Err(damaged);
            };
            self.plain = plain;
            self.ahead = closing;
            self.hasher.update(&self.plain);
            self.length += self.plain.len() as u64;
        }
        if is_last {
            let Some(closing) = self.chunks.open(&self.ahead, true) else {
                return Err(damaged);
            };
            let hash = std::mem::take(&mut self.hasher).finish();
            let expected = [hash.as_bytes().as_slice(), &self.length.to_be_bytes()].concat();
            if closing != expected {
                return Err(damaged);
            }
            self.is_done = true;
        }
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.plain.len() {
            if self.is_done {
                return Ok(0);
            }
            self.advance().map_err(|error| match error {
                SealError::File(error) => error,
                other => io::Error::new(io::ErrorKind::InvalidData, other),
            })?;
        }
        let left = self.plain.get(self.given..).unwrap_or_default();
        let taken = left.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(left) {
            *slot = *byte;
        }
        self.given += taken;
        Ok(taken)
    }
}

impl<W> std::fmt::Debug for Sealer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl<R> std::fmt::Debug for Opener<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opener(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counted(std::sync::atomic::AtomicU8);

    impl Randomness for Counted {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    const SECRET: [u8; 32] = [7; 32];

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let chance = Counted(5.into());
        let mut sealer = Sealer::begin(Vec::new(), &public_of(&SECRET).unwrap(), &chance).unwrap();
        sealer.write_all(plain).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(bytes: &[u8], secret: &[u8; 32]) -> Result<Vec<u8>, String> {
        let mut plain = Vec::new();
        let mut opener = Opener::open(bytes, secret).map_err(|error| error.to_string())?;
        opener.read_to_end(&mut plain).map_err(|error| error.to_string())?;
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_opens_at_every_length_around_a_chunk() {
        for length in [
            0,
            1,
            CHUNK - 1,
            CHUNK,
            CHUNK + 1,
            2 * CHUNK,
            2 * CHUNK + 39,
            2 * CHUNK + 57,
        ] {
            let plain: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            assert!(opened(&sealed(&plain), &SECRET).unwrap() == plain, "{length}");
        }
    }

    #[test]
    fn any_changed_byte_and_any_cut_is_noticed() {
        let whole = sealed(&[3; 900]);
        for at in 0..whole.len() {
            let mut bad = whole.clone();
            bad[at] ^= 0x40;
            assert!(opened(&bad, &SECRET).is_err(), "byte {at}");
            assert!(opened(&whole[..at], &SECRET).is_err(), "cut at {at}");
        }
        let long = sealed(&[3; 2 * CHUNK]);
        // A whole chunk is cut out, or two are swapped.
        let chunk = CHUNK + TAG;
        let without = [&long[..HEADER], &long[HEADER + chunk..]].concat();
        assert!(opened(&without, &SECRET).is_err());
        assert!(opened(&[whole, vec![0]].concat(), &SECRET).is_err());
    }

    #[test]
    fn another_recovery_key_is_named() {
        let error = opened(&sealed(b"x"), &[8; 32]).unwrap_err();
        assert!(error.contains("sealed to recovery key"), "{error}");
        assert!(opened(b"no export at all", &SECRET).is_err());
    }
}
