//! Room that is set aside before a photo is taken, so that the case it belongs to can still be saved.
//!
//! A file of 8 MiB lies beside the database. No photo is taken in while it is not there. When a save then meets a full
//! disk (others fill it too), the file is given up and the save is done in its place; the next photo is refused until
//! there is room for the file again. 8 MiB hold the write-ahead log of some 80 cases.
//!
//! Rejected: asking for the free space before each photo. It is another number a moment later.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use patrol_sqlite::Disk;

use crate::error::StoreError;
use crate::store::Store;

/// How much is set aside, in bytes.
const RESERVE: u64 = 8 * 1024 * 1024;
const NAME: &str = "reserve";
const PIECE: usize = 64 * 1024;

impl Store {
    /// Whether there is room for the case of a photo that is about to be taken; sets it aside if need be.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] when the disk has no room for it: no photo may be taken then.
    pub fn keep_reserve(&self) -> Result<(), StoreError> {
        let path = self.reserve();
        // Two photos at once would else clear away each other's reserve.
        let _one = self.reserve_gate.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.disk.length(&path).map_err(StoreError::Folder)?;
        if kept == Some(RESERVE) {
            return Ok(());
        }
        self.fill_reserve(kept.is_some()).map_err(|error| {
            // What was written of it would only take room from the save.
            let _ = self.disk.remove(&path);
            if error.kind() == std::io::ErrorKind::StorageFull {
                StoreError::NoRoom
            } else {
                StoreError::Folder(error)
            }
        })
    }

    fn fill_reserve(&self, is_there: bool) -> std::io::Result<()> {
        let path = self.reserve();
        if is_there {
            self.disk.remove(&path)?;
        }
        let mut file = self.disk.create(&path)?;
        // Noise, because a file system may keep a row of zeros without any room for it.
        let noise: [u8; 32] = self.random();
        let piece = noise.repeat(PIECE / noise.len());
        for _ in 0..RESERVE / PIECE as u64 {
            file.write_all(&piece)?;
        }
        file.sync()?;
        self.disk.sync_folder(&self.folder)
    }

    /// Gives the reserve up; false when there was none.
    pub(super) fn give_up_reserve(&self) -> Result<bool, StoreError> {
        give_up(&*self.disk, &self.folder)
    }

    fn reserve(&self) -> PathBuf {
        self.folder.join(NAME)
    }
}

/// Gives up the reserve that lies in a data folder; false when there is none.
pub(super) fn give_up(disk: &dyn Disk, folder: &Path) -> Result<bool, StoreError> {
    let path = folder.join(NAME);
    if disk.length(&path).map_err(StoreError::Folder)?.is_none() {
        return Ok(false);
    }
    disk.remove(&path).map_err(StoreError::Folder)?;
    tracing::warn!("the disk is full; the reserve was given up");
    Ok(true)
}
