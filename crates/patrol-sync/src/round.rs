//! One round: compare with the station, then do what the plan says until nothing is left.

mod compare;
mod original;
mod push;
mod thumbnail;

use std::collections::BTreeSet;
use std::sync::Arc;

use patrol_domain::Sha256Hash;
use patrol_domain::port::Clock;
use patrol_store::{PhotoProblem, Store, StoreError};
use patrol_wire::{MAX_OPS_PER_PUSH, PublicKey};

use crate::error::SyncError;
use crate::plan::{Backlog, Step, plan};
use crate::transport::{Access, Transport};

/// How many photos are looked up at once.
const PHOTOS_PER_STEP: usize = 20;

/// How often a round asks again after it believed to be done: 10,000 originals that a restored station lacks.
const MOST_COMPARISONS: usize = 50;

/// Which part of the way a round is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Records.
    Ops,
    /// Small pictures.
    Thumbnails,
    /// Originals.
    Originals,
}

/// What a round lets be known while it runs.
#[derive(Debug)]
pub enum SyncEvent {
    /// A part of the way begins.
    Phase(Phase),
    /// The station has signed for the journal up to here.
    Acked {
        /// The position.
        seq: u64,
        /// How many ops this push brought.
        ops: usize,
    },
    /// The station holds this thumbnail.
    Thumbnail(Sha256Hash),
    /// Bytes of an original were handed to the network.
    Sending {
        /// Which original.
        sha256: Sha256Hash,
        /// How many of its bytes so far.
        sent: u64,
        /// Of how many.
        total: u64,
    },
    /// The station has signed for this original.
    PhotoAcked(Sha256Hash),
    /// A round ended early; the next begins after `wait_ms` or at a tap.
    Waiting {
        /// Why.
        error: SyncError,
        /// How long.
        wait_ms: u64,
    },
    /// Nothing waits, or the phone is not enrolled.
    Idle,
}

/// What a round needs of the phone around it.
pub trait Host: Send + Sync {
    /// The phone's memory.
    fn store(&self) -> &Arc<Store>;
    /// The phone's clocks.
    fn clock(&self) -> &dyn Clock;
    /// Signs with the device key (ES256, 64 bytes).
    ///
    /// # Errors
    /// A sentence for the log when the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], String>;
    /// Writes the op that says that an original cannot be sent any more.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; the original is then tried again in the next round.
    fn report_problem(&self, sha256: Sha256Hash, problem: PhotoProblem) -> Result<(), StoreError>;
    /// Hears what happens.
    fn hear(&self, event: SyncEvent);
    /// A number that nobody can foretell, for the wait after a failure.
    fn chance(&self) -> u64;
}

/// What the parts of a round share.
pub(crate) struct Round<'round, T> {
    transport: &'round T,
    host: &'round dyn Host,
    access: Access,
    station_key: PublicKey,
}

/// Brings everything that waits to the station. Returns when nothing waits any more.
///
/// # Errors
/// [`SyncError`]: the first failure. A photo that the station refuses does not keep the others back; the round then
/// ends with that refusal, after everything else was tried.
pub async fn run_round<T: Transport>(transport: &T, host: &dyn Host) -> Result<(), SyncError> {
    let station = host.store().station()?.ok_or(SyncError::NotEnrolled)?;
    let station_key = PublicKey::from_sec1(&station.key)?;
    let access = Access {
        url: station.url,
        trust: station.authority.into(),
        device: station.device,
        secret: station.secret,
    };
    let round = Round {
        transport,
        host,
        access,
        station_key,
    };
    round.compare().await?;
    let mut refused = BTreeSet::new();
    let mut first_refusal = None;
    let mut comparisons = 0;
    loop {
        match plan(read_backlog(host.store(), refused.len())?, &refused) {
            Step::Push(ops) => {
                host.hear(SyncEvent::Phase(Phase::Ops));
                round.push(ops).await?;
            }
            Step::Thumbnails(photos) => {
                host.hear(SyncEvent::Phase(Phase::Thumbnails));
                for photo in photos {
                    keep_refusal(
                        round.send_thumbnail(photo).await,
                        photo.sha256,
                        &mut refused,
                        &mut first_refusal,
                    )?;
                }
            }
            Step::Originals(photos) => {
                host.hear(SyncEvent::Phase(Phase::Originals));
                for (sha256, outcome) in round.send_originals(photos).await {
                    keep_refusal(outcome, sha256, &mut refused, &mut first_refusal)?;
                }
            }
            // Believing to be done, ask once more: a station names at most 200 missing originals at a time.
            Step::Done if comparisons < MOST_COMPARISONS && round.compare().await? > 0 => comparisons += 1,
            Step::Done => return first_refusal.map_or(Ok(()), Err),
        }
    }
}

/// A broken line or an unusable memory ends the round; a refusal of one photo is kept for its end.
fn keep_refusal(
    outcome: Result<(), SyncError>,
    sha256: Sha256Hash,
    refused: &mut BTreeSet<Sha256Hash>,
    first: &mut Option<SyncError>,
) -> Result<(), SyncError> {
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if error.is_network() => Err(error),
        // One file that cannot be read is that photo's trouble; a database that cannot be is everybody's.
        Err(SyncError::Store(error)) if !matches!(error, StoreError::Vault(_)) => Err(SyncError::Store(error)),
        // An op already says that this one is gone; it was only looked for again.
        Err(SyncError::Gone(_)) => {
            refused.insert(sha256);
            Ok(())
        }
        Err(error) => {
            refused.insert(sha256);
            first.get_or_insert(error);
            Ok(())
        }
    }
}

/// What waits; `refused` photos are read on top, so that they cannot hide the others.
fn read_backlog(store: &Store, refused: usize) -> Result<Backlog, StoreError> {
    let acked = store.progress()?.acked.seq;
    let ops = store.ops_after(acked, MAX_OPS_PER_PUSH)?;
    if !ops.is_empty() {
        return Ok(Backlog {
            ops,
            ..Backlog::default()
        });
    }
    let thumbnails = store.pending_thumbnails(PHOTOS_PER_STEP + refused)?;
    let originals = store.pending_originals(PHOTOS_PER_STEP + refused)?;
    Ok(Backlog {
        ops,
        thumbnails,
        originals,
    })
}
