//! One writer at a time for each part, and a way to ask it how far it is.
//!
//! A phone that asks has lost its connection: what it sent last may still lie in the station's socket, and a connection
//! that died without a word may never end by itself. So who asks makes the writer hurry, waits until it has ended, and is
//! told a length that holds everything that came. Rejected: to tell what is on the disk meanwhile (the phone then sends
//! hundreds of kilobytes twice), and to break the writer off at once (the same).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use patrol_domain::{DeviceId, Sha256Hash};
use tokio_util::sync::CancellationToken;

use crate::store::{BodyFault, PhotoBody, StoreError};

/// How long a body that was asked for may bring no byte: far longer than bytes that have come already need.
const QUIET: Duration = Duration::from_millis(500);

/// How long whoever asks waits: bytes may still be under way on a slow line.
const PATIENCE: Duration = Duration::from_secs(5);

type Key = (DeviceId, Sha256Hash);

/// Who is writing at the moment. Clones are the same.
#[derive(Debug, Default, Clone)]
pub(in super::super) struct Writers {
    busy: Arc<Mutex<HashMap<Key, Signs>>>,
}

/// What a writer and those who wait for it tell each other.
#[derive(Debug, Default, Clone)]
struct Signs {
    /// Somebody waits for the end.
    asked: CancellationToken,
    /// This was it.
    ended: CancellationToken,
}

/// The right to write one part; ends when dropped.
pub(in super::super) struct Turn {
    writers: Writers,
    key: Key,
    signs: Signs,
}

impl Writers {
    /// The right to write this part, unless somebody has it.
    pub(in super::super) fn turn(&self, device: DeviceId, sha256: Sha256Hash) -> Result<Turn, StoreError> {
        let key = (device, sha256);
        let mut busy = self.busy();
        if busy.contains_key(&key) {
            return Err(StoreError::Locked);
        }
        let signs = Signs::default();
        busy.insert(key, signs.clone());
        drop(busy);
        Ok(Turn {
            writers: self.clone(),
            key,
            signs,
        })
    }

    /// Waits until nobody writes this part, and makes whoever does hurry.
    pub(super) async fn wait(&self, device: DeviceId, sha256: Sha256Hash) -> Result<(), StoreError> {
        let Some(Signs { asked, ended }) = self.busy().get(&(device, sha256)).cloned() else {
            return Ok(());
        };
        asked.cancel();
        tokio::time::timeout(PATIENCE, ended.cancelled())
            .await
            .map_err(|_| StoreError::Locked)
    }

    /// The map is whole after every call: a panic elsewhere leaves it usable.
    fn busy(&self) -> MutexGuard<'_, HashMap<Key, Signs>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// The next piece of a body; once somebody has asked, only what comes soon.
    pub(super) async fn next(&self, body: &mut PhotoBody) -> Option<Result<bytes::Bytes, BodyFault>> {
        let asked = &self.signs.asked;
        if !asked.is_cancelled() {
            tokio::select! {
                biased;
                piece = body.next() => return piece,
                () = asked.cancelled() => {}
            }
        }
        let soon = tokio::time::timeout(QUIET, body.next()).await;
        soon.unwrap_or(Some(Err(BodyFault::Stalled)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.writers.busy().remove(&self.key);
        self.signs.ended.cancel();
    }
}
