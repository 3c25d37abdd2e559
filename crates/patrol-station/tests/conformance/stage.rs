//! An empty store with what a test needs around it.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use p256::ecdsa::SigningKey;
use patrol_domain::StationMs;
use patrol_sqlite::MachineDisk;
use patrol_station::{Clock, Ports, Randomness, RandomnessError, Store};
use patrol_wire::PublicKey;

/// An empty store.
pub(crate) struct Stage {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    /// The key that it signs receipts with.
    pub(crate) key: PublicKey,
    /// Its private half: what the store would have signed if it had held more.
    pub(crate) signing: SigningKey,
    /// Its clock.
    pub(crate) clock: Arc<HandClock>,
    /// What must live as long as the store: folders, servers.
    pub(crate) _kept: Box<dyn Any + Send + Sync>,
}

/// Stands still until it is moved.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_781_745_128_000)))
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> StationMs {
        StationMs(self.0.load(Ordering::Relaxed))
    }
}

/// Never the same twice.
#[derive(Default)]
struct CountedBytes(AtomicU64);

impl Randomness for CountedBytes {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        for piece in bytes.chunks_mut(8) {
            let number = self
                .0
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                | 1;
            piece.copy_from_slice(&number.to_be_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

/// The clock, and bytes that are the same in each run.
pub(crate) fn ports(clock: &Arc<HandClock>) -> Ports {
    Ports {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::new(CountedBytes::default()),
        disk: Arc::new(MachineDisk),
    }
}
