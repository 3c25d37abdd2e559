//! Putting an original into the vault: encrypt, sync, rename, sync the folder.

use std::io::Read;
use std::path::Path;

use patrol_domain::hash::{Sha256Stream, encode_hex};
use patrol_domain::port::random;
use patrol_domain::{Sha256Hash, canonical};
use patrol_sqlite::DiskWrite;

use super::format::{self, CHUNK, ChunkCipher, Closing, FreshFile};
use super::{Vault, VaultError, VaultNote};

impl Vault {
    /// Takes an original in. When this returns, the file is durable under its hash and may be named in a row.
    ///
    /// A file that is already there is opened and verified: a good one stays and the new one is dropped, a damaged one
    /// is replaced by the good bytes at hand.
    ///
    /// # Errors
    /// [`VaultError`]; nothing is then visible under the photo's name that was not there before.
    pub fn put(&self, original: &mut dyn Read, note: &VaultNote) -> Result<(Sha256Hash, u64), VaultError> {
        let fresh = FreshFile {
            file_id: random(&*self.random),
            prefix: random(&*self.random),
            wrap_nonce: random(&*self.random),
            file_key: random(&*self.random),
        };
        let side = self.incoming().join(format!("{}.xgv", encode_hex(&fresh.file_id)));
        let written = self.write_side(&side, &fresh, original, note);
        let placed = written.and_then(|(sha256, length)| {
            self.place(&side, sha256)?;
            Ok((sha256, length))
        });
        if placed.is_err() {
            // The side name is cleaned at the next start if this fails too.
            let _ = self.disk.remove(&side);
        }
        placed
    }

    fn write_side(
        &self,
        side: &Path,
        fresh: &FreshFile,
        original: &mut dyn Read,
        note: &VaultNote,
    ) -> Result<(Sha256Hash, u64), VaultError> {
        let note = serde_json::to_value(note)
            .ok()
            .and_then(|note| canonical::encode(&note).ok());
        let note = note.ok_or(VaultError::NoteTooLong)?;
        let mut file = self.disk.create(side)?;
        let (header, cipher) = format::write_header(&self.key, fresh).map_err(|_| VaultError::NoteTooLong)?;
        file.write_all(&header)?;
        let (sha256, length, chunks) = write_chunks(&mut *file, &cipher, original)?;
        let closing = Closing { sha256, length, note }
            .to_bytes()
            .ok_or(VaultError::NoteTooLong)?;
        let sealed = cipher
            .seal(chunks, true, &closing)
            .map_err(|_| VaultError::NoteTooLong)?;
        file.write_all(&sealed)?;
        file.sync()?;
        Ok((sha256, length))
    }

    fn place(&self, side: &Path, sha256: Sha256Hash) -> Result<(), VaultError> {
        let path = self.path(sha256);
        let folder = path.parent().unwrap_or(&self.folder);
        if self.contains(sha256)? && self.verify(sha256).is_ok() {
            self.disk.remove(side)?;
        } else {
            self.disk.make_folder(folder)?;
            self.disk.rename(side, &path)?;
        }
        // Also for a file that was there: a process that was killed may have renamed it and not synced the folder.
        self.disk.sync_folder(folder)?;
        Ok(())
    }
}

fn write_chunks(
    file: &mut dyn DiskWrite,
    cipher: &ChunkCipher,
    original: &mut dyn Read,
) -> Result<(Sha256Hash, u64, u32), VaultError> {
    let mut hasher = Sha256Stream::new();
    let mut length = 0u64;
    let mut chunks = 0u32;
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        chunk.clear();
        Read::take(&mut *original, CHUNK as u64).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Ok((hasher.finish(), length, chunks));
        }
        hasher.update(&chunk);
        length += chunk.len() as u64;
        // 2^32 chunks are 256 TiB; the sealing itself cannot fail for 64 KiB.
        let sealed = cipher
            .seal(chunks, false, &chunk)
            .map_err(|_| std::io::Error::other("a chunk cannot be sealed"))?;
        file.write_all(&sealed)?;
        chunks = chunks
            .checked_add(1)
            .ok_or_else(|| std::io::Error::other("an original of over 256 TiB"))?;
    }
}
