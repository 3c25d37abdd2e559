//! One round: compare with the station, do what the plan says until nothing is left, then hear what is new there.

mod audit;
mod compare;
mod key;
mod original;
mod progress;
mod pull;
mod push;
mod readmit;
mod recovery;
mod succession;
mod thumbnail;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patrol_domain::op::OpenReason;
use patrol_domain::port::Clock;
use patrol_domain::{LogId, Seq, Sha256Hash};
use patrol_store::{Audit, PhotoProblem, Store, StoreError};
use patrol_wire::{ErrorCode, MAX_OPS_PER_PUSH, PublicKey};

use crate::error::SyncError;
use crate::key::believed_keys;
use crate::plan::{Backlog, Limits, Policy, Step, plan};
use crate::transport::{Access, Transport};
use progress::Meter;
pub use progress::Progress;

/// How many photos are looked up at once.
const PHOTOS_PER_STEP: usize = 20;

/// How often a round asks again after it believed to be done: 10,000 originals that a restored station lacks.
const MOST_COMPARISONS: usize = 50;

/// How often a round compares anew because the station turned out to hold something else than it had said.
const MOST_SURPRISES: usize = 1;

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
        /// How many bytes it took on the line, without headers.
        bytes: u64,
    },
    /// How far the whole backlog is; behind each push and original, and a few times a second while one is under way.
    Progress(Progress),
    /// The phone goes on in another journal, because the station holds something else under the name of this one.
    Succeeded(OpenReason),
    /// Phone and station were counted and compared.
    Audited(Audit),
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
    /// Something waits and may not go now: a pause, or a network that costs.
    Held,
}

/// The phone's root key, sealed to the station's recovery key (HPKE; see [`patrol_wire::RecoveryEnvelope`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRoot {
    /// The encapsulated key: an uncompressed point, 65 bytes.
    pub enc: Vec<u8>,
    /// The sealed root, 48 bytes.
    pub sealed: Vec<u8>,
}

/// How a round came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// Nothing waits any more.
    Whole,
    /// What waits may not go now.
    Held,
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
    /// Goes on in a new journal; see [`Store::succeed_journal`].
    ///
    /// # Errors
    /// [`SyncError`]; the phone then goes on in the old one, and it is tried again in the next round.
    fn succeed_journal(&self, from: LogId, reason: OpenReason, confirmed: Seq) -> Result<(), SyncError>;
    /// Writes the op that says that ops of an earlier journal follow once more; see [`Store::adopt_again`].
    ///
    /// # Errors
    /// [`SyncError`]; it is tried again in the next round.
    fn adopt_again(&self, log: LogId, confirmed: Seq) -> Result<bool, SyncError>;
    /// The device's public key: a SEC 1 point.
    ///
    /// # Errors
    /// A sentence for the log when the key cannot be read.
    fn device_key(&self) -> Result<Vec<u8>, String>;
    /// Seals the phone's root key to the station's recovery key (a SEC 1 point), with `info`.
    ///
    /// # Errors
    /// A sentence for the log when that cannot be done.
    fn seal_root(&self, recovery_key: &[u8], info: &[u8]) -> Result<SealedRoot, String>;
    /// What may go now; asked before each step, for the officer may have changed it. The limits are the station's to say.
    ///
    /// # Errors
    /// [`StoreError`] when the settings cannot be read.
    fn policy(&self) -> Result<Policy, StoreError>;
    /// Whether somebody has the app before them.
    fn is_in_front(&self) -> bool;
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
    /// The pinned one first.
    station_keys: Vec<PublicKey>,
    meter: Meter,
    heard: Mutex<Heard>,
}

/// What the station has said in this round.
#[derive(Debug, Clone)]
struct Heard {
    limits: Limits,
    /// It may lack more than it has named so far.
    must_compare: bool,
    is_retired: bool,
    station_ms: i64,
}

/// Brings everything that waits to the station, and takes what is new there. Returns when nothing waits any more, or what
/// waits may not go.
///
/// # Errors
/// [`SyncError`]: the first failure. A photo that the station refuses does not keep the others back; the round then
/// ends with that refusal, after everything else was tried.
pub async fn run_round<T: Transport>(transport: &T, host: &dyn Host) -> Result<Finished, SyncError> {
    let mut has_shown_certificate = false;
    let mut surprises = 0;
    let mut has_asked_for_keys = false;
    loop {
        let round = Round::new(transport, host)?;
        let policy = host.policy()?;
        if policy.is_paused {
            let backlog = read_backlog(host.store(), 0, policy.limits)?;
            return Ok(match plan(backlog, &BTreeSet::new(), &policy) {
                Step::Done => Finished::Whole,
                _ => Finished::Held,
            });
        }
        match round.run().await {
            Err(error) if error.refusal() == Some(ErrorCode::Unauthorised) => {
                if has_shown_certificate {
                    return Err(round.refused()?);
                }
                has_shown_certificate = true;
                round.readmit().await?;
            }
            Err(SyncError::UnknownKey(key_id)) if !has_asked_for_keys => {
                has_asked_for_keys = true;
                if !round.learn_keys().await? {
                    return Err(SyncError::UnknownKey(key_id));
                }
            }
            // The station went back, or another phone went on, between its word and our push: ask once more.
            Err(error) if is_surprise(&error) && surprises < MOST_SURPRISES => surprises += 1,
            other => return other,
        }
    }
}

/// Compares the counts of phone and station, now.
///
/// # Errors
/// [`SyncError`] when the station cannot be asked.
pub async fn run_audit<T: Transport>(transport: &T, host: &dyn Host) -> Result<Option<Audit>, SyncError> {
    Round::new(transport, host)?.audit().await
}

fn is_surprise(error: &SyncError) -> bool {
    matches!(error, SyncError::Forked) || matches!(error.refusal(), Some(ErrorCode::Gap | ErrorCode::Forked))
}

impl<'round, T: Transport> Round<'round, T> {
    fn new(transport: &'round T, host: &'round dyn Host) -> Result<Self, SyncError> {
        let station = host.store().station()?.ok_or(SyncError::NotEnrolled)?;
        Ok(Self {
            transport,
            host,
            station_keys: believed_keys(host.store(), &station.key)?,
            access: Access {
                url: station.url,
                trust: station.authority.into(),
                device: station.device,
                secret: station.secret,
            },
            meter: Meter::begin(host)?,
            heard: Mutex::new(Heard {
                limits: Limits::OWN,
                must_compare: false,
                is_retired: false,
                station_ms: 0,
            }),
        })
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn policy(&self) -> Result<Policy, SyncError> {
        Ok(Policy {
            limits: self.heard().limits,
            ..self.host.policy()?
        })
    }

    async fn run(&self) -> Result<Finished, SyncError> {
        self.compare().await?;
        let mut refused = BTreeSet::new();
        let mut first_refusal = None;
        let finished = self.send_all(&mut refused, &mut first_refusal).await?;
        let heard = self.listen(finished).await;
        match first_refusal {
            Some(refusal) => Err(refusal),
            None => heard.map(|()| finished),
        }
    }

    /// Sends until nothing is left that may go.
    async fn send_all(
        &self,
        refused: &mut BTreeSet<Sha256Hash>,
        first_refusal: &mut Option<SyncError>,
    ) -> Result<Finished, SyncError> {
        let host = self.host;
        let mut comparisons = 0;
        loop {
            let policy = self.policy()?;
            match plan(
                read_backlog(host.store(), refused.len(), policy.limits)?,
                refused,
                &policy,
            ) {
                Step::Push(ops) => {
                    host.hear(SyncEvent::Phase(Phase::Ops));
                    self.push(ops).await?;
                }
                Step::Thumbnails(photos) => {
                    host.hear(SyncEvent::Phase(Phase::Thumbnails));
                    for photo in photos {
                        let outcome = self.send_thumbnail(photo).await;
                        keep_refusal(outcome, photo.sha256, refused, first_refusal)?;
                    }
                }
                Step::Originals(photos) => {
                    host.hear(SyncEvent::Phase(Phase::Originals));
                    for (sha256, outcome) in self.send_originals(photos).await? {
                        keep_refusal(outcome, sha256, refused, first_refusal)?;
                    }
                }
                Step::Held => return Ok(Finished::Held),
                Step::Done if comparisons < MOST_COMPARISONS && self.heard().must_compare => {
                    comparisons += 1;
                    let waits_again = self.compare().await?;
                    self.heard().must_compare &= waits_again > 0;
                }
                Step::Done => return Ok(Finished::Whole),
            }
        }
    }

    /// What the station has for the phone, once the phone has brought what it may.
    async fn listen(&self, finished: Finished) -> Result<(), SyncError> {
        self.send_recovery().await?;
        if self.heard().is_retired {
            return Ok(());
        }
        self.pull().await?;
        if finished == Finished::Whole && self.audit_is_due()? {
            self.audit().await?;
        }
        Ok(())
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
        // Every other answer would be signed by it too.
        Err(SyncError::UnknownKey(key_id)) => Err(SyncError::UnknownKey(key_id)),
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
fn read_backlog(store: &Store, refused: usize, limits: Limits) -> Result<Backlog, StoreError> {
    let acked = store.progress()?.acked.seq;
    let ops = store.ops_after(acked, MAX_OPS_PER_PUSH)?;
    if !ops.is_empty() {
        return Ok(Backlog {
            ops,
            ..Backlog::default()
        });
    }
    let thumbnails = store.pending_thumbnails(PHOTOS_PER_STEP + refused, limits.thumbnail_bytes)?;
    let originals = store.pending_originals(PHOTOS_PER_STEP + refused)?;
    Ok(Backlog {
        ops,
        thumbnails,
        originals,
    })
}
