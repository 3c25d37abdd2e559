//! Taking an original out of the vault, in pieces, from any position.

use std::io::{Read as _, SeekFrom};

use patrol_domain::Sha256Hash;
use patrol_domain::hash::Sha256Stream;
use patrol_sqlite::DiskRead;

use super::format::{self, CHUNK, CLOSING_SEALED, ChunkCipher, Closing, HEADER, TAG};
use super::{Vault, VaultError, VaultNote};

/// An open original. Every piece it gives was authenticated; it never gives bytes that were not written.
pub struct VaultReader {
    file: Box<dyn DiskRead>,
    cipher: ChunkCipher,
    closing: Closing,
    position: u64,
}

impl std::fmt::Debug for VaultReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultReader")
            .field("sha256", &self.closing.sha256)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens an original at its first byte.
    ///
    /// # Errors
    /// [`VaultError::Missing`] or [`VaultError::Damaged`]; [`VaultError::File`] when the disk cannot be read.
    pub fn read(&self, sha256: Sha256Hash) -> Result<VaultReader, VaultError> {
        let mut file = match self.disk.open(&self.path(sha256)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(VaultError::Missing(sha256)),
            other => other?,
        };
        let damaged = VaultError::Damaged(sha256);
        let size = file.seek(SeekFrom::End(0))?;
        let Some(chunks_length) = size.checked_sub((HEADER + CLOSING_SEALED) as u64) else {
            return Err(damaged);
        };
        let mut header = [0; HEADER];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut header)?;
        let Ok(cipher) = format::read_header(&self.key, &header) else {
            return Err(damaged);
        };
        let mut sealed = [0; CLOSING_SEALED];
        file.seek(SeekFrom::Start(HEADER as u64 + chunks_length))?;
        file.read_exact(&mut sealed)?;
        let chunks = u32::try_from(chunks_length.div_ceil((CHUNK + TAG) as u64)).unwrap_or(u32::MAX);
        let closing = cipher
            .open(chunks, true, &sealed)
            .and_then(|plain| Closing::from_bytes(&plain));
        match closing {
            Ok(closing) if closing.sha256 == sha256 && format::sealed_length(closing.length) == chunks_length => {
                Ok(VaultReader {
                    file,
                    cipher,
                    closing,
                    position: 0,
                })
            }
            _ => Err(damaged),
        }
    }

    /// Reads the whole original once and compares its hash.
    ///
    /// # Errors
    /// As [`Vault::read`]; [`VaultError::Damaged`] when any chunk or the hash differs.
    pub fn verify(&self, sha256: Sha256Hash) -> Result<u64, VaultError> {
        let mut reader = self.read(sha256)?;
        let mut hasher = Sha256Stream::new();
        while let Some(piece) = reader.next_piece()? {
            hasher.update(&piece);
        }
        if hasher.finish() == sha256 {
            Ok(reader.length())
        } else {
            Err(VaultError::Damaged(sha256))
        }
    }

    /// The whole original in memory; for pictures on the screen, never for sending.
    ///
    /// # Errors
    /// As [`Vault::verify`].
    pub fn read_all(&self, sha256: Sha256Hash) -> Result<Vec<u8>, VaultError> {
        let mut reader = self.read(sha256)?;
        let mut bytes = Vec::new();
        while let Some(piece) = reader.next_piece()? {
            bytes.extend_from_slice(&piece);
        }
        if Sha256Hash::of(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(VaultError::Damaged(sha256))
        }
    }
}

impl VaultReader {
    /// The original's length in bytes.
    pub fn length(&self) -> u64 {
        self.closing.length
    }

    /// What was noted when it was taken in.
    pub fn note(&self) -> Option<VaultNote> {
        serde_json::from_slice(&self.closing.note).ok()
    }

    /// Goes on at `position`, counted in bytes of the original.
    pub fn seek(&mut self, position: u64) {
        self.position = position.min(self.closing.length);
    }

    /// The next at most 64 KiB; `None` at the end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when the chunk is not the one that was written; [`VaultError::File`].
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, VaultError> {
        if self.position >= self.closing.length {
            return Ok(None);
        }
        let damaged = || VaultError::Damaged(self.closing.sha256);
        let chunk = self.position / CHUNK as u64;
        let within = self.position - chunk * CHUNK as u64;
        let plain_length = (self.closing.length - chunk * CHUNK as u64).min(CHUNK as u64);
        let start = HEADER as u64 + chunk * (CHUNK + TAG) as u64;
        self.file.seek(SeekFrom::Start(start))?;
        let mut sealed = Vec::with_capacity(CHUNK + TAG);
        self.file
            .by_ref()
            .take(plain_length + TAG as u64)
            .read_to_end(&mut sealed)?;
        let counter = u32::try_from(chunk).map_err(|_| damaged())?;
        let mut plain = self.cipher.open(counter, false, &sealed).map_err(|_| damaged())?;
        let piece = plain.split_off(usize::try_from(within).unwrap_or(usize::MAX).min(plain.len()));
        self.position += piece.len() as u64;
        Ok(Some(piece))
    }
}
