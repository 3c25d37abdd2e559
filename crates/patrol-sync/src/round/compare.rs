//! The first question of each round: what does the station hold of this journal?
//!
//! Behind is not forked. A station that holds less than it once signed for was restored: everything behind waits again,
//! and nothing is lost because nothing was ever deleted. The same position with another hash is a fork and is never
//! overwritten: the phone goes on in a new journal. Another epoch is another life of the station's database: whatever it
//! once had, earlier journals included, is asked for again.

use patrol_domain::{BootMs, Seq};
use patrol_store::{ClockMeasurement, DeviceStanding, EarlierLog};
use patrol_wire::{DeviceState, LogStatus, MAX_MISSING_PHOTOS};

use super::Round;
use crate::error::SyncError;
use crate::plan::Limits;
use crate::transport::Transport;

impl<T: Transport> Round<'_, T> {
    /// How many originals wait again because the station lacks them although it once signed for them.
    pub(super) async fn compare(&self) -> Result<usize, SyncError> {
        let store = self.host.store();
        // Behind a succession the new journal is compared once; a station that forks that too is not followed any further.
        let mut left = None;
        for _ in 0..2 {
            let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
            let asked = self.host.clock().boot();
            let status = self.transport.log_status(&self.access, journal.log).await?;
            self.measure_clock(asked, &status)?;
            self.take_word(&status)?;
            if store.hash_at(status.acked_seq)? != Some(status.head_hash) {
                self.succeed(journal.log, &status).await?;
                left = Some(journal.log);
                continue;
            }
            let is_other_life = self.compare_life(journal.log, &status)?;
            // What was signed for in earlier journals is all that could show that the station was set back since.
            let is_unsigned = store.progress()?.epoch.is_none();
            let mut missing = store.forget_photo_receipts(&status.missing_photos)?;
            let mut asked_earlier = false;
            // What was left a moment ago was compared for that.
            for earlier in store
                .earlier_logs()?
                .into_iter()
                .filter(|earlier| Some(earlier.log) != left)
            {
                if is_other_life || is_unsigned || earlier.epoch != status.epoch {
                    asked_earlier = true;
                    missing += self.compare_earlier(earlier).await?;
                }
            }
            // Behind a full list there may be more, and what follows again after a restore names originals anew.
            let is_full = status.missing_photos.len() >= MAX_MISSING_PHOTOS;
            self.heard().must_compare = is_other_life || is_full || asked_earlier;
            return Ok(missing);
        }
        Err(SyncError::Forked)
    }

    /// What the station says of its limits and of this phone.
    fn take_word(&self, status: &LogStatus) -> Result<(), SyncError> {
        let is_retired = status.device_state == Some(DeviceState::Retired);
        let standing = if is_retired {
            DeviceStanding::Retired
        } else {
            DeviceStanding::Active
        };
        self.host.store().record_device_standing(standing)?;
        let mut heard = self.heard();
        heard.limits = status.caps.as_ref().map_or(Limits::OWN, Limits::within);
        heard.is_retired = is_retired;
        heard.station_ms = status.server_ms.0;
        Ok(())
    }

    /// Whether the station is in another life than when it last signed, or holds less than it signed for.
    fn compare_life(&self, log: patrol_domain::LogId, status: &LogStatus) -> Result<bool, SyncError> {
        let store = self.host.store();
        let progress = store.progress()?;
        let is_behind = status.acked_seq < progress.acked.seq;
        let is_new_epoch = progress.epoch.as_ref().is_some_and(|epoch| *epoch != status.epoch);
        if is_behind {
            tracing::warn!(%log, station_seq = status.acked_seq.0, "the station was restored; sending again");
            // Set back together with its marker it does not know: the next push shows what it had signed.
            store.rewind()?;
        } else if is_new_epoch {
            tracing::warn!(%log, "the station is in another life; asking what it lacks");
            store.forget_thumbnails()?;
        }
        if is_behind || is_new_epoch {
            store.record_recovery(false)?;
        }
        store.record_epoch(log, &status.epoch, status.safe_seq.unwrap_or(Seq(0)))?;
        Ok(is_behind || is_new_epoch)
    }

    /// An earlier journal is not added to any more: what the station has lost of it travels in the one in use.
    async fn compare_earlier(&self, earlier: EarlierLog) -> Result<usize, SyncError> {
        let EarlierLog { log, acked, epoch: _ } = earlier;
        let store = self.host.store();
        let status = self.transport.log_status(&self.access, log).await?;
        let confirmed = self.last_common(log, &status, acked.seq).await?;
        if confirmed < acked.seq && self.host.adopt_again(log, confirmed)? {
            tracing::warn!(%log, station_seq = confirmed.0, "the station lacks ops of an earlier journal; they follow again");
        }
        let missing = store.forget_photo_receipts(&status.missing_photos)?;
        store.record_epoch(log, &status.epoch, status.safe_seq.unwrap_or(Seq(0)))?;
        Ok(missing)
    }

    /// The station's clock was read somewhere between asking and hearing: offset to the middle, half the way as error.
    fn measure_clock(&self, asked: BootMs, status: &LogStatus) -> Result<(), SyncError> {
        let clock = self.host.clock();
        let heard = clock.boot();
        let err_ms = heard.0.saturating_sub(asked.0).max(0) / 2 + 1;
        let middle = clock.wall().0.saturating_sub(err_ms);
        let offset_ms = status.server_ms.0.saturating_sub(middle);
        let measured = ClockMeasurement {
            offset_ms,
            err_ms,
            boot_id: clock.boot_id(),
            boot: heard,
            is_synchronised: status.clock_synchronised,
        };
        Ok(self.host.store().record_clock(measured)?)
    }
}
