//! Who may go on, who waits and who is told to come again.
//!
//! Three bounds, each with its reason. Bodies share one budget of bytes, so that memory does not grow with the number of
//! phones; whoever finds it spent waits in the order of arrival. Each phone has a bucket of requests, so that one that
//! has gone mad does not take the others' turns. And each phone has few originals on their way, so that a phone with a
//! thousand photos waits behind itself and not before the others.

mod bucket;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use patrol_domain::DeviceId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::config::Limits;
use crate::ports::Ports;
use bucket::Bucket;

/// What a stream of any length holds at once: what its connection has read ahead, and the piece on its way to the disk.
pub(crate) const STREAM_BYTES: usize = 128 * 1024;

/// About how long a phone that was turned away stays away.
const AWAY_MS: u64 = 1_500;

/// Come again after this many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ComeAgain(pub(crate) u64);

/// The bounds of a served station.
pub(crate) struct Admission {
    bodies: Arc<Semaphore>,
    limits: Limits,
    ports: Ports,
    devices: Arc<Mutex<HashMap<DeviceId, Account>>>,
}

/// What is counted of one phone.
struct Account {
    bucket: Bucket,
    photos: u32,
}

/// Room for a body; given back when dropped.
pub(crate) struct BodyRoom {
    _permit: OwnedSemaphorePermit,
}

/// A phone's right to have one more original on its way; ends when dropped.
pub(crate) struct PhotoTurn {
    devices: Arc<Mutex<HashMap<DeviceId, Account>>>,
    device: DeviceId,
}

impl Admission {
    /// Nobody there yet.
    pub(crate) fn new(limits: Limits, ports: Ports) -> Self {
        Self {
            bodies: Arc::new(Semaphore::new(limits.body_bytes as usize)),
            limits,
            ports,
            devices: Arc::default(),
        }
    }

    /// One more request of this phone; the map grows no further than there are enrolled phones.
    pub(crate) fn request(&self, device: DeviceId) -> Result<(), ComeAgain> {
        let wait = lock(&self.devices)
            .entry(device)
            .or_insert_with(|| Account::new(&self.limits))
            .bucket
            .take(Instant::now());
        wait.map_or(Ok(()), |wait| Err(self.after(millis(wait))))
    }

    /// One more original of this phone.
    pub(crate) fn photo(&self, device: DeviceId) -> Result<PhotoTurn, ComeAgain> {
        let mut devices = lock(&self.devices);
        let account = devices.entry(device).or_insert_with(|| Account::new(&self.limits));
        if account.photos >= self.limits.photos_in_flight {
            drop(devices);
            return Err(self.after(AWAY_MS));
        }
        account.photos += 1;
        Ok(PhotoTurn {
            devices: Arc::clone(&self.devices),
            device,
        })
    }

    /// Room for a body of so many bytes, in the order of asking.
    pub(crate) async fn body(&self, bytes: usize) -> Result<BodyRoom, ComeAgain> {
        // A body that is larger than everything would wait for ever.
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.limits.body_bytes);
        let asked = Arc::clone(&self.bodies).acquire_many_owned(bytes);
        match tokio::time::timeout(self.limits.queue, asked).await {
            Ok(Ok(permit)) => Ok(BodyRoom { _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(self.after(AWAY_MS)),
        }
    }

    /// How many bytes of bodies are held.
    pub(crate) fn held_bytes(&self) -> usize {
        (self.limits.body_bytes as usize).saturating_sub(self.bodies.available_permits())
    }

    /// How long a phone should leave the station alone although it was served: nothing unless there is a crowd.
    pub(crate) fn breather(&self) -> Option<ComeAgain> {
        let is_crowded = self.held_bytes() > self.limits.body_bytes as usize / 2;
        is_crowded.then(|| self.after(AWAY_MS))
    }

    /// At least this long, and not all at the same moment.
    fn after(&self, least_ms: u64) -> ComeAgain {
        // Without randomness all come at once, which is what would have happened anyway.
        let chance = self.ports.random().map_or(0, u64::from_be_bytes);
        ComeAgain(least_ms + chance % (least_ms + AWAY_MS))
    }
}

impl Account {
    fn new(limits: &Limits) -> Self {
        Self {
            bucket: Bucket::full(limits.requests_per_second, limits.request_burst, Instant::now()),
            photos: 0,
        }
    }
}

impl Drop for PhotoTurn {
    fn drop(&mut self) {
        if let Some(account) = lock(&self.devices).get_mut(&self.device) {
            account.photos = account.photos.saturating_sub(1);
        }
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The counts are whole after every call, so a panic elsewhere leaves them usable.
fn lock(devices: &Mutex<HashMap<DeviceId, Account>>) -> MutexGuard<'_, HashMap<DeviceId, Account>> {
    devices.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(number: u8) -> DeviceId {
        format!("01978123-4567-7abc-8def-0000000000{number:02x}")
            .parse()
            .unwrap()
    }

    fn admission(limits: Limits) -> Admission {
        Admission::new(limits, Ports::machine())
    }

    #[tokio::test]
    async fn one_phones_flood_is_its_own_trouble() {
        let admission = admission(Limits {
            request_burst: 3,
            requests_per_second: 1,
            photos_in_flight: 2,
            ..Limits::default()
        });
        let of = |number| (0..5).filter(|_| admission.request(device(number)).is_ok()).count();
        assert_eq!((of(1), of(2)), (3, 3));
        let turns: Vec<_> = (0..3).map(|_| admission.photo(device(1))).collect();
        assert_eq!(turns.iter().filter(|turn| turn.is_ok()).count(), 2);
        assert!(admission.photo(device(2)).is_ok());
        drop(turns);
        assert!(admission.photo(device(1)).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_share_one_budget_in_the_order_of_asking_and_nobody_waits_for_ever() {
        let admission = Arc::new(admission(Limits {
            body_bytes: 100,
            ..Limits::default()
        }));
        let first = admission.body(80).await;
        assert_eq!(admission.held_bytes(), 80);
        assert!(admission.breather().is_some());
        let waiting = |bytes: usize| {
            let admission = Arc::clone(&admission);
            tokio::spawn(async move { admission.body(bytes).await.is_ok() })
        };
        // The small one came later: it does not overtake the large one.
        let (large, small) = (waiting(90), waiting(10));
        tokio::task::yield_now().await;
        assert!(!large.is_finished() && !small.is_finished());
        drop(first);
        assert!(large.await.unwrap() && small.await.unwrap());
        assert_eq!(admission.held_bytes(), 0);
        assert!(admission.breather().is_none());
        // Larger than everything: it gets everything.
        let all = admission.body(usize::MAX).await;
        assert_eq!(admission.held_bytes(), 100);
        let ComeAgain(after_ms) = admission.body(1).await.err().unwrap();
        assert!((AWAY_MS..3 * AWAY_MS).contains(&after_ms), "{after_ms}");
        drop(all);
    }
}
