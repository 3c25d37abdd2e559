//! Sending originals: two in flight, resumed inside the file, believed only after a signed receipt.

use std::sync::{Arc, PoisonError};

use futures_util::StreamExt as _;
use futures_util::stream;
use patrol_domain::Sha256Hash;
use patrol_store::{PendingPhoto, PhotoProblem, VaultError};
use patrol_wire::{ErrorCode, PhotoReply};

use super::{Round, SyncEvent};
use crate::error::SyncError;
use crate::transport::{PhotoBody, Transport, TransportError};

impl<T: Transport> Round<'_, T> {
    /// Sends originals until one meets a broken line; the others of this step are then left for the next round.
    pub(super) async fn send_originals(&self, photos: Vec<PendingPhoto>) -> Vec<(Sha256Hash, Result<(), SyncError>)> {
        let in_flight = self.heard().limits.in_flight;
        let mut running = stream::iter(photos)
            .map(|photo| async move {
                let outcome = self.send_original(photo).await;
                self.count_landed(photo.sha256);
                (photo.sha256, outcome)
            })
            .buffer_unordered(in_flight);
        let mut outcomes = Vec::new();
        while let Some((sha256, outcome)) = running.next().await {
            if let Err(error) = self.tell_left() {
                outcomes.push((sha256, Err(error.into())));
                break;
            }
            let broken = matches!(&outcome, Err(error) if error.is_network());
            outcomes.push((sha256, outcome));
            if broken {
                break;
            }
        }
        outcomes
    }

    async fn send_original(&self, photo: PendingPhoto) -> Result<(), SyncError> {
        let PendingPhoto {
            sha256,
            bytes: _,
            source: _,
            begun,
        } = photo;
        let store = self.host.store();
        let mut offset = 0;
        if begun {
            let state = self.transport.upload_state(&self.access, sha256).await?;
            if state.complete {
                let reply = self.transport.photo_receipt(&self.access, sha256).await?;
                return self.believe_photo(sha256, photo.bytes, &reply);
            }
            // A station that holds more than there is holds something else: from the start, then.
            offset = if state.offset > photo.bytes { 0 } else { state.offset };
        } else {
            store.record_begun(sha256)?;
        }
        let reader = match store.vault().read(sha256) {
            Ok(reader) => reader,
            Err(error) => return self.report(sha256, error),
        };
        self.count_under_way(sha256, offset);
        let (total, told) = (reader.length(), Arc::new(std::sync::atomic::AtomicU64::new(offset)));
        self.host.hear(SyncEvent::Sending {
            sha256,
            sent: offset,
            total,
        });
        let counter = Arc::clone(&told);
        let body = PhotoBody::new(
            reader,
            offset,
            Arc::new(move |sent| {
                counter.store(sent, std::sync::atomic::Ordering::Relaxed);
            }),
        );
        let failure = body.failure();
        let sending = self.transport.send_photo(&self.access, sha256, body);
        let outcome = self.telling(sha256, total, &told, sending).await;
        self.count_under_way(sha256, told.load(std::sync::atomic::Ordering::Relaxed));
        if let Some(error) = failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return self.report(sha256, error);
        }
        match outcome {
            Ok(reply) => self.believe_photo(sha256, photo.bytes, &reply),
            Err(TransportError::Refused { reply, .. }) if reply.code == ErrorCode::HashMismatch => {
                // Ours may be wrong, or the line: look before sending again.
                match store.vault().verify(sha256) {
                    Ok(_) => Err(SyncError::Garbled(sha256)),
                    Err(error) => self.report(sha256, error),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Lets the host hear of progress a few times a second while `work` runs.
    async fn telling<R>(
        &self,
        sha256: Sha256Hash,
        total: u64,
        told: &std::sync::atomic::AtomicU64,
        work: impl Future<Output = R>,
    ) -> R {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(200));
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = ticks.tick() => {
                    let sent = told.load(std::sync::atomic::Ordering::Relaxed);
                    self.host.hear(SyncEvent::Sending { sha256, sent, total });
                    self.count_under_way(sha256, sent);
                }
            }
        }
    }

    fn believe_photo(&self, sha256: Sha256Hash, bytes: u64, reply: &PhotoReply) -> Result<(), SyncError> {
        let receipt = self.check(&reply.receipt)?;
        if receipt.sha256 != sha256 || receipt.bytes != bytes || receipt.device != self.access.device {
            return Err(SyncError::Receipt("it speaks of another original".into()));
        }
        let stored = serde_json::to_string(&reply.receipt).map_err(patrol_store::StoreError::from)?;
        self.host
            .store()
            .record_photo_receipt(sha256, receipt.station_ms.0, &stored)?;
        self.host.hear(SyncEvent::PhotoAcked(sha256));
        Ok(())
    }

    /// A file that is gone or not what was written is said so by an op, once; it is looked for again in each round, for
    /// it may come back (a folder that was not mounted). A disk that cannot be read is tried again.
    fn report(&self, sha256: Sha256Hash, error: VaultError) -> Result<(), SyncError> {
        let problem = match error {
            VaultError::Missing(_) => PhotoProblem::Lost,
            VaultError::Damaged(_) => PhotoProblem::Damaged,
            other => return Err(SyncError::Store(other.into())),
        };
        if self.host.store().has_problem(sha256)? {
            return Err(SyncError::Gone(sha256));
        }
        tracing::warn!(%sha256, ?problem, "an original cannot be sent");
        self.host.report_problem(sha256, problem)?;
        Err(SyncError::Gone(sha256))
    }
}
