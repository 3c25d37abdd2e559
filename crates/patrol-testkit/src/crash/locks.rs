//! SQLite's locks between the connections of one process, and the memory that a WAL's readers and writers share.
//!
//! Both live as long as the power is on: a cut forgets them. The rules are those of SQLite's unix VFS.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who holds a lock: one open file of one connection.
pub(super) type Holder = u64;

/// Another connection holds what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy;

/// SQLite's five levels, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    None,
    Shared,
    Reserved,
    Pending,
    Exclusive,
}

/// The locks on one main database file.
#[derive(Debug, Default)]
pub(super) struct FileLocks {
    shared: BTreeSet<Holder>,
    reserved: Option<Holder>,
    pending: Option<Holder>,
    exclusive: Option<Holder>,
}

impl FileLocks {
    /// Raises `holder` to `level`; one who waits for exclusive and does not get it keeps new readers out (pending).
    pub(super) fn lock(&mut self, holder: Holder, level: Level) -> Result<(), Busy> {
        let others = |held: Option<Holder>| held.is_some_and(|other| other != holder);
        match level {
            Level::None => {}
            Level::Shared => {
                if !self.shared.contains(&holder) && (others(self.pending) || others(self.exclusive)) {
                    return Err(Busy);
                }
                self.shared.insert(holder);
            }
            Level::Reserved => {
                if others(self.reserved) || others(self.pending) || others(self.exclusive) {
                    return Err(Busy);
                }
                self.reserved = Some(holder);
            }
            Level::Pending | Level::Exclusive => {
                if others(self.reserved) || others(self.pending) || others(self.exclusive) {
                    return Err(Busy);
                }
                self.pending = Some(holder);
                if level == Level::Exclusive {
                    if self.shared.iter().any(|other| *other != holder) {
                        return Err(Busy);
                    }
                    self.exclusive = Some(holder);
                }
            }
        }
        Ok(())
    }

    /// Lowers `holder` to `level`, which is shared or none.
    pub(super) fn unlock(&mut self, holder: Holder, level: Level) {
        for held in [&mut self.reserved, &mut self.pending, &mut self.exclusive] {
            if *held == Some(holder) {
                *held = None;
            }
        }
        if level == Level::None {
            self.shared.remove(&holder);
        }
    }

    pub(super) fn is_reserved(&self) -> bool {
        self.reserved.is_some() || self.pending.is_some() || self.exclusive.is_some()
    }
}

/// How many locks SQLite has on the shared memory of a WAL.
pub(super) const SLOTS: usize = 8;

#[derive(Debug, Default)]
struct Slot {
    shared: BTreeSet<Holder>,
    exclusive: Option<Holder>,
}

#[derive(Debug, Default)]
struct Memory {
    regions: Vec<Box<[AtomicU64]>>,
    slots: [Slot; SLOTS],
}

/// The shared memory of one database's WAL: what unix keeps in the `-shm` file.
#[derive(Debug, Default)]
pub(super) struct SharedMemory(Mutex<Memory>);

impl SharedMemory {
    /// Where a region of `size` bytes lies; it stays there as long as `self` lives. `None` when it was not made yet and
    /// is not to be made.
    pub(super) fn region(&self, index: usize, size: usize, make: bool) -> Option<*const AtomicU64> {
        let mut memory = self.memory();
        while make && memory.regions.len() <= index {
            let region = std::iter::repeat_with(AtomicU64::default)
                .take(size.div_ceil(8))
                .collect();
            memory.regions.push(region);
        }
        memory.regions.get(index).map(|region| region.as_ptr())
    }

    /// Takes `count` locks from `first` on, all or none.
    pub(super) fn lock(&self, holder: Holder, first: usize, count: usize, exclusive: bool) -> Result<(), Busy> {
        let mut memory = self.memory();
        let wanted = memory.slots.get_mut(first..first + count).ok_or(Busy)?;
        let free = |slot: &Slot| {
            let readers = exclusive && slot.shared.iter().any(|other| *other != holder);
            !readers && slot.exclusive.is_none_or(|other| other == holder)
        };
        if !wanted.iter().all(free) {
            return Err(Busy);
        }
        for slot in wanted {
            if exclusive {
                slot.exclusive = Some(holder);
            } else {
                slot.shared.insert(holder);
            }
        }
        Ok(())
    }

    /// Gives `count` locks from `first` on back, of whichever sort they are.
    pub(super) fn unlock(&self, holder: Holder, first: usize, count: usize) {
        for slot in self.memory().slots.iter_mut().skip(first).take(count) {
            slot.shared.remove(&holder);
            if slot.exclusive == Some(holder) {
                slot.exclusive = None;
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_waits_for_exclusive_keeps_new_readers_out() {
        let mut locks = FileLocks::default();
        for holder in [1, 2] {
            locks.lock(holder, Level::Shared).unwrap();
        }
        locks.lock(1, Level::Reserved).unwrap();
        assert_eq!(locks.lock(2, Level::Reserved), Err(Busy));
        assert_eq!(locks.lock(1, Level::Exclusive), Err(Busy), "2 still reads");
        assert_eq!(locks.lock(3, Level::Shared), Err(Busy), "1 waits");
        locks.unlock(2, Level::None);
        locks.lock(1, Level::Exclusive).unwrap();
        locks.unlock(1, Level::Shared);
        locks.lock(3, Level::Shared).unwrap();
        assert!(!locks.is_reserved());
    }

    #[test]
    fn a_slot_has_many_readers_or_one_writer_and_a_row_is_taken_whole() {
        let memory = SharedMemory::default();
        memory.lock(1, 4, 1, false).unwrap();
        memory.lock(2, 4, 1, false).unwrap();
        assert_eq!(memory.lock(3, 3, 5, true), Err(Busy));
        memory.lock(4, 3, 1, true).unwrap();
        memory.unlock(4, 3, 1);
        memory.unlock(1, 0, SLOTS);
        memory.unlock(2, 0, SLOTS);
        memory.lock(3, 3, 5, true).unwrap();
        assert_eq!(memory.lock(1, 7, 1, false), Err(Busy));
    }
}
