//! How many connections there may be, in all and of one peer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The slots of a listener. Clones are the same slots.
#[derive(Clone)]
pub(super) struct Slots {
    taken: Arc<Mutex<Taken>>,
    most: usize,
    most_of_one: usize,
}

#[derive(Default)]
struct Taken {
    all: usize,
    of_peer: HashMap<IpAddr, usize>,
}

/// A connection's place; free again when dropped.
pub(super) struct Slot {
    taken: Arc<Mutex<Taken>>,
    peer: IpAddr,
}

impl Slots {
    /// None taken.
    pub(super) fn new(most: usize, most_of_one: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
            most_of_one,
        }
    }

    /// A place for this peer, when there is one. A whole squad may stand behind one address.
    pub(super) fn take(&self, peer: IpAddr) -> Option<Slot> {
        let peer = peer.to_canonical();
        let mut taken = lock(&self.taken);
        let of_peer = taken.of_peer.get(&peer).copied().unwrap_or_default();
        if taken.all >= self.most || of_peer >= self.most_of_one {
            return None;
        }
        taken.all += 1;
        taken.of_peer.insert(peer, of_peer + 1);
        Some(Slot {
            taken: Arc::clone(&self.taken),
            peer,
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.all = taken.all.saturating_sub(1);
        let left = taken
            .of_peer
            .get(&self.peer)
            .copied()
            .unwrap_or_default()
            .saturating_sub(1);
        // A peer that is gone leaves nothing behind: there are many addresses.
        if left == 0 {
            taken.of_peer.remove(&self.peer);
        } else {
            taken.of_peer.insert(self.peer, left);
        }
    }
}

/// The counts are whole after every call, so a panic elsewhere leaves them usable.
fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_in_all_and_for_one_peer_and_come_back() {
        let slots = Slots::new(3, 2);
        let peer = |last: u8| IpAddr::from([192, 0, 2, last]);
        let (first, second) = (slots.take(peer(1)), slots.take(peer(1)));
        assert!(first.is_some() && second.is_some());
        assert!(slots.take(peer(1)).is_none());
        // The same peer in the other family's clothes.
        assert!(slots.take("::ffff:192.0.2.1".parse().unwrap()).is_none());
        let other = slots.take(peer(2));
        assert!(other.is_some() && slots.take(peer(3)).is_none());
        drop(first);
        assert!(slots.take(peer(3)).is_some());
        drop((second, other));
        assert_eq!(lock(&slots.taken).all, 0);
        assert!(lock(&slots.taken).of_peer.is_empty());
    }
}
