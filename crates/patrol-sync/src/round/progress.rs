//! How far the backlog is: counts and bytes that are left, and how fast they go, so that a bar can be drawn.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use patrol_domain::{BootMs, Sha256Hash};
use patrol_store::{Store, StoreError};

use super::{Host, Round, SyncEvent};
use crate::transport::Transport;

/// Below this many milliseconds a speed would only flicker.
const SHORTEST: i64 = 500;

/// How far the whole backlog is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records without a receipt.
    pub records_left: u64,
    /// Originals without a receipt.
    pub photos_left: u64,
    /// The originals' bytes that have not been handed to the network yet.
    pub bytes_left: u64,
    /// Bytes that this round has handed to the network: pushes as compressed, thumbnails, originals.
    pub bytes_sent: u64,
    /// How fast, over the round; none in its first half second.
    pub bytes_per_second: Option<u64>,
}

/// Counts the bytes of one round.
pub(super) struct Meter {
    began: BootMs,
    counts: Mutex<Metered>,
}

#[derive(Debug, Default)]
struct Metered {
    left: Progress,
    sent: u64,
    /// Originals under way: where each began in this round, and how far it is.
    under_way: BTreeMap<Sha256Hash, (u64, u64)>,
}

impl Meter {
    pub(super) fn begin(host: &dyn Host) -> Result<Self, StoreError> {
        Ok(Self {
            began: host.clock().boot(),
            counts: Mutex::new(Metered {
                left: read_left(host)?,
                ..Metered::default()
            }),
        })
    }

    fn counts(&self) -> MutexGuard<'_, Metered> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, now: BootMs) -> Progress {
        let counts = self.counts();
        let under_way: u64 = counts
            .under_way
            .values()
            .map(|(from, to)| to.saturating_sub(*from))
            .sum();
        let reached: u64 = counts.under_way.values().map(|(_, to)| to).sum();
        let bytes_sent = counts.sent + under_way;
        let elapsed = now.0.saturating_sub(self.began.0);
        Progress {
            bytes_left: counts.left.bytes_left.saturating_sub(reached),
            bytes_sent,
            bytes_per_second: u64::try_from(elapsed)
                .ok()
                .filter(|_| elapsed >= SHORTEST)
                .map(|elapsed| bytes_sent.saturating_mul(1000) / elapsed),
            ..counts.left
        }
    }
}

impl<T: Transport> Round<'_, T> {
    /// Bytes that went out whole.
    pub(super) fn count_sent(&self, bytes: u64) {
        self.meter.counts().sent += bytes;
    }

    /// An original is under way.
    pub(super) fn count_under_way(&self, sha256: Sha256Hash, reached: u64) {
        let mut counts = self.meter.counts();
        let (_, to) = counts.under_way.entry(sha256).or_insert((reached, reached));
        *to = reached;
        drop(counts);
        self.tell_progress();
    }

    /// An original is under way no more, arrived or not.
    pub(super) fn count_landed(&self, sha256: Sha256Hash) {
        let mut counts = self.meter.counts();
        if let Some((from, to)) = counts.under_way.remove(&sha256) {
            counts.sent += to.saturating_sub(from);
        }
    }

    /// None is under way any more: what was cut off counts as sent as far as it came.
    pub(super) fn forget_under_way(&self) {
        let mut counts = self.meter.counts();
        let cut = std::mem::take(&mut counts.under_way);
        counts.sent += cut.values().map(|(from, to)| to.saturating_sub(*from)).sum::<u64>();
    }

    /// An original of this length is signed for: it waits no more.
    pub(super) fn count_signed(&self, bytes: u64) {
        let left = &mut self.meter.counts().left;
        left.photos_left = left.photos_left.saturating_sub(1);
        left.bytes_left = left.bytes_left.saturating_sub(bytes);
    }

    /// Reads what is left anew and tells it.
    pub(super) fn tell_left(&self) -> Result<(), StoreError> {
        let left = read_left(self.host)?;
        self.meter.counts().left = left;
        self.tell_progress();
        Ok(())
    }

    /// What was left when it was last read.
    pub(super) fn left(&self) -> Progress {
        self.meter.counts().left
    }

    /// A push was signed for: that leaves fewer records and as many photos as before, which take long to count.
    pub(super) fn tell_records_left(&self) -> Result<(), StoreError> {
        let records_left = read_records_left(self.host.store())?;
        self.meter.counts().left.records_left = records_left;
        self.tell_progress();
        Ok(())
    }

    pub(super) fn tell_progress(&self) {
        let progress = self.meter.progress(self.host.clock().boot());
        self.host.hear(SyncEvent::Progress(progress));
    }
}

fn read_left(host: &dyn Host) -> Result<Progress, StoreError> {
    let store = host.store();
    let counts = store.counts()?;
    Ok(Progress {
        records_left: read_records_left(store)?,
        photos_left: counts.photos_on_phone,
        bytes_left: counts.bytes_on_phone,
        ..Progress::default()
    })
}

fn read_records_left(store: &Store) -> Result<u64, StoreError> {
    let (head, _) = store.head()?;
    Ok(head.seq.0.saturating_sub(store.progress()?.acked.seq.0))
}
