//! The first question of each round: what does the station hold of this journal?
//!
//! Behind is not forked. A station that holds less than it once signed for was restored: everything behind waits again,
//! and nothing is lost because nothing was ever deleted. The same position with another hash is a fork and is never
//! overwritten.

use patrol_store::ClockMeasurement;
use patrol_wire::LogStatus;

use super::Round;
use crate::error::SyncError;
use crate::transport::Transport;

impl<T: Transport> Round<'_, T> {
    /// How many originals wait again because the station lacks them although it once signed for them.
    pub(super) async fn compare(&self) -> Result<usize, SyncError> {
        let store = self.host.store();
        let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
        let asked = self.host.clock().boot();
        let status = self.transport.log_status(&self.access, journal.log).await?;
        self.measure_clock(asked, &status)?;
        let LogStatus {
            epoch: _,
            acked_seq,
            head_hash,
            missing_photos,
            safe_seq: _,
            caps: _,
            device_state: _,
            clock_synchronised: _,
            server_ms: _,
        } = status;
        match store.hash_at(acked_seq)? {
            None => return Err(SyncError::RolledBack),
            Some(ours) if ours != head_hash => return Err(SyncError::Forked),
            Some(_) => {}
        }
        if acked_seq < store.progress()?.acked.seq {
            tracing::warn!(log = %journal.log, station_seq = acked_seq.0, "the station was restored; sending again");
            store.rewind()?;
        }
        Ok(store.forget_photo_receipts(&missing_photos)?)
    }

    /// The station's clock was read somewhere between asking and hearing: offset to the middle, half the way as error.
    fn measure_clock(&self, asked: patrol_domain::BootMs, status: &LogStatus) -> Result<(), SyncError> {
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
        };
        Ok(self.host.store().record_clock(measured)?)
    }
}
