//! Originals and thumbnails: who may bring them, what is stored of them, what was signed for them.

mod note;

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use patrol_domain::{DeviceId, Sha256Hash};
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_sqlite::{Disk, Transaction};
use patrol_wire::PhotoReply;

use super::receive::Part;
use super::{Inner, row};
use crate::durable::{self, Content};
use crate::store::{StoreError, UploadState};
use crate::sweep::THUMBNAIL;
pub(super) use note::Notes;

/// An original as a phone's journals speak of it.
pub(super) struct Named {
    /// The lengths that its ops state; at least one.
    pub(super) lengths: Vec<u64>,
    /// What this phone was given when it had brought it; nothing when the file is no longer whole.
    pub(super) reply: Option<PhotoReply>,
}

impl Inner {
    /// Constant answer: a hash that nobody names and one that only other phones name are both [`StoreError::NotFound`].
    pub(super) fn named(&self, device: DeviceId, sha256: Sha256Hash) -> Result<Named, StoreError> {
        let (lengths, stored) = self.database.read(|tx| {
            let mut read = tx.prepare_cached(include_str!("sql/list_named_lengths.sql"))?;
            let rows = read.query_map((device.as_bytes(), sha256.as_bytes()), |row| row::count(row, 0))?;
            let lengths: Vec<u64> = rows.collect::<Result<_, _>>()?;
            if lengths.is_empty() {
                return Err(StoreError::NotFound);
            }
            Ok((lengths, stored_reply(tx, device, sha256)?))
        })?;
        let reply = match stored {
            Some(stored) if self.is_whole(sha256, stored.bytes, &stored.extension)? => Some(stored.reply),
            // The phone is asked for it again; it gets the same receipt when it has brought it.
            Some(_) | None => None,
        };
        Ok(Named { lengths, reply })
    }

    /// Whether the file of a stored original is there with its length. Its hash is not computed: that is for `digest`.
    pub(super) fn is_whole(&self, sha256: Sha256Hash, bytes: u64, extension: &str) -> Result<bool, StoreError> {
        let found = self.disk().length(&self.layout.photo(sha256, extension))?;
        if found != Some(bytes) {
            tracing::error!(%sha256, bytes, ?found, "a stored original is gone or has another length");
        }
        Ok(found == Some(bytes))
    }

    pub(super) fn photo_receipt(&self, device: DeviceId, sha256: Sha256Hash) -> Result<PhotoReply, StoreError> {
        self.named(device, sha256)?.reply.ok_or(StoreError::NotFound)
    }

    pub(super) fn upload_state(&self, device: DeviceId, sha256: Sha256Hash) -> Result<UploadState, StoreError> {
        let Named { lengths, reply } = self.named(device, sha256)?;
        if let Some(reply) = reply {
            // A station that stopped behind the receipt has left the part; nobody else asks for it again.
            durable::remove(self.disk(), &self.layout.part(device, sha256))?;
            return Ok(UploadState {
                offset: reply.receipt.content.bytes,
                complete: true,
            });
        }
        let path = self.layout.part(device, sha256);
        let longest = lengths.into_iter().max().unwrap_or_default();
        if self.disk().length(&path)?.is_some_and(|held| held > longest) {
            // Only with the turn: a request that writes moves its part to where the originals are.
            let _turn = self.uploads.turn(device, sha256)?;
            durable::drop_longer_than(self.disk(), &path, longest)?;
        }
        let offset = match durable::sync(self.disk(), &path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            held => held?,
        };
        Ok(UploadState {
            offset,
            complete: false,
        })
    }

    /// All bytes are there: make them durable, verify them, move them to their place, then say so.
    pub(super) fn finish(
        &self,
        device: DeviceId,
        sha256: Sha256Hash,
        part: &mut Part,
    ) -> Result<PhotoReply, StoreError> {
        let path = self.layout.part(device, sha256);
        let disk = self.disk();
        part.sync()?;
        let content = match part.content() {
            Some(content) => content,
            None => durable::read_content(disk, &path)?,
        };
        if content.sha256 != sha256 {
            durable::remove(disk, &path)?;
            return Err(StoreError::HashMismatch);
        }
        let place = self.layout.photo(sha256, content.extension);
        let is_kept = self.keep_stored(&place, &content)?;
        if !is_kept {
            self.put_in_place(&path, &place)?;
        }
        let reply = self.note_photo(device, content)?;
        if is_kept {
            durable::remove(disk, &path)?;
        }
        Ok(reply)
    }

    /// Moves a synced file to its shelf, which is made if need be; durable when this returns.
    fn put_in_place(&self, from: &Path, place: &Path) -> std::io::Result<()> {
        let shelf = place.parent().unwrap_or(place);
        let disk = self.disk();
        self.folders.within(disk, shelf, || durable::rename(disk, from, place))
    }

    /// Whether another phone's copy is in its place and sound; it is made durable for this phone too.
    fn keep_stored(&self, place: &Path, content: &Content) -> Result<bool, StoreError> {
        match durable::read_content(self.disk(), place) {
            Ok(stored) if stored == *content => {
                durable::sync(self.disk(), place)?;
                self.disk().sync_folder(&self.layout.photos())?;
                Ok(true)
            }
            Ok(_) => {
                tracing::error!(sha256 = %content.sha256, "a stored original was damaged; a good copy takes its place");
                Ok(false)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn keep_thumb(&self, device: DeviceId, sha256: Sha256Hash, jpeg: &[u8]) -> Result<(), StoreError> {
        self.named(device, sha256)?;
        let owner = self.database.read(|tx| thumb_owner(tx, sha256))?;
        if owner.is_some_and(|owner| owner != device) {
            return Ok(());
        }
        let folder = self.layout.incoming_of(device);
        let disk = self.disk();
        // Two requests for the same thumbnail must not write into one file.
        let number = self.temporaries.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!("{sha256}.{number}.{THUMBNAIL}"));
        let place = self.layout.thumb(sha256);
        let written = self
            .folders
            .within(disk, &folder, || write_whole(disk, &temporary, jpeg));
        let kept = written.and_then(|()| self.put_in_place(&temporary, &place));
        if let Err(error) = kept {
            // The first error is the one worth reporting.
            let _ = durable::remove(disk, &temporary);
            return Err(error.into());
        }
        let now = self.ports.clock.now();
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("sql/upsert_thumb.sql"))?.execute((
                sha256.as_bytes(),
                device.as_bytes(),
                row::stored(jpeg.len() as u64),
                now.0,
            ))?;
            Ok::<_, StoreError>(())
        })
    }

    pub(super) fn thumb(&self, sha256: Sha256Hash) -> Result<Bytes, StoreError> {
        self.database
            .read(|tx| thumb_owner(tx, sha256))?
            .ok_or(StoreError::NotFound)?;
        match durable::read(self.disk(), &self.layout.thumb(sha256)) {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(StoreError::NotFound),
            Err(error) => Err(error.into()),
        }
    }
}

/// Writes a file anew; what an earlier life of the station left under its name goes.
fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    durable::remove(disk, path)?;
    let mut file = disk.create(path)?;
    file.write_all(bytes)?;
    file.sync()
}

fn thumb_owner(tx: &Transaction<'_>, sha256: Sha256Hash) -> Result<Option<DeviceId>, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_thumb.sql"))?
        .query_row([sha256.as_bytes()], |row| row::id(row, 0, DeviceId::from_slice))
        .optional()?)
}

/// What a phone was given for an original, and what the original's file must be.
struct StoredReply {
    reply: PhotoReply,
    bytes: u64,
    extension: String,
}

fn stored_reply(tx: &Transaction<'_>, device: DeviceId, sha256: Sha256Hash) -> Result<Option<StoredReply>, StoreError> {
    let stored: Option<(String, u64, String)> = tx
        .prepare_cached(include_str!("sql/read_photo_receipt.sql"))?
        .query_row((device.as_bytes(), sha256.as_bytes()), |row| {
            Ok((row.get(0)?, row::count(row, 1)?, row.get(2)?))
        })
        .optional()?;
    let Some((text, bytes, extension)) = stored else {
        return Ok(None);
    };
    let reply = serde_json::from_str(&text).map_err(|_| StoreError::Stored("photo receipt"))?;
    Ok(Some(StoredReply {
        reply,
        bytes,
        extension,
    }))
}
