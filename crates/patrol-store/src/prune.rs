//! Clearing away originals that the station is certain to keep. Never anything else, and never an op.
//!
//! An original may go when the station has signed for it and for every op that names it, each of these ops is at or below
//! the mark up to which a verified backup holds everything, in the epoch that the mark was given in, and the newest of
//! them is old enough. The row says so before the file goes: a power cut between the two leaves a file too many.

use patrol_domain::{Sha256Hash, WallMs};

use crate::error::StoreError;
use crate::store::Store;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What was cleared away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many originals.
    pub originals: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Store {
    /// Clears away originals that were recorded more than `days` days before `now` and that the station is certain to keep:
    /// signed for, and in a verified backup of its present epoch `epoch`.
    ///
    /// # Errors
    /// [`StoreError`] when database or disk refuse; what was cleared away until then is marked so.
    pub fn prune_originals(&self, days: u32, now: WallMs, epoch: &str) -> Result<Pruned, StoreError> {
        let before = now.0.saturating_sub(i64::from(days).saturating_mul(DAY_MS));
        let mut pruned = Pruned::default();
        for (sha256, bytes) in self.list_prunable(before, epoch)? {
            if !self.vault.contains(sha256)? {
                continue;
            }
            self.database.write(|tx| {
                tx.prepare_cached(include_str!("prune/mark.sql"))?
                    .execute([sha256.as_bytes().as_slice()])?;
                Ok::<_, StoreError>(())
            })?;
            self.vault.remove(sha256)?;
            pruned.originals += 1;
            pruned.bytes += bytes;
        }
        Ok(pruned)
    }

    fn list_prunable(&self, before: i64, epoch: &str) -> Result<Vec<(Sha256Hash, u64)>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("prune/list_prunable.sql"))?;
            let rows = statement.query_map((before, epoch), |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))
            })?;
            rows.map(|row| {
                let (sha256, bytes) = row?;
                let sha256 = Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("view_case_photo.sha256"))?;
                Ok((sha256, u64::try_from(bytes).unwrap_or(0)))
            })
            .collect()
        })
    }
}
