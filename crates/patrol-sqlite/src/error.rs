//! What can go wrong with a file, sorted by what a person can do about it.

use rusqlite::ErrorCode;

/// A failed open, read or write.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No room left on the disk; nothing of the transaction was kept.
    #[error("the disk is full")]
    DiskFull,
    /// The bytes are not a sound database, or the key is not its key. The file was left as it is.
    #[error("the database cannot be read: damaged, or opened with another key")]
    Damaged,
    /// Written by a later version of the program.
    #[error("the database has version {found}, this program knows {known}: install the newer program")]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest version that this program can read.
        known: i64,
    },
    /// Written by an earlier version of the program, and opened only to look at it.
    #[error(
        "the database has version {found}, this program writes {known}: start the program once, it brings the file up to date"
    )]
    Older {
        /// The file's version.
        found: i64,
        /// The version that this program writes.
        known: i64,
    },
    /// A migration that was applied to this file is not the one that this program carries.
    #[error("migration {number} of this file is not the one that this program carries")]
    MigrationChanged {
        /// Its number.
        number: i64,
    },
    /// Another process holds the file.
    #[error("another program is using the database")]
    Busy,
    /// The journal mode could not be set, so durability cannot be promised.
    #[error("the file system does not allow write-ahead logging here")]
    NoWriteAheadLog,
    /// The disk does not give a file's bytes, or does not take a change of its folder.
    #[error("the disk cannot be read")]
    Disk(#[source] std::io::Error),
    /// Anything else that SQLite reports.
    #[error("database error")]
    Sqlite(#[source] rusqlite::Error),
}

/// SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_CORRUPTFS.
const UNREADABLE: [i32; 3] = [266, 522, 8458];
/// SQLITE_IOERR_SHMSIZE: on a full disk the log's index cannot be laid out.
const NO_ROOM_FOR_SHARED_MEMORY: i32 = 4874;

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|error| error.extended_code);
        if extended.is_some_and(|code| UNREADABLE.contains(&code)) {
            // What a worn-out memory chip answers instead of a page.
            return Self::Damaged;
        }
        if extended == Some(NO_ROOM_FOR_SHARED_MEMORY) {
            return Self::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}
