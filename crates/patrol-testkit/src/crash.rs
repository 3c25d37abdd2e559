//! A disk in memory whose power can be cut, for SQLite and for files alike.
//!
//! "Saved" is a promise about what is still there when the battery falls out, and no kill of a process tests it: the page
//! cache outlives the process. Here the cache is ours. A [`CrashDisk`] keeps what was synced apart from what was only
//! written, and [`CrashDisk::reboot`] forgets of the latter whatever its seed says; the same seed and the same operations
//! give the same disk, byte for byte.
//!
//! Product code needs no change: files go through [`patrol_sqlite::Disk`], which a [`CrashDisk`] is, and SQLite opens its
//! files below [`CrashDisk::root`] through the process's default VFS, which [`CrashDisk::install`] replaces by one that
//! passes all other paths on.
//!
//! ```text
//! let disk = CrashDisk::new(7);
//! let store = open(&disk.root().join("data"));   // the product's own
//! disk.cut_after(12);                            // the 12th write, sync, rename … from here does not happen
//! while store.save(…).is_ok() {}                 // then every call fails
//! drop(store);
//! disk.reboot();
//! let store = open(&disk.root().join("data"));   // is all there that was acknowledged?
//! ```
//!
//! What survives a cut is written out where it is decided: for bytes in `crash/content.rs`, for names in
//! `crash/names.rs`. Where real file systems differ the harshest is taken, but nothing that none of them shows: a test
//! that fails for what cannot happen is soon not believed. Rejected: dm-flakey and LazyFS (need a kernel or root),
//! turmoil's file system (SQLite's own calls do not go through it), killing processes (loses nothing). Not here: a drive
//! that says it synced and did not, and a sync that fails once and is right the next time.
//!
//! SQLCipher's random salts are its own, so the bytes of an encrypted file differ from run to run; which sectors of it
//! survive does not.

mod chance;
mod content;
mod count;
mod damage;
mod handle;
mod locks;
mod names;
mod port;
mod state;
mod vfs;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

pub use count::{Counters, Traffic};

use state::State;

/// Where all disks lie. No real folder: a path of a disk that is gone fails like any other missing file.
const ROOT: &str = "/crash";

/// A promise that the disk, or the program, no longer keeps: for showing that a power-cut test bites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// As if every connection had `PRAGMA synchronous = NORMAL`: a write-ahead log is not synced at a commit, but only
    /// when it begins anew and before a checkpoint. (A sync that comes after frames were written is the commit's and does
    /// nothing; SQLite asks again before it copies them into the main file.)
    NormalSynchronous,
    /// Syncing a folder does nothing.
    NoFolderSync,
}

/// A disk in memory whose power can be cut. Clones are the same disk.
#[derive(Debug, Clone)]
pub struct CrashDisk(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: u64,
    root: PathBuf,
    state: Mutex<State>,
}

/// The disks of this process, for the VFS to find.
static DISKS: Mutex<BTreeMap<u64, Weak<Shared>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

impl CrashDisk {
    /// An empty disk whose cuts follow from `seed`. Also calls [`CrashDisk::install`].
    pub fn new(seed: u64) -> Self {
        Self::with(State::new(seed))
    }

    /// Makes SQLite find the disks: from now on the process's default VFS opens paths under a disk's root there, and
    /// hands every other path to what was the default before. Once a process, further calls do nothing.
    ///
    /// # Panics
    /// When SQLite cannot be initialised.
    pub fn install() {
        vfs::install();
    }

    /// Where the disk begins; every path given to it, or to SQLite for it, is below.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// Another disk with the same files, synced and unsynced, and cuts of its own; nothing on it is open, planned, full
    /// or weakened. Cheap, so that one prepared state can be cut in many ways.
    #[must_use]
    pub fn fork(&self, seed: u64) -> Self {
        let state = self.state().fork(seed);
        Self::with(state)
    }

    /// How many mutating operations there were so far (write, truncate, sync, create, rename, remove, sync_folder), the
    /// one that a cut prevented included.
    pub fn operations(&self) -> u64 {
        self.state().faults.operations
    }

    /// Cuts the power in front of the `n`-th mutating operation from now, counted from 1. A write is torn: a seeded part
    /// of its sectors, from the first, still leaves for the disk. From then on everything fails until
    /// [`CrashDisk::reboot`].
    pub fn cut_after(&self, n: u64) {
        let mut state = self.state();
        state.faults.cut_in = Some(n);
        state.faults.cut_at = None;
    }

    /// Cuts the power between two operations.
    pub fn cut(&self) {
        let mut state = self.state();
        state.faults.off = true;
        state.faults.cut_in = None;
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.state().faults.off
    }

    /// Which operation the last [`CrashDisk::cut_after`] prevented, for messages: `sync data/a.db-wal`.
    pub fn cut_at(&self) -> Option<String> {
        self.state().faults.cut_at.clone()
    }

    /// Power comes back (and is cut first, if it is on): what was not synced survives in part, every file that was open
    /// is dead, locks and shared memory are gone. Planned cuts are over; a full disk stays full, a weakness stays.
    pub fn reboot(&self) {
        self.state().reboot();
    }

    /// From the `n`-th write that makes a file longer on, counted from 1, there is no room, until [`CrashDisk::free`].
    pub fn fill_after(&self, n: u64) {
        self.state().faults.fill_in = Some(n);
    }

    /// How many bytes all files may have together; `None` for no limit. Counted are files that have a name or are open.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().faults.capacity = bytes;
    }

    /// Bytes of all files that have a name or are open.
    pub fn used(&self) -> u64 {
        self.state().used()
    }

    /// There is room again: ends [`CrashDisk::fill_after`] and lifts the capacity.
    pub fn free(&self) {
        let mut state = self.state();
        state.faults.fill_in = None;
        state.faults.capacity = None;
    }

    /// Takes a promise away, for the rest of the disk's life.
    pub fn weaken(&self, weakness: Weakness) {
        self.state().weaken(weakness);
    }

    /// What was done since the disk was made or since [`CrashDisk::reset_counters`].
    pub fn counters(&self) -> Counters {
        self.state().counters
    }

    /// Begins to count anew.
    pub fn reset_counters(&self) {
        self.state().counters = Counters::default();
    }

    fn with(state: State) -> Self {
        vfs::install();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::new(Shared {
            id,
            root: Path::new(ROOT).join(id.to_string()),
            state: Mutex::new(state),
        });
        disks().insert(id, Arc::downgrade(&shared));
        Self(shared)
    }

    /// The disk that an absolute path lies on.
    fn of(path: &Path) -> Option<Self> {
        let name = path.strip_prefix(ROOT).ok()?.components().next()?;
        let id: u64 = name.as_os_str().to_str()?.parse().ok()?;
        disks().get(&id)?.upgrade().map(Self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A path as seen from the root.
    fn inside(&self, path: &Path) -> io::Result<PathBuf> {
        let inside = path.strip_prefix(&self.0.root);
        let inside = inside.map_err(|_| io::Error::new(io::ErrorKind::NotFound, "not a path of this disk"))?;
        Ok(inside.to_owned())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        disks().remove(&self.id);
    }
}

fn disks() -> MutexGuard<'static, BTreeMap<u64, Weak<Shared>>> {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner)
}
