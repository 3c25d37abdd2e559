//! Sending originals: two in flight, resumed inside the file, believed only after a signed receipt.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use patrol_domain::Sha256Hash;
use patrol_store::{PendingPhoto, PhotoProblem, SignedPhoto, VaultError};
use patrol_wire::{ErrorCode, PhotoReply};

use super::{Round, SyncEvent};
use crate::error::SyncError;
use crate::transport::{PhotoBody, Transport, TransportError};

/// How many receipts of originals are stored in one commit.
const MOST_UNSTORED: usize = 4;

/// How long a receipt waits for others.
const LONGEST_UNSTORED: Duration = Duration::from_millis(100);

impl<T: Transport> Round<'_, T> {
    /// Sends originals until one meets a broken line; the others of this step are then left for the next round. What
    /// became of each that was tried, or why the phone's own memory failed.
    ///
    /// The line is filled before the disk is asked: receipts are stored a few in one commit, and at the latest when the next
    /// one is [`LONGEST_UNSTORED`] away. A phone that is killed before that asks the station again.
    pub(super) async fn send_originals(
        &self,
        photos: Vec<PendingPhoto>,
    ) -> Result<Vec<(Sha256Hash, Result<(), SyncError>)>, SyncError> {
        let fresh = photos.iter().filter(|photo| !photo.begun);
        let fresh: Vec<_> = fresh.map(|photo| photo.sha256).collect();
        // Whatever ends this step, the station is asked about each of them before it is sent again.
        self.host.store().record_begun(&fresh)?;
        // What was shot meanwhile counts from here on; within the step what is signed for is taken off.
        self.tell_left()?;
        let lengths: BTreeMap<_, _> = photos.iter().map(|photo| (photo.sha256, photo.bytes)).collect();
        let in_flight = self.heard().limits.in_flight;
        let mut running = stream::iter(photos)
            .map(|photo| async move { (photo.sha256, self.send_original(photo).await) })
            .buffer_unordered(in_flight);
        let (mut outcomes, mut signed) = (Vec::new(), Vec::new());
        loop {
            let ended = if signed.is_empty() {
                running.next().await
            } else {
                let is_enough = signed.len() >= MOST_UNSTORED;
                // Also without a wait the next original sets out first.
                let wait = if is_enough { Duration::ZERO } else { LONGEST_UNSTORED };
                let Ok(ended) = tokio::time::timeout(wait, running.next()).await else {
                    outcomes.extend(self.keep_signed(std::mem::take(&mut signed), &lengths)?);
                    continue;
                };
                ended
            };
            match ended {
                Some((_, Ok(photo))) => signed.push(photo),
                // The others in flight stop with it; the plan says how the round goes on.
                Some((_, Err(SyncError::Stopped))) => break,
                Some((sha256, Err(error))) => {
                    self.count_landed(sha256);
                    let broken = error.is_network();
                    outcomes.push((sha256, Err(error)));
                    if broken {
                        break;
                    }
                }
                None => break,
            }
        }
        drop(running);
        self.forget_under_way();
        outcomes.extend(self.keep_signed(signed, &lengths)?);
        Ok(outcomes)
    }

    /// Stores the receipts of these originals.
    fn keep_signed(
        &self,
        photos: Vec<SignedPhoto>,
        lengths: &BTreeMap<Sha256Hash, u64>,
    ) -> Result<impl Iterator<Item = (Sha256Hash, Result<(), SyncError>)> + use<T>, SyncError> {
        if !photos.is_empty() {
            self.host.store().record_photo_receipts(&photos)?;
            for photo in &photos {
                self.count_landed(photo.sha256);
                self.count_signed(lengths.get(&photo.sha256).copied().unwrap_or_default());
                self.host.hear(SyncEvent::PhotoAcked(photo.sha256));
            }
            self.tell_progress();
        }
        Ok(photos.into_iter().map(|photo| (photo.sha256, Ok(()))))
    }

    /// Sends an original; what the station has signed.
    async fn send_original(&self, photo: PendingPhoto) -> Result<SignedPhoto, SyncError> {
        let PendingPhoto {
            sha256,
            bytes: _,
            source: _,
            begun,
        } = photo;
        if !self.originals_may_go()? {
            return Err(SyncError::Stopped);
        }
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
        let outcome = self.telling(sha256, total, &told, sending).await?;
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

    /// Asked also while an original is under way: a pause that takes effect behind four megabytes is none.
    fn originals_may_go(&self) -> Result<bool, SyncError> {
        let policy = self.policy()?;
        Ok(policy.originals && !policy.is_paused)
    }

    /// Lets the host hear of progress a few times a second while `work` runs, and ends it when originals may go no more.
    async fn telling<R>(
        &self,
        sha256: Sha256Hash,
        total: u64,
        told: &std::sync::atomic::AtomicU64,
        work: impl Future<Output = R>,
    ) -> Result<R, SyncError> {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(200));
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = ticks.tick() => {
                    if !self.originals_may_go()? {
                        return Err(SyncError::Stopped);
                    }
                    let sent = told.load(std::sync::atomic::Ordering::Relaxed);
                    self.host.hear(SyncEvent::Sending { sha256, sent, total });
                    self.count_under_way(sha256, sent);
                }
            }
        }
    }

    fn believe_photo(&self, sha256: Sha256Hash, bytes: u64, reply: &PhotoReply) -> Result<SignedPhoto, SyncError> {
        let receipt = self.check(&reply.receipt)?;
        if receipt.sha256 != sha256 || receipt.bytes != bytes || receipt.device != self.access.device {
            return Err(SyncError::Receipt("it speaks of another original".into()));
        }
        Ok(SignedPhoto {
            sha256,
            station_ms: receipt.station_ms.0,
            receipt: serde_json::to_string(&reply.receipt).map_err(patrol_store::StoreError::from)?,
        })
    }

    /// A file that is gone or not what was written is said so by an op, once; it is looked for again in each round, for
    /// it may come back (a folder that was not mounted). A disk that cannot be read is tried again.
    fn report<R>(&self, sha256: Sha256Hash, error: VaultError) -> Result<R, SyncError> {
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
