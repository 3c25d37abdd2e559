//! What a disk was asked to do, so that a bench can count the syncs of one saved case.

/// Which sort of file a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// SQLite's main file.
    Database,
    /// SQLite's write-ahead log.
    Wal,
    /// Everything else: photos, rollback journals.
    Other,
}

/// What was done to the files of one sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Calls that wrote.
    pub writes: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Syncs that the disk really did; one that [`super::Weakness::NormalSynchronous`] swallowed is not among them.
    pub syncs: u64,
}

/// What was done to a disk since it was made or since `reset_counters`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// SQLite's main files.
    pub database: Traffic,
    /// SQLite's write-ahead logs.
    pub wal: Traffic,
    /// Photos, rollback journals and whatever else there is.
    pub other: Traffic,
    /// Syncs of folders.
    pub folder_syncs: u64,
}

impl Counters {
    pub(super) fn of(&mut self, kind: Kind) -> &mut Traffic {
        match kind {
            Kind::Database => &mut self.database,
            Kind::Wal => &mut self.wal,
            Kind::Other => &mut self.other,
        }
    }

    /// Syncs of all files and folders.
    pub fn syncs(&self) -> u64 {
        self.database.syncs + self.wal.syncs + self.other.syncs + self.folder_syncs
    }
}
